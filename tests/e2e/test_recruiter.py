"""A recruiter's day in a real browser, with the keyboard, on a phone, and without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.messaging.models import Message
from warmbench.people.models import Candidate
from warmbench.signals.models import FollowUp, Signal

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


def people(alice: User, *names: str) -> list[Candidate]:
    made = []
    for name in names:
        one = make.candidate(owner=alice)
        first, _, last = name.partition(" ")
        Candidate.objects.filter(pk=one.pk).update(first_name=first, last_name=last)
        one.refresh_from_db()
        made.append(one)
    return made


def follow_up(one: Candidate, *, value: int = 50) -> FollowUp:
    now = clock.now()
    made = make.follow_up(one, value=value, due=now + timedelta(minutes=1))
    FollowUp.objects.filter(pk=made.pk).update(asked_at=now)
    return made


def rows(page: Page) -> Locator:
    return page.locator("#queue-rows .follow-up")


def marked(page: Page) -> Locator:
    return page.locator(".follow-up.is-current")


def test_the_queue_is_worked_from_the_keyboard(page: Page, go: Open, alice: User) -> None:
    ana, ben, chen = people(alice, "Ana Costa", "Ben Roth", "Chen Li")
    for value, one in ((90, ana), (60, ben), (30, chen)):
        follow_up(one, value=value)
    go(page, "/")

    page.keyboard.press("j")
    expect(marked(page)).to_contain_text("Ana Costa")
    # The number may come before what it answers.
    page.keyboard.press("d")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Note")).to_be_focused()
    page.keyboard.type("Call in April")
    page.keyboard.press("Tab")
    page.keyboard.press("1")

    expect(page.get_by_text("Done: Ana Costa")).to_be_visible()
    expect(rows(page)).to_have_count(2)
    expect(page.locator(".rail .nav [data-count=today]")).to_have_text("2")
    done = FollowUp.objects.get(candidate=ana)
    assert (done.outcome, done.note) == ("reached", "Call in April")

    # The next one has taken its place.
    expect(marked(page)).to_contain_text("Ben Roth")
    page.keyboard.press("s")
    page.keyboard.press("t")
    expect(rows(page)).to_have_count(1)
    page.get_by_text("Snoozed").click()
    expect(page.locator("#queue-snoozed").get_by_role("link", name="Ben Roth")).to_be_visible()

    page.keyboard.press("u")
    expect(page.get_by_text("Ben Roth is back in the queue.")).to_be_visible()
    expect(rows(page)).to_have_count(2)


def press(page: Page, key: str) -> None:
    """Press a key once what came in last is settled, as nobody is quicker than that."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.wait_for_timeout(100)
    page.keyboard.press(key)


def test_the_drawer_goes_from_person_to_person(page: Page, go: Open, alice: User) -> None:
    make.sender(alice)
    ana, ben, chen = people(alice, "Ana Costa", "Ben Roth", "Chen Li")
    Candidate.objects.filter(pk=ana.pk).update(last_conversation_note="Wants a team of her own.")
    for value, one in ((90, ana), (60, ben), (30, chen)):
        follow_up(one, value=value)
    go(page, "/")
    drawer = page.locator("#drawer")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("heading", name="Ana Costa")).to_be_visible()
    expect(drawer.get_by_text("Why now")).to_be_visible()
    page.keyboard.press("j")
    expect(drawer.get_by_role("heading", name="Ben Roth")).to_be_visible()
    expect(marked(page)).to_contain_text("Ben Roth")

    press(page, "n")
    note = page.get_by_role("textbox", name="Note")
    expect(note).to_be_focused()
    note.fill("On leave until May")
    page.keyboard.press("Control+Enter")
    expect(drawer.get_by_text("Alice Meyer: On leave until May")).to_be_visible()

    press(page, "d")
    press(page, "6")
    # Who was dealt with is followed by the next, without closing.
    expect(drawer.get_by_role("heading", name="Chen Li")).to_be_visible()
    expect(rows(page)).to_have_count(2)
    press(page, "Escape")
    expect(drawer).to_be_hidden()
    expect(marked(page)).to_be_focused()
    assert FollowUp.objects.get(candidate=ben).outcome == "not_interested"


