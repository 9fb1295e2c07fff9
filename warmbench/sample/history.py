"""Lets the sample team live through a stretch of time, on the real engine and a virtual clock."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from warmbench.accounts.models import User
from warmbench.core import clock, events, sql
from warmbench.core.events import Event
from warmbench.integrations.telling import mailing
from warmbench.messaging import delivery, settling
from warmbench.messaging.handover import Channel
from warmbench.messaging.models import Sender
from warmbench.nurture import permissions, planner
from warmbench.nurture.personalisation import CheckInsAsked
from warmbench.people import notices
from warmbench.sample import desk
from warmbench.sample.clients import Clients
from warmbench.sample.crowd import Crowd, Sent
from warmbench.signals import judging
from warmbench.signals import notices as notice_follow_ups
from warmbench.signals.follow_ups import FollowUpAsked
from warmbench.sourcing import escalations, matching, waves, writing

#: The clock moves in steps of this, or longer ones where nothing is due. Every zone's office
#: hours hold at least one.
STEP = timedelta(hours=8)
#: How much of what is due the recruiters do in a day.
_DILIGENCE = 0.9
#: They get less done after this, for whoever looks at the sample to find something to do.
_LATELY = 0.08


@dataclass
class History:
    """Everything that moves while time passes."""

    team: Sequence[User]
    open_channel: Callable[[Sender], Channel]
    crowd: Crowd = field(default_factory=Crowd)
    source: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    #: Who wants people; nobody new while the clock is skipped ahead.
    clients: Clients | None = None
    #: From here on the recruiters get little done.
    busy_from: datetime | None = None
    #: The day before which the last night was.
    night_before: date | None = None
    #: What was sent until this moment has been read.
    read_until: datetime | None = None

    def live(
        self, since: datetime, until: datetime, *, on_step: Callable[[datetime], None]
    ) -> None:
        """Pass the time from ``since`` to ``until``."""
        self.read_until = self.read_until or since
        now = since
        while now < until:
            self._pass(now)
            on_step(now)
            now = min(self._next(now, until), until)

    def remember(self, since: datetime, until: datetime) -> None:
        """Let people who were written to lately still do what they had in mind."""
        self.read_until = since
        self.crowd.read(self._sent(until))
        self.crowd.forget(until)

    def _pass(self, now: datetime) -> None:
        is_busy = self.busy_from is not None and now >= self.busy_from
        # What recruiters were told of long ago is done: telling them takes a fifth of the time.
        is_past = self.busy_from is not None and not is_busy
        quiet = frozenset[type[Event]]({FollowUpAsked, CheckInsAsked} if is_past else ())
        with clock.pinned(now), events.held_back() as facts:
            if self.night_before != now.date():
                self.night_before = now.date()
                _at_night(now)
            if self.clients:
                self.clients.act(now=now)
            self.crowd.act(now=now)
            _until_dry(lambda: judging.judge_due(now=now))
            react(facts, but=quiet)
            if now.weekday() < 5:
                share = _LATELY if is_busy else _DILIGENCE
                desk.work(self.team, now=now, share=share, source=self.source)
                react(facts, but=quiet)
            _until_dry(lambda: waves.advance(now=now))
            _until_dry(lambda: writing.write_due(now=now))
            _until_dry(lambda: escalations.run_due(now=now))
            _until_dry(lambda: planner.plan(now=now).total())
            _until_dry(lambda: self._send(now))
            settling.sweep(now=now)
            react(facts, but=quiet)
            _until_dry(lambda: mailing.deliver_next(self.open_channel, clock=lambda: now))
        self.crowd.read(self._sent(now))

    def _send(self, now: datetime) -> int:
        return delivery.deliver(self.open_channel, worker="sample", clock=lambda: now)

    def _sent(self, now: datetime) -> list[Sent]:
        rows = sql.run(
            """
            SELECT m.id, m.candidate_id, m.handed_at,
                   jsonb_array_length(t.compiled -> 'links'), m.purpose = 'alert'
              FROM message m JOIN template t ON t.id = m.template_id
             WHERE m.state = 'sent' AND m.handed_at > %(since)s AND m.handed_at <= %(now)s
            """,
            {"since": self.read_until, "now": now},
        )
        self.read_until = now
        return [Sent(*row) for row in rows]

    def _next(self, now: datetime, until: datetime) -> datetime:
        row = sql.run(
            """
            SELECT least((SELECT min(next_step_at) FROM enrollment WHERE state = 'active'),
                         (SELECT min(not_before) FROM message WHERE not_before IS NOT NULL),
                         (SELECT min(next_wave_at) FROM alert_campaign),
                         (SELECT min(next_try_at) FROM alert),
                         (SELECT min(due_at) FROM escalation))
            """
        ).fetchone()
        due = [at for at in (row and row[0], self.crowd.next_at()) if at]
        soonest = now + STEP
        # On the grid, so that a day has few moments and not one for each person.
        return max(soonest, _ceiling(min(due))) if due else until


def _at_night(now: datetime) -> None:
    """What the jobs of a night do."""
    if now.weekday() == 0:
        matching.recount(now=now)
    notices.set_aside(now=now)
    notice_follow_ups.ask(now=now)
    permissions.ask(now=now)


def react(facts: list[Event], *, but: frozenset[type[Event]] = frozenset()) -> None:
    """Run the reactions to what was published, and to what those publish, ``but`` to these."""
    while facts:
        together = _merged(facts)
        facts.clear()
        for fact in together:
            if type(fact) not in but:
                events.react_now(fact)


def _merged(facts: Iterable[Event]) -> list[Event]:
    """Facts of one kind that differ only in whom they concern, as one: it is what a batch
    would have published."""
    merged: dict[tuple[type[Event], tuple[Any, ...]], dict[str, list[int]]] = {}
    for fact in facts:
        values = asdict(fact)
        same = tuple(sorted((k, v) for k, v in values.items() if not isinstance(v, list)))
        lists = merged.setdefault((type(fact), same), {})
        for name, ids in values.items():
            if isinstance(ids, list):
                lists.setdefault(name, []).extend(ids)
    return [kind(**dict(same), **ids) for (kind, same), ids in merged.items()]


def _ceiling(at: datetime) -> datetime:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + STEP * -(-(at - midnight) // STEP)


def _until_dry(work: Callable[[], int]) -> None:
    while work():
        pass
