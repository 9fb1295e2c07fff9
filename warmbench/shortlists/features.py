"""Sums up how a person stands to a profile in a few numbers, each better the higher it is."""

from collections.abc import Iterable, Mapping, Sequence

from warmbench.shortlists import gates, title_steps, titles, wording
from warmbench.shortlists.dossier import Dossier
from warmbench.shortlists.requirements import Requirement, Spec, Tier
from warmbench.shortlists.verdict import Evidence, Standing

#: What a requirement counts of which nothing is known: a bit, as against one that is known to
#: be missing.
_UNKNOWN = 0.08
#: A requirement of a tier that a profile does not use counts as much for everybody.
_NOT_ASKED = 0.5
#: What a title counts that is so many steps away.
_BY_STEPS = (1.0, 0.75, 0.4, 0.2, 0.1, 0.0)
#: Some evidence counts more than none, however weak.
_SOME = 0.1
_TERMS = ("place", "pay", "start")

#: By name, what each says. All are from 0 to 1, and no evidence in favour lowers one.
NAMES = {
    "musts": "how much of what the role cannot do without they have",
    "weakest": "how much of it they have where they have least",
    "all_musts": "how much of it is beyond doubt",
    "shoulds": "how much of what it should have they have",
    "nices": "how much of what would be nice they have",
    "title": "how near their work is to the role by its title",
    "title_and_musts": "whether both are so",
    "words": "how many words of the role are in what is known of them",
    "level": "how near their level is",
    "step": "how near they stand to the role by the words of their title: senior, lead",
    "place": "how well the place fits",
    "pay": "how well the pay fits",
    "start": "how well the start fits",
    "together": "whether all of this is so at once: one thing that is wrong spoils the rest",
}


def of(
    spec: Spec, evidence: Sequence[Evidence], person: Dossier, shares: Mapping[str, float]
) -> dict[str, float]:
    """The features of one person, by the names in ``NAMES``."""
    beside = {
        "title": _title(spec, person),
        "words": _words(spec, person),
        "level": shares["level"],
        "step": _step(spec, person),
        "place": shares["place"],
        "pay": shares["pay"],
        "start": shares["start"],
    }
    return with_evidence(spec, evidence, beside)


def with_evidence(
    spec: Spec, evidence: Sequence[Evidence], beside: Mapping[str, float]
) -> dict[str, float]:
    """The features of somebody with other evidence, and all else ``beside`` it as it was."""
    asked = _credits(spec, evidence, Tier.MUST) or _credits(spec, evidence, Tier.SHOULD)
    musts = _mean(asked)
    weakest = min((credit for _, credit in asked), default=_NOT_ASKED)
    found = {
        "musts": musts,
        "weakest": weakest,
        "all_musts": _mean([(weight, credit**2) for weight, credit in asked]),
        "shoulds": _mean(_credits(spec, evidence, Tier.SHOULD)),
        "nices": _mean(_credits(spec, evidence, Tier.NICE)),
        "title": beside["title"],
        "title_and_musts": beside["title"] * musts,
        "words": beside["words"],
        "level": beside["level"],
        "step": beside["step"],
        **{name: beside[name] for name in _TERMS},
        "together": musts * min(weakest, 0.5) * 2 * _together(beside),
    }
    return {name: round(value, 4) for name, value in found.items()}


def _together(beside: Mapping[str, float]) -> float:
    """Whether level and terms fit all at once; what is unknown counts half."""
    whole = 1.0
    for name in ("level", "step", *_TERMS):
        whole *= 0.4 + 0.6 * beside[name]
    return whole


def _credits(spec: Spec, evidence: Sequence[Evidence], tier: Tier) -> list[tuple[float, float]]:
    return [
        (one.weight, credit(shown))
        for one, shown in zip(spec.requirements, evidence, strict=True)
        if one.tier == tier
    ]


def credit(shown: Evidence) -> float:
    """What one requirement counts: nothing where it is missing, a bit where it is unknown."""
    match shown.standing:
        case Standing.FAILED:
            return 0.0
        case Standing.UNKNOWN:
            return _UNKNOWN
        case _:
            return _SOME + (1 - _SOME) * shown.share


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


def _step(spec: Spec, person: Dossier) -> float:
    """How near the step of their present title is to that of the role."""
    title = gates.title_of(person.facts)
    if not title:
        return gates.UNKNOWN
    away = abs(title_steps.read(spec.title).step - title_steps.read(title).step)
    return _BY_STEPS[min(away, len(_BY_STEPS) - 1)]


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
