"""Whatever comes in is read, in time, and the same however its lines end."""

import base64
import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit import inbound_mails
from tests.unit.inbound_mails import ARF, HUMAN, OURS, POSTFIX
from tests.unit.strings import NASTY
from warmbench.core.tokens import Purpose
from warmbench.messaging.inbound import kind, mail, parts
from warmbench.messaging.inbound.kind import Letter, Loop
from warmbench.messaging.inbound.mail import Mail

MAILS = [
    *(each.encode() for each in inbound_mails.ALL),
    *(each.raw for each in inbound_mails.corpus()),
]


def read(text: str) -> Mail:
    return mail.read(text.encode())


def judged(raw: bytes) -> kind.Kind:
    """Everything that can be read from a mail, and what it is."""
    came = mail.read(raw)
    for name in ("sender", "sender_name", "subject", "delivered_to", "to", "return_path"):
        getattr(came, name)
    for name in ("message_id", "in_reply_to", "references", "date", "text", "html", "returned"):
        getattr(came, name)
    came.text.encode()
    return kind.kind_of(came, lambda _: None)


def test_a_mail_says_who_wrote_what_to_whom() -> None:
    came = read(HUMAN)
    assert (came.sender, came.sender_name) == ("ana@example.com", "Ana Moreau")
    assert came.delivered_to == ("alice+r2k4@northwind.example",)
    assert came.return_path == "ana@example.com"
    assert came.date == datetime(2026, 11, 4, 17, 2, tzinfo=UTC)
    assert came.message_id == "answer-1@example.com"
    assert came.in_reply_to == ("8405a9c29d2911551d006fde155c0262@northwind.example",)
    assert came.references[0] == "first@northwind.example"
    assert came.text.startswith("Hi Alice")


def test_a_mail_without_anything_is_read_as_well() -> None:
    came = mail.read(b"")
    assert (came.sender, came.sender_name, came.subject, came.text) == ("", "", "", "")
    assert (came.message_id, came.return_path, came.date) == ("", None, None)
    assert came.returned is None


def test_a_null_envelope_sender_is_told_from_an_unknown_one() -> None:
    assert read(POSTFIX).return_path == ""
    assert read(ARF).return_path is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ana@example.com", ("ana@example.com",)),
        ('"Moreau, Ana" <ana@example.com>, ben@example.org', ("ana@example.com",)),
        ("Team: ana@example.com, ben@example.org;", ("ana@example.com", "ben@example.org")),
        ("undisclosed-recipients:;", ()),
        ("mailer-daemon@example.com (Mail system)", ("mailer-daemon@example.com",)),
        ("<>", ()),
    ],
)
def test_addresses_are_found_in_whatever_stands_around_them(
    value: str, expected: tuple[str, ...]
) -> None:
    assert mail.addresses(value) == expected


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?= an =?utf-8?b?QW5h?=", "Grüße an Ana"),
        # A character that begins in one word and ends in the next.
        ("=?utf-8?b?w6nDoMM=?= =?utf-8?b?og==?=", "éàâ"),
        ("=?iso-8859-1?q?caf=E9_d'h=F4te?=", "café d'hôte"),
        ("=?no-such-charset?q?caf=C3=A9?=", "café"),
        ("=?punycode?b?YS1i?=", "a-b"),
        ("=?broken", "=?broken"),
        ("=?utf-8?q?two=0D=0ABcc:_x?=", "two Bcc: x"),
    ],
)
def test_encoded_words_are_read(written: str, read_as: str) -> None:
    assert parts.decoded(written) == read_as


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "Grüße".encode()),
        ("", "Grüße".encode()),
        ("", "Grüße".encode("cp1252")),
        ("us-ascii", "Grüße".encode("cp1252")),
        ("no-such-charset", "Grüße".encode()),
        ("zlib", "Grüße".encode()),
        ("utf-8", "Grüße".encode("cp1252")),
        ("iso-8859-1", "Grüße".encode("cp1252")),
    ],
)
def test_text_is_read_whatever_charset_it_claims(charset: str, data: bytes) -> None:
    assert parts.read(data, charset) == "Grüße"


