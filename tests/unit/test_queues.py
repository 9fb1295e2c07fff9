"""How urgent what is asked of recruiters is, and which outcomes it may have."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.make import NOW
from warmbench.signals import outcomes, queues
from warmbench.signals.models import FollowUp
from warmbench.signals.outcomes import NotOfferedError

Outcome, Reason = FollowUp.Outcome, FollowUp.Reason
spans = st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=30))


@pytest.mark.parametrize(
    ("ahead", "urgency"),
    [(9, 1), (3, 1), (1.5, 2), (0, 3), (-1, 3.5), (-2, 4), (-30, 4)],
)
def test_urgency_rises_to_the_deadline_and_a_little_beyond(ahead: float, urgency: float) -> None:
    assert queues.urgency(NOW + timedelta(days=ahead), NOW) == pytest.approx(urgency)


@given(spans, spans)
def test_what_is_due_earlier_is_never_less_urgent(one: timedelta, other: timedelta) -> None:
    earlier, later = sorted([NOW + one, NOW + other])
    assert queues.urgency(earlier, NOW) >= queues.urgency(later, NOW)


@given(spans, st.integers(0, 99))
def test_what_is_worth_more_stands_higher(ahead: timedelta, value: int) -> None:
    due_at = NOW + ahead
    assert queues.priority(value, due_at, NOW) < queues.priority(value + 1, due_at, NOW)


@pytest.mark.parametrize("reason", FollowUp.Reason)
def test_every_reason_has_a_time_by_when_and_outcomes(reason: FollowUp.Reason) -> None:
    assert queues.sla(reason)
    assert Outcome.OTHER in {means.outcome for means in outcomes.of(reason)}


@pytest.mark.parametrize(
    "outcome", sorted(set(FollowUp.Outcome) - {Outcome.WITHDRAWN, Outcome.BOOKED})
)
def test_every_outcome_says_before_what_it_will_do(outcome: FollowUp.Outcome) -> None:
    assert outcomes.OUTCOMES[outcome].consequence.endswith(".")
    assert outcomes.OUTCOMES[outcome].label


class TestWhatMayBeChosen:
    @staticmethod
    def check(
        outcome: FollowUp.Outcome,
        reason: FollowUp.Reason = Reason.REPLIED,
        until: date | None = None,
        role_id: int | None = None,
    ) -> None:
        today = NOW.date()
        outcomes.check(outcome, reason, until=until, role_id=role_id, today=today)

    def test_a_request_about_data_has_no_wrong_number(self) -> None:
        with pytest.raises(NotOfferedError):
            self.check(Outcome.WRONG_NUMBER, Reason.RIGHTS)

    @pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.BOOKED])
    def test_some_come_of_themselves_alone(self, outcome: FollowUp.Outcome) -> None:
        with pytest.raises(NotOfferedError):
            self.check(outcome)

    def test_an_interest_needs_a_role(self) -> None:
        with pytest.raises(NotOfferedError, match="role"):
            self.check(Outcome.ROLE_INTEREST)
        self.check(Outcome.ROLE_INTEREST, role_id=7)

    def test_not_now_needs_no_day_but_not_one_that_has_come(self) -> None:
        self.check(Outcome.NOT_NOW)
        self.check(Outcome.NOT_NOW, until=NOW.date() + timedelta(days=1))
        with pytest.raises(NotOfferedError, match="after today"):
            self.check(Outcome.NOT_NOW, until=NOW.date())
