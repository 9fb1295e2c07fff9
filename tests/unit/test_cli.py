"""The command line teaches, and chooses sensible places."""

import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from warmbench.cli import app, database, installation, worker

COMMANDS = [info.callback.__name__ for info in app.registered_commands if info.callback]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program uses."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example(command: str) -> None:
    name = command.replace("_", "-")
    shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "100"})
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"warmbench {name}" in shown.output


def test_the_first_help_names_the_demo() -> None:
    assert "warmbench demo" in CliRunner().invoke(app, ["--help"]).output


def test_a_vendor_that_nobody_plays_is_refused_with_the_names_of_the_others() -> None:
    shown = CliRunner().invoke(app, ["simulate", "nobody"], env={"COLUMNS": "200"})
    assert shown.exit_code == 2
    assert "greenhouse, lever, bullhorn, icims" in shown.output


def test_a_free_port_is_taken_without_a_word(taken: int) -> None:
    free, _ = installation.free_port("127.0.0.1", taken)
    assert installation.free_port("127.0.0.1", free) == (free, "")


def test_a_taken_port_is_passed_over_and_said(taken: int) -> None:
    port, sentence = installation.free_port("127.0.0.1", taken)
    assert port > taken
    assert sentence == f"Another program uses port {taken}, so Warmbench takes {port}.\n"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_can_be_typed_into_a_browser(host: str, address: str) -> None:
    assert installation.address_of(host, 8000) == address


def test_nobody_answers_where_nothing_runs(taken: int) -> None:
    free, _ = installation.free_port("127.0.0.1", taken)
    assert not installation.answers("127.0.0.1", free)


def test_one_folder_has_one_installation(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.INSTANCE_FOLDER = tmp_path
    with installation.only_one("http://127.0.0.1:8000"):
        with pytest.raises(typer.Exit), installation.only_one("http://127.0.0.1:8001"):
            pass
        assert "runs already, at http://127.0.0.1:8000" in capsys.readouterr().out
    with (tmp_path / "supervisor.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize(("demo", "url"), [(False, ""), (True, "postgres://db/real")])
def test_only_the_demo_is_ever_rebuilt(settings: Settings, demo: bool, url: str) -> None:
    settings.DEMO = demo
    settings.DATABASE_URL = url
    with pytest.raises(RuntimeError, match="disposable"):
        database.rebuild_if_outdated()


def test_an_unknown_loop_is_told_with_the_known_ones() -> None:
    with pytest.raises(typer.BadParameter, match=r"no loop mailer. There is: .*jobs"):
        worker.serve(["mailer"])
