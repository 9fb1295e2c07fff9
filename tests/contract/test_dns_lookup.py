"""The DNS is asked over a real socket, and "none" is told from "nobody answered"."""

import dns.nameserver
import pytest

from tests.contract.zones import Zones, serving
from warmbench.integrations.mail import dns_lookup
from warmbench.integrations.mail.dns_lookup import Lookup, NotAnsweredError

LONG_KEY = "p=" + "A" * 390
ZONES = """
northwind.test. IN TXT "v=spf1 -all"
northwind.test. IN TXT "another"
northwind.test. IN MX 20 second.northwind.test.
northwind.test. IN MX 10 first.northwind.test.
nomail.test. IN MX 0 .
first.northwind.test. IN A 192.0.2.1
first.northwind.test. IN AAAA 2001:db8::1
"""


def test_answers_are_read() -> None:
    with serving(Zones.of(ZONES)) as server:
        asked = Lookup([server])
        assert sorted(asked.txt("northwind.test")) == ["another", "v=spf1 -all"]
        assert asked.mx("Northwind.Test.") == ["first.northwind.test", "second.northwind.test"]
        assert asked.mx("nomail.test") == [""]
        assert asked.addresses("first.northwind.test") == ["192.0.2.1", "2001:db8::1"]


def test_the_parts_of_a_text_are_one() -> None:
    zones = Zones.of(f'wb._domainkey.northwind.test. IN TXT "{LONG_KEY[:255]}" "{LONG_KEY[255:]}"')
    with serving(zones) as server:
        assert Lookup([server]).txt("wb._domainkey.northwind.test") == [LONG_KEY]


@pytest.mark.parametrize(
    "name",
    ["gone.test", "nomail.test", "two..dots.test", f"{'a' * 64}.test", "", "\udcff.test"],
)
def test_nothing_there_is_an_answer(name: str) -> None:
    with serving(Zones.of(ZONES)) as server:
        assert Lookup([server]).txt(name) == []


def test_a_broken_zone_is_no_answer() -> None:
    with (
        serving(Zones.of(ZONES, "northwind.test")) as server,
        pytest.raises(NotAnsweredError, match=r"northwind\.test"),
    ):
        Lookup([server]).txt("northwind.test")


def test_a_silent_server_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_lookup, "_ALL", 0.2)
    with pytest.raises(NotAnsweredError):
        Lookup(["127.0.0.1:9"]).txt("northwind.test")


def test_all_questions_together_have_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_lookup, "_ALL", 0.0)
    with (
        serving(Zones.of(ZONES)) as server,
        pytest.raises(NotAnsweredError, match="too slowly"),
    ):
        Lookup([server]).txt("northwind.test")


def test_nothing_is_asked_twice() -> None:
    zones = Zones.of(ZONES)
    with serving(zones) as server:
        asked = Lookup([server])
        assert asked.txt("northwind.test") == asked.txt("northwind.test")
        assert asked.txt("gone.test") == asked.txt("gone.test")
    assert zones.asked == ["northwind.test TXT", "gone.test TXT"]


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("192.0.2.1", "192.0.2.1", 53),
        ("192.0.2.1:5353", "192.0.2.1", 5353),
        ("2001:db8::1", "2001:db8::1", 53),
        ("[2001:db8::1]", "2001:db8::1", 53),
        ("[2001:db8::1]:5353", "2001:db8::1", 5353),
    ],
)
def test_name_servers_are_named_as_usual(text: str, address: str, port: int) -> None:
    (server,) = Lookup([text]).servers
    assert isinstance(server, dns.nameserver.Do53Nameserver)
    assert (server.address, server.port) == (address, port)
