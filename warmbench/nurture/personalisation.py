"""Puts check-ins before their recruiter before they go: by a date, and with what happens if nobody
looks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.messaging import gate, letters, outbox, reasons, texts, voices
from warmbench.messaging.models import Message, Sender
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.templates import Rendered, UnrenderableError
from warmbench.messaging.verdict import Reason, Refuse
from warmbench.nurture import check_ins, readers
from warmbench.nurture.models import Enrollment, Personalisation, Step
from warmbench.signals import follow_ups, warmth
from warmbench.signals import reasons as asking
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

State = Personalisation.State

#: What a recruiter may write anew, with how long it may be.
EDITABLE: Mapping[str, int] = {"opening": 300, "market_note": 400, "own_note": 600}

_NO_LONGER = "It is not before that step any more: nothing goes."
_DECIDED: Mapping[str, str] = {
    State.APPROVED: "It was sent on its way already.",
    State.SKIPPED: "Somebody decided already that it does not go.",
    State.LAPSED: "The deadline is over, and what was to happen without you has happened.",
}
#: What its entry in Today is closed with.
_NOTES: Mapping[str, str] = {
    State.APPROVED: "It was sent on its way.",
    State.SKIPPED: "It does not go.",
    State.LAPSED: "It was not waited for any longer.",
}


@dataclass(frozen=True, kw_only=True)
class CheckInsAsked(Event):
    """Check-ins began to wait for their recruiter's words, or stopped."""

    candidate_ids: list[int]


class TooLateError(ValueError):
    """It cannot be decided any more: one sentence that says why."""


