"""The pages on which users say when they are away, and which fields each recruiter looks after."""

from collections.abc import Iterable
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from warmbench.accounts import absences
from warmbench.accounts.absences import CannotBeAwayError
from warmbench.accounts.models import Absence, User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people.models import Specialism, Tag
from warmbench.signals import assignment
from warmbench.web import access, change_form, queue
from warmbench.web.access import user_of
from warmbench.web.candidate_forms import DayInput
from warmbench.web.toasts import back


class AbsenceForm(forms.Form):
    """When somebody is away, and who stands in."""

    first_day = forms.DateField(label="First day", widget=DayInput({"autofocus": True}))
    last_day = forms.DateField(
        label="Last day", widget=DayInput(), help_text="The last day away, not the first one back."
    )
    cover = forms.TypedChoiceField(
        label="Who stands in",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Has your queue beside their own, is told what you would be told, and may act"
        " for you. Nothing changes hands.",
    )

    def __init__(self, data: object, *, user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        colleagues = [(one.pk, one.name) for one in queue.colleagues(user)]
        nobody = ("", "Nobody: what comes in waits")
        self.fields["cover"].choices = [nobody, *colleagues]  # type: ignore[attr-defined]


class SpecialtiesForm(forms.Form):
    """Which fields a recruiter looks after."""

    specialties = forms.MultipleChoiceField(
        label="Looks after",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What comes in about people of these fields whom nobody owns is given to whoever"
        " of those who look after them has least to do.",
    )

    def __init__(self, data: object, *, chosen: Iterable[int]) -> None:
        super().__init__(data, initial={"specialties": [str(pk) for pk in chosen]})  # type: ignore[arg-type]
        self.fields["specialties"].choices = _specialties()  # type: ignore[attr-defined]


@change_form.form_page
@policy(Policy.RECRUITER)
def away(request: HttpRequest) -> HttpResponse:
    """Say when one is away."""
    return _put_down(request, user_of(request), reverse("profile"))


@change_form.form_page
@policy(Policy.ADMIN)
def user_away(request: HttpRequest, user_id: int) -> HttpResponse:
    """Say of a user when they are away."""
    return _put_down(request, access.user_for(user_id), reverse("user", args=[user_id]))


@require_POST
@policy(Policy.OWNER)
def end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """End an absence, or call it off."""
    user = user_of(request)
    absence = access.absence_to_change(user, absence_id)
    worked = absences.call_off(absence.pk, by_id=user.pk, now=clock.now())
    is_own = absence.user_id == user.pk
    there = reverse("profile") if is_own else reverse("user", args=[absence.user_id])
    who = "You are" if is_own else f"{absence.user.name} is"
    said = f"{who} not away any more." if worked else "These days are over already."
    return back(request, there, said=said, is_error=not worked)


@change_form.form_page
@policy(Policy.ADMIN)
def specialties(request: HttpRequest, user_id: int) -> HttpResponse:
    """Say which fields a recruiter looks after."""
    user = access.user_for(user_id)
    chosen = Specialism.objects.filter(user=user).values_list("tag_id", flat=True)
    form = SpecialtiesForm(change_form.sent(request), chosen=chosen)
    if not form.is_valid():
        context = {"form": form, "person": user}
        status = 422 if form.is_bound else 200
        return render(request, "team/specialties.html", context, status=status)
    tag_ids = [int(pk) for pk in form.cleaned_data["specialties"]]
    by_id = user_of(request).pk
    changed = assignment.look_after(user_id, tag_ids, by_id=by_id, now=clock.now())
    said = "Changed." if changed else "Nothing was different."
    return back(request, reverse("user", args=[user_id]), said=said)


def of(user: User, *, now: datetime) -> dict[str, object]:
    """What the pages of a user show of absences and fields."""
    return {
        "absences": absences.ahead(user.pk, now=now),
        "stands_in_for": Absence.objects.filter(
            pk__in=absences.covered_ids(user, now=now)
        ).select_related("user"),
        "looks_after": list(
            Tag.objects.filter(pk__in=user.specialisms.values("tag")).order_by("name")
        ),
        "today": timezone.localdate(now),
    }


def _put_down(request: HttpRequest, user: User, there: str) -> HttpResponse:
    form = AbsenceForm(change_form.sent(request), user=user)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = absences.put_down(
                user.pk,
                first_day=said["first_day"],
                last_day=said["last_day"],
                cover_id=said["cover"],
                by_id=user_of(request).pk,
                now=clock.now(),
            )
        except CannotBeAwayError as error:
            form.add_error(error.field, str(error))
        else:
            return back(request, there, said=f"Put down: away {absences.days(made)}.")
    context = {"form": form, "person": user, "is_own": user == user_of(request), "there": there}
    return render(request, "team/away.html", context, status=422 if form.is_bound else 200)


def _specialties() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields, by category."""
    found = Tag.objects.filter(kind=Tag.Kind.SPECIALTY, retired_at=None)
    groups: dict[str, list[tuple[str, str]]] = {}
    for tag in found.select_related("parent").order_by("parent__name", "name"):
        category = tag.parent.name if tag.parent else "Others"
        groups.setdefault(category, []).append((str(tag.pk), tag.name))
    return list(groups.items())


urlpatterns = [
    path("profile/away/", away, name="away"),
    path("team/<int:user_id>/away/", user_away, name="user-away"),
    path("team/away/<int:absence_id>/end/", end, name="absence-end"),
    path("team/<int:user_id>/specialties/", specialties, name="user-specialties"),
]
