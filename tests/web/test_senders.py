"""The pages about senders: secrets stay inside, and only who may changes them."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core import audit
from warmbench.messaging.models import Sender, Switch

pytestmark = pytest.mark.django_db

ENTERED = {
    "from_name": "Alice Meyer",
    "from_address": "alice@northwind.example",
    "host": "smtp.northwind.example",
    "port": "587",
    "security": "starttls",
    "username": "alice",
    "password": "a secret of hers",
    "daily_cap": "80",
    "ramp_from": "20",
    "ramp_days": "14",
    "spacing_min": "90",
    "spacing_max": "180",
}


@pytest.fixture
def alice() -> User:
    return make.user()


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def as_somebody(role: Role) -> Client:
    client = Client()
    client.force_login(make.user("Bob Lind", role))
    return client


def errors(client: Client, **fields: str) -> str:
    """What the form says about an entry that it does not take."""
    answer = client.post("/senders/new/", ENTERED | fields)
    assert answer.status_code == 422
    assert not Sender.objects.filter(from_address=ENTERED["from_address"]).exists()
    return " ".join(re.findall(r"<li>(.*?)</li>", answer.content.decode()))


def test_a_recruiter_enters_her_own_mailbox(client: Client, alice: User) -> None:
    answer = client.post("/senders/new/", ENTERED)

    sender = Sender.objects.get()
    assert answer.headers["Location"] == f"/senders/{sender.pk}/"
    assert sender.owner == alice
    assert sender.daily_cap == 80
    assert not sender.is_default


def test_nobody_can_enter_what_the_form_does_not_ask(client: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    client.post(
        "/senders/new/",
        ENTERED | {"owner": bob.pk, "is_default": "on", "sent_on_day": "-500", "paused_at": ""},
    )

    sender = Sender.objects.get()
    assert (sender.owner, sender.is_default, sender.sent_on_day) == (alice, False, 0)


def test_a_second_mailbox_of_a_recruiter_is_not_entered(client: Client) -> None:
    client.post("/senders/new/", ENTERED)
    client.post("/senders/new/", ENTERED | {"from_address": "other@northwind.example"})
    assert Sender.objects.count() == 1


def test_a_stored_password_and_key_never_come_back(client: Client) -> None:
    client.post("/senders/new/", ENTERED | {"dkim_selector": "wb", "make_key": "on"})
    sender = Sender.objects.get()
    assert "PRIVATE KEY" in sender.dkim_key

    for page in ("/senders/", f"/senders/{sender.pk}/", f"/senders/{sender.pk}/edit/"):
        shown = client.get(page).content.decode()
        assert "a secret of hers" not in shown
        assert "PRIVATE KEY" not in shown
    assert (
        "wb._domainkey.northwind.example" in client.get(f"/senders/{sender.pk}/").content.decode()
    )


def test_leaving_secrets_blank_keeps_them(client: Client) -> None:
    client.post("/senders/new/", ENTERED | {"dkim_selector": "wb", "make_key": "on"})
    before = Sender.objects.get()

    changed = ENTERED | {"password": "", "dkim_selector": "wb", "from_name": "Alice M."}
    client.post(f"/senders/{before.pk}/edit/", changed)

    after = Sender.objects.get()
    assert after.from_name == "Alice M."
    assert (after.password, after.dkim_key) == (before.password, before.dkim_key)


def test_a_stored_password_does_not_follow_to_another_server(client: Client) -> None:
    client.post("/senders/new/", ENTERED)
    sender = Sender.objects.get()

    elsewhere = ENTERED | {"password": "", "host": "smtp.attacker.example"}
    answer = client.post(f"/senders/{sender.pk}/edit/", elsewhere)

    assert answer.status_code == 422
    assert "enter it again" in answer.content.decode()
    assert Sender.objects.get().host == ENTERED["host"]


def test_mistakes_are_named(client: Client) -> None:
    assert "on this machine" in errors(client, security="none")
    assert "less than the least" in errors(client, spacing_min="200")
    assert "more than on a normal day" in errors(client, ramp_from="100")
    assert "smtp.example.com" in errors(client, host="https://smtp.example.com/")
    assert "needs a key" in errors(client, dkim_selector="wb")
    assert "needs a selector" in errors(client, make_key="on")
    assert "PEM" in errors(client, dkim_selector="wb", dkim_key="not a key")
    assert "Either" in errors(client, dkim_selector="wb", dkim_key="not a key", make_key="on")
    assert "line break" in errors(client, from_name="=?utf-8?q?=0D=0ABcc:evil@x.example?=")


def test_an_address_that_cannot_carry_our_tag_is_refused(client: Client) -> None:
    assert "too long" in errors(client, from_address=f"{'a' * 60}@northwind.example")


def test_an_address_belongs_to_one_sender(client: Client) -> None:
    taken = make.sender()
    assert "Another sender" in errors(client, from_address=taken.from_address)


def test_an_administrator_names_owner_and_default(alice: User) -> None:
    client = as_somebody(Role.ADMIN)
    former = make.sender(is_default=True)

    client.post("/senders/new/", ENTERED | {"owner": alice.pk, "is_default": "on"})

    made = Sender.objects.get(from_address=ENTERED["from_address"])
    former.refresh_from_db()
    assert (made.owner, made.is_default, former.is_default) == (alice, True, False)


@pytest.mark.parametrize("action", ["edit", "pause", "resume", "test"])
def test_only_owner_and_administrator_change_a_sender(client: Client, action: str) -> None:
    of_bob, of_the_team = make.sender(make.user("Bob Lind")), make.sender()
    for sender in (of_bob, of_the_team):
        assert client.post(f"/senders/{sender.pk}/{action}/").status_code == 403


def test_a_paused_sender_says_why(client: Client, alice: User) -> None:
    sender = make.sender(alice)
    client.post(f"/senders/{sender.pk}/pause/", {"reason": "A wrong signature"})
    assert "A wrong signature" in client.get(f"/senders/{sender.pk}/").content.decode()

    client.post(f"/senders/{sender.pk}/resume/")
    sender.refresh_from_db()
    assert (sender.paused_at, sender.pause_reason, sender.daily_cap) == (None, "", 1000)


def test_a_mailbox_that_did_harm_comes_back_at_half_its_cap(client: Client, alice: User) -> None:
    sender = make.sender(alice, cap=100)
    Sender.objects.filter(pk=sender.pk).update(paused_at=make.NOW, policy_rejections=10)
    audit.record(None, "sender.paused", f"sender:{sender.pk}", now=make.NOW)
    assert "Warmbench stopped this sender" in client.get(f"/senders/{sender.pk}/").content.decode()

    client.post(f"/senders/{sender.pk}/resume/")

    sender.refresh_from_db()
    assert (sender.daily_cap, sender.policy_rejections, sender.paused_at) == (50, 0, None)


def test_a_stop_is_shown_at_the_sender(client: Client, alice: User) -> None:
    make.sender(alice)
    Switch.objects.create(scope="recruiter", key=alice.pk, engaged_at=make.NOW - timedelta(days=1))
    assert "Stopped" in client.get("/senders/").content.decode()


def test_no_test_mail_leaves_while_everything_is_stopped(client: Client, alice: User) -> None:
    sender = make.sender(alice)
    Switch.objects.create(scope="everything", engaged_at=make.NOW)
    answer = client.post(f"/senders/{sender.pk}/test/", follow=True)
    assert "also of tests" in answer.content.decode()


def test_a_server_that_does_not_answer_is_named(client: Client, alice: User) -> None:
    sender = make.sender(alice)
    Sender.objects.filter(pk=sender.pk).update(port=9)
    answer = client.post(f"/senders/{sender.pk}/test/", follow=True)
    assert "The test was not sent." in answer.content.decode()


def test_a_viewer_reads_and_cannot_add() -> None:
    client = as_somebody(Role.VIEWER)
    assert client.get("/senders/").status_code == 200
    assert client.get("/senders/new/").status_code == 403


def test_without_senders_the_page_says_what_to_do(client: Client) -> None:
    assert "No mailbox sends yet" in client.get("/senders/").content.decode()
