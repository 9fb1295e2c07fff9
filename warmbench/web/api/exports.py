"""Exports, over the API: all that is held about one person, and whole tables as streams."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from warmbench.accounts.models import Resource
from warmbench.core import audit, clock
from warmbench.messaging.models import Message
from warmbench.people import export
from warmbench.people.import_report import as_line
from warmbench.people.models import Candidate
from warmbench.signals.models import Signal
from warmbench.web.api import numbers
from warmbench.web.api.keys import key_of, reads, via
from warmbench.web.api.paging import After, Since
from warmbench.web.api.shapes import PROBLEMS

router = Router(tags=["Exports"])
READS = reads(Resource.EXPORTS)
#: Rows that are read at a time: however long the table, no more are in memory.
_AT_ONCE = 1_000


class What(StrEnum):
    """What can be taken away whole."""

    CANDIDATES = "candidates"
    MESSAGES = "messages"
    SIGNALS = "signals"


class Form(StrEnum):
    """How it is written."""

    NDJSON = "ndjson"
    CSV = "csv"


_TYPES = {Form.NDJSON: "application/x-ndjson", Form.CSV: "text/csv; charset=utf-8"}


@dataclass(frozen=True)
class Table:
    """A table, with the columns that go out, and the one that says when a row was new."""

    rows: Callable[[], QuerySet[Any]]
    columns: tuple[str, ...]
    moment: str


_TABLES: Mapping[What, Table] = {
    What.CANDIDATES: Table(
        Candidate.objects.all,
        (
            *("id", "first_name", "last_name", "job_title", "employer", "profile_url", "city"),
            *("region", "country", "time_zone", "status", "status_since", "stage_reached"),
            *("owner_id", "source", "external_id", "paused_at", "paused_until", "pause_reason"),
            *("added_at", "changed_at"),
        ),
        "changed_at",
    ),
    What.MESSAGES: Table(
        Message.objects.all,
        (
            *("id", "candidate_id", "channel", "purpose", "touch", "occurrence", "sequence_id"),
            *("state", "reason", "queued_at", "state_at", "handed_at"),
        ),
        "state_at",
    ),
    What.SIGNALS: Table(
        Signal.objects.all,
        ("id", "candidate_id", "kind", "grade", "at", "message_id", "topic", "times"),
        "at",
    ),
}


def _streamed(*types: str) -> dict[str, Any]:
    content = {one: {"schema": {"type": "string"}} for one in types}
    return {"responses": {200: {"description": "A line for each row.", "content": content}}}


@router.get(
    "/candidates/{int:candidate_id}",
    auth=READS,
    response=PROBLEMS,
    summary="All that is held about one person",
    openapi_extra={
        "responses": {
            200: {
                "description": "All of it, table by table (GDPR Art. 15 and 20).",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        }
    },
)
def export_candidate(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Everything that is held about one candidate, with what it is held for, as the person
    themselves may have it. The trail says that it was taken."""
    found, now = numbers.candidate_for(candidate_id), clock.now()
    with audit.acting(via(key_of(request))):
        audit.record(None, "candidate.exported", f"candidate:{found.pk}", now=now)
    document = export.of(found.pk, now=now).as_json()
    return HttpResponse(document, content_type="application/json; charset=utf-8")


@router.get(
    "/{what}",
    auth=READS,
    response=PROBLEMS,
    summary="A whole table",
    openapi_extra=_streamed("application/x-ndjson", "text/csv"),
)
def export_table(
    request: HttpRequest,
    what: What,
    format: Form = Form.NDJSON,  # noqa: A002 - as the address says it
    since: Since | None = None,
    after: After = "",
) -> StreamingHttpResponse:
    """All candidates, messages (without their words) or signals, in the order of their numbers, a
    line each. With `since` only those that are new or changed since then. A stream that broke off
    goes on with `after` set to the last number that came."""
    with audit.acting(via(key_of(request))):
        detail: dict[str, object] = {"format": str(format), "since": since}
        audit.record(None, "table.exported", f"table:{what}", now=clock.now(), detail=detail)
    lines = _lines(_TABLES[what], format, since, int(after or 0))
    response = StreamingHttpResponse(lines, content_type=_TYPES[format])
    response.headers["Content-Disposition"] = f'attachment; filename="{what}.{format}"'
    return response


def _lines(table: Table, form: Form, since: datetime | None, after: int) -> Iterator[str]:
    rows = _rows(table, since, after)
    if form == Form.CSV:
        return chain(
            [as_line(table.columns)], (as_line([_cell(cell) for cell in row]) for row in rows)
        )
    return (
        json.dumps(dict(zip(table.columns, map(_plain, row), strict=True)), ensure_ascii=False)
        + "\n"
        for row in rows
    )


def _rows(table: Table, since: datetime | None, after: int) -> Iterator[tuple[Any, ...]]:
    found = table.rows()
    if since is not None:
        found = found.filter(**{f"{table.moment}__gte": since})
    while True:
        # By the numbers at its edge, so that no transaction stays open as long as somebody reads.
        page = list(
            found.filter(pk__gt=after).order_by("pk").values_list(*table.columns)[:_AT_ONCE]
        )
        yield from page
        if len(page) < _AT_ONCE:
            return
        after = page[-1][0]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _cell(value: Any) -> str:
    return "" if value is None else str(_plain(value))
