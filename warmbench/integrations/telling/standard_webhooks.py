"""Makes calls as Standard Webhooks 1.0 wants them, signed and named, and says how they went."""

import base64
import hmac
import logging
from collections.abc import Sequence
from datetime import datetime

from warmbench.accounts import notifications, webhooks
from warmbench.accounts.models import Kind
from warmbench.accounts.webhooks import Outcome
from warmbench.integrations.outgoing import Answer, Caller, RefusedError, UnreachableError

logger = logging.getLogger(__name__)

_GONE = 410


def post(
    caller: Caller, url: str, secrets: Sequence[str], call_id: str, content: bytes, *, now: datetime
) -> Outcome:
    """Post JSON to an address, signed with each of the secrets, and say how that went. A call that
    is made again has the same id, by which the other side can tell."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Warmbench",
        **_signed([webhooks.key_of(one) for one in secrets], call_id, content, now=now),
    }
    try:
        return _outcome(caller.post(url, content, headers))
    except (RefusedError, UnreachableError) as error:
        return Outcome(worked=False, problem=str(error))


def say_that_it_is_off(what: str, pk: int, name: str, outcome: Outcome, *, now: datetime) -> None:
    """Tell administrators that an address is called no more, for having failed too long. ``what``
    is the noun of it, in its page's address and in the key of what they are told."""
    logger.warning("%s disabled", what, extra={what: pk})
    notifications.tell(
        notifications.administrators(),
        kind=Kind.TROUBLE,
        title=f"The {what} {name} was switched off",
        body=outcome.problem,
        path=f"/{what}s/{pk}/",
        key=f"{what}:{pk}/{now:%Y-%m-%dT%H:%M}",
        now=now,
    )


def _signed(
    keys: Sequence[bytes], call_id: str, content: bytes, *, now: datetime
) -> dict[str, str]:
    """The headers that prove that a call is ours: an id that stays the same when a call is tried
    again, the moment, and HMAC-SHA256 over both and the body, once for each key: while a secret is
    changed there are two."""
    moment = str(int(now.timestamp()))
    signed = b".".join([call_id.encode(), moment.encode(), content])
    digests = [base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys]
    return {
        "webhook-id": call_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{digest}" for digest in digests),
    }


def _outcome(answer: Answer) -> Outcome:
    status = answer.status
    if 200 <= status < 300:
        return Outcome(worked=True, status=status)
    if 300 <= status < 400:
        problem = f"It answered {status}, which leads elsewhere: that is not followed."
    else:
        said = f": {answer.text}" if answer.text else "."
        problem = f"It answered {status}{said}"
    gone = status == _GONE
    return Outcome(worked=False, status=status, problem=problem, gone=gone, wait=answer.wait)
