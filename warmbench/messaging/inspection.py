"""Shows a verdict of the last gate check by check: what each of them saw, and what it said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from warmbench.messaging import gate, reasons
from warmbench.messaging.known import SenderState, Standing, Touch
from warmbench.messaging.verdict import ALLOW, Allow, Later, Reason, Verdict
from warmbench.people import off_limits
from warmbench.people.models import Candidate, Channel, Consent

#: Kept in the place of the address: what it is, no verdict needs to remember.
_SOME_ADDRESS = "kept elsewhere"
_DAY = "%-d %B %Y"
#: Before the moment at which something is over lies its last day.
_A_MOMENT = timedelta(seconds=1)


class Asked(NamedTuple):
    """What the gate was asked, and all that it knew."""

    touch: Touch
    person: Standing
    sender: SenderState | None
    switches: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the gate."""

    name: str
    #: What it saw, in a sentence.
    saw: str
    #: What it says for itself. The gate's verdict is the first refusal, else the latest time.
    verdict: Verdict
    #: Whether it was left out, because a person answers what they wrote to us.
    is_skipped: bool = False

    @property
    def because(self) -> str:
        """Why not, or not yet; blank where it lets the touch pass."""
        if isinstance(self.verdict, Allow):
            return ""
        return reasons.because(self.verdict.reason, self.verdict.rule)


def checks(asked: Asked, *, now: datetime) -> list[Check]:
    """Every check in the order in which the gate makes them, each asked for itself."""
    is_answer = gate.is_answer(asked.touch, now=now)
    return [
        _check(name, saw, verdict, asked.touch if is_answer else None)
        for name, saw, verdict in _walk(asked, now=now)
    ]


def _check(name: str, saw: str, verdict: Verdict | None, answer: Touch | None) -> Check:
    if answer is None or name not in _NOT_FOR_ANSWERS or verdict is not None:
        return Check(name, saw, verdict or ALLOW)
    said = f"{saw} Not asked: a person answers what they wrote on {answer.answers_at:{_DAY}}."
    return Check(name, said, ALLOW, is_skipped=True)


def to_json(asked: Asked) -> dict[str, Any]:
    """What ``from_json`` turns back into this, in little room: blank values are left out, and
    so is the address."""
    kept = {"touch": _given(asked.touch), "person": _given(asked.person)}
    if asked.person.address:
        kept["person"]["address"] = _SOME_ADDRESS
    # Who it is and how old the knowledge was stands on the decision already.
    del kept["person"]["candidate_id"]
    # These matter where a client is involved, and for answers, and nowhere else.
    if not asked.touch.client:
        kept["person"].pop("employer", None)
    if asked.touch.answers_at is None:
        kept["person"].pop("status_since", None)
    if asked.sender is not None:
        kept["sender"] = _given(asked.sender)
    if asked.switches:
        kept["switches"] = sorted(asked.switches)  # type: ignore[assignment]
    return kept


def from_json(kept: Mapping[str, Any]) -> Asked:
    """What ``to_json`` was called on, as far as a verdict depends on it."""
    person = _BLANK_PERSON | _read(Standing, kept["person"])
    sender = kept.get("sender")
    return Asked(
        Touch(**_read(Touch, kept["touch"])),
        Standing(**person),
        SenderState(**(_BLANK_SENDER | _read(SenderState, sender))) if sender else None,
        frozenset((scope, key) for scope, key in kept.get("switches", ())),
    )


