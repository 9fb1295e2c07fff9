"""Who may do what."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from warmbench.accounts.models import Role, User
from warmbench.accounts.policies import Policy, allows, may_change, policy

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

nobody = AnonymousUser()
viewer = User(pk=1, role=Role.VIEWER)
alice = User(pk=2, role=Role.RECRUITER)
bob = User(pk=3, role=Role.RECRUITER)
admin = User(pk=4, role=Role.ADMIN)
switched_off = User(pk=5, role=Role.ADMIN, is_active=False)
everybody: list[User | AnonymousUser] = [nobody, viewer, alice, admin, switched_off]


@pytest.mark.parametrize(
    ("declared", "allowed"),
    [
        (Policy.PUBLIC, [nobody, viewer, alice, admin, switched_off]),
        (Policy.SIGNED_IN, [viewer, alice, admin]),
        (Policy.RECRUITER, [alice, admin]),
        (Policy.OWNER, [alice, admin]),
        (Policy.ADMIN, [admin]),
        (Policy.AUDITOR, []),
    ],
)
def test_each_policy_opens_for_its_roles(
    declared: Policy, allowed: list[User | AnonymousUser]
) -> None:
    assert [user for user in everybody if allows(declared, user)] == allowed


def test_an_auditor_is_who_was_given_it_whatever_their_role() -> None:
    assert allows(Policy.AUDITOR, User(pk=6, role=Role.VIEWER, is_auditor=True))
    assert not allows(Policy.AUDITOR, User(pk=7, is_auditor=True, is_active=False))


def test_a_recruiter_changes_her_own_candidates_and_nobodys() -> None:
    assert may_change(alice, alice.pk)
    assert may_change(alice, None)
    assert not may_change(bob, alice.pk)


def test_an_administrator_changes_everybodys_candidates() -> None:
    assert may_change(admin, alice.pk)


@pytest.mark.parametrize("user", [nobody, viewer, switched_off])
def test_nobody_else_changes_a_candidate(user: User | AnonymousUser) -> None:
    assert not may_change(user, None)
    assert not may_change(user, user.pk)


@policy(Policy.RECRUITER)
def act(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def test_a_view_carries_its_policy_and_its_name() -> None:
    assert act.declared_policy is Policy.RECRUITER  # type: ignore[attr-defined]
    assert act.__name__ == "act"


def test_a_view_is_closed_to_lesser_roles() -> None:
    request = HttpRequest()
    request.user = alice
    assert act(request).content == b"done"
    request.user = viewer
    with pytest.raises(PermissionDenied):
        act(request)
