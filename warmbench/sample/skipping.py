"""Skips the sample's clock ahead: the time between is lived through, not jumped over."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta

from warmbench.accounts.models import Role, User
from warmbench.core import clock, sql
from warmbench.integrations.mail.postman import Postman
from warmbench.sample import agency
from warmbench.sample.history import History

#: Any number, as long as it stays the same: it names the lock.
_LOCK = 0x57A2C
#: Who got something so long ago may still be about to act on it.
_MEMORY = timedelta(days=3)


def skip(days: int) -> datetime:
    """Live through so many days at once, and set the clock to their end. Returns the new time.

    Mails go to the real catcher and candidates act as in the sample's history. The follow-ups
    are left to whoever is looking.
    """
    with _alone(), closing(Postman(clock.now)) as postman:
        since = clock.now()
        until = since + timedelta(days=days)
        team = User.objects.filter(role=Role.RECRUITER, is_active=True)
        history = History(list(team), postman.channel_for, busy_from=since)
        history.remember(since - _MEMORY, since)
        # Strides of hours leave no room for a distance of seconds.
        agency.hurry()
        try:
            history.live(since, until, on_step=lambda _: None)
        finally:
            agency.slow_down()
        return clock.shift(until - clock.now())


@contextmanager
def unless_skipping() -> Iterator[bool]:
    """Keep the clock from being skipped during the block; False if that is happening now.

    The workers' loops ask this, or two engines would live through the same days.
    """
    row = sql.run("SELECT pg_try_advisory_lock_shared(%s)", [_LOCK]).fetchone()
    got = row == (True,)
    try:
        yield got
    finally:
        if got:
            sql.run("SELECT pg_advisory_unlock_shared(%s)", [_LOCK])


@contextmanager
def _alone() -> Iterator[None]:
    sql.run("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        sql.run("SELECT pg_advisory_unlock(%s)", [_LOCK])
