"""What managers answer comes to a proposal, in a real browser: the last answer is given on a phone
by link, the profile shows what answers say, and a person adopts it. The new pages are for all."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import judged, make
from tests.e2e.conftest import page_in, page_of
from tests.e2e.test_accessibility import RULES
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.shortlists import profiles, sharing
from warmbench.shortlists.models import ProfileVersion, WeightProposal

pytestmark = pytest.mark.django_db(transaction=True)

WhatWorkersDo = Callable[[], None]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


@pytest.fixture
def alice(transactional_db: None, settings: Settings, live_server: LiveServer) -> User:
    settings.PUBLIC_URL = live_server.url
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def version(alice: User) -> ProfileVersion:
    return make.profile(make.tag("Go"), make.tag("Kafka"), owner=alice)


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The manager's, with scripts switched off."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en-GB"
    )
    with page_in(context) as page:
        yield page


@pytest.fixture
def workers(work: WhatWorkersDo) -> WhatWorkersDo:
    """Does what the workers do, in a thread that has no event loop as the browser's has."""

    def apart() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(work).result()

    return apart


def all_but_one_answered(version: ProfileVersion, alice: User) -> str:
    """Lists whose answers speak for Kafka. Returns the way to the one person who waits for one."""
    judged.kafka_decides(version, alice, lists=3)
    now = clock.now()
    last = judged.shortlist(version, (0.4, 0.9), (0.9, 0.1), (0.8, 0.1), at=now)
    for entry in judged.entries(last)[1:]:
        judged.say(entry, "pass", "skill:kafka", by=alice, words="Too little Kafka")
    token = sharing.share(last.pk, reader="Dr Weber", by_id=alice.pk, now=now).token
    return f"/s/{token}/"


def test_from_a_managers_star_to_the_profile_that_it_makes(
    browser: Browser,
    live_server: LiveServer,
    phone: Page,
    alice: User,
    version: ProfileVersion,
    workers: WhatWorkersDo,
) -> None:
    link = all_but_one_answered(version, alice)
    phone.goto(f"{live_server.url}{link}")
    theirs = phone.locator(".listed").first
    theirs.get_by_label("Star").check()
    theirs.get_by_label("Because of").select_option(label="Kafka")
    theirs.get_by_role("button", name="Send this answer").click()
    expect(phone.get_by_text("Noted: star.")).to_be_visible()
    workers()

    with page_of(alice, browser, live_server, SIZES["desk"]) as desk:
        desk.goto(f"/role-profiles/{version.profile_id}/")
        block = desk.get_by_role("region", name="What answers say")
        expect(block).to_contain_text("Kafka")
        block.get_by_role("link", name="Look at the proposal").click()
        expect(desk.get_by_role("heading", name="Past lists, played again")).to_be_visible()
        desk.get_by_role("button", name="Adopt it").click()
        expect(desk.get_by_text("Version 2 is in force")).to_be_visible()
    current = profiles.current(version.profile_id)
    assert current is not None
    go, kafka = profiles.spec_of(current).requirements
    assert kafka.weight > go.weight


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_learning_have_no_fault(
    browser: Browser,
    live_server: LiveServer,
    alice: User,
    version: ProfileVersion,
    workers: WhatWorkersDo,
    size: str,
) -> None:
    judged.kafka_decides(version, alice)
    workers()
    proposal = WeightProposal.objects.get(state="open")
    here = f"/role-profiles/{version.profile_id}/"
    paths = [here, f"{here}proposals/{proposal.pk}/", f"{here}patterns/", "/shortlists/measures/"]
    since = make.NOW.date()
    paths.append(f"/shortlists/measures/?since={since}&until={since}")
    with page_of(alice, browser, live_server, SIZES[size]) as page:
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            faults = [f"{path}: {fault}" for path in paths for fault in faults_at(page, path)]
            assert not faults, "\n".join(faults)


def faults_at(page: Page, path: str) -> Iterator[str]:
    """What axe finds, and whether the page is wider than its screen."""
    page.goto(path, wait_until="load")
    found = Axe().run(page, None, options={"runOnly": RULES, "resultTypes": ["violations"]})
    for violation in found.response["violations"]:
        yield from (f"{violation['id']}: {node['html'][:200]}" for node in violation["nodes"])
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if beyond > 1:
        yield f"it is {beyond} pixels too wide"
