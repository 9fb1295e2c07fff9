"""Takes a text apart: who speaks, about whom, sentence by sentence."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from warmbench.insight.found import Reading, Unit
from warmbench.insight.kinds import SourceKind, Speaker

_LABEL = re.compile(r"(?:\[[\d:.]+\]\s*)?(?P<who>[A-Z][\w .'-]{0,40}):\s")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")


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
    """The text in units, ready for extractors."""
    units = tuple(_units(text, kind, people, recruiters))
    return Reading(text, kind, said_on, language or "en", tuple(people), units, country)


def _units(
    text: str, kind: SourceKind, people: Sequence[str], recruiters: Sequence[str]
) -> Iterator[Unit]:
    usual = {
        SourceKind.EMAIL: Speaker.CANDIDATE,
        SourceKind.RESUME: Speaker.CANDIDATE,
        SourceKind.DEBRIEF: Speaker.MANAGER,
    }.get(kind, Speaker.RECRUITER)
    position = 0
    for part, line in enumerate(text.splitlines(keepends=True)):
        speaker, start = usual, 0
        if kind == SourceKind.TRANSCRIPT and (label := _LABEL.match(line)):
            who, start = label["who"], label.end()
            hers = any(who in name or name in who for name in people) or who == "Candidate"
            speaker = Speaker.CANDIDATE if hers else Speaker.RECRUITER
        for sentence in _SENTENCE.finditer(line, start):
            words = sentence[0].strip()
            if words:
                at = position + sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
                yield Unit(at, at + len(words), words, speaker, part=part)
        position += len(line)
