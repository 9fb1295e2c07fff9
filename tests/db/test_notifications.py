"""Users are told once, as they chose, and no longer than it is so."""

from datetime import datetime, time, timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts import notification_choices, notifications, users
from warmbench.accounts.models import (
    Detail,
    Kind,
    Notification,
    Role,
    StaffMail,
    Team,
    User,
    Way,
    Webhook,
    WebhookCall,
)
from warmbench.accounts.notifications import WHO, Name
from warmbench.accounts.quiet_hours import Hours
from warmbench.core import clock, sql
from warmbench.core.events import held_back, react_now
from warmbench.messaging import inboxes, senders, switches
from warmbench.messaging.models import Switch
from warmbench.people import erasure
from warmbench.signals import follow_ups, offers, telling
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

pytestmark = pytest.mark.django_db

HOURS = Hours("Europe/Berlin")


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


def tell(*who: User, key: str = "test:1", kind: Kind = Kind.REPLY, **words: object) -> int:
    said: dict[str, object] = {"title": f"{WHO} replied", "path": "/candidates/1/", "now": NOW}
    return notifications.tell(
        [one.pk for one in who],
        kind=kind,
        key=key,
        **(said | words),  # type: ignore[arg-type]
    )


def choose(user: User, ways: dict[str, Way] | None = None, **other: object) -> None:
    chosen: dict[str, object] = {"hours": HOURS, "detail": Detail.FIRST_NAME, "now": NOW}
    notification_choices.choose(user.pk, ways=ways or {}, **(chosen | other))  # type: ignore[arg-type]


def only() -> Notification:
    return Notification.objects.get()


def happens(action: object, *, now: datetime = NOW) -> None:
    """Do something, and let everything that reacts to it run in place."""
    with clock.pinned(now), held_back() as published:
        action()  # type: ignore[operator]
        for event in published:
            react_now(event)


