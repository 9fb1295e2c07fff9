"""The pages on which a person decides what answers change of a profile, and takes patterns over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, may_change, policy
from warmbench.core import clock
from warmbench.shortlists import learning, patterns
from warmbench.shortlists.learning import LearningError
from warmbench.shortlists.patterns import PatternError
from warmbench.shortlists.profiles import ProfileError
from warmbench.web import learning_rows, shortlist_access
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import typed


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, profile_id: int, proposal_id: int) -> HttpResponse:
    """What a proposal would change, why, and what past lists would have been."""
    profile = shortlist_access.profile_for(profile_id)
    proposal = shortlist_access.proposal_of(profile, proposal_id)
    context = learning_rows.page(proposal) | {
        "section": "role-profiles",
        "profile": profile,
        "may_change": may_change(request.user, profile.owner_id),
    }
    return render(request, "role_profiles/proposal.html", context)


@require_POST
@policy(Policy.OWNER)
def adopt(request: HttpRequest, profile_id: int, proposal_id: int) -> HttpResponse:
    """Let the profile be as proposed: a new version."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    proposal = shortlist_access.proposal_of(profile, proposal_id)
    try:
        made = learning.adopt(proposal.pk, by_id=user.pk, now=clock.now())
    except LearningError as error:
        return back(request, _at(profile_id, proposal_id), said=str(error), is_error=True)
    told = f"Version {made.number} is in force, with the weights that answers speak for."
    return back(request, _profile(profile_id), said=told)


@require_POST
@policy(Policy.OWNER)
def dismiss(request: HttpRequest, profile_id: int, proposal_id: int) -> HttpResponse:
    """Leave the profile as it is, and say why."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    proposal = shortlist_access.proposal_of(profile, proposal_id)
    why = typed(request.POST, "why", longest=300)
    try:
        learning.dismiss(proposal.pk, why=why, by_id=user.pk, now=clock.now())
    except LearningError as error:
        return back(request, _at(profile_id, proposal_id), said=str(error), is_error=True)
    told = f"It stays as it is. It is proposed again after {learning.AGAIN} more answers at least."
    return back(request, _profile(profile_id), said=told)


@require_GET
@policy(Policy.SIGNED_IN)
def find_patterns(request: HttpRequest, profile_id: int) -> HttpResponse:
    """What hired people for such roles had more often than rejected ones."""
    profile = shortlist_access.profile_for(profile_id)
    context = {
        "section": "role-profiles",
        "profile": profile,
        "found": patterns.of_profile(profile.pk, now=clock.now()),
        "fewest": patterns.FEWEST,
        "may_change": may_change(request.user, profile.owner_id) and not profile.retired_at,
    }
    return render(request, "role_profiles/found_patterns.html", context)


@require_POST
@policy(Policy.OWNER)
def take_pattern(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Put a pattern into the draft."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    there = reverse("role-profile-patterns", args=[profile.pk])
    wanted = typed(request.POST, "key", longest=120)
    try:
        draft = patterns.take(profile.pk, wanted, by_id=user.pk, now=clock.now())
    except (PatternError, ProfileError) as error:
        return back(request, there, said=str(error), is_error=True)
    told = f"It is in version {draft.number}, a draft: look it over and approve it."
    return back(request, there, said=told)


def _at(profile_id: int, proposal_id: int) -> str:
    return reverse("role-profile-proposal", args=[profile_id, proposal_id])


def _profile(profile_id: int) -> str:
    return reverse("role-profile", args=[profile_id])


_ONE = "role-profiles/<int:profile_id>/proposals/<int:proposal_id>/"
urlpatterns = [
    path(_ONE, show, name="role-profile-proposal"),
    path(f"{_ONE}adopt/", adopt, name="role-profile-proposal-adopt"),
    path(f"{_ONE}dismiss/", dismiss, name="role-profile-proposal-dismiss"),
    path("role-profiles/<int:profile_id>/patterns/", find_patterns, name="role-profile-patterns"),
    path(
        "role-profiles/<int:profile_id>/patterns/take/",
        take_pattern,
        name="role-profile-pattern-take",
    ),
]
