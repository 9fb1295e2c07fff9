"""The command that reads facts prints what programs are promised, and keeps nothing."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from warmbench.cli import app
from warmbench.insight import extraction
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker

NOTE = "Ana Ruiz, Hamburg. On 92k now, wants 105k. Notice 3 months.\n"
DOCUMENT_KEYS = ["kind", "language", "date", "people", "text"]
FACT_KEYS = [
    *("kind", "value", "polarity", "speaker", "about", "quote", "start", "end"),
    *("confidence", "extractor", "valid_from", "valid_until"),
]


def test_a_file_becomes_json_in_the_promised_shape(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text(NOTE)
    arguments = ["--date", "2026-03-05", "--people", "Ana Ruiz; Ben  Okafor", "--json"]

    shown = CliRunner().invoke(app, ["insight", "extract", str(file), *arguments])

    assert shown.exit_code == 0
    told = json.loads(shown.stdout)
    assert list(told) == ["format", "version", "document", "facts"]
    assert (told["format"], told["version"]) == (1, extraction.VERSION)
    assert list(told["document"]) == DOCUMENT_KEYS
    assert told["document"] == {
        "kind": "note", "language": "en", "date": "2026-03-05",
        "people": ["Ana Ruiz", "Ben Okafor"], "text": NOTE,
    }  # fmt: skip
    assert "pay" in {fact["kind"] for fact in told["facts"]}
    for fact in told["facts"]:
        assert list(fact) == FACT_KEYS
        assert fact["quote"] == NOTE[fact["start"] : fact["end"]]
        assert fact["kind"] in Kind.values
        assert fact["polarity"] in Polarity.values
        assert fact["speaker"] in Speaker.values
        assert fact["about"] == "Ana Ruiz"
        assert 0.6 <= fact["confidence"] <= 1


def test_the_input_is_read_where_no_file_is_named() -> None:
    shown = CliRunner().invoke(app, ["insight", "extract", "-", "--json"], input=NOTE)

    assert json.loads(shown.stdout)["document"]["text"] == NOTE


def test_what_is_given_is_not_guessed() -> None:
    arguments = ["--kind", "email", "--language", "de", "--json"]

    shown = CliRunner().invoke(app, ["insight", "extract", "-", *arguments], input=NOTE)

    told = json.loads(shown.stdout)
    assert (told["document"]["kind"], told["document"]["language"]) == ("email", "de")
    assert {fact["about"] for fact in told["facts"]} == {None}


@pytest.mark.parametrize(
    ("text", "shows"), [(NOTE, "wants 105k"), ("Nice day.", "Nothing was found")]
)
def test_people_are_shown_a_table(text: str, shows: str) -> None:
    shown = CliRunner().invoke(app, ["insight", "extract", "-", "--people", "Ana Ruiz"], input=text)

    assert shown.exit_code == 0
    assert shows in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.txt"], "missing.txt cannot be opened: No such file or directory."),
        (["-"], "This file is empty."),
        (["-", "--kind", "poem"], "There is no kind poem."),
        (["-", "--language", "xx"], "The language xx is not read."),
        (["note.txt", "--date", "5 March"], "5 March is no date. Write it like 2026-03-05."),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("note.txt").write_text(NOTE)

    shown = CliRunner().invoke(app, ["insight", "extract", *arguments])

    assert shown.exit_code == 2
    assert sentence in shown.stderr
    assert not shown.stdout


def test_its_help_shows_an_example() -> None:
    shown = CliRunner().invoke(app, ["insight", "extract", "--help"], env={"COLUMNS": "120"})

    assert "Example" in shown.output
    assert "warmbench insight extract" in shown.output


def test_every_kind_sense_and_value_that_is_printed_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "insights.md").read_text()
    kinds = page.split("## Kinds")[1]

    assert set(re.findall(r"^\| `(\w+)` \|", kinds, re.MULTILINE)) == set(Kind.values)
    assert all(f"`{one}`" in page for one in [*Polarity.values, *SourceKind.values])
    assert all(f"`{key}`" in page or f'"{key}"' in page for key in [*FACT_KEYS, *DOCUMENT_KEYS])
