"""Mails that come in, invented for this project after the forms that mail systems use."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

#: Real failure reports with expected answers. They are not ours to copy, so they are read where the
#: checkout stands among other folders, and tests of them say so where it does not.
CORPUS = Path(__file__).parents[3] / "shared" / "data" / "bounces"
NO_CORPUS = f"The corpus of real failure reports is not beside this checkout, in {CORPUS}."

#: One of our own mails, as it comes back.
OURS = """\
Received: from mx.northwind.example (mx.northwind.example [192.0.2.10])
\tby relay.example.net with ESMTPS id 4dJF1r; Tue, 03 Nov 2026 09:30:12 +0000
From: Alice Meyer <alice@northwind.example>
To: Ana Moreau <ana@example.com>
Subject: Three teams that hire in Lyon
Date: Tue, 03 Nov 2026 09:30:11 +0000
Message-ID: <8405a9c29d2911551d006fde155c0262@northwind.example>
Reply-To: alice+r2k4@northwind.example
List-Unsubscribe: <https://w.example.org/u/t0ken>, <mailto:alice+u7@northwind.example>
Feedback-ID: 12:3:content:warmbench
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello Ana
"""

POSTFIX = f"""\
Return-Path: <>
Delivered-To: alice+bounce@northwind.example
From: MAILER-DAEMON@mx.northwind.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: alice+bounce@northwind.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1/mx.northwind.example"

This is a MIME-encapsulated message.

--B1/mx.northwind.example
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.northwind.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

<ana@example.com> (expanded from <ana.moreau@example.com>): host
    mx.example.com[192.0.2.25] said: 550 5.1.1 <ana@example.com>: Recipient
    address rejected: User unknown in virtual mailbox table (in reply to RCPT
    TO command)

--B1/mx.northwind.example
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.northwind.example
Arrival-Date: Tue, 3 Nov 2026 09:30:12 +0000 (UTC)

Final-Recipient: rfc822; ana@example.com
Original-Recipient: rfc822;ana.moreau@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 5.1.1 <ana@example.com>: Recipient address
    rejected: User unknown in virtual mailbox table

--B1/mx.northwind.example
Content-Type: message/rfc822

{OURS}
--B1/mx.northwind.example--
"""

DELAYED = (
    POSTFIX.replace("Undelivered Mail Returned to Sender", "Delayed Mail (still being retried)")
    .replace("Action: failed", "Action: delayed")
    .replace("Status: 5.1.1", "Status: 4.4.1")
    .replace(
        "smtp; 550 5.1.1 <ana@example.com>: Recipient address\n"
        "    rejected: User unknown in virtual mailbox table",
        "smtp; connect to mx.example.com[192.0.2.25]:25: Connection timed out",
    )
)
DELIVERED = POSTFIX.replace("Action: failed", "Action: delivered").replace("5.1.1", "2.1.5")

EXIM = f"""\
Return-path: <>
X-Failed-Recipients: ana@example.com,
  ben@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
To: alice@northwind.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ana@example.com
    SMTP error from remote mail server after RCPT TO:<ana@example.com>:
    host mx.example.com [192.0.2.25]: 550 5.1.1 <ana@example.com>... User unknown
  ben@example.org
    SMTP error from remote mail server after RCPT TO:<ben@example.org>:
    host mx.example.org [192.0.2.26]: 552 5.2.2 mailbox is full

------ This is a copy of the message, including all the headers. ------

{OURS}"""

QMAIL = f"""\
From: MAILER-DAEMON@mx.example.net
To: alice@northwind.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@example.com>:
192.0.2.25 does not like recipient.
Remote host said: 550 5.7.1 Service unavailable; client blocked using a block list
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

{OURS}"""

#: Words that no table knows, in a language that it does not read: only the copy tells of whom.
WORDLESS = f"""\
Return-Path: <>
From: Mailer-Daemon@mx.example.net
To: alice@northwind.example
Subject: Returned mail

Beklager.

