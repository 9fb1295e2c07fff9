"""Says who would enter a pool, and why some of them would hear nothing."""

from dataclasses import dataclass
from datetime import datetime

from warmbench.core import sql, tallies
from warmbench.messaging import gate, standing
from warmbench.messaging.known import Touch
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Refuse
from warmbench.nurture import rule_sql, rules
from warmbench.nurture.models import Pool
from warmbench.nurture.rule_parts import And, Rule, negation
from warmbench.nurture.rule_sql import Join, Names

#: People who are weighed: enough for a share to the percent.
WEIGHED = 5_000
_QUESTION = "pool"
_CONTENT = Touch(Message.Purpose.CONTENT)
_PERMISSION = (Join("consent", "email", "nurture"), Join("suppressed"), Join("reach", "email"))


@dataclass(frozen=True)
class Preview:
    """Who would enter by a rule, and why some of them would hear nothing."""

    count: int
    #: The newest few.
    sample: list[int]
    #: Whether everybody was weighed. Of many people some are, and the numbers below are
    #: what that makes for all of them.
    is_exact: bool
    missing_tags: int
    no_consent: int
    suppressed: int
    no_address: int
    #: Applied, placed, hired, or not to be contacted.
    status: int
    #: By the law where they live, or because of whom they work for.
    barred: int
    #: For any of these reasons, each person once.
    blocked: int


def preview(
    rule: Rule, *, now: datetime, limit: int = 20, exit_rule: Rule | None = None
) -> Preview:
    """Who would enter a pool with these rules, and why some of them would hear nothing."""
    whole = And((rule, negation(exit_rule))) if exit_rule else rule
    condition = rule_sql.compile_rule(whole, Names.load())
    question = (
        sql.load(__file__, "preview")
        .replace("/* joins */", "".join(join.sql for join in sorted(condition.joins)))
        .replace("/* expression */", condition.expression)
        .replace("/* permission */", "".join(join.sql for join in _PERMISSION))
        .replace("/* required_tags */", sql.load(__file__, "required_tags"))
    )
    values = rule_sql.parameters(condition.cuts, now=now) | {"limit": limit, "weigh": WEIGHED}
    count, sample, weighed, *reasons, free = sql.run(question, values).fetchall()[0]
    barred = _barred(free or [], now=now)
    blocked = weighed - len(free or []) + barred
    scaled = [round(n * count / weighed) if weighed else 0 for n in (*reasons, barred, blocked)]
    return Preview(count, sample or [], weighed == count, *scaled)


def _barred(people: list[int], *, now: datetime) -> int:
    """How many of them the last gate refuses."""
    standings = standing.of(people, now=now, counting_queued=True)
    return sum(
        isinstance(gate.judge(_CONTENT, who, None, frozenset(), now=now), Refuse)
        for who in standings.values()
    )


def foreseen(pool: Pool, *, now: datetime) -> Preview | None:
    """Who its rules let in, and why some of them would hear nothing; None while it is being
    counted. Raises RuleError for a rule that cannot be understood."""
    tally = tallies.of(_QUESTION, pool.entry_rule, pool.exit_rule, now=now)
    return None if tally is None else tally.answer


@tallies.question(_QUESTION)
def _foresee(entry_rule: str, exit_rule: str, *, now: datetime) -> Preview:
    exits = rules.parse(exit_rule) if exit_rule.strip() else None
    return preview(rules.parse(entry_rule), exit_rule=exits, now=now)
