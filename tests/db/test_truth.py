"""Whether we may rely on what we know of who was placed: held against systems of record."""

from datetime import timedelta

import pytest

from tests.make import NOW
from warmbench.core.standstill import standstill
from warmbench.messaging import gate, standing
from warmbench.people import truth
from warmbench.people.models import TruthSource

pytestmark = pytest.mark.django_db


def rely(hours: int | None, *, name: str = "Greenhouse", on: bool = True) -> TruthSource:
    at = None if hours is None else NOW - timedelta(hours=hours)
    return TruthSource.objects.create(name=name, is_relied_on=on, confirmed_at=at)


@pytest.mark.parametrize(
    ("hours", "is_stale"), [(0, False), (23, False), (24, True), (200, True), (None, True)]
)
def test_word_that_is_older_than_a_day_is_stale(hours: int | None, is_stale: bool) -> None:
    rely(hours)
    assert bool(truth.stale(now=NOW)) == is_stale
    assert (gate.STALE_TRUTH in standing.switches(now=NOW)) == is_stale


def test_one_of_several_systems_that_is_silent_is_enough() -> None:
    rely(1)
    rely(30, name="Bullhorn")
    assert [source.name for source in truth.stale(now=NOW)] == ["Bullhorn"]


def test_what_nobody_relies_on_holds_nothing_up() -> None:
    rely(None, on=False)
    assert not standing.switches(now=NOW)


def test_a_forecast_takes_the_system_to_be_heard_from_again() -> None:
    rely(None)
    with standstill():
        assert gate.STALE_TRUTH not in standing.switches(now=NOW)
