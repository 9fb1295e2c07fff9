"""Tells which of an entry's evidence is a ground to act, and whether enough of it is left."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from warmbench.signals import interest
from warmbench.signals.models import FollowUp, Signal

Item = dict[str, Any]


def of(entry: FollowUp) -> list[Item]:
    """The evidence that asks to act: all but remarks."""
    return [item for item in entry.evidence if not item.get("note")]


def unheard(offered: Iterable[Item], earlier: Iterable[FollowUp]) -> list[Item]:
    """The pieces of evidence that are in no entry yet and have not been withdrawn."""
    left = {_mark(item): item for item in offered}
    for entry in earlier:
        for item in entry.evidence:
            left.pop(_mark(item), None)
    there = _there(left.values())
    return [item for item in left.values() if not item["signal"] or item["signal"] in there]


def without_signals_that_are_gone(entry: FollowUp) -> list[Item]:
    """An entry's evidence, but for signals that are there no more."""
    there = _there(entry.evidence)
    return [item for item in entry.evidence if not item["signal"] or item["signal"] in there]


def without(entry: FollowUp, about: str) -> list[Item]:
    """An entry's evidence, but for what is about this."""
    return [item for item in entry.evidence if item.get("about") != about]


def stands(entry: FollowUp, *, gone: Collection[int] = ()) -> bool:
    """Whether an entry still has a ground, without the signals that are going."""
    left = of(entry)
    if entry.reason != FollowUp.Reason.HIGH_INTEREST or not left:
        return bool(left)
    kept = Signal.objects.filter(pk__in=[item["signal"] for item in left if item["signal"]])
    heard = list(kept.exclude(pk__in=gone))
    return interest.still_stands(left, heard)


def _mark(item: Mapping[str, Any]) -> object:
    return item["signal"] or f"{item['at']} {item['text']}"


def _there(items: Iterable[Item]) -> set[int]:
    ids = [item["signal"] for item in items if item["signal"]]
    return set(Signal.objects.filter(pk__in=ids).values_list("pk", flat=True))
