"""The page on which role profiles begin: from a description or a role, like another, or blank."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.shortlists import profiles, proposing
from warmbench.shortlists.models import RoleProfile
from warmbench.shortlists.requirements import Spec, SpecError
from warmbench.sourcing.models import Role
from warmbench.web import access, role_profile_frame, shortlist_access
from warmbench.web.access import user_of
from warmbench.web.role_proposal import DescriptionForm
from warmbench.web.toasts import back
from warmbench.web.typed import number, typed

_CHOICES = 200


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def begin(request: HttpRequest) -> HttpResponse:
    """Take a description, and open the draft that is read from it."""
    is_sent = request.method == "POST"
    form = DescriptionForm(request.POST, request.FILES) if is_sent else DescriptionForm()
    form.fields["text"].label = "Paste the job description"
    if not form.is_valid():
        return _page(request, form, status=422 if is_sent else 200)
    now = clock.now()
    try:
        spec = proposing.from_text(form.cleaned_data["words"], today=timezone.localdate(now))
    except SpecError as error:
        form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
        return _page(request, form, status=422)
    made = profiles.create(
        spec.title, spec, by_id=user_of(request).pk, now=now, note="From a job description"
    )
    return back(request, _editor(made), said=_read(spec))


@require_POST
@policy(Policy.OWNER)
def from_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Propose the profile of a role, and open its draft. Whoever looks after the one looks after
    the other."""
    user, now = user_of(request), clock.now()
    role = access.role_to_change(user, role_id)
    spec = proposing.from_role(role.pk, today=timezone.localdate(now))
    try:
        made = profiles.create(
            spec.title, spec, role_id=role.pk, owner_id=role.owner_id, by_id=user.pk, now=now
        )
    except TakenError:
        made = RoleProfile.objects.filter(role=role).latest("pk")
        return back(request, role_profile_frame.at(made), said=profiles.TAKEN)
    return back(request, _editor(made), said=_read(spec))


@require_POST
@policy(Policy.RECRUITER)
def blank(request: HttpRequest) -> HttpResponse:
    """Begin with nothing but a title, or like another profile."""
    user, now = user_of(request), clock.now()
    title = typed(request.POST, "title", longest=160)
    if not title:
        there = f"{reverse('role-profile-new')}#blank"
        return back(request, there, said="Give the role a title first.", is_error=True)
    if like := number(request.POST, "like"):
        before = shortlist_access.profile_for(like)
        made = profiles.clone(before.pk, name=title, by_id=user.pk, now=now)
        return back(request, _editor(made), said=f"It begins as {before.name} is at present.")
    made = profiles.create(title, Spec(title=title), by_id=user.pk, now=now)
    return back(request, _editor(made), said="Say what somebody must, should and may have.")


def _page(request: HttpRequest, form: DescriptionForm, *, status: int = 200) -> HttpResponse:
    open_ones = Role.objects.exclude(state__in=[Role.State.FILLED, Role.State.CLOSED])
    context = {
        "section": "role-profiles",
        "form": form,
        "roles": open_ones.filter(profile=None).order_by("-state_at", "-pk")[:6],
        "others": RoleProfile.objects.filter(retired_at=None).order_by("name", "pk")[:_CHOICES],
        "title": typed(request.GET, "title", longest=160),
    }
    return render(request, "role_profiles/new.html", context, status=status)


def _editor(made: RoleProfile) -> str:
    return reverse("role-profile-edit", args=[made.pk])


def _read(spec: Spec) -> str:
    count = len(spec.requirements)
    found = f"{count} requirement{'s' * (count != 1)} found." if count else "No requirement found."
    return f"{found} Nobody is held against it before it is approved."


urlpatterns = [
    path("role-profiles/new/", begin, name="role-profile-new"),
    path("role-profiles/new/blank/", blank, name="role-profile-blank"),
    path("roles/<int:role_id>/profile/new/", from_role, name="role-profile-propose"),
]
