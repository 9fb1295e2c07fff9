"""What people ask about their data, on a candidate's page."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.people import rights
from warmbench.people.models import Candidate, RightsRequest, Suppression, SuppressionHash
from warmbench.signals import duties, follow_ups
from warmbench.signals.models import FollowUp, Signal, Warmth
from warmbench.workflows import coming_back

NOW = make.NOW
HTMX = {"HX-Request": "true"}
Kind = RightsRequest.Kind

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
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice, email="ana@example.com")


def page(client: Client, one: Candidate) -> str:
    return client.get(f"/candidates/{one.pk}/").text


def asked(one: Candidate, kind: Kind = Kind.ACCESS, **fields: object) -> RightsRequest:
    made = rights.ask(one.pk, kind, channel="by mail", now=NOW, **fields)  # type: ignore[arg-type]
    assert made is not None
    return made


class TestARequest:
    def test_is_recorded_with_its_deadline_and_waits_in_today(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        answer = client.post(
            f"/candidates/{ana.pk}/requests/",
            {"kind": "access", "received_on": "2026-02-27", "channel": "A letter", "words": "All?"},
            follow=True,
        )
        assert "Recorded." in answer.text
        made = RightsRequest.objects.get()
        assert (made.kind, made.words, made.channel) == ("access", "All?", "A letter")
        # From the beginning of that day in Berlin, where Alice is.
        assert made.received_at == datetime(2026, 2, 26, 23, tzinfo=UTC)
        assert made.deadline == datetime(2026, 3, 26, 23, tzinfo=UTC)
        told = page(client, ana)
        assert "answer by 27 March 2026" in told
        coming_back.put_what_people_ask_about_their_data_before_a_recruiter(
            rights.RightsRequested(request_id=made.pk)
        )
        entry = FollowUp.objects.get()
        assert (entry.reason, entry.owner, entry.due_at) == ("rights", alice, made.deadline)
        assert "A copy of their data. Answer by 26 March 2026" in client.get("/").text

    def test_a_day_to_come_is_refused(self, client: Client, ana: Candidate) -> None:
        fields = {"kind": "access", "received_on": "2026-03-04", "channel": "By mail"}
        answer = client.post(f"/candidates/{ana.pk}/requests/", fields)
        assert answer.status_code == 422
        assert "still to come" in answer.text

    def test_the_same_wish_twice_is_one(self, ana: Candidate) -> None:
        first = asked(ana, words="All of it")
        again = asked(ana, words="And quickly")
        assert first.pk == again.pk
        assert again.words == "All of it\n\nAnd quickly"
        assert asked(ana, Kind.ERASURE).pk != first.pk

    def test_who_had_asked_earlier_is_answered_earlier(self, ana: Candidate, alice: User) -> None:
        first = asked(ana, words="On the page")
        duties.ask_about_rights(first.pk, now=NOW)
        with events.held_back() as held:
            again = asked(ana, words="By letter", received_at=NOW - timedelta(days=10))
        assert again.received_at == NOW - timedelta(days=10)
        assert again.deadline == datetime(2026, 3, 21, 9, tzinfo=UTC)
        assert held == [rights.RightsRequested(request_id=first.pk)]
        duties.ask_about_rights(first.pk, now=NOW)
        assert FollowUp.objects.get().due_at == again.deadline
        # The same wish later moves nothing.
        assert asked(ana, received_at=NOW - timedelta(days=5)).deadline == again.deadline

    def test_who_wants_to_be_erased_is_not_written_to_meanwhile(
        self, client: Client, ana: Candidate
    ) -> None:
        fields = {"kind": "erasure", "received_on": "2026-03-03", "channel": "A letter"}
        client.post(f"/candidates/{ana.pk}/requests/", fields)
        assert RightsRequest.objects.get().state == "open"
        stop = Suppression.objects.get(candidate=ana)
        assert (stop.reason, stop.evidence) == ("do_not_contact", "A letter")

    def test_an_objection_is_obeyed_and_not_put_on_a_list(
        self, client: Client, ana: Candidate
    ) -> None:
        fields = {"kind": "objection", "received_on": "2026-03-03", "channel": "A letter"}
        answer = client.post(f"/candidates/{ana.pk}/requests/", fields)
        assert answer.status_code == 422
        assert not RightsRequest.objects.exists()

    def test_a_month_ends_on_the_same_day_or_the_last(self, ana: Candidate) -> None:
        then = datetime(2026, 1, 31, 9, tzinfo=UTC)
        assert asked(ana, received_at=then).deadline == datetime(2026, 2, 28, 9, tzinfo=UTC)

    def test_is_answered_with_a_sentence(self, client: Client, ana: Candidate, alice: User) -> None:
        made = asked(ana)
        duties.ask_about_rights(made.pk, now=NOW)
        shown = client.get(f"/candidates/{ana.pk}/requests/{made.pk}/", headers=HTMX)
        assert "Due by 3 April 2026" in shown.text
        fields = {"outcome": "done", "how": "Sent by mail"}
        client.post(f"/candidates/{ana.pk}/requests/{made.pk}/", fields)
        made.refresh_from_db()
        assert (made.state, made.answer, made.done_by) == ("done", "Sent by mail", alice)
        coming_back.put_down_what_is_answered(rights.RightsAnswered(request_id=made.pk))
        assert FollowUp.objects.get().state == "done"
        assert "Sent by mail" in page(client, ana)
        again = client.post(f"/candidates/{ana.pk}/requests/{made.pk}/", fields, follow=True)
        assert "answered already" in again.text

    def test_is_refused_with_a_reason(self, client: Client, ana: Candidate) -> None:
        made = asked(ana)
        fields = {"outcome": "refused", "how": "We cannot tell that it is them"}
        client.post(f"/candidates/{ana.pk}/requests/{made.pk}/", fields)
        made.refresh_from_db()
        assert made.state == "refused"

    def test_the_entry_stays_while_another_waits(self, ana: Candidate) -> None:
        first, second = asked(ana), asked(ana, Kind.CORRECTION)
        for one in (first, second):
            duties.ask_about_rights(one.pk, now=NOW)
        rights.answer(first.pk, how="Done", by_id=None, now=NOW)
        assert duties.put_down_rights(first.pk, now=NOW) == 0
        rights.answer(second.pk, how="Done", by_id=None, now=NOW)
        assert duties.put_down_rights(second.pk, now=NOW) == 1
        assert duties.ask_about_rights(second.pk, now=NOW) is None

    def test_who_puts_it_aside_is_asked_once_more_before_it_is_late(
        self, ana: Candidate, alice: User
    ) -> None:
        made = asked(ana)
        duties.ask_about_rights(made.pk, now=NOW)

        def put_aside(now: datetime) -> None:
            entry = FollowUp.objects.get(state="open")
            outcome = FollowUp.Outcome.OTHER
            follow_ups.done(entry.pk, outcome=outcome, by_id=alice.pk, now=now)

        put_aside(NOW)
        assert duties.remind(now=NOW) == 0
        for moment in (made.deadline - timedelta(days=7), made.deadline):
            for hours in (0, 24):
                duties.remind(now=moment + timedelta(hours=hours))
            put_aside(moment)
        duties.remind(now=made.deadline + timedelta(days=30))
        assert not FollowUp.objects.filter(state="open").exists()

    def test_what_is_late_is_told(self, client: Client, ana: Candidate) -> None:
        asked(ana, received_at=NOW - timedelta(days=40))
        assert '<b class="t-stop">A copy of their data' in page(client, ana)

    def test_nobody_we_do_not_know_asks(self, db: None) -> None:
        assert rights.ask(10**9, Kind.ACCESS, channel="x", now=NOW) is None


class TestTheCopy:
    def test_is_downloaded_and_that_is_on_record(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        answer = client.post(f"/candidates/{ana.pk}/data/")
        assert answer.headers["Content-Type"] == "application/zip"
        assert f'filename="candidate-{ana.pk}.zip"' in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert "ana@example.com" in archive.read("contact_point.csv").decode()
        entry = AuditEntry.objects.get(action="candidate.exported")
        assert (entry.actor_id, entry.subject) == (alice.pk, f"candidate:{ana.pk}")

    def test_is_for_nobody_who_may_not_change_them(self, ana: Candidate, browse: Browse) -> None:
        for other in (make.user("Bob", Role.RECRUITER), make.user("Vi", Role.VIEWER)):
            assert browse(other).post(f"/candidates/{ana.pk}/data/").status_code == 403


class TestAnObjection:
    def test_stops_messages_and_scores_at_once(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        make.signal(ana)
        make.follow_up(ana, reason=FollowUp.Reason.HIGH_INTEREST)
        make.follow_up(ana, reason=FollowUp.Reason.REPLIED)
        address = f"/candidates/{ana.pk}/objection/"
        answer = client.post(address, {"evidence": "On the phone"}, follow=True)
        assert "Stopped. No message, no score." in answer.text
        assert Suppression.objects.get().reason == "objected"
        assert not Warmth.objects.exists()
        assert FollowUp.objects.get(state="open").reason == "replied"
        assert rights.objectors([ana.pk, 10**9]) == {ana.pk}
        asked_for = RightsRequest.objects.get()
        assert (asked_for.kind, asked_for.state, asked_for.words) == (
            "objection",
            "done",
            "On the phone",
        )
        assert (asked_for.done_by, asked_for.channel) == (alice, "told to Alice Meyer")
        assert "They had objected" in client.post(address, {"evidence": "Again"}, follow=True).text
        assert RightsRequest.objects.count() == 1

    def test_nothing_warms_them_up_again(self, ana: Candidate, client: Client) -> None:
        client.post(f"/candidates/{ana.pk}/objection/", {"evidence": "On the phone"})
        with pytest.raises(IndexError):
            make.signal(ana)
        make.signal(ana, kind=Signal.Kind.REPLIED)
        assert not Warmth.objects.exists()
        assert ana.signals.count() == 1


class TestErasing:
    def test_takes_the_name_and_nothing_else(self, client: Client, ana: Candidate) -> None:
        address = f"/candidates/{ana.pk}/erase/"
        assert f"Erase {ana.name}" in client.get(address).text
        for wrong in ("", "Ana", "yes"):
            answer = client.post(address, {"name": wrong})
            assert answer.status_code == 422
        assert Candidate.objects.filter(pk=ana.pk).exists()
        answer = client.post(address, {"name": f" {ana.name.lower()}  "}, follow=True)
        assert answer.redirect_chain == [("/candidates/", 302)]
        assert "Erased." in answer.text
        assert not Candidate.objects.filter(pk=ana.pk).exists()
        assert SuppressionHash.objects.count() == 1
        assert client.get(f"/candidates/{ana.pk}/").status_code == 404

    def test_answers_what_they_asked_by_whoever_did_it(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        made = asked(ana, Kind.ERASURE)
        client.post(f"/candidates/{ana.pk}/erase/", {"name": ana.name})
        made.refresh_from_db()
        assert (made.state, made.done_by, made.candidate) == ("done", alice, None)

    def test_names_who_has_the_same_address(self, client: Client, ana: Candidate) -> None:
        other = make.candidate(email="ana@example.com")
        told = client.get(f"/candidates/{ana.pk}/erase/").text
        assert "1 other record has one of their addresses." in told
        assert f'href="/candidates/{other.pk}/"' in told

    def test_is_for_nobody_who_may_not_change_them(self, ana: Candidate, browse: Browse) -> None:
        bob = make.user("Bob", Role.RECRUITER)
        address = f"/candidates/{ana.pk}/erase/"
        assert browse(bob).post(address, {"name": ana.name}).status_code == 403
        assert "Erase …" not in browse(bob).get(f"/candidates/{ana.pk}/").text


def test_the_page_says_when_they_asked_for_nothing(client: Client, ana: Candidate) -> None:
    assert "They have not asked about it." in page(client, ana)


def test_days_are_days_where_the_recruiter_is(client: Client, ana: Candidate) -> None:
    shown = client.get(f"/candidates/{ana.pk}/requests/", headers=HTMX).text
    assert f'value="{date(2026, 3, 3).isoformat()}"' in shown
