"""What a sequence is before it is published: the same document in drafts, files and versions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from warmbench.messaging import templates
from warmbench.messaging.templates import Look, TemplateError
from warmbench.nurture import rule_sql, rules
from warmbench.nurture.models import ContentPiece, SequenceVersion, Step
from warmbench.nurture.outline_parts import (
    FIELDS,
    Cadence,
    Outline,
    StepOutline,
    from_json,
    to_json,
)
from warmbench.nurture.rule_errors import RuleError, nearest
from warmbench.nurture.rule_sql import Names
from warmbench.people.models import Channel

__all__ = [
    "FIELDS",
    "Cadence",
    "Outline",
    "Problem",
    "StepOutline",
    "added",
    "changed",
    "fresh_key",
    "from_json",
    "moved",
    "problems",
    "tidied",
    "to_json",
    "without",
]

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
MAX_KEY = 40
#: What ``Message.touch`` has room for: both keys and a stroke between them.
MAX_TOUCH = 80
MAX_STEPS = 100
MAX_CADENCE = 20
#: Three years.
MAX_DAYS = 1_095
#: A week.
MAX_HOURS = 168
#: How many percent of their days waits may take.
PACES = (10, 1_000)
#: Days that a repeated part takes at least. A touch counts a thousand cycles in each round, and
#: so nobody lives to see the last.
MIN_CYCLE = 7


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that forbids to publish an outline."""

    #: The field, e.g. ``steps[3].subject``, counted from 0; blank for the whole.
    where: str
    #: What is wrong and what to do, for its author.
    sentence: str
    #: The line within the field's text, from 1, where that is known.
    line: int | None = None


def tidied(outline: Outline) -> Outline:
    """The outline without what its steps' kinds have no use for: what is published."""
    return replace(outline, steps=tuple(_tidied(step) for step in outline.steps))


def added(outline: Outline, step: StepOutline, at: int | None = None) -> Outline:
    """The outline with one more step at a position, by default at its end."""
    at = len(outline.steps) if at is None else at
    return replace(outline, steps=(*outline.steps[:at], step, *outline.steps[at:]))


def moved(outline: Outline, key: str, to: int) -> Outline:
    """The outline with a step in another position, as near as there is one."""
    step = outline.step(key)
    others = [one for one in outline.steps if one is not step]
    others.insert(max(0, min(to, len(others))), step)
    return replace(outline, steps=tuple(others))


def without(outline: Outline, key: str) -> Outline:
    """The outline without a step. What led to it is left, for its author to decide about."""
    gone = outline.step(key)
    return replace(outline, steps=tuple(step for step in outline.steps if step is not gone))


def changed(outline: Outline, key: str, **values: Any) -> Outline:
    """The outline with other values in some fields of a step."""
    before = outline.step(key)
    after = replace(before, **values)
    return replace(
        outline, steps=tuple(after if step is before else step for step in outline.steps)
    )


def fresh_key(outline: Outline, wanted: str) -> str:
    """A key for a new step that no other has: the wanted one, or with a number behind it."""
    taken = {step.key for step in outline.steps}
    number = 1
    key = wanted
    while key in taken:
        number += 1
        key = f"{wanted[:36]}-{number}"
    return key


def _tidied(step: StepOutline) -> StepOutline:
    kept = {"key", "kind", "wait_days", *FIELDS.get(step.kind, ())}
    if step.channel == Channel.SMS:
        kept.discard("subject")
    if step.edit_hours is None:
        kept.discard("if_not_edited")
    values = {name: getattr(step, name) for name in kept}
    # The words of a subject are one template, whatever stands around them.
    return StepOutline(**values | {"subject": values.get("subject", "").strip()})


def problems(outline: Outline, *, names: Names | None = None) -> list[Problem]:
    """Everything that forbids to publish the outline, in the order of its fields.

    ``names`` are those that its rules may use, by default all that the database knows.
    """
    return list(_Inspection(tidied(outline), names).found())


