"""What is named is taken for what it is said to be, in whatever words."""

from datetime import date

import pytest

from warmbench.insight import judging, mentions, reading
from warmbench.insight.extraction import extract
from warmbench.insight.found import Reading
from warmbench.insight.kinds import Kind, SourceKind

NAMED = {Kind.TITLE, Kind.EMPLOYER, Kind.PLACE, Kind.DOMAIN, Kind.REFERRAL}


def read(text: str, kind: SourceKind = SourceKind.NOTE, language: str = "en") -> Reading:
    return reading.read(
        text, kind=kind, said_on=date(2026, 3, 2), people=["Ilse Maron"], language=language
    )


def told(taken: Reading) -> set[tuple[str, str, str]]:
    return {
        (one.kind, one.polarity, one.value["name"]) for one in extract(taken) if one.kind in NAMED
    }


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Ilse runs planning for Tarnholt Energy.", "en", ("employer", "had", "Tarnholt Energy")),
        ("Made redundant by Brenmoor Foods.", "en", ("employer", "had", "Brenmoor Foods")),
        ("Sees herself as Finance Director soon.", "en", ("title", "wants", "Finance Director")),
        ("Keep warm for FP&A Manager.", "en", ("title", "wants", "FP&A Manager")),
        ("The kids are settled in Leeds, stays in Leeds.", "en", ("place", "had", "Leeds")),
        ("Bristol: tried it once, never again.", "en", ("place", "refuses", "Bristol")),
        ("Leipzig wäre denkbar.", "de", ("place", "wants", "Leipzig")),
        ("Arbeitet bei Quellhof Maschinenbau.", "de", ("employer", "had", "Quellhof Maschinenbau")),
        ("Rennes, hors de question.", "fr", ("place", "refuses", "Rennes")),
        ("Trabaja en Grupo Velasol.", "es", ("employer", "had", "Grupo Velasol")),
        ("Woont in Breda, twee kinderen.", "nl", ("place", "had", "Breda")),
        ("She suggested Ana Velloro for this.", "en", ("referral", "had", "Ana Velloro")),
    ],
)
def test_what_is_said_of_a_name_is_understood(
    text: str, language: str, expected: tuple[str, str, str]
) -> None:
    assert expected in told(read(text, language=language))


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Our client Halverton Bank is looking for somebody.", "employer", "Halverton Bank"),
        ("Worked with Paris Martin on the audit.", "place", "Paris"),
        ("MBA from London Business School.", "employer", "London Business School"),
        ("MBA from London Business School.", "place", "London"),
        ("Her brother works for Tolmark Freight.", "employer", "Tolmark Freight"),
        ("Gave Piers Dunmore as a reference.", "referral", "Piers Dunmore"),
        ("The role is in Madrid.", "place", "Madrid"),
        ("Wants healthcare benefits.", "domain", "healthcare"),
    ],
)
def test_what_is_said_of_others_is_left(text: str, kind: str, name: str) -> None:
    assert not any(
        one == kind and name in value for one, _, value in told(read(text)) if one == kind
    )


def test_a_recruiters_words_are_nobodys() -> None:
    taken = read(
        "Recruiter: I'm a recruiter at Solbrook Partners in Dublin.\nIlse Maron: Good morning.",
        SourceKind.TRANSCRIPT,
    )
    assert told(taken) == set()


def test_quotes_stand_where_they_are_found() -> None:
    taken = read("Ilse runs planning for Tarnholt Energy and lives near Leeds.")
    for one in judging.judged(taken):
        assert taken.text[one.start : one.end] == one.mention.value["name"]


def test_a_verb_that_opens_a_sentence_is_no_part_of_a_name() -> None:
    [named] = mentions.of(read("Suggested Ana Velloro."))
    assert {one.value["name"] for one in named} == {"Ana Velloro"}


def test_shares_of_all_senses_make_one() -> None:
    for one in judging.judged(read("Ilse is Controller at Tarnholt Energy, wants Leeds.")):
        assert sum(one.shares) == pytest.approx(1, abs=1e-4)
