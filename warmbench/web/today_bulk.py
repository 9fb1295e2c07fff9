"""What a recruiter does about several entries of Today at once, and how all of it is taken back."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.signals import follow_ups, offers
from warmbench.signals.models import FollowUp
from warmbench.signals.outcomes import NotOfferedError
from warmbench.web import access, change_form, queue, talks, today_answer
from warmbench.web.access import user_of
from warmbench.web.today_acts import ask, to_whom, until_when
from warmbench.web.today_forms import HandOverForm, SeveralForm, SnoozeForm

#: As many as are worked off at once: what one sees on a page, and what an address can carry.
_MOST = 200


@change_form.form_page
@policy(Policy.RECRUITER)
def done(request: HttpRequest) -> HttpResponse:
    """Say of several entries what came of them."""
    user, entries = user_of(request), _entries(request)
    form = SeveralForm(change_form.sent(request), reasons={one.reason for one in entries})
    if not form.is_valid() or not entries:
        return _ask(request, "done", form, entries, {"outcomes": form.choices})
    outcome = FollowUp.Outcome(form.cleaned_data["outcome"])
    note, now = form.cleaned_data["note"], clock.now()

    def close(entry: FollowUp) -> bool:
        try:
            dealt = talks.close(entry.pk, outcome=outcome, note=note, by_id=user.pk, now=now)
        except NotOfferedError:
            # Another kind of entry since the form was shown.
            return False
        return dealt is not None

    return _each(request, entries, close, "done", "follow-ups-undo")


@change_form.form_page
@policy(Policy.RECRUITER)
def snooze(request: HttpRequest) -> HttpResponse:
    """Put several entries away."""
    user, now, entries = user_of(request), clock.now(), _entries(request)
    form = SnoozeForm(change_form.sent(request), now=now)
    if not form.is_valid() or not entries:
        return _ask(request, "snooze", form, entries, until_when(now))
    until = queue.wake_at(*form.choice, now=now)
    day = timezone.localtime(until)

    def put_away(entry: FollowUp) -> bool:
        return follow_ups.snooze(
            entry.pk, until=until, wakes_on=form.wakes_on, by_id=user.pk, now=now
        )

    return _each(request, entries, put_away, f"put off until {day.day} {day:%B}", "follow-ups-undo")


@change_form.form_page
@policy(Policy.RECRUITER)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Offer several entries to a colleague; an administrator may give them at once."""
    user, now, entries = user_of(request), clock.now(), _entries(request)
    colleagues = queue.colleagues(user)
    form = HandOverForm(change_form.sent(request), colleagues=colleagues, user=user)
    if not form.is_valid() or not entries:
        return _ask(request, "hand_over", form, entries, to_whom(colleagues))
    to_id, at_once = form.cleaned_data["to"], bool(form.cleaned_data.get("at_once"))
    name = next(one.name for one in colleagues if one.pk == to_id)

    def give(entry: FollowUp) -> bool:
        if at_once:
            return offers.hand_over(entry.pk, to_id=to_id, by_id=user.pk, now=now)
        return offers.offer(
            entry.pk, to_id=to_id, note=form.cleaned_data["note"], by_id=user.pk, now=now
        )

    if at_once:
        return _each(request, entries, give, f"given to {name}", "")
    said = f"offered to {name}"
    return _each(request, entries, give, said, "follow-ups-unoffer", stay=True)


@require_POST
@policy(Policy.RECRUITER)
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was done about several entries."""
    return _back(request, follow_ups.undo, "back in the queue")


@require_POST
@policy(Policy.RECRUITER)
def unoffer(request: HttpRequest) -> HttpResponse:
    """Take back that several entries were offered."""
    return _back(request, offers.withdraw, "no longer offered")


def _back(request: HttpRequest, act: Callable[..., object], said: str) -> HttpResponse:
    user, now = user_of(request), clock.now()
    entries = _entries(request)
    with transaction.atomic():
        worked = sum(bool(act(entry.pk, by_id=user.pk, now=now)) for entry in entries)
    return today_answer.undone(request, f"{_people(worked)} {said}.", is_error=not worked)


def _each(
    request: HttpRequest,
    entries: Sequence[FollowUp],
    act: Callable[[FollowUp], bool],
    said: str,
    undo_name: str,
    *,
    stay: bool = False,
) -> HttpResponse:
    """Do it with each, all or none, and say with how many it worked."""
    with transaction.atomic():
        worked = [entry.pk for entry in entries if act(entry)]
    missed = len(entries) - len(worked)
    words = f"{_people(len(worked))} {said}." if worked else "Nothing was changed."
    if missed:
        words += f" {_people(missed)} could not be: somebody else was faster."
    undo = f"{reverse(undo_name)}?{_query(worked)}" if worked and undo_name else ""
    gone = [] if stay else [entry.pk for entry in entries]
    return today_answer.acted(request, words, gone, undo=undo, is_error=not worked)


def _ask(
    request: HttpRequest,
    what: str,
    form: SeveralForm | SnoozeForm | HandOverForm,
    entries: Sequence[FollowUp],
    context: dict[str, object],
) -> HttpResponse:
    if not entries:
        return today_answer.acted(request, "Select somebody first.", is_error=True)
    return ask(request, what, form, None, {**context, "several": entries})


def _entries(request: HttpRequest) -> list[FollowUp]:
    """The entries that are meant, as far as the user may change them."""
    user: User = user_of(request)
    given = request.POST.getlist("id") or request.GET.getlist("id")
    pks = [int(one) for one in given[:_MOST] if one.isdecimal() and len(one) < 19]
    return access.follow_ups_to_change(user, pks)


def _query(pks: Sequence[int]) -> str:
    return "&".join(f"id={pk}" for pk in pks)


def _people(number: int) -> str:
    return f"{number} entr{'y' if number == 1 else 'ies'}"


urlpatterns = [
    path("today/several/done/", done, name="follow-ups-done"),
    path("today/several/snooze/", snooze, name="follow-ups-snooze"),
    path("today/several/hand-over/", hand_over, name="follow-ups-hand-over"),
    path("today/several/undo/", undo, name="follow-ups-undo"),
    path("today/several/offer/withdraw/", unoffer, name="follow-ups-unoffer"),
]
