"""Calendly (API v2): asks what was booked, and is told of it by calls that are signed."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from warmbench.integrations.ats.answers import things_in
from warmbench.integrations.ats.errors import GoneError, NotTheirsError, RefusedError
from warmbench.integrations.ats.protocol import Call, KeyField, Keys
from warmbench.integrations.ats.session import Manners, Params, Resets, Session
from warmbench.integrations.ats.tokens import Pasted
from warmbench.integrations.scheduling.protocol import (
    Account,
    Fate,
    Link,
    Seen,
    Talk,
    Told,
    Vendor,
)
from warmbench.integrations.scheduling.reading import inner, moment, needed, text

#: Another tenth of the calls is left to the rest of the account.
MANNERS = Manners(label="Calendly", resets=Resets.SECONDS, reserve=0.1)
EVENTS = (
    *("invitee.created", "invitee.canceled"),
    *("invitee_no_show.created", "invitee_no_show.deleted"),
)
#: What was signed longer ago may have been overheard (rules.md S9: five minutes).
_OLDEST = timedelta(minutes=5)
_PER_PAGE = 100
#: Talks that are over for so long do not change any more.
_LOOKBACK = timedelta(days=7)
#: Their clock may be behind ours, and what changes while a list is read is stamped before it.
_OVERLAP = timedelta(minutes=10)
#: Nobody moves a talk more often.
_MOVES = 20
_INVITEE = re.compile(r"/scheduled_events/[\w-]+/invitees/[\w-]+")
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class Calendly:
    """A client for one user's account."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.session = Session(keys, MANNERS)
        self.session.access = Pasted(keys.addresses["api"], f"Bearer {keys.credentials['token']}")

    def find_out(self) -> Account:
        """Whose token it is, and which kinds of talk are bookable."""
        me = inner(self.session.get("/users/me").thing, "resource")
        user = text(me.get("uri"), 300)
        kinds = self._all("/event_types", {"user": user, "active": "true"})
        return Account(
            name=text(me.get("name")) or "Calendly",
            links=tuple(
                Link(text(one.get("uri"), 300), text(one.get("name")), url)
                for one in kinds
                if (url := text(one.get("scheduling_url"))) and one.get("active") is not False
            ),
            ids={"user": user, "organization": text(me.get("current_organization"), 300)},
        )

    def read(self, talk_id: str) -> Talk:
        """The talk of an invitee, wherever it was moved since."""
        if not _INVITEE.fullmatch(_path(talk_id, self._keys)):
            raise GoneError("Calendly has no such talk.")
        return self._talk(self._resource(talk_id), None)

    def changed(self, cursor: Mapping[str, Any], *, since: datetime) -> Iterator[Seen]:
        """Talks whose time is not long over, and which changed since it was asked last.

        The list is by the time of the talk, not of the change: it is read to its end.
        """
        begun = self._keys.clock()
        after = (moment(cursor.get("asked_at")) or since) - _OVERLAP
        user = text(inner(self.session.get("/users/me").thing, "resource").get("uri"), 300)
        asked = {"user": user, "min_start_time": _stamp(begun - _LOOKBACK)}
        for event in self._all("/scheduled_events", asked):
            if (moment(event.get("updated_at")) or begun) < after:
                continue
            for invitee in self._all(f"{text(event.get('uri'), 300)}/invitees", {}):
                yield Seen(self._talk(invitee, event), dict(cursor))
        yield Seen(None, {"asked_at": begun.isoformat()})

    def subscribe(self, url: str, key: str) -> str:
        """Have everything told to this address. What told there before with another key, no
        longer does."""
        ids = self.find_out().ids
        scope = {"organization": ids["organization"], "user": ids["user"], "scope": "user"}
        for one in self._all("/webhook_subscriptions", scope):
            if one.get("callback_url") == url:
                self.unsubscribe(text(one.get("uri"), 300))
        asked = {"url": url, "events": list(EVENTS), "signing_key": key, **scope}
        made = self.session.write("POST", "/webhook_subscriptions", asked).thing
        return text(inner(made, "resource").get("uri"), 300)

    def unsubscribe(self, subscription: str) -> None:
        """Have nothing told there any more."""
        try:
            self.session.write("DELETE", subscription)
        except GoneError:
            return

    def close(self) -> None:
        """Let connections go."""
        self.session.close()

    def _talk(self, first: Mapping[str, Any], event: Mapping[str, Any] | None) -> Talk:
        ids = [text(first.get(name), 300) for name in ("old_invitee", "uri")]
        who, seen = first, set(ids)
        while after := text(who.get("new_invitee"), 300):
            if after in seen or len(ids) > _MOVES:
                break
            who, event = self._resource(after), None
            seen.add(after)
            ids.append(after)
        if event is None:
            event = self._resource(text(who.get("event"), 300))
        return Talk(
            ids=tuple(one for one in ids if one),
            email=text(first.get("email"), 320).lower(),
            word=text(inner(first, "tracking").get("utm_content"), 400),
            title=text(event.get("name")),
            booked_at=needed(first.get("created_at")),
            starts_at=needed(event.get("start_time")),
            ends_at=needed(event.get("end_time")),
            fate=_fate(who),
        )

    def _resource(self, uri: str) -> Mapping[str, Any]:
        _path(uri, self._keys)
        return inner(self.session.get(uri).thing, "resource")

    def _all(self, path: str, asked: Params) -> Iterator[dict[str, Any]]:
        more: dict[str, str | int] = {}
        while True:
            said = self.session.get(path, {**asked, "count": _PER_PAGE, **more}).thing
            yield from things_in(said.get("collection"))
            token = inner(said, "pagination").get("next_page_token")
            if not isinstance(token, str) or not token or token == more.get("page_token"):
                return
            more = {"page_token": token}


