"""Finds the prose in an author's source: everything but Liquid and Markdown, at its own place."""

import re
from typing import NamedTuple

#: What is no prose: Liquid, the targets of links, bare addresses, and marks of Markdown.
_MARKS = re.compile(
    r"\{%.*?%\}|\{\{.*?\}\}"
    r"|(?<=\])\([^)\s]*(?:\{\{.*?\}\}[^)\s]*)*\)"
    r"|https?://\S+"
    r"|[*_`>\[\]|~]",
    re.DOTALL,
)
#: What begins an item or a heading.
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,2}[.)]|#{1,6})(?=[ \t])", re.MULTILINE)
#: A sentence ends at its stop, or where a paragraph or an item does.
_END = re.compile(r"(?<=[.!?:;…])[\"'”“»)]*\s+|\n[ \t]*\n\s*|\f")
#: Shorter ones greet, take leave or are names.
_FEWEST_WORDS = 3


class Sentence(NamedTuple):
    """One sentence and where it stands in the source."""

    start: int
    end: int
    text: str


def bare(source: str) -> str:
    """The source with everything but its prose blanked out; each letter keeps its offset."""
    parted = _ITEM.sub(lambda found: f"{' ' * (len(found[0]) - 1)}\f", source)
    return _MARKS.sub(lambda found: " " * len(found[0]), parted)


def sentences(source: str) -> list[Sentence]:
    """The sentences of the prose in a source; greetings and the name beneath are none."""
    prose = bare(source)
    ends = [(found.start(), found.end()) for found in _END.finditer(prose)]
    found, start = [], 0
    for end, following in [*ends, (len(prose), len(prose))]:
        words = prose[start:end].split()
        if len(words) >= _FEWEST_WORDS:
            found.append(Sentence(start, end, " ".join(words)))
        start = following
    return found
