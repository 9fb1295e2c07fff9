"""Who is placed in the ATS gets nothing more, and who opts out here is not mailed from there: our
whole side against simulated vendors, over real sockets, with real webhooks."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
import time_machine
from django.db import connection as database
from django.db import connections as connections_of_django
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests import make
from warmbench.accounts.models import User
from warmbench.cli import loops
from warmbench.core import clock
from warmbench.core.events import held_back, react_now
from warmbench.integrations.ats import (
    acting,
    activity,
    asking,
    connections,
    pulling,
    registering,
    rereading,
    writes,
    writing_back,
)
from warmbench.integrations.ats.protocol import Found, Reading
from warmbench.integrations.models import AtsConnection, AtsEvent, AtsStream, AtsWrite
from warmbench.messaging import delivery
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import Message, Sender
from warmbench.people import consent
from warmbench.people.import_drafts import Options
from warmbench.people.models import Candidate, CandidateRecord, Suppression
from warmbench.simulators import Limits, Simulator, World, running

#: A Tuesday on which mails may go.
TUESDAY = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
HIRED = "C38356"
VENDORS = ("greenhouse", "lever", "bullhorn", "icims")

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Town:
    """One candidate here, who has a record in a simulated ATS that is connected."""

    ats: AtsConnection
    simulator: Simulator
    world: World
    ana: Candidate
    #: Her number in the world.
    number: int
    alice: User

    def pull(self) -> None:
        """Read all that is due."""
        with reacting():
            for _ in range(60):
                if not pulling.pull_next(clock=clock.now):
                    return
        raise AssertionError("It does not end.")

    def hear(self) -> None:
        """Let the simulator call, and do what the loop does."""
        told = self.simulator.deliver()
        assert all(one.is_through for one in told), [one.statuses for one in told]
        # Where there is a queue instead: two minutes later.
        AtsStream.objects.filter(kind=AtsStream.Kind.EVENTS, next_at__isnull=False).update(
            next_at=clock.now()
        )
        self.act()

    def act(self) -> None:
        """Do what the loop of events does."""
        with reacting():
            while asking.ask_next(clock=clock.now) | acting.act_next(
                rereading.take_in, clock=clock.now
            ):
                pass

    def write(self) -> None:
        """Do what the loop of writes does."""
        activity.look(now=clock.now())
        for _ in range(20):
            if not writing_back.write_next(clock=clock.now):
                return

    def send(self) -> int:
        """Hand over what may go. Returns how many mails went."""
        channel = Recording()
        delivery.deliver(lambda _: channel, worker="test", clock=clock.now)
        return len(channel.mails)

    @property
    def status(self) -> str:
        """Where she stands here."""
        return Candidate.objects.values_list("status", flat=True).get(pk=self.ana.pk)


@contextmanager
def reacting() -> Iterator[None]:
    """Let everything that reacts run in place."""
    with held_back() as published:
        yield
        for event in published:
            react_now(event)


@pytest.fixture
def town(live_server: LiveServer) -> Iterator[Callable[[str], Town]]:
    """Connects a simulated ATS that knows Ana, and reads everything for the first time."""
    opened = []
    with time_machine.travel(TUESDAY, tick=True):

        def build(vendor: str) -> Town:
            make.organisation()
            alice = make.user()
            ana = make.candidate(owner=alice, email="ana@example.com")
            world = World(candidates=12, roles=3)
            number = world.add(first_name="Ana", last_name="Moreau", emails=["ana@example.com"])
            manager = running(vendor, world, limits=Limits())
            simulator = manager.__enter__()
            opened.append(manager)
            ats = connections.make(
                vendor,
                "Our ATS",
                simulator.credentials,
                simulator.addresses,
                by_id=None,
                now=clock.now(),
            )
            found = connections.test(ats.pk, clock=clock.now)
            reading = Reading()
            if vendor == "icims":
                reading = meanings(found)
            connections.set_mapping(ats.pk, reading, Options(), by_id=None, now=clock.now())
            address = f"{live_server.url}/hooks/ats/{ats.hook_key}/"
            if registering.is_possible(ats):
                for _ in range(2):
                    registering.register(ats.pk, address, by_id=None, clock=clock.now)
            else:
                simulator.hook(address)
            connections.start(ats.pk, by_id=None, now=clock.now())
            made = Town(ats, simulator, world, ana, number, alice)
            made.pull()
            made.act()
            ats.refresh_from_db()
            assert ats.state == AtsConnection.State.LIVE
            assert CandidateRecord.objects.filter(candidate=ana).count() == 1
            return made

        yield build
    for manager in opened:
        manager.__exit__(None, None, None)


def meanings(found: Found) -> Reading:
    """What a person would choose for a system that has no words of its own."""
    fields = {one.name: one.id for one in found.fields}
    statuses = {one.name: one.id for one in found.outcomes}
    return Reading(
        outcomes={statuses.get("Hired - Placed", HIRED): "hired"},
        opt_out_field=fields["E-mail opt-out"],
        activity_field=fields["Activity log"],
    )


def queued(town: Town) -> Message:
    box = Sender.objects.filter(owner=town.alice).first() or make.sender(town.alice)
    return make.message(town.ana, box, due=clock.now())


@pytest.mark.parametrize("vendor", VENDORS)
def test_whoever_is_placed_there_gets_nothing_more_from_that_second(
    town: Callable[[str], Town], vendor: str
) -> None:
    here = town(vendor)
    queued(here)
    assert here.send() == 1

    application = here.world.apply(here.number, min(here.world.roles))
    here.world.place(application)
    message = queued(here)
    here.hear()

    assert here.status == Candidate.Status.PLACED
    assert here.send() == 0
    message.refresh_from_db()
    assert message.state in {Message.State.REFUSED, Message.State.CANCELLED}
    # What the ATS said itself is not written there.
    here.write()
    assert not AtsWrite.objects.filter(kind=AtsWrite.Kind.STATUS).exists()


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_opt_out_here_is_there_at_once_and_its_echo_changes_nothing(
    town: Callable[[str], Town], vendor: str
) -> None:
    here = town(vendor)
    with reacting():
        consent.suppress(here.ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=clock.now())
    here.write()
    written = AtsWrite.objects.get(kind=AtsWrite.Kind.OPT_OUT)
    proof = writes.proof_of(written)
    assert (written.state, proof.status_code) == (AtsWrite.State.DONE, 200)

    before = len(here.simulator.writes)
    here.hear()
    record = CandidateRecord.objects.get(candidate=here.ana)
    if vendor in {"lever", "icims"}:
        # They tell of applications, and of no such change of a person: that comes by a window.
        rereading.take_in(here.ats, people_ids=[record.external_id], now=clock.now())
        record.refresh_from_db()
    assert record.is_opted_out
    here.write()
    assert len(here.simulator.writes) == before
    assert AtsWrite.objects.filter(kind=AtsWrite.Kind.OPT_OUT).count() == 1


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_answer_that_was_lost_leaves_one_note(town: Callable[[str], Town], vendor: str) -> None:
    here = town(vendor)
    queued(here)
    assert here.send() == 1
    here.simulator.faults.add("dropped", path="ote")
    here.write()
    AtsWrite.objects.exclude(next_at=None).update(next_at=clock.now())
    AtsConnection.objects.update(writes_rest_until=None)
    here.write()
    lines = [one.body for one in here.world.notes_of(here.number)]
    lines += str(here.world.people[here.number].custom.get("field10011", "")).splitlines()
    [note] = [one for one in lines if "[wb-" in one]
    assert note.startswith("Warmbench: mail “Hello Ana” sent to ana")
    assert AtsWrite.objects.get(kind=AtsWrite.Kind.ACTIVITY).state == AtsWrite.State.DONE


def test_a_worker_that_is_killed_after_the_note_was_taken_leaves_one(
    town: Callable[[str], Town],
) -> None:
    here = town("greenhouse")
    queued(here)
    assert here.send() == 1
    activity.look(now=clock.now())
    database.close()
    child = os.fork()
    if child == 0:
        # A worker of its own, which dies before it writes down what it did.
        try:
            writes.done = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
            writing_back.write_next(clock=clock.now)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert len(here.world.notes_of(here.number)) == 1

    left = AtsWrite.objects.get(kind=AtsWrite.Kind.ACTIVITY)
    assert left.state == AtsWrite.State.SENDING
    here.write()
    left.refresh_from_db()
    assert left.state == AtsWrite.State.SENDING
    AtsWrite.objects.update(next_at=clock.now(), lease_until=clock.now())
    here.write()
    left.refresh_from_db()
    assert left.state == AtsWrite.State.DONE
    assert len(here.world.notes_of(here.number)) == 1


def test_the_loop_tells_of_an_opt_out_within_seconds(town: Callable[[str], Town]) -> None:
    here = town("greenhouse")
    stop = Event()

    def run() -> None:
        try:
            loops.ats_writes(stop)
        finally:
            connections_of_django.close_all()

    loop = Thread(target=run)
    loop.start()
    try:
        with reacting():
            consent.suppress(here.ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=clock.now())
        begun = time.monotonic()
        while not here.world.people[here.number].opted_out:
            # A second in which the loop looks, and what a busy machine takes.
            assert time.monotonic() - begun < 10
            time.sleep(0.02)
    finally:
        stop.set()
        loop.join()


def test_shuffled_repeated_and_forged_webhooks_end_in_the_same_state(
    town: Callable[[str], Town], client: Client
) -> None:
    here = town("greenhouse")
    for title in ("Nurse", "Head nurse", "Matron"):
        here.world.edit(here.number, title=title)
    forged = here.simulator.deliver(wrong_signature=True)
    assert {one.statuses[-1] for one in forged} == {401}
    assert not AtsEvent.objects.exclude(processed_at__isnull=False).exists()
    for title in ("Nurse", "Head nurse", "Surgeon"):
        here.world.edit(here.number, title=title)
    here.simulator.deliver(twice=True, out_of_order=True)
    here.act()
    here.ana.refresh_from_db()
    assert here.ana.job_title == "Surgeon"
