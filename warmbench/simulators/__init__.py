"""Simulated vendors on this machine, speaking their real HTTP: for developers, tests, the demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from warmbench.simulators.pace import Limits
from warmbench.simulators.server import Simulator
from warmbench.simulators.vendor import Vendor
from warmbench.simulators.world import World

__all__ = ["VENDORS", "Limits", "Simulator", "World", "running", "start"]

#: Where each vendor's class is. One module each; what it needs besides stands next to it.
VENDORS = {
    "greenhouse": "warmbench.simulators.greenhouse:Greenhouse",
    "lever": "warmbench.simulators.lever:Lever",
    "bullhorn": "warmbench.simulators.bullhorn:Bullhorn",
    "icims": "warmbench.simulators.icims:Icims",
    "calendly": "warmbench.simulators.calendly:Calendly",
    "chili_piper": "warmbench.simulators.chili_piper:ChiliPiper",
    "model_provider": "warmbench.simulators.model_provider:ModelProvider",
}


def start(
    vendor: str,
    world: World | None = None,
    *,
    port: int = 0,
    limits: Limits | None = None,
    webhook_url: str = "",
) -> Simulator:
    """A vendor that answers on 127.0.0.1 until it is closed. Port 0 is any that is free.

    ``limits`` replaces the vendor's usual ones. To ``webhook_url`` it sends webhooks as soon as
    something happens; for more control see ``Simulator.hook``.
    """
    module, _, name = VENDORS[vendor].partition(":")
    made: Vendor = getattr(import_module(module), name)(world or World(), limits)
    simulator = Simulator(made, port=port)
    if webhook_url:
        simulator.hook(webhook_url, at_once=True)
    return simulator


@contextmanager
def running(
    vendor: str,
    world: World | None = None,
    *,
    port: int = 0,
    limits: Limits | None = None,
    webhook_url: str = "",
) -> Iterator[Simulator]:
    """The same as ``start``, closed at the end of the block."""
    simulator = start(vendor, world, port=port, limits=limits, webhook_url=webhook_url)
    try:
        yield simulator
    finally:
        simulator.close()
