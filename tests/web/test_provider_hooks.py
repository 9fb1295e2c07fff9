"""What mail providers tell us acts at once and once, over real HTTP, and only if it is theirs."""

import logging
import random
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.db.test_answers import Sent
from tests.make import NOW
from tests.web.provider_calls import (
    MAILGUN_KEY,
    SECRET,
    About,
    Call,
    Mailgun,
    Postmark,
    Provider,
    SendGrid,
)
from warmbench.accounts.models import Organisation
from warmbench.core.tokens import Purpose, sign, sign_address
from warmbench.integrations.mail.labels import labelled
from warmbench.messaging import provider_events as kept
from warmbench.messaging import returns
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import InboundMail, ProviderEvent, Return, Sender
from warmbench.people import consent
from warmbench.people.consent import Proof
from warmbench.people.models import Candidate, ContactPoint, Suppression
from warmbench.signals import provider_events
from warmbench.signals.judge import HitFacts, judge
from warmbench.signals.models import FollowUp, Hit, Signal

pytestmark = pytest.mark.django_db
over_http = pytest.mark.django_db(transaction=True)

SENDGRID = SendGrid()
PROVIDERS: list[Provider] = [Postmark(), Mailgun(), SENDGRID]
NOBODYS = About("", "<1@elsewhere.example>", "stranger@example.com")


@pytest.fixture(autouse=True)
def _secrets(settings: Settings) -> None:
    settings.HOOK_SECRETS = [SECRET]
    settings.MAILGUN_KEY = MAILGUN_KEY
    settings.SENDGRID_KEY = SENDGRID.public_key


@pytest.fixture
def ana() -> Candidate:
    make.organisation()
    return make.candidate(owner=make.user(), email="ana@example.com")


@pytest.fixture
def sent(ana: Candidate) -> Sent:
    return Sent(ana, make.sender(ana.owner))


@pytest.fixture
def about(sent: Sent) -> About:
    """The mail as a provider knows it that kept our name for it, and not our Message-ID."""
    return About(sent.envelope.partition("+")[2].partition("@")[0], "", "ana@example.com")


def tell(to: str | Client, *calls: Call) -> None:
    for call in calls:
        assert call.send(to) == (204, "")
    while provider_events.process(now=NOW):
        pass


def standing() -> str:
    return ContactPoint.objects.get(address="ana@example.com").standing


each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)


# What became of a mail.


