"""Keeps who is, or was, in the process for which role, as systems of record tell it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from warmbench.core import sql
from warmbench.core.events import Event, publish
from warmbench.people import candidates, standings
from warmbench.people.models import CandidateRecord
from warmbench.sourcing import alerts
from warmbench.sourcing.models import Application

Standing = CandidateRecord.Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An application as a system tells of it, and whose it is here."""

    external_id: str
    candidate_id: int
    #: What the role is called there; blank: none.
    role_there: str
    outcome: str
    stage: str
    #: What the stage means here (Candidate.Stage).
    reached: str
    is_prospect: bool
    applied_at: datetime | None
    ended_at: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ApplicationsChanged(Event):
    """A system says something else of where these people stand in processes."""

    candidate_ids: list[int]


_COLUMNS = tuple(one.name for one in fields(Told))


def take_in(source: str, told: Iterable[Told], *, read_at: datetime, now: datetime) -> list[int]:
    """Take in what a system says of applications, as it was at ``read_at``; what is older than
    what is known changes nothing. Returns whom it concerns, who are settled: see ``settle``.

    In the caller's transaction.
    """
    rows = {one.external_id: one for one in told}
    candidates.lock_statuses({one.candidate_id for one in rows.values()})
    values = {
        "rows": sql.records([_row(one) for _, one in sorted(rows.items())]),
        "source": source,
        "read_at": read_at,
    }
    # Whoever an application belonged to before is another person now, and is concerned, too.
    query = sql.load(__file__, "applications_take_in")
    found = {pk for row in sql.run(query, values).fetchall() for pk in row if pk is not None}
    concerned = sorted(found)
    if concerned:
        settle(source, concerned, now=now)
        publish(ApplicationsChanged(candidate_ids=concerned))
    return concerned


def link_roles(source: str, *, now: datetime) -> None:
    """Link applications with roles that came in after them."""
    rows = sql.run(sql.load(__file__, "applications_link"), {"source": source}).fetchall()
    people = sorted({candidate_id for (candidate_id,) in rows})
    _leave_out(people, now=now)
    if people:
        publish(ApplicationsChanged(candidate_ids=people))


def drop(source: str, external_ids: Collection[str], *, now: datetime) -> int:
    """Forget applications that the system does not know any more. Returns how many there were.

    Of those of whom it has no record any more, it is kept that they were hired: they did not come
    free by being deleted there.
    """
    told = Application.objects.filter(source=source, external_id__in=external_ids)
    here = CandidateRecord.objects.filter(source=source, fate="", candidate=OuterRef("candidate"))
    gone = told.filter(~Q(outcome=Application.Outcome.HIRED) | Exists(here))
    people = sorted(set(gone.values_list("candidate_id", flat=True)))
    candidates.lock_statuses(people)
    count, _ = gone.delete()
    settle(source, people, now=now)
    return count


def settle(source: str, candidate_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Let standing, status and stage of these people follow what a system says of them, and tell
    them nothing of the roles that they are in the process for. Returns whose status is another."""
    if not candidate_ids:
        return []
    query = sql.load(__file__, "applications_standing")
    told = sql.run(query, {"ids": list(candidate_ids), "source": source}).fetchall()
    moved = standings.settle(
        candidate_ids,
        standings={record_id: standing for _, record_id, standing, _ in told},
        now=now,
        evidence=source,
    )
    reached = {pk: stage for pk, _, _, stage in told if stage}
    standings.raise_stages(reached, now=now)
    _leave_out(candidate_ids, now=now)
    return moved


def _row(one: Told) -> dict[str, object]:
    return {name: getattr(one, name) for name in _COLUMNS}


def _leave_out(candidate_ids: Sequence[int], *, now: datetime) -> None:
    """Only those who are about to hear of such a role: nearly nobody."""
    query = sql.load(__file__, "applications_about_to_hear")
    by_role: dict[int, list[int]] = defaultdict(list)
    for role_id, candidate_id in sql.run(query, {"ids": list(candidate_ids)}).fetchall():
        by_role[role_id].append(candidate_id)
    for role_id, people in sorted(by_role.items()):
        alerts.leave_out(role_id, people, now=now)
