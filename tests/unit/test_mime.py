"""The bytes of a mail, read back by another parser than the one that would agree with us."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.strings import INJECTIONS, NASTY
from warmbench.messaging import headers, mime
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.mime import Envelope
from warmbench.messaging.templates import Rendered

NOW = datetime(2026, 11, 22, 9, 30, 15, 999, tzinfo=UTC)
WORDS = Rendered("Hello Ana", "<p>Hi Ana</p>", "Hi Ana")
ENVELOPE = Envelope(
    from_name="Alice Meyer",
    from_address="alice@northwind.example",
    to_name="Ana Moreau",
    to_address="ana@example.com",
    reply_to="alice+r2k4@northwind.example",
    date=NOW,
    message_id="<8405a9c29d2911551d006fde155c0262@northwind.example>",
    unsubscribe_url="https://w.example.com/u/token",
    unsubscribe_address="alice+u7@northwind.example",
    list_id="alice.northwind.example",
    feedback_id="12:3:content:warmbench",
)
UNSUBSCRIBE = (
    "List-Unsubscribe: <https://w.example.com/u/token>,"
    " <mailto:alice+u7@northwind.example?subject=unsubscribe>"
)
ORDER = [
    *("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "List-Id", "Feedback-ID", "MIME-Version", "Content-Type"),
]


def parsed(data: bytes) -> Message:
    return message_from_bytes(data, policy=policy.compat32)


def strict(data: bytes) -> EmailMessage:
    """As a program reads it that tolerates no defect."""
    return BytesParser(EmailMessage, policy=policy.default.clone(raise_on_defect=True)).parsebytes(
        data
    )


def header(data: bytes, name: str) -> str:
    """A header's text as a receiver shows it."""
    value = parsed(data)[name]
    return str(make_header(decode_header(re.sub(r"\r\n([ \t])", r"\1", str(value)))))


def display_name(data: bytes) -> str:
    """The name in To, after the address has been found to be the one it was sent to."""
    [(shown, address)] = getaddresses([str(parsed(data)["To"])])
    assert address == "ana@example.com"
    return str(make_header(decode_header(shown)))


def parts(data: bytes) -> list[str]:
    both = [part.get_payload(decode=True) for part in parsed(data).walk()][1:]
    return [part.decode() for part in both if isinstance(part, bytes)]


