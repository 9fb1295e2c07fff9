"""The pages open in a real browser."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer


@pytest.mark.django_db(transaction=True)
def test_an_unknown_page_says_so(live_server: LiveServer, page: Page) -> None:
    response = page.goto(f"{live_server.url}/nowhere/")
    assert response
    assert response.status == 404
    assert page.get_by_role("heading").first.is_visible()
