"""Builders of what is known of people, for the tests of shortlists."""

from datetime import date
from typing import Any

from warmbench.shortlists.dossier import Dossier, Known
from warmbench.shortlists.requirements import Aspect, Requirement, Spec, Tier, key_for

TODAY = date(2026, 6, 1)
SAID = date(2026, 3, 5)


def fact(kind: str, polarity: str = "had", **value: Any) -> Known:
    """A fact of a résumé of March 2026."""
    quote = str(value.get("name") or value)
    return Known(kind, value, polarity, quote, SAID, "résumé", 0.9, is_first_hand=True)


def person(key: str, *facts: Known, sentences: tuple[str, ...] = (), **known: Any) -> Dossier:
    """Somebody of whom so much is known."""
    return Dossier(key=key, facts=facts, sentences=sentences, **known)


def asks(
    name: str, tier: Tier = Tier.MUST, *, aspect: Aspect = Aspect.SKILL, **more: Any
) -> Requirement:
    """A requirement."""
    return Requirement(key_for(aspect, name), aspect, tier, name, **more)


def role(*requirements: Requirement, title: str = "Data Engineer", **more: Any) -> Spec:
    """A profile."""
    return Spec(title=title, requirements=requirements, **more)


def strong(key: str) -> Dossier:
    """Somebody who has all of ``DATA_ROLE``."""
    return person(
        key,
        fact("title", name="Data Engineer", current=True),
        fact("skill", name="Python", years=8, strength="strong"),
        fact("skill", name="Spark", years=5),
        fact("skill", name="AWS", years=5),
        sentences=(
            "Built the data platform in Python and Spark on AWS.",
            "Moved nightly jobs to Spark and Python.",
            "Ran Spark clusters on AWS for six teams with Python.",
        ),
    )


DATA_ROLE = role(asks("Python", at_least=5), asks("Spark"), asks("AWS", Tier.SHOULD))
