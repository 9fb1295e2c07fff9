"""Finds what answers say of single requirements: in numbers, and what they say plainly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warmbench.shortlists import weights
from warmbench.shortlists.answered import Past, PastList
from warmbench.shortlists.requirements import Requirement, Spec, Tier

#: So many people passed for one reason, on so many lists, are no accident.
_NAMED, _ON_LISTS = 3, 2
#: A must is proposed only if so many people lacked it and nobody wanted one of them, and so many
#: who had it were wanted.
_LACKED, _HAD = 5, 3
#: Up to here somebody lacks it, or nothing is known of it; from there on they have some of it.
_LACKS, _SOME = 0.1, 0.5


@dataclass(frozen=True, slots=True)
class Told:
    """What was said that bears on one requirement."""

    key: str
    name: str
    tier: str
    #: People who were wanted, and who were not, and how much of it they had on average.
    wanted: int
    wanted_share: float
    passed: int
    passed_share: float
    #: How often it was the reason, for and against.
    named_for: int
    named_against: int
    #: The answers that name it.
    answer_ids: tuple[int, ...]


def told(spec: Spec, lists: Sequence[PastList]) -> tuple[Told, ...]:
    """What was said of each requirement but dealbreakers, in the order of the profile."""
    people = [one for each in lists for one in each.told]
    theirs = {one.entry_id: weights.credits_of(spec, one) for one in people}
    return tuple(
        _told(one, people, theirs) for one in spec.requirements if one.tier != Tier.DEALBREAKER
    )


def new_musts(spec: Spec, lists: Sequence[PastList]) -> tuple[str, ...]:
    """The keys of what only should be, and is a must by all that was said: some were passed for
    the lack of it, nobody without it was ever wanted, and some who have it were."""
    return tuple(
        one.key
        for one in spec.requirements
        if one.tier == Tier.SHOULD and _is_must(spec, one.key, lists)
    )


def too_mild(spec: Spec, lists: Sequence[PastList]) -> tuple[str, ...]:
    """The keys of requirements that people were passed for though they counted as met: what they
    ask for as evidence is too little."""
    names = []
    for one in spec.requirements:
        against = [
            (n, of)
            for n, of in _against(one.key, lists)
            if weights.credits_of(spec, of)[one.key] >= weights.HAS
        ]
        if len(against) >= _NAMED and len({n for n, _ in against}) >= _ON_LISTS:
            names.append(one.key)
    return tuple(names)


def _is_must(spec: Spec, key: str, lists: Sequence[PastList]) -> bool:
    named = [
        (n, of) for n, of in _against(key, lists) if weights.credits_of(spec, of)[key] <= _LACKS
    ]
    if len(named) < _NAMED or len({n for n, _ in named}) < _ON_LISTS:
        return False
    lacked, had = 0, 0
    for each in lists:
        for one in each.told:
            share = weights.credits_of(spec, one)[key]
            is_wanted = one.said is not None and one.said.is_wanted
            if share <= _LACKS and is_wanted:
                return False
            lacked += share <= _LACKS
            had += share >= _SOME and is_wanted
    return lacked >= _LACKED and had >= _HAD


def _against(key: str, lists: Sequence[PastList]) -> list[tuple[int, Past]]:
    return [
        (each.shortlist_id, one)
        for each in lists
        for one in each.told
        if one.said and not one.said.is_wanted and one.said.requirement == key
    ]


def _told(
    one: Requirement, people: Sequence[Past], theirs: Mapping[int, Mapping[str, float]]
) -> Told:
    sides: dict[bool, list[float]] = {True: [], False: []}
    named: dict[bool, list[Past]] = {True: [], False: []}
    for of in people:
        if of.said is None:
            continue
        sides[of.said.is_wanted].append(theirs[of.entry_id][one.key])
        if of.said.requirement == one.key:
            named[of.said.is_wanted].append(of)
    return Told(
        key=one.key,
        name=one.name,
        tier=one.tier,
        wanted=len(sides[True]),
        wanted_share=_mean(sides[True]),
        passed=len(sides[False]),
        passed_share=_mean(sides[False]),
        named_for=len(named[True]),
        named_against=len(named[False]),
        answer_ids=tuple(
            of.answer_id for of in (*named[False], *named[True]) if of.answer_id is not None
        ),
    )


def _mean(numbers: Sequence[float]) -> float:
    return round(sum(numbers) / len(numbers), 3) if numbers else 0.0
