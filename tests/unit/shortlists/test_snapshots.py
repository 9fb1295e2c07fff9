"""What is other about somebody than before, and what only looks so."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.shortlists import snapshots
from warmbench.shortlists.models import Change
from warmbench.shortlists.noted import (
    CONFIRMED,
    NOTE,
    OWN_WORD,
    RECORD,
    Found,
    Word,
)

Kind = Change.Kind
FIRST = date(2026, 1, 5)

AT_FIRST = [
    Word("title", "Software Engineer", source="record"),
    Word("employer", "Contoso GmbH", source="record"),
    Word("skill", "Python", on=FIRST, source="file"),
    Word("domain", "payments", on=FIRST, source="file"),
    Word("scope", 4, "people", on=FIRST, rank=NOTE),
    Word("wish", {"amount": "90000", "currency": "EUR", "period": "year"}, "pay", on=FIRST),
    Word("wish", ["Berlin"], "places", on=FIRST),
]


class Told:
    """Somebody whose sources are asked again and again."""

    def __init__(self, *words: Word) -> None:
        self.today = FIRST
        self.words = list(words or AT_FIRST)
        first = snapshots.compare(None, self.words, today=self.today)
        assert first.changes == ()
        self.body: Any = first.body

    def hear(self, *words: Word, on: date | None = None, instead: str = "") -> list[Found]:
        """What is new when a source says this as well, or instead of what it said before."""
        self.today = on or self.today + timedelta(days=7)
        if instead:
            self.words = [one for one in self.words if one.aspect != instead]
        self.words += words
        result = snapshots.compare(self.body, self.words, today=self.today)
        self.body = result.body
        return list(result.changes)


def kinds(found: list[Found]) -> list[str]:
    return [str(one.kind) for one in found]


def test_nothing_is_a_change_the_first_time() -> None:
    assert snapshots.compare(None, AT_FIRST, today=FIRST).changes == ()


def test_the_same_again_is_no_change() -> None:
    assert Told().hear() == []


def test_what_was_never_asked_before_is_no_change() -> None:
    told = Told(Word("employer", "Contoso", source="record"))
    assert told.hear(Word("title", "Nurse", on=FIRST + timedelta(days=3), rank=NOTE)) == []
    assert told.hear(Word("skill", "Triage", on=FIRST + timedelta(days=3), rank=NOTE)) == []


def test_a_higher_title_is_a_promotion_with_its_words() -> None:
    on = FIRST + timedelta(days=9)
    word = Word("title", "Senior Software Engineer", on=on, rank=OWN_WORD, quote="senior now")
    (found,) = Told().hear(word)
    assert (found.kind, found.quote, found.on_day) == (Kind.PROMOTION, "senior now", on)
    assert found.sentence == "Is Senior Software Engineer now (before: Software Engineer)."


@pytest.mark.parametrize(
    "again", ["Sr. Software Engineer", "Senior SWE", "senior software engineer"]
)
def test_a_promotion_counts_once_in_whatever_words_it_is_told(again: str) -> None:
    told = Told()
    word = Word("title", "Senior Software Engineer", on=FIRST + timedelta(days=9), rank=OWN_WORD)
    assert kinds(told.hear(word)) == ["promotion"]
    assert told.hear(Word("title", again, source="record"), instead="none") == []


def test_a_file_that_lags_behind_neither_is_a_change_nor_takes_one_back() -> None:
    told = Told()
    word = Word("title", "Senior Software Engineer", on=FIRST + timedelta(days=9), rank=OWN_WORD)
    told.hear(word)
    stale = Word("title", "Software Engineer", on=told.today + timedelta(days=9), rank=RECORD)
    assert told.hear(stale, on=told.today + timedelta(days=10)) == []
    assert told.body["title"]["is"] == "senior software engineer"


def test_an_ats_that_says_the_old_employer_again_tells_of_no_move() -> None:
    told = Told()
    moved = Word("employer", "Fabrikam", on=FIRST + timedelta(days=9), rank=OWN_WORD)
    assert kinds(told.hear(moved)) == ["employer"]
    told.hear(Word("employer", "Fabrikam Inc.", source="record"), instead="employer")
    assert told.hear(Word("employer", "Contoso GmbH", source="record"), instead="employer") == []
    assert told.hear(Word("employer", "Fabrikam Inc.", source="record"), instead="employer") == []


def test_who_says_to_be_back_at_an_employer_is() -> None:
    told = Told()
    told.hear(Word("employer", "Fabrikam", on=FIRST + timedelta(days=9), rank=OWN_WORD))
    back = Word("employer", "Contoso", on=FIRST + timedelta(days=200), rank=OWN_WORD)
    (found,) = told.hear(back, on=FIRST + timedelta(days=201))
    assert (found.kind, found.before, found.after) == (Kind.EMPLOYER, "Fabrikam", "Contoso")


def test_legal_forms_and_countries_make_no_other_employer() -> None:
    told = Told()
    assert told.hear(Word("employer", "Contoso Germany", source="record"), instead="employer") == []
    assert told.hear(Word("employer", "CONTOSO AG", source="record"), instead="employer") == []


def test_a_bounce_and_the_new_employer_are_one_change() -> None:
    told = Told()
    left = Word("left", "an answer says so.", on=FIRST + timedelta(days=9), rank=NOTE)
    (open_one,) = told.hear(left)
    assert open_one.is_open
    assert open_one.sentence.startswith("May have left Contoso GmbH")
    assert told.hear(left) == []
    moved = Word("employer", "Fabrikam", on=FIRST + timedelta(days=20), rank=OWN_WORD)
    (found,) = told.hear(moved)
    assert (found.kind, found.key) == (open_one.kind, open_one.key)
    assert not found.is_open


def test_a_title_that_comes_with_another_employer_is_part_of_that_change() -> None:
    on = FIRST + timedelta(days=9)
    moved = Word("employer", "Fabrikam", on=on, rank=OWN_WORD)
    title = Word("title", "Senior Software Engineer", on=on, rank=OWN_WORD)
    assert kinds(Told().hear(moved, title)) == ["employer"]


def test_leading_people_is_told_once_however_it_is_known() -> None:
    told = Told(*(one for one in AT_FIRST if one.aspect != "scope"))
    on = FIRST + timedelta(days=60)
    first = Word("scope", 6, "people", on=on, rank=OWN_WORD)
    assert kinds(told.hear(first, on=on)) == ["leadership"]
    level = Word("level", "manager", on=on + timedelta(days=5), rank=OWN_WORD)
    found = told.hear(level, on=on + timedelta(days=6))
    assert [one.key for one in found] == ["leads:0"]


@pytest.mark.parametrize(
    ("amount", "expected"), [(5, []), (6, ["scope"]), (12, ["scope"]), (2, [])]
)
def test_half_as_much_again_is_more_scope(amount: int, expected: list[str]) -> None:
    word = Word("scope", amount, "people", on=FIRST + timedelta(days=9), rank=OWN_WORD)
    assert kinds(Told().hear(word)) == expected


def test_who_grows_little_by_little_grows_too() -> None:
    told = Told()
    days = FIRST + timedelta(days=9)
    assert told.hear(Word("scope", 5, "people", on=days, rank=OWN_WORD)) == []
    later = Word("scope", 6, "people", on=days + timedelta(days=9), rank=OWN_WORD)
    assert kinds(told.hear(later)) == ["scope"]


def test_other_work_at_the_same_height_is_another_responsibility() -> None:
    word = Word("title", "Product Manager", on=FIRST + timedelta(days=9), rank=OWN_WORD)
    assert kinds(Told().hear(word)) == ["responsibility"]


def test_a_skill_is_new_once() -> None:
    told, on = Told(), FIRST + timedelta(days=60)
    assert kinds(told.hear(Word("skill", "Rust", on=on, source="file"), on=on)) == ["skill"]
    assert told.hear(Word("skill", "rust", on=on + timedelta(days=5), source="list")) == []


def test_a_skill_that_comes_up_in_a_talk_need_not_be_new() -> None:
    told, on = Told(), FIRST + timedelta(days=60)
    assert told.hear(Word("skill", "Rust", on=on, rank=OWN_WORD), on=on) == []
    new = Word("skill", "Kafka", on=on, rank=OWN_WORD, is_news=True)
    assert kinds(told.hear(new)) == ["skill"]


def test_what_a_source_lists_for_the_first_time_was_so_all_along() -> None:
    told, on = Told(), FIRST + timedelta(days=60)
    listed = [Word("skill", name, on=on, source="resume") for name in ("Kafka", "Rust", "Go")]
    assert told.hear(*listed, on=on) == []
    assert kinds(told.hear(Word("skill", "Perl", on=on, source="resume"))) == ["skill"]


def test_a_fuller_record_is_no_news() -> None:
    names = ("Kafka", "Rust", "Go", "Perl", "Ruby", "Scala", "Elixir")
    many = [Word("skill", one, on=FIRST + timedelta(days=60), source="file") for one in names]
    assert Told().hear(*many) == []


def test_what_was_done_before_we_looked_is_no_news() -> None:
    old = Word("achievement", "cut costs by 12 %", on=FIRST - timedelta(days=400), rank=OWN_WORD)
    assert Told().hear(old) == []


def test_one_result_is_told_once_in_other_words() -> None:
    told, on = Told(), FIRST + timedelta(days=60)
    first = Word("achievement", "cut cloud costs by 30 % this year", on=on, rank=OWN_WORD)
    again = Word("achievement", "this year cut the cloud costs by 30 %", on=on, rank=NOTE)
    other = Word("achievement", "cut cloud costs by 45 % this year", on=on, rank=NOTE)
    assert kinds(told.hear(first)) == ["project"]
    assert told.hear(again) == []
    assert kinds(told.hear(other)) == ["project"]


def test_another_field_of_work_is_told() -> None:
    word = Word("domain", "insurance", on=FIRST + timedelta(days=60), rank=OWN_WORD)
    assert kinds(Told().hear(word)) == ["domain"]


@pytest.mark.parametrize(("amount", "expected"), [("92000", []), ("110000", ["preference"])])
def test_pay_that_is_only_rounded_is_the_same(amount: str, expected: list[str]) -> None:
    value = {"amount": amount, "currency": "EUR", "period": "year"}
    word = Word("wish", value, "pay", on=FIRST + timedelta(days=9), rank=OWN_WORD)
    assert kinds(Told().hear(word)) == expected


def test_other_places_are_another_wish_whatever_their_order() -> None:
    told, on = Told(), FIRST + timedelta(days=9)
    (found,) = told.hear(Word("wish", ["Hamburg", "Berlin"], "places", on=on, rank=OWN_WORD))
    assert found.sentence == "Would work in Hamburg, Berlin now (before: Berlin)."
    later = on + timedelta(days=9)
    assert told.hear(Word("wish", ["berlin", "Hamburg"], "places", on=later, rank=OWN_WORD)) == []


def test_a_guess_waits() -> None:
    word = Word("title", "CTO", on=FIRST + timedelta(days=9), rank=NOTE, weak=True)
    assert Told().hear(word) == []


def test_an_older_word_changes_nothing() -> None:
    told, on = Told(), FIRST + timedelta(days=30)
    told.hear(Word("title", "Senior Software Engineer", on=on, rank=OWN_WORD), on=on)
    older = Word("title", "Lead Software Engineer", on=on - timedelta(days=9), rank=CONFIRMED)
    assert told.hear(older) == []


def test_a_day_is_told_once_when_it_comes_near() -> None:
    told = Told(*AT_FIRST, Word("day", "2026-04-01", "vesting", on=FIRST, rank=OWN_WORD))
    assert told.hear(on=date(2026, 3, 1)) == []
    (found,) = told.hear(on=date(2026, 3, 2))
    assert (found.kind, found.sentence) == (Kind.DUE, "Their shares vest: 1 April 2026.")
    again = Word("day", "2026-04-15", "vesting", on=date(2026, 3, 1), rank=NOTE)
    assert told.hear(again, on=date(2026, 3, 20)) == []


def test_who_asked_for_peace_until_a_day_is_told_of_on_that_day() -> None:
    told = Told(*AT_FIRST, Word("day", "2026-04-01", "not_before", on=FIRST, rank=OWN_WORD))
    assert told.hear(on=date(2026, 3, 31)) == []
    assert kinds(told.hear(on=date(2026, 4, 1))) == ["due"]


def test_years_at_one_employer_are_told_on_their_day() -> None:
    since = Word("employer", "Contoso", on=FIRST, rank=OWN_WORD, since=date(2024, 2, 29))
    told = Told(since)
    result = snapshots.compare(told.body, told.words, today=FIRST)
    assert result.next_day == date(2026, 2, 28)
    (found,) = told.hear(on=date(2026, 2, 28))
    assert found.sentence == "Has been at Contoso for 2 years."
    assert told.hear(on=date(2026, 3, 1)) == []


def test_what_stood_on_a_fact_that_was_wrong_is_as_it_was() -> None:
    told = Told()
    word = Word("title", "CTO", on=FIRST + timedelta(days=9), rank=OWN_WORD, insight_id=7)
    told.hear(word)
    body = snapshots.without(told.body, {7})
    assert body is not None
    assert body["title"]["is"] == "software engineer"
    assert snapshots.insights(told.body) == {7}
    assert snapshots.insights(body) == set()


words = st.lists(
    st.sampled_from(
        [
            *(
                Word("title", name, on=FIRST + timedelta(days=day), rank=rank)
                for name, day, rank in (
                    ("Engineer", 1, 1),
                    ("Senior Engineer", 20, 2),
                    ("Engineer", 40, 3),
                    ("CTO", 60, 0),
                )
            ),
            *(
                Word("employer", name, on=FIRST + timedelta(days=day))
                for name, day in (("Contoso", 1), ("Fabrikam", 30), ("Northwind", 50))
            ),
            Word("skill", "Rust", on=FIRST + timedelta(days=3)),
            Word("skill", "Go", on=FIRST + timedelta(days=9)),
            Word("scope", 9, "people", on=FIRST + timedelta(days=9), rank=1),
            Word("title", "Engineer", source="record"),
            Word("achievement", "built the ledger", on=FIRST + timedelta(days=5), rank=1),
        ]
    ),
    max_size=8,
)


@given(words, words)
def test_hearing_the_same_twice_tells_nothing_twice(first: list[Word], then: list[Word]) -> None:
    before = snapshots.compare(None, first, today=FIRST)
    once = snapshots.compare(before.body, then, today=FIRST + timedelta(days=70))
    again = snapshots.compare(once.body, then, today=FIRST + timedelta(days=70))
    assert again.changes == ()
    assert again.body == once.body


@given(words, st.randoms())
def test_the_order_of_sources_does_not_matter(said: list[Word], chance: Any) -> None:
    before = snapshots.compare(None, AT_FIRST, today=FIRST).body
    shuffled = list(said)
    chance.shuffle(shuffled)
    today = FIRST + timedelta(days=70)
    one, other = (snapshots.compare(before, each, today=today) for each in (said, shuffled))
    assert {(c.kind, c.key) for c in one.changes} == {(c.kind, c.key) for c in other.changes}
