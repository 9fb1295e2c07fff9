"""Signing in: by address and password, five tries, twelve hours."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from warmbench import settings as real_settings
from warmbench.accounts.models import Role, User

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
def alice(db: None) -> User:
    cache.clear()
    return User.objects.create_user(
        "alice@example.com", PASSWORD, date_joined=NOW, name="Alice", role=Role.RECRUITER
    )


def sign_in(
    client: Client, email: str = "alice@example.com", password: str = PASSWORD, **headers: str
) -> bool:
    """Whether the page let us in."""
    response = client.post("/sign-in/", {"login": email, "password": password}, **headers)  # type: ignore[arg-type]
    return response.status_code == 302


def test_a_browser_may_say_where_a_form_came_from(client: Client, alice: User) -> None:
    """Without a referrer it sends "Origin: null", which the check against forgery refuses."""
    page = client.get("/sign-in/").text
    assert page.rfind("same-origin") > page.rfind("no-referrer")


def test_an_address_in_any_capitals_signs_in(client: Client, alice: User) -> None:
    assert sign_in(client, "ALICE@example.com")
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_the_page_says_that_something_was_wrong_and_not_what(client: Client, alice: User) -> None:
    wrong = client.post("/sign-in/", {"login": "alice@example.com", "password": "x"})
    unknown = client.post("/sign-in/", {"login": "eve@example.com", "password": "x"})
    told = "This address and this password do not go together."
    assert told in wrong.text
    assert told in unknown.text


def test_five_wrong_passwords_lock_an_account_for_a_quarter_of_an_hour(alice: User) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        for number in range(5):
            # Another address, another host: it is the account that is being guessed at.
            stranger = Client(REMOTE_ADDR=f"192.0.2.{number}")
            assert not sign_in(stranger, password="guess", HTTP_HOST=f"localhost:{8000 + number}")
        assert not sign_in(Client(REMOTE_ADDR="192.0.2.99"))
        traveller.shift(timedelta(minutes=15, seconds=1))
        assert sign_in(Client(REMOTE_ADDR="192.0.2.99"))


def test_five_wrong_tries_lock_a_place_for_a_quarter_of_an_hour(alice: User) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        for number in range(5):
            assert not sign_in(Client(), f"guess{number}@example.com")
        assert not sign_in(Client())
        assert sign_in(Client(REMOTE_ADDR="192.0.2.1"))
        traveller.shift(timedelta(minutes=15, seconds=1))
        assert sign_in(Client())


def test_signing_in_often_is_no_offence(alice: User) -> None:
    assert all(sign_in(Client()) for _ in range(8))


def test_a_session_ends_after_twelve_hours_however_busy(client: Client, alice: User) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        assert sign_in(client)
        for _ in range(11):
            traveller.shift(timedelta(hours=1))
            assert client.get("/password/").status_code == 200
            session = client.session
            session["busy"] = True
            session.save()
        traveller.shift(timedelta(hours=1, seconds=1))
        assert client.get("/password/").status_code == 302


def test_who_is_switched_off_is_out_at_once(client: Client, alice: User) -> None:
    assert sign_in(client)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/password/").status_code == 302

    response = client.post("/sign-in/", {"login": alice.email, "password": PASSWORD}, follow=True)
    assert "switched off" in response.text
    assert client.get("/password/").status_code == 302


def test_signing_out_takes_a_post(client: Client, alice: User) -> None:
    assert sign_in(client)
    assert "Sign out?" in client.get("/sign-out/").text
    assert client.get("/password/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/password/").status_code == 302


def test_who_was_let_in_without_a_password_cannot_set_one(client: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save(update_fields=["password"])
    client.force_login(alice)
    assert client.get("/password/").status_code == 403


def test_a_password_is_changed_by_who_knows_it(client: Client, alice: User) -> None:
    assert sign_in(client)
    new = {"password1": "battery staple horse", "password2": "battery staple horse"}
    client.post("/password/", {"oldpassword": "wrong", **new})
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)

    response = client.post("/password/", {"oldpassword": PASSWORD, **new})
    assert response.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("battery staple horse")


@pytest.mark.parametrize("address", ["/signup/", "/sign-up/", "/accounts/signup/", "/email/"])
def test_nobody_signs_up(client: Client, alice: User, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("target", ["https://evil.example.com/", "//evil.example.com", "/\\evil"])
def test_nobody_is_sent_elsewhere_after_signing_in(
    client: Client, alice: User, target: str
) -> None:
    response = client.post(
        f"/sign-in/?next={target}", {"login": alice.email, "password": PASSWORD, "next": target}
    )
    assert response.headers["Location"] == "/"


def test_a_stranger_comes_back_to_the_page_she_wanted(client: Client, alice: User) -> None:
    response = client.get("/password/?x=1")
    assert response.headers["Location"] == "/sign-in/?next=/password/%3Fx%3D1"


def test_a_fragment_sends_the_whole_page_to_the_sign_in(client: Client, alice: User) -> None:
    response = client.get("/password/", headers={"HX-Request": "true"})
    assert response.status_code == 403
    assert response.headers["HX-Redirect"] == "/sign-in/"


def test_passwords_are_kept_as_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = real_settings.PASSWORD_HASHERS
    assert get_hasher().algorithm == "argon2"
