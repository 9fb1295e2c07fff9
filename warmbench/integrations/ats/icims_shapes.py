"""Reads what iCIMS says of people, workflows and jobs; a field without a value is not there."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.integrations.ats.answers import forbids_mail
from warmbench.integrations.ats.icims_search import moment
from warmbench.integrations.ats.protocol import Choice, Reading
from warmbench.integrations.ats.things import Application, Person, Role

Row = Mapping[str, Any]

_TITLE = ("jobtitle", "title", "currenttitle", "currentjobtitle")
_EMPLOYER = ("employer", "currentemployer", "companyname", "company")
_PROFILE = ("linkedinurl", "linkedin", "linkedinprofile", "urls", "links")
PERSON = (
    *("firstname", "lastname", "email", "emails", "phones", "addresses", "updateddate"),
    *("source", "sourcename", "owner", "workexperience", "skills"),
    *_TITLE,
    *_EMPLOYER,
    *_PROFILE,
)
WORKFLOW = (
    *("baseprofile", "associatedprofile", "status", "source", "updateddate", "createddate"),
)
_TEXTS = ("overview", "responsibilities", "qualifications")
_OWNER = ("recruiter", "owner", "hiringmanager")
_SALARY = ("salary", "minsalary", "salarymin", "salaryrangemin", "baserate")
_SALARY_MAX = ("maxsalary", "salarymax", "salaryrangemax")
JOB = (
    *("jobtitle", "folder", "joblocation", "positiontype", "updateddate", "company", "remote"),
    *("skills", "duedate"),
    *_TEXTS,
    *_OWNER,
    *_SALARY,
    *_SALARY_MAX,
)

_SEPARATED = re.compile(r"[,;\n\r|]+")
#: As iCIMS names places of work: country, region, city.
_LOCATION = re.compile(
    r"(?P<country>[A-Z]{2})-(?:(?P<code>[A-Z]{2,3})-|(?P<region>.+)-)?(?P<city>.+)"
)
_YES = frozenset({"yes", "true", "1", "y", "x", "on"})
#: Words in a folder's name, and what state of a role they mean; the first that is found counts.
_STATES = (
    ("hold", "on_hold"),
    ("fill", "filled"),
    ("hired", "filled"),
    ("clos", "closed"),
    ("cancel", "closed"),
    ("archiv", "closed"),
    ("inactive", "closed"),
    ("pending", "draft"),
    ("draft", "draft"),
    ("approved", "open"),
    ("open", "open"),
    ("active", "open"),
    ("post", "open"),
)
_TITLE_WORDS = frozenset({"current title", "job title", "current job title", "title"})
_EMPLOYER_WORDS = frozenset({"current employer", "employer", "current company"})
#: What is written into a text field that stands for the flag.
OPTED_OUT = "Do not mail"


@dataclass(frozen=True, slots=True)
class Called:
    """Fields of an account's own that it calls by a name which we know."""

    titles: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()


def called(fields: Iterable[Choice]) -> Called:
    """Which of an account's fields stand for what it has no field for by itself."""
    names = [(one.id, one.name.casefold().strip()) for one in fields]
    return Called(
        titles=tuple(one for one, name in names if name in _TITLE_WORDS),
        employers=tuple(one for one, name in names if name in _EMPLOYER_WORDS),
    )


def text(value: Any) -> str:
    """A value as a text: list nodes, countries and links say theirs in ``value``."""
    match value:
        case str():
            return value.strip()
        case bool() | None:
            return ""
        case int() | float():
            return str(value)
        case dict():
            return text(value.get("value") or value.get("formattedvalue") or value.get("abbrev"))
        case list():
            return ", ".join(filter(None, map(text, value)))
        case _:
            return ""


def texts(value: Any) -> tuple[str, ...]:
    """The parts of a text, a list, or a collection of fields, each once."""
    found = (part.strip() for whole in _leaves(value) for part in _SEPARATED.split(whole))
    return tuple(dict.fromkeys(part for part in found if part))


def is_yes(value: Any) -> bool:
    """Whether a field says yes: a flag, a number, a list node or a word."""
    if isinstance(value, bool | int):
        return bool(value)
    return text(value).casefold() in _YES


def id_of(value: Any) -> str:
    """The id in a link or a list node: some are numbers, some are texts."""
    said = value.get("id") if isinstance(value, dict) else value
    return str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""


def person(one: str, row: Row, reading: Reading, called: Called) -> Person:
    """A person."""
    address = next(iter(_collection(row.get("addresses"))), {})
    # In the order in which they stand: the present one first.
    work: Row = next(iter(_collection(row.get("workexperience"))), {})
    skills = [texts(row.get("skills")), *(texts(row.get(field)) for field in reading.skill_fields)]
    opted_out = row.get(reading.opt_out_field) if reading.opt_out_field else None
    return Person(
        external_id=one,
        changed_at=moment(row.get("updateddate")),
        first_name=text(row.get("firstname")),
        last_name=text(row.get("lastname")),
        emails=_emails(row),
        phones=_phones(row),
        job_title=_first(row, (*_TITLE, *called.titles)) or _like(work, "title"),
        employer=_first(row, (*_EMPLOYER, *called.employers)) or _like(work, "employer", "company"),
        city=text(address.get("addresscity")),
        region=text(address.get("addressstate")),
        country=text(address.get("addresscountry")),
        profile_url=next((one for one in _links(row) if "linkedin.com/" in one), ""),
        skills=tuple(dict.fromkeys(one for some in skills for one in some)),
        origin=text(row.get("sourcename")) or text(row.get("source")),
        owner_id=id_of(row.get("owner")),
        opted_out=None if opted_out is None else _forbids(opted_out),
    )


