"""Takes in what an ATS says of people and applications, as the truth rules have it."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

from warmbench.core import sql
from warmbench.integrations.ats import opening
from warmbench.integrations.ats.protocol import Reading
from warmbench.integrations.ats.things import Application, Person
from warmbench.integrations.models import AtsConnection, AtsRejection, AtsStream
from warmbench.people import addresses, candidates, consent, intake, standings
from warmbench.people.addresses import Address
from warmbench.people.candidates import PauseReason
from warmbench.people.columns import Field
from warmbench.people.entries import Entry, Outcome, Source
from warmbench.people.import_drafts import Options
from warmbench.people.intake import Arrival
from warmbench.people.models import Candidate, CandidateRecord, ContactPoint, Suppression
from warmbench.people.vocabulary import Vocabulary
from warmbench.sourcing import applications
from warmbench.sourcing.applications import Told

Kind = AtsStream.Kind

#: Their tags that are our own words, written there by us: they say nothing about the person.
_OURS = "warmbench"
_TEXTS: Mapping[Field, str] = {
    Field.FIRST_NAME: "first_name",
    Field.LAST_NAME: "last_name",
    Field.EMPLOYER: "employer",
    Field.JOB_TITLE: "job_title",
    Field.CITY: "city",
    Field.REGION: "region",
    Field.COUNTRY: "country",
    Field.LOCATION: "location",
    Field.PROFILE_URL: "profile_url",
}
#: When it was changed says nothing about what it is.
_SAID = tuple(one.name for one in fields(Person) if one.name != "changed_at")
#: What the reason of a refusal ends with when whoever it may be about waits for a person to look.
_HELD = " They were placed there: whoever has their address here is paused."
_NO_CANDIDATE = "Its candidate is not here, or could not be taken in."


@dataclass(frozen=True)
class Intake:
    """Takes in what one connection says. Made anew for each piece of work: the tags and the
    answers are those of its beginning."""

    connection: AtsConnection

    @property
    def name(self) -> str:
        """What records and facts are credited to."""
        return self.connection.truth.name

    @cached_property
    def source(self) -> Source:
        """What holds for everybody who comes from there."""
        label = self.connection.get_vendor_display()
        this = f"Read from {self.name} ({label})"[:200]
        options = Options.from_json(self.connection.options)
        return Source(name=self.name, this=this, options=options, vocabulary=Vocabulary.load())

    @cached_property
    def mapping(self) -> Reading:
        """What its words mean."""
        return opening.reading_of(self.connection)

    @cached_property
    def _answers(self) -> str:
        said = [self.connection.mapping.get("owners"), self.connection.options]
        return json.dumps(said, sort_keys=True, default=str)

    def people(
        self,
        people: Iterable[Person],
        *,
        read_at: datetime,
        now: datetime,
        hired: Collection[str] = (),
    ) -> Outcome:
        """Take people in, in the caller's transaction. Raises BusyError and TagGoneError.

        ``hired``: who of them was hired by what else is told. Who is known here by an address of
        somebody who cannot be taken in is stopped or held as if they were the same.
        """
        entries = [self._entry(one, now=now) for one in people]
        outcome = intake.take_in(self.source, entries, read_at=read_at, now=now)
        self._stop_the_refused(entries, outcome, now=now)
        self._hold_the_refused(entries, outcome, set(hired), now=now)
        self._settle(entries, outcome, now=now)
        reject(self.connection, Kind.CANDIDATES, outcome.refused, now=now)
        accept(self.connection, Kind.CANDIDATES, {*outcome.candidates, *outcome.forgotten})
        return outcome

    def look_ahead(
        self, people: Iterable[Person], *, read_at: datetime, now: datetime
    ) -> list[Arrival]:
        """What taking them in would come to. The caller rolls the transaction back."""
        entries = [self._entry(one, now=now) for one in people]
        return intake.look_ahead(self.source, entries, read_at=read_at, now=now)

    def applications(
        self, found: Sequence[Application], *, read_at: datetime, now: datetime
    ) -> None:
        """Take applications in, with the people who came along, in the caller's transaction."""
        along = [one.person for one in found if one.person is not None]
        if along:
            hired = {one.person_id for one in found if one.outcome == "hired"}
            self.people(along, read_at=read_at, now=now, hired=hired)
        people = self.known({one.person_id for one in found})
        told = [self._told(one, people[one.person_id]) for one in found if one.person_id in people]
        applications.take_in(self.name, told, read_at=read_at, now=now)
        lost = {one.external_id for one in found} - {one.external_id for one in told}
        reject(self.connection, Kind.APPLICATIONS, dict.fromkeys(lost, _NO_CANDIDATE), now=now)
        accept(self.connection, Kind.APPLICATIONS, {one.external_id for one in told})

    def known(self, person_ids: Collection[str]) -> dict[str, int]:
        """Whom we know of these people, by their ids there."""
        records = CandidateRecord.objects.filter(source=self.name, external_id__in=list(person_ids))
        return dict(records.values_list("external_id", "candidate_id"))

    def not_held(self, person_ids: Collection[str]) -> set[str]:
        """Those of these people for whom nobody is held yet."""
        return set(person_ids) - self._held(person_ids)

    def suppress_expired(self, *, now: datetime) -> None:
        """Stop those whose permission there has ended by now: no change tells of it."""
        query = sql.load(__file__, "permissions_ended")
        for record_id, candidate_id in sql.run(query, {"source": self.name, "now": now}):
            CandidateRecord.objects.filter(pk=record_id).update(is_opted_out=True)
            self._suppress(candidate_id, "the permission ended there", now=now)

    def _entry(self, person: Person, *, now: datetime) -> Entry:
        texts = {name: getattr(person, theirs) for name, theirs in _TEXTS.items()}
        cells: dict[Field, Sequence[str]] = {name: (text,) for name, text in texts.items() if text}
        cells[Field.EMAIL], cells[Field.PHONE] = person.emails, person.phones
        cells[Field.SKILLS] = person.skills
        cells[Field.TAGS] = [one for one in person.tags if _OURS not in one.casefold()]
        ended = person.permitted_until is not None and person.permitted_until <= now
        until = person.permitted_until
        return Entry(
            external_id=person.external_id,
            cells={name: texts for name, texts in cells.items() if texts},
            digest=self._digest(person, has_ended=ended),
            url=person.url,
            changed_at=person.changed_at,
            is_opted_out=person.opted_out is True or ended,
            is_placed=person.is_placed,
            owner=person.owner_id,
            owner_id=self.mapping.owners.get(person.owner_id),
            more={"permitted_until": until.isoformat() if until else ""},
        )

    def _digest(self, person: Person, *, has_ended: bool) -> str:
        said = {name: getattr(person, name) for name in _SAID}
        text = json.dumps([said, has_ended, self._answers], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _told(self, one: Application, candidate_id: int) -> Told:
        reached = self.mapping.stages.get(one.stage_id, "")
        if one.outcome == "hired":
            reached = Candidate.Stage.OFFER
        return Told(
            external_id=one.external_id,
            candidate_id=candidate_id,
            role_there=one.role_id,
            outcome=one.outcome,
            stage=one.stage,
            reached=reached if reached in Candidate.Stage.values else "",
            is_prospect=one.is_prospect,
            applied_at=one.applied_at,
            ended_at=one.ended_at,
            changed_at=one.changed_at,
        )

    def _stop_the_refused(
        self, entries: Iterable[Entry], outcome: Outcome, *, now: datetime
    ) -> None:
        """Whose record is known is stopped, whatever else is wrong with what it says."""
        stopped = [
            one for one in entries if one.is_opted_out and one.external_id in outcome.refused
        ]
        if not stopped:
            return
        records = CandidateRecord.objects.filter(
            source=self.name, external_id__in=[one.external_id for one in stopped]
        )
        records.update(is_opted_out=True)
        theirs = set(records.values_list("candidate", flat=True))
        for candidate_id in sorted(theirs | _who_has_their_addresses(stopped)):
            self._suppress(candidate_id, "opted out there", now=now)

    def _hold_the_refused(
        self, entries: Iterable[Entry], outcome: Outcome, hired: set[str], *, now: datetime
    ) -> None:
        """Whoever may be somebody who was placed waits for a person to look. Once: whoever lets
        them go on has looked."""
        placed = [
            one
            for one in entries
            if one.external_id in outcome.refused and (one.is_placed or one.external_id in hired)
        ]
        held = self._held(outcome.refused)
        new = [one for one in placed if one.external_id not in held]
        records = CandidateRecord.objects.filter(
            source=self.name, external_id__in=[one.external_id for one in new]
        )
        theirs = set(records.values_list("candidate", flat=True))
        people = sorted(theirs | _who_has_their_addresses(new))
        candidates.pause(people, reason=PauseReason.UNCLEAR, now=now)
        for external_id in held | {one.external_id for one in placed}:
            why = outcome.refused[external_id][: 300 - len(_HELD)]
            outcome.refused[external_id] = why + _HELD

    def _held(self, person_ids: Iterable[str]) -> set[str]:
        rows = AtsRejection.objects.filter(
            connection=self.connection, kind=Kind.CANDIDATES, external_id__in=list(person_ids)
        )
        return set(rows.filter(reason__endswith=_HELD).values_list("external_id", flat=True))

    def _suppress(self, candidate_id: int, words: str, *, now: datetime) -> None:
        consent.suppress(
            candidate_id,
            reason=Suppression.Reason.IMPORTED,
            evidence=f"{self.source.this}: {words}",
            now=now,
        )

    def _settle(self, entries: Iterable[Entry], outcome: Outcome, *, now: datetime) -> None:
        """Whoever is new and not placed has no standing yet."""
        added = set(outcome.loaded.added)
        people = {
            outcome.candidates[one.external_id]
            for one in entries
            if one.external_id in outcome.changed
            and (one.is_placed or outcome.candidates[one.external_id] not in added)
        }
        standings.find_again(people, now=now)
        applications.settle(self.name, sorted(people), now=now)


def _who_has_their_addresses(entries: Iterable[Entry]) -> set[int]:
    """Who has an address or a number of these, as far as they can be read."""
    texts = [text for one in entries for text in one.cells.get(Field.EMAIL, ())]
    read = [found for text in texts for found in addresses.emails(text)]
    keys = [found.key for found in read if isinstance(found, Address)]
    points = ContactPoint.objects.filter(channel="email", address__in=keys)
    return set(points.values_list("candidate", flat=True))


def reject(
    connection: AtsConnection, kind: str, reasons: Mapping[str, str], *, now: datetime
) -> None:
    """Note why records could not be taken in."""
    rows = [
        AtsRejection(
            connection=connection, kind=kind, external_id=one[:120], reason=why[:300], at=now
        )
        for one, why in sorted(reasons.items())
    ]
    AtsRejection.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "kind", "external_id"],
        update_fields=["reason", "at"],
    )


def accept(connection: AtsConnection, kind: str, external_ids: Collection[str]) -> None:
    """Forget why these could not be taken in: they are."""
    AtsRejection.objects.filter(
        connection=connection, kind=kind, external_id__in=list(external_ids)
    ).delete()
