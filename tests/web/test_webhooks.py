"""An administrator enters webhooks, tries them, and sees what keeps them from being called."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests import make
from tests.contract import chat_server
from tests.contract.chat_server import Chat
from tests.make import NOW
from warmbench.accounts.models import Detail, Kind, Role, Team, User, Webhook, WebhookCall
from warmbench.core.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

SAID = {
    "name": "#recruiting",
    "url": "https://hooks.chat.example/services/T0/B0/geheim",
    "style": "text",
    "whose": "all",
    "kinds": ["reply", "call"],
    "detail": "nobody",
}


@pytest.fixture
def ada() -> User:
    make.organisation()
    return make.user("Ada Min", Role.ADMIN)


@pytest.fixture
def admin(ada: User, browse: Callable[[User], Client]) -> Client:
    return browse(ada)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server.running() as running:
        yield running


def test_the_page_says_what_webhooks_are_for(admin: Client) -> None:
    assert "No webhook yet" in admin.get("/webhooks/").text


def test_a_new_one_is_stored_and_its_secret_shown_once(admin: Client) -> None:
    answer = admin.post("/webhooks/new/", SAID)
    made = Webhook.objects.get()
    assert str(made.secret) in answer.text
    assert answer["Cache-Control"] == "no-store"
    assert (made.host, made.kinds) == ("hooks.chat.example", ["call", "reply"])
    assert (made.user, made.team, made.detail) == (None, None, Detail.NOBODY)

    for page in ("/webhooks/", f"/webhooks/{made.pk}/"):
        shown = admin.get(page).text
        assert "geheim" not in shown
        assert str(made.secret) not in shown
    trail = str(list(AuditEntry.objects.values()))
    assert "geheim" not in trail
    assert str(made.secret) not in trail


def test_it_is_for_everybody_a_team_or_one_person(admin: Client, ada: User) -> None:
    sales = Team.objects.create(name="Sales")
    admin.post("/webhooks/new/", SAID | {"whose": f"team:{sales.pk}"})
    admin.post("/webhooks/new/", SAID | {"whose": f"user:{ada.pk}"})
    assert list(Webhook.objects.order_by("pk").values_list("user", "team")) == [
        (None, sales.pk),
        (ada.pk, None),
    ]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.chat.example/x", "Only https"),
        ("https://10.1.2.3/x", "not on the public internet"),
        ("https://169.254.169.254/latest/meta-data", "not on the public internet"),
        ("https://a:b@hooks.chat.example/x", "user name"),
        ("hooks", "https://"),
    ],
)
def test_an_address_that_is_never_called_is_not_taken(admin: Client, url: str, why: str) -> None:
    answer = admin.post("/webhooks/new/", SAID | {"url": url})
    assert answer.status_code == 422
    assert why in answer.text
    assert not Webhook.objects.exists()


def test_in_production_this_machine_is_not_taken(admin: Client, settings: Settings) -> None:
    settings.ENVIRONMENT = "production"
    answer = admin.post("/webhooks/new/", SAID | {"url": "http://127.0.0.1:8000/x"})
    assert answer.status_code == 422


def test_what_is_left_blank_stays(admin: Client) -> None:
    made = make.webhook(url="https://hooks.chat.example/old")
    admin.post(f"/webhooks/{made.pk}/", SAID | {"url": "", "name": "#sales"})
    made.refresh_from_db()
    assert (made.name, made.url) == ("#sales", "https://hooks.chat.example/old")


def test_the_test_button_says_that_it_worked(admin: Client, chat: Chat) -> None:
    made = make.webhook(url=chat.address)
    answer = admin.post(f"/webhooks/{made.pk}/test/", follow=True)
    assert "It took the test" in answer.text
    assert "Works" in answer.text
    assert len(chat.calls) == 1


def test_the_test_button_says_why_it_did_not(admin: Client, chat: Chat) -> None:
    made = make.webhook(url=chat.address)
    chat.status, chat.body = 404, b"no_service"
    answer = admin.post(f"/webhooks/{made.pk}/test/", follow=True)
    assert "It answered 404: no_service" in answer.text
    assert "Stuck" in answer.text


def test_one_that_is_switched_off_says_so_though_a_test_works(admin: Client, chat: Chat) -> None:
    made = make.webhook(url=chat.address, is_active=False, disabled_at=NOW, problem="It hung up.")
    answer = admin.post(f"/webhooks/{made.pk}/test/", follow=True)
    assert "Resume it, or it is told nothing else." in answer.text
    assert "Switched off" in answer.text
    assert "Resume it when it works again." in admin.get(f"/webhooks/{made.pk}/").text


def test_one_that_is_stuck_shows_since_when_and_what_waits(admin: Client) -> None:
    made = make.webhook(problem="It answered 500.", failing_since=NOW - timedelta(hours=3))
    WebhookCall.objects.create(
        webhook=made, kind=Kind.REPLY, key="a:1", title="x", told_at=NOW, due_at=NOW
    )
    page = admin.get("/webhooks/").text
    assert "Since 3 Mar, 07:00" in page
    assert "1 waiting" in page


def test_it_can_be_paused_resumed_and_removed(admin: Client) -> None:
    made = make.webhook()
    admin.post(f"/webhooks/{made.pk}/pause/")
    assert not Webhook.objects.get().is_active
    admin.post(f"/webhooks/{made.pk}/resume/")
    assert Webhook.objects.get().is_active
    admin.post(f"/webhooks/{made.pk}/remove/")
    assert not Webhook.objects.exists()


def test_another_secret_is_shown_once(admin: Client) -> None:
    made = make.webhook()
    answer = admin.post(f"/webhooks/{made.pk}/secret/")
    made.refresh_from_db()
    assert made.secret != "whsec_c2VjcmV0"
    assert str(made.secret) in answer.text


def test_nobody_enters_one_from_another_site(ada: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.post("/webhooks/new/", SAID).status_code == 403
    assert not Webhook.objects.exists()
