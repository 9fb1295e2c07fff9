"""The pages about connected systems: which there are, and how each of them does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.ats import (
    acting,
    connections,
    hearing,
    opening,
    registering,
    vendors,
)
from warmbench.integrations.ats.errors import AtsError
from warmbench.integrations.ats.protocol import Ability, Can, Vendor
from warmbench.integrations.models import (
    AtsConnection,
    AtsEvent,
    AtsStream,
    AtsWrite,
)
from warmbench.people import truth
from warmbench.people.models import CandidateRecord, Conflict
from warmbench.web import language_model, profiles, scheduling
from warmbench.web.access import user_of
from warmbench.web.connection_access import connection_for
from warmbench.web.toasts import back

State = AtsConnection.State

_ABILITIES = MappingProxyType(
    {
        "changed_since": "Says what changed",
        "push": "Calls us when something changes",
        "opt_out": "Takes opt-outs from mails",
        "text_opt_out": "Takes opt-outs from texts",
        "activity": "Takes a line for each message and answer",
        "status": "Takes where somebody stands with us",
        "tags": "Takes tags",
        "merges": "Takes merges of ours",
        "erasures": "Takes erasures of ours",
    }
)
_BADGES = MappingProxyType(
    {
        State.DRAFT: "draft",
        State.LOADING: "waiting",
        State.LIVE: "on",
        State.PAUSED: "paused",
        State.ENDED: "finished",
    }
)
_WRITTEN = (
    (AtsWrite.State.DONE, "written"),
    (AtsWrite.State.WAITING, "waiting"),
    (AtsWrite.State.STUCK, "stuck"),
    (AtsWrite.State.KEPT, "kept here"),
)
_SHOWN_REASONS = 10


@dataclass(frozen=True)
class Row:
    """One connection in the list."""

    connection: AtsConnection
    url: str
    badge: str
    problem: str
    is_stale: bool
    calls: int
    limit: int | None
    #: Stuck writes and records that could not be taken in.
    waiting: int


@dataclass(frozen=True)
class Stream:
    """How far one kind of thing is read."""

    label: str
    is_reading: bool
    #: For the bar; None where nobody knows how much there is.
    value: int | None
    max: int
    detail: str
    problem: str
    complete_until: datetime | None
    next_at: datetime | None


def abilities(vendor: Vendor, found_read_only: Iterable[str] = ()) -> list[tuple[str, Ability]]:
    """What a vendor can do, in words; less for an account that does not let us write something."""
    read_only = set(found_read_only)
    said = "This account does not let us write it: we keep it, and hold to it."
    return [
        (label, Ability(Can.NO, said) if name in read_only else getattr(vendor.capabilities, name))
        for name, label in _ABILITIES.items()
    ]


@require_GET
@policy(Policy.ADMIN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The systems that are connected, and whether they are heard from."""
    now = clock.now()
    found = AtsConnection.objects.select_related("truth").order_by("truth__name")
    context = {
        "rows": [_row(one, now=now) for one in found],
        "conflicts": Conflict.objects.filter(state=Conflict.State.OPEN).count(),
        **scheduling.accounts_in_list(),
        **profiles.uploads_in_list(now=now),
        **language_model.in_list(),
    }
    return render(request, "connections/list.html", context)


