"""Reads uploaded notes, transcripts and résumés into the text that facts point into."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warmbench.core import documents
from warmbench.insight import reading as readings
from warmbench.insight.found import Reading
from warmbench.insight.kinds import SourceKind


@dataclass(frozen=True, slots=True)
class Document:
    """A file's words."""

    text: str
    #: What it looks like, for who does not say.
    kind: SourceKind


def read(name: str, raw: bytes) -> Document:
    """The words of a file. Raises documents.UnreadableError with what to do about it."""
    if name.endswith((".pdf", ".docx")):
        return Document(documents.read(name, raw), SourceKind.RESUME)
    return Document(raw.decode("utf-8-sig"), SourceKind.NOTE)


def reading_of(
    document: Document,
    *,
    kind: SourceKind,
    said_on: date,
    people: Sequence[str] = (),
    recruiters: Sequence[str] = (),
    language: str = "",
    country: str = "",
) -> Reading:
    """The document in units, ready for extractors."""
    return readings.read(
        document.text,
        kind=kind,
        said_on=said_on,
        people=people,
        recruiters=recruiters,
        language=language,
        country=country,
    )
