"""What candidates see of us: the links in their mails, the way out, their preferences.

The token in the address is the key to these pages. They read and set no cookie, look at no
session, and load nothing from elsewhere. A GET changes nothing but a raw row about itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import TypeVar, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, path, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, tokens
from warmbench.core.tokens import Purpose
from warmbench.people.models import Candidate
from warmbench.signals import hits, wishes
from warmbench.signals.wishes import Correspondent

#: With this as "now", a token's expiry does not count: to say that it is over, not wrong.
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_HEADERS = {
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
#: Leaves things as they are.
_KEEP = "keep"
_STOPPED = "You will not hear from us again.\n"

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class PreferencesForm(forms.Form):
    """How things stand with a candidate, in her own words."""

    status = forms.ChoiceField(
        label="How do things stand?",
        choices=[
            (Candidate.Status.PASSIVE, "I am happy where I am"),
            (Candidate.Status.OPEN, "I would listen to the right offer"),
            (Candidate.Status.SEARCHING, "I am looking for something new"),
        ],
        widget=forms.RadioSelect,
    )
    #: In months.
    pause = forms.TypedChoiceField(
        label="When may we write?",
        coerce=lambda chosen: None if chosen == _KEEP else int(chosen),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: QueryDict | None, *, known: Correspondent) -> None:
        # Nothing is chosen for those of whom we know more than they can say here.
        status = known.status if known.status in wishes.ANSWERS else None
        super().__init__(data, initial={"status": status, "pause": _KEEP})
        field = cast(forms.TypedChoiceField, self.fields["pause"])
        field.choices = [
            *_as_it_is(known.paused_until),
            (3, "Not in the next 3 months"),
            (6, "Not in the next 6 months"),
        ]


def before_sessions(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: our public pages are answered before anything can look at a cookie."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        match = _page_at(request.path_info)
        if match is None:
            return get_response(request)
        request.resolver_match = match
        request.user = AnonymousUser()
        return cast(HttpResponseBase, match.func(request, **match.kwargs))

    return middleware


def _page_at(address: str) -> ResolverMatch | None:
    # By itself: whatever goes wrong on other pages would be logged as a consequence of this.
    try:
        return resolve(address, urlconf=__name__)
    except Resolver404:
        return None


def _as_it_is(paused_until: datetime | None) -> list[tuple[str | int, str]]:
    if paused_until is None:
        return [(_KEEP, "As now")]
    return [
        (_KEEP, f"Not before {paused_until:%-d %B %Y}, as you asked"),
        (0, "Again from now on"),
    ]


def _public(*methods: str) -> Callable[[View], View]:
    """A view that anybody may call with these methods, with the headers of our public pages."""

    def declare(view: View) -> View:
        @csrf_exempt  # There is no session to ride on: who holds the token may act.
        @policy(Policy.PUBLIC)
        @require_http_methods(list(methods))
        @wraps(view)
        def answered(request: HttpRequest, token: str) -> HttpResponseBase:
            response = view(request, token)
            for name, value in _HEADERS.items():
                response.headers[name] = value
            return response

        return cast(View, answered)

    return declare


@_public("GET", "HEAD", "OPTIONS")
def click(request: HttpRequest, token: str) -> HttpResponse:
    """Send a reader on to what a link in a mail stands for, and note that it was asked for.

    A scanner gets the same answer as a person; which it was is judged later.
    """
    visit = hits.Visit(
        method=request.method or "",
        agent=request.headers.get("User-Agent", ""),
        address=_client_address(request),
        has_language=bool(request.headers.get("Accept-Language")),
    )
    target = hits.record(token, visit, now=clock.now())
    return HttpResponseRedirect(target) if target else _not_found()


@_public("GET", "HEAD", "POST")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what stopping means; stop on POST, whoever sends it and in whatever form.

    The body of a POST is not even read: the token says all, and a mail program's odd way to
    write a form must not stand between a person and the way out.
    """
    now = clock.now()
    ids = tokens.read(Purpose.UNSUBSCRIBE, token, now=now)
    if ids is None:
        return _not_found()
    candidate_id, message_id = (*ids, 0)[:2]
    if request.method == "POST":
        wishes.stop(candidate_id, message_id=message_id, now=now)
        if "page" not in request.GET:
            return HttpResponse(_STOPPED, content_type="text/plain; charset=utf-8")
    known = wishes.correspondent(candidate_id, now=now)
    if request.method == "POST" or known is None or known.has_stopped:
        return _page("stopped", known)
    return _page(
        "stop",
        known,
        token=token,
        preferences=wishes.preferences_token(candidate_id, message_id, now=now),
    )


@_public("GET", "HEAD", "POST")
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show a candidate how things stand; note on POST what she says."""
    now = clock.now()
    ids = tokens.read(Purpose.PREFERENCE, token, now=_BEFORE_ALL)
    if ids is None:
        return _not_found()
    candidate_id, message_id = (*ids, 0)[:2]
    known = wishes.correspondent(candidate_id, now=now)
    if known is None or known.has_stopped:
        return _page("stopped", known)
    way_out = tokens.sign(Purpose.UNSUBSCRIBE, candidate_id, message_id)
    if tokens.read(Purpose.PREFERENCE, token, now=now) is None:
        is_asked = request.method == "POST" and bool(wishes.ask_for_link(candidate_id, now=now))
        return _page("expired", known, token=token, way_out=way_out, is_asked=is_asked)
    form = PreferencesForm(request.POST if request.method == "POST" else None, known=known)
    is_saved = request.method == "POST" and form.is_valid()
    if is_saved:
        wishes.update(
            candidate_id,
            message_id=message_id,
            status=Candidate.Status(form.cleaned_data["status"]),
            pause_months=form.cleaned_data["pause"],
            now=now,
        )
        known = wishes.correspondent(candidate_id, now=now) or known
        form = PreferencesForm(None, known=known)
    return _page("preferences", known, form=form, token=token, way_out=way_out, is_saved=is_saved)


def _page(name: str, known: Correspondent | None, **context: object) -> HttpResponse:
    organisation = known.organisation if known else None
    # Without the request: a template that could ask who is signed in would read the session.
    return HttpResponse(
        render_to_string(
            f"public/{name}.html", {"known": known, "organisation": organisation, **context}
        )
    )


def _not_found() -> HttpResponse:
    return HttpResponse(render_to_string("public/not_found.html"), status=404)


def _client_address(request: HttpRequest) -> str:
    if settings.BEHIND_PROXY:
        # The last entry is our own proxy's word; the ones before it are the client's.
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


urlpatterns = [
    path("c/<str:token>", click, name="click"),
    path("u/<str:token>", unsubscribe, name="unsubscribe"),
    path("p/<str:token>", preferences, name="preferences"),
]
