"""The views of the list of candidates that users keep: shown as tabs, counted late, changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import saved_views
from warmbench.accounts.models import DefaultView, SavedView, User
from warmbench.accounts.policies import Policy, policy
from warmbench.accounts.saved_views import ViewError
from warmbench.core import clock
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.candidate_filter import COUNTED, Filter
from warmbench.web.toasts import back

#: So many stand beside each other; the others are in a menu.
_TABS = 5


@dataclass(frozen=True)
class Tab:
    """One view, as the list of candidates shows it."""

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
    default = DefaultView.objects.filter(user=user).values_list("view", flat=True).first()
    here = chosen.address()
    found = [
        Tab(
            one,
            reverse("candidates") + "?" + one.query,
            is_current="?" + one.query == here,
            is_default=one.pk == default,
            may_change=access.may_change_view(user, one),
        )
        for one in saved_views.visible_to(user)
    ]
    is_new = (chosen.is_set or chosen.sort != "-warmth") and not any(
        one.is_current for one in found
    )
    return Tabs(found[:_TABS], found[_TABS:], is_new)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """The user's views, to be named, moved and deleted."""
    user = user_of(request)
    chosen = Filter.of(QueryDict(""), user=user, now=clock.now())
    found = tabs(user, chosen)
    context = {"section": "candidates", "views": [*found.shown, *found.others]}
    return render(request, "candidates/views.html", context)


@require_POST
@policy(Policy.RECRUITER)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is under a name."""
    user, now = user_of(request), clock.now()
    asked = QueryDict(request.POST.get("list", "")[:2000].lstrip("?"))
    # Read and written anew: what is kept has only what the list understands.
    address = Filter.of(asked, user=user, now=now).address()
    is_shared = "is_shared" in request.POST
    try:
        name = request.POST.get("name", "")
        view = saved_views.keep(user, name, address.lstrip("?"), is_shared=is_shared, now=now)
    except ViewError as error:
        return back(request, reverse("candidates") + address, said=str(error), is_error=True)
    return back(request, reverse("candidates") + address, said=f"Kept as “{view.name}”.")


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
    chosen = Filter.of(QueryDict(view.query), user=user, now=clock.now())
    context = {"how_many": min(len(chosen.found), COUNTED), "too_many": chosen.is_long}
    return render(request, "candidates/count.html", context)


urlpatterns = [
    path("candidates/views/", show, name="views"),
    path("candidates/views/keep/", keep, name="view-keep"),
    path("candidates/views/<int:view_id>/", change, name="view-change"),
    path("candidates/views/<int:view_id>/begin/", begin_with, name="view-begin"),
    path("candidates/views/<int:view_id>/count/", count, name="view-count"),
]
