"""What a provider of texts tells us is believed only when it is signed, and acts once."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client

from tests import make
from tests.contract import twilio_server
from tests.contract.twilio_server import Twilio
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import clock, tokens
from warmbench.core.tokens import Purpose
from warmbench.integrations.mail.postman import Postman
from warmbench.integrations.sms import signature
from warmbench.messaging import delivery, outbox
from warmbench.messaging.handover import HandOver, Recording, Uncertain
from warmbench.messaging.models import InboundMail, Message, Return, Sender
from warmbench.messaging.outbox import Draft
from warmbench.messaging.verdict import Allow, Reason, Refuse, Verdict
from warmbench.nurture.models import Enrollment, Step
from warmbench.people import consent
from warmbench.people.models import Candidate, Channel, Consent, ContactPoint, Suppression
from warmbench.signals.models import FollowUp, Signal

ANAS = "+442079460018"
SECRET = "an auth token"

State, Kind = InboundMail.State, InboundMail.Kind


@pytest.fixture
def alice(at_noon: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def number(alice: User) -> Sender:
    return make.text_sender(alice)


@pytest.fixture
def ana(alice: User) -> Candidate:
    who = make.candidate(owner=alice, country="GB")
    make.phone(who, ANAS)
    return who


@pytest.fixture
def text(ana: Candidate, number: Sender) -> Message:
    """A text to Ana that the provider took."""
    made = make.text(ana, number)
    delivery.deliver(lambda _: Recording(), worker="test", clock=lambda: NOW)
    made.refresh_from_db()
    return made


def call(
    path: str, form: dict[str, str], *, secret: str = SECRET, signed: str | None = None
) -> HttpResponseBase:
    """What the provider does: a form, and a signature over it and the address."""
    listed = {name: [value] for name, value in form.items()}
    made = signature.sign(secret, f"{settings.PUBLIC_URL}{path}", listed)
    return Client().post(
        path,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": made if signed is None else signed},
    )


def incoming(words: str, *, number: str = ANAS, sid: str = "", **more: str) -> str:
    """The answer to a text that came in; blank for none."""
    form = {
        "AccountSid": "AC" + "0" * 32, "MessageSid": sid or f"SM{random.randrange(16**32):032x}",
        "From": number, "To": "+442079460999", "Body": words, "NumMedia": "0", **more,
    }  # fmt: skip
    response = call("/texts/in", form)
    assert response.status_code == 200
    answer = ET.fromstring(getattr(response, "content", b"").decode()).findtext("Message")
    return answer or ""


def told(message: Message, status: str, code: str = "", *, sid: str = "SM1") -> HttpResponseBase:
    form = {"MessageSid": sid, "MessageStatus": status, "AccountSid": "AC" + "0" * 32}
    if code:
        form["ErrorCode"] = code
    return call(status_path(message), form)


def status_path(message: Message) -> str:
    return f"/texts/status/{tokens.sign(Purpose.TEXT_STATUS, message.pk)}"


def asked(who: Candidate, channel: Channel = Channel.SMS) -> Verdict:
    sender = Sender.objects.filter(channel=channel).first()
    draft = Draft(who.pk, "content", "again", 0, sender.pk if sender else None, channel=channel)
    return outbox.consider([draft], now=NOW + timedelta(days=14))[0].verdict


class TestWhoMayCall:
    @pytest.mark.parametrize("signed", ["", "x", "ü"])
    def test_without_the_right_signature_nothing_is_believed(
        self, text: Message, signed: str
    ) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": "delivered", "AccountSid": "AC" + "0" * 32}
        assert call(status_path(text), form, signed=signed).status_code == 401
        form = form | {"From": ANAS, "Body": "STOP"}
        assert call("/texts/in", form, signed=signed).status_code == 401
        assert not Return.objects.exists()
        assert not InboundMail.objects.exists()

    def test_a_signature_is_of_one_address_and_one_secret(self, text: Message) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        assert call(status_path(text), form, secret="another").status_code == 401
        assert call(status_path(text), form, secret="").status_code == 401
        listed = {name: [value] for name, value in form.items()}
        elsewhere = signature.sign(SECRET, "https://elsewhere.example/texts/in", listed)
        assert call(status_path(text), form, signed=elsewhere).status_code == 401

    def test_the_secret_before_is_believed_as_well(self, text: Message, number: Sender) -> None:
        Sender.objects.filter(pk=number.pk).update(password="new", old_password=SECRET)
        number.refresh_from_db()
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        assert call(status_path(text), form).status_code == 204
        assert call(status_path(text), form, secret="new").status_code == 204

    def test_an_account_that_is_not_ours_may_not_call(self, ana: Candidate, number: Sender) -> None:
        form = {"AccountSid": "AC1", "MessageSid": "SM1", "From": ANAS, "Body": "STOP"}
        assert call("/texts/in", form).status_code == 401
        assert call("/texts/in", {"MessageSid": "SM1"}).status_code == 401

    def test_a_token_is_of_one_text(self, text: Message, ana: Candidate) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        assert call("/texts/status/wrong", form).status_code == 401
        mail = make.message(ana, make.sender())
        assert call(status_path(mail), form).status_code == 401

    def test_what_is_no_text_or_too_large_is_refused(self, number: Sender) -> None:
        account = {"AccountSid": number.username}
        assert call("/texts/in", account).status_code == 400
        large = account | {"MessageSid": "SM1", "From": ANAS, "Body": "x" * 70_000}
        assert call("/texts/in", large).status_code == 413


class TestStatus:
    def test_a_delivery_is_written_down_once(self, text: Message) -> None:
        for status in ("sent", "delivered", "queued", "delivered", "sent"):
            assert told(text, status).status_code == 204
        assert [one.kind for one in Return.objects.all()] == [Return.Kind.DELIVERED]

    @pytest.mark.parametrize(
        ("code", "verdict", "is_dead"),
        [
            ("30003", "transient", False),
            ("30005", "address_dead", True),
            ("30006", "address_dead", True),
            ("30004", "policy_or_reputation", False),
            ("30007", "policy_or_reputation", False),
            ("30034", "policy_or_reputation", False),
            ("99999", "", False),
            ("", "", False),
        ],
    )
    def test_a_failure_means_what_its_code_means(
        self, text: Message, number: Sender, code: str, verdict: str, is_dead: bool
    ) -> None:
        told(text, "undelivered", code)
        told(text, "failed", code)
        assert [one.verdict for one in Return.objects.all()] == [verdict]
        point = ContactPoint.objects.get(address=ANAS)
        assert (point.standing == ContactPoint.Standing.DEAD) == is_dead
        number.refresh_from_db()
        assert number.policy_rejections == (verdict == "policy_or_reputation")

    def test_an_opt_out_with_the_provider_is_hers(self, text: Message, ana: Candidate) -> None:
        told(text, "failed", "21610")
        assert asked(ana) == Refuse(Reason.UNSUBSCRIBED)
        assert not isinstance(asked(ana, Channel.EMAIL), Refuse)

    def test_an_unknown_one_has_arrived_when_it_is_told_of(
        self, ana: Candidate, number: Sender
    ) -> None:
        class Lost(Recording):
            def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
                return Uncertain("The answer was lost.")

        message = make.text(ana, number)
        delivery.deliver(lambda _: Lost(), worker="test", clock=lambda: NOW)
        message.refresh_from_db()
        assert message.state == Message.State.UNKNOWN
        told(message, "delivered")
        message.refresh_from_db()
        assert message.state == Message.State.SENT

    def test_in_any_order_and_a_hundred_times_it_is_the_same(
        self, text: Message, number: Sender
    ) -> None:
        events = [("sent", ""), ("undelivered", "30007"), ("queued", ""), ("sending", "")] * 25
        random.Random(7).shuffle(events)
        for status, code in events:
            told(text, status, code)
        assert Return.objects.count() == 1
        number.refresh_from_db()
        assert number.policy_rejections == 1


class TestStop:
    @pytest.mark.parametrize(
        "words", ["STOP", "stop!", "Stop please", "opt out", "ARRET", "S T O P"]
    )
    def test_it_stops_everything_at_once_and_is_confirmed_once(
        self, text: Message, ana: Candidate, words: str
    ) -> None:
        answer = incoming(words)
        assert answer.startswith("Northwind: You will not hear from us again.")
        assert asked(ana) == Refuse(Reason.UNSUBSCRIBED)
        assert asked(ana, Channel.EMAIL) == Refuse(Reason.UNSUBSCRIBED)
        mail = InboundMail.objects.get()
        assert (mail.state, mail.kind, mail.candidate_id) == (State.DONE, Kind.UNSUBSCRIBE, ana.pk)
        assert (mail.message_id, mail.match) == (text.pk, InboundMail.Match.NUMBER)
        assert ana.signals.filter(kind=Signal.Kind.UNSUBSCRIBED).count() == 1
        assert incoming("STOP") == ""

    def test_told_again_it_changes_nothing(self, text: Message, ana: Candidate) -> None:
        assert incoming("STOP", sid="SM7")
        before = Suppression.objects.count()
        assert {incoming("STOP", sid="SM7") for _ in range(20)} == {""}
        assert Suppression.objects.count() == before
        assert InboundMail.objects.count() == 1

    def test_free_words_stop_as_well(self, text: Message, ana: Candidate) -> None:
        assert incoming("Please take me off your list")
        assert asked(ana) == Refuse(Reason.UNSUBSCRIBED)

    def test_words_that_may_mean_it_pause_and_are_put_before_a_person(
        self, text: Message, ana: Candidate
    ) -> None:
        assert incoming("I think I am getting too many of these") == ""
        mail = InboundMail.objects.get()
        ana.refresh_from_db()
        assert ana.paused_at is not None
        assert not Suppression.objects.exists()
        assert mail.state == State.OPEN

    def test_everybody_who_has_the_number_is_stopped(self, ana: Candidate, number: Sender) -> None:
        ben = make.candidate()
        make.phone(ben, ANAS)
        assert incoming("STOP")
        for who in (ana, ben):
            assert asked(who) == Refuse(Reason.UNSUBSCRIBED)
            assert asked(who, Channel.EMAIL) == Refuse(Reason.UNSUBSCRIBED)

    def test_a_number_that_nobody_has_yet_is_stopped_for_whoever_gets_it(
        self, number: Sender
    ) -> None:
        assert incoming("STOP", number="+442079460077")
        assert incoming("STOP", number="+442079460077") == ""
        who = make.candidate()
        make.phone(who, "+442079460077")
        assert asked(who) == Refuse(Reason.UNSUBSCRIBED)

    def test_what_the_provider_answered_is_obeyed_and_not_answered_twice(
        self, text: Message, ana: Candidate
    ) -> None:
        assert incoming("Aufhören", OptOutType="STOP") == ""
        assert asked(ana) == Refuse(Reason.UNSUBSCRIBED)

    def test_whoever_is_on_a_sequence_is_taken_out(
        self,
        text: Message,
        ana: Candidate,
        django_capture_on_commit_callbacks: Callable[..., object],
    ) -> None:
        enrollment = make.enrollment(ana, make.sequence(Step.Kind.MESSAGE))
        incoming("STOP")
        from warmbench.people.consent import CandidateSuppressed
        from warmbench.workflows import holding_still

        holding_still.take_suppressed_candidates_out_of_sequences(
            CandidateSuppressed(candidate_ids=[ana.pk], reason="unsubscribed")
        )
        enrollment.refresh_from_db()
        assert enrollment.state == Enrollment.State.EXITED


class TestStart:
    def test_it_brings_texts_back_after_a_stop_by_text_and_nothing_else(
        self, text: Message, ana: Candidate
    ) -> None:
        incoming("STOP")
        assert incoming("START").startswith("Northwind: You may get texts from us again.")
        assert asked(ana) == Allow()
        assert asked(ana, Channel.EMAIL) == Refuse(Reason.UNSUBSCRIBED)
        word = Consent.objects.filter(candidate=ana, channel=Channel.SMS).latest("pk")
        kept = InboundMail.objects.latest("pk")
        assert (word.basis, word.how, word.inbound_id) == ("consent", "message", kept.pk)
        assert "START" in word.evidence

    def test_a_stop_after_it_holds_again(self, text: Message, ana: Candidate) -> None:
        for _ in range(2):
            assert incoming("STOP")
            assert asked(ana) == Refuse(Reason.UNSUBSCRIBED)
            assert incoming("UNSTOP")
            assert asked(ana) == Allow()

    @pytest.mark.parametrize("words", ["START", "YES"])
    def test_it_lifts_no_stop_that_was_made_elsewhere(
        self, text: Message, ana: Candidate, words: str
    ) -> None:
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        assert incoming(words) == ""
        assert asked(ana) == Refuse(Reason.UNSUBSCRIBED)
        mail = InboundMail.objects.get()
        assert mail.state == State.OPEN
        assert "in another way" in mail.problem

    def test_both_ways_stopped_it_is_left_to_a_person(self, text: Message, ana: Candidate) -> None:
        incoming("STOP")
        consent.suppress(ana.pk, reason=Suppression.Reason.COMPLAINED, now=NOW)
        assert incoming("START") == ""
        assert asked(ana) != Allow()
        assert InboundMail.objects.latest("pk").state == State.OPEN

    def test_yes_is_an_answer_where_nothing_was_stopped(
        self, text: Message, ana: Candidate
    ) -> None:
        assert incoming("YES") == ""
        ana.refresh_from_db()
        assert ana.paused_at is not None
        assert Consent.objects.filter(channel=Channel.SMS).count() == 1


class TestOtherTexts:
    @pytest.mark.parametrize("words", ["HELP", "info", "Help!"])
    def test_help_is_always_answered(self, text: Message, ana: Candidate, words: str) -> None:
        for _ in range(2):
            answer = incoming(words)
            assert "Northwind Talent, 1 Quay Street, 10115 Berlin" in answer
            assert "STOP" in answer
            incoming("STOP")
        ana.refresh_from_db()
        assert ana.paused_at is None

    def test_help_is_answered_in_the_language_of_the_country(self, number: Sender) -> None:
        make.phone(make.candidate(country="DE"), ANAS)
        assert "STOP" in incoming("HELP")

    def test_an_answer_holds_everything_still_and_is_put_before_her_recruiter(
        self, text: Message, ana: Candidate
    ) -> None:
        assert incoming("Sounds great, please call me tomorrow!") == ""
        ana.refresh_from_db()
        assert ana.paused_at is not None
        mail = InboundMail.objects.get()
        assert (mail.kind, mail.channel, mail.message_id) == (Kind.REPLY, "sms", text.pk)
        assert (
            FollowUp.objects.filter(candidate=ana).exists()
            or ana.signals.filter(kind=Signal.Kind.REPLIED).exists()
        )

    def test_of_a_number_that_nobody_has_a_person_says_whose_it_is(self, number: Sender) -> None:
        assert incoming("Who is this?", number="+442079460077") == ""
        mail = InboundMail.objects.get()
        assert (mail.state, mail.sender, mail.candidate) == (State.OPEN, "+442079460077", None)

    def test_of_a_number_that_two_have_a_person_says_who_wrote(
        self, ana: Candidate, number: Sender
    ) -> None:
        ben = make.candidate()
        make.phone(ben, ANAS)
        incoming("Sounds great")
        mail = InboundMail.objects.get()
        assert (mail.state, mail.candidate) == (State.OPEN, None)
        ben.refresh_from_db()
        assert ben.paused_at is not None

    @pytest.mark.parametrize("words", ["", "\0", "😀" * 800, "<b>&amp;", "x" * 1600, "\u202e"])
    def test_whatever_it_says_it_is_kept(self, text: Message, words: str) -> None:
        incoming(words)
        assert InboundMail.objects.get().raw


@pytest.fixture
def twilio(number: Sender) -> Iterator[Twilio]:
    with twilio_server.running() as running:
        Sender.objects.update(host=running.address)
        yield running


def test_from_the_queue_to_the_stop(ana: Candidate, number: Sender, twilio: Twilio) -> None:
    make.text(ana, number)
    postman = Postman(lambda: NOW)

    def deliver(days: int = 0) -> None:
        now = NOW + timedelta(days=days)
        delivery.deliver(postman.channel_for, worker="test", clock=lambda: now)

    deliver()
    (handed,) = twilio.texts
    path = handed["StatusCallback"].removeprefix(settings.PUBLIC_URL)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": ANAS}
    assert call(path, form).status_code == 204
    assert Return.objects.get().message.candidate_id == ana.pk
    make.text(ana, number, due=NOW + timedelta(days=10))
    make.message(ana, make.sender(), due=NOW + timedelta(days=10))
    assert incoming("Stop")
    deliver(10)
    deliver(10)
    postman.close()
    assert len(twilio.texts) == 1
    states = Message.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["sent", "refused", "refused"]


def test_two_that_tell_of_one_text_at_once_are_one(transactional_db: None) -> None:
    make.organisation()
    make.text_sender()
    who = make.candidate()
    make.phone(who, ANAS)

    def tell(_: int) -> str:
        try:
            with clock.pinned(NOW):
                return incoming("STOP", sid="SM9")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(tell, range(6)))
    assert len([answer for answer in answers if answer]) == 1
    assert InboundMail.objects.count() == 1
    assert Suppression.objects.count() == len(Channel)


class TestPages:
    def test_a_text_is_shown_with_what_it_costs(
        self, alice: User, text: Message, ana: Candidate, browse: Callable[[User], Client]
    ) -> None:
        page = browse(alice).get(f"/messages/{text.pk}/").content.decode()
        assert "Northwind: Hello Ana, have you seen this?" in page
        assert "GSM-7, sent in 1 part." in page
        timeline = browse(alice).get(f"/candidates/{ana.pk}/").content.decode()
        assert "Text: Northwind: Hello Ana" in timeline

    def test_what_she_answers_stands_with_her_and_under_replies(
        self, alice: User, text: Message, ana: Candidate, browse: Callable[[User], Client]
    ) -> None:
        incoming("Hmm, <b>maybe</b>")
        mail = InboundMail.objects.get()
        browser = browse(alice)
        page = browser.get(f"/replies/{mail.pk}/").content.decode()
        assert "Hmm, &lt;b&gt;maybe&lt;/b&gt;" in page
        assert f"/messages/{text.pk}/" in page
        assert "MessageSid" in page
        assert browser.get(f"/replies/{mail.pk}/body/").status_code == 404
        assert "Text message" in browser.get("/replies/?shelf=all").content.decode()
        assert "maybe" in browser.get(f"/candidates/{ana.pk}/").content.decode()

    def test_whose_a_number_may_be_is_offered_and_a_stop_by_a_person_holds(
        self, alice: User, ana: Candidate, number: Sender, browse: Callable[[User], Client]
    ) -> None:
        make.phone(make.candidate(owner=alice), ANAS)
        incoming("Hmm")
        mail = InboundMail.objects.get()
        browser = browse(alice)
        assert ana.name in browser.get(f"/replies/{mail.pk}/").content.decode()
        said = {"candidate": ana.pk, "intent": "unsubscribe"}
        browser.post(f"/replies/{mail.pk}/decide/", said)
        assert asked(ana) == Refuse(Reason.UNSUBSCRIBED)
        assert asked(ana, Channel.EMAIL) == Refuse(Reason.UNSUBSCRIBED)

    def test_a_step_is_shown_and_previewed_as_a_text(
        self, alice: User, ana: Candidate, number: Sender, browse: Callable[[User], Client]
    ) -> None:
        version = make.sequence(Step.Kind.MESSAGE)
        step = version.steps.get()
        step.channel, step.template = Channel.SMS, make.text_template()
        step.save(update_fields=["channel", "template"])
        browser = browse(alice)
        page = browser.get(f"/sequences/{version.sequence_id}/").content.decode()
        assert "Text message, about 1 part: Hello [first name], have you seen this?" in page
        there = f"/sequences/{version.sequence_id}/preview/?step={step.pk}&candidate={ana.pk}"
        assert "GSM-7, sent in 1 part." in browser.get(there).content.decode()
        Sender.objects.all().delete()
        assert "No number texts them" in browser.get(there).content.decode()
