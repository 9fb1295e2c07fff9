"""Warmth and high interest: laws for every history, and the numbers that are policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.make import NOW
from warmbench.signals import scoring
from warmbench.signals.models import Signal
from warmbench.signals.scoring import FIRST

Kind, Grade = Signal.Kind, Signal.Grade


@dataclass(frozen=True)
class Heard:
    kind: str
    at: datetime
    grade: str = Grade.LIKELY
    message_id: int | None = 1
    topic: str = ""


def ago(kind: str, *, days: float = 0, message: int = 1, grade: str = Grade.LIKELY) -> Heard:
    return Heard(kind, NOW - timedelta(days=days), grade, message)


signals = st.lists(
    st.builds(
        Heard,
        kind=st.sampled_from(Kind.values),
        at=st.integers(0, 400 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds)),
        grade=st.sampled_from(Grade.values),
        message_id=st.integers(1, 3),
        topic=st.sampled_from(["", "Salaries in Lyon"]),
    ),
    max_size=20,
)


@given(signals, st.floats(0, 4000))
def test_warmth_only_cools(history: list[Heard], days: float) -> None:
    today = scoring.warmth(history, FIRST, now=NOW)

    assert 0 <= scoring.warmth(history, FIRST, now=NOW + timedelta(days=days)) <= today <= 100


@given(signals)
def test_one_more_click_never_cools(history: list[Heard]) -> None:
    more = [*history, ago(Kind.CLICKED)]

    assert scoring.warmth(more, FIRST, now=NOW) >= scoring.warmth(history, FIRST, now=NOW)
    assert scoring.occasions(more, FIRST, now=NOW) >= scoring.occasions(history, FIRST, now=NOW)


@given(signals)
def test_what_is_added_up_one_by_one_is_what_is_counted_at_once(history: list[Heard]) -> None:
    points, as_of = 0.0, NOW - timedelta(days=500)
    for signal in sorted(history, key=lambda s: s.at):
        points = scoring.cooled(points, FIRST, since=as_of, now=signal.at) + scoring.weight(
            signal, FIRST
        )
        as_of = signal.at
    points = scoring.cooled(points, FIRST, since=as_of, now=NOW)

    assert points == pytest.approx(scoring.total(history, FIRST, now=NOW), rel=1e-9, abs=1e-9)
    assert scoring.shown(points) == scoring.shown(scoring.total(history, FIRST, now=NOW))


@given(signals)
def test_the_reasons_add_up_to_the_number_that_is_shown(history: list[Heard]) -> None:
    evidence = scoring.why(history, FIRST, now=NOW)

    assert sum(e.points for e in evidence) == scoring.shown(scoring.total(history, FIRST, now=NOW))
    assert all(e.points for e in evidence)
    assert [e.at for e in evidence if e.points > 0] == sorted(
        (e.at for e in evidence if e.points > 0), reverse=True
    )


@given(signals)
def test_each_reason_is_rounded_by_less_than_a_point(history: list[Heard]) -> None:
    assume(scoring.total(history, FIRST, now=NOW) <= 100)
    exact = {
        (s.at, scoring.sentence(s)): scoring.cooled(
            scoring.weight(s, FIRST), FIRST, since=s.at, now=NOW
        )
        for s in history
    }
    assume(len(exact) == len(history))

    assert all(
        abs(e.points - exact[e.at, e.text]) < 1 for e in scoring.why(history, FIRST, now=NOW)
    )


@pytest.mark.parametrize(
    ("signal", "points"),
    [
        (ago(Kind.CLICKED), 15),
        (ago(Kind.CLICKED, grade=Grade.CERTAIN), 20),
        (ago(Kind.REPLIED, grade=Grade.CERTAIN), 40),
        (ago(Kind.PREFERENCES_UPDATED, grade=Grade.CERTAIN), 30),
        (ago(Kind.UNSUBSCRIBED, grade=Grade.CERTAIN), 0),
        (ago(Kind.ADDRESS_DEAD, grade=Grade.CERTAIN), 0),
        (ago(Kind.REPLIED, days=30, grade=Grade.CERTAIN), 20),
        (ago(Kind.REPLIED, days=90, grade=Grade.CERTAIN), 5),
        (ago(Kind.REPLIED, days=40_000, grade=Grade.CERTAIN), 0),
    ],
)
def test_the_numbers_of_this_policy(signal: Heard, points: int) -> None:
    assert FIRST.version == 1
    assert scoring.shown(scoring.total([signal], FIRST, now=NOW)) == points


def test_warmth_ends_at_a_hundred_and_says_so() -> None:
    history = [ago(Kind.REPLIED, grade=Grade.CERTAIN) for _ in range(3)]

    evidence = scoring.why(history, FIRST, now=NOW)

    assert scoring.warmth(history, FIRST, now=NOW) == 100
    assert [(e.text, e.points) for e in evidence][-1] == ("Warmth ends at 100", -20)


def test_three_occasions_in_thirty_days_are_high_interest() -> None:
    history = [ago(Kind.CLICKED, days=day, message=day) for day in (1, 12, 29)]

    assert scoring.is_high_interest(history, FIRST, now=NOW)
    assert not scoring.is_high_interest(history, FIRST, now=NOW + timedelta(days=1))
    assert not scoring.is_high_interest(history[:2], FIRST, now=NOW)


def test_several_clicks_while_reading_one_mail_are_one_occasion() -> None:
    reading = [ago(Kind.CLICKED, days=minutes / 1440) for minutes in (0, 10, 59)]

    assert scoring.occasions(reading, FIRST, now=NOW) == 1
    assert scoring.occasions([*reading, ago(Kind.CLICKED, days=1)], FIRST, now=NOW) == 2
    assert scoring.occasions([*reading, ago(Kind.CLICKED, message=2)], FIRST, now=NOW) == 2


def test_what_ends_a_conversation_is_no_interest() -> None:
    history = [ago(kind) for kind in (Kind.UNSUBSCRIBED, Kind.ADDRESS_DEAD) for _ in range(3)]

    assert scoring.occasions(history, FIRST, now=NOW) == 0


@pytest.mark.parametrize("kind", Kind)
def test_every_signal_can_be_said_in_words(kind: str) -> None:
    assert scoring.sentence(Heard(kind, NOW))
    assert scoring.weight(Heard(kind, NOW), FIRST) >= 0


def test_a_signal_names_what_it_was_about() -> None:
    clicked = Heard(Kind.CLICKED, NOW, topic="Salaries in Lyon")

    assert scoring.sentence(clicked) == "Clicked in “Salaries in Lyon”"
