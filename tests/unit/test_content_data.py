"""The content pieces and the default sequence can be sent to anybody, whatever we know of them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from warmbench.messaging import fields, templates
from warmbench.messaging.templates import Footer, Rendered, Urls

DATA = Path(__file__).parents[2] / "warmbench" / "nurture" / "data"
TREE_FILE = Path(__file__).parents[2] / "warmbench" / "people" / "data" / "tags.yaml"

KINDS = {"trends", "salary", "tip", "spotlight", "reengage"}
CATEGORY_KINDS = KINDS - {"reengage"}
HEADINGS = {
    "title",
    "kind",
    "specialty",
    "category",
    "seniority",
    "subject",
    "reviewed",
    "language",
}

#: What every message has, so that it needs no fallback.
ALWAYS_THERE = {"recruiter_first_name": "Alice", "organisation": "Example Talent"}
#: What we may know of a candidate, and of the recruiter's calendar.
KNOWN = ALWAYS_THERE | {
    "first_name": "Ana",
    "last_name": "Ruiz",
    "job_title": "Data engineer",
    "employer": "Example Ltd",
    "city": "Lisbon",
    "specialty": "Data & machine learning",
    "seniority": "Manager",
    "last_topic": "a move into platform work",
    "last_talked": "in March",
    "booking_link": "https://example.com/book/alice",
}
FOOTER = Footer("Alice Example", "Example Talent", "You asked us to write.", "1 Quay, Lisbon")
OURS = "https://example.com/our/link"

OUTPUT = re.compile(r"\{\{-?\s*(\w+)(.*?)-?\}\}", re.DOTALL)
FALLBACK = re.compile(r'^\s*\|\s*default:\s*"[^"]+"\s*$')
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
LINK = re.compile(r"\]\(([^)]*)\)")
NOT_FOR_ME = "{{ not_for_me_link }}"

#: Words of a mail that could have been sent to anybody about anything.
GENERIC = [
    "exciting opportunit",
    "fast-paced",
    "rockstar",
    "ninja",
    "game-chang",
    "in today's",
    "dear candidate",
    "hope this finds you",
    "hope you are well",
    "touch base",
    "synerg",
    "world-class",
    "cutting-edge",
    "leading company",
    "!",
]


@dataclass(frozen=True)
class Text:
    """One subject and one body that somebody will receive."""

    name: str
    subject: str
    body: str

    @property
    def written(self) -> str:
        return f"{self.subject}\n{self.body}"

    @cached_property
    def compiled(self) -> templates.Compiled:
        return templates.compile(subject=self.subject, body=self.body, look="letter")

    def render(self, known: Mapping[str, str]) -> Rendered:
        clicks = [OURS] * len(self.compiled.links)
        return templates.render(self.compiled, known, FOOTER, Urls(OURS, OURS, OURS, OURS, clicks))


@dataclass(frozen=True)
class Piece(Text):
    head: Mapping[str, Any]


def read_piece(path: Path) -> Piece:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields: dict[str, Any] = yaml.safe_load(head)
    return Piece(path.stem, fields["subject"], body.strip(), fields)


def read_tree_names() -> tuple[dict[str, str], set[str]]:
    tree = yaml.safe_load(TREE_FILE.read_text(encoding="utf-8"))
    specialties = {
        specialty["name"]: category["name"]
        for category in tree["categories"]
        for specialty in category["specialties"]
    }
    return specialties, {seniority["name"] for seniority in tree["seniorities"]}


PIECES = [read_piece(path) for path in sorted((DATA / "content").glob("*.md"))]
SEQUENCES: list[dict[str, Any]] = yaml.safe_load(
    (DATA / "sequences.yaml").read_text(encoding="utf-8")
)["sequences"]
STEPS: list[dict[str, Any]] = SEQUENCES[0]["steps"]
WRITTEN_STEPS = [step for step in STEPS if step["kind"] != "content"]
TEXTS: list[Text] = [
    *PIECES,
    *(Text(step["key"], step["subject"], step["body"]) for step in WRITTEN_STEPS),
]
CATEGORY_OF, SENIORITIES = read_tree_names()
CATEGORIES = set(CATEGORY_OF.values())

each_piece = pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.name)
each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)


def step_text(key: str) -> Text:
    return next(text for text in TEXTS if text.name == key)


def test_the_library_lasts_longer_than_the_first_half_year() -> None:
    assert len(PIECES) >= 28


def test_every_category_has_a_piece_of_each_kind() -> None:
    found = Counter(
        (piece.head["category"], piece.head["kind"]) for piece in PIECES if "category" in piece.head
    )
    assert set(found) >= {(category, kind) for category in CATEGORIES for kind in CATEGORY_KINDS}


def test_everybody_has_a_fallback_of_each_kind() -> None:
    general = {
        piece.head["kind"]
        for piece in PIECES
        if not piece.head.keys() & {"category", "specialty", "seniority"}
    }
    assert general == KINDS


def test_every_specialty_has_a_piece_of_its_own() -> None:
    assert {piece.head.get("specialty") for piece in PIECES} >= set(CATEGORY_OF)


@each_piece
def test_its_front_matter_says_whom_it_is_for(piece: Piece) -> None:
    head = piece.head
    assert head.keys() <= HEADINGS
    assert head["kind"] in KINDS
    assert not {"category", "specialty"} <= head.keys()
    assert head.get("category", "Technology") in CATEGORIES
    assert head.get("specialty", "Cybersecurity") in CATEGORY_OF
    assert head.get("seniority", "Manager") in SENIORITIES
    assert head["language"] == "en"
    assert 0 < len(head["title"]) <= 80


@each_piece
def test_it_was_reviewed_lately(piece: Piece) -> None:
    assert date(2026, 8, 1) <= piece.head["reviewed"] <= date(2026, 11, 30)


@each_piece
def test_it_is_long_enough_to_be_useful_and_short_enough_to_be_read(piece: Piece) -> None:
    words = LINK.sub("]", OUTPUT.sub("x", TAG.sub("", piece.body))).split()
    assert 120 <= len(words) <= 220


@each_piece
def test_it_has_one_link_of_its_own_and_at_most_one_to_us(piece: Piece) -> None:
    links = [link for link in LINK.findall(piece.body) if link != NOT_FOR_ME]
    ours = [link for link in links if link in ("{{ booking_link }}", "{{ preference_link }}")]
    pages = [link for link in links if link not in ours]
    assert 1 <= len(links) <= 2
    assert len(ours) <= 1
    assert all(link.startswith("https://example.com/") for link in pages)


@each_piece
def test_whoever_reads_about_an_employer_may_say_why_it_is_nothing_for_them(piece: Piece) -> None:
    assert piece.body.count(NOT_FOR_ME) == (piece.head["kind"] == "spotlight")


@each_piece
def test_salaries_are_told_as_our_own_small_observations(piece: Piece) -> None:
    """Numbers without a source read as a market survey, which they are not."""
    if piece.head["kind"] == "salary":
        assert re.search(r"\b(our|my) own\b", piece.body)
        assert re.search(r"\b\d+ (\w+ )*(offers|moves)\b", piece.body)


def test_no_two_pieces_look_the_same_in_an_inbox() -> None:
    for field in ("title", "subject"):
        repeated = [
            text
            for text, times in Counter(piece.head[field] for piece in PIECES).items()
            if times > 1
        ]
        assert not repeated
    links = Counter(link for piece in PIECES for link in LINK.findall(piece.body))
    assert not [link for link, times in links.items() if times > 1 and link.startswith("https")]


@each_text
def test_it_can_be_sent_to_somebody_we_know_nothing_of(text: Text) -> None:
    assert set(text.compiled.required) <= ALWAYS_THERE.keys()
    written = text.render(ALWAYS_THERE).text
    assert "None" not in written
    assert not re.search(r" [,.]|\( ?\)|,,|\.\.|<>", written)


@each_text
def test_a_field_that_may_be_missing_has_a_fallback_where_it_stands(text: Text) -> None:
    """Also behind a condition: the condition is the first thing an editor takes out."""
    links = {name for name, field in fields.FIELDS.items() if field.kind is not fields.Kind.TEXT}
    for field, filters in OUTPUT.findall(text.written):
        assert field in fields.FIELDS
        assert field in ALWAYS_THERE.keys() | links or FALLBACK.match(filters), field


@each_text
@pytest.mark.parametrize("known", [ALWAYS_THERE, KNOWN], ids=["nothing known", "all known"])
def test_its_subject_fits_a_telephone(text: Text, known: dict[str, str]) -> None:
    subject = text.render(known).subject
    assert 0 < len(subject) < 60
    assert not subject.isupper()


@each_text
def test_it_does_not_pretend_to_be_an_answer(text: Text) -> None:
    assert not re.match(r"\s*(re|aw|fw|fwd|wg|sv)\s*:", text.subject, re.IGNORECASE)


@each_text
def test_it_says_nothing_that_could_be_said_to_anybody(text: Text) -> None:
    written = TAG.sub("", text.written).lower()
    assert not [phrase for phrase in GENERIC if phrase in written]


@each_text
def test_it_greets_and_signs(text: Text) -> None:
    assert text.body.startswith('Hi {{ first_name | default: "there" }},\n\n')
    assert text.body.rstrip().endswith("\n\n{{ recruiter_first_name }}")


def test_the_sequence_is_the_half_year_of_the_product() -> None:
    arc = [(step["key"], step["kind"], step["wait_days"]) for step in STEPS]
    assert arc == [
        ("welcome", "message", 0),
        ("trends", "content", 30),
        ("salary", "content", 30),
        ("check_in", "check_in", 30),
        ("tip", "content", 30),
        ("spotlight", "content", 30),
        ("still_right_fit", "preference", 30),
    ]
    assert SEQUENCES[0]["repeat_from"] == "trends"


def test_the_check_in_comes_after_90_days_and_the_preference_request_after_180() -> None:
    days, reached = 0, {}
    for step in STEPS:
        days += step["wait_days"]
        reached[step["key"]] = days
    assert (reached["check_in"], reached["still_right_fit"]) == (90, 180)


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda sequence: sequence["key"])
def test_a_sequence_can_be_read_back(sequence: dict[str, Any]) -> None:
    keys = [step["key"] for step in sequence["steps"]]
    assert sequence["name"]
    assert sequence["description"]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9_]+", key) for key in keys)
    assert sequence.get("repeat_from", keys[0]) in keys
    for step in sequence["steps"]:
        wanted = {"content_kind"} if step["kind"] == "content" else {"subject", "body"}
        assert step.keys() == {"key", "kind", "wait_days"} | wanted
        assert step.get("content_kind", "tip") in KINDS


def test_the_check_in_looks_like_a_person_wrote_it() -> None:
    check_in = step_text("check_in")
    written = check_in.render(KNOWN)
    assert len(written.text.split("\n---")[0].split()) <= 120
    assert not re.search(r"^[#>|*-]|!\[|\*\*", check_in.body, re.MULTILINE)
    assert written.subject == "Ana, quick check-in from Alice"
    assert len(LINK.findall(check_in.body)) == 1


def test_the_check_in_opens_with_the_last_conversation() -> None:
    check_in = step_text("check_in")
    known = check_in.render(KNOWN).text
    assert "Back in March we talked about a move into platform work." in known
    undated = {name: value for name, value in KNOWN.items() if name != "last_talked"}
    assert "When we last spoke, we talked about a move" in check_in.render(undated).text
    silent = {name: value for name, value in KNOWN.items() if name != "last_topic"}
    assert "we talked about" not in check_in.render(silent).text


def test_the_check_in_offers_a_calendar_only_where_there_is_one() -> None:
    check_in = step_text("check_in")
    assert "pick a time" in check_in.render(KNOWN).text
    assert "pick a time" not in check_in.render(ALWAYS_THERE).text


@pytest.mark.parametrize("specialty", CATEGORY_OF)
def test_the_check_in_knows_the_market_of_every_specialty(specialty: str) -> None:
    check_in = step_text("check_in")
    elsewhere = check_in.render(KNOWN | {"specialty": "Beekeeping"}).text
    assert check_in.render(KNOWN | {"specialty": specialty}).text != elsewhere


def test_the_preference_request_and_the_welcome_lead_to_the_preference_page() -> None:
    for key in ("welcome", "still_right_fit"):
        assert LINK.findall(step_text(key).body) == ["{{ preference_link }}"]
