"""Stores each request for a tracked link, raw, before anybody judges it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warmbench.core import networks, sql, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import letters, templates
from warmbench.signals import agents

#: Hits that are kept of one message; whoever asks more often than this is not a reader.
MOST_HITS = 500


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


def record(token: str, visit: Visit, *, now: datetime) -> str | None:
    """Store one request for the link behind a click token. Returns where the link leads.

    None for a token that is not ours, or a link that leads nowhere: what the address itself
    says is never followed. One statement, no job: it works while every worker is down.
    """
    ids = tokens.read(Purpose.CLICK, token, now=now)
    if ids is None:
        return None
    message_id, link = ids
    row = sql.run(
        sql.load(__file__, "record_hit"),
        {
            "message": message_id,
            "link": link,
            "method": visit.method[:8],
            "now": now,
            "agent": hashlib.sha256(visit.agent.encode()).hexdigest()[:16],
            "network": networks.prefix(visit.address),
            "system": visit.system,
            "has_language": visit.has_language,
            "flags": list(visit.flags),
            "most": MOST_HITS,
        },
    ).fetchone()
    if row is None:
        return None
    template_id, context = row
    return templates.target(letters.compiled(template_id), link, json.loads(context))
