"""Where people live and will move, where they would work, and where they would not."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight.extractors import places
from warmbench.insight.kinds import SourceKind


def named(text: str, kind: SourceKind = SourceKind.NOTE, language: str = "") -> list[object]:
    return [(sense, value["name"]) for sense, value in told(places.extract, text, kind, language)]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (
            "Lives in Porto but would do Lisbon once a month, not Madrid.",
            "en",
            [("had", "Porto"), ("wants", "Lisbon"), ("refuses", "Madrid")],
        ),
        (
            "Would do Leeds, York or Sheffield.",
            "en",
            [("wants", "Leeds"), ("wants", "York"), ("wants", "Sheffield")],
        ),
        ("Moving to Lyon in May.", "en", [("plans", "Lyon")]),
        (
            "Willing to relocate to Munich or Zurich.",
            "en",
            [("wants", "Munich"), ("wants", "Zurich")],
        ),
        ("based in tulsa, he said", "en", [("had", "Tulsa")]),
        ("Anywhere in Bavaria is fine.", "en", [("wants", "Bavaria")]),
        ("Two years ago she wanted London, today no.", "en", [("refuses", "London")]),
        (
            "Preferred location: Pune or Bengaluru",
            "en",
            [("wants", "Pune"), ("wants", "Bengaluru")],
        ),
        (
            "Wohnt in Freiburg, Karlsruhe geht, Zürich zu weit.",
            "de",
            [("had", "Freiburg"), ("wants", "Karlsruhe"), ("refuses", "Zürich")],
        ),
        (
            "Habite à Nantes, Rennes oui, Paris jamais.",
            "fr",
            [("had", "Nantes"), ("wants", "Rennes"), ("refuses", "Paris")],
        ),
        (
            "Vive en Valencia, Alicante sí, Madrid no.",
            "es",
            [("had", "Valencia"), ("wants", "Alicante"), ("refuses", "Madrid")],
        ),
        (
            "Woont in Haarlem, Amsterdam prima, Rotterdam te ver.",
            "nl",
            [("had", "Haarlem"), ("wants", "Amsterdam"), ("refuses", "Rotterdam")],
        ),
    ],
)
def test_places_are_read_by_what_is_said_of_them(
    text: str, language: str, found: list[object]
) -> None:
    assert named(text, language=language) == found


@pytest.mark.parametrize(
    "text",
    [
        "Worked with Paris Martin at Boston Capital.",
        "Studied at London Business School, lived in Rome until 2019.",
        "Reading the spec took her a while. Nice person. Mobile dev.",
        "Client has offices in Vienna and Prague.",
        "The role is in Birmingham.",
        "Will be in London next week.",
    ],
)
def test_other_names_and_other_peoples_places_are_none(text: str) -> None:
    assert named(text) == []


def test_an_answer_is_read_by_its_question() -> None:
    talk = (
        "Tom: Where are you based these days?\nAna: Perth.\n"
        "Tom: Is Aberdeen okay for you?\nAna: Yes, that works for me."
    )
    assert named(talk, SourceKind.TRANSCRIPT) == [("had", "Perth"), ("wants", "Aberdeen")]


def test_who_moves_there_moves_to_the_place_that_was_named() -> None:
    talk = "Tom: You mentioned Hamburg.\nAna: We're moving there in June."
    assert named(talk, SourceKind.TRANSCRIPT) == [("plans", "Hamburg")]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Atlanta, GA | ana@example.org", "Atlanta"),
        ("Lindenstraße 8, 44137 Dortmund · ana@example.org", "Dortmund"),
        ("Backend engineer · Toronto, Canada", "Toronto"),
    ],
)
def test_a_resume_says_at_its_top_where_its_writer_lives(line: str, name: str) -> None:
    resume = f"Ana Ruiz\n{line}\n\nExperience\nAnalyst, Hallmann Logistik, Bremen\n"
    assert named(resume, SourceKind.RESUME) == [("had", name)]


def test_a_place_is_in_the_country_that_is_named_or_spoken() -> None:
    [(_, value)] = told(places.extract, "She lives in Athens, Georgia.")
    assert value == {"name": "Athens", "country": "US"}
    [(_, value)] = told(places.extract, "Vive en Vitoria.", language="es")
    assert value == {"name": "Vitoria", "country": "ES"}


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Ana Ruiz, Bremen. 12 years in logistics", "en", [("had", "Bremen")]),
        ("Ana / Porto / nurse", "en", [("had", "Porto")]),
        ("not oslo, nothing else said", "en", [("refuses", "Oslo")]),
        ("lives manchester, would do leeds", "en", [("had", "Manchester"), ("wants", "Leeds")]),
        ("I'm Denver.", "en", [("had", "Denver")]),
        ("Won't leave Antwerp", "en", [("had", "Antwerp")]),
        ("Lives in Nether Wallop.", "en", [("had", "Nether Wallop")]),
        (
            "Berlin/Hamburg ok, Munich no",
            "en",
            [("wants", "Berlin"), ("wants", "Hamburg"), ("refuses", "Munich")],
        ),
        ("Dublin's a hard no", "en", [("refuses", "Dublin")]),
        ("Leeds pref, York at a push", "en", [("wants", "Leeds"), ("wants", "York")]),
        (
            "Knysna, Mossel Bay, Cape Town",
            "en",
            [("wants", "Knysna"), ("wants", "Mossel Bay"), ("wants", "Cape Town")],
        ),
        (
            "Von Bremen ziehe ich nicht weg, Hannover ließe sich pendeln.",
            "de",
            [("had", "Bremen"), ("wants", "Hannover")],
        ),
        ("Nantes, j'y habite.", "fr", [("had", "Nantes")]),
        ("woont in tiel, arnhem prima", "nl", [("had", "Tiel"), ("wants", "Arnhem")]),
    ],
)
def test_places_are_read_as_they_are_noted_in_haste(
    text: str, language: str, found: list[object]
) -> None:
    assert named(text, language=language) == found


@pytest.mark.parametrize(
    "text",
    [
        "he lives in Fear of his boss",
        "nobody need tell her, it isn't news that's high for Hampshire",
        "gives a surprise, works from home",
    ],
)
def test_words_that_may_be_places_are_none_without_a_reason(text: str) -> None:
    assert named(text) == []
