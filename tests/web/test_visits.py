"""The pages on which people check how visits were judged, and say otherwise."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import User
from warmbench.messaging import unseen
from warmbench.messaging.models import Message
from warmbench.signals import judging
from warmbench.signals.models import Hit, Signal

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
    at = NOW - timedelta(days=2)
    return make.sent(make.candidate(owner=alice), make.sender(alice), at=at)


@pytest.fixture
def scan(message: Message) -> Hit:
    return came(message, method="HEAD")


def came(message: Message, **fields: object) -> Hit:
    usual: dict[str, object] = {
        "link": 1,
        "method": "GET",
        "agent": "a",
        "network": "198.51.100.0/24",
    }
    usual["at"] = NOW - timedelta(hours=3 + Hit.objects.count())
    made = Hit.objects.create(
        candidate_id=message.candidate_id,
        message_id=message.pk,
        **(usual | fields),
    )
    judging.judge_due(now=NOW - timedelta(hours=2))
    made.refresh_from_db()
    return made


def test_a_message_tells_who_came_and_why_it_is_thought_so(
    client: Client, message: Message, scan: Hit
) -> None:
    Hit.objects.filter(pk=scan.pk).update(taken_back_at=NOW)

    page = client.get(f"/messages/{message.pk}/").text

    assert "Machine" in page
    assert "99 of 100" in page
    assert "Followed https://example.com/1" in page
    assert "Not a visit (0.99): It asked about the page without opening it." in page
    assert "It had counted, and was taken back" in page
    assert "It was a person" in page
    assert "not a visit 0.99, taken back" in client.get(f"/candidates/{message.candidate_id}/").text


def test_a_recruiter_knows_better(client: Client, message: Message, scan: Hit) -> None:
    there = f"/visits/{scan.pk}/overrule/"

    client.post(there, {"said": "human"})
    assert Signal.objects.get().message_id == message.pk
    assert "as one of us said" in client.get(f"/messages/{message.pk}/").text

    client.post(there, {"said": ""})
    assert not Signal.objects.exists()
    client.post(there, {"said": "a ghost"})
    scan.refresh_from_db()
    assert (scan.said, scan.verdict) == ("", "machine")


def test_only_who_may_change_the_candidate_says_so(browse: Browse, scan: Hit) -> None:
    bob = browse(make.user("Bob Novak"))

    assert bob.post(f"/visits/{scan.pk}/overrule/", {"said": "human"}).status_code == 403


def test_what_waits_cannot_be_overruled(client: Client, message: Message) -> None:
    waiting = came(message)
    Hit.objects.filter(pk=waiting.pk).update(verdict="")

    client.post(f"/visits/{waiting.pk}/overrule/", {"said": "machine"})

    waiting.refresh_from_db()
    assert waiting.said == ""


def test_the_page_of_visits_is_empty_at_first(client: Client) -> None:
    page = client.get("/visits/").text

    assert "No rule has fired" in page
    assert "No visit has come from a network that is known." in page


def test_the_page_of_visits_counts_by_rule_and_network(
    client: Client, message: Message, scan: Hit
) -> None:
    came(message, agent="odd", has_language=False, network="192.0.2.0/24")
    came(message, agent="trap", link=unseen.HIDDEN_LINK, flags=["honeypot"])
    came(message, agent="picture", kind="open", link=0, system="proxy")
    came(message, agent="gone", link=7, has_language=False)

    page = client.get("/visits/").text

    assert "Not a visit<small>It asked about the page without opening it." in page
    assert "198.51.100.0/24" in page
    assert "Nobody knows" in page
    assert "no language (0.65)" in page
    assert "Loaded the picture" in page
    shown = client.get(f"/messages/{message.pk}/").text
    assert "Followed the link that no reader sees" in shown
    assert "Followed link 8" in shown
