"""The pages about senders: the mailboxes, how much they may send today, what stops them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.integrations.mail import trial
from warmbench.messaging import ramp, sender_checks, senders, standing, volumes
from warmbench.messaging.handover import Accepted, HandOver, Uncertain
from warmbench.messaging.models import Attempt, Message, Sender, Switch
from warmbench.people.models import Channel
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.sender_form import SenderForm
from warmbench.web.typed import typed

_LONGEST_REASON = 200
_LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Day:
    """What a mailbox has sent and may still send on its present day."""

    sent: int
    cap: int
    #: When the ramp is over and the whole cap holds, if that is yet to come.
    full_on: date | None

    @property
    def room(self) -> int:
        """How many more may go today."""
        return max(0, self.cap - self.sent)


@dataclass(frozen=True)
class Row:
    """One sender, and what the page says about it."""

    sender: Sender
    day: Day
    waiting: int
    ended: Counter[str]
    #: on, paused, stopped, or draft: not active yet.
    state: str

    @property
    def fails(self) -> str:
        """The names of the checks that fail; blank if none does."""
        return sender_checks.failures(sender_checks.kept(self.sender))

    @property
    def pauses_at(self) -> datetime | None:
        """When it is paused unless its checks pass again; None if it does not send anyway."""
        since = self.sender.failing_since
        sends = self.state in {"on", "stopped"}
        return since + senders.FAILING_MAY_LAST if since and sends else None

    @property
    def trouble(self) -> int:
        """Messages of the last day that were not taken."""
        outcomes = Attempt.Outcome
        bad = (outcomes.REJECTED, outcomes.POLICY, outcomes.ADDRESS_DEAD, outcomes.UNKNOWN)
        return sum(self.ended[outcome] for outcome in bad)


def rows(shown: Iterable[Sender], *, now: datetime) -> list[Row]:
    """The senders with their day, what waits for them and what stops them."""
    all_of_them = list(shown)
    ids = [sender.pk for sender in all_of_them]
    # Only what is queued has such a date, and an index.
    queued = Message.objects.filter(sender__in=ids, not_before__isnull=False)
    waiting = dict(queued.values_list("sender_id").annotate(Count("pk")))
    finished = Attempt.objects.filter(sender_id__in=ids, claimed_at__gte=now - timedelta(days=1))
    ended: dict[int, Counter[str]] = {pk: Counter() for pk in ids}
    for pk, outcome, count in finished.values_list("sender_id", "outcome").annotate(Count("pk")):
        ended[pk][outcome] = count
    switches = standing.switches(now=now)
    return [
        Row(one, _day(one, now=now), waiting.get(one.pk, 0), ended[one.pk], _state(one, switches))
        for one in all_of_them
    ]


def _day(sender: Sender, *, now: datetime) -> Day:
    today = standing.local_day(sender, now=now)
    cap = ramp.cap_on(
        today,
        ramp_started_on=sender.ramp_started_on,
        ramp_from=sender.ramp_from,
        ramp_days=sender.ramp_days,
        daily_cap=sender.daily_cap,
    )
    full_on = sender.ramp_started_on + timedelta(days=sender.ramp_days)
    sent = sender.sent_on_day if sender.day == today else 0
    return Day(sent, cap, full_on if cap < sender.daily_cap else None)


def _state(sender: Sender, switches: frozenset[tuple[str, int]]) -> str:
    stops = {
        (Switch.Scope.EVERYTHING, 0),
        (Switch.Scope.SENDER, sender.pk),
        (Switch.Scope.RECRUITER, sender.owner_id or -1),
    }
    if sender.paused_at is not None:
        return "paused"
    if sender.activated_at is None:
        return "draft"
    return "stopped" if stops & switches else "on"


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the senders."""
    found = Sender.objects.select_related("owner").order_by("-is_default", "from_name", "pk")
    now = clock.now()
    shown = rows(found, now=now)
    context = {
        "rows": shown,
        "has_default": any(row.sender.is_default for row in shown if not row.sender.is_text),
        "failing": [row for row in shown if row.pauses_at],
        "volumes": volumes.by_domain(now=now),
        "bulk": volumes.BULK,
    }
    return render(request, "senders/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, sender_id: int) -> HttpResponse:
    """One sender: its day, its settings, its last hand-overs."""
    sender = access.sender_for(sender_id)
    now = clock.now()
    attempts = Attempt.objects.filter(
        sender_id=sender_id, claimed_at__gte=now - _LATELY, finished_at__isnull=False
    )
    recent = list(attempts.select_related("message__candidate").order_by("-finished_at")[:15])
    (row,) = rows([sender], now=now)
    checks = sender_checks.kept(sender)
    context = {
        "row": row,
        "sender": sender,
        "recent": recent,
        "checks": checks,
        "ready": sender.is_local or sender_checks.all_pass(checks),
        "may_change": access.may_change_sender(user_of(request), sender),
        "by_itself": senders.was_stopped_by_us(sender),
        "texts_in": f"{settings.PUBLIC_URL}/texts/in",
    }
    return render(request, "senders/sender.html", context)


@sensitive_post_parameters("password", "dkim_key")
@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new sender."""
    user = user_of(request)
    own = user.senders.filter(channel=Channel.EMAIL).first()
    if not user.is_admin and own:
        messages.info(request, "You have a mailbox already: change this one.")
        return redirect("sender-edit", own.pk)
    form = SenderForm(
        request.POST or None,
        user=user,
        initial={
            "owner": None if own else user.pk,
            "from_name": user.name,
            "from_address": user.email,
        },
    )
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "senders/edit.html", {"form": form}, status=status)
    try:
        sender = senders.create(form.mailbox(), by_id=user.pk, now=clock.now())
    except TakenError as error:
        form.say(error)
        return render(request, "senders/edit.html", {"form": form}, status=422)
    messages.success(request, f"{sender.from_address} is stored. It sends nothing yet.")
    return redirect("sender", sender.pk)


@sensitive_post_parameters("password", "dkim_key")
@policy(Policy.OWNER)
def edit(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Change a sender's settings."""
    user = user_of(request)
    sender = access.sender_to_change(user, sender_id)
    if sender.is_text:
        return redirect("text-sender-edit", sender.pk)
    form = SenderForm(
        request.POST or None, user=user, sender=sender, initial=SenderForm.initial_of(sender)
    )
    context = {"form": form, "sender": sender}
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "senders/edit.html", context, status=status)
    try:
        changed = senders.change(
            sender_id,
            form.mailbox(),
            restart_ramp=form.cleaned_data["restart_ramp"],
            by_id=user.pk,
            now=clock.now(),
        )
    except TakenError as error:
        form.say(error)
        return render(request, "senders/edit.html", context, status=422)
    messages.success(request, _changed_in_words(sender, changed))
    return redirect("sender", sender_id)


