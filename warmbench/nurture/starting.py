"""Says what happens in the first days after a sequence is let run: who begins, and what is due."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from warmbench.core import sql
from warmbench.nurture import cadence, conditions, courses
from warmbench.nurture.models import Sequence, SequenceVersion, Step
from warmbench.nurture.outline import Outline

#: People who are weighed: enough for a share to the percent.
WEIGHED = 10_000
#: So many days are told of.
DAYS = 7
#: Why somebody does not begin whose pool leads there.
WAS_HERE, MISSING_TAGS, NOT_LET_IN = "was_here", "missing_tags", "not_let_in"


@dataclass(frozen=True, slots=True)
class First:
    """A step that comes due for so many people on one day."""

    day: date
    key: str
    people: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """What happens after a sequence is let run."""

    #: People who begin it.
    people: int = 0
    #: Members of its pools who do not, by the reason.
    left_out: Counter[str] = field(default_factory=Counter)
    #: What is due in the first days. Budgets, windows and caps may still put it off.
    first: tuple[First, ...] = ()
    #: Whether all were weighed; else the numbers are what some of them make for all.
    is_exact: bool = True


def ahead(sequence: Sequence, outline: Outline, *, now: datetime) -> Ahead:
    """Who begins and what is due in ``DAYS`` days, if the outline were let run now."""
    if outline.trigger != SequenceVersion.Trigger.POOL or not outline.steps:
        return Ahead()
    writes = any(step.kind in courses.PURPOSES for step in outline.steps)
    question = sql.load(__file__, "newcomers").replace(
        "/* required_tags */", sql.load(__file__, "required_tags")
    )
    values = {"sequence": sequence.pk, "writes": writes, "most": WEIGHED}
    rows = sql.run(question, values).fetchall()
    left_out = Counter(why for _, _, why in rows if why)
    people = [candidate_id for candidate_id, _, why in rows if not why]
    if outline.entry_rule.strip():
        rule = outline.entry_rule.strip()
        answers = conditions.ask({rule: people}, now=now)
        let_in = [one for one in people if answers.holds(rule, one)]
        left_out[NOT_LET_IN] += len(people) - len(let_in)
        people = let_in
    everybody = rows[0][1] if rows else 0
    scale = everybody / len(rows) if rows else 1.0
    return Ahead(
        round(len(people) * scale),
        Counter({why: round(count * scale) for why, count in left_out.items() if count}),
        _first_days(sequence, outline, people, scale, now=now),
        everybody == len(rows),
    )


def _first_days(
    sequence: Sequence, outline: Outline, people: list[int], scale: float, *, now: datetime
) -> tuple[First, ...]:
    due: Counter[tuple[int, int]] = Counter()
    for pace, count in _paces(outline, people, now=now).items():
        day = timedelta()
        for at, step in enumerate(outline.steps):
            day += cadence.wait(step.wait_days, pace, sequence.pace)
            if day.days >= DAYS:
                break
            due[day.days, at] += count
            # Who goes on where is not known before it is asked.
            if step.kind in {Step.Kind.BRANCH, Step.Kind.EXIT}:
                break
    return tuple(
        First((now + timedelta(days=day)).date(), outline.steps[at].key, round(count * scale))
        for (day, at), count in sorted(due.items())
        if outline.steps[at].kind != Step.Kind.WAIT
    )


def _paces(outline: Outline, people: list[int], *, now: datetime) -> Counter[int]:
    """How many of these people go at which pace."""
    questions: defaultdict[str, list[int]] = defaultdict(list)
    for one in outline.cadence:
        questions[one.rule] = people
    answers = conditions.ask(questions, now=now)
    paces: Counter[int] = Counter()
    for person in people:
        theirs = (one.pace for one in outline.cadence if answers.holds(one.rule, person))
        paces[next(theirs, cadence.USUAL)] += 1
    return paces
