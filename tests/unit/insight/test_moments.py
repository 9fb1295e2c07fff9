"""Moments as people say them, in five languages."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import calendar_words, durations, moments
from warmbench.insight.flat import flat
from warmbench.insight.moments import Relation

THURSDAY = date(2026, 3, 19)


def first(text: str, today: date = THURSDAY) -> str:
    [one] = moments.find(flat(text), today=today)
    return one.begins.isoformat()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("in Q2", "2026-04-01"),
        ("Q1 2027", "2027-01-01"),
        ("q3/27", "2027-07-01"),
        ("end of next quarter", "2026-06-30"),
        ("mid Q3", "2026-08-15"),
        ("the last quarter of 2026", "2026-10-01"),
        ("im dritten Quartal", "2026-07-01"),
        ("au deuxième trimestre", "2026-04-01"),
        ("primer trimestre de 2027", "2027-01-01"),
        ("in het derde kwartaal", "2026-07-01"),
        ("in the second half of the year", "2026-07-01"),
        ("H2 2027", "2027-07-01"),
        ("im zweiten Halbjahr", "2026-07-01"),
        ("Quartalsende", "2026-03-31"),
        ("Jahreswechsel", "2027-01-01"),
        ("month end", "2026-03-31"),
        ("next month", "2026-04-01"),
        ("le mois prochain", "2026-04-01"),
        ("next week", "2026-03-23"),
        ("early next year", "2027-01-01"),
        ("in the middle of next week", "2026-03-26"),
    ],
)
def test_parts_of_the_year_begin_where_they_begin(said: str, meant: str) -> None:
    assert first(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("mid May", "2026-05-15"),
        ("end of June", "2026-06-30"),
        ("end Aug", "2026-08-31"),
        ("early September", "2026-09-01"),
        ("late 2026", "2026-12-31"),
        ("Mitte Mai", "2026-05-15"),
        ("Anfang Oktober", "2026-10-01"),
        ("à la mi-janvier", "2027-01-15"),
        ("fin janvier", "2027-01-31"),
        ("a mediados de junio", "2026-06-15"),
        ("half mei", "2026-05-15"),
        ("eind juni", "2026-06-30"),
        ("in September 2027", "2027-09-01"),
        ("avail. oct", "2026-10-01"),
        ("May at the earliest", "2026-05-01"),
        ("the fourteenth of November", "2026-11-14"),
        ("April ninth", "2026-04-09"),
        ("the third of May 2027", "2027-05-03"),
        ("le 1er juillet", "2026-07-01"),
        ("el 15 de septiembre", "2026-09-15"),
        ("zum 1. Oktober", "2026-10-01"),
        ("01.10.2026", "2026-10-01"),
        ("2026-09-01", "2026-09-01"),
    ],
)
def test_months_and_days_are_the_next_to_come(said: str, meant: str) -> None:
    assert first(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("in the summer", "2026-06-01"),
        ("next spring", "2027-03-01"),
        ("Sommer 2027", "2027-06-01"),
        ("im Herbst", "2026-09-01"),
        ("l'été prochain", "2026-06-01"),
        ("en otoño", "2026-09-01"),
        ("in het najaar", "2026-09-01"),
        ("late summer", "2026-08-31"),
        ("after the summer holidays", "2026-09-01"),
        ("nach den Sommerferien", "2026-09-01"),
        ("à la rentrée", "2026-09-01"),
        ("después del verano", "2026-09-01"),
        ("na de zomer", "2026-09-01"),
        ("after Easter", "2026-04-06"),
        ("nach Ostern", "2026-04-06"),
        ("après Pâques", "2026-04-06"),
        ("after Pentecost", "2026-05-26"),
        ("nach Himmelfahrt", "2026-05-15"),
        ("after Christmas", "2026-12-27"),
        ("after Thanksgiving", "2026-11-27"),
        ("after Labor Day", "2026-09-08"),
        ("after Memorial Day", "2026-05-26"),
        ("in the new year", "2027-01-01"),
    ],
)
def test_seasons_and_feasts_are_the_next_to_come(said: str, meant: str) -> None:
    assert first(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("in half a year", "2026-09-19"),
        ("in 6 weeks", "2026-04-30"),
        ("three months from now", "2026-06-19"),
        ("in drei Monaten", "2026-06-19"),
        ("dans trois mois", "2026-06-19"),
        ("dentro de dos meses", "2026-05-19"),
        ("over drie maanden", "2026-06-19"),
        ("in a year", "2027-03-19"),
        ("within two weeks", "2026-04-02"),
        ("every March", "2026-03-01"),
        ("KW 12", "2026-03-16"),
        ("KW 11", "2027-03-15"),
        ("week 40", "2026-09-28"),
        ("KW 3/2028", "2028-01-17"),
    ],
)
def test_lengths_and_weeks_count_from_the_day_on_which_it_was_said(said: str, meant: str) -> None:
    assert first(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "I fall in love",
        "spring boot and summer schools",
        "she may well come",
        "available 24/7",
        "three months' notice",
        "for two weeks",
        "the year was good",
        "KW 60",
        "week 53/2027",
    ],
)
def test_other_words_are_no_moments(said: str) -> None:
    assert moments.find(flat(said), today=THURSDAY) == []


@pytest.mark.parametrize(
    ("said", "relation"),
    [
        ("not before spring 2027", Relation.NOT_BEFORE),
        ("frühestens zum 1. Juli", Relation.NOT_BEFORE),
        ("until the end of June", Relation.UNTIL),
        ("jusqu'en juin", Relation.UNTIL),
        ("tot 1 september", Relation.UNTIL),
        ("by the end of May", Relation.BY),
        ("before October", Relation.BEFORE),
        ("avant l'été", Relation.BEFORE),
        ("since May 2025", Relation.SINCE),
        ("ab dem 1. Oktober", Relation.FROM),
        ("in June", Relation.BARE),
    ],
)
def test_the_words_before_say_what_a_moment_is(said: str, relation: Relation) -> None:
    [one] = moments.find(flat(said), today=THURSDAY)
    assert one.relation is relation


def test_after_a_stretch_begins_the_day_behind_it_and_until_its_end_leaves_the_next_one() -> None:
    [after] = moments.find("after june", today=THURSDAY)
    [until] = moments.find("until the end of june", today=THURSDAY)
    [june] = moments.find("until june", today=THURSDAY)
    assert after.begins == until.returns == date(2026, 7, 1)
    assert june.returns == date(2026, 6, 1)


def test_a_stretch_of_two_dates_is_two_moments_or_one() -> None:
    found = moments.find("from 1 april until the end of september", today=THURSDAY)
    assert [(one.first, one.last) for one in found] == [
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 9, 30), date(2026, 9, 30)),
    ]
    [days] = moments.find("between 15 and 20 may", today=THURSDAY)
    assert (days.first, days.last) == (date(2026, 5, 15), date(2026, 5, 20))


DAYS_AHEAD = st.integers(0, 300).map(lambda days: THURSDAY + timedelta(days=days))
ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip


@given(DAYS_AHEAD, st.sampled_from(["{d} {m}", "{m} {d}", "{d} {m} {y}", "{y}-{n:02}-{d:02}"]))
def test_a_written_day_is_read_back(day: date, form: str) -> None:
    said = form.format(d=day.day, m=ENGLISH[day.month - 1], y=day.year, n=day.month)
    assert first(f"from {said}") == day.isoformat()


@given(st.integers(1, 12), st.sampled_from([("early", 1), ("mid", 15)]))
def test_a_part_of_a_month_is_read_back(month: int, part: tuple[str, int]) -> None:
    meant = date(2026 + (month < 3), month, part[1])
    assert first(f"{part[0]} {ENGLISH[month - 1]}") == meant.isoformat()


@given(st.integers(1, 60), st.sampled_from(["days", "weeks", "months"]))
def test_a_length_is_read_back(amount: int, unit: str) -> None:
    [one] = durations.find(f"for {amount} {unit}")
    assert (one.amount, one.unit) == (amount, unit)
    assert first(f"in {amount} {unit}") == calendar_words.later(
        THURSDAY, amount, unit
    ).isoformat()  # fmt: skip


@given(st.integers(1, 4), st.integers(2026, 2030))
def test_a_quarter_is_read_back(quarter: int, year: int) -> None:
    assert first(f"in Q{quarter} {year}") == f"{year}-{quarter * 3 - 2:02}-01"


@pytest.mark.parametrize(
    ("said", "amount", "unit"),
    [
        ("three (3) months", 3, "months"),
        ("4-6 weeks", 6, "weeks"),
        ("two to three months", 3, "months"),
        ("quince días", 15, "days"),
        ("anderthalb Monate", 6, "weeks"),
        ("a fortnight", 2, "weeks"),
        ("a quarter's notice", 3, "months"),
        ("ein Jahr", 12, "months"),
        ("six full weeks", 6, "weeks"),
        ("half a year", 6, "months"),
    ],
)
def test_lengths_are_read_as_they_are_said(said: str, amount: int, unit: str) -> None:
    [one] = durations.find(flat(said))
    assert (one.amount, one.unit) == (amount, unit)


def test_short_forms_are_lengths_only_where_a_length_is_meant() -> None:
    assert durations.find("budget of £3m, 3m users") == []
    [one] = durations.find("3m to qtr end", short=True)
    assert (one.amount, one.unit) == (3, "months")


@pytest.mark.parametrize(
    ("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25))]
)
def test_easter_is_where_the_church_has_it(year: int, day: tuple[int, int]) -> None:
    assert calendar_words.easter(year) == date(year, *day)


def test_hostile_text_is_read_in_time() -> None:
    for piece in ("end of the of the ", "not before ", "1/1/", "in in the "):
        moments.find(piece * 250, today=THURSDAY)
