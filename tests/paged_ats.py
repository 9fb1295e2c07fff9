"""An ATS in memory that is read page by page, as of a moment, and breaks on demand."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from threading import RLock
from typing import Any, cast

from tests.make import NOW
from warmbench.integrations.ats import connections, pulling
from warmbench.integrations.ats.protocol import Ability, Ats, Can, Capabilities, Found, Vendor
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
from warmbench.integrations.models import AtsConnection

YES = Ability(Can.YES)
VENDOR = Vendor(
    key="greenhouse",
    label="Greenhouse",
    fields=(),
    addresses={},
    hosts=(),
    capabilities=Capabilities(
        changed_since=YES, opt_out=YES, text_opt_out=YES, tags=YES, status=YES, activity=YES,
        merges=YES, erasures=YES, push=YES,
    ),
    open=lambda _keys: cast("Ats", PagedAts()),
)  # fmt: skip


@dataclass
class PagedAts:
    """What it holds, and what is said of it. Every change is stamped by its clock."""

    now: datetime = NOW
    page: int = 3
    persons: dict[str, Person] = field(default_factory=dict)
    apps: dict[str, Application] = field(default_factory=dict)
    jobs: dict[str, Role] = field(default_factory=dict)
    lost: list[tuple[datetime, Gone]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    #: Raised by the next calls of a kind, one each.
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    #: Whether it heeds windows.
    is_heeding: bool = True
    #: Called before each page.
    on_page: Callable[[str, int], None] = lambda _kind, _at: None

    def __post_init__(self) -> None:
        self._number = count(1)
        self._lock = RLock()

    def tick(self, **span: float) -> datetime:
        """Let time go by."""
        self.now += timedelta(**(span or {"minutes": 1}))
        return self.now

    def clock(self) -> datetime:
        """Its time, which is ours as well; it goes on with every look."""
        with self._lock:
            self.now += timedelta(milliseconds=1)
            return self.now

    # What happens there.

    def add(self, **fields: Any) -> str:
        """Somebody new."""
        external_id = f"p{next(self._number)}"
        usual = {
            "first_name": "Ann", "last_name": external_id, "emails": (f"{external_id}@example.com",)
        }  # fmt: skip
        self.persons[external_id] = Person(
            external_id=external_id, changed_at=self.clock(), **usual | fields
        )
        return external_id

    def edit(self, person_id: str, **fields: Any) -> None:
        """Change what is said of somebody."""
        self.persons[person_id] = replace(
            self.persons[person_id], **fields, changed_at=self.clock()
        )

    def role(self, **fields: Any) -> str:
        """A new role."""
        external_id = f"r{next(self._number)}"
        usual: dict[str, Any] = {
            "title": "Data engineer",
            "state": "open",
            "changed_at": self.clock(),
        }
        self.jobs[external_id] = Role(external_id=external_id, **usual | fields)
        return external_id

    def apply(self, person_id: str, role_id: str = "", **fields: Any) -> str:
        """Somebody comes into the process for a role."""
        external_id = f"a{next(self._number)}"
        usual = {"applied_at": self.now, "changed_at": self.clock()}
        self.apps[external_id] = Application(
            external_id=external_id, person_id=person_id, role_id=role_id, **usual | fields
        )
        return external_id

    def move(self, application_id: str, **fields: Any) -> None:
        """Change an application."""
        self.apps[application_id] = replace(
            self.apps[application_id], **fields, changed_at=self.clock()
        )

    def take_out(self, person_id: str, fate: Fate, into_id: str = "") -> Gone:
        """A record is there no more."""
        self.persons.pop(person_id, None)
        if fate == Fate.MERGED:
            for one in [one for one in self.apps.values() if one.person_id == person_id]:
                self.move(one.external_id, person_id=into_id)
        gone = Gone(external_id=person_id, fate=fate, into_id=into_id)
        self.lost.append((self.clock(), gone))
        return gone

    # What it answers.

    def find_out(self) -> Found:
        self._call("find_out")
        return Found(account="Paged", candidates=len(self.persons))

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        return self._pages("people", self._within(self.persons, window), cursor)

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        return self._pages("applications", self._within(self.apps, window), cursor)

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        return self._pages("roles", self._within(self.jobs, window), cursor)

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        start = window.start or NOW - timedelta(days=999)
        found = [one for at, one in self.lost if start <= at <= window.end]
        return self._pages("gone", found, cursor)

    def events(self, cursor: Cursor) -> Iterator[Page]:
        yield Page([], None)

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        self._call("read_people")
        gone = {one.external_id: one for _, one in self.lost}
        missing = {one: Gone(external_id=one, fate=Fate.DELETED) for one in ids}
        return [self.persons.get(one) or gone.get(one) or missing[one] for one in ids]

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        self._call("read_applications")
        return [self.apps[one] for one in ids if one in self.apps]

    def applications_of(self, person_id: str) -> list[Application]:
        self._call("applications_of")
        return [one for one in self.apps.values() if one.person_id == person_id]

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        self._call("read_roles")
        return [self.jobs[one] for one in ids if one in self.jobs]

    def close(self) -> None:
        pass

    def _call(self, kind: str) -> None:
        self.calls[kind] += 1
        if self.errors.get(kind):
            raise self.errors[kind].pop(0)

    def _within(self, things: dict[str, Any], window: Window) -> list[Any]:
        if window.start is None or not self.is_heeding:
            return [one for _, one in sorted(things.items())]
        return [
            one for _, one in sorted(things.items()) if window.start <= one.changed_at <= window.end
        ]

    def _pages(self, kind: str, found: list[Any], cursor: Cursor) -> Iterator[Page]:
        at = int(cursor.get("at", 0))
        while True:
            self._call(kind)
            self.on_page(kind, at)
            following = at + self.page
            is_last = following >= len(found)
            yield Page(found[at:following], None if is_last else {"at": following}, len(found))
            if is_last:
                return
            at = following

    def opener(self) -> Callable[..., Any]:
        """Opens it as a connection is opened."""

        @contextmanager
        def opened(_: AtsConnection, *, clock: Callable[[], datetime]) -> Iterator[Ats]:
            yield cast("Ats", self)

        return opened


def begun(ats: PagedAts) -> AtsConnection:
    """A connection to it that has just been started."""
    made = connections.make("greenhouse", "Ours", {}, {}, by_id=None, now=ats.now)
    connections.start(made.pk, by_id=None, now=ats.now)
    made.refresh_from_db()
    return made


def pull(ats: PagedAts) -> None:
    """Read what changed, a while later."""
    ats.tick(minutes=6)
    while pulling.pull_next(clock=ats.clock, opened=ats.opener()):
        pass
