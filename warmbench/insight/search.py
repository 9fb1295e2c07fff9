"""Finds people by what conversations say of them: kinds of facts, values, words in quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from warmbench.insight.ageing import Age
from warmbench.insight.models import Insight

#: People on one page.
PAGE = 50
#: Among so many people that were found, the newest, facts are counted.
COUNTED = 2000


@dataclass(frozen=True, slots=True)
class Facet:
    """One condition: a fact of this kind that says so. What is left out is any."""

    kind: str
    #: What it is about, as ``slots.topic`` writes it: ``python``, ``berlin``, ``remote``.
    topic: str = ""
    #: In one of these senses.
    polarities: tuple[str, ...] = ()
    #: A year's pay, days of notice, years, people: no more, and no less, than this.
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    #: A start or an event no later than this.
    by_day: date | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What people are searched by: those of whom all of it is true."""

    facets: tuple[Facet, ...] = ()
    #: Words, or the beginnings of words, in one quote of them.
    words: tuple[str, ...] = ()
    states: tuple[str, ...] = (Insight.State.PROPOSED, Insight.State.CONFIRMED)
    age: Age | None = None
    #: Of one recruiter's people alone.
    owner_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not (self.facets or self.words)


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found, and the facts that show it."""

    candidate_id: int
    insight_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the people, those spoken of last first."""

    hits: Sequence[Hit]
    #: What to ask with for those that follow; blank at the end.
    next: str = ""
    #: By kind and topic, how many of the people found have such a fact.
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)


def find(query: Query, *, now: datetime, after: str = "", limit: int = PAGE) -> Page:
    """The people of whom all of this is true, a page of them, with what shows it."""
    raise NotImplementedError


def parse(text: str, *, today: date) -> Query:
    """What a line of text asks for: “FP&A managers who want remote and can start by March”."""
    raise NotImplementedError
