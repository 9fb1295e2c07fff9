"""Says how long what failed is left alone: longer each time, and never for ever."""

from datetime import timedelta

#: It doubles so often at most: a span may not be as long as one likes.
_MOST = 16


def pause(shortest: timedelta, times: int, *, longest: timedelta) -> timedelta:
    """The pause after it failed, and ``times`` times before that: the shortest at first, and
    twice as long each time, up to the longest."""
    factor: int = 2 ** min(times, _MOST)
    return min(shortest * factor, longest)
