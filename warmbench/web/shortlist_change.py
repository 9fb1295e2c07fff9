"""What can be done about a draft of a shortlist: make it, make it anew, take people off it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, may_change, policy
from warmbench.core import clock
from warmbench.shortlists import making, profiles
from warmbench.shortlists.making import MakeError
from warmbench.shortlists.models import RoleProfile, Shortlist, ShortlistEntry
from warmbench.shortlists.profiles import ProfileError
from warmbench.shortlists.verdict import USUAL_SIZE
from warmbench.web import access, shortlist_access
from warmbench.web.access import user_of
from warmbench.web.toasts import back, lead
from warmbench.web.typed import number, typed


@require_POST
@policy(Policy.RECRUITER)
def make_for_profile(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Make a list by a profile, or say what it lacks."""
    return _make(request, shortlist_access.profile_for(profile_id))


@require_POST
@policy(Policy.RECRUITER)
def make_for_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Make a list by the profile of a role, or say what is missing for that."""
    role = access.role_for(role_id)
    profile = RoleProfile.objects.select_related("role", "owner").filter(role=role).first()
    if profile is None:
        return _not_yet(request, "This role has no profile yet.", role_id=role.pk)
    return _make(request, profile)


@require_POST
@policy(Policy.OWNER)
def make_anew(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """Rank again, by what is known now."""
    shortlist = shortlist_access.shortlist_to_change(user_of(request), shortlist_id)
    size = number(request.POST, "size") or USUAL_SIZE
    try:
        made = making.refresh(shortlist.pk, by_id=user_of(request).pk, now=clock.now(), size=size)
    except (MakeError, ProfileError) as error:
        return _to(request, shortlist, str(error), is_error=True)
    return _to(request, made, _said(made))


@require_POST
@policy(Policy.OWNER)
def take_off(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Take somebody off a draft, with the reason."""
    user, shortlist, entry = _entry(request, shortlist_id, entry_id)
    try:
        making.remove(entry.pk, why=typed(request.POST, "why"), by_id=user.pk, now=clock.now())
    except MakeError as error:
        return _to(request, shortlist, str(error), is_error=True)
    undo = reverse("shortlist-put-back", args=[shortlist.pk, entry.pk])
    return _to(request, shortlist, f"{entry.candidate.name} is off the list.", undo=undo)


@require_POST
@policy(Policy.OWNER)
def put_back(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Put somebody back on a draft."""
    user, shortlist, entry = _entry(request, shortlist_id, entry_id)
    try:
        making.restore(entry.pk, by_id=user.pk, now=clock.now())
    except MakeError as error:
        return _to(request, shortlist, str(error), is_error=True)
    return _to(request, shortlist, f"{entry.candidate.name} is back on the list.")


@require_POST
@policy(Policy.OWNER)
def throw_away(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """Delete a draft."""
    user = user_of(request)
    shortlist = shortlist_access.shortlist_to_change(user, shortlist_id)
    try:
        making.throw_away(shortlist.pk, by_id=user.pk, now=clock.now())
    except MakeError as error:
        return _to(request, shortlist, str(error), is_error=True)
    return back(request, reverse("shortlists"), said="The draft is gone.")


def _make(request: HttpRequest, profile: RoleProfile) -> HttpResponse:
    user = user_of(request)
    if not may_change(user, profile.owner_id):
        why = "Whoever looks after the profile makes its lists, or an administrator."
        return _not_yet(request, why, profile=profile)
    if profiles.current(profile.pk) is None:
        why = "Nobody has approved this profile yet: look at it, and approve it."
        return _not_yet(request, why, profile=profile)
    try:
        made = making.make(
            profile.pk,
            by_id=user.pk,
            now=clock.now(),
            size=number(request.POST, "size") or USUAL_SIZE,
        )
    except (MakeError, ProfileError) as error:
        return _not_yet(request, str(error), profile=profile)
    return lead(request, reverse("shortlist", args=[made.pk]))


def _not_yet(
    request: HttpRequest, why: str, *, profile: RoleProfile | None = None, role_id: int = 0
) -> HttpResponse:
    context = {"section": "shortlists", "why": why, "profile": profile, "role_id": role_id}
    return render(request, "shortlists/not_yet.html", context)


def _entry(
    request: HttpRequest, shortlist_id: int, entry_id: int
) -> tuple[User, Shortlist, ShortlistEntry]:
    user = user_of(request)
    shortlist = shortlist_access.shortlist_to_change(user, shortlist_id)
    return user, shortlist, shortlist_access.entry_of(shortlist, entry_id)


def _to(
    request: HttpRequest, shortlist: Shortlist, said: str, *, undo: str = "", is_error: bool = False
) -> HttpResponse:
    there = reverse("shortlist", args=[shortlist.pk])
    return back(request, there, said=said, undo=undo, is_error=is_error)


def _said(made: Shortlist) -> str:
    if made.abstained:
        return "It was made anew: nobody is on it now."
    return f"It was made anew, out of {made.considered:,} people."


urlpatterns = [
    path("role-profiles/<int:profile_id>/shortlist/", make_for_profile, name="profile-shortlist"),
    path("roles/<int:role_id>/shortlist/", make_for_role, name="role-shortlist"),
    path("shortlists/<int:shortlist_id>/anew/", make_anew, name="shortlist-anew"),
    path("shortlists/<int:shortlist_id>/throw-away/", throw_away, name="shortlist-throw-away"),
    path(
        "shortlists/<int:shortlist_id>/people/<int:entry_id>/take-off/",
        take_off,
        name="shortlist-take-off",
    ),
    path(
        "shortlists/<int:shortlist_id>/people/<int:entry_id>/put-back/",
        put_back,
        name="shortlist-put-back",
    ),
]
