"""The pages that take a decision apart: each check of the last gate, then and on another day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import gate, inspection, outbox, senders
from warmbench.messaging.inspection import Check
from warmbench.messaging.models import Decision, Message
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.verdict import Allow, Later, Refuse, Verdict
from warmbench.people.models import Candidate, Channel
from warmbench.web import access, profile, sent, verdicts

_WORDS = {Allow: "allowed", Later: "later", Refuse: "refused"}
#: What may be asked about, each with the channel that it goes by.
_KINDS: dict[str, tuple[str, Message.Purpose, Channel]] = {
    "content": ("Something to read", Message.Purpose.CONTENT, Channel.EMAIL),
    "check_in": ("A check-in", Message.Purpose.CHECK_IN, Channel.EMAIL),
    "alert": ("A role", Message.Purpose.ALERT, Channel.EMAIL),
    "text": ("A text about a role", Message.Purpose.ALERT, Channel.SMS),
}
#: Further ahead nobody knows the holidays for certain.
_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Row:
    """One check, as ``decisions/checks.html`` reads it."""

    check: Check

    @property
    def verdict(self) -> str:
        """allowed, later or refused."""
        return _WORDS[type(self.check.verdict)]

    @property
    def until(self) -> datetime | None:
        """Not before this."""
        return self.check.verdict.until if isinstance(self.check.verdict, Later) else None


class DayForm(forms.Form):
    """Which day, and what would be sent."""

    on = forms.DateField(
        label="On", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    what = forms.ChoiceField(
        label="What", choices=[(name, kind[0]) for name, kind in _KINDS.items()]
    )


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, decision_id: int) -> HttpResponse:
    """One decision: each check, what it saw then, and what it said."""
    found = Decision.objects.filter(pk=decision_id).first()
    if found is None:
        raise Http404
    candidate = access.candidate_for(found.candidate_id)
    (ruling,) = sent.rulings([found])
    checks = (
        inspection.checks(inspection.from_json(found.inputs), now=found.at) if found.inputs else []
    )
    context = {
        "section": "candidates",
        "candidate": candidate,
        "decision": found,
        "ruling": ruling,
        "touch": sent.step_names([found.touch])[found.touch],
        "rows": [Row(check) for check in checks],
        "all_passed": all(isinstance(one.verdict, Allow) for one in checks),
        "is_older": found.policy != gate.POLICY,
        "today": gate.POLICY,
    }
    return render(request, "decisions/decision.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def on_day(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Whether a candidate would be written to on some day, as far as is known today."""
    candidate, now = access.candidate_for(candidate_id), clock.now()
    zone = ZoneInfo(candidate.time_zone or "UTC")
    today = now.astimezone(zone).date()
    form = DayForm(
        {"on": request.GET.get("on") or today, "what": request.GET.get("what", "content")}
    )
    if form.is_valid() and not today <= form.cleaned_data["on"] <= today + _AHEAD:
        form.add_error("on", "Choose a day from today on, within a year.")
    context = {"section": "candidates", "candidate": candidate, "form": form}
    context["ways"] = [way for way in profile.of(candidate, now=now).ways if way.next_step]
    if form.is_valid():
        context |= _answer(candidate, form.cleaned_data["on"], form.cleaned_data["what"], now=now)
    return render(request, "decisions/on_day.html", context)


def _answer(candidate: Candidate, day: date, what: str, *, now: datetime) -> dict[str, object]:
    zone = ZoneInfo(candidate.time_zone or "UTC")
    begins = max(now, datetime.combine(day, time(0), zone).astimezone(UTC))
    draft = _draft(candidate, what)
    asked_at, considered = begins, _considered(draft, begins)
    verdict = considered.verdict
    if isinstance(verdict, Later) and verdict.until.astimezone(zone).date() == day:
        # Asked at midnight, everybody is to wait for the morning.
        asked_at, considered = verdict.until, _considered(draft, verdict.until)
    answer: Verdict = considered.verdict
    return {
        "day": day,
        "at": asked_at,
        "verdict": _WORDS[type(answer)],
        "because": ""
        if isinstance(answer, Allow)
        else verdicts.because(answer.reason, answer.rule),
        "until": answer.until if isinstance(answer, Later) else None,
        "rows": [Row(check) for check in inspection.checks(considered.asked, now=asked_at)]
        if considered.asked
        else [],
        "policy": gate.POLICY,
    }


def _considered(draft: Draft, at: datetime) -> Considered:
    return outbox.consider([draft], now=at)[0]


def _draft(candidate: Candidate, what: str) -> Draft:
    _, purpose, channel = _KINDS[what]
    writes = senders.who_writes(channel)
    return Draft(
        candidate_id=candidate.pk,
        purpose=purpose,
        touch="",
        occurrence=0,
        sender_id=writes.get(candidate.owner_id, writes.get(None)),
        channel=channel,
    )


urlpatterns = [
    path("decisions/<int:decision_id>/", show, name="decision"),
    path("candidates/<int:candidate_id>/on-a-day/", on_day, name="candidate-on-a-day"),
]
