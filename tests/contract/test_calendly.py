"""Who books a talk in Calendly is heard at once, once, and only from Calendly."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests import make
from tests.contract.booking import MINUTE, Office, happens, office
from tests.make import NOW
from warmbench.accounts.models import Notification, Role
from warmbench.core.unique import TakenError
from warmbench.integrations.ats.errors import AuthError
from warmbench.integrations.models import Booking, SchedulingAccount, SchedulingEvent
from warmbench.integrations.scheduling import accounts, calendly, settling
from warmbench.people import candidates, erasure
from warmbench.people.models import Candidate
from warmbench.signals import follow_ups, warmth
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal

pytestmark = pytest.mark.django_db

Kind, Reason = Signal.Kind, FollowUp.Reason


@pytest.fixture(autouse=True)
def _as_it_was(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://bench.example.com"


@pytest.fixture
def desk() -> Iterator[Office]:
    with office("calendly") as made:
        made.connect()
        yield made


@pytest.fixture
def ana(desk: Office) -> Candidate:
    return make.candidate(owner=desk.alice, email="ana@example.com")


def kinds(who: Candidate) -> list[str]:
    return list(Signal.objects.filter(candidate=who).order_by("pk").values_list("kind", flat=True))


def open_entries(who: Candidate) -> list[str]:
    found = FollowUp.objects.filter(candidate=who, state="open")
    return list(found.values_list("reason", flat=True))


def ask_to_call(who: Candidate) -> FollowUp:
    made = follow_ups.ask_for(
        who.pk,
        Reason.CALL,
        evidence=[Evidence(NOW, "Call about a role")],
        value=50,
        due_at=NOW,
        now=NOW,
    )
    assert made
    return made


class TestBooking:
    def test_it_warms_settles_the_call_and_holds_sequences_still(
        self, desk: Office, ana: Candidate
    ) -> None:
        asked = ask_to_call(ana)
        desk.people.book(desk.link_for(ana), email="ana@home.example.org")
        assert desk.call() == [200]
        desk.work()
        assert kinds(ana) == [Kind.BOOKED]
        asked.refresh_from_db()
        assert (asked.state, asked.outcome) == ("done", "booked")
        ana.refresh_from_db()
        assert candidates.is_paused(ana, now=desk.now)
        assert ana.pause_reason == "booked"
        assert warmth.of([ana.pk], now=desk.now)[ana.pk] == 40

    def test_nothing_is_asked_of_them_while_every_worker_is_down(
        self, desk: Office, ana: Candidate
    ) -> None:
        desk.people.book(desk.link_for(ana), email="ana@example.com")
        assert desk.call() == [200]
        assert SchedulingEvent.objects.get().processed_at is None
        desk.later(timedelta(hours=5))
        desk.work()
        event = SchedulingEvent.objects.get()
        assert event.processed_at
        assert not bytes(event.body)
        assert Signal.objects.get().at == NOW

    def test_the_address_says_who_it_is_if_the_link_was_passed_on(
        self, desk: Office, ana: Candidate
    ) -> None:
        bea = make.candidate(owner=desk.alice, email="bea@example.com")
        desk.people.book(desk.link_for(ana), email="Bea@example.com")
        desk.call()
        desk.work()
        assert (kinds(ana), kinds(bea)) == ([], [Kind.BOOKED])

    def test_strangers_are_not_kept(self, desk: Office, ana: Candidate) -> None:
        desk.people.book(desk.link_for(ana).split("?")[0], email="x@y.example")
        assert desk.call() == [200]
        desk.work()
        desk.ask()
        assert not Booking.objects.exists()
        assert not bytes(SchedulingEvent.objects.get().body)

    def test_a_forged_word_in_the_link_is_nobodys(self, desk: Office, ana: Candidate) -> None:
        link = desk.link_for(ana)
        desk.people.book(f"{link[:-2]}xx", email="x@y.example")
        desk.call()
        desk.work()
        assert not Booking.objects.exists()

    def test_whoever_booked_before_is_not_told_of(self, desk: Office, ana: Candidate) -> None:
        link = desk.link_for(ana)
        desk.now -= timedelta(days=1)
        desk.people.book(link, email="ana@example.com")
        desk.now += timedelta(days=1)
        desk.ask()
        assert kinds(ana) == []


class TestChanges:
    def test_a_move_is_one_talk(self, desk: Office, ana: Candidate) -> None:
        first = desk.people.book(desk.link_for(ana))
        desk.call()
        desk.work()
        desk.later()
        moved = desk.people.reschedule(first, NOW + timedelta(days=5))
        desk.later()
        desk.people.reschedule(moved, NOW + timedelta(days=6))
        desk.call(twice=True)
        desk.work()
        desk.ask()
        booking = Booking.objects.get()
        assert (booking.state, booking.starts_at) == ("booked", NOW + timedelta(days=6))
        assert kinds(ana) == [Kind.BOOKED]
        assert open_entries(ana) == []

    def test_a_move_whose_news_come_the_wrong_way_round_is_one_talk(
        self, desk: Office, ana: Candidate
    ) -> None:
        first = desk.people.book(desk.link_for(ana))
        desk.people.reschedule(first, NOW + timedelta(days=5))
        assert desk.call(out_of_order=True) == [200, 200, 200]
        desk.work()
        assert kinds(ana) == [Kind.BOOKED]
        assert Booking.objects.get().state == "booked"

    def test_called_off_is_a_talk_that_a_recruiter_makes_up_for(
        self, desk: Office, ana: Candidate
    ) -> None:
        talk = desk.people.book(desk.link_for(ana), email="ana@example.com")
        desk.call()
        desk.work()
        desk.people.cancel(talk)
        desk.call(twice=True)
        desk.work()
        desk.ask()
        assert kinds(ana) == [Kind.BOOKED, Kind.CALLED_OFF]
        assert open_entries(ana) == [Reason.TALK]
        desk.later()
        desk.people.book(desk.link_for(ana), email="ana@example.com")
        desk.call()
        desk.work()
        assert open_entries(ana) == []

    def test_the_day_is_noted_once_it_is_over_and_taken_back_from_who_did_not_come(
        self, desk: Office, ana: Candidate
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(
            last_conversation_on=NOW.date() - timedelta(days=90), last_conversation_topic="Go"
        )
        talk = desk.people.book(desk.link_for(ana), email="ana@example.com")
        desk.call()
        desk.work()
        assert settling.note_past(now=desk.now) == 0
        desk.later(timedelta(days=3))
        happens(lambda: settling.note_past(now=desk.now), now=desk.now)
        ana.refresh_from_db()
        assert ana.last_conversation_on == NOW.date() + timedelta(days=2)
        desk.people.no_show(talk)
        desk.call()
        desk.work()
        ana.refresh_from_db()
        assert ana.last_conversation_topic == "Go"
        assert open_entries(ana) == [Reason.TALK]
        desk.later()
        desk.people.no_show(talk, undo=True)
        desk.call()
        desk.work()
        assert kinds(ana) == [Kind.BOOKED]
        assert open_entries(ana) == []
        happens(lambda: settling.note_past(now=desk.now), now=desk.now)
        ana.refresh_from_db()
        assert ana.last_conversation_on == NOW.date() + timedelta(days=2)


class TestSignatures:
    def test_what_is_not_signed_by_them_is_not_looked_at(
        self, desk: Office, ana: Candidate
    ) -> None:
        desk.people.book(desk.link_for(ana), email="ana@example.com")
        desk.call()
        body, headers = desk.receiver.bodies[0], desk.receiver.headers[0]
        (name,) = [one for one in headers if "signature" in one.lower()]
        SchedulingEvent.objects.all().delete()
        for wrong in ("", "t=1,v1=", f"{headers[name][:-1]}x", headers[name].replace("v1", "v0")):
            assert desk.post(body, {name: wrong}).status_code == 401
        changed = json.dumps(json.loads(body) | {"event": "invitee.canceled"}).encode()
        assert desk.post(changed, headers).status_code == 401
        assert desk.post(body, {}).status_code == 401
        assert not SchedulingEvent.objects.exists()

    def test_an_old_call_is_not_repeated(self, desk: Office, ana: Candidate) -> None:
        desk.people.book(desk.link_for(ana), email="ana@example.com")
        desk.call()
        body, headers = desk.receiver.bodies[0], desk.receiver.headers[0]
        assert desk.post(body, headers).status_code == 200
        assert SchedulingEvent.objects.count() == 1
        desk.later(6 * MINUTE)
        assert desk.post(body, headers).status_code == 401

    def test_the_key_before_counts_for_an_hour(self, desk: Office, ana: Candidate) -> None:
        desk.people.book(desk.link_for(ana), email="ana@example.com")
        desk.call()
        body, headers = desk.receiver.bodies[0], desk.receiver.headers[0]
        accounts.call_us(desk.account.pk, by_id=None, clock=desk.tick)
        assert len(desk.there.vendor.hooks) == 1
        assert desk.post(body, headers).status_code == 200
        accounts.call_us(desk.account.pk, by_id=None, clock=desk.tick)
        assert desk.post(body, headers).status_code == 401

    def test_an_id_elsewhere_is_not_followed(self, desk: Office) -> None:
        SchedulingEvent.objects.create(
            account=desk.account,
            event_id="1",
            kind="invitee.created",
            talk_id="http://169.254.169.254/scheduled_events/1/invitees/1",
            body=b"{}",
            received_at=desk.now,
            next_at=desk.now,
        )
        before = desk.there.calls.total()
        desk.work()
        assert desk.there.calls.total() == before
        assert "another machine" in SchedulingEvent.objects.get().problem


class TestTrouble:
    def test_without_a_paid_plan_it_is_asked(self) -> None:
        with office("calendly") as desk:
            desk.people.is_paid = False
            account = desk.connect()
            assert not account.subscription
            assert "every ten minutes" in account.silence
            ana = make.candidate(owner=desk.alice, email="ana@example.com")
            desk.later()
            talk = desk.people.book(desk.link_for(ana))
            desk.ask()
            assert kinds(ana) == [Kind.BOOKED]
            assert desk.account.next_at == desk.now + 10 * MINUTE
            desk.later(timedelta(days=2, hours=1))
            desk.people.no_show(talk)
            desk.ask()
            assert kinds(ana) == [Kind.BOOKED, Kind.NOT_THERE]

    def test_lists_are_read_to_their_end(
        self, desk: Office, ana: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calendly, "_PER_PAGE", 3)
        desk.later()
        for number in range(5):
            desk.people.book(desk.link_for(ana).split("?")[0], email=f"n{number}@y.example")
        desk.people.book(
            desk.link_for(ana), starts_at=NOW + timedelta(days=30), email="ana@example.com"
        )
        desk.ask()
        assert kinds(ana) == [Kind.BOOKED]
        desk.later(timedelta(hours=1))
        desk.ask()
        before = desk.there.calls.total()
        desk.later(timedelta(hours=1))
        desk.ask()
        # Whose token it is, and two pages.
        assert desk.there.calls.total() - before == 3

    @pytest.mark.parametrize("fault", ["broken", "unavailable", "truncated", "redirected"])
    def test_what_fails_is_read_later(self, desk: Office, ana: Candidate, fault: Any) -> None:
        desk.people.book(desk.link_for(ana))
        desk.call()
        desk.there.faults.add(fault, times=2, path="/scheduled_events")
        desk.work()
        assert kinds(ana) == []
        assert SchedulingEvent.objects.get().problem
        for _ in range(2):
            desk.later(10 * MINUTE)
            desk.work()
        assert kinds(ana) == [Kind.BOOKED]

    @pytest.mark.parametrize("fault", ["throttled", "throttled_bare"])
    def test_it_waits_as_long_as_it_is_asked_to(
        self, desk: Office, ana: Candidate, fault: Any
    ) -> None:
        desk.people.book(desk.link_for(ana))
        desk.call()
        desk.there.faults.add(fault, times=4, path="/scheduled_events")
        desk.work()
        if fault == "throttled":
            assert SchedulingEvent.objects.get().next_at == desk.now + MINUTE
        for _ in range(6):
            desk.later(10 * MINUTE)
            desk.work()
        assert kinds(ana) == [Kind.BOOKED]

    def test_slow_answers_are_answers(self, desk: Office, ana: Candidate) -> None:
        desk.people.book(desk.link_for(ana))
        desk.call()
        desk.there.faults.add("slow", path="/invitees", wait=0.0001)
        desk.work()
        assert kinds(ana) == [Kind.BOOKED]

    def test_a_token_that_is_taken_back_is_told_to_administrators(self, desk: Office) -> None:
        admin = make.user("Ada Roe", role=Role.ADMIN)
        desk.there.faults.add("expire")
        desk.ask()
        account = desk.account
        assert "keys" in account.problem
        assert account.next_at == desk.now + timedelta(hours=1)
        told = Notification.objects.get(user=admin)
        assert told.kind == "trouble"
        assert desk.there.credentials["token"] not in f"{told.title}{told.body}{account.problem}"

    def test_wrong_keys_are_not_kept(self) -> None:
        with office("calendly") as desk:
            with pytest.raises(AuthError):
                desk.connect(token="wrong")
            assert not SchedulingAccount.objects.exists()

    def test_a_recruiter_has_one_account(self, desk: Office) -> None:
        with pytest.raises(TakenError):
            desk.connect()


def test_disconnecting_ends_the_calls_and_the_link_stays(desk: Office, ana: Candidate) -> None:
    accounts.end(desk.account.pk, by_id=None, clock=desk.tick)
    assert not desk.there.vendor.hooks
    assert not SchedulingAccount.objects.exists()
    assert "utm_content" not in desk.link_for(ana)


def test_what_waits_about_somebody_goes_with_them(desk: Office, ana: Candidate) -> None:
    desk.people.book(desk.link_for(ana), email="ana@example.com")
    desk.call()
    erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=desk.now)
    assert not SchedulingEvent.objects.exists()
    desk.work()
    assert not Booking.objects.exists()
