"""A recruiter's day in a real browser, with the keyboard, on a phone, and without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
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


def test_the_queue_is_worked_from_the_keyboard(page: Page, go: Open, alice: User) -> None:
    ana, ben, _ = people(alice, "Ana Costa", "Ben Roth", "Chen Li")
    for value, one in ((90, ana), (60, ben)):
        follow_up(one, value=value)
    go(page, "/")

    page.keyboard.press("j")
    expect(page.locator(".follow-up.is-current")).to_contain_text("Ana Costa")
    page.keyboard.press("d")
    note = page.get_by_role("textbox", name="Note").first
    expect(note).to_be_focused()
    note.fill("Call in April")
    page.get_by_role("button", name="Reached").click()

    expect(page.get_by_text("Done: Ana Costa")).to_be_visible()
    expect(page.locator(".follow-up")).to_have_count(1)
    expect(page.locator(".rail .nav .count")).to_have_text("1")
    assert FollowUp.objects.get(candidate=ana).note == "Call in April"

    # The next one has taken its place.
    expect(page.locator(".follow-up.is-current")).to_contain_text("Ben Roth")
    page.keyboard.press("s")
    page.get_by_role("button", name="Until tomorrow").click()
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    page.get_by_text("Snoozed").click()
    expect(page.get_by_role("link", name="Ben Roth")).to_be_visible()


def test_enter_opens_who_is_marked(page: Page, go: Open, alice: User) -> None:
    (ana,) = people(alice, "Ana Costa")
    follow_up(ana)
    go(page, "/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/candidates/{ana.pk}/$"))


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

    plain.locator("summary", has_text="Done").first.click()
    plain.get_by_role("button", name="Left a message").click()
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
