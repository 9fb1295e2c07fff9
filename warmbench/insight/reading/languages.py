"""Tells the language of a text by its commonest words."""

import re

from warmbench.insight.reading import words
from warmbench.messaging.inbound.plain import fold

#: How much of a text tells its language.
_ENOUGH = 20_000
#: So many common words more than those of any other language make it sure.
_LEAD = 2


def language_of(text: str) -> str:
    """The language that most of the common words are of: en, de, fr, es or nl; en if unclear."""
    said = re.findall(r"[a-z]+", fold(text[:_ENOUGH]))
    counts = {
        code: sum(word in common for word in said) for code, common in words.languages().items()
    }
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= counts["en"] + _LEAD else "en"
