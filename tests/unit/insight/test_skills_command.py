"""``warmbench skills link``, as a program calls it."""

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from typer.testing import CliRunner, Result

from warmbench.cli import app, skills

TREE = "id,label,alternatives\n1,manage payroll,pay wages\n2,lay bricks,\n"


@pytest.fixture
def tree(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_FOLDER = tmp_path
    file = tmp_path / "tree.csv"
    file.write_text(TREE)
    return file


def link(*arguments: str, given: bytes = b"") -> Result:
    env = {"COLUMNS": "200"}
    return CliRunner().invoke(app, ["skills", "link", *arguments], input=given, env=env)


def test_a_text_is_answered_in_one_object(tree: Path) -> None:
    done = link("I pay the wages", "--tree", str(tree), "--json", "--top", "1")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["text"] == "I pay the wages"
    [found] = answer["links"]
    assert (found["id"], found["label"]) == ("1", "manage payroll")
    assert 0 < found["score"] <= 1


def test_lines_are_answered_in_their_order(tree: Path) -> None:
    piped = "built brick walls\n\nLöhne, payroll\r\n".encode()
    done = link("--file", "-", "--tree", str(tree), "--json", given=piped)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["text"] for answer in answers] == ["built brick walls", "Löhne, payroll"]
    assert [answer["links"][0]["id"] for answer in answers] == ["2", "1"]
    file = tree.with_name("texts.txt")
    file.write_bytes(piped)
    assert link("--file", str(file), "--tree", str(tree), "--json").stdout == done.stdout


def test_a_person_gets_a_list(tree: Path) -> None:
    assert "lay bricks  (2)" in link("laying bricks", "--tree", str(tree)).stdout
    nothing = link("see you at the café", "--tree", str(tree), "--least", "1")
    assert "no skill of the tree" in nothing.stdout


@pytest.mark.parametrize(
    ("arguments", "given", "sentence"),
    [
        ([], b"", "Give a text, or a file"),
        (["x", "--file", "-"], b"", "not both"),
        (["x", "--tree", "nowhere.csv"], b"", "There is no file"),
        (["--file", "nowhere.txt"], b"", "No such file"),
        (["--file", "-"], b"Python\n\xff\n", "Line 2 is not text"),
    ],
)
def test_what_cannot_be_read_is_said(
    tree: Path, arguments: list[str], given: bytes, sentence: str
) -> None:
    if "--tree" not in arguments:
        arguments = [*arguments, "--tree", str(tree)]
    refused = link(*arguments, given=given)
    assert refused.exit_code == 2
    assert sentence in refused.output


def test_without_a_database_the_tree_that_comes_along_is_linked_to(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skills, "_own_tree", list)
    answer = json.loads(link("Kubernetes", "--json").stdout)
    assert answer["links"][0]["id"] == "kubernetes"
