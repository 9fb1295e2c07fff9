"""A candidate's evening on her phone: from the links in a mail to what she wants, and out."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from warmbench.core import clock, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging.models import Message
from warmbench.people import facts
from warmbench.people.models import Candidate, RightsRequest, Suppression

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = {
    Purpose.PREFERENCE: "p",
    Purpose.MY_DATA: "me",
    Purpose.NOT_FOR_ME: "n",
    Purpose.UNSUBSCRIBE: "u",
}


@pytest.fixture
def mail(transactional_db: None) -> Message:
    make.organisation()
    alice = make.user()
    ana = make.candidate(owner=alice, email="ana@example.com")
    return make.sent(ana, make.sender(alice), at=clock.now(), address="ana@example.com")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone in German and in the dark, without scripts: the pages need none."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
        locale="de-DE",
        java_script_enabled=False,
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: None if "localhost" in request.url else elsewhere.append(request.url),
    )
    yield page
    assert not context.cookies()
    assert not elsewhere
    context.close()


@pytest.fixture
def address(live_server: LiveServer, mail: Message) -> Callable[[Purpose], str]:
    def of(purpose: Purpose) -> str:
        expires = None if purpose == Purpose.UNSUBSCRIBE else clock.now() + timedelta(days=80)
        token = tokens.sign(purpose, mail.candidate_id, mail.pk, expires=expires)
        return f"{live_server.url}/{PATHS[purpose]}/{token}"

    return of


def held(mail: Message) -> dict[str, object]:
    return {kind: fact.value for (kind, _), fact in facts.current(mail.candidate_id).items()}


def test_she_says_what_she_wants(
    phone: Page, address: Callable[[Purpose], str], mail: Message
) -> None:
    phone.goto(address(Purpose.PREFERENCE))
    expect(phone.get_by_role("heading", name="Ihre Wünsche")).to_be_visible()
    phone.get_by_role("link", name="Français").click()
    expect(phone.get_by_role("heading", name="Vos préférences")).to_be_visible()
    phone.get_by_role("link", name="Deutsch").click()

    phone.get_by_label("Das richtige Angebot würde ich mir anhören").check()
    phone.get_by_label("Mindestens").fill("98.000")
    phone.get_by_label("Wo würden Sie arbeiten?").fill("Lyon, am See")
    phone.get_by_label("Teils, teils").check()
    phone.get_by_label("Höchstens alle zwei Monate").check()
    expect(phone.get_by_label("Nicht vor dem", exact=True)).to_be_hidden()
    phone.get_by_label("Nichts vor einem Tag, den ich wähle").check()
    day = clock.now().date() + timedelta(days=40)
    phone.get_by_label("Nicht vor dem", exact=True).fill(day.isoformat())
    width = phone.evaluate("document.documentElement.scrollWidth")
    phone.get_by_role("button", name="Speichern").click()

    expect(phone.get_by_role("status")).to_contain_text("Danke, das ist notiert.")
    expect(phone.get_by_role("status")).to_contain_text("„am See“ finden wir auf keiner Karte")
    assert width == 390
    ana = Candidate.objects.get()
    assert (ana.status, ana.gap_days) == ("open", 61)
    assert ana.paused_until is not None
    assert held(mail)["pay"] == {"amount": "98000", "currency": "EUR", "period": "year"}
    assert held(mail)["language"] == "de"
    expect(phone.get_by_label("Mindestens")).to_have_value("98000")


def test_she_says_what_is_nothing_for_her(
    phone: Page, address: Callable[[Purpose], str], mail: Message
) -> None:
    phone.goto(address(Purpose.NOT_FOR_ME))
    expect(phone.get_by_label("Wo würde es passen?")).to_be_hidden()
    phone.get_by_label("Der Ort").check()
    phone.get_by_label("Wo würde es passen?").fill("Nur im Süden")
    phone.get_by_role("button", name="Speichern").click()

    expect(phone.get_by_role("status")).to_contain_text("Das gilt ab jetzt.")
    (said,) = held(mail).values()
    assert said == {"about": "place", "is": "", "words": "Nur im Süden"}


def test_she_sees_what_is_held_corrects_it_and_takes_it_along(
    phone: Page, address: Callable[[Purpose], str], mail: Message, tmp_path: Path
) -> None:
    phone.goto(address(Purpose.MY_DATA))
    expect(phone.get_by_text("ana@example.com")).to_be_visible()
    phone.get_by_role("link", name="Etwas berichtigen").click()
    phone.get_by_label("Nachname").fill("Müller-Lüdenscheid")
    phone.get_by_role("button", name="Berichtigen").click()
    expect(phone.get_by_role("status")).to_contain_text("kein Import macht es rückgängig")
    phone.get_by_role("link", name="Was wir über Sie gespeichert haben").click()
    expect(phone.get_by_text("Müller-Lüdenscheid").first).to_be_visible()

    phone.get_by_role("link", name="Eine Kopie mitnehmen").click()
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Herunterladen").click()
    packed = Path(download.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert "Müller-Lüdenscheid" in json.dumps(
            json.loads(archive.read("data.json")), ensure_ascii=False
        )


def test_she_has_everything_erased_and_hears_no_more(
    phone: Page, address: Callable[[Purpose], str]
) -> None:
    phone.goto(address(Purpose.MY_DATA))
    phone.get_by_role("link", name="Löschen lassen").click()
    expect(phone.get_by_role("heading", name="Alles über Sie löschen lassen?")).to_be_visible()
    assert not RightsRequest.objects.exists()
    phone.get_by_role("button", name="Alles löschen lassen").click()
    expect(phone.get_by_role("heading", name="Ihr Wunsch ist festgehalten")).to_be_visible()
    assert RightsRequest.objects.get().kind == "erasure"
    assert Suppression.objects.get().reason == "unsubscribed"


def test_she_leaves(phone: Page, address: Callable[[Purpose], str]) -> None:
    phone.goto(address(Purpose.UNSUBSCRIBE))
    assert not Suppression.objects.exists()
    phone.get_by_role("button", name="Alle Nachrichten stoppen").click()
    expect(phone.get_by_role("heading", name="Sie hören nicht mehr von uns")).to_be_visible()
    assert Suppression.objects.get().channel == ""
