"""Finds the best of many people without looking at everybody: by what they can have at most.

This is Fagin's threshold algorithm (Fagin, Lotem and Naor 2001): whoever has been looked at has a
score, whoever has not has a bound, and once enough scores are above every bound, nobody else can be
among the best.
"""

import heapq
import math
from bisect import insort
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from warmbench.core import sql
from warmbench.sourcing import criteria, knowledge
from warmbench.sourcing.criteria import Judge
from warmbench.sourcing.fit import Asked, Known, Match

#: People whose evidence is added up at once.
_ADDED_UP = 2_000
#: People who are judged at once: twice as many each time, for a question has its price as well.
_FIRST_JUDGED, _MOST_JUDGED = 100, 1_600
#: Sums of the database and of Python may differ in their last digits.
_SLACK = 1e-6

#: People by the skills that they have: the tags, and who has exactly these.
Groups = list[tuple[list[int], list[int]]]


def best(asked: Asked, groups: Groups, *, limit: int, now: datetime) -> list[Match]:
    """The ``limit`` best of these people without a failure, best first; of equals, the one with
    the lower id. Exactly what judging everybody would bring."""
    line = _Line(asked, groups, now=now)
    judge = Judge(asked, now=now)
    tags = [skill.tag_id for skill in asked.skills]
    #: Negative scores, so that the best is in front; no two have the same id.
    found: list[tuple[float, int, Known]] = []
    while people := line.take(_worst(found, limit)):
        for known in knowledge.known_of(people, tags).values():
            if (score := judge.score(known)) is not None:
                insort(found, (-score, known.candidate_id, known))
        del found[limit:]
    return [judge.match(known) for *_, known in found]


def _worst(found: Sequence[tuple[float, int, Known]], limit: int) -> float:
    """What somebody must be able to have at least, to be among the best."""
    if limit < 1:
        return math.inf
    return -found[limit - 1][0] if len(found) >= limit else -math.inf


class _Line:
    """People in the order of the most points that they can have.

    At first that is known of each set of skills alone: the points of the skills with the best
    evidence, and all points beside the skills. For those in front, the evidence is added up.
    """

    def __init__(self, asked: Asked, groups: Groups, *, now: datetime) -> None:
        points = {skill.tag_id: skill.points for skill in asked.skills}
        self._beside = criteria.most_beside_skills(asked)
        bounds = [(sum(points[tag] for tag in tags) + self._beside, people)
                  for tags, people in groups]  # fmt: skip
        bounds.sort(key=lambda group: -group[0])
        self._groups = deque(
            (bound, people[at : at + _ADDED_UP])
            for bound, people in bounds
            for at in range(0, len(people), _ADDED_UP)
        )
        self._points = points
        self._now = now
        self._size = _FIRST_JUDGED
        #: Negative, because a heap has its smallest in front.
        self._heap: list[tuple[float, int]] = []

    def take(self, worst: float) -> list[int]:
        """The next to be judged; nobody if none can reach ``worst`` any more."""
        while self._groups and self._groups[0][0] + _SLACK >= max(worst, self._front()):
            self._add_up(self._groups.popleft()[1])
        taken: list[int] = []
        while self._heap and len(taken) < self._size and self._front() + _SLACK >= worst:
            taken.append(heapq.heappop(self._heap)[1])
        self._size = min(2 * self._size, _MOST_JUDGED)
        return taken

    def _front(self) -> float:
        return -self._heap[0][0] if self._heap else -math.inf

    def _add_up(self, people: Sequence[int]) -> None:
        values = {
            "ids": list(people),
            "skills": list(self._points),
            "points": list(self._points.values()),
            "now": self._now,
            "fades_in": criteria.FADES_IN.total_seconds(),
        }
        for candidate_id, points in sql.run(sql.load(__file__, "match_points"), values):
            heapq.heappush(self._heap, (-points - self._beside, candidate_id))
