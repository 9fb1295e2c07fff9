"""Promises that were not kept are found."""

import pytest

from tests import make
from tests.make import NOW
from warmbench.messaging import invariants
from warmbench.messaging.models import Attempt, Message, Sender
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression


@pytest.fixture
def box(db: None) -> Sender:
    make.organisation()
    return make.sender(make.user())


def attempt(message: Message, outcome: str = "accepted") -> Attempt:
    return Attempt.objects.create(
        message=message,
        candidate_id=message.candidate_id,
        sender_id=message.sender_id or 0,
        worker="test",
        claimed_at=NOW,
        lease_until=NOW,
        message_id_header="<x@example.com>",
        outcome=outcome,
    )


def sent(who: Candidate, box: Sender) -> Message:
    message = make.message(who, box)
    for state in ("sending", "sent"):
        Message.objects.filter(pk=message.pk).update(state=state, not_before=None, handed_at=NOW)
    return message


def test_an_honest_history_breaks_nothing(box: Sender) -> None:
    attempt(sent(make.candidate(), box))
    make.message(make.candidate(), box)
    assert invariants.broken() == {}


def test_a_second_acceptance_is_found(box: Sender) -> None:
    message = sent(make.candidate(), box)
    attempt(message)
    attempt(message)
    assert invariants.broken() == {"accepted twice": [message.pk]}


def test_a_mail_after_an_opt_out_is_found(box: Sender) -> None:
    who = make.candidate()
    message = sent(who, box)
    attempt(message)
    consent.suppress(who.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW.replace(hour=1))
    assert invariants.broken() == {"sent after a stop": [message.pk]}


def test_two_touches_in_a_week_are_found(box: Sender) -> None:
    who = make.candidate()
    for _ in range(2):
        attempt(sent(who, box))
    assert set(invariants.broken()) == {"two touches within seven days"}


def test_a_message_that_nobody_sent_is_found(box: Sender) -> None:
    message = sent(make.candidate(), box)
    assert invariants.broken() == {"sent without an accepted attempt": [message.pk]}
