"""Periods of notice, as they are noted and said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.insight.reads import finds, told
from tests.work import LINEAR, growth
from warmbench.insight import candidates, weighing
from warmbench.insight.extractors import notice
from warmbench.insight.kinds import SourceKind


def read(text: str, kind: SourceKind = SourceKind.NOTE) -> list[dict[str, Any]]:
    return [value for _, value in told(notice.extract, text, kind)]


@pytest.mark.parametrize(
    ("said", "amount", "unit", "to"),
    [
        ("Has three months' notice.", 3, "months", ""),
        ("Notice: 4 wks to month end", 4, "weeks", "month_end"),
        ("np: 60d", 60, "days", ""),
        ("NP 3m (end of qtr)", 3, "months", "quarter_end"),
        ("She has a twelve-week notice period.", 12, "weeks", ""),
        ("notice period three (3) months", 3, "months", ""),
        ("Notice Period : 30 Days (serving, LWD 15 April)", 30, "days", ""),
        ("notice is a month i think", 1, "months", ""),
        ("She'd have to give six weeks.", 6, "weeks", ""),
        ("I'm contracted to three months.", 3, "months", ""),
        ("I'm free three months after I resign.", 3, "months", ""),
        ("Half a year's notice, to the end of a quarter", 6, "months", "quarter_end"),
        ("Kündigungsfrist: drei Monate, jeweils zum Ende des Quartals", 3, "months", "quarter_end"),
        ("Kündigungsfrist beträgt leider sechs Wochen zum Monatsende.", 6, "weeks", "month_end"),
        ("Kü-Frist 3 Monate", 3, "months", ""),
        ("Sie muss 3 Monate vor Quartalsende kündigen.", 3, "months", "quarter_end"),
        ("Préavis : 1 mois, négociable", 1, "months", ""),
        ("Elle a deux mois de préavis", 2, "months", ""),
        ("preaviso de 15 días", 15, "days", ""),
        ("Tiene un mes de preaviso", 1, "months", ""),
        ("opzegtermijn van twee maanden", 2, "months", ""),
        ("Opzegtermijn: 1 mnd, tegen het einde van de maand", 1, "months", "month_end"),
    ],
)
def test_a_notice_is_read(said: str, amount: int, unit: str, to: str) -> None:
    assert read(said) == [{"amount": amount, "unit": unit, **({"to": to} if to else {})}]


@pytest.mark.parametrize(
    "said",
    [
        "Needs two weeks' notice for the meeting.",
        "Please give us three days' notice before any interview.",
        "She gave notice three weeks ago.",
        "His wife has three months' notice.",
        "The client accepts up to 3 months' notice.",
        "The role comes with 3 months' notice.",
        "Short notice: interview in 2 days.",
        "No notice period.",
        "The other one they saw has one month's notice.",
        "Has three years of experience and two months of holiday left.",
        "Préavis de 3 mois accepté par le client.",
    ],
)
def test_other_notices_are_not_theirs(said: str) -> None:
    assert read(said) == []


@pytest.mark.parametrize(
    ("talk", "meant"),
    [
        ("Recruiter: And notice?\nAna Ruiz: Just four weeks.", (4, "weeks")),
        ("Recruiter: Kündigungsfrist?\nAna Ruiz: Drei Monate, leider.", (3, "months")),
        ("Recruiter: Quel est votre préavis ?\nAna Ruiz: Trois mois.", (3, "months")),
        ("Recruiter: ¿Cuánto preaviso tienes?\nAna Ruiz: Quince días.", (15, "days")),
        ("Recruiter: Wat is je opzegtermijn?\nAna Ruiz: Twee maanden.", (2, "months")),
        ("Recruiter: And notice?\nAna Ruiz: One month. Hang on, no, three months.", (3, "months")),
        ("Recruiter: One month's notice, I guess?\nAna Ruiz: Six weeks.", (6, "weeks")),
    ],
)
def test_answers_count_and_what_puts_them_right(talk: str, meant: tuple[int, str]) -> None:
    [value] = read(talk, SourceKind.TRANSCRIPT)
    assert (value["amount"], value["unit"]) == meant


def test_what_a_recruiter_says_in_a_talk_is_no_notice_of_theirs() -> None:
    talk = "Recruiter: Our people have three months' notice.\nAna Ruiz: I see, a pity."
    assert read(talk, SourceKind.TRANSCRIPT) == []


def test_of_corrections_in_a_note_the_last_holds() -> None:
    assert read("Notice one month, no wait, three months.") == [{"amount": 3, "unit": "months"}]


def test_the_quote_is_the_clause() -> None:
    [found] = finds(notice.extract, "Ok with 90k. Notice: 3 months to quarter end, sadly.")
    assert found.end - found.start == len("Notice: 3 months to quarter end")


@given(
    st.integers(1, 24),
    st.sampled_from(
        [
            ("Notice: {n} {u}", ("weeks", "months")),
            ("{n} {u} notice", ("weeks", "months")),
            ("Kündigungsfrist {n} {u}", ("Wochen", "Monate")),
            ("préavis de {n} {u}", ("semaines", "mois")),
            ("preaviso: {n} {u}", ("semanas", "meses")),
            ("opzegtermijn {n} {u}", ("weken", "maanden")),
        ]
    ),
    st.integers(0, 1),
)
def test_what_is_written_is_read_back(
    amount: int, form: tuple[str, tuple[str, str]], which: int
) -> None:
    said = form[0].format(n=amount, u=form[1][which])
    assert read(said) == [{"amount": amount, "unit": ("weeks", "months")[which]}]


def test_twice_the_hostile_text_is_twice_the_work() -> None:
    def work(size: int) -> None:
        # What is remembered of the same text would make the second time cheap.
        for known in (candidates.of, candidates.amounts, weighing.judged):
            known.cache_clear()
        read("notice 3 months no wait " * size)

    assert growth(work, 500) < LINEAR


@pytest.mark.parametrize(
    ("said", "amount", "unit"),
    [
        ("Owes them two months.", 2, "months"),
        ("Would have to see out eight weeks.", 8, "weeks"),
        ("On three months.", 3, "months"),
        ("Six weeks, negotiable.", 6, "weeks"),
        ("Her contract stipulates ten weeks.", 10, "weeks"),
        ("Needs 5 weeks to get out.", 5, "weeks"),
        ("Muss zwei Monate vorher kündigen.", 2, "months"),
        ("Debe avisar con un mes.", 1, "months"),
        ("Twee maanden opzeggen.", 2, "months"),
        ("Notice: five weeks, wait, no, it's nine.", 9, "weeks"),
    ],
)
def test_notice_is_read_as_short_notes_tell_it(said: str, amount: int, unit: str) -> None:
    [(_, value)] = told(notice.extract, said)
    assert (value["amount"], value["unit"]) == (amount, unit)


@pytest.mark.parametrize(
    "said",
    [
        "The contract requires three days of travel a month.",
        "The client's contract says 12 weeks.",
        "Lived in Porto for three months.",
    ],
)
def test_other_lengths_of_time_are_no_notice(said: str) -> None:
    assert told(notice.extract, said) == []
