"""Tells a page that somebody looks at what has changed since: its numbers, and how much is new."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from warmbench.accounts import absences
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, sql
from warmbench.web import queue
from warmbench.web.access import user_of


@require_safe
@never_cache
@policy(Policy.SIGNED_IN)
def live(request: HttpRequest) -> HttpResponse:
    """The counts of the frame, and how much is new on the page ``page`` since it was made; 204 if
    nothing is other than what ``seen`` stands for."""
    user, now = user_of(request), clock.now()
    since = _moment(request.GET.get("since", "")) or now
    values = {
        "user": user.pk,
        "whose": [user.pk, *absences.covered_by(user, now=now)],
        "now": now,
        "since": since,
        "midnight": queue.midnight_after(now),
    }
    (row,) = sql.run(sql.load(__file__, "live"), values)
    waiting, asked, mark, due, replies, came, unread = row
    page = request.GET.get("page", "")
    news = came if page == "replies" else 0
    if page == "today":
        # Also what was handed over without a date of its own makes the queue longer.
        news = max(asked, waiting - _number(request.GET.get("total", ""), waiting))
    seen = f"{mark}-{due}-{replies}-{unread}-{news}"
    if seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    counts = {"today": due, "replies": replies, "unread": unread}
    return JsonResponse({"seen": seen, "counts": counts, "news": news})


def _moment(given: str) -> datetime | None:
    try:
        moment = parse_datetime(given)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _number(given: str, otherwise: int) -> int:
    return int(given) if given.isdecimal() and len(given) < 8 else otherwise


urlpatterns = [path("live/", live, name="live")]
