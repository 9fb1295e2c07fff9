"""Plays past lists again by other weights, from the evidence that was kept with them.

Nothing is looked up anew: what is compared are two ways to weigh the same evidence. How well they
agree with the answers is measured on lists whose answers had no part in the weights, or a proposal
would flatter itself.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from warmbench.shortlists import cut, features, likelihood
from warmbench.shortlists.answered import Past, PastList, aligned, beside
from warmbench.shortlists.likelihood import Model
from warmbench.shortlists.requirements import Spec, Tier
from warmbench.shortlists.verdict import MOST, USUAL_SIZE, Standing

#: What another weighing of some lists is learnt from: the profile as it would be.
Learn = Callable[[Sequence[PastList]], Spec]
#: What a list is made by.
Rule = tuple[Spec, Model]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well scores agree with what was said of people."""

    #: Of two people of one list, one wanted and one not: how often the first stands above, and of
    #: how many pairs. Of equals, half.
    right: float = 0.0
    pairs: int = 0
    #: What the pairs cost where each is a bet at the odds of the scores: less is better.
    loss: float = 0.0
    #: The mean squared error of the confidence that was stated (Brier), and of how many people.
    brier: float = 0.0
    people: int = 0

    @property
    def share(self) -> float:
        """The pairs in the right order, as a share."""
        return self.right / self.pairs if self.pairs else 0.0


@dataclass(frozen=True, slots=True)
class Moved:
    """What one past list would have been: the entries that come in and go out."""

    shortlist_id: int
    number: int
    came: tuple[int, ...]
    went: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """Past lists before and after."""

    before: Agreement
    after: Agreement
    #: Those that would have had other people on them.
    moved: tuple[Moved, ...]
    #: How many lists were played again.
    lists: int


def play(spec: Spec, model: Model, lists: Sequence[PastList], learn: Learn) -> Replay:
    """How well a profile agrees with what was said, and how well weights would that were learnt
    from all lists but the one that they are held against."""
    told = [one for one in lists if one.told]
    before = [(_scores(spec, model, one), one) for one in told]
    held_out = [(_scores(learn(_without(lists, one)), model, one), one) for one in told]
    return Replay(agreement(before, model), agreement(held_out, model), (), len(lists))


def moved(before: Rule, after: Rule, lists: Sequence[PastList]) -> tuple[Moved, ...]:
    """Which lists would have had other people on them."""
    played = (_moved(before, after, one) for one in lists)
    return tuple(one for one in played if one.came or one.went)


def score(spec: Spec, model: Model, of: Past) -> float:
    """What somebody of a past list comes to by this profile."""
    found = features.with_evidence(spec, aligned(spec, of.judged), beside(of.judged), model.odds)
    return likelihood.score(model, found)


def agreement(scored: Sequence[tuple[Mapping[int, float], PastList]], model: Model) -> Agreement:
    """How well the scores of people, by entry, agree with what was said of them."""
    right, pairs, loss, squares, people = 0.0, 0, 0.0, 0.0, 0
    for scores, one in scored:
        wanted = [scores[p.entry_id] for p in one.told if p.said and p.said.is_wanted]
        passed = [scores[p.entry_id] for p in one.told if p.said and not p.said.is_wanted]
        for better, worse in product(wanted, passed):
            pairs += 1
            right += 1.0 if better > worse else 0.5 if better == worse else 0.0
            loss += math.log1p(math.exp(worse - better))
        for theirs, truth in ((wanted, 1.0), (passed, 0.0)):
            people += len(theirs)
            squares += sum((likelihood.confidence(model, at) - truth) ** 2 for at in theirs)
    return Agreement(
        right,
        pairs,
        round(loss / pairs, 4) if pairs else 0.0,
        round(squares / people, 4) if people else 0.0,
        people,
    )


def best_passed(spec: Spec, model: Model, lists: Sequence[PastList]) -> list[float]:
    """Of each list of which everybody was answered: the score of the best person who was passed.

    Where everybody was wanted, the best who is not wanted stood below the list: counted is the
    lowest score on it, which is more than theirs and so never too kind.
    """
    found = []
    for one in lists:
        listed = [p for p in one.people if p.is_listed]
        if not listed or any(p.said is None for p in listed):
            continue
        passed = [score(spec, model, p) for p in listed if p.said and not p.said.is_wanted]
        lowest = min(score(spec, model, p) for p in listed)
        found.append(max(passed, default=round(lowest - 0.0001, 4)))
    return sorted(found)


def to_json(one: Replay) -> dict[str, Any]:
    """How a replay is kept."""
    return asdict(one) | {"moved": [asdict(each) for each in one.moved]}


def from_json(kept: Mapping[str, Any]) -> Replay:
    """The replay in what ``to_json`` wrote."""
    return Replay(
        before=Agreement(**kept["before"]),
        after=Agreement(**kept["after"]),
        moved=tuple(
            Moved(one["shortlist_id"], one["number"], tuple(one["came"]), tuple(one["went"]))
            for one in kept["moved"]
        ),
        lists=kept["lists"],
    )


def _without(lists: Sequence[PastList], out: PastList) -> list[PastList]:
    return [one for one in lists if one is not out]


def _scores(spec: Spec, model: Model, one: PastList) -> dict[int, float]:
    return {of.entry_id: score(spec, model, of) for of in one.people}


def _moved(before: Rule, after: Rule, one: PastList) -> Moved:
    size = min(MOST, max(USUAL_SIZE, sum(of.is_listed for of in one.people)))
    then, now = (_chosen(by, one, size) for by in (before, after))
    return Moved(
        one.shortlist_id,
        one.number,
        came=tuple(pk for pk in now if pk not in then),
        went=tuple(pk for pk in then if pk not in now),
    )


def _chosen(by: Rule, one: PastList, size: int) -> list[int]:
    """Who would be on the list: whom nothing keeps out and the cut lets in, the best first."""
    spec, model = by
    scores = _scores(spec, model, one)
    free = [
        of
        for of in one.people
        if not _is_out(spec, of) and cut.is_listed(model, scores[of.entry_id], risk=one.risk)
    ]
    free.sort(key=lambda of: (-scores[of.entry_id], of.entry_id))
    return [of.entry_id for of in free[:size]]


def _is_out(spec: Spec, of: Past) -> bool:
    """Whether something that is known keeps them out, by this profile."""
    musts = {one.key for one in spec.requirements if one.tier == Tier.MUST}
    soft = {one.key for one in spec.requirements if one.tier in {Tier.SHOULD, Tier.NICE}}
    lacks = any(
        one.key in musts and one.standing == Standing.FAILED for one in aligned(spec, of.judged)
    )
    return lacks or any(one.about not in soft for one in of.judged.conflicts)
