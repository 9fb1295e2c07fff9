"""Mails to users are begun at most once, when they want one, and reach nobody else."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.fixtures import Settings

from tests import make
from tests.db.test_answers import comes_in
from tests.make import NOW
from warmbench.accounts import notification_choices, notifications, users
from warmbench.accounts.models import (
    Detail,
    Kind,
    Notification,
    Role,
    StaffMail,
    User,
    Way,
)
from warmbench.accounts.notifications import WHO
from warmbench.accounts.quiet_hours import Hours, is_open
from warmbench.core import sql
from warmbench.integrations.telling import mailing
from warmbench.messaging import standing, switches
from warmbench.messaging.handover import (
    Accepted,
    Deferred,
    HandOver,
    Recording,
    Rejected,
    Scope,
    Uncertain,
)
from warmbench.messaging.handover import (
    Kind as Trouble,
)
from warmbench.messaging.models import InboundMail, Message, Sender, Switch
from warmbench.people.models import ContactPoint
from warmbench.signals import offers
from warmbench.signals.models import FollowUp, Signal

pytestmark = pytest.mark.django_db

State = StaffMail.State
ACCEPTED = Accepted(250, "Kept")


@dataclass
class Server:
    """A mail server that answers what it is told to."""

    ending: HandOver = ACCEPTED
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        self.mails.append((mail_from, rcpt_to, data))
        return self.ending

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _nothing_is_held(settings: Settings, tmp_path: object) -> None:
    settings.INSTANCE_FOLDER = tmp_path


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def box(alice: User) -> Sender:
    return make.sender(alice)


def tell(user: User, *, key: str = "test:1", now: datetime = NOW, **words: object) -> None:
    said: dict[str, object] = {"kind": Kind.REPLY, "title": f"{WHO} replied"}
    notifications.tell([user.pk], key=key, now=now, **(said | words))  # type: ignore[arg-type]


def deliver(server: Server | None = None, *, now: datetime = NOW) -> Server:
    """Mail whatever is due."""
    server = server or Server()
    while mailing.deliver_next(lambda _: server, clock=lambda: now):
        pass
    return server


def read(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def only_mail(server: Server) -> EmailMessage:
    [(_, _, data)] = server.mails
    return read(data)


class TestWhatItSays:
    def test_one_thing_is_one_short_mail_from_their_own_mailbox(
        self, alice: User, box: Sender
    ) -> None:
        ana = make.candidate()
        tell(alice, about=ana.pk, path=f"/candidates/{ana.pk}/", body="Replied: Call me at noon")
        [(mail_from, rcpt_to, data)] = deliver().mails
        mail = read(data)

        assert (mail_from, rcpt_to) == (box.from_address, alice.email)
        assert mail["Subject"] == "Ana replied"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Unsubscribe"] is None
        assert f"{settings.PUBLIC_URL}/candidates/{ana.pk}/" in mail.get_content()
        # A first name and what happened: neither who she is nor what she wrote.
        assert ana.last_name not in data.decode()
        assert "noon" not in data.decode()

    @pytest.mark.parametrize(
        ("detail", "subject", "has_evidence"),
        [
            (Detail.NOBODY, "A candidate replied", False),
            (Detail.FIRST_NAME, "Ana replied", False),
            (Detail.EVERYTHING, "Ana Moreau replied", True),
        ],
    )
    def test_it_names_people_as_its_reader_chose(
        self, alice: User, box: Sender, detail: Detail, subject: str, has_evidence: bool
    ) -> None:
        notification_choices.choose(
            alice.pk, ways={}, hours=Hours("Europe/Berlin"), detail=detail, now=NOW
        )
        ana = make.candidate()
        type(ana).objects.update(last_name="Moreau")
        tell(alice, about=ana.pk, body="Replied: Call me at noon")
        mail = only_mail(deliver())
        assert mail["Subject"] == subject
        assert ("noon" in mail.get_content()) == has_evidence

    def test_the_digest_is_one_mail(self, alice: User, box: Sender) -> None:
        for at in range(3):
            tell(alice, key=f"test:{at}", kind=Kind.HIGH_INTEREST, title=f"News {at}")
        assert deliver().mails == []
        mail = only_mail(deliver(now=NOW + timedelta(hours=22)))
        assert mail["Subject"] == "News 0, and 2 more"
        assert all(f"News {at}" in mail.get_content() for at in range(3))

    def test_the_most_urgent_gives_a_mail_its_subject(self, alice: User, box: Sender) -> None:
        tell(alice, key="test:1", kind=Kind.TROUBLE, title="Something stopped")
        tell(alice, key="test:2", kind=Kind.REPLY, title="Somebody replied")
        assert only_mail(deliver())["Subject"] == "Somebody replied, and 1 more"

    def test_a_long_digest_ends_with_the_page(self, alice: User, box: Sender) -> None:
        for at in range(40):
            tell(alice, key=f"test:{at}", title=f"News {at}")
        assert "And 15 more" in only_mail(deliver()).get_content()

    @pytest.mark.parametrize("name", ["Re: your account", "Ana\r\nBcc: x@example.com", "{{7*7}}"])
    def test_a_name_cannot_become_a_header(self, alice: User, box: Sender, name: str) -> None:
        ana = make.candidate()
        type(ana).objects.update(first_name=name)
        tell(alice, about=ana.pk)
        mail = only_mail(deliver())
        assert mail["Bcc"] is None
        assert mail["Subject"] in {"News in Warmbench", "{{7*7}} replied"}
        assert mail["To"].addresses[0].addr_spec == alice.email


class TestWhoIsReached:
    def test_no_address_but_a_users_own_can_be_reached(self, alice: User, box: Sender) -> None:
        """There is no second way to reach a candidate: whatever is told, to whomever, about
        whomever, the only addresses that a server ever hears are those of users."""
        ben = make.user("Ben Colleague")
        ana = make.candidate(email="ana@elsewhere.example")
        words = {
            "title": f"{WHO} <ana@elsewhere.example>",
            "body": "To: ana@elsewhere.example\r\nCc: ana@elsewhere.example",
            "path": "/@elsewhere.example/",
            "about": ana.pk,
            "key": "ana@elsewhere.example",
        }
        # Her number is nobody's here; nothing can be told to it.
        assert not User.objects.filter(pk=10**6 + ana.pk).exists()
        told = notifications.tell(
            [alice.pk, ben.pk, 10**6 + ana.pk],
            kind=Kind.REPLY,
            now=NOW,
            **words,  # type: ignore[arg-type]
        )
        make.sender(is_default=True)
        server = deliver()
        assert told == 2
        assert {rcpt_to for _, rcpt_to, _ in server.mails} == {alice.email, ben.email}
        assert not {rcpt_to for _, rcpt_to, _ in server.mails} & set(
            ContactPoint.objects.values_list("address", flat=True)
        )
        assert not Message.objects.exists()

    def test_there_is_no_column_that_an_address_could_stand_in(self) -> None:
        columns = {one.name for one in StaffMail._meta.concrete_fields}
        assert columns == {
            *("id", "user", "state", "items", "sender_id", "said", "claimed_at"),
            *("lease_until", "finished_at"),
        }

    def test_who_left_since_is_not_mailed(self, alice: User, box: Sender) -> None:
        make.user("Ada Admin", Role.ADMIN)
        tell(alice)
        users.deactivate(alice.pk, by_id=None, now=NOW)
        assert deliver().mails == []

    def test_who_has_no_mailbox_is_told_through_the_one_for_everybody(self, alice: User) -> None:
        common = make.sender(is_default=True)
        tell(alice)
        [(mail_from, _, _)] = deliver().mails
        assert mail_from == common.from_address

    @pytest.mark.parametrize("trouble", ["paused_at", "not active", "another's", "texts"])
    def test_a_mailbox_that_may_not_send_carries_nothing(self, alice: User, trouble: str) -> None:
        if trouble == "texts":
            make.text_sender(alice)
        elif trouble == "another's":
            make.sender(make.user("Ben Colleague"))
        else:
            make.sender(alice)
            Sender.objects.update(
                **({"paused_at": NOW} if trouble == "paused_at" else {"activated_at": None})
            )
        tell(alice)
        assert deliver().mails == []
        # It waits for one that may.
        make.sender(is_default=True)
        assert len(deliver(now=NOW + timedelta(minutes=15)).mails) == 1


class TestWhen:
    def test_through_ten_days_of_news_nobody_is_mailed_in_quiet_hours_who_did_not_choose_it(
        self, alice: User
    ) -> None:
        """Over the change of the clocks, with somebody in another zone, and one who wants all."""
        make.sender(is_default=True)
        sue, owl = make.user("Sue Sydney"), make.user("Olga Owl")
        User.objects.filter(pk=sue.pk).update(time_zone="Australia/Sydney")
        ways = {kind.value: Way.ALWAYS for kind in (Kind.REPLY, Kind.HIGH_INTEREST)}
        notification_choices.choose(
            owl.pk, ways=ways, hours=Hours("Europe/Berlin"), detail=Detail.NOBODY, now=NOW
        )
        source, mailed = random.Random(3), Counter[str]()
        for hour in range(0, 240, 3):
            now = NOW.replace(day=24) + timedelta(hours=hour, minutes=source.randrange(180))
            for user in (alice, sue, owl):
                kind = source.choice([Kind.REPLY, Kind.HIGH_INTEREST])
                tell(user, key=f"test:{source.randrange(9)}", kind=kind, now=now, body=str(now))
            for _, rcpt_to, _ in deliver(now=now).mails:
                mailed[rcpt_to] += 1
                user = User.objects.get(email=rcpt_to)
                hours = notification_choices.of([user])[user.pk].hours
                assert user == owl or is_open(now, hours), f"{user} at {now}"
        assert mailed[owl.email] > 70
        assert 10 < mailed[alice.email] < 40
        assert 10 < mailed[sue.email] < 40

    def test_what_was_done_meanwhile_drops_out(self, alice: User, box: Sender) -> None:
        ana = make.candidate(owner=alice)
        entry = make.follow_up(ana)
        tell(alice, key=f"follow_up:{entry.pk}")
        # Closed behind the back of every reaction.
        FollowUp.objects.update(state=FollowUp.State.DONE)
        assert deliver().mails == []
        told = Notification.objects.get()
        assert (told.mail_due_at, told.read_at) == (None, NOW)

    def test_what_is_a_colleagues_by_now_drops_out(self, alice: User, box: Sender) -> None:
        entry = make.follow_up(make.candidate(owner=alice))
        tell(alice, key=f"follow_up:{entry.pk}")
        offers.hand_over(entry.pk, to_id=make.user("Ben Colleague").pk, by_id=alice.pk, now=NOW)
        assert deliver().mails == []

    def test_a_worker_that_was_down_all_day_lets_people_sleep(
        self, alice: User, box: Sender
    ) -> None:
        tell(alice)
        assert deliver(now=NOW + timedelta(hours=12)).mails == []
        assert Notification.objects.get().mail_due_at == NOW + timedelta(hours=22)

    def test_other_choices_count_for_what_waits_already(self, alice: User, box: Sender) -> None:
        tell(alice)
        notification_choices.choose(
            alice.pk,
            ways={Kind.REPLY: Way.APP},
            hours=Hours("Europe/Berlin"),
            detail=Detail.FIRST_NAME,
            now=NOW,
        )
        assert deliver().mails == []
        assert Notification.objects.get().mail_due_at is None
        assert notifications.unread_count(alice.pk) == 1

    def test_what_could_not_be_mailed_for_a_week_is_not_mailed_then(self, alice: User) -> None:
        tell(alice)
        make.sender(is_default=True)
        assert deliver(now=NOW + timedelta(days=7)).mails == []

    def test_the_stop_of_this_machine_holds_them_too(
        self, alice: User, box: Sender, settings: Settings
    ) -> None:
        tell(alice)
        settings.SENDING_STOPPED = True
        assert deliver().mails == []
        settings.SENDING_STOPPED = False
        standing.stop_file().write_text("")
        assert deliver().mails == []
        standing.stop_file().unlink()
        assert len(deliver().mails) == 1

    def test_users_are_told_of_a_stop_while_candidates_hear_nothing(
        self, alice: User, box: Sender
    ) -> None:
        switches.engage(Switch.Scope.EVERYTHING, by_id=None, now=NOW)
        tell(alice)
        assert len(deliver().mails) == 1


class TestAtMostOnce:
    @pytest.mark.parametrize(
        ("ending", "state"),
        [
            (ACCEPTED, State.SENT),
            (Rejected(550, "No", Trouble.OTHER), State.FAILED),
            (Uncertain("The answer was lost."), State.UNKNOWN),
        ],
    )
    def test_what_may_have_left_is_not_begun_again(
        self, alice: User, box: Sender, ending: HandOver, state: State
    ) -> None:
        tell(alice)
        server = deliver(Server(ending))
        deliver(server, now=NOW + timedelta(days=1))
        assert len(server.mails) == 1
        assert StaffMail.objects.get().state == state

    def test_what_certainly_did_not_leave_is_tried_again_ever_later(
        self, alice: User, box: Sender
    ) -> None:
        tell(alice)
        away = Server(Deferred(451, "Later", Scope.SENDER))
        deliver(away)
        deliver(away, now=NOW + timedelta(minutes=5))
        assert Notification.objects.get().mail_due_at == NOW + timedelta(minutes=15)
        deliver(away, now=NOW + timedelta(minutes=14))
        assert len(away.mails) == 2
        assert len(deliver(now=NOW + timedelta(minutes=15)).mails) == 1
        assert deliver(now=NOW + timedelta(days=1)).mails == []
        # It went at last: the next trouble begins with a short pause again.
        assert Notification.objects.get().tries == 0

    @pytest.mark.django_db(transaction=True)
    def test_it_is_committed_that_a_mail_is_under_way_before_its_first_byte(
        self, alice: User, box: Sender
    ) -> None:
        tell(alice)
        seen: list[tuple[str, int]] = []

        class Looking(Server):
            def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
                with ThreadPoolExecutor(1) as other:
                    seen.append(other.submit(what_others_see).result())
                return super().hand_over(mail_from, rcpt_to, data)

        def what_others_see() -> tuple[str, int]:
            try:
                due = Notification.objects.exclude(mail_due_at=None).count()
                return StaffMail.objects.get().state, due
            finally:
                connection.close()

        deliver(Looking())
        assert seen == [(State.SENDING, 0)]

    def test_a_worker_that_dies_between_attempt_and_answer_leaves_it_unknown(
        self, alice: User, box: Sender
    ) -> None:
        class KilledError(BaseException):
            pass

        class Killing(Server):
            def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
                super().hand_over(mail_from, rcpt_to, data)
                raise KilledError

        tell(alice)
        server = Killing()
        with pytest.raises(KilledError):
            deliver(server)
        assert mailing.sweep(now=NOW + timedelta(minutes=14)) == 0
        assert mailing.sweep(now=NOW + timedelta(minutes=15)) == 1
        deliver(server, now=NOW + timedelta(hours=2))
        assert len(server.mails) == 1
        assert StaffMail.objects.get().state == State.UNKNOWN

    def test_an_answer_that_comes_after_the_lease_changes_nothing(
        self, alice: User, box: Sender
    ) -> None:
        tell(alice)
        turn = mailing.claim(now=NOW)
        assert turn is not None
        assert turn.mail is not None
        mailing.sweep(now=NOW + timedelta(hours=1))
        mailing.settle(turn.mail, Deferred(451, "Later"), now=NOW + timedelta(hours=1))
        assert Notification.objects.get().mail_due_at is None

    @pytest.mark.django_db(transaction=True)
    def test_two_workers_send_each_mail_once_and_one_user_one_mail(self, alice: User) -> None:
        make.sender(is_default=True)
        people = [alice, *(make.user(f"User{n} Somebody") for n in range(7))]
        for user in people:
            for at in range(5):
                tell(user, key=f"test:{at}")
        server, start = Server(), threading.Barrier(3)

        def work() -> None:
            try:
                start.wait()
                deliver(server)
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as workers:
            for one in [workers.submit(work) for _ in range(3)]:
                one.result()
        assert sorted(rcpt_to for _, rcpt_to, _ in server.mails) == sorted(
            user.email for user in people
        )
        assert set(StaffMail.objects.values_list("items", flat=True)) == {5}

    def test_a_secret_that_no_key_opens_lets_it_wait(self, alice: User, box: Sender) -> None:
        tell(alice)
        sql.run("UPDATE sender SET password = 'broken'")
        assert deliver().mails == []
        assert StaffMail.objects.get().state == State.FAILED
        assert Notification.objects.get().mail_due_at == NOW + timedelta(minutes=5)


def test_the_channel_of_the_forecast_takes_them(alice: User, box: Sender) -> None:
    tell(alice)
    recording = Recording()
    assert mailing.deliver_next(lambda _: recording, clock=lambda: NOW)
    assert not mailing.deliver_next(lambda _: recording, clock=lambda: NOW)
    assert len(recording.mails) == 1


def test_one_that_lies_in_an_inbox_that_is_read_is_taken_for_no_answer(
    alice: User, box: Sender
) -> None:
    """Users are told in the very mailboxes that we read answers from."""
    ana = make.candidate(owner=alice)
    tell(alice, about=ana.pk, title=f"{WHO} unsubscribed", body="Stop. Unsubscribe me.")
    [(_, _, data)] = deliver().mails
    mail = comes_in(data)
    assert mail.candidate is None
    assert mail.state == InboundMail.State.DONE
    assert not Signal.objects.exists()
