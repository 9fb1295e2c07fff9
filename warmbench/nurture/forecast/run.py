"""Makes forecasts: opens a scratch, lets the engine live in it, and keeps what came of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core import clock as clocks
from warmbench.core import events
from warmbench.core.fence import attempt
from warmbench.nurture import outline, pools, versions
from warmbench.nurture.forecast import counting, people, scratch
from warmbench.nurture.forecast.assumptions import Assumptions
from warmbench.nurture.forecast.engine import Course
from warmbench.nurture.forecast.results import Result
from warmbench.nurture.forecast.scratch import Scratch
from warmbench.nurture.models import Forecast, Pool
from warmbench.nurture.versions import OutlineError

State, Scope = Forecast.State, Forecast.Scope


def run(forecast_id: int, *, clock: Callable[[], datetime]) -> None:
    """Make a forecast that was asked for. Safe to repeat: what an earlier try left is replaced.

    Nothing live changes but the rows of the forecast itself. A draft that cannot be published
    makes it fail with a sentence; what nobody foresaw does too, and is raised. One that is
    deleted meanwhile leaves nothing.
    """
    begun = Forecast.objects.filter(pk=forecast_id).exclude(state=State.DONE)
    if not begun.update(state=State.RUNNING, reached=None, error=""):
        return
    forecast = Forecast.objects.get(pk=forecast_id)
    ended = Forecast.objects.filter(pk=forecast_id)
    try:
        outcome = attempt(_made, forecast, on_week=lambda at: _tell(forecast_id, at))
    except KeyboardInterrupt:
        ended.update(state=State.FAILED, ended_at=clock(), error="It was stopped before its end.")
        raise
    match outcome:
        case Result():
            until = forecast.since + timedelta(days=forecast.days)
            ended.update(
                state=State.DONE, reached=until, ended_at=clock(), result=outcome.to_json()
            )
        case OutlineError():
            said = f"The draft cannot be published as it is. {outcome}"
            ended.update(state=State.FAILED, ended_at=clock(), error=said[:300])
        case _:
            sentence = "It stopped because of a mistake in the program; the log has it."
            if ended.update(state=State.FAILED, ended_at=clock(), error=sentence):
                raise outcome


def _tell(forecast_id: int, at: datetime) -> None:
    Forecast.objects.filter(pk=forecast_id).update(reached=at)


def _made(forecast: Forecast, *, on_week: Callable[[datetime], None]) -> Result:
    question, values = people.chosen(forecast)
    with scratch.opened(forecast.pk, question, values) as opened:
        return _lived(forecast, opened, on_week)


def _lived(forecast: Forecast, opened: Scratch, on_week: Callable[[datetime], None]) -> Result:
    assumptions = Assumptions.from_json(forecast.assumptions)

    def tell(at: datetime) -> None:
        opened.refresh()
        with opened.aside():
            on_week(at)

    if forecast.outline is not None:
        _publish(forecast, moves_along=assumptions.moves_along)
    course = Course(
        forecast.since, forecast.since + timedelta(days=forecast.days), assumptions, tell
    )
    course.run()
    counting.see(since=forecast.since)
    with scratch.writing():
        counting.keep(forecast.pk, schema=opened.schema)
    return counting.result(
        since=forecast.since,
        ticks=course.ticks,
        counts_everybody=forecast.scope == Scope.EVERYTHING,
    )


def _publish(forecast: Forecast, *, moves_along: bool) -> None:
    """Let the draft run, in the scratch alone, with all that follows for its pools."""
    now = forecast.since
    with clocks.pinned(now), events.held_back():
        with transaction.atomic():
            written = outline.from_json(forecast.outline or {})
            applied = versions.apply(written, by_id=forecast.asked_by_id, now=now)
            sequence_id = applied.version.sequence_id
            if forecast.pool_id is not None:
                Pool.objects.get(pk=forecast.pool_id).sequences.add(sequence_id)
        if moves_along:
            versions.migrate(sequence_id, by_id=forecast.asked_by_id, now=now)
        pools.recount(now=now)
