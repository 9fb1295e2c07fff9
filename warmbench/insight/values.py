"""Checks what people and programs say a fact's value is, against the format of facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from warmbench.insight import slots
from warmbench.insight.kinds import Kind
from warmbench.people import pay

Check = Callable[[Any], bool]
#: How well a skill may be known, the least first.
STRENGTHS = ("basic", "working", "strong")
_LONGEST = 200
_MOST = 10**12
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class InvalidValueError(ValueError):
    """A value is none of its kind: one sentence on why."""


def _words(said: Any) -> bool:
    if not isinstance(said, str) or not 0 < len(said.strip()) <= _LONGEST:
        return False
    # No column holds a NUL, nor half a character.
    return "\0" not in said and not any("\ud800" <= sign <= "\udfff" for sign in said)


def _number(said: Any) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said < _MOST


def _day(said: Any) -> bool:
    return slots.day(said) is not None


def is_day_or_year(said: Any) -> bool:
    """Whether it is a day as “2026-03-05”, or a year of somebody's working life."""
    if isinstance(said, str) and len(said) == len("2021"):
        return said.isascii() and said.isdecimal() and said >= "1950"
    return _day(said)


def _hour(said: Any) -> bool:
    if not isinstance(said, str) or len(said) != 5 or said[2] != ":":
        return False
    hours, minutes = said[:2], said[3:]
    return hours.isdecimal() and minutes.isdecimal() and int(hours) < 25 and int(minutes) < 60


def _yes_or_no(said: Any) -> bool:
    return isinstance(said, bool)


def _country(said: Any) -> bool:
    return isinstance(said, str) and len(said) == 2 and said.isascii() and said.isupper()


def _weekdays(said: Any) -> bool:
    return isinstance(said, list) and all(day in _DAYS for day in said)


@dataclass(frozen=True, slots=True)
class _OneOf:
    choices: tuple[str, ...]

    def __call__(self, said: Any) -> bool:
        return isinstance(said, str) and said in self.choices


def _one_of(*choices: str) -> Check:
    return _OneOf(choices)


_CURRENCY = _one_of(*pay.CURRENCIES)
#: By kind, the keys that a value must have, and those that it may have.
SHAPES: Mapping[str, tuple[Mapping[str, Check], Mapping[str, Check]]] = MappingProxyType(
    {
        Kind.PAY: (
            {"what": _one_of("current", "target", "floor"), "low": _number},
            {
                "high": _number,
                "currency": _CURRENCY,
                "period": _one_of("year", "month", "day", "hour"),
            },
        ),
        Kind.NOTICE: (
            {"amount": _number, "unit": _one_of("days", "weeks", "months")},
            {"to": _one_of("month_end", "quarter_end")},
        ),
        Kind.START: ({"from": _day}, {}),
        Kind.EVENT: (
            {
                "what": _one_of(
                    *("vesting", "bonus", "parental_leave", "contract_end", "not_before"),
                    *("relocation", "sabbatical", "exam", "project_end", "other"),
                )
            },
            {"from": _day, "until": _day},
        ),
        Kind.PLACE: ({"name": _words}, {"country": _country}),
        Kind.REMOTE: ({"mode": _one_of("remote", "hybrid", "onsite")}, {"days": _number}),
        Kind.TITLE: ({"name": _words}, {"current": _yes_or_no}),
        Kind.SENIORITY: (
            {"level": _one_of("individual_contributor", "manager", "director", "executive")},
            {},
        ),
        Kind.SCOPE: (
            {"what": _one_of("people", "budget", "users", "revenue"), "amount": _number},
            {"currency": _CURRENCY},
        ),
        Kind.EMPLOYER: ({"name": _words}, {"current": _yes_or_no}),
        Kind.DOMAIN: ({"name": _words}, {}),
        Kind.SKILL: (
            {"name": _words},
            {"years": _number, "strength": _one_of(*STRENGTHS), "last_used": is_day_or_year},
        ),
        Kind.ACHIEVEMENT: ({}, {}),
        Kind.MOTIVE: (
            {
                "what": _one_of(
                    *("pay", "growth", "leadership", "learning", "technology", "mission"),
                    *("stability", "flexibility", "commute", "balance", "team", "recognition"),
                    "autonomy",
                )
            },
            {},
        ),
        Kind.CONSTRAINT: (
            {
                "what": _one_of(
                    *("visa", "family", "commute", "travel", "hours", "non_compete", "housing"),
                    "study",
                )
            },
            {},
        ),
        Kind.STANCE: ({"level": _one_of("active", "open", "later", "not_interested")}, {}),
        Kind.TOPIC: ({"name": _words}, {}),
        Kind.REFERRAL: ({"name": _words}, {}),
        Kind.STOP: ({"tier": _one_of("hard", "pause")}, {"until": _day}),
        Kind.CHANNEL: ({"name": _one_of("email", "phone", "text", "whatsapp", "linkedin")}, {}),
        Kind.TIME: ({}, {"from": _hour, "to": _hour, "days": _weekdays}),
    }
)


def check(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The value, if it is one of its kind. Raises InvalidValueError."""
    needed, allowed = SHAPES[kind]
    if unknown := sorted(set(value) - set(needed) - set(allowed)):
        name = unknown[0][:40].encode("ascii", "replace").decode()
        raise InvalidValueError(f"A {kind} has no “{name}”.")
    if missing := [name for name in needed if name not in value]:
        raise InvalidValueError(f"A {kind} needs “{missing[0]}”.")
    checks = {**needed, **allowed}
    for name, said in value.items():
        if not checks[name](said):
            raise InvalidValueError(f"This is no “{name}” of a {kind}.")
    return dict(value)


#: What a check lets pass, as JSON Schema says it.
_SCHEMAS: Mapping[Check, Mapping[str, Any]] = MappingProxyType(
    {
        _words: {"type": "string"},
        _number: {"type": "number"},
        _day: {"type": "string", "description": "a day as 2026-09-01"},
        is_day_or_year: {"type": "string", "description": "a year or a day: 2021, 2026-09-01"},
        _hour: {"type": "string", "description": "an hour as 18:00"},
        _yes_or_no: {"type": "boolean"},
        _country: {"type": "string", "description": "two capital letters"},
        _weekdays: {"type": "array", "items": {"type": "string", "enum": list(_DAYS)}},
    }
)


def properties(kind: str) -> dict[str, tuple[dict[str, Any], bool]]:
    """By key of a value of this kind, what it may be, as JSON Schema, and whether it must be
    there."""
    needed, allowed = SHAPES[kind]
    return {
        name: (_schema(check), name in needed) for name, check in ({**needed, **allowed}).items()
    }


def _schema(check: Check) -> dict[str, Any]:
    if isinstance(check, _OneOf):
        return {"type": "string", "enum": list(check.choices)}
    return dict(_SCHEMAS[check])
