"""Opens the client of a connection, with its keys, and counts what it calls."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from warmbench.core.vault import Secret
from warmbench.integrations.ats import vendors
from warmbench.integrations.ats.protocol import Ats, Choice, Found, Keys, Reading
from warmbench.integrations.models import AtsConnection

#: Of what a test found out.
_TEXTS = ("warnings", "read_only", "lacking")
_CHOICES = ("stages", "outcomes", "fields", "users", "note_kinds")


@contextmanager
def opened(connection: AtsConnection, *, clock: Callable[[], datetime]) -> Iterator[Ats]:
    """A client for this connection, closed at the end."""
    client = vendors.of(connection.vendor).open(keys_of(connection, clock=clock))
    try:
        yield client
    finally:
        client.close()


def keys_of(connection: AtsConnection, *, clock: Callable[[], datetime]) -> Keys:
    """What the client of this connection is opened with."""
    vendor = vendors.of(connection.vendor)
    pasted: dict[str, str] = json.loads(connection.credentials or "{}")
    return Keys(
        credentials={name: Secret(value) for name, value in pasted.items()},
        addresses={**vendor.addresses, **connection.addresses},
        mapping=reading_of(connection),
        found=found_of(connection),
        tokens=StoredTokens(connection.pk),
        clock=clock,
        on_call=_counting(connection.pk, clock),
    )


def reading_of(connection: AtsConnection) -> Reading:
    """How this account's words are read."""
    said = dict(connection.mapping)
    if "skill_fields" in said:
        said["skill_fields"] = tuple(said["skill_fields"])
    return Reading(**said)


def found_of(connection: AtsConnection) -> Found | None:
    """What the last test of its keys found out."""
    said = connection.found
    if not said:
        return None
    return Found(
        account=said["account"],
        candidates=said.get("candidates"),
        **{name: tuple(said.get(name, ())) for name in _TEXTS},
        **{name: tuple(Choice(**one) for one in said.get(name, ())) for name in _CHOICES},  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """The tokens of a connection, in its row."""

    connection_id: int

    def current(self) -> dict[str, str]:
        """What is stored."""
        return _opened(AtsConnection.objects.only("tokens").get(pk=self.connection_id))

    # Within another transaction it could be undone after the vendor took the old token for used,
    # and nobody would ever get in again.
    @transaction.atomic(durable=True)
    def renew(self, ask: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
        """Lock, hand what is stored to ``ask``, store its answer, and return it: of two who find
        a token expired, the second gets what the first was given."""
        locked = AtsConnection.objects.select_for_update(no_key=True).get(pk=self.connection_id)
        tokens = ask(_opened(locked))
        locked.tokens = json.dumps(tokens)
        locked.save(update_fields=["tokens"])
        return tokens


def _opened(connection: AtsConnection) -> dict[str, str]:
    tokens: dict[str, str] = json.loads(connection.tokens or "{}")
    return tokens


def _counting(
    connection_id: int, clock: Callable[[], datetime]
) -> Callable[[int, int | None, int | None], None]:
    def count(_status: int, limit: int | None, remaining: int | None) -> None:
        today = clock().date()
        row = AtsConnection.objects.filter(pk=connection_id)
        said = {"limit_said": limit, "remaining_said": remaining}
        said = {name: value for name, value in said.items() if value is not None}
        if not row.filter(calls_on=today).update(calls=F("calls") + 1, **said):
            row.update(calls_on=today, calls=1, **said)

    return count
