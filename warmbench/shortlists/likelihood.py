"""Adds the features up to a score, and says how often such a score was right."""

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from warmbench.shortlists import odds
from warmbench.shortlists.odds import Odds

#: Names the engine, for what is kept of its rankings. Rises whenever it could rank differently.
ENGINE = "2"


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt of how features and fit go together."""

    version: str
    #: How often what evidence shows was truly so.
    odds: Odds
    bias: float
    #: By feature; none is below 0, so that no evidence in favour lowers a score.
    weights: Mapping[str, float]
    #: Scores, rising, and how likely people of those were a fit, among the best of their roles.
    calibration: tuple[tuple[float, float], ...]
    #: Of each role that was learnt from: the score of the best person who did not fit. Rising.
    best_misfits: tuple[float, ...]
    #: From so high a confidence on: how many of the listed fitted, and of how many.
    history: tuple[tuple[float, int, int], ...]
    #: The same as ``best_misfits`` of past lists of one profile, where a person adopted them.
    own_misfits: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """What lists are kept under."""
        return f"{ENGINE}.{self.version}"


def score(model: Model, features: Mapping[str, float]) -> float:
    """What the features add up to. Comparable between roles."""
    whole = sum(model.weights.get(name, 0.0) * value for name, value in features.items())
    return round(model.bias + whole, 4)


def confidence(model: Model, at: float) -> float:
    """How likely it is that a manager would want to see somebody of this score, among those who
    are the best of their role. More score is never less."""
    known = model.calibration
    if not known:
        return round(1 / (1 + math.exp(-at)), 3)
    place = bisect_right([one for one, _ in known], at)
    if place == 0:
        return round(known[0][1], 3)
    if place == len(known):
        return round(known[-1][1], 3)
    (left, low), (right, high) = known[place - 1], known[place]
    share = (at - left) / (right - left) if right > left else 1.0
    return round(low + share * (high - low), 3)


def record(model: Model, of: float) -> tuple[int, int]:
    """How many of those who were listed with such a confidence fitted, and of how many."""
    told = [(right, all_) for least, right, all_ in model.history if of >= least]
    return told[-1] if told else (0, 0)


def usual() -> Model:
    """The model for people of whom facts are known, learnt by ``bench/learn_fit.py``."""
    return _shipped("facts")


def of_texts() -> Model:
    """The same for people and roles of whom there are texts alone, that nobody looked over."""
    return _shipped("texts")


@cache
def _shipped(how: str) -> Model:
    source = resources.files("warmbench.shortlists").joinpath("data", f"fit_{how}.json")
    return from_json(json.loads(source.read_text(encoding="utf-8")))


def from_json(kept: Mapping[str, Any]) -> Model:
    """The model in what ``to_json`` wrote."""
    return Model(
        version=str(kept["version"]),
        odds=odds.from_json(kept["odds"]),
        bias=float(kept["bias"]),
        weights={name: max(0.0, float(value)) for name, value in kept["weights"].items()},
        calibration=_pairs(kept["calibration"]),
        best_misfits=tuple(sorted(map(float, kept["best_misfits"]))),
        history=tuple((float(a), int(b), int(c)) for a, b, c in kept["history"]),
    )


def to_json(model: Model) -> dict[str, Any]:
    """How a model is kept: small, and readable."""
    return {
        "version": model.version,
        "odds": odds.to_json(model.odds),
        "bias": model.bias,
        "weights": dict(model.weights),
        "calibration": [list(pair) for pair in model.calibration],
        "best_misfits": list(model.best_misfits),
        "history": [list(one) for one in model.history],
    }


def _pairs(kept: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple(sorted((float(at), float(share)) for at, share in kept))
