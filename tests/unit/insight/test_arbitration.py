"""Which of several facts hold: whose word counts more, and what stands side by side."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import arbitration
from warmbench.insight.arbitration import Fact
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker

DAY = date(2026, 3, 3)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HER_WORD = Fact(
    id=1,
    kind=Kind.PAY,
    topic="target",
    polarity=Polarity.WANTS,
    value={"what": "target", "low": 90000},
    speaker=Speaker.CANDIDATE,
    source_kind=SourceKind.TRANSCRIPT,
    said_on=DAY,
    noted_at=NOON,
)
OUR_NOTE = replace(
    HER_WORD, id=2, speaker=Speaker.RECRUITER, source_kind=SourceKind.NOTE, value={"low": 80000}
)
RESUME = replace(HER_WORD, id=3, source_kind=SourceKind.RESUME, value={"low": 70000})


def later(fact: Fact, days: int = 1, **changes: object) -> Fact:
    return replace(fact, said_on=fact.said_on + timedelta(days=days), **changes)  # type: ignore[arg-type]


def test_of_two_words_of_one_rank_the_later_holds() -> None:
    newer = later(HER_WORD, id=5, value={"low": 95000})
    settled = arbitration.settle([HER_WORD, newer])
    assert settled.superseded == {1: 5}
    assert not settled.contradictions


def test_of_two_words_of_one_day_the_one_that_came_later_holds() -> None:
    other = replace(HER_WORD, id=5, value={"low": 95000})
    assert arbitration.settle([other, HER_WORD]).superseded == {1: 5}


def test_a_weaker_word_of_the_same_day_stands_beside_the_stronger() -> None:
    settled = arbitration.settle([OUR_NOTE, HER_WORD])
    ((_, both),) = settled.contradictions.items()
    assert [one.id for one in both] == [1, 2]
    assert [one.id for one in settled.holding.values()] == [1]
    assert not settled.superseded


def test_a_weaker_word_of_before_is_superseded() -> None:
    assert arbitration.settle([RESUME, later(HER_WORD)]).superseded == {3: 1}


def test_a_confirmed_fact_goes_before_everything() -> None:
    confirmed = replace(RESUME, confirmed_at=NOON)
    after = NOON + timedelta(days=1)
    settled = arbitration.settle([confirmed, later(HER_WORD, noted_at=after)])
    assert [one.id for one in settled.holding.values()] == [3]
    assert settled.contradictions


def test_whoever_confirms_one_side_has_decided_against_the_other() -> None:
    sides = [replace(OUR_NOTE, said_on=DAY + timedelta(days=5)), HER_WORD]
    assert arbitration.settle(sides).contradictions
    for one, other in (sides, sides[::-1]):
        settled = arbitration.settle([replace(one, confirmed_at=NOON), other])
        assert settled.superseded == {other.id: one.id}
        assert not settled.contradictions


def test_what_says_the_same_as_a_confirmed_one_stays_because_it_is_newer() -> None:
    again = later(OUR_NOTE, value=HER_WORD.value)
    settled = arbitration.settle([replace(HER_WORD, confirmed_at=NOON), again])
    assert not settled.superseded


def test_of_two_confirmed_ones_the_one_that_was_confirmed_last_holds() -> None:
    newer = later(HER_WORD, id=5, value={"low": 95000}, confirmed_at=NOON)
    older = replace(HER_WORD, confirmed_at=NOON + timedelta(hours=1))
    assert arbitration.settle([newer, older]).superseded == {5: 1}


def test_what_is_said_again_contradicts_nothing() -> None:
    again = later(OUR_NOTE, value=HER_WORD.value)
    settled = arbitration.settle([HER_WORD, again])
    assert not settled.contradictions
    assert not settled.superseded


def test_two_skills_stand_side_by_side_and_having_and_lacking_one_do_not() -> None:
    python = replace(HER_WORD, kind=Kind.SKILL, topic="python", polarity="had", value={})
    go = replace(python, id=8, topic="go")
    lacks = replace(python, id=9, polarity="lacks", speaker=Speaker.MANAGER)
    learns = replace(python, id=10, polarity="wants")
    settled = arbitration.settle([python, go, lacks, learns])
    assert not settled.superseded
    ((_, both),) = settled.contradictions.items()
    assert [one.id for one in both] == [1, 9]


def test_where_somebody_lives_is_one_place_and_where_they_would_work_are_many() -> None:
    lives = replace(HER_WORD, kind=Kind.PLACE, topic="berlin", polarity="had", value={})
    moved = later(lives, id=5, topic="lyon")
    assert arbitration.settle([lives, moved]).superseded == {1: 5}
    would = [replace(one, polarity="wants") for one in (lives, moved)]
    assert not arbitration.settle(would).superseded


def test_a_stop_is_superseded_by_nothing() -> None:
    stop = replace(HER_WORD, kind=Kind.STOP, topic="hard", polarity="refuses", value={})
    assert not arbitration.settle([stop, later(stop, id=5)]).superseded


moments = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
facts = st.lists(
    st.builds(
        Fact,
        id=st.integers(1, 10**6),
        kind=st.sampled_from(Kind.values),
        topic=st.sampled_from(["", "a", "b"]),
        polarity=st.sampled_from(Polarity.values),
        value=st.dictionaries(st.sampled_from(["low", "current", "from"]), st.integers(0, 2)),
        speaker=st.sampled_from(Speaker.values),
        source_kind=st.sampled_from(SourceKind.values),
        said_on=st.dates(date(2026, 1, 1), date(2026, 1, 4)),
        noted_at=moments,
        confirmed_at=st.none() | moments,
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


@given(facts, st.integers())
def test_in_whatever_order_facts_come_the_same_holds(found: list[Fact], seed: int) -> None:
    mixed = list(found)
    Random(seed).shuffle(mixed)
    assert arbitration.settle(found) == arbitration.settle(mixed)


@given(facts)
def test_each_question_has_one_answer_that_nothing_overtakes(found: list[Fact]) -> None:
    settled = arbitration.settle(found)
    assert set(settled.holding) == {one.slot for one in found}
    best = {one.id: one for one in settled.holding.values()}
    assert best.keys().isdisjoint(settled.superseded)
    known = {one.id: one for one in found}
    for gone, over in settled.superseded.items():
        assert known[over].rank <= known[gone].rank
        assert known[gone].slot == known[over].slot


@given(facts)
def test_settling_what_is_left_changes_nothing(found: list[Fact]) -> None:
    gone = arbitration.settle(found).superseded
    left = [one for one in found if one.id not in gone]
    assert not arbitration.settle(left).superseded
