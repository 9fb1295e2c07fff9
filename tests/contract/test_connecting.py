"""The pages that connect an ATS, from keys to the first load, against a simulated Greenhouse."""

import html
import json
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.contract.clocks import NOW
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.integrations.ats import connections, pulling
from warmbench.integrations.models import AtsConnection, AtsStream, AtsWrite
from warmbench.messaging import gate, standing
from warmbench.people.models import Candidate, CandidateRecord, Conflict
from warmbench.simulators import Simulator, World, running
from warmbench.sourcing.models import Role as SourcingRole

pytestmark = pytest.mark.django_db
#: Pages are read ahead by a thread, which does not see into the transaction of a test.
in_the_open = pytest.mark.django_db(transaction=True)
GROUND = {"basis": "legitimate_interest", "evidence": "Told in our privacy notice."}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    world = World(candidates=40, roles=4, clock=lambda: NOW)
    with clock.pinned(NOW), running("greenhouse", world) as simulator:
        yield simulator


@pytest.fixture
def admin(client: Client) -> User:
    make.organisation()
    admin = make.user("Nadia Quist", Role.ADMIN)
    client.force_login(admin)
    return admin


def pasted(simulator: Simulator, **other: str) -> dict[str, str]:
    keys = {f"key-{name}": value for name, value in (simulator.credentials | other).items()}
    there = {f"address-{name}": url for name, url in simulator.addresses.items()}
    return {"name": "Our ATS", "how": "test", **keys, **there}


def connected(client: Client, simulator: Simulator) -> AtsConnection:
    answer = client.post("/connections/new/greenhouse/", pasted(simulator))
    connection = AtsConnection.objects.get()
    assert answer.headers["Location"] == f"/connections/{connection.pk}/mapping/"
    return connection


