"""Every page, in Chromium: no violation of WCAG 2.2 AA that axe finds, nothing to scroll sideways,
nothing that moves once it is there; with little data, with much, and with what opens over it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.db.test_answers import Sent, comes_in
from tests.web.test_every_url import ADDRESSES, Address, Agency, address_of
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.messaging.models import Thread
from warmbench.people.models import Candidate
from warmbench.shortlists import profiles
from warmbench.shortlists.requirements import MOST_REQUIREMENTS, Aspect, Requirement, Tier
from warmbench.signals.models import FollowUp

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
#: Pages that other people's packages draw, by route, each with the reason not to look at it.
THEIRS = {"api/v1/docs": "Swagger's own page: its markup and colours come with django-ninja."}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=SCREENS, ids=["wide and light", "phone and dark"])
def context(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[BrowserContext]:
    """One kind of screen, on which nobody is signed in yet."""
    width, height, colours = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=colours,
        base_url=live_server.url,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    context.add_init_script(_WATCH_SHIFTS)
    yield context
    context.close()


@pytest.fixture
def screen(context: BrowserContext, agency: Agency) -> Page:
    """A page on which the administrator of an agency with little data is signed in."""
    _sign_in(context, agency.admin)
    return context.new_page()


@pytest.fixture
def agency(transactional_db: None) -> Agency:
    return Agency()


@pytest.fixture
def busy(context: BrowserContext, transactional_db: None) -> Page:
    """A page on which a recruiter with much to do is signed in."""
    make.organisation()
    alice = make.user("Alice Meyer", Role.ADMIN)
    now = clock.now()
    for number in range(12):
        one = make.candidate(owner=alice)
        Candidate.objects.filter(pk=one.pk).update(**_LONG if number % 3 else {})
        followed = make.follow_up(one, value=number * 8, due=now + timedelta(hours=number))
        FollowUp.objects.filter(pk=followed.pk).update(asked_at=now)
        Thread.objects.create(
            candidate=one, subject=_LONG["employer"], last_at=now, waiting_since=now
        )
    writer = make.candidate(owner=alice)
    comes_in(Sent(writer, make.sender(alice)).answer(f"Yes! {_LONG['city']}"), now=now)
    make.pool("status = passive", owner=alice)
    _sign_in(context, alice)
    return context.new_page()


#: What does not fit where names and titles usually do.
_LONG = {
    "first_name": "Maximiliane Friederike",
    "last_name": "von Schwarzenberg-Hohenlohe",
    "job_title": "Rechtsschutzversicherungsgesellschaftssachbearbeiterin",
    "employer": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
}


def test_every_page_is_accessible_and_stays_still(screen: Page, agency: Agency) -> None:
    faults: list[str] = []
    seen: set[str] = set()
    for path, html in _pages(agency):
        shape = _shape(html)
        if shape in seen:
            continue
        seen.add(shape)
        faults += [f"{path}: {fault}" for fault in _faults_at(screen, path)]
    assert seen
    assert not faults, "\n".join(faults)


def test_pages_with_much_on_them_are_accessible_and_stay_still(busy: Page) -> None:
    one = Candidate.objects.filter(last_name=_LONG["last_name"]).earliest("pk")
    thread = Thread.objects.latest("pk")
    paths = [
        "/",
        "/candidates/",
        f"/candidates/{one.pk}/",
        "/replies/",
        f"/replies/threads/{thread.pk}/",
        "/team/work/",
        "/search/?q=Maximiliane",
        "/search/?q=zzzzzz",
        "/candidates/?q=zzzzzz",
        "/connections/language-model/",
        *_pages_of_a_long_profile(),
    ]
    make.model_provider()
    faults = [f"{path}: {fault}" for path in paths for fault in _faults_at(busy, path)]
    assert not faults, "\n".join(faults)


def _pages_of_a_long_profile() -> list[str]:
    """One with as many requirements as may be, and with a draft that leaves most of them out."""
    asked = tuple(
        Requirement(
            f"experience:{number}",
            Aspect.EXPERIENCE,
            list(Tier)[number % 4],
            f"{_LONG['job_title']} {number}",
            also=(_LONG["city"],),
            quote=_LONG["employer"],
        )
        for number in range(MOST_REQUIREMENTS)
    )
    version = make.profile(title=_LONG["employer"], requirements=asked)
    less = replace(profiles.spec_of(version), requirements=asked[::3])
    profiles.edit(version.profile_id, less, seen=None, by_id=None, now=clock.now())
    here = f"/role-profiles/{version.profile_id}/"
    return ["/role-profiles/", here, f"{here}edit/", f"{here}approve/"]


def _press(key: str, waiting_for: str) -> Callable[[Page], None]:
    def open_(page: Page) -> None:
        page.keyboard.press(key)
        page.wait_for_selector(waiting_for)

    return open_


def _click(selector: str, waiting_for: str) -> Callable[[Page], None]:
    def open_(page: Page) -> None:
        page.locator(f"{selector} >> visible=true").first.click()
        page.wait_for_selector(waiting_for)

    return open_


#: What opens over Today: how, and the part of the page that it is.
OPENED: dict[str, Callable[[Page], None]] = {
    "#palette": _press("Control+k", "#palette-found [role=option]"),
    "#today-keys": _press("?", "#today-keys[open]"),
    "#drawer": _click("#queue [data-open]", "#drawer .drawer-head"),
    "#change-dialog [action*=done]": _click("#queue [data-key=d]", "#change [action*=done]"),
    "#change-dialog [action*=snooze]": _click("#queue [data-key=s]", "#change [action*=snooze]"),
    "#change-dialog [action*=hand]": _click("#queue [data-key=h]", "#change [action*=hand]"),
    "#several": _click("#queue .mark input", "#several"),
}


def test_what_opens_over_a_page_is_accessible(busy: Page) -> None:
    faults: list[str] = []
    for part, open_ in OPENED.items():
        busy.goto("/", wait_until="load")
        open_(busy)
        faults += [f"{part}: {fault}" for fault in _violations(busy, part)]
    assert not faults, "\n".join(faults)


def _sign_in(context: BrowserContext, user: User) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    context.add_cookies(
        [{"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}]
    )


def _pages(agency: Agency) -> Iterator[tuple[str, str]]:
    """Each page's address and HTML; what answers with a file, a part or a redirect is none."""
    client = Client()
    client.force_login(agency.admin)
    rows = cache(lambda make_row: make_row(agency))
    ours: list[Address] = [one for one in ADDRESSES if one.route not in THEIRS]
    for path in sorted({address_of(address, rows) for address in ours}):
        answer = client.get(path)
        assert answer.status_code < 500, path
        is_html = answer.headers.get("Content-Type", "").startswith("text/html")
        if is_html and b"<title>" in answer.content:
            yield path, answer.content.decode()


