"""A role from the client's description to the call, in a real browser: what is read from it, who
fits, what alerts would do, the mail, the click, and the recruiter's queue."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.e2e.monday import let_it_be_monday
from tests.e2e.test_lead import STUMBLING
from warmbench.accounts.models import User
from warmbench.core import clock, events
from warmbench.integrations.mail.postman import Postman
from warmbench.integrations.models import CaughtMail
from warmbench.messaging import delivery
from warmbench.people.models import Candidate, Tag
from warmbench.sample import catching
from warmbench.sample.history import react
from warmbench.signals import judging
from warmbench.signals.models import FollowUp
from warmbench.sourcing import escalations, waves, writing
from warmbench.sourcing.models import Alert, Role

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
DESCRIPTION = """Senior Platform Engineer

What you bring
- Several years with Kubernetes and Terraform
- Solid Go

Nice to have
- Prometheus

What we offer
- EUR 85,000 to 98,000 per year
- Hybrid work, two days a week in Hamburg
"""


@pytest.fixture
def alice(transactional_db: None, settings: Settings, live_server: LiveServer) -> Iterator[User]:
    """A recruiter whose mails are caught, on a Monday morning, with a clock that can be moved."""
    settings.DEMO = True
    settings.PUBLIC_URL = live_server.url
    clock._Offset.read_at = float("-inf")
    make.organisation()
    let_it_be_monday()
    user = make.user("Alice Meyer")
    make.sender(user, is_default=True)
    yield user
    clock._Offset.read_at = float("-inf")


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, alice: User) -> Iterator[Page]:
    """Alice's browser, in which she is signed in."""
    client = Client()
    client.force_login(alice)
    session = client.cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    context.close()
    assert not mistakes


@pytest.fixture
def tags(transactional_db: None) -> dict[str, Tag]:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    names = ("Kubernetes", "Terraform", "Go", "Prometheus", "Helm")
    return {name: make.tag(name, parent=devops) for name in names}


@pytest.fixture
def work() -> Iterator[Callable[[], None]]:
    """Does what the workers do, over real SMTP to the mail catcher."""
    postman = Postman(clock=clock.now)

    def do() -> None:
        now = clock.now()
        with events.held_back() as facts:
            while judging.judge_due(now=now):
                pass
            react(facts)
            while waves.advance(now=now) + writing.write_due(now=now):
                pass
            while escalations.run_due(now=now):
                pass
            while delivery.deliver(postman.channel_for, worker="e2e", clock=clock.now):
                pass
            react(facts)

    with catching.running():
        yield do
    postman.close()


def named(name: str, *tags: Tag, owner: User) -> Candidate:
    one = make.candidate(*tags, owner=owner)
    first, _, last = name.partition(" ")
    Candidate.objects.filter(pk=one.pk).update(first_name=first, last_name=last)
    one.refresh_from_db()
    return one


def confirmed(desk: Page, apply_url: str) -> None:
    """A description is pasted; what was read from it is confirmed, struck and added to."""
    desk.goto("/roles/")
    desk.get_by_role("link", name="New role").click()
    desk.get_by_label("Paste the description").fill(DESCRIPTION)
    desk.get_by_role("button", name="Read it").click()

    expect(desk.get_by_label("Title")).to_have_value("Senior Platform Engineer")
    expect(desk.get_by_label("From")).to_have_value("85,000")
    row = desk.get_by_role("listitem").filter(has=desk.get_by_text("Terraform", exact=True))
    expect(row.locator("q")).to_have_text("Several years with Kubernetes and Terraform")
    expect(desk.locator(".read-text mark", has_text="Prometheus")).to_be_visible()
    desk.get_by_label("Strike the places").check()
    desk.get_by_role("group", name="Prometheus").get_by_text("Strike").click()
    desk.get_by_label("Add a skill").fill("Helm")
    desk.get_by_role("button", name="Add", exact=True).click()
    expect(desk.locator(".wishes li", has_text="Helm")).to_be_visible()
    desk.get_by_label("Apply link").fill(apply_url)
    desk.get_by_role("button", name="Save and open it").click()
    expect(desk.get_by_role("heading", name="Senior Platform Engineer")).to_be_visible()


