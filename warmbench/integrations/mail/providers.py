"""Reads what mail providers tell us by webhook: checks that it is theirs, and says it in our words.

Anymail knows how each of them signs and writes. Nothing of its sending is used, and nothing of
its reading of mails: that is done elsewhere, behind a fence.
"""

import base64
import binascii
import hashlib
import json
import logging
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView, MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView, PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView, SendGridTrackingWebhookView
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.crypto import constant_time_compare
from django.utils.http import parse_header_parameters

from warmbench.core.fence import attempt
from warmbench.integrations.mail import machines
from warmbench.integrations.mail.labels import LABEL
from warmbench.messaging.inbound.verdicts import Verdict
from warmbench.messaging.models import ProviderEvent
from warmbench.messaging.provider_events import Heard

logger = logging.getLogger(__name__)

#: The user name in the addresses that providers are given. The secret is what counts.
USER = "warmbench"

_NAMED = re.compile(rb'[; ]name="([^"]+)"')

Kind = ProviderEvent.Kind


class NotTheirsError(Exception):
    """The call does not prove that it comes from the provider."""


class UnreadableError(Exception):
    """The call comes from the provider, and is not written as we know it."""


class NotRawError(UnreadableError):
    """The provider has taken the mail apart, and does not send it as it came."""


class Call(HttpRequest):
    """A provider's call, whose body may be as large as a mail.

    Django's own reading of bodies ends at a size that it knows one of for all pages.
    """

    body = b""

    def __init__(self, request: HttpRequest, body: bytes) -> None:
        super().__init__()
        self.META = request.META
        self.content_type = request.content_type
        self.body = body
        fields: Any = QueryDict(mutable=True)
        fields.update(_fields(request.META.get("CONTENT_TYPE", ""), body))
        self.POST = fields

    def parts(self) -> "list[Call]":
        """A call for each thing that is told, where several are told at once."""
        told = attempt(json.loads, self.body)
        if not isinstance(told, list):
            return [self]
        return [Call(self, json.dumps([each]).encode()) for each in told]


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that a provider took in for us."""

    raw: bytes
    envelope_to: str
    envelope_from: str | None


@dataclass(frozen=True, slots=True)
class _Own:
    """What only the provider's own words tell."""

    said: str = ""
    opinion: Verdict | None = None
    kind: ProviderEvent.Kind | None = None
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class _Provider:
    events: type[AnymailBaseWebhookView]
    mails: type[AnymailBaseWebhookView]
    own: Callable[[AnymailTrackingEvent, dict[str, Any]], _Own]
    mail: Callable[[Call], Received | None]
    #: Its key for calls about events, by Anymail's name for it, if it signs them.
    key: Callable[[], dict[str, str]] = dict
    signs_mails: bool = False


def is_on(provider: str) -> bool:
    """Whether calls of this provider are listened to: not before all its secrets are set."""
    one = _PROVIDERS.get(provider)
    return one is not None and bool(settings.HOOK_SECRETS) and all(one.key().values())


def knows_the_secret(authorization: str) -> bool:
    """Whether a call has the secret that the provider was given with our address.

    Asked before anything else of it is read. While secrets change, the old one counts as well.
    """
    scheme, _, encoded = authorization.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    fits = [constant_time_compare(given, each) for each in _allowed()]
    return scheme.lower() == "basic" and any(fits)


def events(provider: str, call: Call, *, now: datetime) -> list[Heard]:
    """What a call tells of mails that we sent. What says nothing of a mail's fate is left out.

    Raises NotTheirsError and UnreadableError.
    """
    one = _PROVIDERS[provider]
    view = _checked(one.events, call, one.key())
    heard: list[Heard] = []
    failures: list[Exception] = []
    for part in call.parts():
        found = attempt(_read, provider, one, view, part, now=now)
        if isinstance(found, Exception):
            logger.error("event not read", exc_info=found, extra={"provider": provider})
            failures.append(found)
        else:
            heard += found
    # What else the call tells is not to be lost with one thing that nobody understands.
    if failures and not heard:
        raise UnreadableError(type(failures[0]).__name__) from failures[0]
    return heard