class TestTelling:
    def test_telling_twice_is_telling_once(self, alice: User) -> None:
        assert tell(alice) == 1
        assert tell(alice, now=NOW + timedelta(minutes=5)) == 0

        assert only().told_at == NOW
        assert notifications.unread_count(alice.pk) == 1

    def test_what_happens_again_moves_the_same_one_up(self, alice: User) -> None:
        tell(alice, body="Interested")
        notifications.read(alice.pk, now=NOW)

        later = NOW + timedelta(minutes=5)
        assert tell(alice, body="Interested (and 1 more)", now=later) == 1

        assert (only().told_at, only().read_at) == (later, None)

    def test_news_about_the_same_thing_is_no_second_mail_within_the_hour(self, alice: User) -> None:
        tell(alice)
        Notification.objects.update(mailed_at=NOW, mail_due_at=None)

        tell(alice, body="More", now=NOW + timedelta(minutes=5))
        assert only().mail_due_at == NOW + timedelta(hours=1)

        tell(alice, body="Yet more", now=NOW + timedelta(minutes=50))
        assert only().mail_due_at == NOW + timedelta(hours=1)

    def test_who_is_not_here_any_more_is_not_told(self, alice: User) -> None:
        make.user("Ada Admin", Role.ADMIN)
        users.deactivate(alice.pk, by_id=None, now=NOW)
        assert tell(alice) == 0

    @pytest.mark.parametrize(
        ("kind", "hours_later"),
        [(Kind.REPLY, 0), (Kind.CALL, 0), (Kind.RIGHTS, 0), (Kind.HIGH_INTEREST, 22)],
    )
    def test_each_kind_has_a_way_that_suits_most(
        self, alice: User, kind: Kind, hours_later: int
    ) -> None:
        tell(alice, kind=kind)
        assert only().mail_due_at == NOW + timedelta(hours=hours_later)

    def test_what_comes_in_masses_is_told_to_nobody_who_did_not_ask(self, alice: User) -> None:
        assert tell(alice, kind=Kind.CHORES) == 0
        choose(alice, {Kind.CHORES: Way.APP})
        assert tell(alice, kind=Kind.CHORES) == 1
        assert only().mail_due_at is None

    def test_every_kind_has_a_usual_way(self) -> None:
        assert set(notification_choices.USUAL) == set(Kind)

    def test_who_wants_to_know_nothing_of_a_kind_is_not_told(self, alice: User) -> None:
        choose(alice, {Kind.REPLY: Way.NEVER})
        assert tell(alice) == 0
        assert not Notification.objects.exists()

    def test_quiet_hours_wait_in_the_users_own_zone(self, alice: User) -> None:
        sydney = make.user("Sue Sydney")
        User.objects.filter(pk=sydney.pk).update(time_zone="Australia/Sydney")
        tell(alice, sydney)
        due = dict(Notification.objects.values_list("user__name", "mail_due_at"))
        assert due["Alice Meyer"] == NOW
        # 20:00 there; the next morning at eight.
        assert due["Sue Sydney"] == NOW + timedelta(hours=12)

    def test_who_asks_for_it_is_mailed_at_night(self, alice: User) -> None:
        choose(alice, {Kind.REPLY: Way.ALWAYS})
        night = NOW + timedelta(hours=14)
        tell(alice, now=night)
        assert only().mail_due_at == night

    def test_what_was_read_needs_no_mail(self, alice: User) -> None:
        tell(alice)
        assert notifications.read(alice.pk, now=NOW, only=only().pk) == 1
        assert only().mail_due_at is None
        assert notifications.unread_count(alice.pk) == 0

    def test_nobody_reads_for_somebody_else(self, alice: User) -> None:
        bob = make.user("Bob Other")
        tell(alice)
        assert notifications.read(bob.pk, now=NOW, only=only().pk) == 0

    def test_the_unread_come_first_then_the_latest(self, alice: User) -> None:
        for hour in range(3):
            tell(alice, key=f"test:{hour}", now=NOW + timedelta(hours=hour))
        latest = Notification.objects.get(key="test:2")
        notifications.read(alice.pk, now=NOW, only=latest.pk)
        keys = [one.key for one in notifications.of(alice.pk)]
        assert keys == ["test:1", "test:0", "test:2"]

    def test_what_was_told_long_ago_is_forgotten(self, alice: User) -> None:
        tell(alice)
        assert notifications.forget(now=NOW + timedelta(days=89)) == 0
        assert notifications.forget(now=NOW + timedelta(days=91)) == 1

    def test_the_bell_asks_one_cheap_question(
        self, alice: User, django_assert_num_queries: object
    ) -> None:
        Notification.objects.bulk_create(
            Notification(
                user=alice, kind=Kind.REPLY, key=f"old:{n}", title="x", told_at=NOW, read_at=NOW
            )
            for n in range(2000)
        )
        tell(alice)
        sql.run("ANALYZE notification")
        with django_assert_num_queries(1):  # type: ignore[operator]
            assert notifications.unread_count(alice.pk) == 1
        plan = sql.run(
            "EXPLAIN SELECT count(*) FROM notification WHERE user_id = %s AND read_at IS NULL",
            [alice.pk],
        ).fetchall()
        assert "notification_unread" in str(plan)

    def test_a_title_names_nobody_until_somebody_may_know(self) -> None:
        ana = Name("Ana", "Ana Moreau")
        title = f"Call {WHO} about a role"
        assert (
            notifications.sentence(title, ana, Detail.EVERYTHING) == "Call Ana Moreau about a role"
        )
        assert notifications.sentence(title, ana, Detail.FIRST_NAME) == "Call Ana about a role"
        assert notifications.sentence(title, ana, Detail.NOBODY) == "Call a candidate about a role"
        assert notifications.sentence(f"{WHO} replied", None, Detail.FIRST_NAME) == (
            "A candidate replied"
        )


class TestChoices:
    def test_choosing_the_same_again_changes_nothing(self, alice: User) -> None:
        ways = {Kind.REPLY: Way.DIGEST}
        hours = Hours("Europe/Berlin", time(18), time(9), frozenset({0, 2}), time(9, 30))
        said = {"ways": ways, "hours": hours, "detail": Detail.NOBODY, "now": NOW}
        assert notification_choices.choose(alice.pk, **said)  # type: ignore[arg-type]
        assert not notification_choices.choose(alice.pk, **said)  # type: ignore[arg-type]

        chosen = notification_choices.of([alice])[alice.pk]
        assert chosen.way(Kind.REPLY) == Way.DIGEST
        assert chosen.way(Kind.CALL) == Way.AT_ONCE
        assert (chosen.hours, chosen.detail) == (hours, Detail.NOBODY)


