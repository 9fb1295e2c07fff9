"""The pages about senders: secrets stay inside, and only who may changes them."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from tests import make
from tests.contract.mail_server import MailServer
from tests.contract.zones import Zones, serving
from warmbench.accounts.models import Role, User
from warmbench.core import audit, clock
from warmbench.core.unique import TakenError
from warmbench.integrations.mail import dkim_keys
from warmbench.integrations.mail.postman import key_of
from warmbench.messaging import sender_checks, senders, volumes
from warmbench.messaging.models import DomainVolume, Sender, Switch
from warmbench.messaging.sender_checks import Check, Findings, Outcome, Subject

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


ACTIONS = ["edit", "pause", "resume", "test", "check", "activate", "copy"]


@pytest.mark.parametrize("action", ACTIONS)
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


#: Lets the DNS hold what it is given, for a block.
Zone = Callable[[str], AbstractContextManager[None]]
#: A mailbox with a domain of its own, at a server that nobody has to be connected to.
REAL = {"from_address": "alice@northwind.io", "host": "127.0.0.1"}


def published(box: Sender) -> str:
    """What its domain has to say, as a zone."""
    key = dkim_keys.dns_record(key_of(box))
    return f"""
    northwind.io. IN TXT "v=spf1 ip4:127.0.0.1 -all"
    {key.name}. IN TXT "{key.value[:200]}" "{key.value[200:]}"
    _dmarc.northwind.io. IN TXT "v=DMARC1; p=none"
    northwind.io. IN MX 10 mx.northwind.io.
    mx.northwind.io. IN A 192.0.2.1
    """


@pytest.fixture
def zone(settings: Settings) -> Zone:
    """Let the DNS hold a zone for a block."""

    @contextmanager
    def holds(text: str) -> Iterator[None]:
        with serving(Zones.of(text)) as server:
            settings.DNS_SERVERS = [server]
            yield

    return holds


class TestChecks:
    @pytest.fixture
    def box(self, client: Client) -> Sender:
        client.post("/senders/new/", ENTERED | REAL | {"dkim_selector": "wb", "make_key": "on"})
        return Sender.objects.get()

    def page(self, client: Client, box: Sender) -> str:
        return client.get(f"/senders/{box.pk}/").content.decode()

    def test_a_new_sender_is_checked_when_its_page_opens(self, client: Client, box: Sender) -> None:
        page = self.page(client, box)
        assert "It sends nothing yet" in page
        assert f'hx-post="/senders/{box.pk}/check/" hx-trigger="load"' in page
        assert "Not active" in client.get("/senders/").content.decode()

    def test_what_fails_says_what_to_publish(self, client: Client, box: Sender, zone: Zone) -> None:
        with zone(""):
            answer = client.post(f"/senders/{box.pk}/check/", follow=True)
        page = answer.content.decode()
        assert "SPF fails" in page
        assert dkim_keys.dns_record(key_of(box)).value in page
        assert "v=DMARC1; p=none" in page
        assert ">Activate<" not in page
        assert "SPF, DKIM, DMARC, MX fails" in client.get("/senders/").content.decode()

    def test_what_fails_is_not_activated(self, client: Client, box: Sender, zone: Zone) -> None:
        with zone(""):
            answer = client.post(f"/senders/{box.pk}/activate/", follow=True)
        assert "Not everything passes yet: SPF, DKIM, DMARC, MX." in answer.content.decode()
        box.refresh_from_db()
        assert box.activated_at is None

    def test_what_passes_is_activated(self, client: Client, box: Sender, zone: Zone) -> None:
        with zone(published(box)):
            checked = client.post(f"/senders/{box.pk}/check/", follow=True).content.decode()
            assert "Everything passes. Activate it next." in checked
            assert ">Activate<" in checked
            active = client.post(f"/senders/{box.pk}/activate/", follow=True).content.decode()
        assert "It is active" in active
        assert "Sends" in active
        box.refresh_from_db()
        assert box.activated_at

    def test_with_htmx_the_page_is_loaded_anew(
        self, client: Client, box: Sender, zone: Zone
    ) -> None:
        with zone(""):
            answer = client.post(f"/senders/{box.pk}/check/", headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == f"/senders/{box.pk}/"

    def test_another_identity_is_said_to_be_another_sender(
        self, client: Client, box: Sender, zone: Zone
    ) -> None:
        with zone(published(box)):
            client.post(f"/senders/{box.pk}/activate/")
        other = ENTERED | REAL | {"password": "", "dkim_selector": "wb2"}
        answer = client.post(f"/senders/{box.pk}/edit/", other, follow=True).content.decode()
        assert "it is another sender now" in answer
        assert "It sends nothing yet" in answer

    def test_nobodys_mail_on_this_machine_is_activated_at_once(
        self, client: Client, alice: User
    ) -> None:
        client.post("/senders/new/", ENTERED | {"host": "localhost", "security": "none"})
        box = Sender.objects.get()
        assert "nothing to prove" in self.page(client, box)
        client.post(f"/senders/{box.pk}/activate/")
        box.refresh_from_db()
        assert box.activated_at

    def test_a_failure_is_shown_at_once_with_the_day_it_stops(
        self, client: Client, alice: User
    ) -> None:
        box = make.sender(alice)
        failing(box)
        for page in ("/senders/", f"/senders/{box.pk}/"):
            assert "paused on" in client.get(page).content.decode()
        assert "Checks fail: <a" in client.get("/senders/").content.decode()

    def test_a_sender_that_fails_is_not_resumed(self, client: Client, alice: User) -> None:
        box = make.sender(alice)
        failing(box)
        senders.pause(box.pk, by_id=None, now=make.NOW)
        answer = client.post(f"/senders/{box.pk}/resume/", follow=True).content.decode()
        assert "Its checks still fail" in answer
        box.refresh_from_db()
        assert box.paused_at

    def test_resuming_one_that_is_not_active_says_so(self, client: Client, box: Sender) -> None:
        senders.pause(box.pk, by_id=None, now=make.NOW)
        answer = client.post(f"/senders/{box.pk}/resume/", follow=True).content.decode()
        assert "Activate it to let it send." in answer


def failing(box: Sender) -> None:
    """Let a sender that sends fail one of its checks."""
    checks = (Check(Subject.SPF, Outcome.FAILED, "No."),)
    found = Findings(sender_checks.identity(box), checks)
    assert senders.record_checks(box.pk, found, now=make.NOW)


class TestACopyThatArrived:
    COPY = "DKIM-Signature: v=1; d={}; s=s1; h={}\nFrom: Alice <alice@northwind.io>\n\nText"
    NEEDED = "From:List-Unsubscribe:List-Unsubscribe-Post"
    ZONE = """
    _dmarc.northwind.io. IN TXT "v=DMARC1; p=none"
    s1._domainkey.northwind.io. IN TXT "p=AAAA"
    """

    @pytest.fixture
    def box(self, client: Client) -> Sender:
        client.post("/senders/new/", ENTERED | REAL)
        return Sender.objects.get()

    def paste(self, client: Client, box: Sender, source: str) -> str:
        answer = client.post(f"/senders/{box.pk}/copy/", {"source": source}, follow=True)
        return answer.content.decode()

    def test_proves_the_signature_of_the_mail_server(
        self, client: Client, box: Sender, zone: Zone
    ) -> None:
        assert "Prove your mail server" in client.get(f"/senders/{box.pk}/").content.decode()
        with zone(self.ZONE):
            page = self.paste(client, box, self.COPY.format("northwind.io", self.NEEDED))
        assert "DKIM passes" in page
        assert "Your mail server signs as northwind.io" in page

    def test_says_what_it_does_not_prove(self, client: Client, box: Sender, zone: Zone) -> None:
        with zone(self.ZONE):
            said = self.paste(client, box, self.COPY.format("relay.test", self.NEEDED))
            assert "only one of relay.test" in said
            said = self.paste(client, box, self.COPY.format("northwind.io", "From"))
            assert "leaves out List-Unsubscribe and List-Unsubscribe-Post" in said

    def test_waits_for_the_dns(self, client: Client, box: Sender, settings: Settings) -> None:
        with serving(Zones.of("", "_dmarc.northwind.io")) as server:
            settings.DNS_SERVERS = [server]
            said = self.paste(client, box, self.COPY.format("northwind.io", self.NEEDED))
        assert "The DNS could not be asked" in said

    def test_a_test_carries_what_the_mail_server_has_to_sign(
        self, client: Client, alice: User
    ) -> None:
        box = make.sender(alice)
        with MailServer() as server:
            Sender.objects.filter(pk=box.pk).update(port=server.port)
            answer = client.post(f"/senders/{box.pk}/test/", follow=True)
        assert "accepted a test" in answer.content.decode()
        (mail,) = server.mails
        for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Reply-To"):
            assert f"\r\n{name}: ".encode() in mail


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_one_address_the_second_is_told(client: Client) -> None:
    bob = make.user("Bob Lind")
    first_is_in, done = threading.Event(), threading.Event()

    def save_first() -> None:
        try:
            with transaction.atomic():
                box = make.sender(bob)
                Sender.objects.filter(pk=box.pk).update(from_address=ENTERED["from_address"])
                first_is_in.set()
                # Long enough for the other to have asked whether the address is free.
                done.wait(1)
        finally:
            connection.close()

    thread = threading.Thread(target=save_first)
    thread.start()
    assert first_is_in.wait(5)
    answer = client.post("/senders/new/", ENTERED)
    done.set()
    thread.join()

    assert answer.status_code == 422
    assert "Another sender has this address." in answer.content.decode()


def test_changing_to_an_address_that_was_just_taken_is_told_too(client: Client) -> None:
    client.post("/senders/new/", ENTERED)
    box = Sender.objects.get()
    taken = make.sender(make.user("Bob Lind"))
    mailbox_of = senders.Mailbox(
        owner_id=box.owner_id,
        from_name="Alice",
        from_address=taken.from_address,
        host=box.host,
        port=box.port,
        security=box.security,
    )
    with pytest.raises(TakenError, match="Another sender has this address"):
        senders.change(box.pk, mailbox_of, by_id=None, now=make.NOW)


class TestVolumes:
    def test_the_list_shows_each_domain_and_its_line(self, client: Client, alice: User) -> None:
        box = make.sender(alice)
        DomainVolume.objects.create(
            domain="northwind.io", peak=6200, peak_at=make.NOW, bulk_since=make.NOW
        )
        make.attempts(box, clock.now())
        page = client.get("/senders/").content.decode()
        assert "Since 3 March 2026, for good" in page
        assert "6,200" in page
        assert "1 of 5,000" in page
        assert "Not yet" in page
        assert volumes.BULK == 5000

    def test_nothing_sent_shows_nothing(self, client: Client, alice: User) -> None:
        make.sender(alice)
        assert "By domain" not in client.get("/senders/").content.decode()


class TestNumbers:
    def form(self, **fields: str) -> dict[str, str]:
        usual = {
            "from_name": "Alice's number", "from_address": "+44 20 7946 0018", "brand": "Northwind",
            "username": "AC" + "0" * 32, "password": "an auth token",
            "host": "https://api.twilio.com", "us_brand": "", "us_campaign": "",
            "daily_cap": "100", "ramp_from": "20", "ramp_days": "14", "spacing_min": "10",
            "spacing_max": "30",
        }  # fmt: skip
        return usual | fields

    def test_a_recruiter_enters_hers_beside_her_mailbox(
        self, at_noon: None, browse: Callable[[User], Client]
    ) -> None:
        alice = make.user()
        make.sender(alice)
        browser = browse(alice)
        assert browser.get("/senders/texts/new/").status_code == 200
        answer = browser.post("/senders/texts/new/", self.form(), follow=True)
        sender = Sender.objects.get(channel="sms")
        assert (sender.from_address, sender.owner_id) == ("+442079460018", alice.pk)
        assert (sender.password, sender.activated_at) == ("an auth token", None)
        page = answer.content.decode()
        assert "/texts/in" in page
        assert "None: no text goes to them." in page
        assert "Northwind" in browser.get(f"/senders/{sender.pk}/texts/").content.decode()
        assert browser.get("/senders/texts/new/").status_code == 302
        assert browser.get(f"/senders/{sender.pk}/edit/").status_code == 302
        assert "texts" in browser.get("/senders/").content.decode()
        assert browser.post(f"/senders/{sender.pk}/test/").status_code == 302

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("from_address", "020 7946 0018", "country code"),
            ("from_address", "MG1", "country code"),
            ("username", "AC1", "32 digits"),
            ("password", "", "required"),
            ("brand", "", "required"),
            ("us_brand", "BN1", "ask for both"),
            ("us_campaign", "CM1", "ask for both"),
            ("host", "http://api.twilio.com", "Only https"),
            ("host", "https://me@api.twilio.com", "Only https"),
            ("host", "https://[", "no web address"),
            ("spacing_max", "1", "less than the least"),
            ("ramp_from", "500", "more than on a normal day"),
        ],
    )
    def test_what_cannot_be_is_said(
        self, at_noon: None, browse: Callable[[User], Client], field: str, value: str, says: str
    ) -> None:
        answer = browse(make.user()).post("/senders/texts/new/", self.form(**{field: value}))
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert not Sender.objects.exists()

    def test_another_account_asks_for_its_token_again(
        self, at_noon: None, browse: Callable[[User], Client]
    ) -> None:
        alice = make.user()
        sender = make.text_sender(alice)
        there = f"/senders/{sender.pk}/texts/"
        elsewhere = self.form(password="", host="https://elsewhere.example")
        assert browse(alice).post(there, elsewhere).status_code == 422
        changed = self.form(
            password="", host=sender.host, from_address=sender.from_address, brand="Northwind Ltd"
        )
        assert browse(alice).post(there, changed).status_code == 302
        sender.refresh_from_db()
        assert (sender.brand, sender.password) == ("Northwind Ltd", "an auth token")
        assert sender.activated_at is not None

    def test_a_number_is_no_mailbox(self, at_noon: None, browse: Callable[[User], Client]) -> None:
        alice = make.user()
        box = make.sender(alice)
        make.text_sender(alice)
        assert browse(alice).get(f"/senders/{box.pk}/texts/").status_code == 302
        assert browse(alice).post(f"/senders/{box.pk}/texts/", self.form()).status_code == 302
        taken = self.form(from_address="+442079460999")
        admin = browse(make.user("Admin", Role.ADMIN))
        answer = admin.post("/senders/texts/new/", taken)
        assert "Another sender has this number." in answer.content.decode()
        assert admin.post("/senders/texts/new/", self.form(is_default="on")).status_code == 302
        assert Sender.objects.get(is_default=True).channel == "sms"
