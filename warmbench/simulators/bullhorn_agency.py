"""The simulated agency in Bullhorn's words: entities, their ids and their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from warmbench.simulators.world import Application, Note, Person, Role, World

#: Bullhorn's ids are the world's numbers plus this: a mix-up of entities finds nobody.
FIRST = {
    "Candidate": 100_000,
    "JobOrder": 2_000,
    "JobSubmission": 400_000,
    "Placement": 700_000,
    "Note": 900_000,
    "NoteEntity": 1_500_000,
    "CorporateUser": 30,
    "Tearsheet": 60,
    "ClientCorporation": 5_000,
}
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
HIDDEN = "**CONFIDENTIAL**"
#: The tenant's own list: what a submission says at each stage.
STAGE_WORDS = {
    1: "New Lead",
    2: "Submitted",
    3: "Interview Scheduled",
    4: "Final Interview",
    5: "Offer Extended",
}
REJECTED, PLACED = "Candidate Rejected", "Placed"
ROLE_WORDS = {
    "draft": "Draft",
    "open": "Accepting Candidates",
    "on_hold": "On Hold",
    "filled": "Filled",
    "closed": "Archive",
}
PLACEMENT_WORDS = ("Submitted", "Approved", "Completed - Satisfactory")
COUNTRIES = {
    "US": 1,
    "CA": 2216,
    "FR": 2245,
    "DE": 2252,
    "IE": 2273,
    "NL": 2317,
    "PL": 2339,
    "ES": 2363,
    "CH": 2371,
    "AT": 2188,
    "GB": 2359,
    "BE": 2197,
    "BR": 2205,
    "DK": 2231,
    "IN": 2276,
    "JP": 2284,
    "SG": 2355,
    "UA": 2391,
}


@dataclass(kw_only=True)
class Options:
    """How this tenant differs from others; each may be changed before or while it is asked."""

    #: The login address that everybody knows sends on to another data centre.
    is_elsewhere: bool = True
    #: The opt-out flag and when somebody was changed, as the metadata of some tenants say.
    opt_out_is_read_only: bool = False
    has_date_last_modified: bool = True
    allows_all_fields: bool = False
    #: On some tenants a search for notes never finds any.
    finds_notes: bool = True
    #: How far the dates of a search are from UTC.
    search_zone: timedelta = timedelta(hours=-7)
    #: What an empty queue of events answers: nothing at all, ``{}``, or 204.
    empty_queue: Literal["nothing", "braces", "no_content"] = "nothing"
    #: A queue that nobody asks for so long is gone.
    queue_life: timedelta = timedelta(days=7)
    max_queues: int = 15
    comment_actions: list[str] = field(
        default_factory=lambda: ["Email", "Outbound Call", "Left Message", "Candidate Note"]
    )


@dataclass(slots=True)
class Tearsheet:
    """A list of candidates. The world keeps it as a tag of theirs."""

    number: int
    name: str
    description: str = ""
    owner: int | None = None
    is_deleted: bool = False
    created_at: datetime = BEGINNING


def milliseconds(moment: datetime | date | None) -> int | None:
    """A moment as Bullhorn writes it: epoch milliseconds, also for a mere day."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    return round(moment.timestamp() * 1000)


