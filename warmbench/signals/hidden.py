"""Stores visits to what no reader sees in a mail: the hidden link, and the picture of an open."""

import hashlib
from datetime import datetime

from django.conf import settings

from warmbench.accounts.models import Organisation
from warmbench.core import networks, sql, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import unseen
from warmbench.messaging.models import Message
from warmbench.signals.hits import MOST_HITS, Visit
from warmbench.signals.models import Hit


def record_link(token: str, visit: Visit, *, now: datetime) -> str | None:
    """Store that the hidden link of a mail was followed. Returns where it leads: to a page that
    says what it is. None for a token of another link."""
    ids = tokens.read(Purpose.CLICK, token, now=now)
    if ids is None or len(ids) != 2 or ids[1] != unseen.HIDDEN_LINK:
        return None
    _store(ids[0], visit, kind=Hit.Kind.CLICK, link=unseen.HIDDEN_LINK, flags=["honeypot"], now=now)
    return f"{settings.PUBLIC_URL}/w/{token}"


def record_open(token: str, visit: Visit, *, now: datetime) -> bool:
    """Store that the picture of a mail was loaded, if that may be recorded at this moment.
    Returns whether it was.

    Asked each time: whoever withdraws the consent is recorded no more, by no mail however old,
    and so it is for everybody once the organisation switches it off (rules.md C18).
    """
    ids = tokens.read(Purpose.OPEN, token, now=now)
    organisation = Organisation.objects.first()
    # Before anything else is read: where the pixel is off, its address costs next to nothing.
    if ids is None or len(ids) != 1 or organisation is None or not organisation.pixel_on:
        return False
    whose = Message.objects.filter(pk=ids[0]).values_list("candidate_id", flat=True).first()
    if whose is None or not unseen.may_have_picture(organisation, whose, now=now):
        return False
    _store(ids[0], visit, kind=Hit.Kind.OPEN, link=0, flags=[], now=now)
    return True


def _store(
    message_id: int, visit: Visit, *, kind: Hit.Kind, link: int, flags: list[str], now: datetime
) -> None:
    sql.run(
        sql.load(__file__, "record_hidden"),
        {
            "message": message_id,
            "kind": str(kind),
            "link": link,
            "method": visit.method[:8],
            "now": now,
            "agent": hashlib.sha256(visit.agent.encode()).hexdigest()[:16],
            "network": networks.prefix(visit.address),
            "system": visit.system,
            "has_language": visit.has_language,
            "flags": [*flags, *visit.flags],
            "most": MOST_HITS,
        },
    )
