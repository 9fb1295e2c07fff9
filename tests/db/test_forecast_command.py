"""``warmbench forecast``, as a person at a terminal has it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests import make
from tests.make import NOW
from warmbench.cli import app
from warmbench.core import clock
from warmbench.nurture import sequence_files
from warmbench.nurture.models import Sequence, SequenceDraft, Step
from warmbench.nurture.outline import Outline, StepOutline, to_json

Command = Callable[..., Result]

OUTLINE = Outline(
    "hello-again",
    "Hello again",
    steps=(StepOutline(key="hello", kind="message", wait_days=0, subject="Hi", body="Hello."),),
)


@pytest.fixture
def warmbench(transactional_db: None) -> Command:
    """Give a command."""
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    make.enrollment(make.candidate(owner=alice), make.sequence(Step.Kind.MESSAGE))

    def run(*arguments: str) -> Result:
        with clock.pinned(NOW):
            return CliRunner().invoke(app, ["forecast", *arguments], env={"COLUMNS": "200"})

    return run


def test_it_tells_what_will_go_and_who_hears_nothing(warmbench: Command) -> None:
    make.enrollment(make.candidate(consented=False), make.sequence(Step.Kind.MESSAGE))
    told = warmbench("--days", "30")
    assert told.exit_code == 0, told.output
    assert "1 messages to 1 of 2 people in 30 days" in told.output
    assert "March 2026" in told.output
    assert "1 of 1,000" in told.output
    assert "No permission to write to them is on record." in told.output


def test_it_writes_files_for_programs(warmbench: Command, tmp_path: Path) -> None:
    file = tmp_path / "seen.csv"
    told = warmbench("--days", "30", "--json", "--csv", str(file))
    assert json.loads(told.output)["messages"] == 1
    assert len(file.read_text().splitlines()) == 2
    assert file.stat().st_mode & 0o077 == 0


def test_it_tries_a_file_on_a_pool(warmbench: Command, tmp_path: Path) -> None:
    pool = make.pool("city = Lyon")
    file = tmp_path / "hello-again.yaml"
    file.write_text(sequence_files.write(OUTLINE))
    told = warmbench("--pool", pool.name, "--file", str(file))
    assert "0 messages to 0 of 0 people" in told.output
    assert "through the same mailboxes is not counted" in told.output
    refused = warmbench("--file", str(file))
    assert "There is no sequence “hello-again” yet." in refused.output
    assert refused.exit_code != 0


def test_it_tries_the_draft_of_a_sequence(warmbench: Command) -> None:
    sequence = Sequence.objects.create(key="hello-again", name="Hello again")
    assert "has no draft" in warmbench("--sequence", "hello-again", "--draft").output
    SequenceDraft.objects.create(sequence=sequence, outline=to_json(OUTLINE), changed_at=NOW)
    assert "0 of 0 people" in warmbench("--sequence", "hello-again", "--draft").output
    SequenceDraft.objects.update(outline={"key": "hello-again"})
    failed = warmbench("--sequence", "hello-again", "--draft")
    assert "cannot be published as it is" in failed.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--pool", "Nowhere"), "No pool is called “Nowhere”."),
        (("--sequence", "nothing"), "There is no sequence “nothing” yet."),
        (("--draft",), "Say of which --sequence."),
        (("--pool", "A", "--sequence", "b"), "Say one of"),
    ],
)
def test_what_is_not_there_is_said(
    warmbench: Command, arguments: tuple[str, ...], sentence: str
) -> None:
    refused = warmbench(*arguments)
    assert refused.exit_code != 0
    assert sentence in refused.output
