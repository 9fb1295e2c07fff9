"""What becomes of steps that are due: composed, put off, refused or skipped, and what follows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from warmbench.core import sql
from warmbench.messaging import gate, outbox
from warmbench.messaging.gate import Allow, Later, Reason, Refuse
from warmbench.messaging.models import Message, Template
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.voices import Voices
from warmbench.nurture import content
from warmbench.nurture.models import Enrollment, SequenceVersion, Step
from warmbench.nurture.readers import Reader
from warmbench.people.models import Channel
from warmbench.sourcing import alerts

#: How soon to look again at somebody who waits for what only a person can give.
_LOOK_AGAIN = timedelta(days=1)
#: By then an alert whose time has come is written.
_AFTER_AN_ALERT = timedelta(hours=1)
#: An enrollment's round and cycle make one number of its touch: more cycles than anybody lives.
_CYCLES = 1000

_PURPOSE: dict[str, Message.Purpose] = {
    Step.Kind.MESSAGE: Message.Purpose.WELCOME,
    Step.Kind.CONTENT: Message.Purpose.CONTENT,
    Step.Kind.CHECK_IN: Message.Purpose.CHECK_IN,
    Step.Kind.PREFERENCE: Message.Purpose.PREFERENCE,
}


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


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of one version of a sequence, which never change."""

    sequence_key: str
    number: int
    steps: tuple[Step, ...]
    repeat_from: int | None

    def draft(self, due: Due, reader: Reader, voices: Voices) -> Draft:
        """The touch that the due step makes. Its key has no version in it: a step that was
        done before an edit of the sequence is not done again after it."""
        step = self.steps[due.position]
        return Draft(
            candidate_id=due.candidate_id,
            purpose=_PURPOSE[step.kind],
            touch=f"{self.sequence_key}/{step.key}",
            occurrence=due.round * _CYCLES + due.cycle,
            sender_id=voices.sender_for(reader, step.channel),
            sequence_id=due.sequence_id,
            sequence_version=self.number,
            channel=step.channel,
        )


def courses(version_ids: set[int]) -> dict[int, Course]:
    """The courses by version id."""
    versions = SequenceVersion.objects.filter(pk__in=version_ids).select_related("sequence")
    return {
        version.pk: Course(
            version.sequence.key,
            version.number,
            tuple(version.steps.order_by("position")),
            version.repeat_from,
        )
        for version in versions.prefetch_related("steps")
    }


class _Move(NamedTuple):
    """Where an enrollment stands afterwards."""

    enrollment_id: int
    state: str
    position: int
    cycle: int
    next_step_at: datetime | None
    waiting_for: str = ""
    exit_reason: str = ""


