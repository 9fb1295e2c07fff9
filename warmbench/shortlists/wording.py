"""Compares a requirement in words with sentences about a person, by the words that they share."""

import math
import re
from functools import lru_cache

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


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    flags = 0 if len(name) <= 3 else re.IGNORECASE  # "Go" is a skill, "go" is not.
    words = r"[\s\-]+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<![\w+#.]){words}(?![\w+#])(?!\.\w)", flags)


@lru_cache(maxsize=65_536)
def without_pronouns(sentence: str) -> str:
    """The sentence without words that tell of which sex somebody is."""
    return _PRONOUN.sub(lambda found: _NEUTRAL[found[0].lower()], sentence)


_NEUTRAL = {
    **dict.fromkeys(("he", "she"), "they"),
    **dict.fromkeys(("him",), "them"),
    **dict.fromkeys(("his", "her", "hers"), "their"),
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
