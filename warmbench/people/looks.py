"""Remembers who looked at a person's record, so that the person can be told."""

from datetime import datetime, timedelta

from warmbench.core import audit
from warmbench.core.models import AuditEntry

ACTION = "candidate.seen"
#: Who looks again within so long looks at the same thing.
ONCE_IN = timedelta(hours=12)


def note(candidate_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Note that somebody looked. Returns False if that stands in the trail already."""
    subject = f"candidate:{candidate_id}"
    lately = AuditEntry.objects.filter(
        subject=subject, actor_id=by_id, action=ACTION, at__gt=now - ONCE_IN
    )
    if lately.exists():
        return False
    audit.record(by_id, ACTION, subject, now=now)
    return True
