"""How long the wait before a step takes for whom: by her segment, and by the pace of all."""

from datetime import timedelta

from warmbench.nurture.conditions import Answers
from warmbench.nurture.courses import Course

#: The pace of who is in no segment with one of its own, in percent.
USUAL = 100


def wait(days: int, *paces: int) -> timedelta:
    """So many days at these paces, each in percent of the one before; whole days, rounded up, so
    that the hour of the day stays and nothing comes sooner than was asked for."""
    for pace in paces:
        days *= pace
    return timedelta(days=-(-days // 100 ** len(paces)))


def before(course: Course, position: int, candidate_id: int, answers: Answers) -> timedelta:
    """How long somebody waits for the step at ``position`` after the one before it."""
    days = course.steps[position].wait_days
    if not course.cadence:
        return wait(days, course.pace)
    return wait(days, of(course, candidate_id, answers), course.pace)


def quickest(course: Course, position: int) -> timedelta:
    """How long whoever waits least waits for the step at ``position``."""
    pace = min((USUAL, *(one.pace for one in course.cadence)))
    return wait(course.steps[position].wait_days, pace, course.pace)


def of(course: Course, candidate_id: int, answers: Answers) -> int:
    """The pace of the first segment that somebody is in, in percent."""
    theirs = (one.pace for one in course.cadence if answers.holds(one.rule, candidate_id))
    return next(theirs, USUAL)
