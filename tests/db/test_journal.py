"""What people said outlives the database: a restored one sends nothing twice or against it."""

import logging
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from tests import make
from tests.db.planting import Planted
from tests.db.test_steps import sequence, step
from tests.make import NOW
from warmbench.core import dumps, epoch, postgres
from warmbench.core.dumps import DumpError
from warmbench.core.models import AuditEntry, Epoch
from warmbench.messaging import delivery, invariants, set_aside, switches
from warmbench.messaging.handover import Accepted, HandOver
from warmbench.messaging.models import Attempt, Message, Switch
from warmbench.nurture import planner, restoration
from warmbench.nurture.models import Enrollment, Step
from warmbench.people import consent, erasure, export, hashes, imports, journal
from warmbench.people.journal import Line
from warmbench.people.models import (
    Candidate,
    Channel,
    Consent,
    Suppression,
    SuppressionHash,
    Tag,
)
from warmbench.signals import objection, wishes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _a_folder_of_our_own(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_FOLDER = tmp_path
    settings.JOURNAL = tmp_path / "journal.jsonl"


@pytest.fixture(autouse=True)
def _ids_stay_small(django_db_setup: None) -> Iterator[None]:
    """After a restore a million ids are skipped, in a database that other tests use next."""
    ask = (
        "SELECT sequencename, last_value FROM pg_sequences"
        " WHERE schemaname = 'public' AND data_type = 'bigint'::regtype"
    )
    name = connection.settings_dict["NAME"]
    with postgres.connect(name) as before:
        values: dict[str, int | None] = dict(before.execute(ask).fetchall())
    yield
    with postgres.connect(name) as after:
        for sequence, value in after.execute(ask).fetchall():
            then = values.get(sequence)
            if value is not None and value - (then or 0) >= 1_000_000:
                after.execute("SELECT setval(%s, %s, %s)", [sequence, then or 1, then is not None])


def written() -> list[tuple[str, str]]:
    return [(line.kind, line.channel) for line in journal.lines()]


class TestWhatIsWrittenDown:
    @pytest.mark.parametrize("reason", sorted(journal.SAID))
    def test_what_somebody_asked_for(self, db: None, reason: str) -> None:
        who = make.candidate(email="ana@example.com")
        consent.suppress(who.pk, reason=Suppression.Reason(reason), now=NOW)
        (line,) = journal.lines()
        assert (line.kind, line.at, line.epoch) == (reason, NOW.isoformat(), 1)
        assert line.who == hashes.of_candidate(who.pk)
        assert line.points == (hashes.of_address("ana@example.com", "email"),)

    def test_the_way_out_in_a_mail_and_where_it_was_sent(self, db: None) -> None:
        make.organisation()
        who = make.candidate(email="ana@example.com")
        message = make.sent(who, make.sender(make.user()), address="old@example.com")
        wishes.stop(who.pk, message_id=message.pk, now=NOW)
        (line,) = journal.lines()
        points = {hashes.of_address(f"{one}@example.com", "email") for one in ("ana", "old")}
        assert set(line.points) == points

    def test_a_stop_from_a_number_that_nobody_has_yet(self, db: None) -> None:
        assert consent.suppress_number("+447700900123", evidence="By text: 1", now=NOW)
        (line,) = journal.lines()
        assert (line.kind, line.who) == ("unsubscribed", "")
        assert line.points == (hashes.of_address("+447700900123", "sms"),)

    def test_withdrawals_objections_and_erasures(self, db: None) -> None:
        make.organisation()
        ana, ben, chen = make.candidate(), make.candidate(), make.candidate()
        consent.record(ana.pk, basis=Consent.Basis.WITHDRAWN, evidence="By phone", now=NOW)
        objection.obey(ben.pk, evidence="By phone", now=NOW)
        erasure.erase([chen.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        assert written() == [("withdrawn", "email"), ("objected", ""), ("erased", "")]

    def test_what_an_imported_file_says_once_it_is_loaded(
        self, transactional_db: None, tmp_path: Path
    ) -> None:
        make.organisation()
        content = "name,email,do_not_contact\nAna,ana@example.com,yes\nBen,ben@example.com,no\n"
        file = tmp_path / "people.csv"
        file.write_text(content)
        with file.open("rb") as stream:
            of = imports.upload(stream, "people.csv", "CRM", by_id=None, now=NOW)
        imports.save_mapping(of.pk, of.mapping, imports.Options(), now=NOW)
        imports.check(of.pk, now=NOW)
        assert written() == []
        imports.run(of.pk, clock=lambda: NOW)
        assert written() == [("imported", "")]

    def test_not_what_we_decide_by_ourselves(self, db: None) -> None:
        consent.suppress(make.candidate().pk, reason=Suppression.Reason.MANUAL, now=NOW)
        consent.mark_address_dead("ana@example.com", evidence="550", now=NOW)
        assert written() == []

    def test_nothing_that_names_anybody(self, db: None, settings: Settings) -> None:
        who = make.candidate(email="ana@example.com")
        consent.suppress(
            who.pk, reason=Suppression.Reason.UNSUBSCRIBED, evidence="Ana wrote", now=NOW
        )
        text = settings.JOURNAL.read_text()
        assert not [word for word in ("ana", "Ana", "Moreau", "example") if word in text]
        assert settings.JOURNAL.stat().st_mode & 0o077 == 0

    def test_it_is_on_the_disk_before_the_commit(self, transactional_db: None) -> None:
        who = make.candidate()
        with transaction.atomic():
            consent.suppress(who.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
            assert written() == [("unsubscribed", "")]
            transaction.set_rollback(True)
        # Too much may be known, never too little.
        assert written() == [("unsubscribed", "")]
        assert not Suppression.objects.exists()

    def test_every_way_to_write_a_suppression_is_known(self) -> None:
        package = Path(journal.__file__).parents[1]
        writers = {
            path.name
            for path in [*package.rglob("*.py"), *package.rglob("*.sql")]
            if "migrations" not in path.parts
            and ("Suppression.objects.create" in path.read_text()
                 or "Suppression.objects.bulk_create" in path.read_text()
                 or "INSERT INTO suppression " in path.read_text())
        }  # fmt: skip
        # A new one must write into the journal what somebody said, and be named here.
        assert writers == {"consent.py", "import_suppress.sql", "import_suppress_addresses.sql"}


class TestAJournalInTrouble:
    def test_does_not_keep_anybody_from_the_way_out(
        self, db: None, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "file").touch()
        settings.JOURNAL = tmp_path / "file" / "journal.jsonl"
        who = make.candidate()
        with caplog.at_level(logging.ERROR):
            assert consent.suppress(who.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        assert "journal not written" in caplog.text
        assert "Not a directory" in journal.trouble()

    def test_is_none_otherwise(self, db: None) -> None:
        assert journal.trouble() == ""
        assert list(journal.lines()) == []

    def test_passes_over_what_a_crash_cut_off(self, db: None, settings: Settings) -> None:
        ana, ben = make.candidate(), make.candidate()
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        with settings.JOURNAL.open("a") as stream:
            stream.write('{"kind": "unsub')
        consent.suppress(ben.pk, reason=Suppression.Reason.COMPLAINED, now=NOW)
        assert written() == [("unsubscribed", ""), ("complained", "")]


class TestTheEpoch:
    def test_a_database_that_is_older_than_the_folder_is_noticed(self, db: None) -> None:
        assert not epoch.is_behind()
        epoch.beat()
        assert not epoch.is_behind()
        Epoch.objects.update(beats=0)
        assert epoch.is_behind()

    def test_a_crash_between_database_and_folder_is_no_restore(self, db: None) -> None:
        epoch.beat()
        Epoch.objects.update(beats=7)
        assert not epoch.is_behind()

    def test_another_begins_after_a_restore(self, db: None) -> None:
        epoch.beat()
        Epoch.objects.all().delete()
        assert epoch.is_behind()
        assert epoch.begin_anew() == 2
        assert not epoch.is_behind()
        # The same backup once more: it knows nothing of the second life.
        Epoch.objects.update(number=1, beats=500)
        assert epoch.is_behind()
        assert epoch.begin_anew() == 3

    def test_half_a_number_is_none(self, db: None, settings: Settings) -> None:
        (settings.INSTANCE_FOLDER / "epoch").write_text("1 ")
        assert not epoch.is_behind()


class Post:
    """A mail server that remembers whom it got mails for."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        self.sent.append(rcpt_to)
        return Accepted(250, "OK")

    def close(self) -> None:
        pass


class TestABackup:
    def test_is_whole_or_refused(self, transactional_db: None, tmp_path: Path) -> None:
        file = tmp_path / "warmbench.dump"
        made = dumps.write(file, now=NOW)
        assert dumps.check(file) == made
        assert made.size == file.stat().st_size
        assert epoch.backed_up_at() == NOW
        assert file.stat().st_mode & 0o077 == 0
        file.write_bytes(file.read_bytes()[:-1])
        with pytest.raises(DumpError, match="checksum"):
            dumps.check(file)
        with pytest.raises(DumpError, match="missing"):
            dumps.check(tmp_path / "other.dump")

    def test_names_its_keys_and_holds_none(
        self, transactional_db: None, tmp_path: Path, settings: Settings
    ) -> None:
        made = dumps.write(tmp_path / "x.dump", now=NOW)
        assert dumps.missing_keys(made) == []
        beside = (tmp_path / "x.dump.json").read_text()
        assert not [k for k in (settings.SECRET_KEY, settings.ERASURE_KEY) if k in beside]
        settings.ERASURE_KEY = "another"
        assert dumps.missing_keys(made) == ["erasure-key"]

    def test_that_cannot_be_written_leaves_the_one_before(
        self, transactional_db: None, tmp_path: Path
    ) -> None:
        with pytest.raises(DumpError):
            dumps.write(tmp_path / "no" / "such" / "folder", now=NOW)

    def test_holds_everything_about_everybody(self, transactional_db: None, tmp_path: Path) -> None:
        """rules.md R21: what a person is told is the same before and after."""
        ana = Planted().who
        ben = make.candidate()
        before = [export.of(who.pk, now=NOW) for who in (ana, ben)]
        dumps.write(tmp_path / "x.dump", now=NOW)
        people = Candidate.objects.count()
        make.candidate()
        dumps.fill(tmp_path / "x.dump")
        assert [export.of(who.pk, now=NOW) for who in (ana, ben)] == before
        assert Candidate.objects.count() == people

    def test_that_is_no_dump_changes_nothing(self, transactional_db: None, tmp_path: Path) -> None:
        make.candidate()
        (tmp_path / "x.dump").write_text("no dump")
        with pytest.raises(DumpError, match="pg_restore failed"):
            dumps.fill(tmp_path / "x.dump")
        assert Candidate.objects.count() == 1


def agency(people: int) -> list[Candidate]:
    make.organisation()
    alice = make.user()
    make.sender(alice, cap=100_000)
    tags = (make.tag("Devs", Tag.Kind.SPECIALTY), make.tag("Manager", Tag.Kind.SENIORITY))
    return [make.candidate(*tags, owner=alice, email=f"p{n}@example.com") for n in range(people)]


def test_nothing_is_sent_twice_and_nothing_to_who_left(
    transactional_db: None, tmp_path: Path
) -> None:
    """rules.md R22: back up, send 500, unsubscribe 20, erase 5, restore."""
    people = agency(600)
    version = make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE, wait_days=30)
    box = people[0].owner.senders.get()  # type: ignore[union-attr]
    for who in people[:300]:
        make.enrollment(who, version)
    for who in people[300:]:
        make.message(who, box)
    file = tmp_path / "warmbench.dump"
    dumps.write(file, now=NOW)

    before = Post()
    planner.plan(now=NOW)
    while len(before.sent) < 500:
        delivery.deliver(lambda _: before, worker="w", clock=lambda: NOW, batch=20)
    random.seed(22)
    left = random.sample(people, 25)
    for who in left[:20]:
        message = Message.objects.filter(candidate=who).first()
        wishes.stop(who.pk, message_id=message.pk if message else 0, now=NOW + HOUR)
    gone = [who.pk for who in left[20:]]
    erasure.erase(gone, reason=erasure.Reason.REQUEST, by_id=None, now=NOW + HOUR)

    dumps.fill(file)
    assert epoch.is_behind()
    made = restoration.after_restore(now=NOW + 2 * HOUR)

    assert (made.stopped, made.erased, made.unknown) == (20, 5, 595)
    assert not epoch.is_behind()
    assert Switch.objects.get(released_at=None).reason == restoration.WHY
    after = Post()
    work(after, now=NOW + 2 * HOUR)
    assert after.sent == []
    switches.release(Switch.Scope.EVERYTHING, by_id=None, now=NOW + 3 * HOUR)
    for days in range(60):
        work(after, now=NOW + 3 * HOUR + days * DAY)

    # The second step of those on the sequence, a month later; the first of nobody, ever again.
    theirs = {f"p{n}@example.com" for n, who in enumerate(people) if who in left}
    assert not theirs & set(after.sent)
    on_the_way = {f"p{n}@example.com" for n in range(300)} - theirs
    assert set(after.sent) == on_the_way
    touches = Message.objects.filter(state="sent").values_list("touch", flat=True)
    assert {touch.rpartition("/")[2] for touch in touches} == {"step-1"}
    assert invariants.broken() == {}
    assert not Candidate.objects.filter(pk__in=gone).exists()


def work(post: Post, *, now: datetime) -> None:
    while planner.plan(now=now):
        pass
    while delivery.deliver(lambda _: post, worker="w", clock=lambda: now):
        pass


class TestAfterARestore:
    """Each fact by itself, on a database that has forgotten it."""

    def forget(self, who: Candidate) -> None:
        """What a backup does not know yet."""
        with transaction.atomic():
            connection.cursor().execute("SELECT begin_erasure()")
            Suppression.objects.all().delete()
            Consent.objects.filter(candidate=who, basis="withdrawn").delete()
            SuppressionHash.objects.all().delete()

    def restore(self, *, now: datetime = NOW + HOUR) -> restoration.Aftermath:
        return restoration.after_restore(now=now)

    @pytest.mark.parametrize("reason", sorted(journal.SAID))
    def test_a_stop_holds_again_for_its_own_reason(self, db: None, reason: str) -> None:
        make.organisation()
        who = make.candidate()
        consent.suppress(who.pk, reason=Suppression.Reason(reason), channel=Channel.SMS, now=NOW)
        self.forget(who)
        assert self.restore().stopped == 1
        stop = Suppression.objects.get()
        channel = "" if reason == "objected" else "sms"
        assert (stop.candidate, stop.reason, stop.channel) == (who, reason, channel)
        assert "2026-03-03" in stop.evidence
        assert self.restore().stopped == 0

    def test_a_stop_of_texts_holds_again_after_one_that_was_taken_back(self, db: None) -> None:
        make.organisation()
        who = make.candidate()
        texts: dict[str, Any] = {
            "reason": Suppression.Reason.UNSUBSCRIBED,
            "channel": Channel.SMS,
            "evidence": f"{consent.BY_TEXT} 1",
        }
        consent.suppress(who.pk, **texts, now=NOW - DAY)
        proof = consent.Proof(source="candidate")
        consent.begin_texts_again(who.pk, number="", evidence="START", proof=proof, now=NOW - HOUR)
        lines = list(journal.lines())
        # What was taken back before the backup was made is not said again by restoring it.
        assert restoration.after_restore(now=NOW, lines=lines).stopped == 0
        again = [replace(line, at=NOW.isoformat()) for line in lines]
        assert restoration.after_restore(now=NOW + HOUR, lines=again).stopped == 1
        assert restoration.after_restore(now=NOW + HOUR, lines=again).stopped == 0

    def test_a_withdrawal_holds_again_unless_consent_was_given_anew(self, db: None) -> None:
        make.organisation()
        ana, ben = make.candidate(), make.candidate()
        for who in (ana, ben):
            consent.record(who.pk, basis=Consent.Basis.WITHDRAWN, evidence="", now=NOW)
            self.forget(who)
        consent.record(ben.pk, basis=Consent.Basis.CONSENT, evidence="Form", now=NOW + HOUR)
        assert self.restore(now=NOW + DAY).withdrawn == 1
        assert self.restore(now=NOW + DAY).withdrawn == 0
        assert Consent.objects.get(basis="withdrawn").candidate == ana
        assert ben.consents.latest("at").basis == "consent"

    def test_somebody_whom_the_backup_does_not_know_is_known_when_they_come(self, db: None) -> None:
        make.organisation()
        points = (hashes.of_address("ana@example.com", "email"),)
        lines = [Line("unsubscribed", NOW.isoformat(), 1, hashes.of_candidate(10**6), points)]
        assert restoration.after_restore(now=NOW, lines=lines).stopped == 0
        listed = hashes.reason_against("ana@example.com", "email")
        assert listed is not None
        assert (listed.reason, listed.at) == ("stopped", NOW)

    def test_an_address_that_only_the_lost_time_knew_is_known_when_it_comes(self, db: None) -> None:
        make.organisation()
        who = make.candidate(email="ana@example.com")
        points = tuple(hashes.of_address(f"{one}@example.com", "email") for one in ("ana", "new"))
        lines = [Line("unsubscribed", NOW.isoformat(), 1, hashes.of_candidate(who.pk), points)]
        assert restoration.after_restore(now=NOW, lines=lines).stopped == 1
        assert hashes.reason_against("new@example.com", "email") is not None
        assert hashes.reason_against("ana@example.com", "email") is None

    def test_who_shares_an_address_with_somebody_erased_is_stopped_and_kept(self, db: None) -> None:
        make.organisation()
        ana, ben = (make.candidate(email="family@example.com") for _ in range(2))
        points = (hashes.of_address("family@example.com", "email"),)
        lines = [Line("erased", NOW.isoformat(), 1, hashes.of_candidate(ana.pk), points)]
        made = restoration.after_restore(now=NOW, lines=lines)
        assert (made.erased, made.stopped) == (1, 1)
        assert list(Candidate.objects.all()) == [ben]
        assert Suppression.objects.get(candidate=ben).reason == "erased"

    def test_no_id_of_the_lost_time_is_given_again(self, db: None) -> None:
        make.organisation()
        before = make.candidate().pk
        self.restore()
        assert make.candidate().pk > before + 1_000_000

    def test_what_came_due_is_for_a_person_to_look_up(self, db: None) -> None:
        (ana,) = agency(1)
        version = make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE, wait_days=30)
        make.enrollment(ana, version, due=NOW - DAY)
        make.message(ana, ana.owner.senders.get(), touch="other/step")  # type: ignore[union-attr]
        assert self.restore().unknown == 2
        assert set(Message.objects.values_list("state", "reason")) == {("unknown", set_aside.WHY)}
        attempts = Attempt.objects.values_list("outcome", "text")
        assert set(attempts) == {("unknown", set_aside.WHY)}
        assert self.restore().unknown == 0

    def test_what_is_due_later_stays_as_it_is(self, db: None) -> None:
        (ana,) = agency(1)
        make.enrollment(ana, make.sequence(Step.Kind.MESSAGE), due=NOW + 2 * DAY)
        assert self.restore().unknown == 0
        assert not Message.objects.exists()

    def test_what_stands_behind_a_step_that_reaches_nobody_may_have_been_sent_too(
        self, db: None
    ) -> None:
        (ana,) = agency(1)
        version = sequence(
            step("wait"),
            step("branch", condition="status = placed", otherwise="step-4"),
            step("message"),
            step("exit"),
            step("message"),
            step("message", wait_days=8),
        )
        make.enrollment(ana, version, due=NOW - DAY)
        assert self.restore().unknown == 2, "whichever way the branch led"

        switches.release(Switch.Scope.EVERYTHING, by_id=None, now=NOW + HOUR)
        post = Post()
        work(post, now=NOW + DAY)
        assert post.sent == []

    def test_what_stands_behind_a_longer_wait_stays_as_it_is(self, db: None) -> None:
        (ana,) = agency(1)
        hurried = [{"rule": "status = passive", "pace": 50}]
        near, far = (
            sequence(step("wait"), step("message", wait_days=days), cadence=hurried)
            for days in (2, 3)
        )
        make.enrollment(ana, near, due=NOW - DAY)
        make.enrollment(ana, far, due=NOW - DAY)
        assert self.restore().unknown == 1
        assert Message.objects.get().touch == f"{near.sequence.key}/step-1"

    def test_who_was_to_leave_after_her_step_got_nothing_after_it(self, db: None) -> None:
        (ana,) = agency(1)
        made = make.enrollment(ana, sequence(step("wait"), step("message")), due=NOW - DAY)
        Enrollment.objects.filter(pk=made.pk).update(last_step=True)
        assert self.restore().unknown == 0

    def test_what_had_no_mailbox_cannot_have_left(self, db: None) -> None:
        make.organisation()
        box = make.sender()
        message = make.message(make.candidate(), box)
        Message.objects.update(sender=None)
        assert self.restore().unknown == 0
        message.refresh_from_db()
        assert (message.state, message.reason) == ("refused", set_aside.WHY)

    def test_who_joined_a_pool_since_gets_no_second_welcome(self, db: None) -> None:
        (ana,) = agency(1)
        version = make.sequence(Step.Kind.MESSAGE)
        make.pool("status = passive", version.sequence)
        germany = make.tag("Germany", Tag.Kind.GEOGRAPHY)
        ana.candidate_tags.create(tag=germany, source="x", added_at=NOW)
        assert self.restore().unknown == 1
        assert Enrollment.objects.get().candidate == ana

    def test_it_is_on_record(self, db: None) -> None:
        make.organisation()
        number = self.restore().epoch
        entry = AuditEntry.objects.get(action="database.restored")
        assert entry.subject == f"epoch:{number}"
        assert [line.epoch for line in journal.lines()] == [number]
