"""Mails that come back from people to whom messages were really written, taken the whole way."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes

from bench import scratch, sending, world

_REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {envelope}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report.{n}@mx.example.net>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b{n}"

--b{n}
Content-Type: text/plain; charset=us-ascii

I could not deliver your message. It is attached below.

<{address}>: host mx.example.com[192.0.2.25] said: {said} (in reply to RCPT TO command)

--b{n}
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {said}

--b{n}
Content-Type: message/rfc822

{ours}
--b{n}--
"""
_ANSWER = """\
Return-Path: <{address}>
From: Person {n} <{address}>
To: {reply_to}
Subject: {subject}
Message-ID: <answer.{n}@example.com>
In-Reply-To: {message_id}
{extra}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{words}

On Tue, 3 Mar 2026 at 10:00, Recruiter <r@northwind.example> wrote:

{quoted}
"""
_DEAD = ("5.1.1", "550 5.1.1 <{address}>: Recipient address rejected: User unknown")
_FULL = ("4.2.2", "452 4.2.2 mailbox is full")
_INTERESTED = ("Re: News", "", "Yes, I would love to hear more. When are you free to talk?")
_LATER = ("Re: News", "", "Thank you, not now. Please ask again in spring.")
_STOP = ("Re: News", "", "Please take me off this list.")
_AWAY = (
    "Automatic reply: News",
    "Auto-Submitted: auto-replied\n",
    "I am out of the office until Friday, 13 March 2026.",
)
#: A tenth each of dead addresses, full mailboxes, opt-outs; a fifth are absences; half are replies.
_MIX = (_DEAD, _FULL, _STOP, _AWAY, _AWAY, _INTERESTED, _INTERESTED, _INTERESTED, _LATER, _LATER)


def measure(count: int) -> None:
    """Write so many messages, answer each, and print how fast the answers act."""
    scratch.prepare()
    from warmbench.messaging.inbound import arrivals, fenced
    from warmbench.messaging.models import InboundMail
    from warmbench.signals import answers

    came = _answers(count)
    kept = _rate(
        "kept, each in its commit (limit)",
        lambda: [arrivals.keep(raw, source="bench", now=world.NOW) for raw in came],
        count,
    )
    with fenced.reader() as reader:
        reader.understand(came[0], envelope_to="", now=world.NOW, time_box=30)
        understood = _rate(
            "understood, in another process (limit)",
            lambda: [reader.understand(raw, envelope_to="", now=world.NOW) for raw in came],
            count,
        )

        def act() -> None:
            while answers.process(reader, now=world.NOW):
                pass

        acted = _rate("understood and acted on", act, count)
    print(f"from the door to the end: {1 / (1 / kept + 1 / acted):,.0f} mails/s")
    print(f"ratio of acting to understanding: {acted / understood:.2f}")
    found = InboundMail.objects.values_list("kind", "state", "match")
    print("what they were:", dict(Counter("/".join(each) for each in found)))


def _answers(count: int) -> list[bytes]:
    """What comes back to so many messages, a mixture."""
    from warmbench.core import sql
    from warmbench.messaging import delivery
    from warmbench.messaging.handover import Recording

    world.tags()
    world.team(4)
    world.people(count)
    queued = {"round": 0, "rounds": 1, "template": sending.template(), "now": world.NOW}
    sql.run(sending.QUEUE, {**queued, "until": world.NOW + timedelta(days=3)})
    outbox = Recording()
    while delivery.deliver(lambda _: outbox, worker="bench", clock=lambda: world.NOW):
        pass
    return [_answer(n, *mail) for n, mail in enumerate(outbox.mails)]


def _answer(n: int, envelope: str, address: str, data: bytes) -> bytes:
    ours = message_from_bytes(data)
    what = _MIX[n % len(_MIX)]
    if what in {_DEAD, _FULL}:
        status, said = what
        report = _REPORT.format(
            n=n, envelope=envelope, address=address, status=status,
            said=said.format(address=address), ours=data.decode(),
        )  # fmt: skip
        return report.encode()
    subject, extra, words = what
    part = ours.get_payload(0)
    quoted = part.get_payload(decode=True).decode().splitlines()
    answer = _ANSWER.format(
        n=n, address=address, reply_to=" ".join(ours["Reply-To"].split()), subject=subject,
        message_id=ours["Message-ID"], extra=extra, words=words,
        quoted="\n".join(f"> {line}" for line in quoted),
    )  # fmt: skip
    return answer.encode()


def _rate(what: str, action: Callable[[], object], count: int) -> float:
    began = time.perf_counter()
    action()
    rate = count / (time.perf_counter() - began)
    print(f"{what}: {rate:,.0f} mails/s")
    return rate
