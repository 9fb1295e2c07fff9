"""Decides how good somebody has to be for a list: better than people who did not fit were."""

from bisect import bisect_left
from collections.abc import Sequence

from warmbench.shortlists.likelihood import Model

#: Fewer roles than these to learn from say too little.
FEW = 10


def p_value(model: Model, score: float) -> float:
    """How often the best of those who do not fit a role has such a score, or a better one.

    The rank among the roles that were learnt from, the new one counted with them, so that it
    holds for any number of them (conformal p-values: Jin and Candès, “Selection by prediction
    with conformal p-values”, 2023). Where a profile has enough lists of its own, they count beside
    those of the engine, and the more of them there are, the more: half at ten, three quarters at
    thirty.
    """
    of_all = _rank(model.best_misfits, score)
    own = model.own_misfits
    if len(own) < FEW:
        return of_all
    weight = len(own) / (len(own) + FEW)
    return weight * _rank(own, score) + (1 - weight) * of_all


def is_listed(model: Model, score: float, *, risk: float) -> bool:
    """Whether somebody of this score stands out from those who do not fit, but for ``risk``: the
    share of roles on whose list somebody may stand who does not fit."""
    return p_value(model, score) <= risk


def least_score(model: Model, *, risk: float) -> float:
    """The lowest score with which somebody is listed; no score is, where nothing was learnt."""
    return min(
        (one for one in _steps(model) if is_listed(model, one, risk=risk)), default=float("inf")
    )


def _rank(known: Sequence[float], score: float) -> float:
    as_good = len(known) - bisect_left(known, score)
    return (1 + as_good) / (len(known) + 1)


def _steps(model: Model) -> list[float]:
    """The scores right above those of the people who did not fit."""
    own = model.own_misfits if len(model.own_misfits) >= FEW else ()
    return [one + 0.0001 for one in (*model.best_misfits, *own)]
