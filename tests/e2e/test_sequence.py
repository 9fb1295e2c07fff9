"""A programme in a real browser: built from nothing, moved about, looked at, let go, lived."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.e2e.monday import let_it_be_monday
from warmbench.accounts.models import User
from warmbench.core import clock, events
from warmbench.integrations.mail.postman import Postman
from warmbench.integrations.models import CaughtMail
from warmbench.messaging import delivery
from warmbench.nurture import drafts, outline, planner, pools
from warmbench.nurture.forecast import run
from warmbench.nurture.models import (
    Enrollment,
    Forecast,
    ForecastTouch,
    Sequence,
    SequenceDraft,
)
from warmbench.nurture.outline import Outline, StepOutline
from warmbench.people.models import Candidate, Tag
from warmbench.sample import catching
from warmbench.sample.history import react

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
WELCOME = "Hello {{ first_name }},\n\nfrom now on you hear from us. [Choose]({{ preference_link }})"


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
    context = browser.new_context(
        base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 1000}
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))

    def note(said: ConsoleMessage) -> None:
        if "Content Security" in said.text:
            mistakes.append(said.text)

    page.on("console", note)
    yield page
    context.close()
    assert not mistakes


@pytest.fixture
def ana(alice: User) -> Candidate:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    manager, germany = (
        make.tag("Manager", Tag.Kind.SENIORITY),
        make.tag("Germany", Tag.Kind.GEOGRAPHY),
    )
    make.piece(devops, title="How platform teams hire")
    one = make.candidate(devops, manager, germany, owner=alice)
    Candidate.objects.filter(pk=one.pk).update(last_name="Costa")
    return one


@pytest.fixture
def live() -> Iterator[Callable[[timedelta], None]]:
    """Lets so much time pass, a step at a time, as the workers and the clock of the demo do."""
    postman = Postman(clock=clock.now)

    def do(span: timedelta) -> None:
        until = clock.now() + span
        while True:
            with events.held_back() as facts:
                pools.recount(now=clock.now())
                while planner.plan(now=clock.now()):
                    pass
                while delivery.deliver(postman.channel_for, worker="e2e", clock=clock.now):
                    pass
                react(facts)
            if clock.now() >= until:
                return
            clock.shift(min(timedelta(hours=6), until - clock.now()))

    with catching.running():
        yield do
    postman.close()


def added(desk: Page, kind: str) -> None:
    """A step is put at the end, by the menu there."""
    end = desk.locator(".plan-end")
    end.get_by_text("Add a step").click()
    end.get_by_role("button", name=kind, exact=True).click()
    # It opens, and is ready to be written in.
    expect(desk.locator(".plan-step").last.get_by_label("Name")).to_be_focused()


def saved(desk: Page) -> None:
    """What was typed last has reached the draft."""
    desk.wait_for_timeout(900)
    expect(desk.locator("#saved")).to_contain_text("Draft saved")


def keys(sequence: Sequence) -> list[str]:
    draft = SequenceDraft.objects.get(pk=sequence.pk)
    return [step.key for step in outline.from_json(draft.outline).steps]


def built(desk: Page) -> Sequence:
    """An empty plan gets a welcome, something to read a month later, and a check-in."""
    desk.goto("/sequences/")
    desk.get_by_role("link", name="New sequence").first.click()
    desk.get_by_label("Name").fill("The arc")
    desk.get_by_role("button", name="Begin", exact=True).click()
    expect(desk.get_by_role("heading", name="No steps yet")).to_be_visible()
    expect(desk.locator("#marks")).to_contain_text("There is no step yet")

    desk.get_by_role("button", name="Message", exact=True).click()
    form = desk.locator(".step-form")
    expect(form.get_by_label("Name")).to_be_focused()
    form.get_by_label("Subject").fill("Welcome, {{ first_name }}")
    form.get_by_label("Text").fill(WELCOME)
    saved(desk)
    expect(desk.locator("#marks")).to_contain_text("Nothing to put right")

    added(desk, "Something to read")
    desk.locator("#card-content").get_by_label("Kind of piece").select_option("trends")
    added(desk, "Check-in")
    card = desk.locator("#card-check_in")
    card.get_by_label("Subject").fill("How are things?")
    card.get_by_label("Text").click()
    card.get_by_text("Fields to put in").click()
    card.get_by_role("button", name="{{ first_name }}").click()
    desk.keyboard.type(", how are you?")
    saved(desk)
    expect(desk.locator("#when-check_in")).to_have_text("Month 2")
    return Sequence.objects.get(name="The arc")


def test_the_arc_is_built_looked_at_let_go_and_read(
    desk: Page, alice: User, ana: Candidate, live: Callable[[timedelta], None]
) -> None:
    sequence = built(desk)
    assert keys(sequence) == ["message", "content", "check_in"]
    make.pool("status = passive", sequence)
    live(timedelta())

    # As one person would get it, today and on another day.
    desk.get_by_role("link", name="Preview").first.click()
    mail = desk.frame_locator(".preview iframe")
    expect(mail.get_by_text("from now on you hear from us.")).to_be_visible()
    expect(desk.locator(".preview-head")).to_contain_text("Welcome, Ana")
    desk.get_by_label("As on").fill((clock.now() + 40 * DAY).strftime("%Y-%m-%d"))
    desk.get_by_role("button", name="Show").click()
    expect(desk.get_by_text("If it were due that morning")).to_be_visible()
    desk.get_by_role("link", name="2. Trends article").click()
    expect(desk.get_by_role("link", name="How platform teams hire")).to_be_visible()

    # A test goes to herself, and its links lead to us.
    desk.get_by_role("button", name="Send to myself").click()
    expect(desk.get_by_text(f"Sent to {alice.email}, to nobody else.")).to_be_visible()
    trial = CaughtMail.objects.get()
    assert trial.rcpt_to == alice.email
    assert trial.subject.startswith("[Test] ")

    # What happens is told before it does.
    desk.goto(f"/sequences/{sequence.pk}/activate/")
    expect(desk.get_by_text("1 person begins within minutes")).to_be_visible()

    # What the months will bring is looked at, too, by the same engine.
    desk.get_by_role("link", name="Look ahead").click()
    desk.get_by_role("button", name="Make the forecast").click()
    forecast = Forecast.objects.get()
    run.run(forecast.pk, clock=clock.now)
    desk.goto(f"/sequences/forecasts/{forecast.pk}/")
    expect(desk.get_by_text("Trends article").first).to_be_visible()
    assert ForecastTouch.objects.filter(forecast=forecast, refusal="").count() == 3

    desk.goto(f"/sequences/{sequence.pk}/activate/")
    desk.get_by_role("button", name="Activate it").click()
    expect(desk.get_by_role("button", name="Take it back")).to_be_visible()

    # Two months and a half are lived through, and the mails are read.
    live(timedelta(days=75))
    arrived = CaughtMail.objects.exclude(pk=trial.pk).order_by("pk")
    said = [mail.subject for mail in arrived]
    assert said[0] == "Welcome, Ana"
    assert said[1:] == ["How platform teams hire", "How are things?"]
    assert {mail.rcpt_to for mail in arrived} == {ana.contact_points.get().address}
    assert Enrollment.objects.get().state == Enrollment.State.FINISHED
    desk.goto("/mail/")
    desk.get_by_role("link", name="How are things?").first.click()
    expect(desk.frame_locator(".preview iframe").get_by_text("Ana, how are you?")).to_be_visible()


def drafted(alice: User) -> Sequence:
    steps = tuple(
        StepOutline(key, kind="notification", wait_days=10, words=key)
        for key in ("one", "two", "three", "four")
    )
    like = Outline("plan", "Plan", steps=steps)
    return drafts.create("Plan", by_id=alice.pk, now=clock.now(), like=like)


def dragged(desk: Page, key: str, below: str) -> tuple[float, float, float]:
    """Where a step is taken hold of, and how far down it is brought to stand after another."""
    handle = desk.locator(f"#card-{key} .plan-handle").bounding_box()
    card = desk.locator(f"#card-{below} .plan-card").bounding_box()
    assert handle
    assert card
    return handle["x"] + 8, handle["y"] + 8, card["y"] + card["height"] - 4


def test_steps_are_moved_by_hand_by_finger_and_by_keyboard(desk: Page, alice: User) -> None:
    plan = drafted(alice)
    desk.goto(f"/sequences/{plan.pk}/edit/")

    # With the mouse: the first onto the place of the third.
    x, y, to = dragged(desk, "one", "three")
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x, to, steps=8)
    desk.mouse.up()
    expect(desk.locator("#told")).to_contain_text("is step 3 of 4 now.")
    assert keys(plan) == ["two", "three", "one", "four"]

    # With a finger: one place further.
    x, y, to = dragged(desk, "three", "one")
    finger = desk.context.new_cdp_session(desk)
    for kind, at in (("Start", y), ("Move", y + 30), ("Move", to)):
        points = {"touchPoints": [{"x": x, "y": at}]}
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", **points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(desk.locator("#card-four .plan-when")).to_have_text("Day 40")
    expect(desk.locator("#told")).to_contain_text("is step 3 of 4 now.")
    expect(desk.locator("#card-three .plan-when")).to_have_text("Month 1")
    assert keys(plan) == ["two", "one", "three", "four"]

    # With the keyboard: the focus goes along, and it is said.
    desk.locator("#open-one").focus()
    desk.keyboard.press("Alt+ArrowUp")
    expect(desk.locator("#told")).to_contain_text("is step 1 of 4 now.")
    expect(desk.locator("#open-one")).to_be_focused()
    desk.keyboard.press("Alt+ArrowUp")
    assert keys(plan) == ["one", "two", "three", "four"]
    desk.get_by_role("button", name=re.compile("Move .* down")).first.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#told")).to_contain_text("is step 2 of 4 now.")
    assert keys(plan) == ["two", "one", "three", "four"]


def test_two_authors_lose_nothing(desk: Page, alice: User) -> None:
    plan = drafted(alice)
    desk.goto(f"/sequences/{plan.pk}/edit/?step=one")
    draft = SequenceDraft.objects.get(pk=plan.pk)
    bob = make.user("Bob Ray")
    theirs = outline.changed(outline.from_json(draft.outline), "one", words="Theirs")
    drafts.save(plan.pk, theirs, revision=draft.revision, by_id=bob.pk, now=clock.now())

    box = desk.get_by_label("In these words")
    box.fill("Mine")
    expect(desk.get_by_text("Bob Ray changed this step while you wrote.")).to_be_visible()
    expect(desk.get_by_label("In these words")).to_have_value("Mine")
    expect(desk.locator(".step-form")).to_contain_text("Theirs")
    desk.get_by_role("button", name="Keep what I wrote").click()
    expect(desk.locator("#head-one")).to_contain_text("Mine")


def test_without_scripts_a_plan_is_written_all_the_same(
    browser: Browser, live_server: LiveServer, alice: User
) -> None:
    plan = drafted(alice)
    client = Client()
    client.force_login(alice)
    session = client.cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/sequences/{plan.pk}/edit/")
    page.get_by_role("button", name=re.compile("Move .* down")).first.click()
    expect(page.get_by_text("is step 2 of 4 now.")).to_be_visible()
    page.locator("#open-two").click()
    page.get_by_label("In these words").fill("By hand")
    page.get_by_role("button", name="Save the step").click()
    expect(page.locator("#head-two")).to_contain_text("By hand")
    context.close()
    assert keys(plan) == ["two", "one", "three", "four"]
