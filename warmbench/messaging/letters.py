"""Writes the mail, or the text, of a claimed message: its words, links and envelope."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from warmbench.accounts.models import Organisation
from warmbench.core import tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import footers, mime, templates, texts, unseen
from warmbench.messaging.claim import Claimed
from warmbench.messaging.models import Sender, Template
from warmbench.messaging.templates import Compiled, Rendered, Urls

#: A field of a message that continues a thread: the Message-IDs of that, oldest first.
REFERENCES = "references"
#: How long the links in a message open more than the way out (rules.md S7).
LINKS_LAST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, or a text, ready to be handed over."""

    mail_from: str
    data: bytes


def write(message: Claimed, organisation: Organisation, *, now: datetime) -> Letter:
    """The mail, or the text, of one claimed message.

    Raises UnrenderableError or HeaderError when it must not go out as it would look.
    """
    rendered = words(
        compiled(message.template_id),
        message.context,
        organisation=organisation,
        candidate_id=message.candidate_id,
        message_id=message.message_id,
        links_until=now + LINKS_LAST,
    )
    sender = message.sender
    if sender.is_text:
        return Letter(sender.from_address, texts.data(message.message_id, rendered.text))
    rendered = unseen.put(
        rendered,
        message_id=message.message_id,
        language=footers.language_of(message.context),
        has_links=bool(compiled(message.template_id).links),
        has_picture=unseen.may_have_picture(organisation, message.candidate_id, now=now),
    )
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
        references=tuple(message.context.get(REFERENCES, "").split()),
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
    links_until: datetime | None = None,
) -> Rendered:
    """What the reader sees: also of a message that was sent long ago, and in previews, where
    both ids are 0 and the links lead nowhere."""
    clicks = [
        _url("c", tokens.sign(Purpose.CLICK, message_id, at)) for at in range(len(template.links))
    ]

    def link(path: str, purpose: Purpose) -> str:
        return _url(path, tokens.sign(purpose, candidate_id, message_id, expires=links_until))

    urls = Urls(
        unsubscribe=unsubscribe_url(candidate_id, message_id),
        preferences=link("p", Purpose.PREFERENCE),
        my_data=link("me", Purpose.MY_DATA),
        not_for_me=link("n", Purpose.NOT_FOR_ME),
        clicks=clicks,
    )
    rendered = templates.render(template, context, footers.write(context, organisation), urls)
    if template.look == "text":
        return replace(rendered, text=texts.complete(rendered.text, context, urls.my_data))
    return rendered


def unsubscribe_url(candidate_id: int, message_id: int) -> str:
    """Where one POST, and nothing else, opts the candidate out."""
    return _url("u", tokens.sign(Purpose.UNSUBSCRIBE, candidate_id, message_id))


@lru_cache(maxsize=512)
def compiled(template_id: int) -> Compiled:
    """The compiled template; rows of templates never change."""
    return Compiled.from_json(
        Template.objects.values_list("compiled", flat=True).get(pk=template_id)
    )


def _tagged(sender: Sender, tag: str) -> str:
    """The sender's own mailbox with a tag, so that what comes back names its message."""
    local, _, domain = sender.from_address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def _url(kind: str, token: str) -> str:
    return f"{settings.PUBLIC_URL}/{kind}/{token}"
