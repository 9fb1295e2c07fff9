"""Where enrollments stand after their step was considered: for a whole batch, written at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from warmbench.core import sql
from warmbench.messaging.verdict import Later
from warmbench.nurture import cadence
from warmbench.nurture.conditions import Answers
from warmbench.nurture.courses import Course, Due, Place
from warmbench.nurture.models import Enrollment

State = Enrollment.State

#: A cycle takes a day at least: one without any wait in it would go round for ever.
SHORTEST_CYCLE = timedelta(days=1)


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
class Moves:
    """Collects what becomes of each enrollment of a batch."""

    courses: Mapping[int, Course]
    answers: Answers
    now: datetime
    #: How many enrollments came to which end.
    outcomes: Counter[str] = field(default_factory=Counter)
    _moves: list[_Move] = field(default_factory=list)

    def go_on(self, due: Due, *, outcome: str, to: int | None = None) -> None:
        """The step was considered: the next one is due after its wait, or the one at ``to``."""
        self.outcomes[str(outcome)] += 1
        course = self.courses[due.version_id]
        place = course.place(due, due.position + 1 if to is None else to)
        if due.is_last_step:
            self._end(due, State.EXITED, "left_pool")
        elif place is None:
            self._end(due, State.FINISHED, "")
        else:
            wait = cadence.before(course, place.position, due.candidate_id, self.answers)
            if place.cycle > due.cycle:
                wait = max(wait, SHORTEST_CYCLE)
            self._moves.append(
                _Move(due.enrollment_id, State.ACTIVE.value, *place, self.now + wait)
            )

    def wait(self, due: Due, later: Later, *, waiting_for: str) -> None:
        """The step stays due, and is asked about again then."""
        self.outcomes[str(later.reason)] += 1
        at = Place(due.position, due.cycle)
        self._moves.append(
            _Move(due.enrollment_id, State.ACTIVE.value, *at, later.until, waiting_for)
        )

    def exit(self, due: Due, reason: str) -> None:
        """She leaves the sequence."""
        self.outcomes[reason] += 1
        self._end(due, State.EXITED, reason)

    def write(self) -> None:
        """Write where all of them stand."""
        moves = [move._asdict() for move in self._moves]
        sql.run(
            sql.load(__file__, "move_enrollments"),
            {"moves": sql.records(moves), "now": self.now},
        )

    def _end(self, due: Due, state: Enrollment.State, reason: str) -> None:
        self._moves.append(
            _Move(due.enrollment_id, state.value, due.position, due.cycle, None, "", reason)
        )