def hear(signing_keys: tuple[str, ...], call: Call) -> list[Told]:
    """What a call tells, if one of these keys made its signature within the last minutes."""
    header = {name.lower(): value for name, value in call.headers.items()}
    found = _SIGNATURE.fullmatch(header.get("calendly-webhook-signature", "").replace(" ", ""))
    if found is None:
        raise NotTheirsError("This call is not signed.")
    at, signature = found.groups()
    message = at.encode() + b"." + call.body
    made = [hmac.new(key.encode(), message, hashlib.sha256).hexdigest() for key in signing_keys]
    if not any(hmac.compare_digest(one, signature) for one in made):
        raise NotTheirsError("The signature of this call is not Calendly's.")
    if abs(call.at - datetime.fromtimestamp(int(at), UTC)) > _OLDEST:
        raise NotTheirsError("This call was signed long ago.")
    match json.loads(call.body):
        case {
            "event": str(event),
            "created_at": str(created_at),
            "payload": {**payload},
        }:
            pass
        case _:
            return []
    # A no-show is an object of its own, which names the invitee.
    talk_id = text(payload.get("invitee") if "no_show" in event else "", 300)
    talk_id = talk_id or text(payload.get("uri"), 300)
    if event not in EVENTS or not talk_id:
        return []
    name = hashlib.sha256(f"{talk_id}|{event}|{created_at}".encode()).hexdigest()
    return [Told(name, event, talk_id)]


def _fate(who: Mapping[str, Any]) -> Fate:
    if who.get("status") == "canceled":
        return Fate.CALLED_OFF
    return Fate.NOT_THERE if who.get("no_show") else Fate.BOOKED


def _path(uri: str, keys: Keys) -> str:
    """The path of an id, which is an address there."""
    base = keys.addresses["api"].rstrip("/")
    if not uri.startswith(f"{base}/"):
        raise RefusedError("Calendly sends us to another machine for the rest, and we do not go.")
    return uri.removeprefix(base)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


VENDOR = Vendor(
    key="calendly",
    label="Calendly",
    fields=(
        KeyField(
            "token",
            "Personal access token",
            "Made at Calendly under Integrations, API and webhooks, by the recruiter themselves.",
        ),
    ),
    addresses={"api": "https://api.calendly.com"},
    hosts=("calendly.com",),
    open=Calendly,
    hear=hear,
    is_told_by_api=True,
)
