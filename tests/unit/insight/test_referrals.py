"""Whom people recommend."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight.extractors import referrals
from warmbench.insight.kinds import SourceKind


def named(text: str, kind: SourceKind) -> list[str]:
    return [value["name"] for _, value in told(referrals.extract, text, kind)]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("You should talk to Marta Silva.", "Marta Silva"),
        ("You might want to contact Helen Okoye, she is looking.", "Helen Okoye"),
        ("Try Morag Innes, she's good.", "Morag Innes"),
        ("My ex-colleague Austin Vega is good, call him.", "Austin Vega"),
        ("Sprechen Sie doch mit Frau Petra Langner.", "Petra Langner"),
        ("Je vous recommande Sophie Marchand.", "Sophie Marchand"),
        ("Habla con Nuria Peña, le interesa.", "Nuria Peña"),
        ("Bel eens met Karin de Boer.", "Karin de Boer"),
    ],
)
def test_whom_she_recommends_is_read(said: str, name: str) -> None:
    assert named(said, SourceKind.EMAIL) == [name]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Recommends her colleague Tom Weller.", "Tom Weller"),
        ("She suggested we talk to her former colleague Oliver Lind.", "Oliver Lind"),
        ("Mentioned a colleague, Joy Lister, said we cd ring her.", "Joy Lister"),
        ("Empfiehlt ihren Kollegen Deniz Aksoy.", "Deniz Aksoy"),
        ("Dice que hablemos con su compañera Nuria Peña.", "Nuria Peña"),
    ],
)
def test_whom_she_recommends_is_read_in_our_notes(said: str, name: str) -> None:
    assert named(said, SourceKind.NOTE) == [name]


@pytest.mark.parametrize(
    "said",
    [
        "Next step: talk to Tom Berger about feedback.",
        "Call Priya Shah, the hiring manager.",
        "Her colleague Deniz Aksoy earns 80k.",
        "Gave Tom Weller as a reference.",
        "Recommends Tarnfield Homes as an employer.",
        "She would not recommend Tom Weller.",
        "Talked to Ana Ruiz.",
    ],
)
def test_bosses_references_and_our_own_people_are_left(said: str) -> None:
    assert named(said, SourceKind.NOTE) == []


def test_nobody_is_named_by_a_resume() -> None:
    assert named("Talk to Marta Silva.", SourceKind.RESUME) == []


@pytest.mark.parametrize(
    "said",
    [
        "Pointed me to Lena Hartig.",
        "Try her former colleague Lena Hartig.",
        "Lena Hartig would be perfect for this.",
        "One for you: Lena Hartig, my deputy, is far better than me.",
    ],
)
def test_referrals_are_read_as_short_notes_tell_them(said: str) -> None:
    assert named(said, SourceKind.NOTE) == ["Lena Hartig"]


def test_who_opens_the_answer_to_who_else_is_recommended() -> None:
    talk = "Tom: Who else should I speak to?\nAna Ruiz: Lena Hartig, maybe.\n"
    assert named(talk, SourceKind.TRANSCRIPT) == ["Lena Hartig"]


def test_who_looks_at_a_text_is_not_recommended() -> None:
    assert named("Lena Hartig is looking at her CV.", SourceKind.NOTE) == []
