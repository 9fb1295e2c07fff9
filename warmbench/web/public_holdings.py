"""Reads what we hold about one candidate, for their own page: what, from where, why, and who."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from warmbench.accounts.models import User
from warmbench.core import languages
from warmbench.core.models import AuditEntry
from warmbench.people import facts, looks
from warmbench.people.models import (
    Candidate,
    CandidateTag,
    CandidateUnmatchedSkill,
    Channel,
    Consent,
    ContactPoint,
    RightsRequest,
    Tag,
    UnmatchedSkill,
)
from warmbench.people.tag_words import BY_CANDIDATE
from warmbench.signals import policies, warmth
from warmbench.signals.models import FollowUp, Signal
from warmbench.web import public_words as words

#: As many things of one kind as a page shows; the download has all of them.
MOST = 60
_ABOUT_A_MESSAGE = (Signal.Kind.CLICKED, Signal.Kind.REPLIED)
_TAGS_IN_ORDER = (
    Tag.Kind.SPECIALTY,
    Tag.Kind.ROLE_FAMILY,
    Tag.Kind.ROLE,
    Tag.Kind.SENIORITY,
    Tag.Kind.GEOGRAPHY,
    Tag.Kind.SKILL,
    Tag.Kind.CATEGORY,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that we hold: what it is called, what it says, on whose word, since when."""

    label: str
    text: str = ""
    source: str = ""
    at: datetime | date | None = None
    #: Several words instead of one text.
    names: tuple[str, ...] = ()
    #: Something about it that is to be noticed.
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the page shows of a record, but for the messages."""

    about: list[Line]
    reach: list[Line]
    told: list[Line]
    tags: list[Line]
    #: Skills that no tag knows yet.
    waiting: list[str]
    notes: list[Line]
    permission: list[Line]
    #: What the person did, newest first.
    done: list[Line]
    groups: list[Line]
    #: 0 to 100.
    warmth: int
    #: After so many days half of it is gone.
    half_life_days: int
    #: Who worked with the record, the latest first.
    people: list[Line]
    requests: list[RightsRequest] = field(default_factory=list)


def of(candidate_id: int, *, language: str, now: datetime) -> Held | None:
    """What we hold about somebody, in their language; None if that is nothing any more."""
    found = Candidate.objects.filter(pk=candidate_id).select_related("owner")
    person = found.first()
    if person is None:
        return None
    names = dict(User.objects.values_list("pk", "name"))
    unmatched = CandidateUnmatchedSkill.objects.filter(
        candidate=person, skill__decision=UnmatchedSkill.Decision.WAITING
    )
    return Held(
        about=list(_about(person, language)),
        reach=list(_reach(person)),
        told=list(_told(person, language)),
        tags=list(_tags(person)),
        waiting=sorted(unmatched.values_list("skill__text", flat=True)),
        notes=list(_notes(person, names)),
        permission=sorted(_permission(person), key=_moment, reverse=True)[:MOST],
        done=list(_done(person)),
        groups=list(_groups(person)),
        warmth=warmth.of([candidate_id], now=now)[candidate_id],
        half_life_days=policies.in_force().half_life_days,
        people=list(_people(person, names)),
        requests=list(person.rights_requests.order_by("-received_at")),
    )


def _about(person: Candidate, language: str) -> Iterator[Line]:
    source, since = words.source(person.source), person.added_at
    country = languages.country_name(person.country, language)
    place = ", ".join(filter(None, (person.city, person.region, country)))
    told = {
        _("Name"): f"{person.first_name} {person.last_name}".strip(),
        _("Job"): person.job_title,
        _("Employer"): person.employer,
        _("Where you live"): place,
        _("Time zone"): person.time_zone.replace("_", " "),
        _("Profile"): person.profile_url,
        _("Your number there"): person.external_id,
    }
    for label, text in told.items():
        if text:
            yield Line(label, text, source, since)
    status = str(words.STATUSES[person.status])
    yield Line(_("How things stand"), status, at=person.status_since)
    if person.stage_reached:
        yield Line(_("How far you came with us"), str(words.STAGES[person.stage_reached]))
    if person.owner and person.owner.is_active:
        yield Line(_("Who looks after you"), person.owner.name)


def _reach(person: Candidate) -> Iterator[Line]:
    for point in person.contact_points.order_by("channel", "position", "pk"):
        label = _("Phone") if point.channel == Channel.SMS else _("E-mail")
        is_dead = point.standing == ContactPoint.Standing.DEAD
        note = _("does not work any more") if is_dead else ""
        yield Line(label, point.address, words.source(point.source), point.added_at, note=note)


def _told(person: Candidate, language: str) -> Iterator[Line]:
    for fact in facts.current(person.pk).values():
        if fact.value is None:
            continue
        label = str(words.KINDS_OF_FACT[fact.kind])
        text = words.fact(fact.kind, fact.value, language)
        yield Line(label, text, words.source(fact.source), fact.at)


def _tags(person: Candidate) -> Iterator[Line]:
    """The tags of each kind, those of one source and day together."""
    together: defaultdict[tuple[str, str, date], list[str]] = defaultdict(list)
    carried = CandidateTag.objects.filter(candidate=person).select_related("tag")
    for one in carried.order_by("tag__name"):
        day = timezone.localdate(one.added_at)
        together[one.tag.kind, one.source, day].append(one.tag.name)
    order = [str(kind) for kind in _TAGS_IN_ORDER]
    for kind, source, day in sorted(together, key=lambda key: (order.index(key[0]), key[2])):
        label = str(words.KINDS_OF_TAG[kind])
        names = tuple(together[kind, source, day])
        yield Line(label, source=words.source(source), at=day, names=names)


def _notes(person: Candidate, names: dict[int, str]) -> Iterator[Line]:
    if person.last_conversation_on:
        label = person.last_conversation_topic or _("Conversation")
        yield Line(label, person.last_conversation_note, at=person.last_conversation_on)
    noted = FollowUp.objects.filter(candidate=person).exclude(note="")
    for entry in noted.order_by("-asked_at")[:MOST]:
        by = names.get(entry.done_by_id or 0, "")
        yield Line(_("Note"), entry.note, by, entry.done_at or entry.asked_at)


def _permission(person: Candidate) -> Iterator[Line]:
    channels = {Channel.EMAIL: _("E-mail"), Channel.SMS: _("Texts")}
    for consent in person.consents.all():
        ground = str(words.GROUNDS[consent.basis])
        channel = channels[Channel(consent.channel)]
        text = _("%(channel)s: %(ground)s") % {"channel": channel, "ground": ground}
        ends = consent.expires_at
        note = _("until %(day)s") % {"day": written(ends)} if ends else ""
        source = _on_whose_word(consent)
        yield Line(_("Permission"), text, source, consent.at, note=note)
    for stop in person.suppressions.filter(releases=None, released_by=None):
        channel = channels[Channel(stop.channel)] if stop.channel else _("All messages")
        why = words.why_not(stop.reason)
        # Where nobody wrote it down it is a note of our own, for recruiters: the reason says it.
        source = stop.evidence if stop.by_id else ""
        yield Line(_("Stop"), f"{channel}: {why}", source, stop.at)


def _on_whose_word(consent: Consent) -> str:
    if consent.inbound_id:
        return words.source(BY_CANDIDATE)
    return consent.evidence or words.source(consent.source)


def _done(person: Candidate) -> Iterator[Line]:
    for signal in person.signals.order_by("-at")[:MOST]:
        # Of the others the topic is a note for recruiters; what was said stands above.
        about = signal.topic if signal.kind in _ABOUT_A_MESSAGE else ""
        yield Line(str(words.SIGNALS[signal.kind]), about, at=signal.at)


def _groups(person: Candidate) -> Iterator[Line]:
    for member in person.pool_members.select_related("pool").order_by("-joined_at"):
        note = _("until %(day)s") % {"day": written(member.left_at)} if member.left_at else ""
        yield Line(_("Group"), member.pool.name, at=member.joined_at, note=note)
    for enrollment in person.enrollments.select_related("sequence").order_by("-started_at"):
        ended = enrollment.ended_at
        note = _("until %(day)s") % {"day": written(ended)} if ended else ""
        yield Line(_("Series of messages"), enrollment.sequence.name,
                   at=enrollment.started_at, note=note)  # fmt: skip


def _people(person: Candidate, names: dict[int, str]) -> Iterator[Line]:
    """Who looked at the record and who changed it, each with the last time."""
    trail = AuditEntry.objects.filter(subject=f"candidate:{person.pk}").exclude(actor_id=None)
    last: dict[tuple[int, bool], datetime] = {}
    for actor, action, at in trail.order_by("at").values_list("actor_id", "action", "at"):
        last[actor or 0, action == looks.ACTION] = at
    for (actor, looked), at in sorted(last.items(), key=lambda one: one[1], reverse=True):
        who = names.get(actor, _("somebody who no longer works here"))
        yield Line(who, _("looked at your record") if looked else _("changed something"), at=at)


def written(moment: datetime | None) -> str:
    """The day of a moment, where the person lives."""
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT") if moment else ""


def _moment(line: Line) -> float:
    return line.at.timestamp() if isinstance(line.at, datetime) else 0.0
