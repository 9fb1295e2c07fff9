"""Whatever happens in whatever order, a message keeps to its arrows and is sent once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests import make
from tests.make import NOW
from warmbench.messaging import outbox, settling
from warmbench.messaging.claim import Claimed, claim
from warmbench.messaging.handover import Accepted, Deferred, Kind, Rejected, Scope, Uncertain
from warmbench.messaging.models import Attempt, Message
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.settling import NotStarted, Poisoned
from warmbench.messaging.verdict import ALLOW
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression

ENDINGS = st.sampled_from(
    [
        Accepted(250, "OK"),
        Deferred(451, "later"),
        Deferred(0, "no route", Scope.SENDER),
        Rejected(550, "5.1.1", Kind.ADDRESS_DEAD),
        Rejected(550, "5.7.1", Kind.POLICY),
        Rejected(554, "no", Kind.OTHER),
        Uncertain("lost"),
        NotStarted.STANDING_CHANGED,
        Poisoned("KeyError"),
    ]
)


class Messages(RuleBasedStateMachine):
    """A mailbox, a few people, and everything that can happen to what is written to them."""

    people: Bundle[int] = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        make.organisation()
        self.alice = make.user()
        self.box = make.sender(self.alice, cap=1_000_000)
        self.template = make.template()
        self.now = NOW
        self.in_hand: list[list[Claimed]] = []
        self.accepted: Counter[int] = Counter()
        self.forbidden: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @rule(target=people)
    def meet(self) -> int:
        return make.candidate(owner=self.alice).pk

    @rule(who=people, step=st.integers(0, 3))
    def plan(self, who: int, step: int) -> None:
        draft = Draft(
            who, "welcome", f"s/{step}", 0, self.box.pk, self.template.pk, {"first_name": "Ana"}
        )
        outbox.queue([Considered(draft, ALLOW)], now=self.now)

    @rule(batch=st.integers(1, 5))
    def take(self, batch: int) -> None:
        claimed = claim(worker="w", now=self.now, batch=batch, lease=timedelta(minutes=15))
        assert not {m.candidate_id for m in claimed} & self.forbidden
        if claimed:
            self.in_hand.append(claimed)

    @rule(endings=st.lists(ENDINGS, min_size=5, max_size=5))
    def hand_over(self, endings: list[settling.Ending]) -> None:
        if self.in_hand:
            claimed = self.in_hand.pop(0)
            endings = endings[: len(claimed)]
            for message, ending in zip(claimed, endings, strict=True):
                if isinstance(ending, Accepted):
                    self.accepted[message.message_id] += 1
            settling.settle(claimed, endings, now=self.now)

    @rule(minutes=st.sampled_from([1, 20, 60 * 24, 60 * 24 * 8]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        if minutes >= 20:
            # Whoever held a claim for so long is dead: nothing of it is handed over any more.
            self.in_hand = []
            settling.sweep(now=self.now)

    @rule(has_arrived=st.booleans())
    def a_person_resolves(self, has_arrived: bool) -> None:
        unknown = Message.objects.filter(state="unknown").first()
        if unknown:
            assert settling.resolve(
                unknown.pk, has_arrived=has_arrived, by_id=None, evidence="", now=self.now
            )

    @rule(who=people)
    def opt_out(self, who: int) -> None:
        consent.suppress(who, reason=Suppression.Reason.UNSUBSCRIBED, now=self.now)
        self.forbidden.add(who)

    @rule(who=people)
    def place(self, who: int) -> None:
        Candidate.objects.filter(pk=who).update(status="placed")
        self.forbidden.add(who)

    @rule(who=people)
    def cancel(self, who: int) -> None:
        outbox.cancel(who, reason="changed", now=self.now)

    @invariant()
    def nobody_is_sent_a_message_twice(self) -> None:
        assert all(times == 1 for times in self.accepted.values())

    @invariant()
    def what_was_accepted_is_sent(self) -> None:
        sent = set(Message.objects.filter(state="sent").values_list("pk", flat=True))
        assert self.accepted.keys() <= sent

    @invariant()
    def every_message_being_sent_has_one_attempt_under_way(self) -> None:
        sending = Message.objects.filter(state="sending").values_list("pk", flat=True)
        pending = Attempt.objects.filter(outcome="").values_list("message_id", flat=True)
        assert sorted(sending) == sorted(pending)

    @invariant()
    def what_ended_badly_has_a_reason(self) -> None:
        ended = Message.objects.filter(state__in=["refused", "failed", "unknown", "cancelled"])
        assert not ended.filter(reason="").exclude(attempts__outcome="unknown").exists()


@pytest.mark.django_db(transaction=False)
def test_messages_keep_to_their_arrows() -> None:
    run_state_machine_as_test(
        Messages,
        settings=settings(
            max_examples=150,
            stateful_step_count=70,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
