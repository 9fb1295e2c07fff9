"""E-mail addresses and phone numbers as people type them, and as attackers do."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.people.addresses import Address, Fault, Oddity, Problem, email, emails
from warmbench.people.phones import Phone, phone, phones


@pytest.mark.parametrize(
    ("text", "address", "key"),
    [
        ("jane@example.com", "jane@example.com", "jane@example.com"),
        ("  Jane.Doe@Example.COM\t", "Jane.Doe@example.com", "jane.doe@example.com"),
        ("<jane@example.com>", "jane@example.com", "jane@example.com"),
        ("mailto:jane@example.com?subject=Hi", "jane@example.com", "jane@example.com"),
        ("'jane@example.com'", "jane@example.com", "jane@example.com"),
        ("jane@example.com.", "jane@example.com", "jane@example.com"),
        ("jane@example.com;", "jane@example.com", "jane@example.com"),
        ("jane @ example.com", "jane@example.com", "jane@example.com"),
        ("jane\uff20example.com", "jane@example.com", "jane@example.com"),
        ("o'brien+jobs@mail.example.org", None, "o'brien+jobs@mail.example.org"),
        ("jane@münchen.example", "jane@xn--mnchen-3ya.example", "jane@xn--mnchen-3ya.example"),
        ("jane@straße.example", "jane@xn--strae-oqa.example", "jane@xn--strae-oqa.example"),
        ("jane@XN--MNCHEN-3YA.example", None, "jane@xn--mnchen-3ya.example"),
    ],
)
def test_one_mailbox_has_one_key(text: str, address: str | None, key: str) -> None:
    found = email(text)

    assert isinstance(found, Address)
    assert found.key == key
    assert found.oddities == ()
    assert address is None or found.address == address


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jane Doe <jane@example.com>", "Jane Doe"),
        ('"Doe, Jane" <jane@example.com>', "Doe, Jane"),
        ("=?utf-8?q?J=C3=BCrgen?= <jane@example.com>", "Jürgen"),
        ("Jane <mailto:jane@example.com>", "Jane"),
        ("Jane Doe <jane@example.com> (work);", "Jane Doe"),
    ],
)
def test_the_name_beside_an_address_is_kept(text: str, name: str) -> None:
    found = email(text)

    assert isinstance(found, Address)
    assert (found.key, found.name) == ("jane@example.com", name)


@pytest.mark.parametrize(
    ("text", "oddity"),
    [
        ("\u200bjane@example.com\u00a0", Oddity.INVISIBLE),
        ("E-Mail: jane@example.com (private)", Oddity.TEXT_AROUND),
        ("jane..doe@example.com", Oddity.DOTS),
        ("jane.@example.com", Oddity.DOTS),
        ('"jane doe"@example.com', Oddity.QUOTED),
        ("jane@[127.0.0.1]", Oddity.LITERAL),
        (f"{'j' * 70}@example.com", Oddity.LONG_LOCAL_PART),
        ("jane@-example.com", Oddity.ODD_DOMAIN),
        ("jürgen@example.com", Oddity.NOT_ASCII),
        ("info@example.com", Oddity.SHARED),
        ("info@münchen.example", Oddity.SHARED),
    ],
)
def test_what_is_merely_odd_is_not_lost(text: str, oddity: Oddity) -> None:
    found = email(text)

    assert isinstance(found, Address)
    assert oddity in found.oddities


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("n/a", Fault.EMPTY),
        ("jane", Fault.NO_AT),
        ("@example.com", Fault.NO_LOCAL_PART),
        ("jane@", Fault.NO_DOMAIN),
        ("jane@example,com", Fault.BAD_DOMAIN),
        ("jane@exa mple.com", Fault.BAD_DOMAIN),
        ("jane@localhost", Fault.NO_DOT),
        ("Jane <jane@example.>", Fault.NO_DOT),
        ("jane@example..com", Fault.BAD_DOMAIN),
        ("jane@☃.example", Fault.BAD_DOMAIN),
        ("jane@" + "ü" * 70 + ".example", Fault.BAD_DOMAIN),
        ("jane doe@example.com", Fault.SPACE),
        ("jane@home@example.com", Fault.SEVERAL),
        ("jane,doe@example.com", Fault.BAD_LOCAL_PART),
        (f"{'j' * 250}@example.com", Fault.TOO_LONG),
    ],
)
def test_what_cannot_be_an_address_says_why(text: str, fault: Fault) -> None:
    assert email(text) == Problem(fault)
    assert fault.sentence.endswith(".")


INJECTIONS = [
    "jane@example.com\r\nBcc: eve@example.net",
    "jane@example.com\nBcc:eve@example.net",
    "jane\x00@example.com",
    "jane@exam\u2028ple.com",
    "jane\u2029@example.com",
    "=?utf-8?q?jane=0D=0ABcc:eve?=@example.com",
    "=?utf-8?q?Jane=0D=0ABcc:_eve@example.net?= <jane@example.com>",
    "=?utf-8?b?SmFuZQ0KQmNjOiBldmVAZXhhbXBsZS5uZXQ=?= <jane@example.com>",
    "=?no-such-charset?q?Jane?= <jane@example.com>",
    "mailto:jane@example.com%0D%0ABcc:eve@example.net",
    "Jane\r\nBcc: eve@example.net <jane@example.com>",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=3D0D=3D0A=3F=3D?= <jane@example.com>",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_nobody_smuggles_a_header_in(text: str) -> None:
    assert email(text) == Problem(Fault.INJECTION)
    assert emails(text) == [Problem(Fault.INJECTION)]


@given(st.text())
def test_no_address_can_break_a_header(text: str) -> None:
    for found in [email(text), *emails(text)]:
        if isinstance(found, Address):
            for part in (found.address, found.key, found.name):
                assert len(part.splitlines()) <= 1
                assert "\0" not in part
                assert "=?" not in part or "?=" not in part
            again = email(found.address)
            assert isinstance(again, Address)
            assert again.key == found.key


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("", []),
        (" - ", []),
        ("a@example.com; b@example.com", ["a@example.com", "b@example.com"]),
        (
            "a@example.com, b@example.com / c@example.com",
            ["a@example.com", "b@example.com", "c@example.com"],
        ),
        ("a@example.com\nb@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com A@EXAMPLE.com", ["a@example.com"]),
        ("a@example.com or b@example.com", ["a@example.com", "b@example.com"]),
        ("Doe, Jane <j@example.com>; Roe, Max <m@example.com>", ["j@example.com", "m@example.com"]),
    ],
)
def test_a_cell_may_hold_several_addresses(cell: str, keys: list[str]) -> None:
    assert [found.key for found in emails(cell) if isinstance(found, Address)] == keys
    assert len(emails(cell)) == len(keys)


def test_a_bad_address_does_not_take_a_good_one_with_it() -> None:
    good, bad = emails("jane@example.com, me@@")

    assert isinstance(good, Address)
    assert isinstance(bad, Problem)


HOSTILE = [
    "a" * 50_000 + "@",
    "a@" + "a-" * 30_000,
    "a@" + "a." * 30_000,
    "<" * 50_000,
    "<" + " " * 50_000 + "a",
    "a" + " " * 50_000 + "@" + " " * 50_000 + "b",
    "1" + " " * 50_000 + "1",
    "+" * 50_000,
    "(" * 50_000 + "0)",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_long_hostile_cell_is_judged_at_once(text: str) -> None:
    began = time.process_time()
    assert isinstance(email(text), Problem)
    assert all(isinstance(found, Problem) for found in [*emails(text), phone(text), *phones(text)])
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("+4930123456", "", "+4930123456"),
        ("+49 (0)30 123456", "", "+4930123456"),
        ("0049 30 123456", "", "+4930123456"),
        ("tel:+49-30-123456", "", "+4930123456"),
        ("030/123456", "DE", "+4930123456"),
        ("0171 2345678", "DE", "+491712345678"),
        ("1712345678", "DE", "+491712345678"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("1.212.555.0123", "us", "+12125550123"),
        ("'+12125550123", "", "+12125550123"),
        ("2125550123.0", "US", "+12125550123"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+39 06 1234 5678", "", "+390612345678"),
        ("06 12345678", "IT", "+390612345678"),
        ("(11) 96123-4567", "BR", "+5511961234567"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("\u202a+1 212\u2011555\u20110123\u202c", "", "+12125550123"),
    ],
)
def test_one_line_has_one_number(text: str, country: str, e164: str) -> None:
    assert phone(text, country) == Phone(e164)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("0171 2345678 ext. 12", "DE", Phone("+491712345678", "12")),
        ("491712345678", "DE", Phone("+491712345678", oddities=(Oddity.PLUS_ADDED,))),
        ("+1 555 123 4567", "", Phone("+15551234567")),
        ("1-800-FLOWERS", "US", Phone("+18003569377", oddities=(Oddity.TEXT_AROUND,))),
    ],
)
def test_an_unusual_number_is_not_lost(text: str, country: str, expected: Phone) -> None:
    assert phone(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "fault"),
    [
        ("", "DE", Fault.EMPTY),
        ("k.A.", "DE", Fault.EMPTY),
        ("ask her brother", "DE", Fault.NOT_A_NUMBER),
        ("2125550123", "", Fault.NO_COUNTRY),
        ("2125550123", "Germany", Fault.NO_COUNTRY),
        ("123", "US", Fault.TOO_SHORT),
        ("5550123", "US", Fault.TOO_SHORT),
        ("+49 30 1234567890123456", "", Fault.TOO_LONG),
        ("+999 123456789", "", Fault.NOT_A_NUMBER),
        ("4.91512E+11", "DE", Fault.ROUNDED),
        ("4,91512E+11", "DE", Fault.ROUNDED),
    ],
)
def test_what_cannot_be_dialled_says_why(text: str, country: str, fault: Fault) -> None:
    assert phone(text, country) == Problem(fault)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("", []),
        ("+49 30 123456 / +49 171 2345678", ["+4930123456", "+491712345678"]),
        ("030/123456", ["+4930123456"]),
        ("030 123456 oder 0171 2345678", ["+4930123456", "+491712345678"]),
        ("030 123456; 030 123456", ["+4930123456"]),
    ],
)
def test_a_cell_may_hold_several_numbers(cell: str, numbers: list[str]) -> None:
    found = phones(cell, "DE")

    assert [one.e164 for one in found if isinstance(one, Phone)] == numbers


@given(st.text(max_size=40), st.sampled_from(["", "DE", "US", "GB", "BR", "IT", "XX", "??"]))
def test_whatever_is_typed_gives_a_number_or_a_reason(text: str, country: str) -> None:
    for found in [phone(text, country), *phones(text, country)]:
        if isinstance(found, Phone):
            again = phone(found.e164)
            assert isinstance(again, Phone)
            assert again.e164 == found.e164


@given(st.from_regex(r"\+49(?:30|89|171)[1-9][0-9]{6}", fullmatch=True))
def test_spelling_does_not_change_a_number(e164: str) -> None:
    national = f"0{e164[3:]}"
    spellings = [f"+49 {e164[3:5]} {e164[5:]}", f"0049{e164[3:]}", f"+49 (0){e164[3:]}"]

    assert {phone(spelling) for spelling in spellings} == {Phone(e164)}
    assert phone(f"({national[:3]}) {national[3:6]}-{national[6:]}", "DE") == Phone(e164)


def test_a_number_takes_less_than_sixty_microseconds() -> None:
    numbers = ["+4930123456", "(212) 555-0123", "030 123456", "0171/2345678", "11 96123-4567"]
    began = time.process_time()
    for _ in range(200):
        for country, number in zip(("", "US", "DE", "DE", "BR"), numbers, strict=True):
            phone(number, country)
    assert (time.process_time() - began) / 1000 < 2e-3
