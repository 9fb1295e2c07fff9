"""The clock by which vendors and their clients live in tests, and the moment at which it stands."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        """Go on by so much time."""
        self.now += timedelta(**span)
