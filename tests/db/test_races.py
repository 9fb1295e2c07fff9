"""Whatever forbids a send, and whenever it commits: no hand-over begins after it."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from django.db import connection, transaction

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging import delivery, outbox, switches
from warmbench.messaging.handover import Accepted, HandOver
from warmbench.messaging.models import Message, Sender, Switch
from warmbench.messaging.verdict import Reason
from warmbench.people import consent, erasure
from warmbench.people.models import Candidate, CandidateRecord, Consent, ContactPoint, Suppression
from warmbench.signals import objection, texts
from warmbench.sourcing import applications

#: Interleavings for each fact; with all the facts below, over two thousand.
PEOPLE = 150


def _suppressed(reason: Suppression.Reason) -> Callable[[Candidate], object]:
    return lambda who: consent.suppress(who.pk, reason=reason, now=NOW)


def _status(status: Candidate.Status) -> Callable[[Candidate], object]:
    return lambda who: Candidate.objects.filter(pk=who.pk).update(status=status)


#: Facts about one person that may become true at any moment.
FACTS: dict[str, Callable[[Candidate], object]] = {
    "unsubscribed": _suppressed(Suppression.Reason.UNSUBSCRIBED),
    "complained": _suppressed(Suppression.Reason.COMPLAINED),
    "asked not to": _suppressed(Suppression.Reason.DO_NOT_CONTACT),
    "stopped by hand": _suppressed(Suppression.Reason.MANUAL),
    "placed": _status(Candidate.Status.PLACED),
    "hired": _status(Candidate.Status.HIRED),
    "applied": _status(Candidate.Status.APPLIED),
    "do not contact": _status(Candidate.Status.DO_NOT_CONTACT),
    "withdrew": lambda who: consent.record(
        who.pk, basis=Consent.Basis.WITHDRAWN, evidence="By phone", now=NOW
    ),
    "a weaker ground": lambda who: consent.record(
        who.pk, basis=Consent.Basis.LEGITIMATE_INTEREST, evidence="Weighed", now=NOW
    ),
    "address died": lambda who: consent.mark_address_dead(
        ContactPoint.objects.get(candidate=who).address, evidence="550", now=NOW
    ),
    "replied": lambda who: Candidate.objects.filter(pk=who.pk).update(paused_at=NOW),
    "address erased": lambda who: ContactPoint.objects.filter(candidate=who).delete(),
    "erased": lambda who: erasure.erase(
        [who.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW
    ),
    "objected": lambda who: objection.obey(who.pk, evidence="By phone", now=NOW),
    "stopped by a text": lambda who: texts.take(
        texts.Text(f"SM{who.pk}", make.phone(who), "Stop!", b""), Sender.objects.get(), now=NOW
    ),
    "what it is about is over": lambda who: outbox.withdraw(
        [Message.objects.get(candidate=who).pk], reason=Reason.ROLE_ENDED, now=NOW
    ),
    "hired, says an ATS": lambda who: applications.take_in(
        "ATS",
        [
            applications.Told(
                external_id=f"a{who.pk}",
                candidate_id=who.pk,
                role_there="",
                outcome="hired",
                stage="",
                reached="",
                is_prospect=False,
                applied_at=None,
                ended_at=None,
                changed_at=None,
            )
        ],
        read_at=NOW,
        now=NOW,
    ),
    "two at once": lambda who: [
        change(who)
        for change in (
            _suppressed(Suppression.Reason.UNSUBSCRIBED),
            _status(Candidate.Status.PLACED),
        )
    ],
    "other record opts out": lambda who: Suppression.objects.create(
        address=ContactPoint.objects.get(candidate=who).address, reason="unsubscribed", at=NOW
    ),
}


@dataclass
class Watched:
    """A channel that notes when it had finished with the message before each hand-over."""

    ticks: "count[int]"
    turns: dict[str, int] = field(default_factory=dict)
    free_since: int = -1

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        self.turns[rcpt_to] = self.free_since
        time.sleep(random.random() / 1000)
        self.free_since = next(self.ticks)
        return Accepted(250, "OK")

    def close(self) -> None:
        pass


@pytest.mark.parametrize("fact", FACTS)
def test_no_hand_over_begins_after_the_fact_has_committed(
    transactional_db: None, fact: str
) -> None:
    make.organisation()
    alice = make.user()
    box = make.sender(alice, cap=100_000)
    people = [make.candidate(owner=alice, email=f"p{n}@example.com") for n in range(PEOPLE)]
    for who in people:
        make.message(who, box)
        CandidateRecord.objects.create(
            source="ATS", external_id=f"p{who.pk}", candidate=who, seen_at=NOW
        )
    ticks = count()
    channels = [Watched(ticks), Watched(ticks)]
    committed: dict[str, int] = {}

    def change_them() -> None:
        for n, who in random.sample(list(enumerate(people)), len(people)):
            with transaction.atomic():
                FACTS[fact](who)
            committed[f"p{n}@example.com"] = next(ticks)
            time.sleep(random.random() / 500)
        connection.close()

    def send(channel: Watched) -> None:
        while delivery.deliver(lambda _: channel, worker="w", clock=lambda: NOW, batch=8):
            pass
        connection.close()

    threads = [threading.Thread(target=change_them)]
    threads += [threading.Thread(target=send, args=[channel]) for channel in channels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    turns = {address: turn for channel in channels for address, turn in channel.turns.items()}
    late = [address for address, turn in turns.items() if committed[address] < turn]
    assert late == []
    # What was sent to somebody who is erased goes with them.
    assert Message.objects.filter(state="sent").count() == (0 if fact == "erased" else len(turns))
    assert not Message.objects.filter(state="sending").exists()


@pytest.mark.parametrize(
    ("stop", "allowed"),
    [
        (lambda box: switches.engage(Switch.Scope.EVERYTHING, by_id=None, now=NOW), 1),
        (lambda box: switches.engage(Switch.Scope.SENDER, box.pk, by_id=None, now=NOW), 1),
        (lambda box: switches.engage(Switch.Scope.RECRUITER, box.owner_id, by_id=None, now=NOW), 1),
        # A pause of the mailbox holds from the next batch on.
        (lambda box: Sender.objects.filter(pk=box.pk).update(paused_at=NOW), 4),
        (lambda box: User.objects.update(is_active=False), 4),
    ],
    ids=["everything", "sender", "recruiter", "paused", "owner left"],
)
def test_a_stop_holds_from_the_next_message_on(
    transactional_db: None, stop: Callable[[Sender], object], allowed: int
) -> None:
    make.organisation()
    alice = make.user()
    box = make.sender(alice, cap=100_000)
    for _ in range(60):
        make.message(make.candidate(owner=alice), box)
    channel = Watched(count())
    stopped = threading.Event()

    def send() -> None:
        while not stopped.is_set():
            delivery.deliver(lambda _: channel, worker="w", clock=lambda: NOW, batch=4)
        connection.close()

    worker = threading.Thread(target=send)
    worker.start()
    while len(channel.turns) < 12:
        time.sleep(0.001)
    stop(box)
    before = len(channel.turns)
    time.sleep(0.3)
    stopped.set()
    worker.join()

    # The one that was being handed over when the stop was committed may still go.
    assert len(channel.turns) - before <= allowed
