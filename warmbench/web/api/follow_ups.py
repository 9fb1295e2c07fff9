"""The recruiters' queue, over the API: what is to be done about whom, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from warmbench.accounts.models import Resource
from warmbench.core import clock
from warmbench.signals import follow_ups, offers
from warmbench.signals.models import FollowUp
from warmbench.sourcing.models import Role
from warmbench.web import access, queue, talks
from warmbench.web.api import numbers
from warmbench.web.api.keys import reads, writes
from warmbench.web.api.once import Writing
from warmbench.web.api.paging import After, Day, Limit, Next, Number, Typed, cut
from warmbench.web.api.problems import ConflictError, InvalidError
from warmbench.web.api.recruiters import recruiter_called
from warmbench.web.api.shapes import PROBLEMS, Strict
from warmbench.web.today_forms import DoneForm, HandOverForm, SnoozeForm

router = Router(tags=["Follow-ups"])
READS, writing = reads(Resource.FOLLOW_UPS), Writing(router, writes(Resource.FOLLOW_UPS))
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    Field(
        description="The recruiter who does it: it must be theirs, nobody's, or of whom they stand"
        " in for, as on the page.",
        examples=["alice@example.com"],
    ),
]
_GONE = ConflictError("It is closed already.")


class EvidenceOut(Schema):
    """One dated reason to act, or a remark."""

    at: datetime
    text: str
    signal_id: int | None


class FollowUpOut(Schema):
    """An entry of a recruiter's queue."""

    id: int
    candidate_id: int
    reason: FollowUp.Reason
    state: FollowUp.State
    value: int
    owner_email: str
    offered_to_email: str
    evidence: list[EvidenceOut]
    asked_at: datetime
    due_at: datetime
    snoozed_until: datetime | None
    tries: int
    outcome: str
    note: str
    done_at: datetime | None


class FollowUpPage(Schema):
    """Some entries, in the order in which they were asked for."""

    items: list[FollowUpOut]
    next: Next


class Done(Strict):
    """What came of an entry."""

    by_email: Email
    outcome: FollowUp.Outcome
    note: Annotated[str, StringConstraints(max_length=500)] = ""
    until: Annotated[Day | None, Field(description="For `not_now`: until which day.")] = None
    role_id: Annotated[
        int | None, Field(ge=1, le=2**62, description="For `role_interest`: in which.")
    ] = None


class Snooze(Strict):
    """Until when an entry is put away."""

    by_email: Email
    until: Annotated[Day, Field(description="The day on which it comes back at the latest.")]
    wakes_on: Annotated[FollowUp.Wakes, Field(description="What brings it back before.")] = (
        FollowUp.Wakes.ANYTHING
    )


class Assignment(Strict):
    """Who is to take an entry on."""

    by_email: Email
    to_email: Annotated[str, StringConstraints(max_length=254)]
    note: Annotated[str, StringConstraints(max_length=300)] = ""


@router.get("", auth=READS, response={200: FollowUpPage} | PROBLEMS, summary="List follow-ups")
def list_follow_ups(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    state: FollowUp.State | None = None,
    reason: FollowUp.Reason | None = None,
    candidate_id: Number | None = None,
    owner_email: Typed = "",
    after: After = "",
    limit: Limit = 50,
) -> FollowUpPage:
    """What is, or was, to be done about whom."""
    wanted = {
        "state": state,
        "reason": reason,
        "candidate": numbers.now_of(candidate_id),
        "owner__email__iexact": owner_email,
    }
    entries = FollowUp.objects.select_related("owner", "offered_to")
    found = entries.filter(**{name: value for name, value in wanted.items() if value})
    shown, following = cut(found, after, limit)
    return FollowUpPage(items=[_out(one) for one in shown], next=following)


