"""Says in words how one policy of warmth differs from another."""

from collections.abc import Iterator

from warmbench.signals.scoring import Interest, Policy
from warmbench.web.warmth_form import KINDS


def differences(before: Policy, after: Policy) -> list[str]:
    """What is different, each in a few words: “A reply 40 → 50 points”."""
    return list(_differences(before, after))


def _differences(before: Policy, after: Policy) -> Iterator[str]:
    for kind, (label, _) in KINDS.items():
        was, now = before.weights.get(kind, 0), after.weights.get(kind, 0)
        if was != now:
            yield f"{label} {was:g} → {now:g} points"
    if before.half_life_days != after.half_life_days:
        yield f"Half-life {before.half_life_days} → {after.half_life_days} days"
    was_rule, rule = _rule(before), _rule(after)
    if was_rule != rule:
        yield f"High interest {was_rule} → {rule}"
    if before.interest_of != after.interest_of:
        counts = after.interest_of == Interest.OPENS
        yield f"Opens {'count' if counts else 'no longer count'} towards high interest"


def _rule(policy: Policy) -> str:
    return f"{policy.interest_count} times in {policy.interest_days} days"
