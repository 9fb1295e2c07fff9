"""Writes down that a message told its reader that we have her data, and from whom."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from warmbench.core import sql
from warmbench.messaging import letters
from warmbench.messaging.gate import NOTICE_SOURCE

#: The link to her own page, where everything stands that Art. 14 wants her to know.
_HER_PAGE = "{{ _my_data }}"


def is_given_by(template_id: int | None, context: Mapping[str, str]) -> bool:
    """Whether a message counts as the notice of GDPR Art. 14: its footer names the source of
    the data and leads to the reader's own page."""
    if template_id is None or not context.get(NOTICE_SOURCE):
        return False
    compiled = letters.compiled(template_id)
    # A text that has to tell her has it at its end: ``messaging.texts.complete``.
    return compiled.look == "text" or _HER_PAGE in compiled.text


def note(message_ids: Iterable[int], *, now: datetime) -> None:
    """Write it down of those of these messages that were sent. In the caller's transaction:
    that of the hand-over's outcome."""
    if messages := list(message_ids):
        sql.run(sql.load(__file__, "note_notices"), {"messages": messages, "now": now})
