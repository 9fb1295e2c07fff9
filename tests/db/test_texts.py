"""Texts go through the same door as mails, and say what the law wants them to say."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db.utils import IntegrityError

from tests import make
from tests.contract import twilio_server
from tests.contract.twilio_server import Twilio
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.integrations import examining
from warmbench.integrations.mail.postman import Postman
from warmbench.messaging import delivery, gate, invariants, outbox, segments, senders, volumes
from warmbench.messaging.handover import Kind, Recording, Rejected
from warmbench.messaging.models import Attempt, Message, Sender
from warmbench.messaging.outbox import Draft
from warmbench.messaging.sender_checks import Outcome, Subject
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse, Verdict
from warmbench.nurture import planner, preview, versions
from warmbench.nurture.models import Enrollment, Step
from warmbench.nurture.outline import Outline, StepOutline
from warmbench.people import consent
from warmbench.people.models import Candidate, Channel, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def number(alice: User) -> Sender:
    return make.text_sender(alice)


@pytest.fixture
def ana(alice: User) -> Candidate:
    who = make.candidate(owner=alice)
    make.phone(who, "+442079460018")
    return who


def considered(who: Candidate, sender: Sender | None, *, now: datetime = NOW) -> Verdict:
    draft = Draft(
        candidate_id=who.pk, purpose="content", touch="t", occurrence=0,
        sender_id=sender.pk if sender else None, channel=Channel.SMS,
    )  # fmt: skip
    return outbox.consider([draft], now=now)[0].verdict


def deliver(now: datetime = NOW) -> Recording:
    channel = Recording()
    while delivery.deliver(lambda _: channel, worker="test", clock=lambda: now):
        pass
    return channel


def body_of(mail: tuple[str, str, bytes]) -> str:
    text: str = json.loads(mail[2])["body"]
    return text


class TestTheGate:
    def test_who_agreed_to_texts_gets_them_at_the_number(
        self, ana: Candidate, number: Sender
    ) -> None:
        assert considered(ana, number) == Allow()

    def test_nobody_gets_a_text_who_agreed_to_mails_only(self, alice: User, number: Sender) -> None:
        who = make.candidate(owner=alice)
        make.phone(who, consented=False)
        assert considered(who, number) == Refuse(Reason.NO_CONSENT)

    def test_without_a_number_there_is_nothing_to_write_to(
        self, ana: Candidate, number: Sender
    ) -> None:
        ana.contact_points.filter(channel=Channel.SMS).delete()
        assert considered(ana, number) == Refuse(Reason.NO_ADDRESS)

    def test_without_a_provider_it_waits(self, ana: Candidate) -> None:
        verdict = considered(ana, None)
        assert isinstance(verdict, Later)
        assert verdict.reason is Reason.NO_SENDER

    def test_the_evening_of_any_place_where_somebody_may_be_ends_the_day(
        self, alice: User, number: Sender
    ) -> None:
        who = make.candidate(owner=alice, country="CA", time_zone="")
        make.phone(who, "+14165550123")
        # Eight in the evening in Newfoundland, half past three in Vancouver.
        verdict = considered(who, number, now=datetime(2026, 3, 3, 23, 30, tzinfo=UTC))
        assert isinstance(verdict, Later)
        assert verdict.until > datetime(2026, 3, 4, 12, tzinfo=UTC)

    def test_american_numbers_get_texts_of_registered_senders_only(
        self, alice: User, number: Sender
    ) -> None:
        who = make.candidate(owner=alice, country="US", time_zone="America/New_York")
        make.phone(who, "+12125550123")
        noon = datetime(2026, 3, 3, 17, tzinfo=UTC)
        verdict = considered(who, number, now=noon)
        assert isinstance(verdict, Later)
        assert verdict.reason is Reason.NOT_REGISTERED
        Sender.objects.update(us_brand="BN1", us_campaign="CM1")
        assert considered(who, number, now=noon) == Allow()

    def test_texts_and_mails_share_one_budget(
        self, alice: User, ana: Candidate, number: Sender
    ) -> None:
        box = make.sender(alice)
        mail = Draft(ana.pk, "content", "a", 0, box.pk)
        text = Draft(ana.pk, "content", "b", 0, number.pk, channel=Channel.SMS)
        for drafts in ([mail, text], [text, mail]):
            first, second = outbox.consider(drafts, now=NOW)
            assert first.verdict == Allow()
            assert isinstance(second.verdict, Later)
            assert second.verdict.reason is Reason.BUDGET


class TestTheWords:
    def test_the_first_says_whom_it_is_from_and_how_to_stop(
        self, ana: Candidate, number: Sender
    ) -> None:
        message = make.text(ana, number)
        (mail,) = deliver().mails
        assert mail[:2] == (number.from_address, "+442079460018")
        assert body_of(mail) == (
            "Northwind: Hello Ana, have you seen this?\nReply STOP to opt out."
        )
        assert "/texts/status/" in json.loads(mail[2])["callback"]
        message.refresh_from_db()
        assert (message.state, message.address) == ("sent", "+442079460018")

    def test_who_has_heard_from_us_is_reminded_every_thirty_days(
        self, ana: Candidate, number: Sender
    ) -> None:
        texts = []
        for days in (0, 10, 35, 50):
            now = NOW + timedelta(days=days)
            make.text(ana, number, due=now)
            texts += [body_of(mail) for mail in deliver(now).mails]
        assert [text.startswith("Northwind: ") for text in texts] == [True, False, False, False]
        assert ["STOP" in text for text in texts] == [True, False, True, False]

    def test_what_was_sent_is_kept_with_the_message(self, ana: Candidate, number: Sender) -> None:
        message = make.text(ana, number)
        deliver()
        message.refresh_from_db()
        assert message.context["text_brand"] == "Northwind"

    def test_what_a_word_processor_made_of_it_is_made_plain(
        self, ana: Candidate, number: Sender
    ) -> None:
        make.text(ana, number, body="It\u2019s \u201cnew\u201d \u2013 really\u2026")
        text = body_of(deliver().mails[0])
        assert 'It\'s "new" - really...' in text
        assert segments.count(text).encoding == "GSM-7"

    def test_links_lead_through_us(self, ana: Candidate, number: Sender) -> None:
        make.text(ana, number, body="[See it](https://example.com/role)")
        text = body_of(deliver().mails[0])
        assert "https://example.com/role" not in text
        assert "/c/" in text

    def test_one_that_is_too_long_is_not_cut_but_fails(
        self, ana: Candidate, number: Sender
    ) -> None:
        message = make.text(ana, number, body="{{ first_name }}" + " word" * 300)
        message.context["first_name"] = "x" * 200
        message.save(update_fields=["context"])
        assert deliver().mails == []
        message.refresh_from_db()
        assert message.state == Message.State.FAILED
        assert "too long" in message.reason

    def test_who_does_not_know_yet_is_told_where_we_have_her_data_from(
        self, alice: User, number: Sender
    ) -> None:
        who = make.candidate(owner=alice, told=False)
        Candidate.objects.filter(pk=who.pk).update(source="Old ATS")
        make.phone(who)
        message = make.text(who, number)
        standing = gate.NOTICE_SOURCE
        message.context[standing], message.context[gate.NOTICE_SINCE] = "Old ATS", "2026-03"
        message.save(update_fields=["context"])
        text = body_of(deliver().mails[0])
        assert 'from "Old ATS"' in text
        assert "/me/" in text
        assert who.notices.filter(kind="message", message_id=message.pk).exists()


class TestWhatIsToldAtOnce:
    def test_who_opted_out_with_the_provider_gets_no_more_texts_but_mails(
        self, ana: Candidate, number: Sender
    ) -> None:
        message = make.text(ana, number)

        class OptedOut(Recording):
            def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> Rejected:
                return Rejected(400, "21610: unsubscribed", Kind.OPTED_OUT)

        delivery.deliver(lambda _: OptedOut(), worker="test", clock=lambda: NOW)
        message.refresh_from_db()
        assert message.state == Message.State.FAILED
        stop = Suppression.objects.get()
        assert (stop.candidate_id, stop.channel, stop.address) == (
            ana.pk, Channel.SMS, "+442079460018",
        )  # fmt: skip
        assert considered(ana, number) == Refuse(Reason.UNSUBSCRIBED)
        mail = Draft(ana.pk, "content", "a", 0, None)
        (asked,) = outbox.consider([mail], now=NOW)
        assert not isinstance(asked.verdict, Refuse)
        number.refresh_from_db()
        assert number.paused_at is None

    def test_a_mail_after_a_stop_of_texts_breaks_no_promise(
        self, alice: User, ana: Candidate, number: Sender
    ) -> None:
        reason = Suppression.Reason.UNSUBSCRIBED
        consent.suppress(ana.pk, reason=reason, channel=Channel.SMS, now=NOW - timedelta(days=1))
        make.message(ana, make.sender(alice))
        assert len(deliver().mails) == 1
        assert invariants.broken() == {}
        Suppression.objects.create(
            candidate=ana, channel=Channel.EMAIL, reason=reason, at=NOW - timedelta(days=1)
        )
        assert list(invariants.broken()) == ["sent after a stop"]


class TestSequences:
    def text_step(self, alice: User) -> tuple[Candidate, Enrollment]:
        make.sender(alice)
        version = make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE)
        step = version.steps.get(position=0)
        step.channel, step.template = Channel.SMS, make.text_template()
        step.save(update_fields=["channel", "template"])
        who = make.candidate(owner=alice)
        return who, make.enrollment(who, version)

    def test_a_step_may_be_a_text(self, alice: User, number: Sender) -> None:
        who, enrollment = self.text_step(alice)
        make.phone(who)
        assert planner.plan(now=NOW) == {"queued": 1}
        message = Message.objects.get()
        assert (message.channel, message.sender_id) == ("sms", number.pk)
        enrollment.refresh_from_db()
        assert enrollment.position == 1

    def test_while_there_is_no_provider_it_waits_and_is_not_lost(self, alice: User) -> None:
        who, enrollment = self.text_step(alice)
        make.phone(who)
        planner.plan(now=NOW)
        enrollment.refresh_from_db()
        assert (enrollment.position, enrollment.waiting_for) == (0, "no_sender")
        make.text_sender(alice)
        assert planner.plan(now=NOW + timedelta(days=1)) == {"queued": 1}

    def test_who_takes_no_texts_goes_on_with_the_mails(self, alice: User, number: Sender) -> None:
        _, enrollment = self.text_step(alice)
        planner.plan(now=NOW)
        enrollment.refresh_from_db()
        assert (enrollment.state, enrollment.position) == ("active", 1)
        refused = Message.objects.get()
        assert (refused.channel, refused.state, refused.reason) == ("sms", "refused", "no_consent")

    def test_an_outline_may_say_so(self, alice: User) -> None:
        text = StepOutline("a", channel="sms", body="Hi {{ first_name }}")
        made = versions.apply(Outline("s", "S", steps=(text,)), by_id=None, now=NOW)
        step = made.version.steps.get()
        assert step.channel == Channel.SMS
        assert step.template is not None
        assert step.template.look == "text"

    def test_no_piece_goes_as_a_text(self, alice: User) -> None:
        version = make.sequence(Step.Kind.CONTENT)
        with pytest.raises(IntegrityError, match="step_content_is_mailed"):
            version.steps.update(channel=Channel.SMS)

    def test_a_preview_is_what_would_be_sent(self, alice: User, number: Sender) -> None:
        who, enrollment = self.text_step(alice)
        make.phone(who)
        step = versions.outline_of(enrollment.version).steps[0]
        shown = preview.of_step(step, enrollment.sequence, who.pk, at=NOW)
        assert shown is not None
        assert shown.letter is not None
        planner.plan(now=NOW)
        assert shown.letter.words.text == body_of(deliver().mails[0])


class TestSenders:
    def test_mails_and_texts_have_senders_of_their_own(self, alice: User, number: Sender) -> None:
        box, for_all = make.sender(alice), make.text_sender(number="+442079460998", is_default=True)
        make.sender(is_default=True)
        assert senders.who_writes()[alice.pk] == box.pk
        assert senders.who_writes(Channel.SMS) == {alice.pk: number.pk, None: for_all.pk}

    def test_texts_are_no_matter_of_domains(self, ana: Candidate, number: Sender) -> None:
        make.text(ana, number)
        deliver()
        volumes.record_peaks(now=NOW)
        assert volumes.by_domain(now=NOW) == []

    def test_the_secret_before_is_kept_when_another_is_entered(self, number: Sender) -> None:
        entered = senders.Mailbox(
            owner_id=number.owner_id, from_name=number.from_name,
            from_address=number.from_address, host=number.host, port=443, security="tls",
            username=number.username, password="another", channel=Channel.SMS,
            brand="Northwind", daily_cap=1000, spacing_min=0, spacing_max=0,
        )  # fmt: skip
        senders.change(number.pk, entered, by_id=None, now=NOW)
        number.refresh_from_db()
        assert (number.password, number.old_password) == ("another", "an auth token")
        assert number.activated_at is not None


class TestChecks:
    @pytest.fixture
    def twilio(self, number: Sender) -> Iterator[Twilio]:
        with twilio_server.running() as running:
            running.numbers[number.from_address] = True
            Sender.objects.update(host=running.address, activated_at=None, checks_passed_at=None)
            number.refresh_from_db()
            yield running

    def look(self, number: Sender) -> dict[Subject, Outcome]:
        return {check.subject: check.outcome for check in examining.examine(number).checks}

    def test_an_account_that_lets_us_in_is_activated(self, number: Sender, twilio: Twilio) -> None:
        found = examining.examine(number)
        assert found.passed
        assert senders.activate(number.pk, found, by_id=None, now=NOW)

    @pytest.mark.parametrize(
        ("fields", "account", "owned"),
        [
            ({"password": "wrong"}, "failed", "unknown"),
            ({"from_address": "+442079460001"}, "passed", "failed"),
            ({"from_address": "MG" + "1" * 32}, "passed", "passed"),
            ({"host": "http://127.0.0.1:9"}, "unknown", "unknown"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, number: Sender, twilio: Twilio, fields: dict[str, str], account: str, owned: str
    ) -> None:
        for name, value in fields.items():
            setattr(number, name, value)
        assert self.look(number) == {Subject.ACCOUNT: account, Subject.NUMBER: owned}

    def test_an_account_that_is_closed_sends_nothing(self, number: Sender, twilio: Twilio) -> None:
        twilio.status = "suspended"
        assert self.look(number)[Subject.ACCOUNT] == Outcome.FAILED

    def test_a_number_for_calls_sends_nothing(self, number: Sender, twilio: Twilio) -> None:
        twilio.numbers[number.from_address] = False
        assert self.look(number)[Subject.NUMBER] == Outcome.FAILED

    def test_the_postman_hands_texts_to_the_provider(
        self, ana: Candidate, number: Sender, twilio: Twilio
    ) -> None:
        Sender.objects.update(activated_at=NOW, checks_passed_at=NOW)
        make.text(ana, number)
        postman = Postman(lambda: NOW)
        delivery.deliver(postman.channel_for, worker="test", clock=lambda: NOW)
        postman.close()
        (text,) = twilio.texts
        assert text["To"] == "+442079460018"
        assert Attempt.objects.get().text.startswith("SM")


def test_only_her_own_stop_by_text_is_lifted_by_a_text(ana: Candidate) -> None:
    reason = Suppression.Reason.UNSUBSCRIBED
    proof = consent.Proof()
    consent.suppress(ana.pk, reason=reason, channel=Channel.SMS, evidence="On her page", now=NOW)
    number = "+442079460018"
    again = partial(consent.begin_texts_again, ana.pk, evidence="x", proof=proof, now=NOW)
    assert not again(number=number)
    consent.suppress(
        ana.pk, reason=reason, channel=Channel.SMS, address=number,
        evidence=f"{consent.BY_TEXT} 1", now=NOW,
    )  # fmt: skip
    # Another number may be somebody else's, taken for her.
    assert not again(number="+442079460019")
    assert again(number=number)
    assert Suppression.objects.filter(releases=None, released_by=None).count() == 1
