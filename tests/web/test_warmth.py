"""The pages about warmth: what is in force, what other numbers would change, and the history."""

from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Organisation, Role, User
from warmbench.core import clock
from warmbench.nurture import pool_warmth
from warmbench.nurture.models import PoolMember
from warmbench.signals import policies, recounting
from warmbench.signals.models import Signal, Warmth, WarmthPolicy
from warmbench.signals.scoring import FIRST
from warmbench.web.warmth_form import KINDS

pytestmark = pytest.mark.django_db

NUMBERS = {
    "weight_replied": 40,
    "weight_preferences_updated": 30,
    "weight_clicked": 20,
    "weight_not_for_me": 0,
    "weight_booked": 40,
    "half_life_days": 30,
    "interest_count": 3,
    "interest_days": 30,
}


@pytest.fixture(autouse=True)
def the_first_version(db: None) -> None:
    """As the migration leaves it; a test that empties all tables takes it away."""
    WarmthPolicy.objects.get_or_create(
        scope="",
        version=1,
        defaults={
            "weights": {"replied": 40, "preferences_updated": 30, "clicked": 20, "booked": 40},
            "note": "As it was from the beginning",
            "at": NOW,
            "counted_at": NOW,
        },
    )


@pytest.fixture
def admin() -> User:
    make.organisation()
    return make.user(role=Role.ADMIN)


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def clicked(days: int = 0) -> int:
    person = make.candidate()
    make.signal(person, at=clock.now() - timedelta(days=days))
    return person.pk


def test_the_numbers_that_are_in_force_can_be_read_by_everybody(admin: User) -> None:
    viewer = Client()
    viewer.force_login(make.user(role=Role.VIEWER))

    said = page(viewer, "/warmth/")

    assert "40 points" in said
    assert "Version 1" in said
    assert viewer.post("/warmth/adopt/", NUMBERS).status_code == 403


def test_other_numbers_say_whom_they_would_move_and_write_nothing(client: Client) -> None:
    clicked()
    before = list(Warmth.objects.values_list("points", "rank", "policy"))

    said = client.post("/warmth/change/", NUMBERS | {"weight_clicked": 70}).content.decode()

    assert "A click 20 → 70 points" in said
    assert "1 would enter, 0 would leave" in said
    assert "20 → <b>70</b>" in said
    assert "everybody, by all signals" in said
    assert list(Warmth.objects.values_list("points", "rank", "policy")) == before
    assert WarmthPolicy.objects.count() == 1


def test_with_the_same_numbers_nobody_would_move(client: Client) -> None:
    clicked()

    assert "Nobody would move" in client.post("/warmth/change/", NUMBERS).content.decode()


def test_a_fragment_brings_only_what_would_change(client: Client) -> None:
    clicked()
    asked = NUMBERS | {"half_life_days": 365}

    answer = client.post("/warmth/change/", asked, headers={"HX-Request": "true"})

    assert "<h1" not in answer.content.decode()
    assert "Half-life 30 → 365 days" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"half_life_days": 0}, "greater than or equal to 1"),
        ({"weight_clicked": 101}, "less than or equal to 100"),
        (
            {
                "weight_clicked": 0,
                "weight_replied": 0,
                "weight_booked": 0,
                "weight_preferences_updated": 0,
            },
            "Nobody",
        ),
        ({"interest_days": "soon"}, "whole number"),
    ],
)
def test_numbers_by_which_nobody_can_be_measured_are_refused(
    client: Client, wrong: dict[str, object], told: str
) -> None:
    for address in ("/warmth/change/", "/warmth/adopt/"):
        answer = client.post(address, NUMBERS | wrong)
        assert answer.status_code == 422
        assert told.lower() in answer.content.decode().lower()
    assert WarmthPolicy.objects.count() == 1


def test_adopted_numbers_are_in_force_with_who_and_why(client: Client, admin: User) -> None:
    asked = NUMBERS | {"weight_clicked": 50, "note": "Clicks are dear to us"}

    client.post("/warmth/adopt/", asked)

    assert policies.in_force().weights["clicked"] == 50
    said = page(client, "/warmth/")
    assert "A click 20 → 50 points" in said
    assert "Clicks are dear to us" in said
    assert admin.name in said
    assert "Counting everybody anew" in said
    while recounting.step("", now=clock.now()):
        pass
    assert "Counting everybody anew" not in page(client, "/warmth/")


