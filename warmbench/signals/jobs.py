"""What the worker's loop ``signals`` does, again and again, and what it does every night."""

from procrastinate.contrib.django import app

from warmbench.core import clock
from warmbench.people import notices
from warmbench.signals import (
    assignment,
    changes,
    duties,
    judging,
    missing,
    offers,
    recounting,
    retention,
    telling,
)
from warmbench.signals import notices as notice_follow_ups


def judge_due() -> int:
    """Judge the hits that have been held long enough. Returns how many there were: when there
    were any, there may be more."""
    return judging.judge_due(now=clock.now())


@app.periodic(cron="17 1 * * *")
@app.task(name="signals.ask_about_notices", queueing_lock="signals.ask_about_notices")
def ask_about_notices(timestamp: int) -> None:
    """Every night: decide about people whom nobody told that we have their data, and ask
    recruiters to tell the others."""
    now = clock.now()
    notices.set_aside(now=now)
    notice_follow_ups.ask(now=now)


@app.periodic(cron="51 1 * * *")
@app.task(name="signals.keep_nobody_too_long", queueing_lock="signals.keep_nobody_too_long")
def keep_nobody_too_long(timestamp: int) -> None:
    """Every night: ask about people whose time ends, and stop messages to those whose time is
    over. Erasing them takes a person's word: ``warmbench retention``. Requests about people's
    data come up once more before their time is over, too."""
    now = clock.now()
    duties.remind(now=now)
    retention.ask(now=now)
    retention.stop(now=now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="signals.look_after_queues", queueing_lock="signals.look_after_queues")
def look_after_queues(timestamp: int) -> None:
    """Every ten minutes: end the offers of follow-ups that nobody answered in time, give what
    nobody has, or somebody who has left, to whoever looks after it by now, and tell of reminders
    whose day has come."""
    now = clock.now()
    offers.lapse_due(now=now)
    assignment.free_left_behind(now=now)
    assignment.give_waiting(now=now)
    telling.of_reminders(now=now)


@app.periodic(cron="4-59/15 * * * *")
@app.task(name="signals.ask_about_missing", queueing_lock="signals.ask_about_missing")
def ask_about_missing(timestamp: int) -> None:
    """Every quarter of an hour: put before recruiters who is held because a system has them no
    more, or may have them as placed."""
    missing.ask(now=clock.now())


@app.periodic(cron="7 2 * * *")
@app.task(name="signals.count_warmth", queueing_lock="signals.count_warmth")
def count_warmth(timestamp: int) -> None:
    """Every night: go on counting by policies whose count was cut off, and count those whom it
    passed by."""
    for scope in recounting.unfinished():
        while recounting.step(scope, now=clock.now()):
            pass
    while recounting.mend(now=clock.now()):
        pass


@app.periodic(cron="37 2 * * *")
@app.task(name="signals.notice_silence", queueing_lock="signals.notice_silence")
def notice_silence(timestamp: int) -> None:
    """Every night: put before recruiters who went quiet after being warm."""
    changes.notice_silence(now=clock.now())
