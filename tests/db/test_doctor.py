"""The doctor finds what is missing, says what to do, and knows what stops messages."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings
from rich.console import Console
from typer.testing import CliRunner

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Organisation, Role, User
from warmbench.cli import app as command_line
from warmbench.cli import checkup, telling, unsent
from warmbench.cli.checkup import Finding, Level
from warmbench.core import sql
from warmbench.core.environment import database_from_url
from warmbench.messaging import outbox, sender_checks, senders, switches
from warmbench.messaging.models import Decision, Message, Sender, Switch
from warmbench.messaging.outbox import Draft, Ruled
from warmbench.messaging.sender_checks import Check, Findings, Outcome, Subject
from warmbench.messaging.verdict import ALLOW, Later, Reason, Refuse
from warmbench.nurture.models import ContentPiece, Enrollment, Sequence, Step
from warmbench.people.models import Candidate, Suppression, Tag

pytestmark = pytest.mark.django_db

REAL_ADDRESS = "https://bench.example.com"


@pytest.fixture(autouse=True)
def _instance(settings: Settings, tmp_path: Path) -> None:
    """A folder of our own, for the file that stops sending."""
    settings.INSTANCE_FOLDER = tmp_path
    settings.PUBLIC_URL = REAL_ADDRESS
    settings.HTTPS = True


def _only(found: Iterable[Finding], what: str) -> Finding:
    (one,) = [finding for finding in found if finding.what == what]
    return one


def _senders() -> list[Finding]:
    return list(checkup.senders(checkup.mailboxes(), now=NOW))


def _forget_the_last_migration() -> None:
    ask = """
        DELETE FROM django_migrations
         WHERE app = 'nurture'
           AND name = (SELECT max(name) FROM django_migrations WHERE app = 'nurture')
    """
    sql.run(ask)


def _fail(box: Sender) -> None:
    """Let a check of a sender fail."""
    checks = (Check(Subject.SPF, Outcome.FAILED, "No."),)
    senders.record_checks(box.pk, Findings(sender_checks.identity(box), checks), now=NOW)


def _organisation(**fields: object) -> Organisation:
    made = make.organisation()
    Organisation.objects.update(**fields)
    made.refresh_from_db()
    return made


class TestGround:
    def test_a_migrated_database_is_well(self) -> None:
        found = _only(checkup.system(), "Database")
        assert found.level is Level.GOOD
        assert "PostgreSQL" in found.said

    def test_a_missing_migration_stops_everything(self) -> None:
        _forget_the_last_migration()
        found = _only(checkup.system(), "Database")
        assert found.level is Level.STOP
        assert "1 migration is missing" in found.said
        assert found.todo == "Run: warmbench migrate"

    def test_an_old_postgresql_stops_everything(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checkup, "OLDEST_POSTGRES", 990000)
        assert _only(checkup.system(), "Database").level is Level.STOP

    def test_another_server_is_named_without_its_password(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.EMBEDDED_POSTGRES = None
        there = database_from_url("postgres://anna:geheim@db.example.com/warmbench")
        for name in ("NAME", "USER", "PASSWORD", "HOST"):
            monkeypatch.setitem(connection.settings_dict, name, there[name])
        said = _only(checkup.system(), "Database").said
        assert "warmbench at db.example.com" in said
        assert "geheim" not in said

    def test_a_full_disk_is_seen_before_it_stops_the_database(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checkup, "LEAST_ROOM", 2**80)
        assert _only(checkup.system(), "Disk").level is Level.CARE

    def test_settings_that_do_not_fit_together_are_a_finding(self, settings: Settings) -> None:
        settings.PRODUCTION = True
        settings.DEBUG = True
        found = _only(checkup.system(), "Settings")
        assert found.level is Level.STOP
        assert found.todo == "Unset WARMBENCH_DEBUG."


class TestSetUp:
    def test_a_new_installation_is_told_to_open_the_first_page(self) -> None:
        found = list(checkup.set_up())
        assert _only(found, "First run").level is Level.STOP
        assert REAL_ADDRESS in _only(found, "First run").todo
        assert _only(found, "Organisation").level is Level.STOP

    def test_what_is_complete_is_good(self) -> None:
        make.user()
        _organisation(privacy_url="https://example.com/privacy")
        assert {finding.level for finding in checkup.set_up()} == {Level.GOOD}

    def test_no_mail_goes_without_a_postal_address(self) -> None:
        _organisation(postal_address=" ", privacy_url="https://example.com/privacy")
        assert _only(checkup.set_up(), "Organisation").level is Level.STOP

    def test_one_click_unsubscribe_needs_https(self, settings: Settings) -> None:
        settings.PUBLIC_URL = "http://bench.example.com"
        settings.HTTPS = False
        found = _only(checkup.set_up(), "Address")
        assert found.level is Level.STOP
        assert "RFC 8058" in found.said

    def test_a_local_address_is_good_in_the_demo(self, settings: Settings) -> None:
        settings.PUBLIC_URL = "http://127.0.0.1:8000"
        settings.HTTPS, settings.DEMO = False, True
        make.organisation()
        assert _only(checkup.set_up(), "Address").level is Level.GOOD

    @pytest.mark.parametrize(
        ("host", "level"), [("127.0.0.1", Level.CARE), ("smtp.example.com", Level.STOP)]
    )
    def test_a_local_address_must_not_reach_the_world(
        self, settings: Settings, host: str, level: Level
    ) -> None:
        settings.PUBLIC_URL = "http://127.0.0.1:8000"
        settings.HTTPS = False
        _organisation()
        make.sender()
        Sender.objects.update(host=host, checks_passed_at=NOW)
        assert _only(checkup.set_up(), "Address").level is level


class TestSenders:
    def test_without_a_mailbox_nothing_goes(self) -> None:
        assert _only(_senders(), "Senders").level is Level.STOP

    def test_a_mailbox_for_everybody_is_enough(self) -> None:
        make.sender(is_default=True, cap=100)
        make.candidate()
        (found,) = _senders()
        assert found.level is Level.GOOD
        assert found.said == "1 mailbox can send, 100 messages today."

    def test_people_whom_no_mailbox_serves_are_counted(self) -> None:
        alice, bob = make.user(), make.user("Bob Okafor")
        make.sender(alice)
        make.candidate(owner=alice)
        make.candidate(owner=bob)
        make.candidate()
        found = _senders()[-1]
        assert found.level is Level.CARE
        assert "2 candidates have no mailbox" in found.said

    def test_a_paused_mailbox_says_why(self) -> None:
        one = make.sender(is_default=True)
        Sender.objects.update(paused_at=NOW, pause_reason="5 of 9 addresses were dead.")
        found = _senders()
        assert _only(found, "Senders").said == "None of the mailboxes can send."
        assert "5 of 9 addresses were dead." in _only(found, one.from_address).said

    def test_a_recruiter_who_left_is_named(self) -> None:
        alice = make.user()
        one = make.sender(alice)
        User.objects.update(is_active=False)
        assert "Alice Meyer is no longer active" in _only(_senders(), one.from_address).said

    def test_a_mailbox_that_is_not_active_says_what_fails(self) -> None:
        one = make.sender(is_default=True)
        Sender.objects.update(activated_at=None)
        assert "It is not active yet" in _only(_senders(), one.from_address).said
        one.refresh_from_db()
        _fail(one)
        assert "What fails: SPF." in _only(_senders(), one.from_address).said

    def test_checks_that_fail_are_told_before_they_stop_it(self) -> None:
        one = make.sender(is_default=True)
        _fail(one)
        found = _senders()
        assert _only(found, "Senders").level is Level.GOOD
        told = _only(found, one.from_address)
        assert told.level is Level.CARE
        assert told.said == "Its checks fail since 3 March 2026 09:00 UTC: SPF."
        assert "paused on 6 March 2026 09:00 UTC" in told.todo

    @pytest.mark.parametrize("host", ["localhost", "::1", "127.0.0.9"])
    def test_this_machine_has_several_names(self, host: str) -> None:
        make.sender(is_default=True)
        Sender.objects.update(host=host)
        assert [finding.level for finding in _senders()] == [Level.GOOD]

    def test_a_long_address_cannot_carry_a_token(self) -> None:
        make.sender(is_default=True)
        address = f"{'alice' * 9}@northwind.example"
        Sender.objects.update(from_address=address)
        assert "45 characters" in _only(_senders(), address).said


class TestStops:
    def test_no_stop_is_good(self) -> None:
        assert _only(checkup.stops(now=NOW), "Stops").level is Level.GOOD

    @pytest.mark.parametrize(
        ("scope", "level"),
        [(Switch.Scope.EVERYTHING, Level.STOP), (Switch.Scope.SEQUENCE, Level.CARE)],
    )
    def test_a_stop_says_since_when_by_whom_and_why(
        self, scope: Switch.Scope, level: Level
    ) -> None:
        alice = make.user()
        key = 0 if scope == Switch.Scope.EVERYTHING else 7
        switches.engage(scope, key, by_id=alice.pk, now=NOW, reason="A wrong link")
        found = _only(checkup.stops(now=NOW), "Stops")
        assert found.level is level
        assert "3 March 2026 09:00 UTC by Alice Meyer: A wrong link" in found.said

    def test_a_stop_without_a_reason_is_told_too(self) -> None:
        switches.engage(Switch.Scope.EVERYTHING, by_id=None, now=NOW)
        assert _only(checkup.stops(now=NOW), "Stops").said == (
            "All sending, stopped since 3 March 2026 09:00 UTC."
        )

    def test_the_stop_file_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "STOP").touch()
        found = _only(checkup.stops(now=NOW), "Stops")
        assert found.level is Level.STOP
        assert str(tmp_path / "STOP") in found.said

    def test_the_environment_can_stop_everything(self, settings: Settings) -> None:
        settings.SENDING_STOPPED = True
        assert "WARMBENCH_SENDING_STOPPED" in _only(checkup.stops(now=NOW), "Stops").said


class TestProgramme:
    def test_an_empty_installation_is_told_how_to_begin(self) -> None:
        found = {finding.what: finding.level for finding in checkup.programme(today=NOW.date())}
        assert found == {
            "Candidates": Level.CARE,
            "Tags": Level.STOP,
            "Pools": Level.CARE,
            "Sequences": Level.STOP,
            "Content": Level.GOOD,
        }

    def test_a_running_programme_is_good(self) -> None:
        cloud = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
        version = make.sequence(Step.Kind.CONTENT)
        make.pool("status = passive", version.sequence)
        make.piece()
        make.piece(cloud)
        make.enrollment(make.candidate(cloud), version)
        found = list(checkup.programme(today=NOW.date()))
        assert {finding.level for finding in found} == {Level.GOOD}
        assert _only(found, "Sequences").said == "1 active, 1 enrollments under way."

    def test_specialties_without_a_piece_of_their_own_are_named(self) -> None:
        for n in range(7):
            make.tag(f"Specialty {n}", Tag.Kind.SPECIALTY)
        found = _only(checkup.programme(today=NOW.date()), "Content")
        assert found.level is Level.NOTE
        assert found.said.endswith("Specialty 0, Specialty 1, Specialty 2, Specialty 3, "
                                   "Specialty 4, ….")  # fmt: skip

    def test_a_kind_of_content_without_a_piece_for_everybody_needs_care(self) -> None:
        make.sequence(Step.Kind.CONTENT)
        ContentPiece.objects.filter(pk=make.piece().pk).update(expires_on=NOW.date())
        found = [f for f in checkup.programme(today=NOW.date()) if f.what == "Content"]
        assert found[0].level is Level.CARE
        assert "no trends article for everybody" in found[0].said

    def test_a_rule_that_lost_its_tag_is_named(self) -> None:
        make.pool('specialty = "Gone"')
        make.pool("status = passive")
        found = [f for f in checkup.programme(today=NOW.date()) if f.what == "Pools"]
        assert found[0].said == "2, 2 of them without a sequence."
        assert "Gone" in found[1].said
        assert found[1].level is Level.CARE

    def test_a_sequence_whose_rule_lost_its_tag_is_named(self) -> None:
        enrolled = make.enrollment(make.candidate(), make.sequence(Step.Kind.MESSAGE))
        Enrollment.objects.update(waiting_for="unclear_rule")
        found = [f for f in checkup.programme(today=NOW.date()) if f.what == "Sequences"]
        assert found[1].level is Level.CARE
        assert found[1].said.startswith(f"1 person waits on “{enrolled.sequence.name}”")

    def test_a_paused_sequence_needs_care(self) -> None:
        make.sequence(Step.Kind.CONTENT)
        Sequence.objects.filter(pk=make.sequence(Step.Kind.CONTENT).sequence_id).update(
            state=Sequence.State.PAUSED
        )
        found = [f for f in checkup.programme(today=NOW.date()) if f.what == "Sequences"]
        assert [f.level for f in found] == [Level.GOOD, Level.CARE]


class TestWork:
    def test_nobody_at_work_needs_care(self) -> None:
        found = list(checkup.work())
        assert _only(found, "Workers").level is Level.CARE
        assert _only(found, "Jobs").level is Level.GOOD

    def test_a_worker_that_has_just_said_so_is_at_work(self) -> None:
        add = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)"
        sql.run(add, [datetime.now(UTC)])
        sql.run(add, [datetime.now(UTC) - timedelta(hours=1)])
        assert _only(checkup.work(), "Workers").said == "1 is at work."

    def test_jobs_that_gave_up_are_counted_by_name(self) -> None:
        app.configure_task("core.react").defer(kind="X", reaction="x", fields={})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        assert ProcrastinateJob.objects.filter(status="failed").exists()
        assert "1 job gave up: core.react (1)." in _only(checkup.work(), "Jobs").said

    def test_messages_of_unknown_fate_wait_for_somebody(self) -> None:
        one = make.message(make.candidate(), make.sender())
        for state in (Message.State.SENDING, Message.State.UNKNOWN):
            Message.objects.filter(pk=one.pk).update(state=state, not_before=None)
        found = _only(checkup.work(), "Unknown")
        assert found.level is Level.CARE
        assert "page Stops" in found.todo

    def test_a_promise_that_was_not_kept_is_told_to_somebody(self) -> None:
        make.sent(make.candidate(), make.sender())
        found = _only(checkup.work(), "Promises")
        assert found.level is Level.CARE
        assert "Sent without an accepted attempt: 1" in found.said


class TestUnsent:
    def test_each_person_who_may_not_be_written_to_is_counted_once(self) -> None:
        make.candidate(status=Candidate.Status.PLACED, email=None)
        make.candidate(consented=False)
        make.candidate(consented=False)
        make.candidate()
        found = {one.reason: one.people for one in unsent.unwritable_people(now=NOW)}
        assert found == {"status": 1, "no_consent": 2}

    def test_people_without_required_tags_are_counted_by_what_they_lack(self) -> None:
        cloud = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
        manager = make.tag("Manager", Tag.Kind.SENIORITY)
        make.candidate(cloud)
        make.candidate(cloud, manager)
        found = {one.reason: one.people for one in unsent.untagged()}
        assert found == {"no seniority": 1, "no geography": 2}

    def test_waiting_enrollments_say_what_for_and_what_to_do(self) -> None:
        version = make.sequence(Step.Kind.MESSAGE)
        for reason in ("missing: city", "missing: city", "budget", ""):
            one = make.enrollment(make.candidate(), version)
            Enrollment.objects.filter(pk=one.pk).update(waiting_for=reason)
        first, second = unsent.waiting()
        assert (first.people, first.reason) == (2, "missing: city")
        assert first.todo.startswith("Enter what is missing")
        assert (second.reason, second.todo) == ("budget", "")

    def test_decisions_of_the_last_week_are_summed_up(self) -> None:
        ana, ben = make.candidate(), make.candidate()
        refused = Refuse(Reason.NO_CONSENT)
        later = Later(NOW + timedelta(days=3), Reason.BUDGET)
        outbox.record_decisions(
            [
                Ruled(ana.pk, None, "s/a", refused),
                Ruled(ana.pk, None, "s/b", refused),
                Ruled(ben.pk, None, "s/a", later),
                Ruled(ben.pk, None, "s/b", ALLOW),
            ],
            stage=Decision.Stage.PLANNING,
            now=NOW,
        )
        long_ago = NOW - timedelta(days=8)
        outbox.record_decisions(
            [Ruled(ana.pk, None, "s/c", Refuse(Reason.PLACED))],
            stage=Decision.Stage.PLANNING,
            now=long_ago,
        )
        found = [(kind, one.reason, one.people) for kind, one in unsent.decided(now=NOW)]
        assert found == [("Later", "budget", 1), ("Refused", "no_consent", 1)]


class TestReport:
    def _report(self) -> tuple[telling.Report, StringIO]:
        text = StringIO()
        console = Console(file=text, width=100, highlight=False)
        return telling.Report(console), text

    def test_everything_is_told_in_one_go(self) -> None:
        _organisation()
        alice = make.user(role=Role.ADMIN)
        make.sender(alice, cap=50)
        ana = make.candidate(owner=alice, consented=False)
        version = make.sequence(Step.Kind.MESSAGE)
        waits = make.enrollment(ana, version)
        Enrollment.objects.filter(pk=waits.pk).update(waiting_for="no_consent")
        outbox.queue(outbox.consider([Draft(ana.pk, "welcome", "s/a", 0, None)], now=NOW), now=NOW)
        report, text = self._report()
        telling.examine(report, now=NOW)
        told = text.getvalue()
        assert "Mailboxes" in told
        assert "No permission to write to them is on record." in told
        assert "Record on what ground you may write to them" in told
        assert "Put off or refused in the last 7 days" in told

    def test_nobody_is_named_but_the_team(self) -> None:
        """What is printed ends in tickets and mails."""
        _organisation()
        ana = make.candidate(consented=False, email="ana.secret@example.com")
        Suppression.objects.create(candidate=ana, reason="unsubscribed", at=NOW)
        report, text = self._report()
        telling.examine(report, now=NOW)
        assert "Moreau" not in text.getvalue()
        assert "ana.secret" not in text.getvalue()

    @pytest.mark.parametrize(
        ("levels", "said"),
        [
            ([Level.GOOD, Level.NOTE], "✓ Messages can go."),
            ([Level.CARE], "! Messages can go; 1 thing needs care."),
            ([Level.CARE, Level.CARE], "! Messages can go; 2 things need care."),
            ([Level.STOP, Level.CARE], "✗ 1 thing stops messages."),
            ([Level.STOP, Level.STOP], "✗ 2 things stop messages."),
        ],
    )
    def test_the_last_line_says_how_things_stand(self, levels: list[Level], said: str) -> None:
        report, text = self._report()
        report.findings("All", [Finding(level, "It", "is so [b]") for level in levels])
        report.verdict()
        assert text.getvalue().endswith(f"\n{said}\n")
        assert "[b]" in text.getvalue()

    def test_a_heading_without_anything_below_is_left_out(self) -> None:
        report, text = self._report()
        report.causes("Nobody", [])
        assert text.getvalue() == ""


class TestCommand:
    def test_status_1_says_that_something_stops_messages(self) -> None:
        make.organisation()
        ended = CliRunner().invoke(command_line, ["doctor"])
        assert ended.exit_code == 1
        assert "stop messages" in ended.output

    def test_an_outdated_database_is_not_asked_further(self) -> None:
        _forget_the_last_migration()
        ended = CliRunner().invoke(command_line, ["doctor"])
        assert ended.exit_code == 1
        assert "Senders" not in ended.output

    def test_status_0_says_that_messages_can_go(self) -> None:
        _organisation()
        make.user()
        make.sender(is_default=True)
        make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
        make.sequence(Step.Kind.MESSAGE)
        ended = CliRunner().invoke(command_line, ["doctor"])
        assert ended.exit_code == 0, ended.output
        assert "Messages can go" in ended.output
