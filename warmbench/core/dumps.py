"""Writes the whole database into one file, and fills it from one, by PostgreSQL's own programs."""

import hashlib
import json
import os
import subprocess
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import connection, connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from warmbench.core import epoch, postgres, postgres_binaries
from warmbench.core.environment import open_private
from warmbench.core.postgres_binaries import PostgresError

_PIECE = 1 << 20


class DumpError(RuntimeError):
    """The file cannot be written or is not what it should be: one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside a dump: whether it is whole, and which keys belong to it."""

    made_at: str
    epoch: int
    size: int
    sha256: str
    #: The first letters of each key's hash, by name: never a key.
    keys: dict[str, str]

    @classmethod
    def read(cls, dump: Path) -> Self:
        """The manifest of a dump. Raises DumpError."""
        try:
            return cls(**json.loads(_beside(dump).read_text()))
        except (OSError, ValueError, TypeError):
            raise DumpError(f"{_beside(dump)} is missing or cannot be read.") from None


def write(file: Path, *, now: datetime) -> Manifest:
    """Dump the database into ``file``, in PostgreSQL's custom format, with a manifest beside it.

    All of one moment, while everything runs. Nobody but the owner may read it: it is full of
    personal data. Raises DumpError; what was there before is then still there.
    """
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    try:
        with open_private(draft) as stream:
            # Not the rows of imports on their way: the files have them, for as long as they may.
            rows = ("--exclude-table=import_stage_*", "--exclude-table=import_match_*")
            _run("pg_dump", "--format=custom", "--no-owner", *rows, stdout=stream)
            os.fsync(stream.fileno())
        manifest = Manifest(
            now.isoformat(), epoch.current(), draft.stat().st_size, _digest(draft), key_ids()
        )
        draft.replace(file)
    except OSError as error:
        raise DumpError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
    _beside(file).write_text(json.dumps(asdict(manifest), indent=1) + "\n")
    epoch.note_backup(now=now)
    return manifest


def check(file: Path) -> Manifest:
    """The manifest of a dump that is whole. Raises DumpError."""
    manifest = Manifest.read(file)
    if not file.exists() or _digest(file) != manifest.sha256:
        raise DumpError(f"{file} is not the file that was written: its checksum is another.")
    return manifest


def fill(file: Path) -> None:
    """Replace the database by what is in a dump, or change nothing.

    Into a new one first, which then takes the other's place. Nobody else may be at work on it.
    Raises DumpError.
    """
    if settings.EMBEDDED_POSTGRES is None:
        raise DumpError("DATABASE_URL names a server of your own: restore there by its own means.")
    name = connection.settings_dict["NAME"]
    old, new = sql.Identifier(name), sql.Identifier(f"{name}_restoring")
    connections.close_all()
    with postgres.connect("postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(new))
        server.execute(sql.SQL("CREATE DATABASE {}").format(new))
        try:
            _run("pg_restore", "--no-owner", "--exit-on-error", str(file), into=f"{name}_restoring")
        except DumpError:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(new))
            raise
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(old))
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, old))


def missing_keys(manifest: Manifest) -> list[str]:
    """The names of keys that are others now than when the dump was written."""
    now = key_ids()
    return sorted(name for name, mark in manifest.keys.items() if now.get(name) != mark)


def key_ids() -> dict[str, str]:
    """A mark of each key that data in the database needs, which gives nothing of it away."""
    keys = {
        "secret-key": settings.SECRET_KEY,
        "vault-key": settings.VAULT_KEYS[0],
        "erasure-key": settings.ERASURE_KEY,
    }
    return {
        name: hashlib.sha256(f"warmbench.key:{name}:{key}".encode()).hexdigest()[:16]
        for name, key in keys.items()
    }


def _run(program: str, *arguments: str, into: str = "", stdout: Any = subprocess.PIPE) -> None:
    place = connection.settings_dict
    where = make_conninfo(
        host=place["HOST"],
        port=place["PORT"],
        user=place["USER"],
        dbname=into or place["NAME"],
        **place["OPTIONS"],
    )
    done = subprocess.run(
        [str(_programs() / program), f"--dbname={where}", *arguments],
        # Not among the arguments, which everybody on the machine can read.
        env={"PGPASSWORD": place["PASSWORD"]},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing."]
        raise DumpError(f"{program} failed: {said[-1]}")


def _programs() -> Path:
    server = settings.EMBEDDED_POSTGRES
    folder = settings.INSTANCE_FOLDER
    try:
        account = postgres_binaries.account_for(server.cluster if server else folder)
        home = server.home if server else ""
        return postgres_binaries.programs(home, account=account, copies=folder.parent)
    except PostgresError as error:
        raise DumpError(str(error)) from error


def _digest(file: Path) -> str:
    made = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            made.update(piece)
    return made.hexdigest()


def _beside(dump: Path) -> Path:
    return dump.with_name(f"{dump.name}.json")
