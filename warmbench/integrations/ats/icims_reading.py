"""Reads iCIMS: searches that give ids, then one record at a time, of which a day allows few."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from warmbench.integrations.ats import grants
from warmbench.integrations.ats import icims_search as search
from warmbench.integrations.ats import icims_shapes as shapes
from warmbench.integrations.ats.answers import Answer, things_in
from warmbench.integrations.ats.errors import (
    AtsError,
    ForbiddenError,
    GoneError,
    RefusedError,
    UnreachableError,
)
from warmbench.integrations.ats.icims_shapes import Row
from warmbench.integrations.ats.protocol import Keys
from warmbench.integrations.ats.session import Manners, Resets, Session
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
from warmbench.integrations.ats.tokens import Bearer

#: So many are read before they are handed on: each is a call of the day's budget, and who is
#: interrupted has read them for nothing.
_AT_ONCE = 25
#: What lies outside a window by more than this was not asked for.
_TOLERATED = timedelta(hours=24)
#: What is there, and hidden from our user, is a 404 as well (contracts.md 4).
_ACCESS_DENIED = "3"


def _is_over(answer: Answer) -> bool:
    """Which of the two it answers at the end of the day's calls is not known (contracts.md 4)."""
    is_used_up = answer.headers.get("X-RateLimit-Remaining", "").strip() == "0"
    return answer.status == 429 or (answer.status == 403 and is_used_up)


def _is_forbidden(answer: Answer) -> bool:
    code = answer.headers.get("X-Error", "").partition(",")[0].strip()
    said = answer.json_or_none
    errors = said.get("errors") if isinstance(said, dict) else None
    codes = {str(one.get("errorCode")) for one in errors or [] if isinstance(one, dict)}
    return answer.status == 403 or (answer.status == 404 and _ACCESS_DENIED in {code, *codes})


