"""Visits are judged in the light of each other, whenever they come; credit follows, both ways."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging import unseen
from warmbench.messaging.models import Message
from warmbench.signals import follow_ups, judging, visits, warmth
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.judge import HitFacts, MessageFacts, judge
from warmbench.signals.judge_rules import Rule
from warmbench.signals.judging import HELD
from warmbench.signals.models import FollowUp, Hit, Signal, Warmth

LATER = NOW + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def mails(alice: User) -> list[Message]:
    box = make.sender(alice)
    return [make.sent(make.candidate(owner=alice), box) for _ in range(3)]


def visit(message: Message, at: datetime = LATER, **fields: Any) -> Hit:
    """One visit, as the web server stores it: a reader's, where nothing else is said."""
    usual: dict[str, Any] = {
        "candidate_id": message.candidate_id,
        "message_id": message.pk,
        "link": 0,
        "method": "GET",
        "agent": "reader",
        "network": "198.51.100.0/24",
        "system": "windows",
    }
    return Hit.objects.create(at=at, **(usual | fields))


def trap(message: Message, at: datetime = LATER, **fields: Any) -> Hit:
    return visit(message, at, link=unseen.HIDDEN_LINK, flags=["honeypot"], **fields)


def until_dry(now: datetime) -> int:
    judged = 0
    while more := judging.judge_due(now=now):
        judged += more
    return judged


def verdicts() -> dict[int, str]:
    return dict(Hit.objects.order_by("pk").values_list("pk", "verdict"))


class TestAMachineInOneMail:
    def test_is_one_in_another_that_was_judged_before(self, mails: list[Message]) -> None:
        reader = visit(mails[0])
        until_dry(LATER + HELD)
        assert Signal.objects.count() == 1

        # The same program on the same network falls into the trap of somebody else's mail.
        trap(mails[1], LATER + 10 * MINUTE)
        assert until_dry(LATER + 15 * MINUTE) == 3

        reader.refresh_from_db()
        assert (reader.verdict, reader.rules) == ("machine", [Rule.SEEN_ELSEWHERE])
        assert reader.taken_back_at == LATER + 15 * MINUTE
        assert not Signal.objects.exists()

    def test_is_none_for_another_program_or_at_another_time(self, mails: list[Message]) -> None:
        visit(mails[0])
        visit(mails[2], agent="another")
        trap(mails[1], LATER + 16 * MINUTE)
        trap(mails[1], LATER, agent="scanner")

        until_dry(LATER + 60 * MINUTE)

        assert Signal.objects.count() == 2

    def test_reaches_as_far_as_it_goes_on(self, mails: list[Message]) -> None:
        first, second = visit(mails[0]), visit(mails[1], LATER + 14 * MINUTE)
        until_dry(LATER + 14 * MINUTE + HELD)
        trap(mails[2], LATER + 28 * MINUTE)

        until_dry(LATER + 60 * MINUTE)

        assert verdicts()[first.pk] == verdicts()[second.pk] == "machine"

    def test_is_seen_while_it_is_still_held_back(self, mails: list[Message]) -> None:
        visit(mails[0])
        scanner = trap(mails[1], LATER + MINUTE)

        until_dry(LATER + HELD)

        assert not Signal.objects.exists()
        assert verdicts()[scanner.pk] == ""


def test_credit_that_is_taken_back_leaves_everything_as_it_was(mails: list[Message]) -> None:
    box = make.sender()
    candidate = mails[0].candidate
    old = make.sent(candidate, box, at=LATER - timedelta(days=9))
    earlier = visit(old, LATER - timedelta(days=3), network="192.0.2.0/24")
    until_dry(LATER)
    before = warmth.of([candidate.pk], now=LATER + timedelta(days=1))
    rows = list(Warmth.objects.values_list("candidate_id", flat=True))
    signals = list(Signal.objects.order_by("pk").values())
    mine = follow_ups.ask_for(
        candidate.pk,
        FollowUp.Reason.CLICKED,
        evidence=[Evidence.of(Signal.objects.get())],
        value=50,
        due_at=LATER,
        now=LATER,
    )

    visit(mails[0])
    until_dry(LATER + HELD)
    new = Signal.objects.latest("at")
    for reason in (FollowUp.Reason.CLICKED, FollowUp.Reason.HIGH_INTEREST):
        follow_ups.ask_for(
            candidate.pk,
            reason,
            evidence=[Evidence.of(new)],
            value=50,
            due_at=LATER,
            now=LATER,
        )
    trap(mails[0], LATER + MINUTE)
    until_dry(LATER + 10 * MINUTE)

    assert warmth.of([candidate.pk], now=LATER + timedelta(days=1)) == before
    assert list(Warmth.objects.values_list("candidate_id", flat=True)) == rows
    assert list(Signal.objects.order_by("pk").values()) == signals
    assert mine is not None
    standing, closed = FollowUp.objects.order_by("pk")
    assert (standing.pk, standing.state, len(standing.evidence)) == (mine.pk, "open", 1)
    assert standing.evidence == mine.evidence
    assert (closed.state, closed.outcome, closed.evidence) == ("done", "withdrawn", [])
    assert closed.note
    assert Hit.objects.get(pk=earlier.pk).taken_back_at is None


