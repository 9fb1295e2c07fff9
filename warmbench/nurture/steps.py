"""What becomes of steps that are due: done, passed over, waited with; and what follows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warmbench.messaging import outbox
from warmbench.messaging.models import Decision
from warmbench.messaging.outbox import Ruled
from warmbench.messaging.verdict import Later, Reason
from warmbench.nurture import conditions, errands, touches
from warmbench.nurture.conditions import Answers
from warmbench.nurture.courses import Course, Due, courses
from warmbench.nurture.errands import Errand
from warmbench.nurture.models import Step
from warmbench.nurture.moves import Moves
from warmbench.nurture.touches import LOOK_AGAIN, Touches

#: Why somebody left who came to a step that ends the sequence, or met its rule for leaving.
EXIT_STEP, EXIT_RULE = "exit_step", "exit_rule"


def decide(due: Sequence[Due], *, now: datetime) -> "Decided":
    """What becomes of these steps. Only those that reach her need the last gate's leave: it is
    asked about all of them together."""
    known = courses({one.version_id for one in due})
    free = errands.at_hand(due, known)
    answers = conditions.ask(_questions(free, known), now=now)
    moves = Moves(known, answers, now)
    silent = Silent(known, answers, moves, now)
    written = [one for one in free if not silent.take(one)]
    return Decided(moves, silent, touches.decide(written, moves, now=now) if written else None)


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a batch, not written yet."""

    moves: Moves
    silent: "Silent"
    touches: Touches | None

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
        later = Later(self.now + LOOK_AGAIN, Reason.UNCLEAR_RULE)
        if due.waiting_for != later.reason:
            # Said once, not every day that it stays so.
            self._rulings.append(Ruled(due.candidate_id, None, course.touch(due), later))
        self.moves.wait(due, later, waiting_for=str(later.reason))


def _questions(due: Sequence[Due], known: Mapping[int, Course]) -> dict[str, list[int]]:
    """Which rules are to be asked about whom."""
    asked: defaultdict[str, list[int]] = defaultdict(list)
    for one in due:
        for rule in known[one.version_id].rules_at(one):
            asked[rule].append(one.candidate_id)
    return asked
