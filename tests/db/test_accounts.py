"""Users are one per address, and a new installation gets exactly one first administrator."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from warmbench.accounts.first_run import Installation, create_administrator, needs_first_run
from warmbench.accounts.models import Organisation, Role, Team, User
from warmbench.core.models import AuditEntry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

INSTALLATION = Installation(
    name="Alice Admin",
    email="Alice@Example.com",
    password="correct horse battery",
    organisation="North Agency",
    postal_address="Main Street 5\n12345 Town",
    country="DE",
    time_zone="Europe/Berlin",
)


def test_an_address_is_one_user_whatever_its_capitals(db: None) -> None:
    alice = User.objects.create_user(" Alice@Example.com ", "secret", date_joined=NOW, name="Alice")
    assert alice.email == "alice@example.com"
    assert alice.check_password("secret")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ALICE@EXAMPLE.COM", date_joined=NOW, name="Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(email="Alice@example.com")


def test_without_a_password_nobody_signs_in(db: None) -> None:
    alice = User.objects.create_user("alice@example.com", date_joined=NOW, name="Alice")
    assert not alice.has_usable_password()


def test_a_role_is_one_of_three(db: None) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user("a@example.com", date_joined=NOW, name="A", role="boss")


def test_users_are_shown_by_name(db: None) -> None:
    team = Team.objects.create(name="North")
    alice = User.objects.create_user("a@example.com", date_joined=NOW, name="Alice", team=team)
    assert [str(alice), alice.get_full_name(), str(team)] == ["Alice", "Alice", "North"]


def test_the_first_run_makes_the_organisation_and_its_administrator(db: None) -> None:
    assert needs_first_run()
    alice = create_administrator(INSTALLATION, now=NOW)

    assert alice is not None
    assert (alice.email, alice.role, alice.date_joined) == ("alice@example.com", Role.ADMIN, NOW)
    organisation = Organisation.objects.get()
    assert str(organisation) == "North Agency"
    assert organisation.default_country == "DE"
    assert AuditEntry.objects.get().actor_id == alice.pk
    assert not needs_first_run()


def test_the_first_run_happens_once(db: None) -> None:
    create_administrator(INSTALLATION, now=NOW)
    second = replace(INSTALLATION, email="eve@example.com", organisation="Taken over")
    assert create_administrator(second, now=NOW) is None
    assert Organisation.objects.get().name == "North Agency"
    assert User.objects.count() == 1


def test_of_two_people_who_set_up_at_once_one_wins(transactional_db: None) -> None:
    def submit(number: int) -> bool:
        draft = replace(INSTALLATION, email=f"admin{number}@example.com")
        try:
            return create_administrator(draft, now=NOW) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(submit, range(8))) == 1
    assert User.objects.count() == 1


def test_there_is_one_organisation(db: None) -> None:
    create_administrator(INSTALLATION, now=NOW)
    with pytest.raises(IntegrityError):
        Organisation.objects.create(id=2, name="Other", default_country="FR", created_at=NOW)
