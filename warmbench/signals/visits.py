"""Sums up how visits were judged lately, by rule and by network, so that people can check it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from warmbench.core import sql
from warmbench.signals.judge_rules import Rule
from warmbench.signals.models import Hit

LATELY = timedelta(days=30)
#: As many of the latest visits are looked at, however many there were.
MOST = 50_000
#: Networks that are told of, those with the most machines first.
NETWORKS = 25


@dataclass(frozen=True, slots=True)
class RuleCount:
    """In how many visits a rule fired, and what became of them."""

    rule: Rule
    visits: int
    machines: int
    #: What this rule alone decided.
    alone: int
    #: Where a user said otherwise.
    overruled: int


@dataclass(frozen=True, slots=True)
class NetworkCount:
    """How many visits came from a network, and how they were judged."""

    network: str
    visits: int
    machines: int
    unsure: int
    people: int
    #: How many candidates' mails they were to.
    candidates: int


@dataclass(frozen=True, slots=True)
class Summary:
    """How visits were judged lately."""

    #: By verdict; what waits to be judged is blank.
    verdicts: Mapping[str, int]
    rules: list[RuleCount]
    networks: list[NetworkCount]
    taken_back: int
    overruled: int

    @property
    def visits(self) -> int:
        """All of them."""
        return sum(self.verdicts.values())


def summary(*, now: datetime) -> Summary:
    """How the visits of the last 30 days were judged, at most the latest 50,000."""
    values = {"since": now - LATELY, "most": MOST, "networks": NETWORKS}
    verdicts: dict[str, int] = {}
    taken_back = overruled = 0
    for verdict, count, taken, said in sql.run(sql.load(__file__, "visits_by_verdict"), values):
        verdicts[verdict] = count
        taken_back, overruled = taken_back + taken, overruled + said
    by_rule = sql.run(sql.load(__file__, "visits_by_rule"), values)
    known = {rule.value: rule for rule in Rule}
    return Summary(
        verdicts={str(kind): verdicts.get(kind, 0) for kind in Hit.Verdict},
        # What an older version of the rules wrote under a name that is gone is left out.
        rules=[RuleCount(known[name], *counts) for name, *counts in by_rule if name in known],
        networks=[
            NetworkCount(*row) for row in sql.run(sql.load(__file__, "visits_by_network"), values)
        ],
        taken_back=taken_back,
        overruled=overruled,
    )
