"""Calls the programs that subscribed, signed as Standard Webhooks 1.0 wants it."""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from warmbench.accounts import notifications
from warmbench.accounts.notifications import Told
from warmbench.accounts.webhooks import Outcome
from warmbench.core.vault import UnsealError
from warmbench.integrations.models import Delivery, Subscription
from warmbench.integrations.outgoing import Caller
from warmbench.integrations.subscriptions import deliveries
from warmbench.integrations.telling import standard_webhooks
from warmbench.messaging import standing
from warmbench.people.models import Candidate


def call_next(caller: Caller, *, clock: Callable[[], datetime]) -> bool:
    """Make the next call that is due. Returns whether there was one.

    A call whose answer was lost is made again, with the same id: the other side may be told
    twice, and can tell.
    """
    if standing.is_held_here():
        return False
    delivery = deliveries.claim(now=clock())
    if delivery is None:
        return False
    outcome = _call(caller, delivery, clock())
    if deliveries.record(delivery, outcome, now=clock()):
        pk = delivery.subscription_id
        name = Subscription.objects.values_list("name", flat=True).get(pk=pk)
        standard_webhooks.say_that_it_is_off("subscription", pk, name, outcome, now=clock())
    return True


def test(caller: Caller, subscription_id: int, *, now: datetime) -> Outcome:
    """Tell a program that this is a test, and note how that went."""
    told = {"type": "test", "timestamp": now.isoformat(), "data": {}}
    call_id = f"test_{subscription_id}_{now:%Y%m%d%H%M%S}"
    outcome = _post(caller, subscription_id, told, call_id, now)
    if outcome.worked:
        deliveries.note_success(subscription_id, now=now)
    else:
        sealed = Subscription.objects.defer("url", "secret", "old_secret")
        deliveries.note_failure(sealed.get(pk=subscription_id), outcome, now=now)
    return outcome


def content(delivery: Delivery, *, with_names: bool) -> dict[str, object]:
    """What a program reads: what happened, when, and to whom, by numbers; names only if that is
    wanted, as they are now."""
    data: dict[str, object] = {**delivery.about}
    if delivery.candidate_ids:
        data["candidate_ids"] = delivery.candidate_ids
        if with_names:
            people = Candidate.objects.filter(pk__in=delivery.candidate_ids).order_by("pk")
            data["candidates"] = [{"id": one.pk, "name": one.name} for one in people]
    return {"type": delivery.kind, "timestamp": delivery.happened_at.isoformat(), "data": data}


def _call(caller: Caller, delivery: Delivery, now: datetime) -> Outcome:
    named = Subscription.objects.values_list("with_names", flat=True)
    told = content(delivery, with_names=named.get(pk=delivery.subscription_id))
    return _post(caller, delivery.subscription_id, told, f"msg_{delivery.pk}", now)


def _post(
    caller: Caller, subscription_id: int, told: Mapping[str, object], call_id: str, now: datetime
) -> Outcome:
    try:
        subscription = Subscription.objects.get(pk=subscription_id)
    except UnsealError as error:
        return Outcome(worked=False, problem=str(error))
    secrets = [subscription.secret]
    if subscription.old_until is not None and subscription.old_until > now:
        secrets.append(subscription.old_secret)
    body = json.dumps(told, ensure_ascii=False).encode()
    return standard_webhooks.post(caller, subscription.url, secrets, call_id, body, now=now)


@notifications.still_so_by("subscription")
def _are_off(told: Collection[Told]) -> set[Told]:
    """Subscriptions that are still switched off for having failed."""
    return notifications.those_of(told, Subscription.objects.exclude(disabled_at=None))
