"""The page about the language model that may propose facts: off until somebody switches it on."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.integrations import outgoing
from warmbench.integrations.language_models import account, asking, scoreboard, spending
from warmbench.integrations.language_models.account import NotTriedError
from warmbench.integrations.language_models.errors import ModelError
from warmbench.integrations.models import ModelProvider
from warmbench.web.access import user_of
from warmbench.web.toasts import back

_CURRENCIES = ("USD", "EUR", "GBP", "CHF")


class ConnectForm(forms.Form):
    """Where a model is, what opens it, and what it is called."""

    address = forms.CharField(
        max_length=300,
        help_text="Where its API begins, as https://models.example.com/v1. Any server that "
        "understands chat completions as OpenAI has them will do, one of yours as well.",
    )
    model = forms.CharField(max_length=120, help_text="What the server calls it.")
    key = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Blank for a server that asks for none.",
    )

    def clean_address(self) -> str:
        """An address that may be called."""
        address: str = self.cleaned_data["address"]
        try:
            target = outgoing.target_of(address, settings.MODEL_NETWORKS)
        except outgoing.RefusedError as error:
            raise forms.ValidationError(str(error)) from error
        if target.url.query or target.url.fragment:
            raise forms.ValidationError("Without anything behind a question mark.")
        return address

    def clean_key(self) -> str:
        """What can stand in a header."""
        key: str = self.cleaned_data["key"]
        if not key.isascii() or not (key.isprintable() and " " not in key):
            raise forms.ValidationError("A key has no spaces and no letters of other alphabets.")
        return key


class BudgetForm(forms.Form):
    """What it costs, and what may be spent."""

    budget = forms.DecimalField(
        label="Budget for a month", min_value=0, max_digits=10, decimal_places=2
    )
    currency = forms.ChoiceField(choices=[(one, one) for one in _CURRENCIES])
    price_in = forms.DecimalField(
        label="Price of a million tokens read", min_value=0, max_digits=10, decimal_places=4
    )
    price_out = forms.DecimalField(
        label="Price of a million tokens written",
        min_value=0,
        max_digits=10,
        decimal_places=4,
        help_text="As its maker says. 0 for a server of yours.",
    )


@require_GET
@policy(Policy.ADMIN)
def show(request: HttpRequest) -> HttpResponse:
    """What it is, what it did and cost, or how to connect one."""
    return _page(request)


@require_POST
@policy(Policy.ADMIN)
def connect(request: HttpRequest) -> HttpResponse:
    """Keep where a model is. It stays off."""
    form = ConnectForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            account.connect(
                said["address"],
                said["key"],
                said["model"],
                by_id=user_of(request).pk,
                now=clock.now(),
            )
            return redirect("language-model")
        except TakenError as error:
            form.add_error(error.field, str(error))
    return _page(request, connecting=form, status=422)


@require_POST
@policy(Policy.ADMIN)
def test(request: HttpRequest) -> HttpResponse:
    """Ask it about one invented sentence."""
    provider = _provider()
    try:
        found = account.try_out(provider, clock=clock.now)
    except ModelError as error:
        return back(request, "language-model", said=str(error), is_error=True)
    said = (
        f"{provider} answered in {found['millis']:,} ms and found {found['facts']} of the 2 facts "
        "in the invented sentence."
    )
    return back(request, "language-model", said=said)


@require_POST
@policy(Policy.ADMIN)
def switch(request: HttpRequest) -> HttpResponse:
    """Let it read what is kept from now on, or not any more."""
    provider, on = _provider(), request.POST.get("on") == "yes"
    try:
        account.switch(provider, on=on, by_id=user_of(request).pk, now=clock.now())
    except NotTriedError as error:
        return back(request, "language-model", said=str(error), is_error=True)
    said = "It reads what is kept from now on." if on else "It is off. Nothing leaves any more."
    return back(request, "language-model", said=said)


@require_POST
@policy(Policy.ADMIN)
def change_budget(request: HttpRequest) -> HttpResponse:
    """Say what it costs, and what may be spent in a month."""
    provider, form = _provider(), BudgetForm(request.POST)
    if not form.is_valid():
        return _page(request, budget=form, status=422)
    account.change_budget(provider, **form.cleaned_data, by_id=user_of(request).pk, now=clock.now())
    return back(request, "language-model", said="Kept.")


@require_POST
@policy(Policy.ADMIN)
def end(request: HttpRequest) -> HttpResponse:
    """Disconnect it, and forget its key."""
    account.end(_provider(), by_id=user_of(request).pk, now=clock.now())
    said = "It is disconnected; its key is gone. What it proposed stays proposed."
    return back(request, "language-model", said=said)


def in_list() -> dict[str, Any]:
    """What the list of connections says about it."""
    return {"language_model": account.the_one()}


def _provider() -> ModelProvider:
    provider = account.the_one()
    if provider is None:
        raise Http404("No language model is connected.")
    return provider


def _page(
    request: HttpRequest,
    *,
    connecting: ConnectForm | None = None,
    budget: BudgetForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, provider = clock.now(), account.the_one()
    context: dict[str, Any] = {"provider": provider, "longest": asking.MOST}
    if provider is None:
        context["form"] = connecting or ConnectForm()
    else:
        fields = ("budget", "currency", "price_in", "price_out")
        initial = {name: getattr(provider, name) for name in fields}
        context |= {
            "connecting": connecting,
            "budget_form": budget or BudgetForm(initial=initial),
            "figures": spending.figures(now=now),
            "spent": spending.spent(provider.currency, now=now),
            "board": (board := scoreboard.scoreboard()),
            "sides": [("This model", board.model), ("Our own extractors", board.ours)],
            "rests": provider.rests_until is not None and provider.rests_until > now,
        }
    return render(request, "language_model/show.html", context, status=status)


urlpatterns = [
    path("connections/language-model/", show, name="language-model"),
    path("connections/language-model/connect/", connect, name="language-model-connect"),
    path("connections/language-model/test/", test, name="language-model-test"),
    path("connections/language-model/switch/", switch, name="language-model-switch"),
    path("connections/language-model/budget/", change_budget, name="language-model-budget"),
    path("connections/language-model/end/", end, name="language-model-end"),
]
