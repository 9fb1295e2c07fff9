"""Logs name nobody."""

import json
import logging
import sys
from datetime import UTC, datetime

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from warmbench.core import logs, tokens
from warmbench.core.tokens import Purpose

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def line(message: str, *args: object, **extra: object) -> str:
    record = logging.getLogger("test").makeRecord(
        "test", logging.INFO, "file.py", 1, message, args, None, extra=extra
    )
    return logs.JsonLines().format(record)


@pytest.mark.parametrize(
    "planted",
    [
        "ana.bell@example.com",
        "ANA+tag@mail.example.org",
        "ana%40example.com",
        "zoë@bücher.example",
        "+49 170 1234567",
        "+1 (555) 010-9999",
        "0170 1234567",
        "(020) 7946 0958",
        "555-010-9999",
        "15550109999",
        tokens.sign(Purpose.CLICK, 123456, 7),
        tokens.sign(Purpose.UNSUBSCRIBE, 1),
        tokens.sign_address(Purpose.REPLY, 99),
        "sessionid-k3j5h2k3j5h2k3j5h2k3j5h2",
    ],
)
def test_what_looks_like_a_person_or_a_key_is_masked(planted: str) -> None:
    written = line(f"before {planted} after", field=f"({planted})", nested={"a": [planted]})
    assert planted not in written
    assert "before" in written
    assert "after" in written


@pytest.mark.parametrize(
    "kept",
    [
        "2026-03-02T09:00:00+00:00",
        "2026-03-02 09:00:00,123",
        "candidate 1234567",
        "12.5 ms, 0.000123456",
        "127.0.0.1:8000",
        "warmbench.nurture.planner_with_a_long_name",
        "UserAttributeSimilarityValidator",
        "candidate_contact_point_value_0f3c9d2b_uniq",
    ],
)
def test_what_a_reader_of_logs_needs_is_kept(kept: str) -> None:
    assert logs.redacted(kept) == kept


def test_signed_tokens_are_masked_whatever_their_letters() -> None:
    for number in range(2000):
        token = tokens.sign(Purpose.CLICK, number)
        assert token not in logs.redacted(f"GET /c/{token} 200"), token


def test_a_query_string_is_not_written() -> None:
    assert logs.redacted("GET /candidates/?q=Ana+Bell&page=2 200") == (
        "GET /candidates/?[query] 200"
    )


def test_the_row_in_a_database_error_is_not_written() -> None:
    error = (
        "IntegrityError: duplicate key\n"
        "DETAIL:  Failing row contains (1, Ana\nBell, Main Street 5).\n"
        "CONTEXT:  COPY candidate"
    )
    written = logs.redacted(error)
    assert "Bell" not in written
    assert "Main Street" not in written
    assert "COPY candidate" in written


def test_a_traceback_does_not_quote_what_was_read() -> None:
    try:
        int("Ana Bell")
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    written = logs.JsonLines().format(record)
    assert "ValueError: invalid literal for int() with base 10: [text]" in written


def test_ids_stay_numbers_and_the_request_is_left_out() -> None:
    request = HttpRequest()
    written = json.loads(line("Sent %s", 7, candidate_id=12345678901234, request=request))
    assert written["message"] == "Sent 7"
    assert written["candidate_id"] == 12345678901234
    assert written["level"] == "INFO"
    assert "request" not in written


def test_a_request_is_logged_by_its_route(caplog: pytest.LogCaptureFixture) -> None:
    token = tokens.sign(Purpose.CLICK, 5)
    request = HttpRequest()
    request.method, request.path = "GET", f"/c/{token}"
    request.resolver_match = ResolverMatch(print, (), {}, route="c/<str:token>")

    with caplog.at_level(logging.INFO, logger="warmbench.requests"):
        logs.log_requests(lambda _: HttpResponse(status=302))(request)

    (record,) = caplog.records
    written = logs.JsonLines().format(record)
    assert json.loads(written)["route"] == "/c/<str:token>"
    assert json.loads(written)["status"] == 302
    assert token not in written
