"""Takes a text apart: who speaks, about whom, sentence by sentence."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from warmbench.insight.found import Reading, Unit
from warmbench.insight.kinds import SourceKind, Speaker
from warmbench.insight.reading import concerned, letters, names, paragraphs, sentences, turns
from warmbench.insight.reading.blocks import Block, Line, lines_of
from warmbench.insight.reading.languages import language_of

#: Whoever speaks of “the client” in what they heard after an interview works for an agency.
_CLIENT = re.compile(
    r"\b(?:client|klient|mandant\w*|kunden?|cliente|klant|opdrachtgever)\b", re.IGNORECASE
)
_OPENING = 300


def read(
    text: str,
    *,
    kind: SourceKind,
    said_on: date,
    people: Sequence[str] = (),
    recruiters: Sequence[str] = (),
    language: str = "",
    country: str = "",
) -> Reading:
    """The text in units, ready for extractors. Takes time in proportion to its length."""
    lines = list(lines_of(text))
    people, recruiters = tuple(people), tuple(recruiters)
    blocks = list(_blocks(text, lines, kind, people, recruiters))
    finders = names.patterns(people) if len(people) > 1 else ()
    units, fixed = [], []
    for block in blocks:
        for start, end in _cut(text, block, finders):
            words = text[start:end]
            if any(letter.isalnum() for letter in words):
                units.append(
                    Unit(
                        start,
                        end,
                        words,
                        block.speaker,
                        about=block.about or 0,
                        part=block.part,
                        heading=block.heading,
                    )
                )
                fixed.append(block.about)
    if kind in {SourceKind.NOTE, SourceKind.DEBRIEF}:
        units = list(concerned.attributed(units, fixed, people))
    return Reading(
        text, kind, said_on, language or language_of(text), people, tuple(units), country
    )


def _cut(
    text: str, block: Block, finders: Sequence[re.Pattern[str] | None]
) -> Iterator[tuple[int, int]]:
    """The sentences of a block. Of those on several people, what is on each of them."""
    for start, end in sentences.cut(text, block.start, block.end):
        yield from concerned.cut(text, start, end, finders)


def _blocks(
    text: str,
    lines: list[Line],
    kind: SourceKind,
    people: tuple[str, ...],
    recruiters: tuple[str, ...],
) -> Iterator[Block]:
    match kind:
        case SourceKind.TRANSCRIPT:
            yield from turns.blocks(text, lines, people, recruiters)
        case SourceKind.EMAIL:
            lines, sender = letters.own_lines(text, lines)
            speaker, about = letters.writer(sender, people, recruiters)
            for block in paragraphs.blocks(text, lines, kind=kind, people=(), speaker=speaker):
                yield Block(block.start, block.end, block.part, speaker, block.heading, about=about)
        case SourceKind.RESUME:
            yield from paragraphs.blocks(
                text, lines, kind=kind, people=people[:1], speaker=Speaker.CANDIDATE
            )
        case SourceKind.NOTE:
            yield from _noted(text, lines, people, recruiters)
        case SourceKind.DEBRIEF:
            speaker = Speaker.RECRUITER if _CLIENT.search(text[:_OPENING]) else Speaker.MANAGER
            yield from paragraphs.blocks(text, lines, kind=kind, people=people, speaker=speaker)


def _noted(
    text: str, lines: list[Line], people: tuple[str, ...], recruiters: tuple[str, ...]
) -> Iterator[Block]:
    """The paragraphs of a note, and the turns of an exchange of messages that is pasted into it."""
    first, after = turns.thread(text, lines, people, recruiters) or (len(lines), len(lines))
    part = -1
    for stretch, is_thread in (
        (lines[:first], False),
        (lines[first:after], True),
        (lines[after:], False),
    ):
        found = (
            turns.blocks(text, stretch, people, recruiters)
            if is_thread
            else paragraphs.blocks(
                text, stretch, kind=SourceKind.NOTE, people=people, speaker=Speaker.RECRUITER
            )
        )
        shift = part + 1
        for block in found:
            part = block.part + shift
            speaker = block.speaker
            if is_thread and speaker != Speaker.CANDIDATE:
                # What we wrote there is of the role, or a question: nothing is read in it.
                speaker = Speaker.OTHER
            yield Block(block.start, block.end, part, speaker, block.heading, block.about)
