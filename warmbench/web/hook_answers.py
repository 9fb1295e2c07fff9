"""What other people's machines are answered that call us: a line of text, and a status."""

from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse


def said(text: str, status: HTTPStatus) -> HttpResponse:
    """An answer of one line."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def too_often(span: timedelta) -> HttpResponse:
    """The answer to who calls more often than may be, and when to come again."""
    answer = said("This is too often.\n", HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(int(span.total_seconds()))
    return answer


def body_of(request: HttpRequest, *, largest: int) -> bytes | HttpResponse:
    """The bytes that came, up to so many; else what to answer."""
    body = request.read(largest + 1)
    if len(body) > largest:
        return said("This is too large.\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body
