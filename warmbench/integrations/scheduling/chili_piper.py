"""Chili Piper: asks what was booked week by week; its calls are not signed, and believed in
nothing but that a talk is to be read again."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from warmbench.integrations.ats.answers import things_in
from warmbench.integrations.ats.errors import GoneError, NotTheirsError
from warmbench.integrations.ats.protocol import Call, KeyField, Keys
from warmbench.integrations.ats.session import Manners, Session
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
from warmbench.integrations.scheduling.reading import LONGEST_ID, inner, moment, needed, text

MANNERS = Manners(label="Chili Piper")
#: What a list of talks may cover.
_WINDOW = timedelta(days=7)
#: Talks are listed by when they are: so far ahead people book, so far back hosts mark who came.
_AHEAD, _BACK = timedelta(days=56), timedelta(days=7)
_PER_PAGE = 100
_MOST_PAGES = 1_000
_USUAL_LENGTH = timedelta(minutes=30)
_LISTS = ("round-robin", "admin-one-on-one", "group", "ownership")
_FATES = {"canceled": Fate.CALLED_OFF, "noshow": Fate.NOT_THERE}


class ChiliPiper:
    """A client for one organization."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.session = Session(keys, MANNERS)
        self.session.access = Pasted(keys.addresses["api"], f"Bearer {keys.credentials['api_key']}")

    def find_out(self) -> Account:
        """Which links there are; that they can be listed shows that the key is good."""
        found = [one for kind in _LISTS for one in self._links(kind)]
        return Account(name="Chili Piper", links=tuple(found), ids={})

    def read(self, talk_id: str) -> Talk:
        """A talk as it is now."""
        said = self.session.get(f"/v1/org/meetings/get/{quote(talk_id, safe='')}").thing
        return self._talk(inner(said, "data") or said)

    def changed(self, cursor: Mapping[str, Any], *, since: datetime) -> Iterator[Seen]:  # noqa: ARG002
        """All talks from a week ago until eight weeks ahead: it does not say what changed. A
        window of a week that was read to its end is not read again before the others were."""
        now = self._keys.clock()
        begin, end = moment(cursor.get("from")) or now - _BACK, now + _AHEAD
        begin = max(begin, now - _BACK)
        while begin < end:
            until = min(begin + _WINDOW, end)
            for said in self._list(begin, until):
                yield Seen(self._talk(said), dict(cursor))
            begin = until
            yield Seen(None, {"from": begin.isoformat()} if begin < end else {})

    def close(self) -> None:
        """Let connections go."""
        self.session.close()

    def _links(self, kind: str) -> Iterator[Link]:
        asked = {"page": 0, "pageSize": _PER_PAGE}
        said = self.session.find(f"/v1/org/schedulingLinks/list-{kind}", asked).thing
        for one in things_in(said.get("results")):
            if url := text(one.get("url")):
                yield Link(text(one.get("id"), LONGEST_ID), text(one.get("name")), url)

    def _list(self, begin: datetime, until: datetime) -> Iterator[dict[str, Any]]:
        for page in range(_MOST_PAGES):
            asked = {
                "start": _stamp(begin),
                "end": _stamp(until),
                "page": page,
                "pageSize": _PER_PAGE,
            }
            said = self.session.find("/v2/org/meetings/meetings", asked, method="PUT").thing
            yield from things_in(said.get("data"))
            # A word, and not a yes or no of JSON: "No" would be true.
            if str(said.get("hasMore")).strip().lower() not in {"yes", "true"}:
                return

    def _talk(self, said: Mapping[str, Any]) -> Talk:
        key = _first(said, "id", "meetingId", "meetingIdChili")
        if not key:
            raise GoneError("Chili Piper has no such talk.")
        starts_at = needed(_first(said, "start", "meetingStartTime"))
        status = text(said.get("status")).replace("_", "").replace(" ", "").lower()
        words = inner(said, "primaryGuestDataFields")
        return Talk(
            ids=(key,),
            email=text(said.get("primaryGuestEmail"), 320).lower(),
            word=text(words.get("utm_content"), 400),
            title=_first(said, "title", "meetingTitle"),
            booked_at=moment(said.get("createdAt")),
            starts_at=starts_at,
            ends_at=moment(_first(said, "end", "meetingEndTime")) or starts_at + _USUAL_LENGTH,
            fate=_FATES.get(status, Fate.BOOKED),
        )


def hear(_: tuple[str, ...], call: Call) -> list[Told]:
    """Which talk a call is about. Nobody signs it: whoever knows our address may have a talk read
    again, and nothing else."""
    try:
        said = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise NotTheirsError("This call cannot be read.") from error
    key = _first(said, "meetingIdChili", "meetingId") if isinstance(said, Mapping) else ""
    if not key:
        raise NotTheirsError("This call does not say which talk it is about.")
    # It repeats itself word for word when a talk is called off: whenever it calls, it is read.
    return [Told(hashlib.sha256(key.encode()).hexdigest(), "meeting", key)]


def _first(said: Mapping[str, Any], *names: str) -> str:
    return next((found for name in names if (found := text(said.get(name), LONGEST_ID))), "")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


VENDOR = Vendor(
    key="chili_piper",
    label="Chili Piper",
    fields=(KeyField("api_key", "API key", "Made at Chili Piper by an administrator, under API."),),
    addresses={"api": "https://fire.chilipiper.com/api/fire-edge"},
    hosts=("chilipiper.com",),
    open=ChiliPiper,
    hear=hear,
    is_told_by_api=False,
)
