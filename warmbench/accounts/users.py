"""Keeps users: who may sign in, as what, and how they stand in the signatures of mails."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from warmbench.accounts.models import Organisation, Role, Team, User
from warmbench.core import audit
from warmbench.core.unique import told_who_was_faster

#: Without the letters and digits that are mistaken for each other when they are read out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_GROUPS, _GROUP = 4, 5
#: What an administrator is told who gives somebody an address that somebody else has.
ADDRESS_TAKEN = "Somebody signs in with this address already."

_one_address_each = told_who_was_faster({"app_user_email_key": ("email", ADDRESS_TAKEN)})


def zone_here() -> ZoneInfo:
    """The time zone of the organisation; UTC before there is one."""
    organisation = Organisation.objects.first()
    return ZoneInfo(organisation.default_time_zone if organisation else "UTC")


class LastAdministratorError(ValueError):
    """Nobody would be left who can change users and settings."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """What users say about themselves."""

    name: str
    title: str = ""
    booking_url: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True, kw_only=True)
class Account(Person):
    """What an administrator says about a user."""

    email: str
    role: str
    #: May see figures of fairness.
    is_auditor: bool = False
    #: The name of a team, made when there is none of that name; blank for none.
    team: str = ""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the organisation is, as mails and pages say it."""

    name: str
    postal_address: str
    website: str
    privacy_url: str
    default_country: str
    default_time_zone: str
    pixel_on: bool = False


@_one_address_each
@transaction.atomic
def add(account: Account, *, by_id: int | None, now: datetime) -> tuple[User, str]:
    """A new user, and the password to tell them. It is stored nowhere in readable form.

    Raises TakenError for an address that somebody else signs in with.
    """
    fields = asdict(account)
    password = _password()
    team, email = _team(fields.pop("team")), fields.pop("email")
    user = User.objects.create_user(email, password, date_joined=now, team=team, **fields)
    detail: dict[str, object] = {"role": account.role}
    audit.record(by_id, "user.added", f"user:{user.pk}", detail=detail, now=now)
    return user, password


@_one_address_each
@transaction.atomic
def change(user_id: int, account: Account, *, by_id: int | None, now: datetime) -> list[str]:
    """Say something else about a user. Returns what is different now.

    Raises LastAdministratorError rather than let nobody administer the installation, and
    TakenError for an address that somebody else signs in with.
    """
    _lock()
    user = User.objects.get(pk=user_id)
    if account.role != Role.ADMIN:
        _leave_an_administrator(user)
    fields = asdict(account) | {"email": account.email.lower(), "team": _team(account.team)}
    return _update(user, fields, "user.changed", by_id=by_id, now=now)


@transaction.atomic
def change_oneself(user_id: int, person: Person, *, now: datetime) -> list[str]:
    """Let users say something else about themselves. Returns what is different now."""
    user = User.objects.get(pk=user_id)
    return _update(user, asdict(person), "user.changed", by_id=user_id, now=now)


@transaction.atomic
def deactivate(user_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a user sign in no more, from this moment on. Returns whether they could.

    Nothing is sent in their name any more. Raises LastAdministratorError.
    """
    _lock()
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        return False
    _leave_an_administrator(user)
    User.objects.filter(pk=user_id).update(is_active=False)
    audit.record(by_id, "user.deactivated", f"user:{user_id}", now=now)
    return True


@transaction.atomic
def reactivate(user_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a user sign in again. Returns whether they could not."""
    if not User.objects.filter(pk=user_id, is_active=False).update(is_active=True):
        return False
    audit.record(by_id, "user.reactivated", f"user:{user_id}", now=now)
    return True


@transaction.atomic
def give_new_password(user_id: int, *, by_id: int | None, now: datetime) -> str:
    """Another password for somebody who lost theirs. Wherever they are signed in, they are
    not any more."""
    password = _password()
    User.objects.filter(pk=user_id).update(password=make_password(password))
    audit.record(by_id, "user.password_reset", f"user:{user_id}", now=now)
    return password


@transaction.atomic
def change_organisation(identity: Identity, *, by_id: int | None, now: datetime) -> list[str]:
    """Say something else about the organisation. Returns what is different now."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=1)
    fields = asdict(identity)
    changed = {n: value for n, value in fields.items() if getattr(organisation, n) != value}
    if changed:
        Organisation.objects.filter(pk=1).update(**changed)
        detail: dict[str, object] = {"fields": sorted(changed)}
        audit.record(by_id, "organisation.changed", "organisation:1", detail=detail, now=now)
    return sorted(changed)


def _update(
    user: User, fields: dict[str, object], action: str, *, by_id: int | None, now: datetime
) -> list[str]:
    changed = {name: value for name, value in fields.items() if getattr(user, name) != value}
    if changed:
        User.objects.filter(pk=user.pk).update(**changed)
        # Names only: the values are about a person.
        detail: dict[str, object] = {"fields": sorted(changed)}
        audit.record(by_id, action, f"user:{user.pk}", detail=detail, now=now)
    return sorted(changed)


def _leave_an_administrator(user: User) -> None:
    others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk)
    if user.is_active and user.role == Role.ADMIN and not others.exists():
        raise LastAdministratorError(f"{user.name} is the only administrator.")


def _lock() -> None:
    """Let one change after the other ask whether an administrator is left."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE")


def _team(name: str) -> Team | None:
    if not name:
        return None
    known = Team.objects.filter(name__iexact=name).first()
    # Two administrators may name a new team in the same moment.
    return known or Team.objects.get_or_create(name=name)[0]


def _password() -> str:
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_PASSWORD_GROUPS)
    )
    return "-".join(groups)
