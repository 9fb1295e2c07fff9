"""Asks who belongs to which pool: one compiled question, live for one person and in an audit
for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from warmbench.core import sql
from warmbench.nurture import rule_parts, rule_sql, rules
from warmbench.nurture.models import Pool
from warmbench.nurture.rule_errors import RuleError
from warmbench.nurture.rule_sql import Condition, Cut, Join, Names


class Change(NamedTuple):
    """That somebody has to join a pool, or to leave it."""

    candidate_id: int
    pool_id: int
    joins: bool


@dataclass(frozen=True)
class Question:
    """The rules of some pools in one statement."""

    pool_ids: tuple[int, ...]
    cuts: frozenset[Cut]
    #: About people given by their ids.
    of_people: str
    #: About one. Costs the same whoever it is, so PostgreSQL plans it once and for all where
    #: statements are prepared; the plan of fifty rules takes longer than their answer.
    of_one: str
    #: About everybody with an id from first to last.
    of_range: str
    #: Pools whose rules cannot be understood any more: their members stay as they are.
    broken: dict[int, RuleError]

    def ask(self, candidate_ids: list[int], *, now: datetime) -> list[Change]:
        """Who of these people has to join or leave."""
        values = {"pools": list(self.pool_ids)} | rule_sql.parameters(self.cuts, now=now)
        if len(candidate_ids) == 1:
            rows = sql.run(self.of_one, values | {"id": candidate_ids[0]})
        else:
            rows = sql.run(self.of_people, values | {"ids": candidate_ids})
        return [Change(*row) for row in rows]

    def ask_range(self, first: int, last: int, *, now: datetime) -> list[Change]:
        """Who among those with an id from first to last has to join or leave."""
        values = {"pools": list(self.pool_ids)} | rule_sql.parameters(self.cuts, now=now)
        rows = sql.run(self.of_range, values | {"first": first, "last": last})
        return [Change(*row) for row in rows]


def current() -> Question:
    """The question about all live pools, compiled anew only when rules or tags changed."""
    stamp: UUID = sql.run("SELECT stamp FROM rule_stamp").fetchall()[0][0]
    known = _Memory.latest
    if known is None or known[0] != stamp:
        known = (stamp, compiled(Pool.objects.filter(archived_at=None)))
        _Memory.latest = known
    return known[1]


def compiled(pools: Iterable[Pool]) -> Question:
    """The question about these pools."""
    names = Names.load()
    expressions: dict[int, str] = {}
    joins: set[Join] = set()
    cuts: set[Cut] = set()
    broken = {}
    for pool in sorted(pools, key=lambda pool: pool.pk):
        try:
            conditions = belonging(pool, names)
        except RuleError as error:
            broken[pool.pk] = error
            continue
        belongs = " AND ".join(condition.expression for condition in conditions)
        expressions[pool.pk] = f"CASE WHEN {belongs} THEN {pool.pk}::bigint END"
        joins.update(*(condition.joins for condition in conditions))
        cuts.update(*(condition.cuts for condition in conditions))
    of_people = (
        sql.load(__file__, "membership")
        .replace("/* expressions */", ",\n".join(expressions.values()))
        .replace("/* joins */", "".join(join.sql for join in sorted(joins)))
    )
    which = "c.id = ANY(%(ids)s::bigint[])"
    return Question(
        tuple(expressions),
        frozenset(cuts),
        of_people,
        of_people.replace(which, "c.id = %(id)s::bigint"),
        of_people.replace(which, "c.id BETWEEN %(first)s::bigint AND %(last)s::bigint"),
        broken,
    )


def belonging(pool: Pool, names: Names) -> list[Condition]:
    """The conditions that all hold for whoever belongs to the pool."""
    entry = rules.parse(pool.entry_rule)
    said = [rule_sql.compile_rule(entry, names)]
    if pool.exit_rule.strip():
        stays = rule_parts.negation(rules.parse(pool.exit_rule))
        said.append(rule_sql.compile_rule(stays, names))
    return said


class _Memory:
    """What this process compiled last, and the stamp of its rules and tags.

    In one attribute: written apart, two threads could pair an old question with a new stamp.
    """

    latest: tuple[UUID, Question] | None = None
