"""Chooses who hears of a role next: in waves, the best matches first, each person once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import sql
from warmbench.core.events import Event, publish
from warmbench.messaging import gate, standing
from warmbench.messaging.known import Touch
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Refuse
from warmbench.people import off_limits, rights
from warmbench.people.models import Purpose
from warmbench.sourcing import matching
from warmbench.sourcing.alerts import BETWEEN_WAVES
from warmbench.sourcing.fit import Match
from warmbench.sourcing.models import Alert, AlertCampaign, Role

#: Of so many matches for each place in a wave it is asked whether they may be written to.
_LOOK_AT = 4


@dataclass(frozen=True, kw_only=True)
class AlertsMade(Event):
    """These people are to be told of a role that fits them, or would be if they could."""

    role_id: int
    candidate_ids: list[int]


@transaction.atomic
def advance(*, now: datetime) -> int:
    """Decide the next wave of the campaign that waits longest. Returns how many waves that were:
    when there was one, another campaign may wait. Any number of workers may do so at once.

    A wave has at most ``wave_size`` people who may be written to. Those above them in rank who
    may not get an alert, too: it is refused with its reason, for a recruiter to see.
    """
    row = sql.run(sql.load(__file__, "waves_due"), {"now": now}).fetchone()
    if row is None:
        return 0
    # Asked anew after the lock: the role may have ended while it was waited for.
    campaign = AlertCampaign.objects.select_related("role").get(pk=row[0])
    role = campaign.role
    if role.state != Role.State.OPEN or (role.deadline and role.deadline <= now):
        _plan(campaign, None)
        return 1
    told, is_more = choose(campaign, campaign.wave_size, now=now)
    if told:
        AlertCampaign.objects.filter(pk=role.pk).update(waves=campaign.waves + 1)
        _plan(campaign, now + BETWEEN_WAVES)
    else:
        # Nobody to write to among the best: look at the next ones, as long as there are any.
        _plan(campaign, now if is_more else None)
    return 1


def choose(campaign: AlertCampaign, most: int, *, now: datetime) -> tuple[int, bool]:
    """Make alerts for the best who were not chosen yet, at most so many who may be told. Returns
    how many may be told, and whether there may be more people. In the caller's transaction."""
    matches, is_more = _best(campaign, most * _LOOK_AT, now=now)
    asked = [match.candidate_id for match in matches]
    refused = _refused(asked, client=off_limits.key(campaign.role.company), now=now)
    chosen = _first(matches, refused, most)
    _make(campaign, chosen, now=now)
    told = sum(match.candidate_id not in refused for match in chosen)
    return told, is_more


def level(role: Role, matched: int, strong_from: int, *, now: datetime) -> Alert.Level:
    """What a role is to somebody with so many of its skills now."""
    if role.is_hot(now=now):
        return Alert.Level.HOT
    return Alert.Level.STRONG if matched >= strong_from else Alert.Level.NORMAL


def _best(campaign: AlertCampaign, most: int, *, now: datetime) -> tuple[list[Match], bool]:
    """The best who were not chosen yet, and whether there may be more people.

    Nobody who objected is compared with roles, nor is it kept that they would fit one. As nothing
    tells that they were looked at, it is looked behind them each time.
    """
    limit = most
    while True:
        found = matching.find(
            campaign.pk,
            threshold=campaign.threshold,
            limit=limit,
            now=now,
            leave_out_alerted=True,
        )
        objectors = rights.objectors([match.candidate_id for match in found])
        matches = [match for match in found if match.candidate_id not in objectors]
        if matches or len(found) < limit:
            return matches, len(found) == limit
        limit *= 2


def _plan(campaign: AlertCampaign, at: datetime | None) -> None:
    AlertCampaign.objects.filter(pk=campaign.pk).update(next_wave_at=at)


def _refused(candidate_ids: Collection[int], *, client: str, now: datetime) -> set[int]:
    """Who of them may not be told, whatever the time is."""
    people = standing.of(candidate_ids, now=now, purpose=Purpose.ALERT, counting_queued=True)
    touch = Touch(Message.Purpose.ALERT, permission=Purpose.ALERT, client=client)
    return {
        pk
        for pk, who in people.items()
        if isinstance(gate.judge(touch, who, None, frozenset(), now=now), Refuse)
    }


def _first(found: Sequence[Match], refused: Collection[int], most: int) -> list[Match]:
    """The best of them, until so many are among them who may be told."""
    chosen: list[Match] = []
    for match in found:
        if most == 0:
            break
        chosen.append(match)
        most -= match.candidate_id not in refused
    return chosen


def _make(campaign: AlertCampaign, chosen: Sequence[Match], *, now: datetime) -> None:
    rows = [
        {
            "candidate_id": match.candidate_id,
            "level": level(campaign.role, len(match.matched), campaign.strong_from, now=now),
            "matched": [skill.tag_id for skill in match.matched],
            "score": match.score,
            "policy": match.policy,
        }
        for match in chosen
    ]
    values = {
        "alerts": sql.records(rows),
        "role": campaign.pk,
        "wave": campaign.waves + 1,
        "threshold": campaign.threshold,
        "now": now,
    }
    sql.run(sql.load(__file__, "waves_make"), values)
    if chosen:
        people = [match.candidate_id for match in chosen]
        publish(AlertsMade(role_id=campaign.pk, candidate_ids=people))
