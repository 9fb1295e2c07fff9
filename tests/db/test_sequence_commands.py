"""The commands around files of sequences, as a person at a terminal has them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests import make
from tests.make import NOW
from warmbench.cli import app
from warmbench.core import clock
from warmbench.nurture import drafts, versions
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion
from warmbench.nurture.outline import Outline, StepOutline

Command = Callable[..., Result]

FILE = """\
key: calls
name: Calls
steps:
  - key: first
    kind: follow_up
    task: call
    words: Call her
  - key: second
    kind: message
    wait_days: 30
    subject: Hello
    body: |
      Hello there.

      All is well.
"""


@pytest.fixture
def warmbench(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give a command, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        with clock.pinned(NOW):
            return CliRunner().invoke(app, ["sequences", *arguments], env={"COLUMNS": "200"})

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calls.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def version(warmbench: Command, file: Path) -> SequenceVersion:
    """The sequence of the file, with two people on it."""
    done = warmbench("apply", str(file))
    assert done.exit_code == 0, done.output
    assert "calls: version 1 is out." in done.output
    version = SequenceVersion.objects.get()
    for position in (0, 1):
        one = make.enrollment(make.candidate(), version)
        Enrollment.objects.filter(pk=one.pk).update(position=position)
    return version


def test_a_new_sequence_is_announced_applied_once_and_listed(
    warmbench: Command, file: Path
) -> None:
    tried = warmbench("diff", str(file))
    assert (tried.exit_code, Sequence.objects.count()) == (1, 0)
    assert "calls is new. It would run, with 2 steps." in tried.output
    dry = warmbench("apply", str(file), "--dry-run")
    assert (dry.exit_code, Sequence.objects.count()) == (1, 0)
    assert "Nothing was changed." in dry.output
    for _ in range(2):
        assert warmbench("apply", str(file)).exit_code == 0
    assert SequenceVersion.objects.count() == 1
    assert warmbench("diff", str(file)).exit_code == 0
    assert "calls is as version 1 has it." in warmbench("diff", str(file)).output
    listed = warmbench("list").output.splitlines()[1].split()
    assert listed == ["calls", "Calls", "Active", "1", "2", "0"]


def test_what_would_change_is_said_in_words(
    warmbench: Command, file: Path, version: SequenceVersion
) -> None:
    edited = FILE.replace("All is well.", "All is very well.").replace("wait_days: 30", "")
    file.write_text(edited.replace("key: first", "key: other").replace("name: Calls", "name: C"))
    said = warmbench("diff", str(file))
    assert said.exit_code == 1
    assert said.output.splitlines() == [
        "calls differs from version 1:",
        "  Name: “Calls” becomes “C”.",
        "  Step “other” is new: follow up (Call her) at once, first.",
        "  Step “second”, wait days: “30” becomes “0”.",
        "  Step “second”, body reads otherwise.",
        "     ",
        "    -All is well.",
        "    +All is very well.",
        "  Step “first” is gone: follow up (Call her) at once.",
        "  1 person of version 1 before “first”: --migrate would have them go on with “second”.",
        "  1 person of version 1 before “second”: --migrate would leave them before it.",
    ]


def test_people_stay_on_their_version_unless_they_are_to_move(
    warmbench: Command, file: Path, version: SequenceVersion
) -> None:
    file.write_text(FILE.replace("Hello there", "Good morning"))
    assert "version 2 is out" in warmbench("apply", str(file)).output
    assert set(Enrollment.objects.values_list("version_id", flat=True)) == {version.pk}
    moved = warmbench("apply", str(file), "--migrate")
    assert "calls: 2 people moved." in moved.output
    assert not Enrollment.objects.filter(version=version).exists()


def test_the_end_a_new_beginning_and_what_is_passed_over_are_announced(
    warmbench: Command, file: Path, version: SequenceVersion
) -> None:
    only_first = FILE[: FILE.index("  - key: second")]
    file.write_text(only_first)
    said = warmbench("apply", str(file), "--dry-run").output
    assert "before “second”: --migrate would end it for them, for no later step is left." in said
    repeated = only_first.replace("steps:", "repeat_from: first\nsteps:")
    file.write_text(repeated.replace("    task", "    wait_days: 7\n    task"))
    said = warmbench("apply", str(file), "--dry-run").output
    assert "before “second”: --migrate would have them begin again with “first”." in said
    head, first, second = (*FILE.split("  - key: first"), "")
    first, second = first.split("  - key: second")
    file.write_text(f"{head}  - key: second{second}  - key: first{first}")
    said = warmbench("apply", str(file), "--dry-run").output
    assert "1 person would pass over “first”, which they did before." in said


def test_what_is_exported_and_applied_again_is_the_same(
    warmbench: Command, version: SequenceVersion, tmp_path: Path
) -> None:
    there = tmp_path / "out"
    assert warmbench("export", "--to", str(there)).exit_code == 0
    first = (there / "calls.yaml").read_bytes()
    assert warmbench("diff", str(there)).exit_code == 0
    warmbench("apply", str(there))
    warmbench("export", "calls", "--to", str(there))
    assert (there / "calls.yaml").read_bytes() == first
    assert warmbench("export", "calls").output == first.decode()
    assert SequenceVersion.objects.count() == 1


def test_a_sequence_that_never_ran_is_exported_as_its_draft_stands(
    warmbench: Command, tmp_path: Path
) -> None:
    step = StepOutline("a", kind="wait", wait_days=3)
    made = drafts.create("Idea", by_id=None, now=NOW, like=Outline("idea", "Idea", steps=(step,)))
    said = warmbench("export", "idea").output
    assert "wait_days: 3" in said
    (tmp_path / "idea.yaml").write_text(said)
    assert (
        "idea was never published. It would run, with 1 step."
        in warmbench("diff", str(tmp_path / "idea.yaml")).output
    )
    drafts.discard(made.pk, by_id=None, now=NOW)
    Sequence.objects.create(key="bare", name="Bare")
    assert "steps: []" in warmbench("export", "bare").output


def test_everything_wrong_is_said_and_nothing_is_applied(
    warmbench: Command, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "wrong.yaml").write_text(FILE.replace("task: call", "task: sing"))
    (tmp_path / "twice.yaml").write_text(FILE)
    (tmp_path / "latin.yaml").write_bytes("key: \xe4".encode("latin-1"))
    for command in ("check", "diff", "apply"):
        said = warmbench(command, str(tmp_path))
        assert said.exit_code == 2
        assert f"{tmp_path}/wrong.yaml, line 6, steps[0].task: Choose one of call" in said.output
        assert "twice.yaml: Another of these files is “calls” too." in said.output
        assert "latin.yaml: This is not a text in UTF-8." in said.output
    assert not Sequence.objects.exists()
    assert warmbench("check", str(file)).output == "1 sequence is right.\n"
    (tmp_path / "empty").mkdir()
    assert warmbench("check", str(tmp_path / "empty")).exit_code == 2


def test_an_archived_sequence_is_left_alone(
    warmbench: Command, file: Path, version: SequenceVersion
) -> None:
    Sequence.objects.update(state=Sequence.State.ARCHIVED)
    said = warmbench("apply", str(file))
    assert said.exit_code == 2
    assert "calls: This sequence is archived" in said.output


def test_unknown_keys_and_places_are_said(warmbench: Command, version: SequenceVersion) -> None:
    assert "There is no sequence “nothing”" in warmbench("export", "nothing").output
    versions.apply(
        Outline("more", "More", steps=(StepOutline("a", kind="exit"),)), by_id=None, now=NOW
    )
    assert "Say where to" in warmbench("export").output
