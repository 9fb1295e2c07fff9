"""The page of auditors: how groups of people fare on shortlists, as counts and for download."""

from datetime import UTC, datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import audit, clock
from warmbench.shortlists import fairness, looks
from warmbench.shortlists.fairness import Audit
from warmbench.web import access
from warmbench.web.access import user_of


@require_GET
@policy(Policy.AUDITOR)
def show(request: HttpRequest) -> HttpResponse:
    """The figures of a year."""
    return render(request, "fairness/page.html", {"section": "law", **_figures(request)})


@require_GET
@policy(Policy.AUDITOR)
def report(request: HttpRequest) -> HttpResponse:
    """The same as one document that stands by itself, for an auditor outside. It is on record."""
    figures = _figures(request)
    response = render(request, "fairness/report.html", figures)
    return _taken(request, response, figures["audit"], "html")


@require_GET
@policy(Policy.AUDITOR)
def table(request: HttpRequest) -> HttpResponse:
    """The same as a table. It is on record."""
    found = _audit(request)
    response = HttpResponse(found.as_csv(), content_type="text/csv; charset=utf-8")
    return _taken(request, response, found, "csv")


def _figures(request: HttpRequest) -> dict[str, Any]:
    found = _audit(request)
    since, until = (datetime.combine(day, time(0), UTC) for day in (found.since, found.until))
    return {
        "audit": found,
        "years": fairness.years(now=clock.now()),
        "summary": fairness.summary(found, access.organisation().name),
        "decided": looks.figures(since, until),
        "made_at": clock.now(),
    }


def _audit(request: HttpRequest) -> Audit:
    now = clock.now()
    asked = request.GET.get("year", "")
    known = fairness.years(now=now)
    if not asked:
        return fairness.audit(known[0] if known else now.year, now=now)
    if not asked.isascii() or not asked.isdigit() or int(asked) not in known:
        raise Http404
    return fairness.audit(int(asked), now=now)


def _taken(request: HttpRequest, response: HttpResponse, found: Audit, kind: str) -> HttpResponse:
    name = f"fairness-{found.year}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    detail: dict[str, object] = {"year": found.year, "as": kind}
    audit.record(user_of(request).pk, "fairness.exported", "ranking:records", detail=detail,
                 now=clock.now())  # fmt: skip
    return response


urlpatterns = [
    path("fairness/", show, name="fairness"),
    path("fairness/report/", report, name="fairness-report"),
    path("fairness/table/", table, name="fairness-table"),
]
