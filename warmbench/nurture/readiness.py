"""Finds out before a sequence runs what is missing for whom: fields of its words, and pieces."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from warmbench.core import sql, tallies
from warmbench.messaging import letters, templates, voices
from warmbench.messaging.templates import Look, TemplateError
from warmbench.messaging.voices import Voices
from warmbench.nurture import check_ins, content, courses, outline_parts, readers
from warmbench.nurture.content import Shelf
from warmbench.nurture.models import Sequence, Step
from warmbench.nurture.outline import Outline, StepOutline
from warmbench.nurture.readers import Reader
from warmbench.people.models import Channel

#: People who are weighed: enough for a share to the percent.
WEIGHED = 10_000
#: What somebody lacks besides fields.
NO_PIECE, NO_SENDER = "no_piece", "no_sender"
_READINESS, _LACKING = "readiness", "lacking"


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a step needs and some people do not have."""

    #: The key of the step.
    step: str
    #: A field, ``NO_PIECE`` or ``NO_SENDER``.
    what: str
    people: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is missing for whom."""

    #: Members of the sequence's pools, and everybody who is on it.
    people: int
    weighed: int
    #: What is missing, step by step, what concerns most people first. Numbers are of those
    #: who were weighed.
    lacks: tuple[Lack, ...]

    @property
    def is_exact(self) -> bool:
        """Whether everybody was weighed."""
        return self.weighed == self.people


def of(sequence: Sequence, outline: Outline, *, now: datetime) -> Readiness | None:
    """What is missing for the people of a sequence's pools, by the code that would fill in and
    choose. A few questions for all of them; None while they are being looked at."""
    tally = tallies.of(_READINESS, sequence.pk, json.dumps(outline_parts.to_json(outline)), now=now)
    return None if tally is None else tally.answer


@tallies.question(_READINESS)
def _weigh(sequence_id: int, written: str, *, now: datetime) -> Readiness:
    sequence = Sequence.objects.get(pk=sequence_id)
    outline = outline_parts.from_json(json.loads(written))
    people, everybody = _people(sequence)
    counts: Counter[tuple[str, str]] = Counter()
    for _, step, what in _lacking(outline, people, now=now):
        counts[step, what] += 1
    order = {step.key: at for at, step in enumerate(outline.steps)}
    lacks = sorted(
        (Lack(step, what, count) for (step, what), count in counts.items()),
        key=lambda one: (order[one.step], -one.people, one.what),
    )
    return Readiness(everybody, len(people), tuple(lacks))


def who_lacks(
    sequence: Sequence, outline: Outline, step: str, what: str, *, now: datetime
) -> list[int]:
    """The candidates, of those who are weighed, who lack one thing for one step."""
    written = json.dumps(outline_parts.to_json(outline))
    lacking: list[int] = tallies.at_once(_LACKING, sequence.pk, written, step, what, now=now).answer
    return lacking


@tallies.question(_LACKING)
def _find_lacking(
    sequence_id: int, written: str, step: str, what: str, *, now: datetime
) -> list[int]:
    outline = outline_parts.from_json(json.loads(written))
    people, _ = _people(Sequence.objects.get(pk=sequence_id))
    found = _lacking(outline, people, now=now)
    return [candidate for candidate, *lack in found if lack == [step, what]]


def _people(sequence: Sequence) -> tuple[Mapping[int, Reader], int]:
    values = {"sequence": sequence.pk, "most": WEIGHED}
    rows = sql.run(sql.load(__file__, "readers_to_be"), values).fetchall()
    return readers.load([row[0] for row in rows]), rows[0][1] if rows else 0


def _lacking(
    outline: Outline, people: Mapping[int, Reader], *, now: datetime
) -> Iterator[tuple[int, str, str]]:
    """(candidate, step, what) for everything that is missing."""
    steps = [step for step in outline.steps if step.kind in courses.PURPOSES]
    if not steps or not people:
        return
    all_voices = voices.voices()
    needed = {step.key: _needed(step) for step in steps}
    shelf = content.shelf(today=now.date())
    said: Mapping[int, Mapping[str, str]] = {}
    if any(step.kind == Step.Kind.CHECK_IN for step in steps):
        said = check_ins.words(list(people.values()), now=now)
    for reader in people.values():
        context: dict[int, dict[str, str]] = {}
        for step in steps:
            sender = all_voices.sender_for(reader, step.channel)
            if sender is None:
                yield reader.candidate_id, step.key, NO_SENDER
                continue
            if sender not in context:
                context[sender] = all_voices.context(reader, sender, now=now)
            own = said.get(reader.candidate_id, {}) if step.kind == Step.Kind.CHECK_IN else {}
            for what in _of_step(step, needed[step.key], reader, all_voices, shelf):
                if what == NO_PIECE or (what not in context[sender] and what not in own):
                    yield reader.candidate_id, step.key, what


def _of_step(
    step: StepOutline,
    needed: tuple[str, ...],
    reader: Reader,
    all_voices: Voices,
    shelf: Shelf,
) -> tuple[str, ...]:
    """The fields that the step needs for her, or that there is no piece."""
    if step.kind != Step.Kind.CONTENT:
        return needed
    chosen = shelf.choose(step.content_kind, reader, all_voices)
    return letters.compiled(chosen.template_id).required if chosen else (NO_PIECE,)


def _needed(step: StepOutline) -> tuple[str, ...]:
    """The fields that a step's own words cannot do without; none while they cannot be used."""
    if step.kind == Step.Kind.CONTENT:
        return ()
    look: Look = "text" if step.channel == Channel.SMS else "letter"
    try:
        return templates.compile(subject=step.subject, body=step.body, look=look).required
    except TemplateError:
        return ()
