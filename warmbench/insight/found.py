"""What extractors are given, and what they find: the one interface that all of them keep."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker

#: How the names of whoever reads for us from outside begin, among those of extractors.
OUTSIDE = "model."


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or an item of a list, as it stands in the text."""

    #: Where it stands: ``text == document.text[start:end]``.
    start: int
    end: int
    text: str
    speaker: Speaker
    #: Whom it concerns, as an index into ``Reading.people``: 0 is the main person.
    about: int = 0
    #: The number of the turn, paragraph or item that it belongs to.
    part: int = 0
    #: The heading or label above or before it, in lower case: “salary”, “experience”, …
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that is taken apart, ready to be read by extractors."""

    text: str
    kind: SourceKind
    #: The day on which it was said: what “next month” is counted from.
    said_on: date
    language: str
    #: Names of the candidates that it concerns, the main one first. May be empty.
    people: tuple[str, ...]
    #: What may be read, in the order of the text: no quoted mails, signatures or footers.
    units: tuple[Unit, ...]
    #: The country of a person or workspace for what is not said otherwise (“$”, “01/02”), or "".
    country: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One fact, where it stands, and how sure that is."""

    kind: Kind
    value: dict[str, Any]
    polarity: Polarity
    #: The quote is ``reading.text[start:end]``.
    start: int
    end: int
    #: From 0 to 1: the share of such finds that are right.
    confidence: float
    #: Names the rule or model, for whoever looks into a mistake.
    extractor: str
    valid_from: date | None = None
    valid_until: date | None = None
    #: Set by the pipeline from the unit in which it starts.
    speaker: Speaker = Speaker.OTHER
    about: int = 0


Extractor = Callable[[Reading], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from a document."""

    reading: Reading
    found: tuple[Found, ...] = field(default=())
