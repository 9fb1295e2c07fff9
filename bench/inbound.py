"""How many mails that came in are read a second, what they are judged to be, and how many act.

    python -m bench.inbound --mails 3000
    python -m bench.inbound --folder ../shared/data/bounces/mails

Beside it, in the same run: the standard library that only takes the mails apart (the limit of what
a parser in Python does), and flufl.bounce, Mailman's reader, which finds addresses and nothing else
(the plain way).

Then mails that answer messages which were really written go the whole way: kept, understood in
another process, acted on, each in its commit. Beside that: keeping alone, and understanding alone.
"""

import argparse
import logging
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

from flufl.bounce import all_failures

from bench import acting
from warmbench.core import fence
from warmbench.messaging.inbound import kind, mail

_OURS = """\
From: Alice Meyer <alice@northwind.example>
To: Person {n} <person{n}@example.com>
Subject: Three teams that hire
Message-ID: <{n}@northwind.example>
Content-Type: text/plain; charset=utf-8

Hello,

this is news.
"""
_REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: alice+{n}@northwind.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b{n}"

--b{n}
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<person{n}@example.com>: host mx.example.com[192.0.2.25] said: {said} (in reply to RCPT TO command)

--b{n}
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; person{n}@example.com
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; {said}

--b{n}
Content-Type: message/rfc822

{ours}
--b{n}--
"""
_WORDS = """\
From: MAILER-DAEMON@mx.example.net
To: alice+{n}@northwind.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<person{n}@example.com>:
192.0.2.25 does not like recipient.
Remote host said: {said}
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

{ours}
"""
_ANSWER = """\
Return-Path: <person{n}@example.com>
From: Person {n} <person{n}@example.com>
To: alice+{n}@northwind.example
Subject: Re: Three teams that hire
In-Reply-To: <{n}@northwind.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b{n}"

--b{n}
Content-Type: text/plain; charset=utf-8

Thank you, not now. Please ask again in spring. ({said})

> Hello,
>
> this is news.

--b{n}
Content-Type: text/html; charset=utf-8

<p>Thank you, not now. Please ask again in spring.</p><blockquote>Hello, this is news.</blockquote>

--b{n}--
"""
_SAID = (
    "550 5.1.1 <person{n}@example.com>: Recipient address rejected: User unknown",
    "552 5.2.2 mailbox is full",
    "554 5.7.1 Service unavailable; client blocked using a block list",
    "451 4.3.0 temporary failure",
)


def _mails(count: int) -> list[bytes]:
    """Reports in two forms and answers of people, in equal parts."""
    forms = (_REPORT, _WORDS, _ANSWER)
    return [
        forms[n % 3].format(n=n, said=_SAID[n % 4].format(n=n), ours=_OURS.format(n=n)).encode()
        for n in range(count)
    ]


def _rate(what: str, read: Callable[[bytes], object], mails: list[bytes]) -> float:
    """How many a second, the best of three rounds: others use the machine as well."""
    rates = []
    for _ in range(3):
        began = time.perf_counter()
        for raw in mails:
            read(raw)
        rates.append(len(mails) / (time.perf_counter() - began))
    print(f"{what}: {max(rates):,.0f} mails/s")
    return max(rates)


def _ours(raw: bytes) -> str:
    """Everything that is read before anybody asks the database."""
    came = mail.read(raw)
    found = kind.kind_of(came, lambda _: None)
    assert came.text is not None
    return type(found).__name__


def _flufl(raw: bytes) -> bool:
    """Whether it ended well: it raises for some real mails."""
    return not isinstance(fence.attempt(all_failures, message_from_bytes(raw)), Exception)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=3_000, help="how many invented mails")
    parser.add_argument("--acted", type=int, default=2_000, help="how many go the whole way")
    parser.add_argument("--folder", type=Path, help="real mails instead, one in each .eml file")
    options = parser.parse_args()

    logging.disable(logging.CRITICAL)  # flufl.bounce writes a line for each pattern it tries.
    mails = _mails(options.mails)
    if options.folder:
        mails = [each.read_bytes() for each in sorted(options.folder.glob("*.eml"))]
    print(f"{len(mails):,} mails of {sum(map(len, mails)) / len(mails):,.0f} bytes each")

    ours = _rate("read and judged", _ours, mails)
    limit = _rate("the standard library, taken apart only (limit)", message_from_bytes, mails)
    plain = _rate("flufl.bounce, addresses only (plain way)", _flufl, mails)
    print(f"ratio to the standard library: {ours / limit:.2f}")
    print(f"ratio to flufl.bounce: {ours / plain:.2f}")
    print("kinds:", dict(Counter(map(_ours, mails))))
    print("mails that flufl.bounce raises for:", sum(not _flufl(raw) for raw in mails))
    if options.acted:
        acting.measure(options.acted)


if __name__ == "__main__":
    main()
