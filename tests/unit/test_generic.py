from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from warmbench.nurture import generic
from warmbench.people import tag_file
from warmbench.people.tag_words import key

TEXTS = Path(__file__).parents[1] / "data" / "pieces"


def texts(name: str) -> Any:
    return yaml.safe_load((TEXTS / name).read_text("utf-8"))


GENERIC = [(language, text) for language, each in texts("generic.yaml").items() for text in each]
SPECIFIC = [(one["language"], one["text"]) for one in texts("specific.yaml")]
LIBRARY = Path(generic.__file__).parent / "data" / "content"
SHIPPED = sorted(LIBRARY.glob("*.md"))
TREE = tag_file.read((Path(tag_file.__file__).parent / "data" / "tags.yaml").read_text("utf-8"))
NAMES = frozenset(
    key(text)
    for one in TREE.entries
    if one.kind not in {"category", "seniority"}
    for text in (one.name, *(alias for alias, _ in one.aliases), one.code)
)


@pytest.mark.parametrize(("language", "text"), GENERIC)
def test_what_anybody_could_have_written_does_not_pass(language: str, text: str) -> None:
    assert not generic.judge(text, language=language, names=NAMES).is_passed


@pytest.mark.parametrize(("language", "text"), SPECIFIC)
def test_what_says_something_passes(language: str, text: str) -> None:
    assert generic.judge(text, language=language).is_passed


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_piece_that_comes_with_warmbench_passes(path: Path) -> None:
    body = path.read_text("utf-8").split("---\n", 2)[2]

    assert generic.judge(body, language="en", names=NAMES).is_passed


def test_a_phrase_is_found_where_it_stands_whatever_marks_are_in_it() -> None:
    source = 'Hi {{ first_name | default: "there" }},\n\nAn **exciting**\nopportunity in Leeds.'

    (found,) = generic.findings(source, language="en")

    assert found.phrase == source[found.start : found.end] == "exciting**\nopportunity"
    assert "Name the role" in found.instead


def test_what_stands_in_liquid_or_in_a_link_is_no_prose() -> None:
    source = "{{ note | default: 'Reach out!' }} [The terms](https://example.com/reach-out/now!)"

    assert generic.findings(source, language="en") == ()


def test_shouting_is_found_and_acronyms_are_not() -> None:
    assert [f.phrase for f in generic.findings("APPLY TO THESE ROLES", language="en")] == [
        "APPLY TO THESE ROLES"
    ]
    assert generic.findings("Contracts under FIDIC, NEC, VOB or SAP IBP.", language="en") == ()


def test_a_phrase_is_outweighed_by_what_is_specific() -> None:
    empty = "Feel free to reach out to us."
    told = "In March, 14 of 20 teams asked for it. We saw nine rotas. Two paid nothing. "

    assert not generic.judge(empty, language="en").is_passed
    assert generic.judge(told * 2 + empty, language="en").is_passed


def test_the_name_of_a_tool_makes_a_sentence_specific() -> None:
    text = "What teams look for is somebody who keeps apache kafka running."

    assert not generic.judge(text, language="en").is_passed
    assert generic.judge(text, language="en", names={"apache kafka"}).is_passed


@pytest.mark.parametrize("text", ["What is it that we rest on?", "Shell is when IT is in us."])
def test_common_words_are_no_names(text: str) -> None:
    assert generic.judge(text, language="en", names=NAMES).specific == 0


@pytest.mark.parametrize(
    "text", ["They build it in REST and Rust.", "We moved to kubernetes then."]
)
def test_names_are_names(text: str) -> None:
    assert generic.judge(text, language="en", names=NAMES).specific == 1


def test_a_phrase_in_the_greeting_counts_though_a_greeting_is_no_sentence() -> None:
    judged = generic.judge("Dear candidate,\n\nIt moved by 4 % in May.", language="en")

    assert (judged.sentences, judged.empty, judged.specific) == (2, 1, 1)


def test_other_languages_are_judged_by_english_phrases_too() -> None:
    assert generic.findings("Ein echter Game-Changer", language="de")
    assert generic.findings("Touch base, kanskje?", language="nb")


def test_nothing_says_nothing() -> None:
    assert generic.judge("", language="en").score == 0


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "es", "nl", "xx"]))
def test_whatever_is_written_findings_stand_in_the_source_in_order(
    source: str, language: str
) -> None:
    judged = generic.judge(source, language=language)

    assert 0 <= judged.score <= 1
    places = [(one.start, one.end) for one in judged.findings]
    assert places == sorted(places)
    assert all(one.phrase == source[one.start : one.end] for one in judged.findings)
    assert all(first[1] <= second[0] for first, second in pairwise(places))
