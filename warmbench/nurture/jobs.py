"""Background jobs of nurture."""

from procrastinate.contrib.django import app

# A worker answers its question, and so has to know it.
import warmbench.nurture.entering
import warmbench.nurture.readiness  # noqa: F401
from warmbench.core import clock
from warmbench.nurture import checking, permissions, personalisation, pools
from warmbench.nurture.forecast import keeping, run


@app.periodic(cron="41 1 * * *")
@app.task(name="nurture.recount_pools", queueing_lock="nurture.recount_pools")
def recount_pools(timestamp: int) -> None:
    """Every night: what only the passing of time makes true ("six months since …")."""
    pools.recount(now=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="nurture.lapse_check_ins", queueing_lock="nurture.lapse_check_ins")
def lapse_check_ins(timestamp: int) -> None:
    """Every ten minutes: ask nobody any more about check-ins of people who left the sequence."""
    personalisation.lapse_void(now=clock.now())


@app.periodic(cron="29 1 * * *")
@app.task(name="nurture.ask_for_permission", queueing_lock="nurture.ask_for_permission")
def ask_for_permission(timestamp: int) -> None:
    """Every night: ask recruiters to ask people whose sequence waits for permission."""
    permissions.ask(now=clock.now())


@app.task(name="nurture.check_piece")
def check_piece(*, piece_id: int) -> None:
    """Check the words of one content piece. The encoder that it needs stays in the worker."""
    checking.run(piece_id, now=clock.now())


# One after the other: together they would leave a worker no hand free for anything else.
@app.task(name="nurture.forecast", lock="nurture.forecast")
def forecast(*, forecast_id: int) -> None:
    """Look ahead, in a copy, at what would be sent."""
    run.run(forecast_id, clock=clock.now)


@app.periodic(cron="31 2 * * *")
@app.task(name="nurture.forget_forecasts", queueing_lock="nurture.forget_forecasts")
def forget_forecasts(timestamp: int) -> None:
    """Every night: delete the forecasts of a month ago, and give up those that nobody makes."""
    keeping.forget(now=clock.now())
    keeping.give_up(now=clock.now())


@app.periodic(cron="11 2 * * *")
@app.task(name="nurture.check_unchecked", queueing_lock="nurture.check_unchecked")
def check_unchecked(timestamp: int) -> None:
    """Every night: check live pieces that came from files."""
    checking.run_missing(now=clock.now())
