"""Puts into a mail what no reader sees: a link that only machines follow, and the picture that
tells of an open, where it is agreed to."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _

from warmbench.accounts.models import Organisation
from warmbench.core import languages, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging.templates import Rendered
from warmbench.people import consent, rights

#: The position of the hidden link in its address: no template has so many.
HIDDEN_LINK = 32_767

#: As preview texts are hidden, which mail programs leave alone: what is taken out of the page by
#: its position comes back in sight in some, and what has no size stays.
_NO_SIZE = (
    "display:block;width:0;height:0;max-height:0;overflow:hidden;opacity:0;font-size:0;"
    "line-height:0;mso-hide:all"
)
_END = "</body>"


def put(
    rendered: Rendered,
    *,
    message_id: int,
    language: str,
    has_links: bool,
    has_picture: bool,
) -> Rendered:
    """The mail with what belongs into its HTML unseen; its plain text stays as it is.

    A mail without tracked links has no clicks to judge, and no hidden link either: a letter from
    one person to another carries nothing that the letter does not need. Screen readers and the
    tab key pass it by; whoever finds it all the same reads what it is.
    """
    extra = ""
    if has_links:
        address = _address("c", tokens.sign(Purpose.CLICK, message_id, HIDDEN_LINK))
        extra = format_html(
            '<div aria-hidden="true" style="{}"><a href="{}" tabindex="-1">{}</a></div>\n',
            _NO_SIZE,
            address,
            _words(language),
        )
    if has_picture:
        address = _address("o", tokens.sign(Purpose.OPEN, message_id))
        extra += format_html('<img src="{}" width="1" height="1" alt="">\n', address)
    before, end, after = rendered.html.rpartition(_END)
    return replace(rendered, html=before + extra + end + after) if end and extra else rendered


def may_have_picture(organisation: Organisation, candidate_id: int, *, now: datetime) -> bool:
    """Whether opens of this person may be recorded: the organisation does it at all, she agreed
    to it in so many words, and does not object to being watched. False by default (rules.md C18).
    """
    return (
        organisation.pixel_on
        and consent.may_record_opens(candidate_id, now=now)
        and not rights.objectors([candidate_id])
    )


def _address(kind: str, token: str) -> str:
    return f"{settings.PUBLIC_URL}/{kind}/{token}"


@lru_cache
def _words(language: str) -> str:
    with languages.spoken(language):
        return _("For machines that check mails. Please leave it alone.")
