"""Asks what the rules of sequences say of the people of one batch: each rule once for all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from warmbench.core import sql
from warmbench.nurture import rule_sql, rules
from warmbench.nurture.rule_errors import RuleError
from warmbench.nurture.rule_sql import Cut, Names


@dataclass(frozen=True)
class Answers:
    """For whom each rule holds, of the people whom it was asked about."""

    people: Mapping[str, frozenset[int]] = field(default_factory=dict)
    #: Rules that cannot be understood any more: what they name is gone.
    broken: frozenset[str] = frozenset()

    def holds(self, rule: str, candidate_id: int) -> bool:
        """Whether it holds for her. A rule that cannot be understood holds for nobody."""
        return candidate_id in self.people.get(rule, ())


def ask(questions: Mapping[str, Collection[int]], *, now: datetime) -> Answers:
    """What each rule says of these people: one statement for each, none if there are none."""
    if not questions:
        return Answers()
    compiled = _compiled(questions)
    return Answers(
        {rule: asked.of(questions[rule], now=now) for rule, asked in compiled.items()},
        frozenset(questions) - frozenset(compiled),
    )


@dataclass(frozen=True)
class _Question:
    """One rule as a statement."""

    text: str
    cuts: frozenset[Cut]

    def of(self, candidate_ids: Collection[int], *, now: datetime) -> frozenset[int]:
        values = rule_sql.parameters(self.cuts, now=now) | {"ids": sorted(set(candidate_ids))}
        return frozenset(row[0] for row in sql.run(self.text, values))


class _Memory:
    """What this process compiled, and the stamp of the tags that it was compiled with.

    In one attribute: written apart, two threads could pair old questions with a new stamp. What
    could not be understood is not kept: it may name a recruiter, who changes no stamp.
    """

    latest: tuple[UUID | None, Mapping[str, _Question]] = (None, {})


def _compiled(wanted: Collection[str]) -> dict[str, _Question]:
    stamp: UUID = sql.run("SELECT stamp FROM rule_stamp").fetchall()[0][0]
    known_as_of, known = _Memory.latest
    if known_as_of != stamp:
        known = {}
    if new := [rule for rule in wanted if rule not in known]:
        names = Names.load()
        found = {rule: _compile(rule, names) for rule in new}
        known = {**known, **{rule: one for rule, one in found.items() if one is not None}}
        _Memory.latest = (stamp, known)
    return {rule: known[rule] for rule in wanted if rule in known}


def _compile(rule: str, names: Names) -> _Question | None:
    try:
        condition = rule_sql.compile_rule(rules.parse(rule), names)
    except RuleError:
        return None
    text = (
        sql.load(__file__, "who_of")
        .replace("/* joins */", "".join(join.sql for join in sorted(condition.joins)))
        .replace("/* expression */", condition.expression)
    )
    return _Question(text, condition.cuts)