def mail(provider: str, call: Call) -> Received:
    """The mail in a call, as it came in there. Raises NotTheirsError and UnreadableError."""
    one = _PROVIDERS[provider]
    _checked(one.mails, call, one.key() if one.signs_mails else {})
    found = attempt(one.mail, call)
    if isinstance(found, Exception):
        raise UnreadableError(type(found).__name__) from found
    if found is None:
        raise NotRawError
    return found


def _checked(view: Any, call: Call, key: Mapping[str, str]) -> AnymailBaseWebhookView:
    # Its own exceptions are not all that it raises for bytes that are no call of a provider.
    built = attempt(lambda: _built(view, tuple(_allowed()), tuple(key.items())))
    failure = built if isinstance(built, Exception) else attempt(built.run_validators, call)
    if isinstance(failure, AnymailWebhookValidationFailure):
        raise NotTheirsError("Its signature does not hold.") from failure
    if isinstance(failure, Exception):
        raise NotTheirsError(f"It cannot be checked ({type(failure).__name__}).") from failure
    assert not isinstance(built, Exception)
    return built


@cache
def _built(
    view: type[AnymailBaseWebhookView], allowed: tuple[str, ...], key: tuple[tuple[str, str], ...]
) -> AnymailBaseWebhookView:
    with warnings.catch_warnings():
        # That Anymail's authors no longer try it with SendGrid themselves.
        warnings.simplefilter("ignore")
        return view(webhook_secret=list(allowed), **dict(key))


def _allowed() -> list[str]:
    return [f"{USER}:{secret}" for secret in settings.HOOK_SECRETS]


# What became of a mail.

_KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.DEFERRED,
    EventType.BOUNCED: Kind.BOUNCED,
    EventType.REJECTED: Kind.BOUNCED,
    EventType.FAILED: Kind.BOUNCED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}
#: Why a provider did not even try: what it remembers of the address.
_REFUSED_FOR = {
    RejectReason.SPAM: Kind.COMPLAINED,
    RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}
_OPINIONS = {
    RejectReason.INVALID: Verdict.ADDRESS_DEAD,
    RejectReason.BOUNCED: Verdict.ADDRESS_DEAD,
    RejectReason.BLOCKED: Verdict.POLICY_OR_REPUTATION,
}


def _read(
    provider: str, one: _Provider, view: AnymailBaseWebhookView, call: Call, *, now: datetime
) -> list[Heard]:
    told = [_heard(provider, one, event, now=now) for event in view.parse_events(call)]
    return [each for each in told if each]


def _heard(
    provider: str, one: _Provider, event: AnymailTrackingEvent, *, now: datetime
) -> Heard | None:
    own = one.own(event, event.esp_event)
    is_refused = event.event_type == EventType.REJECTED
    kind = own.kind or _KINDS.get(event.event_type) or machines.kind_of(provider, event.esp_event)
    opinion = own.opinion
    if is_refused and not own.kind:
        kind = _REFUSED_FOR.get(event.reject_reason, Kind.BOUNCED)
        opinion = opinion or _OPINIONS.get(event.reject_reason)
    if kind is None:
        return None
    header = str(event.message_id or "")
    return Heard(
        kind=kind,
        source=provider,
        event_id=own.event_id or str(event.event_id or _digest(event.esp_event)),
        at=event.timestamp or now,
        label=str({**(event.metadata or {})}.get(LABEL, "")),
        message_id_header=header if "@" in header else "",
        recipient=str(event.recipient or ""),
        said=machines.visit(event.esp_event)
        if kind in ProviderEvent.MACHINES
        else own.said or str(event.mta_response or ""),
        opinion=opinion,
    )


