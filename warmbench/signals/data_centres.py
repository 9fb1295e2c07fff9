"""Tells which networks belong to data centres, by a dated list that comes with the product.

Another list, one network a line, takes its place where ``WARMBENCH_DATA_CENTRES`` names a file.
"""

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path

from django.conf import settings

_SHIPPED = Path(__file__).parent / "data" / "networks.txt"


class Networks:
    """A set of networks that can be asked whether another network lies in it."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        """Raises ValueError for what is no network."""
        known = [ip_network(prefix) for prefix in prefixes]
        self._spans = {
            version: _merged(
                (int(one.network_address), int(one.broadcast_address))
                for one in known
                if one.version == version
            )
            for version in (4, 6)
        }

    def __contains__(self, network: str) -> bool:
        """Whether the whole of a network, such as ``198.51.100.0/24``, lies in the set."""
        if not network:
            return False
        asked = ip_network(network)
        spans = self._spans[asked.version]
        at = bisect_right(spans, (int(asked.network_address), 1 << 129)) - 1
        return at >= 0 and spans[at][1] >= int(asked.broadcast_address)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


@lru_cache(maxsize=1)
def known() -> Networks:
    """The list in force, read once in a process. Raises ValueError for a line that is none."""
    path = Path(settings.DATA_CENTRES) if settings.DATA_CENTRES else _SHIPPED
    lines = path.read_text(encoding="utf-8").splitlines()
    return Networks(filter(None, (line.partition("#")[0].strip() for line in lines)))
