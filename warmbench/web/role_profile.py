"""The page of a role profile: what it asks for, its versions, and the lists that it made."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, may_change, policy
from warmbench.shortlists import profiles
from warmbench.shortlists.models import ProfileVersion, RoleProfile
from warmbench.web import access, role_profile_frame, shortlist_access
from warmbench.web.toasts import lead


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, profile_id: int) -> HttpResponse:
    """What the profile asks for: what is in force, or, before anything is, its draft."""
    profile = shortlist_access.profile_for(profile_id)
    version = profiles.current(profile.pk) or profiles.newest(profile.pk)
    return _page(request, profile, version)


@require_GET
@policy(Policy.SIGNED_IN)
def show_version(request: HttpRequest, profile_id: int, version_id: int) -> HttpResponse:
    """What one version asks for, or asked for when it was in force."""
    profile = shortlist_access.profile_for(profile_id)
    return _page(request, profile, shortlist_access.version_of(profile, version_id))


@require_GET
@policy(Policy.SIGNED_IN)
def of_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Lead from a role to its profile, or to where one is made for it."""
    role = access.role_for(role_id)
    made = RoleProfile.objects.filter(role=role).first()
    if made is not None:
        return lead(request, role_profile_frame.at(made))
    context = {
        "section": "roles",
        "role": role,
        "skills": role.skills.count(),
        "may_change": may_change(request.user, role.owner_id),
    }
    return render(request, "role_profiles/of_role.html", context)


def _page(request: HttpRequest, profile: RoleProfile, version: ProfileVersion) -> HttpResponse:
    spec = profiles.spec_of(version)
    context = role_profile_frame.of(request, profile) | role_profile_frame.reading(spec)
    return render(request, "role_profiles/profile.html", context | {"shown": version})


urlpatterns = [
    path("role-profiles/<int:profile_id>/", show, name="role-profile"),
    path(
        "role-profiles/<int:profile_id>/versions/<int:version_id>/",
        show_version,
        name="role-profile-version",
    ),
    path("roles/<int:role_id>/profile/", of_role, name="role-profile-of"),
]
