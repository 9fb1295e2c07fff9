"""Says what one account lets us write: what the vendor's API can, less what the account forbids."""

from dataclasses import dataclass

from warmbench.integrations.ats import opening, vendors
from warmbench.integrations.ats.protocol import Ability, Can, Capabilities
from warmbench.integrations.models import AtsConnection


@dataclass(frozen=True, slots=True)
class Possible:
    """Whether something can be written, and if not, why, in a sentence."""

    is_possible: bool
    note: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can be written to one account."""

    opt_out: Possible
    text_opt_out: Possible
    tags: Possible
    status: Possible
    activity: Possible
    merges: Possible
    erasures: Possible


def of(connection: AtsConnection) -> Abilities:
    """What can be written to this account, by its vendor, its last test, and how its words are
    read."""
    vendor = vendors.of(connection.vendor)
    can = vendor.capabilities
    found = opening.found_of(connection)
    forbidden = set(found.read_only) if found else set()
    words = {
        name: _possible(name, _ability(can, name), forbidden, vendor.label)
        for name in Abilities.__slots__
    }
    return Abilities(**words)


def _ability(can: Capabilities, name: str) -> Ability:
    found: Ability = getattr(can, name)
    return found


def _possible(name: str, ability: Ability, forbidden: set[str], label: str) -> Possible:
    if ability.can == Can.NO:
        return Possible(is_possible=False, note=ability.note or f"{label} has no place for this.")
    if name in forbidden:
        return Possible(
            is_possible=False, note=f"This account of {label} does not let us write it."
        )
    return Possible(is_possible=True, note=ability.note)
