"""What no reader sees in a mail: the link that only machines follow, and the picture."""

from datetime import timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Organisation, User
from warmbench.core import clock, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import delivery, unseen
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import Message
from warmbench.messaging.templates import Rendered
from warmbench.people import consent
from warmbench.people.consent import Proof
from warmbench.people.models import Candidate, Consent
from warmbench.signals import judging
from warmbench.signals.judging import HELD
from warmbench.signals.models import Hit, Signal

LATER = NOW + timedelta(hours=1)
BARE = Rendered("Hello", "<html><body><p>Hello</p></body></html>", "Hello")


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def mail(alice: User) -> Message:
    return make.sent(make.candidate(owner=alice), make.sender(alice))


@pytest.fixture
def client(client: Client) -> Any:
    with clock.pinned(LATER):
        yield client


def agree(candidate: Candidate, *, agrees: bool = True) -> bool:
    return consent.say_about_opens(
        candidate.pk, agrees=agrees, evidence="In the test", proof=Proof(), now=NOW
    )


def put(*, has_links: bool = True, has_picture: bool = False, language: str = "en") -> Rendered:
    return unseen.put(
        BARE, message_id=7, language=language, has_links=has_links, has_picture=has_picture
    )


class TestTheHiddenLink:
    def test_is_out_of_sight_of_eyes_keys_and_screen_readers(self) -> None:
        tags: list[tuple[str, dict[str, str | None]]] = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                tags.append((tag, dict(attrs)))

        Reader().feed(put().html)
        (_, box), (_, link) = tags[-2:]
        assert box["aria-hidden"] == "true"
        assert "height:0" in str(box["style"])
        assert link["tabindex"] == "-1"

    def test_stands_in_the_html_alone(self) -> None:
        assert put().text == BARE.text
        assert put().html.endswith("</body></html>")
        assert "Bitte nicht anklicken" in put(language="de").html

    def test_is_in_no_letter_without_tracked_links(self) -> None:
        assert put(has_links=False) == BARE

    def test_leads_to_a_page_that_says_what_it_is(self, client: Client, mail: Message) -> None:
        token = tokens.sign(Purpose.CLICK, mail.pk, unseen.HIDDEN_LINK)

        answer = client.get(f"/c/{token}", headers={"User-Agent": "Mozilla/5.0 (X11; Linux)"})

        assert answer.status_code == 302
        page = client.get(answer.headers["Location"].removeprefix("http://testserver"))
        assert "no reader sees it" in page.text
        assert client.get("/w/nonsense").status_code == 404
        hit = Hit.objects.get()
        assert (hit.link, hit.flags, hit.system) == (unseen.HIDDEN_LINK, ["honeypot"], "linux")

    def test_makes_a_machine_of_whoever_follows_it(self, client: Client, mail: Message) -> None:
        for link in (0, unseen.HIDDEN_LINK):
            client.get(f"/c/{tokens.sign(Purpose.CLICK, mail.pk, link)}")

        judging.judge_due(now=LATER + HELD)

        assert set(Hit.objects.values_list("verdict", flat=True)) == {"machine"}
        assert not Signal.objects.exists()


class TestThePicture:
    def open(self, client: Client, mail: Message) -> None:
        answer = client.get(f"/o/{tokens.sign(Purpose.OPEN, mail.pk)}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/gif")
        assert answer.content.startswith(b"GIF89a")

    def test_is_in_no_mail_by_default(self, mail: Message) -> None:
        organisation = Organisation.objects.get()
        agree(mail.candidate)
        assert not unseen.may_have_picture(organisation, mail.candidate_id, now=NOW)
        organisation.pixel_on = True
        assert unseen.may_have_picture(organisation, mail.candidate_id, now=NOW)
        assert not unseen.may_have_picture(organisation, make.candidate().pk, now=NOW)

    def test_is_a_point_that_nobody_is_told_of(self) -> None:
        assert 'width="1" height="1" alt=""' in put(has_picture=True).html

    def test_is_answered_and_not_recorded_unless_it_is_agreed_to(
        self, client: Client, mail: Message
    ) -> None:
        self.open(client, mail)
        Organisation.objects.update(pixel_on=True)
        self.open(client, mail)
        assert client.get("/o/nonsense").status_code == 200
        assert not Hit.objects.exists()

        agree(mail.candidate)
        self.open(client, mail)
        assert Hit.objects.get().kind == Hit.Kind.OPEN

    def test_is_recorded_no_more_once_the_consent_is_withdrawn(
        self, client: Client, mail: Message
    ) -> None:
        Organisation.objects.update(pixel_on=True)
        assert agree(mail.candidate)
        assert not agree(mail.candidate)
        assert agree(mail.candidate, agrees=False)

        self.open(client, mail)

        assert not Hit.objects.exists()

    def test_becomes_a_signal_that_nobody_is_warmer_for(
        self, client: Client, mail: Message
    ) -> None:
        Organisation.objects.update(pixel_on=True)
        agree(mail.candidate)
        self.open(client, mail)
        self.open(client, mail)

        judging.judge_due(now=LATER + HELD)

        signal = Signal.objects.get()
        assert (signal.kind, signal.link) == (Signal.Kind.OPENED, None)
        assert not hasattr(mail.candidate, "warmth")


class TestThePreferencesPage:
    def test_asks_only_where_it_is_switched_on(self, client: Client, mail: Message) -> None:
        key = tokens.sign(Purpose.PREFERENCE, mail.candidate_id, mail.pk) + "?lang=en"
        assert "May we see" not in client.get(f"/p/{key}").text
        client.post(f"/p/{key}", {"opens": "yes"})
        assert not consent.may_record_opens(mail.candidate_id, now=LATER)

        Organisation.objects.update(pixel_on=True)
        assert "At present nothing is noted." in client.get(f"/p/{key}").text
        assert "You agreed to it." in client.post(f"/p/{key}", {"opens": "yes"}).text

        said = Consent.objects.latest("pk")
        assert (said.purpose, said.basis, said.how) == ("pixel", "consent", "form")
        assert said.ip_prefix == "127.0.0.0/24"

    def test_lets_everybody_withdraw_at_any_time(self, client: Client, mail: Message) -> None:
        agree(mail.candidate)
        key = tokens.sign(Purpose.PREFERENCE, mail.candidate_id, mail.pk) + "?lang=en"

        client.post(f"/p/{key}", {"opens": "no"})

        assert not consent.may_record_opens(mail.candidate_id, now=LATER)
        assert "May we see" not in client.get(f"/p/{key}").text


def test_a_mail_that_is_handed_over_carries_them(alice: User) -> None:
    """Through the claim, as every mail goes."""
    message = make.message(make.candidate(owner=alice), make.sender(alice))
    message.template = make.template("Talk?", "[Read on](https://example.com/x)")
    message.save(update_fields=["template"])
    Organisation.objects.update(pixel_on=True)
    agree(message.candidate)

    channel = Recording()
    delivery.deliver(lambda _: channel, worker="test", clock=lambda: NOW)

    ((_, _, letter),) = channel.mails
    parts = message_from_bytes(letter, policy=policy.default)
    html = parts.get_body(("html",))
    text = parts.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert 'aria-hidden="true"' in html.get_content()
    assert "/o/" in html.get_content()
    assert "For machines" not in text.get_content()
