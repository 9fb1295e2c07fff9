"""Finds records that may be of one person, and remembers what somebody said of them."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from warmbench.core import audit, sql
from warmbench.people import merging
from warmbench.people.models import Candidate, CandidateMerge, DuplicatePair

Ground = DuplicatePair.Ground

#: How sure each makes it. Two people share a number, or a name, more often than an address.
WORTH = {Ground.EMAIL: 4, Ground.PROFILE: 4, Ground.PHONE: 3, Ground.NAME: 2}
#: What more people than these have in common tells nobody.
MOST = 8
#: From here on two names may be one, by the groups of three letters that they share: "Hans Müller"
#: and "Hans Mueller" have 0.67 in common, two people of one first name 0.41 at most.
ALIKE = 0.5
#: Further than this nobody counts.
COUNTED = 10_000
#: Whoever changes together with as many others is compared at night.
MANY = 500
#: For a question about everybody, at night.
_PATIENCE = timedelta(minutes=10)


@transaction.atomic
def find_all(*, now: datetime) -> None:
    """Compare all records: some 15 seconds for a million."""
    sql.run(f"SET LOCAL statement_timeout = '{int(_PATIENCE.total_seconds())}s'")
    sql.run("SET LOCAL work_mem = '256MB'")
    sql.run(_query("duplicates_find"), _values(now=now))


def find(candidate_ids: Collection[int], *, now: datetime) -> None:
    """Compare these people with all others, after they came or changed."""
    if candidate_ids:
        values = _values(now=now) | {"ids": sorted(candidate_ids)}
        sql.run(_query("duplicates_of"), values)


def waiting(*, after: tuple[int, int] | None = None, size: int) -> list[DuplicatePair]:
    """The pairs that nobody has looked at, the surest first; ``after`` is strength and id of the
    last one that was shown. As quick for the last page as for the first."""
    pairs = _open().select_related("low__owner", "high__owner")
    if after is None:
        return list(pairs.order_by("-strength", "pk")[:size])
    strength, pk = after
    # Each a stretch of one index; together they would be read from its beginning.
    found = list(pairs.filter(strength=strength, pk__gt=pk).order_by("pk")[:size])
    rest = pairs.filter(strength__lt=strength).order_by("-strength", "pk")
    return found + list(rest[: size - len(found)])


def of(candidate_id: int) -> list[DuplicatePair]:
    """The pairs that somebody may be in."""
    theirs = _open().filter(low=candidate_id) | _open().filter(high=candidate_id)
    return list(theirs.select_related("low", "high").order_by("-strength", "pk"))


def how_many() -> int:
    """How many pairs nobody has looked at; one more than ``COUNTED`` for many."""
    return _open()[: COUNTED + 1].count()


@transaction.atomic
def say_distinct(first_id: int, second_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Remember that two records are of two people. Returns False if one of them is gone."""
    ids = sorted([first_id, second_id])
    people = Candidate.objects.select_for_update(no_key=True).filter(pk__in=ids)
    if len(people.order_by("pk").values_list("pk", flat=True)) < 2:
        return False
    merging.say_distinct(first_id, second_id, by_id=by_id, now=now)
    detail: dict[str, object] = {"other": ids[1]}
    audit.record(by_id, "candidate.found_distinct", f"candidate:{ids[0]}", detail=detail, now=now)
    return True


def merges(*, after: tuple[datetime, int] | None = None, size: int) -> list[CandidateMerge]:
    """What was merged, the latest first; ``after`` is date and id of the last one shown."""
    found = CandidateMerge.objects.select_related("kept", "by", "undone_by")
    if after is not None:
        at, pk = after
        found = found.filter(at__lte=at).exclude(at=at, pk__gte=pk)
    return list(found.order_by("-at", "-pk")[:size])


def _open() -> QuerySet[DuplicatePair]:
    return DuplicatePair.objects.filter(verdict=DuplicatePair.Verdict.OPEN)


def _values(*, now: datetime) -> dict[str, object]:
    return {"now": now, "most": MOST, "worth": json.dumps(WORTH), "alike": ALIKE}


def _query(name: str) -> str:
    return sql.load(__file__, name).replace("{offered}", sql.load(__file__, "duplicates_offered"))
