"""Connects applicant tracking systems: makes, tests, looks, starts, pauses, ends."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from warmbench.core import audit
from warmbench.core.unique import told_who_was_faster
from warmbench.integrations.ats import hearing, opening, streams, vendors
from warmbench.integrations.ats.errors import UnreachableError
from warmbench.integrations.ats.intake import Intake
from warmbench.integrations.ats.protocol import Ats, Found, Reading
from warmbench.integrations.ats.rereading import Opened
from warmbench.integrations.ats.things import Person, Window
from warmbench.integrations.models import AtsConnection, AtsStream
from warmbench.people.import_drafts import Options
from warmbench.people.intake import Arrival, BusyError
from warmbench.people.models import Candidate, TruthSource

__all__ = [
    "TAKEN",
    "change_keys",
    "end",
    "make",
    "pause",
    "preview",
    "resume",
    "resync",
    "set_mapping",
    "start",
    "test",
]

State = AtsConnection.State

#: What somebody is told who names a connection as another one is named.
TAKEN = "Another system has this name already."
#: People whom a preview shows.
LOOKED_AT = 20

_one_each = told_who_was_faster({"truth_source_name_key": ("name", TAKEN)})


@_one_each
@transaction.atomic
def make(
    vendor: str,
    name: str,
    credentials: Mapping[str, str],
    addresses: Mapping[str, str],
    *,
    by_id: int | None,
    now: datetime,
) -> AtsConnection:
    """A connection that is being set up: nothing is read before it is started. Raises TakenError,
    and KeyError for a vendor that we do not know."""
    truth = TruthSource.objects.create(name=" ".join(name.split())[:80] or vendors.of(vendor).label)
    made = AtsConnection.objects.create(
        vendor=vendors.of(vendor).key,
        truth=truth,
        credentials=json.dumps(dict(credentials)),
        addresses=dict(addresses),
        hook_key=secrets.token_urlsafe(32),
        made_by_id=by_id,
        made_at=now,
    )
    _record(made, "made", by_id=by_id, now=now, vendor=vendor)
    return made


@transaction.atomic
def change_keys(
    connection_id: int,
    credentials: Mapping[str, str],
    addresses: Mapping[str, str],
    *,
    by_id: int | None,
    now: datetime,
) -> AtsConnection:
    """Other keys; what is blank stays as it is. What waits because of the old ones goes on."""
    connection = _locked(connection_id)
    old: dict[str, str] = json.loads(connection.credentials or "{}")
    fields = {one.name for one in vendors.of(connection.vendor).fields}
    kept = {name: value for name, value in old.items() if name in fields}
    new = kept | {name: value for name, value in credentials.items() if value}
    connection.credentials = json.dumps(hearing.replaced(old, new, now=now))
    connection.addresses = dict(addresses)
    # They were given for the old keys.
    connection.tokens = ""
    connection.save(update_fields=["credentials", "addresses", "tokens"])
    streams.wake(connection, now=now)
    names = sorted(name for name, value in credentials.items() if value)
    _record(connection, "keys_changed", by_id=by_id, now=now, names=names)
    return connection


def test(
    connection_id: int,
    *,
    clock: Callable[[], datetime],
    opened: Opened = opening.opened,  # noqa: PT028 - no test of ours, but theirs
) -> Found:
    """Ask the system whether the keys open it, and keep what was found out. Raises AtsError."""
    connection = _of(connection_id)
    with opened(connection, clock=clock) as client:
        found = client.find_out()
    AtsConnection.objects.filter(pk=connection_id).update(found=asdict(found))
    return found


@transaction.atomic
def set_mapping(
    connection_id: int, reading: Reading, options: Options, *, by_id: int | None, now: datetime
) -> bool:
    """Say what its words mean, and what holds for everybody who comes from there. Returns whether
    that is new; then everything is read once more, if something was read before."""
    connection = _locked(connection_id)
    before = (connection.mapping, connection.options)
    connection.mapping = json.loads(json.dumps(asdict(reading), default=dict))
    connection.options = asdict(options)
    if before == (connection.mapping, connection.options):
        return False
    connection.save(update_fields=["mapping", "options"])
    if connection.state != State.DRAFT:
        streams.reread(connection, now=now)
    _record(connection, "mapping", by_id=by_id, now=now)
    return True


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody as they would arrive."""

    person: Person
    arrival: Arrival
    #: Whom they are known as; null: they are new, or cannot be taken in.
    known: Candidate | None


