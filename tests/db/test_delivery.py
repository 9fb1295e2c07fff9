"""From a queued message to one that was handed over once, or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from pytest_django import Settings

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import tokens
from warmbench.messaging import delivery, invariants, settling, switches
from warmbench.messaging.claim import claim
from warmbench.messaging.handover import (
    Accepted,
    Deferred,
    HandOver,
    Kind,
    Recording,
    Rejected,
    Scope,
    Uncertain,
)
from warmbench.messaging.models import Attempt, Decision, Message, Sender, Switch
from warmbench.people import consent
from warmbench.people.models import Candidate, Consent, ContactPoint, Suppression, TruthSource


@dataclass
class Scripted(Recording):
    """Answers as it was told to, and accepts what comes after."""

    answers: list[HandOver] = field(default_factory=list)

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        super().hand_over(mail_from, rcpt_to, data)
        return self.answers.pop(0) if self.answers else Accepted(250, "OK")


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def box(alice: User) -> Sender:
    return make.sender(alice)


def suppress(candidate: Candidate, reason: Suppression.Reason) -> None:
    consent.suppress(candidate.pk, reason=reason, now=NOW)


def status(candidate: Candidate, status: str) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(status=status)


def withdraw(candidate: Candidate) -> None:
    consent.record(candidate.pk, basis=Consent.Basis.WITHDRAWN, evidence="By phone", now=NOW)


def engage(scope: Switch.Scope, key: int) -> None:
    switches.engage(scope, key, by_id=None, now=NOW)


#: What forbids a send for good, and what the refusal is called.
FORBIDDING: dict[str, tuple[Callable[[Candidate], object], str]] = {
    "unsubscribed": (lambda ana: suppress(ana, Suppression.Reason.UNSUBSCRIBED), "unsubscribed"),
    "complained": (lambda ana: suppress(ana, Suppression.Reason.COMPLAINED), "complained"),
    "asked not to": (
        lambda ana: suppress(ana, Suppression.Reason.DO_NOT_CONTACT),
        "do_not_contact",
    ),
    "stopped by hand": (lambda ana: suppress(ana, Suppression.Reason.MANUAL), "suppressed"),
    "placed": (lambda ana: status(ana, "placed"), "placed"),
    "hired": (lambda ana: status(ana, "hired"), "hired"),
    "applied": (lambda ana: status(ana, "applied"), "applied"),
    "do not contact": (lambda ana: status(ana, "do_not_contact"), "do_not_contact"),
    "withdrew": (withdraw, "consent_withdrawn"),
    "address died": (
        lambda _: consent.mark_address_dead("ana@example.com", evidence="", now=NOW),
        "no_address",
    ),
    "owner left": (lambda _: User.objects.update(is_active=False), "owner_inactive"),
}
#: What holds a send for the time being.
HOLDING: dict[str, Callable[[Candidate, Sender], object]] = {
    "person paused": lambda ana, _: Candidate.objects.filter(pk=ana.pk).update(paused_at=NOW),
    "mailbox paused": lambda _, box: Sender.objects.filter(pk=box.pk).update(paused_at=NOW),
    "everything stopped": lambda _, box: engage(Switch.Scope.EVERYTHING, 0),
    "mailbox stopped": lambda _, box: engage(Switch.Scope.SENDER, box.pk),
    "ATS not heard from": lambda _, __: TruthSource.objects.create(name="A", is_relied_on=True),
    "recruiter stopped": lambda _, box: engage(Switch.Scope.RECRUITER, box.owner_id or 0),
}


def deliver(*answers: HandOver, now: datetime = NOW) -> Scripted:
    channel = Scripted(answers=list(answers))
    delivery.deliver(lambda _: channel, worker="test", clock=lambda: now)
    return channel


def test_a_due_message_is_handed_over_with_its_headers(alice: User, box: Sender) -> None:
    ana = make.candidate(owner=alice, email="ana@example.com")
    message = make.message(ana, box)

    [(mail_from, rcpt_to, data)] = deliver().mails

    mail = message_from_bytes(data)
    assert rcpt_to == "ana@example.com"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail["Reply-To"].partition("+")[2].partition("@")[0]
    assert tokens.read_address(tokens.Purpose.REPLY, token, now=NOW) == (message.pk,)
    assert mail_from.endswith("@northwind.example")
    message.refresh_from_db()
    assert (message.state, message.address) == ("sent", "ana@example.com")
    assert Attempt.objects.get().message_id_header == mail["Message-ID"]


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [
        (Accepted(250, "OK"), "sent", "accepted"),
        (Deferred(451, "later"), "queued", "deferred"),
        (Rejected(550, "no such user", Kind.ADDRESS_DEAD), "failed", "address_dead"),
        (Rejected(550, "5.7.1 no", Kind.POLICY), "failed", "policy"),
        (Rejected(554, "no", Kind.OTHER), "failed", "rejected"),
        (Uncertain("lost after the dot"), "unknown", "unknown"),
    ],
)
def test_each_answer_has_its_ending(
    alice: User, box: Sender, answer: HandOver, state: str, outcome: str
) -> None:
    make.message(make.candidate(owner=alice), box)
    deliver(answer)
    assert Message.objects.get().state == state
    assert Attempt.objects.get().outcome == outcome


def test_an_unknown_message_is_never_sent_again_by_itself(alice: User, box: Sender) -> None:
    message = make.message(make.candidate(owner=alice), box)
    deliver(Uncertain("lost after the dot"))

    assert deliver(now=NOW + timedelta(days=1)).mails == []

    assert settling.resolve(
        message.pk, has_arrived=True, by_id=alice.pk, evidence="She answered.", now=NOW
    )
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_deferred_message_comes_back_later_with_the_same_message_id(
    alice: User, box: Sender
) -> None:
    make.message(make.candidate(owner=alice), box)
    first = deliver(Deferred(451, "busy"))
    assert deliver().mails == [], "not at once"

    again = deliver(now=NOW + settling.BACKOFF[0])

    ids = [message_from_bytes(mails[0][2])["Message-ID"] for mails in (first.mails, again.mails)]
    assert ids[0] == ids[1]


def test_a_message_that_is_deferred_for_ever_fails_in_the_end(alice: User, box: Sender) -> None:
    message = make.message(make.candidate(owner=alice), box)
    Message.objects.update(tries=len(settling.BACKOFF))
    deliver(Deferred(451, "busy"))
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "busy")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            Rejected(554, "", Kind.OTHER),
            "The mail server rejected it with code 554 and gave no reason.",
        ),
        (Rejected(0, " \n", Kind.POLICY), "The mail server rejected it and gave no reason."),
        (
            Deferred(451, ""),
            "The mail server put it off too often with code 451 and gave no reason.",
        ),
    ],
)
def test_nothing_fails_without_a_reason_though_the_server_gives_none(
    alice: User, box: Sender, answer: HandOver, reason: str
) -> None:
    message = make.message(make.candidate(owner=alice), box)
    Message.objects.update(tries=len(settling.BACKOFF))

    deliver(answer)

    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", reason)
    assert not invariants.broken()


def test_a_dead_address_is_never_used_again_whoever_has_it(alice: User, box: Sender) -> None:
    ana = make.candidate(owner=alice, email="gone@example.com")
    twin = make.candidate(owner=alice, email="gone@example.com")
    make.message(ana, box)
    deliver(Rejected(550, "5.1.1 unknown", Kind.ADDRESS_DEAD))

    make.message(twin, box)
    assert deliver(now=NOW + timedelta(minutes=1)).mails == []

    assert Message.objects.get(candidate=twin).reason == "no_address"
    assert not ContactPoint.objects.exclude(standing="dead").exists()


def test_two_records_with_one_address_are_one_reader(alice: User, box: Sender) -> None:
    ana = make.candidate(owner=alice, email="ana@example.com")
    twin = make.candidate(owner=alice, email="ana@example.com")
    make.message(twin, box)
    make.message(ana, box)

    deliver()

    assert Message.objects.get(candidate=ana).state == "sent"
    again = Message.objects.get(candidate=twin)
    assert (again.state, again.reason) == ("refused", "same_reader")


def test_a_lost_server_gives_the_rest_of_the_batch_back(alice: User, box: Sender) -> None:
    for _ in range(3):
        make.message(make.candidate(owner=alice), box)

    channel = deliver(Deferred(0, "no route", Scope.SENDER))

    assert len(channel.mails) == 1
    assert Message.objects.filter(state="queued").count() == 3
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == [
        "deferred",
        "not_started",
        "not_started",
    ]


def test_a_mail_that_cannot_be_written_does_not_stop_its_neighbours(
    alice: User, box: Sender
) -> None:
    poison = make.message(make.candidate(owner=alice), box)
    fine = make.message(make.candidate(owner=alice), box)
    Message.objects.filter(pk=poison.pk).update(context={"first_name": 7})

    for minutes in (0, 2, 4):
        deliver(now=NOW + timedelta(minutes=minutes))

    poison.refresh_from_db()
    fine.refresh_from_db()
    assert (poison.state, fine.state) == ("failed", "sent")


class TestTheLastGateInTheMomentOfSending:
    @pytest.mark.parametrize(("change", "reason"), FORBIDDING.values(), ids=FORBIDDING)
    def test_refuses_what_became_forbidden_after_planning(
        self, alice: User, box: Sender, change: Callable[[Candidate], object], reason: str
    ) -> None:
        ana = make.candidate(owner=alice, email="ana@example.com")
        make.message(ana, box)
        change(ana)

        assert deliver().mails == []

        assert Message.objects.get().reason == reason
        assert Decision.objects.get(stage="claim").reason == reason

    @pytest.mark.parametrize("change", HOLDING.values(), ids=HOLDING)
    def test_holds_what_may_not_go_now(
        self, alice: User, box: Sender, change: Callable[[Candidate, Sender], object]
    ) -> None:
        ana = make.candidate(owner=alice)
        make.message(ana, box)
        change(ana, box)

        assert deliver().mails == []
        assert not Message.objects.filter(state="refused").exists()

    def test_refuses_what_waited_too_long(self, alice: User, box: Sender) -> None:
        make.message(make.candidate(owner=alice), box)
        assert deliver(now=NOW + timedelta(hours=72)).mails == []
        assert Message.objects.get().reason == "expired"

    def test_nobody_gets_two_touches_within_seven_days(self, alice: User, box: Sender) -> None:
        ana = make.candidate(owner=alice)
        for _ in range(2):
            make.message(ana, box)

        assert len(deliver().mails) == 1
        second = Message.objects.get(state="queued")
        assert second.not_before == NOW + timedelta(days=7)

    def test_an_opt_out_from_the_same_address_covers_her_other_record(
        self, alice: User, box: Sender
    ) -> None:
        ana = make.candidate(owner=alice, email="ana@example.com")
        twin = make.candidate(owner=alice, email="ana@example.com")
        make.message(twin, box)
        consent.suppress(
            ana.pk,
            reason=Suppression.Reason.UNSUBSCRIBED,
            address="ana@example.com",
            now=NOW,
        )
        assert deliver().mails == []

    def test_a_setting_outside_the_database_stops_everything(
        self, alice: User, box: Sender, settings: Settings
    ) -> None:
        make.message(make.candidate(owner=alice), box)
        settings.SENDING_STOPPED = True
        assert deliver().mails == []

    def test_an_opt_out_between_claim_and_hand_over_still_stops_it(
        self, alice: User, box: Sender
    ) -> None:
        first, second = (make.candidate(owner=alice) for _ in range(2))
        for one in (first, second):
            make.message(one, box)

        class OptsOutMeanwhile(Recording):
            def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
                suppress(second, Suppression.Reason.UNSUBSCRIBED)
                return super().hand_over(mail_from, rcpt_to, data)

        channel = OptsOutMeanwhile()
        delivery.deliver(lambda _: channel, worker="test", clock=lambda: NOW)
        delivery.deliver(lambda _: channel, worker="test", clock=lambda: NOW)

        assert len(channel.mails) == 1
        assert Message.objects.get(candidate=second).reason == "unsubscribed"


def test_the_cap_holds_with_many_workers(transactional_db: None) -> None:
    make.organisation()
    alice = make.user()
    box = make.sender(alice, cap=20)
    for _ in range(60):
        make.message(make.candidate(owner=alice), box)
    channel = Recording()

    def work(worker: int) -> None:
        while delivery.deliver(lambda _: channel, worker=str(worker), clock=lambda: NOW, batch=3):
            pass
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert len(channel.mails) == 20
    assert len({rcpt for _, rcpt, _ in channel.mails}) == 20
    box.refresh_from_db()
    assert box.sent_on_day == 20


def test_messages_of_a_mailbox_keep_their_distance(alice: User, box: Sender) -> None:
    Sender.objects.update(spacing_min=90, spacing_max=180)
    for _ in range(3):
        make.message(make.candidate(owner=alice), box)

    assert len(deliver().mails) == 1
    assert deliver(now=NOW + timedelta(seconds=89)).mails == []
    assert len(deliver(now=NOW + timedelta(seconds=181)).mails) == 1


def test_a_dead_workers_messages_become_unknown(alice: User, box: Sender) -> None:
    make.message(make.candidate(owner=alice), box)
    assert claim(worker="doomed", now=NOW, lease=timedelta(minutes=1))

    assert settling.sweep(now=NOW + timedelta(seconds=59)) == 0
    assert settling.sweep(now=NOW + timedelta(seconds=61)) == 1

    assert Message.objects.get().state == "unknown"
    assert deliver(now=NOW + timedelta(hours=1)).mails == []


def test_ten_policy_rejections_in_a_row_stop_the_mailbox(alice: User, box: Sender) -> None:
    for _ in range(12):
        make.message(make.candidate(owner=alice), box)
    deliver(*[Rejected(550, "5.7.1 blocked", Kind.POLICY)] * 10)
    box.refresh_from_db()
    assert box.paused_at == NOW


def test_one_answer_that_asks_for_authentication_stops_the_mailbox(
    alice: User, box: Sender
) -> None:
    make.message(make.candidate(owner=alice), box)
    deliver(Rejected(550, "5.7.515 Access denied", Kind.POLICY))
    box.refresh_from_db()
    assert "5.7.515" in box.pause_reason


def test_the_database_refuses_every_other_arrow(alice: User, box: Sender) -> None:
    make.message(make.candidate(owner=alice), box)
    deliver()
    with pytest.raises(IntegrityError, match="cannot go from sent to queued"):
        Message.objects.update(state="queued")


def test_a_channel_that_fails_in_a_new_way_leaves_a_message_of_unknown_fate(box: Sender) -> None:
    make.message(make.candidate(), box)

    class Failing(Recording):
        def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
            raise LookupError

    assert delivery.deliver(lambda _: Failing(), worker="w", clock=lambda: NOW) == 1

    assert Message.objects.get().state == "unknown"
