"""The page that says how right shortlists were, for a time, a team, a recruiter or a profile."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.models import Team, User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.shortlists import measures
from warmbench.shortlists.measures import Asked, Band
from warmbench.shortlists.models import RoleProfile

#: Looked back so many days, unless somebody says otherwise.
_USUAL = 180
#: The sides of the picture of calibration, and its margins.
_SIDE, _LEFT, _TOP = 200.0, 44.0, 12.0


class AskForm(forms.Form):
    """Whose lists, and of which time."""

    since = forms.DateField(label="Shared from", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="up to", widget=forms.DateInput(attrs={"type": "date"}))
    profile = forms.ModelChoiceField(
        RoleProfile.objects.order_by("name", "pk"), required=False, empty_label="Any profile"
    )
    recruiter = forms.ModelChoiceField(
        User.objects.order_by("name", "pk"), required=False, empty_label="Any recruiter"
    )
    team = forms.ModelChoiceField(
        Team.objects.order_by("name", "pk"), required=False, empty_label="Any team"
    )


@dataclass(frozen=True)
class Mark:
    """A band in the picture: where it stands, and how far off it may be."""

    band: Band
    x: float
    y: float
    top: float
    bottom: float


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """The figures, with what each was counted from."""
    today = clock.now().date()
    usual = {"since": today - timedelta(days=_USUAL), "until": today}
    form = AskForm(request.GET if "since" in request.GET else None, initial=usual)
    asked: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else usual
    found = measures.of(
        Asked(
            since=datetime.combine(asked["since"], time(0), UTC),
            # The last day counts, too.
            until=datetime.combine(asked["until"] + timedelta(days=1), time(0), UTC),
            profile_id=_pk(asked.get("profile")),
            user_id=_pk(asked.get("recruiter")),
            team_id=_pk(asked.get("team")),
        )
    )
    context = {
        "section": "shortlists",
        "form": form,
        "found": found,
        "marks": [_mark(one) for one in found.bands],
        "since": asked["since"],
        "until": asked["until"],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "shortlists/measures.html", context, status=status)


def _pk(one: RoleProfile | User | Team | None) -> int | None:
    return one.pk if one is not None else None


def _mark(band: Band) -> Mark:
    return Mark(
        band,
        x=round(_LEFT + _SIDE * band.stated, 1),
        y=_height(band.wanted.share),
        top=_height(band.wanted.high),
        bottom=_height(band.wanted.low),
    )


def _height(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)


urlpatterns = [path("shortlists/measures/", show, name="shortlist-measures")]