def test_japanese_is_read_where_nobody_says_that_it_is_japanese() -> None:
    assert parts.read("送信できません".encode("iso-2022-jp")) == "送信できません"


def test_plain_text_is_preferred_and_files_are_no_text() -> None:
    came = read(
        "Content-Type: multipart/mixed; boundary=m\n\n"
        "--m\nContent-Type: multipart/alternative; boundary=a\n\n"
        "--a\nContent-Type: text/html\n\n<p>Hello <b>Ana</b></p>\n"
        "--a\nContent-Type: text/plain\n\nHello Ana\n--a--\n"
        "--m\nContent-Type: text/plain\nContent-Disposition: attachment\n\na,b\n"
        f"--m\nContent-Type: message/rfc822\n\n{OURS}\n--m--\n"
    )
    assert came.text == "Hello Ana"
    assert came.html == "<p>Hello <b>Ana</b></p>"
    assert came.enclosed
    assert came.enclosed.subject == "Three teams that hire in Lyon"


def test_html_becomes_lines_with_its_quotes_marked() -> None:
    came = read(
        "Content-Type: text/html; charset=utf-8\n\n<html><head><title>no</title></head><body>"
        "<style>p {}</style><p>Hi&nbsp;Alice,<br>yes &amp; 1 < 2</p><!-- no --><script/>"
        "<blockquote>On Tuesday<div>you wrote</div></blockquote><table><tr><td>a</td><td>b</td>"
        "</tr></table><script>never closed"
    )
    assert came.text.split("\n") == [
        "Hi Alice,", "yes & 1 < 2", "", "> On Tuesday", "> you wrote", "a b", "never closed",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "7bit", "x-unknown"])
def test_bodies_are_decoded(encoding: str) -> None:
    body = {"base64": "SGVsbG8gQW5h", "quoted-printable": "Hel=\nlo=20Ana"}.get(
        encoding, "Hello Ana"
    )
    assert read(f"Content-Transfer-Encoding: {encoding}\n\n{body}").text == "Hello Ana"


@pytest.mark.parametrize("cut", range(1, 6))
def test_base64_that_was_cut_keeps_what_came(cut: int) -> None:
    whole = base64.b64encode(b"Hello Ana, hello Ben").decode()
    came = read(f"Content-Transfer-Encoding: base64\n\n{whole[:-cut]}")
    assert came.text.startswith("Hello Ana, hello")


def test_a_boundary_that_was_changed_on_the_way_is_guessed() -> None:
    changed = POSTFIX.replace('boundary="B1/mx', 'boundary="B1/m')
    assert len(read(changed).reports) == 1


def test_a_mail_whose_boundary_never_comes_is_read_as_text() -> None:
    came = read("Content-Type: multipart/mixed; boundary=never\n\nHello Ana\n")
    assert came.text == "Hello Ana\n"


def test_a_mail_that_ends_in_the_middle_keeps_what_came() -> None:
    came = read(POSTFIX[: POSTFIX.index("Remote-MTA")])
    assert came.reports[0][1].get("final-recipient") == "rfc822; ana@example.com"


def test_a_head_without_a_blank_line_loses_no_text() -> None:
    assert read("From: ana@example.com\nHello there\nSubject: no\n").text == (
        "Hello there\nSubject: no\n"
    )


def test_the_line_of_a_mailbox_file_is_passed_over() -> None:
    assert read(f"From ana@example.com Tue Nov  3 09:30:12 2026\n{HUMAN}").sender_name


def test_what_follows_a_large_attachment_is_read() -> None:
    attachment = f"{'A' * 76}\n" * 200_000
    came = read(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nbefore\n"
        f"--m\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n{attachment}"
        "--m\n\nafter\n--m--\n"
    )
    assert came.text.split() == ["before", "after"]


@pytest.mark.parametrize("raw", MAILS, ids=range(len(MAILS)))
def test_line_ends_make_no_difference(raw: bytes) -> None:
    plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    expected = judged(plain)
    assert judged(plain.replace(b"\n", b"\r\n")) == expected
    assert judged(plain.replace(b"\n", b"\r")) == expected


