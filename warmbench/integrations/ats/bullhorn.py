"""Bullhorn (REST): what its page asks for, what it can do, and what an account holds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx

from warmbench.integrations.ats import bullhorn_queries as q
from warmbench.integrations.ats import bullhorn_shapes as shapes
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.bullhorn_events import Events
from warmbench.integrations.ats.bullhorn_login import DOMAIN, Login
from warmbench.integrations.ats.bullhorn_reading import Reader
from warmbench.integrations.ats.bullhorn_shapes import Row
from warmbench.integrations.ats.bullhorn_writing import READ_ONLY_FLAG, Writer
from warmbench.integrations.ats.errors import ForbiddenError, GoneError, RefusedError
from warmbench.integrations.ats.protocol import (
    Ability,
    Can,
    Capabilities,
    Choice,
    Found,
    KeyField,
    Keys,
    Vendor,
)
from warmbench.integrations.ats.session import Manners, Session
from warmbench.integrations.ats.things import (
    Application,
    Cursor,
    Gone,
    Note,
    Page,
    Person,
    Proof,
    Role,
    Window,
)

#: Without a session it answers 412, with one that has ended 401.
_EXPIRED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.PRECONDITION_FAILED})


def _is_expired(answer: Answer) -> bool:
    return answer.status in _EXPIRED


#: 1,500 calls a minute for the whole account, which others use as well.
_MANNERS = Manners(label="Bullhorn", pace=(24.0, 40), is_expired=_is_expired)

#: What is lost where the account lacks a field.
_LOST = {
    "Candidate.dateLastModified": "Candidates cannot be asked for by when they changed: their "
    "changes are told by the queue of events, and new ones found by when they were added.",
    "JobOrder.dateLastModified": "Orders cannot be asked for by when they changed: their changes "
    "are told by the queue of events.",
    "Placement.dateLastModified": "Placements cannot be asked for by when they changed: their "
    "changes are told by the queue of events.",
    "JobSubmission.dateLastModified": "Submissions cannot be asked for by when they changed: "
    "their changes are told by the queue of events.",
    "Candidate.massMailOptOut": "This account has no flag for opt-outs: they are written into the "
    "field that you choose, or else as a tearsheet.",
    READ_ONLY_FLAG: "The flag for opt-outs is read-only in this account: opt-outs are written "
    "into the field that you choose, or else as a tearsheet.",
}


class Bullhorn:
    """A client of Bullhorn's REST API."""

    def __init__(self, keys: Keys, transport: httpx.BaseTransport | None = None) -> None:
        self._keys = keys
        self._session = Session(keys, _MANNERS, transport=transport)
        self._session.access = Login(keys, self._session)
        self._reader = Reader(keys, self._session)
        self._events = Events(keys, self._session)
        self._writer = Writer(keys, self._session, self._reader)

    def find_out(self) -> Found:
        """Sign in, look at the fields of the account and at what a mapping chooses from."""
        lacking = list(self._reader.detect())
        fields = self._reader.meta("Candidate")
        flag = next((row for row in fields if row.get("name") == "massMailOptOut"), None)
        if flag and flag.get("readOnly") is True:
            lacking.append(READ_ONLY_FLAG)
        warnings = [_LOST[one] for one in lacking if one in _LOST]
        statuses = self._listed("jobResponseStatusList", warnings)
        placed = [
            Choice(f"{shapes.PLACEMENT_STATUS}{one}", f"Placement: {one}")
            for one in self._placement_statuses()
        ]
        return Found(
            account=f"Bullhorn of {self._keys.credentials['username']}",
            warnings=tuple(warnings),
            stages=tuple(Choice(one, one) for one in statuses),
            outcomes=(*(Choice(one, one) for one in statuses), *placed),
            fields=tuple(_field(row) for row in fields if _is_a_choice(row)),
            users=self._users(warnings),
            note_kinds=tuple(
                Choice(one, one) for one in self._listed("commentActionList", warnings)
            ),
            lacking=tuple(lacking),
            candidates=self._reader.count("Candidate", q.is_("isDeleted", 0)),
        )

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Person that changed in the window."""
        return self._reader.people(window, cursor)

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of submissions, then of placements."""
        return self._reader.applications(window, cursor)

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of orders."""
        return self._reader.roles(window, cursor)

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Gone: deleted and anonymised candidates."""
        return self._reader.gone(window, cursor)

    def events(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of what the queue tells."""
        return self._events.read(cursor)

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        """These people as they are now."""
        return self._reader.people_now(ids)

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        """These submissions and placements as they are now."""
        return self._reader.applications_now(ids)

    def applications_of(self, person_id: str) -> list[Application]:
        """All submissions and placements of one person."""
        return self._reader.applications_of(person_id)

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        """These orders as they are now."""
        return self._reader.roles_now(ids)

    def opt_out(self, person_id: str) -> Proof:
        """Write that this person must not be mailed, where the account has a place for it."""
        return self._writer.opt_out(person_id)

    def tag(self, person_id: str, add: Sequence[str], remove: Sequence[str]) -> Proof:
        """Put the person on tearsheets, and take them off."""
        return self._writer.tag(person_id, add, remove)

    def set_status(self, person_id: str, status: str) -> Proof:
        """Write where somebody stands."""
        return self._writer.set_status(person_id, status)

    def note(self, person_id: str, note: Note) -> Proof:
        """Write one line, unless it is there."""
        return self._writer.note(person_id, note)

    def erase(self, person_id: str) -> Proof:
        """Delete the candidate."""
        return self._writer.erase(person_id)

    def close(self) -> None:
        """Let connections go. The session at Bullhorn stays: other processes use it."""
        self._session.close()

    def _listed(self, setting: str, warnings: list[str]) -> list[str]:
        try:
            return self._writer.setting(setting)
        except (ForbiddenError, GoneError, RefusedError):
            warnings.append(f"The list {setting} cannot be read.")
            return []

    def _placement_statuses(self) -> list[str]:
        """As the field's own options; some accounts list them among their settings instead."""
        for row in self._reader.meta("Placement"):
            if row.get("name") == "status" and row.get("options"):
                return list(filter(None, (shapes.text(one.get("value")) for one in row["options"])))
        return self._listed("placementStatusList", [])

    def _users(self, warnings: list[str]) -> tuple[Choice, ...]:
        try:
            fields = "id,firstName,lastName,name,email"
            rows = self._reader.query("CorporateUser", [], fields)
        except (ForbiddenError, GoneError, RefusedError):
            warnings.append("The users cannot be read: owners are not known by their addresses.")
            return ()
        return tuple(_user(row) for row in rows)


def _field(row: Row) -> Choice:
    name = shapes.text(row.get("name"))
    return Choice(name, shapes.text(row.get("label")) or name, shapes.text(row.get("dataType")))


def _is_a_choice(row: Row) -> bool:
    """Whether a mapping may name it: texts and flags of the candidate itself."""
    types: tuple[Any, ...] = ("String", "Boolean", "Integer")
    return row.get("type") == "SCALAR" and row.get("dataType") in types


def _user(row: Row) -> Choice:
    parts = [shapes.text(row.get("firstName")), shapes.text(row.get("lastName"))]
    name = " ".join(filter(None, parts)) or shapes.text(row.get("name"))
    return Choice(str(shapes.row_id(row)), name, shapes.text(row.get("email")))


_HOW = """\
Bullhorn gives out keys on request: plan a few days.

1. Ask **Bullhorn Support** for keys of the REST API for your own integration. You get a
   *client id* and a *client secret*. You need no redirect address: say so, or ask for any.
2. Have an **API user** made for us (*Admin → Users*, or by Support), with a password that does
   not expire, and access to *Candidates, Jobs, Submissions, Placements, Notes and Tearsheets*.
   Sign in once with it on bullhornstaffing.com, and accept the terms.
3. Paste the four here.

Of the 100,000 calls that Bullhorn allows in a month, we use about 1,000 a day once everything is
read; reading everything takes one for each 500 records, and one for each candidate with more
skills than it shows at once. It keeps a queue of what changes for us; if we do not ask for a
week, it is thrown away and we search instead. Over there we are seen as the API user: notes
carry that name.
"""

VENDOR = Vendor(
    key="bullhorn",
    label="Bullhorn",
    fields=(
        KeyField("client_id", "Client id", "From Bullhorn Support.", is_secret=False),
        KeyField("client_secret", "Client secret", "From Bullhorn Support."),
        KeyField("username", "API user", "The user that was made for us.", is_secret=False),
        KeyField("password", "Password of the API user"),
    ),
    addresses={"login": f"https://rest.{DOMAIN}/rest-services"},
    hosts=(DOMAIN,),
    capabilities=Capabilities(
        changed_since=Ability(
            Can.YES,
            "By when they changed, where the account has such dates; else by a queue of events.",
        ),
        opt_out=Ability(
            Can.YES,
            "The flag for mass mail. Where it is read-only: a field that you choose, or a "
            "tearsheet.",
        ),
        text_opt_out=Ability(
            Can.INSTEAD, "A tearsheet: the flag for texts can only be set when somebody is added."
        ),
        tags=Ability(Can.INSTEAD, "Tearsheets of the same names, made where there are none."),
        status=Ability(
            Can.YES,
            "The candidate's status, where the account has one of the same name; else a tearsheet.",
        ),
        activity=Ability(Can.YES, "One note each, by the API user."),
        merges=Ability(
            Can.NO,
            "Bullhorn does not say which record another was merged into: it comes as deleted.",
        ),
        erasures=Ability(
            Can.INSTEAD,
            "Candidates are deleted, which hides them: have them anonymised in Bullhorn. Those "
            "anonymised there are told.",
        ),
        push=Ability(Can.INSTEAD, "A queue of events, which we ask every few minutes."),
    ),
    open=Bullhorn,
    how=_HOW,
    #: 100,000 a month.
    daily_calls=3_300,
    #: Of which reading everything costs many.
    reread_every=timedelta(days=30),
)
