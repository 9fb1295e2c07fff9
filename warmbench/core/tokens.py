"""Signs the short tokens in links and reply addresses, and reads them back.

A token carries ids, never an address. Each purpose has its own key, so a click token is
worth nothing as an unsubscribe token; and each place as well, so what stands in an address
is worth nothing in a link, where its ids would mean something else. The first of
``settings.SIGNING_KEYS`` signs, all of them verify: a new key is put in front, and old links
keep working.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from django.conf import settings

#: 128 bits, the least that D9 allows, and short enough for a mail's local part.
MAC_BYTES = 16
#: Longer input is not ours; decoding it would only cost time.
MAX_TOKEN_LENGTH = 400

#: Where a token stands. Part of the key, too.
_LINK, _ADDRESS = b"warmbench.tokens:", b"warmbench.tokens.address:"
_NOTHING = bytes(1 + 1 + MAC_BYTES)


class Purpose(StrEnum):
    """What a token may be used for. Part of the key: renaming one breaks its old links."""

    UNSUBSCRIBE = "unsubscribe"
    CLICK = "click"
    OPEN = "open"
    REPLY = "reply"
    BOUNCE = "bounce"
    PREFERENCE = "preference"
    MY_DATA = "my_data"
    NOT_FOR_ME = "not_for_me"
    BOOKING = "booking"
    TEXT_STATUS = "text_status"


def sign(purpose: Purpose, *ids: int, expires: datetime | None = None) -> str:
    """A token for a URL. It reveals nothing but ids, and cannot be made without the key."""
    return _to_url(_sealed(_LINK, purpose, ids, expires))


def read(purpose: Purpose, token: str, *, now: datetime) -> tuple[int, ...] | None:
    """The ids in a token from ``sign``, or None if it is forged, mixed up or expired."""
    return _opened(_LINK, purpose, _from_url(token), now)


def sign_address(purpose: Purpose, *ids: int, expires: datetime | None = None) -> str:
    """A token for the local part of a mail address: it survives a change of letter case."""
    return _to_address(_sealed(_ADDRESS, purpose, ids, expires))


def read_address(purpose: Purpose, token: str, *, now: datetime) -> tuple[int, ...] | None:
    """The ids in a token from ``sign_address``, in whatever case it came back."""
    return _opened(_ADDRESS, purpose, _from_address(token), now)


@lru_cache(maxsize=256)
def _keys(
    place: bytes, purpose: Purpose, masters: tuple[str, ...]
) -> tuple[tuple[bytes, bytes], ...]:
    """Each master key's id byte with the key that it yields for one purpose in one place."""
    if not masters:
        raise ValueError("settings.SIGNING_KEYS is empty.")
    return tuple(
        (
            hashlib.sha256(b"warmbench.tokens.id:" + master.encode()).digest()[:1],
            hmac.digest(master.encode(), place + purpose.encode(), "sha256"),
        )
        for master in masters
    )


def _sealed(
    place: bytes, purpose: Purpose, ids: tuple[int, ...], expires: datetime | None
) -> bytes:
    key_id, key = _keys(place, purpose, tuple(settings.SIGNING_KEYS))[0]
    body = key_id + _pack((int(expires.timestamp()) if expires else 0, *ids))
    return body + hmac.digest(key, body, "sha256")[:MAC_BYTES]


def _opened(place: bytes, purpose: Purpose, token: bytes, now: datetime) -> tuple[int, ...] | None:
    body, mac = token[:-MAC_BYTES], token[-MAC_BYTES:]
    genuine = False
    # Every key is tried, whatever the id byte says, so that a wrong token costs the same.
    for key_id, key in _keys(place, purpose, tuple(settings.SIGNING_KEYS)):
        matches = hmac.compare_digest(hmac.digest(key, body, "sha256")[:MAC_BYTES], mac)
        genuine |= matches and body[:1] == key_id
    if not genuine:
        return None
    expiry, *ids = _unpack(body[1:])
    return None if expiry and now >= datetime.fromtimestamp(expiry, UTC) else tuple(ids)


def _pack(numbers: tuple[int, ...]) -> bytes:
    packed = bytearray()
    for number in numbers:
        if number < 0:
            raise ValueError("Only non-negative ids can be signed.")
        rest = number
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def _unpack(packed: bytes) -> list[int]:
    numbers, number, shift = [], 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number, shift = 0, 0
    return numbers


def _to_url(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def _to_address(token: bytes) -> str:
    return base64.b32encode(token).rstrip(b"=").decode().lower()


def _decoded(token: str, decode: Callable[[str], bytes]) -> bytes:
    if len(token) > MAX_TOKEN_LENGTH:
        return _NOTHING
    try:
        raw = decode(token)
    except (binascii.Error, ValueError):
        return _NOTHING
    return raw if len(raw) >= len(_NOTHING) else _NOTHING


def _from_url(token: str) -> bytes:
    raw = _decoded(token, lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    # Decoding ignores stray characters and the last one's spare bits: one token, one spelling.
    return raw if _to_url(raw) == token else _NOTHING


def _from_address(token: str) -> bytes:
    lower = token.lower()
    raw = _decoded(lower, lambda text: base64.b32decode(text.upper() + "=" * (-len(text) % 8)))
    return raw if _to_address(raw) == lower else _NOTHING