def tried_out(desk: Page) -> None:
    """The slider shows what alerts would do at each level; then they start."""
    desk.get_by_role("link", name="Plan its alerts").click()
    desk.get_by_role("slider").focus()
    desk.keyboard.press("Home")
    expect(desk.get_by_role("heading", name="From 1 matched skill", exact=True)).to_be_visible()
    told = desk.locator(".stat", has_text="would be told").locator("dd")
    expect(told).to_have_text("2")
    desk.keyboard.press("End")
    expect(told).to_have_text("0")
    desk.keyboard.press("ArrowLeft")
    expect(told).to_have_text("1")
    desk.get_by_role("button", name="Start alerts at 3 skills").click()
    expect(desk.get_by_text("The first wave is being chosen")).to_be_visible()


def test_from_a_description_to_a_click(
    desk: Page,
    alice: User,
    tags: dict[str, Tag],
    work: Callable[[], None],
    browser: Browser,
    live_server: LiveServer,
) -> None:
    skills = (tags["Kubernetes"], tags["Terraform"], tags["Go"])
    ana = named("Ana Costa", *skills, owner=alice)
    named("Ben Roth", tags["Go"], owner=alice)

    confirmed(desk, f"{live_server.url}/sign-in/")
    role = Role.objects.get()
    assert role.places == []
    wanted = set(role.skills.values_list("tag__name", flat=True))
    assert wanted == {"Kubernetes", "Terraform", "Go", "Helm"}

    match = desk.locator(".match")
    expect(match).to_have_count(1)
    expect(match.get_by_role("link", name="Ana Costa")).to_be_visible()
    expect(match.locator(".chip--missing")).to_contain_text("Helm")
    expect(match).to_contain_text("May be written to now")
    match.get_by_text("Why").click()
    expect(match).to_contain_text("3 of 4 skills")
    tried_out(desk)

    # The clock moves, the mail arrives, and she clicks.
    work()
    assert CaughtMail.objects.get().rcpt_to == ana.contact_points.get().address
    clock.shift(timedelta(hours=1))
    desk.goto("/mail/")
    desk.get_by_role("link", name="Senior Platform Engineer").first.click()
    mail = desk.frame_locator(".preview iframe")
    link = mail.get_by_role("link", name="look at it here").get_attribute("href")
    assert link is not None
    # By its own name, Chromium without a window is a machine.
    theirs = browser.new_context(locale="en-GB", user_agent=BROWSER).new_page()
    theirs.goto(link)
    expect(theirs).to_have_url(f"{live_server.url}/sign-in/")
    theirs.context.close()
    clock.shift(timedelta(minutes=5))
    work()

    # Her recruiter has her in the queue, and the role knows.
    desk.goto("/")
    entry = desk.locator(".follow-up").first
    expect(entry).to_contain_text("Interested in a role")
    entry.get_by_role("link", name="Ana Costa").click()
    expect(desk.get_by_role("heading", name="Roles that fit")).to_be_visible()
    desk.goto(f"/candidates/{FollowUp.objects.get().candidate_id}/")
    expect(desk.locator(".match")).to_contain_text("Clicked or answered")
    desk.goto(f"/roles/{role.pk}/alerts/")
    expect(desk.locator("tbody")).to_contain_text("Clicked or answered")
    assert Alert.objects.get().engaged_at is not None


