"""The simulated agency as one iCIMS tenant keeps it: ids, lists, statuses and pools."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from warmbench.simulators.world import Application, Person, Role, World

CUSTOMER = "4711"
BASE = f"/customers/{CUSTOMER}"
#: iCIMS's ids are the world's numbers plus this: a mix-up of profiles finds nobody.
FIRST = {
    "people": 10_000,
    "jobs": 1_500,
    "applicantworkflows": 300_000,
    "talentpools": 800,
    "sourceworkflows": 600_000,
    "companies": 50,
}
NEW, DECLINED, HIRED = "D10100", "C14661", "C38356"
#: The status of an application at each stage; tenants make their own.
STAGES = {1: NEW, 2: "C14650", 3: "C14652", 4: "C14653", 5: "C14657"}
OPTED_OUT, NOT_OPTED_OUT = "C90011", "C90012"
IN_POOL = "D37002021001"
ROLE_FOLDERS = {
    "draft": "D31001",
    "open": "D31002",
    "on_hold": "C31010",
    "filled": "D31004",
    "closed": "D31003",
}
#: The tenant's lists by name: the words of each node by its id.
LISTS: dict[str, dict[str, str]] = {
    "applicantstatus": {
        NEW: "New Submission",
        "C14650": "Recruiter Screen",
        "C14652": "Interview",
        "C14653": "Final Interview",
        "C14657": "Offer",
        DECLINED: "Reviewed - Declined",
        HIRED: "Hired - Placed",
    },
    "jobfolder": {
        "D31001": "Pending",
        "D31002": "Approved",
        "D31003": "Closed",
        "D31004": "Filled",
        "C31010": "On Hold",
    },
    "personfolder": {"D20001": "Active", "C20007": "Placed"},
    "poolfolder": {
        "D37002024001": "Active",
        "D37002024002": "Inactive",
        "D37002024003": "Closed",
    },
    "poolstatus": {IN_POOL: "Needs Review", "C37002021009": "Keep Warm"},
    "optout": {OPTED_OUT: "Yes", NOT_OPTED_OUT: "No"},
    "phonetype": {"D3001": "Mobile", "D3002": "Home", "D3003": "Work"},
    "positiontype": {"D4001": "Full-time", "D4002": "Part-time", "D4003": "Contract"},
}


@dataclass(kw_only=True)
class Options:
    """How this tenant differs from others; each may be changed while it is asked."""

    #: Searches answer with ids as words, as one sample of the documentation does.
    has_ids_as_strings: bool = False
    #: What is answered once the day's calls are used up.
    over_limit_status: int = 429
    #: So old may an answer be unless a client says otherwise.
    staleness: timedelta = timedelta(minutes=15)


@dataclass(slots=True)
class Pool:
    """A talent pool. The world keeps it as a tag of its members."""

    number: int
    name: str
    created_at: datetime
    updated_at: datetime
    overview: str = ""
    external: str = ""
    folder: str = "D37002024001"


@dataclass(slots=True)
class Membership:
    """One person in one pool: a source workflow."""

    number: int
    person: int
    pool: int
    created_at: datetime
    updated_at: datetime
    status: str = IN_POOL
    source: str = ""


def node(name: str, identifier: str) -> dict[str, str]:
    """One node of a list, as it stands in a profile."""
    value = LISTS[name][identifier]
    return {"id": identifier, "value": value, "formattedvalue": value}


def moment(value: datetime) -> str:
    """A moment as iCIMS writes it: to the minute, in UTC."""
    return value.strftime("%Y-%m-%d %I:%M %p")


def day(value: date | None) -> str | None:
    """A day as iCIMS writes it."""
    return value.isoformat() if value else None


class Tenant:
    """The world's people and roles under iCIMS's names. Ask while holding ``world.lock``."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: Where it is served; set before the first call.
        self.address = ""
        self.pools: dict[int, Pool] = {}
        self.memberships: dict[int, Membership] = {}
        self._pools: dict[str, Pool] = {}
        self._memberships: dict[tuple[int, int], Membership] = {}
        self._seen = -1
        #: Status ids that a client wrote, which mean nothing to the world.
        self.person_folders: dict[int, str] = {}

    def kept(self, kind: str) -> Mapping[int, Any]:
        """All records of a kind by the world's number."""
        world = self.world
        if kind in {"talentpools", "sourceworkflows"}:
            self._take_up_tags()
        kinds: dict[str, Mapping[int, Any]] = {
            "people": world.people,
            "jobs": world.roles,
            "applicantworkflows": world.applications,
            "talentpools": self.pools,
            "sourceworkflows": self.memberships,
            "companies": {},
        }
        return kinds[kind]

    def record(self, kind: str, identifier: int) -> Any | None:
        """One record by iCIMS's id, or None."""
        one = self.kept(kind).get(identifier - FIRST[kind])
        return None if kind == "applicantworkflows" and one and one.role is None else one

    def url(self, kind: str, number: int) -> str:
        """Where a record is read."""
        return f"{self.address}{BASE}/{kind}/{FIRST[kind] + number}"

    def link(self, kind: str, number: int, value: str) -> dict[str, Any]:
        """A link to another profile."""
        url = self.url(kind, number)
        return {"profile": url, "id": FIRST[kind] + number, "value": value}

    def person_link(self, number: int) -> dict[str, Any]:
        """A link to somebody."""
        one = self.world.people[number]
        return self.link("people", number, f"{one.first_name} {one.last_name}".strip())

    def status(self, one: Application) -> str:
        """The status id of an application."""
        if one.state == "hired":
            return HIRED
        return DECLINED if one.state == "rejected" else STAGES[one.stage]

    def person_folder(self, one: Person) -> str:
        """The status id of somebody."""
        states = {each.state for each in self.world.applications_of(one.number)}
        usual = "C20007" if "hired" in states else "D20001"
        return self.person_folders.get(one.number, usual)

    def role_folder(self, one: Role) -> str:
        """The status id of a role."""
        return ROLE_FOLDERS[one.state]

    def pool_named(self, name: str) -> Pool:
        """The pool of that name; it is made if there is none."""
        if name not in self._pools:
            now, number = self.world.clock(), len(self.pools) + 1
            self.pools[number] = self._pools[name] = Pool(number, name, now, now)
        return self._pools[name]

    def membership(self, person: int, pool: Pool) -> Membership:
        """Somebody's place in a pool; it is made if there is none."""
        key = person, pool.number
        if key not in self._memberships:
            now, number = self.world.clock(), max(self.memberships, default=0) + 1
            made = Membership(number, person, pool.number, now, now)
            self.memberships[number] = self._memberships[key] = made
        return self._memberships[key]

    def _take_up_tags(self) -> None:
        """Make the pools what the world's tags are by now."""
        if self._seen == len(self.world.changes):
            return
        self._seen = len(self.world.changes)
        there = set()
        for person in self.world.people.values():
            for tag in person.tags:
                there.add(self.membership(person.number, self.pool_named(tag)).number)
        for number in self.memberships.keys() - there:
            gone = self.memberships.pop(number)
            del self._memberships[gone.person, gone.pool]
