"""Says in words what is different between two outlines of a sequence."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from warmbench.nurture.outline import Cadence, Outline, StepOutline, tidied


class Kind(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    kind: Kind
    #: ``name``, ``cadence``, or a step by its key: ``steps.salary``, ``steps.salary.wait_days``.
    where: str
    #: As a person would write them in a file; blank where there is nothing.
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        part = _named(self.where)
        match self.kind:
            case Kind.ADDED:
                return f"{part} is new: {self.after}."
            case Kind.REMOVED:
                return f"{part} is gone: {self.before}."
            case Kind.MOVED:
                return f"{part} comes {self.after}; it came {self.before}."
            case Kind.CHANGED if "\n" in self.before + self.after:
                return f"{part} reads otherwise."
            case Kind.CHANGED:
                return f"{part}: {_quoted(self.before)} becomes {_quoted(self.after)}."


def differences(old: Outline, new: Outline) -> list[Difference]:
    """What is different in the new outline, as far as it matters to anybody: the whole first,
    then its steps, those that are gone last."""
    old, new = tidied(old), tidied(new)
    return [*_of_fields(old, new), *_of_steps(old, new)]


def _of_fields(old: Outline, new: Outline) -> Iterator[Difference]:
    for field in fields(Outline):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name != "steps" and before != after:
            yield Difference(Kind.CHANGED, field.name, _text(before), _text(after))


def _of_steps(old: Outline, new: Outline) -> Iterator[Difference]:
    before = {step.key: step for step in old.steps}
    after = {step.key: step for step in new.steps}
    stayed = _stayed(
        [key for key in before if key in after], [key for key in after if key in before]
    )
    for at, (key, step) in enumerate(after.items()):
        where = f"steps.{key}"
        if key not in before:
            yield Difference(Kind.ADDED, where, "", f"{_summary(step)}, {_place(new, at)}")
            continue
        if key not in stayed:
            old_at = old.position(key) or 0
            yield Difference(Kind.MOVED, where, _place(old, old_at), _place(new, at))
        yield from _of_step(before[key], step)
    for key, step in before.items():
        if key not in after:
            yield Difference(Kind.REMOVED, f"steps.{key}", _summary(step))


def _of_step(old: StepOutline, new: StepOutline) -> Iterator[Difference]:
    for field in fields(StepOutline):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before != after:
            where = f"steps.{new.key}.{field.name}"
            yield Difference(Kind.CHANGED, where, _text(before), _text(after))


def _stayed(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The most of these keys that stand in the same order in both: the others were moved.

    The longest increasing subsequence of their old positions, by patience sorting.
    """
    at = {key: position for position, key in enumerate(old)}
    tops: list[int] = []
    piles: list[str] = []
    below: dict[str, str | None] = {}
    for key in new:
        pile = bisect_left(tops, at[key])
        below[key] = piles[pile - 1] if pile else None
        tops[pile:] = [at[key], *tops[pile + 1 :]]
        piles[pile:] = [key, *piles[pile + 1 :]]
    stayed: set[str] = set()
    last = piles[-1] if piles else None
    while last is not None:
        stayed.add(last)
        last = below[last]
    return stayed


def _place(outline: Outline, at: int) -> str:
    return f"after “{outline.steps[at - 1].key}”" if at else "first"


def _summary(step: StepOutline) -> str:
    what = step.kind.replace("_", " ")
    detail = step.content_kind or step.subject or step.condition or step.words
    waited = f" after {step.wait_days} days" if step.wait_days else " at once"
    return f"{what}{f' ({detail})' if detail else ''}{waited}"


def _named(where: str) -> str:
    first, _, rest = where.partition(".")
    if first != "steps":
        return first.replace("_", " ").capitalize()
    key, _, field = rest.partition(".")
    detail = field.replace("_", " ")
    return f"Step “{key}”, {detail}" if detail else f"Step “{key}”"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(f"{one.rule}: {one.pace} %" for one in value if isinstance(one, Cadence))
    return "" if value is None else str(value)


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "nothing"
