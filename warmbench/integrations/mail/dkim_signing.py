"""Signs mails with DKIM, so that receivers can tell that nothing in them was changed.

The canonical form is dkimpy's; the signature is OpenSSL's, which takes a tenth of the time of
dkimpy's own arithmetic and also knows Ed25519. dkimpy's choice of headers leaves out
List-Unsubscribe-Post and Feedback-ID, so the choice is ours.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim.canonicalization import Relaxed

#: From stands twice: a second From that somebody adds on the way breaks the signature.
SIGNED_HEADERS = (
    *("From", "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Reply-To"),
)
_NEXT_HEADER = re.compile(rb"\r\n(?![ \t])")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,250}[A-Za-z0-9])?")


class KeyUnusableError(ValueError):
    """A DKIM key that cannot sign. The sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key, and where in the DNS its public half is."""

    domain: str
    selector: str
    pem: str = field(repr=False)


def sign(data: bytes, key: DkimKey, *, now: datetime) -> bytes:
    """The mail with its DKIM-Signature on top. Raises KeyUnusableError."""
    private = _private_key(key.pem)
    if not _NAME.fullmatch(key.domain) or not _NAME.fullmatch(key.selector):
        raise KeyUnusableError("The DKIM domain and selector must be names in the DNS.")
    head, _, body = data.partition(b"\r\n\r\n")
    algorithm = "rsa-sha256" if isinstance(private, RSAPrivateKey) else "ed25519-sha256"
    body_hash = hashlib.sha256(Relaxed.canonicalize_body(body)).digest()
    unsigned = (
        f" v=1; a={algorithm}; c=relaxed/relaxed; d={key.domain}; s={key.selector};\r\n"
        f" t={int(now.timestamp())}; h={':'.join(SIGNED_HEADERS)};\r\n"
        f" bh={base64.b64encode(body_hash).decode()};\r\n b="
    ).encode()
    signed = _canonical_headers(head) + _canonical("DKIM-Signature", unsigned).rstrip(b"\r\n")
    if isinstance(private, RSAPrivateKey):
        signature = private.sign(signed, PKCS1v15(), SHA256())
    else:
        signature = private.sign(hashlib.sha256(signed).digest())
    return b"DKIM-Signature:" + unsigned + _folded(base64.b64encode(signature)) + b"\r\n" + data


def _canonical_headers(head: bytes) -> bytes:
    """The signed headers as they are hashed: of several with one name, the last comes first."""
    values: dict[str, list[bytes]] = {}
    for line in _NEXT_HEADER.split(head):
        name, _, value = line.partition(b":")
        values.setdefault(name.decode("ascii", "replace").lower(), []).append(value + b"\r\n")
    hashed = b""
    for name in SIGNED_HEADERS:
        if remaining := values.get(name.lower()):
            hashed += _canonical(name, remaining.pop())
    return hashed


def _canonical(name: str, value: bytes) -> bytes:
    [(canonical_name, canonical_value)] = Relaxed.canonicalize_headers([(name.encode(), value)])
    return bytes(canonical_name + b":" + canonical_value)


def _folded(signature: bytes) -> bytes:
    return b"\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))


@lru_cache(maxsize=256)
def _private_key(pem: str) -> RSAPrivateKey | Ed25519PrivateKey:
    try:
        private = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusableError("The DKIM key is not an unencrypted PEM private key.") from None
    if isinstance(private, Ed25519PrivateKey):
        return private
    if isinstance(private, RSAPrivateKey) and private.key_size >= 1024:
        return private
    raise KeyUnusableError("The DKIM key must be RSA with 1024 bits or more, or Ed25519.")
