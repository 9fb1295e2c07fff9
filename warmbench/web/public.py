"""The addresses of the pages for candidates, and the two that have to answer always: the links in
their mails, and the way out.

A GET changes nothing but a raw row about itself.
"""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, path, resolve

from warmbench.core import clock, tokens
from warmbench.core.tokens import Purpose
from warmbench.people.models import Channel
from warmbench.signals import hidden, hits, wishes
from warmbench.web import (
    door,
    public_declaring,
    public_my_data,
    public_not_for_me,
    public_preferences,
    public_ranking,
    public_requests,
    public_shortlist,
    texts,
)
from warmbench.web.public_frame import not_found, nothing_here, public, visit_with

#: One transparent pixel.
_PICTURE = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
_STOPPED = "You will not hear from us again.\n"


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


@public("GET", "HEAD", "OPTIONS")
def click(request: HttpRequest, token: str) -> HttpResponse:
    """Send a reader on to what a link in a mail stands for, and note that it was asked for.

    A scanner gets the same answer as a person; which it was is judged later.
    """
    visit, now = door.visit_in(request.META), clock.now()
    target = hits.record(token, visit, now=now) or hidden.record_link(token, visit, now=now)
    return HttpResponseRedirect(target) if target else not_found(request)


@public("GET", "HEAD", "OPTIONS")
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with a picture, whatever the token is; note the visit where that is agreed to."""
    hidden.record_open(token, door.visit_in(request.META), now=clock.now())
    return HttpResponse(_PICTURE, content_type="image/gif")


@public("GET", "HEAD", "OPTIONS")
def hidden_link(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the hidden link in our mails is for, to whoever came here all the same."""
    is_ours = tokens.read(Purpose.CLICK, token, now=clock.now()) is not None
    return nothing_here(request) if is_ours else not_found(request)


@public("GET", "HEAD", "POST")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what stopping means; stop on POST, whoever sends it and in whatever form.

    The body of a POST is not even read: the token says all, and a mail program's odd way to
    write a form must not stand between a person and the way out. Only our own buttons, which
    ask for a page, may name one channel. It is never asked too often.
    """
    visit = visit_with(request, Purpose.UNSUBSCRIBE, token)
    if visit is None:
        return not_found(request)
    if visit.is_post:
        only = request.GET.get("only") if "page" in request.GET else None
        channel = Channel(only) if only in Channel.values else None
        wishes.stop(visit.candidate_id, message_id=visit.message_id, channel=channel, now=visit.now)
        if "page" not in request.GET:
            return HttpResponse(_STOPPED, content_type="text/plain; charset=utf-8")
    known = visit.known
    my_data = visit.key_to(Purpose.MY_DATA)
    if visit.is_post or known is None or known.has_stopped:
        return visit.page("stopped", my_data=my_data)
    preferences = visit.key_to(Purpose.PREFERENCE)
    return visit.page("stop", preferences=preferences, my_data=my_data)


urlpatterns = [
    path("texts/in", texts.incoming, name="texts-in"),
    path("texts/status/<str:token>", texts.status, name="texts-status"),
    path("c/<str:token>", click, name="click"),
    path("o/<str:token>", opened, name="opened"),
    path("w/<str:token>", hidden_link, name="hidden-link"),
    path("s/<str:token>/", public_shortlist.shared, name="shared-shortlist"),
    path("u/<str:token>", unsubscribe, name="unsubscribe"),
    path("p/<str:token>", public_preferences.preferences, name="preferences"),
    path("n/<str:token>", public_not_for_me.not_for_me, name="not-for-me"),
    path("me/<str:token>", public_my_data.my_data, name="my-data"),
    path("me/<str:token>/correct", public_requests.correct, name="my-data-correct"),
    path("me/<str:token>/dispute", public_requests.dispute, name="my-data-dispute"),
    path("me/<str:token>/ranking", public_ranking.ranking, name="my-data-ranking"),
    path("me/<str:token>/declare", public_declaring.declare, name="my-data-declare"),
    path("me/<str:token>/copy", public_requests.copy, name="my-data-copy"),
    path("me/<str:token>/object", public_requests.object_to, name="my-data-object"),
    path("me/<str:token>/erase", public_requests.erase, name="my-data-erase"),
]
