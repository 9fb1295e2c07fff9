"""Connects the accounts in which candidates book talks with recruiters, and lets them go."""

import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.core.unique import told_who_was_faster
from warmbench.integrations.ats.errors import AtsError, AuthError, RefusedError
from warmbench.integrations.models import SchedulingAccount, SchedulingEvent
from warmbench.integrations.scheduling import opening, vendors
from warmbench.integrations.scheduling.protocol import Calls

TAKEN = "This recruiter's talks are booked in another account already. Disconnect that first."
#: How long calls count that were signed with the key before: they may be under way.
_ROTATION = timedelta(hours=1)

_one_each = told_who_was_faster({"scheduling_account_recruiter_id_key": ("recruiter", TAKEN)})


def connect(
    vendor_key: str,
    recruiter_id: int,
    credentials: Mapping[str, str],
    addresses: Mapping[str, str],
    *,
    by_id: int | None,
    clock: Callable[[], datetime],
) -> SchedulingAccount:
    """Try these keys, keep them, and have the account call us if it does. Raises AtsError if they
    are not good, and TakenError."""
    with opening.opened_with(vendor_key, credentials, addresses, clock=clock) as client:
        found = opening.to_json(client.find_out())
    account = _make(
        vendor_key, recruiter_id, credentials, addresses, found, by_id=by_id, now=clock()
    )
    return call_us(account.pk, by_id=by_id, clock=clock)


@_one_each
@transaction.atomic
def _make(
    vendor_key: str,
    recruiter_id: int,
    credentials: Mapping[str, str],
    addresses: Mapping[str, str],
    found: Mapping[str, object],
    *,
    by_id: int | None,
    now: datetime,
) -> SchedulingAccount:
    made = SchedulingAccount.objects.create(
        vendor=vendors.of(vendor_key).key,
        recruiter_id=recruiter_id,
        credentials=json.dumps(dict(credentials)),
        addresses=dict(addresses),
        found=dict(found),
        hook_key=secrets.token_urlsafe(32),
        next_at=now,
        made_by_id=by_id,
        made_at=now,
    )
    _record(made.pk, "made", by_id=by_id, now=now)
    return made


def hook_url(account: SchedulingAccount) -> str:
    """Where the account calls us."""
    return f"{settings.PUBLIC_URL}{reverse('scheduling-hook', args=[account.hook_key])}"


def call_us(
    account_id: int, *, by_id: int | None, clock: Callable[[], datetime]
) -> SchedulingAccount:
    """Have the account call us, signed with a new key; what it signed with the key before counts
    for an hour. Where its plan has no calls, it is asked every ten minutes instead, and says so.

    Raises AtsError if it could not be asked at all.
    """
    account = SchedulingAccount.objects.get(pk=account_id)
    if not vendors.of(account.vendor).is_told_by_api:
        return account
    key, now = secrets.token_urlsafe(32), clock()
    old: dict[str, str] = json.loads(account.signing_keys or "{}")
    # Stored before anybody can sign with it: the first call may come before the answer.
    kept = {"key": key}
    if old.get("key"):
        kept |= {"before": old["key"], "until": (now + _ROTATION).isoformat()}
    account.signing_keys = json.dumps(kept)
    account.save(update_fields=["signing_keys"])
    account.subscription, account.silence = "", ""
    with opening.opened(account, clock=clock) as client:
        try:
            account.subscription = cast(Calls, client).subscribe(hook_url(account), key)
        except (AuthError, RefusedError) as error:
            account.silence = f"{error} It is asked every ten minutes instead."[:300]
    account.save(update_fields=["subscription", "silence"])
    _record(account_id, "hook_key_changed", by_id=by_id, now=clock())
    return account


def test(account_id: int, *, clock: Callable[[], datetime]) -> SchedulingAccount:
    """Try the keys of an account again, and keep what it says it has. Raises AtsError."""
    account = SchedulingAccount.objects.get(pk=account_id)
    with opening.opened(account, clock=clock) as client:
        account.found = opening.to_json(client.find_out())
    account.problem, account.next_at = "", clock()
    account.save(update_fields=["found", "problem", "next_at"])
    return account


@transaction.atomic
def choose_link(account_id: int, url: str, *, by_id: int | None, now: datetime) -> bool:
    """Send candidates to this link of the account, and hear of it who books. False if the account
    has no such link."""
    account = SchedulingAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    if url not in {one.url for one in opening.links_of(account)}:
        return False
    User.objects.filter(pk=account.recruiter_id).update(booking_url=url, heard_booking_url=url)
    _record(account_id, "link_chosen", by_id=by_id, now=now)
    return True


def end(account_id: int, *, by_id: int | None, clock: Callable[[], datetime]) -> None:
    """Hear of the account no more, and forget its keys. The link stays where candidates have it;
    what was booked goes with the account."""
    account = SchedulingAccount.objects.get(pk=account_id)
    if account.subscription:
        # Not theirs to decide: without us, it calls an address that nobody has.
        with suppress(AtsError), opening.opened(account, clock=clock) as client:
            cast(Calls, client).unsubscribe(account.subscription)
    with transaction.atomic():
        User.objects.filter(pk=account.recruiter_id).update(heard_booking_url="")
        SchedulingEvent.objects.filter(account=account).delete()
        account.delete()
        _record(account_id, "ended", by_id=by_id, now=clock())


def _record(account_id: int, what: str, *, by_id: int | None, now: datetime) -> None:
    audit.record(by_id, f"scheduling.{what}", f"scheduling_account:{account_id}", now=now)
