"""Says whether what a follow-up rests on is still a high interest, by whichever policy called it
so."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warmbench.signals import policies, scoring
from warmbench.signals.models import Signal


def still_stands(evidence: Iterable[Mapping[str, Any]], heard: Sequence[Signal]) -> bool:
    """Whether the signals that are left are a high interest by everybody's policy, or by that of
    a scope that the evidence of an entry names."""
    if not heard:
        return False
    last = max(signal.at for signal in heard)
    own = policies.of_scopes()
    named = [own[scope] for scope in {item.get("about", "") for item in evidence} if scope in own]
    return any(
        scoring.is_high_interest(heard, policy, now=last)
        for policy in (policies.in_force(), *named)
    )
