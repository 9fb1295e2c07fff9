"""Writes logs as JSON lines that name nobody.

The first lock is ours: we log ids. The second is here: whatever still looks like an
address, a phone number, a token or a database row is masked before it is written.
"""

import logging
import re
import time
from collections.abc import Callable
from logging import LogRecord
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pythonjsonlogger.json import JsonFormatter

requests = logging.getLogger("warmbench.requests")

_EMAIL = re.compile(r"[^\s@<>\"'(),;:=\[\]{}]+(?:@|%40)[^\s@<>\"'(),;:=\[\]{}/?&]+")
#: What follows a question mark in an address, up to the next space.
_QUERY = re.compile(r"\?[^\s\"'<>]+")
#: What may be a signed token, a session key or a password's hash.
_RUN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{24,}={0,2}")
#: International, national with its leading zero, grouped in three, or a long run of digits.
#: Not dates, times and decimal numbers, which logs are full of.
_PHONE = re.compile(
    r"(?<![\w.+/:-])"
    r"(?:\+\d[\d ().\-/]{5,20}\d"
    r"|\(?0\d{1,5}\)?[ .\-/]\d[\d .\-/]{4,16}\d"
    r"|\(\d{2,5}\)[ .\-/]?\d[\d .\-/]{4,14}\d"
    r"|\d{3}[ .\-]\d{3}[ .\-]\d{4}"
    r"|\d{10,15})"
    r"(?![\w:])"
)
#: PostgreSQL adds the whole row to an error: names, addresses, everything.
_ROW = re.compile(r"DETAIL:.*?(?=\nCONTEXT:|\n\n|\Z)", re.DOTALL)
#: A quoted value in an exception's message, when it has a space in it: a field's name has none.
_QUOTED = re.compile(r"'[^'\n]*\s[^'\n]*'|\"[^\"\n]*\s[^\"\n]*\"")


def redacted(text: str) -> str:
    """``text`` with addresses, phone numbers, tokens, query strings and rows masked."""
    text = _ROW.sub("DETAIL: [row]", text)
    text = _EMAIL.sub("[email]", text)
    text = _QUERY.sub("?[query]", text)
    text = _RUN.sub(_without_token, text)
    return _PHONE.sub("[phone]", text)


class JsonLines(JsonFormatter):
    """One JSON object per line: time, level, logger, message, and the ids given as ``extra``."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="at",
        )

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        """The traceback, without quoted values in its messages."""
        lines = logging.Formatter.formatException(self, ei).split("\n")
        # Indented lines are our own source, which holds no data.
        return "\n".join(x if x.startswith(" ") else _QUOTED.sub("[text]", x) for x in lines)

    def add_fields(
        self, log_data: dict[str, Any], record: LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Fill in the line. The request that Django attaches is left out: it is all data."""
        record.__dict__.pop("request", None)
        super().add_fields(log_data, record, message_dict)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """What is written: every text masked, whatever field it came in."""
        return {key: _masked(value) for key, value in log_data.items()}


def configuration(level: str) -> dict[str, Any]:
    """The LOGGING setting: everything to stderr, as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Its own handlers print plain text: let everything go through ours.
            "django": {"handlers": [], "propagate": True},
            # It tells each start, at INFO, that it found its own tasks.
            "procrastinate.blueprints": {"level": "WARNING"},
        },
    }


def log_requests(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that writes one line per request: the route's pattern, never its address."""

    def logged(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = get_response(request)
        requests.info(
            "request",
            extra={
                "method": request.method,
                # The pattern says which page; the path could hold a signed token.
                "route": f"/{request.resolver_match.route}" if request.resolver_match else None,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response

    return logged


def _without_token(match: re.Match[str]) -> str:
    run = match[0]
    upper = sum(character.isupper() for character in run)
    digits = any(character.isdigit() for character in run)
    mixed = upper > 0 and any(character.islower() for character in run)
    # Names in code are long, too: snake_case has no capitals, CamelCase few, neither a digit.
    if mixed:
        secret = digits or upper >= 7 or "-" in run or "_" in run
    else:
        secret = digits and "_" not in run
    return "[token]" if secret else run


def _masked(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redacted(value)
        case dict():
            return {redacted(str(key)): _masked(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(item) for item in value]
        case _:
            return redacted(str(value))
