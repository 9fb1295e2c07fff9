"""Texts and readers for tests about what conversations say, apart from the real extractors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tests.make import NOW
from warmbench.insight import recording
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.models import Insight, Source
from warmbench.people.models import Candidate

#: On which day everything is said, unless a test says otherwise.
TODAY = NOW.date()
Reader = Callable[[Reading], Sequence[Found]]


def fact(
    words: str,
    kind: Kind,
    value: Mapping[str, Any],
    polarity: Polarity = Polarity.HAD,
    **more: Any,
) -> dict[str, Any]:
    """What a reader finds wherever these words stand."""
    found = {"words": words, "kind": kind, "value": dict(value), "polarity": polarity}
    return found | {"confidence": 0.95, "speaker": Speaker.CANDIDATE} | more


def reader(*facts: Mapping[str, Any]) -> Reader:
    """A reader that finds these facts, and nothing else."""

    def every(reading: Reading) -> Iterator[Found]:
        for one in facts:
            said = dict(one)
            words = said.pop("words")
            start = reading.text.find(words)
            if start >= 0:
                found = Found(
                    kind=said.pop("kind"),
                    value=said.pop("value"),
                    polarity=said.pop("polarity"),
                    start=start,
                    end=start + len(words),
                    confidence=said.pop("confidence"),
                    extractor="test",
                )
                yield replace(found, **said)

    return lambda reading: tuple(every(reading))


def keep(text: str, *people: Candidate, **fields: Any) -> Source:
    """A note about these people that was kept."""
    given: dict[str, Any] = {
        "kind": SourceKind.NOTE,
        "said_on": NOW.date(),
        "basis": Source.Basis.CONVERSATION,
        "origin": "test",
        "now": NOW,
    }
    given |= fields
    return recording.keep(text, people_ids=[one.pk for one in people], **given)


def note(
    *facts: Mapping[str, Any],
    about: Candidate,
    on: date = TODAY,
    now: datetime = NOW,
    **fields: Any,
) -> list[Insight]:
    """The facts of a note in which nothing else stands, once it was read."""
    text = ". ".join(str(one["words"]) for one in facts)
    source = keep(text, about, said_on=on, now=now, **fields)
    recording.read(source.pk, now=now, extract=reader(*facts))
    return list(Insight.objects.filter(source=source).order_by("pk"))
