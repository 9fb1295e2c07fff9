"""The pages about programs that are told what happens, and all that each was told."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role
from warmbench.integrations.models import Delivery, Happening, Subscription
from warmbench.integrations.subscriptions import deliveries
from warmbench.web import subscriptions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here() -> Any:
    make.organisation()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make.user("Root", Role.ADMIN))
    return client


def told(subscription: Subscription, **fields: Any) -> Delivery:
    deliveries.queue(
        [subscription.pk], Happening.STATUS_CHANGED, [7], {"status": "placed"}, now=NOW
    )
    made = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=made.pk).update(**fields)
    return made


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_program_is_added_and_its_secret_shown_once(admin: Client) -> None:
    assert "No program yet" in page(admin, "/subscriptions/")
    form = {"name": "ATS", "url": "http://127.0.0.1:9/hooks", "kinds": ["role.opened"]}
    shown = admin.post("/subscriptions/new/", form)

    made = Subscription.objects.get()
    assert made.secret in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    listed = page(admin, "/subscriptions/") + page(admin, f"/subscriptions/{made.pk}/")
    assert "A role was opened" in listed
    assert "Not tried yet" in listed
    assert made.secret not in listed
    assert "/hooks" not in listed


def test_an_address_that_is_never_called_is_not_taken(admin: Client) -> None:
    form = {"name": "ATS", "url": "https://10.0.0.7/", "kinds": ["role.opened"]}
    refused = admin.post("/subscriptions/new/", form)
    assert refused.status_code == 422
    assert "not on the public internet" in refused.content.decode()
    assert page(admin, "/subscriptions/new/")


def test_a_subscription_is_changed_and_keeps_its_address(admin: Client) -> None:
    made = make.subscription()
    where = f"/subscriptions/{made.pk}/edit/"
    assert "It is at 127.0.0.1" in page(admin, where)
    form = {"name": "CRM", "url": "", "kinds": ["role.ended"], "with_names": "on"}
    admin.post(where, form)
    admin.post(where, form)
    made.refresh_from_db()
    assert (made.name, made.kinds, made.with_names) == ("CRM", ["role.ended"], True)
    assert made.url == "http://127.0.0.1:9/hooks"
    assert "With names" in page(admin, "/subscriptions/")


def test_what_a_program_was_told_is_shown_with_its_answer(admin: Client) -> None:
    made = make.subscription()
    told(made, state="failed", tries=9, status=500, answer="It answered 500: out of order")
    told(made, state="done", tries=1, status=202)
    told(made, tries=2, due_at=NOW + timedelta(hours=1))
    there = f"/subscriptions/{made.pk}/"

    shown = page(admin, there)
    assert "It answered 500: out of order" in shown
    assert "{&quot;status&quot;: &quot;placed&quot;, &quot;candidate_ids&quot;: [7]}" in shown
    assert "2 tries, again at" in shown
    assert page(admin, f"{there}?state=done").count("data-item") == 1
    assert page(admin, f"{there}?state=lost").count("data-item") == 3


def test_older_deliveries_are_a_page_further(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "PAGE", 2)
    made = make.subscription()
    for _ in range(3):
        told(made)
    there = f"/subscriptions/{made.pk}/"
    older = re.search(r'href="(\?before=\d+)"', page(admin, there))
    assert older
    assert page(admin, there + older[1]).count("data-item") == 1
    assert page(admin, f"{there}?before=x").count("data-item") == 2


def test_what_failed_is_told_again(admin: Client) -> None:
    made = make.subscription()
    one, other = told(made, state="failed"), told(made, state="failed")
    there = f"/subscriptions/{made.pk}/replay/"

    admin.post(f"{there}{one.pk}/")
    one.refresh_from_db()
    assert one.state == "waiting"
    again = admin.post(f"{there}{one.pk}/", follow=True)
    assert "It waits already." in again.content.decode()

    assert "Say since when." in admin.post(there, {}, follow=True).content.decode()
    late = admin.post(there, {"since": "2026-03-04T00:00"}, follow=True)
    assert "Nothing failed since then." in late.content.decode()
    admin.post(there, {"since": "2026-03-01T00:00"})
    other.refresh_from_db()
    assert other.state == "waiting"


def test_a_program_is_paused_and_resumed(admin: Client) -> None:
    made = make.subscription(problem="It answered 500.", failing_since=NOW)
    told(made)
    there = f"/subscriptions/{made.pk}/"
    assert "Stuck" in page(admin, "/subscriptions/")
    admin.post(f"{there}pause/")
    admin.post(f"{there}pause/")
    assert "Paused" in page(admin, there)
    assert Delivery.objects.get().state == "failed"
    admin.post(f"{there}resume/")
    made.refresh_from_db()
    assert made.is_active
    Subscription.objects.update(is_active=False, disabled_at=NOW)
    assert "Switched off" in page(admin, there)


def test_a_secret_is_changed_with_a_day_for_the_old_one(admin: Client) -> None:
    made = make.subscription()
    shown = admin.post(f"/subscriptions/{made.pk}/secret/").content.decode()
    made.refresh_from_db()
    assert made.secret in shown
    assert made.old_secret == "whsec_c2VjcmV0"
    assert "for 24 hours" in shown


def test_a_test_says_what_came_of_it(admin: Client) -> None:
    made = make.subscription()
    answer = admin.post(f"/subscriptions/{made.pk}/test/", follow=True)
    assert "No connection could be made" in answer.content.decode()


def test_a_subscription_is_removed(admin: Client) -> None:
    made = make.subscription()
    admin.post(f"/subscriptions/{made.pk}/remove/")
    assert not Subscription.objects.exists()
