"""Looks over how users and programs are told things: by mail, by webhooks and subscriptions."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from warmbench.accounts.models import Notification, StaffMail, User, Webhook, WebhookCall
from warmbench.cli.checkup import Finding, Level
from warmbench.integrations.models import Delivery, Subscription
from warmbench.integrations.telling import mailing

#: A mail that is due leaves within seconds; one that has no mailbox asks again every 15 minutes.
LATE = timedelta(minutes=30)
#: How far back failures are worth mentioning.
LATELY = timedelta(days=7)
_LOOP = "Is a worker at work, with the loop notifications?"
_PROGRAMS_LOOP = "Is a worker at work, with the loop subscriptions?"


def findings(*, now: datetime) -> Iterator[Finding]:
    """Whether everybody can be told, what is late, and which webhooks and programs are stuck."""
    yield from _mailboxes()
    yield from _mails(now=now)
    webhooks = Webhook.objects.defer("url", "secret").order_by("name", "pk")
    for webhook in webhooks:
        calls = webhook.calls.filter(state=WebhookCall.State.WAITING, due_at__lte=now - LATE)
        yield _called("Webhook", webhook, "Webhooks", _LOOP, calls.count())
    subscriptions = Subscription.objects.defer("url", "secret", "old_secret")
    for one in subscriptions.order_by("name", "pk"):
        told = one.deliveries.filter(state=Delivery.State.WAITING, due_at__lte=now - LATE)
        yield _called("Subscription", one, "Subscriptions", _PROGRAMS_LOOP, told.count())


def _mailboxes() -> Iterator[Finding]:
    users = list(User.objects.filter(is_active=True))
    without = [user for user in users if mailing.mailbox_for(user) is None]
    todo = "Activate a sender, and mark one as writing to everybody without a mailbox."
    if not users:
        return
    if len(without) == len(users):
        said = "Nobody can be told by mail: no mailbox may send. What is told waits on the pages."
        yield Finding(Level.CARE, "Users", said, todo)
    elif without:
        said = f"{len(without)} of {len(users)} users cannot be told by mail: they have no mailbox"
        yield Finding(Level.CARE, "Users", f"{said}, and none is for everybody.", todo)
    else:
        yield Finding(Level.GOOD, "Users", "Everybody can be told by mail.")


def _mails(*, now: datetime) -> Iterator[Finding]:
    late = Notification.objects.filter(mail_due_at__lte=now - LATE).count()
    if late:
        said = f"{late:,} of the things that users are to be mailed are late."
        yield Finding(Level.CARE, "Mails to users", said, _LOOP)
    lately = StaffMail.objects.filter(claimed_at__gt=now - LATELY)
    trouble = [StaffMail.State.FAILED, StaffMail.State.UNKNOWN]
    failed = lately.filter(state__in=trouble).count()
    if failed:
        said = f"{failed:,} of {lately.count():,} in a week were not taken, or perhaps not."
        todo = "Send yourself a test on the page of the sender. What they told stands on the pages."
        yield Finding(Level.NOTE, "Mails to users", said, todo)


def _called(what: str, one: Webhook | Subscription, page: str, loop: str, late: int) -> Finding:
    """How it goes with an address that is called."""
    name = f"{what} {one.name}"
    if one.disabled_at:
        said = f"Switched off since {one.disabled_at:%-d %B %Y %H:%M} UTC: {one.problem}"
        return Finding(Level.CARE, name, said, f"Mend it, and resume it on the page {page}.")
    if not one.is_active:
        return Finding(Level.NOTE, name, "It is paused.", f"Resume it on the page {page}.")
    if one.failing_since:
        said = f"Stuck since {one.failing_since:%-d %B %Y %H:%M} UTC: {one.problem}"
        return Finding(Level.CARE, name, said, "Its page tries it: Test.")
    if late:
        return Finding(Level.CARE, name, f"{late:,} of its calls to {one.host} are late.", loop)
    if one.worked_at is None:
        return Finding(Level.NOTE, name, "It was never called.", "Its page tries it: Test.")
    said = f"{one.host} took something on {one.worked_at:%-d %B %Y %H:%M} UTC."
    return Finding(Level.GOOD, name, said)