@writing(
    "/{int:follow_up_id}/done",
    response={200: FollowUpOut} | PROBLEMS,
    summary="Say what came of it",
)
def done(request: HttpRequest, follow_up_id: int, said: Done) -> FollowUpOut:  # noqa: ARG001
    """Say what came of an entry, and let that follow which follows of it on the page."""
    user, now = recruiter_called(said.by_email, field="by_email"), clock.now()
    entry = access.follow_up_to_change(user, follow_up_id)
    told = {"outcome": said.outcome, "note": said.note, "until": said.until, "role": said.role_id}
    form = DoneForm(told, entry=entry, now=now)
    if said.role_id and not Role.objects.filter(pk=said.role_id).exists():
        raise InvalidError({"role_id": "There is no role of this number."})
    _check(form, {"role": "role_id"})
    outcome = FollowUp.Outcome(form.cleaned_data["outcome"])
    dealt = talks.close(
        entry.pk,
        outcome=outcome,
        note=form.cleaned_data["note"],
        until=form.cleaned_data["until"] if outcome == FollowUp.Outcome.NOT_NOW else None,
        role_id=form.cleaned_data["role"] if outcome == FollowUp.Outcome.ROLE_INTEREST else None,
        by_id=user.pk,
        now=now,
    )
    if dealt is None:
        raise _GONE
    return _one(follow_up_id)


@writing(
    "/{int:follow_up_id}/snooze", response={200: FollowUpOut} | PROBLEMS, summary="Put it away"
)
def snooze(request: HttpRequest, follow_up_id: int, said: Snooze) -> FollowUpOut:  # noqa: ARG001
    """Put an entry away until a day, or until something happens."""
    user, now = recruiter_called(said.by_email, field="by_email"), clock.now()
    entry = access.follow_up_to_change(user, follow_up_id)
    told = {"until": said.wakes_on or "day", "day": said.until, "latest": said.until}
    form = SnoozeForm(told, now=now)
    _check(form, {"day": "until", "latest": "until"})
    if said.until.year > timezone.localdate(now).year + 10:
        raise InvalidError({"until": "Choose a day within ten years."})
    until = queue.wake_at(*form.choice, now=now)
    if not follow_ups.snooze(entry.pk, until=until, wakes_on=form.wakes_on, by_id=user.pk, now=now):
        raise _GONE
    return _one(follow_up_id)


@writing(
    "/{int:follow_up_id}/assign", response={200: FollowUpOut} | PROBLEMS, summary="Hand it over"
)
def assign(
    request: HttpRequest,  # noqa: ARG001 - likewise
    follow_up_id: int,
    said: Assignment,
) -> FollowUpOut:
    """Offer an entry to a colleague, who has it once they accept. An administrator gives it at
    once, and everybody may take what is nobody's."""
    user, now = recruiter_called(said.by_email, field="by_email"), clock.now()
    entry = access.follow_up_to_change(user, follow_up_id)
    to = recruiter_called(said.to_email, field="to_email")
    colleagues = [one for one in queue.recruiters() if one.pk != entry.owner_id]
    form = HandOverForm({"to": to.pk, "note": said.note}, colleagues=colleagues, user=user)
    _check(form, {"to": "to_email"})
    if user.is_admin or to.pk == user.pk:
        worked = offers.hand_over(entry.pk, to_id=to.pk, by_id=user.pk, now=now)
    else:
        note = form.cleaned_data["note"]
        worked = offers.offer(entry.pk, to_id=to.pk, note=note, by_id=user.pk, now=now)
    if not worked:
        raise _GONE
    return _one(follow_up_id)


def _check(form: Any, names: Mapping[str, str]) -> None:
    if not form.is_valid():
        raise InvalidError(
            {names.get(name, name): str(said[0]) for name, said in form.errors.items()}
        )


def _one(pk: int) -> FollowUpOut:
    return _out(access.follow_up_for(pk))


def _out(one: FollowUp) -> FollowUpOut:
    return FollowUpOut(
        id=one.pk,
        candidate_id=one.candidate_id,
        reason=FollowUp.Reason(one.reason),
        state=FollowUp.State(one.state),
        value=one.value,
        owner_email=one.owner.email if one.owner else "",
        offered_to_email=one.offered_to.email if one.offered_to else "",
        evidence=[
            EvidenceOut(at=item["at"], text=item["text"], signal_id=item.get("signal"))
            for item in one.evidence
        ],
        asked_at=one.asked_at,
        due_at=one.due_at,
        snoozed_until=one.snoozed_until,
        tries=one.tries,
        outcome=one.outcome,
        note=one.note,
        done_at=one.done_at,
    )
