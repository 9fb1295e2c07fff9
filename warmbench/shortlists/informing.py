"""Tells people that rankings are used, by a letter through the outbox, and notes when it went."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from warmbench.messaging import outbox, reasons, voices, wording
from warmbench.messaging.models import Message, Template
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.verdict import Allow, Later, Refuse
from warmbench.people.models import Candidate
from warmbench.shortlists import lawful, use_laws
from warmbench.shortlists.models import PendingNotice, UseNotice
from warmbench.shortlists.use_laws import UseLaw

_TOUCH = "ranking-notice"
#: At once, so that nobody holds the lock of more people than a page can wait for.
MOST = 200
_DATA = Path(__file__).parent / "data" / "use_notice.yaml"

State = Message.State
#: Where a letter has not left, and may still.
_UNDER_WAY = (State.QUEUED, State.SENDING, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the letters that were to go."""

    queued: int = 0
    #: Why the others do not go, in a sentence each, with how many.
    held_up: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def send(candidate_ids: Iterable[int], *, now: datetime) -> Sent:
    """Put a letter into the outbox for each of these people who has to be told, at most ``MOST``.

    The last gate decides as about every message. Who has one under way, was told, or wants no
    ranking is left out; done twice, it changes nothing.
    """
    wanted = _to_be_told(list(candidate_ids)[:MOST], now=now)
    if not wanted:
        return Sent()
    known, heard = voices.recipients(wanted), voices.voices()
    tries = Counter(
        Message.objects.filter(candidate__in=wanted, touch=_TOUCH).values_list(
            "candidate_id", flat=True
        )
    )
    drafts = [
        Draft(
            candidate_id=pk,
            purpose=Message.Purpose.NOTICE,
            touch=_TOUCH,
            occurrence=tries[pk],
            sender_id=heard.sender_for(known[pk]),
            not_before=now,
        )
        for pk in wanted
        if pk in known
    ]
    going, held_up = [], Counter[str]()
    for one in outbox.consider(drafts, now=now):
        match one.verdict:
            case Later(until) if until >= now + outbox.VALIDITY:
                held_up[reasons.because(one.verdict.reason, one.verdict.rule)] += 1
            case Later() | Allow() if one.draft.sender_id is not None:
                going.append(_written(one, wanted, known, heard, now=now))
            case Later(_, reason, rule) | Refuse(reason, rule):
                held_up[reasons.because(reason, rule)] += 1
            case Allow():
                raise AssertionError("The gate lets nothing go without a sender.")
    _keep(going, outbox.queue(going, now=now), wanted, now=now)
    return Sent(queued=len(going), held_up=held_up)


@transaction.atomic
def note_sent(*, now: datetime) -> int:
    """Write down of letters that have left that their readers were told, and forget those that
    did not go. Returns how many people were told. Safe to call at any time."""
    pending = list(PendingNotice.objects.select_for_update(no_key=True, skip_locked=True))
    letters = Message.objects.in_bulk([one.message_id for one in pending])
    told, over = 0, []
    for one in pending:
        letter = letters.get(one.message_id)
        if letter is not None and letter.state in _UNDER_WAY:
            continue
        over.append(one.pk)
        if letter is not None and letter.state == State.SENT:
            told += 1
            for code in one.laws.split(","):
                # Counted from the hand-over; it was committed before the first byte left.
                at = letter.handed_at or now
                lawful.tell([one.candidate_id], code, words=f"message:{letter.pk}", now=at)
    PendingNotice.objects.filter(pk__in=over).delete()
    return told


def version() -> str:
    """Which words people are told in, at present."""
    return str(_words()["version"])


def _to_be_told(candidate_ids: Collection[int], *, now: datetime) -> dict[int, list[UseLaw]]:
    """Who has to be told, and by which laws. Locks the people: two who press the button at once
    would write two letters."""
    people = Candidate.objects.filter(pk__in=candidate_ids).order_by("pk")
    locked = list(people.select_for_update(no_key=True).values_list("pk", flat=True))
    told = set(UseNotice.objects.filter(candidate__in=locked).values_list("candidate_id", "law"))
    under_way = PendingNotice.objects.filter(candidate__in=locked)
    left_out = {*under_way.values_list("candidate_id", flat=True), *lawful.who_refused(locked)}
    wanted = {
        pk: [law for law in use_laws.in_force(laws, on=now.date()) if (pk, law.code) not in told]
        for pk, laws in lawful.laws_of(locked).items()
        if pk not in left_out
    }
    return {pk: laws for pk, laws in wanted.items() if laws}


def _written(
    one: Considered,
    wanted: Mapping[int, list[UseLaw]],
    known: Mapping[int, voices.Recipient],
    heard: voices.Voices,
    *,
    now: datetime,
) -> Considered:
    pk = one.draft.candidate_id
    template = _template(tuple(law.code for law in wanted[pk]), now=now)
    context = heard.context(known[pk], one.draft.sender_id or 0, now=now)
    return replace(one, draft=replace(one.draft, template_id=template.pk, context=context))


def _keep(
    going: list[Considered],
    messages: Mapping[int, int],
    wanted: Mapping[int, list[UseLaw]],
    *,
    now: datetime,
) -> None:
    PendingNotice.objects.bulk_create(
        [
            PendingNotice(
                candidate_id=one.draft.candidate_id,
                message_id=messages[at],
                laws=",".join(law.code for law in wanted[one.draft.candidate_id]),
                at=now,
            )
            for at, one in enumerate(going)
            if at in messages
        ]
    )


def _template(codes: tuple[str, ...], *, now: datetime) -> Template:
    """The words for people under these laws."""
    words = _words()
    body = words["body"].replace("{LAWS}", "\n\n".join(words["laws"][code] for code in codes))
    return wording.keep(subject=words["subject"], body=body, look="letter", now=now)


@cache
def _words() -> Mapping[str, Any]:
    read: dict[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return read
