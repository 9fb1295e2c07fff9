"""Lets a person let us in over there, instead of pasting a key: the code grant of RFC 6749, 4.1."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from django.core import signing

from warmbench.integrations.ats import grants, vendors
from warmbench.integrations.ats.errors import AuthError
from warmbench.integrations.ats.opening import keys_of
from warmbench.integrations.ats.protocol import OAuth
from warmbench.integrations.ats.session import Manners, Session
from warmbench.integrations.models import AtsConnection

#: How long somebody may take over there.
PATIENCE = timedelta(minutes=30)
_SALT = "warmbench.ats.oauth"


def begin(
    connection: AtsConnection,
    return_url: str,
    *,
    user_id: int,
    clock: Callable[[], datetime],
) -> str:
    """The vendor's address to send this user's browser to. It comes back to ``return_url`` with
    ``code`` and ``state``, or with ``error``. Raises AuthError where there is no such way in, or
    the client's id is missing."""
    oauth = _oauth_of(connection)
    keys = keys_of(connection, clock=clock)
    url = httpx.URL(grants.address(keys, oauth.authorize_path))
    asked = {
        "response_type": "code",
        "client_id": grants.credential(keys, "client_id"),
        "redirect_uri": return_url,
        "scope": " ".join(oauth.scopes),
        "state": signing.dumps([connection.pk, user_id, return_url], salt=_SALT),
        **oauth.extra,
    }
    return str(url.copy_merge_params(asked))


def connection_of(state: str, *, user_id: int) -> int:
    """The id of the connection that this user began with. Raises AuthError if the state is not
    ours, is another user's (somebody could slip us an account of theirs: RFC 9700, 4.7), or is
    too old."""
    return _opened(state, user_id)[0]


def finish(
    connection: AtsConnection,
    code: str,
    state: str,
    *,
    user_id: int,
    clock: Callable[[], datetime],
) -> None:
    """Exchange the code for tokens and store them. Raises AtsError."""
    connection_id, return_url = _opened(state, user_id)
    if connection_id != connection.pk:
        raise AuthError("This answer belongs to another connection.")
    oauth = _oauth_of(connection)
    keys = keys_of(connection, clock=clock)
    session = Session(keys, Manners(label=vendors.of(connection.vendor).label))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": return_url}
    try:
        # Under the lock of the row: a renewal that is under way would store the old ones again.
        keys.tokens.renew(lambda _: grants.granted(session, oauth, keys, form))
    finally:
        session.close()


def _opened(state: str, user_id: int) -> tuple[int, str]:
    try:
        connection_id, began_by, return_url = signing.loads(state, salt=_SALT, max_age=PATIENCE)
    except signing.BadSignature as error:
        raise AuthError("This took too long, or did not begin here. Begin again.") from error
    if began_by != user_id:
        raise AuthError("Somebody else began this. Begin again.")
    return connection_id, return_url


def _oauth_of(connection: AtsConnection) -> OAuth:
    vendor = vendors.of(connection.vendor)
    if vendor.oauth is None:
        raise AuthError(f"{vendor.label} is connected with keys, and not by signing in there.")
    return vendor.oauth
