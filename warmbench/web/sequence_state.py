"""Pauses sequences and lets them run on, at another pace, or ends them."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import running
from warmbench.nurture.models import Enrollment, Sequence
from warmbench.nurture.running import QUICKEST, SLOWEST, StillOnItError, TooLateError
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back, undone


class PaceForm(forms.Form):
    """How long every wait of a sequence takes, in percent of what its steps say."""

    pace = forms.IntegerField(
        label="Waits take so many percent of what the steps say",
        min_value=QUICKEST,
        max_value=SLOWEST,
        help_text="200 makes a monthly programme one of every two months. It holds from the next"
        " step of everybody on.",
    )


@require_POST
@policy(Policy.RECRUITER)
def pause(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Stop a sequence for everybody."""
    sequence = access.sequence_to_change(sequence_id)
    by_id, now = user_of(request).pk, clock.now()
    moved = running.pause_sequence(sequence.pk, by_id=by_id, now=now)
    said = "Paused. Everybody stays where they are; what is in the outbox still goes."
    return _back(request, sequence_id, said if moved else "It was so already.")


@require_POST
@policy(Policy.RECRUITER)
def resume(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Let a paused sequence run on."""
    sequence = access.sequence_to_change(sequence_id)
    if sequence.state == Sequence.State.DRAFT:
        return _back(request, sequence_id, "It has to be published first.", is_error=True)
    by_id, now = user_of(request).pk, clock.now()
    moved = running.activate_sequence(sequence.pk, by_id=by_id, now=now)
    said = "It runs again. What is due goes in ten minutes; until then you can take it back."
    return _back(request, sequence_id, said if moved else "It was so already.")


@require_POST
@policy(Policy.RECRUITER)
def undo(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Take back that a sequence was let run minutes ago."""
    sequence = access.sequence_to_change(sequence_id)
    try:
        gone = running.undo_activation(sequence.pk, by_id=user_of(request).pk, now=clock.now())
    except TooLateError as error:
        return undone(request, _there(sequence_id), said=str(error), is_error=True)
    people = f"{gone:,} {'person is' if gone == 1 else 'people are'}"
    said = f"Taken back: it is paused, and {people} off it as if they never began."
    return undone(request, _there(sequence_id), said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def archive(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Say what ending a sequence means, and end it."""
    sequence = access.sequence_to_change(sequence_id)
    by_id, take_off = user_of(request).pk, "take_off" in request.POST
    on_it = Enrollment.objects.filter(sequence=sequence, ended_at=None).count()
    context: dict[str, Any] = {"sequence": sequence, "on_it": on_it}
    context["pools"] = sequence.pools.filter(archived_at=None).order_by("name")
    if request.method != "POST":
        return render(request, "sequences/archive.html", context)
    try:
        gone = running.archive_sequence(
            sequence.pk, by_id=by_id, now=clock.now(), take_off=take_off
        )
    except StillOnItError as error:
        context |= {"on_it": error.people, "is_refused": True}
        return render(request, "sequences/archive.html", context, status=422)
    said = f"“{sequence.name}” is archived."
    return back(request, reverse("sequences"), said=f"{said} {gone:,} left it." if gone else said)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def pace(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Take the pace of a sequence."""
    sequence = access.sequence_to_change(sequence_id)
    form = PaceForm(request.POST or None, initial={"pace": sequence.pace})
    if not form.is_valid():
        now = clock.now()
        context = {
            "sequence": sequence,
            "form": form,
            "advice": running.pace_advice(sequence_id, now=now),
        }
        status = 422 if form.is_bound else 200
        return render(request, "sequences/pace.html", context, status=status)
    percent, by_id = form.cleaned_data["pace"], user_of(request).pk
    changed = running.set_pace(sequence.pk, percent, by_id=by_id, now=clock.now())
    said = f"Waits take {percent} % of what the steps say now." if changed else "It was so already."
    return _back(request, sequence_id, said)


def _back(
    request: HttpRequest, sequence_id: int, said: str, *, is_error: bool = False
) -> HttpResponse:
    return back(request, _there(sequence_id), said=said, is_error=is_error)


def _there(sequence_id: int) -> str:
    return reverse("sequence", args=[sequence_id])


urlpatterns = [
    path("sequences/<int:sequence_id>/pause/", pause, name="sequence-pause"),
    path("sequences/<int:sequence_id>/resume/", resume, name="sequence-resume"),
    path("sequences/<int:sequence_id>/undo/", undo, name="sequence-undo"),
    path("sequences/<int:sequence_id>/archive/", archive, name="sequence-archive"),
    path("sequences/<int:sequence_id>/pace/", pace, name="sequence-pace"),
]
