"""What was heard, in a real browser: pasted, checked by key, and at work at once."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make, said
from tests.e2e.conftest import page_of
from tests.said import fact
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.insight.kinds import Kind, Polarity, Speaker
from warmbench.insight.models import Insight
from warmbench.people.models import Candidate, CandidateFact, Tag
from warmbench.signals.models import FollowUp
from warmbench.sourcing.models import Role

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, PHONE = (1280, 900), (390, 844)
WhatWorkersDo = Callable[[], None]


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def ana(alice: User) -> Candidate:
    """Somebody who works in a field in which there is one role, for which she lacks a skill."""
    trades = make.tag("Technology", Tag.Kind.CATEGORY)
    field = make.tag("Software engineering", Tag.Kind.SPECIALTY, trades)
    skills = [make.tag(name, Tag.Kind.SKILL, field) for name in ("PostgreSQL", "Redis")]
    ana = make.candidate(field, *skills, owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(first_name="Ana", last_name="Ruiz")
    return ana


@pytest.fixture
def role(ana: Candidate, alice: User) -> Role:
    python = make.tag("Python", Tag.Kind.SKILL, Tag.objects.get(name="Software engineering"))
    known = Tag.objects.filter(name__in=["PostgreSQL", "Redis"])
    return make.role(*known, python, owner=alice)


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, alice: User) -> Iterator[Page]:
    with page_of(alice, browser, live_server, WIDE) as page:
        yield page


@pytest.fixture
def workers(work: WhatWorkersDo) -> WhatWorkersDo:
    """Does what the workers do, in a thread that has no event loop as the browser's has."""

    def run() -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(work).result()

    return run


def test_a_transcript_is_pasted_checked_by_key_and_at_work(
    page: Page, ana: Candidate, role: Role, workers: WhatWorkersDo
) -> None:
    ends = clock.now().date() + timedelta(days=200)
    page.goto(f"/candidates/{ana.pk}/")
    fits = page.get_by_role("region", name="Roles that fit")
    expect(fits).not_to_contain_text("100of 100")
    before = _score(page, role)
    page.get_by_role("textbox", name="What did you hear?").fill(
        "Alice Meyer: What would it take for you to move?\n"
        "Ana Ruiz: I want 95,000 EUR a year. My notice period is three months.\n"
        "Alice Meyer: The band goes up to 120k.\n"
        "Ana Ruiz: I have eight years of experience with Python.\n"
        f"Ana Ruiz: My contract ends on {ends:%-d %B %Y}.\n"
    )
    page.get_by_role("button", name="Keep and read").click()
    page.get_by_label("They agreed to being recorded").check()
    page.get_by_role("button", name="Keep and read").click()

    heard = page.locator("#heard [data-review]")
    # The first text takes longer: what texts are read by is loaded for it.
    expect(heard.locator("[data-item]").first).to_be_focused(timeout=20_000)
    expect(heard).to_contain_text("95,000 EUR a year")
    expect(heard).to_contain_text("Python")
    expect(heard).not_to_contain_text("120,000")
    expect(page.get_by_role("textbox", name="What did you hear?")).to_have_value("")

    many = heard.locator("[data-item]").count()
    for number in range(many):
        expect(heard.locator("[data-item]").nth(number)).to_be_focused()
        page.keyboard.press("y" if number % 2 else "Enter")
        expect(heard.locator(".fact--confirmed")).to_have_count(number + 1)
    page.keyboard.press("u")
    expect(heard.locator(".fact--confirmed")).to_have_count(many - 1)
    expect(heard.locator("[data-item]").last).to_be_focused()
    page.keyboard.press("y")
    expect(heard.locator(".fact--confirmed")).to_have_count(many)
    expect(page.locator("#known")).to_contain_text("3 months of notice")

    workers()

    assert CandidateFact.objects.filter(candidate=ana, kind="pay", source="insight").exists()
    promised = FollowUp.objects.get(candidate=ana, reason=FollowUp.Reason.REMINDER)
    assert promised.due_at.date() >= ends - timedelta(days=31)

    page.reload()
    assert _score(page, role) > before
    expect(page.locator("#tags")).to_contain_text("Python")


