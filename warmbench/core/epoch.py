"""Tells which life of the database this is, and whether somebody has restored a backup of it."""

import os
from datetime import datetime

from django.conf import settings

from warmbench.core import sql
from warmbench.core.environment import make_folder, open_private
from warmbench.core.models import Epoch

#: What the data folder remembers of the database: its epoch, and how far it was.
FILE = "epoch"


def current() -> int:
    """The number of this life, from 1."""
    return _in_database()[0]


def backed_up_at() -> datetime | None:
    """When ``warmbench backup`` last finished; None for never."""
    return Epoch.objects.values_list("backed_up_at", flat=True).first()


def beat() -> None:
    """Let the data folder know how far the database is. Call it outside of a transaction.

    The database is a step ahead of the folder at every moment, also when either of them
    crashes, so a database that is behind can only be an older one.
    """
    number, beats = sql.run(
        "INSERT INTO epoch AS e (id, number, beats) VALUES (1, 1, 1)"
        " ON CONFLICT (id) DO UPDATE SET beats = e.beats + 1 RETURNING number, beats"
    ).fetchall()[0]
    _remember(number, beats)


def is_behind() -> bool:
    """Whether the database is older than the data folder knows it to be."""
    return _in_database() < _in_folder()


def begin_anew() -> int:
    """Begin another life, after a restore. Returns its number."""
    number = max(_in_database()[0], _in_folder()[0]) + 1
    Epoch.objects.update_or_create(pk=1, defaults={"number": number, "beats": 0})
    beat()
    return number


def note_backup(*, now: datetime) -> None:
    """Note that a backup was made; one that was made before would be behind from here on."""
    beat()
    Epoch.objects.filter(pk=1).update(backed_up_at=now)


def _in_database() -> tuple[int, int]:
    row = Epoch.objects.values_list("number", "beats").first()
    return row or (1, 0)


def _in_folder() -> tuple[int, int]:
    try:
        number, beats = (settings.INSTANCE_FOLDER / FILE).read_text().split()
    except (FileNotFoundError, ValueError):
        return (1, 0)
    return int(number), int(beats)


def _remember(number: int, beats: int) -> None:
    folder = make_folder(settings.INSTANCE_FOLDER)
    # Beside it and into place: a crash must not leave half a number.
    draft = folder / f"{FILE}.{os.getpid()}.new"
    draft.unlink(missing_ok=True)
    with open_private(draft) as stream:
        stream.write(f"{number} {beats}\n".encode())
    draft.replace(folder / FILE)