def _digest(event: object) -> str:
    """A name for what has none: told again, it has the same words."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _of_postmark(_event: AnymailTrackingEvent, told: dict[str, Any]) -> _Own:
    # Its descriptions are the same for all failures of a type, so they say no more than that.
    match told.get("Type"):
        case "HardBounce" | "BadEmailAddress":
            return _Own(opinion=Verdict.ADDRESS_DEAD)
        case "SpamNotification":
            # A server called it spam, and not a person.
            return _Own(opinion=Verdict.POLICY_OR_REPUTATION, kind=Kind.BOUNCED)
        case "Blocked" | "DMARCPolicy" | "VirusNotification" | "SMTPApiError":
            return _Own(opinion=Verdict.POLICY_OR_REPUTATION)
        case _:
            return _Own()


def _of_mailgun(event: AnymailTrackingEvent, told: dict[str, Any]) -> _Own:
    about = told.get("event-data", {})
    status = about.get("delivery-status") or {}
    code = status.get("code")
    words = event.mta_response or event.description or ""
    # What it remembers of an address that it did not even try.
    reason = about.get("reason")
    wishes = {"suppress-complaint": Kind.COMPLAINED, "suppress-unsubscribe": Kind.UNSUBSCRIBED}
    return _Own(
        # Its own codes, from 600 on, mean nothing elsewhere.
        said=f"{code if code in range(400, 600) else ''} {words}".strip(),
        opinion=Verdict.ADDRESS_DEAD if reason == "suppress-bounce" else None,
        kind=wishes.get(reason),
        # Its id is unique within a day. The signature's token, which Anymail takes, is of the
        # call and not of the event.
        event_id=f"{about.get('id')}@{about.get('timestamp')}",
    )


def _of_sendgrid(_event: AnymailTrackingEvent, told: dict[str, Any]) -> _Own:
    reason = str(told.get("reason") or told.get("response") or "")
    status = str(told.get("status") or "")
    if told.get("event") == "dropped":
        is_spam = "spam" in reason.lower()
        return _Own(kind=Kind.COMPLAINED if is_spam else None)
    dead = told.get("event") == "bounce" and told.get("type") == "bounce"
    return _Own(
        said=reason if status in reason else f"{status} {reason}",
        opinion=Verdict.ADDRESS_DEAD if dead and status.startswith("5.1.") else None,
    )


# Mails that came in.


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form (RFC 7578), without files. Each letter is one byte of it."""
    media_type, options = parse_header_parameters(content_type)
    if media_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("latin-1"), encoding="latin-1"))
    found: dict[str, str] = {}
    boundary = options.get("boundary", "") if media_type == "multipart/form-data" else ""
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:] if boundary else []:
        head, _, value = part.partition(b"\r\n\r\n")
        named = _NAMED.search(head)
        if named and b"filename" not in head:
            found[named[1].decode("latin-1")] = value.decode("latin-1")
    return found


def _mail_of_postmark(call: Call) -> Received | None:
    told = json.loads(call.body)
    if not (raw := told.get("RawEmail")):
        return None
    # It puts the envelope's sender before the mail's own headers.
    (first, *_) = told.get("Headers") or [{}]
    is_known = str(first.get("Name")).lower() == "return-path"
    return Received(
        str(raw).encode(errors="replace"),
        str(told.get("OriginalRecipient") or ""),
        str(first.get("Value")).strip("<> ") if is_known else None,
    )


def _mail_of_mailgun(call: Call) -> Received | None:
    if not (raw := call.POST.get("body-mime")):
        return None
    sender = call.POST.get("sender")
    return Received(raw.encode("latin-1"), call.POST.get("recipient", ""), sender)


def _mail_of_sendgrid(call: Call) -> Received | None:
    if not (raw := call.POST.get("email")):
        return None
    envelope = json.loads(call.POST.get("envelope") or "{}")
    to = [*envelope.get("to", []), ""]
    return Received(raw.encode("latin-1"), str(to[0]), envelope.get("from"))


_PROVIDERS = {
    "postmark": _Provider(
        PostmarkTrackingWebhookView, PostmarkInboundWebhookView, _of_postmark, _mail_of_postmark
    ),
    "mailgun": _Provider(
        MailgunTrackingWebhookView,
        MailgunInboundWebhookView,
        _of_mailgun,
        _mail_of_mailgun,
        key=lambda: {"webhook_signing_key": settings.MAILGUN_KEY},
        signs_mails=True,
    ),
    "sendgrid": _Provider(
        SendGridTrackingWebhookView,
        SendGridInboundWebhookView,
        _of_sendgrid,
        _mail_of_sendgrid,
        key=lambda: {"tracking_webhook_verification_key": settings.SENDGRID_KEY},
    ),
}
NAMES = tuple(_PROVIDERS)
