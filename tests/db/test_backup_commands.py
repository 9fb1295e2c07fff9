"""The commands around backups and retention, as a person at a terminal has them."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from pytest_django.fixtures import Settings
from typer.testing import CliRunner, Result

from tests import make
from tests.make import NOW
from warmbench.cli import app, backup
from warmbench.core import clock, dumps, epoch, postgres
from warmbench.messaging import standing
from warmbench.messaging.models import Switch
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression

Command = Callable[..., Result]


@pytest.fixture
def warmbench(
    transactional_db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Give a command, in an empty folder."""
    settings.INSTANCE_FOLDER = tmp_path
    settings.JOURNAL = tmp_path / "journal.jsonl"
    monkeypatch.chdir(tmp_path)
    make.organisation()

    def run(*arguments: str) -> Result:
        with clock.pinned(NOW):
            return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})

    return run


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


def test_a_backup_is_made_and_put_back(warmbench: Command, tmp_path: Path) -> None:
    ana = make.candidate()
    made = warmbench("backup")
    assert made.exit_code == 0
    assert "warmbench-2026-03-03.dump" in made.output
    consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
    make.candidate()

    back = warmbench("restore", "warmbench-2026-03-03.dump", "--yes")

    assert back.exit_code == 0
    assert "1 people said stop since the backup" in " ".join(back.output.split())
    assert list(Candidate.objects.all()) == [ana]
    assert Suppression.objects.get().candidate == ana
    assert Switch.objects.get().scope == "everything"
    assert not standing.stop_file().exists()
    connections.close_all()


def test_nothing_is_put_back_without_a_word(warmbench: Command, tmp_path: Path) -> None:
    warmbench("backup", "x.dump")
    make.candidate()
    asked = warmbench("restore", "x.dump")
    assert asked.exit_code == 1
    assert Candidate.objects.count() == 1
    assert not standing.stop_file().exists()


def test_a_stop_file_that_was_there_stays(warmbench: Command, tmp_path: Path) -> None:
    standing.stop_file().touch()
    warmbench("backup", "x.dump")
    assert warmbench("restore", "x.dump", "--yes").exit_code == 0
    assert standing.stop_file().exists()
    connections.close_all()


def test_other_keys_are_named_before_anything_happens(
    warmbench: Command, settings: Settings
) -> None:
    warmbench("backup", "x.dump")
    settings.ERASURE_KEY = "another"
    refused = warmbench("restore", "x.dump", "--yes")
    assert refused.exit_code == 1
    assert "The erasure-key here is another" in refused.output
    assert warmbench("restore", "x.dump", "--yes", "--other-keys").exit_code == 0
    connections.close_all()


def test_a_file_that_is_no_backup_is_refused_in_a_sentence(
    warmbench: Command, tmp_path: Path
) -> None:
    (tmp_path / "x.dump").write_text("x")
    refused = warmbench("restore", "x.dump", "--yes")
    assert refused.exit_code == 1
    assert "x.dump.json is missing" in refused.output
    assert "cannot be written" in warmbench("backup", "no/such/folder").output


def test_a_dump_that_cannot_be_read_changes_nothing(warmbench: Command, tmp_path: Path) -> None:
    warmbench("backup", "x.dump")
    (tmp_path / "x.dump").write_text("no dump")
    beside = tmp_path / "x.dump.json"
    digest = hashlib.sha256(b"no dump").hexdigest()
    beside.write_text(json.dumps(json.loads(beside.read_text()) | {"sha256": digest}))
    make.candidate()
    refused = warmbench("restore", "x.dump", "--yes")
    assert refused.exit_code == 1
    assert "pg_restore failed" in refused.output
    assert Candidate.objects.count() == 1
    assert not standing.stop_file().exists()
    assert not Switch.objects.exists()


def test_a_restore_by_other_means_is_noticed_on_the_next_start(
    warmbench: Command, tmp_path: Path
) -> None:
    assert not backup.notice()
    file = tmp_path / "x.dump"
    dumps.write(file, now=NOW)
    dumps.fill(file)
    with clock.pinned(NOW):
        assert backup.notice()
        assert not backup.notice()
    assert Switch.objects.filter(released_at=None).exists()
    assert epoch.current() == 2
    connections.close_all()


def test_another_machines_journal_counts_too(warmbench: Command, tmp_path: Path) -> None:
    ana = make.candidate()
    consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
    (tmp_path / "journal.jsonl").rename(tmp_path / "other.jsonl")
    with connections["default"].cursor() as cursor:
        cursor.execute("TRUNCATE suppression")
    assert warmbench("restored").exit_code == 0
    assert not Suppression.objects.exists()
    assert warmbench("restored", "--journal", "other.jsonl").exit_code == 0
    assert Suppression.objects.get().candidate == ana


class TestRetention:
    @pytest.fixture
    def people(self, warmbench: Command) -> list[Candidate]:
        made = [make.candidate(country=country) for country in ("DE", "DE", "FR", "US")]
        Candidate.objects.update(added_at=NOW - timedelta(days=500))
        return made

    def test_a_dry_run_counts_and_lists(self, warmbench: Command, people: list[Candidate]) -> None:
        shown = warmbench("retention")
        assert shown.exit_code == 0
        assert "DE       2" in shown.output
        file = Path("retention-2026-03-03.csv")
        assert file.stat().st_mode & 0o077 == 0
        with file.open() as stream:
            listed = [int(row["candidate"]) for row in csv.DictReader(stream)]
        assert listed == [who.pk for who in people[:2]]
        assert Candidate.objects.count() == 4

    def test_only_who_is_left_on_the_list_is_erased(
        self, warmbench: Command, people: list[Candidate]
    ) -> None:
        warmbench("retention", "--list", "list.csv")
        lines = Path("list.csv").read_text().splitlines(keepends=True)
        Path("list.csv").write_text("".join(lines[:2]))
        assert warmbench("retention", "--apply", "list.csv").exit_code == 1
        done = warmbench("retention", "--apply", "list.csv", "--yes")
        assert "1 people are erased" in done.output
        assert set(Candidate.objects.values_list("pk", flat=True)) == {w.pk for w in people[1:]}
        again = warmbench("retention", "--apply", "list.csv", "--yes")
        assert "0 people are erased" in again.output

    def test_nobody_is_said_in_a_sentence(self, warmbench: Command) -> None:
        assert "Nobody's time is over" in warmbench("retention").output
        assert not list(Path().glob("retention-*"))

    def test_another_file_is_refused(self, warmbench: Command) -> None:
        Path("x.csv").write_text("a,b\n1,2\n")
        assert warmbench("retention", "--apply", "x.csv", "--yes").exit_code == 2
