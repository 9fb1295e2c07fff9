"""Webhooks are told over real connections: signed, again when nobody answered, and not for ever."""

import hashlib
import hmac
import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count, repeat, takewhile

import pytest
from pytest_django.fixtures import Settings

from tests import make
from tests.contract import chat_server
from tests.contract.chat_server import Chat
from tests.make import NOW
from warmbench.accounts import notifications, webhooks
from warmbench.accounts.models import (
    Detail,
    Kind,
    Notification,
    Role,
    User,
    Webhook,
    WebhookCall,
)
from warmbench.accounts.notifications import WHO
from warmbench.accounts.webhooks import Entry
from warmbench.core import sql
from warmbench.integrations.outgoing import Caller
from warmbench.integrations.telling import calling
from warmbench.signals.models import FollowUp

pytestmark = pytest.mark.django_db

Call = WebhookCall.State


@pytest.fixture(autouse=True)
def _nothing_is_held(settings: Settings, tmp_path: object) -> None:
    settings.INSTANCE_FOLDER = tmp_path
    settings.PUBLIC_URL = "https://bench.example.com"


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server.running() as running:
        yield running


def entered(chat: Chat, **fields: object) -> Entry:
    usual: dict[str, object] = {
        "name": "#recruiting",
        "url": chat.address,
        "style": Webhook.Style.TEXT,
        "kinds": [Kind.REPLY],
        "detail": Detail.NOBODY,
        "when_quiet": True,
    }
    return Entry(**(usual | fields))  # type: ignore[arg-type]


def channel(chat: Chat, **fields: object) -> tuple[Webhook, str]:
    return webhooks.create(entered(chat, **fields), by_id=None, now=NOW)


def tell(user: User, *, key: str = "test:1", now: datetime = NOW, **words: object) -> None:
    said: dict[str, object] = {
        "kind": Kind.REPLY,
        "title": f"{WHO} replied",
        "path": "/candidates/7/",
    }
    notifications.tell([user.pk], key=key, now=now, **(said | words))  # type: ignore[arg-type]


def call(now: datetime = NOW) -> int:
    """Make the calls that are due. Returns how many."""
    moments = (now + timedelta(seconds=n) for n in count())
    calls = (
        calling.call_next(Caller(patience=1), clock=partial(next, repeat(at))) for at in moments
    )
    return sum(takewhile(bool, calls))


class TestWhatIsSaid:
    @pytest.mark.parametrize("style", Webhook.Style.values)
    @pytest.mark.parametrize(
        ("detail", "said"),
        [
            (Detail.NOBODY, "A candidate replied"),
            (Detail.FIRST_NAME, "Ana replied"),
            (Detail.EVERYTHING, "Ana Moreau replied\nReplied: Yes"),
        ],
    )
    def test_it_says_as_much_as_was_chosen(
        self, alice: User, chat: Chat, style: str, detail: Detail, said: str
    ) -> None:
        ana = make.candidate()
        type(ana).objects.update(last_name="Moreau")
        channel(chat, style=style, detail=detail)
        tell(alice, about=ana.pk, body="Replied: Yes")
        call()
        assert chat.said() == [f"{said}\nhttps://bench.example.com/candidates/7/"]

    def test_by_itself_it_names_nobody(self, alice: User, chat: Chat) -> None:
        ana = make.candidate()
        channel(chat)
        tell(alice, about=ana.pk, body="Replied: Ana here")
        call()
        assert "Ana" not in chat.calls[0][1].decode()

    @pytest.mark.parametrize("style", Webhook.Style.values)
    def test_a_name_cannot_call_everybody_or_lead_elsewhere(
        self, alice: User, chat: Chat, style: str
    ) -> None:
        ana = make.candidate()
        name = "<!channel> @all <https://evil.example|x> [x](https://evil.example) &"
        type(ana).objects.update(first_name=name)
        channel(chat, style=style, detail=Detail.FIRST_NAME)
        tell(alice, about=ana.pk)
        call()
        told = json.loads(chat.calls[0][1])
        if style == Webhook.Style.TEXT:
            assert "<" not in told["text"]
            assert "&lt;!channel&gt;" in told["text"]
            # As Mattermost, which reads the same, would be told to.
            assert "@all" not in told["text"]
            assert "](" not in told["text"]
        else:
            # A TextRun is shown as it is.
            assert chat.said()[0].startswith(f"{name} replied")

    def test_it_is_signed_as_standard_webhooks_are(self, alice: User, chat: Chat) -> None:
        _, secret = channel(chat)
        tell(alice)
        call()
        [(headers, body)] = chat.calls
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = b64decode(secret.removeprefix("whsec_"))
        expected = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
        assert headers["content-type"] == "application/json"

    def test_address_and_secret_are_sealed(self, alice: User, chat: Chat) -> None:
        _, secret = channel(chat)
        stored = str(sql.run("SELECT url, secret, host FROM webhook").fetchall())
        assert secret not in stored
        assert "/services/" not in stored
        assert "127.0.0.1" in stored

    def test_the_address_is_not_logged_either(
        self, alice: User, chat: Chat, caplog: pytest.LogCaptureFixture
    ) -> None:
        channel(chat)
        tell(alice)
        with caplog.at_level(logging.INFO):
            call()
        assert len(chat.calls) == 1
        assert "/services/" not in caplog.text

    def test_what_is_not_so_any_more_is_not_told(self, alice: User, chat: Chat) -> None:
        entry = make.follow_up(make.candidate(owner=alice))
        channel(chat)
        tell(alice, key=f"follow_up:{entry.pk}")
        FollowUp.objects.update(state=FollowUp.State.DONE)
        assert call() == 1
        assert chat.calls == []
        assert WebhookCall.objects.get().state == Call.DROPPED


