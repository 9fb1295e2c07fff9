"""Compares titles of jobs: the work that they name, apart from the level."""

from functools import lru_cache

from rapidfuzz import fuzz

from warmbench.people.tag_words import key
from warmbench.shortlists.tables import table


@lru_cache(maxsize=65_536)
def likeness(asked: str, said: str) -> float:
    """How far two titles name the same work, 0 to 1: "Sr. Data Engineer" is a "Data Engineer"."""
    wanted, has = work(asked), work(said)
    if not wanted or not has:
        return 0.0
    if wanted == has:
        return 1.0
    if wanted < has:
        return 0.95
    whole = len(wanted | has)
    shared = len(wanted & has) / whole
    if has < wanted:
        return max(0.75 * len(has) / len(wanted), shared)
    spelled = fuzz.token_sort_ratio(" ".join(sorted(wanted)), " ".join(sorted(has))) / 100
    return max(shared, spelled if spelled > 0.9 else 0.0)


@lru_cache(maxsize=65_536)
def work(title: str) -> frozenset[str]:
    """The words of a title that say what the work is, in one spelling each."""
    words = table("title_words")
    same, silent = _same(), frozenset(words["levels"].split()) | frozenset(words["other"].split())
    said = [same.get(word, word) for word in key(title).split()]
    telling = frozenset(word for word in said if word not in silent and not word.isdigit())
    return telling or frozenset(said)


@lru_cache(maxsize=1)
def _same() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in table("title_words")["same"]:
        first, *others = line.split()
        found |= dict.fromkeys(others, first)
    return found
