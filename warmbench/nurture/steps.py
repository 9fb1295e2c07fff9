"""What becomes of steps that are due: done, put off, refused or passed over, and what follows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from warmbench.core import sql
from warmbench.messaging import gate, outbox, voices
from warmbench.messaging.gate import Allow, Later, Reason, Refuse
from warmbench.messaging.models import Decision, Template
from warmbench.messaging.outbox import Considered, Ruled
from warmbench.messaging.voices import Voices
from warmbench.nurture import arbitration, conditions, content, errands, readers
from warmbench.nurture.conditions import Answers
from warmbench.nurture.courses import Course, Due, courses
from warmbench.nurture.errands import Errand
from warmbench.nurture.models import Step
from warmbench.nurture.moves import Moves
from warmbench.nurture.readers import Reader
from warmbench.people.models import Channel

__all__ = ["Course", "Due", "courses", "decide"]

#: Why somebody left who came to a step that ends the sequence, or met its rule for leaving.
EXIT_STEP, EXIT_RULE = "exit_step", "exit_rule"
#: How soon to look again at somebody who waits for what only a person can give.
_LOOK_AGAIN = timedelta(days=1)


def decide(due: Sequence[Due], *, now: datetime) -> "Decided":
    """What becomes of these steps. Only those that reach her need the last gate's leave: it is
    asked about all of them together."""
    known = courses({one.version_id for one in due})
    free = errands.at_hand(due, known)
    answers = conditions.ask(_questions(free, known), now=now)
    moves = Moves(known, answers, now)
    silent = Silent(known, answers, moves, now)
    touches = [one for one in free if not silent.take(one)]
    return Decided(moves, silent, _considered(touches, moves, now=now) if touches else None)


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a batch, not written yet."""

    moves: Moves
    silent: "Silent"
    touches: "Touches | None"

    @property
    def outcomes(self) -> Counter[str]:
        """How many enrollments came to which end."""
        return self.moves.outcomes

    def write(self) -> None:
        """Write messages, decisions, content uses, what recruiters are asked, and the next
        dates."""
        if self.touches:
            self.touches.write()
        self.silent.write()
        self.moves.write()


@dataclass(slots=True)
class Silent:
    """Decides about steps for which nobody's leave is asked: they reach nobody, or are not to be
    done any more."""

    courses: Mapping[int, Course]
    answers: Answers
    moves: Moves
    now: datetime
    _errands: list[Errand] = field(default_factory=list)
    #: What steps wait for that the gate was not asked about.
    _rulings: list[Ruled] = field(default_factory=list)

    def take(self, due: Due) -> bool:
        """Decide what becomes of one enrollment; False if that is for the last gate to say."""
        course = self.courses[due.version_id]
        if course.exit_rule and self.answers.holds(course.exit_rule, due.candidate_id):
            self.moves.exit(due, EXIT_RULE)
        elif self.answers.broken and not self.answers.broken.isdisjoint(course.rules_at(due)):
            self._wait_for_a_rule(due, course)
        elif course.was_done(due):
            self.moves.go_on(due, outcome="done_before")
        elif course.reaches_her(due):
            return False
        else:
            self._do(due, course)
        return True

    def write(self) -> None:
        """Write what recruiters are asked and told, and what steps wait for."""
        errands.run(self._errands, now=self.now)
        if self._rulings:
            outbox.record_decisions(self._rulings, stage=Decision.Stage.PLANNING, now=self.now)

    def _do(self, due: Due, course: Course) -> None:
        step, to = course.step(due), None
        if step.kind == Step.Kind.EXIT:
            self.moves.exit(due, EXIT_STEP)
            return
        if step.kind == Step.Kind.BRANCH:
            is_so = self.answers.holds(step.condition, due.candidate_id)
            to = None if is_so else course.otherwise(due)
        elif step.kind in errands.KINDS:
            self._errands.append(Errand(due, course))
        self.moves.go_on(due, outcome=step.kind, to=to)

    def _wait_for_a_rule(self, due: Due, course: Course) -> None:
        later = Later(self.now + _LOOK_AGAIN, Reason.UNCLEAR_RULE)
        if due.waiting_for != later.reason:
            # Said once, not every day that it stays so.
            self._rulings.append(Ruled(due.candidate_id, None, course.touch(due), later))
        self.moves.wait(due, later, waiting_for=str(later.reason))


