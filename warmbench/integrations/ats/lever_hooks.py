"""Verifies what Lever calls us with. Its signature does not cover the data: those name a record
to read again, and are believed in nothing else."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from warmbench.integrations.ats.errors import NotTheirsError
from warmbench.integrations.ats.protocol import Call, Keys
from warmbench.integrations.ats.things import Told

#: It tries five times with growing pauses, and the stamp stays that of the first. Whoever has
#: overheard one call could make us read records again for so long, once each.
_OLDEST = timedelta(hours=1)
_EARLIEST = timedelta(minutes=5)


def hear(keys: Keys, call: Call) -> list[Told]:
    """What a call tells of. Raises NotTheirsError if no token that was pasted made its signature,
    or it was made long ago. Every webhook over there has a token of its own: all are pasted, with
    spaces between."""
    try:
        said = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise NotTheirsError("This call is not Lever's.") from error
    match said:
        case {
            "event": str(event),
            "triggeredAt": int(stamp),
            "token": str(nonce),
            "signature": str(signature),
        } if event and nonce and 0 < stamp < 10**14:
            pass
        case _:
            raise NotTheirsError("This call is not signed.")
    tokens = keys.credentials.get("webhook_token", "").split()
    if not any(_is_signed(token, f"{nonce}{stamp}", signature) for token in tokens):
        raise NotTheirsError("The signature of this call is not Lever's.")
    age = call.at - datetime.fromtimestamp(stamp / 1000, UTC)
    if not -_EARLIEST <= age <= _OLDEST:
        raise NotTheirsError("This call was signed long ago.")
    data = said.get("data")
    data = data if isinstance(data, Mapping) else {}
    return [
        Told(
            event_id=nonce[:160],
            kind=event[:60],
            person_ids=_ids(data, "contactId"),
            application_ids=_ids(data, "opportunityId", "candidateId"),
        )
    ]


def _is_signed(token: str, message: str, signature: str) -> bool:
    wanted = hmac.new(token.encode(), message.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.strip().lower().encode())


def _ids(data: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    found = (data.get(name) for name in names)
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one))
