"""The editor of a role profile: its draft, with what somebody else changed meanwhile beside it."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.shortlists import profiles
from warmbench.shortlists.differing import differences
from warmbench.shortlists.models import ProfileVersion, RoleProfile
from warmbench.shortlists.profiles import ChangedMeanwhileError, ProfileError
from warmbench.shortlists.requirements import MOST_REQUIREMENTS, Spec, SpecError
from warmbench.web import role_profile_form, role_profile_frame, role_profile_rows, shortlist_access
from warmbench.web import role_profile_words as words
from warmbench.web.access import user_of
from warmbench.web.role_profile_form import ProfileForm
from warmbench.web.role_profile_rows import Row
from warmbench.web.toasts import back
from warmbench.web.typed import typed


@dataclass(frozen=True)
class Clash:
    """What somebody else kept meanwhile, and what saving this would change of it."""

    version: ProfileVersion
    theirs: dict[str, Any]
    changes: list[str]


@dataclass(frozen=True)
class Sheet:
    """The editor as it is filled in."""

    profile: RoleProfile
    form: ProfileForm
    rows: list[Row]
    #: Which state of the profile it was filled from.
    seen: str
    version: ProfileVersion
    clash: Clash | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.OWNER)
def edit(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Change the draft, or begin one."""
    profile = shortlist_access.profile_to_change(user_of(request), profile_id)
    if profile.retired_at is not None:
        told = "It is retired: bring it back first, or copy it."
        return back(request, role_profile_frame.at(profile), said=told, is_error=True)
    version = profiles.newest(profile.pk)
    spec = profiles.spec_of(version)
    if request.method == "POST":
        return _sent(request, profile, version, spec)
    note = version.note if version.approved_at is None else ""
    form = ProfileForm(initial=role_profile_form.initial_of(spec, note=note), before=spec)
    rows = role_profile_rows.arranged(role_profile_rows.of_spec(spec), "")
    return _editor(request, Sheet(profile, form, rows, profiles.mark(version), version))


@require_POST
@policy(Policy.RECRUITER)
def rows(request: HttpRequest) -> HttpResponse:
    """The requirements of a form that is being filled in, after a button was pressed."""
    sent = role_profile_rows.sent(request.POST)
    arranged = role_profile_rows.arranged(sent, typed(request.POST, "do"))
    return render(request, "role_profiles/requirements.html", _listed(arranged))


def _sent(
    request: HttpRequest, profile: RoleProfile, version: ProfileVersion, spec: Spec
) -> HttpResponse:
    said = request.POST
    seen = typed(said, "seen")
    typed_rows = role_profile_rows.arranged(role_profile_rows.sent(said), typed(said, "do"))
    if "do" in said:
        # Without scripts the buttons of the requirements send everything.
        form = ProfileForm(initial=_as_typed(request), before=spec)
        return _editor(request, Sheet(profile, form, typed_rows, seen, version))
    form = ProfileForm(said, before=spec)
    checked, requirements = role_profile_rows.read(typed_rows, spec)
    sheet = Sheet(profile, form, checked, seen, version)
    if not form.is_valid() or any(row.mistakes for row in checked):
        return _editor(request, sheet, status=422)
    wanted = form.spec(requirements)
    try:
        profiles.edit(
            profile.pk,
            wanted,
            seen=seen,
            by_id=user_of(request).pk,
            now=clock.now(),
            note=form.cleaned_data["note"],
        )
    except ChangedMeanwhileError:
        return _editor(request, _clashing(sheet, wanted), status=409)
    except (ProfileError, SpecError) as error:
        form.add_error(None, str(error))
        return _editor(request, sheet, status=422)
    return _saved(request, profile)


def _saved(request: HttpRequest, profile: RoleProfile) -> HttpResponse:
    if "approve" in request.POST:
        there = reverse("role-profile-approve", args=[profile.pk])
        return back(request, there, said="The draft is kept. Look it over, and approve it.")
    return back(request, role_profile_frame.at(profile), said="The draft is kept.")


def _clashing(sheet: Sheet, wanted: Spec) -> Sheet:
    """The same with what is kept now beside it: saved again, it wins."""
    version = profiles.newest(sheet.profile.pk)
    kept = profiles.spec_of(version)
    clash = Clash(version, role_profile_frame.reading(kept), differences(kept, wanted))
    return replace(sheet, seen=profiles.mark(version), version=version, clash=clash)


def _as_typed(request: HttpRequest) -> dict[str, Any]:
    shown: dict[str, Any] = {name: request.POST.get(name, "") for name in ProfileForm.base_fields}
    return shown | {"hard": request.POST.getlist("hard")}


def _listed(found: list[Row]) -> dict[str, Any]:
    asked = sum(not row.is_out for row in found)
    return {
        "tiers": role_profile_rows.by_tier(found),
        "out": [row for row in found if row.is_out],
        "has_room": asked < MOST_REQUIREMENTS,
        "most": MOST_REQUIREMENTS,
        "aspects": words.ASPECTS.items(),
        "scopes": words.SCOPES.items(),
        "strengths": words.STRENGTHS.items(),
        "weights": list(words.WEIGHTS),
        "tier_names": [(tier, name) for tier, (name, _) in words.TIERS.items()],
    }


def _editor(request: HttpRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    is_draft = sheet.version.approved_at is None
    context = {
        "section": "role-profiles",
        "profile": sheet.profile,
        "form": sheet.form,
        "seen": sheet.seen,
        "version": sheet.version,
        "clash": sheet.clash,
        "is_draft": is_draft,
        "is_first": is_draft and sheet.version.number == 1,
        "is_wrong": status == 422,
    }
    context |= _listed(sheet.rows)
    return render(request, "role_profiles/edit.html", context, status=status)


urlpatterns = [
    path("role-profiles/rows/", rows, name="role-profile-rows"),
    path("role-profiles/<int:profile_id>/edit/", edit, name="role-profile-edit"),
]
