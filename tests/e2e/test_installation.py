"""One command runs everything, and nothing that dies stays dead."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from warmbench.core.environment import make_folder
from warmbench.core.postgres import Server

CHECKOUT = Path(__file__).parents[2]
PATIENCE = 60.0

Supervisor = subprocess.Popen[str]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that a new user would have."""
    folder = make_folder(settings.INSTANCE_FOLDER / f"installation-{uuid.uuid4().hex[:8]}")
    yield folder
    for process in relatives(folder):
        process.kill()
    Server(folder=folder / "main").stop()
    shutil.rmtree(folder)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[], Supervisor]]:
    """Start the installation as a person does."""
    started: list[Supervisor] = []
    ours = {name: text for name, text in os.environ.items() if not name.startswith("WARMBENCH_")}
    ours.pop("DJANGO_SETTINGS_MODULE", None)
    ours.pop("DATABASE_URL", None)

    def run() -> Supervisor:
        with (folder / "stderr").open("a") as errors:
            supervisor = subprocess.Popen(
                [sys.executable, "-m", "warmbench.cli", "run", "--port", "8700"],
                env={**ours, "WARMBENCH_DATA": str(folder), "WARMBENCH_WEB_WORKERS": "1"},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=CHECKOUT,
            )
        started.append(supervisor)
        return supervisor

    yield run
    for supervisor in started:
        supervisor.kill()
        supervisor.wait()
        assert supervisor.stdout
        supervisor.stdout.close()


def port_of(supervisor: Supervisor) -> int:
    assert supervisor.stdout
    for line in supervisor.stdout:
        if found := re.search(r"ready: http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    pytest.fail("The installation did not become ready.")


def status(port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/nowhere/")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def relatives(folder: Path) -> list[psutil.Process]:
    """Our living processes, of any parent, that work on this data folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            ours = "warmbench.cli" in process.cmdline()
            if ours and process.environ().get("WARMBENCH_DATA") == str(folder):
                found.append(process)
    return found


def child(supervisor: Supervisor, command: str) -> psutil.Process | None:
    """The supervisor's living child that runs ``command``."""
    for process in psutil.Process(supervisor.pid).children():
        with suppress(psutil.Error):
            if command in process.cmdline():
                return process
    return None


def is_new(process: psutil.Process | None, *, since: psutil.Process) -> bool:
    return process is not None and process.pid != since.pid


def postmaster(server: Server) -> int:
    with suppress(OSError):
        return int((server.cluster / "postmaster.pid").read_text().split("\n")[0])
    return 0


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_nothing_that_dies_stays_dead_and_all_ends_together(
    folder: Path, start: Callable[[], Supervisor]
) -> None:
    supervisor = start()
    port = port_of(supervisor)
    server = Server(folder=folder / "main")
    assert status(port) == 404

    worker, web = child(supervisor, "worker"), child(supervisor, "web")
    assert worker
    assert web
    worker.kill()
    web.kill()
    wait_until(lambda: is_new(child(supervisor, "worker"), since=worker))
    wait_until(lambda: is_new(child(supervisor, "web"), since=web) and status(port) == 404)

    killed = postmaster(server)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: postmaster(server) != killed and server.answers())

    second = start()
    assert f"runs already, at http://127.0.0.1:{port}" in second.communicate()[0]
    assert second.returncode == 1

    supervisor.kill()
    supervisor.communicate()
    wait_until(lambda: not relatives(folder))

    again = start()
    port_of(again)
    again.terminate()
    again.communicate(timeout=PATIENCE)
    assert again.returncode == 0
    assert not relatives(folder)
    assert not server.answers()
