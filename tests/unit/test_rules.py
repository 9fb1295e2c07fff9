"""The language of pool rules: what it understands, and what it says about mistakes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from warmbench.nurture import rules
from warmbench.nurture.rule_errors import RuleError
from warmbench.nurture.rule_parts import (
    FACTS,
    And,
    Consented,
    Elapsed,
    Holds,
    Is,
    Known,
    Name,
    Not,
    Or,
    Reached,
    Rule,
    Tagged,
)

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "pool-rules.md"
OPEN = Is("status", (Name("open"),))
PHONE = Known("phone")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("status = open", OPEN),
        ("STATUS Is Open to offers", OPEN),
        ("status in (passive, open)", Is("status", (Name("passive"), Name("open")))),
        ("status is in (open)", OPEN),
        ("status != open", Not(OPEN)),
        ("status is not open", Not(OPEN)),
        ("status not in (open)", Not(OPEN)),
        ("status = do not contact", Is("status", (Name("do_not_contact"),))),
        ('country = Germany or country = "AT"', Or((Is("country", (Name("DE"),)),
                                                    Is("country", (Name("AT"),))))),
        ("source = “Old ATS”", Is("source", (Name("Old ATS"),))),
        ("city = L'Aquila", Is("city", (Name("L'Aquila"),))),
        ("city = 's-Hertogenbosch'", Is("city", (Name("s-Hertogenbosch"),))),
        ("owner = Alice@Example.com", Is("owner", (Name("alice@example.com"),))),
        ("skill = C++", Tagged("skill", (Name("C++"),))),
        ("skills any of (.NET, Node.js)", Tagged("skill", (Name(".NET"), Name("Node.js")))),
        ("skill all of (Go, OR-Tools)",
         Tagged("skill", (Name("Go"), Name("OR-Tools")), every=True)),
        ("skill none of (Go)", Not(Tagged("skill", (Name("Go"),)))),
        ("specialty is Cloud & DevOps", Tagged("specialty", (Name("Cloud & DevOps"),))),
        ("role family = Platform", Tagged("role_family", (Name("Platform"),))),
        ("tagged with stage lighting", Tagged("", (Name("stage lighting"),))),
        ("tagged with all of (a, b)", Tagged("", (Name("a"), Name("b")), every=True)),
        ("no specialty", Not(Known("specialty"))),
        ("has phone number", PHONE),
        ("not not has phone", PHONE),
        ("months since last conversation >= 6", Elapsed("months", "last conversation", ">=", 6)),
        ("days since being added is less than 30", Elapsed("days", "added", "<", 30)),
        ("weeks since status change ≤ 2", Elapsed("weeks", "status change", "<=", 2)),
        ("days since last click <= 30", Elapsed("days", "last click", "<=", 30)),
        ("has clicked and no replied", And((Known("last click"), Not(Known("last reply"))))),
        ("not high interest", Not(Holds("high interest"))),
        ("open follow-up", Holds("open follow-up")),
        ("stage reached at least final", Reached(">=", "final")),
        ("stage < offer", Reached("<", "offer")),
        ("stage = final stage", Is("stage reached", (Name("final"),))),
        ("consent for email", Consented("email", "nurture")),
        ("consent for sms alerts", Consented("sms", "alert")),
        ("no consent for e-mail", Not(Consented("email", "nurture"))),
        ("silver medalist", Holds("silver medallist")),
        ("outcome = silver medallist", Holds("silver medallist")),
        ("suppressed", Holds("suppressed")),
        ("status=open and has phone and silver medallist",
         And((OPEN, PHONE, Holds("silver medallist")))),
        ("status=open and (has phone and silver medallist)",
         And((OPEN, PHONE, Holds("silver medallist")))),
        ("status=open or has phone and not silver medallist",
         Or((OPEN, And((PHONE, Not(Holds("silver medallist"))))))),
        ("not (status=open or has phone)", Not(Or((OPEN, PHONE)))),
    ],
)  # fmt: skip
def test_a_rule_reads_as_english(text: str, rule: Rule) -> None:
    assert rules.parse(text) == rule


@pytest.mark.parametrize(
    ("text", "line", "column", "pointed", "message"),
    [
        ("", 1, 1, "", "The rule is empty"),
        ("skils = Go", 1, 1, "skils", "Did you mean “skills”?"),
        ("status = open\nand statsu = open", 2, 5, "statsu", "Did you mean “status”?"),
        ("status = opne", 1, 10, "opne", "There is no status called “opne”. Did you mean “open”?"),
        ("country = Germny", 1, 11, "Germny", "Did you mean “Germany”?"),
        ("stage at least finl", 1, 16, "finl", "Did you mean “final”?"),
        ("consent for e-mails", 1, 13, "e-mails", "Did you mean “e-mail”?"),
        ("months since last convo > 3", 1, 1, "months since last convo", "“last conversation”?"),
        ("months since added = 3", 1, 1, "months since added", "Say at least or at most"),
        ("days since added > 3.5", 1, 20, "3.5", "whole number of days from 0 to 36500"),
        ("years since added > 101", 1, 21, "101", "from 0 to 100"),
        ("status > open", 1, 1, "status", "is not a quantity"),
        ("status all of (open)", 1, 1, "status", "more than one status"),
        ("has silver medallist", 1, 5, "silver medallist", "write “silver medallist”"),
        ("phone = 1", 1, 1, "phone", "write “has phone”"),
        ("specialty", 1, 1, "specialty", "alone says nothing"),
        ("skill Kubernetes", 1, 1, "skill Kubernetes", "missing after “skill”"),
        ("specialty = Research and development", 1, 26, "development", "in quotation marks"),
        ("status =", 1, 9, "", "ends where a value should stand"),
        ("status = open and ", 1, 18, "", "another fact should follow"),
        ("(status = open", 1, 15, "", "never closed"),
        ("status = open)", 1, 14, ")", "never opened"),
        ("()", 1, 2, ")", "missing before this parenthesis"),
        ('source = "Old', 1, 10, '"Old', "quotation mark is never closed"),
        ('skill = a"b"', 1, 10, '"b"', "belong around a whole value"),
        ('source = ""', 1, 10, '""', "missing between the quotation marks"),
        ("country in DE, AT", 1, 12, "DE", "in parentheses"),
        ("country in (DE,,AT)", 1, 16, ",", "A value should stand here"),
        ("country = DE source = x", 1, 21, "=", "put “and” or “or” between"),
        ("= x", 1, 1, "=", "A fact should stand here"),
        ("status ! open", 1, 8, "!", "not expected here"),
        ("(" * 21 + "status = open", 1, 21, "(", "More than 20 parentheses"),
        ("x" * 4001, 1, 1, "x" * 20, "4000 characters"),
    ],
)
def test_a_mistake_is_pointed_at_and_explained(
    text: str, line: int, column: int, pointed: str, message: str
) -> None:
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        rules.parse(text)
    assert (caught.value.line, caught.value.column, caught.value.text) == (line, column, pointed)


@given(oracle.rules)
def test_a_rule_is_the_same_after_it_was_written_down(rule: Rule) -> None:
    assert rules.parse(oracle.as_text(rule)) == rule


@given(oracle.rules)
def test_every_rule_has_a_sentence(rule: Rule) -> None:
    sentence = rules.describe(rule)
    assert sentence.startswith("People ")
    assert sentence.endswith(".")


WORDS = [
    "status", "=", "open", "and", "or", "not", "(", ")", '"', "in", "no", "has", ",", ">=", "is",
    "skill", "any of", "months since", "last conversation", "tagged with", "é", "%", "'",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=40))
def test_no_text_is_met_with_anything_but_a_rule_or_a_reason(text: str) -> None:
    error = _mistake_in(text)
    if error is not None:
        assert error.message.endswith((".", "?"))
        assert 1 <= error.line <= text.count("\n") + 1
        assert 1 <= error.column <= len(text) + 1


def _mistake_in(text: str) -> RuleError | None:
    try:
        rules.parse(text)
    except RuleError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "status in (passive, open) and skill = Go and no phone",
            (
                "People whose status is passive or open to offers, who have the skill Go and who"
                " have no known phone."
            ),
        ),
        (
            "not (silver medallist and months since last message >= 3)",
            (
                "People either who are not silver medallists or whose last message was not at least"
                " 3 months ago."
            ),
        ),
        (
            "stage at least final and (consent for sms or country != DE)",
            (
                "People who reached at least the stage “final stage” and (either who may be sent"
                " messages by SMS or whose country is not DE)."
            ),
        ),
        (
            "consent for email and not consent for email alerts",
            (
                "People who may be sent messages by e-mail and who may not be sent role alerts by"
                " e-mail."
            ),
        ),
        (
            "high interest and not open follow-up or days since last click > 30",
            (
                "People either (who are of high interest and who are not waiting for a recruiter)"
                " or whose last click was more than 30 days ago."
            ),
        ),
    ],
)
def test_a_rule_is_said_back_in_plain_words(text: str, sentence: str) -> None:
    assert rules.describe(rules.parse(text)) == sentence


def test_the_reference_lists_every_fact() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]*) \|", DOCS.read_text(), re.MULTILINE)
    documented = {name: (shape.strip(), also.strip()) for name, shape, also in rows}
    assert documented == {fact.name: (fact.shape.value, ", ".join(fact.also)) for fact in FACTS}
