"""The pages behind a forecast's numbers: who gets what on a day, who hears nothing, all as CSV."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts import users
from warmbench.accounts.policies import Policy, policy
from warmbench.messaging import reasons
from warmbench.nurture.forecast import results, tables
from warmbench.nurture.models import Forecast, ForecastTouch
from warmbench.web import access, forecasts, sent
from warmbench.web.typed import typed

_SHOWN = 50


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """The touches of one day, or the people who hear nothing for one reason."""
    forecast = access.forecast_for(forecast_id)
    found, heading = _asked(request, forecast)
    ordered = found.select_related("candidate", "piece").order_by("at", "candidate_id", "pk")
    page = Paginator(ordered, _SHOWN).get_page(request.GET.get("page"))
    names = sent.step_names({one.touch for one in page if one.touch})
    context = {
        "section": "sequences",
        "forecast": forecast,
        "about": forecasts.about(forecast),
        "heading": heading,
        "page": page,
        "rows": [(one, names.get(one.touch, ""), _why(one)) for one in page],
        "is_silent": "silent" in request.GET,
    }
    return render(request, "forecasts/touches.html", context)


@require_GET
@policy(Policy.RECRUITER)
def csv(request: HttpRequest, forecast_id: int) -> StreamingHttpResponse:  # noqa: ARG001
    """Every touch of a forecast, one line each."""
    forecast = access.forecast_for(forecast_id)
    lines: Iterator[str] = tables.lines(forecast)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"forecast-{forecast.pk}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: HttpRequest, forecast: Forecast) -> tuple[QuerySet[ForecastTouch], str]:
    touches = forecast.touches.all()
    if reason := typed(request.GET, "silent"):
        return touches.filter(touch=results.SILENT, refusal=reason), results.because(reason)
    first, last = forecasts.span(forecast)
    day = _day(typed(request.GET, "day")) or first
    # Nothing was looked at before or after; and the last day that there is has none after it.
    day = min(max(day, first), last)
    zone = users.zone_here()
    begins = datetime.combine(day, time(0), zone)
    ends = datetime.combine(day + timedelta(days=1), time(0), zone)
    on_it = touches.filter(at__gte=begins, at__lt=ends).exclude(touch=results.SILENT)
    return on_it, f"{day:%A}, {day.day} {day:%B %Y}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _why(one: ForecastTouch) -> str:
    return reasons.because(one.refusal) if one.refusal and one.touch else ""


urlpatterns = [
    path("sequences/forecasts/<int:forecast_id>/touches/", show, name="forecast-touches"),
    path("sequences/forecasts/<int:forecast_id>/csv/", csv, name="forecast-csv"),
]