def as_sent(words: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", words)


def check_shape(data: bytes) -> None:
    head = data.partition(b"\r\n\r\n")[0]
    names = [name.decode() for name in re.findall(rb"^([^ \t:]+):", head, re.MULTILINE)]
    assert names == ORDER
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", data)
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert all(line.strip() for line in head.split(b"\r\n"))
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Message-ID"):
        assert "=?" not in str(parsed(data)[name])
        assert "\n" not in str(parsed(data)[name])


def test_a_mail_carries_exactly_these_headers() -> None:
    data = mime.build(WORDS, ENVELOPE)
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.decode().split("\r\n") == [
        "From: Alice Meyer <alice@northwind.example>",
        "To: Ana Moreau <ana@example.com>",
        "Subject: Hello Ana",
        "Date: Sun, 22 Nov 2026 09:30:15 +0000",
        "Message-ID: <8405a9c29d2911551d006fde155c0262@northwind.example>",
        "Reply-To: Alice Meyer <alice+r2k4@northwind.example>",
        UNSUBSCRIBE,
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Id: <alice.northwind.example>",
        "Feedback-ID: 12:3:content:warmbench",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="=_warmbench"',
    ]
    assert strict(data).get_content_type() == "multipart/alternative"
    assert body.index(b"text/plain") < body.index(b"text/html")
    assert parts(data) == ["Hi Ana", "<p>Hi Ana</p>"]


@pytest.mark.parametrize("length", [20, 60, 61, 90, 91, 200, 400])
def test_the_unsubscribe_link_is_never_encoded_or_folded(length: int) -> None:
    url = f"https://w.example.com/u/{'a1-_' * (length // 4)}{'b' * (length % 4)}"
    data = mime.build(WORDS, replace(ENVELOPE, unsubscribe_url=url))
    check_shape(data)
    assert f"List-Unsubscribe: <{url}>, <mailto:".encode() in data


@pytest.mark.parametrize("name", [name for name in NASTY if "\r" not in name and "\0" not in name])
def test_a_nasty_string_is_somebodys_name(name: str) -> None:
    words = Rendered(f"x {name}", f"<p>{name}</p>", name)
    data = mime.build(words, replace(ENVELOPE, to_name=name, from_name=name))
    check_shape(data)
    assert header(data, "Subject") == f"x {name}"
    assert parts(data) == [as_sent(name), as_sent(f"<p>{name}</p>")]
    assert display_name(data) == name.strip()
    if len(name) < 200:
        to = strict(data)["To"].addresses
        assert [address.addr_spec for address in to] == ["ana@example.com"]


text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
line = text.filter(lambda value: not re.search("[\r\n\u2028\u2029]", value) and "=?" not in value)


@given(
    name=line,
    subject=line.filter(lambda value: value and not value.isspace()),
    html=text,
    plain=text,
)
def test_what_goes_in_comes_out(name: str, subject: str, html: str, plain: str) -> None:
    try:
        headers.check_subject(subject)
    except HeaderError:
        return
    data = mime.build(Rendered(subject, html, plain), replace(ENVELOPE, to_name=name))
    check_shape(data)
    assert parts(data) == [as_sent(plain), as_sent(html)]
    assert header(data, "Subject") == subject
    assert display_name(data) == name.strip()


@given(line.filter(lambda value: value and not value.isspace()))
def test_a_receiver_reads_the_exact_subject(subject: str) -> None:
    data = f"{headers.text('Subject', subject)}\r\n\r\n".encode()
    assert header(data, "Subject") == subject


@pytest.mark.parametrize("injection", INJECTIONS)
@pytest.mark.parametrize(
    "field",
    [
        *("from_name", "from_address", "to_name", "to_address", "reply_to", "message_id"),
        *("unsubscribe_url", "unsubscribe_address", "list_id", "feedback_id", "references"),
    ],
)
def test_no_value_becomes_a_header(field: str, injection: str) -> None:
    given: dict[str, Any] = {
        "message_id": f"<{injection}@x.example>",
        "unsubscribe_url": f"https://x.example/{injection}",
        "references": (f"<{injection}@x.example>",),
    }
    value = given.get(field, f"{injection}@x.example" if "address" in field else injection)
    with pytest.raises(HeaderError) as raised:
        mime.build(WORDS, replace(ENVELOPE, **{field: value}))
    assert "evil" not in str(raised.value)


@pytest.mark.parametrize("injection", INJECTIONS)
def test_no_subject_becomes_a_header(injection: str) -> None:
    for envelope in (ENVELOPE, replace(ENVELOPE, references=("<a@x.example>",))):
        with pytest.raises(HeaderError):
            mime.build(replace(WORDS, subject=injection), envelope)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(HeaderError):
        mime.build(replace(WORDS, subject="x \ud800"), ENVELOPE)
    assert parts(mime.build(replace(WORDS, text="x \ud800"), ENVELOPE))[0] == "x ?"


@pytest.mark.parametrize("subject", ["Re: x", "re:x", " FWD: x", "Fw : x", "RE[3]: x", "Aw\uff1ax"])
def test_only_a_thread_is_answered(subject: str) -> None:
    words = replace(WORDS, subject=subject)
    with pytest.raises(HeaderError):
        mime.build(words, ENVELOPE)
    data = mime.build(words, replace(ENVELOPE, references=("<a@x.example>", "<b@x.example>")))
    assert parsed(data)["In-Reply-To"] == "<b@x.example>"
    assert parsed(data)["References"] == "<a@x.example>\r\n <b@x.example>"


def test_a_long_thread_stays_within_the_line_limit() -> None:
    ids = tuple(f"<{'a' * 60}{at}@x.example>" for at in range(50))
    data = mime.build(WORDS, replace(ENVELOPE, references=ids))
    assert max(map(len, data.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "address",
    [
        *("", "@", "a@", "@x.example", "a b@x.example", "a@x y.example", "a@-x.example", "a@x..y"),
        *(".a@x.example", "a..b@x.example", "a@x.example,b@y.example", "<a@x.example>", "a@[::1]"),
        *(
            "a" * 65 + "@x.example",
            "a@" + "b" * 64 + ".example",
            "a@x.example\n",
            '"a"b"@x.example',
        ),
        *("a@" + "b." * 126 + "example", "a(b)@x.example", "=?x?=@x.example", "a@\u2028x.example"),
    ],
)
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    with pytest.raises(HeaderError):
        mime.build(WORDS, replace(ENVELOPE, to_address=address))


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("o'neil+tag@sub.example.co.uk", "o'neil+tag@sub.example.co.uk"),
        ('"john doe"@example.com', '"john doe"@example.com'),
        ("ana@müller.example", "ana@xn--mller-kva.example"),
        ("ana@例え.example", "ana@xn--r8jz45g.example"),
        ("ана@example.com", "ана@example.com"),
        ("a@localhost", "a@localhost"),
    ],
)
def test_an_unusual_address_is_still_one(address: str, written: str) -> None:
    data = mime.build(WORDS, replace(ENVELOPE, to_address=address))
    assert f"To: Ana Moreau <{written}>\r\n".encode() in data


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unsubscribe_url", "http://w.example.com/u/x"),
        ("unsubscribe_url", "ftp://w.example.com/u/x"),
        ("unsubscribe_url", "https://w.example.com/u/x y"),
        ("unsubscribe_url", "https://w.example.com/u/>,<https://evil.example/"),
        ("unsubscribe_url", "https://w.example.com/u/é"),
        ("unsubscribe_url", "https://w.example.com/?=?"),
        ("unsubscribe_url", "https://user@w.example.com/"),
        ("unsubscribe_url", "https://w.example.com/u/" + "x" * 900),
        ("unsubscribe_address", "ана@example.com"),
        ("message_id", "a@x.example"),
        ("message_id", "<a@x.example> <b@x.example>"),
        ("list_id", "a b"),
        ("list_id", "a>x"),
        ("feedback_id", "a:b:c"),
        ("feedback_id", "a:b:c:d:e"),
        ("feedback_id", "ana@example.com:b:c:d"),
        ("feedback_id", "a" * 127 + ":b:c:d"),
    ],
)
def test_a_header_that_would_not_work_is_refused(field: str, value: Any) -> None:
    with pytest.raises(HeaderError):
        mime.build(WORDS, replace(ENVELOPE, **{field: value}))


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_the_demo_may_link_to_itself(host: str) -> None:
    url = f"http://{host}/u/token"
    assert url.encode() in mime.build(WORDS, replace(ENVELOPE, unsubscribe_url=url))


