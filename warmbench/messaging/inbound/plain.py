"""Brings words to plain lower-case letters, which the lists of words beside it are written in."""

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


def fold(text: str) -> str:
    """The text in lower case, without accents, with the quotes and dashes of a typewriter.

    Letters that do not come from Latin ones stay. The length may change.
    """
    text = text.lower()
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(each for each in apart if not unicodedata.combining(each))


@cache
def table(name: str) -> dict[str, Any]:
    """One of the lists of words that lie beside this module, e.g. ``quote_words``."""
    written: dict[str, Any] = yaml.safe_load(
        files(__package__).joinpath(f"{name}.yaml").read_text("utf-8")
    )
    return written
