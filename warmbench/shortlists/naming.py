"""Tells whether two names mean one thing: "Postgres" is PostgreSQL, Java is not JavaScript."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from rapidfuzz import fuzz

from warmbench.insight import lexicon
from warmbench.people.tag_words import key
from warmbench.shortlists.tables import table

#: How far a name is believed that is only like the one that is asked for: spelled nearly so, or
#: with more words; and one from which the other follows.
_NEAR, _WIDER, _IMPLIED = 0.9, 0.9, 0.7
#: Shorter names are too easily others: "SAP FI" and "SAP CO".
_LONG = 6
_ALIKE = 91
_DIGITS = re.compile(r"\d+")


def skill(asked: Iterable[str], said: str) -> float:
    """How far a skill that somebody has is one of those asked for: 0 to 1."""
    best = 0.0
    for name in asked:
        best = max(best, _skill(name, said))
    return best


def other(asked: Iterable[str], said: str) -> float:
    """The same for names of employers, of industries and of fields."""
    return max((_near(key(name), key(said)) for name in asked), default=0.0)


@lru_cache(maxsize=65_536)
def _skill(asked: str, said: str) -> float:
    wanted, has = key(asked), key(said)
    if not wanted or not has:
        return 0.0
    known, meant = _known(asked), _known(said)
    if wanted.replace(" ", "") == has.replace(" ", "") or (known and known == meant):
        return 1.0
    if not _implied_by(meant or has).isdisjoint({wanted, key(known)}):
        return _IMPLIED
    if known and meant:
        return 0.0  # Two skills of the list: "Angular" and "AngularJS" are not one.
    return _near(wanted, has)


def _near(asked: str, said: str) -> float:
    if not asked or not said:
        return 0.0
    if asked == said:
        return 1.0
    if _DIGITS.findall(asked) != _DIGITS.findall(said):
        return 0.0  # ISO 27001 and ISO 27005.
    if set(asked.split()) < set(said.split()) and len(asked) > 2:
        return _WIDER
    if min(len(asked), len(said)) < _LONG or asked[0] != said[0]:
        return 0.0
    return _NEAR if fuzz.ratio(asked, said) >= _ALIKE else 0.0


@lru_cache(maxsize=65_536)
def _known(name: str) -> str:
    """The name under which our list has a skill that is spelled so; blank if it has none."""
    for one in lexicon.skills().within(name):
        if one.start == 0 and one.end == len(name):
            return one.name
    return ""


def _implied_by(name: str) -> frozenset[str]:
    """What whoever has a skill has as well, by keys."""
    return _implied().get(key(name), frozenset())


@cache
def _implied() -> dict[str, frozenset[str]]:
    direct: dict[str, set[str]] = {}
    for general, listed in table("implied_skills").items():
        for special in listed:
            direct.setdefault(key(special), set()).add(key(general))
    # Django implies Python, and what Python implies.
    return {
        special: frozenset(above | {more for one in above for more in direct.get(one, ())})
        for special, above in direct.items()
    }
