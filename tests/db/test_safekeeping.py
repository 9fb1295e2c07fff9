"""The doctor tells what is late, whose time is over, and whether a bad day would be survived."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import make
from tests.make import NOW
from warmbench.cli import safekeeping
from warmbench.cli.checkup import Level
from warmbench.core import epoch
from warmbench.people import rights
from warmbench.people.models import Candidate, RightsRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_folder_of_our_own(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_FOLDER = tmp_path
    settings.JOURNAL = tmp_path / "journal.jsonl"
    make.organisation()


def found() -> dict[str, tuple[Level, str]]:
    return {one.what: (one.level, one.said) for one in safekeeping.findings(now=NOW)}


def test_a_new_installation_has_made_no_backup() -> None:
    assert found() == {"Backup": (Level.NOTE, "None was made by warmbench backup.")}


def test_a_backup_grows_old() -> None:
    epoch.note_backup(now=NOW - timedelta(days=7))
    assert found()["Backup"][0] is Level.GOOD
    epoch.note_backup(now=NOW - timedelta(days=8))
    assert found()["Backup"] == (Level.CARE, "The last is of 23 February 2026.")


def test_requests_wait_and_are_late() -> None:
    ana, ben = make.candidate(), make.candidate()
    rights.ask(ana.pk, RightsRequest.Kind.ACCESS, channel="x", now=NOW)
    assert found()["Requests"] == (Level.NOTE, "1 about people's data wait for an answer.")
    long_ago = NOW - timedelta(days=40)
    rights.ask(ben.pk, RightsRequest.Kind.ACCESS, channel="x", received_at=long_ago, now=NOW)
    assert found()["Requests"][0] is Level.CARE


def test_whose_time_is_over_is_counted() -> None:
    make.candidate()
    Candidate.objects.update(added_at=NOW - timedelta(days=400))
    assert found()["Retention"][1].startswith("1 people have not been heard from")


def test_a_journal_that_cannot_be_written_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.JOURNAL = tmp_path / "file" / "journal.jsonl"
    assert found()["Journal"][0] is Level.CARE


def test_a_restored_database_stops_everything_until_it_is_safe(settings: Settings) -> None:
    (settings.INSTANCE_FOLDER / epoch.FILE).write_text("1 100\n")
    assert found()["Epoch"][0] is Level.STOP
