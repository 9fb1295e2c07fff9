"""The pieces and sequences that ship can be sent to anybody, whatever we know of them."""

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
from warmbench.nurture import sequence_files
from warmbench.nurture.rule_sql import Names
from warmbench.people.models import Tag
from warmbench.people.tag_words import key

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
SENIORITY_TAGS = {
    Tag.Kind.SENIORITY.value: {key(name): {n} for n, name in enumerate(("Director", "Executive"))}
}
SEQUENCES = {
    path.stem: sequence_files.read(
        path.read_text(encoding="utf-8"), path.name, names=Names(SENIORITY_TAGS, {}, {}, {})
    )
    for path in sorted((DATA / "sequences").rglob("*.yaml"))
}
ARC = SEQUENCES["stay_in_touch"]
TEXTS: list[Text] = [
    *PIECES,
    *(
        Text(f"{sequence.key}/{step.key}", step.subject, step.body)
        for sequence in SEQUENCES.values()
        for step in sequence.steps
        if step.body
    ),
]
#: Fields with a paragraph of their own, which goes with them.
PARAGRAPHS = {"market_note", "own_note", "role_1", "role_2", "role_3"}
CHECK_INS = ["stay_in_touch/check_in", "check_in_90/check_in"]
CATEGORY_OF, SENIORITIES = read_tree_names()
CATEGORIES = set(CATEGORY_OF.values())

each_piece = pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.name)
each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)


def step_text(touch: str) -> Text:
    return next(text for text in TEXTS if text.name == touch)


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
        is_there = field in ALWAYS_THERE.keys() | links | PARAGRAPHS
        assert is_there or FALLBACK.match(filters), field


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
    arc = [(step.key, step.kind, step.wait_days) for step in ARC.steps]
    assert arc == [
        ("welcome", "message", 0),
        ("trends", "content", 30),
        ("salary", "content", 30),
        ("check_in", "check_in", 30),
        ("tip", "content", 30),
        ("spotlight", "content", 30),
        ("still_right_fit", "preference", 30),
    ]
    assert ARC.repeat_from == "trends"


def test_the_trigger_table_of_the_product_ships() -> None:
    """product.md has a row for each; new roles are told of by campaigns, not by sequences."""
    assert {key: sequence.trigger for key, sequence in SEQUENCES.items()} == {
        "alert_click": "alert_click",
        "check_in_90": "pool",
        "high_interest": "high_interest",
        "preferences": "pool",
        "profile_refresh": "pool",
        "stay_in_touch": "pool",
    }
    every = {
        name: SEQUENCES[name].steps[0].wait_days for name in ("check_in_90", "profile_refresh")
    }
    assert every == {"check_in_90": 90, "profile_refresh": 90}
    assert SEQUENCES["preferences"].steps[0].wait_days == 182


def test_the_check_in_comes_after_90_days_and_the_preference_request_after_180() -> None:
    days, reached = 0, {}
    for step in ARC.steps:
        days += step.wait_days
        reached[step.key] = days
    assert (reached["check_in"], reached["still_right_fit"]) == (90, 180)


@pytest.mark.parametrize("path", sorted((DATA / "sequences").rglob("*.yaml")), ids=lambda p: p.stem)
def test_a_shipped_file_is_written_as_an_export_is(path: Path) -> None:
    """But for its comments: whoever exports it after an edit sees that edit alone."""

    def bare(text: str) -> list[str]:
        return [line for line in text.split("\n") if line and not line.lstrip().startswith("#")]

    exported = sequence_files.write(SEQUENCES[path.stem])
    assert bare(path.read_text(encoding="utf-8")) == bare(exported)
    assert SEQUENCES[path.stem].key == path.stem
    assert SEQUENCES[path.stem].description


@pytest.mark.parametrize("touch", CHECK_INS)
class TestCheckIns:
    def test_looks_like_a_person_wrote_it(self, touch: str) -> None:
        check_in = step_text(touch)
        written = check_in.render(KNOWN)
        assert len(written.text.split("\n---")[0].split()) <= 120
        assert not re.search(r"^[#>|*-]|!\[|\*\*", check_in.body, re.MULTILINE)
        assert written.subject == "Ana, quick check-in from Alice"
        assert written.text.count(OURS) == len(re.findall(OURS, written.text.split("---")[1])) + 1

    def test_opens_with_what_was_talked_about(self, touch: str) -> None:
        known = KNOWN | {"opening": "In March we talked about a move. How has that gone since?"}
        greeting, first = step_text(touch).render(known).text.split("\n\n")[:2]
        assert (greeting, first) == ("Hi Ana,", known["opening"])

    def test_says_what_the_recruiter_adds(self, touch: str) -> None:
        known = KNOWN | {"own_note": "Say hello to Paul from me.", "market_note": "Pay has moved."}
        written = step_text(touch).render(known).text
        assert "\n\nPay has moved.\n\nSay hello to Paul from me.\n\n" in written

    def test_tells_of_up_to_three_roles(self, touch: str) -> None:
        roles = {f"role_{n}": f"Role number {n}, Lyon." for n in (1, 2, 3)}
        check_in = step_text(touch)
        assert all(line in check_in.render(KNOWN | roles).text for line in roles.values())
        assert "Or this" not in check_in.render(KNOWN | {"role_1": "One role, Lyon."}).text
        linked = check_in.render(KNOWN | roles | {"role_2_link": "https://jobs.example/2"}).text
        assert linked.count("Read on") == 1

    def test_offers_a_calendar_only_where_there_is_one(self, touch: str) -> None:
        check_in = step_text(touch)
        assert "pick a time" in check_in.render(KNOWN).text
        assert "pick a time" not in check_in.render(ALWAYS_THERE).text


@pytest.mark.parametrize("often", [("Manager", "a month"), ("Director", "a quarter")])
def test_the_welcome_says_how_often_we_write(often: tuple[str, str]) -> None:
    seniority, every = often
    assert f"once {every}" in step_text("stay_in_touch/welcome").render(
        KNOWN | {"seniority": seniority}
    ).text.replace("\n", " ")


def test_the_preference_request_and_the_welcome_lead_to_the_preference_page() -> None:
    for touch in ("stay_in_touch/welcome", "stay_in_touch/still_right_fit", "preferences/ask"):
        assert LINK.findall(step_text(touch).body) == ["{{ preference_link }}"]
