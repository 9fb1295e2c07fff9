"""The page about stops: the kill switch, messages of unknown fate, what does not go and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import Role, User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import standing, switches
from warmbench.messaging.models import Attempt, Decision, Message, Sender, Switch
from warmbench.nurture.models import Enrollment, Sequence
from warmbench.web import access, verdicts
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx

_SHOWN = 25
#: How many of the latest decisions are summed up: enough for weeks of a team, read at once.
_LATEST = 50_000
_DAYS = 7
_Choices = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Stop:
    """One switch, and what it stops in words."""

    switch: Switch
    what: str
    may_release: bool


@dataclass(frozen=True)
class Cause:
    """Why messages do not go, and of how many people that is so."""

    reason: str
    people: int


class StopForm(forms.Form):
    """What is to be stopped, and why."""

    what = forms.ChoiceField(label="What")
    reason = forms.CharField(label="Why", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = (f"{Switch.Scope.EVERYTHING}:0", "Everything")
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            everything,
            *_single_things(),
        ]

    def chosen(self) -> tuple[Switch.Scope, int]:
        """The scope and key that were chosen."""
        scope, _, key = self.cleaned_data["what"].partition(":")
        return Switch.Scope(scope), int(key)


def _single_things() -> _Choices:
    recruiters = User.objects.filter(role__in=[Role.RECRUITER, Role.ADMIN]).order_by("name")
    sequences = Sequence.objects.exclude(state=Sequence.State.ARCHIVED).order_by("name")
    senders = Sender.objects.order_by("from_address")
    return [
        ("A sequence", [(f"sequence:{one.pk}", one.name) for one in sequences]),
        ("A recruiter's messages", [(f"recruiter:{one.pk}", one.name) for one in recruiters]),
        ("A sender", [(f"sender:{one.pk}", one.from_address) for one in senders]),
    ]


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """What is stopped, what is unknown, and the button that stops everything."""
    return _page(request, StopForm())


def _page(request: HttpRequest, form: StopForm) -> HttpResponse:
    user, now = user_of(request), clock.now()
    everybody = Switch.objects.select_related("engaged_by", "released_by")
    engaged = _stops(everybody.filter(released_at=None).order_by("-engaged_at"), user)
    everything = [stop for stop in engaged if stop.switch.scope == Switch.Scope.EVERYTHING]
    is_stopped = standing.is_all_stopped()
    released = everybody.exclude(released_at=None).order_by("-released_at")[:10]
    claimed = Attempt.objects.filter(claimed_at__gte=now - timedelta(hours=1))
    # Only what is queued has such a date, and an index.
    queued = Message.objects.filter(not_before__isnull=False)
    context = {
        "form": form,
        "is_stopped": is_stopped,
        "everything": everything[0] if everything else None,
        "is_stopped_by_setting": settings.SENDING_STOPPED,
        "stop_file": standing.stop_file() if standing.stop_file().exists() else None,
        "engaged": [stop for stop in engaged if stop not in everything],
        "released": _stops(released, user),
        "things": _single_things(),
        "waiting": queued.count(),
        "lately": claimed.count(),
        "unknown": _unknown(request),
    }
    return render(request, "stops/stops.html", context, status=422 if form.errors else 200)


def _stops(found: Iterable[Switch], user: User) -> list[Stop]:
    names = {value: label for _, group in _single_things() for value, label in group}
    return [
        Stop(
            one,
            "Everything"
            if one.scope == Switch.Scope.EVERYTHING
            else names.get(f"{one.scope}:{one.key}", f"{one.get_scope_display()} {one.key}"),
            access.may_release(user, one),
        )
        for one in found
    ]


def _unknown(request: HttpRequest) -> Any:
    of_unknown_fate = (
        Message.objects.filter(state=Message.State.UNKNOWN)
        .select_related("candidate", "sender")
        .order_by("state_at", "pk")
    )
    page = Paginator(of_unknown_fate, _SHOWN).get_page(request.GET.get("page"))
    # Every attempt at a message has the same one.
    attempts = Attempt.objects.filter(message__in=list(page.object_list))
    headers = dict(attempts.values_list("message_id", "message_id_header"))
    people = [message.candidate_id for message in page.object_list]
    to_change = set(access.candidates_to_change(user_of(request), people))
    for message in page.object_list:
        message.may_settle = message.candidate_id in to_change  # type: ignore[attr-defined]
        message.header = headers.get(message.pk, "")  # type: ignore[attr-defined]
    return page


@require_POST
@policy(Policy.RECRUITER)
def engage(request: HttpRequest) -> HttpResponse:
    """Stop something. Whoever sees that something goes wrong may, and needs nobody's leave."""
    form = StopForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    scope, key = form.chosen()
    reason = form.cleaned_data["reason"]
    is_new = switches.engage(scope, key, by_id=user_of(request).pk, reason=reason, now=clock.now())
    said = "Stopped, from the next message on." if is_new else "That is stopped already."
    return back(request, "stops", said=said)


@require_POST
@policy(Policy.OWNER)
def release(request: HttpRequest, switch_id: int) -> HttpResponse:
    """Let sending go on."""
    user = user_of(request)
    switch = access.switch_to_release(user, switch_id)
    released = switches.release(
        Switch.Scope(switch.scope), switch.key, by_id=user.pk, now=clock.now()
    )
    said = "Released. What waits goes on in its own time." if released else "It was released."
    return back(request, "stops", said=said)


@require_GET
@policy(Policy.SIGNED_IN)
def causes(request: HttpRequest) -> HttpResponse:
    """What would not be sent now and what was not sent lately, by its reason."""
    context = {"waiting": _waiting(), "refused": _refused(), "days": _DAYS}
    whole = not is_htmx(request)
    name = "stops/causes_page.html" if whole else "stops/causes.html"
    return render(request, name, context)


def _waiting() -> list[Cause]:
    active = Enrollment.objects.filter(state=Enrollment.State.ACTIVE).exclude(waiting_for="")
    counted = active.values_list("waiting_for").annotate(people=Count("pk")).order_by("-people")
    return [Cause(verdicts.because(reason), people) for reason, people in counted]


def _refused() -> list[Cause]:
    # By primary key: it is in the order of time, and dates have no index of their own.
    latest = Decision.objects.aggregate(latest=Max("pk"))["latest"] or 0
    refused = Decision.objects.filter(
        pk__gt=latest - _LATEST,
        verdict=Decision.Verdict.REFUSE,
        at__gte=clock.now() - timedelta(days=_DAYS),
    )
    people = Count("candidate_id", distinct=True)
    counted = refused.values_list("reason").annotate(people=people).order_by("-people")
    return [Cause(verdicts.because(reason), people) for reason, people in counted]


urlpatterns = [
    path("stops/", show, name="stops"),
    path("stops/engage/", engage, name="stop-engage"),
    path("stops/<int:switch_id>/release/", release, name="stop-release"),
    path("stops/causes/", causes, name="stop-causes"),
]
