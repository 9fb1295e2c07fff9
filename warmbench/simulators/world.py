"""An invented agency that a simulated ATS keeps: made from a seed, and alive under its clock."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from warmbench.core import clock as the_clock
from warmbench.simulators import people
from warmbench.simulators.records import (
    Application,
    Change,
    Gone,
    Note,
    Person,
    Recruiter,
    Role,
    Stage,
    What,
)

__all__ = [
    "STAGES",
    "Application",
    "Change",
    "Gone",
    "Note",
    "Person",
    "Recruiter",
    "Role",
    "Stage",
    "World",
]

STAGES = tuple(
    Stage(number, name)
    for number, name in enumerate(
        ("Application review", "Recruiter screen", "Interview", "Final interview", "Offer"), 1
    )
)
Listener = Callable[[Change], None]


class World:
    """People, roles and applications, the same for the same seed. Safe to use from many threads.

    Every change stamps its moment and is told to those who listen (webhooks, event queues).
    All methods take and return the world's numbers; see ``records`` for the fields.
    """

    def __init__(
        self,
        candidates: int = 300,
        roles: int = 20,
        seed: int = 7,
        clock: Callable[[], datetime] = the_clock.now,
    ) -> None:
        self.seed = seed
        self.clock = clock
        #: Held while the world changes, and by the server during each call.
        self.lock = threading.RLock()
        self.started_at = clock()
        self.stages = STAGES
        self.people: dict[int, Person] = {}
        self.roles: dict[int, Role] = {}
        self.applications: dict[int, Application] = {}
        self.notes: dict[int, Note] = {}
        self.gone: dict[int, Gone] = {}
        #: Every change since the start, in order.
        self.changes: list[Change] = []
        self._listeners: list[Listener] = []
        self._of_person: dict[int, list[int]] = defaultdict(list)
        self._notes_of: dict[int, list[int]] = defaultdict(list)
        self._by_email: dict[str, list[int]] = defaultdict(list)
        # The highest number ever: one that was deleted is never given again.
        self._last = {"person": 0, "role": 0, "application": 0, "note": 0}
        made = people.make(candidates, roles, seed=seed, now=self.started_at)
        self.recruiters: dict[int, Recruiter] = {one.number: one for one in made.recruiters}
        for person in made.people:
            self._keep_person(person)
        for role in made.roles:
            self.roles[role.number] = role
        for application in made.applications:
            self._keep_application(application)
        for note in made.notes:
            self._keep_note(note)
        self._last["role"] = max(self.roles, default=0)

    # What is there.

    def applications_of(self, person: int) -> list[Application]:
        """The applications of somebody, the first one first."""
        return [self.applications[number] for number in self._of_person.get(person, ())]

    def notes_of(self, person: int) -> list[Note]:
        """The notes about somebody, the first one first."""
        return [self.notes[number] for number in self._notes_of.get(person, ())]

    def with_email(self, email: str) -> list[Person]:
        """Everybody who has this address, whatever its case."""
        return [self.people[number] for number in self._by_email.get(email.strip().lower(), ())]

    @property
    def last_person(self) -> int:
        """The highest number that a person ever had."""
        return self._last["person"]

    @property
    def last_application(self) -> int:
        """The highest number that an application ever had."""
        return self._last["application"]

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every change from now on, in the thread that makes it."""
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Stop calling it."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    # What happens to people.

    def add(self, *, role: int | None = None, **fields: Any) -> int:
        """A new person with fields of ``Person``, who applied for the role or is a prospect."""
        with self.lock:
            now = self.clock()
            number = self._next("person")
            stamps = {"created_at": now, "updated_at": now, "last_activity_at": now}
            person = Person(number, **{**stamps, **fields})
            self._keep_person(person)
            self._tell("person.created", number, now, person=number)
            self.apply(number, role)
            return number

    def edit(self, person: int, **fields: Any) -> None:
        """Change fields of somebody. What is the same already changes nothing."""
        with self.lock:
            one = self.people[person]
            changed = {name: value for name, value in fields.items() if getattr(one, name) != value}
            if not changed:
                return
            self._index_emails(one, out=True)
            for name, value in changed.items():
                setattr(one, name, value)
            self._index_emails(one)
            now = self._stamp(one)
            self._tell("person.updated", person, now, fields=tuple(changed), person=person)

    def opt_out(self, person: int, opted_out: bool = True) -> None:  # noqa: FBT001, FBT002
        """Set or lift the flag against mass mail."""
        self.edit(person, opted_out=opted_out)

    def merge(self, kept: int, gone: int) -> None:
        """Two records become one: what ``gone`` had besides goes over, and its record is gone."""
        with self.lock:
            stays, goes = self.people[kept], self.people[gone]
            now = self.clock()
            self._index_emails(stays, out=True)
            self._index_emails(goes, out=True)
            for name in ("emails", "phones", "links", "tags", "skills"):
                mine, theirs = getattr(stays, name), getattr(goes, name)
                setattr(stays, name, [*mine, *(one for one in theirs if one not in mine)])
            for name in ("employer", "title", "city", "country", "owner"):
                setattr(stays, name, getattr(stays, name) or getattr(goes, name))
            stays.opted_out = stays.opted_out or goes.opted_out
            self._index_emails(stays)
            moved = tuple(self._of_person.pop(gone, ()))
            for number in moved:
                self.applications[number].person = kept
                self._stamp(self.applications[number])
            self._of_person[kept] += moved
            for number in self._notes_of.pop(gone, ()):
                self.notes[number].person = kept
                self._notes_of[kept].append(number)
            del self.people[gone]
            self._stamp(goes)
            self.gone[gone] = Gone(goes, now, kept, moved)
            self._stamp(stays)
            self._tell("person.merged", kept, now, person=gone)

    def delete(self, person: int) -> None:
        """Somebody is deleted, with applications and notes."""
        with self.lock:
            one = self.people.pop(person)
            now = self._stamp(one)
            self._index_emails(one, out=True)
            numbers = tuple(self._of_person.pop(person, ()))
            for number in numbers:
                del self.applications[number]
            for number in self._notes_of.pop(person, ()):
                del self.notes[number]
            self.gone[person] = Gone(one, now, None, numbers)
            self._tell("person.deleted", person, now, person=person)

    def anonymise(self, person: int) -> None:
        """Somebody's data is taken out; the empty record stays."""
        with self.lock:
            one = self.people[person]
            self._index_emails(one, out=True)
            blank = Person(person)
            for name in people.PERSONAL:
                setattr(one, name, getattr(blank, name))
            one.is_anonymised = True
            for number in self._notes_of.pop(person, ()):
                del self.notes[number]
            now = self._stamp(one)
            self._tell("person.anonymised", person, now, person=person)

    def note(self, person: int, body: str, **fields: Any) -> int:
        """A line in somebody's log, with other fields of ``Note``."""
        with self.lock:
            now = self.clock()
            number = self._next("note")
            stamps = {"created_at": now, "updated_at": now}
            self._keep_note(Note(number, person, body, **{**stamps, **fields}))
            self.people[person].last_activity_at = now
            self.people[person].version += 1
            self._tell("note.created", number, now, person=person)
            return number

    def forget_note(self, note: int) -> None:
        """Take a note away, where the vendor lets one."""
        with self.lock:
            gone = self.notes.pop(note)
            self._notes_of[gone.person].remove(note)
            self._tell("note.deleted", note, self.clock(), person=gone.person)

    # What happens to applications.

    def apply(self, person: int, role: int | None = None) -> int:
        """Somebody applies for a role, or becomes a prospect."""
        with self.lock:
            now = self.clock()
            number = self._next("application")
            application = Application(
                number, person, role, history=[(1, now)], created_at=now, updated_at=now
            )
            self._keep_application(application)
            self._active(person, now)
            self._tell("application.created", number, now, person=person)
            return number

    def move(self, application: int, stage: int) -> None:
        """An application comes to another stage (a number of ``stages``)."""
        with self.lock:
            one = self.applications[application]
            before, one.stage = one.stage, stage
            now = self._stamp(one)
            one.history.append((stage, now))
            self._changed(one, "application.moved", now, before)

    def hire(self, application: int) -> None:
        """Somebody gets the role."""
        self.place(application)

    def place(
        self, application: int, *, begins_on: date | None = None, ends_on: date | None = None
    ) -> None:
        """Somebody gets the role from a day on: hired, or in a staffing ATS, placed."""
        with self.lock:
            one = self.applications[application]
            before = one.state
            now = self._stamp(one)
            one.state, one.hired_at, one.rejected_at, one.reason = "hired", now, None, ""
            one.begins_on, one.ends_on = begins_on or now.date(), ends_on
            self._changed(one, "application.hired", now, before)

    def unhire(self, application: int) -> None:
        """It was a mistake, or fell through: the application is open again."""
        with self.lock:
            one = self.applications[application]
            before, one.state = one.state, "active"
            one.hired_at = one.begins_on = one.ends_on = None
            self._changed(one, "application.unhired", self._stamp(one), before)

    def reject(self, application: int, reason: str = "Lacks experience") -> None:
        """Somebody does not get the role."""
        with self.lock:
            one = self.applications[application]
            before = one.state
            now = self._stamp(one)
            one.state, one.rejected_at, one.reason = "rejected", now, reason
            one.hired_at = one.begins_on = one.ends_on = None
            self._changed(one, "application.rejected", now, before)

    def unreject(self, application: int) -> None:
        """A rejection is taken back."""
        with self.lock:
            one = self.applications[application]
            before, one.state, one.rejected_at, one.reason = one.state, "active", None, ""
            self._changed(one, "application.unrejected", self._stamp(one), before)

    def convert(self, application: int, role: int) -> int:
        """A prospect becomes an application for a role; returns the new application."""
        with self.lock:
            one = self.applications[application]
            before, one.state = one.state, "converted"
            self._changed(one, "application.updated", self._stamp(one), before)
            return self.apply(one.person, role)

    def touch(self, application: int) -> None:
        """Something changed at an application that only its vendor keeps."""
        with self.lock:
            one = self.applications[application]
            self._changed(one, "application.updated", self._stamp(one), one.state)

    def forget_application(self, application: int) -> None:
        """An application is deleted; the person stays."""
        with self.lock:
            one = self.applications.pop(application)
            self._of_person[one.person].remove(application)
            self._tell("application.deleted", application, self.clock(), person=one.person)

    # What happens to roles.

    def open_role(self, **fields: Any) -> int:
        """A new role with these fields of ``Role``."""
        with self.lock:
            now = self.clock()
            number = self._next("role")
            stamps = {"created_at": now, "updated_at": now, "opened_at": now}
            self.roles[number] = Role(number, **{**stamps, **fields})
            self._tell("role.created", number, now)
            return number

    def edit_role(self, role: int, **fields: Any) -> None:
        """Change fields of a role."""
        with self.lock:
            one = self.roles[role]
            changed = {name: value for name, value in fields.items() if getattr(one, name) != value}
            if not changed:
                return
            for name, value in changed.items():
                setattr(one, name, value)
            now = self._stamp(one)
            if "state" in changed:
                over = one.state in {"closed", "filled"}
                one.closed_at = now if over else None
            self._tell("role.updated", role, now, fields=tuple(changed))

    def close_role(self, role: int, state: str = "closed") -> None:
        """A role ends: ``closed`` or ``filled``."""
        self.edit_role(role, state=state)

    # How it is kept.

    def _next(self, what: str) -> int:
        self._last[what] += 1
        return self._last[what]

    def _stamp(self, one: Person | Role | Application) -> datetime:
        now = self.clock()
        one.updated_at = now
        one.version += 1
        return now

    def _active(self, person: int, now: datetime) -> None:
        self.people[person].last_activity_at = now
        self.people[person].version += 1

    def _changed(self, one: Application, what: What, now: datetime, before: object) -> None:
        self._active(one.person, now)
        self._tell(what, one.number, now, person=one.person, before=before)

    def _tell(self, what: What, number: int, at: datetime, **more: Any) -> None:
        change = Change(len(self.changes) + 1, what, number, at.astimezone(UTC), **more)
        self.changes.append(change)
        for listener in list(self._listeners):
            listener(change)

    def _keep_person(self, person: Person) -> None:
        self.people[person.number] = person
        self._last["person"] = max(self._last["person"], person.number)
        self._index_emails(person)

    def _keep_application(self, application: Application) -> None:
        self.applications[application.number] = application
        self._last["application"] = max(self._last["application"], application.number)
        self._of_person[application.person].append(application.number)

    def _keep_note(self, note: Note) -> None:
        self.notes[note.number] = note
        self._last["note"] = max(self._last["note"], note.number)
        self._notes_of[note.person].append(note.number)

    def _index_emails(self, person: Person, *, out: bool = False) -> None:
        for email in _lowered(person.emails):
            if out:
                self._by_email[email].remove(person.number)
            else:
                self._by_email[email].append(person.number)


def _lowered(emails: Iterable[str]) -> set[str]:
    return {email.strip().lower() for email in emails if email.strip()}