@each_provider
class TestEveryProvider:
    def test_a_delivery_is_noted(self, provider: Provider, client: Client, about: About) -> None:
        tell(client, provider.events(about, "delivered"))
        told = Return.objects.get()
        assert (told.kind, told.source) == (Return.Kind.DELIVERED, provider.name)
        assert "2026-03-03" in str(told.at)

    @pytest.mark.parametrize("what", ["dead", "dead, without a word"])
    def test_a_dead_address_is_never_used_again(
        self, provider: Provider, client: Client, about: About, what: str
    ) -> None:
        tell(client, provider.events(about, what))
        assert standing() == ContactPoint.Standing.DEAD
        assert Return.objects.get().verdict == Return.Verdict.ADDRESS_DEAD

    def test_a_full_mailbox_may_be_empty_another_day(
        self, provider: Provider, client: Client, about: About
    ) -> None:
        tell(client, provider.events(about, "full"))
        assert Return.objects.get().verdict == Return.Verdict.TRANSIENT
        assert standing() != ContactPoint.Standing.DEAD

    def test_a_block_is_our_fault_alone(
        self, provider: Provider, client: Client, about: About
    ) -> None:
        tell(client, provider.events(about, "blocked"))
        assert Return.objects.get().verdict == Return.Verdict.POLICY
        assert standing() != ContactPoint.Standing.DEAD
        assert not Suppression.objects.exists()

    def test_what_is_tried_again_means_nothing_yet(
        self, provider: Provider, client: Client, about: About
    ) -> None:
        tell(client, *(provider.events(about, "later", number=n) for n in range(12)))
        assert not Suppression.objects.exists()
        assert standing() != ContactPoint.Standing.DEAD

    @over_http
    def test_a_complaint_stops_everything_and_is_told(
        self, provider: Provider, live_server: LiveServer, about: About, work: Callable[[], None]
    ) -> None:
        tell(live_server.url, provider.events(about, "complained"))
        assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINED
        work()
        assert FollowUp.objects.get().reason == FollowUp.Reason.COMPLAINED

    def test_an_opt_out_is_what_our_own_link_is(
        self, provider: Provider, client: Client, about: About, ana: Candidate
    ) -> None:
        tell(client, provider.events(about, "unsubscribed"))
        stop = Suppression.objects.get()
        assert (stop.candidate, stop.reason) == (ana, Suppression.Reason.UNSUBSCRIBED)
        assert Signal.objects.get().kind == Signal.Kind.UNSUBSCRIBED

    def test_openings_are_not_listened_to(
        self, provider: Provider, client: Client, about: About
    ) -> None:
        tell(client, provider.events(about, "opened"))
        assert not ProviderEvent.objects.exists()

    def test_a_machine_that_opens_is_kept_of_those_alone_who_agreed_to_the_picture(
        self, provider: Provider, client: Client, about: About, ana: Candidate
    ) -> None:
        if isinstance(provider, Postmark):
            # It does not tell machines from people.
            return
        tell(client, provider.events(about, "opened by a machine"))
        assert not Hit.objects.exists()

        Organisation.objects.update(pixel_on=True)
        agrees = {"agrees": True, "evidence": "In the test", "proof": Proof()}
        consent.say_about_opens(ana.pk, now=NOW, **agrees)  # type: ignore[arg-type]
        tell(client, provider.events(about, "opened by a machine", number=2))

        hit = Hit.objects.get()
        assert (hit.kind, hit.flags, hit.network) == ("open", ["provider_bot"], "192.0.2.0/24")
        assert judge([*_facts(hit)], {})[0].kind == Hit.Verdict.MACHINE

    def test_mail_that_is_not_ours_is_none_of_our_business(
        self, provider: Provider, client: Client, about: About
    ) -> None:
        tell(client, provider.events(NOBODYS, "dead"), provider.events(NOBODYS, "later", number=2))
        assert not Return.objects.exists()
        assert not Suppression.objects.exists()
        assert set(ProviderEvent.objects.values_list("state", flat=True)) == {"done"}

    @pytest.mark.parametrize("what", ["complained", "unsubscribed"])
    def test_who_wants_no_more_is_known_by_the_address_alone(
        self, provider: Provider, client: Client, ana: Candidate, what: str
    ) -> None:
        tell(client, provider.events(About("", "", "Ana@Example.com"), what))
        assert Suppression.objects.get().candidate == ana

    def test_nothing_of_it_names_anybody_afterwards(
        self, provider: Provider, client: Client, about: About
    ) -> None:
        tell(client, provider.events(about, "dead"))
        event = ProviderEvent.objects.get()
        assert "ana" not in str(event.__dict__)
        assert about.label not in str(event.__dict__)

    def test_our_name_for_the_mail_is_given_to_the_provider(
        self, provider: Provider, about: About, sent: Sent
    ) -> None:
        channel = Recording()
        labelled(provider.host, channel).hand_over(sent.envelope, "ana@example.com", b"To: a\r\n")
        ((_, _, data),) = channel.mails
        assert about.label.encode() in data.split(b"To: a")[0]
        assert data.endswith(b"\r\nTo: a\r\n")


@pytest.mark.parametrize("provider", [Mailgun(), SENDGRID], ids=lambda one: one.name)
def test_a_mail_is_known_by_its_message_id_as_well(
    provider: Provider, client: Client, sent: Sent
) -> None:
    tell(client, provider.events(About("", sent.message_id, "ana@example.com"), "dead"))
    assert Return.objects.get().message == sent.message


def test_a_name_that_we_did_not_sign_names_nothing(client: Client, about: About) -> None:
    other = "b" if about.label.startswith("a") else "a"
    forged = About(other + about.label[1:], "", "ana@example.com")
    wrong_purpose = About(sign_address(Purpose.REPLY, 1), "", "ana@example.com")
    tell(
        client,
        Postmark().events(forged, "dead"),
        Postmark().events(wrong_purpose, "dead", number=2),
    )
    assert not Return.objects.exists()


def test_other_mail_servers_get_no_header_of_providers() -> None:
    channel = Recording()
    assert labelled("smtp.example.com", channel) is channel
    assert labelled("postmarkapp.com.evil.example", channel) is channel


def test_many_things_may_come_in_one_call(client: Client, about: About) -> None:
    events = [SENDGRID.event(about, "later", number=n) for n in range(50)]
    # One that nobody can read is not to take the others along.
    events.insert(20, {"event": "bounce", "timestamp": [], "email": 7, "sg_event_id": "odd"})
    # One has no name of its own, which makes it itself nevertheless.
    events.insert(30, {**SENDGRID.event(about, "delivered", number=99), "sg_event_id": None})
    for _ in range(2):
        tell(client, SENDGRID.call(events))
    assert Return.objects.count() == 51
    assert SENDGRID.call(events[20:21]).send(client)[0] == 503


