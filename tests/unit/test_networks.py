"""Which network an address is in."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.core import networks


@given(st.ip_addresses())
def test_it_is_the_one_that_holds_the_address(address: IPv4Address | IPv6Address) -> None:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    length = 24 if isinstance(address, IPv4Address) else 48
    assert networks.prefix(str(address)) == str(ip_network(f"{address}/{length}", strict=False))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_it_is_written_as_it_is_compared(address: str, network: str) -> None:
    assert networks.prefix(address) == network
