"""Evidence that leaves an entry takes all along that it changed, and nothing that anybody else
has changed since."""

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.make import NOW
from warmbench.signals import entries, joining
from warmbench.signals.models import FollowUp

DAY = timedelta(days=1)
Asked = tuple[int, int, int | None]
some = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 9), st.none() | st.integers(1, 9)), max_size=5
)


def entry(*, value: int = 50, due: int = 5, first: int = 0) -> FollowUp:
    begun = joining.begin([item(first)], value=value, due_at=NOW + due * DAY)
    return FollowUp(
        value=value, due_at=NOW + due * DAY, evidence=begun, owner_id=1, wakes_on="", effects={}
    )


def item(number: int) -> dict[str, Any]:
    return {"at": NOW.isoformat(), "text": f"Reason {number}", "signal": number}


def join(to: FollowUp, number: int, value: int = 0, due: int = 9, until: int | None = None) -> None:
    away = NOW + until * DAY if until else None
    joining.join(to, [item(number)], value=value, due_at=NOW + due * DAY, until=away)


def snooze(which: FollowUp, days: int) -> None:
    until = NOW + days * DAY
    entries.put_away(which, until, max(which.due_at, until), tries=which.tries, now=NOW)
    which.wakes_on = FollowUp.Wakes.SIGNAL


def part(which: FollowUp, *numbers: int) -> bool:
    return joining.part(which, lambda one: one["signal"] in numbers)


def state(of: FollowUp) -> tuple[object, ...]:
    texts = [one["text"] for one in of.evidence]
    return (of.value, of.due_at, of.snoozed_until, str(of.wakes_on), of.effects, texts)


@settings(max_examples=50)
@given(asked=some, gone=st.sets(st.integers(1, 5)), away=st.none() | st.integers(1, 9))
def test_it_is_as_if_it_had_never_come(
    asked: list[Asked], gone: set[int], away: int | None
) -> None:
    found, expected = entry(), entry()
    for one in (found, expected):
        if away:
            snooze(one, away)
    for number, (value, due, until) in enumerate(asked, start=1):
        join(found, number, value, due, until)
        if number not in gone:
            join(expected, number, value, due, until)
    there = {number for number in gone if number <= len(asked)}

    # One after the other is the same as all at once.
    for number in sorted(there):
        assert part(found, number)

    assert state(found) == state(expected)
    assert not part(found, *gone)


@settings(max_examples=50)
@given(asked=some.filter(len))
def test_what_it_began_with_may_leave_as_well(asked: list[Asked]) -> None:
    found = entry()
    for number, (value, due, _) in enumerate(asked, start=1):
        join(found, number, value, due)
    part(found, 0)
    assert found.value == max(value for value, _, _ in asked)
    assert found.due_at == NOW + min(due for _, due, _ in asked) * DAY


def test_what_somebody_has_done_since_stays() -> None:
    found = entry(due=5)
    join(found, 1, value=70, due=1)
    snooze(found, 8)
    join(found, 2, value=60, due=3)
    # The second woke it, and goes first.
    part(found, 2)
    assert (found.snoozed_until, found.due_at) == (NOW + 8 * DAY, NOW + 8 * DAY)
    part(found, 1)
    # It was put off with its deadline, by somebody who knew what they did.
    assert (found.value, found.snoozed_until, found.due_at) == (50, NOW + 8 * DAY, NOW + 8 * DAY)


def test_what_came_after_somebody_did_something_still_asks() -> None:
    found = entry(due=5)
    join(found, 1, due=1)
    snooze(found, 8)
    join(found, 2, due=3)
    part(found, 1)
    assert (found.snoozed_until, found.due_at) == (None, NOW + 3 * DAY)
    part(found, 2)
    assert (found.snoozed_until, found.due_at) == (NOW + 8 * DAY, NOW + 8 * DAY)


def test_what_was_passed_on_since_stays_in_sight() -> None:
    found = entry()
    snooze(found, 8)
    join(found, 1, due=1)
    found.owner_id = 2
    part(found, 1)
    assert found.snoozed_until is None


def test_evidence_of_before_is_left_as_it_is() -> None:
    found = entry()
    found.evidence = [item(0), item(1)]
    join(found, 2, value=60)
    assert part(found, 1, 2)
    assert (found.value, [one["text"] for one in found.evidence]) == (50, ["Reason 0"])


def test_a_moment_is_one_wherever_it_is_told() -> None:
    found = entry()
    joining.join(found, [item(1)], due_at=NOW.astimezone(ZoneInfo("Asia/Tokyo")))
    part(found, 1)
    assert found.due_at == NOW + 5 * DAY


def test_a_thousand_pieces_stay_small() -> None:
    found = entry()
    for number in range(1, 1001):
        join(found, number, value=number % 80)
    assert len(json.dumps(found.evidence)) < 120_000
    assert part(found, *range(1, 1001))
    assert [one["text"] for one in found.evidence] == ["Reason 0"]
