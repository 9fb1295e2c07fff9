"""Keeps senders: what a person enters about a mailbox, whether it sends, and for whom."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.core.models import AuditEntry
from warmbench.core.unique import told_who_was_faster
from warmbench.messaging import sender_checks, standing
from warmbench.messaging.models import Sender
from warmbench.messaging.sender_checks import Findings, identity_fields
from warmbench.people.models import Channel

#: A sender that sends already is paused when its checks have failed for so long: as long as a
#: message may wait, so that what a weekend's trouble in the DNS holds up is not lost.
FAILING_MAY_LAST = timedelta(days=3)

#: How long the checks of an active sender hold. While one fails they are asked every hour.
CHECKS_HOLD = timedelta(days=1)

#: What the database holds unique, with the field of a form that it is about.
_TAKEN = {
    "sender_from_address_key": ("from_address", "Another sender has this address."),
    "sender_one_per_owner": ("owner", "This recruiter has a mailbox already: change that one."),
    "sender_one_default": (
        "is_default",
        "Another sender was made to write for everybody a moment ago.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class SenderPaused(Event):
    """A mailbox was paused, and by no person."""

    sender_id: int


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """What a person enters about a sender: a mailbox, or a number that sends texts."""

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
    channel: str = Channel.EMAIL
    brand: str = ""
    us_brand: str = ""
    us_campaign: str = ""
    daily_cap: int = 100
    ramp_from: int = 20
    ramp_days: int = 14
    spacing_min: int = 90
    spacing_max: int = 180


def create(mailbox: Mailbox, *, by_id: int | None, now: datetime) -> Sender:
    """A new sender. It sends nothing until it is activated. Raises TakenError."""
    with told_who_was_faster(_TAKEN), transaction.atomic():
        if mailbox.is_default:
            _nobody_else_is_default(mailbox.channel)
        sender = Sender(**_stored(mailbox), created_at=now)
        sender.ramp_started_on = standing.local_day(sender, now=now)
        sender.save(force_insert=True)
        audit.record(by_id, "sender.created", f"sender:{sender.pk}", now=now)
    return sender


def change(
    sender_id: int,
    mailbox: Mailbox,
    *,
    restart_ramp: bool = False,
    by_id: int | None,
    now: datetime,
) -> list[str]:
    """Give a sender other settings. Returns the names of those that are different now.

    With another address, server or signature it is another sender to the world: what was
    proved is void, and it sends nothing until it is activated again. Raises TakenError.
    """
    with told_who_was_faster(_TAKEN), transaction.atomic():
        sender = _locked(sender_id)
        if mailbox.is_default and not sender.is_default:
            _nobody_else_is_default(sender.channel)
        entered = _stored(mailbox).items()
        changed = {name: value for name, value in entered if getattr(sender, name) != value}
        if restart_ramp:
            changed["ramp_started_on"] = standing.local_day(sender, now=now)
        if not changed:
            return []
        # Calls that the provider signed before it had the new secret are still to come.
        if changed.get("password") and sender.is_text:
            changed["old_password"] = sender.password
        proofs = _NOTHING_PROVED if changed.keys() & identity_fields(sender.channel) else {}
        Sender.objects.filter(pk=sender_id).update(**changed, **proofs)
        # Names only: the values are addresses and secrets.
        detail: dict[str, object] = {"fields": sorted(changed)}
        audit.record(by_id, "sender.changed", f"sender:{sender_id}", detail=detail, now=now)
    return sorted(changed)


#: What a sender begins with, and what is left of its checks when it becomes another one.
_NOTHING_PROVED: dict[str, object] = {
    "activated_at": None,
    "checks": [],
    "checked_at": None,
    "checks_passed_at": None,
    "failing_since": None,
    "org_domain": "",
    "seen_signature": None,
}


@transaction.atomic
def activate(sender_id: int, found: Findings, *, by_id: int | None, now: datetime) -> bool:
    """Store what checks found just now, and let the sender send if everything passed. Returns
    whether it is active. A sender that never sent begins its ramp today."""
    sender = _locked(sender_id)
    if not _store(sender, found, now=now) or not found.passed:
        return False
    if sender.activated_at is None:
        begun = standing.local_day(sender, now=now) if sender.day is None else None
        Sender.objects.filter(pk=sender_id).update(
            activated_at=now, ramp_started_on=begun or sender.ramp_started_on
        )
        audit.record(by_id, "sender.activated", f"sender:{sender_id}", now=now)
    return True


@transaction.atomic
def record_checks(sender_id: int, found: Findings, *, now: datetime) -> bool:
    """Store what checks found just now. Returns whether they were about the sender as it is.

    An active sender whose checks have failed for three days is paused: by then receivers put
    its mail into junk, and every further one harms the domain.
    """
    sender = _locked(sender_id)
    if not _store(sender, found, now=now):
        return False
    since = sender.failing_since
    sends = sender.activated_at is not None
    if sends and found.failed and since and now - since >= FAILING_MAY_LAST:
        names = sender_checks.failures(found.checks)
        reason = f"Its checks have failed since {since:%-d %B}: {names}."
        pause(sender_id, reason=reason, by_id=None, now=now)
    return True


def due_for_checks(*, now: datetime) -> list[Sender]:
    """Active senders that were not checked for a day, and those whose checks fail."""
    active = Sender.objects.exclude(activated_at=None)
    is_due = Q(checked_at=None) | Q(checked_at__lte=now - CHECKS_HOLD) | ~Q(failing_since=None)
    return list(active.filter(is_due).order_by("checked_at", "pk"))


@transaction.atomic
def note_signature(sender_id: int, seen: dict[str, object], *, now: datetime) -> None:
    """Remember how the mail server signed a mail that arrived: its domain, selector, headers."""
    noted = seen | {"at": now.isoformat()}
    Sender.objects.filter(pk=sender_id).update(seen_signature=noted)


@transaction.atomic
def pause(sender_id: int, *, reason: str = "", by_id: int | None, now: datetime) -> bool:
    """Let nothing more leave through the mailbox. Returns whether it was not paused yet."""
    running = Sender.objects.filter(pk=sender_id, paused_at=None)
    if not running.update(paused_at=now, pause_reason=reason[:200]):
        return False
    audit.record(by_id, "sender.paused", f"sender:{sender_id}", detail={"why": reason}, now=now)
    if by_id is None:
        publish(SenderPaused(sender_id=sender_id))
    return True


@transaction.atomic
def resume(sender_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a paused mailbox send again. Returns whether it does: not while its checks fail.

    One that was stopped for the harm it did to its reputation comes back with half its cap
    (rules.md R9): a person raises it when the mailbox has proved itself.
    """
    sender = _locked(sender_id)
    if sender.paused_at is None or sender.failing_since:
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


