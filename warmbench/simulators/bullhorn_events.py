"""Keeps Bullhorn's event queues: reading a batch takes it away, and idle queues vanish."""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from warmbench.simulators.bullhorn_agency import FIRST, Agency, milliseconds
from warmbench.simulators.bullhorn_login import LANE, error, refuse
from warmbench.simulators.vendor import Answer, Request, Routes
from warmbench.simulators.world import Change

routes = Routes()
_PLACE = f"{LANE}/event/subscription/{{id}}"
#: What the world's fields are called here.
PROPERTIES = {
    "first_name": "firstName",
    "last_name": "lastName",
    "emails": "email",
    "phones": "mobile",
    "employer": "companyName",
    "title": "occupation",
    "opted_out": "massMailOptOut",
    "city": "address",
    "country": "address",
    "skills": "skillSet",
    "tags": "tearsheets",
    "state": "status",
    "is_anonymised": "isAnonymized",
}


@dataclass
class Queue:
    """One client's queue. ``batches`` keeps what was read, by request id, to be read again."""

    names: frozenset[str]
    kinds: frozenset[str]
    created_at: datetime
    used_at: datetime
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    batches: list[list[dict[str, Any]]] = field(default_factory=list)


@dataclass
class Queues:
    """All queues of a tenant."""

    agency: Agency
    by_name: dict[str, Queue] = field(default_factory=dict)
    last: int = 40_071_958

    def hear(self, change: Change) -> None:
        """Put what happened into every queue that wants it."""
        for entity, number, kind in _told(self.agency, change):
            event = self._event(entity, number, kind, change)
            for queue in self.by_name.values():
                if entity in queue.names and kind in queue.kinds:
                    queue.waiting.append(event)

    def _event(self, entity: str, number: int, kind: str, change: Change) -> dict[str, Any]:
        self.last += 1
        event: dict[str, Any] = {
            "eventId": f"ID:JBM-{self.last}",
            "eventType": "ENTITY",
            "eventTimestamp": milliseconds(change.at),
            "eventMetadata": {"PERSON_ID": "31", "TRANSACTION_ID": f"t-{change.number}"},
            "entityName": entity,
            "entityId": FIRST[entity] + number,
            "entityEventType": kind,
        }
        if kind == "UPDATED":
            names = (PROPERTIES.get(name, name) for name in change.fields or ("status",))
            event["updatedProperties"] = sorted(set(names))
        return event

    def named(self, name: str, now: datetime) -> Queue:
        """A queue that is there, from now on used again; one that idled too long is gone."""
        self.tidy(now)
        if name not in self.by_name:
            raise refuse(404, "Subscription not found.", "errors.event.unknownSubscription")
        queue = self.by_name[name]
        queue.used_at = now
        return queue

    def tidy(self, now: datetime) -> None:
        """Drop the queues that nobody asked for."""
        life = self.agency.options.queue_life
        for name in [name for name, one in self.by_name.items() if now - one.used_at > life]:
            del self.by_name[name]


def _told(agency: Agency, change: Change) -> list[tuple[str, int, str]]:
    """What one change of the world is here: entity, number and kind of each event."""
    subject, _, verb = change.what.partition(".")
    kind = {"created": "INSERTED", "deleted": "DELETED"}.get(verb, "UPDATED")
    match subject:
        case "person":
            events = [("Candidate", change.id, kind)]
            if verb == "merged":
                events.append(("Candidate", change.person, "DELETED"))
            return events
        case "role":
            return [("JobOrder", change.id, kind)]
        case "note":
            return [("Note", change.id, kind)]
        case _:
            return _of_application(agency, change, kind)


def _of_application(agency: Agency, change: Change, kind: str) -> list[tuple[str, int, str]]:
    verb = change.what.partition(".")[2]
    one = agency.world.applications.get(change.id)
    if one is not None and one.role is None:
        return []
    events = [("JobSubmission", change.id, kind)]
    if verb == "hired":
        events.append(("Placement", change.id, "INSERTED"))
    if verb == "unhired" or (verb == "rejected" and change.before == "hired"):
        events.append(("Placement", change.id, "DELETED"))
    return events


@routes.on("PUT", _PLACE, reads=True)
def subscribe(vendor: Any, request: Request) -> Answer:
    """A new queue, or an old one emptied."""
    if request.get("type") != "entity" or not request.get("names"):
        raise refuse(400, "type and names are required.", "errors.missingParameter")
    queues, now = vendor.queues, vendor.world.clock()
    queues.tidy(now)
    name = request.params["id"]
    if name not in queues.by_name and len(queues.by_name) >= vendor.options.max_queues:
        raise refuse(400, "Too many subscriptions.", "errors.event.tooManySubscriptions")
    kinds = request.get("eventTypes", "INSERTED,UPDATED,DELETED")
    queues.by_name[name] = Queue(
        frozenset(re.split(r",\s*", request.get("names"))),
        frozenset(re.split(r",\s*", kinds)),
        now,
        now,
    )
    said = {"lastRequestId": 0, "subscriptionId": name, "createdOn": milliseconds(now)}
    return Answer(200, {**said, "jmsSelector": f"JMSType='ENTITY' AND {request.get('names')}"})


@routes.on("GET", _PLACE)
def fetch(vendor: Any, request: Request) -> Answer:
    """The next batch, which is thereby gone from the queue; or an old one by its request id."""
    queue = vendor.queues.named(request.params["id"], vendor.world.clock())
    if again := request.get("requestId"):
        if not again.isdigit() or not 0 < int(again) <= len(queue.batches):
            return error(400, "Unknown request id.", "errors.event.unknownRequest")
        return Answer(200, {"requestId": int(again), "events": queue.batches[int(again) - 1]})
    most = request.get("maxEvents")
    if not most.isdigit() or int(most) < 1:
        return error(400, "maxEvents is required.", "errors.missingParameter")
    if not queue.waiting:
        return _empty(vendor)
    size = min(int(most), len(queue.waiting))
    queue.batches.append([queue.waiting.popleft() for _ in range(size)])
    return Answer(200, {"requestId": len(queue.batches), "events": queue.batches[-1]})


def _empty(vendor: Any) -> Answer:
    answers = {"braces": Answer(200, {}), "no_content": Answer(204), "nothing": Answer(200)}
    return answers[vendor.options.empty_queue]


@routes.on("GET", f"{_PLACE}/lastRequestId")
def last_request(vendor: Any, request: Request) -> Answer:
    """The id of the last batch that was read."""
    queue = vendor.queues.named(request.params["id"], vendor.world.clock())
    return Answer(200, {"result": len(queue.batches)})


@routes.on("DELETE", _PLACE, reads=True)
def unsubscribe(vendor: Any, request: Request) -> Answer:
    """Drops a queue with all that waits in it."""
    vendor.queues.named(request.params["id"], vendor.world.clock())
    del vendor.queues.by_name[request.params["id"]]
    return Answer(200, {"result": True})
