"""The page that holds two forecasts against each other, as two versions of a sequence."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.messaging.models import Message
from warmbench.nurture.forecast import compare, results
from warmbench.nurture.forecast.compare import Both
from warmbench.nurture.models import Forecast
from warmbench.people.models import Candidate
from warmbench.web import access, forecasts
from warmbench.web.typed import number

#: So many of the people are listed whose messages move most.
_SHOWN = 50


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """What another forecast has otherwise than this one."""
    first, second = (
        access.forecast_for(forecast_id),
        access.forecast_for(number(request.GET, "with")),
    )
    if {first.state, second.state} != {Forecast.State.DONE}:
        raise Http404
    found = compare.compare(first, second)
    moved = compare.moved_people(first, second, limit=_SHOWN)
    people = Candidate.objects.in_bulk([one.candidate_id for one in moved])
    context = {
        "section": "sequences",
        "first": (first, forecasts.about(first)),
        "second": (second, forecasts.about(second)),
        "assumed": (forecasts.assumed(first), forecasts.assumed(second)),
        "found": found,
        "totals": [
            ("People", found.people),
            ("People written to", found.written_to),
            ("Messages", found.messages),
        ],
        "months": [
            (date.fromisoformat(f"{month}-01"), _labelled(purposes))
            for month, purposes in found.months.items()
        ],
        "silent": _because(found.silent),
        "refusals": _because(found.refusals),
        "moved": sorted((days, *both) for days, both in found.moved.items() if days),
        "same_day": found.moved.get(0, (0, 0))[0],
        "people": [(people[one.candidate_id], one) for one in moved if one.candidate_id in people],
    }
    return render(request, "forecasts/compare.html", context)


def _labelled(purposes: dict[str, Both]) -> list[tuple[str, Both]]:
    return [
        (str(one.label), purposes[one.value]) for one in Message.Purpose if one.value in purposes
    ]


def _because(counts: dict[str, Both]) -> list[tuple[str, Both]]:
    return [(results.because(reason), both) for reason, both in counts.items()]


urlpatterns = [
    path("sequences/forecasts/<int:forecast_id>/compare/", show, name="forecast-compare"),
]
