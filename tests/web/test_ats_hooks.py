"""An ATS calls us: what it tells is kept, once, from nobody else, and read again in order."""

import json
import logging
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.test import Client

from tests import fake_ats, make
from tests.fake_ats import World
from tests.make import NOW
from warmbench.accounts.models import Notification, Role, User
from warmbench.core import clock
from warmbench.core.logs import JsonLines
from warmbench.integrations.ats import acting, hearing, vendors
from warmbench.integrations.ats.errors import (
    RefusedError,
    ThrottledError,
    UnreachableError,
)
from warmbench.integrations.ats.things import Gone, Told
from warmbench.integrations.models import AtsConnection, AtsEvent
from warmbench.people import erasure

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    vendor = fake_ats.vendor(made)
    monkeypatch.setattr(vendors, "of", lambda _: vendor)
    return made


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user(role=Role.ADMIN)


@pytest.fixture
def ats(alice: User) -> AtsConnection:
    return fake_ats.connection()


class Reread:
    """What was read again, call by call."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.people: list[list[str]] = []
        #: A record whose reading goes wrong.
        self.broken = ""

    def __call__(
        self,
        connection: AtsConnection,
        *,
        people_ids: Sequence[str],
        application_ids: Sequence[str],
        role_ids: Sequence[str],
        gone: Sequence[Gone],
        now: object,
    ) -> None:
        self.people.append(list(people_ids))
        if self.errors:
            raise self.errors.pop(0)
        if self.broken in people_ids:
            raise ValueError(self.broken)


def call(client: Client, ats: AtsConnection, event: str, *people: str, secret: str = "hush") -> int:
    """Tell that these people changed. Returns the status of the answer."""
    body = json.dumps({"id": event, "people": people}).encode()
    return post(client, ats.hook_key, body, fake_ats.sign(body, secret))


def post(client: Client, key: str, body: bytes, signature: str) -> int:
    with clock.pinned(NOW):
        answer = client.post(
            f"/hooks/ats/{key}/",
            body,
            content_type="application/json",
            headers={"Signature": signature},
        )
    return int(answer.status_code)


def act(reread: Reread, now: object = NOW) -> int:
    times = 0
    while acting.act_next(reread, clock=lambda: now):  # type: ignore[arg-type, return-value]
        times += 1
        assert times < 50
    return times


class TestTheDoor:
    def test_what_is_told_is_kept_before_it_is_answered(
        self, client: Client, ats: AtsConnection
    ) -> None:
        assert call(client, ats, "e1", "7") == 200
        event = AtsEvent.objects.get()
        assert (event.event_id, event.told["person_ids"]) == ("e1", ["7"])
        assert event.received_at == event.next_at == NOW

    def test_told_again_it_is_the_same(self, client: Client, ats: AtsConnection) -> None:
        assert [call(client, ats, "e1", "7") for _ in range(3)] == [200, 200, 200]
        assert AtsEvent.objects.count() == 1

    def test_nobody_else_is_listened_to(self, client: Client, ats: AtsConnection) -> None:
        assert call(client, ats, "e1", "7", secret="guessed") == 401
        assert post(client, ats.hook_key, b"{}", "") == 401
        assert not AtsEvent.objects.exists()

    def test_an_unknown_address_is_none(self, client: Client, ats: AtsConnection) -> None:
        assert post(client, "nobody", b"{}", "") == 404

    def test_a_connection_that_has_ended_is_none(self, client: Client, ats: AtsConnection) -> None:
        AtsConnection.objects.update(state=AtsConnection.State.ENDED)
        assert call(client, ats, "e1", "7") == 404

    def test_while_it_is_set_up_a_call_is_verified_and_not_kept(
        self, client: Client, ats: AtsConnection
    ) -> None:
        AtsConnection.objects.update(state=AtsConnection.State.DRAFT)
        assert call(client, ats, "ping") == 200
        assert call(client, ats, "ping", secret="guessed") == 401
        assert not AtsEvent.objects.exists()

    def test_without_a_secret_nothing_is_believed(self, client: Client, alice: User) -> None:
        ats = fake_ats.connection(credentials="")
        assert call(client, ats, "e1", "7", secret="") == 401
        assert not AtsEvent.objects.exists()

    def test_too_much_is_not_read(self, client: Client, ats: AtsConnection) -> None:
        body = b"x" * (5 * 2**20 + 1)
        assert post(client, ats.hook_key, body, "") == 413

    def test_a_flood_is_told_to_come_again(
        self, client: Client, ats: AtsConnection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hearing, "MOST", 3)
        assert [call(client, ats, f"e{n}", "7") for n in range(5)] == [200, 200, 200, 429, 429]
        assert AtsEvent.objects.count() == 3

    def test_only_posts_are_calls(self, client: Client, ats: AtsConnection) -> None:
        assert client.get(f"/hooks/ats/{ats.hook_key}/").status_code == 405

    def test_a_call_that_tells_of_nobody_is_answered(
        self, client: Client, ats: AtsConnection
    ) -> None:
        reread = Reread()
        assert call(client, ats, "ping") == 200
        act(reread)
        assert reread.people == []
        assert AtsEvent.objects.get().processed_at == NOW

    def test_a_replaced_secret_counts_for_a_week(self, client: Client, ats: AtsConnection) -> None:
        old = {"webhook_secret": "hush", "client_id": "x"}
        new = hearing.replaced(old, {"webhook_secret": "new", "client_id": "x"}, now=NOW)
        AtsConnection.objects.update(credentials=json.dumps(new))
        ats.refresh_from_db()
        assert call(client, ats, "e1", secret="hush") == 200
        assert call(client, ats, "e2", secret="new") == 200
        assert call(client, ats, "e3", secret="third") == 401
        # What else is pasted meanwhile changes nothing about that.
        again = hearing.replaced(new, {"webhook_secret": "new", "client_id": "y"}, now=NOW)
        assert again["before"] == new["before"]
        with clock.pinned(NOW + hearing.ROTATION):
            body = b'{"id": "e4"}'
            answer = client.post(
                f"/hooks/ats/{ats.hook_key}/",
                body,
                content_type="application/json",
                headers={"Signature": fake_ats.sign(body, "hush")},
            )
        assert answer.status_code == 401

    def test_a_replaced_secret_can_be_dropped_at_once(
        self, client: Client, ats: AtsConnection, alice: User
    ) -> None:
        new = hearing.replaced({"webhook_secret": "hush"}, {"webhook_secret": "new"}, now=NOW)
        AtsConnection.objects.update(credentials=json.dumps(new))
        assert hearing.drop_old_secrets(ats.pk, by_id=alice.pk, now=NOW)
        assert call(client, ats, "e1", secret="hush") == 401
        assert call(client, ats, "e2", secret="new") == 200

    def test_nobody_is_named_in_the_log(
        self,
        client: Client,
        ats: AtsConnection,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        ats.hook_key = "aB3-" * 10 + "xyz"
        ats.save(update_fields=["hook_key"])
        with caplog.at_level(logging.DEBUG):
            post(client, ats.hook_key, b'{"email": "ana.secret@example.com"}', "wrong")
            call(client, ats, "e1", "7")
            reread = Reread(UnreachableError("It does not answer."))
            act(reread)
        said = " ".join(JsonLines().format(one) for one in caplog.records)
        assert "ats call refused" in said
        assert "ana.secret" not in said
        assert "hush" not in said
        assert ats.hook_key not in said


class TestActing:
    def test_what_was_told_of_one_record_is_read_once_in_order(
        self, client: Client, ats: AtsConnection
    ) -> None:
        for number, who in enumerate(["1", "2", "1", "3", "2", "1"]):
            call(client, ats, f"e{number}", who)
        reread = Reread()
        act(reread)
        assert reread.people == [["1", "2", "3"]]
        assert not AtsEvent.objects.filter(processed_at=None)

    def test_what_was_acted_on_is_emptied(self, client: Client, ats: AtsConnection) -> None:
        call(client, ats, "e1", "7")
        assert bytes(AtsEvent.objects.get().body)
        act(Reread())
        event = AtsEvent.objects.get()
        assert (bytes(event.body), event.told) == (b"", {})
        # And is still known when it is told again.
        call(client, ats, "e1", "7")
        reread = Reread()
        act(reread)
        assert reread.people == []

    def test_a_hundred_told_twice_and_shuffled_are_read_once_each(
        self, client: Client, ats: AtsConnection
    ) -> None:
        told = [(f"e{n}", str(n % 40)) for n in range(100)] * 2
        random.Random(7).shuffle(told)
        for event, who in told:
            assert call(client, ats, event, who) == 200
        reread = Reread()
        act(reread)
        assert sorted(who for batch in reread.people for who in batch) == sorted(
            str(n) for n in range(40)
        )

    def test_a_trouble_of_theirs_waits_and_is_tried_again(
        self, client: Client, ats: AtsConnection
    ) -> None:
        call(client, ats, "e1", "1")
        call(client, ats, "e2", "2")
        reread = Reread(UnreachableError("It does not answer."))
        act(reread)
        assert reread.people == [["1", "2"]]
        assert {one.problem for one in AtsEvent.objects.all()} == {"It does not answer."}
        act(reread, NOW + acting.SHORTEST_PAUSE)
        assert reread.people == [["1", "2"]] * 2
        assert not AtsEvent.objects.filter(processed_at=None)

    def test_a_throttled_ats_is_left_alone_until_then(
        self, client: Client, ats: AtsConnection
    ) -> None:
        call(client, ats, "e1", "1")
        until = NOW + timedelta(minutes=3)
        act(Reread(ThrottledError("Too often.", until=until)))
        assert AtsEvent.objects.get().next_at == until

    def test_one_that_breaks_keeps_no_other_from_being_read(
        self, client: Client, ats: AtsConnection
    ) -> None:
        for number in range(3):
            call(client, ats, f"e{number}", str(number))
        reread = Reread()
        reread.broken = "1"
        act(reread)
        left = AtsEvent.objects.get(processed_at=None)
        assert (left.event_id, left.tries) == ("e1", 1)
        assert left.problem == "Something went wrong here: the log of the worker says what."

    def test_after_three_days_a_person_has_to_look(
        self, client: Client, ats: AtsConnection, alice: User
    ) -> None:
        call(client, ats, "e1", "1")
        now, reread = NOW, Reread()
        while AtsEvent.objects.get().next_at is not None:
            reread.errors.append(RefusedError("The record cannot be read."))
            now = max(now, AtsEvent.objects.get().next_at)  # type: ignore[type-var, assignment]
            act(reread, now)
        assert timedelta(days=3) <= now - NOW < timedelta(days=3, hours=2)
        assert acting.given_up(ats.pk) == 1
        assert Notification.objects.get(user=alice).body == "The record cannot be read."
        acting.again(ats.pk, now=now)
        act(reread, now)
        assert acting.given_up(ats.pk) == 0

    def test_a_queue_that_is_asked_goes_by_the_same_door(self, ats: AtsConnection) -> None:
        told = [Told(event_id="q1", kind="UPDATED", person_ids=("9",))]
        assert hearing.keep(ats, told, body=b"", now=NOW) == 1
        assert hearing.keep(ats, told, body=b"", now=NOW) == 0
        reread = Reread()
        act(reread)
        assert reread.people == [["9"]]

    def test_whoever_is_erased_is_in_nothing_that_waits(
        self, client: Client, ats: AtsConnection, world: World
    ) -> None:
        ana = make.candidate()
        record = fake_ats.record(ana, ats, world)
        call(client, ats, "e1", record.external_id)
        erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        assert not AtsEvent.objects.exists()

    def test_one_at_a_time_acts_for_a_connection(self, client: Client, ats: AtsConnection) -> None:
        call(client, ats, "e1", "1")
        reread = Reread()

        class Again(Reread):
            def __call__(self, *args: object, **kwargs: object) -> None:
                # While the first is at work, its events are still due.
                assert AtsEvent.objects.filter(processed_at=None).exists()
                reread.people.append(["1"])

        act(Again())
        assert reread.people == [["1"]]