def _shape(html: str) -> str:
    """What is on a page, without its words, names and numbers: two of one shape have one's faults.

    Classes, roles and whether something is labelled stay; so colours, too.
    """
    tags = re.findall(r"<[a-z][^>]*>", html.split("<main", 1)[-1].split("</main>", 1)[0])
    kept = (
        re.sub(r'\s(?!class|role|type|aria-[a-z]+=|hidden|open)[a-z-]+="[^"]*"', "", tag)
        for tag in tags
    )
    return re.sub(r"\d+", "", " ".join(dict.fromkeys(kept)))


def _faults_at(page: Page, path: str) -> Iterator[str]:
    response = page.goto(path, wait_until="load")
    assert response is not None
    assert response.status < 500, path
    yield from _violations(page)
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if beyond > 1:
        yield f"it is {beyond} pixels too wide"
    shifted = page.evaluate("window.shifted")
    if shifted > MOST_SHIFT:
        yield f"it shifts by {shifted:.3f}"


def _violations(page: Page, part: str | None = None) -> Iterator[str]:
    found = Axe().run(page, part, options={"runOnly": RULES, "resultTypes": ["violations"]})
    for violation in found.response["violations"]:
        for node in violation["nodes"]:
            yield f"{violation['id']}: {node['html'][:200]}"