def _changed_in_words(before: Sender, changed: list[str]) -> str:
    if before.activated_at and set(changed) & sender_checks.identity_fields(before.channel):
        return "Changed. To receivers it is another sender now: activate it when its checks pass."
    return "Changed." if changed else "Nothing was different."


@require_POST
@policy(Policy.OWNER)
def pause(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Let nothing more leave through a sender."""
    user = user_of(request)
    access.sender_to_change(user, sender_id)
    reason = typed(request.POST, "reason", longest=_LONGEST_REASON)
    if senders.pause(sender_id, reason=reason, by_id=user.pk, now=clock.now()):
        messages.success(request, "Paused. What is queued waits until you resume it.")
    return redirect("sender", sender_id)


@require_POST
@policy(Policy.OWNER)
def resume(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Let a paused sender send again."""
    user = user_of(request)
    sender = access.sender_to_change(user, sender_id)
    was_stopped_by_us = senders.was_stopped_by_us(sender)
    if not senders.resume(sender_id, by_id=user.pk, now=clock.now()):
        if sender.failing_since:
            messages.error(request, "Its checks still fail. Mend what they name, then check again.")
    elif sender.activated_at is None:
        messages.success(request, "It is no longer paused. Activate it to let it send.")
    else:
        with_half = ", with half of what it sent a day before" if was_stopped_by_us else ""
        messages.success(request, f"It sends again{with_half}.")
    return redirect("sender", sender_id)


@require_POST
@policy(Policy.OWNER)
def send_test(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Send the signed-in user a test mail through a sender."""
    user = user_of(request)
    sender = access.sender_to_change(user, sender_id)
    if sender.is_text:
        messages.error(request, "There are no tests of texts: we do not have your number.")
        return redirect("sender", sender_id)
    if standing.is_all_stopped():
        messages.warning(request, "All sending is stopped, also of tests.")
        return redirect("sender", sender_id)
    outcome = trial.send_to_oneself(sender, user, now=clock.now())
    level = messages.SUCCESS if isinstance(outcome, Accepted) else messages.ERROR
    messages.add_message(request, level, _in_words(outcome, sender, user.email))
    return redirect("sender", sender_id)


def _in_words(outcome: HandOver, sender: Sender, address: str) -> str:
    if isinstance(outcome, Accepted):
        return f"{sender.host} accepted a test for {address}. Look whether it arrives."
    if isinstance(outcome, Uncertain):
        return f"The connection broke, so the test may arrive or not: {outcome.text}"
    code = f"{outcome.code} " if outcome.code else ""
    return f"The test was not sent. {sender.host} said: {code}{outcome.text}"


urlpatterns = [
    path("senders/", show_all, name="senders"),
    path("senders/new/", add, name="sender-new"),
    path("senders/<int:sender_id>/", show, name="sender"),
    path("senders/<int:sender_id>/edit/", edit, name="sender-edit"),
    path("senders/<int:sender_id>/pause/", pause, name="sender-pause"),
    path("senders/<int:sender_id>/resume/", resume, name="sender-resume"),
    path("senders/<int:sender_id>/test/", send_test, name="sender-test"),
]
