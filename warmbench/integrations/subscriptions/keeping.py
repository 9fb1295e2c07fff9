"""Keeps subscriptions: what an administrator enters, and secrets that can be changed in peace."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from warmbench.accounts import webhooks
from warmbench.core import audit
from warmbench.integrations.models import Delivery, Subscription

#: For so long calls are signed with the old secret as well, once there is a new one.
OVERLAP = timedelta(hours=24)
#: How long what programs were told is kept, to be looked at and told again.
KEPT = timedelta(days=30)
#: What a subscription is that nothing is known against.
TRUSTED: dict[str, object] = {"failures": 0, "failing_since": None, "problem": ""}
_SEALED = ("url", "secret", "old_secret")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What an administrator enters about a subscription."""

    name: str
    #: None leaves the address that is stored.
    url: str | None = field(default=None, repr=False)
    kinds: Collection[str]
    with_names: bool = False


@transaction.atomic
def create(entry: Entry, *, by_id: int | None, now: datetime) -> tuple[Subscription, str]:
    """A new subscription, and the secret that its calls are signed with."""
    secret = webhooks.new_secret()
    made = Subscription.objects.create(**_stored(entry), secret=secret, free_at=now, created_at=now)
    audit.record(by_id, "subscription.created", f"subscription:{made.pk}", now=now)
    return made, secret


@transaction.atomic
def change(subscription_id: int, entry: Entry, *, by_id: int | None, now: datetime) -> list[str]:
    """Give a subscription other settings. Returns the names of those that are different now."""
    # Without its secrets: it is to be changed also when no key opens them any more.
    locked = Subscription.objects.select_for_update(no_key=True).defer(*_SEALED)
    subscription = locked.get(pk=subscription_id)
    entered = _stored(entry).items()
    changed = {n: value for n, value in entered if n == "url" or getattr(subscription, n) != value}
    if changed:
        fresh = TRUSTED | {"free_at": now} if "url" in changed else {}
        Subscription.objects.filter(pk=subscription_id).update(**changed, **fresh)
        # Names only: the values are addresses.
        detail: dict[str, object] = {"fields": sorted(changed)}
        subject = f"subscription:{subscription_id}"
        audit.record(by_id, "subscription.changed", subject, detail=detail, now=now)
    return sorted(changed)


@transaction.atomic
def rotate(subscription_id: int, *, by_id: int | None, now: datetime) -> str:
    """Sign calls with another secret from now on, and with the one before for ``OVERLAP`` yet.
    Returns the new one."""
    locked = Subscription.objects.select_for_update(no_key=True)
    subscription = locked.get(pk=subscription_id)
    subscription.old_secret, subscription.secret = subscription.secret, webhooks.new_secret()
    subscription.old_until = now + OVERLAP
    subscription.save(update_fields=["old_secret", "secret", "old_until"])
    audit.record(by_id, "subscription.secret", f"subscription:{subscription_id}", now=now)
    return subscription.secret


@transaction.atomic
def set_active(subscription_id: int, *, is_active: bool, by_id: int | None, now: datetime) -> bool:
    """Tell a program nothing any more, or go on. What came up meanwhile it is never told; what
    waited is given up, and can be told again. Returns whether that is new."""
    other = Subscription.objects.filter(pk=subscription_id, is_active=not is_active)
    if not other.update(is_active=is_active, free_at=now, disabled_at=None, **TRUSTED):
        return False
    if not is_active:
        give_up(subscription_id)
    what = "subscription.resumed" if is_active else "subscription.paused"
    audit.record(by_id, what, f"subscription:{subscription_id}", now=now)
    return True


@transaction.atomic
def remove(subscription_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Forget a subscription, with all that it was told. Returns whether there was one."""
    deleted, _ = Subscription.objects.filter(pk=subscription_id).delete()
    if deleted:
        audit.record(by_id, "subscription.removed", f"subscription:{subscription_id}", now=now)
    return bool(deleted)


def give_up(subscription_id: int) -> None:
    """Try nothing any more of what waits for a subscription."""
    waiting = Delivery.objects.filter(subscription=subscription_id, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.FAILED)


def forget(*, now: datetime) -> int:
    """Delete what programs were told long ago. Returns how many deliveries."""
    return Delivery.objects.filter(happened_at__lte=now - KEPT).delete()[0]


def _stored(entry: Entry) -> dict[str, object]:
    values: dict[str, object] = {
        "name": entry.name,
        "kinds": sorted(entry.kinds),
        "with_names": entry.with_names,
    }
    if entry.url is not None:
        values |= {"url": entry.url, "host": (urlsplit(entry.url).hostname or "")[:253]}
    return values
