"""The page of one role: who fits it, why, what is missing or unknown, and whether we may write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging.models import Message
from warmbench.people import off_limits, search
from warmbench.people.models import Candidate
from warmbench.sourcing import matching
from warmbench.sourcing.matching import Match
from warmbench.sourcing.models import Alert, Role
from warmbench.web import access, heat, role_fates, role_frame, verdicts
from warmbench.web.heat import Heat
from warmbench.web.role_fates import Fate
from warmbench.web.typed import number, typed
from warmbench.web.verdicts import Answer

#: People at once, and the most that one page shows: who is further down is no match to call.
_SHOWN, _MOST = 25, 200
#: People of one name who are looked up.
_LOOKED_UP = 10
#: More skills than these nobody asks to match.
MOST_THRESHOLD = 8


@dataclass(frozen=True)
class Row:
    """Somebody, how they fit the role, and, apart from that, whether we may write to them."""

    candidate: Candidate
    match: Match
    heat: Heat
    answer: Answer
    #: What they were told of it, and what came of that; None if they were not.
    fate: Fate | None


@dataclass(frozen=True)
class Level:
    """So many people have at least so many of the skills."""

    threshold: int
    people: int


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, role_id: int) -> HttpResponse:
    """Who fits the role, best first; or how somebody fits it who was looked up."""
    role, now = access.role_for(role_id), clock.now()
    levels = levels_of(role, now=now)
    threshold = chosen_threshold(role, levels, number(request.GET, "at"))
    people = next((one.people for one in levels if one.threshold == threshold), 0)
    shown = min(max(number(request.GET, "shown"), _SHOWN), _MOST)
    who = typed(request.GET, "who", longest=200)
    found = _looked_up(role, who, now=now) if who else _best(role, threshold, shown, now=now)
    context = role_frame.of(request, role, tab="matches", now=now) | {
        "skills": role.skills.select_related("tag").order_by("-is_required", "tag__name"),
        "levels": levels,
        "threshold": threshold,
        "people": people,
        "rows": _rows(role, found, now=now),
        "more": 0 if who or len(found) < shown else min(people, shown + _SHOWN, _MOST),
        "who": who,
    }
    return render(request, "roles/matches.html", context)


def levels_of(role: Role, *, now: datetime) -> list[Level]:
    """How many people have how many of the role's skills, from one to all."""
    most = min(role.skills.count(), MOST_THRESHOLD)
    counted = matching.sizes(role.pk, most=most, now=now) if most else {}
    return [Level(threshold, people) for threshold, people in sorted(counted.items())]


def chosen_threshold(role: Role, levels: Sequence[Level], wanted: int) -> int:
    """The level that is asked for, else that of the role's alerts, else the usual one."""
    campaign = role_frame.campaign_of(role)
    usual = campaign.threshold if campaign else matching.USUAL_THRESHOLD
    most = max((one.threshold for one in levels), default=1)
    return min(max(wanted or usual, 1), most)


def _best(role: Role, threshold: int, shown: int, *, now: datetime) -> list[Match]:
    return matching.find(role.pk, threshold=threshold, limit=shown, now=now)


def _looked_up(role: Role, who: str, *, now: datetime) -> list[Match]:
    people = search.find(Candidate.objects.all(), who).order_by("last_name", "first_name", "pk")
    named = search.ids(people, most=_LOOKED_UP)
    explained = matching.explain(role.pk, named, now=now)
    return sorted(explained.values(), key=lambda match: (bool(match.failures), -match.score))


def _rows(role: Role, found: Sequence[Match], *, now: datetime) -> list[Row]:
    pks = [match.candidate_id for match in found]
    people = Candidate.objects.select_related("owner").in_bulk(pks)
    heats = heat.of(pks, now=now)
    client = off_limits.key(role.company)
    asked = list(people.values())
    answers = verdicts.now_for(asked, now=now, purpose=Message.Purpose.ALERT, client=client)
    told = Alert.objects.filter(role=role, candidate__in=pks).select_related("message")
    fates = {fate.alert.candidate_id: fate for fate in role_fates.of(list(told))}
    return [
        Row(people[pk], match, heats[pk], answers[pk], fates.get(pk))
        for match in found
        if (pk := match.candidate_id) in people
    ]


urlpatterns = [path("roles/<int:role_id>/", show, name="role")]
