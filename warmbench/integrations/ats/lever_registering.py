"""Lets Lever call us: makes the webhooks there, and takes the tokens that are shown once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from warmbench.integrations.ats import lever_shapes as shapes
from warmbench.integrations.ats.errors import UnreachableError
from warmbench.integrations.ats.lever_reading import Reading
from warmbench.integrations.ats.protocol import Ats

EVENTS = (
    "candidateHired",
    "candidateArchiveChange",
    "candidateStageChange",
    "candidateDeleted",
    "applicationCreated",
    "contactCreated",
    "contactUpdated",
)


def register(client: Ats, address: str) -> Mapping[str, str]:
    """Make a webhook for each event that calls this address, and take away those that were there
    for it. Returns what is to be kept with the credentials. Raises AtsError."""
    if not isinstance(client, Reading):
        raise TypeError("This is no client of Lever.")
    before = [one for one in client.list_all("/webhooks") if one.get("url") == address]
    tokens = [_made(client, event, address) for event in EVENTS]
    # Last: nothing is lost between.
    for one in before:
        client.session.write("DELETE", f"/webhooks/{quote(shapes.id_of(one), safe='')}")
    return {"webhook_token": " ".join(tokens)}


def _made(client: Reading, event: str, address: str) -> str:
    said = client.session.write("POST", "/webhooks", {"url": address, "event": event})
    token = _token(said.json_or_none)
    if not token:
        raise UnreachableError("Lever made a webhook, and did not show its token.")
    return token


def _token(said: Any) -> str:
    """It is told one level down, or two: the documents and what was recorded differ."""
    for _ in range(3):
        if not isinstance(said, Mapping):
            return ""
        configuration = said.get("configuration")
        if isinstance(configuration, Mapping) and configuration.get("signatureToken"):
            return str(configuration["signatureToken"])
        said = said.get("data")
    return ""
