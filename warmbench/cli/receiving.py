"""Looks over how mail comes in: the inboxes, the mail server beside us, the providers that call."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings

from warmbench.cli.checkup import Finding, Level
from warmbench.integrations.mail import providers, reception
from warmbench.messaging.models import InboundMail, Inbox, ProviderEvent, Sender

#: An inbox is looked at twice a minute. Not for so long: nobody does.
SILENT = timedelta(minutes=10)
#: A mail is understood within seconds.
LATE = timedelta(minutes=10)


def found(*, now: datetime) -> Iterator[Finding]:
    """Every way in, whether it is open, and what came in and is not done."""
    inboxes = list(Inbox.objects.defer("password").order_by("host", "username", "folder"))
    for inbox in inboxes:
        yield _inbox(inbox, now=now)
    if settings.RECEPTION_PORT:
        yield _reception(settings.RECEPTION_PORT)
    yield from _providers()
    ways = [settings.RECEPTION_PORT, settings.HOOK_SECRETS, *(one.is_active for one in inboxes)]
    # The demo's candidates answer by themselves.
    if not any(ways) and not settings.DEMO and Sender.objects.exists():
        yield Finding(
            Level.CARE,
            "Inboxes",
            "No mail comes in: replies do not pause anybody, and dead addresses stay in use.",
            "Add the senders' mailboxes on the page Inboxes. docs/howto/receive-mail.md has more.",
        )
    yield from _undone(now=now)


def _inbox(inbox: Inbox, *, now: datetime) -> Finding:
    what = f"{inbox.username}, {inbox.folder}"
    if not inbox.is_active:
        return Finding(Level.NOTE, what, "It is paused.", "Resume it on the page Inboxes.")
    if inbox.problem:
        return Finding(Level.CARE, what, inbox.problem, "Its page tries it again: Check now.")
    if inbox.checked_at is None or now - inbox.checked_at > SILENT:
        since = f"since {inbox.checked_at:%-d %B %Y %H:%M} UTC" if inbox.checked_at else "yet"
        todo = "Is a worker at work, with the loop inboxes?"
        return Finding(Level.CARE, what, f"Nobody has read it {since}.", todo)
    return Finding(Level.GOOD, what, f"Read at {inbox.checked_at:%H:%M} UTC, from {inbox.host}.")


def _reception(port: int) -> Finding:
    with suppress(OSError), socket.create_connection((reception.HOST, port), timeout=5):
        return Finding(Level.GOOD, "Reception", f"Mails may be handed over at port {port}.")
    return Finding(
        Level.CARE,
        "Reception",
        f"Nobody takes mails at port {port}: the mail server keeps them, and tries again.",
        "Is a worker at work, with the loop reception, and the port nobody else's?",
    )


def _providers() -> Iterator[Finding]:
    called = [name for name in providers.NAMES if providers.is_on(name)]
    if called:
        yield Finding(Level.GOOD, "Providers", f"They may call: {', '.join(called)}.")
    failed = ProviderEvent.objects.filter(state=ProviderEvent.State.FAILED).count()
    if failed:
        said = f"{failed:,} of the things that they told could not be acted on."
        todo = "The log says why (provider event failed). This is a fault of Warmbench: report it."
        yield Finding(Level.CARE, "Providers", said, todo)


def _undone(*, now: datetime) -> Iterator[Finding]:
    waiting = InboundMail.objects.filter(state=InboundMail.State.WAITING)
    late = waiting.filter(received_at__lt=now - LATE).count()
    if late:
        said = f"{late:,} came in and nobody has read them."
        yield Finding(Level.CARE, "Mails", said, "Is a worker at work, with the loop inbound?")
    for_a_person = InboundMail.objects.filter(state=InboundMail.State.OPEN).count()
    if for_a_person:
        said = f"{for_a_person:,} are for a person to look at."
        yield Finding(Level.NOTE, "Mails", said, "They stand on the page Replies.")
