"""Puts people before a recruiter again on the day for which somebody promised it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from warmbench.accounts.models import User
from warmbench.signals import entries, joining
from warmbench.signals.effects import Doing
from warmbench.signals.models import FollowUp

#: What a reminder is worth: somebody promised it.
VALUE = 50


@transaction.atomic
def remind(
    candidate_id: int, *, on: date, note: str, by_id: int, now: datetime, about: str = ""
) -> FollowUp | None:
    """Put a person before a recruiter again on a day, where the recruiter is: from eight in the
    morning, by five. None when there is no longer such a person.

    There is one reminder of a person at a time. Another one joins it, in whosever queue it is,
    and the earlier day counts; what is for a later day makes a reminder of its own when it is
    done. A day that has come is due at once.
    """
    if not entries.lock([candidate_id]):
        return None
    by = User.objects.get(pk=by_id)
    item = {
        "at": now.isoformat(),
        "text": note[:500] or "To be followed up",
        "signal": None,
        "on": on.isoformat(),
    }
    if about:
        item["about"] = about
    reminders = FollowUp.objects.select_for_update(no_key=True)
    standing = reminders.filter(
        candidate=candidate_id, reason=FollowUp.Reason.REMINDER, state=FollowUp.State.OPEN
    ).first()
    if standing is None:
        return _reminder(candidate_id, [item], by, now=now)
    morning, due_at = entries.hours_of(on, by.time_zone)
    joining.join(standing, [item], due_at=due_at, until=morning if morning > now else None)
    standing.save(update_fields=["evidence", "due_at", *entries.PUT_AWAY])
    return standing


def carry_on(entry: FollowUp, doing: Doing) -> None:
    """Of a reminder that somebody has just done, let what is for a later day be a reminder of its
    own."""
    later = [one for one in entry.evidence if one.get("on", "") > doing.today.isoformat()]
    if later and entry.reason == FollowUp.Reason.REMINDER:
        entry.evidence = [one for one in entry.evidence if one not in later]
        entry.save(update_fields=["evidence"])
        owner = User.objects.get(pk=doing.whose_id)
        _reminder(entry.candidate_id, joining.alone(later), owner, now=doing.now)


def _reminder(
    candidate_id: int, items: list[dict[str, Any]], owner: User, *, now: datetime
) -> FollowUp:
    first = min(date.fromisoformat(item["on"]) for item in items)
    morning, due_at = entries.hours_of(first, owner.time_zone)
    return FollowUp.objects.create(
        candidate_id=candidate_id,
        reason=FollowUp.Reason.REMINDER,
        owner=owner,
        # Whoever promised it keeps it, whosever the person is by then.
        handed_over_by=owner,
        value=VALUE,
        evidence=items,
        asked_at=now,
        due_at=due_at,
        snoozed_until=morning if morning > now else None,
    )
