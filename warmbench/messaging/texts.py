"""Writes text messages: their words, whom they are from, and the way out that they have to name."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from warmbench.core import languages, sql, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import footers, segments
from warmbench.messaging.gate import NOTICE_SOURCE
from warmbench.messaging.templates import MAX_TEXT, UnrenderableError

#: Fields of a text that says whom it is from, and of one that says how to stop.
BRAND, HINT = "text_brand", "text_hint"
#: How long nobody has to be told again how to stop (CTIA Messaging Principles; rules.md C8).
HINT_LASTS = timedelta(days=30)


def introductions(
    candidate_ids: Collection[int], brand: str, *, now: datetime
) -> dict[int, dict[str, str]]:
    """What a text to each of these people has to say besides its words, as fields of it: the
    first one whom it is from, the first one and one every 30 days how to stop."""
    hinted: dict[int, datetime | None] = dict(
        sql.run(sql.load(__file__, "last_hints"), {"ids": list(candidate_ids)}).fetchall()
    )
    said: dict[int, dict[str, str]] = {}
    for candidate_id in candidate_ids:
        said[candidate_id] = {} if candidate_id in hinted else {BRAND: brand}
        last = hinted.get(candidate_id)
        if last is None or last <= now - HINT_LASTS:
            said[candidate_id][HINT] = "yes"
    return said


def keep(said: Mapping[int, Mapping[str, str]]) -> None:
    """Store these fields with their messages, by id: a message is shown as it was sent."""
    rows = [{"id": message_id, "said": fields} for message_id, fields in said.items() if fields]
    if rows:
        sql.run(sql.load(__file__, "keep_introductions"), {"rows": sql.records(rows)})


def complete(words: str, context: Mapping[str, str], my_data: str) -> str:
    """The whole text: its words, and what its fields say has to stand around them.

    Raises UnrenderableError if it is too long for one message.
    """
    brand, source = context.get(BRAND), context.get(NOTICE_SOURCE)
    lines = [f"{brand}: {words.strip()}" if brand else words.strip()]
    with languages.spoken(footers.language_of(context)):
        if source:
            origin = _("We have your details from “%(source)s”. Your rights: %(link)s")
            lines.append(origin % {"source": source, "link": my_data})
        if HINT in context:
            lines.append(_("Reply STOP to opt out."))
    whole = segments.plainer("\n".join(lines))
    if len(whole) > MAX_TEXT:
        raise UnrenderableError("With these fields the text is too long.")
    return whole


def data(message_id: int, text: str) -> bytes:
    """What a channel for texts hands over: the words, and where to tell what became of them."""
    token = tokens.sign(Purpose.TEXT_STATUS, message_id)
    callback = f"{settings.PUBLIC_URL}/texts/status/{token}"
    return json.dumps({"body": text, "callback": callback}).encode()