class TestWebhookCalls:
    def webhook(self, **fields: object) -> Webhook:
        usual = {
            "name": "Channel", "url": "https://chat.example.com/x", "host": "chat.example.com",
            "secret": "whsec_AAAA", "kinds": [Kind.REPLY], "free_at": NOW, "created_at": NOW,
        }  # fmt: skip
        return Webhook.objects.create(**(usual | fields))

    def test_a_channel_hears_once_what_several_people_are_told(self, alice: User) -> None:
        self.webhook()
        tell(alice, make.user("Bob Other"))
        tell(alice)
        assert WebhookCall.objects.count() == 1

    def test_it_hears_only_what_it_was_made_for(self, alice: User) -> None:
        bob, sales = make.user("Bob Other"), Team.objects.create(name="Sales")
        User.objects.filter(pk=bob.pk).update(team=sales)
        self.webhook(name="Bob's", user=bob)
        self.webhook(name="Sales", team=sales)
        self.webhook(name="Calls", kinds=[Kind.CALL])
        self.webhook(name="Paused", is_active=False)

        tell(alice)
        assert not WebhookCall.objects.exists()
        bob.refresh_from_db()
        tell(bob, key="test:2")
        heard = WebhookCall.objects.values_list("webhook__name", flat=True)
        assert sorted(heard) == ["Bob's", "Sales"]

    def test_it_keeps_to_quiet_hours_unless_told_otherwise(self, alice: User) -> None:
        self.webhook(name="Quiet")
        self.webhook(name="Loud", when_quiet=True)
        night = NOW + timedelta(hours=14)
        tell(alice, now=night)
        due = dict(WebhookCall.objects.values_list("webhook__name", "due_at"))
        assert due == {"Quiet": NOW + timedelta(hours=22), "Loud": night}

    def test_news_within_the_hour_waits(self, alice: User) -> None:
        self.webhook()
        tell(alice)
        WebhookCall.objects.update(state=WebhookCall.State.DONE, called_at=NOW)
        tell(alice, body="More", now=NOW + timedelta(minutes=1))
        call = WebhookCall.objects.get()
        assert (call.state, call.times) == (WebhookCall.State.WAITING, 2)
        assert call.due_at == NOW + timedelta(hours=1)


def asked(candidate_owner: User | None, reason: str = "replied") -> FollowUp:
    """A follow-up that was asked for, with all that reacts to it."""
    ana = make.candidate(owner=candidate_owner)
    happens(
        lambda: follow_ups.ask_for(
            ana.pk,
            FollowUp.Reason(reason),
            evidence=[Evidence(NOW, "Replied: Interested")],
            value=75,
            due_at=NOW + timedelta(hours=3),
            now=NOW,
        )
    )
    return FollowUp.objects.get(candidate=ana)


