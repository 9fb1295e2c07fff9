"""Reads of what mail providers tell of opens and clicks those that they call a machine's.

All others are not news: whoever follows a link of ours, or loads a picture, comes to us as well,
and is judged here. Of the visitor no more is kept than of one that comes to us.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from warmbench.core import networks
from warmbench.messaging.models import ProviderEvent
from warmbench.signals import agents

Kind = ProviderEvent.Kind


def kind_of(provider: str, told: Mapping[str, Any]) -> ProviderEvent.Kind | None:
    """What kind of machine's visit an event tells of, if it does."""
    read = _FLAGGED.get(provider)
    return read(told) if read else None


def visit(told: Mapping[str, Any]) -> str:
    """What is kept of the visit, as JSON: the token of the link, and what tells visitors apart."""
    about = told.get("event-data", told)
    client = about.get("client-info") or {}
    agent = str(client.get("user-agent") or about.get("useragent") or "")
    path = urlsplit(str(about.get("url") or "")).path
    return json.dumps(
        {
            "token": path.removeprefix("/c/") if path.startswith("/c/") else "",
            "agent": hashlib.sha256(agent.encode()).hexdigest()[:16],
            "network": networks.prefix(str(about.get("ip") or "")),
            "system": agents.system_of(agent),
        }
    )


def _of_mailgun(told: Mapping[str, Any]) -> ProviderEvent.Kind | None:
    # Blank for people; else the kind of machine, such as "apple" or "gmail".
    about = told.get("event-data", {})
    if not (about.get("client-info") or {}).get("bot"):
        return None
    return {"clicked": Kind.BOT_CLICKED, "opened": Kind.BOT_OPENED}.get(about.get("event"))


def _of_sendgrid(told: Mapping[str, Any]) -> ProviderEvent.Kind | None:
    # Told of opens alone: Apple's mail privacy, mostly.
    is_open = told.get("event") == "open" and told.get("sg_machine_open") is True
    return Kind.BOT_OPENED if is_open else None


#: Postmark tells of no machines.
_FLAGGED: dict[str, Callable[[Mapping[str, Any]], ProviderEvent.Kind | None]] = {
    "mailgun": _of_mailgun,
    "sendgrid": _of_sendgrid,
}