@require_GET
@policy(Policy.ADMIN)
def show(request: HttpRequest, connection_id: int) -> HttpResponse:
    """How one connection does, and what can be done about it."""
    connection = connection_for(connection_id)
    found = opening.found_of(connection)
    vendor = vendors.of(connection.vendor)
    counts = dict(connection.writes.values_list("state").annotate(Count("pk")))
    reasons = connection.rejections.values_list("reason").annotate(rows=Count("pk"))
    context = _health(connection, now=clock.now()) | {
        "found": found,
        "abilities": abilities(vendor, found.read_only if found else ()),
        "written": [(label, counts.get(state, 0), state) for state, label in _WRITTEN],
        "rejected": connection.rejections.count(),
        "reasons": reasons.order_by("-rows")[:_SHOWN_REASONS],
        "conflicts": Conflict.objects.filter(
            state=Conflict.State.OPEN, record__source=connection.truth.name
        ).count(),
        "hook_url": _hook_url(connection, vendor),
        "may_register": registering.is_possible(connection),
        "has_old_secret": hearing.has_old_secrets(connection, now=clock.now()),
        "given_up": acting.given_up(connection.pk),
        "next_step": reverse(
            "connection-mapping" if found else "connection-keys", args=[connection.pk]
        ),
    }
    return render(request, "connections/show.html", context)