class TestTrying:
    @pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
    def test_what_was_not_taken_is_told_again_with_the_same_id(
        self, alice: User, chat: Chat, status: int
    ) -> None:
        channel(chat)
        tell(alice)
        chat.status = status
        assert call() == 1
        assert call(NOW + timedelta(seconds=50)) == 0
        webhook = Webhook.objects.get()
        assert str(status) in webhook.problem
        assert webhook.failing_since == NOW

        chat.status = 200
        assert call(NOW + timedelta(seconds=70)) == 1
        ids = {headers["webhook-id"] for headers, _ in chat.calls}
        assert len(ids) == 1
        well = Webhook.objects.get()
        assert (well.problem, well.failing_since, well.failures) == ("", None, 0)
        assert WebhookCall.objects.get().state == Call.DONE
        assert call(NOW + timedelta(days=1)) == 0

    def test_a_lost_answer_is_asked_for_again(self, alice: User, chat: Chat) -> None:
        channel(chat)
        tell(alice)
        chat.manner = "drop"
        call()
        chat.manner = ""
        call(NOW + timedelta(minutes=2))
        assert len(chat.calls) == 2
        assert WebhookCall.objects.get().state == Call.DONE

    def test_a_worker_that_died_in_the_middle_is_waited_for_and_then_replaced(
        self, alice: User, chat: Chat
    ) -> None:
        channel(chat)
        tell(alice)
        assert webhooks.claim(now=NOW) is not None
        assert call(NOW + timedelta(seconds=100)) == 0
        assert call(NOW + timedelta(seconds=121)) == 1
        assert len(chat.calls) == 1

    def test_it_is_left_alone_for_as_long_as_it_asks(self, alice: User, chat: Chat) -> None:
        channel(chat)
        tell(alice)
        chat.status, chat.headers = 429, {"Retry-After": "600"}
        call()
        assert Webhook.objects.get().free_at == NOW + timedelta(seconds=600)

    def test_one_that_the_other_side_cannot_take_does_not_hold_up_the_rest(
        self, alice: User, chat: Chat
    ) -> None:
        channel(chat)
        tell(alice, key="test:1")
        chat.status = 400
        call()
        chat.status = 200
        tell(alice, key="test:2", title="Something else")
        call(NOW + timedelta(minutes=2))
        assert chat.said()[1].startswith("Something else")

    def test_after_a_day_of_failures_it_is_switched_off_and_the_administrator_told(
        self, alice: User, chat: Chat
    ) -> None:
        ada = make.user("Ada Admin", Role.ADMIN)
        webhook, _ = channel(chat)
        tell(alice)
        chat.status, chat.body = 500, b"no_service"
        at, tries = NOW, 0
        while Webhook.objects.get().is_active:
            tries += call(at)
            at = max(at + timedelta(minutes=1), Webhook.objects.get().free_at)
        assert at - NOW < timedelta(hours=27)
        assert 10 < tries < 25
        assert WebhookCall.objects.get().state == Call.FAILED
        told = Notification.objects.get(user=ada)
        assert told.title == "The webhook #recruiting was switched off"
        assert told.body == "It answered 500: no_service"

        # Nothing more is kept for it, until somebody switches it on again.
        tell(alice, key="test:2")
        assert WebhookCall.objects.count() == 1
        held = [notifications.Told(told.key, ada.pk)]
        assert notifications.still_so(held)
        webhooks.set_active(webhook.pk, is_active=True, by_id=ada.pk, now=at)
        assert not notifications.still_so(held)

    def test_a_test_that_works_does_not_hide_that_it_is_switched_off(self, chat: Chat) -> None:
        webhook, _ = channel(chat)
        Webhook.objects.update(is_active=False, disabled_at=NOW, problem="It answered 500.")
        told = [notifications.Told(f"webhook:{webhook.pk}/{NOW:%Y-%m-%dT%H:%M}")]
        assert calling.test(Caller(), webhook.pk, now=NOW).worked
        assert notifications.still_so(told)
        webhooks.change(webhook.pk, entered(chat), by_id=None, now=NOW)
        webhook.refresh_from_db()
        assert (webhook.problem, webhook.disabled_at) == ("", NOW)

    def test_who_has_left_is_told_nothing_on_a_channel_of_theirs(
        self, alice: User, chat: Chat
    ) -> None:
        channel(chat, user_id=alice.pk)
        tell(alice)
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert call() == 0
        assert chat.calls == []
        assert WebhookCall.objects.get().state == Call.DROPPED

    def test_who_says_that_it_is_gone_is_called_no_more(self, alice: User, chat: Chat) -> None:
        channel(chat)
        tell(alice)
        chat.status = 410
        call()
        assert not Webhook.objects.get().is_active

    def test_a_secret_that_no_key_opens_is_a_problem_and_no_crash(
        self, alice: User, chat: Chat
    ) -> None:
        channel(chat)
        tell(alice)
        sql.run("UPDATE webhook SET url = 'broken'")
        assert call() == 1
        assert "vault key" in Webhook.objects.defer("url", "secret").get().problem

    def test_the_stop_of_this_machine_holds_them_too(
        self, alice: User, chat: Chat, settings: Settings
    ) -> None:
        channel(chat)
        tell(alice)
        settings.SENDING_STOPPED = True
        assert call() == 0

    def test_in_production_one_that_leads_into_our_network_is_never_called(
        self, alice: User, chat: Chat, settings: Settings
    ) -> None:
        channel(chat)
        tell(alice)
        settings.ENVIRONMENT = "production"
        assert call() == 1
        assert chat.calls == []
        assert "https" in Webhook.objects.get().problem


