"""People are found by what conversations say of them, each condition by a fact that shows it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.insight import asking, deciding, search
from warmbench.insight.ageing import Age
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.insight.search import Facet, Page, Query, UnaskableError
from warmbench.people.models import Candidate

WANTS = Polarity.WANTS
REMOTE = fact("wants to work remote", Kind.REMOTE, {"mode": "remote"}, WANTS)
ONSITE = fact("wants an office", Kind.REMOTE, {"mode": "onsite"}, WANTS)
FPA = fact("FP&A Manager at a bank", Kind.TITLE, {"name": "FP&A Manager", "current": True})
MARCH = fact("free from 1 February", Kind.START, {"from": "2027-02-01"}, WANTS)
LATE = fact("free from next year June", Kind.START, {"from": "2027-06-01"}, WANTS)
PAY = fact("wants 90k", Kind.PAY, {"what": "target", "low": 90000, "currency": "EUR"}, WANTS)
TODAY = NOW.date()


@pytest.fixture
def ana(db: None) -> Candidate:
    make.organisation()
    made = make.candidate()
    said.note(FPA, REMOTE, MARCH, PAY, about=made)
    return made


@pytest.fixture
def ben(ana: Candidate) -> Candidate:
    made = make.candidate(owner=make.user())
    said.note(FPA, ONSITE, LATE, about=made, on=TODAY - timedelta(days=200))
    return made


def whom(query: Query, **more: Any) -> list[int]:
    return [hit.candidate_id for hit in search.find(query, now=NOW, **more).hits]


def asked(line: str) -> Query:
    # Apart from what the real extractors read in such a line.
    return asking.parse(line, today=TODAY, extract=lambda _: ())


def test_all_conditions_must_be_met_and_are_shown(ana: Candidate, ben: Candidate) -> None:
    query = Query((Facet("title", "fp a manager"), Facet("remote", "remote", ("wants",))))
    (hit,) = search.find(query, now=NOW).hits
    shown = Insight.objects.in_bulk(hit.insight_ids)
    assert hit.candidate_id == ana.pk
    assert [shown[pk].kind for pk in hit.insight_ids] == ["title", "remote"]


def test_numbers_and_days_are_bounds(ana: Candidate, ben: Candidate) -> None:
    assert whom(Query((Facet("pay", "target", at_most=Decimal(90000)),))) == [ana.pk]
    assert whom(Query((Facet("pay", "target", at_most=Decimal(89999)),))) == []
    assert whom(Query((Facet("pay", at_least=Decimal(90000)),))) == [ana.pk]
    assert whom(Query((Facet("start", by_day=TODAY.replace(2027)),))) == [ana.pk]


def test_those_spoken_of_last_come_first_page_by_page(ana: Candidate, ben: Candidate) -> None:
    query = Query((Facet("title"),))
    first = search.find(query, now=NOW, limit=1)
    assert [hit.candidate_id for hit in first.hits] == [ana.pk]
    assert (first.total, first.counts["title", "fp a manager"]) == (2, 2)
    second = search.find(query, now=NOW, limit=1, after=first.next)
    assert [hit.candidate_id for hit in second.hits] == [ben.pk]
    assert second == Page(second.hits, "", None, {})


def test_without_a_condition_it_is_whoever_was_spoken_of_last(
    ana: Candidate, ben: Candidate
) -> None:
    assert whom(Query()) == [ana.pk, ben.pk]


def test_words_stand_in_one_quote(ana: Candidate, ben: Candidate) -> None:
    assert set(whom(Query(words=("manag", "bank")))) == {ana.pk, ben.pk}
    assert whom(Query(words=("bank", "remote"))) == []
    assert whom(Query(words=("'", "\\", "zz:*|b"))) == []


def test_what_was_rejected_finds_nobody(ana: Candidate, ben: Candidate) -> None:
    one = Insight.objects.get(candidate=ana, kind="remote")
    deciding.reject([one.pk], by_id=make.user().pk, now=NOW)
    remote = Facet("remote", "remote")
    assert whom(Query((remote,))) == []
    assert whom(Query((remote,), states=("rejected",))) == [ana.pk]


def test_age_and_owner_narrow_it_down(ana: Candidate, ben: Candidate) -> None:
    both = Query((Facet("remote"),))
    assert whom(Query(both.facets, age=Age.FRESH)) == [ana.pk]
    assert whom(Query(both.facets, age=Age.AGEING)) == [ben.pk]
    assert whom(Query(both.facets, owner_id=ben.owner_id)) == [ben.pk]
    assert whom(Query(words=("bank",), age=Age.STALE)) == []


@pytest.mark.parametrize("after", ["x", "2026-03-03", "2026-03-03.x", f"2026-03-03.{10**30}"])
def test_a_page_that_there_is_not_is_refused(ana: Candidate, after: str) -> None:
    with pytest.raises(UnaskableError):
        search.find(Query(), now=NOW, after=after)


def test_a_line_is_read_as_conditions(ana: Candidate, ben: Candidate) -> None:
    query = asked("FP&A managers who want remote and can start by March 2027")
    assert {(one.kind, one.topic) for one in query.facets} == {
        ("title", "fp a manager"),
        ("remote", "remote"),
        ("start", ""),
    }
    assert query.words == ()
    assert whom(query) == [ana.pk]


@pytest.mark.parametrize(
    ("line", "topic", "at_most"),
    [("up to €95,000", "target", 95000), ("managers under 95k EUR", "target", 95000)],
)
def test_a_line_names_a_sum(ana: Candidate, line: str, topic: str, at_most: int) -> None:
    pay = next(one for one in asked(line).facets if one.kind == "pay")
    assert (pay.topic, pay.at_most) == (topic, Decimal(at_most))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("wants remote Python", {("remote", "remote"), ("skill", "python")}),
        ("Python and Kubernetes in Munich", {("skill", "python"), ("skill", "kubernetes")}),
        ("open to a move, leads people", {("stance", "open"), ("scope", "people")}),
        ("notice at most 1 month", {("notice", "")}),
        ("FP&A manager in Hamburg", {("title", "fp a manager"), ("place", "hamburg")}),
        ("who earns below 80k, lives in Berlin", {("pay", "current"), ("place", "berlin")}),
        ("salary under 90k", {("pay", "target")}),
    ],
)
def test_a_line_is_read_to_its_end(ana: Candidate, line: str, found: set[tuple[str, str]]) -> None:
    query = asking.parse(line, today=TODAY)
    assert {(one.kind, one.topic) for one in query.facets} >= found
    assert query.words == ()


def test_who_is_to_do_something_remotely_need_not_have_wished_for_it(ana: Candidate) -> None:
    def senses(line: str) -> tuple[str, ...]:
        facets = asking.parse(line, today=TODAY).facets
        return next(one.polarities for one in facets if one.kind == "skill")

    assert "had" in senses("wants remote Python")
    assert senses("wants Python") == ("wants",)


def test_what_facts_are_about_is_written_as_it_was_said(ana: Candidate) -> None:
    asked = {("title", "fp a manager"), ("title", "nobody is called so")}
    assert search.names(asked) == {("title", "fp a manager"): "FP&A Manager"}


def test_a_sign_that_no_text_has_is_no_word(ana: Candidate) -> None:
    assert search.find(Query(words=("\0", " ")), now=NOW).hits == search.find(Query(), now=NOW).hits


def test_what_nobody_is_called_are_words(ana: Candidate) -> None:
    assert asked("who talked about R&D kittens?").words == ("talked", "about", "R&D", "kitten")
    assert asked("").is_empty


def test_what_the_extractors_read_counts(ana: Candidate) -> None:
    notice = fact("2 weeks notice", Kind.NOTICE, {"amount": 2, "unit": "weeks"})
    line = "anybody with 2 weeks notice"
    query = asking.parse(line, today=TODAY, extract=said.reader(notice))
    assert Facet(Kind.NOTICE, at_most=Decimal(14)) in query.facets


@pytest.mark.parametrize(
    "line", ["\0", "'; DROP TABLE insight; --", "(" * 300, "%s %(x)s", "🙂 ' :* &"]
)
def test_whatever_is_typed_is_some_question(ana: Candidate, line: str) -> None:
    search.find(asking.parse(line, today=TODAY), now=NOW)
