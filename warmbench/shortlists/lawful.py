"""Sees to it that nobody is ranked before they were told, where the law asks for it, nor anybody
who does not want it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from warmbench.accounts.models import Organisation
from warmbench.core import audit, tallies
from warmbench.people import law, rights
from warmbench.people.models import Candidate, Notice
from warmbench.shortlists import use_laws
from warmbench.shortlists.models import PendingNotice, RankingRefusal, UseNotice
from warmbench.shortlists.use_laws import LAWS, UseLaw

_QUESTION = "ranking_notices"
#: Of those who have to be told, how many a page names.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Wait:
    """Why somebody may not be ranked yet."""

    #: The code of the law.
    law: str
    #: From when on they may; None: nobody has told them.
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """How far the people under one law know that rankings are used."""

    law: UseLaw
    people: int
    #: Told, and the time before use is over.
    ready: int
    #: Told, and it is not over.
    waiting: int
    #: When the last of those may be ranked.
    last: datetime | None
    #: A letter is in the outbox.
    on_its_way: int

    @property
    def untold(self) -> int:
        """How many nobody has told, and nobody is telling."""
        return max(0, self.people - self.ready - self.waiting - self.on_its_way)


def who_must_wait(candidate_ids: Collection[int], *, now: datetime) -> dict[int, Wait]:
    """Those of these people who may not be ranked for a decision about them yet, and until when.

    Of several laws the one counts that is furthest from being met.
    """
    asked = {
        pk: use_laws.in_force(laws, on=now.date()) for pk, laws in laws_of(candidate_ids).items()
    }
    under_one = [pk for pk, laws in asked.items() if laws]
    told = _may_rank_from(under_one)
    found = {}
    for pk in under_one:
        waits = [Wait(law.code, told.get((pk, law.code))) for law in asked[pk]]
        open_ = [one for one in waits if one.until is None or one.until > now]
        if open_:
            found[pk] = max(open_, key=lambda one: (one.until is None, one.until or now))
    return found


def who_refused(candidate_ids: Collection[int]) -> set[int]:
    """Those of these people who want no ranking made of them, or objected to all that we do with
    their data (GDPR Art. 21): they stand on no list."""
    refused = RankingRefusal.objects.filter(candidate__in=candidate_ids)
    objected = rights.objectors(candidate_ids)
    return {*refused.values_list("candidate_id", flat=True), *objected}


def who_must_not_be_shown(candidate_ids: Collection[int], *, now: datetime) -> set[int]:
    """Those of these people whose data may not go to a hiring manager: nobody told them that we
    have it, and GDPR Art. 14 (3) (c) wants that before it is disclosed to somebody else."""
    home = _home()
    people = Candidate.objects.filter(pk__in=candidate_ids).values_list("pk", "country")
    owed = {pk for pk, there in people if law.terms(there or home, on=now.date()).notice}
    told = Notice.objects.filter(candidate__in=owed).exclude(kind=Notice.Kind.SET_ASIDE)
    return owed - set(told.values_list("candidate_id", flat=True))


def laws_of(candidate_ids: Collection[int]) -> dict[int, tuple[UseLaw, ...]]:
    """The laws that may hold for each of these people, by where they live."""
    home = _home()
    people = Candidate.objects.filter(pk__in=candidate_ids)
    return {
        pk: use_laws.of_place(country or home, region, city)
        for pk, country, region, city in people.values_list("pk", "country", "region", "city")
    }


def laws_to_keep_by(candidate_ids: Collection[int], *, now: datetime) -> dict[int, str]:
    """For the record of a ranking: the code of the law that wants it kept longest, of each of
    these people; blank where none does."""
    kept = {
        pk: use_laws.to_keep_by(laws, on=now.date()) for pk, laws in laws_of(candidate_ids).items()
    }
    return {pk: law.code if law else "" for pk, law in kept.items()}


@transaction.atomic
def tell(candidate_ids: Iterable[int], code: str, *, words: str, now: datetime) -> int:
    """Write down that these people were told at ``now``, as this law asks for it, and how
    (``message:7``, or a recruiter's word). Returns of how many that is new: the first time counts.

    Raises KeyError for a law that there is none of.
    """
    rule, ids = LAWS[code], set(candidate_ids)
    known = UseNotice.objects.filter(law=code, candidate__in=ids)
    new = [
        UseNotice(
            candidate_id=pk,
            law=code,
            told_at=now,
            may_rank_from=rule.may_use_from(now),
            words=words[:40],
        )
        for pk in sorted(ids - set(known.values_list("candidate_id", flat=True)))
    ]
    # Whoever tells the same person in the same moment does not make this fail.
    UseNotice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def refuse(candidate_id: int, *, now: datetime) -> bool:
    """Make no ranking of this person from now on. Returns whether that is new."""
    if not Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).exists():
        return False
    _, is_new = RankingRefusal.objects.get_or_create(
        candidate_id=candidate_id, defaults={"at": now}
    )
    if is_new:
        audit.record(None, "ranking.refused", f"candidate:{candidate_id}", now=now)
    return is_new


@transaction.atomic
def allow_again(candidate_id: int, *, now: datetime) -> bool:
    """Let this person be ranked again, at their own word. Returns whether they had refused."""
    gone, _ = RankingRefusal.objects.filter(candidate=candidate_id).delete()
    if gone:
        audit.record(None, "ranking.allowed", f"candidate:{candidate_id}", now=now)
    return bool(gone)


def overview(*, now: datetime) -> list[Told] | None:
    """How many have to be told, by law; None while it is being counted."""
    tally = tallies.of(_QUESTION, now=now)
    return None if tally is None else tally.answer


@tallies.question(_QUESTION)
def _look_over(*, now: datetime) -> list[Told]:
    people = _people_by_law()
    found = []
    for rule in use_laws.in_force(LAWS.values(), on=now.date()):
        told = UseNotice.objects.filter(law=rule.code)
        later = told.filter(may_rank_from__gt=now).order_by("-may_rank_from")
        pending = PendingNotice.objects.filter(laws__contains=rule.code)
        found.append(
            Told(
                law=rule,
                people=people[rule.code],
                ready=told.filter(may_rank_from__lte=now).count(),
                waiting=later.count(),
                last=later.values_list("may_rank_from", flat=True).first(),
                on_its_way=pending.count(),
            )
        )
    return found


def _people_by_law() -> Mapping[str, int]:
    home, counted = _home(), defaultdict[str, int](int)
    for country, region, city, people in _places():
        for rule in use_laws.of_place(country or home, region, city):
            counted[rule.code] += people
    return counted


def _places() -> list[tuple[str, str, str, int]]:
    """The places where people live whom a law may concern, each with how many they are."""
    places = Candidate.objects.filter(country__in=_countries()).order_by()
    grouped = places.values_list("country", "region", "city").annotate(people=Count("pk"))
    return list(grouped)


def _countries() -> list[str]:
    """The countries in which a law above holds; the blank one with them."""
    return ["", "US", *sorted(use_laws.european())]


def untold(code: str, *, now: datetime, limit: int = SHOWN) -> list[Candidate]:
    """Some of those under this law whom nobody has told, the latest first: whoever came last is
    likeliest to be looked at next. Nobody who refused, and nobody to whom a letter is under way."""
    if LAWS[code] not in use_laws.in_force(LAWS.values(), on=now.date()):
        return []
    home = _home()
    told = UseNotice.objects.filter(law=code).values("candidate")
    people = (
        Candidate.objects.filter(country__in=_countries_of(code, home))
        .exclude(pk__in=told)
        .exclude(pk__in=PendingNotice.objects.values("candidate"))
        .exclude(pk__in=RankingRefusal.objects.values("candidate"))
        .order_by("-pk")
    )
    found = []
    for one in people.iterator(chunk_size=500):
        rules = use_laws.of_place(one.country or home, one.region, one.city)
        if any(rule.code == code for rule in rules):
            found.append(one)
        if len(found) >= limit:
            break
    return found


def _countries_of(code: str, home: str) -> list[str]:
    there = ["US"] if code.startswith("US-") else sorted(use_laws.european())
    return [*there, ""] if not home or home in there else there


def _may_rank_from(candidate_ids: Collection[int]) -> dict[tuple[int, str], datetime]:
    told = UseNotice.objects.filter(candidate__in=candidate_ids)
    rows = told.values_list("candidate_id", "law", "may_rank_from")
    return {(pk, code): at for pk, code, at in rows}


def _home() -> str:
    """Where people of unknown country are taken to live, as ``people.notices`` does."""
    return Organisation.objects.values_list("default_country", flat=True).first() or ""
