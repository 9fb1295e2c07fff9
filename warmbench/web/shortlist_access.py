"""Fetches profiles and shortlists for whoever may see or change them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from warmbench.accounts.models import User
from warmbench.accounts.policies import may_change
from warmbench.shortlists.models import (
    ProfileVersion,
    RoleProfile,
    ShareLink,
    Shortlist,
    ShortlistEntry,
    WeightProposal,
)


def profile_for(pk: int) -> RoleProfile:
    """The profile, with its role and whose it is. The whole team may read it."""
    found = RoleProfile.objects.select_related("role", "owner", "copied_from")
    return get_object_or_404(found, pk=pk)


def profile_to_change(user: User, pk: int) -> RoleProfile:
    """The profile, for its owner or an administrator; one that nobody owns for any recruiter."""
    profile = profile_for(pk)
    if not may_change(user, profile.owner_id):
        raise PermissionDenied
    return profile


def version_of(profile: RoleProfile, pk: int) -> ProfileVersion:
    """A version of this profile."""
    return get_object_or_404(ProfileVersion, pk=pk, profile=profile)


def proposal_of(profile: RoleProfile, pk: int) -> WeightProposal:
    """A proposal of this profile, with the version that it was made for."""
    found = WeightProposal.objects.select_related("version", "decided_by")
    return get_object_or_404(found, pk=pk, profile=profile)


def shortlist_for(pk: int) -> Shortlist:
    """The shortlist, with its profile and role. The whole team may read it."""
    found = Shortlist.objects.select_related("version__profile__owner", "role", "made_by")
    return get_object_or_404(found, pk=pk)


def shortlist_to_change(user: User, pk: int) -> Shortlist:
    """The shortlist, for whoever made it, and for who may change its profile."""
    shortlist = shortlist_for(pk)
    if not may_change_shortlist(user, shortlist):
        raise PermissionDenied
    return shortlist


def may_change_shortlist(user: User, shortlist: Shortlist) -> bool:
    """Whether ``user`` may take people off the list, share it, and answer for the manager."""
    is_theirs = user.is_recruiter and shortlist.made_by_id == user.pk
    return is_theirs or may_change(user, shortlist.version.profile.owner_id)


def entry_of(shortlist: Shortlist, pk: int) -> ShortlistEntry:
    """Somebody on this list, or named as why not."""
    found = ShortlistEntry.objects.select_related("candidate")
    return get_object_or_404(found, pk=pk, shortlist=shortlist)


def link_of(shortlist: Shortlist, pk: int) -> ShareLink:
    """A link to this list."""
    return get_object_or_404(ShareLink, pk=pk, shortlist=shortlist)
