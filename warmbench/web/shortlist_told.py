"""Reads on which shortlists somebody stands, with what managers said and what became of it."""

from dataclasses import dataclass

from warmbench.people.models import Candidate
from warmbench.shortlists.models import Answer, Outcome, Shortlist, ShortlistEntry

_MOST = 20


@dataclass(frozen=True)
class OnList:
    """Somebody's place on one list."""

    shortlist: Shortlist
    entry: ShortlistEntry
    #: "2nd of 5"; of somebody who is not on it, that they came near.
    place: str
    answer: Answer | None
    outcomes: list[Outcome]


def of(candidate: Candidate) -> list[OnList]:
    """The lists on which somebody stands, or that name them as near; the newest first."""
    rows = ShortlistEntry.objects.filter(candidate=candidate).select_related(
        "shortlist__version__profile", "shortlist__role"
    )
    entries = list(rows.order_by("-shortlist__made_at", "-pk")[:_MOST])
    pks = [one.pk for one in entries]
    last = Answer.objects.filter(entry__in=pks).order_by("entry", "-at", "-pk").distinct("entry")
    said = {one.entry_id: one for one in last}
    became: dict[int, list[Outcome]] = {}
    for one in Outcome.objects.filter(entry__in=pks).order_by("at", "pk"):
        became.setdefault(one.entry_id, []).append(one)
    return [
        OnList(one.shortlist, one, _place(one), said.get(one.pk), became.get(one.pk, []))
        for one in entries
    ]


def _place(entry: ShortlistEntry) -> str:
    if entry.removed_at is not None:
        return "taken off"
    if entry.place == ShortlistEntry.Place.LEFT:
        return "near, not on it"
    return f"place {entry.rank}"
