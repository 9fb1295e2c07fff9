"""Settings are read strictly: a value that cannot be used is an error that says what would."""

import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from warmbench.core import environment
from warmbench.core.environment import SettingError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://ana:p%40ss%3A@db.example.com:5433/bench?sslmode=require",
            {
                "HOST": "db.example.com",
                "PORT": "5433",
                "USER": "ana",
                "PASSWORD": "p@ss:",
                "NAME": "bench",
                "OPTIONS": {"sslmode": "require"},
            },
        ),
        ("postgresql://%2FVar%2Frun/bench", {"HOST": "/Var/run", "PORT": "", "NAME": "bench"}),
        ("postgres:///bench?host=/run/pg&port=5499", {"HOST": "/run/pg", "PORT": "5499"}),
        ("postgres://[::1]:5432/b%20c", {"HOST": "::1", "PORT": "5432", "NAME": "b c"}),
    ],
)
def test_a_database_url_is_taken_apart(url: str, expected: dict[str, object]) -> None:
    parts = environment.database_from_url(url)
    assert {name: parts[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://db/bench", "must begin with postgres://"),
        ("postgres://db:port/bench", "is not a URL"),
        ("postgres://db", "names no database"),
    ],
)
def test_a_wrong_database_url_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        environment.database_from_url(url)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("Yes", True), ("off", False), ("", True), (" 0 ", False)]
)
def test_yes_and_no_have_many_names(
    text: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMBENCH_TRY", text)
    assert environment.envbool("WARMBENCH_TRY", default=True) is expected


def test_a_word_that_is_no_yes_is_not_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_TRY", "maybe")
    with pytest.raises(SettingError, match="WARMBENCH_TRY must be 1 or 0, not 'maybe'"):
        environment.envbool("WARMBENCH_TRY")
    with pytest.raises(SettingError, match="WARMBENCH_TRY must be a whole number"):
        environment.envint("WARMBENCH_TRY", 3)


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("open sesame\n")
    monkeypatch.setenv("WARMBENCH_TRY_FILE", str(tmp_path / "secret"))
    assert environment.envsecret("WARMBENCH_TRY") == "open sesame"

    monkeypatch.setenv("WARMBENCH_TRY", "other")
    with pytest.raises(SettingError, match="not both"):
        environment.envsecret("WARMBENCH_TRY")


def test_a_kept_secret_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret-key"
    first = environment.kept_secret(file)
    assert environment.kept_secret(file) == first
    assert len(first) > 40
    assert file.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["secret-key"]


def test_a_secret_that_cannot_be_kept_says_where_it_could(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="or set WARMBENCH_DATA"):
        environment.kept_secret(tmp_path / "file" / "secret-key")
    with pytest.raises(SettingError, match=": set WARMBENCH_DATA"):
        environment.kept_secret(Path("/proc/secret-key"))


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_folders_are_ours_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        environment.make_folder(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    # PostgreSQL's account must pass through root's.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == mode


def test_logs_and_locks_are_read_by_their_owner_only(tmp_path: Path) -> None:
    with environment.open_private(tmp_path / "log") as log:
        log.write(b"one\n")
    with environment.open_private(tmp_path / "log") as log:
        log.write(b"two\n")
    assert (tmp_path / "log").read_text() == "one\ntwo\n"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_folder_of_others_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    environment.make_folder(tmp_path / "ours")
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_keys_for_different_purposes_share_nothing() -> None:
    assert environment.derived_key("secret", "links") != environment.derived_key("secret", "other")
    Fernet(environment.fernet_key())


def test_pairs_may_hold_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_TRY", "work_mem=32MB log_line_prefix='%m '")
    pairs = environment.envpairs("WARMBENCH_TRY")
    assert pairs == {"work_mem": "32MB", "log_line_prefix": "%m "}

    monkeypatch.setenv("WARMBENCH_TRY", "fsync")
    with pytest.raises(SettingError, match="'fsync' is none"):
        environment.envpairs("WARMBENCH_TRY")


def test_sums_keep_to_one_core_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    environment.keep_sums_on_one_core()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"

    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    environment.keep_sums_on_one_core()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "4"
