"""The pages about API keys: made, shown once, revoked."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import api_keys
from warmbench.accounts.models import ApiKey
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back


class ApiKeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        max_length=80, help_text="The program that will use it. The trail of changes names it."
    )
    scope = forms.ChoiceField(
        label="What it may do",
        choices=ApiKey.Scope.choices,
        initial=ApiKey.Scope.READ,
        widget=forms.RadioSelect,
    )


@require_GET
@policy(Policy.ADMIN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the keys, those in use first."""
    keys = ApiKey.objects.select_related("made_by").order_by("revoked_at", "name")
    living = [key for key in keys if key.revoked_at is None]
    revoked = [key for key in keys if key.revoked_at is not None]
    shown = {"keys": [*living, *revoked], "now": clock.now()}
    return render(request, "api_keys/list.html", shown)


@policy(Policy.ADMIN)
@sensitive_variables("secret")
def add(request: HttpRequest) -> HttpResponse:
    """Make a key, and show its secret once."""
    form = ApiKeyForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            key, secret = api_keys.make(
                said["name"], said["scope"], by_id=user_of(request).pk, now=clock.now()
            )
        except TakenError as error:
            form.add_error(error.field, str(error))
        else:
            shown = render(request, "api_keys/secret.html", {"key": key, "secret": secret})
            # Nobody finds it by going back.
            shown.headers["Cache-Control"] = "no-store"
            return shown
    status = 422 if form.is_bound else 200
    return render(request, "api_keys/new.html", {"form": form}, status=status)


@require_POST
@policy(Policy.ADMIN)
def revoke(request: HttpRequest, api_key_id: int) -> HttpResponse:
    """Let a key open nothing any more."""
    key = access.api_key_for(api_key_id)
    api_keys.revoke(key.pk, by_id=user_of(request).pk, now=clock.now())
    return back(request, "api-keys", said=f"“{key.name}” opens nothing any more.")


urlpatterns = [
    path("team/api-keys/", show_all, name="api-keys"),
    path("team/api-keys/new/", add, name="api-key-new"),
    path("team/api-keys/<int:api_key_id>/revoke/", revoke, name="api-key-revoke"),
]
