"""Takes a job description apart: its headings, items, paragraphs and sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from warmbench.people.tag_words import key
from warmbench.sourcing.description_words import flat, words

#: A line that is shorter than this ended where its author wanted it to.
_WRAPPED_FROM = 60
#: Longer lines, or such of more words, are no headings.
_LONGEST_HEADING, _MOST_WORDS = 70, 8
#: Nobody reads a longer sentence either; each word of one is compared with all others.
_LONGEST_SENTENCE = 600
#: How much of a text tells its language.
_ENOUGH = 20_000

_LINE = re.compile(r"[^\r\n\v\f\u2028\u2029]+")
_BEFORE = re.compile(
    r"[\s>]*(?P<mark>\#{1,6}\s+|[-\u2010-\u2015*\u2022\u00b7\u25aa\u25cf\u2023\u25e6\u25a0+]+\s+|"
    r"\d{1,2}[.)]\s+)?(?:\*\*|__)?"
)
_LABEL = re.compile(r"(?P<head>[^:\uff1a|\t]{2,70})(?:\*\*|__)?\s*[:\uff1a|\t](?:\*\*|__)?[\s|]*")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_ABBREVIATION = re.compile(r"(?:\b\w|\b(?:ca|etc|inkl|usw|bzw|max|min|resp|incl|approx|mind))\.$")


class Section(StrEnum):
    """What a part of a description is about."""

    INTRO = "intro"
    REQUIRED = "required"
    NICE = "nice"
    TASKS = "tasks"
    OFFER = "offer"
    COMPANY = "company"
    DENIED = "denied"
    TITLE = "title"
    PLACE = "place"
    #: Under a heading that we do not know.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Part:
    """An item of a list, a paragraph or a labelled line, and where it stands in the text."""

    start: int
    end: int
    section: Section
    #: It says by itself what it is about: "Location: Berlin".
    is_labelled: bool = False
    is_item: bool = False


@dataclass(frozen=True)
class Description:
    """A description, taken apart."""

    text: str
    #: The same in small letters without accents, each character in its place.
    flat: str
    language: str
    parts: tuple[Part, ...]
    #: Whether it has a section that says what is asked for. Else all of it does.
    has_sections: bool

    def sentences(self, part: Part) -> Iterator[tuple[int, int]]:
        """Where the sentences of a part begin and end. What has no end is cut."""
        begin = part.start
        for gap in _SENTENCE_END.finditer(self.text, part.start, part.end):
            if _ABBREVIATION.search(self.text, max(begin, gap.start() - 12), gap.start()):
                continue
            yield from self._cut(begin, gap.start())
            begin = gap.end()
        yield from self._cut(begin, part.end)

    def _cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        while end - start > _LONGEST_SENTENCE:
            border = self.text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
            stop = border if border > start else start + _LONGEST_SENTENCE
            yield start, stop
            start = stop
        if start < end:
            yield start, end


def take_apart(text: str) -> Description:
    """The parts of a description. Takes time in proportion to its length."""
    plain = flat(text)
    parts = tuple(_joined(text, _parts(text)))
    asked = {Section.REQUIRED, Section.NICE, Section.TASKS}
    return Description(
        text, plain, _language(plain), parts, any(part.section in asked for part in parts)
    )


@dataclass(frozen=True, slots=True)
class _Line:
    part: Part
    #: Whether the line before it may go on in it.
    goes_on: bool


def _parts(text: str) -> Iterator[_Line]:
    section = Section.INTRO
    for line in _LINE.finditer(text):
        before = _BEFORE.match(text, line.start(), line.end())
        assert before is not None
        start, end = before.end(), line.end()
        while end > start and text[end - 1] in " \t*_\u00a0":
            end -= 1
        if start == end:
            continue
        mark = (before["mark"] or "").strip()
        heading = _heading(text, start, end, mark)
        if heading is None:
            part = Part(start, end, section, is_item=bool(mark) and not mark.startswith("#"))
            yield _Line(part, goes_on=not mark)
            continue
        found, begins = heading
        if begins < end:
            yield _Line(Part(begins, end, found, is_labelled=True), goes_on=False)
        else:
            section = found


def _heading(text: str, start: int, end: int, mark: str) -> tuple[Section, int] | None:
    """What a heading or a label announces, and where what it is about begins."""
    is_marked = mark.startswith("#") or text.startswith("**", max(0, start - 2), start)
    label = _LABEL.match(text, start, end)
    if label is not None:
        known = _known(label["head"], whole=label.end() < end)
        if known is None and label.end() == end:
            known = Section.OTHER
        return None if known is None else (known, label.end())
    line = text[start:end]
    if len(line) > _LONGEST_HEADING or line.endswith((".", ",", ";")):
        return None
    known = _known(line, whole=bool(mark) and not is_marked)
    if known in {Section.TITLE, Section.PLACE}:
        known = _known(line, whole=True)  # "Based in Berlin" is no heading.
    elif known is None and mark.startswith("##"):
        known = Section.OTHER
    return None if known is None else (known, end)


def _known(heading: str, *, whole: bool) -> Section | None:
    """The section that the words announce: all of them, or the first ones."""
    said = key(heading).split()
    if not said or len(said) > _MOST_WORDS:
        return None
    known = words().headings
    shortest = len(said) if whole else min(2, len(said))
    for size in range(len(said), shortest - 1, -1):
        section = known.get(" ".join(said[:size]))
        if section is not None:
            return Section(section)
    return None


def _joined(text: str, lines: Iterator[_Line]) -> Iterator[Part]:
    """The parts, with lines put together that were only wrapped."""
    last: Part | None = None
    for line in lines:
        part = line.part
        if last is not None and line.goes_on and _is_wrapped(text, last, part):
            last = replace(last, end=part.end)
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last


def _is_wrapped(text: str, last: Part, part: Part) -> bool:
    if part.section != last.section and not last.is_labelled:
        return False
    gap = text[last.end : part.start]
    if gap.count("\n") != 1 or text[last.end - 1] in ".:!?":
        # A full stop at the end of a full line may still be followed by the same paragraph.
        return gap.count("\n") == 1 and not last.is_item and text[last.end - 1] == "."
    is_full = last.end - max(last.start, text.rfind("\n", 0, last.end)) >= _WRAPPED_FROM
    return is_full or (last.is_item and gap.endswith("  "))


def _language(plain: str) -> str:
    said = re.findall(r"[a-z]+", plain[:_ENOUGH])
    counts = {
        code: sum(word in short for word in said) for code, short in words().languages.items()
    }
    return max(counts, key=lambda code: counts[code])
