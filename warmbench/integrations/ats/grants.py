"""Tokens for keys, codes and refresh tokens, from an endpoint as RFC 6749 describes it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from warmbench.integrations.ats import tokens
from warmbench.integrations.ats.errors import AuthError, UnreachableError
from warmbench.integrations.ats.protocol import Keys, OAuth
from warmbench.integrations.ats.session import Session

_LONGEST_SECONDS = 10**8


def refreshed(
    session: Session, oauth: OAuth, keys: Keys, stored: Mapping[str, str]
) -> dict[str, str]:
    """New tokens for the refresh token that is stored, which may not work a second time."""
    form = {"grant_type": "refresh_token", "refresh_token": stored["refresh"]}
    return {**stored, **granted(session, oauth, keys, form)}


def granted(session: Session, oauth: OAuth, keys: Keys, form: Mapping[str, str]) -> dict[str, str]:
    """What the token endpoint gives for this form, as it is stored. Raises AtsError."""
    who = (credential(keys, "client_id"), credential(keys, "client_secret"))
    in_form = {} if oauth.is_basic else {"client_id": who[0], "client_secret": who[1]}
    answer = session.knock(
        "POST",
        address(keys, oauth.token_path),
        form={**form, **in_form},
        basic=who if oauth.is_basic else None,
    )
    return stored_form(answer.thing, keys.clock())


def stored_form(said: Mapping[str, object], now: datetime) -> dict[str, str]:
    """What a token endpoint said, as it is stored: ``access``, ``until``, ``refresh`` if there is
    one. Its end is said as a moment (``expires_at``) or in seconds (``expires_in``)."""
    access = said.get("access_token")
    if not isinstance(access, str) or not access:
        raise UnreachableError("The answer to our keys holds no token.")
    refresh = said.get("refresh_token")
    kept = {"refresh": refresh} if isinstance(refresh, str) and refresh else {}
    return {"access": access, "until": tokens.until(now, _end(said, now)), **kept}


def _end(said: Mapping[str, object], now: datetime) -> datetime | None:
    match said:
        case {"expires_at": str(moment)}:
            try:
                ends = datetime.fromisoformat(moment)
            except ValueError:
                return None
            return ends if ends.tzinfo else ends.replace(tzinfo=now.tzinfo)
        case {"expires_in": int(seconds)} if 0 < seconds < _LONGEST_SECONDS:
            return now + timedelta(seconds=seconds)
        case _:
            return None


def address(keys: Keys, path: str) -> str:
    """An address at the door of a vendor."""
    return keys.addresses["auth"].rstrip("/") + path


def credential(keys: Keys, name: str) -> str:
    """What was pasted. Raises AuthError if nothing was."""
    if value := keys.credentials.get(name):
        return value
    raise AuthError("The id and the secret of our client over there are missing.")
