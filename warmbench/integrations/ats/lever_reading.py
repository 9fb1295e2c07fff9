"""Reads from Lever's Data API v1: opportunities with their contacts, postings, what was deleted."""

import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx

from warmbench.integrations.ats import grants
from warmbench.integrations.ats import lever_shapes as shapes
from warmbench.integrations.ats.answers import things_in
from warmbench.integrations.ats.errors import (
    AuthError,
    CursorError,
    ForbiddenError,
    GoneError,
    RefusedError,
    UnreachableError,
)
from warmbench.integrations.ats.protocol import Keys, OAuth
from warmbench.integrations.ats.session import Access, Manners, Session
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
from warmbench.integrations.ats.tokens import Bearer, Pasted

#: Below the ten a second, and the twenty at once, that a key is given: others use it, too.
MANNERS = Manners(label="Lever", pace=(8.0, 16))
OAUTH = OAuth(
    authorize_path="/authorize",
    token_path="/oauth/token",  # noqa: S106 - an address
    scopes=(
        *("offline_access", "opportunities:read:admin", "opportunities:write:admin"),
        *("contact:read:admin", "applications:read:admin", "postings:read:admin"),
        *("requisitions:read:admin", "notes:read:admin", "notes:write:admin"),
        *("stages:read:admin", "archive_reasons:read:admin", "tags:read:admin", "users:read:admin"),
    ),
    extra={"audience": "https://api.lever.co/v1/", "prompt": "consent"},
)
_LIMIT = 100
#: Ids of contacts in one question: they are long, and addresses are cut at some length.
_AT_ONCE = 50
#: What is changed while a window is read may carry a moment from before it.
_LOOKBACK = timedelta(minutes=10)
_EXPAND = ("applications", "contact")
_Row = dict[str, Any]
_Question = Mapping[str, str | int | Sequence[str]]


