"""Reads the one word or sentence that somebody typed, where a whole form would be too much."""

from django.http import QueryDict

#: Longer than anything that is looked for or given as a reason.
_LONGEST = 500


def typed(said: QueryDict, name: str, *, longest: int = _LONGEST) -> str:
    """What was typed, as the database can take it; blank for nothing."""
    return said.get(name, "").replace("\0", "").strip()[:longest]


def number(said: QueryDict, name: str) -> int:
    """The number that an address or a choice names; 0 for what is none."""
    text = said.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
