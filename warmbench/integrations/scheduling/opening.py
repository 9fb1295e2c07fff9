"""Opens the client of a recruiter's account, with its keys."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from warmbench.core.vault import Secret
from warmbench.integrations.ats.protocol import Keys, Reading
from warmbench.integrations.models import SchedulingAccount
from warmbench.integrations.scheduling import vendors
from warmbench.integrations.scheduling.protocol import Account, Client, Link


@contextmanager
def opened(account: SchedulingAccount, *, clock: Callable[[], datetime]) -> Iterator[Client]:
    """A client for this account, closed at the end."""
    pasted: dict[str, str] = json.loads(account.credentials or "{}")
    with opened_with(account.vendor, pasted, account.addresses, clock=clock) as client:
        yield client


@contextmanager
def opened_with(
    vendor_key: str,
    pasted: Mapping[str, str],
    addresses: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
) -> Iterator[Client]:
    """A client for keys that are not stored, closed at the end."""
    vendor = vendors.of(vendor_key)
    client = vendor.open(
        Keys(
            credentials={name: Secret(value) for name, value in pasted.items()},
            addresses={**vendor.addresses, **addresses},
            mapping=Reading(),
            found=None,
            tokens=_NoTokens(),
            clock=clock,
            on_call=lambda _status, _limit, _remaining: None,
        )
    )
    try:
        yield client
    finally:
        client.close()


def to_json(found: Account) -> dict[str, object]:
    """What a test found out, as it is kept."""
    links = [{"id": one.id, "name": one.name, "url": one.url} for one in found.links]
    return {"name": found.name, "links": links, "ids": dict(found.ids)}


def links_of(account: SchedulingAccount) -> list[Link]:
    """What can be booked there, as of the last test."""
    return [Link(**one) for one in account.found.get("links", ())]


class _NoTokens:
    """Their keys do not expire."""

    def current(self) -> dict[str, str]:
        """Nothing."""
        return {}

    def renew(self, ask: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
        """What is asked for, kept nowhere."""
        return ask({})