@pytest.mark.parametrize("text", NASTY)
def test_whatever_a_person_is_called_comes_through(text: str) -> None:
    came = read(f"From: ana@example.com\nContent-Type: text/plain; charset=utf-8\n\n{text}")
    # No database and no page takes controls; lines end in one way.
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert came.text == re.sub("[\x00-\x08\x0b-\x1f\x7f]", " ", lines)
    assert isinstance(judged(f"Subject: {text}\nTo: {text}\n\n{text}".encode()), Letter)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3_000))
def test_no_bytes_are_too_strange(raw: bytes) -> None:
    judged(raw)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MAILS), st.data())
def test_damaged_mails_are_read(raw: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    noise = data.draw(st.binary(max_size=30))
    judged(raw[:start] + noise + raw[end:])
    judged(raw[start:end])


DAEMON = b"From: MAILER-DAEMON@example.net\nSubject: Undeliverable\n"
HTML = b"Content-Type: text/html\n\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"
HOSTILE = {
    "on": b"\nOn " + b"word " * 50_000,
    "dashes": b"\n" + b"-" * 1_000_000,
    "dash lines": b"\n" + b"--\n" * 330_000,
    "nesting": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(18_000)
    ),
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 30_000,
    "parts": MIXED + b"--b\n" * 250_000,
    "a long header": b"X-A: " + b"x" * 1_000_000,
    "many headers": b"A: b\n" * 200_000,
    "a folded header": b"To: a\n" + b" b@c.d,\n" * 120_000,
    "addresses": b"To: " + b"a@b.c," * 160_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 70_000,
    "blank lines": b"\n" * 1_000_000,
    "spaces": b"\n" + b" " * 1_000_000,
    "carriage returns": b"\r" * 1_000_000,
    "tags": HTML + b"<a>" * 330_000,
    "open tags": HTML + b"<a " * 330_000,
    "open scripts": HTML + b"<script>" * 120_000,
    "open comments": HTML + b"<!--" * 250_000,
    "less": HTML + b"<" * 1_000_000,
    "punycode": b"Content-Type: text/plain; charset=punycode\n\n" + b"a-b" * 300_000,
    "utf-7": b"Content-Type: text/plain; charset=utf-7\n\n" + b"+AAA" * 250_000,
    "at": b"\n" + b"a@" * 500_000,
    "address lines": b"\n" + b"a@b.cd\n" * 140_000,
    "fields": b"\n" + b"Ab: c\nAb: c\nx\n" * 70_000,
    "codes": b"\n" + b"550 5.1.1 " * 100_000,
    "recipients": b"Content-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822;a@b.cd\n\n" * 30_000,
    "long recipients": MIXED
    + b"--b\nContent-Type: message/delivery-status\n\n"
    + (b"Final-Recipient: " + b"a" * 7_900 + b"\n\n") * 120,
    "expanded": b"\n" + b"(expanded from " * 60_000,
    "gaps": b"\n" + b"domain mailbox recipient " * 40_000,
    "zeros": MIXED + b"--b\nContent-Transfer-Encoding: base64\n\n" + b"A" * 1_000_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_keeps_nobody_busy(body: bytes) -> None:
    """Less than a second where nothing else runs; what grows quadratically takes minutes."""
    began = time.process_time()
    judged((DAEMON + body)[:1_000_000])
    assert time.process_time() - began < 20


def test_our_own_mail_that_comes_back_is_a_loop() -> None:
    def purpose_of(address: str) -> Purpose | None:
        return Purpose.REPLY if address == "alice+r2k4@northwind.example" else None

    assert kind.kind_of(read(OURS), purpose_of) == Loop("it is our own mail, come back")
    # An answer goes to that address, and says another one of its own.
    assert isinstance(kind.kind_of(read(HUMAN), purpose_of), Letter)


def test_a_mail_that_goes_round_and_round_is_a_loop() -> None:
    hops = "Received: from a.example.com by b.example.com; Tue, 03 Nov 2026 09:30:12 +0000\n"
    assert isinstance(judged((hops * 101 + HUMAN).encode()), Loop)
    assert isinstance(judged((hops * 100 + HUMAN).encode()), Letter)
