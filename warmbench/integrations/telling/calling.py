"""Tells webhooks what they are to be told, and keeps at it while the other side is away."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.conf import settings

from warmbench.accounts import notifications, webhooks
from warmbench.accounts.models import Detail, Webhook, WebhookCall
from warmbench.accounts.notifications import Told
from warmbench.accounts.webhooks import Outcome
from warmbench.core.vault import UnsealError
from warmbench.integrations.outgoing import Caller
from warmbench.integrations.telling import chat, standard_webhooks
from warmbench.integrations.telling.chat import Words
from warmbench.messaging import standing

_TEST = Words("This is a test that somebody asked Warmbench for.", "", "")


def call_next(caller: Caller, *, clock: Callable[[], datetime]) -> bool:
    """Make the next call that is due. Returns whether there was one.

    A call whose answer was lost is made again, with the same id: the other side may be told
    twice, and can tell. Nothing is told that is not so any more.
    """
    if standing.is_held_here():
        return False
    call = webhooks.claim(now=clock())
    if call is None:
        return False
    if not notifications.still_so([Told(call.key)]):
        webhooks.drop(call, now=clock())
        return True
    outcome = _call(caller, call, clock())
    if webhooks.record(call, outcome, now=clock()):
        name = Webhook.objects.values_list("name", flat=True).get(pk=call.webhook_id)
        standard_webhooks.say_that_it_is_off("webhook", call.webhook_id, name, outcome, now=clock())
    return True


def test(caller: Caller, webhook_id: int, *, now: datetime) -> Outcome:
    """Tell a webhook that this is a test, and note how that went."""
    outcome = _post(caller, webhook_id, _TEST, f"test_{webhook_id}_{now:%Y%m%d%H%M%S}", now)
    if outcome.worked:
        webhooks.note_success(webhook_id, now=now)
    else:
        webhook = Webhook.objects.defer("url", "secret").get(pk=webhook_id)
        webhooks.note_failure(webhook, outcome, now=now)
    return outcome


def _call(caller: Caller, call: WebhookCall, now: datetime) -> Outcome:
    detail = Webhook.objects.values_list("detail", flat=True).get(pk=call.webhook_id)
    name = notifications.names([call.candidate_id]).get(call.candidate_id or 0)
    words = Words(
        notifications.sentence(call.title, name, Detail(detail)),
        call.body if detail == Detail.EVERYTHING else "",
        settings.PUBLIC_URL + call.path,
    )
    return _post(caller, call.webhook_id, words, f"call_{call.pk}_{call.times}", now)


def _post(caller: Caller, webhook_id: int, words: Words, call_id: str, now: datetime) -> Outcome:
    try:
        webhook = Webhook.objects.get(pk=webhook_id)
    except UnsealError as error:
        return Outcome(worked=False, problem=str(error))
    if not words.url:
        words = Words(words.title, words.body, settings.PUBLIC_URL)
    content = chat.content(webhook.style, words)
    secrets = [webhook.secret]
    return standard_webhooks.post(caller, webhook.url, secrets, call_id, content, now=now)


@notifications.still_so_by("webhook")
def _are_off(told: Collection[Told]) -> set[Told]:
    """Webhooks that are still switched off for having failed."""
    return notifications.those_of(told, Webhook.objects.exclude(disabled_at=None))