class TestTheTestButton:
    def test_it_says_so_at_once_and_names_nobody(self, chat: Chat) -> None:
        webhook, _ = channel(chat)
        assert calling.test(Caller(), webhook.pk, now=NOW).worked
        assert chat.said()[0].startswith("This is a test")
        webhook.refresh_from_db()
        assert webhook.worked_at == NOW

    def test_what_fails_says_why(self, chat: Chat) -> None:
        webhook, _ = channel(chat)
        chat.status, chat.body = 404, b"no_service"
        outcome = calling.test(Caller(), webhook.pk, now=NOW)
        assert outcome.problem == "It answered 404: no_service"
        webhook.refresh_from_db()
        assert webhook.problem == outcome.problem


def test_another_secret_signs_the_next_call(alice: User, chat: Chat) -> None:
    webhook, old = channel(chat)
    new = webhooks.give_new_secret(webhook.pk, by_id=alice.pk, now=NOW)
    assert new != old
    webhook.refresh_from_db()
    assert webhook.secret == new


def test_a_changed_one_keeps_what_was_not_entered_again(alice: User, chat: Chat) -> None:
    webhook, _ = channel(chat)
    entry = entered(chat, url=None, name="#sales")
    assert webhooks.change(webhook.pk, entry, by_id=alice.pk, now=NOW) == ["name"]
    assert webhooks.change(webhook.pk, entry, by_id=alice.pk, now=NOW) == []
    webhook.refresh_from_db()
    assert (webhook.url, webhook.name) == (chat.address, "#sales")


def test_a_removed_one_takes_its_calls_along(alice: User, chat: Chat) -> None:
    webhook, _ = channel(chat)
    tell(alice)
    assert webhooks.remove(webhook.pk, by_id=alice.pk, now=NOW)
    assert not webhooks.remove(webhook.pk, by_id=alice.pk, now=NOW)
    assert not WebhookCall.objects.exists()
