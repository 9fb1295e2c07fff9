"""Sums up how a person stands to a profile in a few numbers, each better the higher it is."""

import math
from collections.abc import Iterable, Mapping, Sequence

from warmbench.shortlists import gates, title_steps, titles, wording
from warmbench.shortlists.dossier import Dossier
from warmbench.shortlists.odds import Odds
from warmbench.shortlists.requirements import Requirement, Spec, Tier
from warmbench.shortlists.verdict import Evidence

#: What a tier that a profile does not use counts for everybody: nothing of it is missing.
_NOT_ASKED = 1.0
#: The joint likelihood of all musts, as a logarithm, goes from this to 0; that of a single term.
_SPAN, _TERM_SPAN = 6.0, 3.0
#: Most of what a role should have is there from this share on.
_ENOUGH, _STEEP = 0.5, 8.0
_TERMS = ("place", "pay", "start")

#: By name, what each says. All are from 0 to 1, and no evidence in favour lowers one.
NAMES = {
    "musts": "how likely it is that they have all that the role cannot do without",
    "weakest": "how likely it is of what is least sure among it",
    "shoulds": "how much of what it should have they are likely to have",
    "most_shoulds": "whether that is the most of it",
    "nices": "how much of what would be nice they are likely to have",
    "title": "how near their work is to the role by its title",
    "words": "how many words of the role are in what is known of them",
    "level": "how likely it is that their level is right",
    "place": "how likely it is that the place is no obstacle",
    "pay": "how likely it is that the pay is none",
    "start": "how likely it is that the start is none",
}


def of(
    spec: Spec,
    evidence: Sequence[Evidence],
    person: Dossier,
    shares: Mapping[str, float],
    odds: Odds,
) -> dict[str, float]:
    """The features of one person, by the names in ``NAMES``."""
    beside = {
        "title": _title(spec, person),
        "words": _words(spec, person),
        "level": _term(_level(spec, person, shares["level"], odds)),
        **{name: _term(odds.of_term(name, shares[name])) for name in _TERMS},
    }
    return with_evidence(spec, evidence, beside, odds)


def with_evidence(
    spec: Spec, evidence: Sequence[Evidence], beside: Mapping[str, float], odds: Odds
) -> dict[str, float]:
    """The features of somebody with other evidence, and all else ``beside`` it as it was."""
    musts = _chances(spec, evidence, Tier.MUST, odds)
    shoulds = _chances(spec, evidence, Tier.SHOULD, odds)
    # Where nothing is a must, what should be is taken for it.
    asked = musts or shoulds
    joint = sum(weight * math.log(chance) for weight, chance in asked)
    should = _mean(shoulds)
    found = {
        "musts": max(0.0, 1 + joint / _SPAN),
        "weakest": min((chance for _, chance in asked), default=_NOT_ASKED),
        "shoulds": should,
        "most_shoulds": 1 / (1 + math.exp(-_STEEP * (should - _ENOUGH))),
        "nices": _mean(_chances(spec, evidence, Tier.NICE, odds)),
        **{name: beside[name] for name in ("title", "words", "level", *_TERMS)},
    }
    return {name: round(value, 4) for name, value in found.items()}


def _level(spec: Spec, person: Dossier, share: float, odds: Odds) -> float:
    if not spec.lowest_level and not spec.highest_level:
        return 1.0
    return odds.of_level(steps(spec, person), share)


def _term(chance: float) -> float:
    return max(0.0, 1 + math.log(chance) / _TERM_SPAN)


def _chances(
    spec: Spec, evidence: Sequence[Evidence], tier: Tier, odds: Odds
) -> list[tuple[float, float]]:
    return [
        (one.weight, odds.met(one.aspect, shown))
        for one, shown in zip(spec.requirements, evidence, strict=True)
        if one.tier == tier
    ]


def _mean(weighed: Iterable[tuple[float, float]]) -> float:
    listed = list(weighed)
    whole = sum(weight for weight, _ in listed)
    return sum(weight * value for weight, value in listed) / whole if whole else _NOT_ASKED


def _title(spec: Spec, person: Dossier) -> float:
    """How near the nearest of their titles is; the present one counts most."""
    near = 0.0
    for fact in person.facts:
        if fact.kind != "title" or fact.polarity != "had":
            continue
        past = 0.85 if fact.value.get("current") is False else 1.0
        near = max(near, past * titles.likeness(spec.title, str(fact.value.get("name") or "")))
    return near


def steps(spec: Spec, person: Dossier) -> int | None:
    """How many steps their present title stands above that of the role; None if unknown."""
    title = gates.title_of(person.facts)
    if not title:
        return None
    return title_steps.read(title).step - title_steps.read(spec.title).step


def _words(spec: Spec, person: Dossier) -> float:
    """Which share of the words of the role are among those of the person."""
    asked = wording.words_of(" ".join([spec.title, *_named(spec.requirements)]))
    said: set[str] = set()
    for fact in person.facts:
        if fact.polarity == "had":
            said |= wording.words_of(str(fact.value.get("name") or ""))
    for sentence in person.sentences:
        said |= wording.words_of(sentence)
    return wording.shared(asked, frozenset(said))


def _named(asked: Iterable[Requirement]) -> Iterable[str]:
    return (one.name for one in asked if one.tier != Tier.DEALBREAKER)
