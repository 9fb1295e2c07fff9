"""The loops that keep the product going: plan what is due, send it, judge what came back."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warmbench.integrations.mail.postman import Postman

#: How long a loop with nothing to do waits before it looks again, in seconds.
IDLE = 1.0
#: How often messages of dead workers are looked for, in seconds.
SWEEP_EVERY = 30.0
#: How often touches and answers are looked for of which an ATS is told, in seconds.
LOOK_EVERY = 5.0


def planner(stop: Event) -> float:
    """Decide who hears of which role, write and follow up what is due of that, and then, with
    what is left of contact budgets and mailboxes, run the steps that are due."""
    from warmbench.core import clock
    from warmbench.nurture import planner
    from warmbench.sourcing import escalations, waves, writing

    while not stop.is_set():
        with _turn() as may:
            if not may:
                return IDLE
            now = clock.now()
            try:
                told = waves.advance(now=now)
                told += writing.write_due(now=now) + escalations.run_due(now=now)
            finally:
                # One role that breaks must not silence everything else.
                planned = planner.plan(now=now).total()
            if not told and not planned:
                return IDLE
    return 0.0


def sender(stop: Event) -> float:
    """Hand over what may go now."""
    from warmbench.core import clock
    from warmbench.messaging import delivery, settling

    swept = float("-inf")
    while not stop.is_set():
        with _turn() as may:
            if may and time.monotonic() - swept > SWEEP_EVERY:
                settling.sweep(now=clock.now())
                swept = time.monotonic()
            sent = may and delivery.deliver(
                _postman().channel_for, worker=worker_name(), clock=clock.now, stopping=stop.is_set
            )
        if not sent:
            stop.wait(IDLE)
    return 0.0


def signals(stop: Event) -> float:
    """Judge what came back, once it has been held long enough."""
    from warmbench.signals import jobs

    while not stop.is_set():
        with _turn() as may:
            if not may or not jobs.judge_due():
                return IDLE
    return 0.0


def notifications(stop: Event) -> float:
    """Mail users what they are told, and tell webhooks."""
    from warmbench.core import clock
    from warmbench.integrations.outgoing import Caller
    from warmbench.integrations.telling import calling, mailing

    caller, swept = Caller(), float("-inf")
    while not stop.is_set():
        with _turn() as may:
            if may and time.monotonic() - swept > SWEEP_EVERY:
                mailing.sweep(now=clock.now())
                swept = time.monotonic()
            mailed = may and mailing.deliver_next(_postman().channel_for, clock=clock.now)
            called = may and calling.call_next(caller, clock=clock.now)
        if not mailed and not called:
            stop.wait(IDLE)
    return 0.0


def subscriptions(stop: Event) -> float:
    """Tell programs that subscribed what happened."""
    from warmbench.core import clock
    from warmbench.integrations.outgoing import Caller
    from warmbench.integrations.subscriptions import calling

    caller = Caller()
    while not stop.is_set():
        with _turn() as may:
            called = may and calling.call_next(caller, clock=clock.now)
        if not called:
            stop.wait(IDLE)
    return 0.0


def inbound(stop: Event) -> float:
    """Read the mails that came in, and act on them, and on what mail providers told."""
    from warmbench.core import clock
    from warmbench.messaging.inbound import fenced
    from warmbench.signals import answers, provider_events

    with fenced.reader() as reader:
        while not stop.is_set():
            with _turn() as may:
                read = may and (
                    answers.process(reader, now=clock.now())
                    + provider_events.process(now=clock.now())
                )
            if not read:
                stop.wait(IDLE)
    return 0.0


def inboxes(stop: Event) -> float:
    """Fetch the mails of every inbox, as they come."""
    from warmbench.core import clock
    from warmbench.integrations.mail.collecting import Collectors

    Collectors(worker_name(), clock.now).run(stop)
    return 0.0


def reception(stop: Event) -> float:
    """Take mails that a mail server on this machine hands over, if a port is set for that."""
    from django.conf import settings

    from warmbench.core import clock
    from warmbench.integrations.mail import reception

    if settings.RECEPTION_PORT:
        reception.serve(settings.RECEPTION_PORT, stop, clock=clock.now)
    else:
        stop.wait()
    return 0.0


def ats(stop: Event) -> float:
    """Read what changed in each ATS, or everything of a new one, and take it in."""
    from warmbench.core import clock
    from warmbench.integrations.ats import pulling

    while not stop.is_set():
        with _turn() as may:
            if not may or not pulling.pull_next(clock=clock.now, stopping=stop.is_set):
                return IDLE
    return 0.0


def ats_events(stop: Event) -> float:
    """Read again at once what an ATS tells that it has changed, by a call or in a queue."""
    from warmbench.core import clock
    from warmbench.integrations.ats import acting, asking, rereading

    while not stop.is_set():
        with _turn() as may:
            asked = may and asking.ask_next(clock=clock.now)
            acted = may and acting.act_next(rereading.take_in, clock=clock.now)
        if not asked and not acted:
            stop.wait(IDLE)
    return 0.0


def ats_writes(stop: Event) -> float:
    """Write back to each ATS what it has to know: opt-outs first, status, touches, answers."""
    from warmbench.core import clock
    from warmbench.integrations.ats import activity, writing_back

    looked = float("-inf")
    while not stop.is_set():
        with _turn() as may:
            if may and time.monotonic() - looked > LOOK_EVERY:
                activity.look(now=clock.now())
                looked = time.monotonic()
            written = may and writing_back.write_next(clock=clock.now)
        if not written:
            stop.wait(IDLE)
    return 0.0


def scheduling(stop: Event) -> float:
    """Hear who booked talks: read again what was told, and ask what else there is."""
    from warmbench.core import clock
    from warmbench.integrations.scheduling import asking, settling

    while not stop.is_set():
        with _turn() as may:
            acted = may and asking.act_next(clock=clock.now)
            asked = may and asking.ask_next(clock=clock.now)
            if may and not acted and not asked:
                settling.note_past(now=clock.now())
        if not acted and not asked:
            stop.wait(IDLE)
    return 0.0


def model(stop: Event) -> float:
    """Have texts read by the language model that is switched on, if there is one."""
    from warmbench.core import clock
    from warmbench.integrations.language_models import queue

    while not stop.is_set():
        with _turn() as may:
            if not may or not queue.read_next(clock=clock.now):
                return IDLE
    return 0.0


def catcher(stop: Event) -> float:
    """Catch the demo's mails."""
    from warmbench.sample import catching

    catching.catch(stop)
    return 0.0


def worker_name() -> str:
    """Which process an attempt was made by, for a person who looks for it in the logs."""
    return f"{socket.gethostname()}:{os.getpid()}"[:60]


@contextmanager
def _turn() -> Iterator[bool]:
    """Whether a loop may work now: in the demo not while somebody skips the clock ahead."""
    from django.conf import settings

    if not settings.DEMO:
        yield True
        return
    from warmbench.sample import skipping

    with skipping.unless_skipping() as may:
        yield may


@cache
def _postman() -> "Postman":
    from warmbench.core import clock
    from warmbench.integrations.mail.postman import Postman

    return Postman(clock.now)
