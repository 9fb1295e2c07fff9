"""Links in mails are answered before Django makes a request of them, and as it would have."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from warmbench.core import sql, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import unseen
from warmbench.messaging.models import Message, Sender
from warmbench.people.models import Candidate
from warmbench.signals import hits
from warmbench.signals.models import Hit
from warmbench.web import door

Answer = tuple[str, dict[str, str]]


def environ(path: str, method: str = "GET", **more: str) -> dict[str, Any]:
    asked = {
        "PATH_INFO": path,
        "REQUEST_METHOD": method,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "192.0.2.7",
        "HTTP_USER_AGENT": "Firefox",
        "HTTP_ACCEPT_LANGUAGE": "en",
        "wsgi.url_scheme": "http",
    }
    return asked | more


def at(pages: door.Pages) -> Callable[..., Answer]:
    """How a server asks."""

    def ask(path: str, method: str = "GET", **more: str) -> Answer:
        answered: list[Answer] = []
        body = pages(
            environ(path, method, **more),
            lambda status, headers: answered.append((status, dict(headers))),
        )
        assert method == "GET" or not b"".join(body)
        return answered[0]

    return ask


def nobody(_environ: door.Environ, start_response: Callable[..., Any]) -> list[bytes]:
    start_response("404 Not Found", [])
    return []


ask = at(door.clicks_first(nobody))


def path_to(message: Message, link: int = 0) -> str:
    return f"/c/{tokens.sign(Purpose.CLICK, message.pk, link)}"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_the_door_answers_as_the_page_does(mail: Message, method: str) -> None:
    client = Client(headers={"User-Agent": "Firefox", "Accept-Language": "en"})
    page = client.generic(method, path_to(mail, 1), REMOTE_ADDR="192.0.2.7")

    status, headers = ask(path_to(mail, 1), method)

    assert status == "302 Found"
    assert headers == {**page.headers, "Content-Length": "0"}
    first, second = Hit.objects.values(
        "method", "link", "agent", "network", "system", "has_language", "flags", "at"
    )
    assert first == second


def test_what_it_does_not_know_goes_on_to_the_pages(mail: Message) -> None:
    passed = [
        ask("/"),
        ask("/c/"),
        ask("/c/wrong"),
        ask(path_to(mail), "POST"),
        ask(path_to(mail) + "x"),
        ask(path_to(mail, 9)),
        ask(path_to(mail, unseen.HIDDEN_LINK)),
    ]
    assert {status for status, _ in passed} == {"404 Not Found"}
    assert not Hit.objects.exists()


def test_behind_a_proxy_a_click_has_to_come_by_https(mail: Message, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60

    assert ask(path_to(mail))[0] == "404 Not Found"
    status, headers = ask(path_to(mail), HTTP_X_FORWARDED_PROTO="https")

    assert status == "302 Found"
    page = Client().get(path_to(mail), HTTP_X_FORWARDED_PROTO="https")
    assert headers["Strict-Transport-Security"] == page.headers["Strict-Transport-Security"]


def test_what_a_browser_loads_ahead_is_marked(mail: Message) -> None:
    ask(path_to(mail), HTTP_SEC_PURPOSE="prefetch")

    assert Hit.objects.get().flags == ["prefetch"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(), query=st.text())
def test_no_address_that_we_did_not_sign_leads_anywhere(db: None, path: str, query: str) -> None:
    for wrong in (path, tokens.sign(Purpose.UNSUBSCRIBE, 1, 0) + path):
        status, headers = ask(f"/c/{wrong}", QUERY_STRING=f"url=https://evil.example/{query}")
        assert (status, headers) == ("404 Not Found", {})


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    link=st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        st.from_regex(r"(https?|javascript|data)://?[a-z@:.]{0,9}[\r\n\t /\\@]{0,3}.{0,9}"),
    ).filter(lambda text: "\0" not in text)
)
def test_a_link_of_a_persons_own_leads_to_the_web_or_nowhere(mail: Message, link: str) -> None:
    template = make.template("Talk?", "[Book a time]({{ booking_link }})")
    Message.objects.filter(pk=mail.pk).update(template=template, context={"booking_link": link})

    status, headers = ask(path_to(mail))

    if status == "302 Found":
        parts = urlsplit(headers["Location"])
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert "@" not in parts.netloc
        assert headers["Location"].isascii()
        assert not set("\r\n\0 ") & set(headers["Location"])


class TestManyAtOnce:
    @pytest.fixture
    def mail(self, transactional_db: None) -> Message:
        make.organisation()
        alice = make.user()
        ana: Candidate = make.candidate(owner=alice, email="ana@example.com")
        box: Sender = make.sender(alice)
        return make.sent(ana, box, address="ana@example.com")

    def test_each_is_stored_once_before_it_is_answered(self, mail: Message) -> None:
        def click(number: int) -> bool:
            answer, _ = ask(path_to(mail), HTTP_USER_AGENT=f"Browser {number}")
            # By another connection than the one that wrote it.
            seen = Hit.objects.filter(agent=_agent(number)).count()
            connections.close_all()
            return answer == "302 Found" and seen == 1

        with ThreadPoolExecutor(8) as readers:
            assert all(readers.map(click, range(80)))
        assert Hit.objects.count() == 80

    def test_what_was_answered_outlives_the_database_ending_connections(
        self, mail: Message
    ) -> None:
        ended = Event()

        def click(number: int) -> int | None:
            try:
                answer, _ = ask(path_to(mail), HTTP_USER_AGENT=f"Browser {number}")
            except Exception:  # noqa: BLE001 - no answer: nothing was promised
                return None
            assert answer == "302 Found"
            return number

        def click_all(first: int) -> list[int | None]:
            answers = [click(number) for number in range(first, 200, 8)]
            connections.close_all()
            return answers

        def end_connections() -> None:
            while not ended.wait(0.02):
                sql.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND query LIKE '%%hit%%'"
                )
            connections.close_all()

        with ThreadPoolExecutor(9) as threads:
            ending = threads.submit(end_connections)
            answered = [n for part in threads.map(click_all, range(8)) for n in part]
            ended.set()
            ending.result()
        kept = set(Hit.objects.values_list("agent", flat=True))
        assert {_agent(number) for number in answered if number is not None} <= kept
        assert sum(number is not None for number in answered) > 100

    def test_no_message_keeps_many_more_than_a_reader_would_make(
        self, mail: Message, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hits, "MOST_HITS", 10)

        def click(_: int) -> str:
            answer, _headers = ask(path_to(mail))
            connections.close_all()
            return answer

        with ThreadPoolExecutor(8) as readers:
            assert set(readers.map(click, range(60))) == {"302 Found"}
        # Those who ask in the same moment do not see each other's rows.
        assert 10 <= Hit.objects.count() < 10 + 8


def test_the_server_is_given_the_door(db: None) -> None:
    from warmbench import wsgi

    assert wsgi.application.__qualname__.startswith("clicks_first")
    assert isinstance(wsgi._pages, WSGIHandler)


def _agent(number: int) -> str:
    return hashlib.sha256(f"Browser {number}".encode()).hexdigest()[:16]
