"""Compares a requirement in words with sentences about a person, by the words that they share."""

import math
import re
from functools import cache, lru_cache

from warmbench.insight.flat import flat
from warmbench.insight.wordpieces import pieces
from warmbench.people.tag_words import key
from warmbench.shortlists.tables import table

#: In the vocabulary of the encoder, words stand by how common they are; the first real ones here.
_FIRST, _LAST = 2_000, 30_522
_ENDINGS = re.compile(r"(?:ings?|ments?|ations?|ions?|ers?|ors?|ed|es|s|ly|ung|ungen|en)$")
_STEM = 4
_DENIED = re.compile(
    r"\b(?:no|not|never|without|lacks?|lacking|kein\w*|nicht|ohne|pas|sans|aucune?|sin|nunca|"
    r"geen|niet|zonder)\s+(?:\S+\s+){0,3}$",
    re.IGNORECASE,
)


@lru_cache(maxsize=16_384)
def words_of(text: str) -> frozenset[str]:
    """The words of a text that say something, without their endings."""
    return frozenset(_stem(word) for word in key_of_any(text).split() if word not in _silent())


@lru_cache(maxsize=16_384)
def key_of_any(text: str) -> str:
    """The text as keys of tags are, however long it is."""
    return " ".join(filter(None, (key(word) for word in re.split(r"[\s/()\-,;:]+", text))))


def shared(asked: frozenset[str], said: frozenset[str]) -> float:
    """Which share of the words asked for is said, a rare one counting more: 0 to 1."""
    if not asked:
        return 0.0
    whole = sum(map(_rarity, asked))
    return sum(_rarity(word) for word in asked if word in said) / whole


def is_named(name: str, sentence: str) -> bool:
    """Whether a sentence names something, word for word, and does not deny it."""
    for found in _pattern(name).finditer(sentence):
        if not _DENIED.search(sentence, max(0, found.start() - 60), found.start()):
            return True
    return False


def is_claimed(name: str, sentence: str) -> bool:
    """Whether a sentence names something as what somebody did, and does not take it back: "only
    from a course", "the firm runs on it"."""
    plain = flat(sentence)
    for found in _pattern(name).finditer(sentence):
        if not _takes_back(plain, found.start(), found.end()):
            return True
    return False


def is_disclaimed(name: str, sentence: str) -> bool:
    """Whether a sentence says that somebody knows something by name only."""
    plain = flat(sentence)
    return any(
        _takes_back(plain, found.start(), found.end())
        for found in _pattern(name).finditer(sentence)
    )


def last_year(name: str, sentence: str) -> int | None:
    """The last year in which somebody did something, where a sentence says that it is long ago."""
    if not _pattern(name).search(sentence):
        return None
    said = _doubts("since").search(flat(sentence))
    return int(said["year"]) if said else None


def _takes_back(plain: str, start: int, end: int) -> bool:
    before, behind = plain[max(0, start - 70) : start], plain[end : end + 70]
    if cut := re.search(r"[.;,()|\u00b7](?=[^.;,()|\u00b7]*$)", before):
        before = before[cut.end() :]
    return bool(_doubts("before").search(before) or _doubts("behind").search(behind))


@cache
def _doubts(where: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in table("doubt_words")[where]))


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    flags = 0 if len(name) <= 3 else re.IGNORECASE  # "Go" is a skill, "go" is not.
    words = r"[\s\-]+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<![\w+#.]){words}(?![\w+#])(?!\.\w)", flags)


@lru_cache(maxsize=65_536)
def without_pronouns(sentence: str) -> str:
    """The sentence without words that tell of which sex somebody is."""
    return _PRONOUN.sub(lambda found: _NEUTRAL[found[0].lower()], sentence)


# "Her" is him and his: one word for all of them, or a tie between two people is broken by it.
_NEUTRAL = {
    **dict.fromkeys(("he", "she", "him", "her", "them", "his", "hers", "their", "theirs"), "they"),
    **dict.fromkeys(("himself", "herself"), "themselves"),
    **dict.fromkeys(("mr", "mrs", "ms", "miss"), ""),
}
_PRONOUN = re.compile(rf"\b(?:{'|'.join(_NEUTRAL)})\b", re.IGNORECASE)


def _stem(word: str) -> str:
    bare = _ENDINGS.sub("", word)
    return bare if len(bare) >= _STEM else word


@lru_cache(maxsize=65_536)
def _rarity(word: str) -> float:
    """How much it says that a word is there, 0.2 to 1: little of one that stands everywhere."""
    split = pieces(word)[1:-1]
    if len(split) != 1 or split[0] >= _LAST:
        return 1.0
    return max(0.2, math.log(max(split[0], _FIRST) / _FIRST) / math.log(_LAST / _FIRST))


@lru_cache(maxsize=1)
def _silent() -> frozenset[str]:
    return frozenset(key(word) for line in table("silent_words").values() for word in line.split())
