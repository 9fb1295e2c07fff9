"""The page about the language model: it is off until somebody switches it on, and says all."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.integrations.models import ModelCall, ModelProvider, ModelReading
from warmbench.simulators import Simulator, World, running

pytestmark = pytest.mark.django_db

PAGE = "/connections/language-model/"


@pytest.fixture
def there() -> Iterator[Simulator]:
    make.organisation()
    world = World(candidates=1, roles=0, clock=lambda: NOW)
    with clock.pinned(NOW), running("model_provider", world) as simulator:
        yield simulator


@pytest.fixture
def admin(there: Simulator) -> Client:
    client = Client()
    client.force_login(make.user("Root", Role.ADMIN))
    return client


def connect(admin: Client, there: Simulator, **instead: str) -> None:
    given = {"address": there.addresses["api"], **there.credentials}
    assert admin.post(f"{PAGE}connect/", given | instead).status_code == 302


def page(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_is_connected_tried_and_switched_on(admin: Client, there: Simulator) -> None:
    assert "What leaves, and what never does" in page(admin)
    connect(admin, there)
    made = ModelProvider.objects.get()
    assert not made.is_on
    assert there.credentials["key"] not in page(admin)

    refused = admin.post(f"{PAGE}switch/", {"on": "yes"}, follow=True)
    assert "Test it first" in refused.content.decode()
    costs = {"budget": "5", "currency": "EUR", "price_in": "1", "price_out": "4"}
    admin.post(f"{PAGE}budget/", costs)
    tried = admin.post(f"{PAGE}test/", follow=True)
    assert "found 2 of the 2 facts" in tried.content.decode()
    admin.post(f"{PAGE}switch/", {"on": "yes"})
    shown = page(admin)
    assert "It is on" in shown
    assert "honest" in page(admin, "/connections/")
    call = ModelCall.objects.get()
    assert call.cost > 0
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "language_model.connected",
        "language_model.budget_changed",
        "language_model.switched_on",
    }


def test_what_leaves_in_a_trial_is_invented(admin: Client, there: Simulator) -> None:
    connect(admin, there)
    costs = {"budget": "0", "currency": "EUR", "price_in": "0", "price_out": "0"}
    admin.post(f"{PAGE}budget/", costs)
    admin.post(f"{PAGE}test/")
    (asked,) = there.vendor.asked  # type: ignore[attr-defined]
    assert "notice period of three months" in asked["messages"][1]["content"]


def test_without_a_budget_nothing_that_costs_is_asked(admin: Client, there: Simulator) -> None:
    connect(admin, there)
    ModelProvider.objects.update(price_in=Decimal(1))
    tried = admin.post(f"{PAGE}test/", follow=True)
    assert "budget" in tried.content.decode()
    assert not there.vendor.asked  # type: ignore[attr-defined]


def test_a_wrong_key_is_said_and_not_repeated(admin: Client, there: Simulator) -> None:
    connect(admin, there, key="sk-wrong-0123456789abcdef")
    tried = admin.post(f"{PAGE}test/", follow=True).content.decode()
    assert "The key is not taken" in tried
    assert "sk-wrong-0123456789abcdef" not in tried


@pytest.mark.parametrize(
    "address",
    ["https://10.0.0.7/v1", "http://models.example.com/v1", "ftp://x", "https://u:p@example.com/v1",
     "https://example.com/v1?key=1", "https://169.254.169.254/latest"],
)  # fmt: skip
def test_addresses_that_are_not_called_are_refused(admin: Client, address: str) -> None:
    answer = admin.post(f"{PAGE}connect/", {"address": address, "model": "x", "key": ""})
    assert answer.status_code == 422
    assert not ModelProvider.objects.exists()


def test_there_is_one_at_most(admin: Client, there: Simulator) -> None:
    connect(admin, there)
    given = {"address": there.addresses["api"], **there.credentials}
    answer = admin.post(f"{PAGE}connect/", given)
    assert answer.status_code == 422
    assert "Disconnect that first" in answer.content.decode()


def test_a_budget_that_is_none_is_refused(admin: Client, there: Simulator) -> None:
    connect(admin, there)
    wrong = {"budget": "-1", "currency": "EUR", "price_in": "x", "price_out": "4"}
    assert admin.post(f"{PAGE}budget/", wrong).status_code == 422


def test_it_is_switched_off_and_disconnected(admin: Client, there: Simulator) -> None:
    connect(admin, there)
    ModelProvider.objects.update(is_on=True, found={"facts": 2, "millis": 5})
    admin.post(f"{PAGE}switch/", {"on": "no"})
    assert "It is off" in page(admin)
    ModelReading.objects.create(source_id=1, version="x", asked_at=NOW, next_at=NOW)
    admin.post(f"{PAGE}end/")
    assert not ModelProvider.objects.exists()
    assert not ModelReading.objects.exists()
    assert "None is connected" in page(admin)


def test_why_it_rests_stands_on_the_page(admin: Client, there: Simulator) -> None:
    connect(admin, there)
    ModelProvider.objects.update(
        problem="This month's budget is spent.", rests_until=NOW.replace(month=4, day=1)
    )
    shown = page(admin)
    assert "budget is spent" in shown
    assert "1 April" in shown
    assert "budget is spent" in page(admin, "/connections/")
