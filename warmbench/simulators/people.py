"""Invents a world's people and applications from a seed, with what is odd about real ones."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from anyascii import anyascii

from warmbench.simulators import openings, phone_numbers
from warmbench.simulators.records import Application, Note, Person, Recruiter, Role

_DATA = Path(__file__).parent / "data" / "people.yaml"
_TREE = Path(__file__).parents[1] / "people" / "data" / "tags.yaml"
_DOMAINS = ("example.com", "example.org", "example.net")
#: What an anonymised record loses.
PERSONAL = ("first_name", "last_name", "emails", "phones", "employer", "title", "city", "region",
            "country", "links", "tags", "skills", "salary", "currency", "available_on",
            "custom")  # fmt: skip
#: Records reach back so far, in days.
_DAYS = 6 * 365


@dataclass(frozen=True)
class Made:
    """A whole world's rows, each numbered from 1."""

    recruiters: list[Recruiter]
    people: list[Person]
    roles: list[Role]
    applications: list[Application]
    notes: list[Note]


def make(candidates: int, roles: int, *, seed: int, now: datetime) -> Made:
    """So many people and roles, with some 1.4 applications for each person."""
    source = random.Random(seed)  # noqa: S311 - the same people every time
    parts = _parts()
    recruiters = [
        Recruiter(
            number=number,
            first_name=first,
            last_name=last,
            email=f"{_slug(first)}.{_slug(last)}@agency.example.com",
            is_admin=number <= 2,
            is_active=number != len(parts["recruiters"]),
        )
        for number, (first, last) in enumerate(parts["recruiters"], 1)
    ]
    vacancies = [
        openings.role(number, source, _fields(), parts, now=now) for number in range(1, roles + 1)
    ]
    people = list(_people(candidates, source, now))
    applications = list(_applications(people, vacancies, source, now))
    for one in applications:
        person = people[one.person - 1]
        person.last_activity_at = max(person.last_activity_at, one.updated_at)
    notes = [
        Note(
            number=number,
            person=person.number,
            body=source.choice(parts["notes"]),
            author=person.owner or 1,
            created_at=person.last_activity_at,
            updated_at=person.last_activity_at,
        )
        for number, person in enumerate(people[::20], 1)
    ]
    return Made(recruiters, people, vacancies, applications, notes)


def _people(count: int, source: random.Random, now: datetime) -> Iterator[Person]:
    phones = {name: phone_numbers.numbers(name) for name in ("us", "gb", "de", "fr")}
    cultures = _parts()["cultures"]
    weights = [culture["weight"] for culture in cultures]
    before: Person | None = None
    for number in range(1, count + 1):
        culture = source.choices(cultures, weights)[0]
        phone = next(phones.get(culture["phones"], iter(())), "") if source.random() < 0.6 else ""
        person = _person(number, culture, phone, source, now)
        if before and number % 97 == 0:
            _double(person, before)
        yield person
        before = person


def _person(
    number: int, culture: dict[str, Any], phone: str, source: random.Random, now: datetime
) -> Person:
    parts = _parts()
    first, last = source.choice(culture["first"]), source.choice(culture["last"])
    city, region, country = source.choice(culture["cities"]).split("|")
    category, _, titles, skills = source.choice(_fields())
    slug = f"{_slug(first)}.{_slug(last)}"
    created = now - timedelta(minutes=source.randrange(2 * 1440, _DAYS * 1440))
    updated = created + (now - timedelta(days=1) - created) * source.betavariate(1, 2)
    from_ = source.randrange(max(len(skills) - 12, 1))
    employer = f"{source.choice(parts['employers']['first'])} " + source.choice(
        parts["employers"]["second"][category]
    )
    person = Person(
        number=number,
        first_name=first,
        last_name=last,
        emails=[f"{slug}{number}@{_DOMAINS[number % 3]}"],
        phones=[phone] if phone else [],
        employer=employer,
        title=_title(source.choice(titles), source),
        city=city,
        region=region,
        country=country,
        tags=source.sample(parts["tags"], source.choice((0, 0, 0, 1, 2))),
        skills=source.sample(skills[from_ : from_ + 12], source.randint(2, 7)),
        language=culture["language"],
        source=source.choice(parts["sources"]),
        owner=source.randint(1, len(parts["recruiters"])),
        opted_out=number % 61 == 0,
        created_at=created,
        updated_at=updated,
        last_activity_at=updated,
    )
    if source.random() < 0.3:
        person.links = [f"https://www.linkedin.com/in/{slug.replace('.', '-')}-{number}"]
    if source.random() < 0.15:
        person.emails.append(f"{slug}@{_slug(employer)}{number}.example.com")
    if source.random() < 0.25:
        person.salary = source.randrange(32, 160) * 1000
        person.currency = {"US": "USD", "GB": "GBP", "CH": "CHF"}.get(country, "EUR")
    if source.random() < 0.1:
        person.available_on = (now + timedelta(days=source.randrange(180))).date()
    for name, value in _odd(person, now).items():
        setattr(person, name, value)
    return person


