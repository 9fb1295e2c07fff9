"""An ATS in memory that speaks the protocol: what was written can be looked at, and goes wrong
on demand. For tests of what stands on our side of the protocol."""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from tests.make import NOW
from warmbench.integrations.ats.errors import GoneError, NotTheirsError
from warmbench.integrations.ats.protocol import (
    Ability,
    Call,
    Can,
    Capabilities,
    Found,
    Keys,
    Vendor,
)
from warmbench.integrations.ats.things import (
    Application,
    Cursor,
    Fate,
    Gone,
    Note,
    Page,
    Person,
    Proof,
    Role,
    Told,
    Window,
)
from warmbench.integrations.models import AtsConnection
from warmbench.people.models import Candidate, CandidateRecord, TruthSource

_number = count(1)
YES = Ability(Can.YES)
EVERYTHING = Capabilities(
    changed_since=YES,
    opt_out=YES,
    text_opt_out=YES,
    tags=YES,
    status=YES,
    activity=YES,
    merges=Ability(Can.NO, "Records are merged by hand there."),
    erasures=YES,
    push=YES,
)


@dataclass
class World:
    """What the ATS holds."""

    people: dict[str, Person] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    #: Every call that changed something or tried to, as (what, who).
    writes: list[tuple[str, str]] = field(default_factory=list)
    #: Raised by the next writes, one each; an ``AfterwardsError`` after the write happened.
    errors: list[BaseException] = field(default_factory=list)
    #: The same for writes of one kind only, each time.
    always: dict[str, BaseException] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def add(self, **fields: Any) -> str:
        """Somebody whom the ATS knows."""
        external_id = str(next(_number))
        self.people[external_id] = Person(external_id=external_id, **fields)
        return external_id


class AfterwardsError(Exception):
    """Raises its error only once the write was taken."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


class Memory:
    """A client of the ATS in memory."""

    def __init__(self, world: World, keys: Keys) -> None:
        self.world, self.keys = world, keys

    def find_out(self) -> Found:
        return Found(account="Memory")

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        yield Page(list(self.world.people.values()), None)

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        yield Page([], None)

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        yield Page([], None)

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        yield Page([], None)

    def events(self, cursor: Cursor) -> Iterator[Page]:
        yield Page([], None)

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        self.world.reads += ids
        people = self.world.people
        return [people.get(one) or Gone(external_id=one, fate=Fate.DELETED) for one in ids]

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        return []

    def applications_of(self, person_id: str) -> list[Application]:
        return []

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        return []

    def opt_out(self, person_id: str) -> Proof:
        with _happening(self.world, "opt_out", person_id) as person:
            self.world.people[person_id] = replace(person, opted_out=True)
        return _proof()

    def tag(self, person_id: str, add: Sequence[str], remove: Sequence[str]) -> Proof:
        with _happening(self.world, "tag", person_id) as person:
            left = [one for one in person.tags if one not in remove and one not in add]
            self.world.people[person_id] = replace(person, tags=(*left, *add))
        return _proof()

    def set_status(self, person_id: str, status: str) -> Proof:
        with _happening(self.world, "status", person_id):
            self.world.statuses[person_id] = status
        return _proof()

    def note(self, person_id: str, note: Note) -> Proof:
        known = self.world.notes.setdefault(person_id, [])
        if any(note.marker in one.text for one in known):
            return Proof(200, their_id="known")
        with _happening(self.world, "note", person_id):
            known.append(note)
        return _proof(their_id=f"note-{len(known)}")

    def erase(self, person_id: str) -> Proof:
        with _happening(self.world, "erase", person_id):
            del self.world.people[person_id]
        return _proof()

    def close(self) -> None:
        pass


class _happening:  # noqa: N801 - read as a word
    def __init__(self, world: World, what: str, person_id: str) -> None:
        self.world, self.what, self.person_id = world, what, person_id
        self.after: BaseException | None = None

    def __enter__(self) -> Person:
        self.world.writes.append((self.what, self.person_id))
        error = self.world.errors.pop(0) if self.world.errors else None
        error = error or self.world.always.get(self.what)
        if isinstance(error, AfterwardsError):
            self.after = error.error
        elif error is not None:
            raise error
        if self.person_id not in self.world.people:
            raise GoneError("There is no such record there any more.")
        return self.world.people[self.person_id]

    def __exit__(self, *_: object) -> None:
        if self.after is not None:
            raise self.after


def _proof(their_id: str = "") -> Proof:
    return Proof(200, request_id=f"req-{next(_number)}", their_id=their_id)


def hear(keys: Keys, call: Call) -> list[Told]:
    """Calls are JSON, signed with the secret in a header of their own."""
    secret = keys.credentials.get("webhook_secret", "")
    signature = call.headers.get("Signature", "")
    if not secret or not hmac.compare_digest(sign(call.body, secret), signature):
        raise NotTheirsError("The signature of this call is not right.")
    said = json.loads(call.body)
    people = tuple(said.get("people", ()))
    return [Told(event_id=said["id"], kind=said.get("kind", "changed"), person_ids=people)]


def sign(body: bytes, secret: str) -> str:
    """What a call is signed with."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def vendor(
    world: World, *, can: Capabilities = EVERYTHING, daily_calls: int | None = None
) -> Vendor:
    """The vendor of the ATS in memory."""
    return Vendor(
        key="greenhouse",
        label="Memory",
        fields=(),
        addresses={},
        hosts=(),
        capabilities=can,
        open=lambda keys: Memory(world, keys),
        hear=hear,
        daily_calls=daily_calls,
    )


def connection(name: str = "Our ATS", **fields: Any) -> AtsConnection:
    """A connection that is live."""
    truth = TruthSource.objects.create(name=name, confirmed_at=NOW)
    usual = {
        "vendor": "greenhouse",
        "truth": truth,
        "state": AtsConnection.State.LIVE,
        "credentials": json.dumps({"webhook_secret": "hush"}),
        "hook_key": f"key-{next(_number)}",
        "writes_since": NOW,
        "made_at": NOW,
        "started_at": NOW,
    }
    return AtsConnection.objects.create(**usual | fields)


def record(
    candidate: Candidate,
    connection: AtsConnection,
    world: World,
    *,
    at: datetime = NOW,
    **fields: Any,
) -> CandidateRecord:
    """That the ATS knows somebody."""
    external_id = world.add(first_name=candidate.first_name)
    return CandidateRecord.objects.create(
        source=connection.truth.name,
        external_id=external_id,
        candidate=candidate,
        seen_at=at,
        **fields,
    )
