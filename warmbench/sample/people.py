"""Invents the sample's people, the same ones every time, as an ATS would export them."""

import csv
import io
import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from anyascii import anyascii

_DATA = Path(__file__).parent / "data" / "people.yaml"
_TREE = Path(__file__).parents[1] / "people" / "data" / "tags.yaml"

HEADER = (
    *("Candidate ID", "First Name", "Last Name", "E-mail", "Work E-mail", "Mobile"),
    *("Current Employer", "Current Title", "City", "Country", "Specialty", "Seniority", "Skills"),
    *("Owner", "Status", "Stage", "Last Conversation", "Conversation Topic", "Opted Out"),
    *("Consent", "Consent Date"),
)
#: Where mail needs consent first. Most people there gave it; a few were never asked.
_CONSENT_FIRST = frozenset({"DE", "AT", "CA"})
#: So many neighbours in the tree make a working life.
_TOGETHER = 14
Row = dict[str, str]

#: People in the corners where such systems fail: each can be found by what is odd about them.
CORNERS: tuple[Row, ...] = (
    {"First Name": "Nora", "Last Name": "Nozone", "City": "", "Country": "US"},
    {"First Name": "Anya", "Last Name": "Anywhere", "City": "", "Country": "RU"},
    {"First Name": "Nils", "Last Name": "Nospecialty", "Specialty": "", "Skills": "",
     "Current Title": "Juggler"},
    {"First Name": "Olga", "Last Name": "Optedout", "Opted Out": "yes"},
    {"First Name": "Piet", "Last Name": "Placed", "Status": "placed"},
    {"First Name": "Dora", "Last Name": "Donotcontact", "Status": "do not contact"},
    {"First Name": "Tom", "Last Name": "Twospecialties",
     "Skills": "Kubernetes; Terraform; Financial modelling; Budgeting; Python"},
    {"First Name": "", "Last Name": "Nofirstname"},
    {"First Name": "Max", "Last Name": "Nomail", "E-mail": "", "Work E-mail": ""},
    {"First Name": "{{7*7}}", "Last Name": "{% raw %}Template"},
    {"First Name": "Maximiliane-Theodora Wilhelmine Auguste",
     "Last Name": "von und zu Hohenlinden-Waldburg-Rabenstein"},
    {"First Name": "شيماء", "Last Name": "الزهراوي", "City": "Cairo", "Country": "EG"},
    {"First Name": "Ada", "Last Name": "Applied", "Status": "applied"},
)  # fmt: skip


def rows(count: int, *, owners: dict[str, str], today: date, seed: int = 7) -> Iterator[Row]:
    """So many people and the corners. ``owners``: category → e-mail address of a recruiter."""
    source = random.Random(seed)  # noqa: S311 - the same people every time
    for number in range(count):
        yield _person(number, source, owners, today)
    for number, corner in enumerate(CORNERS):
        yield {**_person(count + number, source, owners, today), **corner}


def as_csv(people: Iterator[Row]) -> io.BytesIO:
    """The file that the sample's ATS would export."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(people)
    return io.BytesIO(text.getvalue().encode())


def _person(number: int, source: random.Random, owners: dict[str, str], today: date) -> Row:
    parts = _parts()
    culture = source.choices(parts["cultures"], [c["weight"] for c in parts["cultures"]])[0]
    first, last = source.choice(culture["first"]), source.choice(culture["last"])
    city, _, country = source.choice(culture["cities"]).rpartition(" ")
    category, specialty = source.choice(_specialties())
    role = source.choice([r["name"] for f in specialty["families"] for r in f["roles"]])
    seniority, title = _level(role, source)
    skills = _skills([s["name"] for s in specialty["skills"]], source)
    employer = f"{source.choice(parts['employers']['first'])} " + source.choice(
        parts["employers"]["second"][category]
    )
    mail = f"{_slug(first)}.{_slug(last)}{number}"
    talked = today - timedelta(days=int(source.triangular(20, 900, 120)))
    has_talked = source.random() < 0.8
    has_agreed = country in _CONSENT_FIRST and number % 9 != 4
    return {
        "Candidate ID": f"NW-{10_000 + number}",
        "First Name": first,
        "Last Name": last,
        "E-mail": f"{mail}@mail.example",
        "Work E-mail": f"{mail}@{_slug(employer)}.example" if source.random() < 0.3 else "",
        "Mobile": f"+4420794{source.randint(60000, 69999)}" if source.random() < 0.6 else "",
        "Current Employer": employer,
        "Current Title": title,
        "City": city,
        "Country": country,
        "Specialty": specialty["name"],
        "Seniority": seniority,
        "Skills": "; ".join(skills),
        "Owner": owners[category],
        "Status": source.choices(("passive", "open", "searching"), (88, 9, 3))[0],
        "Stage": source.choices(("", "screened", "interviewed", "final"), (40, 30, 20, 10))[0],
        "Last Conversation": talked.isoformat() if has_talked else "",
        "Conversation Topic": source.choice(parts["topics"][category]) if has_talked else "",
        "Opted Out": "",
        "Consent": "Opted in" if has_agreed else "",
        "Consent Date": talked.isoformat() if has_agreed else "",
    }


def _level(role: str, source: random.Random) -> tuple[str, str]:
    level = source.choices(
        ("Individual contributor", "Manager", "Director", "Executive"), (70, 20, 8, 2)
    )[0]
    prefix = {"Individual contributor": "", "Manager": "Lead ", "Director": "Director, "}
    return level, f"{prefix.get(level, 'VP, ')}{role}"


def _skills(names: list[str], source: random.Random) -> list[str]:
    """Some that go together: the tree lists the skills of a specialty by what they are for."""
    first = source.randint(0, len(names) - _TOGETHER)
    return source.sample(names[first : first + _TOGETHER], source.randint(3, 8))


def _slug(name: str) -> str:
    return "".join(c for c in anyascii(name).lower() if c.isalnum())


@lru_cache
def _parts() -> dict[str, Any]:
    parts: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return parts


@lru_cache
def _specialties() -> list[tuple[str, dict[str, Any]]]:
    tree = yaml.safe_load(_TREE.read_text(encoding="utf-8"))
    return [(c["name"], s) for c in tree["categories"] for s in c["specialties"]]
