"""Keys that a person made, and tokens that expire: carried with every call, and renewed, where
that is possible, by one process at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from warmbench.integrations.ats.protocol import Keys

#: Renewed so long before its end: a call takes its time.
_EARLY = timedelta(seconds=60)
#: How long a token is taken to live where what is said of it cannot be: a clock is wrong.
_USUAL_LIFE = timedelta(hours=1)
_LONGEST_LIFE = timedelta(days=2)


class Bearer:
    """Gets in with a token of an hour or so, which is stored as ``access`` and ``until``.

    ``ask`` is handed what is stored, and returns what is to be stored instead of it: what it
    returns is committed before it is used, since a refresh token may work only once.
    """

    def __init__(
        self,
        keys: Keys,
        base: str,
        ask: Callable[[dict[str, str]], dict[str, str]],
        headers: Callable[[str], Mapping[str, str]] = lambda token: {
            "Authorization": f"Bearer {token}"
        },
    ) -> None:
        self._keys, self._base, self._ask, self._headers = keys, base, ask, headers
        self._held: dict[str, str] = {}

    def base(self) -> str:
        """The address that paths are added to: that which came with the token, if one did."""
        return self._tokens().get("base") or self._base

    def headers(self) -> Mapping[str, str]:
        """What a call carries."""
        return self._headers(self._tokens()["access"])

    def renew(self) -> bool:
        """Get another token than the one that was carried."""
        self._held = self._renewed(not_this=self._held.get("access", ""))
        return True

    def _tokens(self) -> dict[str, str]:
        now = self._keys.clock()
        if not is_good(self._held, now):
            self._held = self._keys.tokens.current()
        if not is_good(self._held, now):
            self._held = self._renewed(not_this=self._held.get("access", ""))
        return self._held

    def _renewed(self, *, not_this: str) -> dict[str, str]:
        def ask(stored: dict[str, str]) -> dict[str, str]:
            # Somebody else may have had it renewed while we waited for the lock.
            if stored.get("access") != not_this and is_good(stored, self._keys.clock()):
                return stored
            return self._ask(stored)

        return self._keys.tokens.renew(ask)


class Pasted:
    """Gets in with what a person pasted: only a person can make another."""

    def __init__(self, base: str, authorization: str) -> None:
        self._base, self._authorization = base, authorization

    def base(self) -> str:
        """The address that paths are added to."""
        return self._base

    def headers(self) -> Mapping[str, str]:
        """What a call carries."""
        return {"Authorization": self._authorization}

    def renew(self) -> bool:
        """There is nothing to get."""
        return False


def is_good(tokens: Mapping[str, str], now: datetime) -> bool:
    """Whether what is stored can be carried for a while."""
    until = tokens.get("until", "")
    return bool(tokens.get("access")) and bool(until) and datetime.fromisoformat(until) > now


def until(now: datetime, ends: datetime | None) -> str:
    """Until when a token is carried, by our clock, as it is stored."""
    life = ends - now if ends else _USUAL_LIFE
    if not _EARLY < life <= _LONGEST_LIFE:
        life = _USUAL_LIFE
    return (now + life - min(_EARLY, life / 2)).isoformat()
