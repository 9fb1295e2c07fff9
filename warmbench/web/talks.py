"""Records what was talked about, and keeps a recruiter's words on it in the same commit.

Left to the reaction alone, a note that another one overwrites before it runs would never be read.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from warmbench.insight import heard
from warmbench.people import candidates
from warmbench.signals import follow_ups
from warmbench.signals.models import FollowUp
from warmbench.signals.outcomes import Dealt


@transaction.atomic
def record(
    candidate_id: int, *, on: date, topic: str, note: str, by_id: int, now: datetime
) -> bool:
    """Record a conversation and keep its note. Returns False for one older than the last."""
    recorded = candidates.record_conversation(
        candidate_id, on=on, topic=topic, note=note, by_id=by_id, now=now
    )
    if recorded and note.strip():
        heard.keep_talk(candidate_id, by_id=by_id, now=now)
    return recorded


@transaction.atomic
def close(
    follow_up_id: int,
    *,
    outcome: FollowUp.Outcome,
    by_id: int,
    now: datetime,
    note: str = "",
    **said: Any,
) -> Dealt | None:
    """Say what came of an entry, as ``follow_ups.done`` does, and keep the note of the talk."""
    dealt = follow_ups.done(follow_up_id, outcome=outcome, by_id=by_id, now=now, note=note, **said)
    if dealt is not None and note.strip():
        talks = FollowUp.objects.filter(pk=follow_up_id, effects__has_key="talk")
        for candidate_id in talks.values_list("candidate_id", flat=True):
            heard.keep_talk(candidate_id, by_id=by_id, now=now)
    return dealt
