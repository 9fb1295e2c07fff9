"""How check-ins begin: with what happened, in words that a person could have written."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.nurture import openings
from warmbench.nurture.openings import Past, when, write

TODAY = date(2026, 3, 3)
NOVEMBER = date(2025, 11, 3)


def opening(past: Past, who: int = 1) -> str:
    return write(past, who=who, today=TODAY)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY, "recently"),
        (date(2026, 2, 20), "recently"),
        (date(2026, 2, 1), "a few weeks ago"),
        (NOVEMBER, "in November"),
        (date(2025, 3, 10), "in March 2025"),
        (TODAY - timedelta(days=549), ""),
        (TODAY + timedelta(days=1), ""),
        (None, ""),
    ],
)
def test_a_day_is_told_as_one_says_it(day: date | None, words: str) -> None:
    assert when(day, today=TODAY) == words


def test_the_last_conversation_comes_before_everything_else() -> None:
    past = Past(
        talked_on=NOVEMBER,
        talked_about="the platform lead role",
        role="Head of platform",
        role_on=NOVEMBER,
        piece="What SRE teams ask for",
        piece_on=NOVEMBER,
        employer="Harbour Freight Systems",
    )
    said = opening(past)
    assert "about the platform lead role" in said
    assert "November" in said
    assert "Head of platform" not in said


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (Past(role="Head of platform", role_on=NOVEMBER, piece="x", piece_on=NOVEMBER), "“Head of"),
        (Past(piece="Pay in Lyon", piece_on=NOVEMBER, employer="Acme"), "“Pay in Lyon”"),
        (Past(talked_on=NOVEMBER, employer="Acme"), "last spoke"),
        (Past(employer="Acme Inc."), "at Acme Inc"),
    ],
)
def test_what_comes_closest_stands_in_for_it(past: Past, said: str) -> None:
    assert said in opening(past)


@pytest.mark.parametrize(
    "topic",
    [
        "her divorce",
        "the new baby",
        "Schwangerschaft und Elternzeit",
        "salary expectations",
        "wants 90k",
        "did not seem keen. Call again?",
        "the works council / union",
        "a line\nand another",
        "x" * 90,
        "{{ first_name }}",
        "   ",
    ],
)
def test_a_note_to_ourselves_or_a_private_thing_is_never_said(topic: str) -> None:
    said = opening(Past(talked_on=NOVEMBER, talked_about=topic))
    assert "last spoke" in said
    assert topic.strip()[:8] not in said or not topic.strip()


def test_what_is_older_than_a_year_and_a_half_is_not_brought_up() -> None:
    old = TODAY - timedelta(days=openings.OLDEST_DAYS + 1)
    assert opening(Past(talked_on=old, talked_about="the platform lead role")) == ""
    assert opening(Past(talked_about="the platform lead role")) == ""


@pytest.mark.parametrize("employer", ["n/a", "-", "Freelance", "Selbstständig", "", "unknown"])
def test_no_employer_is_asked_about_that_is_none(employer: str) -> None:
    assert opening(Past(employer=employer)) == ""


def test_two_check_ins_of_one_person_do_not_begin_alike() -> None:
    past = Past(talked_on=NOVEMBER, talked_about="the platform lead role")
    said: list[str] = []
    for count in range(4):
        said.append(
            opening(
                Past(
                    talked_on=past.talked_on,
                    talked_about=past.talked_about,
                    check_ins=count,
                    openings=said,
                )
            )
        )
    assert len(set(said)) == 4


def test_what_was_not_said_before_goes_first() -> None:
    first = opening(Past(talked_on=NOVEMBER, talked_about="the platform lead role"))
    past = Past(
        talked_on=NOVEMBER,
        talked_about="the platform lead role",
        employer="Acme",
        check_ins=1,
        openings=[first],
        piece="Pay in Lyon",
        piece_on=NOVEMBER,
    )
    assert "Pay in Lyon" in opening(past)


def test_the_same_person_is_told_the_same_as_long_as_nothing_happened() -> None:
    past = Past(talked_on=NOVEMBER, talked_about="the platform lead role")
    assert opening(past, who=7) == opening(past, who=7)
    assert len({opening(past, who=who) for who in range(40)}) == 4


days = st.none() | st.dates(date(2023, 1, 1), date(2026, 12, 31))
texts = st.text(max_size=60) | st.sampled_from(
    ["the platform lead role", "The new team", "  a  move ", "Acme Inc.", "{x}", "a{{b}}c", "“q”"]
)
pasts = st.builds(
    Past,
    talked_on=days,
    talked_about=texts,
    role=texts,
    role_on=days,
    piece=texts,
    piece_on=days,
    employer=texts,
    check_ins=st.integers(0, 30),
    openings=st.lists(texts, max_size=3),
)


@settings(max_examples=50)
@given(pasts, st.integers(0, 10**9))
def test_an_opening_is_nothing_or_whole_sentences(past: Past, who: int) -> None:
    said = write(past, who=who, today=TODAY)
    if not said:
        return
    assert said == " ".join(said.split())
    assert said.isprintable()
    assert not re.search(r"[{}]|“”|\s[.,?]|\.\.|None", said.replace("...", ""))
    assert said[0].isupper()
    assert said[-1] in ".?"