{OURS}"""

#: A gateway that puts the report of another system into one of its own.
WRAPPED = f"""\
From: Mail System <mailer-daemon@gate.northwind.example>
To: alice@northwind.example
Subject: Returned mail
Content-Type: multipart/mixed; boundary=gate

--gate

A report has come in.

--gate
Content-Type: message/rfc822

{POSTFIX}
--gate--
"""

HUMAN = """\
Return-Path: <ana@example.com>
Delivered-To: alice+r2k4@northwind.example
From: Ana Moreau <ana@example.com>
To: Alice Meyer <alice+r2k4@northwind.example>
Subject: Re: Three teams that hire in Lyon
Date: Wed, 04 Nov 2026 18:02:00 +0100
Message-ID: <answer-1@example.com>
In-Reply-To: <8405a9c29d2911551d006fde155c0262@northwind.example>
References: <first@northwind.example> <8405a9c29d2911551d006fde155c0262@northwind.example>
Content-Type: text/plain; charset=utf-8

Hi Alice, my other address fails, see below. Could not be delivered, it says.

> Final-Recipient: rfc822; ana@example.org
> Action: failed
> Status: 5.1.1

Final-Recipient: rfc822; ana@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown
"""

AWAY = """\
Return-Path: <>
From: Ana Moreau <ana@example.com>
To: alice+bounce@northwind.example
Subject: Automatic reply: Three teams that hire in Lyon
Auto-Submitted: auto-replied

I am away until 16 November. For urgent matters write to ben@example.com.
"""

ARF = f"""\
From: complaints@mail.example.net
To: abuse@northwind.example
Subject: FW: Three teams that hire in Lyon
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=arf

--arf
Content-Type: text/plain

This is an email abuse report for an email message received from 192.0.2.10.

--arf
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1.0
Version: 1
Original-Mail-From: <alice+bounce@northwind.example>
Original-Rcpt-To: <ana@example.com>
Original-Rcpt-To: <ana.moreau@example.com>

--arf
Content-Type: message/rfc822

{OURS}
--arf--
"""

#: Microsoft's way: no report, the mail alone, and a header that names the reader.
JMRP = f"""\
From: staff@hotmail.com
To: abuse@northwind.example
Subject: complaint about message from 192.0.2.10
X-HmXmrOriginalRecipient: ana@example.com
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=jmrp

--jmrp
Content-Type: message/rfc822

{OURS}
--jmrp--
"""

#: A desk that writes everything into the text.
IN_WORDS = f"""\
From: Abuse desk <abuse-report@isp.example.net>
To: abuse@northwind.example
Subject: Spam report

One of our customers has marked your message as spam.

Feedback-Type: fraud
Original-Rcpt-To: ana@example.com

{OURS}"""

ALL = (
    *(POSTFIX, DELAYED, DELIVERED, EXIM, QMAIL, WORDLESS, WRAPPED),
    *(HUMAN, AWAY, ARF, JMRP, IN_WORDS),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a mail of the corpus is about, by its author."""

    name: str
    recipients: frozenset[str]
    #: His reason for each recipient, and whether he calls it hard.
    reasons: tuple[tuple[str, bool], ...]

    @property
    def raw(self) -> bytes:
        return (CORPUS / "mails" / self.name).read_bytes()

    @property
    def family(self) -> str:
        """The system that wrote it."""
        return self.name.rpartition("-")[0]

    @property
    def was_developed_on(self) -> bool:
        """Whether the rules were first written on its family; the others were held out."""
        return hashlib.sha256(self.family.encode()).digest()[0] % 2 == 1


def corpus() -> list[Expected]:
    """The mails of the corpus; none where it is not to be had."""
    if not CORPUS.exists():
        return []
    told = json.loads((CORPUS / "expected.json").read_text())
    return [
        Expected(
            name,
            frozenset(address.lower() for address in each["recipients"]),
            tuple((one["reason"], one["hard"]) for one in each["classes"]),
        )
        for name, each in told.items()
    ]
