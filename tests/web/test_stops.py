"""The kill switch: anybody may pull it, and it says who did."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core.models import AuditEntry
from warmbench.messaging import switches
from warmbench.messaging.models import Decision, Message, Switch
from warmbench.nurture.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make.user()


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, path: str = "/stops/") -> str:
    return client.get(path).content.decode()


def lost_message() -> Message:
    """A message of which nobody knows whether it arrived."""
    message = make.message(make.candidate(), make.sender())
    for state in (Message.State.SENDING, Message.State.UNKNOWN):
        Message.objects.filter(pk=message.pk).update(state=state, not_before=None)
    message.refresh_from_db()
    return message


def test_one_button_stops_everything(client: Client) -> None:
    assert "Sending is on" in shown(client)

    client.post("/stops/engage/", {"what": "everything:0", "reason": "A wrong figure"})

    page = shown(client)
    assert "All sending is stopped" in page
    assert "Alice Meyer" in page
    assert "A wrong figure" in page
    assert Switch.objects.get().scope == Switch.Scope.EVERYTHING


def test_stopping_twice_is_stopping_once(client: Client) -> None:
    for _ in range(2):
        client.post("/stops/engage/", {"what": "everything:0"})
    assert Switch.objects.count() == 1


def test_who_stopped_may_release(client: Client) -> None:
    client.post("/stops/engage/", {"what": "everything:0"})
    client.post(f"/stops/{Switch.objects.get().pk}/release/")

    assert "Sending is on" in shown(client)
    assert "Released before" in shown(client)
    assert AuditEntry.objects.filter(action="switch.released").exists()


def test_another_recruiter_may_not_release_and_an_administrator_may(alice: User) -> None:
    switches.engage(Switch.Scope.EVERYTHING, by_id=alice.pk, now=make.NOW)
    path = f"/stops/{Switch.objects.get().pk}/release/"

    bob = signed_in(make.user("Bob Lind"))
    assert bob.post(path).status_code == 403
    assert "Let sending go on" not in shown(bob)
    assert signed_in(make.user("Ada Min", Role.ADMIN)).post(path).status_code == 302
    assert not Switch.objects.filter(released_at=None).exists()


def test_single_things_are_stopped_by_name(client: Client, alice: User) -> None:
    sender = make.sender(alice)
    sequence = make.sequence(Step.Kind.MESSAGE).sequence
    for what in (f"sender:{sender.pk}", f"recruiter:{alice.pk}", f"sequence:{sequence.pk}"):
        client.post("/stops/engage/", {"what": what})

    assert Switch.objects.filter(released_at=None).count() == 3
    page = shown(client)
    assert page.count("Release</button>") == 3
    assert f"Release {sequence.name}" in page


@pytest.mark.parametrize("what", ["", "everything:7", "sender:0", "sequence:x", "planet:1"])
def test_what_does_not_exist_is_not_stopped(client: Client, what: str) -> None:
    assert client.post("/stops/engage/", {"what": what}).status_code == 422
    assert not Switch.objects.exists()


def test_a_stop_from_outside_is_shown_and_cannot_be_released(
    client: Client, settings: Settings
) -> None:
    settings.SENDING_STOPPED = True
    assert "By the administrator of this machine, with WARMBENCH_SENDING_STOPPED" in shown(client)


def test_the_file_that_stops_sending_is_named_where_it_is(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.INSTANCE_FOLDER = tmp_path
    assert "Sending is on" in shown(client)

    (tmp_path / "STOP").touch()

    assert f"with the file <code>{tmp_path}/STOP</code>" in shown(client)


def test_a_viewer_sees_and_cannot_stop() -> None:
    viewer = signed_in(make.user("Vera View", Role.VIEWER))
    assert "Stop everything" not in shown(viewer)
    assert viewer.post("/stops/engage/", {"what": "everything:0"}).status_code == 403


@pytest.mark.parametrize(("said", "state"), [("yes", "sent"), ("no", "failed")])
def test_a_person_settles_what_nobody_knows(client: Client, said: str, state: str) -> None:
    message = lost_message()
    page = shown(client)
    assert message.candidate.name in page
    [address] = re.findall(r'action="(/messages/[^"]+)"', page)

    answer = client.post(address, {"arrived": said, "next": "/stops/"})

    assert answer.headers["Location"] == "/stops/"
    message.refresh_from_db()
    assert message.state == state
    assert ">It arrived<" not in shown(client)


def test_only_who_may_change_the_candidate_settles(client: Client) -> None:
    message = lost_message()
    type(message.candidate).objects.update(owner=make.user("Bob Lind"))
    page = shown(client)
    assert message.candidate.name in page
    assert ">It arrived<" not in page


def test_causes_are_counted_in_people(client: Client) -> None:
    version = make.sequence(Step.Kind.MESSAGE)
    for _ in range(3):
        enrollment = make.enrollment(make.candidate(), version)
        type(enrollment).objects.filter(pk=enrollment.pk).update(waiting_for="missing: city")
        Decision.objects.create(
            candidate_id=enrollment.candidate_id,
            touch="test",
            stage=Decision.Stage.PLANNING,
            verdict=Decision.Verdict.REFUSE,
            reason="no_address",
            at=make.NOW,
            policy=1,
        )

    fragment = client.get("/stops/causes/", headers={"HX-Request": "true"}).content.decode()
    assert "their city, which the message needs" in fragment
    assert "<html" not in fragment
    assert "<html" in shown(client, "/stops/causes/")


def test_many_unknown_messages_cost_no_more_questions(client: Client) -> None:
    lost_message()
    with CaptureQueriesContext(connection) as for_one:
        shown(client)
    for _ in range(3):
        lost_message()
    with CaptureQueriesContext(connection) as for_many:
        assert shown(client).count(">It arrived<") == 4
    assert len(for_many) == len(for_one)
