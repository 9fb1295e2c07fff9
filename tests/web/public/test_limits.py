"""Nobody can ask too much of our pages, and nobody is kept from the way out."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.make import NOW
from tests.web.public.pages import LATER, assert_leaves_no_trace, page_of
from warmbench.core import limits
from warmbench.core.jobs import forget_counts
from warmbench.core.models import RateCount
from warmbench.core.tokens import Purpose
from warmbench.messaging.models import Message
from warmbench.people.models import Suppression
from warmbench.web import public_frame

MINUTE = timedelta(minutes=1)


def test_a_count_begins_anew_with_each_span(db: None) -> None:
    def ask(now: object) -> bool:
        return limits.allows("k", most=2, span=MINUTE, now=now)  # type: ignore[arg-type]

    assert [ask(NOW) for _ in range(4)] == [True, True, False, False]
    assert not ask(NOW + timedelta(seconds=59))
    assert ask(NOW + MINUTE)
    assert RateCount.objects.count() == 1


def test_counts_of_yesterday_are_forgotten(db: None) -> None:
    limits.allows("old", most=2, span=MINUTE, now=NOW - timedelta(days=2))
    limits.allows("new", most=2, span=MINUTE, now=LATER)
    forget_counts(0)
    assert RateCount.objects.get().key == "new"


def test_one_token_is_answered_so_often_a_minute(
    mail: Message, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_frame, "MOST_PER_TOKEN", 3)
    path = page_of(mail, Purpose.PREFERENCE)
    assert [reader.get(path).status_code for _ in range(5)] == [200, 200, 200, 429, 429]

    refused = reader.post(path, {"status": "open", "pause": "keep"})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert b"A little slower, please" in refused.content
    assert_leaves_no_trace(refused)
    # Another page has a count of its own, and a minute later all is well.
    assert reader.get(page_of(mail, Purpose.MY_DATA)).status_code == 200
    with time_machine.travel(LATER + MINUTE):
        assert reader.get(path).status_code == 200


def test_one_network_is_answered_so_often_a_minute(
    mail: Message, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_frame, "MOST_PER_NETWORK", 2)
    paths = [page_of(mail, purpose) for purpose in (Purpose.PREFERENCE, Purpose.MY_DATA)]
    near = [reader.get(path, REMOTE_ADDR="198.51.100.7").status_code for path in paths * 2]
    far = reader.get(paths[0], REMOTE_ADDR="203.0.113.9").status_code
    assert (near, far) == ([200, 200, 429, 429], 200)
    keys = " ".join(RateCount.objects.values_list("key", flat=True))
    assert "198.51" not in keys
    assert paths[0].removeprefix("/p/") not in keys


def test_the_way_out_is_never_refused(
    mail: Message, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_frame, "MOST_PER_TOKEN", 1)
    monkeypatch.setattr(public_frame, "MOST_PER_NETWORK", 1)
    path = page_of(mail, Purpose.UNSUBSCRIBE)
    for _ in range(5):
        reader.get(page_of(mail, Purpose.PREFERENCE))
    assert {reader.get(path).status_code for _ in range(50)} == {200}
    assert {reader.post(path).status_code for _ in range(50)} == {200}
    assert Suppression.objects.count() == 1


def test_forged_tokens_are_not_counted(mail: Message, reader: Client) -> None:
    for _ in range(100):
        assert reader.get("/p/forged").status_code == 404
    assert not RateCount.objects.exists()