def _odd(person: Person, now: datetime) -> dict[str, Any]:
    """What is odd about some: blanks, spaces, capitals, consent that ended, somebody private."""
    odd: dict[int, dict[str, Any]] = {
        3: {"emails": []},
        5: {"first_name": ""},
        7: {"city": "", "region": "", "country": ""},
        11: {"title": "", "employer": ""},
        13: {"skills": [], "tags": []},
        17: {"emails": [f"  {person.emails[0].upper()} "]},
        19: {"last_name": f"{person.last_name.upper()}  "},
        23: {"emails": ["not an address", *person.emails]},
        29: {"consent": False},
        31: {"consent": True, "consent_until": now - timedelta(days=30)},
        37: {"consent": True, "consent_until": now + timedelta(days=400)},
        41: {"is_private": True},
        43: {"owner": None},
        47: {"phones": ["n/a"]},
        53: {"sms_ok": True},
    }
    return odd.get(person.number % 211, {})


def _double(person: Person, before: Person) -> None:
    """The same human being twice: one e-mail, a little different otherwise."""
    person.first_name, person.last_name = before.first_name, before.last_name
    person.emails = list(before.emails[:1])
    person.city, person.region, person.country = before.city, before.region, before.country
    person.phones, person.links = [], list(before.links)


def _applications(
    people: list[Person], roles: list[Role], source: random.Random, now: datetime
) -> Iterator[Application]:
    number = 0
    for person in people:
        # Two of five are prospects; the others applied for one to four roles.
        wanted = source.choice((0, 0, 1, 1, 2)) if roles else 0
        if wanted == 2 and source.random() < 0.5:
            wanted = source.choice((3, 4, 5))
        sampled: list[Role | None] = [*source.sample(roles, min(wanted, len(roles)))]
        for role in sampled or [None]:
            number += 1
            yield _application(number, person, role, source, now)


def _application(
    number: int, person: Person, role: Role | None, source: random.Random, now: datetime
) -> Application:
    since = max(person.created_at, role.created_at) if role else person.created_at
    end = max(min(role.closed_at or now, now) if role else now, since)
    at = since + (end - since) * source.random()
    one = Application(
        number, person.number, role.number if role else None, created_at=at, updated_at=at
    )
    one.history = [(1, at)]
    if role is None:
        return one
    for stage in range(2, source.choices((1, 2, 3, 4, 5), (40, 25, 20, 10, 5))[0] + 1):
        at += (end - at) * source.random() / 2
        one.stage = stage
        one.history.append((stage, at))
    is_over = role.closed_at is not None
    dice = source.random()
    if one.stage == 5 and dice < 0.6:
        one.state, one.hired_at = "hired", at
        one.begins_on = at.date() + timedelta(days=30)
    elif is_over or dice < 0.55:
        one.state, one.rejected_at = "rejected", at
        one.reason = source.choice(_parts()["rejections"])
    one.updated_at = at
    return one


def _title(name: str, source: random.Random) -> str:
    prefix = source.choices(("", "Senior ", "Lead ", "Head of ", "Junior "), (58, 22, 8, 4, 8))[0]
    return f"{prefix}{name}"


def _slug(name: str) -> str:
    return "".join(c for c in anyascii(name).lower() if c.isalnum()) or "somebody"


@lru_cache
def _parts() -> dict[str, Any]:
    parts: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return parts


@lru_cache
def _fields() -> list[tuple[str, str, list[str], list[str]]]:
    """Category, specialty, titles and skills of each field of work that the tag tree knows."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tree = yaml.load(_TREE.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - the safe one
    return [
        (
            category["name"],
            one["name"],
            [made["name"] for family in one["families"] for made in family["roles"]],
            [skill["name"] for skill in one["skills"]],
        )
        for category in tree["categories"]
        for one in category["specialties"]
    ]