def preview(
    connection_id: int,
    *,
    clock: Callable[[], datetime],
    opened: Opened = opening.opened,
    most: int = LOOKED_AT,
) -> list[Row]:
    """The first people as they would arrive, each new, or known as whom, or refused and why.
    Nothing is written. Raises AtsError."""
    connection, now = _of(connection_id), clock()
    with opened(connection, clock=clock) as client:
        people = list(islice(_everybody(client, Window(None, now)), most))
    intake = Intake(connection)
    try:
        with transaction.atomic():
            arrivals = intake.look_ahead(people, read_at=now, now=now)
            transaction.set_rollback(True)
    except BusyError as error:
        sentence = "A file is being imported just now. Look again in a moment."
        raise UnreachableError(sentence) from error
    ids = [one.candidate_id for one in arrivals if one.candidate_id is not None]
    known = Candidate.objects.in_bulk(ids)
    return [
        Row(person, one, known.get(one.candidate_id or 0))
        for person, one in zip(people, arrivals, strict=True)
    ]


@transaction.atomic
def start(connection_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Begin the first load. From now on nobody is written to before it is through, and while the
    system is not heard from. Returns False if it was begun already."""
    connection = _locked(connection_id)
    if connection.state != State.DRAFT:
        return False
    connection.state, connection.started_at = State.LOADING, now
    connection.writes_since = now
    connection.save(update_fields=["state", "started_at", "writes_since"])
    truth = TruthSource.objects.filter(pk=connection.truth_id)
    truth.update(is_relied_on=True, confirmed_at=None)
    streams.begin(connection, now=now)
    _record(connection, "started", by_id=by_id, now=now)
    return True


@transaction.atomic
def pause(connection_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Read and write nothing for a while. Its word is still relied on, and gets old. Returns False
    if there is nothing to pause."""
    connection = _locked(connection_id)
    if connection.state not in AtsConnection.AT_WORK:
        return False
    connection.state = State.PAUSED
    connection.save(update_fields=["state"])
    _record(connection, "paused", by_id=by_id, now=now)
    return True


@transaction.atomic
def resume(connection_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Go on where it was paused: nothing that changed meanwhile is lost. Returns False if it was
    not paused."""
    connection = _locked(connection_id)
    if connection.state != State.PAUSED:
        return False
    first = AtsStream.objects.filter(
        connection=connection, is_reread=False, kind__in=streams.ORDER, complete_until=None
    )
    connection.state = State.LOADING if first.exists() else State.LIVE
    connection.save(update_fields=["state"])
    # Whoever read when it was paused may have gone without a word.
    rows = AtsStream.objects.filter(connection=connection, next_at__isnull=False)
    rows.update(lease_until=None)
    _record(connection, "resumed", by_id=by_id, now=now)
    return True


@transaction.atomic
def resync(connection_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Read everything once more, beside what is current. Returns False if nothing is read now."""
    connection = _locked(connection_id)
    if connection.state not in AtsConnection.AT_WORK:
        return False
    streams.reread(connection, now=now)
    _record(connection, "reread", by_id=by_id, now=now)
    return True


@transaction.atomic
def end(connection_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Rely on it no more, forget its keys, and write nothing there. People, roles and what was
    said of them stay. Returns False if that is so already."""
    connection = _locked(connection_id)
    if connection.state == State.ENDED:
        return False
    connection.state = State.ENDED
    connection.credentials, connection.tokens = "", ""
    connection.save(update_fields=["state", "credentials", "tokens"])
    AtsStream.objects.filter(connection=connection).delete()
    TruthSource.objects.filter(pk=connection.truth_id).update(is_relied_on=False)
    _record(connection, "ended", by_id=by_id, now=now)
    return True


def _everybody(client: Ats, window: Window) -> Iterator[Person]:
    for page in client.people(window, {}):
        yield from page.items


def _of(connection_id: int) -> AtsConnection:
    return AtsConnection.objects.select_related("truth").get(pk=connection_id)


def _locked(connection_id: int) -> AtsConnection:
    rows = AtsConnection.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("truth").get(pk=connection_id)


def _record(
    connection: AtsConnection, what: str, *, by_id: int | None, now: datetime, **detail: object
) -> None:
    subject = f"ats_connection:{connection.pk}"
    audit.record(by_id, f"ats_connection.{what}", subject, now=now, detail=detail)
