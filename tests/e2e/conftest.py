"""Opens pages in a real browser: Debian's Chromium, which never tries to reach the outside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from warmbench.accounts.models import User

# Playwright's sync API runs an event loop in this thread; Django's guard would refuse the
# ORM there, though only the test itself uses it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ARGUMENTS = [
    "--no-sandbox",  # CI runs as root, which Chromium's sandbox refuses.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
]


def chromium() -> str | None:
    """Where a Chromium is installed, if one is."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A running Chromium. Without one these tests are skipped, but never in CI."""
    path = chromium()
    if path is None:
        message = "There is no Chromium: install the package chromium to run these tests."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # Chromium leaves folders in its user's home, and tests leave nothing.
    home = str(tmp_path_factory.mktemp("browser"))
    environment = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=ARGUMENTS, env={**os.environ, **environment}
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, whose scripts must not fail."""
    with page_in(browser.new_context(locale="en-GB", timezone_id="Europe/London")) as page:
        yield page


@contextmanager
def page_in(context: BrowserContext) -> Iterator[Page]:
    """A page whose scripts must not fail."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    context.close()
    assert not mistakes


@contextmanager
def page_of(
    user: User, browser: Browser, live_server: LiveServer, screen: tuple[int, int]
) -> Iterator[Page]:
    """A page on a screen of this width and height, on which the user is signed in."""
    width, height = screen
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=live_server.url, locale="en-GB"
    )
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    with page_in(context) as page:
        yield page
