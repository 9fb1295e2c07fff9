"""Nobody is mailed in their quiet hours who did not ask for it, whatever the clocks do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.accounts.models import NotificationTimes, Way
from warmbench.accounts.quiet_hours import Hours, due, is_open, next_digest, next_open, put_off

BERLIN = Hours("Europe/Berlin")
#: Zones whose clocks change by an hour or half of one, early or late in the day, or never.
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC",
         "America/Santiago", "Asia/Kathmandu")  # fmt: skip

moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))
days = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def somebodys_hours(draw: st.DrawFn) -> Hours:
    quiet_from, quiet_until = draw(clocks), draw(clocks)
    return Hours(draw(st.sampled_from(ZONES)), quiet_from, quiet_until, draw(days), draw(clocks))


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    """A moment in Berlin, in 2026. The 3rd of March is a Tuesday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("told", "mailed"),
    [
        (at(3, 10), at(3, 10)),
        (at(3, 18, 59), at(3, 18, 59)),
        (at(3, 19), at(4, 8)),
        (at(3, 3), at(3, 8)),
        (at(6, 20), at(9, 8)),
        (at(7, 12), at(9, 8)),
        (at(8, 23, 59), at(9, 8)),
    ],
)
def test_evenings_and_weekends_wait_for_the_next_working_morning(
    told: datetime, mailed: datetime
) -> None:
    assert next_open(told.astimezone(UTC), BERLIN) == mailed


def test_who_has_no_quiet_hours_is_mailed_at_any_time_of_a_working_day() -> None:
    always = Hours("Europe/Berlin", time(0), time(0))
    assert next_open(at(3, 3), always) == at(3, 3)
    assert next_open(at(7, 12), always) == at(9, 0)


def test_a_quiet_noon_is_as_good_as_a_quiet_night() -> None:
    siesta = Hours("Europe/Berlin", time(13), time(16))
    assert next_open(at(3, 12, 59), siesta) == at(3, 12, 59)
    assert next_open(at(3, 13), siesta) == at(3, 16)


@pytest.mark.parametrize("month_day", [(3, 27), (10, 23)])
def test_eight_is_eight_also_when_the_clocks_changed(month_day: tuple[int, int]) -> None:
    month, friday = month_day
    opens = next_open(at(friday, 20, month=month), BERLIN).astimezone(ZoneInfo("Europe/Berlin"))
    assert (opens.day, opens.time()) == (friday + 3, time(8))


def test_an_hour_that_the_clocks_leave_out_is_the_one_after_it() -> None:
    early = Hours("Europe/Berlin", time(1), time(2, 30), frozenset(range(7)))
    opens = next_open(at(29, 1, 30), early)
    assert opens.astimezone(ZoneInfo("Europe/Berlin")).time() == time(3)


def test_the_digest_goes_once_a_working_day() -> None:
    assert next_digest(at(3, 7), BERLIN) == at(3, 8)
    assert next_digest(at(3, 8), BERLIN) == at(4, 8)
    assert next_digest(at(6, 9), BERLIN) == at(9, 8)


def test_a_digest_in_quiet_hours_waits_for_their_end() -> None:
    early = Hours("Europe/Berlin", digest_at=time(6))
    assert next_digest(at(3, 5), early) == at(3, 8)


def test_no_days_are_monday_to_friday() -> None:
    assert Hours.of(NotificationTimes(), "Europe/Berlin") == BERLIN


@given(moments, somebodys_hours(), st.none() | moments)
def test_nothing_leaves_in_quiet_hours_unless_that_was_chosen(
    now: datetime, hours: Hours, mailed_at: datetime | None
) -> None:
    for way in (Way.AT_ONCE, Way.DIGEST):
        when = due(way, hours, mailed_at=mailed_at, now=now)
        assert when is not None
        assert when >= now
        assert is_open(when, hours)
    assert due(Way.APP, hours, mailed_at=mailed_at, now=now) is None
    assert due(Way.NEVER, hours, mailed_at=mailed_at, now=now) is None
    assert due(Way.ALWAYS, hours, mailed_at=None, now=now) == now


@given(moments, somebodys_hours())
def test_what_is_late_is_held_until_it_may_go_and_no_longer(now: datetime, hours: Hours) -> None:
    for way in (Way.AT_ONCE, Way.DIGEST):
        until = put_off(way, hours, now=now)
        assert (until is None) == is_open(now, hours)
        if until is not None:
            assert now < until <= now + timedelta(days=9)
            # Nothing that was open in between was missed.
            closed = until - timedelta(minutes=1) - now
            assert not any(is_open(now + closed * part / 40, hours) for part in range(40))
    assert put_off(Way.ALWAYS, hours, now=now) is None


@given(moments, somebodys_hours(), moments)
def test_two_mails_about_one_thing_are_an_hour_apart(
    now: datetime, hours: Hours, mailed_at: datetime
) -> None:
    for way in (Way.ALWAYS, Way.AT_ONCE):
        when = due(way, hours, mailed_at=mailed_at, now=now)
        assert when is not None
        assert when >= mailed_at + timedelta(hours=1)