def shown(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return html.unescape(answer.content.decode())


def read_all() -> None:
    while pulling.pull_next(clock=clock.now):
        pass


@in_the_open
def test_from_keys_to_the_first_load(client: Client, admin: User, simulator: Simulator) -> None:
    connection = connected(client, simulator)
    there = f"/connections/{connection.pk}/"

    assert "Recruiter screen" in shown(client.get(f"{there}mapping/"))
    answer = client.post(f"{there}mapping/", GROUND)
    assert answer.headers["Location"] == f"{there}preview/"

    page = shown(client.get(f"{there}preview/"))
    assert page.count("New</span>") == 20
    assert not Candidate.objects.exists(), "A look changes nothing."
    assert gate.STALE_TRUTH not in standing.switches(now=NOW), "Nobody relies on it yet."

    client.post(f"{there}start/")
    assert gate.STALE_TRUTH in standing.switches(now=NOW)
    assert "Nobody is written to." in shown(client.get(there))

    read_all()
    connection.refresh_from_db()
    assert connection.state == "live"
    assert gate.STALE_TRUTH not in standing.switches(now=NOW)
    # The same person twice with one address is one here, with two records.
    refused = connection.rejections.filter(kind="candidates").count()
    assert CandidateRecord.objects.count() + refused == 40, list(connection.rejections.values())
    assert Candidate.objects.count() <= 40
    assert SourcingRole.objects.filter(source="Our ATS").exists()
    page = shown(client.get(there))
    assert "Nobody is written to." not in page
    assert page.count("Up to date") == 4


def test_keys_that_do_not_open_it_are_said_so_and_never_shown(
    client: Client, admin: User, simulator: Simulator
) -> None:
    wrong = pasted(simulator, client_secret="not-the-secret-at-all")
    answer = client.post("/connections/new/greenhouse/", wrong)

    assert answer.status_code == 422
    assert "not-the-secret-at-all" not in shown(answer)
    connection = AtsConnection.objects.get()
    assert connection.state == "draft"
    # Nothing has to be pasted again but what was wrong.
    mended = pasted(simulator) | {"key-client_id": "", "key-webhook_secret": ""}
    answer = client.post(f"/connections/{connection.pk}/keys/", mended)
    assert answer.status_code == 302
    for page in ("", "keys/", "mapping/"):
        text = shown(client.get(f"/connections/{connection.pk}/{page}"))
        assert simulator.credentials["client_secret"] not in text
    said = json.dumps(list(AuditEntry.objects.values("action", "detail")), default=str)
    assert simulator.credentials["client_secret"] not in said


@pytest.mark.parametrize(
    "address",
    ["https://greenhouse.io.example.com/v3", "http://10.0.0.1/v3", "https://a:b@x.greenhouse.io/"],
)
def test_keys_go_to_the_vendor_alone(
    client: Client, admin: User, simulator: Simulator, address: str
) -> None:
    asked = pasted(simulator) | {"address-api": address}
    assert client.post("/connections/new/greenhouse/", asked).status_code == 422
    assert not AtsConnection.objects.exists()


def test_two_connections_have_two_names(client: Client, admin: User, simulator: Simulator) -> None:
    connected(client, simulator)
    answer = client.post("/connections/new/greenhouse/", pasted(simulator))
    assert answer.status_code == 422
    assert connections.TAKEN in shown(answer)


def test_the_sample_of_the_demo_is_connected_by_one_button(
    client: Client, admin: User, simulator: Simulator, settings: Settings
) -> None:
    assert client.post("/connections/sample/").status_code == 404
    settings.SAMPLE_ATS = {
        "vendor": "greenhouse",
        "credentials": simulator.credentials,
        "addresses": simulator.addresses,
    }
    assert "Connect the sample ATS" in shown(client.get("/connections/new/"))
    answer = client.post("/connections/sample/")
    assert answer.headers["Location"].endswith("/mapping/")


def test_every_vendor_says_what_it_can_do(client: Client, admin: User) -> None:
    page = shown(client.get("/connections/new/"))
    assert page.count("Takes opt-outs from mails") == 4
    for vendor in ("greenhouse", "lever", "bullhorn", "icims"):
        assert client.get(f"/connections/new/{vendor}/").status_code == 200
    assert client.get("/connections/new/nobody/").status_code == 404


@in_the_open
def test_it_is_paused_resumed_read_again_and_ended(
    client: Client, admin: User, simulator: Simulator
) -> None:
    connection = connected(client, simulator)
    there = f"/connections/{connection.pk}/"
    client.post(f"{there}mapping/", GROUND)
    client.post(f"{there}start/")
    read_all()
    for action, state in (("pause", "paused"), ("resume", "live"), ("resync", "live")):
        client.post(f"{there}{action}/")
        connection.refresh_from_db()
        assert connection.state == state, action
    assert AtsStream.objects.filter(is_reread=True).exists()
    client.post(f"{there}end/")
    connection.refresh_from_db()
    assert (connection.state, connection.credentials) == ("ended", "")
    assert client.get(there).status_code == 200
    assert gate.STALE_TRUTH not in standing.switches(now=NOW)


def test_what_is_stuck_is_tried_again(client: Client, admin: User) -> None:
    connection = make.ats_connection(state="live")
    ana = make.candidate()
    write = AtsWrite.objects.create(
        connection=connection,
        kind="opt_out",
        key="opt_out:1",
        candidate=ana,
        external_id="7",
        state="stuck",
        problem="It refuses.",
        made_at=NOW,
    )
    there = f"/connections/{connection.pk}/writes/"
    assert "It refuses." in shown(client.get(f"{there}?state=stuck"))
    client.post(f"{there}{write.pk}/again/")
    write.refresh_from_db()
    assert write.next_at is not None


def test_a_person_puts_ours_back(client: Client, admin: User) -> None:
    ana = make.candidate()
    Candidate.objects.update(employer="Fabrikam")
    record = CandidateRecord.objects.create(
        source="Our ATS", external_id="7", candidate=ana, seen_at=NOW
    )
    conflict = Conflict.objects.create(
        record=record, field="employer", ours="Contoso", theirs="Fabrikam", at=NOW
    )
    assert "Contoso" in shown(client.get("/connections/conflicts/"))
    client.post(f"/connections/conflicts/{conflict.pk}/", {"keep": "ours"})
    ana.refresh_from_db()
    assert ana.employer == "Contoso"
    assert "No conflict" in shown(client.get("/connections/conflicts/"))


def test_a_candidates_page_shows_where_else_they_are(client: Client, admin: User) -> None:
    ana = make.candidate()
    CandidateRecord.objects.create(
        source="Our ATS",
        external_id="6409000123",
        candidate=ana,
        standing="applied",
        url="javascript:alert(1)",
        seen_at=NOW,
    )
    page = shown(client.get(f"/candidates/{ana.pk}/"))
    assert "6409000123" in page
    assert "javascript:" not in page
