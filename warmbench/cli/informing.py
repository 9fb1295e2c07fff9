"""Looks over how users are told things: by mail, and by webhooks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from warmbench.accounts.models import Notification, StaffMail, User, Webhook, WebhookCall
from warmbench.cli.checkup import Finding, Level
from warmbench.integrations.telling import mailing

#: A mail that is due leaves within seconds; one that has no mailbox asks again every 15 minutes.
LATE = timedelta(minutes=30)
#: How far back failures are worth mentioning.
LATELY = timedelta(days=7)
_LOOP = "Is a worker at work, with the loop notifications?"


def findings(*, now: datetime) -> Iterator[Finding]:
    """Whether everybody can be told, what is late, and which webhooks are stuck."""
    yield from _mailboxes()
    yield from _mails(now=now)
    webhooks = Webhook.objects.defer("url", "secret").order_by("name", "pk")
    for webhook in webhooks:
        yield _webhook(webhook, now=now)


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


def _webhook(webhook: Webhook, *, now: datetime) -> Finding:
    what = f"Webhook {webhook.name}"
    if webhook.disabled_at:
        said = f"Switched off since {webhook.disabled_at:%-d %B %Y %H:%M} UTC: {webhook.problem}"
        return Finding(Level.CARE, what, said, "Mend it, and resume it on the page Webhooks.")
    if not webhook.is_active:
        return Finding(Level.NOTE, what, "It is paused.", "Resume it on the page Webhooks.")
    if webhook.failing_since:
        said = f"Stuck since {webhook.failing_since:%-d %B %Y %H:%M} UTC: {webhook.problem}"
        return Finding(Level.CARE, what, said, "Its page tries it: Test.")
    waiting = webhook.calls.filter(state=WebhookCall.State.WAITING)
    late = waiting.filter(due_at__lte=now - LATE).count()
    if late:
        return Finding(
            Level.CARE, what, f"{late:,} of its calls to {webhook.host} are late.", _LOOP
        )
    if webhook.worked_at is None:
        return Finding(Level.NOTE, what, "It was never called.", "Its page tries it: Test.")
    said = f"{webhook.host} took something on {webhook.worked_at:%-d %B %Y %H:%M} UTC."
    return Finding(Level.GOOD, what, said)
