"""Calls of mail providers, written as they write them (contracts.md, 5), and signed as they do."""

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

SECRET = "a-secret-that-nobody-guesses"
MAILGUN_KEY = "key-0123456789abcdef"


@dataclass
class Call:
    """One POST: its address below the host, its headers and its body."""

    path: str
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, to: str | Client, *, secret: str = SECRET) -> tuple[int, str]:
        """The status and the words of the answer: over real HTTP, if ``to`` is an address."""
        headers = {"Content-Type": self.content_type, **self.headers}
        if secret:
            known = base64.b64encode(f"warmbench:{secret}".encode()).decode()
            headers["Authorization"] = f"Basic {known}"
        if isinstance(to, Client):
            said = to.generic("POST", self.path, self.body, self.content_type, headers=headers)
            return said.status_code, said.content.decode()
        connection = http.client.HTTPConnection(urlsplit(to).netloc, timeout=30)
        try:
            connection.request("POST", self.path, self.body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@dataclass(frozen=True)
class About:
    """A mail that a provider had from us."""

    label: str
    message_id: str
    recipient: str
    #: A link in it, as it was sent.
    link: str = ""


@dataclass
class Postmark:
    """Tells each thing in a call of its own, and proves itself by the secret alone."""

    name: str = "postmark"
    host: str = "smtp.postmarkapp.com"

    def events(self, about: About, what: str, *, number: int = 1, at: str = "") -> Call:
        at = at or "2026-03-03T08:59:00Z"
        common: dict[str, Any] = {
            # Its own number: not the Message-ID of ours.
            "MessageID": f"00000000-0000-0000-0000-{number:012}",
            "Metadata": {"warmbench": about.label} if about.label else {},
            "Tag": "",
        }
        bounce = {"ID": 4_000 + number, "Email": about.recipient, "BouncedAt": at}
        told: dict[str, dict[str, Any]] = {
            "delivered": {
                "RecordType": "Delivery",
                "Recipient": about.recipient,
                "DeliveredAt": at,
                "Details": "smtp;250 2.0.0 OK",
            },
            "dead": bounce
            | {
                "RecordType": "Bounce",
                "Type": "HardBounce",
                "Description": "The server was unable to deliver your message (ex: unknown user).",
                "Details": "smtp;550 5.1.1 The account that you tried to reach does not exist.",
            },
            "dead, without a word": bounce
            | {"RecordType": "Bounce", "Type": "HardBounce", "Details": ""},
            "full": bounce
            | {
                "RecordType": "Bounce",
                "Type": "SoftBounce",
                "Details": "smtp;552 5.2.2 mailbox is full",
            },
            "blocked": bounce | {"RecordType": "Bounce", "Type": "SpamNotification", "Details": ""},
            "later": bounce
            | {"RecordType": "Bounce", "Type": "Transient", "Details": "smtp;421 4.3.0 busy"},
            "complained": bounce
            | {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Details": ""},
            "unsubscribed": {
                "RecordType": "SubscriptionChange",
                "Recipient": about.recipient,
                "ChangedAt": at,
                "SuppressSending": True,
                "SuppressionReason": "ManualSuppression",
                "Origin": "Recipient",
            },
            "opened": {"RecordType": "Open", "Recipient": about.recipient, "ReceivedAt": at},
        }
        return self.call(common | told[what])

    def call(self, told: object) -> Call:
        return Call("/hooks/mail/postmark/events/", json.dumps(told).encode())

    def mail(self, raw: bytes, *, to: str, sender: str) -> Call:
        told = {
            "FromFull": {"Email": parseaddr(sender)[1], "Name": ""},
            "OriginalRecipient": to,
            "Headers": [{"Name": "Return-Path", "Value": f"<{sender}>"}],
            "RawEmail": raw.decode(),
        }
        return Call("/hooks/mail/postmark/mails/", json.dumps(told).encode())

    def mail_taken_apart(self) -> Call:
        told = {"FromFull": {"Email": "ana@example.com"}, "TextBody": "Yes", "Headers": []}
        return Call("/hooks/mail/postmark/mails/", json.dumps(told).encode())


@dataclass
class Mailgun:
    """Signs a time and a token with our key, beside what it tells."""

    name: str = "mailgun"
    host: str = "smtp.eu.mailgun.org"
    key: str = MAILGUN_KEY

    def signature(self, number: int) -> dict[str, str]:
        stamp, token = str(int(time.time())), f"{number:050x}"
        digest = hmac.new(self.key.encode(), f"{stamp}{token}".encode(), hashlib.sha256)
        return {"timestamp": stamp, "token": token, "signature": digest.hexdigest()}

    def events(self, about: About, what: str, *, number: int = 1) -> Call:
        permanent = {"event": "failed", "severity": "permanent", "reason": "bounce"}
        told: dict[str, dict[str, Any]] = {
            "delivered": {
                "event": "delivered",
                "delivery-status": {"code": 250, "message": "OK", "description": ""},
            },
            "dead": permanent
            | {
                "delivery-status": {
                    "code": 550,
                    "message": "5.1.1 The account that you tried to reach does not exist",
                    "description": "",
                }
            },
            "dead, without a word": permanent
            | {
                "reason": "suppress-bounce",
                "delivery-status": {"code": 605, "message": "", "description": None},
            },
            "full": permanent
            | {"delivery-status": {"code": 552, "message": "5.2.2 mailbox is full"}},
            "blocked": permanent
            | {"delivery-status": {"code": 554, "message": "5.7.1 blocked using a block list"}},
            "later": {
                "event": "failed",
                "severity": "temporary",
                "reason": "generic",
                "delivery-status": {"code": 421, "message": "4.3.0 busy"},
            },
            "complained": {"event": "complained"},
            "unsubscribed": {"event": "unsubscribed"},
            "opened": {"event": "opened", "client-info": {"user-agent": "x", "bot": ""}},
            "opened by a machine": {
                "event": "opened",
                "ip": "192.0.2.1",
                "client-info": {"user-agent": "Mozilla/5.0", "bot": "apple"},
            },
            "clicked by a machine": {
                "event": "clicked",
                "ip": "192.0.2.1",
                "url": about.link,
                "client-info": {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)", "bot": "generic"},
            },
        }
        common = {
            "id": f"event-{number}",
            "timestamp": 1772528340.123,
            "recipient": about.recipient,
            "user-variables": {"warmbench": about.label} if about.label else {},
            # As it writes it: without the angle brackets.
            "message": {"headers": {"message-id": about.message_id.strip("<>")}},
            "tags": [],
        }
        return self.call(common | told[what], number=number)

    def call(self, event: object, *, number: int = 1) -> Call:
        told = {"signature": self.signature(number), "event-data": event}
        return Call("/hooks/mail/mailgun/events/", json.dumps(told).encode())

    def mail(self, raw: bytes, *, to: str, sender: str) -> Call:
        fields = {"recipient": to, "sender": sender, **self.signature(7)}
        body = urlencode([*fields.items(), ("body-mime", raw)]).encode()
        return Call("/hooks/mail/mailgun/mails/", body, "application/x-www-form-urlencoded")

    def mail_taken_apart(self) -> Call:
        fields = {"recipient": "x@y.example", "body-plain": "Yes", **self.signature(7)}
        body = urlencode(fields).encode()
        return Call("/hooks/mail/mailgun/mails/", body, "application/x-www-form-urlencoded")


@dataclass
class SendGrid:
    """Tells many things at once, and signs the bytes of the call."""

    name: str = "sendgrid"
    host: str = "smtp.sendgrid.net"

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """As its page shows it."""
        pem = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(pem).decode()

    def event(self, about: About, what: str, *, number: int = 1) -> dict[str, Any]:
        told: dict[str, dict[str, Any]] = {
            "delivered": {"event": "delivered", "response": "250 2.0.0 OK"},
            "dead": {
                "event": "bounce",
                "type": "bounce",
                "status": "5.1.1",
                "reason": "550 5.1.1 The account that you tried to reach does not exist",
            },
            "dead, without a word": {"event": "dropped", "reason": "Bounced Address"},
            "full": {
                "event": "bounce",
                "type": "bounce",
                "status": "5.2.2",
                "reason": "552 5.2.2 mailbox is full",
            },
            "blocked": {
                "event": "bounce",
                "type": "blocked",
                "status": "5.7.1",
                "reason": "554 5.7.1 blocked using a block list",
            },
            "later": {"event": "deferred", "response": "421 4.3.0 busy", "attempt": "3"},
            "complained": {"event": "spamreport"},
            "unsubscribed": {"event": "unsubscribe"},
            "opened": {"event": "open", "useragent": "x", "ip": "192.0.2.1"},
            "opened by a machine": {
                "event": "open",
                "useragent": "Mozilla/5.0",
                "ip": "192.0.2.1",
                "sg_machine_open": True,
            },
        }
        common: dict[str, Any] = {
            "email": about.recipient,
            "timestamp": 1772528340,
            "smtp-id": about.message_id,
            "sg_event_id": f"sg-{number}",
            "sg_message_id": "filter0001",
        }
        if about.label:
            common["warmbench"] = about.label
        return common | told[what]

    def events(self, about: About, what: str, *, number: int = 1) -> Call:
        return self.call([self.event(about, what, number=number)])

    def call(self, events: object) -> Call:
        body = json.dumps(events).encode()
        stamp = str(int(time.time()))
        signature = self._key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        headers = {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        }
        return Call("/hooks/mail/sendgrid/events/", body, headers=headers)

    def mail(self, raw: bytes, *, to: str, sender: str) -> Call:
        envelope = json.dumps({"to": [to], "from": sender}).encode()
        body, content_type = _form({"email": raw, "envelope": envelope, "SPF": b"pass"})
        return Call("/hooks/mail/sendgrid/mails/", body, content_type)

    def mail_taken_apart(self) -> Call:
        body, content_type = _form({"headers": b"From: ana@example.com", "text": b"Yes"})
        return Call("/hooks/mail/sendgrid/mails/", body, content_type)


def _form(fields: Mapping[str, bytes]) -> tuple[bytes, str]:
    boundary = "xYzZY"
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        % (boundary.encode(), name.encode(), value)
        for name, value in fields.items()
    ]
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


Provider = Postmark | Mailgun | SendGrid
