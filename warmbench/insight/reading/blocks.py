"""What a text is made of before its sentences are told apart: paragraphs, items, turns."""

from collections.abc import Iterator
from dataclasses import dataclass

from warmbench.insight.kinds import Speaker


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text without the blanks around it. It is blank where both are the same."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an item of a list or a turn of a talk."""

    start: int
    end: int
    part: int
    speaker: Speaker
    heading: str = ""
    #: Whom it is about, where its label says so.
    about: int | None = None


def lines_of(text: str) -> Iterator[Line]:
    """All lines, blank ones too."""
    position = 0
    for whole in text.split("\n"):
        bare = whole.strip()
        start = position + len(whole) - len(whole.lstrip()) if bare else position
        yield Line(start, start + len(bare))
        position += len(whole) + 1