@dataclass(slots=True)
class Batch:
    """Decides about due steps one by one, and writes what came of all of them at once."""

    courses: dict[int, Course]
    people: dict[int, Reader]
    voices: Voices
    now: datetime
    #: How many enrollments came to which end.
    outcomes: Counter[str] = field(default_factory=Counter)
    _shelf: content.Shelf = field(init=False)
    _required: dict[int, list[str]] = field(init=False)
    _moves: list[_Move] = field(default_factory=list)
    _said: list[Considered] = field(default_factory=list)
    #: Position in ``_said`` → (candidate, piece).
    _given: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._shelf = content.shelf(today=self.now.date())
        self._required = dict(Template.objects.values_list("pk", "required"))

    def take(self, due: Due, considered: Considered) -> None:
        """Decide what becomes of one enrollment, given the last gate's verdict."""
        match considered.verdict:
            case Allow():
                self._compose(due, considered)
            case Refuse(reason) if self._step(due).channel != Channel.EMAIL:
                # It says nothing about mails: the sequence goes on, and those are asked about.
                self._said.append(considered)
                self._move_on(due, outcome=reason)
            case Refuse(reason) if reason in gate.FINAL:
                self._said.append(considered)
                self._exit(due, reason)
            case Refuse(reason, rule):
                later = Later(self.now + _LOOK_AGAIN, reason, rule)
                self._wait(due, considered.draft, later)
            case Later() as later:
                self._wait(due, considered.draft, later)

    def write(self) -> None:
        """Write messages, decisions, content uses and the next dates."""
        messages = outbox.queue(self._said, now=self.now)
        uses = [
            {"candidate_id": candidate, "piece_id": piece, "message_id": messages[at]}
            for at, (candidate, piece) in self._given.items()
            if at in messages
        ]
        sql.run(sql.load(__file__, "use_content"), {"uses": sql.records(uses), "now": self.now})
        moves = [move._asdict() for move in self._moves]
        sql.run(
            sql.load(__file__, "move_enrollments"),
            {"moves": sql.records(moves), "now": self.now},
        )

    def _step(self, due: Due) -> Step:
        return self.courses[due.version_id].steps[due.position]

    def _compose(self, due: Due, allowed: Considered) -> None:
        step = self._step(due)
        reader = self.people[due.candidate_id]
        piece = self._choose(step, reader) if step.kind == Step.Kind.CONTENT else None
        template_id = piece.template_id if piece else step.template_id
        if template_id is None:
            self._said.append(Considered(allowed.draft, Refuse(Reason.NO_CONTENT)))
            self._move_on(due, outcome=Reason.NO_CONTENT)
            return
        # The gate allowed a draft only if it has a sender.
        context = self.voices.context(reader, allowed.draft.sender_id or 0, now=self.now)
        missing = [name for name in self._required[template_id] if name not in context]
        if missing:
            wait = Later(self.now + _LOOK_AGAIN, Reason.MISSING_FIELD)
            self._wait(due, allowed.draft, wait, what=f"missing: {missing[0]}")
            return
        if piece:
            # She may be due twice in one batch.
            reader.had.append(piece.piece_id)
            self._given[len(self._said)] = (due.candidate_id, piece.piece_id)
        draft = replace(allowed.draft, template_id=template_id, context=context)
        self._said.append(Considered(draft, allowed.verdict, allowed.notice))
        self._move_on(due, outcome="queued")

    def _choose(self, step: Step, reader: Reader) -> content.Chosen | None:
        return self._shelf.choose(step.content_kind, reader, self.voices)

    def _move_on(self, due: Due, *, outcome: str) -> None:
        course = self.courses[due.version_id]
        self.outcomes[str(outcome)] += 1
        position, cycle = due.position + 1, due.cycle
        if position == len(course.steps) and course.repeat_from is not None:
            position, cycle = course.repeat_from, cycle + 1
        if due.is_last_step or position == len(course.steps):
            self._end(
                due,
                Enrollment.State.EXITED if due.is_last_step else Enrollment.State.FINISHED,
                "left_pool" if due.is_last_step else "",
            )
            return
        at = self.now + timedelta(days=course.steps[position].wait_days)
        self._moves.append(
            _Move(due.enrollment_id, Enrollment.State.ACTIVE.value, position, cycle, at)
        )

    def _wait(self, due: Due, draft: Draft, later: Later, *, what: str = "") -> None:
        self.outcomes[str(later.reason)] += 1
        waiting_for = what or str(later.reason)
        if due.waiting_for != waiting_for:
            # Said once, not every day that it stays so.
            self._said.append(Considered(draft, later))
        self._moves.append(
            _Move(
                due.enrollment_id,
                Enrollment.State.ACTIVE.value,
                due.position,
                due.cycle,
                later.until,
                waiting_for,
            )
        )

    def _exit(self, due: Due, reason: Reason) -> None:
        self.outcomes[str(reason)] += 1
        self._end(due, Enrollment.State.EXITED, str(reason))

    def _end(self, due: Due, state: Enrollment.State, reason: str) -> None:
        self._moves.append(
            _Move(due.enrollment_id, state.value, due.position, due.cycle, None, "", reason)
        )


def decide(
    due: Sequence[Due], *, people: dict[int, Reader], voices: Voices, now: datetime
) -> Batch:
    """Ask the last gate about all of them together and decide what becomes of each."""
    batch = Batch(courses({d.version_id for d in due}), people, voices, now)
    drafts = [batch.courses[d.version_id].draft(d, people[d.candidate_id], voices) for d in due]
    promised = alerts.promised(people.keys(), now=now)
    for one, considered in zip(due, outbox.consider(drafts, now=now), strict=True):
        batch.take(one, _behind_an_alert(considered, promised, now=now))
    return batch


def _behind_an_alert(
    considered: Considered, promised: Mapping[int, datetime], *, now: datetime
) -> Considered:
    """What could go now waits until the role has been told of that she is about to hear of: by
    then the contact budget says when its turn is."""
    at = promised.get(considered.draft.candidate_id)
    if at is None or not isinstance(considered.verdict, Allow):
        return considered
    return replace(considered, verdict=Later(max(at, now) + _AFTER_AN_ALERT, Reason.ALERT_FIRST))
