"""The pages about inboxes: who may enter one, what a check says, and what a change does."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests import make
from tests.contract.imap_server import ImapServer
from tests.make import NOW
from warmbench.accounts.models import Role
from warmbench.core import sql
from warmbench.core.models import AuditEntry
from warmbench.messaging import inboxes
from warmbench.messaging.models import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make.user("Ada Admin", Role.ADMIN))
    return client


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer() as running:
        yield running


def entered(server: ImapServer, **changes: object) -> dict[str, object]:
    usual = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "username": "alice",
        "password": "correct horse",
        "folder": "INBOX",
        "takes": "ours",
        "read_since": "2026-03-01",
    }
    return usual | changes


def said(client: Client) -> str:
    return client.get("/inboxes/").content.decode()


def test_an_inbox_is_entered_and_tried_at_once(admin: Client, server: ImapServer) -> None:
    assert "No mailbox is read yet" in said(admin)
    answer = admin.post("/inboxes/new/", entered(server), follow=True)
    assert "127.0.0.1 lets us in" in answer.content.decode()
    inbox = Inbox.objects.get()
    assert (inbox.username, inbox.password, inbox.takes) == ("alice", "correct horse", "ours")
    assert server.asked("LOGIN")
    assert AuditEntry.objects.get(action="inbox.created").subject == f"inbox:{inbox.pk}"


def test_its_password_is_not_in_the_database(admin: Client, server: ImapServer) -> None:
    admin.post("/inboxes/new/", entered(server))
    stored = Inbox.objects.extra(select={"raw": "password"}).values_list("raw", flat=True)
    assert "horse" not in stored[0]


def test_what_keeps_us_from_reading_it_is_said_in_a_sentence(admin: Client) -> None:
    with ImapServer(
        instead=lambda tag, command: (
            f"{tag} NO [AUTHENTICATIONFAILED] Wrong.\r\n" if "LOGIN" in command else None
        )
    ) as server:
        answer = admin.post("/inboxes/new/", entered(server), follow=True)
    assert "does not accept the user name and the password" in answer.content.decode()
    # It is there all the same: the password can be corrected.
    assert Inbox.objects.count() == 1


def test_the_same_folder_is_entered_once(admin: Client, server: ImapServer) -> None:
    admin.post("/inboxes/new/", entered(server))
    answer = admin.post("/inboxes/new/", entered(server))
    assert answer.status_code == 422
    assert "is read already" in answer.content.decode()
    assert admin.post("/inboxes/new/", entered(server, folder="Replies")).status_code == 302


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"host": "imap.example.com"}, "Without encryption only"),
        ({"host": "imap.example.com/x"}, "Only the server"),
        ({"password": ""}, "This field is required"),
        ({"port": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_said(
    admin: Client, server: ImapServer, change: dict[str, str], why: str
) -> None:
    answer = admin.post("/inboxes/new/", entered(server, **change))
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_a_change_keeps_the_password_and_where_reading_stands(
    admin: Client, server: ImapServer
) -> None:
    admin.post("/inboxes/new/", entered(server))
    Inbox.objects.update(uid_validity=5, last_uid=70, reader="worker", checked_at=NOW)
    pk = Inbox.objects.get().pk
    admin.post(f"/inboxes/{pk}/edit/", entered(server, takes="all", password=""))
    inbox = Inbox.objects.get()
    assert (inbox.takes, inbox.password, inbox.last_uid) == ("all", "correct horse", 70)
    # Whoever reads it begins again.
    assert inbox.reader == ""
    # Its page shows what it is, as browsers want it.
    assert 'value="2026-03-01"' in admin.get(f"/inboxes/{pk}/edit/").content.decode()


def test_another_folder_is_read_from_its_beginning(admin: Client, server: ImapServer) -> None:
    admin.post("/inboxes/new/", entered(server))
    Inbox.objects.update(uid_validity=5, last_uid=70, checked_at=NOW)
    pk = Inbox.objects.get().pk
    admin.post(f"/inboxes/{pk}/edit/", entered(server, folder="Replies", password=""))
    inbox = Inbox.objects.get()
    assert (inbox.uid_validity, inbox.last_uid, inbox.checked_at) == (None, 0, None)


def test_a_password_is_not_sent_to_another_server(admin: Client, server: ImapServer) -> None:
    admin.post("/inboxes/new/", entered(server))
    pk = Inbox.objects.get().pk
    with ImapServer() as other:
        answer = admin.post(f"/inboxes/{pk}/edit/", entered(other, password=""))
        assert answer.status_code == 422
        assert "enter it again" in answer.content.decode()
        assert other.connections == 0


def test_it_can_be_paused_and_resumed(admin: Client) -> None:
    inbox = make.inbox()
    assert inboxes.free(now=NOW) == [inbox.pk]
    admin.post(f"/inboxes/{inbox.pk}/pause/")
    assert "Paused" in said(admin)
    assert inboxes.free(now=NOW) == []
    admin.post(f"/inboxes/{inbox.pk}/resume/")
    assert Inbox.objects.get().is_active


def test_checking_ends_a_pause_after_a_failure(admin: Client, server: ImapServer) -> None:
    inbox = make.inbox(port=server.port)
    inboxes.claim(inbox.pk, "worker", now=NOW)
    inboxes.note_problem(inbox.pk, "worker", "It is away.", for_a_person=True, now=NOW)
    assert "It is away." in said(admin)
    assert inboxes.free(now=NOW) == []
    admin.post(f"/inboxes/{inbox.pk}/check/")
    inbox.refresh_from_db()
    assert inbox.free_at != NOW + inboxes.REFUSED_PAUSE


def test_the_other_ways_in_are_shown(admin: Client, settings: object) -> None:
    assert "WARMBENCH_RECEPTION_PORT is not set" in said(admin)
    settings.RECEPTION_PORT = 8025  # type: ignore[attr-defined]
    settings.HOOK_SECRETS = ["secret"]  # type: ignore[attr-defined]
    page = said(admin)
    assert "at port 8025" in page
    assert "postmark may call us" in page


def test_only_an_administrator_finds_the_way(admin: Client) -> None:
    assert "/inboxes/" in admin.get("/senders/").content.decode()
    client = Client()
    client.force_login(make.user())
    assert "/inboxes/" not in client.get("/senders/").content.decode()
    assert client.get("/inboxes/").status_code == 403


def test_a_password_that_no_key_opens_can_be_entered_again(
    admin: Client, server: ImapServer
) -> None:
    inbox = make.inbox(port=server.port)
    sql.run("UPDATE inbox SET password = 'gone'")
    assert inbox.username in said(admin)
    answer = admin.post(f"/inboxes/{inbox.pk}/check/", follow=True)
    assert "No vault key opens this secret" in answer.content.decode()
    assert admin.get(f"/inboxes/{inbox.pk}/edit/").status_code == 200
    form = entered(server, username=inbox.username, read_since="2026-03-03")
    admin.post(f"/inboxes/{inbox.pk}/edit/", form)
    assert Inbox.objects.get().password == "correct horse"