@dataclass(slots=True)
class Touches:
    """Decides about messages one by one, and writes what came of all of them at once."""

    moves: Moves
    people: Mapping[int, Reader]
    voices: Voices
    now: datetime
    _shelf: content.Shelf = field(init=False)
    _required: dict[int, list[str]] = field(init=False)
    _said: list[Considered] = field(default_factory=list)
    #: Position in ``_said`` → (candidate, piece).
    _given: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._shelf = content.shelf(today=self.now.date())
        self._required = dict(Template.objects.values_list("pk", "required"))

    def take(self, due: Due, considered: Considered) -> bool:
        """Decide what becomes of one enrollment, given the last gate's verdict. Returns whether
        a message goes."""
        match considered.verdict:
            case Allow():
                return self._compose(due, considered)
            case Refuse(reason) if self._step(due).channel != Channel.EMAIL:
                # It says nothing about mails: the sequence goes on, and those are asked about.
                self._said.append(considered)
                self.moves.go_on(due, outcome=reason)
            case Refuse(reason) if reason in gate.FINAL:
                self._said.append(considered)
                self.moves.exit(due, reason)
            case Refuse(reason, rule):
                self._wait(due, considered, Later(self.now + _LOOK_AGAIN, reason, rule))
            case Later() as later:
                self._wait(due, considered, later)
        return False

    def write(self) -> None:
        """Write messages, decisions and content uses."""
        messages = outbox.queue(self._said, now=self.now)
        uses = [
            {"candidate_id": candidate, "piece_id": piece, "message_id": messages[at]}
            for at, (candidate, piece) in self._given.items()
            if at in messages
        ]
        sql.run(sql.load(__file__, "use_content"), {"uses": sql.records(uses), "now": self.now})

    def _step(self, due: Due) -> Step:
        return self.moves.courses[due.version_id].step(due)

    def _compose(self, due: Due, allowed: Considered) -> bool:
        step = self._step(due)
        reader = self.people[due.candidate_id]
        piece = self._choose(step, reader) if step.kind == Step.Kind.CONTENT else None
        template_id = piece.template_id if piece else step.template_id
        if template_id is None:
            self._said.append(Considered(allowed.draft, Refuse(Reason.NO_CONTENT)))
            self.moves.go_on(due, outcome=Reason.NO_CONTENT)
            return False
        # The gate allowed a draft only if it has a sender.
        context = self.voices.context(reader, allowed.draft.sender_id or 0, now=self.now)
        missing = [name for name in self._required[template_id] if name not in context]
        if missing:
            wait = Later(self.now + _LOOK_AGAIN, Reason.MISSING_FIELD)
            self._wait(due, Considered(allowed.draft, wait), wait, what=f"missing: {missing[0]}")
            return False
        if piece:
            # She may be due twice in one batch.
            reader.had.append(piece.piece_id)
            self._given[len(self._said)] = (due.candidate_id, piece.piece_id)
        draft = replace(allowed.draft, template_id=template_id, context=context)
        self._said.append(replace(allowed, draft=draft))
        self.moves.go_on(due, outcome="queued")
        return True

    def _choose(self, step: Step, reader: Reader) -> content.Chosen | None:
        return self._shelf.choose(step.content_kind, reader, self.voices)

    def _wait(self, due: Due, asked: Considered, later: Later, *, what: str = "") -> None:
        waiting_for = what or str(later.reason)
        if due.waiting_for != waiting_for:
            # Said once, not every day that it stays so.
            self._said.append(replace(asked, verdict=later))
        self.moves.wait(due, later, waiting_for=waiting_for)


def _questions(due: Sequence[Due], known: Mapping[int, Course]) -> dict[str, list[int]]:
    """Which rules are to be asked about whom."""
    asked: defaultdict[str, list[int]] = defaultdict(list)
    for one in due:
        for rule in known[one.version_id].rules_at(one):
            asked[rule].append(one.candidate_id)
    return asked


def _considered(due: Sequence[Due], moves: Moves, *, now: datetime) -> Touches:
    known = moves.courses
    people = readers.load({one.candidate_id for one in due})
    touches = Touches(moves, people, voices.voices(), now)
    due = arbitration.in_turn(due, known, now=now)
    drafts = [
        known[one.version_id].draft(one, people[one.candidate_id], touches.voices) for one in due
    ]
    contest = arbitration.contest(due, known, now=now)
    for one, considered in zip(due, outbox.consider(drafts, now=now), strict=True):
        course = known[one.version_id]
        settled = contest.settle(one, course, considered)
        went = touches.take(one, settled)
        contest.note(one, course, settled.verdict, went=went)
    return touches