class TestAWord:
    def test_makes_a_person_of_a_machine_and_holds(self, alice: User, mails: list[Message]) -> None:
        scanner = visit(mails[0], method="HEAD", network="")
        until_dry(LATER + HELD)
        assert not Signal.objects.exists()

        assert judging.overrule(scanner.pk, "human", by_id=alice.pk, now=LATER + 9 * MINUTE)

        scanner.refresh_from_db()
        assert (scanner.verdict, scanner.score, scanner.said) == ("human", 0, "human")
        assert scanner.rules == [Rule.NOT_A_VISIT]
        assert Signal.objects.get().at == LATER
        judging.judge_again(now=LATER + timedelta(days=1))
        assert Signal.objects.count() == 1
        audited = AuditEntry.objects.get(action="hit.overruled")
        assert (audited.actor_id, audited.detail["said"]) == (alice.pk, "human")

    def test_makes_a_machine_of_a_person_until_it_is_taken_back(
        self, alice: User, mails: list[Message]
    ) -> None:
        reader = visit(mails[0])
        until_dry(LATER + HELD)

        judging.overrule(reader.pk, "machine", by_id=alice.pk, now=LATER + 9 * MINUTE)
        assert not Signal.objects.exists()
        assert not Warmth.objects.exists()

        judging.overrule(reader.pk, "", by_id=alice.pk, now=LATER + 10 * MINUTE)
        assert Signal.objects.count() == Warmth.objects.count() == 1
        reader.refresh_from_db()
        assert (reader.said, reader.taken_back_at) == ("", None)

    def test_frees_those_who_stood_in_the_shadow(self, alice: User, mails: list[Message]) -> None:
        probe, reader = trap(mails[0]), visit(mails[1], LATER + 5 * MINUTE)
        until_dry(LATER + 10 * MINUTE)
        assert verdicts()[reader.pk] == "machine"

        judging.overrule(probe.pk, "human", by_id=alice.pk, now=LATER + 11 * MINUTE)

        assert verdicts()[reader.pk] == "human"
        # Nobody earns anything by the link that no person can see.
        assert [s.message_id for s in Signal.objects.all()] == [mails[1].pk]

    def test_comes_too_early_for_what_is_not_judged(
        self, alice: User, mails: list[Message]
    ) -> None:
        waiting = visit(mails[0])

        assert not judging.overrule(waiting.pk, "human", by_id=alice.pk, now=LATER)
        assert not judging.overrule(waiting.pk + 1, "human", by_id=alice.pk, now=LATER)
        until_dry(LATER + HELD)
        assert not judging.overrule(waiting.pk, "unsure", by_id=alice.pk, now=LATER)
        assert judging.overrule(waiting.pk, "", by_id=alice.pk, now=LATER)
        assert not AuditEntry.objects.filter(action="hit.overruled").exists()


class TestJudgingAgain:
    def test_says_what_it_would_change_and_changes_it_when_asked(
        self, mails: list[Message]
    ) -> None:
        # As other rules would have judged them.
        visit(mails[0], method="HEAD", verdict="human", rules=[], score=0)
        visit(mails[1], network="192.0.2.0/24", verdict="machine", rules=["too_soon"], score=1)
        now = LATER + timedelta(days=2)

        trial = judging.judge_again(now=now, is_trial=True)

        assert (trial.judged, sum(trial.moved.values())) == (2, 2)
        assert trial.moved == {("human", "machine"): 1, ("machine", "human"): 1}
        assert set(verdicts().values()) == {"human", "machine"}
        assert not Signal.objects.exists()
        assert judging.judge_again(now=now) == trial
        assert [s.message_id for s in Signal.objects.all()] == [mails[1].pk]
        assert judging.judge_again(now=now).moved == {}

    def test_begins_where_it_is_told_to(self, mails: list[Message]) -> None:
        visit(mails[0])

        assert judging.judge_again(now=LATER + HELD, since=LATER + MINUTE).judged == 0
        assert judging.judge_again(now=LATER + MINUTE).judged == 0
        assert judging.judge_again(now=LATER + 2 * HELD).judged == 1

    def test_of_nothing_is_nothing(self, alice: User) -> None:
        assert judging.judge_again(now=NOW).judged == 0


