"""Sequences that begin by themselves: with high interest, with a click in an alert."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from tests import make
from tests.locks import until_waiting
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.core.events import held_back, react_now
from warmbench.nurture import enrollment, pools, triggers
from warmbench.nurture.models import Enrollment, PoolMember, Sequence, SequenceVersion, Step
from warmbench.people.models import Candidate
from warmbench.signals import follow_ups, record
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal

DAY = timedelta(days=1)
State = Enrollment.State
Trigger = SequenceVersion.Trigger

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


def follow_through(trigger: Trigger, **facts: object) -> SequenceVersion:
    """A sequence that only waits, and so needs no tags."""
    version = make.sequence(Step.Kind.WAIT, Step.Kind.WAIT)
    SequenceVersion.objects.filter(pk=version.pk).update(trigger=trigger, **facts)
    return version


def under_way() -> set[tuple[int, int]]:
    found = Enrollment.objects.filter(ended_at=None)
    return set(found.values_list("candidate_id", "sequence_id"))


def happens(action: Callable[[], object]) -> None:
    """Do something, and let everything that reacts to it run in place."""
    with clock.pinned(NOW), held_back() as published:
        action()
        for event in published:  # Grows while reactions publish.
            react_now(event)


def ask(who: Candidate, reason: FollowUp.Reason, signal: Signal) -> FollowUp:
    evidence = [Evidence.of(signal)]
    asked = follow_ups.ask_for(who.pk, reason, evidence=evidence, value=50, due_at=NOW, now=NOW)
    assert asked is not None
    return asked


def test_each_trigger_begins_its_own_sequences(alice: User) -> None:
    keen, told = follow_through(Trigger.HIGH_INTEREST), follow_through(Trigger.ALERT_CLICK)
    paused = follow_through(Trigger.HIGH_INTEREST)
    Sequence.objects.filter(pk=paused.sequence_id).update(state="paused")
    make.sequence(Step.Kind.WAIT)
    ana, ben = make.candidate(owner=alice), make.candidate(owner=alice)

    assert triggers.fire(Trigger.HIGH_INTEREST, [ana.pk], now=NOW) == 1
    assert triggers.fire(Trigger.HIGH_INTEREST, [ana.pk], now=NOW) == 0
    assert triggers.fire(Trigger.ALERT_CLICK, [ana.pk, ben.pk], now=NOW) == 2
    assert under_way() == {
        (ana.pk, keen.sequence_id), (ana.pk, told.sequence_id), (ben.pk, told.sequence_id),
    }  # fmt: skip


def test_the_newest_version_says_by_what_a_sequence_begins(alice: User) -> None:
    version = follow_through(Trigger.HIGH_INTEREST)
    ana = make.candidate(owner=alice)
    newer = version.sequence.versions.create(number=2, trigger=Trigger.POOL, created_at=NOW)
    newer.steps.create(position=0, key="wait", kind=Step.Kind.WAIT, wait_days=1)
    make.pool("status = passive", version.sequence)
    assert triggers.fire(Trigger.HIGH_INTEREST, [ana.pk], now=NOW) == 0
    assert pools.refresh([ana.pk], now=NOW).enrolled == 1


def test_no_pool_begins_what_begins_by_something_else(alice: User) -> None:
    make.pool("status = passive", follow_through(Trigger.HIGH_INTEREST).sequence)
    ana = make.candidate(owner=alice)
    assert pools.refresh([ana.pk], now=NOW).enrolled == 0
    assert not pools.recount(now=NOW).repaired


def test_whoever_is_spoken_for_or_kept_out_begins_nothing(alice: User) -> None:
    follow_through(Trigger.HIGH_INTEREST, entry_rule="country = AT")
    ana, ben, chen = (make.candidate(owner=alice, country="AT") for _ in range(3))
    Candidate.objects.filter(pk=ben.pk).update(status=Candidate.Status.APPLIED)
    Candidate.objects.filter(pk=chen.pk).update(country="DE")
    assert triggers.fire(Trigger.HIGH_INTEREST, [ana.pk, ben.pk, chen.pk], now=NOW) == 1
    assert {pk for pk, _ in under_way()} == {ana.pk}


@pytest.mark.parametrize(("days", "begins"), [(29, 0), (30, 1)])
def test_the_sequence_says_when_somebody_may_begin_it_anew(
    alice: User, days: int, begins: int
) -> None:
    follow_through(Trigger.HIGH_INTEREST, reentry_days=30)
    ana = make.candidate(owner=alice)
    triggers.fire(Trigger.HIGH_INTEREST, [ana.pk], now=NOW - DAY)
    enrollment.exit_all([ana.pk], reason="replied", now=NOW)
    assert triggers.fire(Trigger.HIGH_INTEREST, [ana.pk], now=NOW + days * DAY) == begins


def test_high_interest_and_a_click_in_an_alert_begin_what_follows_them(alice: User) -> None:
    keen, told = follow_through(Trigger.HIGH_INTEREST), follow_through(Trigger.ALERT_CLICK)
    ana, ben = make.candidate(owner=alice), make.candidate(owner=alice)

    happens(lambda: ask(ana, FollowUp.Reason.HIGH_INTEREST, make.signal(ana)))
    happens(lambda: ask(ben, FollowUp.Reason.ROLE_INTEREST, make.signal(ben)))
    happens(lambda: ask(ben, FollowUp.Reason.MOVED, make.signal(ben)))

    assert under_way() == {(ana.pk, keen.sequence_id), (ben.pk, told.sequence_id)}


def test_what_a_recruiter_has_settled_meanwhile_begins_nothing(alice: User) -> None:
    follow_through(Trigger.HIGH_INTEREST)
    ana = make.candidate(owner=alice)
    entry = ask(ana, FollowUp.Reason.HIGH_INTEREST, make.signal(ana))
    follow_ups.done(entry.pk, outcome=FollowUp.Outcome.REACHED, by_id=alice.pk, now=NOW)
    assert triggers.follow(entry.pk, now=NOW) == 0


def test_an_interest_that_was_none_is_taken_back_with_what_it_began(alice: User) -> None:
    follow_through(Trigger.ALERT_CLICK)
    people = [make.candidate(owner=alice) for _ in range(3)]
    begun, further, keen = people
    signals = [make.signal(who) for who in people]
    for who, signal in zip(people, signals, strict=True):
        happens(partial(ask, who, FollowUp.Reason.ROLE_INTEREST, signal))
    Enrollment.objects.filter(candidate=begun).update(next_step_at=NOW + DAY)
    Enrollment.objects.filter(candidate=further).update(position=1)

    gone = [signal.pk for signal in signals[:2]]
    happens(lambda: record.withdraw(gone, note="A machine clicked.", now=NOW))

    left = Enrollment.objects.order_by("candidate_id").values_list(
        "candidate_id", "state", "exit_reason"
    )
    assert begun.pk not in {one[0] for one in left}
    assert list(left) == [
        (further.pk, State.EXITED, triggers.WITHDRAWN), (keen.pk, State.ACTIVE, ""),
    ]  # fmt: skip


def test_what_was_done_is_not_forgotten_when_an_interest_is_taken_back(alice: User) -> None:
    """Else what she had would be hers to have again, and be lost as a second copy."""
    version = follow_through(Trigger.HIGH_INTEREST)
    ana = make.candidate(owner=alice)
    signal = make.signal(ana)
    entry = ask(ana, FollowUp.Reason.HIGH_INTEREST, signal)
    triggers.follow(entry.pk, now=NOW)
    # As she stands after a move to a version in which the next step comes first.
    Enrollment.objects.update(skips=["step-0"], next_step_at=NOW + DAY)

    follow_ups.withdraw([signal], note="A machine clicked.", now=NOW)
    assert triggers.take_back([entry.pk], now=NOW) == 1

    left = Enrollment.objects.get()
    assert (left.state, left.round) == (State.EXITED, 0)
    assert left.sequence == version.sequence


@pytest.mark.django_db(transaction=True)
def test_nobody_begins_what_follows_an_interest_that_is_being_taken_back() -> None:
    """Whoever takes back what began with it may have been there already."""
    make.organisation()
    ana = make.candidate(owner=make.user())
    follow_through(Trigger.HIGH_INTEREST)
    signal = make.signal(ana)
    entry = ask(ana, FollowUp.Reason.HIGH_INTEREST, signal)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            follow_ups.withdraw([signal], note="A machine clicked.", now=NOW)
            begun = other.submit(on_its_own, partial(triggers.follow, entry.pk, now=NOW))
            until_waiting()
        assert begun.result() == 0
    assert under_way() == set()


@pytest.mark.django_db(transaction=True)
def test_whoever_takes_interests_back_waits_for_people_before_anything_of_theirs() -> None:
    """Somebody else who holds two people, and looks at the sequences of one, would wait for us."""
    make.organisation()
    alice = make.user()
    follow_through(Trigger.HIGH_INTEREST)
    ana, ben = people = [make.candidate(owner=alice) for _ in range(2)]
    signals = [make.signal(who) for who in people]
    asked = zip(people, signals, strict=True)
    entries = [ask(who, FollowUp.Reason.HIGH_INTEREST, signal).pk for who, signal in asked]
    triggers.fire(Trigger.HIGH_INTEREST, [ana.pk, ben.pk], now=NOW)
    Enrollment.objects.filter(candidate=ana).update(position=1)
    Enrollment.objects.filter(candidate=ben).update(next_step_at=NOW + DAY)
    follow_ups.withdraw(signals, note="A machine clicked.", now=NOW)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            enrollment.lock_people([ben.pk])
            gone = other.submit(on_its_own, partial(triggers.take_back, entries, now=NOW))
            until_waiting()
            Enrollment.objects.filter(candidate=ana).update(next_step_at=NOW + DAY)
        assert gone.result() == 2
    assert under_way() == set()


def on_its_own(work: Callable[[], int]) -> int:
    try:
        return work()
    finally:
        connection.close()


def test_pools_follow_what_people_do_and_forget_what_they_did_not(alice: User) -> None:
    clicked, waiting = make.pool("has clicked"), make.pool("open follow-up")
    ana = make.candidate(owner=alice)
    Candidate.objects.update(added_at=NOW - 100 * DAY)

    def pools_of_hers() -> set[int]:
        return set(PoolMember.objects.filter(left_at=None).values_list("pool_id", flat=True))

    click = record.SignalDraft(
        candidate_id=ana.pk,
        kind=Signal.Kind.CLICKED,
        grade=Signal.Grade.LIKELY,
        at=NOW,
        key="click:1",
    )
    happens(lambda: record.record([click], now=NOW))
    signal = Signal.objects.get()
    entry = FollowUp.objects.get(reason=FollowUp.Reason.CLICKED)
    assert pools_of_hers() == {clicked.pk, waiting.pk}

    done = FollowUp.Outcome.REACHED
    happens(lambda: follow_ups.done(entry.pk, outcome=done, by_id=alice.pk, now=NOW))
    assert pools_of_hers() == {clicked.pk}
    happens(lambda: record.withdraw([signal.pk], note="A machine clicked.", now=NOW))
    assert pools_of_hers() == set()


def test_high_interest_ends_with_the_nightly_recount(alice: User) -> None:
    pool = make.pool("high interest")
    ana = make.candidate(owner=alice)
    for hours in (0, 2, 4):
        make.signal(ana, at=NOW - timedelta(hours=hours))
    assert pools.refresh([ana.pk], now=NOW).joined == {pool.pk: 1}
    assert pools.recount(now=NOW + 29 * DAY).repaired.left == {}
    assert pools.recount(now=NOW + 30 * DAY).repaired.left == {pool.pk: 1}
