"""Whether people work from home, want to, or will not, and how many days they come in."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight.extractors import remote
from warmbench.insight.kinds import SourceKind


def modes(text: str, kind: SourceKind = SourceKind.NOTE, language: str = "") -> list[object]:
    found = told(remote.extract, text, kind, language)
    return [(sense, value["mode"], value.get("days")) for sense, value in found]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Remote only.", "en", [("wants", "remote", None)]),
        ("Max 2 days in the office.", "en", [("wants", "hybrid", 2)]),
        ("Five days in the office is a no-go.", "en", [("refuses", "onsite", None)]),
        ("She wants two days at home.", "en", [("wants", "hybrid", 3)]),
        ("Likes being on site.", "en", [("wants", "onsite", None)]),
        ("He currently works fully remote.", "en", [("had", "remote", None)]),
        ("Möchte höchstens zwei Tage im Büro sein.", "de", [("wants", "hybrid", 2)]),
        ("Kein Homeoffice gewünscht.", "de", [("refuses", "remote", None)]),
        ("Souhaite deux jours de télétravail.", "fr", [("wants", "hybrid", 3)]),
        ("Solo teletrabajo.", "es", [("wants", "remote", None)]),
        ("Wil graag drie dagen op kantoor werken.", "nl", [("wants", "hybrid", 3)]),
    ],
)
def test_ways_of_working_are_read(text: str, language: str, found: list[object]) -> None:
    assert modes(text, language=language) == found


@pytest.mark.parametrize(
    "text",
    [
        "The role is hybrid, 3 days on site.",
        "Their policy: five days in the office.",
        "Built remote monitoring for a hybrid cloud.",
        "Asked whether the job is remote.",
        "Had an on-site interview last week.",
        "Two days of holiday left.",
    ],
)
def test_what_the_role_asks_is_not_what_they_want(text: str) -> None:
    assert modes(text) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("Fine by me.", [("wants", "hybrid", 3)]),
        ("Two would be okay.", [("wants", "hybrid", 2)]),
        ("Hm, let me think.", []),
    ],
)
def test_an_answer_is_read_by_its_question(answer: str, found: list[object]) -> None:
    talk = f"Tom: Would three days in the office work?\nAna: {answer}"
    assert modes(talk, SourceKind.TRANSCRIPT) == found


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("fully from home or it's a no", "en", [("wants", "remote", None)]),
        ("Three office days, as today", "en", [("had", "hybrid", 3), ("wants", "hybrid", 3)]),
        ("can do 2 days in leeds, rest wfh", "en", [("wants", "hybrid", 2)]),
        ("WFH: now 2 out of 5", "en", [("had", "hybrid", 3)]),
        ("Wants a 3-2 split", "en", [("wants", "hybrid", None)]),
        ("Will nur ortsunabhängig arbeiten", "de", [("wants", "remote", None)]),
        ("Teletrabajo o nada", "es", [("wants", "remote", None)]),
    ],
)
def test_more_ways_of_working_are_read(text: str, language: str, found: list[object]) -> None:
    assert modes(text, language=language) == found


@pytest.mark.parametrize("text", ["onsite 3 of 3", "Niet op kantoor bellen"])
def test_interviews_and_telephones_on_site_are_no_way_of_working(text: str) -> None:
    assert modes(text) == []
