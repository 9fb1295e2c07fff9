"""Forecasts end, whatever becomes of whoever makes them, and are not kept for ever."""

from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.make import NOW
from warmbench.nurture.forecast import asking, keeping, run
from warmbench.nurture.forecast.asking import Question
from warmbench.nurture.models import Forecast, ForecastTouch, Step

pytestmark = pytest.mark.django_db(transaction=True)

EVERYTHING = Question(scope=Forecast.Scope.EVERYTHING, days=20)


@pytest.fixture
def asked(transactional_db: None) -> Forecast:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    make.enrollment(make.candidate(owner=alice), make.sequence(Step.Kind.MESSAGE))
    return asking.note(EVERYTHING, by_id=None, now=NOW)


def test_one_is_made_after_the_other(asked: Forecast) -> None:
    for _ in range(2):
        asking.ask(EVERYTHING, by_id=None, now=NOW)
    locks = ProcrastinateJob.objects.filter(task_name="nurture.forecast")
    assert set(locks.values_list("lock", flat=True)) == {"nurture.forecast"}


def test_one_that_is_interrupted_does_not_run_for_ever(
    asked: Forecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int, __: datetime) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_tell", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.run(asked.pk, clock=lambda: NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.error) == ("failed", "It was stopped before its end.")


def test_one_that_is_deleted_while_it_is_made_is_no_failure(
    asked: Forecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete(forecast_id: int, _: datetime) -> None:
        Forecast.objects.filter(pk=forecast_id).delete()

    monkeypatch.setattr(run, "_tell", delete)
    run.run(asked.pk, clock=lambda: NOW)
    assert not Forecast.objects.exists()
    assert not ForecastTouch.objects.exists()


def test_one_that_nobody_makes_is_given_up(asked: Forecast) -> None:
    Forecast.objects.update(state="running")
    assert not keeping.give_up(now=NOW + timedelta(hours=23))
    assert keeping.give_up(now=NOW + timedelta(hours=24)) == 1
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert "Ask for it anew." in asked.error


def test_they_are_kept_for_a_month(asked: Forecast) -> None:
    run.run(asked.pk, clock=lambda: NOW)
    assert ForecastTouch.objects.exists()
    assert not keeping.forget(now=NOW + timedelta(days=29))
    assert not keeping.give_up(now=NOW + timedelta(days=29))
    assert keeping.forget(now=NOW + timedelta(days=30)) == 1
    assert not ForecastTouch.objects.exists()


def test_the_ids_of_forecasts_may_grow_far(asked: Forecast) -> None:
    """As they do when a database was restored many times."""
    Forecast.objects.filter(pk=asked.pk).update(id=2**53 - 1)
    run.run(2**53 - 1, clock=lambda: NOW)
    assert Forecast.objects.get().state == Forecast.State.DONE
