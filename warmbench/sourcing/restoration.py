"""Takes alerts for sent that a restored database may have forgotten, and lets campaigns rest."""

from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.sourcing import waves, writing
from warmbench.sourcing.alerts import BETWEEN_WAVES
from warmbench.sourcing.models import AlertCampaign, Escalation, Role

#: Why nothing follows an alert after a restore.
RESTORED = "restored"


def take_for_sent(*, now: datetime) -> None:
    """Take every wave and every alert that came due for one that went, and pause all campaigns.

    Whoever may have been told of a role since the backup is not told again by itself. A person
    resumes the campaigns when they have looked.
    """
    running = AlertCampaign.objects.filter(state=AlertCampaign.State.RUNNING)
    for role_id in sorted(running.values_list("role_id", flat=True)):
        _waves_that_may_have_gone(role_id, now=now)
    while writing.take_for_sent(now=now):
        pass
    due = Escalation.objects.filter(state=Escalation.State.WAITING, due_at__lte=now)
    due.update(state=Escalation.State.DROPPED, due_at=None, reason=RESTORED, state_at=now)
    for role_id in sorted(running.values_list("role_id", flat=True)):
        running.filter(role=role_id).update(state=AlertCampaign.State.PAUSED, next_wave_at=None)
        audit.record(None, "alerts.paused", f"role:{role_id}", now=now, detail={"why": RESTORED})


@transaction.atomic
def _waves_that_may_have_gone(role_id: int, *, now: datetime) -> None:
    campaigns = AlertCampaign.objects.select_for_update(no_key=True, of=("self",))
    campaign = campaigns.select_related("role").get(pk=role_id)
    at, role = campaign.next_wave_at, campaign.role
    if at is None or at > now or role.state != Role.State.OPEN:
        return
    count = (now - at) // BETWEEN_WAVES + 1
    waves.choose(campaign, campaign.wave_size * count, now=now)
