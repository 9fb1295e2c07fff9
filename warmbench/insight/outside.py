"""Takes in what others than our extractors found in a text, as proposals for a person and no more.

Nothing here lifts anything, and nothing here is ever sure: whoever reads for us from outside can
be wrong, and can be talked into anything by the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from warmbench.core.deadlocks import gives_way
from warmbench.core.events import publish
from warmbench.insight import extraction, recording, taking_down, values
from warmbench.insight.found import OUTSIDE, Found, Reading
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Source, SourcePerson
from warmbench.insight.recording import HinderedError, InsightsRecorded
from warmbench.people import candidates
from warmbench.people.models import Candidate

#: How sure it may be: below what profiles (0.9) and check-ins (0.8) take over unconfirmed.
MOST_SURE = 0.75
#: A text in which there is more is read wrongly.
_MOST = 60


@dataclass(frozen=True, slots=True)
class Apart:
    """A text taken apart, with whom it is about and who of us may be named in it."""

    reading: Reading
    people: tuple[Candidate, ...]
    recruiters: tuple[str, ...]


def taken_apart(source_id: int) -> Apart | None:
    """The text as our own extractors were given it; None if it is gone or was not read by them."""
    source = Source.objects.select_related("author").filter(pk=source_id).first()
    if source is None or source.state != Source.State.READ:
        return None
    people = recording.people_of(source)
    if not people:
        return None
    reading = recording.apart(source, people)
    return Apart(reading, tuple(people), tuple(recording.our_names(source)))


@gives_way
@transaction.atomic
def add(
    source_id: int,
    apart: Apart,
    found: Iterable[Found],
    *,
    reader: str,
    version: str,
    now: datetime,
) -> list[int]:
    """Propose what somebody outside found in a text, and return the ids of what is new.

    ``reader`` names whoever read it. Whose word it is, and about whom, our own reading says. What
    anybody decided about a place in the text stays, and what is known there already is not
    proposed twice. Raises HinderedError if the text, or whom it is about, changed meanwhile.
    """
    ids = [one.pk for one in apart.people]
    # People before the text, as whoever erases them locks.
    there = {one.pk for one in candidates.lock(ids)}
    source = Source.objects.select_for_update(no_key=True).filter(pk=source_id).first()
    listed = SourcePerson.objects.filter(source_id=source_id).order_by("position", "pk")
    is_same = list(listed.values_list("candidate_id", flat=True)) == ids
    if source is None or not is_same or there != set(ids) or source.text != apart.reading.text:
        raise HinderedError("The text changed while it was read elsewhere.")
    proposals = _proposals(found, apart.reading, reader)
    new = taking_down.add(source, apart.reading, proposals, ids, now=now, version=version)
    if new:
        publish(
            InsightsRecorded(
                candidate_ids=sorted({one.candidate_id for one in new}),
                insight_ids=[one.pk for one in new],
                source_id=source_id,
            )
        )
    return [one.pk for one in new]


def _proposals(found: Iterable[Found], reading: Reading, reader: str) -> Sequence[Found]:
    ours = (_tamed(one, reader) for one in found)
    placed = (extraction.placed(one, reading) for one in ours if one is not None)
    return [one for one in placed if one is not None][:_MOST]


def _tamed(found: Found, reader: str) -> Found | None:
    """A find as far as it may count; None for a value that is none."""
    value = dict(found.value)
    if found.kind == Kind.STOP:
        if found.polarity != Polarity.REFUSES:
            return None
        value["tier"] = "pause"
    try:
        value = values.check(found.kind, value)
    except values.InvalidValueError:
        return None
    sure = min(found.confidence, MOST_SURE)
    return replace(found, value=value, confidence=sure, extractor=f"{OUTSIDE}{reader}"[:60])
