"""What came back, what it is worth, and what a recruiter should do about it."""

from warmbench.signals.models.follow_up import FollowUp
from warmbench.signals.models.hit import Hit
from warmbench.signals.models.signal import Signal
from warmbench.signals.models.warmth import ScopedWarmth, Warmth, WarmthPolicy

__all__ = ["FollowUp", "Hit", "ScopedWarmth", "Signal", "Warmth", "WarmthPolicy"]