def test_a_role_that_somebody_wants_is_picked(page: Page, go: Open, alice: User) -> None:
    role = make.role(make.tag("Kubernetes"), title="Platform engineer", owner=alice)
    (ana,) = people(alice, "Ana Costa")
    entry = follow_up(ana)
    go(page, "/")
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("4")
    expect(page.get_by_label("Which role")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose the role that they")).to_be_visible()
    page.get_by_label("Which role").select_option("Platform engineer")
    page.get_by_role("button", name="Interested in a role").click()
    expect(page.get_by_text("Done: Ana Costa")).to_be_visible()
    entry.refresh_from_db()
    assert entry.outcome == "role_interest"
    assert str(role.pk) in str(entry.effects)


def test_several_are_put_off_at_once(page: Page, go: Open, alice: User) -> None:
    for value, one in zip((90, 60, 30), people(alice, "Ana A", "Ben B", "Chen C"), strict=True):
        follow_up(one, value=value)
    go(page, "/")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-marked]")).to_have_text("2")
    page.keyboard.press("s")
    page.keyboard.press("w")
    expect(page.get_by_text("2 entries put off until")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#several")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(3)


def test_a_colleague_is_asked_and_accepts(
    page: Page, browser: Browser, go: Open, alice: User, live_server: LiveServer
) -> None:
    bob = make.user("Bob Lind")
    (ana,) = people(alice, "Ana Costa")
    follow_up(ana)
    go(page, "/")
    page.keyboard.press("j")
    page.keyboard.press("h")
    page.keyboard.press("1")
    expect(page.get_by_text("Bob Lind is asked to take Ana Costa.")).to_be_visible()
    expect(rows(page)).to_contain_text("offered to Bob Lind")

    client = Client()
    client.force_login(bob)
    context = browser.new_context()
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    bobs = context.new_page()
    bobs.goto(live_server.url)
    expect(bobs.get_by_text("from Alice Meyer")).to_be_visible()
    bobs.keyboard.press("j")
    bobs.keyboard.press("a")
    expect(bobs.get_by_text("Ana Costa is in your queue now.")).to_be_visible()
    context.close()
    assert FollowUp.objects.get().owner == bob


def test_what_comes_in_is_told_without_moving_the_list(page: Page, go: Open, alice: User) -> None:
    ana, ben = people(alice, "Ana Costa", "Ben Roth")
    follow_up(ana)
    go(page, "/")
    page.keyboard.press("j")
    follow_up(ben, value=99)
    make.notification(alice)
    page.evaluate("document.dispatchEvent(new Event('live:look'))")

    pill = page.get_by_role("button", name="1 new")
    expect(pill).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(page.locator(".rail .nav [data-count=today]")).to_have_text("2")
    expect(page.locator(".rail .bell [data-count=unread]")).to_have_text("1")
    page.keyboard.press(".")
    expect(rows(page)).to_have_count(2)
    expect(pill).to_be_hidden()


def test_whoever_was_signed_out_meanwhile_is_left_alone(page: Page, go: Open, alice: User) -> None:
    (ana,) = people(alice, "Ana Costa")
    follow_up(ana)
    go(page, "/")
    page.context.clear_cookies()
    with page.expect_response("**/live/?**") as asked:
        page.evaluate("document.dispatchEvent(new Event('live:look'))")
    assert asked.value.status == 403
    expect(rows(page)).to_have_count(1)
    expect(page.locator(".toast")).to_have_count(0)


def test_a_day_on_a_phone(browser: Browser, go: Open, alice: User) -> None:
    make.sender(alice)
    ana, ben = people(alice, "Ana Costa", "Ben Roth")
    make.phone(ana, "+4915112345678")
    for value, one in ((90, ana), (60, ben)):
        follow_up(one, value=value)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    phone = context.new_page()
    go(phone, "/")

    phone.get_by_role("link", name="Ana Costa").tap()
    drawer = phone.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Ana Costa")).to_be_visible()
    box = drawer.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 844)
    expect(drawer.get_by_role("link", name="+49 1511 2345678").first).to_be_visible()
    drawer.get_by_role("button", name="Next").tap()
    expect(drawer.get_by_role("heading", name="Ben Roth")).to_be_visible()
    drawer.get_by_role("button", name="Done").tap()
    phone.get_by_role("button", name="Left a message").tap()
    expect(phone.get_by_text("A message is left with Ben Roth")).to_be_visible()
    expect(drawer.get_by_role("heading", name="Ana Costa")).to_be_visible()
    drawer.get_by_role("button", name="Close").tap()
    expect(phone.locator("#queue-rows .follow-up")).to_have_count(1)
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_people_are_searched_tagged_together_and_untagged(
    page: Page, go: Open, alice: User
) -> None:
    people(alice, "Ana Costa", "Ana Lang", "Ben Roth")
    make.tag("Kubernetes")
    go(page, "/candidates/")

    page.get_by_label("Search", exact=True).fill("ana")
    expect(page).to_have_url(re.compile(r"\?q=ana$"))
    expect(page.get_by_role("status").first).to_have_text("2 people")
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-picked]")).to_have_text("2")
    page.get_by_label("Tag", exact=True).last.fill("Kubernetes")
    page.get_by_role("button", name="Add tag").click()

    toast = page.locator(".toast")
    expect(toast).to_contain_text("2 people tagged Kubernetes.")
    toast.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone for 2 people.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=ana$"))
    page.locator("#id_owner").select_option("Nobody")
    expect(page).to_have_url(re.compile(r"\?q=ana&owner=nobody$"))
    expect(page.get_by_text("Nobody matches")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Search", exact=True)).to_have_value("ana")


def test_a_candidate_is_stopped_and_released(page: Page, go: Open, alice: User) -> None:
    make.sender(alice)
    (ana,) = people(alice, "Ana Costa")
    go(page, f"/candidates/{ana.pk}/")

    page.get_by_role("link", name="Stop messages").click()
    dialog = page.locator("#change-dialog")
    expect(dialog.get_by_label("In a sentence")).to_be_focused()
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog.get_by_text("This field is required.")).to_be_visible()
    dialog.get_by_label("In a sentence").fill("Client conflict")
    dialog.get_by_role("button", name="Stop").click()

    expect(page.get_by_text("We may not write to them.")).to_be_visible()
    page.get_by_role("button", name="Release the stop").click()
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text("We may not write to them.")).to_be_hidden()


