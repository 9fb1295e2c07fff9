"""Which laws want people told before they are ranked, and from when on they may be."""

from datetime import UTC, date, datetime

import pytest

from warmbench.shortlists import keeping, use_laws
from warmbench.shortlists.use_laws import LAWS


@pytest.mark.parametrize(
    ("country", "region", "city", "codes"),
    [
        ("US", "New York", "Brooklyn", "US-NYC"),
        ("US", "NY", "NYC", "US-NYC"),
        ("US", "", "Jackson Heights", "US-NYC"),
        ("US", "NY", "Buffalo", ""),
        ("US", "IL", "Chicago", "US-IL"),
        ("US", "California", "San Diego", "US-CA"),
        ("US", "", "Denver", "US-CO"),
        ("US", "TX", "Austin", ""),
        ("DE", "", "Berlin", "EU"),
        ("GB", "", "London", ""),
        ("JP", "", "Tokyo", ""),
    ],
)
def test_city_and_region_decide(country: str, region: str, city: str, codes: str) -> None:
    assert " ".join(law.code for law in use_laws.of_place(country, region, city)) == codes


def test_what_is_not_known_counts_as_the_strictest() -> None:
    anywhere = {law.code for law in use_laws.of_place("US", "", "")}
    assert anywhere == {"US-NYC", "US-IL", "US-CO", "US-CA"}
    # A city that no list has may be a part of New York; one that several states have is in all.
    assert [law.code for law in use_laws.of_place("US", "NY", "Little Nowhere")] == ["US-NYC"]
    assert "US-IL" in {law.code for law in use_laws.of_place("US", "", "Springfield")}
    assert {law.code for law in use_laws.of_place("", "", "")} == set(LAWS)


def test_a_law_asks_for_nothing_before_it_is_in_force() -> None:
    def asked(on: date) -> set[str]:
        return {law.code for law in use_laws.in_force(LAWS.values(), on=on)}

    assert asked(date(2026, 12, 31)) == {"US-NYC", "US-IL"}
    assert asked(date(2027, 1, 1)) == {"US-NYC", "US-IL", "US-CO", "US-CA"}
    assert asked(date(2027, 12, 2)) == set(LAWS)


def test_new_york_waits_for_ten_whole_business_days_in_its_own_calendar() -> None:
    # A Monday in New York, with Thanksgiving in between; the tenth day is the 8th of December.
    told = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert LAWS["US-NYC"].may_use_from(told) == datetime(2026, 12, 9, 5, 0, tzinfo=UTC)
    assert LAWS["US-IL"].may_use_from(told) == told


@pytest.mark.parametrize(
    ("code", "made", "until"),
    [
        ("US-CA", datetime(2026, 3, 3, tzinfo=UTC), datetime(2030, 3, 3, tzinfo=UTC)),
        ("US-IL", datetime(2026, 3, 3, tzinfo=UTC), datetime(2030, 3, 3, tzinfo=UTC)),
        ("US-CO", datetime(2027, 3, 3, tzinfo=UTC), datetime(2030, 3, 3, tzinfo=UTC)),
        ("US-CO", datetime(2026, 3, 3, tzinfo=UTC), datetime(2028, 3, 3, tzinfo=UTC)),
        ("", datetime(2028, 2, 29, tzinfo=UTC), datetime(2030, 3, 1, tzinfo=UTC)),
    ],
)
def test_records_are_kept_as_long_as_the_law_of_their_place_asks(
    code: str, made: datetime, until: datetime
) -> None:
    assert keeping.kept_until(code, made) == until


def test_of_several_laws_the_longest_time_counts() -> None:
    laws = use_laws.of_place("US", "", "")
    kept = use_laws.to_keep_by(laws, on=date(2026, 3, 3))
    assert kept is not None
    assert kept.years == 4