class GapError(ValueError):
    """Words without which the letter cannot be written: the field, and one sentence."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("The letter cannot do without it: write something here.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A check-in that could go now, and whose recruiter it would come from."""

    step: Step
    draft: Draft
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class Go:
    """It goes, with these words."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Wait:
    """Its recruiter may still change it, until this moment."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Skip:
    """It does not go."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Letter:
    """A check-in as it would go, and what the last gate says of it now."""

    considered: Considered
    template_id: int
    #: The mailbox that it would come from.
    sender: Sender

    @property
    def context(self) -> dict[str, str]:
        """The fields of the letter, with what a first message has to tell."""
        return {**self.considered.draft.context, **self.considered.notice}


@transaction.atomic
def consider(drafts: Sequence[Asked], *, now: datetime) -> list[Go | Wait | Skip]:
    """Whether these check-ins go now, in their order. Those of steps that ask nobody do.

    Of the others the recruiter is asked once for each touch. What was decided holds; once the
    deadline is over, the step says what happens. In the planner's transaction, which holds the
    enrollments: whoever decides waits for it, so that a letter goes once, with or without words.
    """
    asked = {_key(one.draft): one for one in drafts}
    # Also of steps that ask nobody any more: what was decided before they were edited holds.
    rows = _locked(asked.keys()) if asked else {}
    new = {
        key: _row(one, now=now)
        for key, one in asked.items()
        if key not in rows and one.step.edit_hours is not None
    }
    Personalisation.objects.bulk_create(new.values())
    over = [row for row in rows.values() if row.state == State.WAITING and row.due_at <= now]
    for row in over:
        row.state, row.decided_at = State.LAPSED, now
    Personalisation.objects.bulk_update(over, ["state", "decided_at"])
    if concerned := {row.candidate_id for row in (*new.values(), *over)}:
        publish(CheckInsAsked(candidate_ids=sorted(concerned)))
    rows |= new
    return [_verdict(one, rows.get(_key(one.draft))) for one in drafts]


def letter(row: Personalisation, words: Mapping[str, str], *, now: datetime) -> Letter | None:
    """The check-in as it would go now with these words in place of those that were found; None
    if there is no mailbox to send it from, or no longer such a person."""
    everybody, all_voices = readers.load([row.candidate_id]), voices.voices()
    reader = everybody.get(row.candidate_id)
    sender_id = all_voices.sender_for(reader, row.step.channel) if reader else None
    sender = Sender.objects.select_related("owner").filter(pk=sender_id or 0).first()
    if reader is None or sender is None or row.step.template_id is None:
        return None
    with transaction.atomic():
        # Looked at, not taken along: whoever writes alerts meanwhile need not wait for us.
        along = check_ins.roles([reader.candidate_id], now=now).get(reader.candidate_id)
    context = {
        **all_voices.context(reader, sender.pk, now=now),
        **(along.fields if along else {}),
    }
    if sender.is_text:
        who = reader.candidate_id
        context |= texts.introductions([who], sender.brand, now=now)[who]
    draft = replace(
        _draft(row, sender.pk),
        template_id=row.step.template_id,
        context=_worded(context, {**row.fields, **words}),
    )
    (considered,) = outbox.consider([draft], now=now)
    return Letter(replace(considered, draft=draft), row.step.template_id, sender)


def rendered(letter: Letter) -> Rendered | None:
    """The words of a check-in as its reader would see them, with links that lead nowhere; None
    if it has a gap, for which it would wait."""
    try:
        return letters.words(
            letters.compiled(letter.template_id),
            letter.context,
            organisation=Organisation.objects.get(),
            candidate_id=0,
            message_id=0,
        )
    except UnrenderableError:
        return None


def approve(
    personalisation_id: int, words: Mapping[str, str], *, by_id: int, now: datetime
) -> None:
    """Let a check-in go with these words, as soon as the last gate lets it. Blank ones are left
    out of it. Raises TooLateError where it was decided already, or will not go any more, and
    GapError where the wording cannot do without one that is blank."""
    kept = {name: " ".join(words[name].split()) for name in EDITABLE if name in words}
    row = Personalisation.objects.select_related("step__template").get(pk=personalisation_id)
    required = row.step.template.required if row.step.template else []
    for name in EDITABLE:
        if name in required and not {**row.fields, **kept}.get(name):
            raise GapError(name)
    _decide(personalisation_id, State.APPROVED, words=kept, by_id=by_id, now=now)


def skip(personalisation_id: int, *, by_id: int, now: datetime) -> None:
    """Let a check-in not go: the sequence goes on without it. Raises TooLateError."""
    _decide(personalisation_id, State.SKIPPED, words={}, by_id=by_id, now=now)


@transaction.atomic
def lapse_void(*, now: datetime, candidate_ids: Collection[int] = ()) -> int:
    """Ask nobody any more about check-ins that will not go: she left the sequence. Of these people,
    or of everybody. Returns how many those were. Safe to call at any time."""
    values = {"candidates": list(candidate_ids)}
    void = sql.run(sql.load(__file__, "personalisations_void"), values).fetchall()
    waiting = Personalisation.objects.filter(pk__in=[row[0] for row in void], state=State.WAITING)
    count = waiting.update(state=State.LAPSED, decided_at=now) if void else 0
    if count:
        publish(CheckInsAsked(candidate_ids=sorted({row[1] for row in void})))
    return count


def put_before_recruiters(candidate_ids: Collection[int], *, now: datetime) -> None:
    """See to it that what waits of these people's check-ins stands in Today until its deadline, and
    nothing else."""
    rows = Personalisation.objects.filter(candidate__in=candidate_ids)
    settled = rows.exclude(state=State.WAITING).filter(decided_at__gte=now - timedelta(days=1))
    for row in settled.order_by("pk"):
        follow_ups.call_off(
            [row.candidate_id],
            [FollowUp.Reason.PERSONALISE],
            note=_NOTES[row.state],
            about=_about(row),
            now=now,
        )
    waiting = list(rows.filter(state=State.WAITING).select_related("step").order_by("pk"))
    warm = warmth.of({row.candidate_id for row in waiting}, now=now)
    for row in waiting:
        follow_ups.ask_for(
            row.candidate_id,
            FollowUp.Reason.PERSONALISE,
            evidence=[Evidence(row.asked_at, _evidence(row), about=_about(row))],
            value=asking.value(FollowUp.Reason.PERSONALISE, warm[row.candidate_id]),
            due_at=row.due_at,
            now=now,
            otherwise_id=row.owner_id,
        )


def waiting_of(candidate_ids: Collection[int]) -> list[Personalisation]:
    """The check-ins of these people that wait for words, by their deadlines."""
    rows = Personalisation.objects.filter(candidate__in=candidate_ids, state=State.WAITING)
    return list(rows.select_related("step").order_by("due_at", "pk"))


def _key(draft: Draft) -> tuple[int, str, int]:
    return draft.candidate_id, draft.touch, draft.occurrence


def _of(row: Personalisation) -> tuple[int, str, int]:
    return row.candidate_id, row.touch, row.occurrence


def _locked(keys: Collection[tuple[int, str, int]]) -> dict[tuple[int, str, int], Personalisation]:
    found = Personalisation.objects.select_for_update(no_key=True).filter(
        candidate__in={key[0] for key in keys}, touch__in={key[1] for key in keys}
    )
    return {_of(row): row for row in found.order_by("pk") if _of(row) in keys}


def _row(asked: Asked, *, now: datetime) -> Personalisation:
    draft = asked.draft
    return Personalisation(
        candidate_id=draft.candidate_id,
        step=asked.step,
        owner_id=asked.owner_id,
        touch=draft.touch,
        occurrence=draft.occurrence,
        fields={name: draft.context[name] for name in EDITABLE if name in draft.context},
        asked_at=now,
        due_at=now + timedelta(hours=asked.step.edit_hours or 0),
    )


def _verdict(asked: Asked, row: Personalisation | None) -> Go | Wait | Skip:
    if row is None:
        return Go(asked.draft)
    match row.state:
        case State.APPROVED:
            # As the recruiter saw it: what was found when it was asked, and what was written.
            said = {**dict.fromkeys(EDITABLE, ""), **row.fields, **row.words}
            return Go(replace(asked.draft, context=_worded(asked.draft.context, said)))
        case State.SKIPPED:
            return Skip(Reason.SKIPPED)
        case State.LAPSED:
            goes = asked.step.if_not_edited == Step.Default.SEND
            return Go(asked.draft) if goes else Skip(Reason.NOT_LOOKED_AT)
        case _:
            return Wait(row.due_at)


def _worded(context: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    """A context with these words in it; a blank one takes its field out."""
    return {name: value for name, value in {**context, **words}.items() if value}


def _draft(row: Personalisation, sender_id: int | None) -> Draft:
    version = row.step.version
    return Draft(
        candidate_id=row.candidate_id,
        purpose=Message.Purpose.CHECK_IN,
        touch=row.touch,
        occurrence=row.occurrence,
        sender_id=sender_id,
        sequence_id=version.sequence_id,
        sequence_version=version.number,
        channel=row.step.channel,
    )


def _decide(
    personalisation_id: int,
    state: Personalisation.State,
    *,
    words: Mapping[str, str],
    by_id: int,
    now: datetime,
) -> None:
    with transaction.atomic():
        row = Personalisation.objects.select_related("step__version").get(pk=personalisation_id)
        # In the planner's order: it holds the enrollment when it asks what was decided.
        enrolled = _enrollment(row)
        row = _locked([_of(row)])[_of(row)]
        trouble = _DECIDED.get(row.state, "")
        if not trouble:
            trouble = _void(row, now=now) if state == State.APPROVED or enrolled is None else ""
            row.state, row.words = (State.LAPSED, {}) if trouble else (state, dict(words))
            row.decided_at, row.decided_by_id = now, by_id
            row.save(update_fields=["state", "words", "decided_at", "decided_by"])
            _tell(row, by_id=by_id, now=now)
            if enrolled is not None:
                _wake(enrolled, now=now)
    # At once, for whoever goes back to their queue; the reaction does it again.
    put_before_recruiters([row.candidate_id], now=now)
    if trouble:
        raise TooLateError(trouble)


def _enrollment(row: Personalisation) -> Enrollment | None:
    """Her way through the sequence that it belongs to, locked."""
    under_way = Enrollment.objects.select_for_update(no_key=True).filter(
        candidate=row.candidate_id,
        sequence=row.step.version.sequence_id,
        state__in=[Enrollment.State.ACTIVE, Enrollment.State.HELD],
    )
    return under_way.first()


def _void(row: Personalisation, *, now: datetime) -> str:
    """Why it will not go, whatever is decided; blank if it may."""
    values = {"candidates": [row.candidate_id]}
    void = sql.run(sql.load(__file__, "personalisations_void"), values).fetchall()
    standing_by = outbox.consider([_draft(row, None)], now=now)[0].verdict
    if isinstance(standing_by, Refuse) and standing_by.reason in gate.FINAL:
        return f"{reasons.because(standing_by.reason)} Nothing goes."
    return _NO_LONGER if row.pk in {one[0] for one in void} else ""


def _wake(enrolled: Enrollment, *, now: datetime) -> None:
    """Let the planner take it up at once, if this is what it waits for."""
    Enrollment.objects.filter(
        pk=enrolled.pk, state=Enrollment.State.ACTIVE, waiting_for=Reason.PERSONALISE
    ).update(next_step_at=now)


def _tell(row: Personalisation, *, by_id: int, now: datetime) -> None:
    detail: dict[str, object] = {"candidate": row.candidate_id, "rewritten": sorted(row.words)}
    audit.record(by_id, f"check_in.{row.state}", f"check_in:{row.pk}", now=now, detail=detail)
    publish(CheckInsAsked(candidate_ids=[row.candidate_id]))


def _evidence(row: Personalisation) -> str:
    if row.step.if_not_edited == Step.Default.SEND:
        return "A check-in is ready: it goes as it is unless you change it in time"
    return "A check-in is ready: it does not go unless you send it in time"


def _about(row: Personalisation) -> str:
    return f"check_in:{row.pk}"
