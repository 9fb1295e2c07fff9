"""Checks that a call to one of our addresses comes from Twilio."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence


def sign(secret: str, url: str, form: Mapping[str, Sequence[str]]) -> str:
    """What Twilio writes into ``X-Twilio-Signature``: the address as it called it, and each field
    with its values, sorted, under the account's secret (HMAC-SHA1)."""
    told = url + "".join(
        f"{name}{value}" for name in sorted(form) for value in sorted(set(form[name]))
    )
    digest = hmac.digest(secret.encode(), told.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()


def is_genuine(
    secrets: Sequence[str], url: str, form: Mapping[str, Sequence[str]], signature: str
) -> bool:
    """Whether one of these secrets made the signature. No secret, and nothing is genuine."""
    given = signature.encode()
    return any(
        hmac.compare_digest(sign(secret, url, form).encode(), given) for secret in secrets if secret
    )
