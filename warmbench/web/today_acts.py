"""What a recruiter does about one entry: says what came of it, puts it off, hands it over."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.humanize.templatetags.humanize import ordinal
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from warmbench.accounts import absences
from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people.models import Channel
from warmbench.signals import follow_ups, offers, workload
from warmbench.signals.models import FollowUp
from warmbench.signals.outcomes import Dealt, NotOfferedError
from warmbench.sourcing import calls
from warmbench.web import access, change_form, queue, queue_rows, talks, today_answer
from warmbench.web.access import user_of
from warmbench.web.toasts import is_htmx
from warmbench.web.today_forms import (
    DAYS,
    EVENTS,
    DoneForm,
    HandOverForm,
    NoteForm,
    SnoozeForm,
)


@change_form.form_page
@policy(Policy.OWNER)
def done(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Say what came of an entry, and let that follow which follows."""
    user, now = user_of(request), clock.now()
    entry = access.follow_up_to_change(user, follow_up_id)
    form = DoneForm(change_form.sent(request), entry=entry, now=now)
    context: dict[str, Any] = {"outcomes": form.choices}
    if "calling" in request.GET:
        context |= {"calling": _called(entry, now=now)}
    if not form.is_valid():
        return ask(request, "done", form, entry, context)
    outcome = FollowUp.Outcome(form.cleaned_data["outcome"])
    try:
        dealt = talks.close(
            entry.pk,
            outcome=outcome,
            note=form.cleaned_data["note"],
            until=form.cleaned_data["until"] if outcome == Outcome.NOT_NOW else None,
            role_id=form.cleaned_data["role"] if outcome == Outcome.ROLE_INTEREST else None,
            by_id=user.pk,
            now=now,
        )
    except NotOfferedError as error:
        form.add_error(None, str(error))
        return ask(request, "done", form, entry, context)
    said = _said(entry, dealt) if dealt else today_answer.GONE
    return today_answer.closed(request, entry, said, worked=dealt is not None)


@change_form.form_page
@policy(Policy.OWNER)
def snooze(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Put an entry away until a day, or until something happens."""
    user, now = user_of(request), clock.now()
    entry = access.follow_up_to_change(user, follow_up_id)
    form = SnoozeForm(change_form.sent(request), now=now)
    if not form.is_valid():
        return ask(request, "snooze", form, entry, until_when(now))
    until = queue.wake_at(*form.choice, now=now)
    worked = follow_ups.snooze(
        entry.pk, until=until, wakes_on=form.wakes_on, by_id=user.pk, now=now
    )
    day = timezone.localtime(until)
    said = f"{entry.candidate.name} comes back on {day:%A}, {day.day} {day:%B}"
    if form.wakes_on:
        said += f", or before: {form.wakes_on.label.lower()}"
    return today_answer.closed(request, entry, f"{said}.", worked=worked)


@change_form.form_page
@policy(Policy.OWNER)
def note(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Write something down about an entry that stays open."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    form = NoteForm(change_form.sent(request))
    if not form.is_valid():
        return ask(request, "note", form, entry, {})
    worked = follow_ups.note(entry.pk, form.cleaned_data["note"], by_id=user.pk, now=clock.now())
    said = f"Noted with {entry.candidate.name}." if worked else today_answer.GONE
    return today_answer.acted(request, said, changed=[entry.pk], is_error=not worked)


@change_form.form_page
@policy(Policy.OWNER)
def hand_over(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Offer an entry to a colleague; an administrator may give it at once."""
    user, now = user_of(request), clock.now()
    entry = access.follow_up_to_change(user, follow_up_id)
    colleagues = [one for one in queue.recruiters() if one.pk != entry.owner_id]
    form = HandOverForm(change_form.sent(request), colleagues=colleagues, user=user)
    if not form.is_valid():
        return ask(request, "hand_over", form, entry, to_whom(colleagues))
    to_id = form.cleaned_data["to"]
    name = next(one.name for one in colleagues if one.pk == to_id)
    if form.cleaned_data.get("at_once") or to_id == user.pk:
        worked = offers.hand_over(entry.pk, to_id=to_id, by_id=user.pk, now=now)
        said = f"{name} has {entry.candidate.name} in the queue now."
        return today_answer.acted(
            request, said if worked else today_answer.GONE, [entry.pk], is_error=not worked
        )
    worked = offers.offer(
        entry.pk, to_id=to_id, note=form.cleaned_data["note"], by_id=user.pk, now=now
    )
    if not worked:
        return today_answer.acted(request, today_answer.GONE, is_error=True)
    undo = reverse("follow-up-unoffer", args=[entry.pk])
    said = f"{name} is asked to take {entry.candidate.name}. Until then they stay with you."
    return today_answer.acted(request, said, changed=[entry.pk], undo=undo)


def until_when(now: datetime) -> dict[str, Any]:
    """The choices of a snooze, each day with its date."""
    return {
        "days": [(one, queue.wake_at(one.value, None, now=now)) for one in DAYS],
        "events": EVENTS,
    }


def to_whom(colleagues: list[User]) -> dict[str, Any]:
    """Colleagues as the form shows them: with what they have to do already, and who is away."""
    now = clock.now()
    away = absences.away([one.pk for one in colleagues], now=now)
    waiting = workload.open_by_owner([one.pk for one in colleagues], now=now)
    return {
        "colleagues": [
            (one, waiting.get(one.pk, 0), away.get(one.pk), str(place) if place < 10 else "")
            for place, one in enumerate(colleagues, start=1)
        ]
    }


def ask(
    request: HttpRequest,
    what: str,
    form: Form,
    entry: FollowUp | None,
    context: dict[str, Any],
) -> HttpResponse:
    """The form about one entry or several, in a dialog or on a page of its own."""
    context |= {
        "section": "today",
        "form": form,
        "what": what,
        "template": f"today/ask_{what}.html",
        "follow_up": entry,
        "candidate": entry.candidate if entry else None,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "template_title": _TITLES[what],
    }
    page = "today/ask.html" if is_htmx(request) else "today/ask_page.html"
    return render(request, page, context, status=422 if form.is_bound else 200)


Outcome = FollowUp.Outcome
_TITLES = {
    "done": "What came of it?",
    "snooze": "Come back to it",
    "note": "Note",
    "hand_over": "Hand over",
}


def _called(entry: FollowUp, *, now: datetime) -> dict[str, str]:
    """The number that is dialled, and what time it is there; nothing where there is no number."""
    number = queue_rows.addresses_of([entry.candidate_id]).get((entry.candidate_id, Channel.SMS))
    zones = calls.zones_of(entry.candidate)
    there = f"{now.astimezone(ZoneInfo(zones[0])):%H:%M}" if len(zones) == 1 else ""
    return {"number": number, "there": there} if number else {}


def _said(entry: FollowUp, dealt: Dealt) -> str:
    if dealt.is_closed:
        return f"Done: {entry.candidate.name}, {entry.get_reason_display().lower()}."
    said = f"A message is left with {entry.candidate.name}, who comes back in two working days."
    if dealt.is_worth_closing:
        said += f" That was the {ordinal(dealt.tries)} try: is it time to close it?"
    return said


urlpatterns = [
    path("follow-ups/<int:follow_up_id>/done/", done, name="follow-up-done"),
    path("follow-ups/<int:follow_up_id>/snooze/", snooze, name="follow-up-snooze"),
    path("follow-ups/<int:follow_up_id>/note/", note, name="follow-up-note"),
    path("follow-ups/<int:follow_up_id>/hand-over/", hand_over, name="follow-up-hand-over"),
]
