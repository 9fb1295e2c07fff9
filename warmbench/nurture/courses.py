"""The steps of a version of a sequence, where people stand on them, and the touch of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Prefetch

from warmbench.core.standstill import still
from warmbench.messaging.models import Message
from warmbench.messaging.outbox import Draft
from warmbench.messaging.voices import Voices
from warmbench.nurture.models import SequenceVersion, Step
from warmbench.nurture.readers import Reader

#: An enrollment's round and cycle make one number of its touch: more cycles than anybody lives.
_CYCLES = 1000

#: What the steps are for that reach her. The others ask nobody's leave.
PURPOSES: dict[str, Message.Purpose] = {
    Step.Kind.MESSAGE: Message.Purpose.WELCOME,
    Step.Kind.CONTENT: Message.Purpose.CONTENT,
    Step.Kind.CHECK_IN: Message.Purpose.CHECK_IN,
    Step.Kind.PREFERENCE: Message.Purpose.PREFERENCE,
}
#: What is done once and not again after an edit. A wait is waited for anew, and a branch asked
#: anew: what comes after them counts on it.
DONE_ONCE = frozenset({*PURPOSES, Step.Kind.FOLLOW_UP, Step.Kind.NOTIFICATION})


@dataclass(frozen=True, slots=True)
class Due:
    """An enrollment whose step is due, locked by this planner."""

    enrollment_id: int
    candidate_id: int
    version_id: int
    sequence_id: int
    round: int
    position: int
    cycle: int
    is_last_step: bool
    waiting_for: str
    #: Keys of steps ahead that were done before, on an earlier version.
    skips: Sequence[str]
    #: Since when the step is due.
    since: datetime


class Ahead(NamedTuple):
    """The next message that somebody gets, and how long after the step that is due."""

    purpose: str
    touch: str
    wait: timedelta


class Place(NamedTuple):
    """Where somebody stands on a course."""

    position: int
    cycle: int


class Cadence(NamedTuple):
    """For whom waits take how long, in percent of what the steps say."""

    rule: str
    pace: int


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of one version of a sequence, which never change, and the pace of the sequence."""

    sequence_key: str
    sequence_name: str
    number: int
    steps: tuple[Step, ...]
    repeat_from: int | None
    exit_rule: str
    cadence: tuple[Cadence, ...]
    pace: int
    #: Those that are asked whatever the step is.
    rules: tuple[str, ...]

    def step(self, due: Due) -> Step:
        """The step that is due."""
        return self.steps[due.position]

    def purpose(self, due: Due) -> Message.Purpose:
        """What the due step is for, which has to be one that reaches her."""
        return PURPOSES[self.steps[due.position].kind]

    def touch(self, due: Due) -> str:
        """What the step is called in the outbox and in decisions. There is no version in it: a
        step that was done before an edit of the sequence is not done again after it."""
        return self._touch(self.steps[due.position])

    def touch_ahead(self, due: Due) -> Ahead | None:
        """The message that she gets next if nothing else comes of it, be it the step that is due or
        one after it. None where that cannot be known yet, or nothing comes."""
        wait = timedelta(0)
        for position in range(due.position, len(self.steps)):
            step = self.steps[position]
            if position > due.position:
                wait += timedelta(days=step.wait_days)
            if step.kind in PURPOSES and not _is_done(step, due.skips):
                return Ahead(PURPOSES[step.kind], self._touch(step), wait)
            if step.kind in {Step.Kind.BRANCH, Step.Kind.EXIT}:
                return None
        return None

    def draft(self, due: Due, reader: Reader, voices: Voices) -> Draft:
        """The touch that the due step makes, which has to be one that reaches her."""
        step = self.steps[due.position]
        return Draft(
            candidate_id=due.candidate_id,
            purpose=self.purpose(due),
            touch=self.touch(due),
            occurrence=due.round * _CYCLES + due.cycle,
            sender_id=voices.sender_for(reader, step.channel),
            sequence_id=due.sequence_id,
            sequence_version=self.number,
            channel=step.channel,
        )

    def rules_at(self, due: Due) -> tuple[str, ...]:
        """The rules that say how she goes on from the step that is due."""
        condition = self.steps[due.position].condition
        return (*self.rules, condition) if condition else self.rules

    def reaches_her(self, due: Due) -> bool:
        """Whether the step that is due is a message to her."""
        return self.steps[due.position].kind in PURPOSES

    def was_done(self, due: Due) -> bool:
        """Whether an earlier version did the step that is due."""
        return _is_done(self.steps[due.position], due.skips)

    def otherwise(self, due: Due) -> int:
        """Where a branch leads whose condition does not hold: behind the last step, if nowhere."""
        to = self.steps[due.position].otherwise
        ahead = range(due.position + 1, len(self.steps))
        return next((at for at in ahead if self.steps[at].key == to), len(self.steps))

    def onwards(self, due: Due) -> list[Place]:
        """Everywhere she may stand after the step that is due."""
        step = self.steps[due.position]
        if step.kind == Step.Kind.EXIT:
            return []
        ways = {due.position + 1}
        if step.kind == Step.Kind.BRANCH:
            ways.add(self.otherwise(due))
        return [place for way in sorted(ways) if (place := self.place(due, way))]

    def place(self, due: Due, position: int) -> Place | None:
        """Where somebody goes on who comes to ``position``: past what was done before, and round
        again after the last step; None where the sequence ends for her."""
        cycle, done = due.cycle, due.skips
        while True:
            if position < len(self.steps):
                if not (done and _is_done(self.steps[position], done)):
                    return Place(position, cycle)
                position += 1
            elif self.repeat_from is None:
                return None
            else:
                position, cycle, done = self.repeat_from, cycle + 1, ()

    def _touch(self, step: Step) -> str:
        return f"{self.sequence_key}/{step.key}"


@still
def courses(version_ids: Collection[int]) -> dict[int, Course]:
    """The courses by version id; two questions for all of them."""
    versions = SequenceVersion.objects.filter(pk__in=version_ids).select_related("sequence")
    in_order = Prefetch("steps", Step.objects.order_by("position"))
    return {version.pk: _course(version) for version in versions.prefetch_related(in_order)}


def _course(version: SequenceVersion) -> Course:
    cadence = tuple(Cadence(one["rule"], one["pace"]) for one in version.cadence)
    exit_rule = version.exit_rule.strip()
    return Course(
        sequence_key=version.sequence.key,
        sequence_name=version.sequence.name,
        number=version.number,
        steps=tuple(version.steps.all()),
        repeat_from=version.repeat_from,
        exit_rule=exit_rule,
        cadence=cadence,
        pace=version.sequence.pace,
        rules=tuple(filter(None, (exit_rule, *(one.rule for one in cadence)))),
    )


def _is_done(step: Step, done: Sequence[str]) -> bool:
    return step.kind in DONE_ONCE and step.key in done
