"""Answers what somebody decided about a fact: a word on it, a way back, and what changed."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from warmbench.core import clock
from warmbench.insight.models import Insight
from warmbench.web import insight_rows
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx, toast

#: A decision moves facts of its own kind only; nobody has more of one on a page.
_MOST = 40


def changed(
    request: HttpRequest,
    one: Insight,
    said: str,
    *,
    undo: str = "",
    instead_of: int = 0,
    is_undo: bool = False,
    is_error: bool = False,
) -> HttpResponse:
    """Say what was done. On lists of facts the rows of its kind are shown as they are now, and the
    panel of what is known follows; a form that names another page in ``next`` leads there.

    ``instead_of`` is the fact that a new one replaced; it takes its row.
    """
    if not is_htmx(request) or request.POST.get("next"):
        to = reverse("candidate-known", args=[one.candidate_id])
        return back(request, to, said=said, undo=undo, is_error=is_error)
    if _was_in_a_dialog(request):
        there = reverse("candidate", args=[one.candidate_id])
        return back(request, there, said=said, undo=undo, is_error=is_error)
    rows = _rows(request, one)
    context = {
        "rows": rows,
        "made": one.pk if instead_of else 0,
        "instead_of": instead_of,
        "instead_of_id": str(instead_of),
        # A correction that was taken back gives its row to what it corrected.
        "gone_id": str(one.pk),
        "back_to": one.corrects_id if is_undo else 0,
        "bare": "bare" in request.GET,
    }
    response = render(request, "insights/changed.html", context)
    toast(response, said, undo=undo, is_error=is_error)
    told = json.loads(response.headers["HX-Trigger"])
    told["facts-changed"] = {}
    told["decided"] = {"fact": one.pk, "stays": is_undo or is_error}
    response.headers["HX-Trigger"] = json.dumps(told)
    # Rows come by their ids; what was asked from has nothing of its own to take the place of it.
    response.headers["HX-Reswap"] = "none"
    return response


def _rows(request: HttpRequest, one: Insight) -> list[insight_rows.Row]:
    user, today = user_of(request), clock.now().date()
    facts = Insight.objects.filter(candidate=one.candidate_id, kind=one.kind)
    facts = facts.select_related("candidate", "source__author", "decided_by")
    found = list(facts.defer("source__text").order_by("-pk")[:_MOST])
    return insight_rows.rows(found, user=user, today=today)


def _was_in_a_dialog(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "change"
