"""For how many people, how much money and how many users somebody answers."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight.extractors import scopes
from warmbench.insight.kinds import SourceKind


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Leads a team of 30.", "en", [("people", 30)]),
        ("Ran 22 ppl.", "en", [("people", 22)]),
        ("In charge of a shift of 9.", "en", [("people", 9)]),
        ("Has 8 direct / 30 indirect.", "en", [("people", 8)]),
        ("12 midwives on her roster.", "en", [("people", 12)]),
        ("Her territory did $3.1m last year.", "en", [("revenue", 3_100_000)]),
        ("Responsible for a contract worth £12m.", "en", [("budget", 12_000_000)]),
        ("She has eight direct reports.", "en", [("people", 8)]),
        ("Manages 6 nurses and 2 assistants on the ward.", "en", [("people", 8)]),
        ("Five no six people reporting to her.", "en", [("people", 6)]),
        ("Owns a budget of £3.2m.", "en", [("budget", 3_200_000)]),
        ("Carries a quota of $4m, 5 reps report to him.", "en", [("revenue", 4e6), ("people", 5)]),
        ("Built the app, 3m monthly users.", "en", [("users", 3_000_000)]),
        (
            "Personalverantwortung für 12 Mitarbeiter, Budget 3 Mio €.",
            "de",
            [("people", 12), ("budget", 3_000_000)],
        ),
        (
            "Encadre 8 techniciens, budget de 1,5 M€.",
            "fr",
            [("people", 8), ("budget", 1_500_000)],
        ),
        ("Tiene a su cargo 15 personas.", "es", [("people", 15)]),
        ("Geeft leiding aan 9 monteurs.", "nl", [("people", 9)]),
    ],
)
def test_what_they_answer_for_is_read(
    text: str, language: str, found: list[tuple[str, float]]
) -> None:
    read = told(scopes.extract, text, language=language)
    assert [(value["what"], value["amount"]) for _, value in read] == found


@pytest.mark.parametrize(
    "text",
    [
        "Our client employs 400 people and has a budget of £5m.",
        "She is in a team of 8.",
        "Wants to lead 10 people.",
        "No direct reports.",
        "Saved £2m in budget.",
        "Leads the project since 2019, 10 years in.",
        "Has reported to four heads.",
    ],
)
def test_what_is_not_theirs_is_no_scope(text: str) -> None:
    assert told(scopes.extract, text) == []


def test_a_recruiters_numbers_in_a_talk_are_not_theirs() -> None:
    talk = "Tom: You would lead a team of 40.\nAna: I have three direct reports now."
    [(_, value)] = told(scopes.extract, talk, SourceKind.TRANSCRIPT)
    assert value == {"what": "people", "amount": 3}
