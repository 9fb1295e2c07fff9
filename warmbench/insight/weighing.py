"""Judges what numbers, dates, lengths of time and skills are to the person, as it was taught."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from warmbench.insight import candidates, judging
from warmbench.insight.found import Reading
from warmbench.insight.judging import Model, Weights
from warmbench.insight.kinds import Kind
from warmbench.insight.mentions import Mention

#: What a candidate of each kind may be; the first is nothing of the person's.
SENSES: dict[Kind, tuple[str, ...]] = {
    Kind.PAY: ("", "current", "target", "floor", "people", "budget", "revenue", "users"),
    Kind.START: (
        "", "start", "vesting", "bonus", "parental_leave", "contract_end", "not_before",
        "relocation", "sabbatical", "exam", "project_end", "other",
    ),
    Kind.NOTICE: ("", "notice"),
    Kind.SKILL: ("", "had", "wants", "refuses", "lacks"),
}  # fmt: skip
#: A rule that is less than so probable to the judge is mistaken as often as not, and where it is
#: more than so probable nearly never.
DOUBTED, AGREED = 0.08, 0.6
#: Between the two it is not to be shown before somebody looked at it.
HALF_DOUBTED, UNSURE = 0.3, 0.8


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate, and how probable each of the senses of its kind is."""

    mention: Mention
    shares: Weights

    def share(self, sense: str) -> float:
        """How probable it is that it is meant so, from 0 to 1."""
        return float(self.shares[SENSES[self.mention.kind].index(sense)])

    def likeliest(self, *of: str) -> tuple[str, float]:
        """The likeliest of these senses, or of all but none, and the share of such that are right.

        Where it is likelier to be nothing of the person's, that share is low.
        """
        kind = self.mention.kind
        sense = max(of or SENSES[kind][1:], key=self.share)
        return sense, _model(kind).scaled(str(kind), self.share(sense))

    def sure(self, sense: str, confidence: float) -> float:
        """How sure a rule may be that finds this sense: 0.0 where it is not to be believed."""
        share = self.share(sense)
        # Events are told apart by the words of rules; the judge has seen few of each.
        is_event = self.mention.kind == Kind.START and sense != "start"
        doubt = 1 - self.share("") - self.share("start") if is_event else share
        if doubt < DOUBTED:
            return 0.0
        if doubt < HALF_DOUBTED:
            return min(confidence, UNSURE)
        return (1 + confidence) / 2 if share > AGREED else confidence


@lru_cache(maxsize=4)
def judged(reading: Reading) -> tuple[dict[int, Weighed], ...]:
    """For each unit its numbers, moments and lengths of time, by where they begin in it."""
    found: list[dict[int, Weighed]] = []
    for at, named in enumerate(candidates.of(reading)):
        found.append({one.mention.start: one for one in weigh(reading, at, named)})
    return tuple(found)


def weigh(reading: Reading, at: int, named: Sequence[Mention]) -> list[Weighed]:
    """Candidates of a unit with their senses."""
    words = judging.tokens(reading.units[at], named, reading) if named else []
    return [
        Weighed(
            one,
            judging.shares(judging.own_features(reading, at, one, words), _model(one.kind)),
        )
        for one in named
    ]


@cache
def _model(kind: Kind) -> Model:
    source = files("warmbench.insight").joinpath("data", "candidates.npz")
    with source.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
        factor, shift = kept[f"{kind}_scale"]
        weights = kept[str(kind)].astype(np.float32)
        return Model(weights, {str(kind): (float(factor), float(shift))})
