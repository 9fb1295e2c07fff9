"""The page of one message: its words, its attempts, its verdicts, and its fate."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import User
from warmbench.core import tokens
from warmbench.messaging.models import Message, Template
from warmbench.people.models import Candidate
from warmbench.signals.models import Hit
from warmbench.web import sent

NOW = make.NOW

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


@pytest.fixture
def message(alice: User) -> Message:
    return make.sent(make.candidate(owner=alice), make.sender(alice), address="ana@example.org")


@pytest.fixture
def lost(alice: User) -> Message:
    made = make.message(make.candidate(owner=alice), make.sender(alice))
    Message.objects.filter(pk=made.pk).update(state="sending", not_before=None, handed_at=NOW)
    Message.objects.filter(pk=made.pk).update(state="unknown", reason="Lost", state_at=NOW)
    made.refresh_from_db()
    return made


def test_it_shows_what_the_reader_saw(client: Client, message: Message) -> None:
    page = client.get(f"/messages/{message.pk}/").text
    body = client.get(f"/messages/{message.pk}/body/").text
    assert "Salaries for Ana" in page
    assert "ana@example.org" in page
    assert f'src="/messages/{message.pk}/body/"' in page
    assert "Hello Ana" in body
    assert "1 Quay Street" in body


def test_the_mail_stands_in_a_sandbox(client: Client, message: Message) -> None:
    answer = client.get(f"/messages/{message.pk}/body/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_whoever_looks_at_it_is_never_taken_for_the_candidate(
    client: Client, message: Message
) -> None:
    """No link in it opts anybody out, or counts as a click."""
    body = client.get(f"/messages/{message.pk}/body/").text
    for candidate_id in (message.candidate_id,):
        assert tokens.sign(tokens.Purpose.UNSUBSCRIBE, candidate_id, message.pk) not in body
        assert tokens.sign(tokens.Purpose.PREFERENCE, candidate_id, message.pk) not in body
    assert tokens.sign(tokens.Purpose.CLICK, message.pk, 0) not in body
    nobodys = tokens.sign(tokens.Purpose.CLICK, 0, 0)
    assert nobodys in body
    Client().get(f"/c/{nobodys}")
    assert not Hit.objects.exists()


def test_links_say_where_they_lead_and_who_followed_them(client: Client, message: Message) -> None:
    for verdict in (Hit.Verdict.HUMAN, Hit.Verdict.MACHINE, Hit.Verdict.MACHINE):
        Hit.objects.create(
            candidate_id=message.candidate_id,
            message_id=message.pk,
            link=1,
            method="GET",
            at=NOW,
            verdict=verdict,
        )
    page = client.get(f"/messages/{message.pk}/").text
    assert 'href="https://example.com/1"' in page
    assert "followed 1 time" in page
    assert "2 requests by machines or undecided" in page


def test_a_link_that_leads_nowhere_is_not_one(client: Client, alice: User) -> None:
    one = make.candidate(owner=alice)
    made = make.message(one, make.sender(alice))
    body = "Hello {{ first_name }}, [book a time]({{ booking_link | default: 'x' }})"
    found = Template.objects.filter(pk=make.template("Hi", body.replace(" | default: 'x'", "")).pk)
    Message.objects.filter(pk=made.pk).update(template=found.get())
    made.refresh_from_db()
    assert sent.links(made) == [""]


def test_a_refusal_has_a_page_without_a_mail(client: Client, alice: User) -> None:
    made = make.message(make.candidate(owner=alice), make.sender(alice))
    Message.objects.filter(pk=made.pk).update(
        state="refused", not_before=None, reason="placed", template=None
    )
    page = client.get(f"/messages/{made.pk}/").text
    assert "They have been placed." in page
    assert "Nothing was written" in page
    assert client.get(f"/messages/{made.pk}/body/").status_code == 404


def test_what_can_no_longer_be_written_is_not_made_up(client: Client, message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(context={})
    assert "Nothing was written" in client.get(f"/messages/{message.pk}/").text


@pytest.mark.parametrize(("said", "state"), [("yes", "sent"), ("no", "failed")])
def test_a_person_says_what_became_of_it(
    client: Client, lost: Message, said: str, state: str
) -> None:
    assert "It is not known whether this arrived." in client.get(f"/messages/{lost.pk}/").text

    answer = client.post(f"/messages/{lost.pk}/resolve/", {"arrived": said}, follow=True)

    lost.refresh_from_db()
    assert lost.state == state
    assert "Alice Meyer" in lost.reason
    assert "Noted." in answer.text
    again = client.post(f"/messages/{lost.pk}/resolve/", {"arrived": said}, follow=True)
    assert "known already" in again.text


def test_nothing_said_settles_nothing(client: Client, lost: Message) -> None:
    answer = client.post(f"/messages/{lost.pk}/resolve/", {"arrived": "perhaps"}, follow=True)
    lost.refresh_from_db()
    assert lost.state == "unknown"
    assert "Say whether it arrived." in answer.text


def test_a_colleague_does_not_settle_it(lost: Message, browse: Browse) -> None:
    bob = browse(make.user("Bob Lind"))
    assert "It arrived" not in bob.get(f"/messages/{lost.pk}/").text
    assert bob.post(f"/messages/{lost.pk}/resolve/", {"arrived": "yes"}).status_code == 403


def test_what_a_candidate_is_called_stays_text_in_the_mail(
    client: Client, message: Message
) -> None:
    Candidate.objects.filter(pk=message.candidate_id).update(first_name="<img src=x>")
    Message.objects.filter(pk=message.pk).update(
        context={"first_name": "<img src=x onerror=alert(1)>{{7*7}}"}
    )
    body = client.get(f"/messages/{message.pk}/body/").text
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in body
