"""Keeps what hiring managers say of people on shortlists: pass, interview or star, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.shortlists import sharing
from warmbench.shortlists.models import (
    Answer,
    RankingRecord,
    ShareLink,
    Shortlist,
    ShortlistEntry,
)

Verdict = Answer.Verdict
LONGEST_WORDS = 1000


@dataclass(frozen=True, kw_only=True)
class ShortlistAnswered(Event):
    """Somebody said what they make of a person on a shortlist."""

    shortlist_id: int
    entry_id: int
    answer_id: int


class AnswerError(ValueError):
    """Nothing can be answered here. The message is for the person who tried."""


@transaction.atomic
def answer(
    entry_id: int,
    verdict: str,
    *,
    now: datetime,
    requirement: str = "",
    words: str = "",
    link_id: int | None = None,
    by_id: int | None = None,
) -> Answer:
    """Keep an answer: by the hiring manager's link, or by one of us who asked them.

    ``requirement`` is the key of what it is about. Nothing is ever changed: the last answer
    counts, and the same once more is the one that is there. Raises AnswerError.
    """
    if (link_id is None) == (by_id is None):
        raise ValueError("An answer comes by a link, or from one of us.")
    entry = _open_entry(entry_id)
    if link_id is not None:
        _check_link(link_id, entry.shortlist_id, now=now)
    said = _checked(entry, verdict, requirement, words)
    before = _newest([entry_id]).get(entry_id)
    if before and (before.verdict, before.requirement, before.words, before.link_id,
                   before.by_id) == (*said, link_id, by_id):  # fmt: skip
        return before
    made = Answer.objects.create(
        entry=entry,
        link_id=link_id,
        by_id=by_id,
        verdict=said[0],
        requirement=said[1],
        words=said[2],
        at=now,
    )
    RankingRecord.objects.filter(shortlist=entry.shortlist_id, candidate=entry.candidate_id).update(
        decision=made.verdict, decided_by=_whom(link_id, by_id), decided_at=now
    )
    audit.record(
        by_id,
        "shortlist.answered",
        f"shortlist:{entry.shortlist_id}",
        now=now,
        detail={"entry": entry_id, "verdict": made.verdict, "link": link_id},
    )
    publish(
        ShortlistAnswered(shortlist_id=entry.shortlist_id, entry_id=entry_id, answer_id=made.pk)
    )
    return made


def last(shortlist_id: int) -> dict[int, Answer]:
    """The answer that counts about each person of a list, by entry: the last one."""
    entries = ShortlistEntry.objects.filter(shortlist=shortlist_id).values_list("pk", flat=True)
    return _newest(entries)


def all_of(entry_id: int) -> list[Answer]:
    """Everything that was ever answered about somebody on a list, newest first."""
    rows = Answer.objects.filter(entry=entry_id).select_related("link", "by")
    return list(rows.order_by("-at", "-pk"))


def _newest(entry_ids: Iterable[int]) -> dict[int, Answer]:
    rows = Answer.objects.filter(entry__in=list(entry_ids)).select_related("link", "by")
    latest = rows.order_by("entry", "-at", "-pk").distinct("entry")
    return {one.entry_id: one for one in latest}


def _open_entry(entry_id: int) -> ShortlistEntry:
    """Somebody on a list that takes answers, locked: two answers come one after the other."""
    entries = ShortlistEntry.objects.select_for_update(no_key=True, of=("self",))
    rows = entries.select_related("shortlist__version").filter(pk=entry_id)
    entry = rows.first()
    if entry is None:
        raise AnswerError("This person is no longer on the list.")
    if entry.shortlist.state == Shortlist.State.DRAFT:
        raise AnswerError("This list is a draft: share it first, so that it stays as it was read.")
    if entry.shortlist.state == Shortlist.State.CLOSED:
        raise AnswerError("This list is closed.")
    if entry.removed_at is not None or entry.place != ShortlistEntry.Place.LISTED:
        raise AnswerError("This person is not on the list.")
    return entry


def _check_link(link_id: int, shortlist_id: int, *, now: datetime) -> None:
    # Locked: whoever revokes it waits for this answer, or this answer finds it revoked.
    link = ShareLink.objects.select_for_update(no_key=True).filter(pk=link_id).first()
    if link is None or link.shortlist_id != shortlist_id:
        raise AnswerError("This link leads to another list.")
    why = sharing.ended(link, now=now)
    if why is sharing.Ended.REVOKED:
        raise AnswerError("This link was taken back. Ask whoever sent it to you.")
    if why is sharing.Ended.EXPIRED:
        raise AnswerError("This link has expired. Ask for a new one.")


def _checked(
    entry: ShortlistEntry, verdict: str, requirement: str, words: str
) -> tuple[str, str, str]:
    if verdict not in Verdict.values:
        raise AnswerError(f"Say one of {', '.join(Verdict.values)}.")
    keys = {one["key"] for one in entry.shortlist.version.spec["requirements"]}
    if requirement and requirement not in keys:
        raise AnswerError("This role does not ask for that.")
    return verdict, requirement, words.replace("\0", "").strip()[:LONGEST_WORDS]


def _whom(link_id: int | None, by_id: int | None) -> str:
    return f"link:{link_id}" if by_id is None else f"user:{by_id}"
