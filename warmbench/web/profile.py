"""Reads what is known about one person: tags, addresses, permission, pools and sequences."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from warmbench.messaging.fields import is_web_address
from warmbench.nurture.models import Enrollment, PoolMember, Step
from warmbench.people import candidates, fact_words, facts, notices
from warmbench.people.models import (
    Candidate,
    CandidateTag,
    Consent,
    ContactPoint,
    Notice,
    RightsRequest,
    Suppression,
    Tag,
)
from warmbench.people.tag_words import STATED
from warmbench.web import sent, verdicts
from warmbench.web.first_run import countries

#: The order of kinds on the page, each with its heading.
_KINDS = {
    Tag.Kind.SPECIALTY: "Specialty",
    Tag.Kind.SENIORITY: "Seniority",
    Tag.Kind.GEOGRAPHY: "Geography",
    Tag.Kind.ROLE_FAMILY: "Role family",
    Tag.Kind.ROLE: "Role",
    Tag.Kind.SKILL: "Skills",
    Tag.Kind.CATEGORY: "Category",
}
#: Without these nobody is enrolled: content is chosen by them.
_REQUIRED = (Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY, Tag.Kind.GEOGRAPHY)


@dataclass(frozen=True)
class Carried:
    """A tag on the person, on whose word."""

    candidate_tag: CandidateTag

    @property
    def is_guess(self) -> bool:
        """Whether nobody stated it."""
        return self.candidate_tag.confidence < STATED

    @property
    def source(self) -> str:
        """Whose word it is, when, and how sure."""
        one = self.candidate_tag
        sure = f"{one.confidence:.0%} sure"
        return f"{one.source}, {one.added_at.day} {one.added_at:%B %Y}, {sure}"


@dataclass(frozen=True)
class Tags:
    """What the person is tagged with, by kind."""

    groups: list[tuple[str, list[Carried]]]
    #: Kinds that are required and not there.
    lacking: list[str]
    #: Skills that somebody wrote and no tag knows.
    unknown: list[str]


@dataclass(frozen=True)
class Way:
    """An enrollment, with what comes next and what that waits for."""

    enrollment: Enrollment
    next_step: str
    waits_for: str


@dataclass(frozen=True)
class ToldFact:
    """A fact about the person, in words, with whose word it is."""

    kind: str
    text: str
    source: str


@dataclass(frozen=True)
class Profile:
    """Everything about a person but what happened."""

    tags: Tags
    points: list[ContactPoint]
    consents: list[Consent]
    stops: list[Suppression]
    notices: list[Notice]
    #: Whether the law wants them told that we have their data, and nobody did.
    is_to_be_told: bool
    pools: list[PoolMember]
    ways: list[Way]
    local_time: datetime | None
    country: str
    is_paused: bool
    #: What they said themselves.
    told: list[ToldFact]
    #: Blank unless it can be followed: imports bring whatever stood in a column.
    profile_url: str

    @property
    def manual_stop(self) -> Suppression | None:
        """The recruiter's stop that can be taken back."""
        reason = Suppression.Reason.MANUAL
        return next((stop for stop in self.stops if stop.reason == reason), None)


def of(candidate: Candidate, *, now: datetime) -> Profile:
    """What is known about a person now."""
    pools = PoolMember.objects.filter(candidate=candidate, left_at=None)
    stops = candidate.suppressions.filter(releases=None, released_by=None)
    zone = candidate.time_zone
    return Profile(
        tags=tags(candidate),
        points=list(candidate.contact_points.order_by("channel", "position", "pk")),
        consents=list(candidate.consents.order_by("-at", "-pk")),
        stops=list(stops.select_related("by").order_by("-at")),
        notices=list(candidate.notices.select_related("by").order_by("-at")),
        is_to_be_told=notices.is_owed_to(candidate, now=now),
        pools=list(pools.select_related("pool").order_by("joined_at")),
        ways=_ways(candidate),
        local_time=now.astimezone(ZoneInfo(zone)) if zone else None,
        country=dict(countries()[1:]).get(candidate.country, candidate.country),
        is_paused=candidates.is_paused(candidate, now=now),
        told=_told(candidate),
        profile_url=candidate.profile_url if is_web_address(candidate.profile_url) else "",
    )


#: What sources are called that have no name of their own.
_SOURCES = {"insight": "from a conversation"}


def _told(candidate: Candidate) -> list[ToldFact]:
    said = facts.current(candidate.pk).values()
    return [
        ToldFact(
            str(fact.get_kind_display()),
            fact_words.of(fact.kind, fact.value),
            f"{_SOURCES.get(fact.source, fact.source)}, {fact.at.day} {fact.at:%B %Y}",
        )
        for fact in said
        if fact.value is not None
    ]


def tags(candidate: Candidate) -> Tags:
    """What a person is tagged with, and what that lacks."""
    carried = candidate.candidate_tags.select_related("tag").order_by("-is_primary", "tag__name")
    by_kind: dict[str, list[Carried]] = {kind: [] for kind in _KINDS}
    for one in carried:
        by_kind[one.tag.kind].append(Carried(one))
    unmatched = candidate.unmatched_skills.filter(skill__decision="").select_related("skill")
    return Tags(
        groups=[(_KINDS[Tag.Kind(kind)], found) for kind, found in by_kind.items() if found],
        lacking=[_KINDS[kind].lower() for kind in _REQUIRED if not by_kind[kind]],
        unknown=sorted(one.skill.text for one in unmatched),
    )


@dataclass(frozen=True)
class Asked:
    """What the person asked about their data."""

    request: RightsRequest
    is_late: bool

    @property
    def is_open(self) -> bool:
        """Whether it has to be answered yet."""
        return self.request.state == RightsRequest.State.OPEN


def requests(candidate: Candidate, *, now: datetime) -> list[Asked]:
    """What a person asked about their data: what is open first, then the newest."""
    asked = list(candidate.rights_requests.select_related("done_by").order_by("-received_at"))
    found = [Asked(one, one.is_overdue(now=now)) for one in asked]
    return sorted(found, key=lambda one: not one.is_open)


def _ways(candidate: Candidate) -> list[Way]:
    found = candidate.enrollments.select_related("sequence", "version", "pool")
    enrollments = list(found.order_by("state", "-started_at"))
    steps = Step.objects.filter(version__in=[one.version_id for one in enrollments])
    by_place = {(step.version_id, step.position): step for step in steps}
    ways = []
    for one in enrollments:
        step = by_place.get((one.version_id, one.position))
        under_way = one.state in {Enrollment.State.ACTIVE, Enrollment.State.HELD}
        reason = one.waiting_for if under_way else one.exit_reason
        ways.append(
            Way(
                one,
                next_step=sent.step_name(step) if step and under_way else "",
                waits_for=verdicts.because(reason) if reason else "",
            )
        )
    return ways
