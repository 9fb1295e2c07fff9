"""The lead's view: how much waits for whom, how old it is, what nobody has, and anybody's queue."""

import csv
from datetime import timedelta
from io import StringIO

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.signals import offers, queues
from warmbench.signals.models import FollowUp
from warmbench.web import access, lead_figures, queue
from warmbench.web.access import user_of
from warmbench.web.toasts import back

_COLUMNS = (
    *("recruiter", "open", "overdue", "due_today", "snoozed", "oldest_hours", "median_hours"),
    *("done_7_days", "in_time_percent", "reply_time_hours", "candidates", "away_until", "cover"),
)


class GiveForm(forms.Form):
    """Who gets the entries that are selected."""

    to = forms.TypedChoiceField(coerce=int)
    id = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, data: object, *, pks: list[int]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["to"].choices = [(one.pk, one.name) for one in queue.recruiters()]  # type: ignore[attr-defined]
        self.fields["id"].choices = [(pk, pk) for pk in pks]  # type: ignore[attr-defined]


@require_safe
@policy(Policy.SIGNED_IN)
def work(request: HttpRequest) -> HttpResponse:
    """Every recruiter's queue in numbers, and what stands in none."""
    context = {
        "section": "team",
        "work": lead_figures.of(now=clock.now()),
        "ages": lead_figures.AGES,
        "recruiters": queue.recruiters(),
        "rules": [(reason.label, queues.sla(reason)) for reason in FollowUp.Reason],
        "now": clock.now(),
    }
    return render(request, "lead/work.html", context)


@require_safe
@policy(Policy.SIGNED_IN)
def export(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The same numbers as a CSV file."""
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(_COLUMNS)
    for desk in lead_figures.of(now=clock.now()).desks:
        load = desk.load
        rows.writerow(
            [
                *(_harmless(load.name), load.open, load.overdue, load.due_today, load.snoozed),
                *(_hours(load.oldest), _hours(load.median), load.done),
                "" if desk.in_time is None else desk.in_time,
                *(_hours(desk.reply_time), desk.candidates),
                desk.absence.last_day.isoformat() if desk.absence else "",
                _harmless(desk.absence.cover.name) if desk.absence and desk.absence.cover else "",
            ]
        )
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="work.csv"'
    return response


@require_safe
@policy(Policy.SIGNED_IN)
def of_one(request: HttpRequest, user_id: int) -> HttpResponse:
    """Somebody's queue as they see it: to read for the whole team, to act for administrators."""
    now, whose = clock.now(), access.user_for(user_id)
    given = request.GET.get("shown", "")
    shown = min(int(given), queue.MOST) if given.isdecimal() and len(given) < 6 else queue.AT_ONCE
    context = {
        "section": "team",
        "whose": whose,
        "queue": queue.of(whose, now=now, kind=request.GET.get("kind", ""), shown=shown),
        "now": now,
    }
    return render(request, "lead/queue.html", context)


@require_POST
@policy(Policy.ADMIN)
def give(request: HttpRequest) -> HttpResponse:
    """Give what nobody has, or somebody who left, to a recruiter."""
    user, now = user_of(request), clock.now()
    lost = list(lead_figures.adrift(now=now).values_list("pk", flat=True)[: queue.MOST])
    form = GiveForm(request.POST, pks=lost)
    if not form.is_valid():
        return back(request, "work", said="Select entries and say who gets them.", is_error=True)
    to_id = form.cleaned_data["to"]
    with transaction.atomic():
        given = sum(
            offers.hand_over(pk, to_id=to_id, by_id=user.pk, now=now)
            for pk in form.cleaned_data["id"]
        )
    name = access.user_for(to_id).name
    said = f"{given} entr{'y' if given == 1 else 'ies'} given to {name}."
    return back(request, "work", said=said, is_error=not given)


def _hours(long: timedelta | None) -> str:
    return f"{long.total_seconds() / 3600:.1f}" if long is not None else ""


def _harmless(name: str) -> str:
    # A spreadsheet would take it for a formula.
    return f"'{name}" if name[:1] in "=+-@\t\r" else name


urlpatterns = [
    path("team/work/", work, name="work"),
    path("team/work/csv/", export, name="work-csv"),
    path("team/work/give/", give, name="work-give"),
    path("team/work/<int:user_id>/", of_one, name="work-of"),
]
