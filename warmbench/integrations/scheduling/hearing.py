"""Takes in what a system for booking talks tells by itself: verified, and kept before it is
answered."""

import json
from datetime import datetime, timedelta

from warmbench.core import limits
from warmbench.integrations.ats.errors import NotTheirsError
from warmbench.integrations.ats.protocol import Call
from warmbench.integrations.models import SchedulingAccount, SchedulingEvent
from warmbench.integrations.scheduling import vendors
from warmbench.integrations.scheduling.reading import LONGEST_ID, text

#: Many times what a recruiter's calendar makes.
MOST, SPAN = 120, timedelta(minutes=1)
#: How long events are kept that were acted on: so long that nobody tells the same again.
KEPT = timedelta(days=30)


def account_of(hook_key: str) -> SchedulingAccount | None:
    """The account that is called at this address."""
    return SchedulingAccount.objects.filter(hook_key=hook_key).first()


def may_call(account: SchedulingAccount, *, now: datetime) -> bool:
    """Whether it may call once more. Counts the call."""
    return limits.allows(f"scheduling-hook:{account.pk}", most=MOST, span=SPAN, now=now)


def hear(account: SchedulingAccount, call: Call) -> int:
    """Verify a call and keep which talk it names. Returns how many talks that are.

    When this has returned, it is kept for good. Raises NotTheirsError for a call that is not
    signed as it must be.
    """
    vendor = vendors.of(account.vendor)
    keys = signing_keys(account, now=call.at)
    if vendor.is_told_by_api and not keys:
        raise NotTheirsError("Nobody was asked to call here.")
    told = vendor.hear(keys, call)
    rows = [
        SchedulingEvent(
            account=account,
            event_id=text(one.event_id, 160),
            kind=text(one.kind, 60),
            talk_id=text(one.talk_id, LONGEST_ID),
            body=call.body,
            received_at=call.at,
            next_at=call.at,
        )
        for one in told
    ]
    if vendor.is_told_by_api:
        SchedulingEvent.objects.bulk_create(rows, ignore_conflicts=True)
    else:
        # It has no name for a call: each of them may be news about the same talk.
        SchedulingEvent.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["account", "event_id"],
            update_fields=["body", "received_at", "processed_at", "next_at", "tries"],
        )
    return len(rows)


def signing_keys(account: SchedulingAccount, *, now: datetime) -> tuple[str, ...]:
    """What its calls may be signed with now: the key in use, and for a while the one before."""
    kept: dict[str, str] = json.loads(account.signing_keys or "{}")
    keys = [kept["key"]] if kept.get("key") else []
    if kept.get("before") and datetime.fromisoformat(kept["until"]) > now:
        keys.append(kept["before"])
    return tuple(keys)


def forget(*, now: datetime) -> int:
    """Delete events that were acted on long ago. Returns how many."""
    return SchedulingEvent.objects.filter(processed_at__lt=now - KEPT).delete()[0]
