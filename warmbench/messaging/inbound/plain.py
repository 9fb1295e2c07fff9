"""Brings words to plain lower-case letters, which the lists of words beside it are written in."""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\ufeff\u200b\u200c\u200d\u00ad", ""),
        "ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "\u0131": "i",
    }
)  # fmt: skip

#: Rules look at windows of this many characters, so their work is bounded.
MAX_SENTENCE = 400
_ENDS = re.compile(r"[.!?;:\n\u2026]+(?=\s|$|[\"')])|\n+|[!?]+|\s-+\s")
_WORDS = re.compile(r"[^\W_]+(?:['.@-][^\W_]+)*|,|[^\w\s.,]")


def fold(text: str) -> str:
    """The text in lower case, without accents, with the quotes and dashes of a typewriter.

    Letters that do not come from Latin ones stay. The length may change.
    """
    text = text.lower()
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(each for each in apart if not unicodedata.combining(each))


def sentences(folded: str) -> list[str]:
    """The sentences of a folded text, as their words with one space between, “,” by itself.

    Other signs are dropped. A long one is cut into windows that overlap by half.
    """
    found = []
    for sentence in _ENDS.split(folded):
        words = [word for word in _WORDS.findall(sentence) if word == "," or word[0].isalnum()]
        line = " ".join(words)
        if len(line) <= MAX_SENTENCE:
            found += [line] if line else []
        else:
            half = MAX_SENTENCE // 2
            found += [line[start : start + MAX_SENTENCE] for start in range(0, len(line), half)]
    return found


@cache
def table(name: str) -> dict[str, Any]:
    """One of the lists of words that lie beside this module, e.g. ``quote_words``."""
    written: dict[str, Any] = yaml.safe_load(
        files(__package__).joinpath(f"{name}.yaml").read_text("utf-8")
    )
    return written
