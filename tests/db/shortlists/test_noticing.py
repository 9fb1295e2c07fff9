"""Changes of people are noticed whichever source tells them, and written down once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.accounts.models import User
from warmbench.core import events
from warmbench.insight import deciding
from warmbench.insight.kinds import Kind, Polarity
from warmbench.people import facts, merging
from warmbench.people.facts import Saying, Word
from warmbench.people.models import Candidate, CandidateFact, Tag
from warmbench.shortlists import noticing
from warmbench.shortlists.models import Change, Snapshot
from warmbench.shortlists.noticing import PersonChanged
from warmbench.signals.models import Signal

LATER = NOW + timedelta(days=10)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    ana = make.candidate(owner=alice)
    works(ana, "Software Engineer", "Contoso GmbH")
    noticing.compare([ana.pk], now=NOW)
    return ana


@pytest.fixture
def published() -> Iterator[list[events.Event]]:
    with events.held_back() as found:
        yield found


def works(one: Candidate, title: str, employer: str) -> None:
    Candidate.objects.filter(pk=one.pk).update(job_title=title, employer=employer)


def title_fact(name: str, words: str) -> dict[str, object]:
    return fact(words, Kind.TITLE, {"name": name, "current": True})


def sentences() -> list[str]:
    return list(Change.objects.order_by("pk").values_list("sentence", flat=True))


def test_a_first_snapshot_is_no_change(ana: Candidate) -> None:
    assert not Change.objects.exists()
    assert Snapshot.objects.get().candidate == ana


def test_a_promotion_in_the_record_is_noticed_and_told(
    ana: Candidate, published: list[events.Event]
) -> None:
    works(ana, "Senior Software Engineer", "Contoso")
    (change,) = noticing.compare([ana.pk], now=LATER)
    assert sentences() == ["Is Senior Software Engineer now (before: Software Engineer)."]
    assert published == [PersonChanged(candidate_ids=[ana.pk], change_ids=[change])]
    assert noticing.compare([ana.pk], now=LATER + timedelta(days=1)) == []


def test_a_promotion_that_is_heard_and_then_synchronised_is_one(ana: Candidate) -> None:
    heard = title_fact("Senior Software Engineer", "Senior")
    said.note(heard, about=ana, on=LATER.date(), now=LATER)
    assert len(noticing.compare([ana.pk], now=LATER)) == 1
    change = Change.objects.get()
    assert (change.kind, change.quote) == ("promotion", "Senior")
    works(ana, "Sr. Software Engineer", "Contoso GmbH")
    assert noticing.compare([ana.pk], now=LATER + timedelta(days=3)) == []


def test_a_fact_that_turns_out_wrong_was_no_change(ana: Candidate, alice: User) -> None:
    said.note(title_fact("CTO", "CTO"), about=ana, on=LATER.date(), now=LATER)
    noticing.compare([ana.pk], now=LATER)
    (change,) = Change.objects.all()
    assert change.insight_id is not None
    deciding.reject([change.insight_id], by_id=alice.pk, now=LATER)
    noticing.compare([ana.pk], now=LATER)
    assert sentences() == []
    works(ana, "Senior Software Engineer", "Contoso GmbH")
    assert len(noticing.compare([ana.pk], now=LATER + timedelta(days=3))) == 1


def test_what_nobody_trusts_waits_until_somebody_confirms_it(ana: Candidate, alice: User) -> None:
    level = fact("leads the team", Kind.SENIORITY, {"level": "manager"})
    said.note(level, about=ana, on=LATER.date(), now=LATER)
    assert noticing.compare([ana.pk], now=LATER) == []
    deciding.confirm([ana.insights.get().pk], by_id=alice.pk, now=LATER)
    noticing.compare([ana.pk], now=LATER)
    assert [one.kind for one in Change.objects.all()] == ["leadership"]


def test_another_wish_is_noticed(ana: Candidate) -> None:
    def wants(amount: str, at: timedelta) -> None:
        value = {"amount": amount, "currency": "EUR", "period": "year"}
        saying = Saying(CandidateFact.Kind.PAY, value)
        facts.say(ana.pk, [saying], Word("candidate", "their page"), now=NOW + at)

    wants("90000", timedelta())
    noticing.compare([ana.pk], now=NOW)
    wants("110000", timedelta(days=10))
    noticing.compare([ana.pk], now=LATER)
    assert sentences() == ["Wants EUR 110,000 a year now (before: EUR 90,000 a year)."]


def test_an_answer_that_they_left_and_where_they_are_now_is_one_change(ana: Candidate) -> None:
    make.signal(ana, Signal.Kind.MOVED, at=LATER, topic="I no longer work here")
    (open_one,) = noticing.compare([ana.pk], now=LATER)
    assert Change.objects.get().after is None
    works(ana, "Software Engineer", "Fabrikam")
    assert noticing.compare([ana.pk], now=LATER + timedelta(days=9)) == []
    change = Change.objects.get()
    assert (change.pk, change.sentence) == (
        open_one,
        "Works at Fabrikam now (before: Contoso GmbH).",
    )


def test_records_that_become_one_are_no_change(ana: Candidate, alice: User) -> None:
    other = make.candidate(owner=alice)
    works(other, "Chief Technology Officer", "Fabrikam")
    noticing.compare([other.pk], now=NOW)
    merging.merge(ana.pk, other.pk, by_id=alice.pk, now=LATER)
    noticing.compare([ana.pk], now=LATER + timedelta(minutes=1))
    assert sentences() == []
    works(Candidate.objects.get(pk=ana.pk), "Head of Engineering", "Contoso GmbH")
    noticing.compare([ana.pk], now=LATER + timedelta(days=2))
    assert len(sentences()) == 1


def test_days_that_come_near_are_told_at_night(ana: Candidate) -> None:
    named = {"what": "vesting", "from": "2026-05-01"}
    event = fact("shares vest in May", Kind.EVENT, named, Polarity.PLANS)
    said.note(event, about=ana)
    noticing.compare([ana.pk], now=LATER)
    assert noticing.tell_of_days(now=LATER) == 0
    april = NOW.replace(month=4, day=2)
    assert noticing.tell_of_days(now=april) == 1
    assert sentences() == ["Their shares vest: 1 May 2026."]
    assert noticing.tell_of_days(now=april + timedelta(days=1)) == 0


def test_everybody_gets_a_first_snapshot(ana: Candidate, alice: User) -> None:
    make.candidate(owner=alice)
    assert noticing.take_first(now=NOW) == 1
    assert noticing.take_first(now=NOW) == 0


def test_many_people_cost_as_many_questions_as_one(ana: Candidate, alice: User) -> None:
    rust = make.tag("Rust", Tag.Kind.SKILL)
    people = [ana.pk, *(make.candidate(rust, owner=alice).pk for _ in range(40))]
    noticing.compare(people, now=NOW)
    Candidate.objects.update(job_title="Head of Engineering")
    with CaptureQueriesContext(connection) as asked:
        assert len(noticing.compare(people, now=LATER)) == 1
    assert len(asked) < 20


def test_two_at_once_notice_a_change_once(transactional_db: None) -> None:
    make.organisation()
    people = [make.candidate() for _ in range(6)]
    for one in people:
        works(one, "Engineer", "Contoso")
    ids = [one.pk for one in people]
    noticing.compare(ids, now=NOW)
    for one in people:
        works(one, "Senior Engineer", "Contoso")

    def look(turn: int) -> int:
        try:
            return len(noticing.compare(ids if turn % 2 else ids[::-1], now=LATER))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = sum(pool.map(look, range(12)))
    assert found == Change.objects.count() == len(people)
