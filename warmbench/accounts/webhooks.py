"""Keeps webhooks: what an administrator enters, what each is told, and how its calls went."""

import base64
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from warmbench.accounts.models import (
    Kind,
    NotificationTimes,
    Organisation,
    User,
    Webhook,
    WebhookCall,
)
from warmbench.accounts.quiet_hours import APART, Hours, next_open
from warmbench.core import audit
from warmbench.core.pauses import pause

#: How long a call may take before its worker is taken for dead.
LEASE = timedelta(minutes=2)
#: Slack takes one message a second from each address.
BETWEEN = timedelta(seconds=1)
#: A pause after a failure doubles with each.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
#: One that fails for so long is switched off (rules.md S9), and what it was to be told is given up.
FAILING_MAY_LAST = timedelta(hours=24)
_PREFIX = "whsec_"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What an administrator enters about a webhook."""

    name: str
    #: None leaves the address that is stored.
    url: str | None = field(default=None, repr=False)
    style: str
    kinds: Collection[str]
    detail: str
    user_id: int | None = None
    team_id: int | None = None
    when_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call went."""

    worked: bool
    problem: str = ""
    #: What was answered; 0 for nothing at all.
    status: int = 0
    #: The other side wants none any more (HTTP 410).
    gone: bool = False
    #: How long the other side asks to be left alone.
    wait: timedelta | None = None


@transaction.atomic
def create(entry: Entry, *, by_id: int | None, now: datetime) -> tuple[Webhook, str]:
    """A new webhook, and the secret that its calls are signed with."""
    secret = new_secret()
    made = Webhook.objects.create(**_stored(entry), secret=secret, free_at=now, created_at=now)
    audit.record(by_id, "webhook.created", f"webhook:{made.pk}", now=now)
    return made, secret


@transaction.atomic
def change(webhook_id: int, entry: Entry, *, by_id: int | None, now: datetime) -> list[str]:
    """Give a webhook other settings. Returns the names of those that are different now."""
    # Without its secrets: it is to be changed also when no key opens them any more.
    locked = Webhook.objects.select_for_update(no_key=True).defer("url", "secret")
    webhook = locked.get(pk=webhook_id)
    entered = _stored(entry).items()
    changed = {n: value for n, value in entered if n == "url" or getattr(webhook, n) != value}
    if changed:
        fresh = _TRUSTED_AGAIN | {"free_at": now} if "url" in changed else {}
        Webhook.objects.filter(pk=webhook_id).update(**changed, **fresh)
        # Names only: the values are addresses and secrets.
        detail: dict[str, object] = {"fields": sorted(changed)}
        audit.record(by_id, "webhook.changed", f"webhook:{webhook_id}", detail=detail, now=now)
    return sorted(changed)


@transaction.atomic
def give_new_secret(webhook_id: int, *, by_id: int | None, now: datetime) -> str:
    """Sign the calls of a webhook with another secret from now on. Returns it."""
    secret = new_secret()
    Webhook.objects.filter(pk=webhook_id).update(secret=secret)
    audit.record(by_id, "webhook.secret", f"webhook:{webhook_id}", now=now)
    return secret


@transaction.atomic
def set_active(webhook_id: int, *, is_active: bool, by_id: int | None, now: datetime) -> bool:
    """Tell a webhook nothing any more, or go on. What came up meanwhile it is never told.
    Returns whether that is new."""
    other = Webhook.objects.filter(pk=webhook_id, is_active=not is_active)
    if not other.update(is_active=is_active, free_at=now, **_WELL):
        return False
    if not is_active:
        _give_up(webhook_id)
    what = "webhook.resumed" if is_active else "webhook.paused"
    audit.record(by_id, what, f"webhook:{webhook_id}", now=now)
    return True


