"""Decides what goes first to somebody for whom several things are due within a week."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from warmbench.core import sql
from warmbench.messaging.models import Message
from warmbench.messaging.outbox import Considered
from warmbench.messaging.verdict import Allow, Later, Reason, Verdict
from warmbench.nurture import courses
from warmbench.nurture.courses import Course, Due
from warmbench.sourcing import alerts, precedence
from warmbench.sourcing.models import Alert
from warmbench.sourcing.precedence import PATIENCE, First

Level, Purpose = Alert.Level, Message.Purpose

#: Stands in the order for what waited so long that its turn has come.
_WAITED_LONG = "waited long"
#: What goes first (product.md §2). An ordinary alert may go along with the check-in before it.
ORDER: tuple[str, ...] = (
    Level.HOT,
    Level.STRONG,
    _WAITED_LONG,
    Purpose.CHECK_IN,
    Level.NORMAL,
    Purpose.PREFERENCE,
    Purpose.WELCOME,
    Purpose.CONTENT,
)
_RANK = {name: rank for rank, name in enumerate(ORDER)}
#: What is due within so long of each other competes: the contact budget has room for one.
WINDOW = timedelta(days=7)
#: What should have gone so long ago is held up by something else: nobody waits for it.
_OVERDUE = timedelta(days=3)
#: By then what comes first is written, and the contact budget says when the next one's turn is.
_AFTERWARDS = timedelta(hours=1)
#: What steps wait for that time settles: a recruiter's leave has a deadline.
_TIMELY = alerts.TIMELY | {Reason.ALERT_FIRST, Reason.PERSONALISE}


class Claim(NamedTuple):
    """Something that is to go to somebody. Of two claims, the smaller one goes first."""

    rank: int
    #: Since when it is due, and what breaks ties: the enrollment, 0 for an alert.
    since: datetime
    number: int
    #: When it can go at the earliest.
    at: datetime
    touch: str

    @property
    def is_alert(self) -> bool:
        """Whether it is word of a role."""
        return not self.number

    @classmethod
    def of_alert(cls, promise: alerts.Promise) -> "Claim":
        """An alert that somebody is about to get."""
        return cls(_RANK[promise.level], promise.since, 0, promise.at, promise.touch)

    @classmethod
    def of_step(cls, due: Due, purpose: str, touch: str, *, at: datetime, now: datetime) -> "Claim":
        """A step that reaches her."""
        is_old = now - due.since >= PATIENCE
        rank = _RANK[_WAITED_LONG if is_old else purpose]
        return cls(rank, due.since, due.enrollment_id, at, touch)


@dataclass(frozen=True, slots=True)
class Contest:
    """What else is to go to the people of one batch within the week."""

    now: datetime
    rivals: dict[int, list[Claim]]
    #: People for whom more than one step of the batch is due.
    several: frozenset[int]
    #: What the gate let go to these in this batch, and whether it went.
    _passed: dict[int, tuple[Claim, bool]] = field(default_factory=dict)

    def settle(self, due: Due, course: Course, considered: Considered) -> Considered:
        """The gate's verdict on a touch, or that something else that matters more, and that waits
        for nothing but time, goes first."""
        match considered.verdict:
            case Allow() if rivals := self.rivals.get(due.candidate_id):
                mine = self._claim(due, course)
                first = min(self._beside(mine, rival) for rival in rivals)
                if first < mine:
                    return _behind(first, considered, until=max(first.at, self.now) + _AFTERWARDS)
            case Later(until, Reason.BUDGET) if passed := self._passed.get(due.candidate_id):
                first, went = passed
                if not went:
                    # The gate counted it. Asked again soon, when it is clear what became of it.
                    return _behind(first, considered, until=self.now + _AFTERWARDS)
                if first.rank < self._claim(due, course).rank:
                    return _behind(first, considered, until=until)
        return considered

    def note(self, due: Due, course: Course, verdict: Verdict, *, went: bool) -> None:
        """Remember what became of a step, for the others of the same person."""
        if due.candidate_id not in self.several:
            return
        claim = self._claim(due, course)
        match verdict:
            case Allow():
                self._passed.setdefault(due.candidate_id, (claim, went))
            case Later(until, reason) if reason in _TIMELY and until <= self.now + WINDOW:
                self.rivals.setdefault(due.candidate_id, []).append(claim._replace(at=until))

    def _beside(self, mine: Claim, rival: Claim) -> Claim:
        """A rival as it stands to a step: beside one whose turn has come because it waited so
        long, an ordinary role that waited longer has its turn, too."""
        is_old = rival.is_alert and self.now - rival.since >= PATIENCE
        if is_old and mine.rank == _RANK[_WAITED_LONG]:
            return rival._replace(rank=min(rival.rank, mine.rank))
        return rival

    def _claim(self, due: Due, course: Course) -> Claim:
        purpose, touch = course.purpose(due), course.touch(due)
        return Claim.of_step(due, purpose, touch, at=self.now, now=self.now)


def contest(due: Sequence[Due], known: Mapping[int, Course], *, now: datetime) -> Contest:
    """What competes with these steps for the attention of their readers: two questions for all of
    them."""
    counts = Counter(one.candidate_id for one in due)
    rivals: defaultdict[int, list[Claim]] = defaultdict(list)
    for candidate_id, promises in alerts.promised(counts.keys(), now=now).items():
        rivals[candidate_id] += map(Claim.of_alert, promises)
    ours = [one.enrollment_id for one in due]
    for candidate_id, claim in _steps_ahead(counts.keys(), known, but=ours, now=now):
        rivals[candidate_id].append(claim)
    return Contest(now, rivals, frozenset(pk for pk, count in counts.items() if count > 1))


def in_turn(due: Sequence[Due], known: Mapping[int, Course], *, now: datetime) -> list[Due]:
    """These steps as they wait, but those of one person in the order in which they matter: the
    first one gets what is left of her budget."""
    theirs: defaultdict[int, list[Due]] = defaultdict(list)
    for one in due:
        theirs[one.candidate_id].append(one)
    if len(theirs) == len(due):
        return list(due)

    def claim(one: Due) -> Claim:
        course = known[one.version_id]
        return Claim.of_step(one, course.purpose(one), course.touch(one), at=now, now=now)

    for several in theirs.values():
        several.sort(key=claim, reverse=True)
    return [theirs[one.candidate_id].pop() for one in due]


@precedence.first_by
def ahead_of_alerts(candidate_ids: Collection[int], *, now: datetime) -> dict[int, First]:
    """What goes to these people within the week before an ordinary alert does: a check-in, for it
    to go along with, and what waited so long that its turn has come. Else there would always be
    another role to hear of."""
    ahead: dict[int, First] = {}
    steps = _steps_ahead(candidate_ids, {}, but=(), now=now)
    for candidate_id, claim in sorted(steps, key=lambda found: found[1]):
        if claim.rank < _RANK[Level.NORMAL]:
            ahead.setdefault(candidate_id, First(claim.at, claim.touch, claim.since))
    return ahead


def _behind(first: Claim, considered: Considered, *, until: datetime) -> Considered:
    reason = Reason.ALERT_FIRST if first.is_alert else Reason.OUTRANKED
    later = Later(until, reason, behind=first.touch)
    return replace(considered, verdict=later, asked=None)


def _steps_ahead(
    candidate_ids: Collection[int],
    known: Mapping[int, Course],
    *,
    but: Collection[int],
    now: datetime,
) -> list[tuple[int, Claim]]:
    """What sequences have ready for these people within the week, ``but`` these enrollments."""
    values = {
        "ids": list(candidate_ids),
        "but": list(but),
        "since": now - _OVERDUE,
        "until": now + WINDOW,
        "timely": sorted(str(reason) for reason in _TIMELY),
    }
    found = sql.run(sql.load(__file__, "steps_ahead"), values).fetchall()
    if not found:
        return []
    waiting = [(Due(*row), at) for *row, at in found]
    unknown = {due.version_id for due, _ in waiting} - known.keys()
    known = {**known, **courses.courses(unknown)}
    claims = []
    for due, at in waiting:
        course = known[due.version_id]
        if (ahead := course.touch_ahead(due)) and at + ahead.wait <= now + WINDOW:
            claim = Claim.of_step(due, ahead.purpose, ahead.touch, at=at + ahead.wait, now=now)
            claims.append((due.candidate_id, claim))
    return claims
