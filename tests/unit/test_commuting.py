"""Whoever lives within reach of a role is no conflict, and nobody's home is guessed."""

import pytest

from warmbench.people import gazetteer
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing import place_fit
from warmbench.sourcing.fit import Asked, Known


@pytest.mark.parametrize(
    ("one", "other", "country", "near"),
    [
        ("Boston", "Cambridge", "US", True),
        ("Munich", "Dachau", "DE", True),
        ("Leeds", "Bradford", "GB", True),
        ("Berlin", "Hamburg", "DE", False),
    ],
)
def test_cities_within_reach_are_near(one: str, other: str, country: str, *, near: bool) -> None:
    apart = gazetteer.kilometres(one, other, country)
    assert apart is not None
    assert (apart <= 40) is near
    assert gazetteer.kilometres(other, one, country) == pytest.approx(apart)


def test_of_a_city_that_nobody_knows_no_distance_is_told() -> None:
    assert gazetteer.kilometres("Berlin", "Nowhere at all", "DE") is None


def test_who_lives_within_reach_of_a_role_is_asked_nothing() -> None:
    role = Asked(0, "", (), "", (WantedPlace("Boston", "Boston", "", "US"),), "", None, frozenset())
    near = place_fit.find(role, Known(1, city="Cambridge", country="US"))
    far = place_fit.find(role, Known(1, city="Seattle", country="US"))
    assert near is not None
    assert far is not None
    assert near.share > far.share
    assert "within reach" in near.sentence
    assert (near.question, near.contradicts) == ("", False)
    assert far.question
