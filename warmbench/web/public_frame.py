"""What all pages for candidates have in common: their key, their headers, their language, and how
often they may be asked for.

The token in the address is the key. These pages read and set no cookie, look at no session, and
load nothing from elsewhere. Scanners get the same pages as people.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, wraps
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, languages, limits, networks, tokens
from warmbench.core.tokens import Purpose
from warmbench.people import merged
from warmbench.signals import wishes
from warmbench.signals.wishes import Correspondent

HEADERS = {
    "Cache-Control": "no-store",
    # The address is a secret: no page that we lead to may learn it.
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
#: With this as "now", a token's expiry does not count: to say that it is over, not wrong.
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
#: So often a minute a page may be asked for with one token, and from one network: more than
#: people click and scanners fetch, even from behind one address of a large company.
MOST_PER_TOKEN = 60
MOST_PER_NETWORK = 600

AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Visit:
    """One request for a page of one candidate, by whoever holds the token."""

    request: HttpRequest
    token: str
    purpose: Purpose
    candidate_id: int
    message_id: int
    now: datetime

    @cached_property
    def known(self) -> Correspondent | None:
        """What the page may tell; None if we no longer know the person."""
        return wishes.correspondent(self.candidate_id, now=self.now)

    @property
    def is_over(self) -> bool:
        """Whether the link has ended: the way out never does."""
        return tokens.read(self.purpose, self.token, now=self.now) is None

    @property
    def is_post(self) -> bool:
        """Whether something is to be done, and not only shown."""
        return self.request.method == "POST"

    @property
    def chosen(self) -> str:
        """The language that was chosen on the page, blank if none was."""
        chosen = self.request.GET.get("lang", "")
        return chosen if languages.is_spoken(chosen) else ""

    @property
    def lang(self) -> str:
        """What an address needs at its end for the choice to hold on the next page, too."""
        return f"?lang={self.chosen}" if self.chosen else ""

    @cached_property
    def language(self) -> str:
        """The language to answer in: chosen, told earlier, the browser's, the country's."""
        known = self.known
        return (
            self.chosen
            or (known.language if known else "")
            or languages.of_header(self.request.headers.get("Accept-Language", "")[:500])
            or languages.of_country(known.country if known else "")
        )

    @property
    def way_out(self) -> str:
        """The token that stops all messages, and never ends."""
        return tokens.sign(Purpose.UNSUBSCRIBE, self.candidate_id, self.message_id)

    def key_to(self, purpose: Purpose) -> str | None:
        """The token of another page of the same candidate; None when the links have ended."""
        return wishes.token(purpose, self.candidate_id, self.message_id, now=self.now)

    def page(self, name: str, *, status: int = 200, **context: object) -> HttpResponse:
        """A page in the candidate's language. It knows nothing of the request: a template that
        could ask who is signed in would read the session."""
        with self.at_home():
            return page(
                name,
                self.language,
                status=status,
                visit=self,
                known=self.known,
                organisation=self.known.organisation if self.known else None,
                **context,
            )

    @contextmanager
    def at_home(self) -> Iterator[None]:
        """Let words be in the candidate's language, and moments on the clock where they live."""
        zone = ZoneInfo(self.known.time_zone if self.known else "UTC")
        with languages.spoken(self.language), timezone.override(zone):
            yield


def page(name: str, language: str, *, status: int = 200, **context: object) -> HttpResponse:
    """A page for candidates in one of our languages."""
    context |= {"language": language, "languages": languages.LANGUAGES}
    with languages.spoken(language):
        return HttpResponse(render_to_string(f"public/{name}.html", context), status=status)


def public(*methods: str) -> Callable[[AnyView], AnyView]:
    """A view that anybody may call with these methods, with the headers of our public pages."""

    def declare(view: AnyView) -> AnyView:
        @csrf_exempt  # There is no session to ride on: who holds the token may act.
        @policy(Policy.PUBLIC)
        @require_http_methods(list(methods))
        @wraps(view)
        def answered(request: HttpRequest, token: str) -> HttpResponseBase:
            response = view(request, token)
            for name, value in HEADERS.items():
                response.headers[name] = value
            return response

        return cast(AnyView, answered)

    return declare


def visited(
    purpose: Purpose, *methods: str
) -> Callable[[Callable[[Visit], HttpResponse]], Callable[..., HttpResponseBase]]:
    """A view of a candidate's own page, called with a visit and in the candidate's language.

    Without the right token nothing is there. A token that has ended is for the view to answer.
    """

    def declare(view: Callable[[Visit], HttpResponse]) -> Callable[..., HttpResponseBase]:
        @public(*methods)
        @wraps(view)
        def answered(request: HttpRequest, token: str) -> HttpResponse:
            visit = visit_with(request, purpose, token)
            if visit is None:
                return not_found(request)
            if not may_ask(request, visit.purpose, visit.token, now=visit.now):
                return too_often(request)
            with visit.at_home():
                return view(visit)

        return answered

    return declare


def visit_with(request: HttpRequest, purpose: Purpose, token: str) -> Visit | None:
    """The visit that a token allows, also one that has ended; None if it is not ours."""
    ids = tokens.read(purpose, token, now=_BEFORE_ALL)
    # Signed by us with other ids than these pages need: not one of our links either.
    if ids is None or len(ids) != 2:
        return None
    # What was signed for a record goes on for the one that it went up in.
    candidate_id, message_id = merged.now_is(ids[0]), ids[1]
    return Visit(request, token, purpose, candidate_id, message_id, clock.now())


def expired(visit: Visit) -> HttpResponse:
    """What is there instead of a page whose link has ended: a POST asks for a new one."""
    is_asked = visit.is_post and wishes.ask_for_link(visit.candidate_id, now=visit.now)
    return visit.page("expired", is_asked=bool(is_asked))


def not_found(request: HttpRequest) -> HttpResponse:
    """The page of an address that leads nowhere."""
    return page("not_found", _language_of(request), status=404)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The page behind the link that only machines follow."""
    return page("nothing_here", _language_of(request))


def too_often(request: HttpRequest) -> HttpResponse:
    """The page for whoever asks faster than people do."""
    response = page("too_often", _language_of(request), status=429)
    response.headers["Retry-After"] = str(int(_MINUTE.total_seconds()))
    return response


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, as far as it can be believed."""
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """The same, of a request as the web server hands it over (PEP 3333)."""
    if settings.BEHIND_PROXY:
        # The last entry is our own proxy's word; the ones before it are the client's.
        return str(environ.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(environ.get("REMOTE_ADDR", ""))


def may_ask(request: HttpRequest, what: str, token: str, *, now: datetime) -> bool:
    """Count one more request for a page with this token, and say whether that is not too often."""
    digest = hashlib.sha256(token.encode()).hexdigest()[:32]
    network = networks.prefix(client_address(request))
    where = hmac.digest(settings.SIGNING_KEYS[0].encode(), network.encode(), "sha256").hex()[:32]
    asked = {f"{what}:{digest}": MOST_PER_TOKEN, f"network:{where}": MOST_PER_NETWORK}
    # Both are counted, whatever the first one says.
    allowed = [limits.allows(key, most=most, span=_MINUTE, now=now) for key, most in asked.items()]
    return all(allowed)


def _language_of(request: HttpRequest) -> str:
    header = request.headers.get("Accept-Language", "")[:500]
    return languages.of_header(header) or languages.FALLBACK
