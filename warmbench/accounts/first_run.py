"""Sets up a new installation: its organisation and its first administrator, once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from warmbench.accounts.models import Organisation, Role, User
from warmbench.core import audit
from warmbench.core.events import Event, publish


@dataclass(frozen=True, kw_only=True)
class InstallationCreated(Event):
    """Somebody has set Warmbench up, and it is empty."""

    administrator_id: int


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What the first-run page asks for."""

    name: str
    email: str
    password: str
    organisation: str
    postal_address: str
    country: str
    time_zone: str
    website: str = ""
    privacy_url: str = ""


def needs_first_run() -> bool:
    """Whether nobody can sign in yet, because no user was ever made."""
    return not User.objects.exists()


@transaction.atomic
def create_administrator(installation: Installation, *, now: datetime) -> User | None:
    """Store the organisation and its administrator, or None if there is a user already.

    Works once, even when two people submit the page at the same moment: otherwise the
    slower of them would own an installation that the faster one fills with candidates.
    """
    with connection.cursor() as cursor:
        # Waits for whoever else is creating a user, and keeps others out until we commit.
        cursor.execute("LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE")
    if not needs_first_run():
        return None
    Organisation.objects.update_or_create(
        id=1,
        defaults={
            "name": installation.organisation,
            "postal_address": installation.postal_address,
            "website": installation.website,
            "privacy_url": installation.privacy_url,
            "default_country": installation.country,
            "default_time_zone": installation.time_zone,
            "created_at": now,
        },
    )
    administrator = User.objects.create_user(
        installation.email,
        installation.password,
        date_joined=now,
        name=installation.name,
        role=Role.ADMIN,
        time_zone=installation.time_zone,
    )
    audit.record(administrator.pk, "installation.created", f"user:{administrator.pk}", now=now)
    publish(InstallationCreated(administrator_id=administrator.pk))
    return administrator
