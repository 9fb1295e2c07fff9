"""Who clicked: rules that a page can name, and laws that no history may break."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.make import NOW
from warmbench.signals.judge import HitFacts, Rule, Verdict, judge
from warmbench.signals.models import Hit

HANDED = NOW - timedelta(hours=1)

READER = HitFacts(
    link=0, method="GET", at=NOW, agent="a", network="198.51.100.0/24", has_language=True
)


def after(seconds: float, **changed: object) -> HitFacts:
    return replace(READER, at=NOW + timedelta(seconds=seconds), **changed)  # type: ignore[arg-type]


def judged(*hits: HitFacts, links: int = 5) -> list[Verdict]:
    return judge(hits, handed_at=HANDED, links_in_message=links)


def kinds(*hits: HitFacts, links: int = 5) -> list[str]:
    return [verdict.kind for verdict in judged(*hits, links=links)]


def test_a_reader_is_a_person() -> None:
    assert judged(READER) == [Verdict(Hit.Verdict.HUMAN)]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_whoever_only_asks_about_the_page_is_a_machine(method: str) -> None:
    assert judged(replace(READER, method=method)) == [
        Verdict(Hit.Verdict.MACHINE, (Rule.NOT_A_VISIT,))
    ]


def test_nobody_reads_a_mail_that_was_handed_over_this_moment() -> None:
    hits = [
        replace(READER, at=HANDED - timedelta(seconds=1)),
        replace(READER, at=HANDED + timedelta(seconds=9), network="203.0.113.0/24"),
        replace(READER, at=HANDED + timedelta(seconds=10), network="192.0.2.0/24"),
    ]

    assert [v.rules for v in judged(*hits)] == [(Rule.TOO_SOON,), (Rule.TOO_SOON,), ()]


def test_a_mail_of_which_nobody_knows_when_it_left_is_not_judged_by_that() -> None:
    assert judge([READER], handed_at=None, links_in_message=1)[0].kind == Hit.Verdict.HUMAN


def test_three_links_within_seconds_are_a_machine_each_of_them() -> None:
    burst = [after(0, link=0), after(4, link=1), after(10, link=2)]

    assert [v.rules for v in judged(*burst)] == [(Rule.ALL_AT_ONCE,)] * 3


def test_three_links_in_eleven_seconds_are_a_person_in_a_hurry() -> None:
    assert kinds(after(0, link=0), after(4, link=1), after(11, link=2)) == ["human"] * 3


def test_all_links_of_a_short_mail_at_once_are_a_machine() -> None:
    hits = [after(0, link=0), after(2, link=1)]

    assert kinds(*hits, links=2) == ["machine"] * 2
    assert kinds(*hits, links=3) == ["human"] * 2


def test_the_only_link_of_a_mail_clicked_twice_is_a_person() -> None:
    assert kinds(after(0), after(1), links=1) == ["human"] * 2


def test_a_burst_from_many_networks_is_still_a_burst() -> None:
    burst = [after(i, link=i, agent=str(i), network=f"203.0.{i}.0/24") for i in range(3)]

    assert kinds(*burst) == ["machine"] * 3


def test_a_person_who_reads_before_the_scanner_comes_stays_a_person() -> None:
    scanner = [after(7200 + i, link=i, agent="s", network="203.0.113.0/24") for i in range(3)]

    assert kinds(READER, *scanner) == ["human", *["machine"] * 3]


def test_a_machine_casts_a_shadow_for_a_quarter_of_an_hour() -> None:
    probe = after(0, method="HEAD")

    assert judged(probe, after(900))[1].rules == (Rule.SAME_VISITOR,)
    assert kinds(probe, after(901))[1] == "human"
    assert judged(after(-900), probe)[0].rules == (Rule.SAME_VISITOR,)
    assert kinds(probe, after(900, agent="b"))[1] == "human"
    assert kinds(probe, after(900, network="192.0.2.0/24"))[1] == "human"


def test_a_scanner_that_returns_every_ten_minutes_stays_one() -> None:
    visits = [after(600 * n) for n in range(6)]

    assert kinds(after(0, method="HEAD"), *visits) == ["machine"] * 7


def test_no_shadow_falls_where_the_network_is_not_known() -> None:
    assert kinds(after(0, method="HEAD", network=""), after(5, network=""))[1] == "human"


def test_a_visitor_without_a_language_is_unsure_and_with_more_a_machine() -> None:
    assert judged(replace(READER, has_language=False)) == [
        Verdict(Hit.Verdict.UNSURE, (Rule.NO_LANGUAGE,))
    ]
    assert judged(replace(READER, has_language=False, method="HEAD")) == [
        Verdict(Hit.Verdict.MACHINE, (Rule.NO_LANGUAGE, Rule.NOT_A_VISIT))
    ]


def test_every_rule_says_what_it_means() -> None:
    assert all(rule.means.endswith(".") for rule in Rule)


facts = st.builds(
    HitFacts,
    link=st.integers(0, 4),
    method=st.sampled_from(["GET", "GET", "GET", "HEAD"]),
    at=st.integers(-3700, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    agent=st.sampled_from(["a", "b"]),
    network=st.sampled_from(["198.51.100.0/24", "203.0.113.0/24", ""]),
    has_language=st.booleans(),
)


@given(st.lists(facts, min_size=1, max_size=12), facts)
def test_more_hits_only_ever_take_credit_away(hits: list[HitFacts], one_more: HitFacts) -> None:
    before = kinds(*hits)
    now = kinds(*hits, one_more)

    assert all(b == "human" or a != "human" for b, a in zip(before, now, strict=False))
    assert all(a == "machine" for b, a in zip(before, now, strict=False) if b == "machine")


@given(st.lists(facts, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_hits_are_told_does_not_matter(
    hits: list[HitFacts], random: object
) -> None:
    places = list(range(len(hits)))
    random.shuffle(places)  # type: ignore[attr-defined]

    shuffled = judged(*[hits[i] for i in places])

    assert shuffled == [judged(*hits)[i] for i in places]


@given(st.lists(facts, min_size=1, max_size=8))
def test_a_verdict_against_a_person_names_its_rules(hits: list[HitFacts]) -> None:
    assert all(bool(v.rules) == (v.kind != Hit.Verdict.HUMAN) for v in judged(*hits))
