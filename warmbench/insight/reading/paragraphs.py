"""Takes notes, mails, résumés and assessments apart: headings, labels, items, paragraphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warmbench.insight.kinds import SourceKind, Speaker
from warmbench.insight.reading import names, words
from warmbench.insight.reading.blocks import Block, Line, is_wrapped

#: A line of this length goes on in the next also where that begins with a capital letter.
_WRAPPED_FROM = 60
_NEVER = 1 << 30
_MARK = re.compile(
    r"(?:\#{1,6}|[-*+\u2022\u00b7\u25aa\u25cf\u2023\u25e6\u2013\u2014\u2192>]{1,2}|->|=>|"
    r"\(?\d{1,2}[.)]|\[[ xX]?\]|\([ xX]?\))(?:[ \t]+|$)"
)
_RULE = re.compile(r"[-=_*~\u2013\u2014 ]{3,}$")
#: “Salary: 85k”, “Won't do: Dublin”, “**Notice** : …”
_LABEL = re.compile(
    r"(?:\*\*|__|\[)?(?P<label>[^\W\d_][^:\n\uff1a|;.!?\"\[\]]{1,48}?)"
    r"(?:\*\*|__|\])?[ \t\u00a0\u202f]?"
    r"(?:[:\uff1a](?:\*\*|__)?(?=\s|$)|(?<=\])(?=\s|$))[ \t]*"
)
#: “Salary ..... 5,150”
_LEADER = re.compile(r"(?P<label>[^\W\d_][^:\n|.]{1,30}?)[ \t]*\.{3,}[ \t]*")
#: “| now | 92 + 8 % |”: a row of two.
_ROW = re.compile(r"\|[ \t]*(?P<label>[^\W\d_][^|:\n]{0,30}?)[ \t]*\|[ \t]*(?=[^|\n]+\|?[ \t]*$)")
_BRACKETED = re.compile(r"[\[\u3010](?P<label>[^\[\]\n]{2,60})[\]\u3011](?:[ \t]|$)")
_MOST_WORDS = 6
#: “Notice period: …” is a label there, “Own the platform: …” is not.
_MOST_IN_RESUMES = 3
#: A name with which a line begins: “Ben Okafor - ODP”, “Ben Okafor (38), …”
_AFTER_NAME = re.compile(r"[ \t]{0,2}(?:[:\uff1a,(\u2013\u2014-]|$)")


@dataclass(frozen=True, slots=True)
class _Item:
    """A line without its bullet, and what its label says."""

    start: int
    end: int
    label: str = ""
    about: int | None = None
    #: Its bullet, or the signs around its number.
    mark: str = ""
    #: It says nothing but what the following is about.
    is_heading: bool = False
    #: It is one of the headings that résumés are divided by.
    is_section: bool = False

    @property
    def is_marked(self) -> bool:
        """Whether it is an item of a list."""
        return bool(self.mark)


@dataclass(slots=True)
class _Place:
    """Where in the text we are."""

    section: str = ""
    heading: str = ""
    about: int | None = None
    #: The bullet of the item that named whom it is about: the next such item is about others.
    mark: str = ""


def blocks(
    text: str,
    lines: Sequence[Line],
    *,
    kind: SourceKind,
    people: Sequence[str],
    speaker: Speaker,
    first_part: int = 0,
) -> Iterator[Block]:
    """The paragraphs and items of a text that is no talk, with their headings and labels."""
    place = _Place()
    part = first_part - 1
    open_block: Block | None = None
    item: _Item | None = None
    for line in lines:
        is_blank = line.start == line.end or bool(_RULE.match(text, line.start, line.end))
        last, item = item, None if is_blank else _item(text, line, kind, people)
        if item is not None and open_block and last and _goes_on(text, last, item, kind):
            open_block = _longer(open_block, item.end)
            continue
        if open_block:
            yield open_block
            open_block = None
        if item is None:
            place.heading, place.about = "", _kept(place.about, last)
        elif item.is_heading:
            _enter(place, item)
        else:
            if (
                last is None
                or last.is_heading
                or item.is_marked
                or item.label
                or kind == SourceKind.RESUME
                or item.about is not None
            ):
                part += 1
            if item.is_marked and item.mark == place.mark:
                place.about = None
            about = place.about if item.about is None else item.about
            heading = item.label or place.heading or place.section
            open_block = Block(item.start, item.end, part, speaker, heading, about)
            if item.about is not None:
                place.about, place.mark = item.about, item.mark
    if open_block:
        yield open_block


def _kept(about: int | None, last: _Item | None) -> int | None:
    """After a blank line, only a heading still says whom the following is about."""
    if last is None or last.is_heading:
        return about
    return None


def _enter(place: _Place, item: _Item) -> None:
    if item.about is not None:
        place.about, place.mark = item.about, ""
    if item.is_section:
        place.section, place.heading = item.label, ""
    else:
        place.heading = item.label


def _longer(block: Block, end: int) -> Block:
    return Block(block.start, end, block.part, block.speaker, block.heading, block.about)


def _item(text: str, line: Line, kind: SourceKind, people: Sequence[str]) -> _Item:
    start, end = line.start, line.end
    mark = _MARK.match(text, start, end)
    while mark is not None and mark.end() < end:
        start = mark.end()
        mark = _MARK.match(text, start, end)
    is_marked = start > line.start
    mark_of = text[line.start : start].strip(" \t0123456789")
    if bracketed := _BRACKETED.match(text, start, end):
        is_whole = bracketed.end() >= end or not text[bracketed.end() : end].strip(
            " \t*\u2605\u2606/0123456789"
        )
        said = words.plain(bracketed["label"])
        return _Item(start, end, words.sections().get(said, said), None, mark_of, is_whole)
    bare = text[start:end].strip(" *_#=[]:-\u2013\u2014~|")
    section = _section(bare, kind, is_marked=is_marked)
    if section is not None and (kind != SourceKind.NOTE or len(bare.split()) > 1 or bare.isupper()):
        return _Item(start, end, section, None, mark_of, is_heading=True, is_section=True)
    whom = _named(text, start, end, people)
    if whom is not None:
        about, begin = whom
        return _Item(min(begin, end), end, "", about, mark_of, is_heading=begin >= end)
    label = _label(text, start, end, kind, is_marked=is_marked)
    if label is not None:
        said, after = label
        if text[start] == "|":
            start, end = after, end - (text[end - 1] == "|")
        return _Item(start, end, said, None, mark_of, is_heading=after >= end)
    return _Item(start, end, "", None, mark_of)


def _section(bare: str, kind: SourceKind, *, is_marked: bool) -> str | None:
    """The part of a résumé that a line begins."""
    if len(bare) > 60:
        return None
    if kind == SourceKind.RESUME and not is_marked and not re.search(r"[\d,.@|(]", bare):
        return words.section_of(words.plain(bare))
    return words.sections().get(words.plain(bare))


def _named(text: str, start: int, end: int, people: Sequence[str]) -> tuple[int, int] | None:
    """Whom of several people a line is about that begins with a name, and where it goes on."""
    if len(people) < 2:
        return None
    opening = text[start : min(end, start + 60)]
    match = re.match(r"[*_]{0,2}((?:[^\W\d_][\w'\u2019.-]*[ \t]?){1,4})[*_]{0,2}", opening)
    if match is None:
        return None
    ends = [word.end() for word in re.finditer(r"\S+", match[1])]
    for end_of_name in reversed(ends):
        # Of a table, tabs stand between the words.
        name = " ".join(match[1][:end_of_name].split())
        begin = match.start(1) + end_of_name
        about = names.one_of(name.strip(".'\u2019"), people)
        follows = _AFTER_NAME.match(opening, begin) or opening[begin : begin + 2] in {"**", "__"}
        if about is not None and follows and name[0].isupper():
            after = re.match(r"[*_ \t]*(?P<colon>[:\uff1a]?)[*_]*[ \t]*", opening[begin:])
            assert after is not None
            behind = start + begin + after.end()
            return about, behind if after["colon"] or behind >= end else start
    return None


def _label(
    text: str, start: int, end: int, kind: SourceKind, *, is_marked: bool
) -> tuple[str, int] | None:
    match = (
        _LABEL.match(text, start, end)
        or _LEADER.match(text, start, end)
        or _ROW.match(text, start, end)
    )
    if match is None:
        return None
    said = words.plain(match["label"].partition("(")[0])
    if not said or len(said.split()) > _MOST_WORDS or any(one.isdigit() for one in said):
        return None
    section = words.sections().get(said)
    if kind == SourceKind.RESUME and section is not None:
        return section, match.end()
    if kind == SourceKind.RESUME and (is_marked or len(said.split()) > _MOST_IN_RESUMES):
        return None
    return said, match.end()


def _goes_on(text: str, last: _Item, item: _Item, kind: SourceKind) -> bool:
    """Whether a line goes on with the sentence of the line before, which was only wrapped."""
    if item.is_marked or item.label or item.is_heading or last.is_heading or item.about is not None:
        return False
    is_closed = last.is_marked or kind == SourceKind.RESUME
    return is_wrapped(
        text,
        Line(last.start, last.end),
        Line(item.start, item.end),
        from_length=_NEVER if is_closed else _WRAPPED_FROM,
    )
