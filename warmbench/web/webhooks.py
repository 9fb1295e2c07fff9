"""The pages about webhooks: chat channels and programs that are told what users are told."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import webhooks
from warmbench.accounts.models import Kind, Webhook, WebhookCall
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.outgoing import Caller
from warmbench.integrations.telling import calling
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.webhook_form import WebhookForm


@require_GET
@policy(Policy.ADMIN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the webhooks, and what keeps each from being called."""
    waiting = Count("calls", filter=Q(calls__state=WebhookCall.State.WAITING))
    found = Webhook.objects.defer("url", "secret").select_related("user", "team")
    labels = dict(Kind.choices)
    rows = [
        (one, [labels[kind] for kind in labels if kind in one.kinds])
        for one in found.annotate(waiting=waiting).order_by("name", "pk")
    ]
    return render(request, "webhooks/list.html", {"rows": rows})


@sensitive_post_parameters("url")
@sensitive_variables("secret")
@policy(Policy.ADMIN)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new webhook, and show once what its calls are signed with."""
    form = WebhookForm(request.POST or None)
    if not form.is_valid():
        return _form(request, form)
    made, secret = webhooks.create(form.entry(), by_id=user_of(request).pk, now=clock.now())
    return _secret_page(request, made, secret)


@sensitive_post_parameters("url")
@policy(Policy.ADMIN)
def edit(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Change a webhook."""
    webhook = access.webhook_for(webhook_id)
    form = WebhookForm(request.POST or None, webhook=webhook)
    if not form.is_valid():
        return _form(request, form, webhook)
    by_id = user_of(request).pk
    changed = webhooks.change(webhook_id, form.entry(), by_id=by_id, now=clock.now())
    return back(request, "webhooks", said="Changed." if changed else "Nothing was different.")


@require_POST
@policy(Policy.ADMIN)
def test(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Tell a webhook that this is a test, and say how that went."""
    webhook = access.webhook_for(webhook_id)
    outcome = calling.test(Caller(), webhook_id, now=clock.now())
    said = "It took the test: look there." if outcome.worked else outcome.problem
    if outcome.worked and not webhook.is_active:
        said += " Resume it, or it is told nothing else."
    return back(request, "webhooks", said=said, is_error=not outcome.worked)


@require_POST
@policy(Policy.ADMIN)
def pause(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Tell a webhook nothing any more."""
    return _set_active(request, webhook_id, is_active=False, said="It is told nothing any more.")


@require_POST
@policy(Policy.ADMIN)
def resume(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Tell a webhook what comes up from now on."""
    said = "It is told what comes up from now on."
    return _set_active(request, webhook_id, is_active=True, said=said)


@require_POST
@policy(Policy.ADMIN)
@sensitive_variables("secret")
def new_secret(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Sign the calls with another secret, and show it once."""
    webhook = access.webhook_for(webhook_id)
    secret = webhooks.give_new_secret(webhook_id, by_id=user_of(request).pk, now=clock.now())
    return _secret_page(request, webhook, secret)


@require_POST
@policy(Policy.ADMIN)
def remove(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Forget a webhook."""
    access.webhook_for(webhook_id)
    webhooks.remove(webhook_id, by_id=user_of(request).pk, now=clock.now())
    return back(request, "webhooks", said="Removed.")


def _set_active(
    request: HttpRequest, webhook_id: int, *, is_active: bool, said: str
) -> HttpResponse:
    access.webhook_for(webhook_id)
    by_id = user_of(request).pk
    new = webhooks.set_active(webhook_id, is_active=is_active, by_id=by_id, now=clock.now())
    return back(request, "webhooks", said=said if new else "Nothing was different.")


def _form(request: HttpRequest, form: WebhookForm, webhook: Webhook | None = None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "webhooks/edit.html", {"form": form, "webhook": webhook}, status=status)


def _secret_page(request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
    context = {
        "webhook": webhook,
        "secret": secret,
        "test_url": reverse("webhook-test", args=[webhook.pk]),
    }
    response = render(request, "webhooks/secret.html", context)
    # Neither this browser's history nor anything on the way shall keep it.
    response.headers["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("webhooks/", show_all, name="webhooks"),
    path("webhooks/new/", add, name="webhook-new"),
    path("webhooks/<int:webhook_id>/", edit, name="webhook"),
    path("webhooks/<int:webhook_id>/test/", test, name="webhook-test"),
    path("webhooks/<int:webhook_id>/pause/", pause, name="webhook-pause"),
    path("webhooks/<int:webhook_id>/resume/", resume, name="webhook-resume"),
    path("webhooks/<int:webhook_id>/secret/", new_secret, name="webhook-secret"),
    path("webhooks/<int:webhook_id>/remove/", remove, name="webhook-remove"),
]
