"""What a forecast foresees is what is then sent (rules.md R10): 0 differences."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest

from tests import crowd
from tests.make import NOW
from warmbench.core import clock, events, sql
from warmbench.messaging import delivery
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import Sender
from warmbench.nurture import planner, pools
from warmbench.nurture.forecast import asking, run
from warmbench.nurture.forecast.asking import Question
from warmbench.nurture.forecast.engine import GRID, ceiling
from warmbench.nurture.models import Forecast

pytestmark = pytest.mark.django_db(transaction=True)

#: Person, day, touch, occurrence, piece.
Sent = tuple[int, datetime, str, int, int | None]

_FORESEEN = """
SELECT candidate_id, at::date, touch, occurrence, piece_id FROM forecast_touch
 WHERE forecast_id = %s AND touch <> '' AND refusal = ''
"""
_SENT = """
SELECT m.candidate_id, m.handed_at::date, m.touch, m.occurrence, u.piece_id
  FROM message m
  LEFT JOIN content_use u ON u.message_id = m.id AND u.candidate_id = m.candidate_id
 WHERE m.state = 'sent'
"""
_REFUSED = "SELECT candidate_id, state_at::date, touch, occurrence, reason FROM message"
_FORESEEN_REFUSED = """
SELECT candidate_id, at::date, touch, occurrence, refusal FROM forecast_touch
 WHERE forecast_id = %s AND touch <> '' AND refusal <> ''
"""


#: A thousand take two minutes: ``python -m bench.forecasting --people 1000 --prove``.
PEOPLE, DAYS = 200, 180


def test_the_forecast_is_what_is_then_sent() -> None:
    crowd.settle(PEOPLE)
    question = Question(scope=Forecast.Scope.EVERYTHING, days=DAYS)
    asked = asking.note(question, by_id=None, now=NOW)
    run.run(asked.pk, clock=lambda: NOW)

    _live(DAYS)

    foreseen, sent = _rows(_FORESEEN, asked.pk), _rows(_SENT)
    assert len(sent) > 4 * PEOPLE
    assert foreseen ^ sent == set()
    refused = _rows(f"{_REFUSED} WHERE state = 'refused'")
    assert refused
    assert _rows(_FORESEEN_REFUSED, asked.pk) ^ refused == set()
    assert sql.run("SELECT count(*) FROM message WHERE state = 'sent'").fetchall() == [(len(sent),)]


def _rows(question: str, *values: int) -> set[Sent]:
    return set(sql.run(question, list(values)).fetchall())


def _live(days: int) -> None:
    """The live loops, with rendered mails that a channel remembers, on a virtual clock."""
    night = None
    for now in _moments(NOW + timedelta(days=days)):
        with clock.pinned(now), events.held_back():
            if now.time() == time(1, 45) or night is None:
                night = now.date()
                pools.recount(now=now)
            while planner.plan(now=now):
                pass
            # A mailbox none of whose messages may go yet ends a round, not the turn of others.
            for _ in range(Sender.objects.count() + 1):
                _send(now)


def _send(now: datetime) -> None:
    channel = Recording()
    while delivery.deliver(lambda _: channel, worker="live", clock=lambda: now):
        pass


_NEXT = """
SELECT least((SELECT min(next_step_at) FROM enrollment
               WHERE state = 'active' AND next_step_at > %(now)s),
             (SELECT min(not_before) FROM message WHERE not_before > %(now)s),
             (SELECT min(next_send_at) FROM sender WHERE next_send_at > %(now)s))
"""


def _moments(until: datetime) -> Iterator[datetime]:
    """The quarters of an hour at which something is due, and those at which a night's work is."""
    now = ceiling(NOW)
    while now < until:
        yield now
        night = datetime.combine(now.date() + timedelta(days=1), time(1, 45), UTC)
        [(at,)] = sql.run(_NEXT, {"now": now}).fetchall()
        now = max(ceiling(min(at, night) if at else night), now + GRID)
