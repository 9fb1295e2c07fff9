"""Lets a talk take effect as it stands now: once, in whatever order its news came."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.core import sql, tokens
from warmbench.integrations.models import Booking, SchedulingAccount
from warmbench.integrations.scheduling.protocol import Fate, Talk
from warmbench.people import candidates, merged
from warmbench.people.candidates import Conversation
from warmbench.people.models import Candidate, Channel, ContactPoint
from warmbench.signals import record
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft

State, Kind = Booking.State, Signal.Kind

_LOCK = 0x74_61_6C_6B
_ENDS = {State.CALLED_OFF: Kind.CALLED_OFF, State.NOT_THERE: Kind.NOT_THERE}


@transaction.atomic
def settle(account: SchedulingAccount, talk: Talk, *, now: datetime) -> Booking | None:
    """Take in a talk as it stands. Returns it; None if it is with nobody of ours, or was booked
    before the account was connected.

    A talk that was moved is the same talk. What is known already changes nothing.
    """
    # Two recruiters may share an organization over there: the same talk comes by both.
    sql.run("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, account.vendor])
    booking = Booking.objects.filter(
        account__vendor=account.vendor, ids__overlap=list(talk.ids)
    ).first()
    if booking is None:
        booking = _begin(account, talk, now=now)
    if booking is None:
        return None
    if candidates.lock([booking.candidate_id]):
        _follow(booking, talk, now=now)
    return booking


def _begin(account: SchedulingAccount, talk: Talk, *, now: datetime) -> Booking | None:
    booked_at = talk.booked_at
    if booked_at is None:
        # It was there before us, or has come just now.
        booked_at = now if account.worked_at else account.made_at
        if account.worked_at is None:
            return None
    candidate_id = whose(talk, now=now)
    if candidate_id is None or booked_at < account.made_at:
        return None
    booking = Booking.objects.create(
        account=account,
        candidate_id=candidate_id,
        ids=list(talk.ids),
        title=talk.title,
        booked_at=booked_at,
        starts_at=talk.starts_at,
        ends_at=talk.ends_at,
        seen_at=now,
    )
    _say(booking, Kind.BOOKED, f"booked:{booking.pk}", at=booked_at, now=now)
    return booking


def _follow(booking: Booking, talk: Talk, *, now: datetime) -> None:
    was, booking.state = booking.state, _state_of(talk.fate)
    booking.ids = list(dict.fromkeys([*booking.ids, *talk.ids]))
    booking.title, booking.seen_at = talk.title or booking.title, now
    booking.starts_at, booking.ends_at = talk.starts_at, talk.ends_at
    if was != booking.state:
        if was in _ENDS:
            _unsay(booking, f"{was}:{booking.pk}:{booking.ended}", now=now)
        if booking.state in _ENDS:
            booking.ended += 1
            _take_back_conversation(booking, now=now)
            key = f"{booking.state}:{booking.pk}:{booking.ended}"
            _say(booking, _ENDS[State(booking.state)], key, at=now, now=now)
    booking.save(
        update_fields=[
            *("ids", "title", "state", "starts_at", "ends_at", "ended", "talk", "seen_at"),
        ]
    )


def whose(talk: Talk, *, now: datetime) -> int | None:
    """Which candidate booked: whoever alone has the address, else whom our link was for. Mails
    are passed on, and an invitation goes to the address."""
    points = ContactPoint.objects.filter(channel=Channel.EMAIL, address=talk.email)
    having = set(points.values_list("candidate_id", flat=True)) if talk.email else set()
    if len(having) == 1:
        return having.pop()
    ids = tokens.read(tokens.Purpose.BOOKING, talk.word, now=now)
    sent = merged.now_is(ids[0]) if ids else 0
    return sent if Candidate.objects.filter(pk=sent).exists() else None


def note_past(*, now: datetime) -> int:
    """Keep as a conversation each talk that is over and was neither called off nor missed, as
    far as anybody said. Returns how many."""
    over = Booking.objects.filter(state=State.BOOKED, talk={}, ends_at__lte=now)
    noted = 0
    for pk in over.order_by("ends_at").values_list("pk", flat=True)[:100]:
        noted += _note(pk, now=now)
    return noted


@transaction.atomic
def _note(booking_id: int, *, now: datetime) -> bool:
    # Whoever hears of the talk locks the person first, too.
    theirs = Booking.objects.filter(pk=booking_id).values_list("candidate_id", flat=True)
    candidates.lock(list(theirs))
    found = Booking.objects.select_for_update(no_key=True)
    booking = found.filter(pk=booking_id, state=State.BOOKED, talk={}, ends_at__lte=now).first()
    if booking is None:
        return False
    before = Conversation.of(Candidate.objects.get(pk=booking.candidate_id))
    day = booking.starts_at.astimezone(_here()).date()
    is_news = before.on is None or before.on < day
    if is_news:
        # What it was about is for the recruiter to say.
        candidates.record_conversation(
            booking.candidate_id, on=day, topic="", note="", now=now, by_id=None
        )
    booking.talk = {
        "on": day.isoformat() if is_news else "",
        "before": [before.on and before.on.isoformat(), before.topic, before.note],
    }
    booking.save(update_fields=["talk"])
    return True


def _take_back_conversation(booking: Booking, *, now: datetime) -> None:
    talk, booking.talk = booking.talk, {}
    if not talk.get("on"):
        return
    on, topic, note = talk["before"]
    candidates.take_back_conversation(
        booking.candidate_id,
        Conversation(datetime.fromisoformat(talk["on"]).date(), "", ""),
        before=Conversation(datetime.fromisoformat(on).date() if on else None, topic, note),
        now=now,
        by_id=None,
    )


def _say(booking: Booking, kind: Signal.Kind, key: str, *, at: datetime, now: datetime) -> None:
    when = booking.starts_at.astimezone(_here())
    topic = f"{booking.title or 'A talk'} on {when:%-d %B %Y, %H:%M}"
    draft = SignalDraft(
        candidate_id=booking.candidate_id,
        kind=kind,
        grade=Signal.Grade.CERTAIN,
        at=at,
        key=key,
        topic=topic,
    )
    record.record([draft], now=now)


def _unsay(booking: Booking, key: str, *, now: datetime) -> None:
    wrong = Signal.objects.filter(candidate=booking.candidate_id, key=key)
    record.withdraw(
        [signal.pk for signal in wrong], note="The talk takes place after all.", now=now
    )


def _here() -> ZoneInfo:
    organisation = Organisation.objects.first()
    return ZoneInfo(organisation.default_time_zone if organisation else "UTC")


def _state_of(fate: Fate) -> Booking.State:
    return State(fate.value)
