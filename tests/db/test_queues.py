"""Whose queue an entry stands in, in which order, what wakes it, and what it all adds up to."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.db.test_follow_ups import happens, says
from tests.make import NOW
from warmbench.accounts import absences
from warmbench.accounts.models import Notification, Role, User
from warmbench.people import reservations
from warmbench.people.models import Candidate, Specialism, Tag
from warmbench.signals import (
    assignment,
    follow_ups,
    jobs,
    offers,
    queues,
    reminders,
    telling,
    waking,
    workload,
)
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

Reason, Wakes = FollowUp.Reason, FollowUp.Wakes
TODAY = NOW.date()


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def bob(alice: User) -> User:
    return make.user("Bob Brandt")


@pytest.fixture
def accounting(db: None) -> Tag:
    return make.tag("Accounting & controlling", Tag.Kind.SPECIALTY)


def look_after(tag: Tag, *users: User) -> None:
    for user in users:
        assignment.look_after(user.pk, [tag.pk], by_id=None, now=NOW)


class TestTheOrder:
    @settings(
        max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.lists(
            st.tuples(st.integers(0, 100), st.integers(-(10**6), 10**6)), min_size=1, max_size=6
        )
    )
    def test_is_the_same_in_the_database_as_in_thought(
        self, alice: User, entries: list[tuple[int, int]]
    ) -> None:
        FollowUp.objects.all().delete()
        for value, seconds in entries:
            due = NOW + timedelta(seconds=seconds)
            make.follow_up(make.candidate(owner=alice), value=value, due=due)
        found = list(queues.today(alice, now=NOW))
        for one in found:
            thought = queues.priority(one.value, one.due_at, NOW)
            assert one.priority == pytest.approx(thought, abs=1e-6)  # type: ignore[attr-defined]
        assert len(found) == len(entries)

    def test_asks_one_question_for_all_that_concerns_somebody(
        self, alice: User, bob: User, django_assert_num_queries: Callable[..., object]
    ) -> None:
        own, nobodys = make.follow_up(make.candidate(owner=bob)), make.follow_up(make.candidate())
        covered = make.follow_up(make.candidate(owner=alice))
        absences.put_down(
            alice.pk, first_day=TODAY, last_day=TODAY, cover_id=bob.pk, by_id=alice.pk, now=NOW
        )
        chen = make.user("Chen Wu")
        offered = make.follow_up(make.candidate(owner=chen))
        offers.offer(offered.pk, to_id=bob.pk, by_id=chen.pk, now=NOW)
        make.follow_up(make.candidate(owner=chen))
        with django_assert_num_queries(1):  # type: ignore[attr-defined]
            assert set(queues.today(bob, now=NOW)) == {own, nobodys, covered, offered}
        assert queues.is_for(covered, bob, now=NOW)
        assert not queues.is_for(own, chen, now=NOW)


class TestWaking:
    @pytest.fixture
    def entry(self, alice: User) -> FollowUp:
        return make.follow_up(make.candidate(owner=alice), reason=Reason.CALL)

    def snooze(self, entry: FollowUp, wakes_on: FollowUp.Wakes) -> None:
        until = NOW + timedelta(days=30)
        assert entry.owner_id
        assert follow_ups.snooze(
            entry.pk, until=until, wakes_on=wakes_on, by_id=entry.owner_id, now=NOW
        )

    @pytest.mark.parametrize(
        ("wakes_on", "kind", "wakes"),
        [
            (Wakes.SIGNAL, "clicked", True),
            (Wakes.SIGNAL, "replied", True),
            (Wakes.SIGNAL, "absent", False),
            (Wakes.REPLY, "replied", True),
            (Wakes.REPLY, "clicked", False),
            (Wakes.ROLE, "replied", False),
            (Wakes.ANYTHING, "replied", False),
        ],
    )
    def test_comes_with_what_was_waited_for(
        self, entry: FollowUp, wakes_on: FollowUp.Wakes, kind: str, wakes: bool
    ) -> None:
        self.snooze(entry, wakes_on)
        day = NOW + timedelta(days=3)

        says(entry.candidate, kind, at=day)

        now = FollowUp.objects.get(pk=entry.pk)
        assert (now.snoozed_until is None) == wakes
        if wakes:
            assert now.due_at == day + timedelta(days=1)
            assert now.evidence[-1]["text"].startswith("Back in sight: ")

    def test_comes_with_a_role_that_fits(self, entry: FollowUp, alice: User) -> None:
        self.snooze(entry, Wakes.ROLE)
        happens(lambda: waking.by_role([entry.candidate_id], now=NOW))
        assert FollowUp.objects.get().snoozed_until is None
        assert Notification.objects.get().user == alice
        assert waking.by_role([entry.candidate_id], now=NOW) == 0

    def test_comes_on_the_day_at_the_latest(self, entry: FollowUp, alice: User) -> None:
        self.snooze(entry, Wakes.REPLY)
        assert queues.today(alice, now=NOW + timedelta(days=30)).get() == entry


class TestWhatNobodyOwns:
    def ask(self, who: Candidate, value: int = 50) -> FollowUp:
        made = follow_ups.ask_for(
            who.pk,
            Reason.REPLIED,
            evidence=[Evidence(NOW, "Rang back")],
            value=value,
            due_at=NOW + timedelta(hours=3),
            now=NOW,
        )
        assert made is not None
        return made

    def test_goes_to_whoever_looks_after_the_field_and_says_why(
        self, alice: User, bob: User, accounting: Tag
    ) -> None:
        look_after(accounting, alice)
        happens(lambda: self.ask(make.candidate(accounting)))
        entry = FollowUp.objects.get()
        assert entry.owner == alice
        assert entry.evidence[-1]["text"] == (
            "Given to Alice Meyer: looks after Accounting & controlling, 0 open"
        )
        assert Notification.objects.get().user == alice, "it is no news for anybody else"

    def test_goes_to_whoever_has_least_to_do(self, alice: User, bob: User, accounting: Tag) -> None:
        look_after(accounting, alice, bob)
        make.follow_up(make.candidate(owner=alice), value=90)
        far = NOW + timedelta(days=30)
        make.follow_up(make.candidate(owner=bob), value=90, due=far)
        assert assignment.give(self.ask(make.candidate(accounting)).pk, now=NOW) == bob

    def test_goes_to_nobody_who_is_away_or_gone(
        self, alice: User, bob: User, accounting: Tag
    ) -> None:
        look_after(accounting, alice, bob)
        User.objects.filter(pk=bob.pk).update(is_active=False)
        absence = absences.put_down(
            alice.pk, first_day=TODAY, last_day=TODAY, cover_id=None, by_id=alice.pk, now=NOW
        )
        entry = self.ask(make.candidate(accounting))
        assert assignment.give(entry.pk, now=NOW) is None
        assert queues.today(alice, now=NOW).get().owner is None

        absences.call_off(absence.pk, by_id=alice.pk, now=NOW)
        assert assignment.give_waiting(now=NOW) == 1
        assert FollowUp.objects.get().owner == alice
        assert assignment.give(entry.pk, now=NOW) is None, "somebody has it"

    def test_goes_first_to_who_has_to_do_with_the_person(
        self, alice: User, bob: User, accounting: Tag
    ) -> None:
        look_after(accounting, alice)
        ana, ben = make.candidate(accounting), make.candidate(accounting)
        reservations.reserve(ana.pk, bob.pk, why="", by_id=bob.pk, now=NOW)
        other = make.follow_up(ben, reason=Reason.CALL)
        offers.hand_over(other.pk, to_id=bob.pk, by_id=bob.pk, now=NOW)
        assert assignment.give(self.ask(ana).pk, now=NOW) == bob
        assert assignment.give(self.ask(ben).pk, now=NOW) == bob

    def test_stays_where_it_is_if_the_person_has_an_owner_by_now(
        self, alice: User, bob: User, accounting: Tag
    ) -> None:
        look_after(accounting, alice)
        ana = make.candidate(accounting)
        entry = self.ask(ana)
        Candidate.objects.update(owner=bob)
        assert assignment.give(entry.pk, now=NOW) == bob

    def test_stays_everybodys_where_nobody_looks_after_it(
        self, alice: User, accounting: Tag
    ) -> None:
        for person in (make.candidate(), make.candidate(accounting)):
            assert assignment.give(self.ask(person).pk, now=NOW) is None
        assert assignment.give_waiting(now=NOW) == 0

    def test_goes_along_with_the_person(self, alice: User, bob: User, accounting: Tag) -> None:
        look_after(accounting, alice)
        ana = make.candidate(accounting)
        assignment.give(self.ask(ana).pk, now=NOW)
        follow_ups.move([ana.pk], to_id=bob.pk)
        assert FollowUp.objects.get().owner == bob

    def test_fields_are_chosen_among_those_there_are(self, alice: User, accounting: Tag) -> None:
        skill = make.tag("Rust")
        assert assignment.look_after(
            alice.pk, [accounting.pk, skill.pk, 0], by_id=alice.pk, now=NOW
        )
        assert Specialism.objects.get().tag == accounting
        assert not assignment.look_after(alice.pk, [accounting.pk], by_id=alice.pk, now=NOW)
        assert assignment.look_after(alice.pk, [], by_id=alice.pk, now=NOW)

    @pytest.mark.usefixtures("work")
    def test_a_hundred_at_once_are_shared_equally(self, transactional_db: None) -> None:
        make.organisation()
        field = make.tag("Accounting & controlling", Tag.Kind.SPECIALTY)
        team = [make.user(name) for name in ("Alice", "Bob", "Chen")]
        look_after(field, *team)
        waiting = [make.follow_up(make.candidate(field)).pk for _ in range(100)]

        def give(pk: int) -> None:
            try:
                assignment.give(pk, now=NOW)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(give, waiting))

        shares = Counter(FollowUp.objects.values_list("owner_id", flat=True))
        assert set(shares) == {one.pk for one in team}
        assert max(shares.values()) - min(shares.values()) <= 1


class TestTheNumbers:
    def test_of_each_recruiter_and_of_what_nobody_has(self, alice: User, bob: User) -> None:
        def one(due: datetime, owner: User | None = alice) -> FollowUp:
            return make.follow_up(make.candidate(owner=owner), due=due)

        hour = timedelta(hours=1)
        one(NOW - hour), one(NOW + hour), one(NOW + 30 * hour)
        # Midnight in Berlin is 14 hours away.
        one(NOW + 13.9 * hour), one(NOW + 14.1 * hour)
        asleep = one(NOW + hour)
        follow_ups.snooze(asleep.pk, until=NOW + 50 * hour, by_id=alice.pk, now=NOW)
        one(NOW - hour, owner=None)
        for due in (NOW + hour, NOW - hour, NOW + hour):
            closed = one(due)
            follow_ups.done(closed.pk, outcome=FollowUp.Outcome.OTHER, by_id=alice.pk, now=NOW)
        make.user("Vera Voss", Role.VIEWER)

        now = NOW + timedelta(minutes=1)
        of_alice, of_bob, of_nobody = workload.load(now)

        assert (of_alice.user_id, of_alice.name) == (alice.pk, "Alice Meyer")
        assert (of_alice.open, of_alice.overdue, of_alice.due_today) == (5, 1, 2)
        assert (of_alice.snoozed, of_alice.done, of_alice.in_time) == (1, 3, 2)
        assert of_alice.share_in_time == pytest.approx(2 / 3)
        assert of_alice.oldest == of_alice.median == now - NOW
        assert (of_bob.open, of_bob.oldest, of_bob.share_in_time) == (0, None, None)
        assert (of_nobody.user_id, of_nobody.open, of_nobody.overdue) == (None, 1, 1)
        assert workload.open_by_owner([alice.pk, bob.pk], now=now) == {alice.pk: 5}


def test_what_is_with_somebody_who_left_comes_back_into_sight(alice: User, bob: User) -> None:
    hers, nobodys = make.candidate(owner=alice), make.candidate()
    passed_on = make.follow_up(hers)
    offers.hand_over(passed_on.pk, to_id=bob.pk, by_id=alice.pk, now=NOW)
    promised = reminders.remind(nobodys.pk, on=TODAY, note="Ring", by_id=bob.pk, now=NOW)
    assert assignment.free_left_behind(now=NOW) == 0
    User.objects.filter(pk=bob.pk).update(is_active=False)

    happens(lambda: jobs.look_after_queues(0))

    passed_on.refresh_from_db()
    assert (passed_on.owner, passed_on.handed_over_by) == (alice, None)
    assert passed_on.evidence[-1]["text"] == "Bob Brandt has left"
    assert promised is not None
    assert FollowUp.objects.get(pk=promised.pk).owner is None
    assert Notification.objects.filter(user=alice, key=f"follow_up:{passed_on.pk}").exists()


def test_of_two_who_take_it_at_once_one_has_it(transactional_db: None) -> None:
    make.organisation()
    users = [make.user(f"{name} Brandt") for name in ("Alice", "Bob", "Chen", "Dora")]
    entry = make.follow_up(make.candidate())
    taken = []

    def take(user: User) -> None:
        try:
            if offers.take(entry.pk, by_id=user.pk, now=NOW):
                taken.append(user)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, users))

    assert taken == [FollowUp.objects.get().owner]


def test_the_day_of_a_reminder_is_told_once(alice: User) -> None:
    ana = make.candidate(owner=alice)
    reminders.remind(ana.pk, on=TODAY + timedelta(days=1), note="Ring", by_id=alice.pk, now=NOW)
    assert telling.of_reminders(now=NOW) == 0
    morning = NOW + timedelta(days=1)

    assert telling.of_reminders(now=morning) == 1

    told = Notification.objects.get()
    assert (told.user, told.title, told.body) == (alice, "A reminder about {who}", "Ring")
    Notification.objects.update(read_at=morning)
    assert telling.of_reminders(now=morning + timedelta(minutes=10)) == 0
    assert Notification.objects.get().read_at == morning


def test_the_job_ends_offers_and_gives_what_waits(alice: User, bob: User, accounting: Tag) -> None:
    offered = make.follow_up(make.candidate(owner=alice))
    offers.offer(offered.pk, to_id=bob.pk, by_id=alice.pk, now=NOW)
    look_after(accounting, bob)
    waiting = make.follow_up(make.candidate(accounting))

    jobs.look_after_queues(0)

    assert FollowUp.objects.get(pk=offered.pk).offered_to is None
    assert FollowUp.objects.get(pk=waiting.pk).owner == bob