class TestFollowUps:
    def test_the_owner_is_told_who_is_to_be_followed_up(self, alice: User) -> None:
        make.user("Bob Other")
        entry = asked(alice)
        told = only()
        assert (told.user, told.kind, told.candidate_id) == (alice, Kind.REPLY, entry.candidate_id)
        assert told.title == f"{WHO} replied"
        assert told.body == "Replied: Interested"
        assert told.path == f"/candidates/{entry.candidate_id}/"

    def test_no_name_is_kept_with_it(self, alice: User) -> None:
        entry = asked(alice)
        kept = " ".join(map(str, only().__dict__.values()))
        assert entry.candidate.last_name not in kept
        assert "Ana" not in kept

    @pytest.mark.parametrize(
        ("reason", "said"),
        [
            ("role_interest", f"{WHO} is interested in “Platform engineer”"),
            ("call", f"Call {WHO} about “Platform engineer”"),
        ],
    )
    def test_a_role_is_called_by_its_title_and_its_client_is_not_named(
        self, alice: User, reason: str, said: str
    ) -> None:
        role, ana = make.role(company="Secret Client AG"), make.candidate(owner=alice)
        happens(
            lambda: follow_ups.ask_for(
                ana.pk,
                FollowUp.Reason(reason),
                evidence=[Evidence(NOW, "Clicked", about=f"role:{role.pk}")],
                value=75,
                due_at=NOW,
                now=NOW,
            )
        )
        assert only().title == said

    def test_a_role_that_is_gone_is_some_role(self, alice: User) -> None:
        entry = asked(alice, "call")
        FollowUp.objects.update(evidence=[{"text": "Call", "signal": None, "about": "role:0"}])
        telling.of_follow_up(entry.pk, now=NOW)
        assert only().title == f"Call {WHO} about a role"

    @pytest.mark.parametrize("reason", FollowUp.Reason.values)
    def test_every_reason_is_some_kind_of_news(self, reason: str) -> None:
        kind, title = telling.news_of(reason)
        assert WHO in title
        assert kind in Kind
        assert title != telling.news_of("something new")[1]

    def test_what_is_no_ones_everybody_who_can_act_is_told(self, alice: User) -> None:
        bob = make.user("Bob Other")
        make.user("Vera Viewer", Role.VIEWER)
        asked(None)
        assert set(Notification.objects.values_list("user", flat=True)) == {alice.pk, bob.pk}

    def test_new_evidence_moves_it_up(self, alice: User) -> None:
        entry = asked(alice)
        later = NOW + timedelta(hours=2)
        happens(
            lambda: follow_ups.ask_for(
                entry.candidate_id,
                FollowUp.Reason.REPLIED,
                evidence=[Evidence(later, "Replied: When?")],
                value=75,
                due_at=later,
                now=later,
            ),
            now=later,
        )
        assert only().body == "Replied: When? (and 1 more)"
        assert only().told_at == later

    def test_what_was_done_meanwhile_needs_no_reading_and_no_mail(self, alice: User) -> None:
        entry = asked(alice)
        happens(
            lambda: follow_ups.done(
                entry.pk, outcome=FollowUp.Outcome.REACHED, by_id=alice.pk, now=NOW
            )
        )
        assert only().mail_due_at is None
        assert notifications.unread_count(alice.pk) == 0

    def test_who_is_handed_an_entry_is_told_and_who_gave_it_is_not_mailed(
        self, alice: User
    ) -> None:
        bob = make.user("Bob Other")
        entry = asked(alice)
        happens(lambda: offers.hand_over(entry.pk, to_id=bob.pk, by_id=alice.pk, now=NOW))
        assert Notification.objects.filter(user=bob).exists()
        holds = notifications.still_so(
            notifications.Told(one.key, one.user_id) for one in Notification.objects.all()
        )
        assert {one.user_id for one in holds} == {bob.pk}

    def test_a_closed_entry_tells_nobody(self, alice: User) -> None:
        entry = asked(alice)
        Notification.objects.all().delete()
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.OTHER, by_id=alice.pk, now=NOW)
        assert telling.of_follow_up(entry.pk, now=NOW) == 0

    def test_of_an_erased_person_nothing_is_left_and_nothing_comes(self, alice: User) -> None:
        entry = asked(alice)
        assert Notification.objects.exists()
        erasure.erase([entry.candidate_id], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        assert not Notification.objects.exists()
        assert telling.of_follow_up(entry.pk, now=NOW) == 0


class TestAlarms:
    @pytest.fixture
    def ada(self, alice: User) -> User:
        return make.user("Ada Admin", Role.ADMIN)

    def test_administrators_hear_of_a_stop_but_for_who_did_it(self, ada: User) -> None:
        eve = make.user("Eve Admin", Role.ADMIN)
        happens(
            lambda: switches.engage(
                Switch.Scope.EVERYTHING, by_id=eve.pk, now=NOW, reason="Wrong template"
            )
        )
        assert (only().user, only().title) == (ada, "All sending was stopped")
        told = notifications.Told(only().key, ada.pk)
        assert notifications.still_so([told])
        switches.release(Switch.Scope.EVERYTHING, by_id=eve.pk, now=NOW)
        assert not notifications.still_so([told])

    def test_a_mailbox_that_paused_itself_is_told_of_and_one_that_a_person_paused_is_not(
        self, ada: User, alice: User
    ) -> None:
        box = make.sender(alice)
        happens(lambda: senders.pause(box.pk, reason="Enough", by_id=alice.pk, now=NOW))
        assert not Notification.objects.exists()

        other = make.sender(ada)
        happens(lambda: senders.pause(other.pk, reason="Ten rejections", by_id=None, now=NOW))
        assert only().title == f"{other.from_address} was paused"

    def test_an_inbox_that_cannot_be_read_is_told_of_once_a_day(self, ada: User) -> None:
        inbox = make.inbox(reader="me")
        for _ in range(inboxes.WORTH_TELLING + 3):
            happens(
                lambda: inboxes.note_problem(
                    inbox.pk, "me", "Nobody answers.", for_a_person=False, now=NOW
                )
            )
            type(inbox).objects.update(reader="me")
        assert only().body == "Nobody answers."

    def test_a_wrong_password_is_told_of_at_once(self, ada: User) -> None:
        inbox = make.inbox(reader="me")
        happens(
            lambda: inboxes.note_problem(
                inbox.pk, "me", "It refuses the password.", for_a_person=True, now=NOW
            )
        )
        assert only().user == ada


def test_after_a_restore_nothing_is_mailed_that_may_have_been(alice: User) -> None:
    tell(alice)
    StaffMail.objects.create(user=alice, items=1, claimed_at=NOW, lease_until=NOW)
    assert notifications.let_go_of_what_waits(now=NOW) == 1
    assert only().mail_due_at is None
    assert only().read_at is None
    assert StaffMail.objects.get().state == StaffMail.State.UNKNOWN