@require_GET
@policy(Policy.ADMIN)
def health(request: HttpRequest, connection_id: int) -> HttpResponse:
    """The part of the page that moves while something is read."""
    context = _health(connection_for(connection_id), now=clock.now())
    response = render(request, "connections/health.html", context)
    if not context["is_moving"]:
        # What stands around it, the strip above all, is not so any more either.
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@policy(Policy.ADMIN)
def test(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Ask whether the keys still open it, and what the account can do."""
    connection = connection_for(connection_id)
    there = reverse("connection", args=[connection.pk])
    try:
        found = connections.test(connection.pk, clock=clock.now)
    except AtsError as error:
        return back(request, there, said=str(error), is_error=True)
    said = f"{found.account} answers."
    if found.warnings:
        said += f" {' '.join(found.warnings)}"
    return back(request, there, said=said)


@require_POST
@policy(Policy.ADMIN)
def resync(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Read everything once more, beside what is current."""
    connection = connection_for(connection_id)
    connections.resync(connection.pk, by_id=user_of(request).pk, now=clock.now())
    said = "Everything is read once more, beside what is new."
    return back(request, reverse("connection", args=[connection.pk]), said=said)


@require_POST
@policy(Policy.ADMIN)
def call_us(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Have it call us, where its API makes webhooks."""
    connection = connection_for(connection_id)
    there = reverse("connection", args=[connection.pk])
    url = _hook_url(connection, vendors.of(connection.vendor))
    try:
        registering.register(connection.pk, url, by_id=user_of(request).pk, clock=clock.now)
    except AtsError as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said="It calls us from now on.")


@require_POST
@policy(Policy.ADMIN)
def forget_old_secret(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Let calls that are signed with the replaced secret count no more."""
    connection = connection_for(connection_id)
    by_id, now = user_of(request).pk, clock.now()
    gone = hearing.drop_old_secrets(connection.pk, by_id=by_id, now=now)
    said = "Only the new secret counts now." if gone else "No other secret counts."
    return back(request, reverse("connection", args=[connection.pk]), said=said)


@require_POST
@policy(Policy.ADMIN)
def act_again(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Act once more on what it told and could not be acted on."""
    connection = connection_for(connection_id)
    count = acting.again(connection.pk, now=clock.now())
    said = f"{count:,} are read once more."
    return back(request, reverse("connection", args=[connection.pk]), said=said)


@require_POST
@policy(Policy.ADMIN)
def pause(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Read and write nothing for a while."""
    connection = connection_for(connection_id)
    connections.pause(connection.pk, by_id=user_of(request).pk, now=clock.now())
    hours = int(connection.truth.patience / timedelta(hours=1))
    said = f"It is neither read nor written. After {hours} hours, nobody is written to."
    return back(request, reverse("connection", args=[connection.pk]), said=said)


@require_POST
@policy(Policy.ADMIN)
def resume(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Go on where it was paused."""
    connection = connection_for(connection_id)
    connections.resume(connection.pk, by_id=user_of(request).pk, now=clock.now())
    return back(request, reverse("connection", args=[connection.pk]), said="It goes on.")


@require_POST
@policy(Policy.ADMIN)
def end(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Rely on it no more, and forget its keys."""
    connection = connection_for(connection_id)
    connections.end(connection.pk, by_id=user_of(request).pk, now=clock.now())
    return back(request, "connections", said=f"{connection} is disconnected; its keys are gone.")


def _row(connection: AtsConnection, *, now: datetime) -> Row:
    problems = connection.streams.exclude(problem="").values_list("problem", flat=True)
    stuck = connection.writes.filter(state=AtsWrite.State.STUCK).count()
    return Row(
        connection=connection,
        url=reverse("connection", args=[connection.pk]),
        badge=_BADGES[State(connection.state)],
        problem=problems.first() or "",
        is_stale=connection.truth in truth.stale(now=now),
        calls=_calls(connection, now=now),
        limit=vendors.of(connection.vendor).daily_calls,
        waiting=stuck + connection.rejections.count(),
    )


def _health(connection: AtsConnection, *, now: datetime) -> dict[str, Any]:
    streams = [
        _stream(one)
        for one in connection.streams.filter(is_reread=False).order_by("pk")
        if one.kind != AtsStream.Kind.EVENTS
    ]
    confirmed = connection.truth.confirmed_at
    waiting = AtsEvent.objects.filter(connection=connection, processed_at=None)
    return {
        "connection": connection,
        "streams": streams,
        "is_moving": connection.state == State.LOADING or any(one.is_reading for one in streams),
        "is_stale": connection.truth in truth.stale(now=now),
        "calls": _calls(connection, now=now),
        "limit_words": _limit_words(connection),
        "lag": _span(now - confirmed) if confirmed else "—",
        "records": CandidateRecord.objects.filter(source=connection.truth.name).count(),
        "events": waiting.count(),
    }


def _stream(one: AtsStream) -> Stream:
    is_reading = one.window_until is not None and not one.problem
    count = f"{one.done:,} of {one.expected:,}" if one.expected else f"{one.done:,}"
    return Stream(
        label=one.get_kind_display(),
        is_reading=is_reading,
        value=min(one.done, one.expected) if one.expected else None,
        max=one.expected or 1,
        detail=count,
        problem=one.problem,
        complete_until=one.complete_until,
        next_at=one.next_at,
    )


def _calls(connection: AtsConnection, *, now: datetime) -> int:
    return connection.calls if connection.calls_on == now.date() else 0


def _limit_words(connection: AtsConnection) -> str:
    if daily := vendors.of(connection.vendor).daily_calls:
        return f"of {daily:,} that it allows a day"
    if connection.limit_said is not None and connection.remaining_said is not None:
        return f"{connection.remaining_said:,} of {connection.limit_said:,} left when it last said"
    return ""


def _span(lag: timedelta) -> str:
    minutes = max(0, int(lag.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _hook_url(connection: AtsConnection, vendor: Vendor) -> str:
    if vendor.hear is None:
        return ""
    return f"{settings.PUBLIC_URL}{reverse('ats-hook', args=[connection.hook_key])}"


urlpatterns = [
    path("connections/", show_all, name="connections"),
    path("connections/<int:connection_id>/", show, name="connection"),
    path("connections/<int:connection_id>/health/", health, name="connection-health"),
    path("connections/<int:connection_id>/test/", test, name="connection-test"),
    path("connections/<int:connection_id>/resync/", resync, name="connection-resync"),
    path("connections/<int:connection_id>/call-us/", call_us, name="connection-call-us"),
    path(
        "connections/<int:connection_id>/old-secret/",
        forget_old_secret,
        name="connection-old-secret",
    ),
    path("connections/<int:connection_id>/act-again/", act_again, name="connection-act-again"),
    path("connections/<int:connection_id>/pause/", pause, name="connection-pause"),
    path("connections/<int:connection_id>/resume/", resume, name="connection-resume"),
    path("connections/<int:connection_id>/end/", end, name="connection-end"),
]
