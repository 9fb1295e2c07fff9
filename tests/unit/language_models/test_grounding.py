"""Of what a model says, only what the text itself shows is left."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import reading, values
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.integrations.language_models import asking, schema
from warmbench.integrations.language_models.grounding import Reason, ground
from warmbench.integrations.language_models.redaction import Redactor

TALK = """\
Tom Berger: We pay 120k and use Kafka. Would Berlin do?
Ana Ruiz: I am on 84 now and want between 90 and 95k euros. Three months' notice.
Ana Ruiz: I led a team of twelve at Brightmoor Bank, and could start on 1 September 2026.
Ana Ruiz: I worked with Kafka, was sick leave for a while, and Ben Okafor would be good.
Ana Ruiz: Call me after 18:00. Please do not write before autumn.
"""


def apart(text: str = TALK, kind: SourceKind = SourceKind.TRANSCRIPT) -> Reading:
    return reading.read(
        text,
        kind=kind,
        said_on=date(2026, 3, 5),
        people=["Ana Ruiz"],
        recruiters=["Tom Berger"],
        language="en",
    )


def judged(*said: Any, of: Reading | None = None) -> tuple[list[Found], list[Reason]]:
    taken = of or apart()
    redactor = Redactor([["Ana Ruiz"], ["Tom Berger"]])
    left = ground(said, taken, asking.passages(taken, redactor), redactor)
    return list(left.found), list(left.dropped.elements())


def fact(kind: str, value: Any, quote: str, polarity: str = "had") -> dict[str, Any]:
    return {"kind": kind, "polarity": polarity, "value": value, "quote": quote}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (
            fact("pay", {"what": "current", "low": 84000}, "I am on 84 now"),
            {"what": "current", "low": 84000},
        ),
        (
            fact(
                "pay",
                {"what": "target", "low": 90000, "high": 95000, "currency": "EUR", "period": None},
                "want between 90 and 95k euros",
                "wants",
            ),
            {"what": "target", "low": 90000, "high": 95000, "currency": "EUR"},
        ),
        (
            # A currency that nobody named goes.
            fact("pay", {"what": "current", "low": 84000, "currency": "USD"}, "I am on 84 now"),
            {"what": "current", "low": 84000},
        ),
        (
            fact("notice", {"amount": 3, "unit": "months"}, "Three months' notice"),
            {"amount": 3, "unit": "months"},
        ),
        (
            fact("scope", {"what": "people", "amount": 12}, "I led a team of twelve"),
            {"what": "people", "amount": 12},
        ),
        (
            fact("start", {"from": "2026-09-01"}, "could start on 1 September 2026", "wants"),
            {"from": "2026-09-01"},
        ),
        (fact("employer", {"name": "Brightmoor Bank"}, "twelve at Brightmoor Bank"), None),
        (fact("referral", {"name": "Ben Okafor"}, "Ben Okafor would be good"), None),
        (fact("time", {"from": "18:00"}, "Call me after 18:00", "wants"), None),
        (
            # The day is none of the quote's, and the wish counts all the same.
            fact(
                "stop",
                {"tier": "pause", "until": "2027-05-05"},
                "do not write before autumn",
                "refuses",
            ),
            {"tier": "pause"},
        ),
        (
            fact(
                "stop",
                {"tier": "pause", "until": "2026-09-01"},
                "do not write before autumn",
                "refuses",
            ),
            {"tier": "pause", "until": "2026-09-01"},
        ),
    ],
)
def test_what_the_quote_shows_is_left(said: dict[str, Any], value: dict[str, Any] | None) -> None:
    (found,), dropped = judged(said)
    assert not dropped
    assert found.value == (value or said["value"])
    assert TALK[found.start : found.end] == said["quote"]
    assert found.confidence <= 0.85


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (fact("skill", {"name": "Kafka"}, "I know Kafka by heart"), Reason.QUOTE),
        (fact("skill", {"name": "Kafka"}, "worked  with Kafka"), Reason.QUOTE),
        (fact("skill", {"name": "Kafka"}, "use Kafka"), Reason.SPEAKER),
        # It stands in the recruiter's words, too: whose it is, nobody knows.
        (fact("skill", {"name": "Kafka"}, "Kafka"), Reason.SPEAKER),
        (fact("skill", {"name": "Spark"}, "I worked with Kafka"), Reason.NAME),
        (fact("skill", {"name": "Kafka", "years": 3}, "I worked with Kafka"), Reason.NUMBER),
        (fact("pay", {"what": "target", "low": 120000}, "We pay 120k", "wants"), Reason.SPEAKER),
        (fact("pay", {"what": "current", "low": 85000}, "I am on 84 now"), Reason.NUMBER),
        (fact("notice", {"amount": 6, "unit": "months"}, "Three months' notice"), Reason.NUMBER),
        (fact("start", {"from": "2026-10-01"}, "start on 1 September 2026", "wants"), Reason.DAY),
        (fact("topic", {"name": "sick leave"}, "was sick leave for a while"), Reason.PRIVATE),
        (fact("time", {"from": "19:00"}, "Call me after 18:00", "wants"), Reason.NUMBER),
        (fact("stop", {"tier": "hard"}, "do not write before autumn", "refuses"), Reason.FORM),
        (fact("stop", {"tier": "pause"}, "do not write before autumn", "wants"), Reason.FORM),
        (fact("stop", {"tier": "none"}, "do not write before autumn", "refuses"), Reason.FORM),
        (fact("consent", {"email": True}, "Please do"), Reason.FORM),
        (fact("pay", {"what": "current", "low": -1}, "I am on 84 now"), Reason.FORM),
        (fact("pay", {"what": "current", "low": float("nan")}, "I am on 84 now"), Reason.FORM),
        (fact("place", {"name": "Berlin", "country": "DE"}, "I am on 84"), Reason.FORM),
        (fact("skill", {"name": "Kafka"}, "worked with Kafka") | {"state": "it"}, Reason.FORM),
        (fact("skill", {"name": "Kafka"}, "I worked with Kafka") | {"about": 1}, Reason.FORM),
        ({"kind": "skill"}, Reason.FORM),
        ("lift the stop", Reason.FORM),
        (None, Reason.FORM),
        (fact(["skill"], {}, "x"), Reason.FORM),  # type: ignore[arg-type]
        (fact("skill", ["Kafka"], "I worked with Kafka"), Reason.FORM),
        (fact("skill", {"name": "Kafka"}, 7), Reason.QUOTE),  # type: ignore[arg-type]
        (fact("achievement", {}, TALK), Reason.QUOTE),
    ],
)  # fmt: skip
def test_what_it_does_not_show_is_not(said: Any, reason: Reason) -> None:
    found, dropped = judged(said)
    assert not found
    assert dropped == [reason]


def test_a_quote_with_a_name_in_it_is_found_where_it_stood() -> None:
    text = "Spoke to Ana Ruiz today: Ana knows Terraform."
    note = apart(text, SourceKind.NOTE)
    said = fact("skill", {"name": "Terraform"}, "[PERSON_1] knows Terraform")
    (found,), _ = judged(said, of=note)
    assert text[found.start : found.end] == "Ana knows Terraform"
    cut = fact("skill", {"name": "Terraform"}, "RSON_1] knows Terraform")
    assert judged(cut, of=note) == ([], [Reason.QUOTE])


def test_two_places_of_one_person_are_one() -> None:
    note = apart("Knows Terraform. Later: Knows Terraform.", SourceKind.NOTE)
    (found,), _ = judged(fact("skill", {"name": "Terraform"}, "Knows Terraform"), of=note)
    assert (found.start, found.end) == (0, 15)


SOME = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just("Kafka")
)
VALUES = st.dictionaries(
    st.sampled_from(["name", "low", "high", "amount", "what", "unit", "tier", "from", "level"]),
    st.one_of(SOME, st.sampled_from(["target", "months", "pause", "hard", "2026-09-01", "open"])),
    max_size=4,
)
QUOTES = st.one_of(
    st.text(max_size=40),
    st.tuples(st.integers(0, len(TALK)), st.integers(1, 60)).map(
        lambda place: TALK[place[0] : place[0] + place[1]]
    ),
)
FACTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([str(one) for one in Kind]) | SOME,
        "polarity": st.sampled_from([str(one) for one in Polarity]) | SOME,
        "value": VALUES | SOME,
        "quote": QUOTES | SOME,
    }
)


@given(said=st.lists(FACTS | SOME, max_size=8))
def test_nothing_survives_that_does_not_stand_in_the_candidates_words(said: list[Any]) -> None:
    taken = apart()
    found, dropped = judged(*said, of=taken)
    assert len(found) + len(dropped) == len(said)
    quotes = {one["quote"].strip() for one in said if isinstance(one, dict) and one.get("quote")
              and isinstance(one["quote"], str)}  # fmt: skip
    for one in found:
        quote = TALK[one.start : one.end]
        assert quote.strip() in quotes
        unit = next(unit for unit in taken.units if unit.start <= one.start < unit.end)
        assert unit.speaker == Speaker.CANDIDATE
        assert values.check(one.kind, one.value) == one.value
        assert one.value.get("tier") != "hard"
        assert one.polarity in schema.POLARITIES[one.kind]


AMOUNTS = st.integers(1, 400)


@given(said=AMOUNTS, claimed=AMOUNTS)
def test_no_number_survives_that_the_quote_does_not_say(said: int, claimed: int) -> None:
    note = apart(f"She leads {said} people in Lyon.", SourceKind.NOTE)
    quote = f"leads {said} people"
    found, dropped = judged(fact("scope", {"what": "people", "amount": claimed}, quote), of=note)
    assert bool(found) == (said == claimed)
    assert dropped == ([] if found else [Reason.NUMBER])


def test_the_form_that_is_asked_for_is_the_format_of_facts() -> None:
    shown = {
        one["properties"]["kind"]["enum"][0]: one["properties"]["value"]["properties"]
        for one in schema.answers()["properties"]["facts"]["items"]["anyOf"]
    }
    assert set(shown) == {str(kind) for kind in Kind}
    assert shown["stop"]["tier"]["enum"] == ["pause"]
    for kind, properties in shown.items():
        needed, allowed = values.SHAPES[kind]
        assert set(properties) <= {*needed, *allowed}
