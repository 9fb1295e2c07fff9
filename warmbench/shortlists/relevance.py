"""Says for which profiles it matters that somebody changed: holds them against open roles and
standing profiles anew, and keeps who is apt for what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import Q

from warmbench.core.deadlocks import gives_way
from warmbench.core.events import Event, publish
from warmbench.people import candidates
from warmbench.people.models import Candidate
from warmbench.people.tag_words import key
from warmbench.shortlists import choosing, cut, learning, people_known, profiles, retrieval
from warmbench.shortlists.dossier import Dossier
from warmbench.shortlists.likelihood import Model
from warmbench.shortlists.models import (
    Aptness,
    Change,
    ChangeNotice,
    ProfileVersion,
    RoleProfile,
)
from warmbench.shortlists.requirements import Aspect, Spec, Tier
from warmbench.shortlists.verdict import Judged
from warmbench.sourcing.models import Role

#: So many people are judged in one transaction.
AT_ONCE = 200
#: A change that matters less than this for a profile is put before nobody for it.
LEAST = 0.04
#: What changes about somebody who is apt matters, also where it leaves them as apt as before: so
#: much of their confidence.
_OF_THE_APT = 0.5
#: Below this confidence it is not kept how apt they are.
_LEAST_KEPT = 0.01
_NEAR_BY = {Aspect.SKILL: "skill", Aspect.TITLE: "title", Aspect.DOMAIN: "domain"}


@dataclass(frozen=True, kw_only=True)
class BecameApt(Event):
    """People would stand on a list of a profile now, and did not before."""

    profile_id: int
    candidate_ids: list[int]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A profile in force, and by what people come near it."""

    version: ProfileVersion
    spec: Spec
    tags: frozenset[int]
    names: frozenset[str]

    @property
    def profile(self) -> RoleProfile:
        return self.version.profile


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How apt somebody is for a profile, and was before."""

    asked: _Asked
    candidate_id: int
    confidence: float
    score: float
    is_apt: bool
    before: Aptness | None

    @property
    def moves(self) -> float:
        """How much it matters for the profile what changed about them."""
        was = self.before.confidence if self.before else 0.0
        kept = _OF_THE_APT * self.confidence if self.is_apt else 0.0
        return max(abs(self.confidence - was), kept)

    @property
    def is_news(self) -> bool:
        return self.is_apt and not (self.before and self.before.is_apt)


def judge(change_ids: Collection[int], *, now: datetime) -> list[int]:
    """Hold everybody whom these changes are about against all profiles in force, and note for which
    of them each change matters. Returns the recruiters before whom something may be put now. Safe
    to repeat."""
    changes = Change.objects.filter(pk__in=list(change_ids))
    people = sorted(set(changes.values_list("candidate_id", flat=True)))
    asked = _in_force()
    recipients: set[int] = set()
    for at in range(0, len(people) if asked else 0, AT_ONCE):
        recipients |= _judge(people[at : at + AT_ONCE], asked, change_ids, now=now)
    return sorted(recipients)


def refresh(profile_id: int, *, now: datetime) -> int:
    """Look who is apt for a profile now: those who come nearest, and those who were. Returns how
    many are. Whom a profile finds at its approval did not become apt by anything."""
    asked = next((one for one in _in_force(profile_id)), None)
    if asked is None:
        return 0
    found = retrieval.find(asked.spec, role_id=asked.profile.role_id, now=now).ids
    known = Aptness.objects.filter(profile=profile_id).values_list("candidate_id", flat=True)
    people = sorted({*found, *known})
    is_first = not Aptness.objects.filter(profile=profile_id, version=asked.version).exists()
    for at in range(0, len(people), AT_ONCE):
        _judge(people[at : at + AT_ONCE], [asked], (), now=now, is_first=is_first)
    return Aptness.objects.filter(profile=profile_id, is_apt=True).count()


def refresh_all(*, now: datetime) -> int:
    """Look who is apt for each profile in force: time passes, and people came in. Returns for how
    many profiles."""
    ids = [one.profile.pk for one in _in_force()]
    for profile_id in ids:
        refresh(profile_id, now=now)
    gone = Aptness.objects.exclude(profile__in=ids)
    gone.delete()
    return len(ids)


@gives_way
@transaction.atomic
def _judge(
    people: Sequence[int],
    asked: Sequence[_Asked],
    change_ids: Collection[int],
    *,
    now: datetime,
    is_first: bool = False,
) -> set[int]:
    # Two who judge somebody at once would each keep what the other found out of date.
    held = {one.pk: one for one in candidates.lock(people)}
    barred = set(retrieval.may_be_ranked(held, now=now))
    dossiers = people_known.dossiers(held.keys() - barred, now=now)
    before = {
        (row.profile_id, row.candidate_id): row
        for row in Aptness.objects.filter(
            candidate__in=held, profile__in=[one.profile.pk for one in asked]
        )
    }
    verdicts = [verdict for one in asked for verdict in _verdicts(one, dossiers, before, now=now)]
    Aptness.objects.filter(candidate__in=barred).delete()
    _keep(verdicts, now=now, is_first=is_first)
    return _note(verdicts, held, change_ids, now=now)


def _verdicts(
    asked: _Asked,
    dossiers: Mapping[int, Dossier],
    before: Mapping[tuple[int, int], Aptness],
    *,
    now: datetime,
) -> list[_Verdict]:
    profile_id = asked.profile.pk
    near = {
        pk: one
        for pk, one in dossiers.items()
        if (profile_id, pk) in before or _comes_near(asked, one)
    }
    if not near:
        return []
    ranked = choosing.ranking(asked.spec, near.values(), today=now.date(), is_quick=True)
    model = learning.model_of(profile_id)
    apt = [int(one.key) for one in ranked if _would_be_listed(one, model)]
    # Fit is not all: who works at the client or is placed is nobody to put forward.
    out = (
        retrieval.left_out(apt, asked.spec, role_id=asked.profile.role_id, now=now)
        if apt
        else set()
    )
    made = []
    for one in ranked:
        pk = int(one.key)
        is_out = bool(one.conflicts) or pk in out
        made.append(
            _Verdict(
                asked,
                pk,
                confidence=0.0 if is_out else one.confidence,
                score=one.score,
                is_apt=_would_be_listed(one, model) and not is_out,
                before=before.get((profile_id, pk)),
            )
        )
    return made


def _would_be_listed(one: Judged, model: Model) -> bool:
    listed = cut.is_listed(model, one.score, risk=choosing.USUAL_RISK)
    return listed and not one.conflicts


def _keep(verdicts: Iterable[_Verdict], *, now: datetime, is_first: bool) -> None:
    """Write down how apt people are; of the same as before only that it was looked at."""
    rows = []
    news: dict[int, list[int]] = {}
    for one in verdicts:
        if one.before is None and one.confidence < _LEAST_KEPT:
            continue
        is_same = one.before is not None and one.before.is_apt == one.is_apt
        rows.append(
            Aptness(
                profile=one.asked.profile,
                candidate_id=one.candidate_id,
                version=one.asked.version,
                confidence=one.confidence,
                score=one.score,
                is_apt=one.is_apt,
                since=one.before.since if is_same and one.before else _since(one, now, is_first),
                judged_at=now,
            )
        )
        if one.is_news and not is_first:
            news.setdefault(one.asked.profile.pk, []).append(one.candidate_id)
    Aptness.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["profile", "candidate"],
        update_fields=["version", "confidence", "score", "is_apt", "since", "judged_at"],
    )
    for profile_id, people in sorted(news.items()):
        publish(BecameApt(profile_id=profile_id, candidate_ids=sorted(people)))


def _since(one: _Verdict, now: datetime, is_first: bool) -> datetime:  # noqa: FBT001
    approved = one.asked.version.approved_at
    return approved if is_first and approved else now


def _note(
    verdicts: Sequence[_Verdict],
    people: Mapping[int, Candidate],
    change_ids: Collection[int],
    *,
    now: datetime,
) -> set[int]:
    """Write down for which profile which change matters."""
    by_person: dict[int, list[_Verdict]] = {}
    for one in verdicts:
        by_person.setdefault(one.candidate_id, []).append(one)
    notices = []
    changes = Change.objects.filter(pk__in=list(change_ids), candidate__in=list(by_person))
    for change in changes.order_by("pk"):
        for one in by_person[change.candidate_id]:
            weight = round(change.materiality * one.moves, 4)
            if weight < LEAST:
                continue
            notices.append(
                ChangeNotice(
                    change=change,
                    profile=one.asked.profile,
                    recipient_id=_recipient(people[one.candidate_id], one.asked.profile),
                    before=one.before.confidence if one.before else 0.0,
                    after=one.confidence,
                    weight=weight,
                    made_at=now,
                    state_at=now,
                )
            )
    ChangeNotice.objects.bulk_create(notices, ignore_conflicts=True)
    return {one.recipient_id for one in notices if one.recipient_id is not None}


def _recipient(person: Candidate, profile: RoleProfile) -> int | None:
    """Whose day it takes room in: theirs who looks after the person, else who keeps the profile."""
    return person.owner_id or profile.owner_id


def _in_force(profile_id: int | None = None) -> list[_Asked]:
    """The profiles in force: approved, and of a role that is open, or of none."""
    current = ProfileVersion.objects.filter(is_current=True, profile__retired_at=None)
    current = current.filter(Q(profile__role=None) | Q(profile__role__state=Role.State.OPEN))
    if profile_id is not None:
        current = current.filter(profile=profile_id)
    return [_asked(one) for one in current.select_related("profile__role").order_by("profile")]


def _asked(version: ProfileVersion) -> _Asked:
    spec = profiles.spec_of(version)
    tags, names = _wanted(spec)
    return _Asked(version, spec, tags, names)


@lru_cache(maxsize=512)
def _wanted(spec: Spec) -> tuple[frozenset[int], frozenset[str]]:
    """The tags and the names of what a profile asks for that people are found by."""
    asked = [
        one for one in spec.requirements if one.aspect in _NEAR_BY and one.tier != Tier.DEALBREAKER
    ]
    names = {key(name) for one in asked for name in (one.name, *one.also)} | {key(spec.title)}
    return frozenset(one.tag_id for one in asked if one.tag_id), frozenset(names - {""})


def _comes_near(asked: _Asked, one: Dossier) -> bool:
    for fact in one.facts:
        if fact.kind not in _NEAR_BY.values():
            continue
        if fact.tag_id in asked.tags or key(str(fact.value.get("name", ""))) in asked.names:
            return True
    return False
