import pytest

from warmbench.nurture import relevance
from warmbench.nurture.relevance import Specialty

NURSING = Specialty(
    1,
    "Nursing & care",
    (("Nursing & care", "nursing"), ("Registered nurse", "Ward manager"), ("Wound care", "Triage")),
)
SOFTWARE = Specialty(
    2,
    "Software engineering",
    (("Software engineering",), ("Backend engineer", "QA engineer"), ("Python", "Code review")),
)
BANKING = Specialty(
    3,
    "Investment & banking",
    (("Investment & banking",), ("Portfolio manager",), ("Valuation", "Bond trading")),
)
ALL = (NURSING, SOFTWARE, BANKING)

WARD = (
    "Six of nine wards plan their rotas eight weeks ahead.",
    "Ask how many patients a nurse has.",
)
STATION = (
    "Sechs von neun Stationen planen Dienste früh.",
    "Wie viele Patienten hat eine Pflegekraft?",
)
CODE = (
    "Most teams let you use an assistant for the exercise.",
    "Say aloud which test you write first.",
)


@pytest.mark.parametrize(
    ("text", "specialty"), [(WARD, NURSING), (STATION, NURSING), (CODE, SOFTWARE)]
)
def test_a_text_is_nearest_to_what_it_is_about(text: tuple[str, ...], specialty: Specialty) -> None:
    assert relevance.nearest(text, ALL)[0].tag_id == specialty.tag_id
    assert relevance.judge(text, {specialty.tag_id}, ALL).is_passed


def test_a_wrong_claim_fails_and_what_is_nearer_is_named() -> None:
    judged = relevance.judge(WARD, {BANKING.tag_id}, ALL)

    assert not judged.is_passed
    assert judged.score < 1
    assert judged.nearest[0].name == "Nursing & care"


def test_one_of_several_claims_is_enough() -> None:
    assert relevance.judge(WARD, {NURSING.tag_id, BANKING.tag_id}, ALL).is_passed


def test_a_text_without_a_sentence_is_about_nothing() -> None:
    assert not relevance.judge((), {NURSING.tag_id}, ALL).is_passed


def test_words_alone_tell_skills_apart_that_differ_in_a_sign() -> None:
    one = Specialty(1, "One", (("One",), (), ("C++",)))
    other = Specialty(2, "Other", (("Other",), (), ("C#",)))

    first, second = relevance.in_words(["Twelve years of C++."], [one, other])

    assert first > 0
    assert second == 0
