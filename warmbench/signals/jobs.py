"""What the worker's loop ``signals`` does, again and again."""

from warmbench.core import clock
from warmbench.signals import hits


def judge_due() -> int:
    """Judge the hits that have been held long enough. Returns how many there were: when there
    were any, there may be more."""
    return hits.judge_due(now=clock.now())
