"""The pages about mails that came in."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.db.test_answers import Sent, comes_in
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.messaging.inbound import arrivals
from warmbench.messaging.models import InboundMail
from warmbench.people.models import Candidate, Suppression

pytestmark = pytest.mark.django_db

State, Intent = InboundMail.State, InboundMail.Intent
HOSTILE = (
    '<p onclick="x()">Hello</p><script>alert(1)</script><img src="https://spy.example/p.gif">'
    '<a href="javascript:alert(1)">click</a><style>p{background:url(https://spy.example)}</style>'
)


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice, email="ana@example.com")


@pytest.fixture
def sent(ana: Candidate, alice: User) -> Sent:
    return Sent(ana, make.sender(alice))


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def unclear(sent: Sent) -> InboundMail:
    return comes_in(sent.answer("Hm.", to="alice@northwind.example"))


def page(browser: Client, name: str, *args: object) -> str:
    return browser.get(reverse(name, args=args)).content.decode()


def test_what_is_unclear_waits_on_the_first_page(browser: Client, sent: Sent) -> None:
    mail = unclear(sent)
    shown = page(browser, "replies")
    assert "Ana Moreau" in shown
    assert "For a person to look at" in shown
    assert mail.problem in page(browser, "reply-mails")
    assert '<span class="count">1</span>' in shown


def test_a_mail_is_shown_with_what_is_new_and_whole(browser: Client, sent: Sent) -> None:
    mail = comes_in(sent.answer("Call me.\n\nOn Tuesday Alice wrote:\n> the quoted words"))
    shown = page(browser, "reply", mail.pk)
    assert "Call me." in shown
    assert "the quoted words" in browser.get(f"/replies/{mail.pk}/?as=text").content.decode()
    assert "Message-ID" in browser.get(f"/replies/{mail.pk}/?as=raw").content.decode()


def test_a_strangers_html_can_do_nothing(browser: Client, sent: Sent) -> None:
    raw = sent.answer("x").replace(b"text/plain", b"text/html").replace(b"x\n", HOSTILE.encode())
    mail = comes_in(raw)
    response = browser.get(reverse("reply-body", args=[mail.pk]))
    shown = response.content.decode()
    assert "Hello" in shown
    for bad in ("script", "onclick", "spy.example", "javascript:"):
        assert bad not in shown
    assert response["Content-Security-Policy"].startswith("sandbox;")


def test_a_person_says_what_it_is(browser: Client, sent: Sent, ana: Candidate) -> None:
    mail = unclear(sent)
    answer = {"candidate": str(ana.pk), "intent": Intent.UNSUBSCRIBE}
    browser.post(reverse("reply-decide", args=[mail.pk]), answer)
    mail.refresh_from_db()
    assert (mail.state, mail.corrected_intent) == (State.CLOSED, Intent.UNSUBSCRIBE)
    assert Suppression.objects.get().candidate == ana


@pytest.mark.parametrize(
    "answer",
    [{}, {"candidate": "x", "intent": "interested"}, {"candidate": "1", "intent": "nonsense"}],
)
def test_half_an_answer_is_none(browser: Client, sent: Sent, answer: dict[str, str]) -> None:
    mail = unclear(sent)
    response = browser.post(reverse("reply-decide", args=[mail.pk]), answer, follow=True)
    assert "first." in response.content.decode()
    mail.refresh_from_db()
    assert mail.state == State.OPEN


def test_what_asks_for_nothing_is_put_away(browser: Client, sent: Sent) -> None:
    mail = unclear(sent)
    browser.post(reverse("reply-close", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.state == State.CLOSED


@pytest.mark.parametrize("what", ["reply-close", "reply-decide"])
def test_nothing_is_put_away_that_nobody_has_read(
    browser: Client, sent: Sent, ana: Candidate, what: str
) -> None:
    arrivals.keep(sent.answer("Please unsubscribe me."), source="test", now=NOW)
    mail = InboundMail.objects.get()
    answer = {"candidate": str(ana.pk), "intent": Intent.INTERESTED}
    browser.post(reverse(what, args=[mail.pk]), answer)
    mail.refresh_from_db()
    assert mail.state == State.WAITING


def test_a_person_can_be_looked_for(browser: Client, sent: Sent, alice: User) -> None:
    mail = unclear(sent)
    other = make.candidate(owner=alice, email="other@example.com")
    address = reverse("reply", args=[mail.pk]) + f"?q={other.last_name.split()[-1]}"
    shown = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f'value="{other.pk}"' in shown


def test_nobody_decides_about_the_candidates_of_others(client: Client, sent: Sent) -> None:
    mail = unclear(sent)
    client.force_login(make.user("Bob Other", Role.RECRUITER))
    assert mail.candidate
    answer = {"candidate": str(mail.candidate.pk), "intent": Intent.INTERESTED}
    assert client.post(reverse("reply-decide", args=[mail.pk]), answer).status_code == 403


def test_nobody_takes_a_mail_of_the_candidates_of_others(
    client: Client, browser: Client, sent: Sent, ana: Candidate
) -> None:
    mail = unclear(sent)
    browser.post(
        reverse("reply-decide", args=[mail.pk]), {"candidate": ana.pk, "intent": "question"}
    )
    bob = make.user("Bob Lind")
    client.force_login(bob)
    own = make.candidate(owner=bob)
    answer = client.post(
        reverse("reply-decide", args=[mail.pk]), {"candidate": own.pk, "intent": "interested"}
    )
    assert answer.status_code == 403
    mail.refresh_from_db()
    assert (mail.candidate_id, mail.intent) == (ana.pk, "question")


def test_a_reply_stands_on_the_timeline_once(browser: Client, sent: Sent, ana: Candidate) -> None:
    mail = comes_in(sent.answer("Yes, let us talk next week."))
    shown = page(browser, "candidate", ana.pk)
    assert "Yes, let us talk next week." in shown
    assert shown.count(reverse("reply", args=[mail.pk])) == 1