@over_http
def test_five_hundred_events_in_any_order_change_nothing_more(
    live_server: LiveServer, ana: Candidate, about: About, sent: Sent
) -> None:
    whats = ["delivered", "dead", "full", "blocked", "later", "complained", "unsubscribed"]
    calls = [
        provider.events(about, what, number=number)
        for provider in PROVIDERS
        for number, what in enumerate(whats, 1)
    ]
    source = random.Random(7)
    told = source.sample(calls * 100, k=500)
    for at in range(0, 500, 100):
        for call in told[at : at + 100]:
            assert call.send(live_server.url)[0] == 204
        while provider_events.process(now=NOW):
            pass
    assert ProviderEvent.objects.count() == len(calls)
    # All but three opt-outs are about the message.
    assert Return.objects.count() == len(calls) - 3
    reasons = Suppression.objects.values_list("reason", flat=True)
    assert sorted(reasons) == ["address_dead", "complained", "unsubscribed"]
    signals = sorted(Signal.objects.values_list("kind", flat=True))
    assert signals == ["complained"] * 3 + ["unsubscribed"]
    # A fault of one message stops no mailbox.
    assert Sender.objects.get().paused_at is None or "spam" in Sender.objects.get().pause_reason


def test_what_fails_is_tried_again_and_then_left(
    client: Client, about: About, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(returns, "record", broken)
    assert Postmark().events(about, "dead").send(client)[0] == 204
    for _ in range(4):
        provider_events.process(now=NOW)
    event = ProviderEvent.objects.get()
    assert (event.state, event.tries) == (ProviderEvent.State.FAILED, 3)
    # It can still be looked up.
    assert event.recipient == "ana@example.com"
    assert "ana@" not in caplog.text


def test_old_events_are_forgotten(client: Client, about: About) -> None:
    tell(client, Postmark().events(about, "dead"))
    assert kept.forget(now=NOW) == 0
    ProviderEvent.objects.update(received_at=NOW - kept.KEPT * 2)
    assert kept.forget(now=NOW) == 1


# Who may call.


@each_provider
class TestTheDoor:
    def test_is_shut_until_there_is_a_secret(
        self, provider: Provider, client: Client, settings: Settings
    ) -> None:
        settings.HOOK_SECRETS = []
        assert provider.events(NOBODYS, "dead").send(client)[0] == 404

    @pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], f"{SECRET} "])
    def test_is_shut_for_who_does_not_know_it(
        self, provider: Provider, client: Client, secret: str
    ) -> None:
        for call in (provider.events(NOBODYS, "dead"), provider.mail(b"x", to="a", sender="b")):
            assert call.send(client, secret=secret)[0] == 401
        assert not ProviderEvent.objects.exists()
        assert not InboundMail.objects.exists()

    def test_the_secret_before_counts_while_they_change(
        self, provider: Provider, client: Client, settings: Settings
    ) -> None:
        settings.HOOK_SECRETS = ["the new one", SECRET]
        assert provider.events(NOBODYS, "dead").send(client)[0] == 204
        assert provider.events(NOBODYS, "dead").send(client, secret="the new one")[0] == 204

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b'{"a": 1}', b"null", b"\xff\xfe", b"[1, 2]", b"1" * 5000]
    )
    def test_what_is_no_call_of_theirs_is_not_kept(
        self, provider: Provider, client: Client, body: bytes
    ) -> None:
        for what in ("events", "mails"):
            for content_type in ("application/json", "multipart/form-data; boundary=b", "x/y"):
                call = Call(f"/hooks/mail/{provider.name}/{what}/", body, content_type)
                assert call.send(client)[0] in {204, 400, 503}
        assert not InboundMail.objects.exists()

    def test_only_posts_are_answered(self, provider: Provider, client: Client) -> None:
        assert client.get(f"/hooks/mail/{provider.name}/events/").status_code == 405

    def test_nobody_is_named_in_the_log(
        self, provider: Provider, client: Client, about: About, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG, logger="warmbench"):
            tell(client, provider.events(about, "dead"))
            provider.events(about, "dead").send(client, secret="wrong")
        said = " ".join(str(record.__dict__) for record in caplog.records if "warmb" in record.name)
        assert "ana@" not in said
        assert SECRET not in said


def test_a_provider_that_we_do_not_know_finds_nothing(client: Client) -> None:
    assert Call("/hooks/mail/acme/events/", b"{}").send(client)[0] == 404


