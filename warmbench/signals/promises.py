"""Puts people before recruiters on a day, because of what was learnt of them."""

from datetime import date, datetime

from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.core.events import publish
from warmbench.people.models import Candidate
from warmbench.signals import entries, joining, reminders
from warmbench.signals.follow_ups import FollowUpAsked
from warmbench.signals.models import FollowUp

Reason, State = FollowUp.Reason, FollowUp.State


@transaction.atomic
def promise(
    candidate_id: int, *, on: date, note: str, about: str, now: datetime
) -> FollowUp | None:
    """Put a person before their recruiter on a day: once for each thing that it is ``about``,
    however often it is asked and whatever became of it, unless it was withdrawn. A day that has
    come is today.

    It is a reminder, and joins the one that waits already. It follows the person to whoever owns
    them by then, and is nobody's while nobody does. None when it was asked before, or there is no
    longer such a person.
    """
    if not entries.lock([candidate_id]):
        return None
    reminded = FollowUp.objects.filter(candidate=candidate_id, reason=Reason.REMINDER)
    known = reminded.filter(evidence__contains=[{"about": about}])
    if known.exclude(state=State.DONE, outcome=FollowUp.Outcome.WITHDRAWN).exists():
        return None
    item = {
        "at": now.isoformat(),
        "text": note[:500],
        "signal": None,
        "on": on.isoformat(),
        "about": about,
    }
    candidate = Candidate.objects.select_related("owner").get(pk=candidate_id)
    owner = entries.who_acts(candidate)
    standing = reminded.select_for_update(no_key=True).filter(state=State.OPEN).first()
    whose = (standing.owner if standing else None) or owner
    home = Organisation.objects.values_list("default_time_zone", flat=True).first() or "UTC"
    morning, due_at = entries.hours_of(on, whose.time_zone if whose else home)
    until = morning if morning > now else None
    if standing is None:
        standing = FollowUp.objects.create(
            candidate=candidate,
            reason=Reason.REMINDER,
            owner=owner,
            value=reminders.VALUE,
            evidence=joining.begin([item], value=reminders.VALUE, due_at=due_at),
            asked_at=now,
            due_at=due_at,
            snoozed_until=until,
        )
    else:
        joining.join(standing, [item], due_at=due_at, until=until)
        standing.save(update_fields=["evidence", "due_at", *entries.PUT_AWAY])
    if until is None:
        publish(FollowUpAsked(follow_up_id=standing.pk, owner_id=standing.owner_id))
    return standing