def test_the_same_numbers_make_no_version(client: Client) -> None:
    client.post("/warmth/adopt/", NUMBERS)

    assert WarmthPolicy.objects.count() == 1


def test_an_old_version_can_come_back_as_a_new_one(client: Client) -> None:
    first = WarmthPolicy.objects.get()
    client.post("/warmth/adopt/", NUMBERS | {"weight_clicked": 50})

    said = page(client, f"/warmth/change/?version={first.pk}")
    client.post("/warmth/adopt/", NUMBERS)

    assert "What if version 1 came back?" in said
    assert "A click 50 → 20 points" in said
    assert (policies.in_force().version, policies.in_force().weights["clicked"]) == (3, 20)


def test_opens_are_offered_only_where_the_pixel_is_on(client: Client) -> None:
    assert "weight_opened" not in page(client, "/warmth/change/")
    assert client.post("/warmth/adopt/", NUMBERS | {"interest_of": "opens"}).status_code == 302
    assert policies.in_force().interest_of == "human"

    Organisation.objects.update(pixel_on=True)
    assert "weight_opened" in page(client, "/warmth/change/")
    client.post("/warmth/adopt/", NUMBERS | {"weight_opened": 0, "interest_of": "opens"})
    assert policies.in_force().interest_of == "opens"

    Organisation.objects.update(pixel_on=False)
    refused = client.post(
        "/warmth/adopt/", NUMBERS | {"weight_opened": 0, "interest_of": "opens", "note": "x"}
    )
    assert refused.status_code == 422
    assert "only where the pixel is switched on" in refused.content.decode()


def test_why_72_says_what_each_thing_was_worth_and_what_is_left(client: Client) -> None:
    ana = make.candidate()
    make.signal(ana, Signal.Kind.REPLIED, at=clock.now() - timedelta(days=30))

    said = page(client, f"/candidates/{ana.pk}/")

    assert "Why 20?" in said
    assert "40 on its day, 20 cooled off" in said
    assert "version 1" in said


def test_a_pool_measures_its_members_in_its_own_way(client: Client) -> None:
    pool = make.pool("status = passive")
    warm, cold = make.candidate(), make.candidate()
    make.signal(warm, at=clock.now())
    for person in (warm, cold):
        PoolMember.objects.create(pool=pool, candidate=person, joined_at=NOW)
    assert "As everybody" in page(client, f"/pools/{pool.pk}/")
    assert "Measure in its own way" in page(client, f"/pools/{pool.pk}/warmth/")
    tried = client.post(f"/pools/{pool.pk}/warmth/change/", NUMBERS | {"weight_clicked": 90})
    assert "1 would enter, 0 would leave" in tried.content.decode()

    client.post(f"/pools/{pool.pk}/warmth/adopt/", NUMBERS | {"weight_clicked": 90})
    pool_warmth.follow_policy(pool.scope, now=clock.now())

    said = page(client, f"/pools/{pool.pk}/")
    assert "measured in its own way" in said
    assert said.index(warm.name) < said.index(cold.name)
    assert "<b>90</b>" in said
    about = page(client, f"/candidates/{warm.pk}/")
    assert f"Warmth 90 in {pool.name}" in about
    assert "Warmth 20" in about
    assert pool.name in page(client, "/warmth/")

    client.post(f"/pools/{pool.pk}/warmth/end/")
    pool_warmth.follow_policy(pool.scope, now=clock.now())
    assert f"in {pool.name}</h4>" not in page(client, f"/candidates/{warm.pk}/")
    assert "No longer measured" in page(client, f"/pools/{pool.pk}/warmth/")


def test_every_kind_that_is_worth_something_at_first_can_be_changed() -> None:
    """One that the form did not ask about would be worth nothing from the next change on."""
    assert set(FIRST.weights) <= set(KINDS)
