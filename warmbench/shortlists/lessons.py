"""Says what answers make of a profile: weights, musts and its cut, as far as it can be told."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from warmbench.shortlists import cut, plainly, replay, weights
from warmbench.shortlists.answered import PastList
from warmbench.shortlists.likelihood import Model
from warmbench.shortlists.plainly import Told
from warmbench.shortlists.replay import Replay
from warmbench.shortlists.requirements import Spec, Tier
from warmbench.shortlists.weights import Weight

#: Fewer answers, or answers to fewer lists, say too little; nor do they where everybody was wanted,
#: or nobody.
FEWEST, FEWEST_LISTS, FEWEST_OF_EACH = 6, 2, 2
#: A smaller change of a weight, as a share, is not worth anybody's time.
_WORTH = 0.15
#: The middle half of a bell curve, as a part of its middle eight tenths.
_MIDDLE_HALF = 0.526
#: With so many more lists, those of a profile are counted anew for its cut.
_MORE_LISTS = 5
#: Why nothing is proposed where there are answers enough.
AGREE = "The answers agree with the weights that the profile has, or are too few to tell."


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement: its weight before and after, how sure that is, and what was said."""

    weight: Weight
    told: Told
    #: Whether the new weight is proposed; else what was said is too little, or says the same.
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class Learnt:
    """What answers and outcomes say of a profile."""

    changes: tuple[Change, ...] = ()
    #: Keys of what should be a must.
    musts: tuple[str, ...] = ()
    #: Keys of requirements whose evidence is judged too mildly: for a person to look at.
    too_mild: tuple[str, ...] = ()
    #: By list the best score that was passed, where there are enough lists to choose by.
    misfits: tuple[float, ...] = ()
    replay: Replay | None = None
    #: How many people something was said of, on how many lists.
    told: int = 0
    lists: int = 0
    #: Why nothing is proposed, in a sentence; blank if something is.
    why_not: str = ""

    @property
    def is_proposed(self) -> bool:
        """Whether a person has something to decide."""
        return not self.why_not


def learn(
    spec: Spec, model: Model, lists: Sequence[PastList], *, every: Sequence[PastList] = ()
) -> Learnt:
    """What these lists say of the profile; ``every`` list, where some were counted before, says
    where its cut lies.

    Only shares of evidence are learnt from. Weights are proposed where they agree better than
    before with answers that had no part in them.
    """
    told = [one for each in lists for one in each.told]
    found = Learnt(told=len(told), lists=sum(bool(each.told) for each in lists))
    if why := too_few(lists):
        return replace(found, why_not=why)
    learnt = weights.learn(spec, model, lists)
    played = replay.play(
        spec, model, lists, lambda rest: _weighed(spec, weights.learn(spec, model, rest))
    )
    is_better = played.before.pairs > 0 and played.after.loss < played.before.loss
    words = {one.key: one for one in plainly.told(spec, lists)}
    plain = {words[one.key].tier for one in learnt if is_better and _is_plain(one)}
    changes = tuple(
        Change(one, words[one.key], words[one.key].tier in plain and _leans(one)) for one in learnt
    )
    musts = plainly.new_musts(spec, lists)
    other = _applied(spec, changes, musts)
    misfits = _misfits(other, model, every or lists, is_other=other != spec)
    after = other, replace(model, own_misfits=misfits)
    found = replace(
        found,
        changes=changes,
        musts=musts,
        too_mild=plainly.too_mild(spec, lists),
        misfits=misfits,
        replay=replace(played, moved=replay.moved((spec, model), after, lists)),
    )
    if other == spec and misfits == model.own_misfits:
        return replace(found, why_not=AGREE)
    return found


def applied(spec: Spec, found: Learnt) -> Spec:
    """The profile with what is proposed."""
    return _applied(spec, found.changes, found.musts)


def to_json(found: Learnt) -> dict[str, Any]:
    """How a lesson is kept, but for its replay."""
    return {
        "weights": [asdict(one) for one in found.changes],
        "musts": list(found.musts),
        "too_mild": list(found.too_mild),
        "misfits": list(found.misfits),
        "told": found.told,
        "lists": found.lists,
    }


def from_json(kept: Mapping[str, Any], played: Mapping[str, Any]) -> Learnt:
    """The lesson in what ``to_json`` wrote, with its replay."""
    return Learnt(
        changes=tuple(_change(one) for one in kept["weights"]),
        musts=tuple(kept["musts"]),
        too_mild=tuple(kept["too_mild"]),
        misfits=tuple(kept["misfits"]),
        replay=replay.from_json(played) if played else None,
        told=kept["told"],
        lists=kept["lists"],
    )


def too_few(lists: Sequence[PastList]) -> str:
    """Why nothing can be learnt of these lists yet, in a sentence; blank if something can."""
    told = [one.said for each in lists for one in each.told if one.said is not None]
    on = sum(bool(each.told) for each in lists)
    if len(told) < FEWEST or on < FEWEST_LISTS:
        return (
            f"Answers about {len(told)} people on {on} lists so far: it takes {FEWEST} on"
            f" {FEWEST_LISTS} lists."
        )
    wanted = sum(one.is_wanted for one in told)
    if min(wanted, len(told) - wanted) < FEWEST_OF_EACH:
        return (
            f"{wanted} of {len(told)} people were wanted: to compare, it takes {FEWEST_OF_EACH} who"
            f" were, and {FEWEST_OF_EACH} who were not."
        )
    return ""


def _misfits(
    spec: Spec, model: Model, lists: Sequence[PastList], *, is_other: bool
) -> tuple[float, ...]:
    """The best scores that were passed, where they are enough to choose by, and enough is new: the
    profile is another one, or some more lists were answered."""
    found = tuple(replay.best_passed(spec, model, lists))
    if len(found) < cut.FEW:
        return ()
    is_new = len(found) - len(model.own_misfits) >= _MORE_LISTS
    return found if is_new or is_other else model.own_misfits


def _is_plain(one: Weight) -> bool:
    """Whether the old weight lies outside what eight of ten would be, and by enough."""
    return (one.low > one.before or one.high < one.before) and _leans(one)


def _leans(one: Weight) -> bool:
    """Whether the old weight lies outside the middle half. Weights of a tier are shares of one
    whole: where one moves plainly, those that lean go along."""
    moved = abs(math.log(one.after / one.before))
    half = _MIDDLE_HALF * math.log(one.high / one.low) / 2
    return moved >= max(half, math.log1p(_WORTH))


def _weighed(spec: Spec, learnt: Sequence[Weight]) -> Spec:
    by_key = {one.key: one.after for one in learnt}
    return replace(
        spec,
        requirements=tuple(
            replace(one, weight=by_key.get(one.key, one.weight)) for one in spec.requirements
        ),
    )


def _applied(spec: Spec, changes: Sequence[Change], musts: Sequence[str]) -> Spec:
    weighed = _weighed(spec, [one.weight for one in changes if one.is_proposed])
    return replace(
        weighed,
        requirements=tuple(
            replace(one, tier=Tier.MUST) if one.key in musts else one
            for one in weighed.requirements
        ),
    )


def _change(kept: Mapping[str, Any]) -> Change:
    told = kept["told"]
    return Change(
        Weight(**kept["weight"]),
        Told(**{**told, "answer_ids": tuple(told["answer_ids"])}),
        kept["is_proposed"],
    )