def _walk(asked: Asked, *, now: datetime) -> Iterator[tuple[str, str, Verdict | None]]:
    touch, person, sender, switches = asked
    terms = gate.terms_of(touch, person, now=now)
    yield "Stops and opt-outs", _of_stops(person), gate.suppression(person)
    yield "Objection and notice", _of_notice(person), gate.prohibition(person, terms, now=now)
    yield "Status", _of_status(person), gate.finality(touch, person, now=now)
    yield "Employer", _of_employer(touch, person), gate.conflict(touch, person, now=now)
    yield "Permission", _of_ground(person), gate.lack_of_ground(person, terms, now=now)
    yield "Address", _of_address(person), gate.unreachable(person)
    yield "This message", _of_touch(touch), gate.misfit(touch, person, sender, now=now)
    yield (
        "Pause",
        _of_pause(person),
        gate.pause(touch, person, now=now)
        or _later(_paused_until(touch, person, now=now), Reason.PAUSED, now=now),
    )
    yield "Word of the ATS", _of_truth(switches), gate.ignorance(touch, switches, now=now)
    if sender is None:
        yield "Sender", "There is none.", Later(now, Reason.NO_SENDER)
    else:
        hold = gate.obstacle(touch, person, sender, switches, now=now)
        yield "Sender", _of_sender(sender), hold
        for reason, until in gate.moves(touch, person, sender, now=now):
            if reason in _MOVES:
                name, saw = _MOVES[reason]
                yield name, saw(person, sender, until), _later(until, reason, now=now)
    yield (
        "Hours and holidays",
        _of_hours(touch, person, now),
        gate.opening(now, touch, person, terms, now=now),
    )


def _paused_until(touch: Touch, person: Standing, *, now: datetime) -> datetime | None:
    return person.paused_until if person.is_paused and not gate.is_answer(touch, now=now) else None


def _later(until: datetime | None, reason: Reason, *, now: datetime) -> Later | None:
    return Later(until, reason) if until is not None and until > now else None


def _of_stops(person: Standing) -> str:
    return f"{person.suppressed.replace('_', ' ').capitalize()}." if person.suppressed else "None."


def _of_notice(person: Standing) -> str:
    if person.basis == Consent.Basis.WITHDRAWN:
        return "They withdrew their permission."
    if person.obtained_at is None:
        return "They know that we have their data."
    return f"Nobody has told them; we have their data since {person.obtained_at:{_DAY}}."


def _of_status(person: Standing) -> str:
    return f"{Candidate.Status(person.status).label}."


def _of_employer(touch: Touch, person: Standing) -> str:
    if person.off_limits:
        until = person.off_limits_until
        ends = f", until {until - _A_MOMENT:{_DAY}}" if until else ""
        return f"{person.off_limits} is off limits{ends}."
    if touch.client and off_limits.key(person.employer) == touch.client:
        return "They work for this client."
    if touch.client and touch.client in person.conflicts:
        return "Its people do not hear of this client's roles."
    return "Not off limits."


def _of_ground(person: Standing) -> str:
    if not person.basis:
        return "None on record."
    said = str(Consent.Basis(person.basis).label)
    if person.basis_since:
        said += f", since {person.basis_since:{_DAY}}"
    if person.basis_expires_at:
        said += f", until {person.basis_expires_at:{_DAY}}"
    return f"{said}."


def _of_address(person: Standing) -> str:
    if not person.address:
        return "None that works."
    return "Another record has the same." if person.is_read_by_another else "There is one."


def _of_touch(touch: Touch) -> str:
    what = "A text" if touch.channel == Channel.SMS else "A mail"
    said = f"{what}: {touch.purpose.replace('_', ' ')}"
    if touch.valid_until:
        said += f", too late after {touch.valid_until:{_DAY}}"
    return f"{said}."


def _of_pause(person: Standing) -> str:
    if not person.is_paused:
        return "Not paused."
    return f"Paused until {person.paused_until:{_DAY}}." if person.paused_until else "Paused."


def _of_truth(switches: frozenset[tuple[str, int]]) -> str:
    if gate.STALE_TRUTH in switches:
        return "The ATS was not heard from in full for too long."
    return "None is connected, or all that it knew was known here."


def _of_sender(sender: SenderState) -> str:
    if not sender.owner_is_active:
        return "Its owner is no longer active."
    return "Paused, or not active yet." if sender.is_paused else "It can send."


def _of_reservation(person: Standing, _: SenderState, until: datetime | None) -> str:
    if person.reserved_by is None or person.reserved_until is None:
        return "Nobody has them reserved."
    if until is None:
        return "For whoever it comes from, or it comes from the whole team."
    return f"For another recruiter, until {until:{_DAY}}."