def test_a_message_is_seen_as_it_was_sent(page: Page, go: Open, alice: User) -> None:
    (ana,) = people(alice, "Ana Costa")
    sent = make.sent(ana, make.sender(alice))
    make.signal(ana, Signal.Kind.CLICKED, at=clock.now(), message=sent)
    go(page, f"/candidates/{ana.pk}/")

    page.get_by_role("link", name="Salaries for Ana").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Hello Ana")).to_be_visible()
    expect(frame.get_by_role("link", name="Unsubscribe")).to_be_visible()
    page.get_by_label("Phone").check(force=True)
    expect(page.locator(".preview iframe")).to_have_css("max-width", "390px")


@pytest.fixture
def plain(browser: Browser) -> Page:
    """A phone whose browser runs no scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    return context.new_page()


def test_all_of_it_works_on_a_phone_without_scripts(plain: Page, go: Open, alice: User) -> None:
    ana, _ = people(alice, "Ana Costa", "Ben Roth")
    follow_up(ana)
    make.tag("Kubernetes")
    go(plain, "/")

    plain.get_by_role("button", name="Done").first.click()
    plain.get_by_role("button", name="Reached").click()
    expect(plain.get_by_text("Done: Ana Costa")).to_be_visible()

    go(plain, "/candidates/?q=costa")
    plain.get_by_label("Select Ana Costa").check()
    plain.get_by_label("Tag", exact=True).last.fill("Kubernetes")
    plain.get_by_role("button", name="Add tag").click()
    expect(plain.get_by_text("1 person tagged Kubernetes.")).to_be_visible()
    expect(plain).to_have_url(re.compile(r"\?q=costa$"))

    plain.get_by_role("link", name="Ana Costa").click()
    plain.get_by_role("link", name="Record a conversation").click()
    plain.get_by_label("What about").fill("the night shift")
    plain.get_by_role("button", name="Record").click()
    expect(plain.get_by_text("Conversation about the night shift")).to_be_visible()
    plain.context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_its_window(page: Page, go: Open, alice: User, width: int) -> None:
    (ana,) = people(alice, "Maximiliane Freifrau von Hohenstein-Waldburg-Zeil-Trauchburg")
    follow_up(ana)
    lost = make.message(ana, make.sender(alice))
    Message.objects.filter(pk=lost.pk).update(
        state="sending", not_before=None, handed_at=clock.now()
    )
    Message.objects.filter(pk=lost.pk).update(state="unknown", reason="Lost")
    page.set_viewport_size({"width": width, "height": 844})
    for address in (
        "/",
        "/candidates/",
        f"/candidates/{ana.pk}/",
        f"/candidates/{ana.pk}/facts/",
        f"/messages/{lost.pk}/",
    ):
        go(page, address)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, address
