"""Writes the mail of a claimed message: its words, links and envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from warmbench.accounts.models import Organisation
from warmbench.core import tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import mime, templates
from warmbench.messaging.claim import Claimed
from warmbench.messaging.models import Sender, Template
from warmbench.messaging.templates import Compiled, Footer, Rendered, Urls

#: How long the preferences can be opened by the link in a message (rules.md S7).
PREFERENCES_LAST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to be handed over."""

    mail_from: str
    data: bytes


def write(message: Claimed, organisation: Organisation, *, now: datetime) -> Letter:
    """The mail of one claimed message.

    Raises UnrenderableError or HeaderError when it must not go out as it would look.
    """
    rendered = words(
        compiled(message.template_id),
        message.context,
        organisation=organisation,
        candidate_id=message.candidate_id,
        message_id=message.message_id,
        preferences_until=now + PREFERENCES_LAST,
    )
    sender = message.sender
    local, _, domain = sender.from_address.rpartition("@")
    envelope = mime.Envelope(
        from_name=sender.from_name,
        from_address=sender.from_address,
        to_name=message.context.get("full_name", ""),
        to_address=message.address,
        reply_to=_tagged(sender, tokens.sign_address(Purpose.REPLY, message.message_id)),
        date=now,
        message_id=message.message_id_header,
        unsubscribe_url=unsubscribe_url(message.candidate_id, message.message_id),
        unsubscribe_address=_tagged(
            sender, tokens.sign_address(Purpose.UNSUBSCRIBE, message.message_id)
        ),
        list_id=f"{local.lower()}.{domain}",
        feedback_id=f"{message.template_id}:{sender.pk}:{message.purpose}:warmbench",
    )
    bounce_to = _tagged(sender, tokens.sign_address(Purpose.BOUNCE, message.message_id))
    return Letter(bounce_to, mime.build(rendered, envelope))


def words(
    template: Compiled,
    context: Mapping[str, str],
    *,
    organisation: Organisation,
    candidate_id: int,
    message_id: int,
    preferences_until: datetime | None = None,
) -> Rendered:
    """What the reader sees: also of a message that was sent long ago, and in previews, where
    both ids are 0 and the links lead nowhere."""
    clicks = [
        _url("c", tokens.sign(Purpose.CLICK, message_id, at)) for at in range(len(template.links))
    ]
    preferences = _url(
        "p", tokens.sign(Purpose.PREFERENCE, candidate_id, message_id, expires=preferences_until)
    )
    urls = Urls(unsubscribe_url(candidate_id, message_id), preferences, clicks)
    return templates.render(template, context, _footer(context, organisation), urls)


def unsubscribe_url(candidate_id: int, message_id: int) -> str:
    """Where one POST, and nothing else, opts the candidate out."""
    return _url("u", tokens.sign(Purpose.UNSUBSCRIBE, candidate_id, message_id))


@lru_cache(maxsize=512)
def compiled(template_id: int) -> Compiled:
    """The compiled template; rows of templates never change."""
    return Compiled.from_json(
        Template.objects.values_list("compiled", flat=True).get(pk=template_id)
    )


def _footer(context: Mapping[str, str], organisation: Organisation) -> Footer:
    field = context.get("specialty", "your field")
    return Footer(
        who=context.get("recruiter_name", organisation.name),
        organisation=organisation.name,
        reason=f"You get this because {organisation.name} keeps in touch with people "
        f"who work in {field}.",
        postal_address=organisation.postal_address,
    )


def _tagged(sender: Sender, tag: str) -> str:
    """The sender's own mailbox with a tag, so that what comes back names its message."""
    local, _, domain = sender.from_address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def _url(kind: str, token: str) -> str:
    return f"{settings.PUBLIC_URL}/{kind}/{token}"
