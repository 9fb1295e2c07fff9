"""The command ranks files as it promises, says what it cannot read, and keeps nothing."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from warmbench.cli import app

ROLE = """\
Data Engineer

Requirements
- At least 3 years of Python
- Experience with Spark
"""
GOOD = """\
EXPERIENCE
Data Engineer, Contoso, 2018 - present
- Built the data platform in Python and Spark
- Moved all nightly jobs to Spark and Python

SKILLS
Python, Spark, SQL
"""


def rank(tmp_path: Path, *options: str) -> Result:
    return CliRunner().invoke(
        app,
        [
            *("shortlist", "rank", "--role", str(tmp_path / "role.txt")),
            *("--candidates", str(tmp_path / "people"), "--date", "2026-03-05", *options),
        ],
    )


@pytest.fixture
def people(tmp_path: Path) -> Path:
    (tmp_path / "role.txt").write_text(ROLE)
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    (folder / "nurse.txt").write_bytes("Infirmière, 10 ans à Orléans.".encode("cp1252"))
    (folder / "empty.txt").write_text("")
    (folder / "both").mkdir()
    (folder / "both" / "facts.json").write_text(
        '{"facts": [{"kind": "skill", "value": {"name": "Java"}}]}'
    )
    (folder / "both" / "note.txt").write_text("Call on 5 March. 5 yrs Python. No Spark.")
    return folder


def test_everybody_is_ranked_and_what_cannot_be_read_is_told(people: Path) -> None:
    shown = rank(people.parent, "--json")

    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert told["format"] == 1
    assert told["role"]["title"] == "Data Engineer"
    assert told["ranking"][0]["id"] == "good.txt"
    assert {one["id"] for one in told["ranking"]} == {"good.txt", "nurse.txt", "both"}
    assert next(one for one in told["ranking"] if one["id"] == "both")["out"]
    assert told["unread"] == [{"id": "empty.txt", "why": "This file is empty."}]
    assert told["considered"] == 3
    assert bool(told["abstained"]) is not bool(told["listed"])
    assert "empty.txt: This file is empty." in shown.stderr


def test_the_same_files_give_the_same_answer(people: Path) -> None:
    assert rank(people.parent, "--json").stdout == rank(people.parent, "--json").stdout


def test_without_json_it_is_for_people(people: Path) -> None:
    shown = rank(people.parent)

    assert shown.exit_code == 0
    assert "good.txt" in shown.output


def test_what_is_missing_is_told_in_a_sentence(tmp_path: Path) -> None:
    assert "role.txt cannot be opened" in rank(tmp_path).stderr.replace("\n", "")
    (tmp_path / "role.txt").write_text(ROLE)
    missing = rank(tmp_path)
    assert (missing.exit_code, missing.stderr.startswith("There is no folder")) == (2, True)
    (tmp_path / "people").mkdir()
    assert rank(tmp_path).stderr.startswith("There is nobody in")
    (tmp_path / "people" / "a.txt").write_text("")
    assert "can be read" in rank(tmp_path).stderr
    (tmp_path / "role.txt").write_text("\n")
    assert rank(tmp_path).exit_code == 2
    assert rank(tmp_path, "--date", "soon").exit_code == 2
