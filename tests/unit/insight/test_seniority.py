"""At which level people work, and at which they want to."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight.extractors import seniority
from warmbench.insight.kinds import SourceKind


def levels(text: str, kind: SourceKind = SourceKind.NOTE) -> list[tuple[str, str]]:
    return [(sense, value["level"]) for sense, value in told(seniority.extract, text, kind)]


@pytest.mark.parametrize(
    ("said", "sense", "level"),
    [
        ("No direct reports so far.", "had", "individual_contributor"),
        ("Nobody has ever reported to her.", "had", "individual_contributor"),
        ("Bisher keine Personalverantwortung.", "had", "individual_contributor"),
        ("No tiene personal a su cargo.", "had", "individual_contributor"),
        ("She'd rather stay an individual contributor.", "wants", "individual_contributor"),
        ("Not looking to manage people.", "wants", "individual_contributor"),
        ("She doesn't want to manage people.", "refuses", "manager"),
        ("Ne veut plus manager d'équipe.", "refuses", "manager"),
        ("Wil geen leiding geven.", "refuses", "manager"),
        ("Looking for a director position.", "wants", "director"),
        ("Wants to step up to director level.", "wants", "director"),
        ("Wants people responsibility.", "wants", "manager"),
        ("For me she is a strong manager, not a director yet.", "had", "manager"),
        ("Ana Ruiz, VP Sales at Northlight Software.", "had", "executive"),
    ],
)
def test_levels_that_are_said_are_read(said: str, sense: str, level: str) -> None:
    assert levels(said) == [(sense, level)]


@pytest.mark.parametrize(
    "said",
    [
        "Not senior enough for director.",
        "Reports to the managing director.",
        "Looking for a manager who listens.",
        "The role has no direct reports.",
        "Ana Ruiz, tax manager at Tarnfield Homes.",
        "Her husband never managed people.",
    ],
)
def test_what_is_unclear_or_of_others_is_left(said: str) -> None:
    assert levels(said) == []


def test_never_answers_whether_she_led_people() -> None:
    text = "Tom: Have you managed people?\nAna Ruiz: No, never."
    assert levels(text, SourceKind.TRANSCRIPT) == [("had", "individual_contributor")]


@pytest.mark.parametrize(
    ("said", "sense", "level"),
    [
        ("Solo contributor.", "had", "individual_contributor"),
        ("Not a people manager.", "had", "individual_contributor"),
        ("Wants to stay hands-on.", "wants", "individual_contributor"),
        ("Doesn't want to manage.", "refuses", "manager"),
        ("Wants a team of her own.", "wants", "manager"),
        ("Number two to the CFO.", "had", "director"),
    ],
)
def test_levels_are_read_as_short_notes_tell_them(said: str, sense: str, level: str) -> None:
    assert levels(said) == [(sense, level)]
