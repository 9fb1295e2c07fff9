"""Every page, in Chromium: no violation of WCAG 2.2 AA that axe finds, nothing to scroll sideways,
and nothing that moves once it is there."""

from collections.abc import Iterator
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.web.test_every_url import ADDRESSES, Agency, address_of

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: "Good" is a tenth at most (web.dev, Cumulative Layout Shift); ours stay still.
MOST_SHIFT = 0.02
_WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
#: Width, height, colours: each page is looked at in both.
SCREENS = [(1280, 900, "light"), (390, 844, "dark")]


@pytest.fixture(params=SCREENS, ids=["wide and light", "phone and dark"])
def screen(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, agency: Agency
) -> Iterator[Page]:
    """A page on one kind of screen, on which the administrator is signed in."""
    width, height, colours = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=colours, base_url=live_server.url
    )
    _sign_in(context, live_server, agency)
    context.add_init_script(_WATCH_SHIFTS)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def agency(transactional_db: None) -> Agency:
    return Agency()


def test_every_page_is_accessible_and_stays_still(screen: Page, agency: Agency) -> None:
    faults: list[str] = []
    seen = 0
    for path in sorted(_paths(agency)):
        response = screen.goto(path, wait_until="load")
        assert response is not None
        assert response.status < 500, path
        seen += 1
        faults += [f"{path}: {fault}" for fault in _faults(screen)]
    assert seen
    assert not faults, "\n".join(faults)


def _sign_in(context: BrowserContext, live_server: LiveServer, agency: Agency) -> None:
    client = Client()
    client.force_login(agency.admin)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def _paths(agency: Agency) -> set[str]:
    """The address of every page; what answers with a file, a part or a redirect is none."""
    client = Client()
    client.force_login(agency.admin)
    rows = cache(lambda make: make(agency))
    paths = {address_of(address, rows) for address in ADDRESSES}
    return {path for path in paths if _is_page(client, path)}


def _is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return is_html and answer.status_code < 500 and b"<title>" in answer.content


def _faults(page: Page) -> Iterator[str]:
    found = Axe().run(page, options={"runOnly": RULES})
    for violation in found.response["violations"]:
        for node in violation["nodes"]:
            yield f"{violation['id']}: {node['html'][:200]}"
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if beyond > 1:
        yield f"it is {beyond} pixels too wide"
    shifted = page.evaluate("window.shifted")
    if shifted > MOST_SHIFT:
        yield f"it shifts by {shifted:.3f}"
