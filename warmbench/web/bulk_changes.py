"""What somebody changed about many people in the last minutes, and how it is taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.people import bulk_pauses, handing_over
from warmbench.people.models import BulkTagging
from warmbench.signals import bulk_reminders
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import undone

#: How long a change stands among the recent ones.
LATELY = timedelta(minutes=10)
_PAUSES = (bulk_pauses.PAUSED, bulk_pauses.RESUMED)
_SAID = {
    bulk_pauses.PAUSED: "paused",
    bulk_pauses.RESUMED: "resumed",
    bulk_reminders.REMINDED: "to be reminded of",
    handing_over.GIVEN: "handed over",
}


@dataclass(frozen=True)
class Change:
    """One change of many people: who, what, how many, when, and the address that undoes it."""

    by: str
    what: str
    people: int
    at: datetime
    undo: str


def recent(user: User, *, now: datetime) -> list[Change]:
    """What this user changed lately and has not taken back, newest first; what everybody did, for
    an administrator."""
    since = now - LATELY
    entries = AuditEntry.objects.filter(action__in=_SAID, at__gt=since)
    taggings = BulkTagging.objects.filter(at__gt=since, undone_at=None).select_related("tag", "by")
    if not user.is_admin:
        entries, taggings = entries.filter(actor_id=user.pk), taggings.filter(by=user)
    rows = list(entries.order_by("-pk")[:20])
    pks = [one.pk for one in rows]
    gone = bulk_pauses.is_undone(pks) | bulk_reminders.is_undone(pks) | handing_over.is_undone(pks)
    names = dict(
        User.objects.filter(pk__in=[one.actor_id for one in rows]).values_list("pk", "name")
    )
    found = [
        Change(
            names.get(one.actor_id or 0, ""),
            _SAID[one.action],
            len(one.detail.get("candidates", [])),
            one.at,
            _undo_address(one),
        )
        for one in rows
        if one.pk not in gone
    ]
    for bulk in taggings.order_by("-pk")[:20]:
        what = f"tagged {bulk.tag.name}" if bulk.added else f"no longer tagged {bulk.tag.name}"
        by = bulk.by.name if bulk.by else ""
        undo = reverse("bulk-undo", args=[bulk.pk])
        found.append(Change(by, what, len(bulk.candidate_ids), bulk.at, undo))
    return sorted(found, key=lambda one: one.at, reverse=True)


@require_POST
@policy(Policy.OWNER)
def undo_pause(request: HttpRequest, bulk_pause_id: int) -> HttpResponse:
    """Put back how automation stood with people who were paused or resumed together."""
    user = user_of(request)
    entry = access.bulk_change_to_undo(user, bulk_pause_id, _PAUSES)
    people = bulk_pauses.undo(entry.pk, by_id=user.pk, now=clock.now())
    return undone(request, "candidates", said=how_many(len(people)))


@require_POST
@policy(Policy.OWNER)
def undo_reminders(request: HttpRequest, bulk_reminder_id: int) -> HttpResponse:
    """Take back reminders that were asked for together."""
    user = user_of(request)
    entry = access.bulk_change_to_undo(user, bulk_reminder_id, (bulk_reminders.REMINDED,))
    people = bulk_reminders.undo(entry.pk, by_id=user.pk, now=clock.now())
    return undone(request, "candidates", said=how_many(people))


def how_many(people: int) -> str:
    """What an undo says that it did."""
    if people:
        return f"Undone for {'1 person' if people == 1 else f'{people:,} people'}."
    return "There was nothing to undo: it was undone already, or changed since."


def _undo_address(entry: AuditEntry) -> str:
    if entry.action == handing_over.GIVEN:
        return reverse("hand-over-undo", args=[entry.pk])
    name = "bulk-pause-undo" if entry.action in _PAUSES else "bulk-reminder-undo"
    return reverse(name, args=[entry.pk])


urlpatterns = [
    path("candidates/paused/<int:bulk_pause_id>/undo/", undo_pause, name="bulk-pause-undo"),
    path(
        "candidates/reminded/<int:bulk_reminder_id>/undo/",
        undo_reminders,
        name="bulk-reminder-undo",
    ),
]