def who_writes(channel: str = Channel.EMAIL) -> dict[int | None, int]:
    """The sender that writes for each recruiter, by their id; under None for everybody else.

    An active one for everybody else speaks for recruiters whose own is not active yet. Where
    there is none, their own is named, and what is to go from it waits.
    """
    facts = ("pk", "owner_id", "is_default", "activated_at")
    all_of_them = list(Sender.objects.filter(channel=channel).only(*facts))
    stands_in = any(one.is_default and one.activated_at for one in all_of_them)
    writes: dict[int | None, int] = {}
    for one in all_of_them:
        if one.owner_id is not None and (one.activated_at or not stands_in):
            writes[one.owner_id] = one.pk
        if one.is_default:
            writes[None] = one.pk
    return writes


def _locked(sender_id: int) -> Sender:
    return Sender.objects.select_for_update(no_key=True).get(pk=sender_id)


def _store(sender: Sender, found: Findings, *, now: datetime) -> bool:
    """Write down what was found about a locked sender, if that is still what it is."""
    if found.about != sender_checks.identity(sender):
        return False
    if found.failed:
        sender.failing_since = sender.failing_since or now
    elif found.passed:
        # What could not be asked neither begins nor ends a failure.
        sender.failing_since = None
    Sender.objects.filter(pk=sender.pk).update(
        checks=[check.as_json() for check in found.checks],
        checked_at=now,
        checks_passed_at=now if found.passed else sender.checks_passed_at,
        failing_since=sender.failing_since,
        org_domain=found.org_domain or sender.org_domain,
    )
    return True


def _stored(mailbox: Mailbox) -> dict[str, object]:
    values = asdict(mailbox)
    for secret in ("password", "dkim_key"):
        if values[secret] is None:
            del values[secret]
    return values


def _nobody_else_is_default(channel: str) -> None:
    Sender.objects.filter(is_default=True, channel=channel).update(is_default=False)
