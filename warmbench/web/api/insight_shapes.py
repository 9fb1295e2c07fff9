"""What programs send and get about texts and the facts in them, as the API documents them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from warmbench.insight import recording
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.models import Insight, Source
from warmbench.web.api.paging import Day, Next, Number, Since, Typed
from warmbench.web.api.shapes import Strict

Id = Annotated[int, Field(ge=1, le=2**62)]
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    Field(
        description="The recruiter who says so: one who may change the candidate.",
        examples=["alice@example.com"],
    ),
]


class InsightFilter(Schema):
    """Which facts are listed; all of what is given must be so."""

    candidate_id: Number | None = None
    source_id: Number | None = None
    kind: Kind | None = None
    topic: Typed = ""
    polarity: Polarity | None = None
    state: Insight.State | None = None
    since: Since | None = None


class InsightOut(Schema):
    """One fact about a candidate, with the words that it was read from."""

    id: int
    candidate_id: int
    source_id: int
    kind: Kind
    topic: str
    polarity: Polarity
    value: Annotated[dict[str, Any], Field(description="In the format of docs/reference/insights.")]
    speaker: Speaker
    quote: str
    start: Annotated[int, Field(description="Where the quote begins in the text, in characters.")]
    end: int
    said_on: date
    confidence: float
    extractor: str
    version: str
    amount: Annotated[Decimal | None, Field(description="A year's pay, days of notice, years, …")]
    on_day: date | None
    tag: str
    state: Insight.State
    decided_by_email: str
    decided_at: datetime | None
    superseded_by_id: int | None
    corrects_id: int | None
    noted_at: datetime


class InsightPage(Schema):
    """Some facts, in the order in which they were noted."""

    items: list[InsightOut]
    next: Next


class FoundOut(Schema):
    """Somebody who was found, and what shows it."""

    candidate_id: int
    insights: list[InsightOut]


class Counted(Schema):
    """How many of the first people found have such a fact."""

    kind: str
    topic: str
    people: int


class FoundPage(Schema):
    """Some of the people who were found, those spoken of last first."""

    items: list[FoundOut]
    next: Next
    total: Annotated[int | None, Field(description="On the first page alone.")]
    counts: Annotated[list[Counted], Field(description="On the first page alone.")]


class SourceOut(Schema):
    """A text that was kept."""

    id: int
    candidate_ids: list[int]
    kind: SourceKind
    title: str
    basis: Source.Basis
    said_on: date
    author: str
    state: Source.State
    trouble: str
    added_at: datetime
    text: Annotated[str | None, Field(description="Null in lists.")]


class SourcePage(Schema):
    """Some texts, in the order in which they came."""

    items: list[SourceOut]
    next: Next


class NewSource(Strict):
    """A text to be kept and read."""

    candidate_ids: Annotated[
        list[Id],
        Field(min_length=1, max_length=20, description="Whom it concerns, the main one first."),
    ]
    kind: SourceKind
    text: Annotated[str, StringConstraints(min_length=1, max_length=recording.MOST)]
    said_on: Annotated[Day, Field(description="The day on which it was said or written.")]
    basis: Annotated[Source.Basis, Field(description="On what ground it is kept.")]
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    language: Annotated[str, StringConstraints(pattern="^([a-z]{2})?$")] = ""
    role_ids: Annotated[list[Id], Field(max_length=20)] = []
    author_email: Annotated[
        str, StringConstraints(max_length=254), Field(description="Blank: the key's name.")
    ] = ""
    external_id: Annotated[
        str,
        StringConstraints(max_length=120),
        Field(description="What it is called with you. Under the same one it is kept once."),
    ] = ""


class Decision(Strict):
    """Who decides."""

    by_email: Email


class Correction(Decision):
    """What a fact says in truth."""

    value: Annotated[
        dict[str, Any],
        Field(
            max_length=6,
            description="The whole value, in the format of docs/reference/insights.",
            examples=[{"what": "target", "low": 95000, "currency": "EUR"}],
        ),
    ]
    polarity: Polarity | None = None


def insight_out(one: Insight) -> InsightOut:
    """A fact as programs get it."""
    return InsightOut(
        id=one.pk,
        candidate_id=one.candidate_id,
        source_id=one.source_id,
        kind=Kind(one.kind),
        topic=one.topic,
        polarity=Polarity(one.polarity),
        value=one.value,
        speaker=Speaker(one.speaker),
        quote=one.quote,
        start=one.start,
        end=one.end,
        said_on=one.said_on,
        confidence=one.confidence,
        extractor=one.extractor,
        version=one.version,
        amount=one.amount,
        on_day=one.on_day,
        tag=one.tag.name if one.tag else "",
        state=Insight.State(one.state),
        decided_by_email=one.decided_by.email if one.decided_by else "",
        decided_at=one.decided_at,
        superseded_by_id=one.superseded_by_id,
        corrects_id=one.corrects_id,
        noted_at=one.at,
    )


def source_out(one: Source, *, with_words: bool = False) -> SourceOut:
    """A text as programs get it."""
    people = sorted(one.people.all(), key=lambda person: (person.position, person.pk))
    return SourceOut(
        id=one.pk,
        candidate_ids=[person.candidate_id for person in people],
        kind=SourceKind(one.kind),
        title=one.title,
        basis=Source.Basis(one.basis),
        said_on=one.said_on,
        author=one.author.name if one.author else one.author_name,
        state=Source.State(one.state),
        trouble=one.trouble,
        added_at=one.added_at,
        text=one.text if with_words else None,
    )
