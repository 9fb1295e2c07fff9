"""The demo's clock runs ahead; everybody else's does not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from warmbench.core import clock
from warmbench.core.models import VirtualClock

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    clock._Offset.read_at = float("-inf")
    yield
    clock._Offset.read_at = float("-inf")


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = True


def test_outside_the_demo_the_table_is_never_read(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    VirtualClock.objects.create(ahead=timedelta(days=30))
    with time_machine.travel(NOW, tick=False), django_assert_num_queries(0):
        assert clock.now() == NOW
    with pytest.raises(RuntimeError, match="demo"):
        clock.shift(timedelta(days=1))


@pytest.mark.usefixtures("demo")
def test_the_demo_skips_ahead_and_asks_the_database_once_a_second(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert clock.now() == NOW
        assert clock.shift(timedelta(days=7)) == NOW + timedelta(days=7)
        assert clock.shift(timedelta(days=1)) == NOW + timedelta(days=8)
        with django_assert_num_queries(0):
            assert clock.now() == NOW + timedelta(days=8)


@pytest.mark.usefixtures("demo")
def test_the_clock_does_not_go_back(db: None) -> None:
    with pytest.raises(ValueError, match="forward"):
        clock.shift(timedelta(days=-1))


@pytest.mark.usefixtures("demo")
def test_two_people_who_skip_ahead_at_once_both_count(transactional_db: None) -> None:
    def skip(_: int) -> None:
        clock.shift(timedelta(days=1))
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(skip, range(8)))
    assert VirtualClock.objects.get().ahead == timedelta(days=8)


def test_a_simulation_pins_the_time() -> None:
    with clock.pinned(NOW), clock.pinned(NOW + timedelta(days=1)):
        assert clock.now() == NOW + timedelta(days=1)