def _of_budget(person: Standing, _: SenderState, until: datetime | None) -> str:
    if not person.recent:
        return "Nothing in the last 30 days."
    count = len(person.recent)
    last = f"{count} message{'s' * (count > 1)} in 30 days, the last on {person.recent[0]:{_DAY}}"
    return f"{last}; free from {until:{_DAY}} on." if until else f"{last}."


def _of_alerts(person: Standing, _: SenderState, until: datetime | None) -> str:
    if person.alerted_at is None:
        return "They heard of no role lately."
    about = "" if until else "; this is not about another role"
    return f"They heard of a role on {person.alerted_at:{_DAY}}{about}."


def _of_rhythm(_: Standing, __: SenderState, until: datetime | None) -> str:
    return (
        f"They asked for a distance: not before {until:{_DAY}}." if until else "No wish of theirs."
    )


def _of_cap(_: Standing, sender: SenderState, __: datetime | None) -> str:
    return f"Room for {max(0, sender.room)} more that day."


#: What the checks that move the time are called, and what they saw. The pause has its own place.
_MOVES = {
    Reason.RESERVED: ("Reservation", _of_reservation),
    Reason.BUDGET: ("Contact budget", _of_budget),
    Reason.ALERT_GAP: ("Time between roles", _of_alerts),
    Reason.RHYTHM: ("Their own rhythm", _of_rhythm),
    Reason.SENDER_CAP: ("Sender's share of the day", _of_cap),
}


#: The checks that are about what we send of our own accord.
_NOT_FOR_ANSWERS = frozenset(
    {"Status", "Employer", "Pause", *(name for name, _ in _MOVES.values())}
) - {_MOVES[Reason.SENDER_CAP][0], _MOVES[Reason.RESERVED][0]}


def _of_hours(touch: Touch, person: Standing, now: datetime) -> str:
    said = _local_time(person, now)
    if not gate.is_answer(touch, now=now):
        return said
    wrote = f"{touch.answers_at:{_DAY}, %H:%M} UTC"
    return f"{said} They wrote on {wrote}: the answer may come from 07:00 to 21:00 on any day."


def _local_time(person: Standing, now: datetime) -> str:
    if not person.time_zone:
        return f"Their time zone is not known; country {person.country or 'unknown'}."
    local = now.astimezone(ZoneInfo(person.time_zone))
    place = (
        f"{person.time_zone}, holidays of {person.country}" if person.country else person.time_zone
    )
    return f"{local:%A, %-d %B, %H:%M} ({place})."


#: Values that are not written down.
_BLANKS: tuple[object, ...] = ("", None, False, (), [], {})
_BLANK_PERSON: dict[str, Any] = {
    **dict.fromkeys(("status", "country", "region", "time_zone", "suppressed", "basis"), ""),
    **dict.fromkeys(("owner_id", "paused_until", "basis_expires_at")),
    "candidate_id": 0,
    "version": 0,
    "is_paused": False,
    "address": "",
    "recent": (),
}
_BLANK_SENDER: dict[str, Any] = {
    "owner_id": None,
    "owner_is_active": False,
    "is_paused": False,
    "room": 0,
}


def _given(value: Touch | Standing | SenderState) -> dict[str, Any]:
    return {
        name: _written(one)
        for name in _NAMES[type(value)]
        if (one := getattr(value, name)) not in _BLANKS
    }


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [one.isoformat() for one in value]
    return value


def _read(kind: type, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The values of one part. One that this version no longer knows is left out."""
    return {name: _time(name, kept[name]) for name in _NAMES[kind] if name in kept}


def _time(name: str, value: Any) -> Any:
    if name == "recent":
        return tuple(datetime.fromisoformat(one) for one in value)
    return datetime.fromisoformat(value) if name in _TIMES else value


_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Touch, Standing, SenderState)
}
_TIMES = frozenset(
    field.name
    for kind in (Touch, Standing, SenderState)
    for field in fields(kind)
    if "datetime" in str(field.type) and field.name != "recent"
)