def application(one: str, row: Row, reading: Reading) -> Application:
    """An applicant workflow. What a status means, its tenant alone knows: one that nobody said
    anything about still goes on."""
    status, changed_at = id_of(row.get("status")), moment(row.get("updateddate"))
    outcome = reading.outcomes.get(status, "active")
    return Application(
        external_id=one,
        person_id=id_of(row.get("associatedprofile")),
        role_id=id_of(row.get("baseprofile")),
        outcome=outcome,
        stage_id=status,
        stage=text(row.get("status")),
        applied_at=moment(row.get("createddate")),
        ended_at=None if outcome == "active" else changed_at,
        changed_at=changed_at,
    )


def role(one: str, row: Row) -> Role:
    """A job."""
    low, high = (_salary(row, names) for names in (_SALARY, _SALARY_MAX))
    place = _place(text(row.get("joblocation")))
    return Role(
        external_id=one,
        title=text(row.get("jobtitle")),
        state=_state(text(row.get("folder"))),
        company=text(row.get("company")),
        description="\n".join(filter(None, (_html(row.get(name)) for name in _TEXTS))),
        places=(place,) if place else (),
        remote=_remote(row),
        pay_min=low[0] or high[0],
        pay_max=high[0] or low[0],
        pay_currency=low[1] or high[1],
        pay_period="year" if low[0] or high[0] else "",
        skills=texts(row.get("skills")),
        deadline=moment(row.get("duedate")),
        owner_id=next(filter(None, (id_of(row.get(name)) for name in _OWNER)), ""),
        changed_at=moment(row.get("updateddate")),
    )


def _forbids(value: Any) -> bool:
    return is_yes(value) or any(map(forbids_mail, texts(value)))


def _collection(value: Any) -> list[Row]:
    rows = value if isinstance(value, list) else [value]
    return [row for row in rows if isinstance(row, dict)]


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case list():
            for one in value:
                yield from _leaves(one)
        case dict() if value.keys() & {"value", "formattedvalue", "abbrev"}:
            yield text(value)
        case dict():
            for name, one in value.items():
                # The number of an entry of a collection is not a value.
                if name not in {"entry", "id"}:
                    yield from _leaves(one)
        case _:
            yield text(value)


def _emails(row: Row) -> tuple[str, ...]:
    found = [*_leaves(row.get("email")), *_leaves(row.get("emails"))]
    return tuple(dict.fromkeys(one for one in found if "@" in one))


def _phones(row: Row) -> tuple[str, ...]:
    rows = _collection(row.get("phones"))
    rows.sort(key=lambda one: "mobile" not in text(one.get("phonetype")).lower())
    return tuple(dict.fromkeys(filter(None, (text(one.get("phonenumber")) for one in rows))))


def _first(row: Row, names: tuple[str, ...]) -> str:
    return next(filter(None, (text(row.get(name)) for name in names)), "")


def _like(row: Row, *words: str) -> str:
    found = (text(value) for name, value in row.items() if any(word in name for word in words))
    return next(filter(None, found), "")


def _links(row: Row) -> Iterator[str]:
    for name in _PROFILE:
        for one in _leaves(row.get(name)):
            if one:
                yield one if "://" in one else f"https://{one}"


def _state(folder: str) -> str:
    lowered = folder.lower()
    # What nobody can tell is not open: people would be told of it.
    return next((state for word, state in _STATES if word in lowered), "draft")


def _place(said: str) -> str:
    found = _LOCATION.fullmatch(said)
    if found is None:
        return said
    parts = (found["city"], found["code"] or found["region"], found["country"])
    return ", ".join(filter(None, parts))


def _remote(row: Row) -> str:
    said = f"{text(row.get('remote'))} {text(row.get('positiontype'))}".lower()
    if "hybrid" in said:
        return "hybrid"
    return "remote" if "remote" in said or row.get("remote") is True else ""


def _salary(row: Row, names: tuple[str, ...]) -> tuple[str, str]:
    for name in names:
        value = row.get(name)
        amount = value.get("amount") if isinstance(value, dict) else value
        if isinstance(amount, int | float) and not isinstance(amount, bool) and amount > 0:
            currency = text(value.get("currency")) if isinstance(value, dict) else ""
            return f"{amount:.2f}".removesuffix(".00"), currency[:3]
    return "", ""


def _html(value: Any) -> str:
    said = text(value)
    return said if "<" in said or not said else f"<p>{html.escape(said)}</p>"
