"""Answers what somebody did in Today: a word on it, a way back, and what changed on the page."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.people.models import Candidate
from warmbench.signals.models import FollowUp
from warmbench.web import queue
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx, toast

GONE = "Somebody else has dealt with this already."


def context(
    user: User, *, now: datetime, kind: str = "", first: int = 0, shown: int = queue.AT_ONCE
) -> dict[str, Any]:
    """What the templates of Today read."""
    found = queue.of(user, now=now, kind=kind, first=first, shown=shown)
    return {
        "section": "today",
        "queue": found,
        "numbers": queue.numbers(user, found, now=now),
        "has_candidates": Candidate.objects.exists,
        "now": now,
    }


def acted(
    request: HttpRequest,
    said: str,
    gone: Collection[int] = (),
    *,
    changed: Collection[int] = (),
    undo: str = "",
    is_error: bool = False,
) -> HttpResponse:
    """Say what was done. On Today the entries ``gone`` leave the list, those ``changed`` are shown
    anew, and the numbers follow; a form that names another page in ``next`` leads there."""
    if not is_htmx(request) or request.POST.get("next"):
        return back(request, "today", said=said, undo=undo, is_error=is_error)
    shown = context(user_of(request), now=clock.now(), kind=kind_of(request), shown=1)
    shown |= {"gone": gone, "changed": queue.entries_of(changed, now=clock.now())}
    response = render(request, "today/changed.html", shown)
    toast(response, said, undo=undo, is_error=is_error)
    triggers = json.loads(response.headers["HX-Trigger"])
    triggers["acted"] = {"gone": list(gone)}
    response.headers["HX-Trigger"] = json.dumps(triggers)
    return response


def closed(request: HttpRequest, entry: FollowUp, said: str, *, worked: bool) -> HttpResponse:
    """Say of one entry that it is out of the queue, with the way back; or that it was already."""
    if not worked:
        return acted(request, GONE, [entry.pk], is_error=True)
    return acted(request, said, [entry.pk], undo=reverse("follow-up-undo", args=[entry.pk]))


def undone(request: HttpRequest, said: str, *, is_error: bool = False) -> HttpResponse:
    """Say what an undo did: on Today the queue is shown anew, any other page is loaded again."""
    if is_htmx(request) and not request.POST.get("next") and _page(request).path == "/":
        shown = context(user_of(request), now=clock.now(), kind=kind_of(request))
        response = render(request, "today/queue.html", {**shown, "is_part": True})
        toast(response, said, is_error=is_error)
        return response
    response = back(request, "today", said=said, is_error=is_error)
    if response.headers.pop("HX-Redirect", None):
        # Whoever clicked in a toast may be on any page by then: stay there.
        response.headers["HX-Refresh"] = "true"
    return response


def kind_of(request: HttpRequest) -> str:
    """Which kind of entries the page shows from which something was asked."""
    return parse_qs(_page(request).query).get("kind", [""])[0]


def _page(request: HttpRequest) -> SplitResult:
    return urlsplit(request.headers.get("HX-Current-URL", ""))
