"""The embedded PostgreSQL outlives every kill -9, and ends with the last who uses it."""

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from warmbench.core import postgres, postgres_binaries
from warmbench.core.environment import make_folder
from warmbench.core.postgres import PostgresError, Server

CHECKOUT = Path(__file__).parents[2]
OPTIONS = {"shared_buffers": "16MB", "fsync": "off", "max_connections": "10"}
USER = """
import sys
from pathlib import Path
from warmbench.core.postgres import Server
server = Server(folder=Path(sys.argv[1]), options=dict(o.split("=") for o in sys.argv[2:]))
server.ensure_running()
print("ready", flush=True)
sys.stdin.read()
"""

User = subprocess.Popen[str]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A folder with an empty database in it, to copy from: making one takes a second."""
    folder = make_folder(settings.INSTANCE_FOLDER / f"lifecycle-{uuid.uuid4().hex[:8]}")
    server = Server(folder=folder / "template", options=OPTIONS)
    server.ensure_running()
    server.leave()
    yield folder / "template"
    shutil.rmtree(folder)


@pytest.fixture
def server(cluster: Path) -> Iterator[Server]:
    """A server that nobody has started yet."""
    folder = make_folder(cluster.with_name(uuid.uuid4().hex[:8]))
    subprocess.run(["cp", "-a", cluster / "postgres", folder / "postgres"], check=True)
    server = Server(folder=folder, options=OPTIONS)
    yield server
    server.leave()
    server.stop()


@pytest.fixture
def user(server: Server) -> Iterator[Callable[[], User]]:
    """Start a process that uses the server until its input ends."""
    users: list[User] = []

    def start() -> User:
        options = [f"{name}={value}" for name, value in OPTIONS.items()]
        process = subprocess.Popen(
            [sys.executable, "-c", USER, str(server.folder), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
        )
        users.append(process)
        return process

    yield start
    for process in users:
        process.kill()
        process.communicate()


def ready(process: User) -> User:
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def leave(process: User) -> None:
    process.communicate()
    assert process.returncode == 0


def kill(process: User) -> None:
    process.kill()
    process.wait()


def postmaster(server: Server) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split("\n")[0])


def ask(server: Server, question: str) -> object:
    where = server.connection()
    with psycopg.connect(
        host=where["HOST"], user=where["USER"], dbname=where["NAME"], autocommit=True
    ) as connection:
        answer = connection.execute(question)
        return answer.fetchone() if answer.description else None


def test_whoever_leaves_last_stops_the_server(server: Server, user: Callable[[], User]) -> None:
    first, second = ready(user()), ready(user())

    leave(first)
    assert server.answers()

    leave(second)
    assert not server.answers()


def test_two_who_start_at_once_share_one_server(server: Server, user: Callable[[], User]) -> None:
    starting = [user() for _ in range(3)]
    users = [ready(process) for process in starting]
    assert server.log.read_text().count("database system is ready") == 1

    for process in users:
        leave(process)
    assert not server.answers()


def test_the_server_outlives_the_kill_of_who_started_it(
    server: Server, user: Callable[[], User]
) -> None:
    starter = ready(user())
    started = postmaster(server)

    kill(starter)
    server.ensure_running()
    assert postmaster(server) == started

    server.leave()
    assert not server.answers()


def test_a_killed_server_is_started_again_by_any_user(
    server: Server, user: Callable[[], User]
) -> None:
    starter = ready(user())  # Stays the parent of a zombie that it never reaps.
    ask(server, "CREATE TABLE kept AS SELECT 7 AS n")

    os.kill(postmaster(server), signal.SIGKILL)
    server.ensure_running()

    assert ask(server, "SELECT n FROM kept") == (7,)
    leave(starter)
    assert server.answers()


def test_its_own_starter_brings_a_killed_server_back(server: Server) -> None:
    server.ensure_running()
    os.kill(postmaster(server), signal.SIGKILL)
    while server.answers():
        time.sleep(0.01)
    server.ensure_running()
    assert ask(server, "SELECT 1") == (1,)


def test_a_pid_file_that_names_a_stranger_is_not_believed(server: Server) -> None:
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server.cluster}\n")
    server.ensure_running()
    assert server.answers()


def test_a_stranger_is_never_stopped(server: Server) -> None:
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    (server.cluster / "postmaster.pid").write_text(f"{stranger.pid}\n")
    server.stop()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_database_half_made_is_made_anew(cluster: Path) -> None:
    folder = make_folder(cluster.with_name(uuid.uuid4().hex[:8]))
    (folder / "postgres.new.killed").mkdir()
    (folder / "postgres.new.killed" / "PG_VERSION").touch()

    server = Server(folder=folder, options=OPTIONS)
    server.ensure_running()

    assert ask(server, "SELECT 1") == (1,)
    server.leave()
    assert not list(folder.glob("postgres.new.*"))


def test_logs_quote_nobody(server: Server) -> None:
    server.ensure_running()
    ask(server, "CREATE TABLE person (mail text UNIQUE)")
    ask(server, "INSERT INTO person VALUES ('ana@example.com')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(server, "INSERT INTO person VALUES ('ana@example.com')")
    server.leave()

    log = server.log.read_text()
    assert "duplicate key" in log
    assert "ana@example.com" not in log


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(cluster: Path) -> None:
    server = Server(folder=cluster.with_name("x" * 120))
    assert len(str(server.socket_folder)) < 40

    server.socket_folder.mkdir(mode=0o755)
    server.socket_folder.chmod(0o755)
    try:
        with pytest.raises(PostgresError, match="not a private folder of ours"):
            server._prepare_socket_folder(postgres_binaries.account_for(server.cluster))
    finally:
        server.socket_folder.rmdir()


def test_a_server_with_a_short_socket_path_runs(cluster: Path) -> None:
    folder = make_folder(cluster.with_name("long-" * 24))
    subprocess.run(["cp", "-a", cluster / "postgres", folder / "postgres"], check=True)
    server = Server(folder=folder, options=OPTIONS)
    server.ensure_running()
    assert ask(server, "SELECT 1") == (1,)
    server.leave()
    shutil.rmtree(server.socket_folder)


def test_a_full_disk_is_told_in_a_sentence(cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "ROOM_NEEDED", 1 << 60)
    folder = cluster.with_name(uuid.uuid4().hex[:8])
    with pytest.raises(PostgresError, match="The disk is almost full"):
        Server(folder=folder).ensure_running()


def test_missing_programs_are_told_in_a_sentence(server: Server) -> None:
    server.home = "/nowhere"
    with pytest.raises(PostgresError, match="programs are missing in /nowhere"):
        server.ensure_running()


def test_data_of_another_version_is_told_in_a_sentence(server: Server) -> None:
    (server.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 15"):
        server.ensure_running()


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(cluster: Path) -> None:
    file = cluster.with_name("a file")
    file.touch()
    with pytest.raises(PostgresError, match="set WARMBENCH_DATA"):
        Server(folder=file / "main").ensure_running()


def test_settings_that_postgresql_refuses_are_told_in_its_words(server: Server) -> None:
    server.options = {"shared_buffers": "no"}
    with pytest.raises(PostgresError, match='invalid value for parameter "shared_buffers"'):
        server.ensure_running()


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root runs PostgreSQL as somebody else.")
def test_programs_in_a_closed_folder_are_copied_not_opened(cluster: Path) -> None:
    account = postgres_binaries.account_for(cluster)
    wheel = postgres_binaries._wheel()
    assert wheel
    closed = cluster.with_name("closed")
    package = closed / wheel.parent.name
    shutil.copytree(wheel, package / wheel.name, symlinks=True)
    shutil.copytree(f"{wheel.parent}.libs", f"{package}.libs")
    closed.chmod(0o700)

    found = postgres_binaries.programs(
        str(package / wheel.name), account=account, copies=cluster.parent
    )

    assert closed.stat().st_mode & 0o777 == 0o700
    assert not found.is_relative_to(closed)
    asked = subprocess.run([found / "initdb", "--version"], check=True, **account.popen)
    assert asked.returncode == 0
