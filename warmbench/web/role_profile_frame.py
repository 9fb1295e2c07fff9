"""What every page of a role profile shows of it: its state, its versions, what it says in words."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from warmbench.accounts.policies import may_change
from warmbench.shortlists import profiles
from warmbench.shortlists.differing import differences
from warmbench.shortlists.models import ProfileVersion, RoleProfile, Shortlist
from warmbench.shortlists.requirements import Spec
from warmbench.web import learning_rows
from warmbench.web import role_profile_words as words

#: Lists of a profile that its page shows.
_SHOWN = 8


@dataclass(frozen=True)
class Version:
    """One version: what it changed, in sentences, and what became of it."""

    version: ProfileVersion
    changes: list[str]
    is_first: bool

    @property
    def state(self) -> tuple[str, str]:
        """Its state as badges name it, and as people do."""
        if self.version.approved_at is None:
            return "draft", "Draft"
        return ("open", "In force") if self.version.is_current else ("ended", "Was in force")


def of(request: HttpRequest, profile: RoleProfile) -> dict[str, Any]:
    """What ``role_profiles/profile.html`` reads beside the version that it shows."""
    told = versions(profile)
    current = next((one for one in told if one.version.is_current), None)
    draft = next((one for one in told if one.version.approved_at is None), None)
    return {
        "section": "role-profiles",
        "profile": profile,
        "may_change": may_change(request.user, profile.owner_id),
        "versions": told,
        "current": current,
        "draft": draft,
        "waiting": waiting(draft, current),
        "learning": learning_rows.block(profile.pk),
        "seen": profiles.mark(draft.version) if draft else "",
        "lists": Shortlist.objects.filter(version__profile=profile)
        .select_related("version", "made_by")
        .order_by("-made_at")[:_SHOWN],
    }


def versions(profile: RoleProfile) -> list[Version]:
    """All versions, the newest first, each with how it differs from the one before."""
    found = profile.versions.select_related("approved_by", "made_by").order_by("number")
    told: list[Version] = []
    before: Spec | None = None
    for version in found:
        spec = profiles.spec_of(version)
        changes = [] if before is None else differences(before, spec)
        told.append(Version(version, changes, is_first=before is None))
        before = spec
    return told[::-1]


def waiting(draft: Version | None, current: Version | None) -> list[str]:
    """What the draft would change of what is in force, a sentence each."""
    if draft is None or current is None:
        return []
    return differences(profiles.spec_of(current.version), profiles.spec_of(draft.version))


def reading(spec: Spec) -> dict[str, Any]:
    """What a version says, for ``role_profiles/reading.html``."""
    return {"spec": spec, "groups": words.groups(spec), "facts": words.facts(spec)}


def at(profile: RoleProfile) -> str:
    """The address of a profile."""
    return reverse("role-profile", args=[profile.pk])
