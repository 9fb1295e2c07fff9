"""Runs the embedded PostgreSQL: one server per data folder, shared by all of our processes.

Two rules carry everything. A server runs when its socket answers, never because a file names
a process id. And each process that uses it holds a shared lock for its whole life, which the
kernel takes back at ``kill -9``: whoever leaves last stops the server, whoever started it.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from warmbench.core import postgres_binaries
from warmbench.core.environment import make_folder, open_private
from warmbench.core.postgres_binaries import Account, PostgresError

__all__ = ["NAME", "PostgresError", "Server", "connect", "ensure_running"]

#: The superuser inside the server, and the name of the database.
NAME = "warmbench"
#: The longest path that every system's socket address can hold, less PostgreSQL's file name.
MAX_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
#: An empty cluster takes 40 MB; the write-ahead log and a first import need the rest.
ROOM_NEEDED = 300 * 1024**2
#: Recovery after a crash reads up to two gigabytes of log: slow disks need minutes for that.
START_SECONDS = 600.0
STOP_SECONDS = 60.0
#: Start a new log file when the old one is larger.
LOG_BYTES = 10 * 1024**2

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "wal_compression": "pglz",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Statements and details quote rows, and rows are people.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def ensure_running() -> None:
    """Start the database of the settings, unless DATABASE_URL names another server.

    Every entry point calls this before Django is set up: importing the settings starts nothing.
    """
    server: Server | None = settings.EMBEDDED_POSTGRES
    if server:
        server.ensure_running()


def connect(database: str = "") -> psycopg.Connection:
    """A connection apart from Django's, in autocommit mode, to the settings' server."""
    default = settings.DATABASES["default"]
    conninfo = make_conninfo(
        host=default["HOST"],
        port=default["PORT"],
        user=default["USER"],
        password=default["PASSWORD"],
        dbname=database or default["NAME"],
        **default["OPTIONS"],
    )
    return psycopg.connect(conninfo, autocommit=True)


@dataclass(kw_only=True)
class Server:
    """The embedded PostgreSQL of one data folder. Making one touches nothing."""

    #: Holds the cluster, its locks and its log.
    folder: Path
    #: An installation to use instead of the wheel's.
    home: str = ""
    #: PostgreSQL settings that win over ours.
    options: dict[str, str] = field(default_factory=dict)
    #: The server, if we started it: only its parent can clear it away after its death.
    _child: subprocess.Popen[bytes] | None = None
    _membership: int | None = None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.folder / "postgres.log"

    @property
    def mark(self) -> str:
        """What the command lines of all of this server's processes contain."""
        return f"warmbench-{hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:16]}"

    @property
    def socket_folder(self) -> Path:
        """Where the server's socket is: beside the data, unless the path is too long for one."""
        if len(os.fsencode(self.cluster)) <= MAX_SOCKET_FOLDER:
            return self.cluster
        # Not the temp folder of this process's environment: all processes must agree on it.
        return Path("/tmp") / self.mark  # noqa: S108

    def connection(self, database: str = NAME) -> dict[str, Any]:
        """Django's settings for this server."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "USER": NAME,
            "PASSWORD": "",
            "HOST": str(self.socket_folder),
            "PORT": "",
            "OPTIONS": {},
        }

    def answers(self) -> bool:
        """Whether the server takes connections now."""
        return self._ping() == Ping.OK

    def ensure_running(self) -> None:
        """Start the server if it does not answer, and stay one of its users until we end.

        Safe to call at any time, from any number of processes. Raises PostgresError.
        """
        if not Path("/proc/self/cmdline").exists():
            raise PostgresError(
                "The embedded PostgreSQL runs on Linux only: set DATABASE_URL to a server."
            )
        try:
            make_folder(self.folder)
            with self._start_lock():
                self._join()
                account = postgres_binaries.account_for(self.cluster)
                if not self.answers():
                    self._start(account)
        except OSError as error:
            raise PostgresError(_sentence_for(error, self.folder)) from error

    def leave(self) -> None:
        """Stop using the server. The last of its users to leave stops it."""
        if self._membership is None:
            return
        with self._start_lock():
            # Closed, not unlocked: a forked child that still uses the server keeps the lock.
            os.close(self._membership)
            self._membership = None
            if self._is_unused():
                self.stop()

    def stop(self) -> None:
        """Stop the server, whoever uses it. Open transactions are rolled back."""
        pids = self._inhabitants()
        if (postmaster := self._postmaster()) is None:
            return
        os.kill(postmaster, signal.SIGINT)
        if not self._wait_until_gone(pids, STOP_SECONDS):
            # Not the kill that loses nothing, but the next start recovers from the log.
            os.kill(postmaster, signal.SIGQUIT)
            self._wait_until_gone(pids, STOP_SECONDS)

    def _ping(self) -> Ping:
        conninfo = f"host='{self.socket_folder}' user={NAME} dbname=postgres connect_timeout=5"
        return Ping(PGconn.ping(conninfo.encode()))

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        """Let one process at a time decide whether the server starts or stops."""
        with open_private(self.folder / "postgres.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        if self._membership is None:
            self._membership = os.open(
                self.folder / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600
            )
            fcntl.flock(self._membership, fcntl.LOCK_SH)
            atexit.register(_leave_at_exit, self, os.getpid())

    def _is_unused(self) -> bool:
        with open_private(self.folder / "postgres.users") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def _start(self, account: Account) -> None:
        if not account.may("-x", self.folder):
            raise PostgresError(
                f"PostgreSQL runs as {account.name or 'you'}, who may not enter {self.folder}:"
                " set WARMBENCH_DATA to a folder that everybody can pass through."
            )
        binaries = postgres_binaries.programs(self.home, account=account, copies=self.folder.parent)
        if not self.cluster.exists():
            self._create(binaries, account)
        self._check(binaries)
        self._prepare_socket_folder(account)
        self._launch(binaries, account)

    def _create(self, binaries: Path, account: Account) -> None:
        """Make the cluster, or nothing: it appears under its name only when it is whole."""
        free = shutil.disk_usage(self.folder).free
        if free < ROOM_NEEDED:
            raise PostgresError(
                f"The disk is almost full: {self.folder} has {free // 1024**2} MB left and"
                f" the database needs {ROOM_NEEDED // 1024**2} MB to begin."
            )
        for left_over in self.folder.glob("postgres.new.*"):
            shutil.rmtree(left_over, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="postgres.new.", dir=self.folder))
        os.chown(draft, account.uid, account.gid)
        place = ["-D", str(draft)]
        initdb = [str(binaries / "initdb"), *place, "-U", NAME, "-E", "UTF8", "--auth=trust"]
        initdb += ["--locale-provider=builtin", "--locale=C.UTF-8", "--data-checksums"]
        single = [str(binaries / "postgres"), "--single", *place, "template1"]
        for command, text in ((initdb, ""), (single, f"CREATE DATABASE {NAME};\n")):
            made = subprocess.run(
                command,
                input=text,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                **account.popen,
            )
            if made.returncode != 0:
                raise PostgresError(f"The database was not created: {_last_line(made.stderr)}")
        draft.rename(self.cluster)

    def _check(self, binaries: Path) -> None:
        """Refuse, in words, what PostgreSQL would refuse with a riddle."""
        owner = self.cluster.stat().st_uid
        if os.geteuid() not in {0, owner}:
            raise PostgresError(
                f"The data in {self.folder} belongs to another user:"
                " start Warmbench as that user, or set WARMBENCH_DATA to a folder of your own."
            )
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        major = postgres_binaries.version(binaries).split(".")[0]
        if made_by != major:
            raise PostgresError(
                f"The data in {self.folder} was made by PostgreSQL {made_by} and the programs are"
                f" of {major}: docs/howto/upgrade-postgresql.md says how to bring it over."
            )

    def _prepare_socket_folder(self, account: Account) -> None:
        folder = self.socket_folder
        if folder == self.cluster:
            return
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            os.chown(folder, account.uid, account.gid)
        status = folder.lstat()
        if status.st_uid != account.uid or status.st_mode & 0o077 or folder.is_symlink():
            # Somebody who can put a socket there could answer in the database's place.
            raise PostgresError(f"{folder} is not a private folder of ours: remove it.")

    def _launch(self, binaries: Path, account: Account) -> None:
        """Start the server as our child and wait until it answers."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        places = {"unix_socket_directories": str(self.socket_folder), "cluster_name": self.mark}
        options = SETTINGS | self.options | places
        command = [str(binaries / "postgres"), "-D", str(self.cluster)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + START_SECONDS
        child: subprocess.Popen[bytes] | None = None
        while not self.answers():
            # Another process's server may be starting, or the orphans of a killed one may be
            # on their way out. Two servers on one folder would destroy it: wait for them.
            if child and child.poll() is not None:
                raise PostgresError(f"PostgreSQL did not start: {self._last_words()}")
            if not child and not self._inhabitants():
                child = self._child = self._spawn(command, account)
            if time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL does not answer; its log is {self.log}.")
            time.sleep(0.02)

    def _spawn(self, command: list[str], account: Account) -> subprocess.Popen[bytes]:
        # Nobody lives in the folder, so the file is stale, and its process id may by now be
        # an unreaped zombie's or a stranger's: PostgreSQL would refuse to start.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        with open_private(self.log) as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # Its own session, so that Ctrl-C in a terminal does not stop it under us.
                start_new_session=True,
                **account.popen,
            )

    def _inhabitants(self) -> set[int]:
        """The live PostgreSQL processes of this cluster, orphans of a killed server included."""
        if self._child:
            self._child.poll()  # Reaped, or its zombie would stay in the way.
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "comm").read_text() != "postgres\n":
                    continue
                # Not the working folder: in a container even root may not ask for it.
                if self.mark.encode() in (process / "cmdline").read_bytes():
                    found.add(int(process.name))
        return found

    def _postmaster(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n")[0])
            return pid if pid in self._inhabitants() else None
        return None

    def _wait_until_gone(self, pids: set[int], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._inhabitants() & pids:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _last_words(self) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"{_last_line(text)} (its log is {self.log})"


def _leave_at_exit(server: Server, pid: int) -> None:
    # A forked child runs these too, and must not end its parent's membership.
    if os.getpid() == pid:
        with contextlib.suppress(OSError):
            server.leave()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line]
    return (telling or lines or ["it said nothing."])[-1].strip()


def _sentence_for(error: OSError, folder: Path) -> str:
    what = error.filename or folder
    return (
        f"The database's folder cannot be used: {what}: {error.strerror}."
        " Make room or set WARMBENCH_DATA to a folder that you may write to."
    )
