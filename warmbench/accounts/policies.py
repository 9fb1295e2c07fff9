"""Says who may do what, and makes every view declare it.

The whole agency shares its pool: everybody who is signed in may read it. Acting takes a
recruiter; changing a candidate takes her owner, or an administrator, or that nobody owns her.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url

from warmbench.accounts.first_run import needs_first_run
from warmbench.accounts.models import User


class Policy(StrEnum):
    """Who may call a view. OWNER views also ask ``may_change`` about their row."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    RECRUITER = "recruiter"
    OWNER = "owner"
    ADMIN = "admin"
    #: Whoever was given it, whatever their role: figures of fairness.
    AUDITOR = "auditor"
    #: Programs with a key of the API, and nobody who is signed in.
    KEY = "key"


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def allows(declared: Policy, user: User | AnonymousUser) -> bool:
    """Whether ``user`` passes the door. For OWNER the row itself has the last word."""
    if declared is Policy.PUBLIC:
        return True
    if not isinstance(user, User) or not user.is_active:
        return False
    return {
        Policy.SIGNED_IN: True,
        Policy.RECRUITER: user.is_recruiter,
        Policy.OWNER: user.is_recruiter,
        Policy.ADMIN: user.is_admin,
        Policy.AUDITOR: user.is_auditor,
        Policy.KEY: False,
    }[declared]


def may_change(user: User | AnonymousUser, owner_id: int | None) -> bool:
    """Whether ``user`` may change a row of this owner: theirs, nobody's, or any as admin."""
    if not isinstance(user, User) or not allows(Policy.OWNER, user):
        return False
    return owner_id is None or owner_id == user.pk or user.is_admin


def policy(declared: Policy) -> Callable[[View], View]:
    """Declare a view's policy and enforce it: sign-in page for strangers, else 403."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if allows(declared, request.user):
                return view(request, *args, **kwargs)
            if request.user.is_authenticated:
                raise PermissionDenied
            return _sign_in_first(request)

        guarded.declared_policy = declared  # type: ignore[attr-defined]
        return cast(View, guarded)

    return declare


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    # Only strangers get here, so that this question costs nobody else anything.
    if needs_first_run():
        return redirect("first-run")
    if request.headers.get("HX-Request") == "true":
        # htmx would swap the sign-in page into a fragment of this one.
        return HttpResponse(status=403, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    return redirect_to_login(request.get_full_path())
