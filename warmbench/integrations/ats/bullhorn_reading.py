"""Reads Bullhorn window by window, and notices when it answers another question than was asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from warmbench.integrations.ats import bullhorn_queries as q
from warmbench.integrations.ats import bullhorn_shapes as shapes
from warmbench.integrations.ats.answers import Answer, things_in
from warmbench.integrations.ats.bullhorn_events import Events
from warmbench.integrations.ats.bullhorn_login import Login
from warmbench.integrations.ats.bullhorn_shapes import Row
from warmbench.integrations.ats.errors import (
    ForbiddenError,
    GoneError,
    RefusedError,
    UnreachableError,
)
from warmbench.integrations.ats.protocol import Keys
from warmbench.integrations.ats.session import Manners, Session
from warmbench.integrations.ats.things import (
    Application,
    Cursor,
    Fate,
    Gone,
    Page,
    Person,
    Role,
    Window,
)

#: Without a session it answers 412, with one that has ended 401.
_EXPIRED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.PRECONDITION_FAILED})


def _is_expired(answer: Answer) -> bool:
    return answer.status in _EXPIRED


#: 1,500 calls a minute for the whole account, which others use as well.
MANNERS = Manners(label="Bullhorn", pace=(24.0, 40), is_expired=_is_expired)
PAGE = 500
#: Ids in one address.
_TOGETHER = 100
_CHANGED, _ADDED = "dateLastModified", "dateAdded"
_LONG_AGO, _NEVER = datetime(1990, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
#: What is read of each kind.
WANTED = {
    "Candidate": shapes.CANDIDATE,
    "JobOrder": shapes.JOB,
    "JobSubmission": shapes.SUBMITTED,
    "Placement": shapes.PLACED,
}
#: Asked by /search; anything else by /query, which refuses these.
_INDEXED = frozenset({"Candidate", "JobOrder", "Placement"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """One sort of record in a window: which of them, and what is made of a row."""

    entity: str
    terms: tuple[str, ...]
    made: Callable[[Row], Any]


class Reading:
    """The part of the client that reads."""

    def __init__(self, keys: Keys, transport: httpx.BaseTransport | None = None) -> None:
        self.keys = keys
        self.session = Session(keys, MANNERS, transport=transport)
        self.session.access = Login(keys, self.session)
        self._events = Events(keys, self.session)
        self._lacking = None if keys.found is None else frozenset(keys.found.lacking)
        self._countries: dict[int, str] | None = None

    def close(self) -> None:
        """Let connections go. The session at Bullhorn stays: other processes use it."""
        self.session.close()

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Person."""
        kind = _Kind("Candidate", (q.is_("isDeleted", 0),), self._person_if_there)
        return self._window([kind], window, cursor)

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Gone: who was deleted, and who was anonymised."""
        terms = [q.is_("isDeleted", 1)]
        if self.has("Candidate", "isAnonymized"):
            terms.append(q.is_("isAnonymized", 1))
        return self._window([_Kind("Candidate", (q.any_of(terms),), shapes.gone)], window, cursor)

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Application: first submissions, then placements."""
        reading = self.keys.mapping
        kinds = [
            _Kind("JobSubmission", (), lambda row: shapes.submission(row, reading)),
            _Kind("Placement", (), lambda row: shapes.placement(row, reading)),
        ]
        return self._window(kinds, window, cursor)

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Role: of a whole account, those that were not deleted."""
        terms = () if window.start else (q.is_("isDeleted", 0),)
        return self._window([_Kind("JobOrder", terms, self._role)], window, cursor)

    def events(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of what the queue tells."""
        return self._events.read(cursor)

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        """These people as they are; who is not there, as Gone."""
        rows = {str(row["id"]): row for row in self._entities("Candidate", ids)}
        lost = Fate.DELETED
        return [
            (shapes.gone(rows[one]) or self._person(rows[one]))
            if one in rows
            else Gone(external_id=one, fate=lost)
            for one in ids
        ]

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        """These submissions and placements as they are."""
        reading = self.keys.mapping
        submitted = _without(shapes.SUBMISSION, ids)
        placed = _without(shapes.PLACEMENT, ids)
        return [
            *(
                shapes.submission(row, reading)
                for row in self._entities("JobSubmission", submitted)
            ),
            *(shapes.placement(row, reading) for row in self._entities("Placement", placed)),
        ]

    def applications_of(self, person_id: str) -> list[Application]:
        """All submissions and placements of one person."""
        reading, person = self.keys.mapping, int(person_id)
        found: list[Application] = []
        for entity, made in (("JobSubmission", shapes.submission), ("Placement", shapes.placement)):
            is_searched = entity in _INDEXED
            term = q.is_("candidate.id", person)
            asked = term if is_searched else q.where("candidate.id", "=", person)
            for slice_ in self._slices(entity, [asked], 0):
                found += [made(row, reading) for row in slice_.rows]
        return found

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        """These orders as they are."""
        return [self._role(row) for row in self._entities("JobOrder", ids)]

    def has(self, entity: str, field: str) -> bool:
        """Whether this account has a field, and can be asked for it."""
        return f"{entity}.{field}" not in self._known_to_lack()

    def detect(self) -> tuple[str, ...]:
        """Which of the fields that we need this account lacks, or cannot be asked for."""
        lacking: list[str] = []
        for entity, wanted in WANTED.items():
            there = {str(one.get("name", "")) for one in self.meta(entity)}
            lacking += [f"{entity}.{one}" for one in map(_bare, wanted) if one not in there]
            if entity in _INDEXED and _CHANGED in there and not self._can_be_asked(entity):
                lacking.append(f"{entity}.{_CHANGED}")
        self._lacking = frozenset(lacking)
        return tuple(sorted(self._lacking))

    def meta(self, entity: str) -> list[Row]:
        """The fields of an entity as the account has them. ``meta`` is off by default, and only
        ``full`` says what may not be written (contracts.md 3)."""
        answer = self.session.get(f"/meta/{entity}", {"fields": "*", "meta": "full"})
        return list(things_in(answer.thing.get("fields")))

    def count(self, entity: str, *terms: str) -> int:
        """How many records a search finds."""
        params: dict[str, str | int] = {"query": q.all_of(terms), "fields": "id", "count": 1}
        total = self.session.get(f"/search/{entity}", params).thing.get("total")
        if not isinstance(total, int):
            raise UnreachableError("Bullhorn does not say how many it found.")
        return total

    def query(self, entity: str, conditions: Sequence[str], fields: str) -> list[Row]:
        """All rows of a question in JPQL."""
        return [row for one in self._slices(entity, conditions, 0, fields) for row in one.rows]

    def associated(self, person_id: str, name: str, fields: str) -> Iterator[Row]:
        """All that belongs to one candidate, of which a record shows only the first few."""
        start = 0
        while True:
            params: dict[str, str | int] = {"fields": fields, "count": PAGE, "start": start}
            answer = self.session.get(f"/entity/Candidate/{int(person_id)}/{name}", params)
            rows = things_in(answer.thing.get("data"))
            yield from rows
            start += len(rows)
            total = answer.thing.get("total")
            if not rows or (start >= total if isinstance(total, int) else len(rows) < PAGE):
                return

    def _window(self, kinds: list[_Kind], window: Window, cursor: Cursor) -> Iterator[Page]:
        begun = cursor.get("of", kinds[0].entity)
        after = int(cursor.get("after", 0))
        skipped = [one.entity for one in kinds].index(begun)
        for number, kind in enumerate(kinds[skipped:], skipped):
            is_last_kind = number == len(kinds) - 1
            asked = [*kind.terms, *self._since(kind.entity, window.start)]
            for slice_ in self._slices(kind.entity, asked, after):
                self._guard(kind.entity, slice_.rows, window.start)
                made = [kind.made(row) for row in slice_.rows if _is_in(row, window)]
                following: Cursor | None = {"of": kind.entity, "after": slice_.last_id}
                if slice_.is_end:
                    following = None if is_last_kind else {"of": kinds[number + 1].entity}
                is_whole = not after and len(kinds) == 1
                yield Page(
                    [one for one in made if one is not None],
                    following,
                    slice_.total if is_whole else None,
                )
            after = 0

    def _slices(
        self, entity: str, asked: Sequence[str], after: int, fields: str = ""
    ) -> Iterator["_Slice"]:
        """All rows by ascending id. By id, and not by number: what is deleted meanwhile would
        move others out of sight."""
        whole: int | None = None
        is_end = False
        while not is_end:
            rows, total = self._page(entity, asked, after, fields)
            ids = [shapes.row_id(row) for row in rows]
            if ids != sorted(set(ids)) or (ids and ids[0] <= after):
                raise RefusedError(f"Bullhorn ignores the ids in our question about {entity}.")
            whole = total if whole is None else whole
            # Only searches say how many there are (contracts.md 3).
            is_end = len(rows) < PAGE if total is None else not rows or len(rows) >= total
            after = ids[-1] if ids else after
            yield _Slice(rows, after, whole, is_end)

    def _page(
        self, entity: str, asked: Sequence[str], after: int, fields: str
    ) -> tuple[list[Row], int | None]:
        shared: dict[str, str | int] = {
            "fields": fields or self._fields(entity),
            "count": PAGE,
            "start": 0,
        }
        if entity in _INDEXED:
            query = q.all_of([*asked, q.beyond(after)])
            said = self.session.get(
                f"/search/{entity}", {"query": query, "sort": "id", **shared}
            ).thing
            total = said.get("total")
            if not isinstance(total, int):
                raise UnreachableError("Bullhorn does not say how many it found.")
            return list(things_in(said.get("data"))), total
        condition = q.both(*asked, q.where("id", ">", after))
        said = self.session.get(
            f"/query/{entity}", {"where": condition, "orderBy": "id", **shared}
        ).thing
        return list(things_in(said.get("data"))), None

    def _since(self, entity: str, start: datetime | None) -> list[str]:
        if start is None:
            return []
        dates = [one for one in (_CHANGED, _ADDED) if self.has(entity, one)]
        if not dates:
            raise RefusedError(
                f"This account says of {entity} neither when it was added nor when it changed."
            )
        if entity in _INDEXED:
            # Whoever was never changed has no date of it.
            return [q.any_of([q.since(one, start) for one in dates])]
        return [q.where(dates[0], ">=", start)]

    def _guard(self, entity: str, rows: Sequence[Row], start: datetime | None) -> None:
        if start is None:
            return
        earliest = start - q.TOLERATED
        for row in rows:
            at = _latest(row)
            if at is not None and at < earliest:
                raise RefusedError(
                    f"Bullhorn answers our question about {entity} with records that did not "
                    "change since: it ignores the date. Nothing of it was taken."
                )

    def _fields(self, entity: str) -> str:
        lacking = self._known_to_lack()
        names = [one for one in WANTED[entity] if f"{entity}.{_bare(one)}" not in lacking]
        if entity == "Candidate":
            reading = self.keys.mapping
            names += [*reading.skill_fields, *filter(None, [reading.opt_out_field])]
        return ",".join(dict.fromkeys(names))

    def _known_to_lack(self) -> frozenset[str]:
        if self._lacking is None:
            self.detect()
        return self._lacking or frozenset()

    def _can_be_asked(self, entity: str) -> bool:
        """Two questions whose answers are known: nothing changes in a thousand years, and
        whatever there is changed at some time."""
        try:
            if self.count(entity, q.since(_CHANGED, _NEVER)):
                return False
            return bool(self.count(entity, q.since(_CHANGED, _LONG_AGO))) or not self.count(
                entity, q.beyond(0)
            )
        except RefusedError:
            return False

    def _entities(self, entity: str, ids: Sequence[str]) -> list[Row]:
        numbers = [one for one in ids if one.isdecimal()]
        found: list[Row] = []
        for start in range(0, len(numbers), _TOGETHER):
            found += self._together(entity, numbers[start : start + _TOGETHER])
        return found

    def _together(self, entity: str, numbers: Sequence[str]) -> list[Row]:
        try:
            answer = self.session.get(
                f"/entity/{entity}/{','.join(numbers)}", {"fields": self._fields(entity)}
            )
        except GoneError:
            if len(numbers) == 1:
                return []
            # One that is missing may hide the others.
            half = len(numbers) // 2
            return self._together(entity, numbers[:half]) + self._together(entity, numbers[half:])
        data = answer.thing.get("data")
        return list(things_in([data] if isinstance(data, dict) else data))

    def _person_if_there(self, row: Row) -> Person | None:
        return None if shapes.gone(row) else self._person(row)

    def _person(self, row: Row) -> Person:
        for name in ("primarySkills", "tearsheets"):
            if shapes.is_cut(row, name):
                whole = list(self.associated(str(row["id"]), name, "id,name"))
                row = {**row, name: {"total": len(whole), "data": whole}}
        return shapes.person(row, self.keys.mapping, self._country)

    def _role(self, row: Row) -> Role:
        return shapes.role(row, self._country)

    def _country(self, number: int) -> str:
        if self._countries is None:
            try:
                rows = self.query("Country", [], "id,name")
                self._countries = {shapes.row_id(one): shapes.text(one.get("name")) for one in rows}
            except (RefusedError, GoneError, ForbiddenError):
                # A place without its country is better than nobody at all.
                self._countries = {}
        return self._countries.get(number, "")


@dataclass(frozen=True, slots=True)
class _Slice:
    """Some rows, the id of the last of them, how many there are in all if that is said."""

    rows: list[Row]
    last_id: int
    total: int | None
    is_end: bool


def _is_in(row: Row, window: Window) -> bool:
    at = _latest(row)
    return window.start is None or at is None or at >= window.start


def _bare(field: str) -> str:
    return field.partition("(")[0]


def _latest(row: Row) -> datetime | None:
    known = [at for field in (_CHANGED, _ADDED) if (at := shapes.dated(row, field))]
    return max(known, default=None)


def _without(prefix: str, ids: Sequence[str]) -> list[str]:
    return [one.removeprefix(prefix) for one in ids if one.startswith(prefix)]
