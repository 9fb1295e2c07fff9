"""Tells which network an address is in: enough to prove or to count, too little to follow."""

from ipaddress import IPv6Address, ip_address, ip_network


def prefix(address: str) -> str:
    """The /24 of an address, or the /48 of an IPv6 one; blank for what is no address."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    length = 48 if isinstance(known, IPv6Address) else 24
    return str(ip_network(f"{known}/{length}", strict=False))
