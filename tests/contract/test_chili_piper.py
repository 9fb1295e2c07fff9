"""Who books a talk in Chili Piper is heard, though nobody signs its calls."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests import make
from tests.contract.booking import MINUTE, Office, office
from tests.make import NOW
from warmbench.integrations.ats.errors import AuthError
from warmbench.integrations.models import Booking, SchedulingAccount, SchedulingEvent
from warmbench.integrations.scheduling import chili_piper
from warmbench.people.models import Candidate
from warmbench.signals.models import FollowUp, Signal

pytestmark = pytest.mark.django_db

Kind = Signal.Kind


@pytest.fixture(autouse=True)
def _as_it_was(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://bench.example.com"


@pytest.fixture
def desk() -> Iterator[Office]:
    with office("chili_piper") as made:
        account = made.connect()
        made.there.hook(f"{made.receiver.address}/{account.hook_key}")
        yield made


@pytest.fixture
def ana(desk: Office) -> Candidate:
    return make.candidate(owner=desk.alice, email="ana@example.com")


def kinds(who: Candidate) -> list[str]:
    return list(Signal.objects.filter(candidate=who).order_by("pk").values_list("kind", flat=True))


def test_a_talk_is_read_again_and_never_believed(desk: Office, ana: Candidate) -> None:
    desk.people.book(desk.link_for(ana), email="someone@else.example")
    assert desk.call() == [200]
    desk.work()
    assert kinds(ana) == [Kind.BOOKED]
    forged = b'{"meetingIdChili": "nothing-of-theirs", "primaryGuestEmail": "ana@example.com"}'
    assert desk.post(forged, {}).status_code == 200
    desk.work()
    assert Booking.objects.count() == 1


def test_the_same_words_again_may_be_news(desk: Office, ana: Candidate) -> None:
    talk = desk.people.book(desk.link_for(ana))
    desk.call(twice=True)
    desk.work()
    desk.later()
    desk.people.cancel(talk)
    assert desk.call() == [200]
    desk.work()
    assert SchedulingEvent.objects.count() == 1
    assert kinds(ana) == [Kind.BOOKED, Kind.CALLED_OFF]
    assert FollowUp.objects.get(state="open").reason == FollowUp.Reason.TALK


def test_a_move_is_one_talk(desk: Office, ana: Candidate) -> None:
    talk = desk.people.book(desk.link_for(ana))
    desk.people.reschedule(talk, NOW + timedelta(days=20))
    desk.call(out_of_order=True)
    desk.work()
    desk.ask()
    assert Booking.objects.get().starts_at == NOW + timedelta(days=20)
    assert kinds(ana) == [Kind.BOOKED]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'"meetingIdChili"'])
def test_what_names_no_talk_is_refused(desk: Office, body: bytes) -> None:
    assert desk.post(body, {}).status_code == 401
    assert not SchedulingEvent.objects.exists()


def test_an_address_that_nobody_has_says_nothing(desk: Office) -> None:
    SchedulingAccount.objects.update(hook_key="another")
    key = desk.account.hook_key
    assert key == "another"
    SchedulingAccount.objects.update(hook_key="one more")
    assert desk.post(b"{}", {}).status_code in {401, 404}


def test_it_is_asked_week_by_week_to_the_end(
    desk: Office, ana: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chili_piper, "_PER_PAGE", 3)
    desk.ask()
    desk.later()
    plain = desk.link_for(ana).split("?")[0]
    for number in range(4):
        desk.people.book(plain, email=f"n{number}@y.example", starts_at=NOW + timedelta(days=30))
    talk = desk.people.book(desk.link_for(ana), starts_at=NOW + timedelta(days=30, hours=1))
    desk.ask()
    assert kinds(ana) == [Kind.BOOKED]
    assert desk.account.next_at == desk.now + 10 * MINUTE
    desk.later(timedelta(days=31))
    desk.people.no_show(talk)
    desk.ask()
    assert kinds(ana) == [Kind.BOOKED, Kind.NOT_THERE]


def test_whoever_booked_before_is_not_told_of(desk: Office, ana: Candidate) -> None:
    link = desk.link_for(ana)
    desk.now -= timedelta(days=1)
    desk.people.book(link)
    desk.now += timedelta(days=1)
    desk.ask()
    assert kinds(ana) == []


@pytest.mark.parametrize("fault", ["broken", "truncated", "redirected", "throttled"])
def test_what_fails_goes_on_where_it_stood(desk: Office, ana: Candidate, fault: Any) -> None:
    desk.later()
    desk.people.book(desk.link_for(ana), starts_at=NOW + timedelta(days=3))
    desk.there.faults.add(fault, times=3)
    desk.ask()
    account = desk.account
    assert account.problem
    assert account.failures == 1
    assert account.credentials not in account.problem
    for _ in range(4):
        desk.later(10 * MINUTE)
        desk.ask()
    assert kinds(ana) == [Kind.BOOKED]
    assert desk.account.problem == ""


def test_a_key_that_is_not_good_is_not_kept() -> None:
    with office("chili_piper") as desk:
        with pytest.raises(AuthError):
            desk.connect(api_key="wrong")
        assert not SchedulingAccount.objects.exists()


def test_a_key_that_is_taken_back_is_said(desk: Office) -> None:
    desk.there.faults.add("expire")
    desk.ask()
    assert "keys" in desk.account.problem
