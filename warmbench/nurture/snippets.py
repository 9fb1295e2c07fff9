"""Keeps market notes: a sentence or two for check-ins to say, dated, by specialty, never stale."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from warmbench.core import audit, languages
from warmbench.nurture import topics
from warmbench.nurture.models import MarketSnippet
from warmbench.nurture.readers import Reader
from warmbench.nurture.topics import Topics
from warmbench.people.models import Tag

State = MarketSnippet.State

#: What comes with Warmbench.
SHIPPED = Path(__file__).parent / "data" / "snippets.yaml"
#: How long a note is said unless somebody decides otherwise, and how long at most: what the market
#: did a year ago is no news.
USUAL, LONGEST = timedelta(days=120), timedelta(days=366)
#: So long before it expires somebody should write the next one.
SOON = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Draft:
    """A market note as somebody enters it."""

    topic_id: int | None
    language: str
    text: str
    state: str
    expires_on: date


class UnfitError(ValueError):
    """A note that cannot be used: one sentence for its author."""


@dataclass(frozen=True)
class Rack:
    """The notes that may be said today."""

    notes: dict[tuple[int | None, str], list[str]]
    topics: Topics

    def choose(self, reader: Reader, *, had: Collection[str]) -> str:
        """The note closest to her work that no check-in of hers said yet; where there is none but
        such, the closest of those. In her language, or else in English. Blank if there is none."""
        told = list(self._for(reader))
        return next((one for one in told if one not in had), told[0] if told else "")

    def _for(self, reader: Reader) -> Iterator[str]:
        path = [*self._path(reader), None]
        for language in dict.fromkeys((reader.language, languages.FALLBACK)):
            for topic in path:
                yield from self.notes.get((topic, language), ())

    def _path(self, reader: Reader) -> list[int]:
        kinds = self.topics.kinds
        others = [tag for tag in reader.tags if kinds.get(tag) == Tag.Kind.SPECIALTY]
        specialties = dict.fromkeys((*reader.primary_specialties, *others))
        # The first specialty up to its category, before the next one.
        return list(
            dict.fromkeys(
                topic
                for specialty in specialties
                for topic in self.topics.path(specialty, reader.tags)
            )
        )


def rack(*, today: date) -> Rack:
    """What may be said today: live, not expired; the newest of a topic first."""
    live = MarketSnippet.objects.filter(state=State.LIVE, expires_on__gt=today)
    notes: defaultdict[tuple[int | None, str], list[str]] = defaultdict(list)
    for topic_id, language, text in live.order_by("-written_on", "-pk").values_list(
        "topic_id", "language", "text"
    ):
        notes[topic_id, language].append(text)
    return Rack(dict(notes), topics.load())


@transaction.atomic
def create(draft: Draft, *, by_id: int | None, now: datetime) -> MarketSnippet:
    """Keep a new note. Raises UnfitError."""
    text = _checked(draft, written_on=now.date())
    made = MarketSnippet.objects.create(
        topic_id=draft.topic_id,
        language=draft.language,
        text=text,
        owner_id=by_id,
        state=draft.state,
        written_on=now.date(),
        expires_on=draft.expires_on,
    )
    _record("snippet.created", made, by_id=by_id, now=now)
    return made


@transaction.atomic
def edit(snippet_id: int, draft: Draft, *, by_id: int | None, now: datetime) -> bool:
    """Change a note. New words are dated anew. What is queued keeps the old ones. Returns whether
    anything was different. Raises UnfitError."""
    found = MarketSnippet.objects.select_for_update(no_key=True).get(pk=snippet_id)
    is_new = " ".join(draft.text.split()) != found.text
    written_on = now.date() if is_new else found.written_on
    values: dict[str, Any] = {
        "topic_id": draft.topic_id,
        "language": draft.language,
        "text": _checked(draft, written_on=written_on),
        "state": draft.state,
        "written_on": written_on,
        "expires_on": draft.expires_on,
    }
    if all(getattr(found, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))
    _record("snippet.edited", found, by_id=by_id, now=now)
    return True


@transaction.atomic
def retire(snippet_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let no check-in say it any more. Returns whether one could."""
    return _set_state(snippet_id, State.RETIRED, "snippet.retired", by_id=by_id, now=now)


@transaction.atomic
def restore(snippet_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a retired note be said again. Returns whether it was retired."""
    return _set_state(snippet_id, State.LIVE, "snippet.restored", by_id=by_id, now=now)


@transaction.atomic
def load(path: Path, *, now: datetime, written_on: date | None = None) -> int:
    """Store the notes of a YAML file that are not there yet. Returns how many that were.

    They are as old as the file says, or as ``written_on`` where somebody knows better, and expire
    by that. Notes of topics that the tag tree does not have are left out.
    """
    file = yaml.safe_load(path.read_text(encoding="utf-8"))
    since: date = written_on or file["written"]
    known = set(MarketSnippet.objects.values_list("text", flat=True))
    tags = Tag.objects.filter(kind__in=[Tag.Kind.CATEGORY, Tag.Kind.SPECIALTY], retired_at=None)
    by_name = {tag.name: tag.pk for tag in tags}
    made = [
        MarketSnippet(
            topic_id=by_name.get(topic),
            text=text,
            state=State.LIVE,
            written_on=since,
            expires_on=since + timedelta(days=file["days"]),
        )
        for topic, texts in file["notes"].items()
        for text in (" ".join(one.split()) for one in texts)
        if text not in known and (topic == "everybody" or topic in by_name)
    ]
    MarketSnippet.objects.bulk_create(made)
    if made:
        detail: dict[str, object] = {"count": len(made)}
        audit.record(None, "snippets.loaded", "snippet:0", now=now, detail=detail)
    return len(made)


def _set_state(
    snippet_id: int, state: MarketSnippet.State, action: str, *, by_id: int | None, now: datetime
) -> bool:
    found = MarketSnippet.objects.select_for_update(no_key=True).get(pk=snippet_id)
    if (state == State.RETIRED) == (found.state == State.RETIRED):
        return False
    found.state = state
    found.save(update_fields=["state"])
    _record(action, found, by_id=by_id, now=now)
    return True


def _checked(draft: Draft, *, written_on: date) -> str:
    text = " ".join(draft.text.split())
    if not any(each.isalnum() for each in text):
        raise UnfitError("Write a sentence or two.")
    if "{{" in text or "{%" in text:
        raise UnfitError("A note is plain text: it stands in the letter as it is.")
    if text[-1] not in ".!?…":
        raise UnfitError("End with a full stop: the next sentence of the letter follows.")
    if draft.expires_on - written_on > LONGEST:
        raise UnfitError("It has to expire within a year: nothing ages faster.")
    return text


def _record(action: str, snippet: MarketSnippet, *, by_id: int | None, now: datetime) -> None:
    detail: dict[str, object] = {"state": snippet.state, "expires_on": str(snippet.expires_on)}
    audit.record(by_id, action, f"snippet:{snippet.pk}", now=now, detail=detail)
