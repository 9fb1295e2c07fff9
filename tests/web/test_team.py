"""The pages about the team: an administrator keeps users, everybody keeps their own profile."""

import re

import pytest
from django.test import Client

from tests import make
from tests.web.conftest import TooLate
from warmbench.accounts.models import Organisation, Role, Team, User
from warmbench.core.models import AuditEntry
from warmbench.people.models import Candidate

pytestmark = pytest.mark.django_db

SAID = {
    "name": "Chen Wu",
    "email": "Chen@Example.com",
    "role": "recruiter",
    "title": "Consultant",
    "team": "Finance",
    "booking_url": "https://cal.example/chen",
    "time_zone": "Europe/Berlin",
}


@pytest.fixture
def ada() -> User:
    make.organisation()
    return make.user("Ada Min", Role.ADMIN)


@pytest.fixture
def admin(ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def alice() -> User:
    return make.user()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("changes_somebody", [False, True])
def test_of_two_who_give_one_address_in_one_moment_the_slower_is_told(
    too_late: TooLate, *, changes_somebody: bool
) -> None:
    make.organisation()
    admin, ben = signed_in(make.user("Ada Min", Role.ADMIN)), make.user("Ben Ng")
    path = f"/team/{ben.pk}/" if changes_somebody else "/team/new/"

    def slower() -> str:
        answer = admin.post(path, SAID)
        assert answer.status_code == 422
        return answer.text

    def faster() -> None:
        User.objects.create_user("chen@example.com", date_joined=make.NOW, name="Chen Li")

    page = too_late(faster, slower)

    assert "Somebody signs in with this address already." in page
    assert 'value="Consultant"' in page, "nothing of what was written is lost"
    assert User.objects.count() == 3


def test_two_who_name_a_new_team_in_one_moment_have_one_team(too_late: TooLate) -> None:
    make.organisation()
    admin = signed_in(make.user("Ada Min", Role.ADMIN))

    page = too_late(
        lambda: Team.objects.create(name="Finance"), lambda: admin.post("/team/new/", SAID).text
    )

    assert password_on(page)
    assert User.objects.get(email="chen@example.com").team == Team.objects.get()


def password_on(page: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found
    return found[1]


def test_an_administrator_adds_somebody_who_can_then_sign_in(admin: Client) -> None:
    answer = admin.post("/team/new/", SAID)

    chen = User.objects.get(email="chen@example.com")
    assert (chen.role, chen.team, chen.time_zone) == (
        Role.RECRUITER,
        Team.objects.get(name="Finance"),
        "Europe/Berlin",
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert chen.check_password(password_on(answer.content.decode()))


def test_the_first_password_is_in_no_trail(admin: Client) -> None:
    password = password_on(admin.post("/team/new/", SAID).content.decode())
    entry = AuditEntry.objects.get(action="user.added")
    assert password not in str(entry.detail)


@pytest.mark.parametrize(
    "wrong",
    [{"role": "owner"}, {"time_zone": "Mars/Olympus"}, {"email": "nobody"}, {"name": ""},
     {"booking_url": "javascript:alert(1)"}],
)  # fmt: skip
def test_what_makes_no_user_is_refused(admin: Client, wrong: dict[str, str]) -> None:
    assert admin.post("/team/new/", SAID | wrong).status_code == 422
    assert not User.objects.filter(name="Chen Wu").exists()


def test_an_address_belongs_to_one_user(admin: Client, alice: User) -> None:
    answer = admin.post("/team/new/", SAID | {"email": alice.email.upper()})
    assert "Somebody signs in with this address already." in answer.content.decode()


def test_a_user_is_changed(admin: Client, alice: User) -> None:
    Team.objects.create(name="finance")
    admin.post(f"/team/{alice.pk}/", SAID | {"role": "viewer"})
    alice.refresh_from_db()
    assert (alice.name, alice.role, alice.email) == ("Chen Wu", "viewer", "chen@example.com")
    assert Team.objects.count() == 1


def test_the_last_administrator_stays_one(admin: Client, ada: User) -> None:
    answer = admin.post(f"/team/{ada.pk}/", SAID | {"role": "viewer"})
    assert "You are the only administrator" in answer.content.decode()
    admin.post(f"/team/{ada.pk}/deactivate/")
    ada.refresh_from_db()
    assert (ada.role, ada.is_active) == (Role.ADMIN, True)


def test_a_deactivated_user_is_out_at_once(admin: Client, alice: User) -> None:
    hers = signed_in(alice)
    admin.post(f"/team/{alice.pk}/deactivate/")
    assert hers.get("/team/").status_code == 302
    assert "Deactivated (1)" in admin.get("/team/").content.decode()

    admin.post(f"/team/{alice.pk}/reactivate/")
    assert hers.get("/team/").status_code == 200


def test_somebody_takes_over_the_candidates_of_who_leaves(admin: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    ana = make.candidate(owner=alice)
    assert "Who takes over 1 candidate" in admin.get(f"/team/{alice.pk}/").content.decode()

    admin.post(f"/team/{alice.pk}/deactivate/", {"to": bob.email})

    assert Candidate.objects.get(pk=ana.pk).owner == bob


def test_nobody_takes_over_who_cannot(admin: Client, alice: User) -> None:
    viewer = make.user("Vera View", Role.VIEWER)
    admin.post(f"/team/{alice.pk}/deactivate/", {"to": viewer.email})
    alice.refresh_from_db()
    assert alice.is_active


def test_a_new_password_ends_every_session(admin: Client, alice: User) -> None:
    hers = signed_in(alice)
    password = password_on(admin.post(f"/team/{alice.pk}/password/").content.decode())
    alice.refresh_from_db()
    assert alice.check_password(password)
    assert hers.get("/team/").status_code == 302


def test_everybody_keeps_their_own_profile_and_nothing_more(alice: User) -> None:
    client = signed_in(alice)
    said = {"name": "Alice M.", "booking_url": "https://cal.example/am", "time_zone": "UTC"}
    client.post("/profile/", said | {"role": "admin", "email": "root@example.com", "is_active": ""})
    before = alice.email
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone) == ("Alice M.", "UTC")
    assert (alice.role, alice.email) == (Role.RECRUITER, before)
    assert client.post("/profile/", {"name": ""}).status_code == 422


def test_the_organisation_is_the_administrators(admin: Client, alice: User) -> None:
    said = {
        "name": "Northwind",
        "postal_address": "2 Quay Street",
        "default_country": "AT",
        "default_time_zone": "Europe/Vienna",
    }
    assert signed_in(alice).post("/team/organisation/", said).status_code == 403
    admin.post("/team/organisation/", said)
    assert Organisation.objects.get().postal_address == "2 Quay Street"
    assert admin.post("/team/organisation/", {"name": ""}).status_code == 422


def test_recruiters_read_and_do_not_change(alice: User) -> None:
    client = signed_in(alice)
    page = client.get("/team/").content.decode()
    assert alice.email in page
    assert "Add somebody" not in page
    for path in ("/team/new/", f"/team/{alice.pk}/"):
        assert client.get(path).status_code == 403
