"""No name, mail, link or telephone number leaves, and every place can be found again."""

import re

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from warmbench.insight.flat import flat
from warmbench.integrations.language_models.redaction import Redactor

PEOPLE = [["Ana María Ruiz", "Ana Ruiz"], ["Tom O'Brien"], ["Jan van der Berg"]]


def hidden(text: str, country: str = "DE") -> str:
    return Redactor(PEOPLE, country).hide(text).text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ana said so, and RUIZ as well.", "[PERSON_1] said so, and [PERSON_1] as well."),
        ("Ruiz, Ana: Maria's wish", "[PERSON_1], [PERSON_1]: [PERSON_1]'s wish"),
        ("Tom O\u2019Brien asked Jan", "[PERSON_1] asked [PERSON_2]"),
        ("van der Berg, and van der is none", "van der [PERSON_1], and van der is none"),
        ("banana and analysis", "banana and analysis"),
        ("ana.ruiz+jobs@example.com or me (at) example.org", "[MAIL_1] or [MAIL_2]"),
        ("https://example.com/a?b=c, www.example.org.", "[LINK_1], [LINK_2]."),
        ("linkedin.com/in/somebody", "[LINK_1]"),
        ("@anaruiz and ruiz88 and obrien.dev", "[LINK_1] and [LINK_2] and [LINK_3]"),
        ("call +49 170 1234567 or 030 / 123 45 67", "call [PHONE_1] or [PHONE_2]"),
        ("(212) 555-0142, 212-555-0142, 00491701234567", "[PHONE_1], [PHONE_1], [PHONE_2]"),
        ("85.000-95.000 EUR by 2026-03-05, 12.3.26", "85.000-95.000 EUR by 2026-03-05, 12.3.26"),
        ("C++, CI/CD, ASP.NET, 1.200.000 users", "C++, CI/CD, ASP.NET, 1.200.000 users"),
    ],
)  # fmt: skip
def test_what_is_taken_out(text: str, left: str) -> None:
    assert hidden(text) == left


def test_the_same_has_the_same_name_in_every_text() -> None:
    redactor = Redactor(PEOPLE)
    assert redactor.hide("Tom wrote to Ana").text == "[PERSON_1] wrote to [PERSON_2]"
    assert redactor.hide("Ana to O'Brien").text == "[PERSON_2] to [PERSON_1]"
    assert redactor.restored("asked by [PERSON_1]") == "asked by Tom"


def test_hostile_texts_take_no_longer_than_others() -> None:
    for text in ("a" * 60_000, "1 " * 30_000, "a." * 30_000, "a@" * 30_000, "(0" * 30_000):
        assert Redactor(PEOPLE).hide(text).text


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäéñABCDE", min_size=2, max_size=10)
PIECES = st.one_of(
    st.sampled_from(
        [" ", ", ", ".\n", " - ", "'s ", "ana@example.com", "+49 170 1234567", "€95k", "(", ") "]
    ),
    WORDS,
    st.characters(blacklist_categories=["Cs"]),
)


@given(first=WORDS, last=WORDS, pieces=st.lists(PIECES, max_size=20), data=st.data())
def test_no_name_is_left_wherever_it_stands(
    first: str, last: str, pieces: list[str], data: st.DataObject
) -> None:
    names = [first, last, f"{first} {last}", first.upper(), flat(last)]
    for _ in range(3):
        at = data.draw(st.integers(0, len(pieces)))
        pieces.insert(at, f" {data.draw(st.sampled_from(names))} ")
    text = "".join(pieces)
    note(text)
    left = flat(Redactor([[f"{first} {last}", first, last]]).hide(text).text)
    left = re.sub(r"\[(?:person|mail|link|phone)_\d+\]", " ", left)
    for name in (first, last):
        particle = flat(name)
        # Shorter ones may be “de” or “van”, which go with the whole name alone.
        assume(len(particle) > 3)
        assert not re.search(rf"(?<![^\W_]){re.escape(particle)}(?![^\W_])", left)


@given(pieces=st.lists(st.one_of(PIECES, st.just(" Ana Ruiz "), st.just("Tom")), max_size=20))
def test_every_stretch_that_is_left_is_found_in_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    shown = Redactor(PEOPLE).hide(text)
    marks = [match.span() for match in re.finditer(r"\[[A-Z]+_\d+\]", shown.text)]
    for start in range(len(shown.text)):
        end = start + 1
        if not any(a < end and start < b for a, b in marks):
            place = shown.source(start, end)
            assert place is not None
            assert text[place[0] : place[1]] == shown.text[start:end]
