"""Reads what pages show of changes about people: who, what, and for which profile it matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from warmbench.accounts.models import User
from warmbench.people.models import Candidate
from warmbench.shortlists import budget
from warmbench.shortlists.models import Change, ChangeNotice

State = ChangeNotice.State
#: So many of a person stand on their page.
_ON_THE_PAGE = 8


@dataclass(frozen=True)
class Matter:
    """For which profile a change matters, and how much."""

    notice: ChangeNotice

    @property
    def name(self) -> str:
        """What the profile is called."""
        return self.notice.profile.name

    @property
    def how(self) -> str:
        """What it does to how well they fit, in per cent."""
        before, after = round(100 * self.notice.before), round(100 * self.notice.after)
        return f"{after} %" if before == after else f"{before} → {after} %"

    @property
    def is_better(self) -> bool:
        """Whether they fit better than before."""
        return self.notice.after > self.notice.before


@dataclass(frozen=True)
class Row:
    """A change, as a list shows it."""

    change: Change
    matters: Sequence[Matter]
    #: Whether it was put before whoever looks, and what they made of it.
    is_mine: bool
    is_done: bool
    judged: str

    @property
    def made_of_it(self) -> str:
        """What they said of it, as a word."""
        return {"useful": "Useful", "useless": "Not useful"}.get(self.judged, "Dealt with")


def today(user: User, *, now: datetime) -> list[Row]:
    """What stands before somebody today, the heaviest first."""
    notices = list(budget.of_today(user, now=now))
    changes = list({one.change_id: one.change for one in notices}.values())
    return _rows(changes, notices, user)


def of_person(candidate: Candidate, user: User) -> list[Row]:
    """What changed about somebody, the latest first."""
    changes = candidate.changes.order_by("-at", "-pk").select_related("candidate")
    return of(list(changes[:_ON_THE_PAGE]), user)


def of(changes: Sequence[Change], user: User) -> list[Row]:
    """These changes as rows, in their order."""
    notices = ChangeNotice.objects.filter(change__in=changes).exclude(state=State.DROPPED)
    return _rows(changes, notices.select_related("profile").order_by("-weight", "pk"), user)


def page(
    *, kind: str, profile_id: int, person_id: int, after: tuple[datetime, int] | None, size: int
) -> tuple[list[Change], bool]:
    """A page of all changes, the latest first, after an edge, and whether there are more."""
    found: QuerySet[Change] = Change.objects.select_related("candidate").order_by("-at", "-pk")
    if kind:
        found = found.filter(kind=kind)
    if profile_id:
        found = found.filter(
            pk__in=ChangeNotice.objects.filter(profile=profile_id).values("change")
        )
    if person_id:
        found = found.filter(candidate=person_id)
    if after:
        at, pk = after
        # The first says to the index where to begin, the second who of one moment was shown.
        found = found.filter(at__lte=at).exclude(Q(at=at) & Q(pk__gte=pk))
    rows = list(found[: size + 1])
    return rows[:size], len(rows) > size


def one(change_id: int) -> Change | None:
    """A change, if it is still there."""
    return Change.objects.select_related("candidate").filter(pk=change_id).first()


def _rows(changes: Sequence[Change], notices: Iterable[ChangeNotice], user: User) -> list[Row]:
    by_change: dict[int, list[ChangeNotice]] = {}
    for one in notices:
        by_change.setdefault(one.change_id, []).append(one)
    return [_row(change, by_change.get(change.pk, []), user) for change in changes]


def _row(change: Change, notices: Sequence[ChangeNotice], user: User) -> Row:
    mine = [one for one in notices if one.recipient_id == user.pk]
    done = [one for one in mine if one.state == State.DONE]
    return Row(
        change,
        [Matter(one) for one in notices],
        is_mine=bool(mine),
        is_done=bool(done),
        judged=done[0].judged if done else "",
    )


def query(values: dict[str, Any]) -> dict[str, Any]:
    """Only the parameters that say something."""
    return {name: value for name, value in values.items() if value}
