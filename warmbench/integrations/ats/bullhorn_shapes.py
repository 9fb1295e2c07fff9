"""Reads what Bullhorn says of people, submissions, placements and orders."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from warmbench.integrations.ats import our_tags
from warmbench.integrations.ats.answers import forbids_mail
from warmbench.integrations.ats.bullhorn_queries import moment, plain
from warmbench.integrations.ats.errors import UnreachableError
from warmbench.integrations.ats.protocol import Reading
from warmbench.integrations.ats.things import Application, Fate, Gone, Person, Role

Row = Mapping[str, Any]

#: Stands for a value that our user may not see.
HIDDEN = "**CONFIDENTIAL**"
SUBMISSION, PLACEMENT = "submission-", "placement-"
#: A mapping tells the statuses of placements apart from those of submissions by this.
PLACEMENT_STATUS = "placement:"

CANDIDATE = (
    *("id", "firstName", "lastName", "email", "email2", "email3", "mobile", "phone", "phone2"),
    *("workPhone", "occupation", "companyName", "address", "owner", "status", "source"),
    *("massMailOptOut", "primarySkills(id,name)", "skillSet", "tearsheets(id,name)"),
    *("dateAdded", "dateLastModified", "isDeleted", "isAnonymized"),
)
JOB = (
    *("id", "title", "status", "isOpen", "isDeleted", "publicDescription", "description"),
    *("salary", "salaryUnit", "payRate", "onSite", "address", "clientCorporation(id,name)"),
    *("owner", "skillList", "dateAdded", "dateLastModified"),
)
SUBMITTED = (
    *("id", "candidate(id)", "jobOrder(id)", "status", "dateAdded", "dateLastModified"),
    "isDeleted",
)
PLACED = (
    *("id", "candidate(id)", "jobOrder(id)", "status", "dateBegin", "dateEnd", "dateAdded"),
    *("dateLastModified", "isDeleted"),
)

#: A tenant's own word for it goes on, as in "Placed - temp"; "not placed" begins otherwise.
_PLACED = re.compile(r"placed\b", re.IGNORECASE)
_REJECTED = re.compile(r"reject|declin|not (a )?fit|unsuccessful", re.IGNORECASE)
_WITHDRAWN = re.compile(r"withdr|not interested", re.IGNORECASE)
_SEPARATED = re.compile(r"[,;\n\r|]+")
_YES = frozenset({"yes", "true", "1", "y", "x", "on"})


def text(value: Any) -> str:
    """A value as a text: some tenants have arrays where others have texts, and hidden values
    say nothing."""
    if isinstance(value, list):
        return ", ".join(filter(None, (text(one) for one in value)))
    if isinstance(value, dict):
        return text(value.get("name") or value.get("label"))
    if value is None or isinstance(value, bool):
        return ""
    said = str(value).strip()
    return "" if said == HIDDEN else said


def texts(value: Any) -> tuple[str, ...]:
    """The parts of a text or an array, each once."""
    if isinstance(value, dict):
        value = value.get("data") or []
    whole = [text(one) for one in value] if isinstance(value, list) else [text(value)]
    parts = (part.strip() for one in whole for part in _SEPARATED.split(one))
    return tuple(dict.fromkeys(part for part in parts if part))


def is_yes(value: Any) -> bool:
    """Whether a field says yes: a flag, a number, or a word in a custom text."""
    if isinstance(value, list):
        return any(is_yes(one) for one in value)
    if isinstance(value, bool | int):
        return bool(value)
    return text(value).lower() in _YES


def is_cut(row: Row, field: str) -> bool:
    """Whether Bullhorn shows only the first of several."""
    value = row.get(field)
    if not isinstance(value, dict):
        return False
    total, data = value.get("total"), value.get("data")
    return isinstance(total, int) and total > len(data if isinstance(data, list) else [])


def gone(row: Row) -> Gone | None:
    """That the person is there no more, if it says so."""
    if is_yes(row.get("isAnonymized")):
        return Gone(external_id=str(row["id"]), fate=Fate.ERASED)
    if is_yes(row.get("isDeleted")):
        return Gone(external_id=str(row["id"]), fate=Fate.DELETED)
    return None


def person(row: Row, reading: Reading, country: Callable[[int], str]) -> Person:
    """A candidate. ``country`` names a country by Bullhorn's own number of it."""
    address = row.get("address") if isinstance(row.get("address"), dict) else {}
    assert isinstance(address, dict)
    tags = texts(row.get("tearsheets"))
    number = address.get("countryID")
    skills = [texts(row.get("primarySkills")), texts(row.get("skillSet"))]
    skills += [texts(row.get(field)) for field in reading.skill_fields]
    return Person(
        external_id=str(row["id"]),
        changed_at=moment(row.get("dateLastModified")),
        first_name=text(row.get("firstName")),
        last_name=text(row.get("lastName")),
        emails=_some(row, "email", "email2", "email3"),
        phones=_some(row, "mobile", "phone", "phone2", "workPhone"),
        job_title=text(row.get("occupation")),
        employer=text(row.get("companyName")),
        city=text(address.get("city")),
        region=text(address.get("state")),
        country=text(address.get("countryName"))
        or (country(number) if isinstance(number, int) else ""),
        skills=tuple(dict.fromkeys(one for some in skills for one in some)),
        tags=our_tags.theirs(tags),
        origin=text(row.get("source")),
        owner_id=_id(row.get("owner")),
        opted_out=_opted_out(row, reading, tags),
        is_placed=bool(_PLACED.match(text(row.get("status")))),
    )


