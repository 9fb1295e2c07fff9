"""Shares of counts with their intervals: how sure one may be of a click share."""

import math
from typing import NamedTuple

#: The 97.5 % quantile of the normal distribution: intervals that hold the truth in 95 of 100 cases.
_Z = 1.959964


class Share(NamedTuple):
    """A share of something, from 0 to 1, and the interval in which it truly lies."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share as it was seen; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0


class Change(NamedTuple):
    """How much a share fell, and the interval in which that truly lies; below 0 it rose."""

    value: float
    low: float
    high: float

    @property
    def is_fall(self) -> bool:
        """Whether it fell, beyond chance."""
        return self.low > 0


def share(hits: int, of: int) -> Share:
    """A share with its 95 % score interval: E. B. Wilson, "Probable inference, the law of
    succession, and statistical inference", JASA 22 (1927). Right for few and for rare ones, too.
    Of nothing, everything is possible: 0 to 1."""
    if not of:
        return Share(hits, of, 0.0, 1.0)
    seen, square = hits / of, _Z * _Z
    middle = (seen + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * math.sqrt(seen * (1 - seen) / of + square / (4 * of * of))
    return Share(hits, of, max(0.0, middle - half), min(1.0, middle + half))


def fall(before: Share, after: Share) -> Change:
    """By how much a share fell from one group to another one, with its 95 % interval: R. G.
    Newcombe, "Interval estimation for the difference between independent proportions", Statistics
    in Medicine 17 (1998), method 10, which puts two of Wilson's intervals together."""
    one, other = before.value, after.value
    down = math.hypot(one - before.low, after.high - other)
    up = math.hypot(before.high - one, other - after.low)
    return Change(one - other, one - other - down, one - other + up)
