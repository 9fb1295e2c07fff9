"""The page that a new installation begins with."""

from unicodedata import normalize

import pytest
from django.test import Client

from warmbench.accounts.models import Organisation, User
from warmbench.web import first_run

FORM = {
    "name": "Alice Admin",
    "email": "Alice@Example.com",
    "password": "correct horse battery",
    "password_again": "correct horse battery",
    "organisation": "North Agency",
    "postal_address": "Main Street 5\n12345 Town",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "privacy_url": "",
}


@pytest.mark.parametrize("address", ["/password/", "/sign-in/"])
def test_a_new_installation_leads_everybody_to_its_first_page(
    client: Client, db: None, address: str
) -> None:
    assert client.get(address).headers["Location"] == "/welcome/"


def test_the_first_page_makes_the_administrator_and_signs_her_in(client: Client, db: None) -> None:
    assert client.get("/welcome/").status_code == 200

    response = client.post("/welcome/", FORM)

    assert response.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    assert Organisation.objects.get().name == "North Agency"
    assert client.get("/password/").status_code == 200


def test_the_first_page_is_gone_afterwards(client: Client, db: None) -> None:
    client.post("/welcome/", FORM)
    again = Client().post("/welcome/", FORM | {"email": "eve@example.com"})
    assert again.headers["Location"] == "/"
    assert Client().get("/welcome/").status_code == 302
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password_again": "another"}, "This is not the same password."),
        ({"password": "alice@example.com"}, "too similar to the email"),
        ({"password": "password"}, "too common"),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"postal_address": ""}, "This field is required."),
        ({"country": "XX"}, "Select a valid choice."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"password": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, db: None, change: dict[str, str], told: str
) -> None:
    response = client.post("/welcome/", FORM | change)
    assert response.status_code == 422
    assert told in response.text
    assert FORM["password"] not in response.text
    assert not User.objects.exists()


def test_every_country_and_zone_can_be_chosen() -> None:
    countries = dict(first_run.countries())
    assert {"DE", "FR", "US", "IN", "BR"} <= countries.keys()
    assert all(normalize("NFC", name) == name for name in countries.values())
    zones = dict(first_run.time_zones())
    assert {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= zones.keys()
