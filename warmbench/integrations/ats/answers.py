"""What vendors answer: JSON that may be anything, words that may name people, limits that mean
different things."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import httpx

from warmbench.integrations.ats.errors import UnreachableError

#: A wait that is longer is a clock that is wrong, theirs or ours.
_LONGEST_WAIT = timedelta(days=1)
_SHOWN = 160
#: Shorter texts that we sent are words like ``and``: to blot them out would only hide the reason.
_SHORTEST_HIDDEN = 4
_ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
#: Keys and tokens, and ids, which tell nobody anything either.
_OPAQUE = re.compile(r"(?=[\w.~+/-]*\d)[\w.~+/-]{20,}")
#: Phones.
_DIGITS = re.compile(r"\+?\d(?:[\s().-]*\d){5,}")
#: "No" as drop-down lists have it, and what says the same of a field for opt-outs.
_PLAIN_NO = frozenset(
    (
        *("no", "nein", "non", "nee", "não", "nao", "nej", "nei", "ei", "nie", "ne", "нет", "όχι"),
        *(
            "いいえ",
            "否",
            "false",
            "f",
            "n",
            "0",
            "off",
            "none",
            "-",
            "--",
            "n/a",
            "na",
            "unchecked",
        ),
        *("opt in", "opt-in", "opted in", "opted-in", "not opted out", "subscribed", "allowed"),
    )
)
_WORD_KEYS = ("errors", "message", "error_description", "errorMessage", "error", "title", "detail")


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: httpx.Headers
    body: bytes

    @cached_property
    def _parsed(self) -> tuple[bool, Any]:
        if not self.body.strip():
            return True, None
        try:
            return True, json.loads(self.body)
        except (ValueError, RecursionError):
            return False, None

    @property
    def is_readable(self) -> bool:
        """Whether it is JSON, or nothing at all."""
        return self._parsed[0]

    @property
    def json_or_none(self) -> Any:
        """The JSON; None where there is none, or none that can be read."""
        return self._parsed[1]

    @property
    def thing(self) -> dict[str, Any]:
        """The JSON object. Raises UnreachableError if it is something else."""
        if not isinstance(self.json_or_none, dict):
            raise UnreachableError("The answer is not of the form that was agreed.")
        return self.json_or_none

    @property
    def things(self) -> list[dict[str, Any]]:
        """The JSON list of objects. Raises UnreachableError if it is something else."""
        return things_in(self.json_or_none)

    @property
    def request_id(self) -> str:
        """What the vendor calls the call, if it does."""
        for name in ("X-Request-Id", "X-Transaction", "X-Amzn-Trace-Id", "CF-Ray"):
            if said := self.headers.get(name, ""):
                return str(said)[:120]
        return ""


def things_in(said: Any) -> list[dict[str, Any]]:
    """A list of objects. Raises UnreachableError if it is something else: to read it as an empty
    one would end a window that was never read."""
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise UnreachableError("The answer is not of the form that was agreed.")
    return said


def words(said: Any) -> str:
    """The sentence in a vendor's error, wherever it stands; blank if there is none."""
    match said:
        case str():
            return said
        case list():
            return " ".join(filter(None, (words(one) for one in said[:3])))
        case dict():
            found = (words(said[key]) for key in _WORD_KEYS if said.get(key))
            return next((one for one in found if one), "")
        case _:
            return ""


def without_personal_data(said: str, sent: Iterable[str]) -> str:
    """A vendor's words in short, without what we had sent and without what looks like an address
    or a number: errors are shown and logged."""
    for one in sorted(set(sent), key=len, reverse=True):
        if len(one) >= _SHORTEST_HIDDEN:
            said = said.replace(one, "…")
    for pattern in (_ADDRESS, _OPAQUE, _DIGITS):
        said = pattern.sub("…", said)
    said = "".join(letter for letter in " ".join(said.split()) if letter.isprintable())
    return said if len(said) <= _SHOWN else said[: _SHOWN - 1] + "…"


def forbids_mail(word: str) -> bool:
    """Whether a word in the field that somebody chose for opt-outs says so: whatever is no plain
    no does, in whichever language. A mark that was not understood must not count as leave."""
    said = " ".join(word.split()).casefold().rstrip(".!")
    return bool(said) and said not in _PLAIN_NO


def texts_in(said: Any) -> list[str]:
    """All texts in some JSON, but for the names of its fields."""
    match said:
        case str():
            return [said]
        case dict():
            return [text for one in said.values() for text in texts_in(one)]
        case list() | tuple():
            return [text for one in said for text in texts_in(one)]
        case _:
            return []


def number(headers: httpx.Headers, name: str) -> int | None:
    """A number that a header says, if it says one that can be meant."""
    said = headers.get(name, "").strip()
    return int(said) if said.isdecimal() and said.isascii() and len(said) < 12 else None


def wait_of(headers: httpx.Headers) -> timedelta | None:
    """How long ``Retry-After`` asks to be left alone, where it says so in seconds."""
    seconds = number(headers, "Retry-After")
    return None if seconds is None else _meant(timedelta(seconds=seconds))


def seconds_left(headers: httpx.Headers) -> timedelta | None:
    """How long it is to the reset, where that is said in seconds left."""
    seconds = number(headers, "X-RateLimit-Reset")
    return None if seconds is None else _meant(timedelta(seconds=seconds))


def until_epoch(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """How long it is to the reset, where that is said in seconds since 1970.

    Where our clock and theirs do not agree, theirs says what time it is.
    """
    seconds = number(headers, "X-RateLimit-Reset")
    if seconds is None or seconds > 32_503_680_000:
        return None
    reset = datetime.fromtimestamp(seconds, UTC)
    wait = _meant(reset - now)
    if wait is None and (theirs := _date(headers)):
        wait = _meant(reset - theirs)
    return wait


def _meant(wait: timedelta) -> timedelta | None:
    return wait if timedelta(0) <= wait <= _LONGEST_WAIT else None


def _date(headers: httpx.Headers) -> datetime | None:
    try:
        said = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
