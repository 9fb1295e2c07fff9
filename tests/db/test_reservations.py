"""A recruiter has a candidate to themselves; others ask for them, and nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests import make
from tests.make import NOW
from warmbench.accounts import notifications
from warmbench.accounts.models import Kind, Notification, User
from warmbench.messaging import claim, outbox
from warmbench.messaging.models import Message
from warmbench.messaging.outbox import Draft
from warmbench.messaging.verdict import Allow, Later, Reason
from warmbench.people import candidates, erasure, reservations
from warmbench.people.models import Candidate, ReservationRequest

State = ReservationRequest.State
DAY = timedelta(days=1)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ben(alice: User) -> User:
    return make.user("Ben Okafor")


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def holder(who: Candidate) -> int | None:
    held = reservations.of(Candidate.objects.get(pk=who.pk), now=NOW)
    return held.user_id if held else None


def reserve(who: Candidate, user: User, days: int = 14) -> reservations.Hold:
    return reservations.reserve(
        who.pk, user.pk, days=days, why="Platform lead", by_id=user.pk, now=NOW
    )


def ask(who: Candidate, user: User) -> ReservationRequest:
    asked = reservations.ask(who.pk, by_id=user.pk, note="We met last week", now=NOW)
    assert asked is not None
    return asked


def told(user: User) -> list[str]:
    theirs = Notification.objects.filter(user=user, kind=Kind.RESERVATION).order_by("pk")
    return [one.title for one in theirs]


def test_the_second_is_told_who_has_them(alice: User, ben: User, ana: Candidate) -> None:
    first = reserve(ana, alice)
    assert first == reservations.Hold(alice.pk, NOW + 14 * DAY, "Platform lead")
    assert reserve(ana, ben) == first


def test_reserved_again_it_lasts_longer_and_never_shorter(alice: User, ana: Candidate) -> None:
    reserve(ana, alice, days=20)
    assert reserve(ana, alice, days=5).until == NOW + 20 * DAY
    assert reserve(ana, alice, days=30).until == NOW + 30 * DAY
    assert reserve(ana, alice, days=400).until == NOW + 90 * DAY


def test_it_is_over_by_itself(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice, days=1)
    later = NOW + DAY
    held = reservations.reserve(ana.pk, ben.pk, why="", by_id=ben.pk, now=later)
    assert held.user_id == ben.pk


def test_whoever_asks_for_somebody_free_has_them_at_once(ben: User, ana: Candidate) -> None:
    assert reservations.ask(ana.pk, by_id=ben.pk, now=NOW) is None
    assert holder(ana) == ben.pk


def test_who_has_them_is_asked_and_answers(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    asked = ask(ana, ben)
    assert told(alice) == ["Ben Okafor asks to approach {who}, whom you have reserved"]
    assert [one.pk for one in reservations.waiting_for(alice.pk, now=NOW)] == [asked.pk]

    assert reservations.grant(asked.pk, by_id=alice.pk, now=NOW)
    assert holder(ana) == ben.pk
    assert told(ben) == ["{who} is reserved for you now, as you asked"]
    assert not reservations.refuse(asked.pk, by_id=alice.pk, now=NOW)
    # What is answered needs no mail to the one who was asked.
    assert not notifications.still_so([notifications.Told(f"reservation:{asked.pk}", alice.pk)])


def test_a_refusal_leaves_them_where_they_are(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    assert reservations.refuse(ask(ana, ben).pk, by_id=alice.pk, now=NOW)
    assert holder(ana) == alice.pk
    assert told(ben) == ["Alice Meyer keeps {who}, whom you asked for"]
    # They may ask once more.
    assert ask(ana, ben).state == State.OPEN


def test_whoever_asks_second_sees_who_asked_first(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    first = ask(ana, ben)
    assert ask(ana, make.user("Cara Lind")).pk == first.pk


def test_not_answered_in_48_hours_they_are_the_askers(
    alice: User, ben: User, ana: Candidate
) -> None:
    reserve(ana, alice)
    asked = ask(ana, ben)
    almost = NOW + timedelta(hours=47, minutes=59)
    assert reservations.lapse_due(now=almost) == 0
    assert reservations.lapse_due(now=NOW + timedelta(hours=48)) == 1
    asked.refresh_from_db()
    assert asked.state == State.LAPSED
    assert holder(ana) == ben.pk
    assert told(alice)[-1] == ("Ben Okafor has {who} now: the request was not answered in 48 hours")
    assert reservations.lapse_due(now=NOW + timedelta(hours=49)) == 0


def test_prolonging_does_not_outlast_a_request(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    ask(ana, ben)
    reserve(ana, alice, days=60)
    reservations.lapse_due(now=NOW + timedelta(hours=48))
    assert holder(ana) == ben.pk


def test_who_is_let_go_is_the_askers(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    asked = ask(ana, ben)
    assert reservations.release(ana.pk, by_id=alice.pk, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, holder(ana)) == (State.GRANTED, ben.pk)


def test_a_reservation_that_ends_meanwhile_need_not_be_waited_for(
    alice: User, ben: User, ana: Candidate
) -> None:
    reserve(ana, alice, days=1)
    asked = ask(ana, ben)
    assert reservations.lapse_due(now=NOW + DAY) == 1
    asked.refresh_from_db()
    assert (asked.state, holder(ana)) == (State.GRANTED, ben.pk)


def test_an_administrator_takes_over_and_both_are_told(
    alice: User, ben: User, ana: Candidate
) -> None:
    cara = make.user("Cara Lind")
    reserve(ana, alice)
    asked = ask(ana, ben)
    reservations.take_over(ana.pk, cara.pk, why="", by_id=cara.pk, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, holder(ana)) == (State.REFUSED, cara.pk)
    assert told(ben) == ["Cara Lind has {who} now, by decision of the lead"]
    assert told(alice)[-1] == "{who} is reserved for Cara Lind now, by decision of the lead"


def test_who_gives_a_candidate_away_gives_the_reservation_along(
    alice: User, ben: User, ana: Candidate
) -> None:
    reserve(ana, alice)
    candidates.hand_over([ana.pk], to_id=ben.pk, by_id=alice.pk, now=NOW)
    assert holder(ana) == ben.pk
    candidates.hand_over([ana.pk], to_id=None, by_id=ben.pk, now=NOW)
    assert holder(ana) is None


def test_what_a_third_recruiter_has_reserved_stays_theirs(
    alice: User, ben: User, ana: Candidate
) -> None:
    cara = make.user("Cara Lind")
    reserve(ana, cara)
    candidates.hand_over([ana.pk], to_id=ben.pk, by_id=alice.pk, now=NOW)
    assert holder(ana) == cara.pk


def test_who_leaves_the_team_has_nobody(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    asked = ask(ana, ben)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    reservations.lapse_due(now=NOW)
    assert holder(ana) == ben.pk
    User.objects.filter(pk=ben.pk).update(is_active=False)
    cara = make.user("Cara Lind")
    asked = ask(ana, cara)
    User.objects.filter(pk=cara.pk).update(is_active=False)
    reservations.lapse_due(now=NOW)
    asked.refresh_from_db()
    assert holder(ana) is None


def test_the_database_keeps_to_it(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    ask(ana, ben)
    fields = {"of": alice, "at": NOW, "lapses_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReservationRequest.objects.create(candidate=ana, by=make.user("Cara"), **fields)
    other = make.candidate()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReservationRequest.objects.create(candidate=other, by=alice, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidate.objects.filter(pk=other.pk).update(reserved_by=alice)


def test_nothing_of_it_is_left_of_the_erased(alice: User, ben: User, ana: Candidate) -> None:
    reserve(ana, alice)
    asked = ask(ana, ben)
    erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
    assert not ReservationRequest.objects.exists()
    assert not reservations.grant(asked.pk, by_id=alice.pk, now=NOW)
    with pytest.raises(Candidate.DoesNotExist):
        reserve(ana, ben)


def verdict(who: Candidate, box: int, purpose: str = Message.Purpose.CONTENT) -> object:
    [considered] = outbox.consider([Draft(who.pk, purpose, "x", 0, box)], now=NOW)
    return considered.verdict


def test_sequences_of_others_wait_and_those_of_the_team_go_on(
    alice: User, ben: User, ana: Candidate
) -> None:
    hers, bens, teams = (make.sender(who).pk for who in (alice, ben, None))
    reserve(ana, ben, days=2)
    # Thursday at ten.
    waits = Later(NOW + 2 * DAY, Reason.RESERVED)
    assert [verdict(ana, box) for box in (hers, bens, teams)] == [waits, Allow(), Allow()]
    assert verdict(ana, teams, Message.Purpose.ALERT) == waits


@pytest.mark.parametrize("first", [None, "ben"])
def test_what_another_recruiters_mailbox_has_claimed_does_not_go(
    alice: User, ben: User, ana: Candidate, first: str | None
) -> None:
    if first:
        reserve(ana, alice)
    make.message(ana, make.sender(alice))
    [claimed] = claim.claim(worker="w", now=NOW)
    before = version(ana)
    if first:
        reservations.grant(ask(ana, ben).pk, by_id=alice.pk, now=NOW)
    else:
        reserve(ana, ben)
    assert version(ana) > before == claimed.standing_version


def version(who: Candidate) -> int:
    return Candidate.objects.values_list("standing_version", flat=True).get(pk=who.pk)


class Reserving(RuleBasedStateMachine):
    """Three recruiters, one candidate, and everything that they can do to each other."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        make.organisation()
        self.users = [make.user(name).pk for name in ("Alice", "Ben", "Cara")]
        self.ana = make.candidate(owner=User.objects.get(pk=self.users[0]))
        self.now = NOW
        #: Who should have her, and who waits since when: worked out without a database.
        self.held: tuple[int, datetime] | None = None
        self.asked: tuple[int, datetime] | None = None

    def current(self) -> int | None:
        if self.held is not None and self.held[1] > self.now:
            return self.held[0]
        return None

    @rule(who=st.integers(0, 2), days=st.integers(1, 20))
    def reserve(self, who: int, days: int) -> None:
        user = self.users[who]
        had = reservations.reserve(self.ana.pk, user, days=days, why="", by_id=user, now=self.now)
        until = self.now + timedelta(days=days)
        if self.current() == user and self.held is not None:
            self.held = (user, max(until, self.held[1]))
        elif self.current() is None:
            self.held = (user, until)
        assert had.user_id == self.current()

    @rule(who=st.integers(0, 2))
    def ask(self, who: int) -> None:
        user = self.users[who]
        waiting = reservations.ask(self.ana.pk, by_id=user, now=self.now)
        if self.current() in (None, user):
            assert waiting is None
            until = self.now + timedelta(days=14)
            if self.current() == user and self.held is not None:
                until = max(until, self.held[1])
            self.held = (user, until)
        else:
            self.asked = self.asked or (user, self.now)

    @rule(answer=st.sampled_from(["grant", "refuse", "withdraw"]))
    def answer(self, answer: str) -> None:
        waiting = reservations.request_for(self.ana.pk)
        assert (waiting is None) == (self.asked is None)
        if waiting is None or self.asked is None:
            return
        act: Callable[..., bool] = getattr(reservations, answer)
        assert act(waiting.pk, by_id=None, now=self.now)
        if answer == "grant":
            self.pass_on()
        self.asked = None

    @rule()
    def release(self) -> None:
        was = self.current()
        assert reservations.release(self.ana.pk, by_id=None, now=self.now) == (was is not None)
        if was is not None:
            self.held = None
            if self.asked is not None:
                self.pass_on()
                self.asked = None

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        reservations.lapse_due(now=self.now)
        if self.asked is None:
            return
        by, since = self.asked
        waited = self.now - since
        if self.current() in (None, by) or waited >= timedelta(hours=48):
            self.pass_on()
            self.asked = None

    def pass_on(self) -> None:
        assert self.asked is not None
        until = self.now + timedelta(days=14)
        if self.current() == self.asked[0] and self.held is not None:
            until = max(until, self.held[1])
        self.held = (self.asked[0], until)

    @invariant()
    def one_has_her_whom_the_rules_name(self) -> None:
        held = reservations.of(Candidate.objects.get(pk=self.ana.pk), now=self.now)
        assert (held.user_id if held else None) == self.current()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)


