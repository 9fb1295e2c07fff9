"""A content piece in a real browser: written with a live preview, checked, and let go."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from warmbench.accounts.models import User
from warmbench.nurture.models import ContentPiece
from warmbench.people.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[[Page, str], None]


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


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


def test_a_piece_is_written_looked_at_checked_and_sent(page: Page, alice: User, go: Open) -> None:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    make.sender(alice, is_default=True)
    ana = make.candidate(devops, owner=alice)

    go(page, "/sequences/content/")
    page.get_by_role("link", name="New piece").click()
    page.get_by_label("Title").fill("The on-call rota")
    page.get_by_label("For optional").select_option(label="All of Cloud & DevOps")
    page.get_by_label("Subject").fill("Ask for the rota, {{ first_nam }}")
    mistakes = page.locator("#problems-A")
    expect(mistakes).to_contain_text("did you mean “first_name”")
    page.get_by_label("Subject").fill("Ask for the rota")
    expect(mistakes).to_be_empty()
    text = page.get_by_label("Text", exact=True)
    text.fill("Ask for it, ")
    page.get_by_text("Fields to put in").click()
    page.get_by_role("button", name="first_name", exact=True).click()
    expect(text).to_be_focused()
    frame = page.frame_locator("#shown iframe")
    expect(frame.locator(".page")).to_contain_text("Ask for it, Ana")
    page.get_by_label("Plain text").check(force=True)
    expect(page.locator("#shown pre")).to_contain_text("Ask for it, Ana")
    page.get_by_role("radio", name="Dark").check(force=True)
    expect(frame.locator("body")).to_have_css("background-color", "rgb(25, 24, 22)")
    page.get_by_role("button", name="Keep as a draft").click()

    expect(page.locator("#checks")).to_contain_text("a worker reads it now")
    piece = ContentPiece.objects.get()
    make.checked(piece)
    expect(page.locator("#checks")).to_contain_text("passed")
    page.get_by_role("button", name="Ask for a review").click()
    page.get_by_role("button", name="It is good: go live").click()
    expect(page.get_by_text("people are given it from now on")).to_be_visible()
    page.get_by_label("Would somebody get it now?").fill(ana.last_name)
    expect(page.locator("#why")).to_contain_text("would get this piece now")


def test_another_wording_is_gone_on_with_and_nothing_is_lost(
    page: Page, alice: User, go: Open
) -> None:
    piece = make.piece(title="Rota")
    go(page, f"/sequences/content/{piece.pk}/edit/")
    page.get_by_label("Title").fill("Another rota")
    page.get_by_role("button", name="Another wording").click()
    expect(page.locator("#subject-B")).to_be_focused()
    page.keyboard.type("Who carries the phone?")
    expect(page.get_by_label("Title")).to_have_value("Another rota")
    page.get_by_role("group", name="Wording", exact=True).get_by_label("B").check(force=True)
    expect(page.locator("#shown")).to_contain_text("Who carries the phone?")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("New words are not sent before")).to_be_visible()
    assert piece.variants.get(label="B").subject == "Who carries the phone?"
