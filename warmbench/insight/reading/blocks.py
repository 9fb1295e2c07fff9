"""What a text is made of before its sentences are told apart: paragraphs, items, turns."""

from collections.abc import Iterator
from dataclasses import dataclass

from warmbench.insight.kinds import Speaker

#: A line that is shorter than this ended where its author wanted it to.
_WRAPPED_FROM = 40


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


def is_wrapped(text: str, last: Line, line: Line, *, from_length: int) -> bool:
    """Whether a line goes on with the sentence of the line before, which was only wrapped.

    Terse notes begin each line with a small letter, so the line before must be of some length.
    """
    length = last.end - text.rfind("\n", 0, last.end) - 1
    if text[last.end - 1] in '.!?:;"':
        return False
    return length >= (_WRAPPED_FROM if text[line.start].islower() else from_length)


def lines_of(text: str) -> Iterator[Line]:
    """All lines, blank ones too."""
    position = 0
    for whole in text.split("\n"):
        bare = whole.strip()
        start = position + len(whole) - len(whole.lstrip()) if bare else position
        yield Line(start, start + len(bare))
        position += len(whole) + 1
