"""The systems for booking talks that we can speak to, by name."""

from functools import cache

from warmbench.integrations.scheduling.protocol import Vendor


@cache
def all_of_them() -> dict[str, Vendor]:
    """Every one by its key, in the order in which a page offers them."""
    # Clients load when the first account is looked at, and not with every process.
    from warmbench.integrations.scheduling import calendly, chili_piper  # noqa: PLC0415

    return {one.key: one for one in (calendly.VENDOR, chili_piper.VENDOR)}


def of(key: str) -> Vendor:
    """The vendor of this key. Raises KeyError."""
    return all_of_them()[key]
