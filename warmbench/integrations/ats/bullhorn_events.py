"""Asks the queue in which Bullhorn keeps what has changed: what was read once is gone from it."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from warmbench.integrations.ats import bullhorn_shapes as shapes
from warmbench.integrations.ats.answers import Answer, things_in
from warmbench.integrations.ats.errors import CursorError, GoneError, RefusedError
from warmbench.integrations.ats.protocol import Keys
from warmbench.integrations.ats.session import Session
from warmbench.integrations.ats.things import Cursor, Page, Told

_AT_ONCE = 100
_ENTITIES = ("Candidate", "JobOrder", "JobSubmission", "Placement")
_ASKED = {
    "type": "entity",
    "names": ",".join(_ENTITIES),
    "eventTypes": "INSERTED,UPDATED,DELETED",
}
#: Under which a queue's name is stored with the tokens.
_STORED = "queue"
_HANDED_OUT = "queue_handed_out"
#: Of the batches that nobody acknowledged, so many are read again at most.
_MOST_AGAIN = 50


class Events:
    """The queue of one connection. Its name is stored with the connection's tokens.

    A cursor holds the ``request`` up to which everything was taken in. What Bullhorn has handed
    out since then was lost on the way, and is read again before anything else: the queue itself
    forgets what it has handed out.
    """

    def __init__(self, keys: Keys, session: Session) -> None:
        self._keys, self._session = keys, session

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of Told; each has a cursor, for a queue has no end. Raises CursorError if the
        queue had vanished, once there is another: what changed meanwhile is for the windows."""
        stored = self._keys.tokens.current()
        queue = stored.get(_STORED, "")
        if not queue:
            made = self._make()
            # The windows begin before the first queue does.
            if cursor:
                raise CursorError(_LOST)
            yield Page([], {"queue": made, "request": 0})
            return
        taken = int(cursor.get("request", 0)) if cursor.get("queue") == queue else 0
        try:
            missed = self._missed(queue, taken) if stored.get(_HANDED_OUT) else range(0)
            for request in missed:
                if page := self._again(queue, request):
                    yield page
                taken = request
            yield from self._fresh(queue, taken)
        except (GoneError, RefusedError) as error:
            if isinstance(error, RefusedError) and "subscription" not in error.said.lower():
                raise
            self._make(instead_of=queue)
            raise CursorError(_LOST) from error

    def _fresh(self, queue: str, taken: int) -> Iterator[Page]:
        self._remember(is_handed_out=True)
        while True:
            # Once: what it hands out is out of the queue, also if it never reaches us.
            answer = self._session.get(_path(queue), {"maxEvents": _AT_ONCE}, is_once=True)
            if _is_empty(answer):
                # Whoever asked for this page has taken in all before it.
                self._remember(is_handed_out=False)
                yield Page([], {"queue": queue, "request": taken})
                return
            page = _page(answer, queue, taken)
            assert page.cursor is not None
            taken = int(page.cursor["request"])
            yield page

    def _remember(self, *, is_handed_out: bool) -> None:
        """Store, before it is asked for, that something may be on its way to us: only then must
        Bullhorn be asked what it handed out, which is a call each time."""
        said = "1" if is_handed_out else ""
        self._keys.tokens.renew(lambda stored: {**stored, _HANDED_OUT: said})

    def _missed(self, queue: str, taken: int) -> range:
        try:
            last = _number(self._session.get(f"{_path(queue)}/lastRequestId").json_or_none)
        except RefusedError:
            # Before anything was ever handed out there is no last one.
            last = 0
        return range(max(taken, last - _MOST_AGAIN) + 1, last + 1)

    def _again(self, queue: str, request: int) -> Page | None:
        try:
            answer = self._session.get(_path(queue), {"requestId": request})
        except (GoneError, RefusedError):
            # Too long ago, or a number that was never given. If the queue itself is gone, the
            # next question says so.
            return None
        return None if _is_empty(answer) else _page(answer, queue, request)

    def _make(self, instead_of: str = "") -> str:
        """Have a queue, under a name that is stored before it is made: one that nobody asks for
        takes up one of few places for a week."""

        def named(stored: dict[str, str]) -> dict[str, str]:
            if stored.get(_STORED, "") != instead_of:
                return stored
            return {**stored, _STORED: f"warmbench{secrets.token_hex(8)}"}

        queue = self._keys.tokens.renew(named)[_STORED]
        self._session.write("PUT", _path(queue), params=_ASKED)
        return queue


_LOST = (
    "Bullhorn no longer keeps the queue of our changes. There is another one now; what changed "
    "meanwhile is read by searching."
)


def told(event: Mapping[str, Any]) -> Told | None:
    """What an event of the queue tells; None for one that concerns nothing of ours."""
    entity, said = str(event.get("entityName", "")), event.get("entityId")
    if entity not in _ENTITIES or not isinstance(said, int | str) or not event.get("eventId"):
        return None
    one, kind = str(said), f"{entity} {event.get('entityEventType', '')}".strip()
    event_id = str(event["eventId"])
    match entity:
        case "Candidate":
            return Told(event_id, kind, person_ids=(one,))
        case "JobOrder":
            return Told(event_id, kind, role_ids=(one,))
        case "JobSubmission":
            return Told(event_id, kind, application_ids=(f"{shapes.SUBMISSION}{one}",))
        case _:
            return Told(event_id, kind, application_ids=(f"{shapes.PLACEMENT}{one}",))


def _is_empty(answer: Answer) -> bool:
    """Whether there was nothing in the queue. It answers nothing then, or an empty object, or no
    events: which one is not known (contracts.md 3)."""
    said = answer.json_or_none
    return not said or (isinstance(said, dict) and not said.get("events"))


def _page(answer: Answer, queue: str, request: int) -> Page:
    found = dict.fromkeys(filter(None, map(told, things_in(answer.thing.get("events")))))
    following = {"queue": queue, "request": _number(answer.thing.get("requestId")) or request}
    return Page(list(found), following)


def _number(said: Any) -> int:
    """The number of a request, said by itself or as the value of whatever it is called."""
    if isinstance(said, dict):
        said = next((one for one in said.values() if isinstance(one, int)), 0)
    return said if isinstance(said, int) and not isinstance(said, bool) else 0


def _path(queue: str) -> str:
    return f"/event/subscription/{queue}"
