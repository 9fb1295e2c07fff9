"""Senders: what has to be proved before they send, what happens when it fails, who writes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from tests import make
from tests.contract.zones import Zones, serving
from tests.make import NOW
from warmbench.core.models import AuditEntry
from warmbench.core.unique import TakenError
from warmbench.integrations import jobs
from warmbench.integrations.mail import identity
from warmbench.messaging import claim, outbox, sender_checks, senders, standing
from warmbench.messaging.models import Sender
from warmbench.messaging.outbox import Draft
from warmbench.messaging.sender_checks import Check, Findings, Outcome, Subject
from warmbench.messaging.senders import Mailbox
from warmbench.messaging.verdict import Later, Reason

pytestmark = pytest.mark.django_db


def mailbox(**fields: Any) -> Mailbox:
    usual = {
        "owner_id": None,
        "from_name": "Alice Meyer",
        "from_address": "alice@northwind.io",
        "host": "127.0.0.1",
        "port": 25,
        "security": Sender.Security.STARTTLS,
    }
    return Mailbox(**(usual | fields))


def found(box: Sender, **outcomes: Outcome) -> Findings:
    """Everything passes, but for what is named."""
    checks = (
        Check(one, outcomes.get(one.lower(), Outcome.PASSED), f"{one} said.")
        for one in sender_checks.OF_MAIL
    )
    return Findings(sender_checks.identity(box), tuple(checks), "northwind.io")


@pytest.fixture
def new() -> Sender:
    return senders.create(mailbox(), by_id=None, now=NOW)


@pytest.fixture
def active(new: Sender) -> Sender:
    assert senders.activate(new.pk, found(new), by_id=None, now=NOW)
    new.refresh_from_db()
    return new


class TestActivation:
    def test_a_new_sender_sends_nothing(self, new: Sender) -> None:
        ana = make.candidate()
        make.message(ana, new)
        assert claim.claim(worker="w", now=NOW) == []
        (asked,) = outbox.consider([Draft(ana.pk, "content", "t", 0, new.pk)], now=NOW)
        assert isinstance(asked.verdict, Later)
        assert asked.verdict.reason is Reason.SENDER_PAUSED

    def test_it_sends_when_everything_passed(self, active: Sender) -> None:
        make.message(make.candidate(), active)
        assert len(claim.claim(worker="w", now=NOW)) == 1

    @pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
    @pytest.mark.parametrize("subject", sender_checks.OF_MAIL)
    def test_one_that_does_not_pass_is_enough_to_keep_it_still(
        self, new: Sender, subject: Subject, outcome: Outcome
    ) -> None:
        findings = found(new, **{subject.lower(): outcome})
        assert not senders.activate(new.pk, findings, by_id=None, now=NOW)
        new.refresh_from_db()
        assert new.activated_at is None
        assert new.checked_at == NOW

    def test_a_question_that_was_not_asked_has_not_passed(self, new: Sender) -> None:
        part = Findings(sender_checks.identity(new), found(new).checks[:4], "northwind.io")
        assert not senders.activate(new.pk, part, by_id=None, now=NOW)

    def test_what_was_found_about_another_does_not_count(self, new: Sender) -> None:
        findings = found(new)
        senders.change(new.pk, mailbox(port=587), by_id=None, now=NOW)
        assert not senders.activate(new.pk, findings, by_id=None, now=NOW)
        assert not senders.record_checks(new.pk, findings, now=NOW)

    def test_what_was_found_is_kept(self, new: Sender) -> None:
        findings = found(new, spf=Outcome.FAILED)
        senders.record_checks(new.pk, findings, now=NOW)
        new.refresh_from_db()
        assert sender_checks.kept(new) == list(findings.checks)
        assert sender_checks.failures(sender_checks.kept(new)) == "SPF"
        assert new.org_domain == "northwind.io"

    def test_the_ramp_begins_with_the_first_activation(self, new: Sender) -> None:
        later = NOW + timedelta(days=9)
        senders.activate(new.pk, found(new), by_id=None, now=later)
        new.refresh_from_db()
        assert new.ramp_started_on == later.date()

    def test_a_ramp_that_goes_on_is_not_begun_again(self, new: Sender) -> None:
        Sender.objects.update(day=NOW.date(), ramp_started_on=date(2026, 1, 1))
        senders.activate(new.pk, found(new), by_id=None, now=NOW)
        new.refresh_from_db()
        assert new.ramp_started_on == date(2026, 1, 1)

    def test_it_is_written_down_once(self, active: Sender) -> None:
        assert senders.activate(active.pk, found(active), by_id=None, now=NOW)
        assert AuditEntry.objects.filter(action="sender.activated").count() == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"from_address": "alice@southwind.io"},
            {"host": "127.0.0.2"},
            {"port": 26},
            {"security": Sender.Security.TLS},
            {"dkim_selector": "wb", "dkim_key": "another"},
        ],
    )
    def test_another_identity_has_to_prove_itself_anew(
        self, active: Sender, change: dict[str, Any]
    ) -> None:
        senders.change(active.pk, mailbox(**change), by_id=None, now=NOW)
        active.refresh_from_db()
        proofs = (active.activated_at, active.checks_passed_at, active.checked_at, active.checks)
        assert proofs == (None, None, None, [])
        assert active.org_domain == ""

    def test_other_settings_leave_it_active(self, active: Sender) -> None:
        other = mailbox(from_name="Alice M.", daily_cap=7, username="alice", password="new")
        senders.change(active.pk, other, by_id=None, now=NOW)
        active.refresh_from_db()
        assert active.activated_at == NOW

    @pytest.mark.parametrize(
        ("host", "address"),
        [
            ("smtp.northwind.io", "alice@northwind.example"),
            ("127.0.0.1", "alice@northwind.io"),
            ("127.0.0.1", "alice@example.com.northwind.io"),
            ("127.0.0.1.northwind.io", "alice@northwind.example"),
            ("10.0.0.1", "alice@example.com"),
        ],
    )
    def test_the_database_lets_nobody_send_unproved(self, host: str, address: str) -> None:
        box = make.sender()
        with pytest.raises(IntegrityError, match="sender_active_was_checked"), transaction.atomic():
            Sender.objects.filter(pk=box.pk).update(host=host, from_address=address)

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "LOCALHOST"])
    @pytest.mark.parametrize("domain", ["a.example", "b.test", "example.com", "Mail.Example.Org"])
    def test_database_and_code_agree_on_what_is_local(self, host: str, domain: str) -> None:
        box = make.sender()
        Sender.objects.filter(pk=box.pk).update(host=host, from_address=f"alice@{domain}")
        box.refresh_from_db()
        assert box.is_local


class TestFailing:
    def fail(self, box: Sender, at: datetime, outcome: Outcome = Outcome.FAILED) -> Sender:
        senders.record_checks(box.pk, found(box, spf=outcome), now=at)
        box.refresh_from_db()
        return box

    def test_it_goes_on_for_three_days_and_then_stops(self, active: Sender) -> None:
        for hours in (0, 1, 71):
            assert self.fail(active, NOW + timedelta(hours=hours)).paused_at is None
        assert active.failing_since == NOW
        stopped = self.fail(active, NOW + timedelta(days=3))
        assert stopped.paused_at == NOW + timedelta(days=3)
        assert stopped.pause_reason == "Its checks have failed since 3 March: SPF."
        assert stopped.activated_at
        assert senders.was_stopped_by_us(stopped)

    def test_what_passes_again_begins_anew(self, active: Sender) -> None:
        self.fail(active, NOW)
        senders.record_checks(active.pk, found(active), now=NOW + timedelta(days=2))
        assert self.fail(active, NOW + timedelta(days=3)).paused_at is None

    def test_what_could_not_be_asked_neither_begins_nor_ends_it(self, active: Sender) -> None:
        unknown = Outcome.UNKNOWN
        for days in range(9):
            assert self.fail(active, NOW + timedelta(days=days), unknown).failing_since is None
        self.fail(active, NOW)
        self.fail(active, NOW + timedelta(days=1), unknown)
        assert active.failing_since == NOW
        # A guess of three days ago stops nobody: only what fails now does.
        assert self.fail(active, NOW + timedelta(days=4), unknown).paused_at is None

    def test_it_comes_back_only_when_its_checks_pass(self, active: Sender) -> None:
        self.fail(active, NOW)
        self.fail(active, NOW + timedelta(days=3))
        assert not senders.resume(active.pk, by_id=None, now=NOW)
        senders.record_checks(active.pk, found(active), now=NOW)
        active.refresh_from_db()
        assert active.paused_at
        assert senders.resume(active.pk, by_id=None, now=NOW)

    def test_one_that_sends_nothing_is_not_paused(self, new: Sender) -> None:
        self.fail(new, NOW)
        assert self.fail(new, NOW + timedelta(days=9)).paused_at is None


class TestTheDailyChecks:
    def due(self, hours: float) -> bool:
        return bool(senders.due_for_checks(now=NOW + timedelta(hours=hours)))

    def test_come_a_day_after_the_last(self, active: Sender) -> None:
        assert not self.due(23)
        assert self.due(24)

    def test_come_every_hour_while_one_fails(self, active: Sender) -> None:
        senders.record_checks(active.pk, found(active, mx=Outcome.FAILED), now=NOW)
        assert self.due(1)

    def test_do_not_come_before_a_sender_is_active(self, new: Sender) -> None:
        assert not self.due(48)

    def test_ask_the_dns_and_write_down_what_they_find(
        self, active: Sender, settings: Settings
    ) -> None:
        make.sender()
        with serving(Zones.of('northwind.io. IN TXT "v=spf1 +all"')) as server:
            settings.DNS_SERVERS = [server]
            jobs.check_senders(timestamp=0)
        active.refresh_from_db()
        assert active.failing_since
        assert "SPF" in sender_checks.failures(sender_checks.kept(active))

    def test_go_on_after_a_sender_that_cannot_be_checked(
        self, active: Sender, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        Sender.objects.filter(pk=active.pk).update(seen_signature={"of another": "version"})
        local = make.sender()
        with serving(Zones.of("")) as server:
            settings.DNS_SERVERS = [server]
            jobs.check_senders(timestamp=0)
        local.refresh_from_db()
        assert local.checked_at
        assert "sender not checked" in caplog.text


def test_nobodys_mail_on_this_machine_is_activated_without_a_question() -> None:
    box = senders.create(mailbox(from_address="alice@northwind.example"), by_id=None, now=NOW)
    findings = identity.examine(box, dns=Zones.of(""))
    assert senders.activate(box.pk, findings, by_id=None, now=NOW)


class TestWhoWrites:
    def test_each_recruiters_own_mailbox_and_one_for_everybody_else(self) -> None:
        alice = make.user()
        own, for_all = make.sender(alice), make.sender(is_default=True)
        assert senders.who_writes() == {alice.pk: own.pk, None: for_all.pk}

    def test_a_mailbox_that_is_not_active_yet_is_stood_in_for(self) -> None:
        alice = make.user()
        own, for_all = make.sender(alice), make.sender(is_default=True)
        Sender.objects.filter(pk=own.pk).update(activated_at=None)
        assert senders.who_writes() == {None: for_all.pk}

    def test_without_a_stand_in_it_is_waited_for(self) -> None:
        alice = make.user()
        own = make.sender(alice)
        Sender.objects.update(activated_at=None)
        assert senders.who_writes() == {alice.pk: own.pk}

    def test_a_recruiter_has_one_mailbox(self) -> None:
        alice = make.user()
        make.sender(alice)
        with pytest.raises(TakenError, match="has a mailbox already") as caught:
            senders.create(mailbox(owner_id=alice.pk), by_id=None, now=NOW)
        assert caught.value.field == "owner"


def at_once(action: Callable[[], Any]) -> list[Any]:
    """What two threads get that do the same at the same moment."""
    barrier = Barrier(2)

    def act(_: int) -> Any:
        barrier.wait(5)
        try:
            return action()
        except TakenError as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(act, range(2)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Another sender has this address."),
        ({"is_default": True}, "Another sender"),
    ],
)
def test_of_two_at_once_one_is_told_that_the_other_was_faster(
    fields: dict[str, Any], said: str
) -> None:
    results = at_once(lambda: senders.create(mailbox(**fields), by_id=None, now=NOW))
    assert Sender.objects.count() == 1
    (told,) = [one for one in results if isinstance(one, str)]
    assert told.startswith(said)


def test_other_faults_are_not_taken_for_it() -> None:
    with pytest.raises(IntegrityError, match="sender_spacing_ordered"), transaction.atomic():
        senders.create(mailbox(spacing_min=9, spacing_max=1), by_id=None, now=NOW)


def test_a_paused_sender_that_is_not_active_stays_still(active: Sender) -> None:
    senders.pause(active.pk, by_id=None, now=NOW)
    senders.change(active.pk, mailbox(port=26), by_id=None, now=NOW)
    senders.resume(active.pk, by_id=None, now=NOW)
    active.refresh_from_db()
    assert standing.sender_state(active, now=NOW).is_paused