def submission(row: Row, reading: Reading) -> Application:
    """A JobSubmission. One that was deleted has ended."""
    status, changed_at = text(row.get("status")), moment(row.get("dateLastModified"))
    outcome = reading.outcomes.get(status) or _usual_outcome(status)
    if is_yes(row.get("isDeleted")) and outcome == "active":
        outcome = "withdrawn"
    return Application(
        external_id=f"{SUBMISSION}{row['id']}",
        person_id=_id(row.get("candidate")),
        role_id=_id(row.get("jobOrder")),
        outcome=outcome,
        stage_id=status,
        stage=status,
        applied_at=moment(row.get("dateAdded")),
        ended_at=None if outcome == "active" else changed_at,
        changed_at=changed_at,
    )


def placement(row: Row, reading: Reading) -> Application:
    """A Placement: hired, unless somebody said that its status means something else."""
    status = text(row.get("status"))
    outcome = reading.outcomes.get(f"{PLACEMENT_STATUS}{status}") or "hired"
    if is_yes(row.get("isDeleted")) and outcome in {"hired", "active"}:
        outcome = "withdrawn"
    return Application(
        external_id=f"{PLACEMENT}{row['id']}",
        person_id=_id(row.get("candidate")),
        role_id=_id(row.get("jobOrder")),
        outcome=outcome,
        stage_id=f"{PLACEMENT_STATUS}{status}",
        stage=status,
        applied_at=moment(row.get("dateAdded")),
        ended_at=moment(row.get("dateEnd")),
        changed_at=moment(row.get("dateLastModified")),
    )


def role(row: Row, country: Callable[[int], str]) -> Role:
    """A JobOrder."""
    address = row.get("address") if isinstance(row.get("address"), dict) else {}
    assert isinstance(address, dict)
    number = address.get("countryID")
    parts = [text(address.get("city")), text(address.get("state"))]
    parts.append(country(number) if isinstance(number, int) else "")
    place = ", ".join(filter(None, parts))
    rate, salary = _amount(row.get("payRate")), _amount(row.get("salary"))
    period = _period(text(row.get("salaryUnit")))
    return Role(
        external_id=str(row["id"]),
        title=text(row.get("title")),
        state=_state(row),
        company=text(row.get("clientCorporation")),
        description=text(row.get("publicDescription")) or text(row.get("description")),
        places=(place,) if place else (),
        remote=_remote(text(row.get("onSite"))),
        pay_min=salary or rate,
        pay_max=salary or rate,
        pay_period=(period or "year") if salary else "hour" if rate else "",
        skills=texts(row.get("skillList")),
        owner_id=_id(row.get("owner")),
        changed_at=moment(row.get("dateLastModified")),
    )


def row_id(row: Row) -> int:
    """The number of a record. Raises UnreachableError for a row without one."""
    said = row.get("id")
    if isinstance(said, bool) or not isinstance(said, int):
        raise UnreachableError("A record of Bullhorn has no number.")
    return said


def dated(row: Row, field: str) -> datetime | None:
    """When it says that a row was changed or added."""
    return moment(row.get(field))


def _opted_out(row: Row, reading: Reading, tags: tuple[str, ...]) -> bool | None:
    said = row.get("massMailOptOut")
    if is_yes(said) or our_tags.has(tags, plain(reading.opt_out_tag)):
        return True
    field = row.get(reading.opt_out_field) if reading.opt_out_field else None
    if is_yes(field) or any(map(forbids_mail, texts(field))):
        return True
    # What we may not see, and an empty list, say nothing.
    return False if said is False or (said is not None and text(said)) else None


#: What is written into a custom text that stands for the flag.
OPTED_OUT = "Do not mail"


def _some(row: Row, *fields: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (text(row.get(field)) for field in fields))))


def _id(value: Any) -> str:
    said = value.get("id") if isinstance(value, dict) else None
    return str(said) if isinstance(said, int) else ""


def _usual_outcome(status: str) -> str:
    """What Bullhorn's own names of statuses mean; anything else still goes on."""
    if _WITHDRAWN.search(status):
        return "withdrawn"
    return "rejected" if _REJECTED.search(status) else "active"


def _state(row: Row) -> str:
    status = text(row.get("status")).lower()
    if is_yes(row.get("isDeleted")):
        return "closed"
    if "hold" in status:
        return "on_hold"
    if "fill" in status or "placed" in status:
        return "filled"
    if "draft" in status:
        return "draft"
    return "open" if is_yes(row.get("isOpen")) else "closed"


def _remote(said: str) -> str:
    said = said.lower().replace("-", " ")
    if "hybrid" in said:
        return "hybrid"
    if "off site" in said or "remote" in said or "home" in said:
        return "remote"
    return "on_site" if "on site" in said or said == "onsite" else ""


def _period(unit: str) -> str:
    unit = unit.lower()
    for word, period in (("year", "year"), ("annual", "year"), ("month", "month")):
        if word in unit:
            return period
    return "day" if "da" in unit else "hour" if "hour" in unit else ""


def _amount(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.2f}".removesuffix(".00") if is_number and value > 0 else ""