@dataclass
class _Inspection:
    outline: Outline
    names: Names | None

    def found(self) -> Iterator[Problem]:
        """The problems of the whole, then those of each step."""
        yield from self._of_the_whole()
        for at, step in enumerate(self.outline.steps):
            yield from self._of_step(at, step)
        yield from self._of_the_way()

    def _of_the_whole(self) -> Iterator[Problem]:
        outline = self.outline
        yield from _of_key("key", outline.key)
        yield from _of_line("name", outline.name, 100, needed="Give the sequence a name.")
        yield from _of_line("description", outline.description, 300)
        yield from _of_choice("trigger", outline.trigger, SequenceVersion.Trigger.values)
        yield from self._of_rule("entry_rule", outline.entry_rule)
        yield from self._of_rule("exit_rule", outline.exit_rule)
        yield from _of_number("reentry_days", outline.reentry_days, 0, MAX_DAYS)
        if len(outline.cadence) > MAX_CADENCE:
            yield Problem("cadence", f"There may be {MAX_CADENCE} rules of cadence.")
        for at, one in enumerate(outline.cadence):
            yield from self._of_rule(f"cadence[{at}].rule", one.rule, needed="Say for whom.")
            yield from _of_number(f"cadence[{at}].pace", one.pace, *PACES)

    def _of_step(self, at: int, step: StepOutline) -> Iterator[Problem]:
        where = f"steps[{at}]"
        yield from _of_key(f"{where}.key", step.key)
        if step.key in {one.key for one in self.outline.steps[:at]}:
            yield Problem(f"{where}.key", f"Another step is called “{step.key}” already.")
        elif len(self.outline.key) + len(step.key) > MAX_TOUCH - 1:
            said = f"The keys of the sequence and its step have at most {MAX_TOUCH - 1} characters"
            yield Problem(f"{where}.key", f"{said} together.")
        yield from _of_number(f"{where}.wait_days", step.wait_days, 0, MAX_DAYS)
        if step.kind not in FIELDS:
            yield from _of_choice(f"{where}.kind", step.kind, Step.Kind.values)
            return
        for name in FIELDS[step.kind]:
            yield from self._of_field(at, step, name)

    def _of_field(self, at: int, step: StepOutline, name: str) -> Iterator[Problem]:
        where = f"steps[{at}].{name}"
        value = getattr(step, name)
        match name:
            case "channel" | "content_kind" | "task" | "if_not_edited":
                yield from _of_choice(where, value, _CHOICES[name])
            case "edit_hours":
                yield from _of_number(where, value, 1, MAX_HOURS)
            case "words":
                yield from _of_line(where, value, 300, needed="Say it in words.")
            case "condition":
                yield from self._of_rule(where, value, needed="Say what the branch asks.")
            case "otherwise":
                yield from self._of_otherwise(at, step)
            case "body":
                yield from _of_wording(f"steps[{at}]", step)
            case _:  # The subject is looked at with the body.
                pass

    def _of_rule(self, where: str, rule: str, *, needed: str = "") -> Iterator[Problem]:
        if not rule.strip():
            if needed:
                yield Problem(where, needed)
            return
        try:
            parsed = rules.parse(rule)
            self.names = self.names or Names.load()
            rule_sql.compile_rule(parsed, self.names)
        except RuleError as error:
            yield Problem(where, error.message, error.line)

    def _of_otherwise(self, at: int, step: StepOutline) -> Iterator[Problem]:
        to = self.outline.position(step.otherwise) if step.otherwise else None
        where = f"steps[{at}].otherwise"
        if step.otherwise and to is None:
            yield Problem(where, self._no_step(step.otherwise))
        elif to is not None and to <= at:
            yield Problem(where, f"“{step.otherwise}” does not come later: a branch leads onwards.")

    def _of_the_way(self) -> Iterator[Problem]:
        """Problems of the steps together: which can be reached, and how soon all begins again."""
        steps, again = self.outline.steps, self.outline.repeat_from
        if not steps:
            yield Problem("steps", "There is no step yet: add one.")
        if len(steps) > MAX_STEPS:
            yield Problem("steps", f"A sequence has at most {MAX_STEPS} steps.")
        start = self.outline.position(again) if again else None
        if again and start is None:
            yield Problem("repeat_from", self._no_step(again))
        reached = self._days_to(0)
        for at, _ in enumerate(steps):
            if at not in reached:
                yield Problem(f"steps[{at}]", "No way leads to this step.")
        if start is not None:
            shortest = self._days_to(start).get(len(steps))
            if shortest is not None and shortest < MIN_CYCLE:
                said = "From here to the end take at least"
                yield Problem("repeat_from", f"{said} {MIN_CYCLE} days: now it is {shortest}.")

    def _days_to(self, start: int) -> dict[int, int]:
        """The fewest days in which each position can be done, from the wait of the first on; the
        position after the last is the end."""
        steps = self.outline.steps
        days = {start: steps[start].wait_days} if steps else {}
        for at, step in enumerate(steps):
            if at not in days or step.kind == Step.Kind.EXIT:
                continue
            ways = {at + 1}
            if step.kind == Step.Kind.BRANCH:
                later = self.outline.position(step.otherwise) if step.otherwise else None
                ways.add(len(steps) if later is None else max(later, at + 1))
            for to in ways:
                wait = steps[to].wait_days if to < len(steps) else 0
                days[to] = min(days.get(to, days[at] + wait), days[at] + wait)
        return days

    def _no_step(self, key: str) -> str:
        return f"There is no step “{key}”.{nearest(key, (one.key for one in self.outline.steps))}"


