"""Tells what people decided about facts, without names: what extractors are taught and tried by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from warmbench.accounts.models import User
from warmbench.core.logs import redacted
from warmbench.insight.kinds import Kind
from warmbench.insight.models import Insight

#: Characters of the text before and after a quote.
AROUND = 200
_BATCH = 500
#: What they say is a name.
_NAMES = frozenset({Kind.REFERRAL})
_GONE = "…"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One decision, with the words that it is about."""

    kind: str
    polarity: str
    value: dict[str, Any]
    #: ``confirmed``, ``rejected`` or ``corrected``.
    verdict: str
    #: What it is in truth, of one that was corrected.
    correction: dict[str, Any] | None
    before: str
    quote: str
    after: str
    speaker: str
    source_kind: str
    language: str
    extractor: str
    version: str
    confidence: float


def lessons() -> Iterator[Lesson]:
    """What people decided about facts as they were read, in the order of the facts. Whom a text is
    about, and our own people, are not named in it, nor is an address or a number."""
    ours = list(User.objects.values_list("name", flat=True))
    decided = Insight.objects.filter(corrects=None, decided_at__isnull=False)
    decided = decided.exclude(kind__in=_NAMES).select_related("source")
    last = 0
    while rows := list(decided.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = rows[-1].pk
        corrections = Insight.objects.filter(corrects__in=[row.pk for row in rows])
        values = dict(corrections.values_list("corrects_id", "value"))
        for row in rows:
            yield _lesson(row, values.get(row.pk), ours)


def _lesson(row: Insight, correction: dict[str, Any] | None, ours: list[str]) -> Lesson:
    people = row.source.people.select_related("candidate")
    names = [*ours, row.source.author_name]
    for person in people:
        names += [person.candidate.first_name, person.candidate.last_name]
    hidden = _pattern(names)

    def plain(text: str) -> str:
        return redacted(hidden.sub(_GONE, text) if hidden else text)

    text = row.source.text
    rejected = row.state == Insight.State.REJECTED
    return Lesson(
        kind=row.kind,
        polarity=row.polarity,
        value=row.value,
        verdict="corrected" if correction is not None else "rejected" if rejected else "confirmed",
        correction=correction,
        before=plain(text[max(0, row.start - AROUND) : row.start]),
        quote=plain(row.quote),
        after=plain(text[row.end : row.end + AROUND]),
        speaker=row.speaker,
        source_kind=row.source.kind,
        language=row.source.language,
        extractor=row.extractor,
        version=row.version,
        confidence=row.confidence,
    )


def _pattern(names: list[str]) -> re.Pattern[str] | None:
    parts = {part for name in names for part in name.split() if len(part) > 1}
    if not parts:
        return None
    listed = "|".join(map(re.escape, sorted(parts, key=lambda part: (-len(part), part))))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
