"""Tells administrators what stopped: all sending or a part of it, a mailbox, an inbox."""

from collections.abc import Collection
from datetime import datetime

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind
from warmbench.accounts.notifications import Told
from warmbench.messaging.models import Inbox, Sender, Switch


def of_stop(switch_id: int, *, now: datetime) -> int:
    """Tell every administrator, but for who did it, that sending was stopped. Returns how many
    had not been told."""
    switch = Switch.objects.filter(pk=switch_id, released_at=None).first()
    if switch is None:
        return 0
    what = "All sending" if switch.scope == Switch.Scope.EVERYTHING else "A part of the sending"
    return notifications.tell(
        [pk for pk in notifications.administrators() if pk != switch.engaged_by_id],
        kind=Kind.TROUBLE,
        title=f"{what} was stopped",
        body=switch.reason,
        path="/stops/",
        key=f"switch:{switch.pk}",
        now=now,
    )


def of_pause(sender_id: int, *, now: datetime) -> int:
    """Tell the administrators, and whose it is, that a mailbox paused by itself. Returns how
    many had not been told."""
    sender = Sender.objects.defer(*_SECRETS).filter(pk=sender_id).first()
    if sender is None or sender.paused_at is None:
        return 0
    owner = [sender.owner_id] if sender.owner_id else []
    return notifications.tell(
        [*notifications.administrators(), *owner],
        kind=Kind.TROUBLE,
        title=f"{sender.from_address} was paused",
        body=sender.pause_reason,
        path=f"/senders/{sender.pk}/",
        key=f"sender:{sender.pk}/{sender.paused_at:%Y-%m-%dT%H:%M}",
        now=now,
    )


def of_inbox(inbox_id: int, *, now: datetime) -> int:
    """Tell the administrators that an inbox cannot be read, once a day while that is so.
    Returns how many had not been told."""
    inbox = Inbox.objects.defer("password").filter(pk=inbox_id).first()
    if inbox is None or not inbox.is_active or not inbox.problem:
        return 0
    return notifications.tell(
        notifications.administrators(),
        kind=Kind.TROUBLE,
        title=f"The inbox {inbox.username} cannot be read",
        body=inbox.problem,
        path="/inboxes/",
        key=f"inbox:{inbox.pk}/{now:%Y-%m-%d}",
        now=now,
    )


_SECRETS = ("password", "old_password", "dkim_key")


@notifications.still_so_by("switch")
def _are_engaged(told: Collection[Told]) -> set[Told]:
    return notifications.those_of(told, Switch.objects.filter(released_at=None))


@notifications.still_so_by("sender")
def _are_paused(told: Collection[Told]) -> set[Told]:
    return notifications.those_of(told, Sender.objects.exclude(paused_at=None))


@notifications.still_so_by("inbox")
def _are_unread(told: Collection[Told]) -> set[Told]:
    return notifications.those_of(told, Inbox.objects.filter(is_active=True).exclude(problem=""))
