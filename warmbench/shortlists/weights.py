"""Learns from answers how much each requirement counts: a Bayesian logistic model, and a small one.

Somebody is wanted with a chance that rises with their score, as the engine adds it up; what is
learnt are the logarithms of the weights that the score is made with. What is believed before any
answer are the weights of the profile. Where an answer names a requirement, it also says that this
one, of all that spoke for or against somebody, decided.

Maximum by Fisher scoring, spread by Laplace's approximation (MacKay, "Information Theory,
Inference, and Learning Algorithms", 2003, chapter 27). The same answers always come to the same
weights.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from warmbench.shortlists import replay
from warmbench.shortlists.answered import Past, PastList, aligned
from warmbench.shortlists.likelihood import Model
from warmbench.shortlists.requirements import USUAL_WEIGHTS, Requirement, Spec, Tier
from warmbench.shortlists.verdict import Standing

Numbers = npt.NDArray[np.float64]

#: How far off weights are believed to be: half or double is not rare, a fifth is.
_SPREAD = 0.5
#: How much managers differ in whether they want many or few, and in how far they follow a score.
_OPENNESS, _FOLLOWING = 1.5, 0.5
#: Between these bounds lie eight of ten.
_EIGHTY = 1.2815515655446004
#: What counts a bit against each other, so that no reason is impossible.
_FLOOR = 0.05
_MOST_STEPS, _SMALL = 40, 1e-7
#: How far weights are moved to see what it does to a score, and how often that is looked at.
_NUDGE, _ROUNDS = 0.3, 2
#: Somebody who has so much of a requirement does not lack it: who names it all the same says that
#: its evidence is judged too mildly.
HAS = 0.7


@dataclass(frozen=True, slots=True)
class Weight:
    """How much one requirement counts, before and after."""

    key: str
    before: float
    after: float
    #: Eight of ten: so far it may be off to either side.
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Problem:
    #: By person: which list, whether wanted, how much that counts.
    list_of: npt.NDArray[np.int64]
    wanted: Numbers
    counts: Numbers
    #: Person, requirement, and by requirement how much it had to do with it.
    reasons: tuple[tuple[int, int, Numbers], ...]
    start: Numbers
    lists: int


@dataclass(frozen=True, slots=True)
class _Line:
    """Scores beside the average of their lists, near some weights: there, and how they move with
    the logarithm of each."""

    at: Numbers
    score: Numbers
    slope: Numbers


def learn(spec: Spec, model: Model, lists: Sequence[PastList]) -> tuple[Weight, ...]:
    """The weight of each requirement but dealbreakers, in the order of the profile. Without answers
    nothing moves. A weight stays between 0.05 and 3."""
    asked = [one for one in spec.requirements if one.tier != Tier.DEALBREAKER]
    told = [(n, one) for n, each in enumerate(lists) for one in each.told]
    if not asked or not told:
        return tuple(Weight(one.key, one.weight, one.weight, *_alone(one)) for one in asked)
    people = [one for _, one in told]
    problem = _problem(spec, asked, told, len(lists))
    best = problem.start
    for _ in range(_ROUNDS):
        # A score is no straight line of the weights: it is looked at again where they come to lie.
        line = _line(spec, asked, model, people, problem, best)
        best, spread = _maximum(problem, line)
    return tuple(
        Weight(
            one.key,
            one.weight,
            *(_kept(best[at] + side * _EIGHTY * spread[at]) for side in (0, -1, 1)),
        )
        for at, one in enumerate(asked)
    )


def _alone(one: Requirement) -> tuple[float, float]:
    middle = math.log(one.weight)
    return _kept(middle - _EIGHTY * _SPREAD), _kept(middle + _EIGHTY * _SPREAD)


def _kept(log_weight: float) -> float:
    return round(min(3.0, max(0.05, math.exp(log_weight))), 2)


def credits_of(spec: Spec, one: Past) -> dict[str, float]:
    """How much evidence of each requirement somebody showed, by key: 0 to 1."""
    return {shown.key: shown.share for shown in aligned(spec, one.judged)}


def _problem(
    spec: Spec, asked: Sequence[Requirement], told: Sequence[tuple[int, Past]], lists: int
) -> _Problem:
    said = [one.said for _, one in told if one.said is not None]
    return _Problem(
        list_of=np.array([number for number, _ in told]),
        wanted=np.array([float(of.is_wanted) for of in said]),
        counts=np.array([of.weight for of in said]),
        reasons=tuple(_reasons(spec, asked, [one for _, one in told])),
        start=np.log(np.array([one.weight for one in asked])),
        lists=lists,
    )


def _reasons(
    spec: Spec, asked: Sequence[Requirement], people: Sequence[Past]
) -> Iterable[tuple[int, int, Numbers]]:
    keys = [one.key for one in asked]
    scale = np.array([USUAL_WEIGHTS[one.tier] for one in asked])
    for at, one in enumerate(people):
        of = one.said
        if of is None or of.requirement not in keys:
            continue
        if _is_rule(one, of.requirement, is_wanted=of.is_wanted):
            continue
        credits_ = credits_of(spec, one)
        has = np.array([credits_[key] for key in keys])
        had = has if of.is_wanted else 1 - has
        yield at, keys.index(of.requirement), np.log(scale * (had + _FLOOR))


def _is_rule(one: Past, key: str, *, is_wanted: bool) -> bool:
    """Whether an answer finds fault with evidence that counted as good: with its rule, not with how
    much the requirement counts."""
    if is_wanted:
        return False
    return any(
        shown.key == key and shown.standing == Standing.MET and shown.share >= HAS
        for shown in one.judged.evidence
    )


def _line(
    spec: Spec,
    asked: Sequence[Requirement],
    model: Model,
    people: Sequence[Past],
    problem: _Problem,
    at: Numbers,
) -> _Line:
    """What the engine makes of other weights, whatever it is made of."""

    def scores(logs: Numbers) -> Numbers:
        other = _weighed(spec, {one.key: math.exp(log) for one, log in zip(asked, logs,
                                                                         strict=True)})  # fmt: skip
        return np.array([replay.score(other, model, one) for one in people])

    nudges = _NUDGE * np.eye(len(asked))
    slopes = [(scores(at + nudge) - scores(at - nudge)) / (2 * _NUDGE) for nudge in nudges]
    score, slope = scores(at), np.array(slopes).T
    in_list = np.eye(problem.lists)[problem.list_of]
    sizes = np.maximum(in_list.sum(axis=0), 1.0)
    return _Line(
        at,
        score - in_list @ ((in_list.T @ score) / sizes),
        slope - in_list @ ((in_list.T @ slope) / sizes[:, None]),
    )


def _weighed(spec: Spec, by_key: Mapping[str, float]) -> Spec:
    return replace(
        spec,
        requirements=tuple(
            replace(one, weight=by_key.get(one.key, one.weight)) for one in spec.requirements
        ),
    )


def _maximum(problem: _Problem, line: _Line) -> tuple[Numbers, Numbers]:
    """The likeliest logarithms of the weights, and how far off each may be (one deviation)."""
    size = len(problem.start)
    middle = np.concatenate([problem.start, np.zeros(1 + problem.lists)])
    tight = np.concatenate(
        [
            np.full(size, _SPREAD**-2),
            np.full(1, _FOLLOWING**-2),
            np.full(problem.lists, _OPENNESS**-2),
        ]
    )
    at = middle.copy()
    value, pull, sharp = _look(problem, line, at, middle, tight)
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(sharp, pull)
        length = 1.0
        while length > _SMALL:
            there = at + length * step
            looked = _look(problem, line, there, middle, tight)
            if looked[0] >= value:
                break
            length /= 2
        else:
            break
        gain, at = looked[0] - value, there
        value, pull, sharp = looked
        if gain < _SMALL:
            break
    return at[:size], np.sqrt(np.diag(np.linalg.inv(sharp)))[:size]


def _look(
    problem: _Problem, line: _Line, at: Numbers, middle: Numbers, tight: Numbers
) -> tuple[float, Numbers, Numbers]:
    """How likely all this is, where it pulls, and how sharply."""
    size = len(problem.start)
    logs, following, open_ = at[:size], math.exp(at[size]), at[size + 1 :]
    slope = line.slope
    score = line.score + slope @ (logs - line.at)
    logit = open_[problem.list_of] + following * score
    chance = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    fits = problem.wanted * np.log(chance) + (1 - problem.wanted) * np.log1p(-chance)
    moves = np.hstack(
        [following * slope, (following * score)[:, None], np.eye(problem.lists)[problem.list_of]]
    )
    off = at - middle
    value = float(problem.counts @ fits - 0.5 * (tight * off**2).sum())
    pull = moves.T @ (problem.counts * (problem.wanted - chance)) - tight * off
    sharp = moves.T @ (moves * (problem.counts * chance * (1 - chance))[:, None]) + np.diag(tight)
    for person, named, had in problem.reasons:
        weighed = np.exp(logs + had - (logs + had).max())
        blamed = weighed / weighed.sum()
        counts = problem.counts[person]
        value += counts * math.log(blamed[named])
        pull[:size] += counts * (np.eye(size)[named] - blamed)
        sharp[:size, :size] += counts * (np.diag(blamed) - np.outer(blamed, blamed))
    return value, pull, sharp
