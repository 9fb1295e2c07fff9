"""The sample ATS that the demo runs beside itself, and how its pages learn of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from warmbench.simulators.greenhouse import Greenhouse
from warmbench.simulators.server import HOST
from warmbench.simulators.world import World

VENDOR = "greenhouse"
#: Other people than the sample agency's own, and few enough to look at.
CANDIDATES = 300
ROLES = 20
SEED = 41
#: The port that is tried first.
PORT = 8090


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a person would type in to connect it; the names are those of the client."""

    vendor: str
    addresses: dict[str, str]
    credentials: dict[str, str]


def offer(port: int, *, clock: Callable[[], datetime]) -> dict[str, Any]:
    """What ``SAMPLE_ATS`` says of a sample that answers on this port."""
    vendor = Greenhouse(World(CANDIDATES, ROLES, seed=SEED, clock=clock))
    vendor.address = f"http://{HOST}:{port}"
    return {
        "vendor": VENDOR,
        "addresses": vendor.addresses(),
        "credentials": vendor.credentials,
    }


def offered() -> Offer | None:
    """The sample ATS of this demo; None outside it."""
    return Offer(**settings.SAMPLE_ATS) if settings.SAMPLE_ATS else None