MANNERS = Manners(
    label="iCIMS",
    resets=Resets.SECONDS,
    # For opt-outs, which must not wait for midnight.
    reserve=0.05,
    is_over=_is_over,
    is_forbidden=_is_forbidden,
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One sort of profile: what it is called in paths and in filters, and what is read of it."""

    path: str
    filter: str
    fields: tuple[str, ...]
    made: Callable[[str, Row], Any]


class Reading:
    """The part of the client that reads."""

    def __init__(self, keys: Keys, transport: httpx.BaseTransport | None = None) -> None:
        self.keys = keys
        self.session = Session(keys, MANNERS, transport=transport)
        customer = keys.credentials["customer_id"]
        base = f"{keys.addresses['api'].rstrip('/')}/customers/{customer}"
        self.session.access = Bearer(keys, base, self._token)
        reading = keys.mapping
        called = shapes.called(keys.found.fields if keys.found else ())
        mapped = [*reading.skill_fields, *filter(None, [reading.opt_out_field])]
        mapped += [*called.titles, *called.employers]
        person = tuple(dict.fromkeys([*self._there(shapes.PERSON), *mapped]))
        self._people = _Kind(
            "people", "person", person, lambda one, row: shapes.person(one, row, reading, called)
        )
        self._workflows = _Kind(
            "applicantworkflows",
            "applicantworkflow",
            shapes.WORKFLOW,
            lambda one, row: shapes.application(one, row, reading),
        )
        self._jobs = _Kind("jobs", "job", shapes.JOB, shapes.role)

    def close(self) -> None:
        """Let connections go."""
        self.session.close()

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Person."""
        return self._window(self._people, window, cursor)

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Application."""
        return self._window(self._workflows, window, cursor)

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Role."""
        return self._window(self._jobs, window, cursor)

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:  # noqa: ARG002
        """Nothing: iCIMS does not say."""
        return iter(())

    def events(self, cursor: Cursor) -> Iterator[Page]:  # noqa: ARG002
        """Nothing: iCIMS calls us."""
        return iter(())

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        """These people as they are; who is not there, as Gone. Those that our user may not see
        are neither: it says nothing about them."""
        found: list[Person | Gone] = []
        for one in ids:
            try:
                person = self._one(self._people, one)
            except GoneError:
                found.append(Gone(external_id=one, fate=Fate.DELETED))
                continue
            found += [person] if person else []
        return found

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        """These workflows as they are."""
        return self._now(self._workflows, ids)

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        """These jobs as they are."""
        return self._now(self._jobs, ids)

    def applications_of(self, person_id: str) -> list[Application]:
        """All workflows of one person."""
        theirs = search.compared("applicantworkflow.person.id", "=", int(person_id))
        return self.read_applications([str(one) for one in self._all(self._workflows, [theirs])])

    def found(self, path: str, filters: Sequence[dict[str, Any]]) -> list[int]:
        """The ids that a search finds, at most a thousand. Never from what was found up to a
        quarter of an hour ago, which is the default (contracts.md 4)."""
        answer = self.session.find(f"/search/{path}", search.question(filters), {"staleness": 0})
        rows = things_in(answer.thing.get("searchResults"))
        ids = [_number(row.get("id")) for row in rows]
        if ids != sorted(set(ids)):
            raise UnreachableError("The search of iCIMS does not answer in the order of the ids.")
        return ids

    def row(self, path: str, one: str, fields: Sequence[str]) -> Row:
        """Some fields of one profile."""
        names = ",".join(fields)
        return self.session.get(f"/{path}/{int(one)}", {"fields": names}).thing

    def _window(self, kind: _Kind, window: Window, cursor: Cursor) -> Iterator[Page]:
        asked = search.changed(kind.filter, window)
        after = int(cursor.get("after", 0))
        while True:
            ids = self._after(kind, asked, after)
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                yield from self._pages(kind, some, window)
            if len(ids) < search.MOST:
                yield Page([], None)
                return
            after = ids[-1]

    def _pages(self, kind: _Kind, ids: Sequence[int], window: Window) -> Iterator[Page]:
        """What was read of these, also if the reading is cut off by the day's end: it was paid
        for."""
        things: list[Any] = []
        for number, one in enumerate(ids):
            try:
                thing = self._one_of_window(kind, str(one), window)
            except AtsError:
                if number:
                    yield Page(things, {"after": ids[number - 1]})
                raise
            things += [thing] if thing else []
        yield Page(things, {"after": ids[-1]})

    def _one_of_window(self, kind: _Kind, one: str, window: Window) -> Any:
        try:
            thing = self._one(kind, one)
        except GoneError:
            # Deleted since the search found it.
            return None
        at = thing.changed_at if thing else None
        if window.start and at and at < window.start - _TOLERATED:
            raise RefusedError(
                f"iCIMS answers our question about {kind.path} with what did not change since: it "
                "ignores the date. Nothing of it was taken."
            )
        return thing

    def _after(self, kind: _Kind, asked: Sequence[dict[str, Any]], after: int) -> list[int]:
        ids = self.found(kind.path, [*asked, search.ids_after(kind.filter, after)])
        if ids and ids[0] <= after:
            raise RefusedError(f"iCIMS ignores the ids in our question about {kind.path}.")
        return ids

    def _all(self, kind: _Kind, asked: Sequence[dict[str, Any]]) -> Iterator[int]:
        after = 0
        while True:
            ids = self._after(kind, asked, after)
            yield from ids
            if len(ids) < search.MOST:
                return
            after = ids[-1]

    def _now(self, kind: _Kind, ids: Sequence[str]) -> list[Any]:
        found = []
        for one in ids:
            try:
                found.append(self._one(kind, one))
            except GoneError:
                continue
        return [one for one in found if one]

    def _one(self, kind: _Kind, one: str) -> Any:
        """A record; None if our user may not see it. Raises GoneError."""
        if not one.isdecimal():
            return None
        try:
            return kind.made(one, self.row(kind.path, one, kind.fields))
        except ForbiddenError:
            return None

    def _there(self, wanted: Sequence[str]) -> list[str]:
        """Of these fields, those that the account has, as far as it is known."""
        found = self.keys.found
        known = {one.id for one in found.fields} if found else set()
        return [one for one in wanted if not known or one in known]

    def _token(self, stored: dict[str, str]) -> dict[str, str]:
        """A token for a day. More than 500 in ten minutes are not given: all processes share it."""
        keys = self.keys.credentials
        answer = self.session.knock(
            "POST",
            self.keys.addresses["token"],
            form={
                "grant_type": "client_credentials",
                "client_id": keys["client_id"],
                "client_secret": keys["client_secret"],
                "audience": self.keys.addresses["audience"],
            },
        )
        return {**stored, **grants.stored_form(answer.thing, self.keys.clock())}


def _number(said: Any) -> int:
    """An id in the results of a search: a number, or a text in some versions."""
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    if isinstance(said, str) and said.isascii() and said.isdecimal():
        return int(said)
    raise UnreachableError("A result of iCIMS's search has no id.")
