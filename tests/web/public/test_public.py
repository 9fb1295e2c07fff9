"""What candidates see of us: links that lead on, a way out that always works, preferences."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.make import NOW
from tests.web.public.pages import (
    LATER,
    assert_leaves_no_trace,
    may_be_written_to,
    page_of,
    rows,
)
from warmbench.accounts.models import User
from warmbench.core import tokens
from warmbench.core.models import AuditEntry
from warmbench.core.tokens import Purpose
from warmbench.messaging.letters import LINKS_LAST
from warmbench.messaging.models import Message, Sender
from warmbench.people.models import Candidate, Suppression
from warmbench.signals.models import Hit, Signal
from warmbench.web import public

ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = (
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
)
FORM = "application/x-www-form-urlencoded"


def click_path(message: Message, link: int = 0) -> str:
    return f"/c/{tokens.sign(Purpose.CLICK, message.pk, link)}"


def way_out(message: Message) -> str:
    return page_of(message, Purpose.UNSUBSCRIBE)


def preferences_path(message: Message) -> str:
    return page_of(message, Purpose.PREFERENCE)


class TestALink:
    @pytest.mark.parametrize("method", ["get", "head", "options"])
    def test_leads_on_whoever_asks(self, mail: Message, reader: Client, method: str) -> None:
        response = getattr(reader, method)(click_path(mail, 2))

        assert response.status_code == 302
        assert response.headers["Location"] == "https://example.com/2"
        assert_leaves_no_trace(response)
        hit = Hit.objects.get()
        assert (hit.method, hit.link, hit.at) == (method.upper(), 2, LATER)
        assert (hit.network, hit.has_language) == ("127.0.0.0/24", True)

    def test_asks_no_question_but_its_own_and_queues_nothing(
        self,
        mail: Message,
        reader: Client,
        jobs: Callable[[], list[str]],
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        reader.get(click_path(mail))  # Learns the template.

        # Its own goes past the counter; a session or a user would not.
        with django_assert_num_queries(0):
            reader.get(click_path(mail))

        assert Hit.objects.count() == 2
        assert not jobs()

    def test_notices_a_visitor_without_a_language(self, mail: Message) -> None:
        Client().get(click_path(mail))

        assert not Hit.objects.get().has_language

    def test_behind_a_proxy_believes_the_proxy_only(
        self, mail: Message, reader: Client, settings: object
    ) -> None:
        settings.BEHIND_PROXY = True  # type: ignore[attr-defined]

        reader.get(click_path(mail), headers={"X-Forwarded-For": "203.0.113.5, 198.51.100.7"})

        assert Hit.objects.get().network == "198.51.100.0/24"

    def test_never_leads_where_the_address_says(self, mail: Message, reader: Client) -> None:
        response = reader.get(click_path(mail) + "?url=https://evil.example/&next=//evil.example")

        assert response.headers["Location"] == "https://example.com/0"

    @pytest.mark.parametrize("method", ["get", "head"])
    def test_that_is_not_ours_leads_nowhere(
        self,
        mail: Message,
        reader: Client,
        method: str,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        good = click_path(mail)
        wrong = [f"{good[:-1]}{'B' if good[-1] == 'A' else 'A'}", "/c/x", f"{good}AAAA"]
        wrong += [way_out(mail).replace("/u/", "/c/")]
        with django_assert_num_queries(0):
            answers = [getattr(reader, method)(path) for path in wrong]

        assert {answer.status_code for answer in answers} == {404}
        assert all("Location" not in answer.headers for answer in answers)
        for answer in answers:
            assert_leaves_no_trace(answer)
        assert not Hit.objects.exists()

    def test_cannot_be_posted_to(self, mail: Message, reader: Client) -> None:
        assert reader.post(click_path(mail)).status_code == 405
        assert not Hit.objects.exists()


class TestTheWayOut:
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_shows_what_it_does_and_changes_nothing(
        self, mail: Message, reader: Client, method: str
    ) -> None:
        before = rows()

        response = getattr(reader, method)(way_out(mail))

        assert response.status_code == 200
        assert_leaves_no_trace(response)
        assert rows() == before
        assert may_be_written_to(mail.candidate)

    def test_says_in_words_what_will_happen_and_why_we_wrote(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(source="Spring fair list")

        page = reader.get(way_out(mail)).content.decode()

        assert "Stop messages from Northwind Talent?" in page
        assert "on any channel" in page
        assert page.count("<button") == 1
        for reason in ("Alice Meyer", "Spring fair list", "March 2026", "1 Quay Street"):
            assert reason in page
        assert "ana@example.com" not in page

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            (FORM, ONE_CLICK),
            ("multipart/form-data; boundary=b", MULTIPART),
            ("multipart/form-data; boundary=b", "--c\r\nnot a form"),
            ("multipart/form-data", ONE_CLICK),
            (FORM, ""),
            ("application/json", "{"),
            (FORM, "&".join(f"a{n}=1" for n in range(2000))),
        ],
    )
    def test_opens_with_one_post_in_whatever_form(
        self, ana: Candidate, mail: Message, reader: Client, content_type: str, body: str
    ) -> None:
        response = reader.post(way_out(mail), data=body, content_type=content_type)

        assert response.status_code == 200
        assert len(response.content) < 200
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert_leaves_no_trace(response)
        assert not may_be_written_to(ana)

    def test_holds_in_the_moment_of_the_answer_with_every_worker_down(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        reader.post(way_out(mail), data=ONE_CLICK, content_type=FORM)

        stop = Suppression.objects.get()
        assert (stop.candidate_id, stop.address) == (ana.pk, "ana@example.com")
        assert (stop.channel, stop.reason, stop.at) == ("", "unsubscribed", LATER)
        assert not may_be_written_to(ana)
        assert Signal.objects.get().kind == Signal.Kind.UNSUBSCRIBED

    def test_covers_whoever_reads_at_the_same_address(self, mail: Message, reader: Client) -> None:
        same_reader = make.candidate(email="ana@example.com")
        other = make.candidate()

        reader.post(way_out(mail))

        assert not may_be_written_to(same_reader)
        assert may_be_written_to(other)

    def test_covers_the_persons_address_when_the_message_has_none(
        self, ana: Candidate, box: Sender, reader: Client
    ) -> None:
        reader.post(way_out(make.sent(ana, box)))

        assert Suppression.objects.get().address == "ana@example.com"

    def test_covers_a_person_without_any_address(
        self, alice: User, box: Sender, reader: Client
    ) -> None:
        ben = make.candidate(email=None)

        reader.post(way_out(make.sent(ben, box)))

        assert Suppression.objects.get().address == ""

    def test_a_hundred_times_is_one_change(
        self, mail: Message, reader: Client, jobs: Callable[[], list[str]]
    ) -> None:
        reader.post(way_out(mail), data=ONE_CLICK, content_type=FORM)
        queued = jobs()
        answers = [reader.post(way_out(mail), data=ONE_CLICK, content_type=FORM) for _ in range(99)]

        assert {(a.status_code, a.content) for a in answers} == {
            (200, b"You will not hear from us again.\n")
        }
        assert Suppression.objects.count() == 1
        assert AuditEntry.objects.filter(action="candidate.suppressed").count() == 1
        assert Signal.objects.get().times == 100
        assert jobs() == queued

    @pytest.mark.usefixtures("work")
    def test_at_the_same_moment_is_one_change(self, transactional_db: None) -> None:
        make.organisation()
        mail = make.sent(make.candidate(), make.sender())

        def post(_: int) -> int:
            try:
                return Client().post(way_out(mail)).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            answers = set(pool.map(post, range(40)))

        assert answers == {200}
        assert Suppression.objects.count() == 1
        assert AuditEntry.objects.filter(action="candidate.suppressed").count() == 1
        assert Signal.objects.get().times == 40

    def test_works_for_ever(self, ana: Candidate, mail: Message, reader: Client) -> None:
        with time_machine.travel(NOW + timedelta(days=20 * 365)):
            assert reader.get(way_out(mail)).status_code == 200
            assert reader.post(way_out(mail)).status_code == 200

        assert not may_be_written_to(ana)

    def test_is_there_for_somebody_we_no_longer_know(self, db: None, reader: Client) -> None:
        path = f"/u/{tokens.sign(Purpose.UNSUBSCRIBE, 4711, 12)}"

        assert reader.get(path).status_code == 200
        assert reader.post(path).status_code == 200
        assert not Suppression.objects.exists()

    @pytest.mark.parametrize("method", ["get", "head", "post"])
    def test_that_is_not_ours_is_no_way_at_all(
        self,
        ana: Candidate,
        mail: Message,
        reader: Client,
        method: str,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        good = way_out(mail)
        wrong = [f"{good}A", good[:-4], "/u/AAAA", click_path(mail).replace("/c/", "/u/")]
        wrong += [preferences_path(mail).replace("/p/", "/u/")]
        # Signed by us, but with other ids than our links have.
        wrong += [f"/u/{tokens.sign(Purpose.UNSUBSCRIBE, *ids)}" for ids in [(ana.pk,), (1, 2, 3)]]
        # No question is asked for any of them, so none takes longer than another.
        with django_assert_num_queries(0):
            answers = [getattr(reader, method)(path) for path in wrong]

        assert {answer.status_code for answer in answers} == {404}
        for answer in answers:
            assert_leaves_no_trace(answer)
        assert may_be_written_to(ana)

    def test_in_a_mails_header_is_none_to_somebody_elses_page(
        self, alice: User, reader: Client
    ) -> None:
        """Written anew as a link, it would name whoever has the number of that message."""
        ben = make.candidate()
        tag = tokens.sign_address(Purpose.UNSUBSCRIBE, ben.pk).upper()
        raw = base64.b32decode(tag + "=" * (-len(tag) % 8))
        link = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        assert reader.post(f"/u/{link}").status_code == 404
        assert not Suppression.objects.exists()

    def test_by_its_own_button_ends_on_a_calm_page(self, mail: Message, reader: Client) -> None:
        response = reader.post(way_out(mail) + "?page")

        assert response.status_code == 200
        assert "You will not hear from us again" in response.content.decode()
        assert b"<button" not in response.content
        assert reader.get(way_out(mail)).content == response.content

    def test_offers_a_pause_while_the_mail_is_young(self, mail: Message, reader: Client) -> None:
        assert b'href="/p/' in reader.get(way_out(mail)).content
        with time_machine.travel(NOW + LINKS_LAST):
            assert b'href="/p/' not in reader.get(way_out(mail)).content

    def test_offers_a_pause_that_can_be_taken(self, mail: Message, reader: Client) -> None:
        page = reader.get(way_out(mail)).content.decode()
        path = page.split('href="/p/')[1].split('"')[0]

        assert reader.get(f"/p/{path}").status_code == 200

    def test_from_a_preview_leads_to_no_preferences(self, ana: Candidate, reader: Client) -> None:
        path = f"/u/{tokens.sign(Purpose.UNSUBSCRIBE, ana.pk, 0)}"

        assert b'href="/p/' not in reader.get(path).content
        assert reader.post(path).status_code == 200
        assert Signal.objects.get().message_id is None


def test_no_page_loads_from_elsewhere_or_names_the_candidate(
    ana: Candidate, mail: Message, reader: Client
) -> None:
    for path in (way_out(mail), preferences_path(mail)):
        page = reader.get(path).content.decode()
        assert "//" not in page.replace("<!doctype html>", "").replace("http://www.w3.org", "")
        assert ana.last_name not in page
        assert "csrf" not in page


def test_an_organisation_may_be_missing(db: None, reader: Client) -> None:
    mail = make.sent(make.candidate(), make.sender())

    assert b"Stop messages from us?" in reader.get(way_out(mail)).content
    assert datetime.now(UTC) == LATER


def test_a_fault_of_another_page_is_told_by_itself() -> None:
    def faulty(request: HttpRequest) -> HttpResponseBase:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        public.before_sessions(faulty)(RequestFactory().get("/candidates/"))

    assert caught.value.__context__ is None
