"""Says which facts may be shown, and may act, before anybody has confirmed them."""

from warmbench.insight.kinds import Kind

#: Kinds of which nine in ten are right where extractors are sure, on texts that they were not made
#: by (docs/benchmarks.md, Insights). Facts of the others wait until a person looked at them.
TRUSTED = frozenset(
    {
        *(Kind.SKILL, Kind.TITLE, Kind.EMPLOYER, Kind.ACHIEVEMENT, Kind.REFERRAL),
        *(Kind.PLACE, Kind.REMOTE, Kind.NOTICE, Kind.CHANNEL, Kind.TIME, Kind.TOPIC),
    }
)
#: From so sure on a fact is shown as known, and from so sure on it changes the profile.
SHOWN, ACTS = 0.85, 0.9


def is_shown(kind: str, confidence: float) -> bool:
    """Whether it stands among what is known though nobody has confirmed it."""
    return kind in TRUSTED and confidence >= SHOWN


def acts(kind: str, confidence: float) -> bool:
    """Whether it changes the profile though nobody has confirmed it."""
    return kind in TRUSTED and confidence >= ACTS
