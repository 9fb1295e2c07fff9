"""Facts are said in few words, and forms that put them right keep what they say."""

from datetime import date, timedelta
from typing import Any

import pytest

from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.web import insight_forms, insight_words

HAD, WANTS, REFUSES = Polarity.HAD, Polarity.WANTS, Polarity.REFUSES

VALUES: list[tuple[Kind, Polarity, dict[str, Any], str]] = [
    (
        Kind.PAY,
        HAD,
        {"what": "current", "low": 78000, "currency": "EUR", "period": "year"},
        "Earns 78,000 EUR a year",
    ),
    (
        Kind.PAY,
        WANTS,
        {"what": "target", "low": 90000, "high": 95000, "currency": "GBP", "period": "year"},
        "Wants 90,000\u201395,000 GBP a year",
    ),
    (
        Kind.PAY,
        WANTS,
        {"what": "floor", "low": 650.5, "currency": "EUR", "period": "day"},
        "Not below 650.50 EUR a day",
    ),
    (
        Kind.NOTICE,
        HAD,
        {"amount": 1, "unit": "months", "to": "quarter_end"},
        "1 month of notice to the end of a quarter",
    ),
    (Kind.START, WANTS, {"from": "2026-06-01"}, "Could start from 1 June 2026"),
    (
        Kind.EVENT,
        Polarity.PLANS,
        {"what": "vesting", "from": "2026-09-01"},
        "Shares vest, 1 September 2026",
    ),
    (
        Kind.EVENT,
        Polarity.PLANS,
        {"what": "parental_leave", "from": "2026-09-01", "until": "2027-01-31"},
        "Parental leave, 1 September 2026 to 31 January 2027",
    ),
    (
        Kind.EVENT,
        Polarity.PLANS,
        {"what": "not_before", "from": "2026-09-01"},
        "Not before 1 September 2026",
    ),
    (Kind.PLACE, WANTS, {"name": "Berlin", "country": "DE"}, "Would work in Berlin"),
    (Kind.PLACE, REFUSES, {"name": "London"}, "Would not work in London"),
    (
        Kind.REMOTE,
        WANTS,
        {"mode": "hybrid", "days": 2},
        "Wants to work hybrid, 2 days a week on site",
    ),
    (Kind.REMOTE, REFUSES, {"mode": "onsite"}, "Not on site"),
    (Kind.TITLE, WANTS, {"name": "FP&A Manager"}, "Wants to work as FP&A Manager"),
    (Kind.TITLE, HAD, {"name": "Controller", "current": True}, "Works as Controller"),
    (Kind.SENIORITY, HAD, {"level": "executive"}, "Is an executive"),
    (Kind.SCOPE, HAD, {"what": "people", "amount": 12}, "Leads 12 people"),
    (Kind.EMPLOYER, REFUSES, {"name": "Brightmoor Bank"}, "Would never work at Brightmoor Bank"),
    (Kind.DOMAIN, HAD, {"name": "payments"}, "Knows payments"),
    (Kind.SKILL, HAD, {"name": "Python", "years": 5}, "Python, 5 years"),
    (
        Kind.SKILL,
        HAD,
        {"name": "Go", "years": 1, "strength": "working", "last_used": "2026-03-05"},
        "Go, 1 year, working knowledge, last used 5 March 2026",
    ),
    (
        Kind.SKILL,
        HAD,
        {"name": "Java", "strength": "basic", "last_used": "2019"},
        "Java, basic, last used 2019",
    ),
    (Kind.SKILL, Polarity.LACKS, {"name": "SAP"}, "Lacks SAP"),
    (Kind.MOTIVE, WANTS, {"what": "growth"}, "Moved by room to grow"),
    (Kind.CONSTRAINT, HAD, {"what": "visa"}, "Bound by a work permit"),
    (Kind.STANCE, WANTS, {"level": "later"}, "Not now, but later"),
    (Kind.TOPIC, HAD, {"name": "return to office"}, "Talked about return to office"),
    (Kind.REFERRAL, HAD, {"name": "Marta Silva"}, "Recommends Marta Silva"),
    (
        Kind.STOP,
        REFUSES,
        {"tier": "pause", "until": "2026-09-01"},
        "Wants to be left alone until 1 September 2026",
    ),
    (Kind.CHANNEL, REFUSES, {"name": "phone"}, "Not by phone"),
    (
        Kind.TIME,
        WANTS,
        {"from": "18:00", "to": "20:00", "days": ["mon", "tue"]},
        "Best reached from 18:00 to 20:00 on Monday, Tuesday",
    ),
]


@pytest.mark.parametrize(("kind", "polarity", "value", "sentence"), VALUES)
def test_every_kind_is_said_in_few_words_and_its_form_keeps_its_value(
    kind: Kind, polarity: Polarity, value: dict[str, Any], sentence: str
) -> None:
    assert insight_words.sentence(kind, value, polarity) == sentence
    one = Insight(pk=1, kind=kind, value=value, polarity=polarity)
    shown = insight_forms.CorrectForm(one)
    given = dict(shown.initial)
    form = insight_forms.CorrectForm(one, given)
    assert form.is_valid(), form.errors
    assert form.value == value


@pytest.mark.parametrize("said", ["19", "1012", "2021-13-01", "soon", "\u0662\u0660\u0662\u0661"])
def test_when_a_skill_was_used_is_a_year_or_a_day(said: str) -> None:
    one = Insight(pk=1, kind=Kind.SKILL, value={"name": "Go"}, polarity=HAD)
    form = insight_forms.CorrectForm(one, {"name": "Go", "polarity": "had", "last_used": said})
    assert form.errors == {"last_used": ["Write a year, or a day as 2026-03-05."]}


def test_every_kind_is_said_even_where_a_value_says_nothing() -> None:
    for kind in Kind:
        for polarity in Polarity:
            assert insight_words.sentence(kind, {}, polarity, "the words")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "1 day ago"),
        (13, "13 days ago"),
        (14, "2 weeks ago"),
        (59, "8 weeks ago"),
        (60, "2 months ago"),
        (364, "12 months ago"),
        (365, "1 year ago"),
        (800, "2 years ago"),
    ],
)
def test_how_long_ago_is_said_as_people_do(days: int, said: str) -> None:
    today = date(2027, 3, 1)
    assert insight_words.ago(today - timedelta(days=days), today=today) == said


def test_what_lists_are_about_is_named_as_people_do() -> None:
    assert insight_words.topic(Kind.REMOTE, "onsite") == "On site"
    assert insight_words.topic(Kind.STANCE, "open") == "Would listen"
    assert insight_words.topic(Kind.SENIORITY, "individual contributor") == (
        "Individual contributor"
    )
    assert insight_words.topic(Kind.SKILL, "python") == "Python"