class TestASummary:
    def test_counts_by_rule_and_by_network(self, alice: User, mails: list[Message]) -> None:
        visit(mails[0], network="192.0.2.0/24")
        trap(mails[1])
        visit(mails[2], LATER - timedelta(days=40), network="203.0.113.0/24")
        until_dry(LATER + HELD)
        judging.overrule(
            Hit.objects.get(link=unseen.HIDDEN_LINK).pk, "human", by_id=alice.pk, now=LATER + HELD
        )

        found = visits.summary(now=LATER + MINUTE)

        assert found.visits == 2
        assert (found.verdicts["human"], found.overruled, found.taken_back) == (2, 1, 0)
        (rule,) = found.rules
        assert (rule.rule, rule.visits, rule.machines, rule.overruled) == (Rule.HONEYPOT, 1, 0, 1)
        assert {one.network: one.people for one in found.networks} == {
            "192.0.2.0/24": 1,
            "198.51.100.0/24": 1,
        }


some_visits = st.lists(
    st.fixed_dictionaries(
        {
            "mail": st.integers(0, 2),
            "after": st.integers(0, 3000),
            "link": st.sampled_from([0, 1, 2, unseen.HIDDEN_LINK]),
            "method": st.sampled_from(["GET", "GET", "GET", "GET", "HEAD"]),
            "agent": st.sampled_from(["a", "a", "b"]),
            "network": st.sampled_from(["198.51.100.0/24", "198.51.100.0/24", "192.0.2.0/24"]),
            "system": st.sampled_from(["windows", "linux", "ios"]),
            "has_language": st.sampled_from([True, True, True, False]),
        }
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda one: one["after"],
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=some_visits, seed=st.integers(0, 99))
def test_judging_bit_by_bit_is_judging_the_whole_day_at_once(
    mails: list[Message], told: list[dict[str, Any]], seed: int
) -> None:
    Signal.objects.all().delete()
    Hit.objects.all().delete()
    steps = random.Random(seed)
    facts = []
    for one in sorted(told, key=lambda one: one["after"]):
        at = LATER + timedelta(seconds=one["after"])
        fields = {k: v for k, v in one.items() if k not in {"mail", "after"}}
        fields["flags"] = ["honeypot"] if one["link"] == unseen.HIDDEN_LINK else []
        message = mails[one["mail"]]
        if steps.random() < 0.7:
            # Judged whenever the loop comes by, as far as things have happened.
            judging.judge_due(now=at, limit=1 + steps.randrange(3))
        visit(message, at, **fields)
        facts.append(
            HitFacts(
                message=message.pk, candidate=message.candidate_id, kind="click", at=at, **fields
            )
        )
    until_dry(LATER + timedelta(hours=2))

    at_once = judge(facts, {mail.pk: MessageFacts(NOW, 3) for mail in mails})

    assert list(verdicts().values()) == [str(verdict.kind) for verdict in at_once]
    people = {
        (f.message, f.link)
        for f, verdict in zip(facts, at_once, strict=True)
        if verdict.kind in {"human", "likely"} and f.link != unseen.HIDDEN_LINK
    }
    assert {(s.message_id, s.link) for s in Signal.objects.all()} == people


def test_a_judge_and_a_person_at_once_leave_what_the_person_said(transactional_db: None) -> None:
    make.organisation()
    alice = make.user()
    box = make.sender(alice)
    found = [make.sent(make.candidate(owner=alice), box) for _ in range(8)]
    hits = [trap(mail, network=f"10.0.{n}.0/24") for n, mail in enumerate(found)]
    until_dry(LATER + HELD)
    more = [visit(mail, LATER + MINUTE, network="10.9.9.0/24") for mail in found[:3]]

    def act(number: int) -> None:
        try:
            if number % 2:
                judging.judge_due(now=LATER + 2 * HELD, limit=1)
            else:
                hit = hits[number // 2]
                judging.overrule(hit.pk, "human", by_id=alice.pk, now=LATER + 2 * HELD)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(16)))
    until_dry(LATER + 2 * HELD)

    assert {verdicts()[hit.pk] for hit in hits} == {"human"}
    assert {verdicts()[hit.pk] for hit in more} == {"human"}
    assert Signal.objects.count() == 3