def _score(page: Page, role: Role) -> int:
    """How well the role fits her, as her page says; 0 where it does not."""
    row = page.locator("li.match", has=page.get_by_role("link", name=role.title))
    return int(row.locator(".score b").inner_text()) if row.count() else 0


def test_facts_are_rejected_and_put_right_without_leaving_the_keyboard(
    page: Page, ana: Candidate
) -> None:
    said.note(
        fact("at 90", Kind.PAY, {"what": "target", "low": 90}, Polarity.WANTS),
        fact("London", Kind.PLACE, {"name": "London"}, Polarity.WANTS),
        fact("from home", Kind.REMOTE, {"mode": "remote"}, Polarity.WANTS),
        about=ana,
        now=clock.now(),
    )
    page.goto("/facts/")
    rows = page.locator("[data-review] [data-item]")
    expect(rows.first).to_be_focused()
    page.keyboard.press("e")
    low = page.get_by_label("From", exact=True)
    expect(page.get_by_label("What", exact=True)).to_be_focused()
    low.fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This field is required.")).to_be_visible()
    expect(low).to_be_focused()
    page.keyboard.press("Escape")
    expect(rows.first).to_be_focused()
    page.keyboard.press("e")
    expect(page.get_by_label("What", exact=True)).to_be_focused()
    low.fill("90000")
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text("Wants 90,000")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("n")
    expect(rows.nth(1)).to_contain_text("Rejected")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("u")
    expect(rows.nth(1)).not_to_contain_text("Rejected")
    expect(rows.nth(1)).to_be_focused()
    expect(rows).to_have_count(3)
    states = dict(Insight.objects.filter(candidate=ana).values_list("kind", "state"))
    assert states["place"] == "proposed"


def test_of_two_facts_that_contradict_one_holds(page: Page, ana: Candidate) -> None:
    def pay(words: str, low: int, speaker: Speaker) -> dict[str, object]:
        value = {"what": "target", "low": low, "currency": "EUR"}
        return fact(words, Kind.PAY, value, Polarity.WANTS, speaker=speaker)

    now = clock.now()
    said.note(pay("85k", 85000, Speaker.CANDIDATE), about=ana, now=now)
    later = make.NOW.date() + timedelta(days=2)
    said.note(pay("100k", 100000, Speaker.MANAGER), about=ana, now=now, on=later, kind="debrief")
    page.goto(f"/candidates/{ana.pk}/")
    sides = page.locator(".clash-side")
    expect(sides).to_have_count(2)
    sides.filter(has_text="85,000").get_by_role("button").click()
    expect(page.locator(".clash")).to_have_count(0)
    expect(page.locator("#known-title")).to_be_focused()
    expect(page.locator("#known")).not_to_contain_text("100,000")
    page.get_by_role("button", name="Undo").click()
    expect(sides).to_have_count(2)


def test_a_file_is_dropped_and_what_is_wrong_with_it_said(
    browser: Browser, live_server: LiveServer, alice: User, ana: Candidate
) -> None:
    with page_of(alice, browser, live_server, PHONE) as page:
        page.goto(f"/candidates/{ana.pk}/")
        file = page.locator("#hear_file")
        file.set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"}
        )
        page.get_by_role("button", name="Keep and read").click()
        expect(page.get_by_role("alert")).to_contain_text("This is")
        file.set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"Notice period: 2 months."}
        )
        expect(page.locator("[data-file-name]")).to_have_text("a.txt")
        page.get_by_role("button", name="Keep and read").click()
        expect(page.locator("#heard")).to_contain_text("2 months of notice")
        expect(page.locator("#hear-trouble")).to_be_empty()
        expect(page.locator("[data-file-name]")).to_have_text("Choose a file")


def test_people_are_found_by_what_was_said(page: Page, ana: Candidate) -> None:
    said.note(
        fact("from home", Kind.REMOTE, {"mode": "remote"}, Polarity.WANTS),
        about=ana,
        now=clock.now(),
    )
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search everything").fill("what the team knows")
    page.get_by_role("option", name=re.compile("What the team knows")).click()
    page.get_by_label("Whom are you looking for?").fill("wants remote")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Ana Ruiz")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Without")).click()
    expect(page.get_by_role("heading", name="Spoken of lately")).to_be_visible()
