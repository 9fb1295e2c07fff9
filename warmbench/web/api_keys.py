"""The pages about API keys: made, shown once, given another secret, revoked."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import api_keys
from warmbench.accounts.models import ApiKey, Resource
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back

_CHOSEN = "chosen"


def _choices() -> list[tuple[str, str]]:
    labels, words = dict(Resource.choices), {"read": "read", "write": "read and write"}
    pairs = [(scope, *scope.split(":")) for scope in api_keys.SCOPES]
    return [(scope, f"{labels[name]}: {words[what]}") for scope, name, what in pairs]


class ApiKeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        max_length=80, help_text="The program that will use it. The trail of changes names it."
    )
    scope = forms.ChoiceField(
        label="What it may do",
        choices=[
            (ApiKey.Scope.READ, "Read everything"),
            (ApiKey.Scope.WRITE, "Read and write everything"),
            (_CHOSEN, "Only what is chosen below"),
        ],
        initial=_CHOSEN,
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label="Chosen",
        choices=_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Writing includes reading. Give a program no more than it needs.",
    )

    def clean(self) -> dict[str, Any]:
        """Something must be chosen, where only what is chosen counts."""
        said: dict[str, Any] = self.cleaned_data
        if said.get("scope") == _CHOSEN and not said.get("scopes") and "scopes" not in self.errors:
            self.add_error("scopes", "Choose what it may do.")
        return said


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
            is_chosen = said["scope"] == _CHOSEN
            key, secret = api_keys.make(
                said["name"],
                ApiKey.Scope.READ if is_chosen else said["scope"],
                scopes=said["scopes"] if is_chosen else (),
                by_id=user_of(request).pk,
                now=clock.now(),
            )
        except TakenError as error:
            form.add_error(error.field, str(error))
        else:
            return _secret_page(request, key, secret)
    status = 422 if form.is_bound else 200
    return render(request, "api_keys/new.html", {"form": form}, status=status)


@require_POST
@policy(Policy.ADMIN)
def revoke(request: HttpRequest, api_key_id: int) -> HttpResponse:
    """Let a key open nothing any more."""
    key = access.api_key_for(api_key_id)
    api_keys.revoke(key.pk, by_id=user_of(request).pk, now=clock.now())
    return back(request, "api-keys", said=f"“{key.name}” opens nothing any more.")


@require_POST
@policy(Policy.ADMIN)
@sensitive_variables("secret")
def rotate(request: HttpRequest, api_key_id: int) -> HttpResponse:
    """Give a key another secret, and show it once. The one before opens for a day yet."""
    key = access.api_key_for(api_key_id)
    secret = api_keys.rotate(key.pk, by_id=user_of(request).pk, now=clock.now())
    if secret is None:
        said = f"“{key.name}” is revoked, and opens nothing any more."
        return back(request, "api-keys", said=said, is_error=True)
    return _secret_page(request, access.api_key_for(api_key_id), secret, is_new=False)


def _secret_page(
    request: HttpRequest, key: ApiKey, secret: str, *, is_new: bool = True
) -> HttpResponse:
    context = {"key": key, "secret": secret, "is_new": is_new}
    shown = render(request, "api_keys/secret.html", context)
    # Nobody finds it by going back.
    shown.headers["Cache-Control"] = "no-store"
    return shown


urlpatterns = [
    path("team/api-keys/", show_all, name="api-keys"),
    path("team/api-keys/new/", add, name="api-key-new"),
    path("team/api-keys/<int:api_key_id>/revoke/", revoke, name="api-key-revoke"),
    path("team/api-keys/<int:api_key_id>/rotate/", rotate, name="api-key-rotate"),
]
