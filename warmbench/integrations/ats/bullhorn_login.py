"""Gets into Bullhorn: from a name and a password to a session, by way of its data centres."""

from collections.abc import Mapping
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from warmbench.integrations.ats.errors import AuthError, RefusedError, UnreachableError
from warmbench.integrations.ats.protocol import Keys
from warmbench.integrations.ats.session import Session

DOMAIN = "bullhornstaffing.com"
#: Minutes that a session lives. There are 50 at most at a time (older texts: 25), and all our
#: processes share one.
_SESSION_MINUTES = "1440"
_CENTRES = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Login:
    """A session at Bullhorn, shared by all processes through what is stored as tokens.

    Stored are: ``session`` and ``base`` (where paths begin), ``access`` and ``refresh``,
    ``oauth`` and ``rest`` (the addresses of the data centre).
    """

    def __init__(self, keys: Keys, session: Session) -> None:
        self._keys, self._session = keys, session
        self._held: dict[str, str] = {}

    def base(self) -> str:
        """The address that paths are added to, with the token of the corporation."""
        return self._tokens()["base"]

    def headers(self) -> Mapping[str, str]:
        """What a call carries."""
        return {"BhRestToken": self._tokens()["session"]}

    def renew(self) -> bool:
        """Begin another session than the one that was refused."""
        self._held = self._begun(not_this=self._held.get("session", ""))
        return True

    def _tokens(self) -> dict[str, str]:
        if not self._held.get("session"):
            self._held = self._keys.tokens.current()
        if not self._held.get("session"):
            self._held = self._begun(not_this="")
        return self._held

    def _begun(self, *, not_this: str) -> dict[str, str]:
        """Two steps, each stored before the next: a refresh token works once, and what came for
        it must not be lost if the login after it fails."""

        def enter(stored: dict[str, str]) -> dict[str, str]:
            # Somebody else may have begun one while we waited for the lock.
            if stored.get("session") and stored["session"] != not_this:
                return stored
            return {**stored, "session": "", **self._access(stored)}

        def begin(stored: dict[str, str]) -> dict[str, str]:
            return stored if stored.get("session") else {**stored, **self._login(stored)}

        entered = self._keys.tokens.renew(enter)
        return entered if entered.get("session") else self._keys.tokens.renew(begin)

    def _access(self, stored: Mapping[str, str]) -> dict[str, str]:
        if stored.get("refresh") and stored.get("oauth") and stored.get("rest"):
            try:
                return self._token(
                    stored["oauth"],
                    {"grant_type": "refresh_token", "refresh_token": stored["refresh"]},
                )
            except AuthError:
                # It was used up, by us before we died or long ago: the password still holds.
                pass
        centre = self._centre()
        asked = {"grant_type": "authorization_code", "code": self._code(centre["oauth"])}
        return {**centre, **self._token(centre["oauth"], asked)}

    def _centre(self) -> dict[str, str]:
        """Ask which data centre is ours. Another one than ours sends us on."""
        params: dict[str, str] | None = {"username": self._keys.credentials["username"]}
        address = f"{self._keys.addresses['login'].rstrip('/')}/loginInfo"
        for _ in range(_CENTRES):
            answer = self._session.knock("GET", address, params=params, expect=_REDIRECTS)
            if answer.status not in _REDIRECTS:
                said = answer.thing
                return {
                    "oauth": self._allowed(str(said.get("oauthUrl", ""))).rstrip("/"),
                    "rest": self._allowed(str(said.get("restUrl", ""))).rstrip("/"),
                }
            # The next address has our name in it already.
            address = self._allowed(urljoin(address, answer.headers.get("Location", "")))
            params = None if "username=" in address else params
        raise UnreachableError("Bullhorn sends us from one data centre to the next.")

    def _code(self, oauth: str) -> str:
        keys = self._keys.credentials
        answer = self._session.knock(
            "GET",
            f"{oauth}/authorize",
            params={
                "client_id": keys["client_id"],
                "response_type": "code",
                "action": "Login",
                "username": keys["username"],
                "password": keys["password"],
            },
            # It answers with its page for signing in when it does not know the password.
            expect=_REDIRECTS | {httpx.codes.OK},
        )
        query = urlsplit(answer.headers.get("Location", "")).query
        # Not as a form is decoded: a plus sign is a plus sign here.
        parts = dict(part.partition("=")[::2] for part in query.split("&"))
        if not parts.get("code"):
            raise AuthError("Bullhorn does not take the user name and the password of its API.")
        return unquote(parts["code"])

    def _token(self, oauth: str, asked: Mapping[str, str]) -> dict[str, str]:
        keys = self._keys.credentials
        said = self._session.knock(
            "POST",
            f"{oauth}/token",
            params={
                **asked,
                "client_id": keys["client_id"],
                "client_secret": keys["client_secret"],
            },
        ).thing
        if not isinstance(said.get("access_token"), str):
            raise UnreachableError("Bullhorn's answer to our login has no token in it.")
        return {"access": said["access_token"], "refresh": str(said.get("refresh_token") or "")}

    def _login(self, stored: Mapping[str, str]) -> dict[str, str]:
        params = {"version": "*", "access_token": stored["access"], "ttl": _SESSION_MINUTES}
        said = self._session.knock("POST", f"{stored['rest']}/login", params=params).thing
        token = said.get("BhRestToken")
        if not isinstance(token, str) or not token:
            raise UnreachableError("Bullhorn's answer to our login has no session in it.")
        return {"session": token, "base": self._allowed(str(said.get("restUrl", ""))).rstrip("/")}

    def _allowed(self, address: str) -> str:
        """The address, if what we know may be told there: a password goes along."""
        ours, theirs = httpx.URL(self._keys.addresses["login"]), _url(address)
        is_same = (theirs.scheme, theirs.host) == (ours.scheme, ours.host)
        is_bullhorn = theirs.host == DOMAIN or theirs.host.endswith(f".{DOMAIN}")
        if not is_same and not (theirs.scheme == "https" and is_bullhorn):
            raise RefusedError("Bullhorn sends us to a machine that is not its own.")
        return address


def _url(address: str) -> httpx.URL:
    try:
        return httpx.URL(address)
    except httpx.InvalidURL as error:
        raise UnreachableError("Bullhorn sends us to what is no address.") from error
