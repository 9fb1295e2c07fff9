"""Whether receivers can hold us to every header that matters, judged by dkimpy's verifier."""

import base64
import hashlib
import re
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dkim.canonicalization import Relaxed
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.integrations.mail.dkim_signing import (
    SIGNED_HEADERS,
    DkimKey,
    KeyUnusableError,
    sign,
)
from warmbench.messaging import mime
from warmbench.messaging.mime import Envelope
from warmbench.messaging.templates import Rendered

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = Ed25519PrivateKey.generate()
DATA = mime.build(
    Rendered("Hello Zoë", "<p>Hi  Zoë </p>\n\n", "Hi Zoë\n\n  .\n\n"),
    Envelope(
        from_name="Alice Meyer",
        from_address="alice@northwind.example",
        to_name="Zoë Moreau",
        to_address="zoe@example.com",
        reply_to="alice+r2k4@northwind.example",
        date=NOW,
        message_id="<1@northwind.example>",
        unsubscribe_url="https://w.example.com/u/token",
        unsubscribe_address="alice+u7@northwind.example",
        list_id="alice.northwind.example",
        feedback_id="12:3:content:warmbench",
    ),
)


def pem(private: object) -> str:
    assert isinstance(private, rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey)
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


KEY = DkimKey("northwind.example", "wb1", pem(RSA))


def dns(name: bytes, timeout: int = 5) -> bytes:
    assert name == b"wb1._domainkey.northwind.example."
    public = RSA.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def is_genuine(data: bytes) -> bool:
    return bool(dkim.verify(data, dnsfunc=dns))


def test_a_signed_mail_is_genuine() -> None:
    signed = sign(DATA, KEY, now=NOW)
    assert signed.endswith(DATA)
    assert is_genuine(signed)
    assert max(map(len, signed.partition(b"\r\n\r\n")[0].split(b"\r\n"))) < 300
    assert sign(DATA, KEY, now=NOW) == signed


def test_exactly_the_promised_headers_are_signed() -> None:
    signed = sign(DATA, KEY, now=NOW).decode()
    named = re.search(r"h=([\w:-]+);", signed)
    assert named
    assert named[1].split(":") == list(SIGNED_HEADERS)
    assert set(SIGNED_HEADERS) == {
        *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
        *("List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Reply-To"),
    }
    assert SIGNED_HEADERS.count("From") == 2


@pytest.mark.parametrize("name", sorted(set(SIGNED_HEADERS)))
def test_a_changed_header_is_noticed(name: str) -> None:
    signed = sign(DATA, KEY, now=NOW)
    assert f"\r\n{name}:".encode() in b"\r\n" + signed
    changed = re.sub(rf"(\r\n{name}: [^\r]*)", r"\1x", signed.decode(), count=1).encode()
    assert changed != signed
    assert not is_genuine(changed)
    removed = re.sub(rf"\r\n{name}: [^\r]*(\r\n [^\r]*)*", "", signed.decode(), count=1).encode()
    assert not is_genuine(removed)


def test_a_second_sender_is_noticed() -> None:
    signed = sign(DATA, KEY, now=NOW)
    for forged in (
        b"From: evil@x.example\r\n" + signed,
        signed.replace(b"\r\nTo:", b"\r\nFrom: evil@x.example\r\nTo:", 1),
    ):
        assert not is_genuine(forged)


def test_a_changed_word_is_noticed() -> None:
    assert not is_genuine(sign(DATA, KEY, now=NOW).replace(b"Hi", b"Ho", 1))


def test_what_relays_do_to_white_space_does_no_harm() -> None:
    signed = sign(DATA, KEY, now=NOW)
    assert is_genuine(signed.replace(b"Subject: ", b"Subject:\r\n   ", 1))
    assert is_genuine(signed + b"\r\n\r\n")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300).map(lambda body: re.sub(rb"\r\n|\r|\n", b"\r\n", body)))
def test_any_body_can_be_signed(body: bytes) -> None:
    assert is_genuine(sign(b"From: a@northwind.example\r\nSubject: x\r\n\r\n" + body, KEY, now=NOW))


def test_a_short_key_signs_too() -> None:
    signed = sign(DATA, DkimKey("northwind.example", "wb2", pem(ED25519)), now=NOW)
    head = re.match(rb"DKIM-Signature:(.*?; ?\r\n b=)(.*?)\r\n(?![ \t])", signed, re.DOTALL)
    assert head
    assert b"a=ed25519-sha256" in head[1]
    hashed = b""
    for name in SIGNED_HEADERS[1:]:
        value = re.search(rf"\r\n{name}:(.*?\r\n)(?![ \t])".encode(), b"\r\n" + DATA, re.DOTALL)
        assert value
        hashed += b":".join(*Relaxed.canonicalize_headers([(name.encode(), value[1])]))
    hashed += b":".join(*Relaxed.canonicalize_headers([(b"DKIM-Signature", head[1])])).rstrip()
    signature = base64.b64decode(re.sub(rb"\s", b"", head[2]))
    ED25519.public_key().verify(signature, hashlib.sha256(hashed).digest())
    with pytest.raises(InvalidSignature):
        ED25519.public_key().verify(signature, hashlib.sha256(hashed + b"x").digest())


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        (DkimKey("northwind.example", "wb1", "not a key"), "not an unencrypted PEM"),
        (DkimKey("northwind.example", "wb1", ""), "not an unencrypted PEM"),
        (DkimKey("x", "wb1", pem(ec.generate_private_key(ec.SECP256R1()))), "must be RSA"),
        (DkimKey("northwind.example;\r\nBcc: x", "wb1", pem(RSA)), "names in the DNS"),
        (DkimKey("northwind.example", "", pem(RSA)), "names in the DNS"),
    ],
)
def test_a_key_that_cannot_sign_is_explained(key: DkimKey, complaint: str) -> None:
    with pytest.raises(KeyUnusableError, match=complaint):
        sign(DATA, key, now=NOW)


def test_a_key_does_not_show() -> None:
    assert "PRIVATE" not in repr(KEY)
