"""Takes what was read from an ATS into the database, whatever kind of thing it is."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from typing import Any

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from warmbench.integrations.ats import fates
from warmbench.integrations.ats.intake import Intake, accept, reject
from warmbench.integrations.ats.openings import Openings
from warmbench.integrations.ats.protocol import Ats
from warmbench.integrations.ats.things import Application, Fate, Gone, Person, Role
from warmbench.integrations.models import AtsConnection, AtsRejection, AtsStream
from warmbench.people import erasure, merging
from warmbench.people.intake import BusyError
from warmbench.people.models import CandidateRecord
from warmbench.people.tagging import TagGoneError
from warmbench.sourcing import applications
from warmbench.sourcing.models import Role as OurRole
from warmbench.sourcing.role_words import Known

Kind = AtsStream.Kind

#: Ids that are asked for at once.
_AT_ONCE = 100
#: How often it is tried when others lock the same people, or edit the same tags.
_TRIES = 5

#: What encloses the work on a chunk: see ``Taking.take``.
Around = Callable[[], AbstractContextManager[object]]


class HinderedError(RuntimeError):
    """Others are at work on the same people, or import a file. Nothing of this was taken in; try
    again in a moment."""


@dataclass
class Taking:
    """Takes things in for one connection. What these refer to and is not here yet is read first."""

    connection: AtsConnection
    client: Ats
    clock: Callable[[], datetime]
    _brought: set[str] = field(default_factory=set, init=False)

    @cached_property
    def intake(self) -> Intake:
        """Reads people by the tags and the answers of now."""
        return Intake(self.connection)

    @cached_property
    def _known_words(self) -> Known:
        return Known.load()

    def take(
        self, kind: str, items: Sequence[Any], *, read_at: datetime, around: Around = nullcontext
    ) -> None:
        """Take things of a kind in, as they were at ``read_at``, in one transaction with what
        ``around`` does at its end. Raises HinderedError, and AtsError if more had to be read."""
        if kind == Kind.GONE:
            # Each is a transaction of its own, and none is done twice.
            self.follow([one for one in items if one.external_id], read_at=read_at)
            self.read_applications([one.application_id for one in items if not one.external_id])
            items = []
        late: list[Application] = []
        if kind == Kind.APPLICATIONS:
            self._bring_what_they_name(items)
        if kind == Kind.CANDIDATES:
            late = self._applied_before(items)

        def work() -> None:
            with around():
                if kind == Kind.CANDIDATES:
                    self.intake.people(items, read_at=read_at, now=self.clock())
                    self.intake.applications(late, read_at=read_at, now=self.clock())
                elif kind == Kind.APPLICATIONS:
                    self.intake.applications(items, read_at=read_at, now=self.clock())
                elif kind == Kind.ROLES:
                    self._take_roles(items)

        self._trying(work)

    def follow(self, gone: Sequence[Gone], *, read_at: datetime) -> None:
        """Let what became of records there become of them here."""

        def work() -> None:
            fates.follow(self.intake, gone, read_at=read_at, now=self.clock(), bring=self._bring)

        self._trying(work, is_atomic=False)

    def confirm_gone(self, told: Sequence[Gone]) -> None:
        """Ask for the records that are said to be gone, and follow what became of them. Whoever is
        there is taken in as they are: what is told late may be over by now."""
        by_id = {one.external_id: one for one in told}
        for some in _pieces(by_id):
            read_at = self.clock()
            found = self.client.read_people(some)
            people = [one for one in found if isinstance(one, Person)]
            self.take(Kind.CANDIDATES, people, read_at=read_at)
            here = {one.external_id for one in people}
            # A record that is not there cannot say what it was merged into, or why it is not.
            said = {one.external_id: one for one in found if isinstance(one, Gone)}
            gone = [
                said[pk] if pk in said and said[pk].fate != Fate.DELETED else by_id[pk]
                for pk in some
                if pk not in here
            ]
            self.follow(gone, read_at=read_at)

    def read_people(self, ids: Collection[str]) -> None:
        """Read these people, and take in how they are now."""
        for some in _pieces(ids):
            read_at = self.clock()
            found = self.client.read_people(some)
            people = [one for one in found if isinstance(one, Person)]
            if people:
                self.take(Kind.CANDIDATES, people, read_at=read_at)
            self.follow([one for one in found if isinstance(one, Gone)], read_at=read_at)

    def read_applications(self, ids: Collection[str]) -> None:
        """Read these applications, and take in how they are now; those that are not there any more
        are forgotten."""
        for some in _pieces(ids):
            read_at = self.clock()
            found = self.client.read_applications(some)
            self.take(Kind.APPLICATIONS, found, read_at=read_at)
            lost = set(some) - {one.external_id for one in found}
            # It may be gone because they are: who was hired and is deleted stays placed.
            self.read_people(self._whose(lost))
            self._trying(partial(self._drop, lost))

    def read_roles(self, ids: Collection[str]) -> None:
        """Read these roles, and take in how they are now."""
        for some in _pieces(ids):
            read_at = self.clock()
            found = self.client.read_roles(some)
            self.take(Kind.ROLES, found, read_at=read_at)

    def read(self, kind: str, ids: Collection[str]) -> None:
        """Read things of a kind, and take in how they are now."""
        readers = {
            Kind.CANDIDATES: self.read_people,
            Kind.APPLICATIONS: self.read_applications,
            Kind.ROLES: self.read_roles,
        }
        readers[Kind(kind)](ids)

    def _whose(self, application_ids: Collection[str]) -> list[str]:
        theirs = CandidateRecord.objects.filter(
            source=self.intake.name,
            fate="",
            candidate__applications__source=self.intake.name,
            candidate__applications__external_id__in=list(application_ids),
        )
        return sorted(set(theirs.values_list("external_id", flat=True)))

    def _bring(self, ids: Collection[str]) -> None:
        """Read whom somebody was merged into; not for ever, where each was merged into each."""
        new = [one for one in ids if one not in self._brought]
        self._brought.update(new)
        try:
            self.read_people(new)
        finally:
            self._brought.difference_update(new)

    def _drop(self, ids: Collection[str]) -> None:
        applications.drop(self.intake.name, ids, now=self.clock())
        accept(self.connection, Kind.APPLICATIONS, ids)

    def _take_roles(self, items: Iterable[Role]) -> None:
        now, intake = self.clock(), self.intake
        openings = Openings(intake.name, intake.mapping.owners, self._known_words, now)
        problems = openings.take_in(items)
        refused = {one: why for one, why in problems.items() if why}
        reject(self.connection, Kind.ROLES, refused, now=now)
        accept(self.connection, Kind.ROLES, problems.keys() - refused.keys())
        applications.link_roles(intake.name, now=now)

    def _bring_what_they_name(self, found: Iterable[Application]) -> None:
        """Whoever applies may have come after the candidates were read, and so may the role."""
        found = list(found)
        people = {one.person_id for one in found if one.person is None}
        known = self.intake.known(people)
        roles = {one.role_id for one in found if one.role_id}
        here = OurRole.objects.filter(source=self.intake.name, external_id__in=roles)
        lacking = (
            (Kind.CANDIDATES, people - known.keys()),
            (Kind.ROLES, roles - set(here.values_list("external_id", flat=True))),
        )
        for kind, ids in lacking:
            # Of what was refused, it is known why.
            refused = AtsRejection.objects.filter(
                connection=self.connection, kind=kind, external_id__in=ids
            )
            wanted = ids - set(refused.values_list("external_id", flat=True))
            self.read(kind, sorted(wanted))
        self._hold_whoever_was_hired(found)

    def _applied_before(self, people: Sequence[Person]) -> list[Application]:
        """What those are, or were, in the process for who could not be taken in before, or were
        gone: no window tells of that again, and who was hired would be here without it."""
        ids = {one.external_id for one in people}
        gone = CandidateRecord.objects.filter(source=self.intake.name, external_id__in=ids)
        late = set(gone.exclude(fate="").values_list("external_id", flat=True))
        refused = AtsRejection.objects.filter(
            connection=self.connection, kind=Kind.CANDIDATES, external_id__in=ids
        )
        before = set(refused.values_list("external_id", flat=True))

        def look() -> None:
            again = [one for one in people if one.external_id in before]
            now = self.clock()
            arrivals = self.intake.look_ahead(again, read_at=now, now=now)
            late.update(one.entry.external_id for one in arrivals if not one.reason)
            transaction.set_rollback(True)

        if before:
            self._trying(look)
        return [one for pk in sorted(late) for one in self.client.applications_of(pk)]

    def _hold_whoever_was_hired(self, found: Sequence[Application]) -> None:
        """Whoever is hired, and cannot be taken in, may be known here as somebody else."""
        hired = {one.person_id for one in found if one.outcome == "hired" and one.person is None}
        lacking = hired - self.intake.known(hired).keys()
        for some in _pieces(self.intake.not_held(lacking)):
            read_at = self.clock()
            people = [one for one in self.client.read_people(some) if isinstance(one, Person)]

            def work(people: list[Person] = people, at: datetime = read_at) -> None:
                self.intake.people(people, read_at=at, now=self.clock(), hired=hired)

            self._trying(work)

    def _trying(self, work: Callable[[], object], *, is_atomic: bool = True) -> None:
        for _ in range(_TRIES):
            try:
                if is_atomic:
                    with transaction.atomic():
                        work()
                else:
                    work()
            except TagGoneError:
                # Somebody merged tags meanwhile: read by those of now.
                self.__dict__.pop("intake", None)
                self.__dict__.pop("_known_words", None)
            except BusyError as error:
                raise HinderedError from error
            except (erasure.HinderedError, merging.HinderedError) as error:
                raise HinderedError from error
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected | LockNotAvailable):
                    raise
            else:
                return
        raise HinderedError


def _pieces(ids: Collection[str]) -> Iterable[list[str]]:
    left = iter(dict.fromkeys(ids))
    while some := list(islice(left, _AT_ONCE)):
        yield some
