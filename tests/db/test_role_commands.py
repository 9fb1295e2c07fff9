"""The commands around roles and keys, as a person at a terminal has them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests import make
from tests.make import NOW
from warmbench.accounts import api_keys
from warmbench.cli import app
from warmbench.core import clock
from warmbench.sourcing.models import Role

Command = Callable[..., Result]


@pytest.fixture
def warmbench(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give a command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    make.organisation()
    make.tag("Python")

    def run(*arguments: str) -> Result:
        with clock.pinned(NOW):
            return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})

    return run


def test_roles_are_tried_out_then_imported(warmbench: Command, tmp_path: Path) -> None:
    file = tmp_path / "roles.csv"
    file.write_text('ID,Title,Skills,Colour\n1,Engineer,"Python, Magic",red\n,Nobody,,\n')

    tried = warmbench("import", "roles", str(file), "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "Nothing was changed" in tried.output
    assert not Role.objects.exists()

    done = warmbench("import", "roles", str(file))
    assert "no tag is called “Magic” (line 2)" in done.output
    assert "line 3: Without an id" in done.output
    assert Role.objects.get().title == "Engineer"
    assert "Without an id" in (tmp_path / "roles-rejected.csv").read_text()


def test_a_file_of_something_else_is_refused_in_a_sentence(
    warmbench: Command, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name,Email\nAna,ana@example.com\n")

    refused = warmbench("import", "roles", str(file))
    assert refused.exit_code != 0
    assert "no column for" in refused.output
    owned = warmbench("import", "roles", str(file), "--owner", "who@example.com")
    assert "No recruiter has the address" in owned.output


def test_a_key_is_made_listed_and_revoked(warmbench: Command) -> None:
    made = warmbench("api-key", "make", "Careers page", "--write")
    secret = made.output.strip().splitlines()[-1]
    key = api_keys.find(secret, now=NOW)
    assert key is not None
    assert key.may_write

    assert (
        "another key has this name" in warmbench("api-key", "make", "Careers page").output.lower()
    )
    refused = warmbench("api-key", "make", "Odd", "--scope", "exports:write").output
    assert "no scope called" in refused
    assert "Either --write" in warmbench("api-key", "make", "X", "--write", "--scope", "a").output
    narrow = warmbench("api-key", "make", "Reader", "--scope", "candidates:read").output
    found = api_keys.find(narrow.strip().splitlines()[-1], now=NOW)
    assert found is not None
    assert found.scopes == ["candidates:read"]
    listed = warmbench("api-key", "list").output
    assert "Careers page" in listed
    assert secret not in listed

    assert "opens nothing" in warmbench("api-key", "revoke", "Careers page").output
    assert api_keys.find(secret, now=NOW) is None
    assert "revoked before" in warmbench("api-key", "revoke", "Careers page").output
    assert "No key is called" in warmbench("api-key", "revoke", "Other").output
