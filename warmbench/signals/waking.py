"""Brings entries back into sight as soon as what they were put away for has happened."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from warmbench.signals import changes, follow_ups, scoring
from warmbench.signals.models import FollowUp, Signal

Wakes, Kind = FollowUp.Wakes, Signal.Kind

#: What becomes of an address, or of our patience, is nothing that they did.
_NOT_THEIR_DOING = frozenset(
    {Kind.ADDRESS_DEAD, Kind.ABSENT, Kind.WENT_QUIET, *(Kind.NOT_THERE, *changes.OF_PROFILES)}
)


def by_signals(signal_ids: Collection[int], *, now: datetime) -> int:
    """Bring back what waits for the next thing that these people do, or for their reply. Safe to
    repeat. Returns how many entries."""
    said: defaultdict[tuple[bool, str], dict[int, int]] = defaultdict(dict)
    for signal in Signal.objects.filter(pk__in=signal_ids).order_by("at", "pk"):
        is_reply = signal.kind == Kind.REPLIED
        if signal.kind not in _NOT_THEIR_DOING:
            said[is_reply, scoring.sentence(signal)][signal.candidate_id] = signal.pk
    return sum(
        follow_ups.wake(
            people.keys(),
            [Wakes.SIGNAL, Wakes.REPLY] if is_reply else [Wakes.SIGNAL],
            because=f"Back in sight: {sentence}",
            now=now,
            signals=people,
        )
        for (is_reply, sentence), people in said.items()
    )


def by_role(candidate_ids: Collection[int], *, now: datetime) -> int:
    """Bring back what waits for a role that fits these people. Safe to repeat. Returns how many
    entries."""
    because = "Back in sight: a role fits them"
    return follow_ups.wake(candidate_ids, [Wakes.ROLE], because=because, now=now)