_CHOICES: Mapping[str, list[str]] = {
    "channel": list(Channel.values),
    "content_kind": list(ContentPiece.Kind.values),
    "task": list(Step.Task.values),
    "if_not_edited": list(Step.Default.values),
}


def _of_key(where: str, key: str) -> Iterator[Problem]:
    if not _KEY.fullmatch(key):
        said = "A key has small letters, digits, “-” and “_”, and begins with a letter or digit."
        yield Problem(where, said if key else f"A key is missing. {said}")
    elif len(key) > MAX_KEY:
        yield Problem(where, f"A key has at most {MAX_KEY} characters, this one {len(key)}.")


def _of_line(where: str, text: str, limit: int, *, needed: str = "") -> Iterator[Problem]:
    if needed and not text.strip():
        yield Problem(where, needed)
    if len(text) > limit:
        yield Problem(where, f"It has at most {limit} characters, not {len(text)}.")
    if "\n" in text.strip():
        yield Problem(where, "It stands on one line.")


def _of_choice(where: str, value: str, choices: list[str]) -> Iterator[Problem]:
    if value not in choices:
        said = f"Choose one of {', '.join(choices)}"
        hint = nearest(value, choices) if value else ""
        yield Problem(where, f"{said}, not “{value}”.{hint}" if value else f"{said}.")


def _of_number(where: str, number: int | None, least: int, most: int) -> Iterator[Problem]:
    if number is not None and not least <= number <= most:
        yield Problem(where, f"A number from {least} to {most:,} belongs here, not {number}.")


def _of_wording(where: str, step: StepOutline) -> Iterator[Problem]:
    look: Look = "text" if step.channel == Channel.SMS else "letter"
    error = _wording_error(step.subject, step.body, look)
    if error and error.part == "subject":
        yield _as_problem(where, error)
        # What is wrong with the body would be found only when the subject is right.
        error = _wording_error("Subject", step.body, look)
    if error:
        yield _as_problem(where, error)


def _as_problem(where: str, error: TemplateError) -> Problem:
    part = error.part if error.part in {"subject", "body"} else "body"
    sentence = str(error).partition(": ")[2].replace("?.", "?")
    return Problem(f"{where}.{part}", sentence[:1].upper() + sentence[1:], error.line or None)


@lru_cache(maxsize=512)
def _wording_error(subject: str, body: str, look: Look) -> TemplateError | None:
    try:
        templates.compile(subject=subject, body=body, look=look)
    except TemplateError as error:
        return error
    return None
