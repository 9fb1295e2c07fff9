"""The simulator of a role: whom alerts would reach at each threshold, before any of them goes."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.sourcing import endings, simulator
from warmbench.sourcing.fit import Criterion
from warmbench.sourcing.models import AlertCampaign, Role
from warmbench.sourcing.simulator import Brought, Simulated
from warmbench.web import access, role_frame, role_matches
from warmbench.web.role_alerts import StartForm
from warmbench.web.role_matches import Level
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import number

#: The tallest bar, in the units of its drawing.
_TALLEST = 100
#: Why somebody is out, said of many.
_OUT = {
    Criterion.SENIORITY: "have another seniority, which is a must",
    Criterion.PLACE: "do not work where it is, which is a must",
    Criterion.PAY: "want to earn more, which is a must",
    Criterion.WISHES: "said that such a role, or this employer, is nothing for them",
}


@dataclass(frozen=True)
class Bar:
    """How many people have so many skills, as a bar over its place on the slider."""

    threshold: int
    people: int
    height: int

    @property
    def top(self) -> int:
        """Where it begins, from above."""
        return _TALLEST - self.height


@dataclass(frozen=True)
class Share:
    """So many of all, and as how many in a hundred."""

    label: str
    count: int
    percent: float


@dataclass(frozen=True)
class Told:
    """What the page says about one threshold."""

    simulated: Simulated
    #: Why people are out, and why others cannot be written to now: how many, and a sentence.
    out: list[tuple[int, str]]
    blocked: list[tuple[int, str]]
    #: What earlier alerts at this threshold brought; empty if there were none.
    brought: list[Share]

    @property
    def cannot(self) -> int:
        """How many of those whom it reaches may not be written to now."""
        return self.simulated.reached - self.simulated.mailable

    @property
    def are_out(self) -> int:
        """How many have so many skills, and are out all the same."""
        return self.simulated.matching - self.simulated.reached


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, role_id: int) -> HttpResponse:
    """What alerts would do at the threshold that the slider stands on."""
    role, now = access.role_for(role_id), clock.now()
    levels = role_matches.levels_of(role, now=now)
    threshold = role_matches.chosen_threshold(role, levels, number(request.GET, "at"))
    context = {
        "levels": levels,
        "most": max((one.threshold for one in levels), default=1),
        "threshold": threshold,
        "bars": bars(levels),
        "is_fragment": is_htmx(request),
    }
    if levels:
        [simulated] = simulator.simulate(role.pk, [threshold], now=now)
        context |= {"told": told(simulated), "form": _form(role, threshold)}
    name = "roles/simulated.html" if is_htmx(request) else "roles/simulator.html"
    context = role_frame.of(request, role, tab="simulator", now=now) | context
    return render(request, name, context)


def bars(levels: list[Level]) -> list[Bar]:
    """A bar for each threshold. The smallest is seen as well, as long as it is anybody."""
    most = max((one.people for one in levels), default=0)
    return [
        Bar(
            one.threshold,
            one.people,
            max(2, round(_TALLEST * one.people / most)) if one.people else 0,
        )
        for one in levels
    ]


def told(simulated: Simulated) -> Told:
    """What was simulated, in words, the most frequent first."""
    blocked = sorted(simulated.blocked.items(), key=lambda one: -one[1])
    out = sorted(simulated.failures.items(), key=lambda one: -one[1])
    return Told(
        simulated,
        out=[(count, _OUT.get(criterion, criterion.value)) for criterion, count in out],
        blocked=[(count, endings.because(reason)) for reason, count in blocked],
        brought=_shares(simulated.brought),
    )


def _shares(brought: Brought) -> list[Share]:
    if not brought.sent:
        return []
    counts = {
        "clicked or answered": brought.engaged,
        "answered": brought.replied,
        "said “not for me”": brought.not_for_them,
    }
    return [
        Share(label, count, round(100 * count / brought.sent)) for label, count in counts.items()
    ]


def _form(role: Role, threshold: int) -> StartForm:
    campaign = role_frame.campaign_of(role) or AlertCampaign()
    initial = {
        "threshold": threshold,
        "strong_from": max(campaign.strong_from, threshold),
        "wave_size": campaign.wave_size,
    }
    return StartForm(initial=initial)


urlpatterns = [path("roles/<int:role_id>/simulator/", show, name="role-simulator")]
