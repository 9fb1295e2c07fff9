"""A reply and its answer, in a real browser: on a desktop by keys, on a phone by touch."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.contract.test_catcher import catching
from tests.db.test_answers import Sent, comes_in
from tests.e2e.conftest import page_of
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.integrations.mail.catcher import Keeper
from warmbench.integrations.models import CaughtMail
from warmbench.messaging import delivery
from warmbench.messaging.models import InboundMail, Message, PersonalDraft
from warmbench.people.models import Candidate

pytestmark = pytest.mark.django_db(transaction=True)

YES = "Yes, I would love to talk about this. When are you free?"


def where_it_is_noon(now: datetime) -> str:
    """A zone in whose working hours, and waking hours, this moment lies."""
    ahead = now.hour - 12
    return f"Etc/GMT{ahead:+d}"


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def ana(alice: User) -> Candidate:
    zone = where_it_is_noon(clock.now())
    made = make.candidate(owner=alice, email="ana@example.com", time_zone=zone)
    Candidate.objects.update(first_name="Ana", last_name="Costa")
    made.refresh_from_db()
    return made


@pytest.fixture
def mail(ana: Candidate, alice: User) -> InboundMail:
    """What Ana answered to a message of ours, a moment ago."""
    lately = clock.now() - timedelta(days=3)
    while lately.weekday() > 4:
        lately -= timedelta(days=1)
    sent = Sent(ana, make.sender(alice), now=lately)
    return comes_in(sent.answer(YES), now=clock.now())


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, alice: User
) -> Iterator[Page]:
    with page_of(alice, browser, live_server, request.param) as page:
        yield page


def deliver_in_a_minute() -> None:
    later = clock.now() + timedelta(minutes=1)
    with catching(Keeper()) as channel:
        delivery.deliver(lambda _: channel, worker="e2e", clock=lambda: later)


def open_the_conversation(page: Page) -> None:
    page.goto("/replies/")
    expect(page.locator(".threads")).to_contain_text("Waits since")
    if page.viewport_size and page.viewport_size["width"] > 1000:
        page.keyboard.press("j")
        page.keyboard.press("Enter")
    else:
        page.get_by_role("link", name="Ana Costa").click()
    expect(page).to_have_url(re.compile(r"/replies/threads/\d+/"))


def test_a_reply_is_answered_where_it_is_read(page: Page, mail: InboundMail) -> None:
    open_the_conversation(page)
    expect(page.locator(".talk")).to_contain_text(YES)
    page.keyboard.press("r")
    words = page.get_by_label("Your words")
    expect(words).to_be_focused()
    page.keyboard.type("Hello Ana, how about Thursday?")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    expect(page.get_by_text("Goes now.")).to_be_visible()
    assert PersonalDraft.objects.get().text == "Hello Ana, how about Thursday?"
    page.reload()
    expect(words).to_have_value("Hello Ana, how about Thursday?")

    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It goes in 30 seconds.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is a draft again.")).to_be_visible()
    expect(words).to_have_value(re.compile("how about Thursday"))
    words.press("Control+Enter")
    expect(page.get_by_text("It goes in 30 seconds.")).to_be_visible()

    deliver_in_a_minute()
    caught = CaughtMail.objects.get()
    got = message_from_bytes(bytes(caught.raw), policy=policy.default)
    theirs = message_from_bytes(bytes(mail.raw), policy=policy.default)["Message-ID"]
    assert (got["In-Reply-To"], got["Subject"]) == (theirs, "Re: Salaries this year")
    assert theirs in got["References"]
    assert "List-Unsubscribe" in got
    page.reload()
    expect(page.locator(".talk .is-ours").last).to_contain_text("As it was sent, and why")
    sent = Message.objects.filter(purpose="personal", state="sent")
    assert sent.count() == 1
    page.goto("/replies/")
    expect(page.locator(".threads")).to_contain_text("Answered")
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
