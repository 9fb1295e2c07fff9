"""The command that measures says why it cannot, and never touches a real installation."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from warmbench.cli import app, bench
from warmbench.cli.bench import Benchmark

TELL = """
import json, os, pathlib, sys
names = ("WARMBENCH_INSTANCE", "WARMBENCH_DEMO", "DATABASE_URL")
told = {"arguments": sys.argv[1:], **{name: os.environ.get(name) for name in names}}
pathlib.Path("told.json").write_text(json.dumps(told))
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a benchmark of planning that tells how it was called."""
    for name in (*bench.REAL, "DJANGO_SETTINGS_MODULE"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    folder = tmp_path / "bench"
    folder.mkdir()
    for name in ("__init__", "scratch"):
        (folder / f"{name}.py").touch()
    (folder / "planning.py").write_text(TELL)
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    return tmp_path


def test_every_benchmark_of_this_checkout_can_be_named() -> None:
    files = {file.stem for file in (bench.CHECKOUT / "bench").glob("*.py")}
    # What they share, what learns from examples, and what makes days of mail.
    parts = {
        "__init__",
        "acting",
        "candidate_names",
        "counterfactuals",
        "matching_world",
        "pages_world",
    }
    parts |= {name for name in files if name.startswith(("learn_", "fit_", "timeline"))}
    parts |= {"scratch", "world"}
    parts |= {"http_constant", "http_load"}
    parts |= {"mail_days", "mail_log", "mail_machines", "mail_people"}
    assert files - parts == set(Benchmark)
    assert set(bench.PLANS) == set(Benchmark)


def test_without_a_checkout_it_says_where_the_benchmarks_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    assert "clone the repository" in bench.why_not(Benchmark.PLANNING)


def test_a_benchmark_that_is_not_there_is_said(checkout: Path) -> None:
    ended = CliRunner().invoke(app, ["bench", "membership"])
    assert ended.exit_code == 1
    assert "no benchmark of membership" in ended.output


def test_without_postfix_it_says_what_to_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "bench" / "sending.py").touch()
    monkeypatch.setenv("PATH", str(checkout))
    assert "apt install postfix" in bench.why_not(Benchmark.SENDING)


def test_a_size_is_passed_on(checkout: Path) -> None:
    assert CliRunner().invoke(app, ["bench", "planning", "--size", "500"]).exit_code == 0
    told = json.loads((checkout / "told.json").read_text())
    assert told["arguments"] == ["--enrollments", "500", "--due", "100"]


def test_only_the_scratch_instance_can_be_reached(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example.com/real")
    monkeypatch.setenv("WARMBENCH_INSTANCE", "main")
    CliRunner().invoke(app, ["bench", "planning"])
    told = json.loads((checkout / "told.json").read_text())
    assert told["WARMBENCH_INSTANCE"] == "bench"
    assert told["WARMBENCH_DEMO"] == "1"
    assert told["DATABASE_URL"] is None


def test_of_all_those_that_cannot_run_are_left_out(checkout: Path) -> None:
    ended = CliRunner().invoke(app, ["bench"])
    assert ended.exit_code == 0
    assert "no benchmark of sending" in ended.output
    assert (checkout / "told.json").exists()


def test_a_benchmark_that_fails_is_seen(checkout: Path) -> None:
    (checkout / "bench" / "planning.py").write_text("raise SystemExit(3)")
    assert CliRunner().invoke(app, ["bench"]).exit_code == 1
