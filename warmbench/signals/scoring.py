"""What signals are worth: warmth with its evidence, and who shows high interest. Pure policy."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from warmbench.signals.models import Signal, WarmthPolicy

Interest = WarmthPolicy.Interest

HOTTEST = 100
#: From how many points on somebody is called so.
BANDS = {"hot": 80, "warm": 60, "mild": 40, "cool": 20}

#: What the first policy says a signal is worth. What somebody does by hand weighs more than a
#: click; what ends a conversation weighs nothing, because whether we may write at all is not a
#: question of warmth. A no is no interest, and a picture is loaded by machines as often as by
#: people. Kinds that a policy does not name weigh nothing.
_FIRST_WEIGHTS: dict[str, float] = {
    Signal.Kind.REPLIED: 40,
    Signal.Kind.PREFERENCES_UPDATED: 30,
    Signal.Kind.CLICKED: 20,
    Signal.Kind.BOOKED: 40,
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
    Signal.Kind.BOOKED: "Booked a talk",
    Signal.Kind.CALLED_OFF: "Called a talk off",
    Signal.Kind.NOT_THERE: "Did not come to a talk",
    Signal.Kind.PROMOTED: "Has another position",
    Signal.Kind.LEARNED: "Has new skills",
    Signal.Kind.RELOCATED: "Lives somewhere else",
}
SHARES: dict[str, float] = {Signal.Grade.CERTAIN: 1.0, Signal.Grade.LIKELY: 0.75}

#: Clicks in one message within so long are one occasion: somebody who reads a mail and
#: follows three of its links was interested once, not three times.
OCCASION = timedelta(hours=1)
#: What somebody does with a message in front of them.
_READING = {Signal.Kind.CLICKED, Signal.Kind.OPENED}

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


@dataclass(frozen=True)
class Policy:
    """What signals are worth, how fast that is lost, and what high interest is."""

    #: Who is measured by it: everybody, or such as ``pool:7``.
    scope: str = ""
    #: Stored with each warmth: rows of another version are counted anew. 0 of a draft.
    version: int = 1
    #: Points by kind on the day a signal comes, if it is certain.
    weights: Mapping[str, float] = field(default_factory=lambda: dict(_FIRST_WEIGHTS))
    half_life_days: int = 30
    #: High interest: so many occasions within so many days.
    interest_count: int = 3
    interest_days: int = 30
    interest_of: str = Interest.HUMAN

    def __post_init__(self) -> None:
        """Raises ValueError for numbers by which nobody can be measured."""
        if min(self.half_life_days, self.interest_count, self.interest_days) < 1:
            raise ValueError("Days and counts of a policy begin with 1.")
        if any(not 0 <= worth <= HOTTEST for worth in self.weights.values()):
            raise ValueError(f"A signal is worth from 0 to {HOTTEST} points.")

    @property
    def half_life(self) -> timedelta:
        """After which half of a warmth is gone."""
        return timedelta(days=self.half_life_days)

    @property
    def interest_span(self) -> timedelta:
        """How far back high interest looks."""
        return timedelta(days=self.interest_days)

    def counts(self, kind: str) -> bool:
        """Whether such a signal counts towards high interest: whatever warms, and opens where the
        policy says so, whatever they weigh."""
        if kind == Signal.Kind.OPENED:
            return self.interest_of == Interest.OPENS
        return self.weights.get(kind, 0) > 0

    def rank_of(self, points: float, *, now: datetime) -> float:
        """The place in the order of warmth of so many points, as ``Warmth.rank`` keeps it."""
        return now.timestamp() + math.log2(points) * self.half_life.total_seconds()


#: What is in force where no other policy was adopted.
FIRST = Policy()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a warmth, and its share of the number."""

    at: datetime
    text: str
    #: What it was worth on its day.
    worth: float
    #: What it is worth now.
    points: int

    @property
    def cooled(self) -> float:
        """How much it lost since its day: with ``points`` exactly what it was worth."""
        return self.worth - self.points


def weight(signal: Heard, policy: Policy) -> float:
    """What a signal is worth when it comes."""
    return policy.weights.get(signal.kind, 0) * SHARES[signal.grade]


def cooled(points: float, policy: Policy, *, since: datetime, now: datetime) -> float:
    """What is left of some points after a while. Before ``since`` they were worth no more."""
    halvings = (now - since) / policy.half_life
    return points * math.exp2(-max(halvings, 0.0))


def total(signals: Iterable[Heard], policy: Policy, *, now: datetime) -> float:
    """What all signals together are worth now, without an upper end."""
    return math.fsum(cooled(weight(s, policy), policy, since=s.at, now=now) for s in signals)


def warmth(signals: Iterable[Heard], policy: Policy, *, now: datetime) -> float:
    """How warm somebody is, from 0 to 100."""
    return min(total(signals, policy, now=now), HOTTEST)


def shown(points: float) -> int:
    """The whole number that pages show for a warmth."""
    return min(_rounded(points), HOTTEST)


def band(score: int) -> str:
    """The word for a shown number; blank for the cold."""
    return next((word for word, least in BANDS.items() if score >= least), "")


def why(signals: Iterable[Heard], policy: Policy, *, now: datetime) -> list[Evidence]:
    """What the shown number is made of, newest first. The points add up to it exactly."""
    newest_first = sorted(signals, key=lambda s: s.at, reverse=True)
    worth = [weight(s, policy) for s in newest_first]
    exact = [
        cooled(points, policy, since=s.at, now=now)
        for s, points in zip(newest_first, worth, strict=True)
    ]
    points = _whole(exact)
    evidence = [
        Evidence(s.at, sentence(s), was, share)
        for s, was, share in zip(newest_first, worth, points, strict=True)
        if share
    ]
    if (over := sum(points) - HOTTEST) > 0:
        evidence.append(Evidence(now, f"Warmth ends at {HOTTEST}", -over, -over))
    return evidence


def occasions(signals: Iterable[Heard], policy: Policy, *, now: datetime) -> int:
    """On how many separate occasions a person took an interest lately.

    Each reply and each update of the preferences is one; clicks in one message within an
    hour are one together, with its opens where those count.
    """
    since = now - policy.interest_span
    recent = [s for s in signals if since < s.at <= now and policy.counts(s.kind)]
    looks: defaultdict[int | None, list[datetime]] = defaultdict(list)
    count = 0
    for signal in recent:
        if signal.kind in _READING:
            looks[signal.message_id].append(signal.at)
        else:
            count += 1
    return count + sum(_apart(sorted(moments)) for moments in looks.values())


def is_high_interest(signals: Iterable[Heard], policy: Policy, *, now: datetime) -> bool:
    """Whether a recruiter should hear about this person now."""
    return occasions(signals, policy, now=now) >= policy.interest_count


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
