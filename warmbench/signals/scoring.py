"""What signals are worth: warmth with its evidence, and who shows high interest. Pure policy."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from warmbench.signals.models import Signal

#: Stored with each warmth. Rises whenever a number below or the arithmetic changes; rows of
#: an older policy are then counted anew.
POLICY = 1

HALF_LIFE = timedelta(days=30)
HOTTEST = 100

#: What a signal is worth on the day it comes, if it is certain. What somebody does by hand
#: weighs more than a click; what ends a conversation weighs nothing, because whether we may
#: write at all is not a question of warmth.
WEIGHTS: dict[str, float] = {
    Signal.Kind.REPLIED: 40,
    Signal.Kind.PREFERENCES_UPDATED: 30,
    Signal.Kind.CLICKED: 20,
    Signal.Kind.UNSUBSCRIBED: 0,
    Signal.Kind.ADDRESS_DEAD: 0,
    Signal.Kind.COMPLAINED: 0,
    Signal.Kind.MOVED: 0,
    # Somebody who cares enough to say no is awake, but a no is no interest.
    Signal.Kind.NOT_FOR_ME: 0,
    # A picture is loaded by machines as often as by people.
    Signal.Kind.OPENED: 0,
    Signal.Kind.ABSENT: 0,
    Signal.Kind.WENT_QUIET: 0,
}
_SENTENCES: dict[str, str] = {
    Signal.Kind.CLICKED: "Clicked a link",
    Signal.Kind.REPLIED: "Replied",
    Signal.Kind.PREFERENCES_UPDATED: "Updated their preferences",
    Signal.Kind.UNSUBSCRIBED: "Unsubscribed",
    Signal.Kind.ADDRESS_DEAD: "Their address no longer works",
    Signal.Kind.COMPLAINED: "Called a message spam",
    Signal.Kind.MOVED: "Moved on",
    Signal.Kind.NOT_FOR_ME: "Said what does not fit",
    Signal.Kind.OPENED: "Opened a message",
    Signal.Kind.ABSENT: "Is away",
    Signal.Kind.WENT_QUIET: "Went quiet",
}
SHARES: dict[str, float] = {Signal.Grade.CERTAIN: 1.0, Signal.Grade.LIKELY: 0.75}

#: High interest: so many occasions within so long.
HIGH_INTEREST = 3
INTEREST_SPAN = timedelta(days=30)
#: Clicks in one message within so long are one occasion: somebody who reads a mail and
#: follows three of its links was interested once, not three times.
OCCASION = timedelta(hours=1)

#: A sum and the same sum in another order differ in the last bits; neither may round down
#: where the other rounds up.
_NOISE = 1e-6


class Heard(Protocol):
    """A signal, as far as it is scored."""

    @property
    def kind(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def message_id(self) -> int | None: ...
    @property
    def topic(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a warmth, and its share of the number."""

    at: datetime
    text: str
    points: int


def weight(signal: Heard) -> float:
    """What a signal is worth when it comes."""
    return WEIGHTS[signal.kind] * SHARES[signal.grade]


def cooled(points: float, *, since: datetime, now: datetime) -> float:
    """What is left of some points after a while. Before ``since`` they were worth no more."""
    halvings = (now - since) / HALF_LIFE
    return points * math.exp2(-max(halvings, 0.0))


def total(signals: Iterable[Heard], *, now: datetime) -> float:
    """What all signals together are worth now, without an upper end."""
    return math.fsum(cooled(weight(s), since=s.at, now=now) for s in signals)


def warmth(signals: Iterable[Heard], *, now: datetime) -> float:
    """How warm somebody is, from 0 to 100."""
    return min(total(signals, now=now), HOTTEST)


def shown(points: float) -> int:
    """The whole number that pages show for a warmth."""
    return min(_rounded(points), HOTTEST)


def why(signals: Iterable[Heard], *, now: datetime) -> list[Evidence]:
    """What the shown number is made of, newest first. The points add up to it exactly."""
    newest_first = sorted(signals, key=lambda s: s.at, reverse=True)
    exact = [cooled(weight(s), since=s.at, now=now) for s in newest_first]
    points = _whole(exact)
    evidence = [
        Evidence(s.at, sentence(s), share)
        for s, share in zip(newest_first, points, strict=True)
        if share
    ]
    if (over := sum(points) - HOTTEST) > 0:
        evidence.append(Evidence(now, f"Warmth ends at {HOTTEST}", -over))
    return evidence


def occasions(signals: Iterable[Heard], *, now: datetime) -> int:
    """On how many separate occasions in the last 30 days a person took an interest.

    Each reply and each update of the preferences is one; clicks in one message within an
    hour are one together.
    """
    recent = [s for s in signals if now - INTEREST_SPAN < s.at <= now and weight(s)]
    clicks: defaultdict[int | None, list[datetime]] = defaultdict(list)
    count = 0
    for signal in recent:
        if signal.kind == Signal.Kind.CLICKED:
            clicks[signal.message_id].append(signal.at)
        else:
            count += 1
    return count + sum(_apart(sorted(moments)) for moments in clicks.values())


def is_high_interest(signals: Iterable[Heard], *, now: datetime) -> bool:
    """Whether a recruiter should hear about this person now."""
    return occasions(signals, now=now) >= HIGH_INTEREST


def sentence(signal: Heard) -> str:
    """The signal in words, without its date."""
    about = signal.topic
    said = _SENTENCES[signal.kind]
    if not about:
        return said
    return f"Clicked in “{about}”" if signal.kind == Signal.Kind.CLICKED else f"{said}: {about}"


def _apart(moments: Sequence[datetime]) -> int:
    count, began = 0, None
    for moment in moments:
        if began is None or moment - began > OCCASION:
            count, began = count + 1, moment
    return count


def _rounded(points: float) -> int:
    return math.floor(points + 0.5 + _NOISE)


def _whole(exact: Sequence[float]) -> list[int]:
    """Whole numbers close to the exact ones, with the same sum as theirs, rounded."""
    whole = [math.floor(x) for x in exact]
    missing = _rounded(math.fsum(exact)) - sum(whole)
    by_rest = sorted(range(len(exact)), key=lambda i: exact[i] - whole[i], reverse=True)
    for i in by_rest[:missing]:
        whole[i] += 1
    return whole