class Reading:
    """The part of the client that reads. A record of ours is a contact of theirs, and an
    application is an opportunity, of which a contact may have several."""

    def __init__(
        self,
        keys: Keys,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.keys = keys
        self.session = Session(keys, MANNERS, transport=transport, sleep=sleep)
        self.session.access = self._access()

    def close(self) -> None:
        """Let connections go."""
        self.session.close()

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:  # noqa: ARG002
        """Nobody: there is no list of contacts. Every application brings its person along."""
        yield Page((), None)

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of opportunities, each with its person. Without a start everything is read: what
        is older than their date of change has none, and is in no window."""
        for rows, after in self._changed(window, cursor):
            people = self._people_of({shapes.contact_id(row): row for row in rows})
            yield Page(
                [
                    self._application(row, people.get(shapes.contact_id(row)))
                    for row in rows
                    if row.get("isAnonymized") is not True
                ],
                after,
            )

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of postings that changed; then of those whose requisitions did."""
        if "requisitions_after" not in cursor:
            for rows, after in self._pages("/postings", self._bounds(window), cursor):
                yield Page([self._role(row) for row in rows], after or {"requisitions_after": ""})
        behind = sorted(self._postings_of_changed_requisitions(window))
        done = str(cursor.get("requisitions_after", ""))
        left = [one for one in behind if one > done]
        while left:
            now, left = left[:_AT_ONCE], left[_AT_ONCE:]
            yield Page(self.read_roles(now), {"requisitions_after": now[-1]} if left else None)
        if not behind or behind[-1] <= done:
            yield Page((), None)

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of what was deleted or anonymised in the window; nothing before the first one:
        whom we never had is not gone. A deletion names an opportunity, and its contact may live
        on."""
        if window.start is None:
            return
        if "anonymised" not in cursor:
            since = {"deleted_at_start": shapes.milliseconds(window.start - _LOOKBACK)}
            for rows, after in self._pages("/opportunities/deleted", since, cursor):
                yield Page([_deleted(row) for row in rows], after or {"anonymised": ""})
        token = str(cursor.get("anonymised", ""))
        for rows, after in self._changed(window, {"offset": token} if token else {}):
            lost = {shapes.contact_id(row) for row in rows if row.get("isAnonymized") is True}
            # What is erased here comes back by nothing: somebody else of the same contact stays.
            alive = self._people_of(dict.fromkeys(sorted(lost - {""})))
            items = [
                Gone(external_id=one, fate=Fate.ERASED)
                for one in sorted(lost - {""} - alive.keys())
            ]
            yield Page(items, {"anonymised": after["offset"]} if after else None)

    def events(self, cursor: Cursor) -> Iterator[Page]:  # noqa: ARG002
        """Nothing: it has no queue that could be asked."""
        return iter(())

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        """These contacts as they are now."""
        rows = self.opportunities_of([one for one in dict.fromkeys(ids) if one])
        found = self._people_of(dict.fromkeys(ids), rows)
        known = {shapes.contact_id(row) for row in rows}
        return [
            found.get(one)
            or (Gone(external_id=one, fate=Fate.ERASED) if one in known else self._alone(one))
            for one in ids
        ]

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        """These opportunities as they are now, with their people."""
        rows = [row for one in ids if (row := self._one("/opportunities", one, expand=_EXPAND))]
        people = self._people_of({shapes.contact_id(row): row for row in rows})
        return [self._application(row, people.get(shapes.contact_id(row))) for row in rows]

    def applications_of(self, person_id: str) -> list[Application]:
        """All opportunities of one contact."""
        rows = self.opportunities_of([person_id])
        people = self._people_of({person_id: None}, rows)
        return [self._application(row, people.get(person_id)) for row in rows]

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        """These postings as they are now."""
        rows = (self._one("/postings", one) for one in ids)
        return [self._role(row) for row in rows if row]

    def opportunities_of(self, ids: Sequence[str]) -> list[_Row]:
        """All opportunities of these contacts."""
        found: list[_Row] = []
        for start in range(0, len(ids), _AT_ONCE):
            asked: _Question = {"contact_id": ids[start : start + _AT_ONCE], "expand": _EXPAND}
            for rows, _ in self._pages("/opportunities", asked, {}):
                # Where the filter is not understood, everybody would come.
                found += [row for row in rows if shapes.contact_id(row) in ids]
        return found

    def list_all(self, path: str, question: _Question | None = None) -> list[_Row]:
        """All rows of a list, over all its pages."""
        return [row for rows, _ in self._pages(path, question or {}, {}) for row in rows]

    def _changed(
        self, window: Window, cursor: Cursor
    ) -> Iterator[tuple[list[_Row], Cursor | None]]:
        question: _Question = {**self._bounds(window), "expand": _EXPAND}
        return self._pages("/opportunities", question, cursor)

    def _bounds(self, window: Window) -> dict[str, int]:
        if window.start is None:
            return {}
        return {
            "updated_at_start": shapes.milliseconds(window.start - _LOOKBACK),
            "updated_at_end": shapes.milliseconds(window.end),
        }

    def _pages(
        self, path: str, question: _Question, cursor: Cursor
    ) -> Iterator[tuple[list[_Row], Cursor | None]]:
        token = str(cursor.get("offset", ""))
        while True:
            # The token looks encoded already, and is encoded again like any other value.
            asked: _Question = {"limit": _LIMIT, **question, **({"offset": token} if token else {})}
            try:
                said = self.session.get(path, asked).thing
            except RefusedError as error:
                if "invalid offset token" in error.said.lower():
                    raise CursorError("Lever does not know this page any more.") from error
                raise
            after = said.get("next")
            # Some lists do not say ``hasNext`` at all.
            is_last = said.get("hasNext") is False or not isinstance(after, str) or not after
            if is_last and said.get("hasNext") is True:
                raise UnreachableError("Lever has more, and does not say where.")
            if not is_last and after == token:
                raise UnreachableError("Lever sends us in a circle from page to page.")
            yield things_in(said.get("data")), None if is_last else {"offset": after}
            if is_last:
                return
            token = str(after)

    def _one(self, path: str, record_id: str, **question: Sequence[str]) -> _Row | None:
        try:
            said = self.session.get(f"{path}/{quote(record_id, safe='')}", question).thing
        except GoneError:
            return None
        row = said.get("data")
        if not isinstance(row, dict):
            raise UnreachableError("The answer is not of the form that was agreed.")
        return row

    def _people_of(
        self, ids: Mapping[str, Any], rows: Sequence[_Row] | None = None
    ) -> dict[str, Person]:
        """People by contact, of all opportunities that they have: consent and tags stand in
        each. Those who were anonymised, or have none, are left out."""
        if rows is None:
            rows = self.opportunities_of([one for one in ids if one])
        theirs: dict[str, list[_Row]] = defaultdict(list)
        for row in rows:
            if row.get("isAnonymized") is not True:
                theirs[shapes.contact_id(row)].append(row)
        now = self.keys.clock()
        return {
            contact_id: shapes.person_of(shapes.contact_of(own[0]), own, self.keys.mapping, now)
            for contact_id, own in theirs.items()
        }

    def _alone(self, contact_id: str) -> Person | Gone:
        """A contact of whom no opportunity is left."""
        row = self._one("/contacts", contact_id)
        if row is None:
            return Gone(external_id=contact_id, fate=Fate.DELETED)
        if row.get("isAnonymized") is True:
            return Gone(external_id=contact_id, fate=Fate.ERASED)
        return shapes.person_of(row, [], self.keys.mapping, self.keys.clock())

    def _application(self, row: _Row, person: Person | None) -> Application:
        if any(isinstance(one, str) for one in row.get("applications") or ()):
            path = f"/opportunities/{quote(shapes.id_of(row), safe='')}/applications"
            row = {**row, "applications": self.list_all(path)}
        reading = self.keys.mapping
        return shapes.application_of(row, self.stages, self._hired, reading, person)

    def _role(self, row: _Row) -> Role:
        return shapes.role_of(row, self._requisitions.get(shapes.id_of(row), ()))

    def _postings_of_changed_requisitions(self, window: Window) -> set[str]:
        # Requisitions cannot be asked for by when they changed: all are listed, and compared.
        if window.start is None:
            return set()
        start = window.start - _LOOKBACK
        return {
            posting_id
            for posting_id, requisitions in self._requisitions.items()
            for one in requisitions
            if (at := shapes.moment(one.get("updatedAt"))) and start <= at <= window.end
        }

    @cached_property
    def stages(self) -> dict[str, str]:
        """Names of stages by id."""
        return {shapes.id_of(row): shapes.text(row.get("text")) for row in self.list_all("/stages")}

    @cached_property
    def _hired(self) -> frozenset[str]:
        # Without them nobody would be known as hired, and people who were would be written to.
        rows = self.list_all("/archive_reasons")
        return frozenset(shapes.id_of(row) for row in rows if row.get("type") == "hired")

    @cached_property
    def _requisitions(self) -> dict[str, list[_Row]]:
        """Requisitions by posting; none where the keys may not read them."""
        try:
            rows = self.list_all("/requisitions")
        except ForbiddenError:
            return {}
        found: dict[str, list[_Row]] = defaultdict(list)
        for row in rows:
            for posting in row.get("postings") or ():
                found[shapes.id_of(posting)].append(row)
        return found

    def _access(self) -> Access:
        if api_key := self.keys.credentials.get("api_key", ""):
            # As the user's name of Basic authentication, without a password.
            said = "Basic " + b64encode(f"{api_key}:".encode()).decode()
            return Pasted(self.keys.addresses["api"], said)
        return Bearer(self.keys, self.keys.addresses["api"], self._tokens)

    def _tokens(self, stored: dict[str, str]) -> dict[str, str]:
        if not stored.get("refresh"):
            raise AuthError("Neither is a key entered, nor has anybody signed in at Lever.")
        return grants.refreshed(self.session, OAUTH, self.keys, stored)


def _deleted(row: _Row) -> Gone:
    # Whoever it was may have others, and then is not gone: that is asked for.
    return Gone(external_id="", fate=Fate.DELETED, application_id=shapes.id_of(row))
