"""The pages on which roles are written: from a description or by hand, changed, or copied."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.sourcing import roles
from warmbench.sourcing.models import Role
from warmbench.sourcing.roles import Draft, InvalidRoleError
from warmbench.web import access, role_form, role_proposal, role_timeline
from warmbench.web.access import user_of
from warmbench.web.role_form import RoleForm, Wish
from warmbench.web.role_proposal import DescriptionForm, Piece
from warmbench.web.toasts import back
from warmbench.web.typed import number, typed

_AGAIN = "Nothing of yours is kept yet: look it over, and save again if it is to count."

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Sheet:
    """A form that is being filled in, with everything that stands around it."""

    form: RoleForm
    wishes: list[Wish]
    #: None for a new one.
    role: Role | None = None
    #: What was read from a description: the words, and the whole of it with them marked.
    quotes: dict[str, str] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    #: Proposals that are not to count.
    struck: set[str] = field(default_factory=set)
    is_proposed: bool = False
    #: What is wrong with the skills.
    mistake: str = ""
    #: Which state of the role it was filled from, as a moment; blank for a new one.
    as_of: str = ""


@_form_page
@policy(Policy.RECRUITER)
def begin(request: HttpRequest) -> HttpResponse:
    """Take a description, and show what was read from it; or lead to the empty form."""
    is_sent = request.method == "POST"
    form = DescriptionForm(request.POST, request.FILES) if is_sent else DescriptionForm()
    if not form.is_valid():
        return render(request, "roles/new.html", {"form": form}, status=422 if is_sent else 200)
    read = role_proposal.read(form.cleaned_data["words"])
    shown = RoleForm(initial=read.initial | {"owner": user_of(request).pk})
    sheet = Sheet(shown, read.wishes, quotes=read.quotes, pieces=read.pieces, is_proposed=True)
    return _editor(request, sheet)


@_form_page
@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Write a new role, from nothing or like another one."""
    user = user_of(request)
    if request.method == "POST":
        return _save(request, None)
    initial: dict[str, Any] = {"owner": user.pk}
    wishes: list[Wish] = []
    if like := number(request.GET, "like"):
        shown, wishes = role_form.of_role(access.role_for(like))
        # It is another role: its deadline is its own, and whoever copies it looks after it.
        initial = shown | {"owner": user.pk, "deadline": None}
    return _editor(request, Sheet(RoleForm(initial=initial), wishes))


@_form_page
@policy(Policy.OWNER)
def edit(request: HttpRequest, role_id: int) -> HttpResponse:
    """Change a role."""
    role = access.role_to_change(user_of(request), role_id)
    if request.method == "POST":
        return _save(request, role)
    initial, wishes = role_form.of_role(role)
    form, as_of = RoleForm(initial=initial, role=role), role.changed_at.isoformat()
    return _editor(request, Sheet(form, wishes, role, as_of=as_of))


@require_POST
@policy(Policy.RECRUITER)
def skills(request: HttpRequest) -> HttpResponse:
    """The skills of a form that is being filled in, with one more."""
    rows, mistake = role_form.with_added(
        role_form.wishes(request.POST), typed(request.POST, "tag", longest=120)
    )
    return render(request, "roles/skills.html", {"wishes": rows, "mistake": mistake})


def _save(request: HttpRequest, role: Role | None) -> HttpResponse:
    said, struck = request.POST, role_form.struck(request.POST)
    form = RoleForm(said, role=role, struck=struck)
    sheet = _as_sent(request, form, role_form.wishes(said), struck)
    if "add" in said:
        # Without scripts the button of the skills sends everything.
        wishes, mistake = role_form.with_added(sheet.wishes, typed(said, "tag", longest=120))
        form = RoleForm(initial=_as_typed(request), role=role)
        return _editor(request, replace(sheet, form=form, wishes=wishes, mistake=mistake))
    if not sheet.form.is_valid():
        return _editor(request, sheet, status=422)
    if role is not None and (others := _changed_meanwhile(role, sheet.as_of)):
        sheet.form.add_error(None, f"While you wrote, the role was changed {others}. {_AGAIN}")
        return _editor(request, replace(sheet, as_of=role.changed_at.isoformat()), status=409)
    try:
        saved, told = _store(request, sheet.form.draft(sheet.wishes), role)
    except InvalidRoleError as error:
        sheet = replace(sheet, mistake=sheet.form.take(error))
        return _editor(request, sheet, status=422)
    return back(request, reverse("role", args=[saved.pk]), said=told)


def _changed_meanwhile(role: Role, as_of: str) -> str:
    """By whom and what, since the form was filled: saving it would undo that in silence."""
    with suppress(ValueError):
        moment = parse_datetime(as_of)
        if moment is not None and moment.tzinfo is not None:
            return role_timeline.changed_since(role, moment)
    return ""


def _store(request: HttpRequest, draft: Draft, role: Role | None) -> tuple[Role, str]:
    """The role as it is kept, and what to say about it."""
    user, now = user_of(request), clock.now()
    if role is not None:
        changed = roles.edit(role.pk, draft, by_id=user.pk, now=now)
        return role, "Changed." if changed else "Nothing was different."
    made = roles.create(draft, by_id=user.pk, now=now)
    if "open" not in request.POST:
        return made, "Kept as a draft. Open it when you want people to be told of it."
    try:
        roles.change_state(made.pk, Role.State.OPEN, by_id=user.pk, now=now)
    except InvalidRoleError as error:
        return made, f"Kept as a draft. {error}"
    return made, "It is open. Nobody is written to before you start its alerts."


def _as_sent(request: HttpRequest, form: RoleForm, wishes: list[Wish], struck: set[str]) -> Sheet:
    """Everything that was entered, also what was read from a description."""
    quotes = role_form.quotes(request.POST)
    text = request.POST.get("description", "").replace("\r\n", "\n")
    was_read = bool(quotes) or any(wish.quote for wish in wishes)
    return Sheet(
        form,
        wishes,
        role=form.role,
        quotes=quotes,
        pieces=role_proposal.pieces_of(text) if was_read and not form.role else [],
        struck=struck,
        as_of=request.POST.get("as_of", ""),
    )


def _as_typed(request: HttpRequest) -> dict[str, Any]:
    shown: dict[str, Any] = {name: request.POST.get(name, "") for name in RoleForm.base_fields}
    return shown | {"musts": request.POST.getlist("musts")}


def _editor(request: HttpRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    there = reverse("role-edit", args=[sheet.role.pk]) if sheet.role else reverse("role-add")
    context = {"section": "roles", "there": there} | vars(sheet)
    return render(request, "roles/edit.html", context, status=status)


urlpatterns = [
    path("roles/new/", begin, name="role-new"),
    path("roles/new/by-hand/", add, name="role-add"),
    path("roles/new/skills/", skills, name="role-skills"),
    path("roles/<int:role_id>/edit/", edit, name="role-edit"),
]
