"""The vendors that we can speak to, by name."""

from functools import cache

from warmbench.integrations.ats.protocol import Vendor


@cache
def all_of_them() -> dict[str, Vendor]:
    """Every vendor by its key, in the order in which a page offers them."""
    # Clients load when the first connection is looked at, and not with every process.
    from warmbench.integrations.ats import bullhorn, greenhouse, icims, lever  # noqa: PLC0415

    known = (greenhouse.VENDOR, lever.VENDOR, bullhorn.VENDOR, icims.VENDOR)
    return {one.key: one for one in known}


def of(key: str) -> Vendor:
    """The vendor of this key. Raises KeyError."""
    return all_of_them()[key]