def test_a_hot_role_without_an_answer_becomes_a_call(
    desk: Page, alice: User, tags: dict[str, Tag], work: Callable[[], None]
) -> None:
    ana = named("Ana Costa", tags["Go"], tags["Helm"], tags["Terraform"], owner=alice)
    make.phone(ana, "+442079460123")
    desk.goto("/roles/new/by-hand/")
    desk.get_by_label("Title").fill("Platform lead")
    desk.get_by_label("Candidates wanted by").fill((clock.now() + 4 * DAY).date().isoformat())
    for name in ("Go", "Helm", "Terraform"):
        desk.get_by_label("Add a skill").fill(name)
        desk.get_by_role("button", name="Add", exact=True).click()
        expect(desk.locator(".wishes li", has_text=name)).to_be_visible()
    desk.get_by_role("button", name="Save and open it").click()
    expect(desk.locator(".badge--hot")).to_be_visible()
    desk.get_by_role("link", name="Plan its alerts").click()
    desk.get_by_role("button", name="Start alerts at 3 skills").click()
    work()
    assert "Platform lead" in CaughtMail.objects.get().subject

    clock.shift(DAY + timedelta(minutes=10))
    work()

    desk.goto("/")
    entry = desk.locator(".follow-up", has_text="Ana Costa")
    expect(entry).to_contain_text("Call about a role")
    asked = FollowUp.objects.get()
    desk.goto(f"/candidates/{asked.candidate_id}/")
    entry = desk.locator(f"#follow-up-{asked.pk}")
    expect(entry.get_by_role("link", name="+44 20 7946 0123")).to_have_attribute(
        "href", "tel:+442079460123"
    )
    expect(entry).to_contain_text("Hello Ana, this is Alice Meyer. I mailed you about a role")
    expect(entry).to_contain_text("Best ")
    expect(entry).to_contain_text("late morning, where they live")

    # Once the role is filled, nobody need call any more; the page says so before.
    entry.get_by_role("link", name="Platform lead").click()
    desk.get_by_text("More", exact=True).first.click()
    desk.get_by_role("link", name="It is filled").click()
    expect(desk.get_by_role("dialog")).to_contain_text("1 call that a recruiter was asked for")
    desk.get_by_role("dialog").get_by_role("button", name="It is filled").click()
    expect(desk.locator(".badge--filled")).to_be_visible()
    assert not FollowUp.objects.filter(reason="call", state="open").exists()


def test_every_page_of_a_role_can_be_read_aloud_and_on_a_phone(
    desk: Page, alice: User, tags: dict[str, Tag], work: Callable[[], None]
) -> None:
    desk.goto("/roles/")
    assert not desk.evaluate(STUMBLING)
    ana = named(
        "Maximiliane Freifrau von Hohenstein-Waldburg-Zeil-Trauchburg", *tags.values(), owner=alice
    )
    make.phone(ana)
    title = "Deputy head of the department of cross-border infrastructure automation, Europe"
    hot = clock.now() + 3 * DAY
    role = make.role(*tags.values(), title=title, owner=alice, deadline=hot, description="Words.")
    make.campaign(role, at=clock.now())
    work()
    clock.shift(DAY + timedelta(minutes=10))
    work()
    draft = make.role(title="A draft", state="draft", owner=alice)
    here, there = f"/roles/{role.pk}/", f"/roles/{draft.pk}/"
    for address in (
        *("/", f"/candidates/{ana.pk}/", "/roles/", "/roles/new/", "/roles/new/by-hand/"),
        *(here, f"{here}?who=freifrau", f"{here}edit/", f"{here}alerts/", f"{here}simulator/"),
        *(f"{here}timeline/", f"{here}state/filled/", f"{here}alerts/pause/"),
        *(there, f"{there}alerts/", f"{there}simulator/", f"{there}timeline/"),
    ):
        for width in (1440, 390):
            desk.set_viewport_size({"width": width, "height": 900})
            desk.goto(address)
            found = desk.evaluate(STUMBLING)
            assert not found, f"{address}: {found}"
    desk.goto("/roles/new/")
    desk.get_by_label("Paste the description").fill(DESCRIPTION)
    desk.get_by_role("button", name="Read it").click()
    assert not desk.evaluate(STUMBLING)


def test_roles_work_without_scripts_and_on_a_phone(
    browser: Browser, live_server: LiveServer, alice: User, tags: dict[str, Tag]
) -> None:
    named("Ana Costa", *tags.values(), owner=alice)
    client = Client()
    client.force_login(alice)
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
    )
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)

    page.goto("/roles/new/")
    page.get_by_label("Paste the description").fill(DESCRIPTION)
    page.get_by_role("button", name="Read it").click()
    page.get_by_label("Add a skill").fill("Helm")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".wishes li", has_text="Helm")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Senior Platform Engineer")
    page.get_by_role("button", name="Save and open it").click()
    expect(page.get_by_role("link", name="Ana Costa")).to_be_visible()
    page.get_by_role("link", name="Simulator").click()
    page.get_by_role("button", name="Start alerts at 3 skills").click()
    page.get_by_role("link", name="Pause").click()
    page.get_by_role("button", name="Pause them").click()
    expect(page.get_by_text("The alerts are paused.")).to_be_visible()
    context.close()
