"""The pages about subscriptions: programs that are told what happens, and all they were told."""

import json
from datetime import timedelta

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.models import Delivery, Happening, Subscription
from warmbench.integrations.outgoing import Caller
from warmbench.integrations.subscriptions import calling, deliveries, keeping
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.subscription_form import ReplayForm, SubscriptionForm
from warmbench.web.toasts import back

#: So many deliveries are shown at a time.
PAGE = 50
_REPLAYED = timedelta(days=1)


@require_GET
@policy(Policy.ADMIN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the programs, and what keeps each from being told."""
    waiting = Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING))
    found = Subscription.objects.defer("url", "secret", "old_secret")
    labels = dict(Happening.choices)
    rows = [
        (one, [labels[kind] for kind in labels if kind in one.kinds])
        for one in found.annotate(waiting=waiting).order_by("name", "pk")
    ]
    return render(request, "subscriptions/list.html", {"rows": rows})


@sensitive_post_parameters("url")
@sensitive_variables("secret")
@policy(Policy.ADMIN)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new program, and show once what its calls are signed with."""
    form = SubscriptionForm(request.POST or None)
    if not form.is_valid():
        return _form(request, form)
    made, secret = keeping.create(form.entry(), by_id=user_of(request).pk, now=clock.now())
    return _secret_page(request, made, secret)


@require_GET
@policy(Policy.ADMIN)
def show(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """What a program was told, each with what it answered, the newest first."""
    subscription = access.subscription_for(subscription_id)
    told = subscription.deliveries.order_by("-pk")
    state = request.GET.get("state", "")
    if state in Delivery.State.values:
        told = told.filter(state=state)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        told = told.filter(pk__lt=int(before))
    found = list(told[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "subscription": subscription,
        "rows": [(one, _body(one)) for one in shown],
        "before": shown[-1].pk if len(found) > PAGE else None,
        "state": state,
        "states": Delivery.State.choices,
        "replay": ReplayForm(initial={"since": clock.now() - _REPLAYED}),
    }
    return render(request, "subscriptions/deliveries.html", context)


@sensitive_post_parameters("url")
@policy(Policy.ADMIN)
def edit(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Change a subscription."""
    subscription = access.subscription_for(subscription_id)
    form = SubscriptionForm(request.POST or None, subscription=subscription)
    if not form.is_valid():
        return _form(request, form, subscription)
    by_id = user_of(request).pk
    changed = keeping.change(subscription_id, form.entry(), by_id=by_id, now=clock.now())
    there = resolve_url("subscription", subscription_id)
    return back(request, there, said="Changed." if changed else "Nothing was different.")


@require_POST
@policy(Policy.ADMIN)
def test(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Tell a program that this is a test, and say how that went."""
    access.subscription_for(subscription_id)
    outcome = calling.test(Caller(), subscription_id, now=clock.now())
    said = "It took the test." if outcome.worked else outcome.problem
    there = resolve_url("subscription", subscription_id)
    return back(request, there, said=said, is_error=not outcome.worked)


@require_POST
@policy(Policy.ADMIN)
def pause(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Tell a program nothing any more."""
    said = "It is told nothing any more."
    return _set_active(request, subscription_id, is_active=False, said=said)


@require_POST
@policy(Policy.ADMIN)
def resume(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Tell a program what comes up from now on."""
    said = "It is told what comes up from now on. What failed can be told again."
    return _set_active(request, subscription_id, is_active=True, said=said)


@require_POST
@policy(Policy.ADMIN)
@sensitive_variables("secret")
def new_secret(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Sign calls with another secret, for a day also with the old one, and show it once."""
    subscription = access.subscription_for(subscription_id)
    secret = keeping.rotate(subscription_id, by_id=user_of(request).pk, now=clock.now())
    return _secret_page(request, subscription, secret, is_new=False)


@require_POST
@policy(Policy.ADMIN)
def remove(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Forget a subscription."""
    access.subscription_for(subscription_id)
    keeping.remove(subscription_id, by_id=user_of(request).pk, now=clock.now())
    return back(request, "subscriptions", said="Removed.")


@require_POST
@policy(Policy.ADMIN)
def replay(request: HttpRequest, subscription_id: int, delivery_id: int) -> HttpResponse:
    """Tell one thing again."""
    access.subscription_for(subscription_id)
    by_id = user_of(request).pk
    again = deliveries.replay(subscription_id, delivery_id, by_id=by_id, now=clock.now())
    there = resolve_url("subscription", subscription_id)
    said = "It is told again." if again else "It waits already."
    return back(request, there, said=said, is_error=not again)


@require_POST
@policy(Policy.ADMIN)
def replay_failed(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Tell again all that failed since a moment."""
    access.subscription_for(subscription_id)
    form = ReplayForm(request.POST)
    there = resolve_url("subscription", subscription_id)
    if not form.is_valid():
        return back(request, there, said="Say since when.", is_error=True)
    since, by_id = form.cleaned_data["since"], user_of(request).pk
    again = deliveries.replay_failed(subscription_id, since=since, by_id=by_id, now=clock.now())
    said = f"{again:,} told again." if again else "Nothing failed since then."
    return back(request, there, said=said, is_error=not again)


def _set_active(
    request: HttpRequest, subscription_id: int, *, is_active: bool, said: str
) -> HttpResponse:
    access.subscription_for(subscription_id)
    by_id, now = user_of(request).pk, clock.now()
    new = keeping.set_active(subscription_id, is_active=is_active, by_id=by_id, now=now)
    there = resolve_url("subscription", subscription_id)
    return back(request, there, said=said if new else "Nothing was different.")


def _body(delivery: Delivery) -> str:
    """What it was told, without names."""
    return json.dumps(calling.content(delivery, with_names=False)["data"], ensure_ascii=False)


def _form(
    request: HttpRequest, form: SubscriptionForm, subscription: Subscription | None = None
) -> HttpResponse:
    context = {"form": form, "subscription": subscription}
    status = 422 if form.is_bound else 200
    return render(request, "subscriptions/edit.html", context, status=status)


def _secret_page(
    request: HttpRequest, subscription: Subscription, secret: str, *, is_new: bool = True
) -> HttpResponse:
    context = {
        "subscription": subscription,
        "secret": secret,
        "is_new": is_new,
        "test_url": reverse("subscription-test", args=[subscription.pk]),
    }
    response = render(request, "subscriptions/secret.html", context)
    # Neither this browser's history nor anything on the way shall keep it.
    response.headers["Cache-Control"] = "no-store"
    return response


_ONE = "subscriptions/<int:subscription_id>/"
urlpatterns = [
    path("subscriptions/", show_all, name="subscriptions"),
    path("subscriptions/new/", add, name="subscription-new"),
    path(_ONE, show, name="subscription"),
    path(f"{_ONE}edit/", edit, name="subscription-edit"),
    path(f"{_ONE}test/", test, name="subscription-test"),
    path(f"{_ONE}pause/", pause, name="subscription-pause"),
    path(f"{_ONE}resume/", resume, name="subscription-resume"),
    path(f"{_ONE}secret/", new_secret, name="subscription-secret"),
    path(f"{_ONE}remove/", remove, name="subscription-remove"),
    path(f"{_ONE}replay/", replay_failed, name="subscription-replay-failed"),
    path(f"{_ONE}replay/<int:delivery_id>/", replay, name="subscription-replay"),
]
