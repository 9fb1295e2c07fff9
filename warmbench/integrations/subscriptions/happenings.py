"""Says of each fact what programs are told of it: ids, and a word on what changed."""

from collections.abc import Collection, Mapping
from datetime import datetime

from warmbench.integrations.models import Happening
from warmbench.integrations.subscriptions import deliveries
from warmbench.shortlists.models import ShortlistEntry
from warmbench.signals.models import FollowUp
from warmbench.sourcing.models import Role


def of_candidates(
    kind: Happening,
    candidate_ids: Collection[int],
    *,
    now: datetime,
    about: Mapping[str, object] | None = None,
) -> int:
    """Let programs know what happened to these people. Returns how many deliveries."""
    wanted = deliveries.wanted(kind)
    return deliveries.queue(wanted, kind, candidate_ids, about or {}, now=now) if wanted else 0


def of_follow_ups(kind: Happening, follow_up_ids: Collection[int], *, now: datetime) -> int:
    """Let programs know that these entries were asked for, or are closed. Returns how many
    deliveries: one for each entry."""
    wanted = deliveries.wanted(kind)
    if not wanted:
        return 0
    queued = 0
    entries = FollowUp.objects.filter(pk__in=follow_up_ids).order_by("pk")
    for entry in entries:
        about: dict[str, object] = {"follow_up_id": entry.pk, "reason": entry.reason}
        if kind == Happening.FOLLOW_UP_CLOSED:
            about["outcome"] = entry.outcome
        queued += deliveries.queue(wanted, kind, [entry.candidate_id], about, now=now)
    return queued


def of_role(kind: Happening, role_id: int, *, now: datetime) -> int:
    """Let programs know that a role is another now, with the state it is in. Returns how many
    deliveries."""
    wanted = deliveries.wanted(kind)
    role = Role.objects.filter(pk=role_id).first() if wanted else None
    if role is None:
        return 0
    about: dict[str, object] = {"role_id": role.pk, "state": role.state}
    return deliveries.queue(wanted, kind, [], about, now=now)


def of_shortlist(kind: Happening, about: Mapping[str, object], *, now: datetime) -> int:
    """Let programs know what happened to a profile or a list, by its numbers. Returns how many
    deliveries."""
    wanted = deliveries.wanted(kind)
    return deliveries.queue(wanted, kind, [], about, now=now) if wanted else 0


def of_entry(kind: Happening, entry_id: int, *, about: Mapping[str, object], now: datetime) -> int:
    """Let programs know what was said of somebody on a list, or became of them. Returns how many
    deliveries; none for whoever is erased meanwhile."""
    wanted = deliveries.wanted(kind)
    entry = ShortlistEntry.objects.filter(pk=entry_id).first() if wanted else None
    if entry is None:
        return 0
    told = {"shortlist_id": entry.shortlist_id, **about}
    return deliveries.queue(wanted, kind, [entry.candidate_id], told, now=now)
