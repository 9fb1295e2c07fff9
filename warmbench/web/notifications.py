"""The page of what a user was told, and the bell that leads to it from every page."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import notifications
from warmbench.accounts.models import Detail, Notification
from warmbench.accounts.notifications import Told
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back

_SHOWN = 40


@dataclass(frozen=True)
class Row:
    """One thing, as the page shows it."""

    notification: Notification
    title: str
    #: Whether there still is something to do about it.
    holds: bool


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """What the user was told, the unread first."""
    user = user_of(request)
    page = Paginator(notifications.of(user.pk), _SHOWN).get_page(request.GET.get("page"))
    rows = _rows(list(page.object_list))
    context = {
        "page": page,
        "unread": [row for row in rows if row.notification.read_at is None],
        "read": [row for row in rows if row.notification.read_at is not None],
        "now": clock.now(),
    }
    return render(request, "notifications/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def open_one(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Lead to what one of them is about, and take it for read."""
    user = user_of(request)
    one = access.notification_of(user, notification_id)
    notifications.read(user.pk, only=one.pk, now=clock.now())
    return redirect(one.path or "notifications")


@require_POST
@policy(Policy.SIGNED_IN)
def read_all(request: HttpRequest) -> HttpResponse:
    """Take everything for read."""
    count = notifications.read(user_of(request).pk, now=clock.now())
    said = "Everything is marked as read." if count else "There was nothing unread."
    return back(request, "notifications", said=said)


def _rows(found: list[Notification]) -> list[Row]:
    names = notifications.names(one.candidate_id for one in found)
    holds = notifications.still_so(Told(one.key, one.user_id) for one in found)
    return [
        Row(
            one,
            notifications.sentence(one.title, names.get(one.candidate_id or 0), Detail.EVERYTHING),
            Told(one.key, one.user_id) in holds,
        )
        for one in found
    ]


urlpatterns = [
    path("notifications/", show_all, name="notifications"),
    path("notifications/read/", read_all, name="notifications-read"),
    path("notifications/<int:notification_id>/", open_one, name="notification"),
]