def test_whatever_they_do_one_has_her_and_nobody_waits_for_ever(db: None) -> None:
    few = settings(
        max_examples=40,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Reserving, settings=few)


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Do these things in the same moment, each on a connection of its own."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


@pytest.fixture
def team(transactional_db: None) -> list[User]:
    make.organisation()
    return [make.user(name) for name in ("Alice Meyer", "Ben Okafor", "Cara Lind")]


def test_of_two_who_reserve_in_the_same_second_one_wins(team: list[User]) -> None:
    alice, ben, _ = team
    for _ in range(15):
        ana = make.candidate()
        first, second = at_once(lambda: reserve(ana, alice), lambda: reserve(ana, ben))  # noqa: B023
        # Both are told the same.
        assert first == second
        assert holder(ana) == first.user_id  # type: ignore[attr-defined]


def test_of_two_who_ask_in_the_same_second_one_waits(team: list[User]) -> None:
    alice, ben, cara = team
    for _ in range(10):
        ana = make.candidate(owner=alice)
        reserve(ana, alice)
        first, second = at_once(lambda: ask(ana, ben), lambda: ask(ana, cara))  # noqa: B023
        assert first == second
        assert ReservationRequest.objects.filter(candidate=ana, state="open").count() == 1


def test_however_answers_cross_somebody_has_them_and_nothing_waits(team: list[User]) -> None:
    alice, ben, _ = team
    due = NOW + timedelta(hours=48)
    for n in range(12):
        ana = make.candidate(owner=alice)
        reserve(ana, alice)
        asked = ask(ana, ben)
        ends = [
            lambda: reservations.release(ana.pk, by_id=alice.pk, now=due),  # noqa: B023
            lambda: reservations.grant(asked.pk, by_id=alice.pk, now=due),  # noqa: B023
            lambda: reservations.lapse_due(now=due),
            lambda: candidates.hand_over([ana.pk], to_id=ben.pk, by_id=None, now=due),  # noqa: B023
        ]
        at_once(*ends[n % 2 :])
        reservations.lapse_due(now=due)
        asked.refresh_from_db()
        assert asked.state in {State.GRANTED, State.LAPSED}
        # Released last, somebody may be free; nobody but who asked ever has them.
        assert holder(ana) in {ben.pk, None}


def test_whoever_is_erased_meanwhile_is_gone(team: list[User]) -> None:
    alice, ben, _ = team
    for _ in range(6):
        ana = make.candidate(owner=alice)
        reserve(ana, alice)
        asked = ask(ana, ben)
        at_once(
            lambda: reservations.grant(asked.pk, by_id=alice.pk, now=NOW),  # noqa: B023
            lambda: erasure.erase(
                [ana.pk],  # noqa: B023
                reason=erasure.Reason.REQUEST,
                by_id=None,
                now=NOW,
            ),
        )
        assert not Candidate.objects.filter(pk=ana.pk).exists()
        assert not ReservationRequest.objects.filter(candidate=ana.pk).exists()
        assert not Notification.objects.filter(candidate_id=ana.pk).exists()
