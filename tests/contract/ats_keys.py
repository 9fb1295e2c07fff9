"""Keys for clients under test: what is pasted, where it leads, and tokens kept in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from warmbench.core.vault import Secret
from warmbench.integrations.ats.protocol import Found, Keys, Reading

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Kept:
    """Tokens as a row of the database would keep them: each renewal is there for all."""

    tokens: dict[str, str] = field(default_factory=dict)
    #: What was kept, one after the other.
    history: list[dict[str, str]] = field(default_factory=list)

    def current(self) -> dict[str, str]:
        return dict(self.tokens)

    def renew(self, ask: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
        self.tokens = ask(dict(self.tokens))
        self.history.append(dict(self.tokens))
        return dict(self.tokens)


def keys_for(
    credentials: Mapping[str, str],
    addresses: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    kept: Kept | None = None,
    found: Found | None = None,
    calls: list[tuple[int, int | None, int | None]] | None = None,
    **mapping: Any,
) -> Keys:
    """Keys that a client can be opened with."""
    told = calls if calls is not None else []
    return Keys(
        credentials={name: Secret(value) for name, value in credentials.items()},
        addresses=dict(addresses),
        mapping=Reading(**mapping),
        found=found,
        tokens=kept or Kept(),
        clock=clock,
        on_call=lambda *said: told.append(said),
    )
