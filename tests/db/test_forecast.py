"""A look ahead: the engine lives through the coming months in a copy, and touches nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging.models import Message
from warmbench.nurture.forecast import asking, run
from warmbench.nurture.forecast.asking import Question
from warmbench.nurture.forecast.results import Result
from warmbench.nurture.models import Enrollment, Forecast, ForecastTouch, Step
from warmbench.people.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT, MESSAGE = Step.Kind.CONTENT, Step.Kind.MESSAGE


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


def forecast(days: int = 90, **said: object) -> Forecast:
    scope = said.pop("scope", Forecast.Scope.EVERYTHING)
    question = Question(scope=scope, days=days, **said)
    asked = asking.note(question, by_id=None, now=NOW)
    run.run(asked.pk, clock=lambda: NOW)
    asked.refresh_from_db()
    return asked


def test_it_sees_what_will_go(alice: User) -> None:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    piece = make.piece(devops)
    ana = make.candidate(devops, owner=alice)
    make.enrollment(ana, make.sequence(MESSAGE, CONTENT, CONTENT))

    seen = forecast()

    assert seen.state == "done", seen.error
    touches = list(
        ForecastTouch.objects.filter(forecast=seen)
        .order_by("at")
        .values_list("at", "candidate_id", "piece_id", "refusal")
    )
    assert touches == [
        (NOW, ana.pk, None, ""),
        (NOW + timedelta(days=30), ana.pk, piece.pk, ""),
        # Two months later is a Saturday: Monday, nine o'clock in Berlin's summer.
        (datetime(2026, 5, 4, 7, tzinfo=UTC), ana.pk, None, "no_content"),
    ]
    assert not Message.objects.exists()
    assert Enrollment.objects.get().position == 0

    result = Result.from_json(seen.result)
    assert (result.people, result.written_to, result.messages) == (1, 1, 2)
    assert result.days == {"2026-03-03": {"welcome": 1}, "2026-04-02": {"content": 1}}
    assert result.refusals == {"no_content": 1}
    assert result.shifts == {"weekend": {"2026-05-02": 1}}
    assert result.fallbacks == {"trends": {"own": 1}}
    assert [(step.first, step.people, step.refused) for step in result.steps] == [
        (NOW.isoformat(), 1, 0),
        ((NOW + timedelta(days=30)).isoformat(), 1, 0),
        (None, 0, 1),
    ]
    assert [(one.kind, one.topic, one.people) for one in result.missing_pieces] == [
        ("trends", "Cloud & DevOps", 1),
        ("trends", "everybody", 1),
    ]
