"""Writes the lines under every mail in its reader's language: who writes, why, and the ways out."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from warmbench.accounts.models import Organisation
from warmbench.core import languages
from warmbench.messaging.gate import NOTICE_SINCE, NOTICE_SOURCE
from warmbench.messaging.templates import Footer


def write(context: Mapping[str, str], organisation: Organisation) -> Footer:
    """The footer of a message with these fields. What the law wants in it, the system writes."""
    return _footer(
        language_of(context),
        context.get("recruiter_name", organisation.name),
        organisation.name,
        organisation.postal_address,
        context.get("specialty", ""),
        context.get(NOTICE_SOURCE, ""),
        context.get(NOTICE_SINCE, ""),
    )


def language_of(context: Mapping[str, str]) -> str:
    """The language of a message's reader, as it was known when the message was planned."""
    language = context.get("language", "")
    return language if languages.is_spoken(language) else languages.FALLBACK


# A lookup in a catalogue takes longer than all the rest of a mail's fields.
@lru_cache(maxsize=4096)
def _footer(
    language: str,
    who: str,
    organisation: str,
    address: str,
    specialty: str,
    source: str,
    since: str,
) -> Footer:
    with languages.spoken(language):
        reason = _reason(organisation, specialty)
        return Footer(
            who=who,
            organisation=organisation,
            reason=f"{reason} {_origin(source, since)}" if source else reason,
            postal_address=address,
            unsubscribe=_("Unsubscribe"),
            preferences=_("Choose what you hear about"),
            my_data=_("See what we hold about you"),
            colon=_(": "),
        )


def _reason(organisation: str, specialty: str) -> str:
    if specialty:
        return _(
            "You get this because %(organisation)s keeps in touch with people who work in"
            " %(specialty)s."
        ) % {"organisation": organisation, "specialty": specialty}
    return _("You get this because %(organisation)s keeps in touch with people in your field.") % {
        "organisation": organisation
    }


def _origin(source: str, since: str) -> str:
    """What a first message has to say (GDPR Art. 14): ``since`` is a month like ``2026-03``."""
    return _(
        "We have your details from “%(source)s”, since %(month)s. What we hold, and what you may"
        " ask of us, stands below under “%(link)s”."
    ) % {
        "source": source,
        "month": date_format(date.fromisoformat(f"{since}-01"), "F Y"),
        "link": _("See what we hold about you"),
    }
