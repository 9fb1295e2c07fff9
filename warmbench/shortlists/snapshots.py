"""Says what is other about somebody than before, and matters: pure, from what sources say of them.

What was last known stands in a snapshot. Words of sources are held against it: what is said for the
first time of all is no change, nor is the same in other words, nor what a source that lags behind
brings back. Only a later or a stronger word changes what is known, and weak ones wait until they
are confirmed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from warmbench.shortlists import changed_days, changed_sets, changed_wishes, changed_work
from warmbench.shortlists.noted import Found, Slots, Word

#: Of the format in which snapshots are kept.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing."""

    #: As it is kept, and given as ``before`` next time.
    body: Mapping[str, Any]
    changes: Sequence[Found] = ()
    #: The next day on which something is to be told although nobody says anything; None: none.
    next_day: date | None = None
    is_other: bool = field(default=True)


def compare(before: Mapping[str, Any] | None, words: Iterable[Word], *, today: date) -> Compared:
    """What these words, all that sources say of somebody now, change of what was known before.

    ``before`` is the body of the last snapshot, None for the first: then nothing is a change. The
    same words once more change nothing, in whatever order they come.
    """
    body = deepcopy(dict(before)) if before else {}
    slots = Slots(
        body, today=today, is_first=before is None, begun=_day(body.get("begun")) or today
    )
    said = sorted(
        (one for one in (slots.dated(word) for word in words) if one is not None and not one.weak),
        key=_order,
    )
    body.setdefault("begun", today.isoformat())
    body["format"] = FORMAT
    found: list[Found] = []
    for chapter in (changed_work, changed_sets, changed_wishes, changed_days):
        found += chapter.compare(slots, said)
    changes = () if before is None else tuple(_once(found))
    return Compared(
        body, changes, next_day=changed_days.next_day(slots), is_other=body != (before or {})
    )


def rebased(before: Mapping[str, Any] | None, words: Iterable[Word], *, today: date) -> Compared:
    """The same without any change: for records that were merged or parted, of which nothing is
    other than before but what we know."""
    return replace(compare(before, words, today=today), changes=())


def without(
    before: Mapping[str, Any] | None, insight_ids: Collection[int]
) -> Mapping[str, Any] | None:
    """A snapshot without what these facts had made of it, which turned out to be wrong: what was
    known before them is known again."""
    if not before or not insight_ids:
        return before
    body = deepcopy(dict(before))
    for held in (body, body.get("scope") or {}, body.get("wants") or {}):
        for name, slot in list(held.items()):
            if isinstance(slot, dict) and slot.get("insight") in insight_ids:
                was = slot.get("was")
                if was:
                    held[name] = was
                else:
                    del held[name]
    return body


def insights(before: Mapping[str, Any] | None) -> set[int]:
    """The facts on which a snapshot stands."""
    body = before or {}
    slots = (*body.values(), *(body.get("scope") or {}).values())
    slots += tuple((body.get("wants") or {}).values())
    return {one["insight"] for one in slots if isinstance(one, dict) and one.get("insight")}


def _order(one: Word) -> tuple[date, int, str, str, str]:
    # Of one day the stronger word comes last, and stands.
    return one.day, -one.rank, one.aspect, one.topic, str(one.value)


def _once(found: Iterable[Found]) -> list[Found]:
    kept: dict[tuple[str, str], Found] = {}
    for one in found:
        # To what they changed says more than that they did.
        if (one.kind, one.key) not in kept or kept[one.kind, one.key].is_open:
            kept[one.kind, one.key] = one
    return list(kept.values())


def _day(said: object) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) else None
