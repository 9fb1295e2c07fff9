"""Past lists whose people are nothing but their evidence."""

from itertools import count

from warmbench.shortlists.answered import Past, PastList, Said
from warmbench.shortlists.requirements import Aspect, Requirement, Spec, Tier, key_for
from warmbench.shortlists.verdict import Conflict, Evidence, Judged, Standing

_number = count(1)
FEATURES = {"title": 0.8, "words": 0.5, "level": 1.0, "step": 0.75, "terms": 0.5}


def asks(name: str, tier: Tier = Tier.MUST, weight: float = 1.0) -> Requirement:
    """A skill that a profile asks for."""
    return Requirement(key_for(Aspect.SKILL, name), Aspect.SKILL, tier, name, weight=weight)


def profile(*asked: Requirement) -> Spec:
    """A profile of these requirements."""
    return Spec(title="Platform engineer", requirements=asked)


def person(spec: Spec, *shares: float | None, said: Said | None = None, conflict: str = "") -> Past:
    """Somebody with so much of each requirement, None where nothing is known; listed."""
    shown = tuple(
        Evidence(
            one.key,
            one.name,
            one.tier,
            Standing.UNKNOWN if share is None else Standing.MET if share else Standing.FAILED,
            share or 0.0,
            "",
        )
        for one, share in zip(spec.requirements, shares, strict=True)
    )
    number = next(_number)
    against = (Conflict(conflict, ""),) if conflict else ()
    judged = Judged(str(number), 0.0, 0.5, FEATURES, shown, against)
    return Past(number, judged, is_listed=True, said=said, answer_id=number if said else None)


def shortlist(*people: Past) -> PastList:
    """A list of these people."""
    number = next(_number)
    return PastList(number, number, people)


def wanted(about: str = "", *, weight: float = 1.0) -> Said:
    """That somebody is to be interviewed."""
    return Said(is_wanted=True, weight=weight, kind="check", requirement=about)


def passed(about: str = "") -> Said:
    """That somebody is not."""
    return Said(is_wanted=False, weight=1.0, kind="pass", requirement=about)