class Agency:
    """The world's people and roles under Bullhorn's names. Ask while holding ``world.lock``."""

    def __init__(self, world: World, options: Options) -> None:
        self.world, self.options = world, options
        self.tearsheets: dict[int, Tearsheet] = {}
        self._sheets: dict[str, Tearsheet] = {}
        self.clients: dict[str, int] = {}
        #: Words that a client wrote for the status of an application or placement.
        self.submission_words: dict[int, str] = {}
        self.placement_words: dict[int, str] = {}
        #: Notes that nobody's commenting person ties to the candidate.
        self.loose_notes: set[int] = set()
        self._take_up_tags()

    # Lists of everything.

    def records(self, entity: str) -> list[Any]:
        """All records of an entity, those that were deleted softly among them."""
        world = self.world
        if entity == "Candidate":
            return [*world.people.values(), *(gone.person for gone in world.gone.values())]
        if entity == "JobSubmission":
            return [one for one in world.applications.values() if one.role is not None]
        if entity == "Placement":
            return [one for one in self.records("JobSubmission") if one.state == "hired"]
        return list(self._kept(entity).values())

    def record(self, entity: str, identifier: int) -> Any | None:
        """One record by Bullhorn's id; None if there never was one."""
        number = identifier - FIRST[entity]
        if entity == "Candidate" and number in self.world.gone:
            return self.world.gone[number].person
        one = self._kept(entity).get(number)
        is_other = entity in {"JobSubmission", "Placement"} and (
            one is None or one.role is None or (entity == "Placement" and one.state != "hired")
        )
        return None if is_other else one

    def _kept(self, entity: str) -> Mapping[int, Any]:
        world = self.world
        match entity:
            case "Tearsheet":
                self._take_up_tags()
            case "ClientCorporation":
                for role in world.roles.values():
                    self.client(role)
            case _:
                pass
        kept: dict[str, Mapping[int, Any]] = {
            "Candidate": world.people,
            "JobOrder": world.roles,
            "JobSubmission": world.applications,
            "Placement": world.applications,
            "Note": world.notes,
            "NoteEntity": world.notes,
            "CorporateUser": world.recruiters,
            "Tearsheet": self.tearsheets,
            "ClientCorporation": {number: (name, number) for name, number in self.clients.items()},
        }
        return kept[entity]

    def tearsheet_named(self, name: str) -> Tearsheet:
        """The list of that name; it is made if there is none."""
        if sheet := self._sheets.get(name):
            return sheet
        number = len(self.tearsheets) + 1
        made = Tearsheet(number, name, created_at=self.world.clock())
        self.tearsheets[number] = self._sheets[name] = made
        return made

    def _take_up_tags(self) -> None:
        for person in self.world.people.values():
            for tag in person.tags:
                self.tearsheet_named(tag)

    # Things that stand inside of others.

    def client(self, role: Role) -> dict[str, Any]:
        """Whose opening it is."""
        name = role.client or "In-house"
        number = self.clients.setdefault(name, len(self.clients) + 1)
        return {"id": FIRST["ClientCorporation"] + number, "name": name}

    def user(self, number: int | None) -> dict[str, Any] | None:
        """A recruiter, or None."""
        one = self.world.recruiters.get(number or 0)
        if one is None:
            return None
        return {
            "id": FIRST["CorporateUser"] + one.number,
            "firstName": one.first_name,
            "lastName": one.last_name,
        }

    def candidate(self, number: int) -> dict[str, Any]:
        """Somebody as others point to them."""
        person = self.world.people[number]
        return {
            "id": FIRST["Candidate"] + number,
            "firstName": person.first_name,
            "lastName": person.last_name,
        }

    def job_order(self, number: int) -> dict[str, Any]:
        """A role as others point to it."""
        return {"id": FIRST["JobOrder"] + number, "title": self.world.roles[number].title}

    def sheets_of(self, person: Person) -> list[dict[str, Any]]:
        """The lists that somebody is on."""
        sheets = [self.tearsheet_named(tag) for tag in person.tags]
        return [{"id": FIRST["Tearsheet"] + one.number, "name": one.name} for one in sheets]

    def members(self, sheet: Tearsheet) -> list[dict[str, Any]]:
        """Who is on a list."""
        return [
            self.candidate(one.number)
            for one in self.world.people.values()
            if sheet.name in one.tags
        ]

    def notes_of(self, person: Person) -> list[dict[str, Any]]:
        """The notes that are tied to somebody."""
        return [
            self.note(one)
            for one in self.world.notes_of(person.number)
            if one.number not in self.loose_notes
        ]

    def note(self, note: Note) -> dict[str, Any]:
        """A note in full."""
        return {
            "id": FIRST["Note"] + note.number,
            "action": note.kind or "Candidate Note",
            "comments": note.body,
            "dateAdded": milliseconds(note.created_at),
            "isDeleted": False,
        }

    def submissions_of(self, person: Person) -> list[dict[str, Any]]:
        """Somebody's applications."""
        return [
            {"id": FIRST["JobSubmission"] + one.number, "status": self.submission_status(one)}
            for one in self.world.applications_of(person.number)
            if one.role is not None
        ]

    def placements_of(self, person: Person) -> list[dict[str, Any]]:
        """Where somebody was placed."""
        return [
            {"id": FIRST["Placement"] + one.number, "status": self.placement_status(one)}
            for one in self.world.applications_of(person.number)
            if one.state == "hired"
        ]

    # The tenant's words.

    def candidate_status(self, person: Person) -> str:
        """A free word: what a client wrote, or what follows from the applications."""
        if word := person.custom.get("status"):
            return str(word)
        states = {one.state for one in self.world.applications_of(person.number)}
        return PLACED if "hired" in states else "Active"

    def submission_status(self, one: Application) -> str:
        """Where an application stands, in a word of the tenant's list."""
        if one.state == "hired":
            return PLACED
        if one.state == "rejected":
            return REJECTED
        return self.submission_words.get(one.number) or STAGE_WORDS[one.stage]

    def placement_status(self, one: Application) -> str:
        """How a placement stands."""
        usual = PLACEMENT_WORDS[one.number % len(PLACEMENT_WORDS)]
        return self.placement_words.get(one.number, usual)

    def modified(self, one: Person | Role | Application) -> int | None:
        """When it was changed; old records have never been given a date."""
        is_old = one.updated_at <= self.world.started_at
        return None if is_old and one.number % 11 == 0 else milliseconds(one.updated_at)
