"""The page Today: whom a recruiter should follow up, why, and by when."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people.models import Candidate
from warmbench.signals import follow_ups, offers
from warmbench.signals.models import FollowUp
from warmbench.web import access, queue
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx, toast, undone

#: What a recruiter may say came of it; the system alone withdraws.
OUTCOMES = [(o.value, o.label) for o in FollowUp.Outcome if o != FollowUp.Outcome.WITHDRAWN]
_GONE = "Somebody else has dealt with this already."


class DoneForm(forms.Form):
    """What came of a follow-up."""

    outcome = forms.ChoiceField(choices=OUTCOMES)
    note = forms.CharField(max_length=500, required=False)


class SnoozeForm(forms.Form):
    """Until when an entry is put away."""

    until = forms.ChoiceField(
        choices=[(choice, choice) for choice in ("tomorrow", "monday", "month", "day")]
    )
    day = forms.DateField(required=False)

    def clean(self) -> dict[str, object]:
        """A day that is chosen must lie ahead."""
        fields: dict[str, object] = self.cleaned_data
        if fields.get("until") == "day" and "day" not in self.errors:
            day = self.cleaned_data.get("day")
            if day is None or day <= timezone.localdate(clock.now()):
                self.add_error("day", "Choose a day after today.")
        return fields


class HandOverForm(forms.Form):
    """Who takes an entry on."""

    to = forms.TypedChoiceField(coerce=int)

    def __init__(self, data: object, *, colleagues: list[User], user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (one.pk, one.name) for one in [user, *colleagues]
        ]


@require_safe
@policy(Policy.SIGNED_IN)
def today(request: HttpRequest) -> HttpResponse:
    """The queue of whoever is signed in."""
    return render(request, "today/page.html", _context(request))


@require_POST
@policy(Policy.OWNER)
def done(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Close an entry with what came of it."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    form = DoneForm(request.POST)
    if not form.is_valid():
        return _answer(request, "Say in a word what came of it.", is_error=True)
    worked = follow_ups.done(
        entry.pk,
        outcome=FollowUp.Outcome(form.cleaned_data["outcome"]),
        note=form.cleaned_data["note"],
        by_id=user.pk,
        now=clock.now(),
    )
    said = f"Done: {entry.candidate.name}, {entry.get_reason_display().lower()}."
    return _answer(request, said, entry) if worked else _answer(request, _GONE, is_error=True)


@require_POST
@policy(Policy.OWNER)
def snooze(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Put an entry away for a while."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return _answer(request, "Choose a day after today.", is_error=True)
    now = clock.now()
    until = queue.wake_at(form.cleaned_data["until"], form.cleaned_data["day"], now=now)
    worked = follow_ups.snooze(entry.pk, until=until, by_id=user.pk, now=now)
    day = timezone.localtime(until)
    said = f"{entry.candidate.name} comes back on {day:%A}, {day.day} {day:%B}."
    return _answer(request, said, entry) if worked else _answer(request, _GONE, is_error=True)


@require_POST
@policy(Policy.OWNER)
def undo(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Take back that an entry was done or put away."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    if not follow_ups.undo(entry.pk, by_id=user.pk, now=clock.now()):
        said = "There is nothing to take back: something else has happened since."
        return undone(request, "today", said=said, is_error=True)
    return undone(request, "today", said=f"{entry.candidate.name} is back in the queue.")


@require_POST
@policy(Policy.OWNER)
def hand_over(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Give an entry to a colleague, or take one that is no one's."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    form = HandOverForm(request.POST, colleagues=queue.colleagues(user), user=user)
    if not form.is_valid():
        return _answer(request, "Choose who takes it on.", is_error=True)
    to_id = form.cleaned_data["to"]
    worked = offers.hand_over(entry.pk, to_id=to_id, by_id=user.pk, now=clock.now())
    name = dict(form.fields["to"].choices)[to_id]  # type: ignore[attr-defined]
    said = f"{name} has {entry.candidate.name} in the queue now."
    return _answer(request, said if worked else _GONE, is_error=not worked)


def _answer(
    request: HttpRequest, said: str, entry: FollowUp | None = None, *, is_error: bool = False
) -> HttpResponse:
    """The queue as it is now, with a word about what happened, and a way back for the entry."""
    undo = reverse("follow-up-undo", args=[entry.pk]) if entry else ""
    if not is_htmx(request):
        return back(request, "today", said=said, undo=undo, is_error=is_error)
    response = render(request, "today/queue.html", _context(request))
    toast(response, said, undo=undo, is_error=is_error)
    return response


def _context(request: HttpRequest) -> dict[str, object]:
    user, now = user_of(request), clock.now()
    found = queue.of(user, now=now, all_of=request.GET.get("all", ""))
    has_candidates: Callable[[], bool] = Candidate.objects.exists
    return {
        "section": "today",
        "queue": found,
        "numbers": queue.numbers(user, found, now=now),
        "colleagues": queue.colleagues(user),
        "outcomes": OUTCOMES,
        "has_candidates": has_candidates,
        "now": now,
    }


urlpatterns = [
    path("", today, name="today"),
    path("follow-ups/<int:follow_up_id>/done/", done, name="follow-up-done"),
    path("follow-ups/<int:follow_up_id>/snooze/", snooze, name="follow-up-snooze"),
    path("follow-ups/<int:follow_up_id>/undo/", undo, name="follow-up-undo"),
    path("follow-ups/<int:follow_up_id>/hand-over/", hand_over, name="follow-up-hand-over"),
]
