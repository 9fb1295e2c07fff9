"""Writes every opt-out and erasure down outside the database, so that no backup can undo one.

A line names nobody: it holds keyed hashes, what was said, and when. It is on the disk before
the transaction commits, so that after a restore too much may be known, and never too little.
"""

import json
import logging
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from warmbench.core import epoch
from warmbench.core.environment import make_folder, open_private
from warmbench.people import hashes, merged
from warmbench.people.models import Channel

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    """What a line is about. The first ones are reasons of ``Suppression``."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    DO_NOT_CONTACT = "do_not_contact"
    IMPORTED = "imported"
    OBJECTED = "objected"
    #: Permission was taken back.
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    #: Nobody said anything: a backup was restored, and another epoch began.
    RESTORED = "restored"


#: Suppressions that are somebody's own word. Ours are ours to repeat.
SAID = frozenset(
    {Kind.UNSUBSCRIBED, Kind.COMPLAINED, Kind.DO_NOT_CONTACT, Kind.IMPORTED, Kind.OBJECTED}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody said about being written to or kept."""

    kind: str
    at: str
    epoch: int
    #: The hash of the candidate's id; blank if nobody is known who said it.
    who: str = ""
    #: The hashes of addresses, numbers and foreign ids.
    points: tuple[str, ...] = ()
    #: Blank for all.
    channel: str = ""
    purpose: str = ""

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The line that was written."""
        return cls(**stored | {"points": tuple(stored.get("points", ()))})


def note(
    candidate_ids: Collection[int],
    kind: Kind,
    *,
    now: datetime,
    channel: str = "",
    purpose: str = "",
    address: str = "",
    known: Mapping[int, list[str]] | None = None,
) -> None:
    """Write down what these people said; call it in the transaction in which it takes effect.

    A journal that cannot be written is an error in the log, and no reason to refuse somebody
    what they asked for. ``known`` are their hashes, if somebody has counted them already.
    """
    known = hashes.of_people(candidate_ids) if known is None else known
    former = merged.former(candidate_ids)
    # Where it was said may be no address of theirs any more.
    extra = [_of_address(address)] if address else []
    number = epoch.current()
    _write(
        Line(
            kind=str(kind),
            at=now.isoformat(),
            epoch=number,
            who=hashes.of_candidate(name),
            points=tuple(dict.fromkeys([*known.get(candidate_id, []), *extra])),
            channel=channel,
            purpose=purpose,
        )
        for candidate_id in candidate_ids
        # A backup may know them by what they were called before.
        for name in (candidate_id, *former.get(candidate_id, ()))
    )


def note_address(address: str, kind: Kind, *, now: datetime) -> None:
    """Write down what was said for an address or number that nobody whom we know has; call it
    like ``note``."""
    points = (_of_address(address),)
    _write([Line(kind=str(kind), at=now.isoformat(), epoch=epoch.current(), points=points)])


def note_restore(number: int, *, now: datetime) -> None:
    """Write down that a restored database begins another epoch."""
    _write([Line(kind=Kind.RESTORED, at=now.isoformat(), epoch=number)])


def lines(*others: Path) -> Iterator[Line]:
    """Everything that was written down, oldest first, here and in the journals of other machines.

    What a crash cut off is passed over.
    """
    for journal in (settings.JOURNAL, *others):
        try:
            with journal.open(encoding="utf-8") as stream:
                for text in stream:
                    if line := _read(text):
                        yield line
        except FileNotFoundError:
            continue


def trouble() -> str:
    """Why the journal cannot be written to, in a sentence; blank if it can."""
    try:
        make_folder(settings.JOURNAL.parent)
        with open_private(settings.JOURNAL):
            return ""
    except OSError as error:
        return f"{settings.JOURNAL} cannot be written to: {error.strerror}."


def _of_address(address: str) -> str:
    return hashes.of_address(address, Channel.EMAIL if "@" in address else Channel.SMS)


def _write(written: Iterable[Line]) -> None:
    # The line break in front ends a line that a full disk or a crash cut off.
    data = "".join(f"\n{json.dumps(asdict(line))}\n" for line in written).encode()
    if not data:
        return
    try:
        make_folder(settings.JOURNAL.parent)
        with open_private(settings.JOURNAL) as stream:
            # In one go at the end of the file, so that the lines of two processes never mix.
            written_bytes = os.write(stream.fileno(), data)
            os.fsync(stream.fileno())
    except OSError as error:
        logger.error("journal not written", extra={"reason": error.strerror})  # noqa: TRY400
    else:
        if written_bytes < len(data):
            logger.error("journal not written", extra={"reason": "the disk is full"})


def _read(text: str) -> Line | None:
    try:
        return Line.from_json(json.loads(text))
    except (ValueError, TypeError):
        return None
