"""A check-in before it goes, in a real browser: with scripts, and on a phone without them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.db.test_check_ins import note, wording
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.nurture import personalisation
from warmbench.nurture.models import Personalisation, Step

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[[Page, str], None]


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    alice = make.user("Alice Meyer")
    make.sender(alice, is_default=True)
    return alice


@pytest.fixture
def go(live_server: LiveServer, alice: User) -> Open:
    """Open an address of ours, signed in as Alice."""
    client = Client()
    client.force_login(alice)
    session = client.cookies["sessionid"].value

    def open_(page: Page, address: str) -> None:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)

    return open_


@pytest.fixture
def check_in(alice: User) -> Personalisation:
    """A letter to Ana that waits for Alice's words."""
    now = clock.now()
    ana = make.candidate(owner=alice)
    version = make.sequence(Step.Kind.CHECK_IN)
    version.steps.update(template=wording(), edit_hours=24)
    make.enrollment(ana, version, due=now + timedelta(days=1))
    note("Hiring has picked up.", expires_on=now.date() + timedelta(days=60))
    made = Personalisation.objects.create(
        candidate=ana,
        step=version.steps.get(),
        touch=f"{version.sequence.key}/step-0",
        occurrence=0,
        fields={
            "opening": "In March we talked about the platform lead role. How has that gone since?",
            "market_note": "Hiring has picked up.",
        },
        asked_at=now,
        due_at=now + timedelta(days=1),
    )
    personalisation.put_before_recruiters([ana.pk], now=now)
    return made


def test_the_letter_follows_the_typing_and_ctrl_enter_sends_it(
    page: Page, go: Open, check_in: Personalisation
) -> None:
    go(page, "/")
    page.get_by_role("link", name="Look at it").click()
    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("about the platform lead role")).to_be_visible()

    page.get_by_label("How it begins").fill("Do you remember Lyon?")
    expect(letter.get_by_text("Do you remember Lyon?")).to_be_visible()
    page.get_by_label("A note of your own").fill("Say hello to Paul.")
    expect(letter.get_by_text("Say hello to Paul.")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("goes as soon as it may")).to_be_visible()
    expect(page.get_by_role("link", name="Look at it")).to_have_count(0)
    check_in.refresh_from_db()
    assert check_in.words["own_note"] == "Say hello to Paul."


def test_it_works_on_a_phone_without_scripts(
    browser: Browser, go: Open, check_in: Personalisation
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    plain = context.new_page()
    go(plain, f"/check-ins/{check_in.pk}/")
    plain.get_by_label("The market").fill("")
    plain.get_by_label("A note of your own").fill("Say hello to Paul.")
    plain.get_by_role("button", name="Show it so").click()
    expect(plain.frame_locator("iframe").get_by_text("Say hello to Paul.")).to_be_visible()
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.get_by_text("goes as soon as it may")).to_be_visible()
    context.close()
    check_in.refresh_from_db()
    assert (check_in.state, check_in.words["market_note"]) == ("approved", "")
