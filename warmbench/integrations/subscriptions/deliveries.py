"""What programs are told: queued, claimed, tried for three days, and told again if asked."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from warmbench.accounts.webhooks import LEASE, Outcome
from warmbench.core import audit
from warmbench.core.pauses import pause
from warmbench.integrations.models import Delivery, Happening, Subscription
from warmbench.integrations.subscriptions import keeping

State = Delivery.State

#: People in one delivery: more than a call need carry is more than a program can take.
MOST = 1_000
#: The pauses before a delivery is tried again: three days in all.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 64_800, 81_000)
)
#: One that fails for so long is switched off, and what it was to be told is given up.
FAILING_MAY_LAST = timedelta(days=3)
#: The pause of a whole address after a failure doubles with each, so that one that is away is not
#: called once for each of a thousand things.
_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)
_SEALED = ("url", "secret", "old_secret")


def wanted(kind: Happening) -> list[int]:
    """The subscriptions that are told of this. Mostly there is none, and nothing need be read."""
    active = Subscription.objects.filter(is_active=True, kinds__contains=[kind])
    return list(active.order_by("pk").values_list("pk", flat=True))


def queue(
    subscription_ids: Collection[int],
    kind: Happening,
    candidate_ids: Collection[int],
    about: Mapping[str, object],
    *,
    now: datetime,
) -> int:
    """Let these programs be told of something. Returns how many deliveries. A reaction that runs
    twice tells them twice, as a lost answer does."""
    people = sorted(set(candidate_ids))
    pieces = [people[at : at + MOST] for at in range(0, len(people), MOST)] or [[]]
    rows = [
        Delivery(
            subscription_id=subscription_id,
            kind=kind,
            candidate_ids=piece,
            about=dict(about),
            happened_at=now,
            since=now,
            due_at=now,
        )
        for subscription_id in subscription_ids
        for piece in pieces
    ]
    return len(Delivery.objects.bulk_create(rows))


@transaction.atomic
def claim(*, now: datetime) -> Delivery | None:
    """The next delivery that is due, for this worker alone until its lease is over. Committed
    before the first byte leaves. None if there is nothing to do."""
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=now)
    free = (
        Subscription.objects.filter(
            Exists(due.filter(subscription=OuterRef("pk"))), is_active=True, free_at__lte=now
        )
        .order_by("free_at", "pk")
        .select_for_update(no_key=True, skip_locked=True)
        .defer(*_SEALED)
    )
    subscription = free.first()
    if subscription is None:
        return None
    # One that the other side cannot take must not stand in the way of the rest.
    mine = due.filter(subscription=subscription).order_by("tries", "due_at", "pk")
    delivery = mine.first()
    if delivery is None:
        return None
    Subscription.objects.filter(pk=subscription.pk).update(free_at=now + LEASE)
    delivery.tries += 1
    delivery.called_at = now
    delivery.save(update_fields=["tries", "called_at"])
    return delivery


@transaction.atomic
def record(delivery: Delivery, outcome: Outcome, *, now: datetime) -> bool:
    """Note how a call went. Returns whether the subscription was switched off by that: it has
    failed for three days, or the other side wants none any more."""
    locked = Subscription.objects.select_for_update(no_key=True).defer(*_SEALED)
    subscription = locked.filter(pk=delivery.subscription_id).first()
    if subscription is None:
        return False
    mine = Delivery.objects.filter(pk=delivery.pk)
    said: dict[str, object] = {"status": outcome.status, "answer": outcome.problem[:200]}
    if outcome.worked:
        note_success(subscription.pk, now=now)
        mine.update(state=State.DONE, **said)
        return False
    note_failure(subscription, outcome, now=now)
    # Another worker may have called since, when the lease of this one was over: its word is newer.
    mine = mine.filter(tries=delivery.tries).exclude(state=State.DONE)
    is_over = delivery.tries > len(PAUSES) or delivery.since <= now - FAILING_MAY_LAST
    if is_over or outcome.gone:
        mine.update(state=State.FAILED, **said)
    else:
        span = max(PAUSES[delivery.tries - 1], outcome.wait or timedelta(0))
        mine.update(due_at=now + span, **said)
    since = subscription.failing_since or now
    if subscription.is_active and (outcome.gone or now - since >= FAILING_MAY_LAST):
        Subscription.objects.filter(pk=subscription.pk).update(is_active=False, disabled_at=now)
        keeping.give_up(subscription.pk)
        detail: dict[str, object] = {"why": outcome.problem}
        subject = f"subscription:{subscription.pk}"
        audit.record(None, "subscription.disabled", subject, detail=detail, now=now)
        return True
    return False


def note_success(subscription_id: int, *, now: datetime) -> None:
    """Note that a call reached the other side: what waits goes at once."""
    Subscription.objects.filter(pk=subscription_id).update(
        **keeping.TRUSTED, worked_at=now, free_at=now
    )


def note_failure(subscription: Subscription, outcome: Outcome, *, now: datetime) -> None:
    """Note why a program could not be called, and leave it alone for a while."""
    span = pause(_SHORTEST_PAUSE, subscription.failures, longest=_LONGEST_PAUSE)
    if outcome.wait:
        span = min(max(span, outcome.wait), timedelta(hours=2))
    Subscription.objects.filter(pk=subscription.pk).update(
        failures=min(subscription.failures + 1, 30_000),
        failing_since=subscription.failing_since or now,
        problem=outcome.problem[:200],
        free_at=now + span,
    )


@transaction.atomic
def replay(subscription_id: int, delivery_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Tell one thing again, with the same id. Returns False while it waits as it is."""
    told = Delivery.objects.filter(pk=delivery_id, subscription=subscription_id)
    return bool(_again(told.exclude(state=State.WAITING), subscription_id, by_id=by_id, now=now))


@transaction.atomic
def replay_failed(
    subscription_id: int, *, since: datetime, by_id: int | None, now: datetime
) -> int:
    """Tell again all that was given up and happened since a moment. Returns how many things."""
    failed = Delivery.objects.filter(
        subscription=subscription_id, state=State.FAILED, happened_at__gte=since
    )
    return _again(failed, subscription_id, by_id=by_id, now=now)


def _again(
    told: QuerySet[Delivery], subscription_id: int, *, by_id: int | None, now: datetime
) -> int:
    found = told.update(state=State.WAITING, tries=0, since=now, due_at=now)
    if found:
        detail: dict[str, object] = {"deliveries": found}
        subject = f"subscription:{subscription_id}"
        audit.record(by_id, "subscription.replayed", subject, detail=detail, now=now)
    return found
