"""The list of roles: what is open, how soon somebody is wanted, and what alerts brought."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging.models import Message
from warmbench.sourcing.models import HOT, Alert, AlertCampaign, Role
from warmbench.web import role_frame
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import typed

_SHOWN = 25


@dataclass(frozen=True)
class Told:
    """How many people were told of a role, how many of them clicked or answered, and how many
    are about to be told."""

    reached: int = 0
    engaged: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Row:
    """A role in the list."""

    role: Role
    is_hot: bool
    due: str
    due_state: str
    pay: str
    places: str
    told: Told
    #: What its alerts do now; blank where there are none.
    alerts: str


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the roles, the hot ones first."""
    now = clock.now()
    words = typed(request.GET, "q", longest=200)
    state = request.GET.get("state", "")
    found = _named(words)
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    if state in Role.State.values:
        found = found.filter(state=state)
    page = Paginator(_in_order(found, now=now), _SHOWN).get_page(request.GET.get("page"))
    context = {
        "section": "roles",
        "page": page,
        "rows": _rows(list(page.object_list), now=now),
        "q": words,
        "state": state if state in Role.State.values else "",
        "total": sum(counts.values()),
        "states": [(one, counts.get(one.value, 0)) for one in Role.State],
        "is_filtered": bool(words or state),
    }
    name = "roles/results.html" if is_htmx(request) else "roles/list.html"
    return render(request, name, context)


def _named(words: str) -> QuerySet[Role]:
    found = Role.objects.select_related("owner", "campaign")
    for word in words.split():
        found = found.filter(
            Q(title__icontains=word) | Q(company__icontains=word) | Q(owner__name__icontains=word)
        )
    return found


def _in_order(found: QuerySet[Role], *, now: datetime) -> QuerySet[Role]:
    """Hot ones, then open ones, drafts, and what is over; the nearest deadline first."""
    hot = Q(state=Role.State.OPEN, deadline__gte=now, deadline__lte=now + HOT)
    ranks: list[tuple[Any, int]] = [
        (hot, 0),
        (Q(state=Role.State.OPEN), 1),
        (Q(state=Role.State.DRAFT), 2),
        (Q(state=Role.State.ON_HOLD), 3),
    ]
    rank = Case(
        *(When(which, then=Value(place)) for which, place in ranks),
        default=Value(4),
        output_field=IntegerField(),
    )
    return found.annotate(rank=rank).order_by(
        "rank", F("deadline").asc(nulls_last=True), "-state_at", "-pk"
    )


def _rows(found: list[Role], *, now: datetime) -> list[Row]:
    told = told_of([role.pk for role in found])
    rows = []
    for role in found:
        due, due_state = role_frame.due_words(role, now=now)
        rows.append(
            Row(
                role,
                is_hot=role_frame.is_hot(role, now=now),
                due=due,
                due_state=due_state,
                pay=role_frame.pay_words(role),
                places=role_frame.place_words(role),
                told=told.get(role.pk, Told()),
                alerts=_alerts(role),
            )
        )
    return rows


def _alerts(role: Role) -> str:
    campaign = role_frame.campaign_of(role)
    if campaign is None:
        return "not started" if role.state == Role.State.OPEN else ""
    skills = "skill" if campaign.threshold == 1 else "skills"
    return {
        AlertCampaign.State.RUNNING: f"from {campaign.threshold} {skills}",
        AlertCampaign.State.PAUSED: "paused",
        AlertCampaign.State.ENDED: "ended",
    }[AlertCampaign.State(campaign.state)]


def told_of(role_ids: list[int]) -> dict[int, Told]:
    """What alerts brought, per role that has any."""
    under_way = Q(state=Alert.State.WAITING) | Q(message__state=Message.State.QUEUED)
    counted = (
        Alert.objects.filter(role__in=role_ids)
        .values("role_id")
        .annotate(
            reached=Count("pk", filter=Q(message__state=Message.State.SENT)),
            engaged=Count("pk", filter=Q(engaged_at__isnull=False)),
            waiting=Count("pk", filter=under_way),
        )
    )
    return {row["role_id"]: Told(row["reached"], row["engaged"], row["waiting"]) for row in counted}


urlpatterns = [path("roles/", show_all, name="roles")]
