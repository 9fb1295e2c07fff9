"""What is done with a whole role profile: approved, discarded, renamed, copied, retired."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.shortlists import profiles
from warmbench.shortlists.models import RoleProfile
from warmbench.shortlists.profiles import ChangedMeanwhileError, ProfileError
from warmbench.shortlists.requirements import SpecError
from warmbench.web import role_profile_frame, shortlist_access
from warmbench.web.access import user_of
from warmbench.web.toasts import back, lead
from warmbench.web.typed import typed

_form_page = require_http_methods(["GET", "HEAD", "POST"])


class NameForm(forms.Form):
    """What a profile is called."""

    name = forms.CharField(
        max_length=160,
        error_messages={"required": "A profile needs a name."},
        help_text="As your team calls this kind of role.",
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


@_form_page
@policy(Policy.OWNER)
def approve(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Show what the draft changes, and let it be in force."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    if request.method != "POST":
        return _ask_to_approve(request, profile)
    seen = typed(request.POST, "seen")
    try:
        version = profiles.approve(profile.pk, seen=seen, by_id=user.pk, now=clock.now())
    except ChangedMeanwhileError:
        mistake = "Somebody changed this draft while you read it. This is how it is now."
        return _ask_to_approve(request, profile, mistake, status=409)
    except (ProfileError, SpecError) as error:
        return _ask_to_approve(request, profile, str(error), status=422)
    if version is None:
        return back(request, role_profile_frame.at(profile), said="No draft waits any more.")
    told = f"Version {version.number} is in force. Shortlists are made by it from now on."
    return back(request, role_profile_frame.at(profile), said=told)


def _ask_to_approve(
    request: HttpRequest, profile: RoleProfile, mistake: str = "", *, status: int = 200
) -> HttpResponse:
    context = role_profile_frame.of(request, profile)
    if context["draft"] is None:
        # There is nothing to approve: what is in force says why.
        return lead(request, role_profile_frame.at(profile))
    spec = profiles.spec_of(context["draft"].version)
    context |= role_profile_frame.reading(spec) | {"mistake": mistake}
    return render(request, "role_profiles/approve.html", context, status=status)


@require_POST
@policy(Policy.OWNER)
def discard(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Throw the draft away."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    there, seen = role_profile_frame.at(profile), typed(request.POST, "seen")
    try:
        done = profiles.discard(profile.pk, seen=seen, by_id=user.pk, now=clock.now())
    except ProfileError as error:
        return back(request, there, said=str(error), is_error=True)
    if not done:
        return back(request, there, said="No draft waits any more.")
    if not RoleProfile.objects.filter(pk=profile_id).exists():
        return back(request, "role-profiles", said=f"{profile.name} is gone: it was only a draft.")
    return back(request, there, said="The draft is gone. What is in force stays as it is.")


@_form_page
@policy(Policy.OWNER)
def rename(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Call the profile something else."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    form = NameForm(request.POST or None, initial={"name": profile.name})
    if not form.is_valid():
        return _ask_for_name(request, profile, form, f"Rename {profile.name}", "Rename it")
    name = form.cleaned_data["name"]
    changed = profiles.rename(profile.pk, name, by_id=user.pk, now=clock.now())
    told = f"It is called {name} now." if changed else "It is called so already."
    return back(request, role_profile_frame.at(profile), said=told)


@_form_page
@policy(Policy.RECRUITER)
def clone(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Make another profile that begins like this one, and open its editor."""
    user = user_of(request)
    profile = shortlist_access.profile_for(profile_id)
    form = NameForm(request.POST or None, initial={"name": f"{profile.name} (copy)"[:160]})
    if not form.is_valid():
        return _ask_for_name(request, profile, form, f"A copy of {profile.name}", "Copy it")
    name, now = form.cleaned_data["name"], clock.now()
    made = profiles.clone(profile.pk, name=name, by_id=user.pk, now=now)
    told = "This is a draft of its own. Change what is other, and approve it."
    return back(request, f"{role_profile_frame.at(made)}edit/", said=told)


def _ask_for_name(
    request: HttpRequest, profile: RoleProfile, form: NameForm, title: str, button: str
) -> HttpResponse:
    context = {
        "section": "role-profiles",
        "profile": profile,
        "form": form,
        "title": title,
        "button": button,
    }
    status = 422 if form.is_bound else 200
    return render(request, "role_profiles/name.html", context, status=status)


@require_POST
@policy(Policy.OWNER)
def retire(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Hold nobody against the profile from now on."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    done = profiles.retire(profile.pk, by_id=user.pk, now=clock.now())
    told = "It is retired. Its lists stay." if done else "It was retired already."
    return back(request, role_profile_frame.at(profile), said=told)


@require_POST
@policy(Policy.OWNER)
def bring_back(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Use a retired profile again."""
    user = user_of(request)
    profile = shortlist_access.profile_to_change(user, profile_id)
    done = profiles.bring_back(profile.pk, by_id=user.pk, now=clock.now())
    told = "It is used again." if done else "It was not retired."
    return back(request, role_profile_frame.at(profile), said=told)


urlpatterns = [
    path("role-profiles/<int:profile_id>/approve/", approve, name="role-profile-approve"),
    path("role-profiles/<int:profile_id>/discard/", discard, name="role-profile-discard"),
    path("role-profiles/<int:profile_id>/rename/", rename, name="role-profile-rename"),
    path("role-profiles/<int:profile_id>/copy/", clone, name="role-profile-copy"),
    path("role-profiles/<int:profile_id>/retire/", retire, name="role-profile-retire"),
    path("role-profiles/<int:profile_id>/bring-back/", bring_back, name="role-profile-back"),
]