def test_mailgun_has_to_sign(client: Client, settings: Settings) -> None:
    assert Mailgun(key="wrong").events(NOBODYS, "dead").send(client)[0] == 400
    assert Mailgun(key="wrong").mail(b"x", to="a@b.example", sender="").send(client)[0] == 400
    settings.MAILGUN_KEY = ""
    assert Mailgun().events(NOBODYS, "dead").send(client)[0] == 404


def test_sendgrid_has_to_sign(client: Client, settings: Settings) -> None:
    assert SendGrid().events(NOBODYS, "dead").send(client)[0] == 400
    changed = SENDGRID.events(NOBODYS, "dead")
    changed.body = changed.body.replace(b"stranger", b"neighbour")
    assert changed.send(client)[0] == 400
    unsigned = SENDGRID.events(NOBODYS, "dead")
    unsigned.headers = {}
    assert unsigned.send(client)[0] == 400
    settings.SENDGRID_KEY = "nonsense"
    assert SENDGRID.events(NOBODYS, "dead").send(client)[0] == 400
    settings.SENDGRID_KEY = ""
    assert SENDGRID.events(NOBODYS, "dead").send(client)[0] == 404


# Mails that came in there.


@each_provider
class TestMails:
    def test_are_kept_as_they_came(self, provider: Provider, client: Client, sent: Sent) -> None:
        raw = sent.answer("Yes, gern — à bientôt").replace(b"\n", b"\r\n")
        call = provider.mail(raw, to=sent.reply_to, sender="ana@example.com")
        for _ in range(3):
            assert call.send(client) == (204, "")
        mail = InboundMail.objects.get()
        assert (bytes(mail.raw), mail.source) == (raw, provider.name)
        assert (mail.envelope_to, mail.envelope_from) == (sent.reply_to, "ana@example.com")

    @over_http
    def test_may_be_large(self, provider: Provider, live_server: LiveServer) -> None:
        raw = b"Subject: My CV\r\n\r\n" + b"x" * 76 * 100_000
        assert provider.mail(raw, to="a@b.example", sender="").send(live_server.url) == (204, "")
        assert bytes(InboundMail.objects.get().raw) == raw

    def test_have_to_come_as_they_are(self, provider: Provider, client: Client) -> None:
        status, said = provider.mail_taken_apart().send(client)
        # The provider comes again, until somebody has read this.
        assert status == 503
        assert "raw MIME" in said


def test_a_machine_that_clicks_is_kept_as_if_it_had_come_to_us(
    client: Client, about: About, sent: Sent
) -> None:
    link = f"https://warm.example/c/{sign(Purpose.CLICK, sent.message.pk, 1)}"
    stranger = f"https://warm.example/c/{sign(Purpose.CLICK, sent.message.pk + 1, 1)}"
    for number, url in enumerate([link, link, stranger, "https://elsewhere.example/", ""]):
        mail = replace(about, link=url)
        # The same event told twice is one.
        tell(client, Mailgun().events(mail, "clicked by a machine", number=max(number, 1)))

    hit = Hit.objects.get()
    assert (hit.message_id, hit.link, hit.system) == (sent.message.pk, 1, "linux")
    assert (hit.kind, hit.flags, hit.verdict) == ("click", ["provider_bot"], "")
    assert not ProviderEvent.objects.exclude(said="", state="done").exists()


def _facts(hit: Hit) -> list[HitFacts]:
    names = [f.name for f in fields(HitFacts) if hasattr(hit, f.name)]
    known = {name: getattr(hit, name) for name in names}
    return [HitFacts(message=hit.message_id, candidate=hit.candidate_id, **known)]


@pytest.mark.parametrize("megabytes", [26, 51])
def test_mails_are_not_of_any_size(client: Client, megabytes: int) -> None:
    raw = b"Subject: My film\r\n\r\n" + b"x" * (megabytes << 20)
    assert SENDGRID.mail(raw, to="a@b.example", sender="").send(client)[0] == 413
    assert not InboundMail.objects.exists()


@pytest.mark.parametrize("provider", [Mailgun(), SENDGRID], ids=lambda one: one.name)
def test_each_byte_of_a_mail_stays_what_it_is(provider: Provider, client: Client) -> None:
    raw = b"Subject: x\r\n\r\n" + bytes(range(256)) + b'\r\n--xYzZ\r\nname="email"\r\n\r\n.'
    assert provider.mail(raw, to="a@b.example", sender="").send(client) == (204, "")
    assert bytes(InboundMail.objects.get().raw) == raw


def test_asking_costs_little(
    client: Client, about: About, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    events = [SENDGRID.event(about, "delivered", number=n) for n in range(300)]
    with django_assert_max_num_queries(4):
        assert SENDGRID.call(events).send(client) == (204, "")
    assert ProviderEvent.objects.count() == 300
