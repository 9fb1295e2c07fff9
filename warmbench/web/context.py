"""What the frame of every page shows: the queue's length, the bell, a stop, the sample's clock."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from warmbench.accounts import notifications
from warmbench.accounts.models import Organisation, User
from warmbench.core import clock
from warmbench.messaging import standing, threads
from warmbench.messaging.models import Switch, Thread
from warmbench.people import truth
from warmbench.web import queue


@dataclass(frozen=True)
class Stopped:
    """A stop of all sending, in the words of the strip on top."""

    by: str = ""
    since: datetime | None = None
    reason: str = ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The variables that ``base.html`` and ``base_public.html`` read.

    Each asks the database when a template first names it, and once: a fragment that shows
    none of them asks nothing.
    """

    def today_count() -> int:
        user = request.user
        if not isinstance(user, User):
            return 0
        return queue.due_today(user, now=clock.now())

    def unread_count() -> int:
        user = request.user
        return notifications.unread_count(user.pk) if isinstance(user, User) else 0

    def replies_count() -> int:
        user = request.user
        return _replies_count(user) if isinstance(user, User) else 0

    return {
        "demo": settings.DEMO,
        "clock": clock.now if settings.DEMO else None,
        "stopped": cache(_stopped),
        "unheard": cache(_unheard),
        "today_count": cache(today_count),
        "replies_count": cache(replies_count),
        "unread_count": cache(unread_count),
        "organisation": cache(Organisation.objects.first),
    }


def _replies_count(user: User) -> int:
    """The conversations that wait for this user, or for nobody in particular."""
    waiting = Thread.objects.filter(threads.of_user(user) | threads.of_nobody())
    return waiting.filter(waiting_since__isnull=False).count()


def _unheard() -> list[str]:
    """Why sending waits for systems that were not heard from, a sentence for each."""
    return [truth.heard(source) for source in truth.stale(now=clock.now())]


def _stopped() -> Stopped | None:
    if not standing.is_all_stopped():
        return None
    engaged = Switch.objects.filter(scope=Switch.Scope.EVERYTHING, released_at=None)
    switch = engaged.select_related("engaged_by").first()
    if switch is None:
        return Stopped(reason="By the administrator of this machine.")
    return Stopped(
        by=switch.engaged_by.name if switch.engaged_by else "",
        since=switch.engaged_at,
        reason=switch.reason,
    )
