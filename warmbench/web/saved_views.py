"""The views of lists of people that users keep: shown as tabs, counted late, changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import saved_views
from warmbench.accounts.models import DefaultView, SavedView, User
from warmbench.accounts.policies import Policy, policy
from warmbench.accounts.saved_views import ViewError
from warmbench.core import clock
from warmbench.insight import search
from warmbench.insight.search import UnaskableError
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.candidate_filter import COUNTED, Filter
from warmbench.web.insight_query import Asked
from warmbench.web.toasts import back

#: So many stand beside each other; the others are in a menu.
_TABS = 5


@dataclass(frozen=True)
class Tab:
    """One view, as the page that it is of shows it."""

    view: SavedView
    address: str
    is_current: bool
    is_default: bool
    may_change: bool


@dataclass(frozen=True)
class Tabs:
    """The views of a user, the first ones to be shown and the others for a menu."""

    shown: Sequence[Tab]
    others: Sequence[Tab]
    #: Whether the list is none of them, and could be kept.
    is_new: bool


def tabs(user: User, chosen: Filter) -> Tabs:
    """The views that this user sees, and which of them the list is."""
    is_worth_it = chosen.is_set or chosen.sort != "-warmth"
    here = chosen.address().removeprefix("?")
    return _tabs(user, SavedView.Page.CANDIDATES, here, is_worth_it=is_worth_it)


def tabs_of_knowledge(user: User, asked: Asked) -> Tabs:
    """The views of what the team knows, and which of them is shown."""
    return _tabs(user, SavedView.Page.KNOWLEDGE, asked.parameters, is_worth_it=asked.is_set)


def _tabs(user: User, page: SavedView.Page, here: str, *, is_worth_it: bool) -> Tabs:
    views = saved_views.of_page(user, page)
    found = _each(user, views, here)
    is_new = is_worth_it and not any(one.is_current for one in found)
    return Tabs(found[:_TABS], found[_TABS:], is_new)


def _each(user: User, views: QuerySet[SavedView], here: str | None = None) -> list[Tab]:
    default = DefaultView.objects.filter(user=user).values_list("view", flat=True).first()
    return [
        Tab(
            one,
            f"{reverse(one.page)}?{one.query}",
            is_current=one.query == here,
            is_default=one.pk == default,
            may_change=access.may_change_view(user, one),
        )
        for one in views
    ]


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """The user's views, to be named, moved and deleted."""
    user = user_of(request)
    context = {"section": "candidates", "views": _each(user, saved_views.visible_to(user))}
    return render(request, "candidates/views.html", context)


@require_POST
@policy(Policy.RECRUITER)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is under a name."""
    user, now = user_of(request), clock.now()
    asked = QueryDict(request.POST.get("list", "")[:2000].lstrip("?"))
    page = SavedView.Page.CANDIDATES
    # Read and written anew: what is kept has only what the list understands.
    if request.POST.get("page") == SavedView.Page.KNOWLEDGE:
        page = SavedView.Page.KNOWLEDGE
        query = Asked.of(asked, user=user, today=now.date()).parameters[:2000]
    else:
        query = Filter.of(asked, user=user, now=now).address().lstrip("?")
    there = reverse(page) + f"?{query}" * bool(query)
    try:
        name, is_shared = request.POST.get("name", ""), "is_shared" in request.POST
        view = saved_views.keep(user, name, query, is_shared=is_shared, now=now, page=page)
    except ViewError as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said=f"Kept as “{view.name}”.")


@require_POST
@policy(Policy.OWNER)
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename, share, move or delete a view."""
    view = access.view_to_change(user_of(request), view_id)
    do = request.POST.get("do", "")
    if do == "delete":
        view.delete()
        return back(request, "views", said=f"“{view.name}” is deleted. Nobody on it is.")
    if do == "up":
        saved_views.move_up(view)
        return back(request, "views", said=f"“{view.name}” comes earlier.")
    try:
        shared = "is_shared" in request.POST
        saved_views.rename(view, request.POST.get("name", ""), is_shared=shared)
    except ViewError as error:
        return back(request, "views", said=str(error), is_error=True)
    return back(request, "views", said="Saved.")


@require_POST
@policy(Policy.SIGNED_IN)
def begin_with(request: HttpRequest, view_id: int) -> HttpResponse:
    """Let the user's list of candidates open with this view, or no more."""
    user = user_of(request)
    view = access.view_for(user, view_id)
    if request.POST.get("do") == "stop":
        saved_views.begin_with(user, None)
        return back(request, "views", said="The list opens with everybody.")
    saved_views.begin_with(user, view)
    return back(request, "views", said=f"The list opens with “{view.name}”.")


@require_GET
@policy(Policy.SIGNED_IN)
def count(request: HttpRequest, view_id: int) -> HttpResponse:
    """How many people are on a view now, for its tab."""
    user = user_of(request)
    view = access.view_for(user, view_id)
    now = clock.now()
    if view.page == SavedView.Page.KNOWLEDGE:
        asked = Asked.of(QueryDict(view.query), user=user, today=now.date())
        context = {"how_many": _known(asked, now=now), "too_many": False}
        return render(request, "candidates/count.html", context)
    chosen = Filter.of(QueryDict(view.query), user=user, now=now)
    context = {"how_many": min(len(chosen.found), COUNTED), "too_many": chosen.is_long}
    return render(request, "candidates/count.html", context)


def _known(asked: Asked, *, now: datetime) -> int:
    try:
        return search.find(asked.query, now=now, limit=1).total or 0
    except UnaskableError:
        return 0


urlpatterns = [
    path("candidates/views/", show, name="views"),
    path("candidates/views/keep/", keep, name="view-keep"),
    path("candidates/views/<int:view_id>/", change, name="view-change"),
    path("candidates/views/<int:view_id>/begin/", begin_with, name="view-begin"),
    path("candidates/views/<int:view_id>/count/", count, name="view-count"),
]
