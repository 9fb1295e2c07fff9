"""Notes who looked at whom on a shortlist, and for how long, before they decided.

Without it nobody could tell a decision from a rubber stamp (rules.md C16; EU AI Act Art. 14).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from warmbench.core import sql
from warmbench.shortlists.models import Look, ShortlistEntry

#: Whoever decides sooner after opening decided unseen.
TOO_SOON = timedelta(seconds=3)
#: Opened again so soon is the same look: a page that is loaded twice.
_THE_SAME = timedelta(minutes=30)
#: Nobody reads about one person longer; a tab that was left open did not look.
LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Decided:
    """How decisions were made, over a time."""

    answers: int
    #: Without opening what stood there, or less than 3 seconds after.
    unseen: int
    #: Seconds of looking before half of the others.
    usual_seconds: int | None

    @property
    def unseen_share(self) -> float:
        """Of all answers, from 0 to 1."""
        return self.unseen / self.answers if self.answers else 0.0


def opened(
    entry_id: int, *, now: datetime, by_id: int | None = None, link_id: int | None = None
) -> Look | None:
    """Note that somebody opened what stands there of a person: one of us, or a manager by their
    link. Returns the look, the standing one within half an hour; None for an entry that is gone.

    Raises ValueError unless it is one of both.
    """
    found = opened_all([entry_id], now=now, by_id=by_id, link_id=link_id)
    return found[0] if found else None


@transaction.atomic
def opened_all(
    entry_ids: Collection[int],
    *,
    now: datetime,
    by_id: int | None = None,
    link_id: int | None = None,
) -> list[Look]:
    """The same of all that stand on one page."""
    if (by_id is None) == (link_id is None):
        raise ValueError("Somebody of us looks, or somebody with a link.")
    # Locked, so that a page that is loaded twice at once notes one look.
    entries = ShortlistEntry.objects.filter(pk__in=entry_ids).order_by("pk")
    there = list(entries.select_for_update(no_key=True).values_list("pk", flat=True))
    standing = {
        one.entry_id: one
        for one in _of(there, by_id, link_id).filter(opened_at__gt=now - _THE_SAME).order_by("pk")
    }
    new = [
        Look(entry_id=pk, by_id=by_id, link_id=link_id, opened_at=now)
        for pk in there
        if pk not in standing
    ]
    standing |= {one.entry_id: one for one in Look.objects.bulk_create(new)}
    return [standing[pk] for pk in there]


def seconds(
    entry_id: int,
    seconds: int,
    *,
    now: datetime,
    by_id: int | None = None,
    link_id: int | None = None,
) -> bool:
    """Note for how long somebody has looked so far, as their browser says. It counts up only, and
    never further than the clock allows. Returns whether there was such a look."""
    look = _of([entry_id], by_id, link_id).filter(opened_at__lte=now).order_by("-pk").first()
    if look is None:
        return False
    passed = min(now - look.opened_at, LONGEST)
    told = max(0, min(seconds, int(passed.total_seconds())))
    Look.objects.filter(pk=look.pk, seconds__lt=told).update(seconds=told)
    return True


def unseen(answer_ids: Collection[int]) -> set[int]:
    """Those of these answers that were given unseen: whoever gave them had not opened what they
    are about, or less than 3 seconds before."""
    rows = sql.run(
        sql.load(__file__, "answers_unseen"),
        {"ids": list(answer_ids), "since": None, "until": None, "too_soon": TOO_SOON},
    )
    return {pk for pk, is_unseen, _ in rows if is_unseen}


def figures(since: datetime, until: datetime) -> Decided:
    """How decisions were made from a moment on, until another."""
    rows = sql.run(
        sql.load(__file__, "answers_unseen"),
        {"ids": None, "since": since, "until": until, "too_soon": TOO_SOON},
    ).fetchall()
    looked = sorted(
        min(took, int(LONGEST.total_seconds()))
        for _, is_unseen, took in rows
        if not is_unseen and took is not None
    )
    return Decided(
        answers=len(rows),
        unseen=sum(is_unseen for _, is_unseen, _ in rows),
        usual_seconds=looked[len(looked) // 2] if looked else None,
    )


def _of(entry_ids: Collection[int], by_id: int | None, link_id: int | None) -> QuerySet[Look]:
    mine = Q(by=by_id, link=None) if by_id is not None else Q(link=link_id)
    return Look.objects.filter(mine, entry__in=entry_ids)