def test_an_empty_subject_is_refused() -> None:
    for subject in ("", "  "):
        with pytest.raises(HeaderError, match="Subject: it is empty"):
            mime.build(replace(WORDS, subject=subject), ENVELOPE)


def test_an_error_never_repeats_the_value() -> None:
    with pytest.raises(HeaderError) as raised:
        mime.build(WORDS, replace(ENVELOPE, to_address="ana moreau@example.com"))
    assert "ana" not in str(raised.value).lower()


def test_a_body_in_another_script_does_not_grow_threefold() -> None:
    words = replace(WORDS, text="田中さん、こんにちは。" * 100)
    data = mime.build(words, ENVELOPE)
    assert parts(data)[0] == words.text
    assert len(data) < len(words.text.encode()) * 1.4 + 700


def test_a_touch_has_one_message_id() -> None:
    one = mime.message_id(7, "sequence:3/check-in", 0, "email", domain="northwind.example")
    assert one == mime.message_id(7, "sequence:3/check-in", 0, "email", domain="northwind.example")
    assert one != mime.message_id(7, "sequence:3/check-in", 1, "email", domain="northwind.example")
    assert mime.message_id(5, "1", "23", domain="x") != mime.message_id(5, "12", "3", domain="x")
    assert headers.clean_message_id("Message-ID", one) == one
