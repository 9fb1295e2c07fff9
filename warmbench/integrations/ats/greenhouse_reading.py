"""Reads from Greenhouse Harvest v3: pages by cursor, records by id."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import Any

from warmbench.integrations.ats import grants
from warmbench.integrations.ats import greenhouse_shapes as shapes
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.errors import (
    CursorError,
    ForbiddenError,
    GoneError,
    RefusedError,
    UnreachableError,
)
from warmbench.integrations.ats.protocol import Keys, OAuth
from warmbench.integrations.ats.session import Manners, Params, Resets, Session
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

MANNERS = Manners(label="Greenhouse", resets=Resets.EPOCH, reserve=0.2)
OAUTH = OAuth(
    authorize_path="/authorize",
    token_path="/token",  # noqa: S106 - an address
    is_basic=True,
    scopes=tuple(
        f"harvest:{what}"
        for what in (
            *("candidates:list", "candidates:update", "applications:list", "jobs:list"),
            *("job_posts:list", "notes:list", "notes:create", "candidate_tags:list"),
            *("candidate_tags:create", "applied_candidate_tags:list"),
            *("applied_candidate_tags:create", "applied_candidate_tags:destroy"),
            *("custom_fields:list", "users:list", "offices:list"),
        )
    ),
)
_PER_PAGE = 500
#: What a list of ids may hold.
_IDS_AT_ONCE = 50
#: What is changed while a window is read may carry a moment from before it.
_LOOKBACK = timedelta(hours=1)


class Reading:
    """The part of the client that reads."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.session = Session(keys, MANNERS)
        self.session.access = Bearer(keys, keys.addresses["api"], self._tokens)

    def close(self) -> None:
        """Let connections go."""
        self.session.close()

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of candidates."""
        for rows, page in self._pages("/candidates", window, cursor):
            yield Page([self._person(row) for row in rows], page)

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of applications, prospects among them."""
        for rows, page in self._pages("/applications", window, cursor):
            yield Page([shapes.application_of(row) for row in rows], page)

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of jobs, each with what is public of it."""
        for rows, page in self._pages("/jobs", window, cursor):
            yield Page(self._roles(rows), page)

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:  # noqa: ARG002
        """Nothing: only its webhooks tell of deletions and merges."""
        return iter(())

    def events(self, cursor: Cursor) -> Iterator[Page]:  # noqa: ARG002
        """Nothing: it has no queue that could be asked."""
        return iter(())

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        """These candidates as they are now. There is no address for one candidate, and so no
        404: who is not in the list is not there."""
        found = {shapes.id_of(row.get("id")): row for row in self.all("/candidates", "ids", ids)}
        return [self._person_or_gone(one, found.get(one)) for one in ids]

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        """These applications as they are now."""
        return [shapes.application_of(row) for row in self.all("/applications", "ids", ids)]

    def applications_of(self, person_id: str) -> list[Application]:
        """All applications of one candidate."""
        rows = self.all("/applications", "candidate_ids", [person_id])
        return [shapes.application_of(row) for row in rows]

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        """These jobs as they are now."""
        return self._roles(list(self.all("/jobs", "ids", ids)))

    def all(self, path: str, filter_name: str, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        """All rows of a list for these ids, however many there are."""
        for start in range(0, len(ids), _IDS_AT_ONCE):
            params = {filter_name: ",".join(ids[start : start + _IDS_AT_ONCE])}
            yield from self.rows(path, params)

    def rows(self, path: str, params: Params) -> Iterator[dict[str, Any]]:
        """All rows of a list, over all its pages."""
        for rows, _ in self._walk(self.session.get(path, {"per_page": _PER_PAGE, **params})):
            yield from rows

    def _pages(
        self, path: str, window: Window, cursor: Cursor
    ) -> Iterator[tuple[list[dict[str, Any]], Cursor | None]]:
        address = str(cursor.get("next", ""))
        return self._walk(self._follow(address) if address else self._first(path, window), address)

    def _walk(
        self, answer: Answer, address: str = ""
    ) -> Iterator[tuple[list[dict[str, Any]], Cursor | None]]:
        while True:
            after = shapes.next_page(answer)
            if after and after == address:
                raise UnreachableError("Greenhouse sends us in a circle from page to page.")
            yield answer.things, {"next": after} if after else None
            if not after:
                return
            address, answer = after, self._follow(after)

    def _first(self, path: str, window: Window) -> Answer:
        params: dict[str, str | int] = {"per_page": _PER_PAGE}
        # Everything is asked for without a filter: what has no date of change is in it, too.
        if window.start:
            start = shapes.written(window.start - _LOOKBACK)
            params["updated_at"] = f"gte|{start}|lte|{shapes.written(window.end)}"
        return self.session.get(path, params)

    def _follow(self, address: str) -> Answer:
        # Nothing may be added to it: with a cursor, any other parameter is refused.
        try:
            return self.session.get(address)
        except (RefusedError, GoneError) as error:
            if isinstance(error, RefusedError) and not error.status:
                # It was never asked: from the beginning it would lead us there again.
                raise
            raise CursorError("Greenhouse does not know this page any more.") from error

    def _person_or_gone(self, one: str, row: dict[str, Any] | None) -> Person | Gone:
        if row is None:
            return Gone(external_id=one, fate=Fate.DELETED)
        if shapes.is_anonymised(row):
            return Gone(external_id=one, fate=Fate.ERASED)
        return self._person(row)

    def _person(self, row: dict[str, Any]) -> Person:
        return shapes.person_of(row, self.keys.mapping)

    def _roles(self, rows: Sequence[dict[str, Any]]) -> list[Role]:
        rows = [row for row in rows if row.get("is_template") is not True]
        ids = [shapes.id_of(row.get("id")) for row in rows]
        posts = self._posts(ids)
        return [
            shapes.role_of(row, posts[number], self._offices)
            for row, number in zip(rows, ids, strict=True)
        ]

    def _posts(self, job_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        posts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        # Roles without a description are better than none, as well as those without a place.
        with suppress(ForbiddenError):
            for post in self.all("/job_posts", "job_ids", job_ids):
                posts[shapes.id_of(post.get("job_id"))].append(post)
        return posts

    @cached_property
    def _offices(self) -> dict[str, str]:
        try:
            rows = list(self.rows("/offices", {}))
        except ForbiddenError:
            return {}  # Roles without a place are better than none; the page says what is missing.
        return {shapes.id_of(row.get("id")): shapes.place_of(row) for row in rows}

    def _tokens(self, stored: dict[str, str]) -> dict[str, str]:
        if stored.get("refresh"):
            return grants.refreshed(self.session, OAUTH, self.keys, stored)
        acting = self.keys.credentials.get("acting_user_id", "")
        # In the body: in an address they would be refused, and stand in logs.
        form = {"grant_type": "client_credentials", **({"sub": acting} if acting else {})}
        return grants.granted(self.session, OAUTH, self.keys, form)
