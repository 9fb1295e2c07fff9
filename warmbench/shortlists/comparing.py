"""Compares people of one ranking: who is better on what, what would change it, who is near."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmbench.shortlists import features, likelihood
from warmbench.shortlists.likelihood import Model
from warmbench.shortlists.requirements import Spec, Tier
from warmbench.shortlists.verdict import Evidence, Judged, Left, Standing

#: Somebody is better on a requirement by so much of it, and only where they have so much.
_BETTER, _HAVE = 0.05, 0.5
#: Of a requirement that turns out well, this is there.
_TURNED_OUT_WELL = 0.9
_MOST_CHANGES, _NEXT = 3, 3
_PLACES = ("1st", "2nd", "3rd")


@dataclass(frozen=True, slots=True)
class _Change:
    size: float
    sentence: str


def best_at(listed: Sequence[Judged]) -> dict[str, tuple[str, ...]]:
    """By person, the requirements on which nobody else on the list comes near."""
    found: dict[str, list[str]] = {one.key: [] for one in listed}
    if len(listed) < 2:
        return dict.fromkeys(found, ())
    for row in zip(*(one.evidence for one in listed), strict=True):
        order = sorted(range(len(row)), key=lambda at: -row[at].share)
        first, second = row[order[0]], row[order[1]]
        is_clear = first.share >= second.share + _BETTER and first.share >= _HAVE
        if is_clear and first.tier != Tier.DEALBREAKER:
            found[listed[order[0]].key].append(first.key)
    return {key: tuple(keys) for key, keys in found.items()}


def would_change(
    spec: Spec,
    of: Judged,
    chosen: Sequence[Judged],
    ranked: Sequence[Judged],
    model: Model,
    least: float,
) -> tuple[str, ...]:
    """What would move somebody on the list, or take them off it, if it turned out so.

    Each is found by scoring them again with one requirement turned; what moves nobody is left
    out.
    """
    free = [one.score for one in ranked if not one.conflicts and one.key != of.key]
    stands = _rank(of.score, free)
    changes: list[_Change] = []
    for at, shown in enumerate(of.evidence):
        if not _is_open(shown):
            continue
        if shown.tier == Tier.MUST:
            sentence = f"Without {shown.name} they would be off the list: it is a must."
            changes.append(_Change(2.0, sentence))
        for share in (_TURNED_OUT_WELL, 0.0):
            score = turned(spec, of, at, share, model)
            place = _rank(score, free)
            is_off = score < least or place > len(chosen)
            if place == stands and not is_off:
                continue
            if is_off and shown.tier == Tier.MUST:
                continue
            how = "With" if share else "Without"
            what = "off the list" if is_off else f"{_written(place)} instead of {_written(stands)}"
            changes.append(
                _Change(abs(score - of.score), f"{how} {shown.name} they would be {what}.")
            )
    changes.sort(key=lambda one: (-one.size, one.sentence))
    return tuple(dict.fromkeys(one.sentence for one in changes))[:_MOST_CHANGES]


def turned(spec: Spec, of: Judged, at: int, share: float, model: Model) -> float:
    """The score of somebody if one requirement turned out to be met so far: 0 to 1."""
    standing = Standing.MET if share else Standing.FAILED
    shown = list(of.evidence)
    shown[at] = replace(shown[at], share=share, standing=standing)
    return likelihood.score(model, features.with_evidence(spec, shown, of.features, model.odds))


def left(
    spec: Spec,
    ranked: Sequence[Judged],
    chosen: Sequence[Judged],
    model: Model,
    least: float,
) -> tuple[Left, ...]:
    """The next three, each with the one thing that it takes.

    Whom more than one thing keeps out is no near miss.
    """
    on_it = {one.key for one in chosen}
    near = [one for one in ranked if one.key not in on_it and len(one.conflicts) < 2]
    places = {one.key: at for at, one in enumerate(ranked)}
    near.sort(key=lambda one: (-one.score, places[one.key]))
    return tuple(_left(spec, one, chosen, model, least) for one in near[:_NEXT])


def _left(spec: Spec, one: Judged, chosen: Sequence[Judged], model: Model, least: float) -> Left:
    if one.conflicts:
        conflict = one.conflicts[0]
        return Left(one, conflict.about, conflict.sentence)
    gains = [
        (turned(spec, one, at, 1.0, model) - one.score, shown)
        for at, shown in enumerate(one.evidence)
        if shown.tier != Tier.DEALBREAKER
    ]
    gains.sort(key=lambda gain: (-gain[0], gain[1].key))
    if not gains or gains[0][0] <= 0:
        sentence = "Meets what is asked for, but others show more of it."
        return Left(one, "", sentence)
    gain, shown = gains[0]
    if one.score >= least and chosen:
        sentence = f"Fits as well, and the list is full. {shown.sentence}"
    elif one.score + gain >= least:
        sentence = f"{shown.sentence} With it they would be on the list."
    else:
        sentence = f"{shown.sentence} Even with it they would not be on the list."
    return Left(one, shown.key, sentence)


def _is_open(shown: Evidence) -> bool:
    """Whether it may still turn out either way."""
    if shown.tier == Tier.DEALBREAKER:
        return False
    return shown.standing in {Standing.UNKNOWN, Standing.PARTLY}


def _rank(score: float, others: Sequence[float]) -> int:
    return 1 + sum(one > score for one in others)


def _written(place: int) -> str:
    return _PLACES[place - 1] if place <= len(_PLACES) else f"{place}th"
