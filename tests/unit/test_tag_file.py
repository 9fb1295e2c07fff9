"""A tree file says what is wrong with it, and where, and the rest of it is read."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.people import tag_file
from warmbench.people.tag_file import Entry, TreeFileError

TREE_FILE = Path(__file__).parents[2] / "warmbench" / "people" / "data" / "tags.yaml"


def said(text: str) -> list[str]:
    return [str(conflict) for conflict in tag_file.read(text).conflicts]


def shape(entries: list[Entry]) -> list[tuple[object, ...]]:
    return [
        (entry.kind, entry.path, [text for text, _ in entry.aliases], entry.code, entry.is_retired)
        for entry in entries
    ]


def test_what_is_written_reads_back_the_same() -> None:
    entries = tag_file.read(TREE_FILE.read_text(encoding="utf-8")).entries
    again = tag_file.read(tag_file.write(entries))
    assert shape(again.entries) == shape(entries)
    assert not again.conflicts


def test_a_name_alone_is_a_tag() -> None:
    entries = tag_file.read("seniorities: [Junior, {name: Senior}]").entries
    assert [(entry.name, entry.depth, entry.line) for entry in entries] == [
        ("Junior", 0, 1),
        ("Senior", 0, 1),
    ]


def test_codes_are_read_as_they_stand() -> None:
    """An unquoted NO is the boolean false to YAML, and Norway to us."""
    text = "geographies:\n- name: Europe\n  countries:\n  - {name: Norway, code: no}\n"
    assert [entry.code for entry in tag_file.read(text).entries] == ["", "NO"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n- b", "A tag tree begins with categories, seniorities or geographies."),
        ("", "A tag tree begins with categories, seniorities or geographies."),
        ("categories: [", "The file cannot be read in line 1: "),
        ("categories:\n  - name: a\n b: c", "The file cannot be read in line 3: "),
        ("a: \x07", "The file cannot be read: something that is not YAML."),
        ("[" * 5000, "The file is nested too deeply for a tag tree."),
        ("#" * (3 << 20), "The file is too large for a tag tree."),
        ("a: b\n---\nc: d", "The file cannot be read in line 2: "),
    ],
)
def test_what_is_no_tree_at_all_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(TreeFileError) as refused:
        tag_file.read(text)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "levels: []\nseniorities: [Senior]",
            "Line 1, the file: “levels” is none of categories, seniorities or geographies.",
        ),
        (
            "seniorities: [Senior]\nseniorities: [Junior]",
            "Line 2, the file: “seniorities” stands here twice.",
        ),
        ("seniorities: Senior", "Line 1, the file: “seniorities” is not a list."),
        ("seniorities:\n- aliases: [sr]", "Line 2, the file: This tag has no name."),
        ("seniorities: [{name: '???'}]", "Line 1, the file: “???” has nothing left to match by."),
        ("seniorities: [[Senior]]", "Line 1, the file: A list stands where a tag was expected."),
        (
            f"seniorities: [{'x' * 121}]",
            f"Line 1, the file: “{'x' * 30}…” is longer than 120 characters.",
        ),
        (
            "seniorities:\n- name: Senior\n  aliases: [sr,\n    {a: b}]",
            "Line 4, Senior: “” has nothing left to match by.",
        ),
        (
            "seniorities: [{name: Senior, code: SR}]",
            "Line 1, Senior: A code is the two letters of a country.",
        ),
        (
            "geographies: [{name: Europe, countries: [{name: Norway, code: NOR}]}]",
            "Line 1, Europe → Norway: A code is the two letters of a country.",
        ),
        (
            "geographies: [{name: Europe, countries: [{name: Norway, countries: [Oslo]}]}]",
            "Line 1, Europe: “countries” is none of name, aliases, code or retired.",
        ),
        (
            "categories:\n- name: A\n  aliases: &x [one]\n- name: B\n  aliases: *x",
            "Line 3, B: This list is used twice. Write it out.",
        ),
        ("? [a]\n: b", "Line 1, the file: “?” is none of categories, seniorities or geographies."),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_place(text: str, sentence: str) -> None:
    assert said(text) == [sentence]


def test_the_rest_of_a_mistaken_file_is_read() -> None:
    file = tag_file.read("seniorities: [{nam: Junior}, Senior, {name: Lead, aliases: }]")
    assert [entry.name for entry in file.entries] == ["Senior", "Lead"]
    assert len(file.conflicts) == 2


@given(st.text())
def test_no_file_is_a_crash(text: str) -> None:
    with suppress(TreeFileError):
        tag_file.read(text)
