"""SPF records are read as receivers read them (RFC 7208)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.zones import Zones
from warmbench.integrations.mail import dns_spf
from warmbench.integrations.mail.dns_lookup import NotAnsweredError
from warmbench.integrations.mail.dns_spf import Spf, SpfError


def spf(record: str, more: str = "") -> Spf | None:
    return dns_spf.read("northwind.test", Zones.of(f'northwind.test. IN TXT "{record}"\n{more}'))


def flaw(record: str, more: str = "") -> str:
    with pytest.raises(SpfError) as caught:
        spf(record, more)
    return str(caught.value)


def networks(record: str, more: str = "") -> list[str]:
    found = spf(record, more)
    assert found
    return [str(network) for network in found.networks]


def test_a_domain_may_have_none() -> None:
    assert dns_spf.read("northwind.test", Zones.of("")) is None
    assert spf("v=spf10 -all") is None
    assert spf("google-site-verification=x") is None


def test_two_records_are_none() -> None:
    assert "2 SPF records" in flaw("v=spf1 mx -all", 'northwind.test. IN TXT "v=spf1 a -all"')


def test_a_record_may_come_in_parts() -> None:
    zones = Zones.of('northwind.test. IN TXT "v=spf1 ip4:192.0.2." "1 -all"')
    found = dns_spf.read("northwind.test", zones)
    assert found
    assert found.lets("192.0.2.1")


def test_addresses_are_those_that_it_names() -> None:
    more = """
    northwind.test. IN A 192.0.2.9
    northwind.test. IN AAAA 2001:db8::9
    northwind.test. IN MX 10 mx.northwind.test.
    mx.northwind.test. IN A 192.0.2.10
    """
    assert networks("v=spf1 ip4:192.0.2.0/28 ip6:2001:db8::/32 -all") == [
        "192.0.2.0/28",
        "2001:db8::/32",
    ]
    assert networks("v=spf1 a -all", more) == ["192.0.2.9/32", "2001:db8::9/128"]
    assert networks("v=spf1 a/24//64 -all", more) == ["192.0.2.0/24", "2001:db8::/64"]
    assert networks("v=spf1 mx/30 -all", more) == ["192.0.2.8/30"]
    assert networks("V=SPF1 A:mx.northwind.test -ALL", more) == ["192.0.2.10/32"]


def test_only_what_passes_may_send() -> None:
    assert networks("v=spf1 -ip4:192.0.2.1 ~ip4:192.0.2.2 ?ip4:192.0.2.3 +ip4:192.0.2.4 -all") == [
        "192.0.2.4/32"
    ]


def test_what_it_includes_is_part_of_it() -> None:
    found = spf(
        "v=spf1 include:_spf.relay.test -all",
        """
        _spf.relay.test. IN TXT "v=spf1 include:_a.relay.test ?include:_b.relay.test ~all"
        _a.relay.test. IN TXT "v=spf1 ip4:192.0.2.0/24 -all"
        _b.relay.test. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"
        """,
    )
    assert found
    assert found.included == {"_spf.relay.test", "_a.relay.test", "_b.relay.test"}
    assert found.lets("192.0.2.7")
    assert not found.lets("198.51.100.7")
    assert found.lookups == 3


def test_a_record_may_send_readers_elsewhere() -> None:
    more = '_spf.northwind.test. IN TXT "v=spf1 ip4:192.0.2.1 -all"'
    assert networks("v=spf1 redirect=_spf.northwind.test", more) == ["192.0.2.1/32"]
    # RFC 7208 §6.1: never looked at where there is an "all".
    assert networks("v=spf1 redirect=nowhere.northwind.test -all") == []


@pytest.mark.parametrize(
    ("record", "everybody"),
    [
        ("v=spf1 +all", True),
        ("v=spf1 all", True),
        ("v=spf1 ip4:0.0.0.0/0 -all", True),
        ("v=spf1 include:open.test -all", True),
        ("v=spf1 redirect=open.test", True),
        ("v=spf1 ?include:open.test -all", False),
        ("v=spf1 mx:northwind.test ?all", False),
        ("v=spf1 -all +all", False),
    ],
)
def test_a_record_that_lets_everybody_send_is_noticed(record: str, everybody: bool) -> None:
    more = """
    open.test. IN TXT "v=spf1 +all"
    northwind.test. IN MX 10 mx.northwind.test.
    mx.northwind.test. IN A 192.0.2.10
    """
    found = spf(record, more)
    assert found
    assert found.lets_everybody is everybody


@pytest.mark.parametrize(
    ("record", "somebody"),
    [
        ("v=spf1 -all", False),
        ("v=spf1", False),
        ("v=spf1 include:none.test -all", False),
        ("v=spf1 ip4:192.0.2.1 -all", True),
        ("v=spf1 exists:%{i}._spf.northwind.test -all", True),
        ("v=spf1 include:%{d}._spf.relay.test -all", True),
        ("v=spf1 a:%{h} -all", True),
    ],
)
def test_a_record_that_lets_nobody_send_is_noticed(record: str, somebody: bool) -> None:
    found = spf(record, 'none.test. IN TXT "v=spf1 -all"')
    assert found
    assert found.lets_somebody is somebody


@pytest.mark.parametrize(
    "term",
    [
        "mx:",
        "include",
        "include:",
        "include:localhost",
        "ip4:192.0.2.300",
        "ip4:2001:db8::1",
        "ip6:192.0.2.1",
        "ip4:192.0.2.1/33",
        "a/33",
        "a//129",
        "ptr/24",
        "all:northwind.test",
        "all/24",
        "exists:a.test/24",
        "inlude:_spf.relay.test",
        "redirect=",
        "„mx“",
    ],
)
def test_what_is_not_spf_spoils_the_record(term: str) -> None:
    assert "SPF" in flaw(f"v=spf1 {term} -all") or "names no domain" in flaw(f"v=spf1 {term} -all")


@pytest.mark.parametrize("twice", ["redirect=a.test redirect=b.test", "exp=a.test exp=b.test"])
def test_modifiers_come_once(twice: str) -> None:
    assert "twice" in flaw(f"v=spf1 {twice}")


def test_unknown_modifiers_are_passed_over() -> None:
    assert spf("v=spf1 mx=yes exp=why.northwind.test ra=postmaster -all")


def test_including_what_has_no_record_spoils_it() -> None:
    assert "without an SPF record" in flaw("v=spf1 include:gone.test -all")
    assert "without an SPF record" in flaw("v=spf1 redirect=gone.test")


def test_ten_lookups_are_the_most() -> None:
    def chain(length: int) -> str:
        links = (f'_{n}.test. IN TXT "v=spf1 include:_{n + 1}.test -all"' for n in range(1, length))
        return "\n".join([*links, f'_{length}.test. IN TXT "v=spf1 ip4:192.0.2.1 -all"'])

    found = spf("v=spf1 include:_1.test -all", chain(10))
    assert found
    assert found.lookups == 10
    assert "more than 10 lookups" in flaw("v=spf1 include:_1.test -all", chain(11))
    assert "more than 10 lookups" in flaw("v=spf1 include:northwind.test -all")


def test_all_kinds_of_lookups_count() -> None:
    record = "v=spf1 a:n.test mx:n.test exists:n.test ptr include:i.test -all"
    more = """
    n.test. IN A 192.0.2.1
    n.test. IN MX 0 n.test.
    i.test. IN TXT "v=spf1 redirect=r.test"
    r.test. IN TXT "v=spf1 ip4:192.0.2.1 -all"
    """
    found = spf(record, more)
    assert found
    assert found.lookups == 6


def test_names_that_lead_nowhere_are_counted() -> None:
    assert spf("v=spf1 a:one.test mx:two.test -all")
    assert "lead nowhere" in flaw("v=spf1 a:one.test mx:two.test a:three.test -all")


def test_a_name_with_too_many_servers_spoils_it() -> None:
    many = "\n".join(f"northwind.test. IN MX 10 m{n}.test." for n in range(11))
    assert "more than 10 servers" in flaw("v=spf1 mx -all", many)


def test_one_record_covers_another_by_its_addresses() -> None:
    flat = spf("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all")
    assert flat
    inside = spf("v=spf1 ip4:192.0.2.128/25 ip6:2001:db8:1::/48 -all")
    outside = spf("v=spf1 ip4:192.0.2.128/25 ip4:198.51.100.1 -all")
    nothing = spf("v=spf1 -all")
    assert inside
    assert outside
    assert nothing
    assert flat.covers(inside)
    assert not flat.covers(outside)
    assert not flat.covers(nothing)


def test_nobody_answering_is_not_an_answer() -> None:
    zones = Zones.of('n.test. IN TXT "v=spf1 include:i.test -all"', "i.test")
    with pytest.raises(NotAnsweredError):
        dns_spf.read("n.test", zones)


WORDS = st.text("abimx+-~?:/=%{}.0123456789 ip4ncludertexist", max_size=60)


@given(WORDS)
def test_any_text_is_a_record_or_a_reason(text: str) -> None:
    zones = Zones({("n.test", "TXT"): [f'"v=spf1 {text}"']})
    try:
        found = dns_spf.read("n.test", zones)
    except SpfError:
        return
    assert found
    assert found.lookups <= 10
