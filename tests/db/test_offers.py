"""Offers of follow-ups: an open entry is in exactly one place, whatever people do at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import combinations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.db.test_follow_ups import happens
from tests.make import NOW
from warmbench.accounts import notifications
from warmbench.accounts.models import Notification, Role, User
from warmbench.accounts.notifications import Told
from warmbench.core.models import AuditEntry
from warmbench.people import candidates
from warmbench.signals import follow_ups, offers, queues
from warmbench.signals.models import FollowUp

LATE = NOW + timedelta(hours=48)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def bob(alice: User) -> User:
    return make.user("Bob Brandt")


@pytest.fixture
def entry(alice: User) -> FollowUp:
    return make.follow_up(make.candidate(owner=alice))


def offer(entry: FollowUp, to: User, note: str = "") -> bool:
    assert entry.owner_id
    return offers.offer(entry.pk, to_id=to.pk, note=note, by_id=entry.owner_id, now=NOW)


class TestAnOffer:
    def test_stands_in_both_queues_and_is_still_the_owners(
        self, entry: FollowUp, alice: User, bob: User
    ) -> None:
        assert offer(entry, bob, "You know her")

        assert queues.today(bob, now=NOW).get() == entry
        found = queues.today(alice, now=NOW).get()
        assert (found.owner, found.offered_to, found.offer_note) == (alice, bob, "You know her")

    def test_that_is_accepted_moves_it(self, entry: FollowUp, alice: User, bob: User) -> None:
        offer(entry, bob)

        assert offers.accept(entry.pk, by_id=bob.pk, now=NOW)

        assert not queues.today(alice, now=NOW)
        found = queues.today(bob, now=NOW).get()
        assert (found.owner, found.handed_over_by, found.offered_to) == (bob, alice, None)
        assert not offers.accept(entry.pk, by_id=bob.pk, now=NOW)
        assert not offers.withdraw(entry.pk, by_id=alice.pk, now=NOW)

    def test_that_is_declined_leaves_it(self, entry: FollowUp, alice: User, bob: User) -> None:
        offer(entry, bob)
        assert offers.decline(entry.pk, by_id=bob.pk, now=NOW)
        assert not queues.today(bob, now=NOW)
        assert queues.today(alice, now=NOW).get() == entry
        assert not offers.decline(entry.pk, by_id=bob.pk, now=NOW)

    def test_lapses_after_two_days_also_if_the_job_is_late(
        self, entry: FollowUp, alice: User, bob: User
    ) -> None:
        offer(entry, bob)
        assert offers.lapse_due(now=LATE - timedelta(seconds=1)) == 0
        assert not queues.today(bob, now=LATE)
        assert not offers.accept(entry.pk, by_id=bob.pk, now=LATE)

        assert offers.lapse_due(now=LATE) == 1

        assert FollowUp.objects.get().offered_to is None
        assert queues.today(alice, now=LATE).get() == entry
        assert offers.lapse_due(now=LATE) == 0

    def test_goes_to_nobody_who_cannot_take_it(self, entry: FollowUp, alice: User) -> None:
        viewer = make.user("Vera Voss", Role.VIEWER)
        assert not offer(entry, viewer)
        assert not offer(entry, alice)
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.OTHER, by_id=alice.pk, now=NOW)
        assert not offer(entry, make.user("Bob Brandt"))

    def test_to_somebody_else_ends_the_first(self, entry: FollowUp, bob: User) -> None:
        chen = make.user("Chen Wu")
        offer(entry, bob)
        offer(entry, chen)
        assert not offers.accept(entry.pk, by_id=bob.pk, now=NOW)
        assert offers.accept(entry.pk, by_id=chen.pk, now=NOW)

    def test_ends_with_the_entry_and_with_its_owner(
        self, entry: FollowUp, alice: User, bob: User
    ) -> None:
        offer(entry, bob)
        candidates.hand_over([entry.candidate_id], to_id=None, now=NOW, by_id=alice.pk)
        follow_ups.move([entry.candidate_id], to_id=None)
        assert not offers.accept(entry.pk, by_id=bob.pk, now=NOW)

    def test_is_written_down(self, entry: FollowUp, bob: User) -> None:
        offer(entry, bob)
        offers.accept(entry.pk, by_id=bob.pk, now=NOW)
        trail = AuditEntry.objects.filter(subject=f"follow_up:{entry.pk}").order_by("pk")
        assert [one.action for one in trail] == ["follow_up.offered", "follow_up.accepted"]


class TestBothAreTold:
    @staticmethod
    def titles(user: User) -> list[str]:
        told = Notification.objects.filter(user=user).order_by("pk")
        return [one.title for one in told]

    def test_of_the_offer(self, entry: FollowUp, alice: User, bob: User) -> None:
        happens(lambda: offer(entry, bob, "You know her"))
        told = Notification.objects.get()
        assert (told.user, told.title) == (bob, "Alice Meyer asks you to take on {who}")
        assert told.body == "You know her. They replied"
        key = Told(told.key, bob.pk)
        assert notifications.still_so([key]) == {key}
        happens(lambda: offers.withdraw(entry.pk, by_id=alice.pk, now=NOW))
        assert notifications.still_so([key]) == set()
        assert Notification.objects.get().read_at == NOW

    def test_of_the_answer(self, entry: FollowUp, alice: User, bob: User) -> None:
        happens(lambda: offer(entry, bob))
        happens(lambda: offers.decline(entry.pk, by_id=bob.pk, now=NOW))
        assert self.titles(alice) == ["Bob Brandt leaves {who} with you"]
        happens(lambda: offer(entry, bob))
        happens(lambda: offers.accept(entry.pk, by_id=bob.pk, now=NOW))
        assert self.titles(alice) == ["Bob Brandt has taken on {who}"]

    def test_that_nobody_answered(self, entry: FollowUp, alice: User, bob: User) -> None:
        happens(lambda: offer(entry, bob))
        happens(lambda: offers.lapse_due(now=LATE), now=LATE)
        assert self.titles(alice) == ["Bob Brandt did not answer in 48 hours: {who} stays with you"]
        assert self.titles(bob)[-1] == "The offer to take on {who} has lapsed"


def holds_together(entry: FollowUp, *people: User) -> None:
    """One place for each open entry, and no half of an offer."""
    now = FollowUp.objects.get(pk=entry.pk)
    offered = (now.offered_to_id, now.offered_at, now.offer_lapses_at)
    assert all(part is None for part in offered) or all(part is not None for part in offered)
    if now.state == FollowUp.State.DONE:
        assert now.offered_to_id is None
        return
    assert now.offered_to_id is None or now.offered_to_id != now.owner_id
    owners = [one for one in people if queues.today(one, now=NOW).filter(owner=one).exists()]
    nobodys = now.owner_id is None
    assert len(owners) + nobodys == 1


#: What any of the three may do, by their place in the list.
ACTS: dict[str, Callable[[FollowUp, User, User], object]] = {
    "offer": lambda e, by, to: offers.offer(e.pk, to_id=to.pk, by_id=by.pk, now=NOW),
    "accept": lambda e, by, _: offers.accept(e.pk, by_id=by.pk, now=NOW),
    "decline": lambda e, by, _: offers.decline(e.pk, by_id=by.pk, now=NOW),
    "withdraw": lambda e, by, _: offers.withdraw(e.pk, by_id=by.pk, now=NOW),
    "lapse": lambda e, by, _: offers.lapse_due(now=LATE),
    "hand over": lambda e, by, to: offers.hand_over(e.pk, to_id=to.pk, by_id=by.pk, now=NOW),
    "move": lambda e, by, to: follow_ups.move([e.candidate_id], to_id=to.pk),
    "let go": lambda e, by, to: follow_ups.move([e.candidate_id], to_id=None),
    "done": lambda e, by, _: follow_ups.done(
        e.pk, outcome=FollowUp.Outcome.OTHER, by_id=by.pk, now=NOW
    ),
    "undo": lambda e, by, _: follow_ups.undo(e.pk, by_id=by.pk, now=NOW),
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 2), st.integers(0, 2)), max_size=9
    )
)
def test_an_entry_always_has_one_place(
    alice: User, bob: User, acts: list[tuple[str, int, int]]
) -> None:
    people = [alice, bob, make.user("Chen Wu")]
    entry = make.follow_up(make.candidate(owner=alice))
    FollowUp.objects.exclude(pk=entry.pk).delete()
    for act, by, to in acts:
        ACTS[act](entry, people[by], people[to])
        holds_together(entry, *people)


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize(
    ("one", "other"), list(combinations(("accept", "withdraw", "lapse", "done", "decline"), 2))
)
def test_of_two_at_once_each_sees_what_the_other_did(
    transactional_db: None, one: str, other: str
) -> None:
    make.organisation()
    alice, bob = make.user(), make.user("Bob Brandt")
    entry = make.follow_up(make.candidate(owner=alice))
    offers.offer(entry.pk, to_id=bob.pk, by_id=alice.pk, now=NOW)
    by = {"accept": bob, "decline": bob}

    def run(act: str) -> bool:
        try:
            return bool(ACTS[act](entry, by.get(act, alice), bob))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        worked = dict(zip((one, other), pool.map(run, (one, other)), strict=True))

    holds_together(entry, alice, bob)
    now = FollowUp.objects.get()
    assert now.offered_to is None
    assert now.owner == (bob if worked.get("accept") else alice)
    endings = [worked.get(act) for act in ("accept", "withdraw", "lapse", "decline")]
    assert sum(map(bool, endings)) <= 1, "an offer ends once"
    assert (now.state == "done") == bool(worked.get("done"))
