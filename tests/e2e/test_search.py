"""The palette and a kept view, in a real browser: by keys on a desktop, by touch on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.e2e.conftest import page_of
from warmbench.accounts.models import SavedView, User
from warmbench.people.models import Candidate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, alice: User
) -> Iterator[Page]:
    """A page of Alice's, whose scripts must not fail."""
    with page_of(alice, browser, live_server, request.param) as page:
        yield page


@pytest.fixture
def ana(alice: User) -> Candidate:
    made = make.candidate(owner=alice)
    Candidate.objects.filter(pk=made.pk).update(
        first_name="Ana", last_name="Costa", employer="Estuário Labs", city="Lisbon"
    )
    return made


def test_the_palette_leads_to_a_person_and_to_a_page(page: Page, ana: Candidate) -> None:
    page.goto("/candidates/")
    is_phone = (page.viewport_size or {"width": 0})["width"] < 500
    if is_phone:
        page.get_by_role("link", name="Search everything").click()
    else:
        page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search everything")
    expect(box).to_be_focused()

    box.fill("csota estuario")
    option = page.get_by_role("option", name="Ana Costa")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ana Costa", level=1)).to_be_visible()

    if is_phone:
        page.get_by_role("link", name="Search everything").click()
    else:
        page.keyboard.press("Control+k")
    # What concerns the person on the page comes first, and whom one looked at last.
    expect(page.get_by_role("option", name="Record a conversation")).to_be_attached()
    box.fill("stops")
    option = page.get_by_role("option", name="Stops", exact=True)
    expect(option).to_be_visible()
    option.click()
    expect(page.get_by_role("heading", name="Stops", level=1)).to_be_visible()


def test_the_palette_is_closed_by_escape_and_turns_the_theme(page: Page) -> None:
    page.goto("/candidates/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search everything")
    expect(page.get_by_role("option").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()

    before = page.evaluate("document.documentElement.dataset.theme || ''")
    page.keyboard.press("Control+k")
    box.fill("dark")
    page.get_by_role("option", name="Light or dark").click()
    expect(box).to_be_hidden()
    assert page.evaluate("document.documentElement.dataset.theme") != before


def test_a_list_is_kept_as_a_view_and_found_again(page: Page, ana: Candidate) -> None:
    make.candidate()
    page.goto("/candidates/?owner=me")
    page.get_by_text("Keep this view").click()
    page.get_by_label("Name", exact=True).fill("My people")
    page.get_by_role("button", name="Keep", exact=True).click()

    expect(page.get_by_text("Kept as “My people”.")).to_be_visible()
    assert SavedView.objects.get().query == "owner=me"
    page.get_by_role("link", name="Everybody", exact=True).click()
    view = page.get_by_role("link", name="My people")
    expect(view).to_contain_text("1")
    view.click()
    expect(page.get_by_role("link", name="Ana Costa")).to_be_visible()
    expect(view).to_have_attribute("aria-current", "page")
