"""Stores each request for a tracked link, raw, before anybody judges it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import OperationalError, connection

from warmbench.core import networks, sql, tokens
from warmbench.core.gathering import Gathering
from warmbench.core.tokens import Purpose
from warmbench.messaging import letters, templates, unseen
from warmbench.signals import agents

#: Hits that are kept of one message; whoever asks more often than this is not a reader.
MOST_HITS = 500
#: Requests that are written down in one commit, at most.
MOST_TOGETHER = 100
#: What its column holds. We sign nothing above it.
_LARGEST_ID = 2**63 - 1
_RECORD = sql.Question(sql.load(__file__, "record_hits"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One request, as the web server saw it."""

    method: str
    agent: str
    address: str
    has_language: bool
    #: What its headers say, as ``agents.flags_of`` reads them.
    flags: Sequence[str] = ()

    @property
    def system(self) -> str:
        """The operating system that it names."""
        return agents.system_of(self.agent)


@dataclass(frozen=True, slots=True)
class _Target:
    """What a link of one message is made of."""

    template_id: int
    context: str


def record(token: str, visit: Visit, *, now: datetime) -> str | None:
    """Store one request for the link behind a click token. Returns where the link leads.

    None for a token that is not ours, or a link that leads nowhere: what the address itself
    says is never followed. When this returns, the row is on the disk; a caller in a transaction
    has it in that. No job: it works while every worker is down.
    """
    ids = tokens.read(Purpose.CLICK, token, now=now)
    if ids is None or len(ids) != 2:
        return None
    message_id, link = ids
    if message_id > _LARGEST_ID or link >= unseen.HIDDEN_LINK:
        return None
    row: dict[str, object] = {
        "message": message_id,
        "link": link,
        "method": visit.method[:8],
        "at": now,
        "agent": hashlib.sha256(visit.agent.encode()).hexdigest()[:16],
        "network": networks.prefix(visit.address),
        "system": visit.system,
        "has_language": visit.has_language,
        "flags": list(visit.flags),
    }
    if connection.in_atomic_block:
        (target,) = _store([row])
    else:
        target = _storing.ask(row)
    return None if target is None else _leads_to(target, link)


def _store(rows: list[dict[str, object]]) -> list[_Target | None]:
    """Write requests down in one commit. Returns what each of their links is made of."""
    for number, row in enumerate(rows):
        row["n"] = number
    asked = (sql.records(rows), str(MOST_HITS))
    try:
        found = _RECORD.rows(*asked)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        # The database was started anew since this thread last asked it anything.
        connection.close()
        found = _RECORD.rows(*asked)
    targets: list[_Target | None] = [None] * len(rows)
    for position, template_id, context in found:
        targets[int(position or 0)] = _Target(int(template_id or 0), context or "{}")
    return targets


#: A commit costs the same for one request as for all that wait.
_storing: Gathering[dict[str, object], _Target | None] = Gathering(_store, most=MOST_TOGETHER)


def _leads_to(target: _Target, link: int) -> str | None:
    if url := _same_for_all(target.template_id, link):
        return url
    compiled = letters.compiled(target.template_id)
    return templates.target(compiled, link, json.loads(target.context))


@lru_cache(maxsize=4096)
def _same_for_all(template_id: int, link: int) -> str | None:
    """Where a link leads that is not made of anybody's fields; None for one that is."""
    compiled = letters.compiled(template_id)
    if "{" in compiled.links[link]:
        return None
    return templates.target(compiled, link, {})