@transaction.atomic
def remove(webhook_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Forget a webhook. Returns whether there was one."""
    deleted, _ = Webhook.objects.filter(pk=webhook_id).delete()
    if deleted:
        audit.record(by_id, "webhook.removed", f"webhook:{webhook_id}", now=now)
    return bool(deleted)


def tell(
    users: Collection[User],
    *,
    kind: Kind,
    key: str,
    words: Mapping[str, object],
    now: datetime,
) -> None:
    """Queue a call for each webhook that wants this kind of what these users are told.

    There is one call per webhook and key. The same words again change nothing; other ones are
    told an hour after the last at the earliest.
    """
    teams = {user.team_id for user in users if user.team_id}
    whose = Q(user=None, team=None) | Q(user__in=users) | Q(team__in=teams)
    for webhook in (
        Webhook.objects.filter(whose, is_active=True, kinds__contains=[kind])
        .select_related("user")
        .defer("url", "secret")
    ):
        _tell_one(webhook, key, words, now=now)


def _tell_one(webhook: Webhook, key: str, words: Mapping[str, object], *, now: datetime) -> None:
    calls = WebhookCall.objects.select_for_update(no_key=True)
    due_at = opens_at(webhook, now)
    call, is_new = calls.get_or_create(
        webhook=webhook, key=key, defaults={**words, "told_at": now, "due_at": due_at}
    )
    if is_new or all(getattr(call, name) == value for name, value in words.items()):
        return
    again = {"state": WebhookCall.State.WAITING, "told_at": now, "tries": 0}
    if call.called_at:
        due_at = opens_at(webhook, max(now, call.called_at + APART))
    if call.state == WebhookCall.State.WAITING:
        due_at = min(due_at, call.due_at)
    times = call.times + (call.state != WebhookCall.State.WAITING)
    calls.filter(pk=call.pk).update(**words, **again, due_at=due_at, times=times)


def opens_at(webhook: Webhook, at: datetime) -> datetime:
    """The first moment from ``at`` on at which a webhook may be called: its user's hours count,
    or the usual ones where the organisation is."""
    if webhook.when_quiet:
        return at
    if webhook.user:
        times = NotificationTimes.objects.filter(user=webhook.user).first()
        hours = Hours.of(times or NotificationTimes(user=webhook.user), webhook.user.time_zone)
        return next_open(at, hours)
    organisation = Organisation.objects.first()
    return next_open(at, Hours(organisation.default_time_zone if organisation else "UTC"))


# For whoever makes the calls.


@transaction.atomic
def claim(*, now: datetime) -> WebhookCall | None:
    """The next call that is due, for this worker alone until its lease is over. Committed
    before the first byte leaves. None if there is nothing to do."""
    due = WebhookCall.objects.filter(state=WebhookCall.State.WAITING, due_at__lte=now)
    free = (
        Webhook.objects.filter(
            Exists(due.filter(webhook=OuterRef("pk"))), is_active=True, free_at__lte=now
        )
        .order_by("free_at", "pk")
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        .defer("url", "secret")
    )
    webhook = free.first()
    if webhook is None:
        return None
    if webhook.user and not webhook.user.is_active:
        # Whoever has left is told nothing any more, on no channel of theirs.
        due.filter(webhook=webhook).update(state=WebhookCall.State.DROPPED)
        return None
    opens = opens_at(webhook, now)
    if opens > now:
        due.filter(webhook=webhook).update(due_at=opens)
        return None
    # One that the other side cannot take must not stand in the way of the rest.
    call = due.filter(webhook=webhook).order_by("tries", "due_at", "pk").first()
    if call is None:
        return None
    Webhook.objects.filter(pk=webhook.pk).update(free_at=now + LEASE)
    call.tries += 1
    call.called_at = now
    call.save(update_fields=["tries", "called_at"])
    return call


@transaction.atomic
def drop(call: WebhookCall, *, now: datetime) -> None:
    """Note that what was to be told is not so any more."""
    _locked(call.webhook_id).update(free_at=now)
    WebhookCall.objects.filter(pk=call.pk).update(state=WebhookCall.State.DROPPED)


@transaction.atomic
def record(call: WebhookCall, outcome: Outcome, *, now: datetime) -> bool:
    """Note how a call went. Returns whether the webhook was switched off by that: it has
    failed for a day, or the other side wants none any more."""
    webhooks = _locked(call.webhook_id)
    webhook = webhooks.defer("url", "secret").first()
    if webhook is None:
        return False
    mine = WebhookCall.objects.filter(pk=call.pk, times=call.times)
    if outcome.worked:
        webhooks.update(**_WELL, worked_at=now, free_at=now + BETWEEN)
        mine.update(state=WebhookCall.State.DONE)
        return False
    note_failure(webhook, outcome, now=now)
    if call.told_at <= now - FAILING_MAY_LAST:
        mine.update(state=WebhookCall.State.FAILED)
    since = webhook.failing_since or now
    if webhook.is_active and (outcome.gone or now - since >= FAILING_MAY_LAST):
        webhooks.update(is_active=False, disabled_at=now)
        _give_up(webhook.pk)
        detail: dict[str, object] = {"why": outcome.problem}
        audit.record(None, "webhook.disabled", f"webhook:{webhook.pk}", detail=detail, now=now)
        return True
    return False


def note_failure(webhook: Webhook, outcome: Outcome, *, now: datetime) -> None:
    """Note why a webhook could not be called, and leave it alone for a while."""
    span = pause(SHORTEST_PAUSE, webhook.failures, longest=LONGEST_PAUSE)
    if outcome.wait:
        span = min(max(span, outcome.wait), LONGEST_PAUSE)
    Webhook.objects.filter(pk=webhook.pk).update(
        failures=min(webhook.failures + 1, 30_000),
        failing_since=webhook.failing_since or now,
        problem=outcome.problem[:200],
        free_at=now + span,
    )


def note_success(webhook_id: int, *, now: datetime) -> None:
    """Note that a test reached the other side: what waits goes at once. One that was switched
    off stays so until somebody resumes it."""
    Webhook.objects.filter(pk=webhook_id).update(**_TRUSTED_AGAIN, worked_at=now, free_at=now)


#: What a webhook is that nothing is known against, and one that nothing ever was.
_TRUSTED_AGAIN: dict[str, object] = {"failures": 0, "failing_since": None, "problem": ""}
_WELL = _TRUSTED_AGAIN | {"disabled_at": None}


def _locked(webhook_id: int) -> QuerySet[Webhook]:
    found = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id)
    list(found.values_list("pk"))
    return Webhook.objects.filter(pk=webhook_id)


def _give_up(webhook_id: int) -> None:
    waiting = WebhookCall.objects.filter(webhook=webhook_id, state=WebhookCall.State.WAITING)
    waiting.update(state=WebhookCall.State.FAILED)


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: 24 random bytes, in base64, with a prefix."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that a secret stands for."""
    return base64.b64decode(secret.removeprefix(_PREFIX))


def _stored(entry: Entry) -> dict[str, object]:
    values = asdict(entry)
    values["kinds"] = sorted(entry.kinds)
    if entry.url is None:
        del values["url"]
    else:
        values["host"] = (urlsplit(entry.url).hostname or "")[:253]
    return values
