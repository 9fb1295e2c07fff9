"""What is said about somebody: kept once, never rewritten, and acted upon."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.make import NOW
from warmbench.messaging import gate, standing
from warmbench.messaging.known import Touch
from warmbench.messaging.models import Sender
from warmbench.messaging.verdict import Allow, Later, Reason, Verdict
from warmbench.people import facts
from warmbench.people.facts import GAP_DAYS, Kind, Saying, Word
from warmbench.people.models import Candidate, CandidateFact

ANA_SAYS = Word("candidate", "Preferences page, message 12", 12)
PAY = {"amount": "85000", "currency": "EUR", "period": "year"}


@pytest.fixture
def ana(db: None) -> Candidate:
    make.organisation()
    return make.candidate()


def held(candidate: Candidate) -> dict[tuple[str, str], object]:
    return {key: fact.value for key, fact in facts.current(candidate.pk).items()}


def test_what_is_said_is_kept_with_whose_word_it_is_and_where_it_stands(ana: Candidate) -> None:
    facts.say(ana.pk, [Saying(Kind.PAY, PAY)], ANA_SAYS, now=NOW)

    fact = CandidateFact.objects.get()
    assert (fact.value, fact.source, fact.message_id, fact.at) == (PAY, "candidate", 12, NOW)
    assert fact.evidence == "Preferences page, message 12"


def test_saying_the_same_again_is_no_news(ana: Candidate) -> None:
    for _ in range(3):
        news = facts.say(ana.pk, [Saying(Kind.PAY, PAY)], ANA_SAYS, now=NOW)
    assert not news
    assert CandidateFact.objects.count() == 1


def test_the_latest_word_holds_and_the_earlier_ones_stay(ana: Candidate) -> None:
    for amount in ("80000", "90000"):
        facts.say(ana.pk, [Saying(Kind.PAY, PAY | {"amount": amount})], ANA_SAYS, now=NOW)
    facts.say(ana.pk, [Saying(Kind.NOT_FOR_ME, {"less": 1}, "level")], ANA_SAYS, now=NOW)
    facts.say(ana.pk, [Saying(Kind.NOT_FOR_ME, {"at": 2}, "place")], ANA_SAYS, now=NOW)

    assert held(ana) == {
        ("pay", ""): PAY | {"amount": "90000"},
        ("not_for_me", "level"): {"less": 1},
        ("not_for_me", "place"): {"at": 2},
    }
    assert set(facts.current(ana.pk, [Kind.PAY])) == {("pay", "")}
    assert CandidateFact.objects.count() == 4


def test_what_was_never_said_cannot_be_taken_back(ana: Candidate) -> None:
    assert not facts.say(ana.pk, [Saying(Kind.PAY, None)], ANA_SAYS, now=NOW)
    assert not CandidateFact.objects.exists()


def test_what_was_said_cannot_be_rewritten(ana: Candidate) -> None:
    facts.say(ana.pk, [Saying(Kind.PAY, PAY)], ANA_SAYS, now=NOW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        CandidateFact.objects.update(value=None)


def verdict_on(ana: Candidate, box: Sender, *, now: datetime) -> Verdict:
    person = standing.of([ana.pk], now=now, counting_queued=True)[ana.pk]
    state = standing.sender_state(box, now=now)
    return gate.judge(Touch("content"), person, state, frozenset(), now=now)


@pytest.mark.parametrize("months", [1, 2, 3])
def test_who_asks_to_hear_less_often_does(ana: Candidate, months: int) -> None:
    box = make.sender(make.user())
    make.sent(ana, box, at=NOW)
    soon, due = NOW + timedelta(days=8), NOW + timedelta(days=GAP_DAYS[months])
    assert verdict_on(ana, box, now=soon) == Allow()

    facts.say(ana.pk, [Saying(Kind.RHYTHM, {"months": months})], ANA_SAYS, now=NOW)

    early = verdict_on(ana, box, now=soon)
    assert isinstance(early, Later)
    assert early.reason == Reason.RHYTHM
    # The day itself, or the next one on which she may be written to.
    assert due <= early.until < due + timedelta(days=2)
    assert verdict_on(ana, box, now=early.until) == Allow()

    facts.say(ana.pk, [Saying(Kind.RHYTHM, None)], ANA_SAYS, now=NOW)
    assert verdict_on(ana, box, now=soon) == Allow()


def test_a_first_message_waits_for_no_rhythm(ana: Candidate) -> None:
    facts.say(ana.pk, [Saying(Kind.RHYTHM, {"months": 3})], ANA_SAYS, now=NOW)
    assert verdict_on(ana, make.sender(make.user()), now=NOW) == Allow()


def test_what_waits_in_the_outbox_counts_when_more_is_planned(ana: Candidate) -> None:
    box = make.sender(make.user())
    make.message(ana, box, due=NOW)
    facts.say(ana.pk, [Saying(Kind.RHYTHM, {"months": 2})], ANA_SAYS, now=NOW)

    planned = standing.of([ana.pk], now=NOW, counting_queued=True)[ana.pk]
    claimed = standing.of([ana.pk], now=NOW, counting_queued=False)[ana.pk]

    assert planned.quiet_until == NOW + timedelta(days=61)
    assert claimed.quiet_until is None


def test_a_message_under_way_is_asked_about_anew(ana: Candidate) -> None:
    before = Candidate.objects.get(pk=ana.pk).standing_version
    facts.say(ana.pk, [Saying(Kind.RHYTHM, {"months": 2})], ANA_SAYS, now=NOW)
    assert Candidate.objects.get(pk=ana.pk).standing_version == before + 1
