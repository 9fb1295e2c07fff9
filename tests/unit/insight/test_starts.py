"""From when on somebody could start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.insight.reads import told
from warmbench.insight.extractors import starts
from warmbench.insight.kinds import SourceKind


def read(text: str, kind: SourceKind = SourceKind.NOTE) -> str:
    """The day, or "" where none is told."""
    days = [value["from"] for _, value in told(starts.extract, text, kind)]
    assert len(days) < 2
    return days[0] if days else ""


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Could start 1 June.", "2026-06-01"),
        ("Available from 15 September", "2026-09-15"),
        ("avail. from mid Oct", "2026-10-15"),
        ("Start: asap", "2026-03-05"),
        ("Free from 1 August", "2026-08-01"),
        ("Earliest start: Q3", "2026-07-01"),
        ("She'd be able to join the team from early September onwards.", "2026-09-01"),
        ("Would not move before the summer.", "2026-06-01"),
        ("He won't start anywhere before January.", "2027-01-01"),
        ("Three months to serve, so not before June.", "2026-06-01"),
        ("She'd want a break first, so realistically 1 August.", "2026-08-01"),
        ("Won't leave before her bonus (paid in April), so May at the earliest.", "2026-05-01"),
        ("Looking for a new role from September", "2026-09-01"),
        ("Immediate joiner", "2026-03-05"),
        ("Would be available in 6 weeks", "2026-04-16"),
        ("Ab sofort verfügbar", "2026-03-05"),
        ("Verfügbar ab 1. Oktober", "2026-10-01"),
        ("Kandidat kann am 1.7. anfangen", "2026-07-01"),
        ("Möchte erst nach den Sommerferien wechseln", "2026-09-01"),
        ("Kann frühestens im vierten Quartal wechseln.", "2026-10-01"),
        ("Disponible immédiatement", "2026-03-05"),
        ("Elle peut commencer le 1er juin", "2026-06-01"),
        ("Pas disponible avant septembre", "2026-09-01"),
        ("Podría incorporarse el 1 de junio", "2026-06-01"),
        ("Incorporación inmediata", "2026-03-05"),
        ("Per direct beschikbaar", "2026-03-05"),
        ("Kan direct beginnen", "2026-03-05"),
        ("Kan pas na de zomervakantie beginnen.", "2026-09-01"),
    ],
)
def test_a_start_is_read(said: str, meant: str) -> None:
    assert read(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "Client wants somebody to start by 1 June.",
        "The role starts in May.",
        "They start the new fiscal year in July.",
        "They want a start in June.",
        "His wife starts a new job on 1 May.",
        "We could start interviews on 1 June.",
        "She's available for a call on 3 June.",
        "Available for interviews from 2 June.",
        "Started in May 2024 as an analyst.",
        "The course starts in September.",
        "Is free 3 months after she resigns.",
        "The project starts on 1 May and she will lead it.",
        "Her daughter starts school in September.",
        "Three months' notice.",
        "If only it were tomorrow.",
        "She can't start immediately.",
    ],
)
def test_other_things_that_start_are_not_theirs(said: str) -> None:
    assert read(said) == ""


@pytest.mark.parametrize(
    ("asked", "answer", "meant"),
    [
        ("When could you start?", "In about six weeks.", "2026-04-16"),
        ("When could you start?", "End of May. No, wait, mid June.", "2026-06-15"),
        ("When could you begin?", "Right away, really.", "2026-03-05"),
        ("When would you be available?", "My bonus comes in May. I'd say June.", "2026-06-01"),
        ("Wann könnten Sie anfangen?", "Zum 1. Oktober.", "2026-10-01"),
        ("Quand pourriez-vous commencer ?", "Début septembre, je pense.", "2026-09-01"),
        ("¿Cuándo podrías empezar?", "En septiembre.", "2026-09-01"),
        ("Wanneer zou je kunnen beginnen?", "Per 1 juli.", "2026-07-01"),
        ("When are you free for a chat?", "The 3rd of June works.", ""),
        ("When could you start?", "Not right away.", ""),
        ("How are you?", "Fine, it's the first of May soon.", ""),
    ],
)
def test_answers_are_read_by_their_questions(asked: str, answer: str, meant: str) -> None:
    talk = f"Recruiter: {asked}\nAna Ruiz: {answer}"
    assert read(talk, SourceKind.TRANSCRIPT) == meant


MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
          "Oktober", "November", "Dezember")  # fmt: skip


@given(st.integers(1, 28), st.integers(1, 12))
def test_what_is_written_is_read_back(day: int, month: int) -> None:
    meant = f"2027-{month:02}-{day:02}"
    assert read(f"Verfügbar ab {day}. {MONTHS[month - 1]} 2027") == meant


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Could jump in June.", "2026-06-01"),
        ("Free 1 July.", "2026-07-01"),
        ("Couldn't before 1 August.", "2026-08-01"),
        ("Cliff in November, so December.", "2026-12-01"),
        ("July start ideal.", "2026-07-01"),
        ("From 1 October she's all yours.", "2026-10-01"),
    ],
)
def test_starts_are_read_as_short_notes_tell_them(said: str, day: str) -> None:
    found = [value["from"] for _, value in told(starts.extract, said)]
    assert found == [day]
