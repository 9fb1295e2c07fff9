"""Keeps texts in which people are spoken of, and has them read: stored first, understood then."""

import logging
import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from warmbench.accounts.models import Organisation, User
from warmbench.core import audit
from warmbench.core.deadlocks import gives_way
from warmbench.core.events import Event, publish
from warmbench.core.fence import attempt
from warmbench.insight import extraction, reading, settling, taking_down
from warmbench.insight.deciding import InsightsDecided
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import SourceKind
from warmbench.insight.models import Source, SourcePerson
from warmbench.people import candidates, merged
from warmbench.people.models import Candidate

logger = logging.getLogger(__name__)

Basis, State = Source.Basis, Source.State
#: Longer texts are no conversations.
MOST = 400_000
#: Texts of so many characters may be read while somebody waits; longer ones are a job's.
AT_ONCE = 20_000
#: Older than anything that anybody still writes down.
OLDEST = timedelta(days=60 * 365)
#: It may be tomorrow already where it was said.
_AHEAD = timedelta(days=2)
_TRIES = 5
#: The innermost calls, which tell what failed.
_FRAMES = 5
_TROUBLE = "It could not be read. What it says is kept, and nothing was noted from it."

Extract = Callable[[Reading], Sequence[Found]]


class NotKeptError(ValueError):
    """A text cannot be kept: one sentence on why, for whoever brought it."""


class HinderedError(RuntimeError):
    """Others kept working on the same people. Nothing was noted; try again later."""


class _OthersError(Exception):
    """The people whom a text concerns are others than a moment ago."""


@dataclass(frozen=True, kw_only=True)
class SourceKept(Event):
    """A text about people was stored, and waits to be read."""

    source_id: int


@dataclass(frozen=True, kw_only=True)
class InsightsRecorded(Event):
    """A text was read: these facts about these people are new."""

    candidate_ids: list[int]
    insight_ids: list[int]
    source_id: int


@transaction.atomic
def keep(  # noqa: PLR0913 - each is one thing to be kept beside the words
    text: str,
    *,
    kind: SourceKind,
    said_on: date,
    basis: Source.Basis,
    people_ids: Sequence[int],
    origin: str,
    now: datetime,
    title: str = "",
    role_ids: Collection[int] = (),
    author_id: int | None = None,
    author_name: str = "",
    origin_id: str = "",
    language: str = "",
) -> Source:
    """Store a text as it came, with whom it concerns, the main one first. It is read by a job, or
    at once by ``read``.

    Kept again under the same ``origin`` and ``origin_id``, or without the latter in the same words
    (``kept``), it is the first one, unchanged. Raises NotKeptError where there is no word in it, it
    is too long, or nobody is known whom it concerns.
    """
    text = text.replace("\0", " ")
    _check(text, said_on, now=now)
    people = _held(people_ids)
    if not people:
        raise NotKeptError("It is about nobody whom we know.")
    if not origin_id and (known := kept(text, kind=kind, said_on=said_on, people_ids=people)):
        return known
    made = Source(
        kind=kind,
        title=title[:200],
        text=text,
        language=language[:8],
        basis=basis,
        said_on=said_on,
        author_id=author_id,
        author_name=author_name[:200],
        origin=origin,
        origin_id=origin_id[:200],
        role_ids=list(role_ids),
        added_at=now,
    )
    made = _stored(made)
    if not (origin_id and made.people.exists()):
        _begin(made, people, by_id=author_id, now=now)
    return made


def _stored(made: Source) -> Source:
    # Another one may keep the same at this moment: the second waits here, and finds it then.
    Source.objects.bulk_create([made], ignore_conflicts=bool(made.origin_id))
    if not made.origin_id:
        return made
    return Source.objects.get(origin=made.origin, origin_id=made.origin_id)


def kept(text: str, *, kind: SourceKind, said_on: date, people_ids: Sequence[int]) -> Source | None:
    """The text in these very words, of that kind and day, if it is kept of all these people
    already."""
    people = {merged.now_is(pk) for pk in people_ids}
    alike = Source.objects.filter(
        people__candidate__in=people, kind=kind, said_on=said_on, text=text.replace("\0", " ")
    )
    for one in alike.order_by("pk").distinct():
        if people <= set(one.people.values_list("candidate_id", flat=True)):
            # Twice, all that it says would stand there twice.
            return one
    return None


def _begin(source: Source, people: Sequence[int], *, by_id: int | None, now: datetime) -> None:
    SourcePerson.objects.bulk_create(
        SourcePerson(source=source, candidate_id=pk, position=place)
        for place, pk in enumerate(people)
    )
    detail: dict[str, object] = {
        "source": source.pk,
        "kind": str(source.kind),
        "origin": source.origin,
    }
    subjects = [f"candidate:{pk}" for pk in people]
    audit.record_each(by_id, "candidate.source_kept", subjects, now=now, detail=detail)
    publish(SourceKept(source_id=source.pk))


