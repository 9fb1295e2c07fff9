"""Secrets are unreadable at rest, and quiet in memory."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from warmbench.core import vault


@given(st.text())
def test_what_was_sealed_is_read_back(text: str) -> None:
    assert vault.unseal(vault.seal(text)) == text


def test_a_sealed_secret_shows_nothing_and_never_looks_the_same() -> None:
    first, second = vault.seal("hunter2"), vault.seal("hunter2")
    assert "hunter2" not in first
    assert first != second


def test_a_secret_hides_from_repr() -> None:
    secret = vault.unseal(vault.seal("hunter2"))
    assert secret == "hunter2"
    assert "hunter2" not in repr({"password": secret})


def test_an_old_key_opens_as_long_as_it_is_there(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.VAULT_KEYS = [old]
    sealed = vault.seal("hunter2")

    settings.VAULT_KEYS = [new, old]
    assert vault.unseal(sealed) == "hunter2"

    settings.VAULT_KEYS = [new]
    with pytest.raises(vault.UnsealError):
        vault.unseal(sealed)


def test_a_changed_secret_is_refused() -> None:
    sealed = vault.seal("hunter2")
    with pytest.raises(vault.UnsealError):
        vault.unseal(sealed[:-4] + "AAA=")


def test_a_field_stores_only_what_is_sealed() -> None:
    field = vault.SealedTextField()
    stored = field.get_prep_value("hunter2")
    assert "hunter2" not in stored
    read = field.from_db_value(stored, None, None)  # type: ignore[arg-type]
    assert read == "hunter2"
    assert repr(read) == "'•••'"


@pytest.mark.parametrize("blank", ["", None])
def test_a_blank_field_stays_blank(blank: str | None) -> None:
    field = vault.SealedTextField(blank=True)
    assert field.get_prep_value(blank) == blank
    assert field.from_db_value(blank, None, None) == blank  # type: ignore[arg-type]


def test_a_field_is_left_out_of_dumps() -> None:
    field = vault.SealedTextField()
    assert field.value_to_string(None) == ""  # type: ignore[arg-type]
