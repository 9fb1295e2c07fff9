"""A vault key can be changed: afterwards the old one opens nothing."""

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from tests import make
from warmbench.cli import app
from warmbench.messaging.models import Inbox, Sender

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def stored(settings: Settings) -> None:
    """A mailbox, an inbox and a number, entered in the days of the old key."""
    settings.VAULT_KEYS = [OLD]
    make.organisation()
    alice = make.user()
    make.sender(alice)
    Sender.objects.update(password="hunter2", dkim_key="a key")
    make.text_sender(alice)
    make.inbox()


def secrets() -> list[object]:
    senders = Sender.objects.order_by("pk").values_list("password", "old_password", "dkim_key")
    return [*senders, *Inbox.objects.values_list("password")]


def test_all_that_is_stored_opens_with_the_new_key_alone(settings: Settings, stored: None) -> None:
    before = secrets()
    settings.VAULT_KEYS = [NEW, OLD]
    ended = CliRunner().invoke(app, ["reseal"])
    assert (ended.exit_code, ended.output.split()[0]) == (0, "4")
    settings.VAULT_KEYS = [NEW]
    assert secrets() == before


def test_without_the_old_key_nothing_is_changed(settings: Settings, stored: None) -> None:
    before = secrets()
    settings.VAULT_KEYS = [NEW]
    ended = CliRunner().invoke(app, ["reseal"])
    assert ended.exit_code == 1
    assert "Is an old key missing?" in ended.output
    settings.VAULT_KEYS = [OLD]
    assert secrets() == before
