"""The default tag tree keeps the promises that its loader, and the people who edit it, rely on."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from anyascii import anyascii

TREE_FILE = Path(__file__).parents[2] / "warmbench" / "people" / "data" / "tags.yaml"

SPECIALTIES = {
    "Technology": [
        "Software engineering",
        "Data & machine learning",
        "Cloud & DevOps",
        "Cybersecurity",
        "Product & design",
    ],
    "Finance": [
        "Accounting & controlling",
        "Corporate finance & FP&A",
        "Risk & compliance",
        "Investment & banking",
    ],
    "Healthcare": ["Nursing & care", "Physicians & clinical", "Life sciences & pharma"],
    "Engineering": [
        "Mechanical & manufacturing",
        "Electrical & automation",
        "Civil & construction",
    ],
    "General": ["Sales & marketing", "Human resources", "Operations & supply chain"],
}
SENIORITIES = ["Individual contributor", "Manager", "Director", "Executive"]
CONTINENTS = {"Europe", "North America", "Africa", "Asia", "Oceania"}

#: What people really write in a CV or an export, and the tag they mean by it.
REAL_LIFE = {
    "skill": {
        "k8s": "Kubernetes",
        "Postgres": "PostgreSQL",
        "PSQL": "PostgreSQL",
        "JS": "JavaScript",
        "golang": "Go",
        "C": "C",
        "C++": "C++",
        "c#": "C#",
        ".Net": ".NET",
        "Node.JS": "Node.js",
        "GAAP": "US GAAP",
        "SOX": "SOX compliance",
        "ICU": "Intensive care",
        "cGMP": "GMP",
        "SPS": "PLC programming",
        "PLC": "PLC programming",
        "BIM": "Building information modelling",
        "Arbeitsrecht": "Labour law",
        "schweissen": "Welding",
        "comptabilite generale": "Financial accounting",
    },
    "role": {
        "RN": "Registered nurse",
        "back end developer": "Backend engineer",
        "Bauleiter": "Site manager",
        "SRE": "Site reliability engineer",
        "HRBP": "HR business partner",
    },
    "seniority": {"Sr.": "Individual contributor", "VP": "Executive", "Head of": "Director"},
    "geography": {"Deutschland": "Germany", "U.S.A.": "United States", "Türkiye": "Turkey"},
}


@dataclass(frozen=True)
class Node:
    kind: str
    name: str
    aliases: tuple[str, ...]
    code: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def key(text: str) -> str:
    """The text without case, accents and punctuation; + # and inner dots tell skills apart."""
    words = re.sub(r"[^a-z0-9+#.]+", " ", anyascii(text).lower()).split()
    return " ".join(word for word in (word.rstrip(".") for word in words) if word)


def node(kind: str, raw: dict[str, Any]) -> Node:
    return Node(kind, raw["name"], tuple(raw.get("aliases", [])), raw.get("code", ""))


def read_nodes(tree: dict[str, Any]) -> list[Node]:
    nodes = [node("seniority", raw) for raw in tree["seniorities"]]
    for region in tree["geographies"]:
        nodes.append(node("geography", region))
        nodes += [node("geography", country) for country in region["countries"]]
    for category in tree["categories"]:
        nodes.append(node("category", category))
        for specialty in category["specialties"]:
            nodes.append(node("specialty", specialty))
            nodes += [node("skill", skill) for skill in specialty["skills"]]
            for family in specialty["families"]:
                nodes.append(node("role_family", family))
                nodes += [node("role", role) for role in family["roles"]]
    return nodes


TREE: dict[str, Any] = yaml.safe_load(TREE_FILE.read_text(encoding="utf-8"))
NODES = read_nodes(TREE)
EVERY_SPECIALTY = [
    specialty for category in TREE["categories"] for specialty in category["specialties"]
]


def of_kind(kind: str) -> list[Node]:
    return [node for node in NODES if node.kind == kind]


def test_has_the_categories_and_specialties_everything_else_names() -> None:
    found = {
        category["name"]: [specialty["name"] for specialty in category["specialties"]]
        for category in TREE["categories"]
    }
    assert found == SPECIALTIES
    assert [node.name for node in of_kind("seniority")] == SENIORITIES


def test_has_enough_skills_to_recognise_most_of_an_import() -> None:
    assert len({key(skill.name) for skill in of_kind("skill")}) >= 450


@pytest.mark.parametrize("specialty", EVERY_SPECIALTY, ids=lambda specialty: specialty["name"])
def test_no_specialty_is_a_stub(specialty: dict[str, Any]) -> None:
    assert 2 <= len(specialty["families"]) <= 5
    assert all(2 <= len(family["roles"]) <= 6 for family in specialty["families"])
    assert len(specialty["skills"]) >= 25
    assert len(specialty["aliases"]) >= 3


def test_covers_the_continents() -> None:
    regions = {region["name"] for region in TREE["geographies"]}
    assert regions >= CONTINENTS
    assert sum(len(region["countries"]) for region in TREE["geographies"]) >= 60


def test_countries_have_iso_codes_of_their_own() -> None:
    """An unquoted NO is read as the boolean false, and Norway loses its code."""
    codes = [country["code"] for region in TREE["geographies"] for country in region["countries"]]
    assert all(isinstance(code, str) and re.fullmatch(r"[A-Z]{2}", code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_every_spelling_is_text_that_fits_its_column() -> None:
    for found in NODES:
        for text in found.spellings:
            assert isinstance(text, str), (found.name, text)
            assert text == text.strip()
            assert 0 < len(text) <= 120
            assert key(text), f"{text!r} has nothing left to match by"


def test_names_stand_once_in_the_whole_tree() -> None:
    seen: dict[str, list[Node]] = defaultdict(list)
    for found in NODES:
        seen[key(found.name)].append(found)
    assert not {name: nodes for name, nodes in seen.items() if len(nodes) > 1}


def test_a_spelling_means_one_tag_of_its_kind() -> None:
    """Neither with spaces between the words nor without may two tags share a spelling."""
    for squeeze in (False, True):
        owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for found in NODES:
            for text in found.spellings:
                spelling = key(text).replace(" ", "") if squeeze else key(text)
                owners[found.kind, spelling].add(found.name)
        assert not {spelling: names for spelling, names in owners.items() if len(names) > 1}


def test_no_alias_repeats_what_matching_already_ignores() -> None:
    for found in NODES:
        keys = [key(text) for text in found.spellings]
        repeated = {one for one in keys if keys.count(one) > 1}
        assert not repeated, (found.name, repeated)


def test_no_country_is_called_by_the_code_of_another() -> None:
    codes = {node.code.lower(): node.name for node in of_kind("geography") if node.code}
    for found in of_kind("geography"):
        for text in found.spellings:
            assert codes.get(key(text), found.name) == found.name, text


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        (kind, written, meant)
        for kind, cases in REAL_LIFE.items()
        for written, meant in cases.items()
    ],
)
def test_knows_what_people_really_write(kind: str, written: str, meant: str) -> None:
    names = {key(text): node.name for node in of_kind(kind) for text in node.spellings}
    assert names.get(key(written)) == meant
