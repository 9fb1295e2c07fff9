"""When users are away: who stands in for them, in whose queue their work stands, who is told."""

from datetime import date, datetime, timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts import absences, notifications
from warmbench.accounts.absences import CannotBeAwayError
from warmbench.accounts.models import Absence, Kind, Notification, Role, User
from warmbench.signals import queues, telling
from warmbench.signals.models import FollowUp

TODAY = NOW.date()
TOMORROW, NEXT_WEEK = TODAY + timedelta(days=1), TODAY + timedelta(days=7)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def bob(alice: User) -> User:
    return make.user("Bob Brandt")


def is_away(
    user: User, cover: User | None = None, first: date = TODAY, last: date = NEXT_WEEK
) -> Absence:
    return absences.put_down(
        user.pk,
        first_day=first,
        last_day=last,
        cover_id=cover.pk if cover else None,
        by_id=user.pk,
        now=NOW,
    )


class TestPuttingItDown:
    def test_somebody_stands_in_on_those_days_and_no_others(self, alice: User, bob: User) -> None:
        is_away(alice, bob, TOMORROW, TOMORROW)

        def cover(at: datetime) -> User | None:
            return absences.cover_of(alice.pk, now=at)

        # Midnight in Berlin is 23:00 UTC.
        midnight = datetime(2026, 3, 3, 23, tzinfo=NOW.tzinfo)
        assert cover(midnight - timedelta(seconds=1)) is None
        assert cover(midnight) == bob
        assert cover(midnight + timedelta(days=1, seconds=-1)) == bob
        assert cover(midnight + timedelta(days=1)) is None
        assert absences.covered_by(bob, now=midnight) == [alice.pk]

    @pytest.mark.parametrize(("first", "last"), [(0, 0), (7, 9), (-3, 0), (-9, 30)])
    def test_the_same_days_are_put_down_once(self, alice: User, first: int, last: int) -> None:
        is_away(alice)
        days = (TODAY + timedelta(days=first), TODAY + timedelta(days=last))
        with pytest.raises(CannotBeAwayError, match="from 3 March 2026 to 10 March 2026"):
            is_away(alice, None, *days)

    @pytest.mark.parametrize(
        ("first", "last", "sentence"),
        [(3, 2, "before the first"), (-3, -1, "over")],
    )
    def test_days_that_cannot_be_are_refused(
        self, alice: User, first: int, last: int, sentence: str
    ) -> None:
        with pytest.raises(CannotBeAwayError, match=sentence):
            is_away(alice, None, TODAY + timedelta(days=first), TODAY + timedelta(days=last))

    def test_nobody_stands_in_who_cannot(self, alice: User, bob: User) -> None:
        viewer = make.user("Vera Voss", Role.VIEWER)
        for other in (viewer, alice):
            with pytest.raises(CannotBeAwayError, match="colleague"):
                is_away(alice, other)
        is_away(bob, None, NEXT_WEEK, NEXT_WEEK)
        with pytest.raises(CannotBeAwayError, match="Bob Brandt is away on 10 March 2026"):
            is_away(alice, bob)

    def test_whoever_is_back_already_has_the_queue_alone(self, alice: User, bob: User) -> None:
        absence = is_away(alice, bob, TODAY - timedelta(days=3))

        assert absences.call_off(absence.pk, by_id=alice.pk, now=NOW)

        assert absences.cover_of(alice.pk, now=NOW) is None
        assert Absence.objects.get().last_day == TODAY - timedelta(days=1)
        assert not absences.call_off(absence.pk, by_id=alice.pk, now=NOW)

    def test_what_lies_ahead_is_called_off_altogether(self, alice: User) -> None:
        absence = is_away(alice, None, TOMORROW)
        assert absences.ahead(alice.pk, now=NOW) == [absence]
        assert absences.call_off(absence.pk, by_id=alice.pk, now=NOW)
        assert not absences.call_off(absence.pk, by_id=alice.pk, now=NOW)
        assert not Absence.objects.exists()


class TestTheQueue:
    @pytest.fixture
    def entry(self, alice: User) -> FollowUp:
        return make.follow_up(make.candidate(owner=alice))

    def test_stands_beside_that_of_whoever_stands_in(
        self, entry: FollowUp, alice: User, bob: User
    ) -> None:
        own = make.follow_up(make.candidate(owner=bob))
        assert queues.today(bob, now=NOW).get() == own

        is_away(alice, bob)

        assert set(queues.today(bob, now=NOW)) == {own, entry}
        assert queues.today(alice, now=NOW).get() == entry, "it is still hers"

    def test_goes_back_by_itself(self, entry: FollowUp, alice: User, bob: User) -> None:
        is_away(alice, bob)
        after = NOW + timedelta(days=9)
        assert not queues.today(bob, now=after)
        assert queues.today(alice, now=after).get().owner == alice

    def test_is_followed_one_step_only(self, entry: FollowUp, alice: User, bob: User) -> None:
        chen = make.user("Chen Wu")
        is_away(alice, bob)
        is_away(bob, chen)
        assert queues.today(bob, now=NOW).get() == entry
        assert not queues.today(chen, now=NOW)


class TestBeingTold:
    @staticmethod
    def tell(*users: User, kind: Kind = Kind.REPLY) -> None:
        notifications.tell(
            [user.pk for user in users], kind=kind, title="They replied", key="x:1", now=NOW
        )

    def test_whoever_stands_in_is_told_instead_and_for_whom(self, alice: User, bob: User) -> None:
        is_away(alice, bob)
        self.tell(alice)
        told = Notification.objects.get()
        assert (told.user, told.body) == (bob, "You stand in for Alice Meyer.")

    def test_of_two_who_are_told_anyway_each_is_told_once(self, alice: User, bob: User) -> None:
        is_away(alice, bob)
        self.tell(alice, bob)
        told = Notification.objects.get()
        assert (told.user, told.body) == (bob, "")

    def test_where_nobody_stands_in_it_waits(self, alice: User) -> None:
        is_away(alice)
        self.tell(alice)
        assert Notification.objects.get().user == alice

    def test_trouble_is_for_administrators_in_person(self, alice: User, bob: User) -> None:
        is_away(alice, bob)
        self.tell(alice, kind=Kind.TROUBLE)
        assert Notification.objects.get().user == alice

    def test_what_was_told_to_whoever_stands_in_still_holds(self, alice: User, bob: User) -> None:
        entry = make.follow_up(make.candidate(owner=alice))
        is_away(alice, bob)
        chen = make.user("Chen Wu")
        told = {notifications.Told(f"follow_up:{entry.pk}", one.pk) for one in (alice, bob, chen)}
        still = {one.user_id for one in telling.are_theirs_to_do(told)}
        assert still == {alice.pk, bob.pk}
