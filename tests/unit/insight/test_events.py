"""Dated things ahead, and before when somebody wants no contact."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.insight.reads import finds, told
from warmbench.insight.extractors import events
from warmbench.insight.kinds import SourceKind


def read(text: str, kind: SourceKind = SourceKind.NOTE) -> list[dict[str, Any]]:
    return [value for _, value in told(events.extract, text, kind)]


@pytest.mark.parametrize(
    ("said", "what", "begins"),
    [
        ("Her RSUs vest on 15 June.", "vesting", "2026-06-15"),
        ("The next tranche of shares unlocks in August", "vesting", "2026-08-01"),
        ("Next cliff is in September", "vesting", "2026-09-01"),
        ("Gets her bonus at the end of April.", "bonus", "2026-04-30"),
        ("Die Prämie wird Ende März ausgezahlt.", "bonus", "2026-03-31"),
        ("Sa prime tombe en mai.", "bonus", "2026-05-01"),
        ("Cobra el bonus en abril", "bonus", "2026-04-01"),
        ("Bonus komt in mei", "bonus", "2026-05-01"),
        ("Contract ends 30 June.", "contract_end", "2026-06-30"),
        ("FTC to end Aug", "contract_end", "2026-08-31"),
        ("Vertrag läuft bis 31.12.2026", "contract_end", "2026-12-31"),
        ("CDD jusqu'au 30 juin", "contract_end", "2026-06-30"),
        ("Su contrato termina el 31 de mayo", "contract_end", "2026-05-31"),
        ("Contract loopt af op 1 juli", "contract_end", "2026-07-01"),
        ("He has resigned, his notice runs until 31 May.", "contract_end", "2026-05-31"),
        ("Under notice, ends 30 June 2026.", "contract_end", "2026-06-30"),
        ("On notice till the end of April.", "contract_end", "2026-04-30"),
        ("Works his notice until 12 June", "contract_end", "2026-06-12"),
        ("Kündigungsfrist läuft bis 30. Juni.", "contract_end", "2026-06-30"),
        ("Préavis en cours, se termine le 30 avril.", "contract_end", "2026-04-30"),
        ("En preaviso hasta el 15 de mayo.", "contract_end", "2026-05-15"),
        ("Zit in opzegtermijn tot 1 juni.", "contract_end", "2026-06-01"),
        ("We move to Lisbon in August.", "relocation", "2026-08-01"),
        ("Zieht im Mai nach Hamburg", "relocation", "2026-05-01"),
        ("Nous déménageons à Lyon en juillet", "relocation", "2026-07-01"),
        ("Se muda a Madrid en junio", "relocation", "2026-06-01"),
        ("Verhuist in mei naar Utrecht", "relocation", "2026-05-01"),
        ("Sits the ACCA final in June.", "exam", "2026-06-01"),
        ("Prüfung zum Bilanzbuchhalter im Oktober", "exam", "2026-10-01"),
        ("Go-live is planned for 1 July", "project_end", "2026-07-01"),
        ("Das Projekt läuft noch bis Ende Mai", "project_end", "2026-05-31"),
        ("Her visa expires on 30 November 2026", "other", "2026-11-30"),
    ],
)
def test_a_dated_thing_is_read(said: str, what: str, begins: str) -> None:
    assert read(said) == [{"what": what, "from": begins}]


@pytest.mark.parametrize(
    "said", ["Three months' notice to the end of a quarter.", "Needs notice before 1 June.",
             "Was under notice until March 2025.", "Kündigungsfrist drei Monate zum Quartalsende"]
)  # fmt: skip
def test_a_period_of_notice_that_nobody_gave_ends_nothing(said: str) -> None:
    assert read(said) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (
            "Going on parental leave from 1 May to 31 October",
            {"what": "parental_leave", "from": "2026-05-01", "until": "2026-10-31"},
        ),
        (
            "On maternity leave until the end of September",
            {"what": "parental_leave", "until": "2026-09-30"},
        ),
        (
            "Elternzeit von Mai bis Ende August",
            {"what": "parental_leave", "from": "2026-05-01", "until": "2026-08-31"},
        ),
        (
            "congé maternité du 1er juin au 30 septembre",
            {"what": "parental_leave", "from": "2026-06-01", "until": "2026-09-30"},
        ),
        (
            "On maternity leave since January, back on 1 September",
            {"what": "parental_leave", "until": "2026-09-01"},
        ),
        (
            "met zwangerschapsverlof tot 1 oktober",
            {"what": "parental_leave", "until": "2026-10-01"},
        ),
        (
            "Sabbatical from November to February",
            {"what": "sabbatical", "from": "2026-11-01", "until": "2027-02-28"},
        ),
        (
            "Career break between 1 and 30 June",
            {"what": "sabbatical", "from": "2026-06-01", "until": "2026-06-30"},
        ),
        (
            "1 May until 31 October: parental leave",
            {"what": "parental_leave", "from": "2026-05-01", "until": "2026-10-31"},
        ),
    ],
)
def test_a_leave_has_a_begin_and_an_end(said: str, value: dict[str, Any]) -> None:
    assert read(said) == [value]


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("Please don't call me before September.", "2026-09-01"),
        ("Call her again in October.", "2026-10-01"),
        ("Get back to him after the summer.", "2026-09-01"),
        ("She'd like to be left alone until the end of June.", "2026-07-01"),
        ("Ring me in three months.", "2026-06-05"),
        ("Touch base Q4", "2026-10-01"),
        ("Don't chase before May.", "2026-05-01"),
        ("Wiedervorlage im September", "2026-09-01"),
        ("Busy till 1 May with the audit. Please leave her alone until then.", "2026-05-01"),
        ("Vor Oktober bitte nicht anrufen.", "2026-10-01"),
        ("Melden Sie sich gern nach Ostern wieder.", "2026-04-06"),
        ("Merci de me recontacter en septembre.", "2026-09-01"),
        ("Ne pas l'appeler avant juin.", "2026-06-01"),
        ("Llámame después del verano.", "2026-09-01"),
        ("Pas in september weer bellen.", "2026-09-01"),
        ("Tot 1 juli met rust laten", "2026-07-01"),
    ],
)
def test_who_wants_no_contact_before_then_is_heard(said: str, begins: str) -> None:
    assert {"what": "not_before", "from": begins} in read(said)


@pytest.mark.parametrize(
    "said",
    [
        "My bonus was paid last March.",
        "The client pays a sign-on bonus in May.",
        "His wife is on maternity leave until June.",
        "He's covering maternity leave until October.",
        "I'm on holiday from 3 to 17 April.",
        "I'll call you in June with news.",
        "Interview on 3 April at 10.",
        "We will speak again on Thursday.",
        "No contract until May.",
        "She moved to Berlin in March 2024.",
        "The company is moving to Reading in September.",
        "Passed the exam in January.",
        "Call her again next week.",
        "Talk to her again on 3 June at 10.",
        "Please don't call me again.",
        "She has a contract.",
        "Contract work since May 2025.",
        "The team will grow by June.",
    ],
)
def test_what_is_past_or_of_others_is_no_event(said: str) -> None:
    assert read(said) == []


@pytest.mark.parametrize(
    ("asked", "answer", "value"),
    [
        ("And your bonus?", "It's paid out on 15 April.", {"what": "bonus", "from": "2026-04-15"}),
        ("And the exam?", "On 12 May.", {"what": "exam", "from": "2026-05-12"}),
        ("Shall I call again?", "Not before May.", {"what": "not_before", "from": "2026-05-01"}),
    ],
)
def test_answers_are_read_by_their_questions(asked: str, answer: str, value: Any) -> None:
    talk = f"Recruiter: {asked}\nAna Ruiz: {answer}"
    assert read(talk, SourceKind.TRANSCRIPT) == [value]


def test_a_question_without_a_dated_thing_makes_no_event() -> None:
    talk = "Recruiter: And your bonus, how large?\nAna Ruiz: In May I was told ten per cent."
    assert read(talk, SourceKind.TRANSCRIPT) == []
    talk = "Recruiter: Shall I call you in the new contract's first week?\nAna Ruiz: 1 May, yes."
    assert read(talk, SourceKind.TRANSCRIPT) == []


def test_a_resume_asks_for_no_pause() -> None:
    assert read("Please contact me again in September.", SourceKind.RESUME) == []


def test_an_event_says_how_long_it_is_valid() -> None:
    [found] = finds(events.extract, "Sabbatical from 1 June to 31 August")
    assert (str(found.valid_from), str(found.valid_until)) == ("2026-06-01", "2026-08-31")


@given(st.integers(1, 28), st.integers(1, 12))
def test_what_is_written_is_read_back(day: int, month: int) -> None:
    meant = f"2027-{month:02}-{day:02}"
    assert read(f"Contract ends {meant}.") == [{"what": "contract_end", "from": meant}]


@pytest.mark.parametrize(
    ("said", "what", "day"),
    [
        ("RSUs cliff March 2027.", "vesting", "2027-03-01"),
        ("Bonus lands Sept, on the 30th.", "bonus", "2026-09-30"),
        ("Bonus: 15 October.", "bonus", "2026-10-15"),
        ("LWD 14 Aug.", "contract_end", "2026-08-14"),
        ("Contract rolls off in November.", "contract_end", "2026-11-01"),
        ("CFA L2 in Nov.", "exam", "2026-11-01"),
        ("Nudge in October.", "not_before", "2026-10-01"),
        ("On ice till October.", "not_before", "2026-10-01"),
        ("Said to try her in November.", "not_before", "2026-11-01"),
    ],
)
def test_dated_things_are_read_as_short_notes_tell_them(said: str, what: str, day: str) -> None:
    assert {"what": what, "from": day} in read(said)


@pytest.mark.parametrize(
    "said",
    [
        "She is marking exams all of October.",
        "Commission for Q4.",
        "Half of them hit unsubscribe after the Christmas campaign, never again.",
        "Handed over six weeks ahead of the programme.",
    ],
)
def test_what_only_sounds_dated_is_left(said: str) -> None:
    assert read(said) == []
