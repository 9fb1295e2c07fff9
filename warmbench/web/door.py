"""Sends readers on from the links in mails, before Django has made a request of it.

Django's own way takes twice as long as all that a click needs. So what is a click, and leads
somewhere, is answered here; everything else goes on to the pages, which would have given the
same answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.encoding import iri_to_uri

from warmbench.core import clock
from warmbench.signals import agents, hits
from warmbench.web import public_frame

Environ = dict[str, Any]
Pages = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

CLICKS = "/c/"
METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: What Django's own middleware adds to every page.
_HEADERS = [
    *public_frame.HEADERS.items(),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", "0"),
]


def visit_in(environ: Mapping[str, Any]) -> hits.Visit:
    """What is kept of a request, as the web server hands it over (PEP 3333)."""
    agent = environ.get("HTTP_USER_AGENT", "")
    return hits.Visit(
        method=environ["REQUEST_METHOD"],
        agent=agent,
        address=public_frame.address_in(environ),
        has_language=bool(environ.get("HTTP_ACCEPT_LANGUAGE")),
        flags=agents.flags_of(agent, environ),
    )


def clicks_first(pages: Pages) -> Pages:
    """The pages with the links in mails before them."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if (
            path.startswith(CLICKS)
            and environ["REQUEST_METHOD"] in METHODS
            and (_is_secure(environ) or not settings.SECURE_SSL_REDIRECT)
            and (target := _target(environ, path[len(CLICKS) :]))
        ):
            start_response("302 Found", [("Location", iri_to_uri(target)), *_headers(environ)])
            return ()
        return pages(environ, start_response)

    return answer


def _target(environ: Environ, token: str) -> str | None:
    return hits.record(token, visit_in(environ), now=clock.now())


def _headers(environ: Environ) -> list[tuple[str, str]]:
    if settings.SECURE_HSTS_SECONDS and _is_secure(environ):
        until = f"max-age={settings.SECURE_HSTS_SECONDS}"
        return [*_HEADERS, ("Strict-Transport-Security", until)]
    return _HEADERS


def _is_secure(environ: Environ) -> bool:
    # As Django judges it by SECURE_PROXY_SSL_HEADER.
    said = "HTTP_X_FORWARDED_PROTO" if settings.BEHIND_PROXY else "wsgi.url_scheme"
    return bool(environ.get(said) == "https")
