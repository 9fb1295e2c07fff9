"""Reserves a candidate for one recruiter, and lets others ask for them."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from warmbench.accounts import absences
from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import off_limits, reservations
from warmbench.people.models import (
    Candidate,
    OffLimits,
    OffLimitsException,
    ReservationRequest,
)
from warmbench.people.reservations import Hold
from warmbench.web import access, access_agreed, change_form
from warmbench.web.access import user_of
from warmbench.web.toasts import back

_DAYS = (7, 14, 30, 60, 90)


class ReserveForm(forms.Form):
    """What for, and for how long."""

    why = forms.CharField(
        label="What for",
        max_length=120,
        required=False,
        widget=forms.TextInput({"autofocus": True, "placeholder": "Talking about a role"}),
    )
    days = forms.TypedChoiceField(
        label="For", coerce=int, choices=[(n, f"{n} days") for n in _DAYS], initial=14
    )


class AskForm(forms.Form):
    """Why one asks for somebody."""

    note = forms.CharField(
        label="Why", max_length=300, required=False, widget=forms.Textarea({"rows": 3})
    )


@dataclass(frozen=True)
class Agreed:
    """What is agreed about who approaches a candidate, as their page shows it to one user."""

    held: Hold | None
    holder: str
    is_mine: bool
    asked: ReservationRequest | None
    #: Whether the user may let them go, or answer who asks for them.
    may_answer: bool
    #: What their employer is off limits for, and of which of it they are an exception.
    bars: list[OffLimits]
    exceptions: list[OffLimitsException]


def agreed(candidate: Candidate, user: User, *, now: datetime) -> Agreed:
    """What the page of a candidate shows of reservations and of employers that are off limits."""
    held = reservations.of(candidate, now=now)
    asked = reservations.request_for(candidate.pk)
    bars = off_limits.of({candidate.pk: candidate.employer}, now=now).get(candidate.pk, [])
    theirs = OffLimitsException.objects.filter(candidate=candidate, of__ended_at=None)
    return Agreed(
        held=held,
        holder=access.user_for(held.user_id).name if held else "",
        is_mine=held is not None and held.user_id == user.pk,
        asked=asked,
        may_answer=access_agreed.may_speak_for(user, held.user_id if held else None),
        bars=list(OffLimits.objects.filter(pk__in=[bar.id for bar in bars]).order_by("pk")),
        exceptions=list(theirs.select_related("of").order_by("pk")),
    )


def waiting_for(user: User, *, now: datetime) -> list[ReservationRequest]:
    """The requests that this user may answer: their own, and those of whom they stand in for."""
    whose = [user.pk, *absences.covered_by(user, now=now)]
    found = [one for pk in whose for one in reservations.waiting_for(pk, now=now)]
    return sorted(found, key=lambda one: (one.lapses_at, one.pk))


@change_form.form_page
@policy(Policy.RECRUITER)
def reserve(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Have a candidate to oneself for a while."""
    user, candidate = user_of(request), access.candidate_for(candidate_id)
    form = ReserveForm(change_form.sent(request), initial={"why": candidate.reserved_for})
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="Reserve",
            button="Reserve",
            text="Nobody else approaches them meanwhile: what would come from another recruiter's"
            " mailbox waits.",
        )
    held = reservations.reserve(
        candidate.pk,
        user.pk,
        days=form.cleaned_data["days"],
        why=form.cleaned_data["why"],
        by_id=user.pk,
        now=clock.now(),
    )
    if held.user_id == user.pk:
        said = f"{candidate.name} is reserved for you until {_day(held.until)}."
        return change_form.done(request, candidate, said)
    return change_form.done(request, candidate, _taken(held), is_error=True)


@change_form.form_page
@policy(Policy.RECRUITER)
def ask(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Ask whoever has a candidate."""
    user, candidate = user_of(request), access.candidate_for(candidate_id)
    form = AskForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title=f"Ask for {candidate.name}",
            button="Ask",
            text="Who has them is told now. Without an answer in 48 hours they are yours.",
        )
    waiting = reservations.ask(
        candidate.pk, by_id=user.pk, note=form.cleaned_data["note"], now=clock.now()
    )
    if waiting is None:
        said = f"Nobody had {candidate.name} any more: they are reserved for you."
        return change_form.done(request, candidate, said)
    if waiting.by_id != user.pk:
        name = access.user_for(waiting.by_id).name
        return change_form.done(request, candidate, f"{name} asked first.", is_error=True)
    said = f"Asked. Without an answer they are yours on {_day(waiting.lapses_at)}."
    return change_form.done(request, candidate, said)


@change_form.form_page
@policy(Policy.ADMIN)
def take_over(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Have a candidate to oneself whoever had them."""
    user, candidate = user_of(request), access.candidate_for(candidate_id)
    form = ReserveForm(change_form.sent(request))
    del form.fields["days"]
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="Take over",
            button="Take over",
            text="Who has them, and whoever asked for them, is told. Better ask, if there is time.",
            is_stop=True,
        )
    why, now = form.cleaned_data["why"], clock.now()
    held = reservations.take_over(candidate.pk, user.pk, why=why, by_id=user.pk, now=now)
    said = f"{candidate.name} is reserved for you until {_day(held.until)}."
    return change_form.done(request, candidate, said)


@require_POST
@policy(Policy.RECRUITER)
def release(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Let a candidate go, for who has them or stands in for them."""
    user, candidate = (
        user_of(request),
        access_agreed.candidate_reserved_for(user_of(request), candidate_id),
    )
    was = reservations.release(candidate.pk, by_id=user.pk, now=clock.now())
    said = f"{candidate.name} is not reserved any more." if was else "Nobody had them reserved."
    return change_form.done(request, candidate, said)


@require_POST
@policy(Policy.RECRUITER)
def answer(request: HttpRequest, asked_id: int) -> HttpResponse:
    """Grant or refuse what somebody asks, or withdraw what one asked oneself."""
    user = user_of(request)
    asked = access_agreed.asked_reservation(user, asked_id)
    act = {
        "grant": (reservations.grant, f"{asked.candidate.name} is {asked.by.name}'s now."),
        "refuse": (reservations.refuse, f"{asked.by.name} is told that you keep them."),
        "withdraw": (reservations.withdraw, "Withdrawn."),
    }
    wanted = "withdraw" if asked.by_id == user.pk else request.POST.get("answer", "")
    do, said = act.get(wanted, act["refuse"])
    worked = do(asked.pk, by_id=user.pk, now=clock.now())
    there = reverse("candidate", args=[asked.candidate_id])
    if not worked:
        return back(request, there, said="That was answered already.", is_error=True)
    return back(request, there, said=said)


def _taken(held: Hold) -> str:
    name = access.user_for(held.user_id).name
    return f"{name} has them reserved until {_day(held.until)}. Ask for them on their page."


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%-d %B, %H:%M}"


urlpatterns = [
    path("candidates/<int:candidate_id>/reserve/", reserve, name="candidate-reserve"),
    path("candidates/<int:candidate_id>/ask/", ask, name="candidate-ask"),
    path("candidates/<int:candidate_id>/take-over/", take_over, name="candidate-take-over"),
    path("candidates/<int:candidate_id>/let-go/", release, name="candidate-let-go"),
    path("reservations/<int:asked_id>/", answer, name="reservation-answer"),
]
