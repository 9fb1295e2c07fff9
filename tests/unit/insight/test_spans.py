"""Names that no list knows are found by how they are written and spoken of."""

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import spans


@pytest.mark.parametrize(
    ("text", "listed", "name"),
    [
        ("Tools: SQL, Vorlexa, Tableau", ("SQL", "Tableau"), "Vorlexa"),
        ("Hands-on experience with Trelify, Python and SQL.", ("Python", "SQL"), "Trelify"),
        ("Daily tools are Excel, Quodesk and SAP.", ("Excel", "SAP"), "Quodesk"),
    ],
)
def test_an_unknown_name_beside_known_ones_is_found(
    text: str, listed: tuple[str, ...], name: str
) -> None:
    places = [(text.index(one), text.index(one) + len(one)) for one in listed]
    found = {text[one.start : one.end]: one.confidence for one in spans.find(text, places)}
    assert found.get(name, 0) >= spans.LEAST


@pytest.mark.parametrize(
    "text",
    [
        "Spoke to Marta Silva from Brenlow Bank this morning.",
        "Lives in Chemnitz, would move to Leipzig.",
        "Notice is three months and the bonus comes in March.",
        "We had a long talk about her children.",
        "",
    ],
)
def test_people_towns_and_ordinary_words_are_none(text: str) -> None:
    assert spans.find(text, []) == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Anaplan", True),
        ("dbt", False),
        ("90k", False),
        ("Berlin", False),
        ("France", False),
        ("The Month", False),
        ("Infor M3", True),
        ("--", False),
    ],
)
def test_names_are_written_as_names(name: str, is_one: bool) -> None:
    assert spans.is_name(name) is is_one


scores = st.lists(st.tuples(*[st.floats(-3, 3)] * spans.LABELS), min_size=1, max_size=6)


@given(scores)
def test_the_labels_of_a_word_are_shares_of_one(given: list[tuple[float, ...]]) -> None:
    steps = np.zeros((spans.LABELS, spans.LABELS), np.float32)
    shares = spans.marginals(np.array(given, np.float32), steps)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-3)
    # Without steps, every word is judged by itself.
    alone = np.exp(given - np.max(given, axis=1, keepdims=True))
    assert np.allclose(shares, alone / alone.sum(axis=1, keepdims=True), atol=1e-3)


def test_a_long_sentence_is_cut() -> None:
    assert len(spans.words_of("word " * 5_000)) == spans.MOST_WORDS
    assert spans.find("(" * 400_000, []) == []


def test_the_model_is_small() -> None:
    source = files("warmbench.insight").joinpath("data", "skill_spans.npz")
    assert len(source.read_bytes()) < 1 << 20
