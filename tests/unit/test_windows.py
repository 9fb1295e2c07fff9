"""Nobody is written to at night, on a weekend or on a holiday where she is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.messaging import windows
from warmbench.messaging.windows import DAYTIME, EMAIL, SMS, next_open
from warmbench.people.places import plausible_zones

BERLIN = ("Europe/Berlin",)


def local(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on Berlin's clocks."""
    there = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))
    return there.astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param(local(2026, 3, 3, 10), local(2026, 3, 3, 10), id="within the hours"),
        pytest.param(local(2026, 3, 3, 8, 59), local(2026, 3, 3, 9), id="before nine"),
        pytest.param(local(2026, 3, 3, 17), local(2026, 3, 4, 9), id="at five it is over"),
        pytest.param(local(2026, 3, 6, 18), local(2026, 3, 9, 9), id="Friday evening"),
        pytest.param(local(2026, 4, 2, 18), local(2026, 4, 7, 9), id="Easter"),
        pytest.param(local(2026, 12, 24, 18), local(2026, 12, 28, 9), id="Christmas"),
        # The clocks go forward on Sunday 29 March: nine o'clock is an hour earlier in UTC.
        pytest.param(local(2026, 3, 28, 12), datetime(2026, 3, 30, 7, tzinfo=UTC), id="spring"),
        pytest.param(local(2026, 10, 24, 12), datetime(2026, 10, 26, 8, tzinfo=UTC), id="autumn"),
        pytest.param(local(2028, 2, 28, 18), local(2028, 2, 29, 9), id="leap day"),
    ],
)
def test_the_window_opens_when_it_should(now: datetime, opens: datetime) -> None:
    assert next_open(now, BERLIN, "DE", EMAIL) == opens


def test_texts_may_come_until_eight() -> None:
    assert next_open(local(2026, 3, 3, 19), BERLIN, "DE", SMS) == local(2026, 3, 3, 19)


def test_unknown_zones_are_written_to_when_it_is_day_in_all_of_them() -> None:
    zones = plausible_zones("US")
    opens = next_open(datetime(2026, 3, 3, 0, tzinfo=UTC), zones, "US", EMAIL)
    assert opens is not None
    assert {9 <= opens.astimezone(ZoneInfo(zone)).hour < 17 for zone in zones} == {True}


def test_russia_has_no_common_office_hours_but_common_daytime() -> None:
    zones = plausible_zones("RU")
    opens = next_open(datetime(2026, 3, 3, 0, tzinfo=UTC), zones, "RU", EMAIL)
    assert opens is not None
    assert {8 <= opens.astimezone(ZoneInfo(zone)).hour < 20 for zone in zones} == {True}


def test_who_may_live_anywhere_waits() -> None:
    everywhere = ("Pacific/Auckland", "Europe/Berlin", "America/Los_Angeles")
    assert next_open(datetime(2026, 3, 3, tzinfo=UTC), everywhere, "", EMAIL) is None
    assert next_open(datetime(2026, 3, 3, tzinfo=UTC), (), "", EMAIL) is None


def test_holidays_of_an_unknown_country_are_none() -> None:
    assert not windows.is_holiday(date(2026, 12, 25), "XX")
    assert windows.is_holiday(date(2026, 12, 25), "DE")


@given(
    now=st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
    ),
)
def test_it_is_always_in_the_future_in_the_hours_and_soon(now: datetime, zone: str) -> None:
    opens = next_open(now, (zone,), "DE", EMAIL)
    assert opens is not None
    assert now <= opens <= now + timedelta(days=7)
    there = opens.astimezone(ZoneInfo(zone))
    assert time(9) <= there.time() < time(17)
    assert there.weekday() < 5
    assert not windows.is_holiday(there.date(), "DE")
    assert next_open(opens, (zone,), "DE", EMAIL) == opens


def test_daytime_is_wider_than_any_window() -> None:
    assert all(DAYTIME.start <= w.start and w.end <= DAYTIME.end for w in (EMAIL, SMS))
