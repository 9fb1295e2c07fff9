"""What a page learns while somebody looks at it: its numbers, and how much is new."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from warmbench.accounts.models import User
from warmbench.messaging.models import Thread
from warmbench.signals import offers
from warmbench.signals.models import FollowUp

NOW = make.NOW

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


def told(client: Client, **asked: str | int) -> dict[str, Any]:
    usual: dict[str, str | int] = {"page": "today", "since": (NOW - timedelta(hours=1)).isoformat()}
    answer: dict[str, Any] = client.get("/live/", usual | asked).json()
    return answer


def test_nothing_is_said_while_nothing_changes(client: Client, alice: User) -> None:
    make.follow_up(make.candidate(owner=alice))
    since = NOW.isoformat()
    seen = told(client, since=since)["seen"]
    again = client.get("/live/", {"page": "today", "since": since, "seen": seen})
    assert (again.status_code, again.content) == (204, b"")


def test_new_entries_are_counted_and_change_the_mark(client: Client, alice: User) -> None:
    before = told(client)
    make.follow_up(make.candidate(owner=alice))
    make.follow_up(make.candidate(owner=make.user("Bob Lind")))
    after = told(client)
    assert (before["news"], after["news"]) == (0, 1)
    assert after["counts"]["today"] == 1
    assert before["seen"] != after["seen"]


def test_what_is_offered_given_or_back_from_a_snooze_is_new(client: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    long_ago = NOW - timedelta(days=9)
    entries = [make.follow_up(make.candidate(owner=owner)) for owner in (bob, alice, bob)]
    FollowUp.objects.update(asked_at=long_ago)
    assert told(client)["news"] == 0
    offers.offer(entries[0].pk, to_id=alice.pk, by_id=bob.pk, now=NOW)
    FollowUp.objects.filter(pk=entries[1].pk).update(snoozed_until=NOW - timedelta(minutes=5))
    assert told(client)["news"] == 2
    assert told(client, total=1)["news"] == 2
    offers.hand_over(entries[2].pk, to_id=alice.pk, by_id=bob.pk, now=NOW)
    assert told(client, total=0)["news"] == 3


def test_replies_are_new_on_their_own_page(client: Client, alice: User) -> None:
    Thread.objects.create(candidate=make.candidate(owner=alice), last_at=NOW, waiting_since=NOW)
    assert told(client, page="replies")["news"] == 1
    assert told(client)["news"] == 0
    assert told(client)["counts"]["replies"] == 1


def test_notifications_are_counted(client: Client, alice: User) -> None:
    make.notification(alice)
    assert told(client)["counts"]["unread"] == 1


@pytest.mark.parametrize("since", ["", "yesterday", "2026-99-99", "2026-03-03T10:00:00"])
def test_whatever_is_asked_is_answered(client: Client, alice: User, since: str) -> None:
    make.follow_up(make.candidate(owner=alice))
    assert told(client, since=since, total="x")["news"] == 0


def test_whoever_was_signed_out_is_told_so_without_a_page(client: Client) -> None:
    client.logout()
    answer = client.get("/live/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (403, b"")


def test_it_asks_little(client: Client, alice: User) -> None:
    for _ in range(5):
        make.follow_up(make.candidate(owner=alice))
    told(client)
    with CaptureQueriesContext(connection) as asked:
        told(client)
    assert len(asked) <= 4  # Session, user, for whom she stands in, and the answer.
