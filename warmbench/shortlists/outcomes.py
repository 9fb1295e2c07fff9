"""Keeps what became of people on shortlists: interviews, offers, hires, and who fell out late."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.people.models import Candidate
from warmbench.shortlists.models import Outcome, Shortlist, ShortlistEntry
from warmbench.sourcing.models import Application

Kind, Place = Outcome.Kind, ShortlistEntry.Place
#: On whose word an outcome is.
BY_PERSON, BY_ATS = "person", "ats"
#: What a stage that somebody reached means.
_REACHED = {
    Candidate.Stage.INTERVIEWED: (Kind.INTERVIEW,),
    Candidate.Stage.FINAL: (Kind.INTERVIEW,),
    Candidate.Stage.OFFER: (Kind.INTERVIEW, Kind.OFFER),
}
_FELL_OUT = frozenset({Application.Outcome.REJECTED, Application.Outcome.WITHDRAWN})
#: What stands beside a late drop-out of somebody who did not want it any more themselves.
WITHDREW = "Withdrew, says the ATS"
_WORDS = {
    Application.Outcome.REJECTED: "Rejected, says the ATS",
    Application.Outcome.WITHDRAWN: WITHDREW,
}


@dataclass(frozen=True, kw_only=True)
class OutcomeKnown(Event):
    """It is known what became of somebody on a shortlist."""

    shortlist_id: int
    entry_id: int
    kind: str


class OutcomeError(ValueError):
    """Nothing can have come of this. The message is for the person who tried."""


@transaction.atomic
def record(
    entry_id: int,
    kind: str,
    *,
    now: datetime,
    requirement: str = "",
    words: str = "",
    source: str = BY_PERSON,
    by_id: int | None = None,
) -> bool:
    """Keep what became of somebody who is on a shared list. Returns whether that is new; what is
    known stays as it is. ``now`` is when it was so. Raises OutcomeError."""
    if kind not in Kind.values:
        raise OutcomeError(f"Say one of {', '.join(Kind.values)}.")
    entries = ShortlistEntry.objects.select_related("shortlist__version")
    entry = entries.select_for_update(no_key=True, of=("self",)).filter(pk=entry_id).first()
    if entry is None:
        raise OutcomeError("This person is no longer on the list.")
    if entry.shortlist.state == Shortlist.State.DRAFT or entry.place != Place.LISTED:
        raise OutcomeError("Nobody saw this person on a list that was shared.")
    keys = {one["key"] for one in entry.shortlist.version.spec["requirements"]}
    if requirement and requirement not in keys:
        raise OutcomeError("This role does not ask for that.")
    _, is_new = Outcome.objects.get_or_create(
        entry=entry,
        kind=kind,
        defaults={
            "requirement": requirement,
            "words": words.replace("\0", "").strip()[:1000],
            "source": source,
            "by_id": by_id,
            "at": now,
        },
    )
    if is_new:
        detail: dict[str, object] = {"entry": entry_id, "kind": kind, "source": source}
        about = f"shortlist:{entry.shortlist_id}"
        audit.record(by_id, "shortlist.outcome", about, now=now, detail=detail)
        publish(OutcomeKnown(shortlist_id=entry.shortlist_id, entry_id=entry_id, kind=kind))
    return is_new


@transaction.atomic
def take_back(outcome_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Say that it was not so: of what a person said, not of what an ATS says. Returns whether it
    was there."""
    wrong = Outcome.objects.filter(pk=outcome_id, source=BY_PERSON).select_related("entry").first()
    if wrong is None:
        return False
    about, detail = f"shortlist:{wrong.entry.shortlist_id}", {"entry": wrong.entry_id}
    audit.record(by_id, "shortlist.outcome_taken_back", about, now=now, detail=dict(detail))
    wrong.delete()
    return True


def follow(candidate_ids: Collection[int], *, now: datetime) -> int:
    """Keep what the ATS says became of these people in the roles for whose lists they were chosen.
    Returns how much of it is new; repeated, it is nothing."""
    entries = ShortlistEntry.objects.filter(
        candidate__in=list(candidate_ids),
        place=Place.LISTED,
        removed_at=None,
        shortlist__role__isnull=False,
    ).exclude(shortlist__state=Shortlist.State.DRAFT)
    on_lists: defaultdict[tuple[int, int | None], list[ShortlistEntry]] = defaultdict(list)
    for one in entries.select_related("shortlist").order_by("pk"):
        on_lists[one.candidate_id, one.shortlist.role_id].append(one)
    told = Application.objects.filter(
        candidate__in={pk for pk, _ in on_lists}, role__in={pk for _, pk in on_lists}
    )
    new = 0
    for application in told.filter(is_prospect=False).order_by("pk"):
        for entry in on_lists.get((application.candidate_id, application.role_id), ()):
            for kind, words in _of(application):
                at = application.changed_there_at or application.seen_at
                # What was so before they stood on the list did not come of it.
                if at >= entry.shortlist.made_at:
                    new += record(entry.pk, kind, words=words, source=BY_ATS, now=min(at, now))
    return new


def follow_list(shortlist_id: int, *, now: datetime) -> int:
    """``follow`` for everybody on a list: the ATS may have been faster than who shared it."""
    people = ShortlistEntry.objects.filter(shortlist=shortlist_id).values_list(
        "candidate", flat=True
    )
    return follow(list(people), now=now)


def of(shortlist_id: int) -> dict[int, list[Outcome]]:
    """What became of each person on a list, by entry, the first thing first."""
    found: dict[int, list[Outcome]] = {}
    rows = Outcome.objects.filter(entry__shortlist=shortlist_id).select_related("by")
    for one in rows.order_by("at", "pk"):
        found.setdefault(one.entry_id, []).append(one)
    return found


def _of(application: Application) -> Iterator[tuple[str, str]]:
    """What an application says became of somebody, each with words."""
    reached = _REACHED.get(Candidate.Stage(application.reached), ())
    for kind in reached:
        yield kind, ""
    if application.outcome == Application.Outcome.HIRED:
        yield Kind.HIRE, ""
    elif reached and application.outcome in _FELL_OUT:
        yield Kind.DROP_OUT, _WORDS[Application.Outcome(application.outcome)]
