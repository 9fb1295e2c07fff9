"""Brings text to plain small letters, each in its place: what is found there stands there."""

import unicodedata
from functools import lru_cache

_SIGNS = {
    **dict.fromkeys("\u2018\u2019\u201b\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u00a0\u202f\u2009\u2007", " "),
    "ł": "l",
    "ß": "s",
    "ø": "o",
    "æ": "a",
    "œ": "o",
    "đ": "d",
    "\u0131": "i",
}


def flat(text: str) -> str:
    """The text in small letters without accents, with the quotes and dashes of a typewriter.

    It is as long as the text, and every character stands where it stood.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    return "".join(map(_flat, text))


@lru_cache(maxsize=8192)
def _flat(letter: str) -> str:
    small = letter.lower()
    if small in _SIGNS:
        return _SIGNS[small]
    return unicodedata.normalize("NFD", small)[:1] or letter
