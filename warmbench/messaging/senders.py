"""Keeps senders: what a person enters about a mailbox, and the pauses put on it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.models import AuditEntry
from warmbench.messaging import standing
from warmbench.messaging.models import Sender


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """What a person enters about a sender."""

    owner_id: int | None
    from_name: str
    from_address: str
    host: str
    port: int
    security: str
    username: str = ""
    #: None leaves the password that is stored.
    password: str | None = field(default=None, repr=False)
    dkim_selector: str = ""
    #: None leaves the key that is stored.
    dkim_key: str | None = field(default=None, repr=False)
    is_default: bool = False
    daily_cap: int = 100
    ramp_from: int = 20
    ramp_days: int = 14
    spacing_min: int = 90
    spacing_max: int = 180


@transaction.atomic
def create(mailbox: Mailbox, *, by_id: int | None, now: datetime) -> Sender:
    """A new sender, whose ramp begins today."""
    if mailbox.is_default:
        _nobody_else_is_default()
    sender = Sender(**_stored(mailbox), created_at=now)
    sender.ramp_started_on = standing.local_day(sender, now=now)
    sender.save(force_insert=True)
    audit.record(by_id, "sender.created", f"sender:{sender.pk}", now=now)
    return sender


@transaction.atomic
def change(
    sender_id: int,
    mailbox: Mailbox,
    *,
    restart_ramp: bool = False,
    by_id: int | None,
    now: datetime,
) -> list[str]:
    """Give a sender other settings. Returns the names of those that are different now."""
    sender = Sender.objects.select_for_update(no_key=True).get(pk=sender_id)
    if mailbox.is_default and not sender.is_default:
        _nobody_else_is_default()
    changed = {
        name: value for name, value in _stored(mailbox).items() if getattr(sender, name) != value
    }
    if restart_ramp:
        changed["ramp_started_on"] = standing.local_day(sender, now=now)
    if changed:
        Sender.objects.filter(pk=sender_id).update(**changed)
        # Names only: the values are addresses and secrets.
        detail: dict[str, object] = {"fields": sorted(changed)}
        audit.record(by_id, "sender.changed", f"sender:{sender_id}", detail=detail, now=now)
    return sorted(changed)


@transaction.atomic
def pause(sender_id: int, *, reason: str = "", by_id: int | None, now: datetime) -> bool:
    """Let nothing more leave through the mailbox. Returns whether it was not paused yet."""
    running = Sender.objects.filter(pk=sender_id, paused_at=None)
    if not running.update(paused_at=now, pause_reason=reason[:200]):
        return False
    audit.record(by_id, "sender.paused", f"sender:{sender_id}", detail={"why": reason}, now=now)
    return True


@transaction.atomic
def resume(sender_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a paused mailbox send again. Returns whether it was paused.

    One that was stopped for the harm it did to its reputation comes back with half its cap
    (rules.md R9): a person raises it when the mailbox has proved itself.
    """
    sender = Sender.objects.select_for_update(no_key=True).get(pk=sender_id)
    if sender.paused_at is None:
        return False
    cap = max(1, sender.daily_cap // 2) if was_stopped_by_us(sender) else sender.daily_cap
    Sender.objects.filter(pk=sender_id).update(
        paused_at=None, pause_reason="", policy_rejections=0, daily_cap=cap
    )
    detail: dict[str, object] = {"daily_cap": cap}
    audit.record(by_id, "sender.resumed", f"sender:{sender_id}", detail=detail, now=now)
    return True


def was_stopped_by_us(sender: Sender) -> bool:
    """Whether it was the breaker, and not a person, that paused the sender last."""
    if sender.paused_at is None:
        return False
    pauses = AuditEntry.objects.filter(subject=f"sender:{sender.pk}", action="sender.paused")
    latest = pauses.order_by("-at", "-pk").first()
    return latest is not None and latest.actor_id is None


def _stored(mailbox: Mailbox) -> dict[str, object]:
    values = asdict(mailbox)
    for secret in ("password", "dkim_key"):
        if values[secret] is None:
            del values[secret]
    return values


def _nobody_else_is_default() -> None:
    Sender.objects.filter(is_default=True).update(is_default=False)
