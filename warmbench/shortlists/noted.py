"""The words of comparing snapshots: what a source says, what is kept of it, what is a change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

#: Whose word it is: the lower counts more.
CONFIRMED, OWN_WORD, NOTE, RECORD, HEARSAY, OUTSIDE = range(6)
#: Of each, how much of a change is believed.
BELIEVED = {CONFIRMED: 1.0, OWN_WORD: 1.0, NOTE: 0.9, RECORD: 0.85, HEARSAY: 0.5, OUTSIDE: 0.4}
#: So long after we first heard of somebody we get to know them.
ACQUAINTED = timedelta(days=45)
#: Sentences are no longer.
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a source says of somebody.

    ``aspect`` is one of ``title``, ``level``, ``employer``, ``left``, ``scope``, ``skill``,
    ``domain``, ``achievement``, ``wish`` and ``day``; ``topic`` tells several of an aspect apart.
    """

    aspect: str
    value: Any
    topic: str = ""
    #: The day for which it is said; None: the source does not say it, as a file of an ATS.
    on: date | None = None
    rank: int = RECORD
    #: Where it comes from: "note", "ATS". Says the same again without a date: nothing new.
    source: str = ""
    quote: str = ""
    insight_id: int | None = None
    #: Of an employer: since when they work there.
    since: date | None = None
    #: A guess, or what was read with little certainty: it waits.
    weak: bool = False
    #: Whether the words themselves say that it is new: "just certified in Rust".
    is_news: bool = False

    @property
    def day(self) -> date:
        """The day for which it is said, of a word that has one."""
        assert self.on is not None
        return self.on


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is other than before."""

    #: Of ``models.Change.Kind``.
    kind: str
    #: The same change has the same key, whoever tells it.
    key: str
    before: Any
    after: Any
    #: In one sentence, without a name: "Is now Senior Engineer (before: Engineer)."
    sentence: str
    on_day: date
    #: 0 to 1: how much it is, whoever looks.
    materiality: float
    quote: str = ""
    insight_id: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is known only that something changed, and not to what."""
        return self.after is None


@dataclass(slots=True)
class Slots:
    """What is kept of somebody, being held against what is said now."""

    body: dict[str, Any]
    today: date
    #: Nothing was known before: all of it is taken in, and none is a change.
    is_first: bool
    #: Since when we look: what was so before is no change either.
    begun: date

    def dated(self, word: Word) -> Word | None:
        """The word with its day. Of a source that names none it is the day on which we saw the
        source say something else than before; None where it says what it said all along."""
        if word.on is not None:
            return word
        heard = self.body.setdefault("heard", {})
        mark = f"{word.source}/{word.aspect}/{word.topic}"
        if heard.get(mark) == word.value:
            return None
        heard[mark] = word.value
        return replace(word, on=self.today)

    def is_new(self, word: Word) -> bool:
        """Whether we are still getting to know them: what is heard of for the first time then is no
        news."""
        return self.is_first or (word.day < self.begun + ACQUAINTED and not word.is_news)

    def single(self, name: str) -> dict[str, Any] | None:
        """What is known where one thing is: title, employer, a wish."""
        found = self.body.get(name)
        return found if isinstance(found, dict) and "is" in found else None


def overtakes(word: Word, kept: Mapping[str, Any]) -> bool:
    """Whether a word that says something else than what is known takes its place: said later, or
    on the same day by somebody whose word counts more."""
    on = date.fromisoformat(kept["on"])
    return word.day > on or (word.day == on and word.rank < kept["rank"])


def kept(value: Any, word: Word, **more: Any) -> dict[str, Any]:
    """How one thing that is known is kept."""
    said = {"is": value, "on": word.day.isoformat(), "rank": word.rank, "past": []}
    return said | {"insight": word.insight_id, "was": None} | more


def was(slot: Mapping[str, Any]) -> dict[str, Any]:
    """What was known, as it is kept beside what is known instead: that may turn out to be wrong."""
    return dict(slot) | {"was": None}


def refresh(slot: dict[str, Any], word: Word) -> None:
    """Note that what is known was said again."""
    if word.day.isoformat() >= slot["on"]:
        slot["on"] = word.day.isoformat()
        slot["rank"] = min(slot["rank"], word.rank)


def found(
    kind: str, key: str, before: Any, after: Any, sentence: str, word: Word, materiality: float
) -> Found:
    """A change that a word tells."""
    return Found(
        kind=kind,
        key=key[:200],
        before=before,
        after=after,
        sentence=sentence[:LONGEST],
        on_day=word.day,
        materiality=round(min(1.0, materiality) * BELIEVED[word.rank], 3),
        quote=word.quote,
        insight_id=word.insight_id,
    )
