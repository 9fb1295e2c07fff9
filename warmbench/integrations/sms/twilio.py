"""Hands text messages to Twilio, once each, and says how that ended."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from warmbench.integrations.sms import codes
from warmbench.integrations.sms.codes import Meaning
from warmbench.messaging.handover import (
    Accepted,
    Deferred,
    HandOver,
    Kind,
    Rejected,
    Scope,
    Uncertain,
)
from warmbench.messaging.models import Sender

API = "https://api.twilio.com"
_VERSION = "2010-04-01"
#: Seconds. Twilio answers within one; who waits shorter than this leaves unknowns behind.
_PATIENCE = httpx.Timeout(30.0, connect=10.0)
#: What Twilio takes at most.
LONGEST = 1600
_TOO_MANY_REQUESTS = 429
_KINDS = {
    Meaning.NUMBER_DEAD: Kind.ADDRESS_DEAD,
    Meaning.POLICY: Kind.POLICY,
    Meaning.OPTED_OUT: Kind.OPTED_OUT,
}


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach one account."""

    sid: str
    secret: str
    #: Another address than Twilio's own is for its simulator only.
    api: str = API


def account_of(sender: Sender) -> Account:
    """The account that a sender of texts sends with."""
    return Account(sender.username, sender.password, sender.host)


@dataclass(slots=True)
class TwilioChannel:
    """A channel for texts: addresses are numbers, ``data`` is what ``messaging.texts`` wrote."""

    account: Account
    _client: httpx.Client | None = field(default=None)

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """Try once. ``mail_from`` is a number, or the id of a messaging service (``MG…``)."""
        text = json.loads(data)
        form = {"To": rcpt_to, "Body": text["body"][:LONGEST]}
        form["MessagingServiceSid" if mail_from.startswith("MG") else "From"] = mail_from
        if text.get("callback"):
            form["StatusCallback"] = text["callback"]
        try:
            response = self._open().post(self._address("Messages.json"), data=form)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Deferred(0, "Twilio could not be reached.", Scope.SENDER)
        except httpx.HTTPError as error:
            # It may have had the whole request: asking again could send it twice (R20).
            self.close()
            return Uncertain(f"Twilio's answer was lost ({type(error).__name__}).")
        return _ending(response)

    def ask(self, of: str = "", **about: str) -> httpx.Response:
        """What Twilio answers to a question about the account, or about what it owns. Raises
        httpx.HTTPError if it cannot be asked."""
        address = self._address(of) if of else self._address("").removesuffix("/") + ".json"
        return self._open().get(address, params=about)

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                auth=(self.account.sid, self.account.secret),
                timeout=_PATIENCE,
                follow_redirects=False,
                trust_env=False,
            )
        return self._client

    def _address(self, of: str) -> str:
        return f"{self.account.api}/{_VERSION}/Accounts/{self.account.sid}/{of}"


def _ending(response: httpx.Response) -> HandOver:
    told = _json(response)
    if response.is_success:
        return Accepted(response.status_code, str(told.get("sid", "")))
    code, said = told.get("code"), str(told.get("message", ""))[:300]
    text = f"{code}: {said}" if code else f"Twilio answered {response.status_code}."
    if response.is_server_error or response.is_redirect:
        return Uncertain(text)
    if response.status_code in {401, 403, _TOO_MANY_REQUESTS}:
        return Deferred(response.status_code, text, Scope.SENDER)
    meaning = codes.means(code)
    if meaning is Meaning.SENDER:
        return Deferred(response.status_code, text, Scope.SENDER)
    return Rejected(response.status_code, text, _KINDS.get(meaning, Kind.OTHER))


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