@transaction.atomic
def take_away(source_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Drop a text that should not have been kept, with what was read in it; profiles follow.
    Returns whether there was one. A stop that it led to stays until a person lifts it."""
    whose = SourcePerson.objects.filter(source=source_id).values_list("candidate_id", flat=True)
    people = [one.pk for one in candidates.lock(list(whose))]
    source = Source.objects.select_for_update(no_key=True).filter(pk=source_id).first()
    if source is None:
        return False
    gone = list(source.insights.values_list("pk", flat=True))
    source.delete()
    detail: dict[str, object] = {"source": source_id}
    subjects = [f"candidate:{pk}" for pk in people]
    audit.record_each(by_id, "candidate.source_taken_away", subjects, now=now, detail=detail)
    settling.settle(people, now=now)
    if gone:
        publish(InsightsDecided(candidate_ids=people, insight_ids=gone))
    return True


def _check(text: str, said_on: date, *, now: datetime) -> None:
    if not text.strip():
        raise NotKeptError("There is nothing in it.")
    if len(text) > MOST:
        raise NotKeptError(f"It is longer than {MOST:,} characters. Keep it in parts.")
    if not now.date() - OLDEST < said_on <= now.date() + _AHEAD:
        raise NotKeptError("Its date is too long ago, or lies in the future.")


def _held(people_ids: Sequence[int]) -> list[int]:
    """These people as they are known now, each once and in this order, and locked: who is erased
    in this moment is not among them."""
    known = list(dict.fromkeys(merged.now_is(pk) for pk in people_ids))
    there = {one.pk for one in candidates.lock(known)}
    return [pk for pk in known if pk in there]


def read(
    source_id: int,
    *,
    now: datetime,
    extract: Extract = extraction.extract,
    version: str = extraction.VERSION,
) -> bool:
    """Note what a text says, unless that was done with these extractors. Returns whether it was
    read now.

    Facts, stops that follow from them, and that it was read are one commit; killed before that, it
    is read again. A text that extractors fail on is kept, and says so. Reading it twice, or in two
    places at once, notes nothing twice.
    """
    for _ in range(_TRIES):
        source = Source.objects.select_related("author").filter(pk=source_id).first()
        if source is None or source.read_by == version:
            return False
        people = people_of(source)
        taken = attempt(apart, source, people)
        if isinstance(taken, Exception):
            return _unreadable(source_id, taken, now=now, version=version)
        found = attempt(extract, taken)
        if isinstance(found, Exception):
            return _unreadable(source_id, found, now=now, version=version)
        try:
            return _note(
                source_id, taken, found, [one.pk for one in people], now=now, version=version
            )
        except _OthersError:
            continue
    raise HinderedError("Others are at work on the same people. It is read in a moment.")


def _unreadable(source_id: int, error: Exception, *, now: datetime, version: str) -> bool:
    # Not what the error says: it may quote the text.
    frames = traceback.format_tb(error.__traceback__)[-_FRAMES:]
    logger.error(
        "text could not be read",
        extra={"source": source_id, "error": type(error).__name__, "frames": "".join(frames)},
    )
    failed = Source.objects.filter(pk=source_id).exclude(read_by=version)
    return bool(
        failed.update(state=State.UNREADABLE, read_by=version, read_at=now, trouble=_TROUBLE)
    )


@gives_way
@transaction.atomic
def _note(
    source_id: int,
    taken: Reading,
    found: Sequence[Found],
    people_ids: Sequence[int],
    *,
    now: datetime,
    version: str,
) -> bool:
    # People before the text, as whoever erases them locks.
    there = {one.pk for one in candidates.lock(people_ids)}
    sources = Source.objects.select_for_update(no_key=True)
    source = sources.filter(pk=source_id).exclude(read_by=version).first()
    if source is None:
        return False
    listed = SourcePerson.objects.filter(source=source).order_by("position", "pk")
    is_same = list(listed.values_list("candidate_id", flat=True)) == list(people_ids)
    if not is_same or there != set(people_ids) or source.text != taken.text:
        # Somebody was erased or merged meanwhile: the words are about others now.
        raise _OthersError
    new = taking_down.take_down(source, taken, found, people_ids, now=now, version=version)
    Source.objects.filter(pk=source_id).update(
        state=State.READ,
        read_by=version,
        read_at=now,
        trouble="",
        language=source.language or taken.language[:8],
    )
    if new:
        publish(
            InsightsRecorded(
                candidate_ids=sorted({one.candidate_id for one in new}),
                insight_ids=[one.pk for one in new],
                source_id=source_id,
            )
        )
    return True


def people_of(source: Source) -> list[Candidate]:
    """Whom a text concerns, the main one first."""
    listed = SourcePerson.objects.filter(source=source).select_related("candidate")
    return [one.candidate for one in listed.order_by("position", "pk")]


def our_names(source: Source) -> list[str]:
    """Who of us, or of those who brought it, may be named in a text."""
    ours = {source.author_name, source.author.name if source.author else ""}
    ours.update(User.objects.filter(is_active=True).values_list("name", flat=True))
    return sorted(ours - {""})


def apart(source: Source, people: Sequence[Candidate]) -> Reading:
    """A text that is kept, taken apart for whoever reads facts in it."""
    home = Organisation.objects.values_list("default_country", flat=True).first() or ""
    return reading.read(
        source.text,
        kind=SourceKind(source.kind),
        said_on=source.said_on,
        people=[one.name for one in people],
        recruiters=our_names(source),
        language=source.language,
        country=(people[0].country if people else "") or home,
    )


def waiting(*, version: str = extraction.VERSION, most: int = 1000) -> list[int]:
    """Texts that were not read yet, or by other extractors, the oldest first."""
    asked = Source.objects.filter(~Q(read_by=version))
    return list(asked.order_by("pk").values_list("pk", flat=True)[:most])


def concerning(candidate_ids: Iterable[int]) -> list[int]:
    """The texts that concern these people, the newest first."""
    theirs = Source.objects.filter(people__candidate__in=list(candidate_ids)).distinct()
    return list(theirs.order_by("-said_on", "-pk").values_list("pk", flat=True))
