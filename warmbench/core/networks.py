"""Tells which network an address is in: enough to prove or to count, too little to follow."""

from ipaddress import IPv4Address, IPv6Address, ip_address

#: What is left of an IPv6 address when 48 of its 128 bits stay.
_REST = 128 - 48


def prefix(address: str) -> str:
    """The /24 of an address, or the /48 of an IPv6 one; blank for what is no address."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is None:
            return f"{IPv6Address(int(known) >> _REST << _REST)}/48"
        known = known.ipv4_mapped
    return f"{IPv4Address(int(known) & 0xFFFFFF00)}/24"
