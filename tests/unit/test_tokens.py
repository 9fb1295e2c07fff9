"""Tokens cannot be forged, mixed up or outlived."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from warmbench.core import tokens
from warmbench.core.tokens import Purpose

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

ids = st.lists(st.integers(0, 2**63 - 1), max_size=6).map(tuple)
purposes = st.sampled_from(Purpose)


@given(purposes, ids)
def test_what_was_signed_is_read_back(purpose: Purpose, signed: tuple[int, ...]) -> None:
    assert tokens.read(purpose, tokens.sign(purpose, *signed), now=NOW) == signed


@given(purposes, ids, st.booleans())
def test_an_address_survives_any_letter_case(
    purpose: Purpose, signed: tuple[int, ...], upper: bool
) -> None:
    token = tokens.sign_address(purpose, *signed)
    assert token == token.lower()
    came_back = token.upper() if upper else token.title()
    assert tokens.read_address(purpose, came_back, now=NOW) == signed


@given(purposes, ids, st.data())
def test_one_flipped_bit_is_a_forgery(
    purpose: Purpose, signed: tuple[int, ...], data: st.DataObject
) -> None:
    token = tokens.sign(purpose, *signed)
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    forged = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    assert tokens.read(purpose, forged, now=NOW) is None
    in_address = base64.b32encode(raw).rstrip(b"=").decode()
    assert tokens.read_address(purpose, in_address, now=NOW) is None


@given(purposes, ids, st.data())
def test_one_changed_character_is_a_forgery(
    purpose: Purpose, signed: tuple[int, ...], data: st.DataObject
) -> None:
    """The last character's spare bits included: one token has one spelling."""
    token = tokens.sign(purpose, *signed)
    position = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(max_codepoint=0x2FF).filter(lambda c: c != token[position]))
    forged = token[:position] + other + token[position + 1 :]
    assert tokens.read(purpose, forged, now=NOW) is None


@given(purposes, purposes, ids)
def test_a_token_is_worth_nothing_for_another_purpose(
    purpose: Purpose, other: Purpose, signed: tuple[int, ...]
) -> None:
    if purpose is not other:
        assert tokens.read(other, tokens.sign(purpose, *signed), now=NOW) is None


@given(purposes, ids)
def test_a_token_of_an_address_is_worth_nothing_in_a_link_nor_the_other_way_round(
    purpose: Purpose, signed: tuple[int, ...]
) -> None:
    """Their ids mean other things: a message here, a candidate and a message there."""
    in_address = tokens.sign_address(purpose, *signed).upper()
    raw = base64.b32decode(in_address + "=" * (-len(in_address) % 8))
    assert (
        tokens.read(purpose, base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), now=NOW) is None
    )
    in_link = tokens.sign(purpose, *signed)
    raw = base64.urlsafe_b64decode(in_link + "=" * (-len(in_link) % 4))
    respelled = base64.b32encode(raw).rstrip(b"=").decode()
    assert tokens.read_address(purpose, respelled, now=NOW) is None


@given(st.text(max_size=500))
def test_any_other_text_is_no_token(text: str) -> None:
    assert tokens.read(Purpose.CLICK, text, now=NOW) is None
    assert tokens.read_address(Purpose.REPLY, text, now=NOW) is None


@given(ids, st.integers(1, 10**9))
def test_a_token_ends_when_it_was_said_to(signed: tuple[int, ...], seconds: int) -> None:
    expires = NOW + timedelta(seconds=seconds)
    token = tokens.sign(Purpose.BOOKING, *signed, expires=expires)
    before = expires - timedelta(seconds=1)
    assert tokens.read(Purpose.BOOKING, token, now=before) == signed
    assert tokens.read(Purpose.BOOKING, token, now=expires) is None


def test_without_an_end_a_token_lasts() -> None:
    token = tokens.sign(Purpose.UNSUBSCRIBE, 7)
    assert tokens.read(Purpose.UNSUBSCRIBE, token, now=NOW + timedelta(days=36500)) == (7,)


def test_an_old_key_verifies_and_no_longer_signs(settings: Settings) -> None:
    settings.SIGNING_KEYS = ["old"]
    old = tokens.sign(Purpose.UNSUBSCRIBE, 7)
    settings.SIGNING_KEYS = ["new", "old"]
    new = tokens.sign(Purpose.UNSUBSCRIBE, 7)
    assert tokens.read(Purpose.UNSUBSCRIBE, old, now=NOW) == (7,)

    settings.SIGNING_KEYS = ["new"]
    assert tokens.read(Purpose.UNSUBSCRIBE, old, now=NOW) is None
    assert tokens.read(Purpose.UNSUBSCRIBE, new, now=NOW) == (7,)


def test_nothing_is_signed_without_a_key(settings: Settings) -> None:
    settings.SIGNING_KEYS = []
    with pytest.raises(ValueError, match="SIGNING_KEYS"):
        tokens.sign(Purpose.CLICK, 1)


def test_a_negative_id_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        tokens.sign(Purpose.CLICK, -1)


def test_a_reply_address_fits_in_a_local_part() -> None:
    """64 characters at most, with "reply+" before it."""
    token = tokens.sign_address(Purpose.REPLY, 2**63 - 1, expires=NOW + timedelta(days=90))
    assert len("reply+" + token) <= 64
