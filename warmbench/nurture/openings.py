"""Writes the sentence that a check-in opens with, from what really happened between her and us."""

import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale

from warmbench.messaging.inbound.plain import fold

_DATA = Path(__file__).parent / "data" / "openings.yaml"
_ENGLISH = Locale("en")
#: Older things are not brought up: nobody remembers them, and what was noted may be wrong by now.
OLDEST_DAYS = 548
#: A topic that is longer, or has marks of sentences in it, is a note to ourselves.
_LONGEST_TOPIC = 80
_LONGEST_NAME = 120
_MARKS = re.compile(r"[.!?]\s|[;:\n\r{}<>@|/\\\"“”„()\[\]€$£%]|https?:|\d{3}|\d\s?k\b")
_WORD = re.compile(r"[\w'-]+")
#: Words with which a topic begins in lower case within a sentence.
_SMALL = frozenset(
    {"a", "an", "the", "your", "our", "how", "what", "whether", "where", "when", "why", "moving"}
)


@dataclass(frozen=True, slots=True)
class Past:
    """What there is to begin with, of one person. Dates are those of what we did."""

    talked_on: date | None = None
    talked_about: str = ""
    #: A role that she answered to, or looked at, and when we told her of it.
    role: str = ""
    role_on: date | None = None
    #: A piece that she read, and when we sent it.
    piece: str = ""
    piece_on: date | None = None
    employer: str = ""
    #: How many check-ins came before, and how those began.
    check_ins: int = 0
    openings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Fact:
    kind: str
    #: What tells it from other facts in an opening that was used before.
    mark: str
    fields: Mapping[str, str]


def write(past: Past, *, who: int, today: date) -> str:
    """One sentence or two about the first of these that may be said: the last conversation, a role
    that she took an interest in, what she read last, when we last spoke, where she works. Blank if
    there is none of them.

    What no check-in of hers began with goes first. The wording depends on ``who`` and on how many
    check-ins came before, so that two of one person never begin alike while there are others.
    """
    facts = list(_facts(past, today))
    if not facts:
        return ""
    used = " ".join(past.openings)
    fact = next((one for one in facts if one.mark not in used), facts[0])
    wordings = _written()[fact.kind]
    first = zlib.crc32(f"{who}".encode()) + past.check_ins
    said = [
        str(wordings[(first + step) % len(wordings)]).format_map(fact.fields)
        for step in range(len(wordings))
    ]
    return next((one for one in said if one not in past.openings), said[0])


def when(day: date | None, *, today: date) -> str:
    """When something was, as one says it: ``recently``, ``a few weeks ago``, ``in March``,
    ``in March 2025``. Blank for what is too old, unknown or still to come."""
    if day is None or not 0 <= (days := (today - day).days) <= OLDEST_DAYS:
        return ""
    if days < 14:
        return "recently"
    if days < 45:
        return "a few weeks ago"
    month = str(_ENGLISH.months["format"]["wide"][day.month])
    # In a year's time "in March" could be mistaken for the last one.
    return f"in {month}" if days < 330 else f"in {month} {day.year}"


def _facts(past: Past, today: date) -> Iterator[_Fact]:
    """What may be said, the best to begin with first."""
    talked = when(past.talked_on, today=today)
    topic = _topic(past.talked_about) if talked else ""
    if topic:
        yield _Fact("talk", f" {topic}", _timed(talked, topic=topic))
    for kind, title, on in (
        ("role", past.role, past.role_on),
        ("piece", past.piece, past.piece_on),
    ):
        if (at := when(on, today=today)) and (named := _name(title)):
            yield _Fact(kind, f"“{named}”", _timed(at, title=named))
    if talked and talked != "recently":
        yield _Fact("spoke", "last spoke", _timed(talked))
    employer = _name(past.employer)
    if employer and fold(employer) not in _no_employers():
        yield _Fact("work", f"at {employer}", {"employer": employer})


def _timed(at: str, **fields: str) -> dict[str, str]:
    return {"when": at, "When": at[0].upper() + at[1:], **fields}


def _topic(noted: str) -> str:
    """What a conversation was about, as it may stand in a letter to her; blank if it may not."""
    topic = noted.strip().rstrip(" .,-")
    if not topic or len(topic) > _LONGEST_TOPIC or not topic.isprintable() or _MARKS.search(topic):
        return ""
    topic = " ".join(topic.split())
    words = _WORD.findall(fold(topic))
    if not words or any(_is_unfit(word) for word in words):
        return ""
    head, _, rest = topic.partition(" ")
    return f"{head.lower()} {rest}".strip() if head.lower() in _SMALL else topic


def _name(given: str) -> str:
    """A title or a name as it may stand within a sentence; blank if it may not."""
    name = " ".join(given.split()).rstrip(" .,;:").replace("“", "").replace("”", "")
    if not any(each.isalnum() for each in name) or len(name) > _LONGEST_NAME:
        return ""
    return name if name.isprintable() and not set(name) & set("{}<>@\\|") else ""


def _is_unfit(word: str) -> bool:
    whole, beginnings = _unfit()
    return word in whole or word.startswith(beginnings)


@cache
def _unfit() -> tuple[Collection[str], tuple[str, ...]]:
    """Words that are unfit as they are, and how unfit words begin."""
    listed = [str(word) for words in _written()["unfit"].values() for word in words]
    beginnings = tuple(word[:-1] for word in listed if word.endswith("*"))
    return frozenset(word for word in listed if not word.endswith("*")), beginnings


@cache
def _no_employers() -> Collection[str]:
    return frozenset(fold(str(name)) for name in _written()["no_employer"])


@cache
def _written() -> Mapping[str, Any]:
    written: Mapping[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return written
