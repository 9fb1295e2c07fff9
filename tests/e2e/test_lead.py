"""A team lead's day in a real browser: import, pools, sequences, stops, tags, and what was sent."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.integrations.models import CaughtMail
from warmbench.messaging import letters
from warmbench.messaging.models import Message, Switch
from warmbench.nurture.models import ContentPiece, Pool, Step
from warmbench.people import imports, tag_edits, unmatched
from warmbench.people.models import Candidate, CandidateImport, CandidateTag, Tag

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[[Page, str], None]


@pytest.fixture
def ada(transactional_db: None) -> User:
    make.organisation()
    return make.user("Ada Min", Role.ADMIN)


@pytest.fixture
def go(live_server: LiveServer, ada: User) -> Open:
    """Open an address of ours, signed in as Ada, who leads the team."""
    client = Client()
    client.force_login(ada)
    session = client.cookies["sessionid"].value

    def open_(page: Page, address: str) -> None:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)

    return open_


@pytest.fixture
def file(tmp_path: Path, settings: Settings) -> Path:
    """A file as an ATS exports it, not nice."""
    settings.INSTANCE_FOLDER = tmp_path
    made = tmp_path / "export.csv"
    made.write_text(
        "Candidates;;;\n\nName;E-Mail;Current title;Skills\n"
        "Ines Duarte;ines@example.org;Platform engineer;k8s\n"
        "Bo Li;bo@example.org;Buyer;\n"
        "Ana;nobody at all;;\n",
        encoding="cp1252",
    )
    return made


def test_a_file_is_brought_in_and_its_progress_watched(page: Page, go: Open, file: Path) -> None:
    go(page, "/imports/")
    page.get_by_role("link", name="Import a file").first.click()
    page.locator("#id_file").set_input_files(file)
    expect(page.locator("[data-file-name]")).to_have_text("export.csv")
    page.get_by_label("Where it comes from").fill("Old ATS")
    page.get_by_role("button", name="Look at it").click()

    expect(page.get_by_label("E-Mail goes to")).to_have_value("email")
    page.get_by_label("Current title goes to").select_option("Job title")
    page.get_by_label("We have a relationship with them").check()
    page.get_by_role("button", name="Check what would happen").click()
    expect(page.get_by_text("Say in a sentence")).to_be_visible()
    page.get_by_label("How do you know?").fill("Interviewed in 2025")
    page.get_by_role("button", name="Check what would happen").click()

    expect(page.get_by_text("An e-mail address needs an @.")).to_be_visible()
    page.get_by_role("button", name="Load 2 people").click()
    expect(page.get_by_text("Getting ready to load")).to_be_visible()

    imports.run(CandidateImport.objects.get().pk, clock=clock.now)  # As a worker would.
    expect(page.get_by_role("heading", name="export.csv is loaded")).to_be_visible()
    assert Candidate.objects.count() == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="Download 1 row").click()
    assert download.value.suggested_filename == "export-rejected.csv"


def test_people_are_put_on_a_sequence_and_taken_back(page: Page, go: Open, ada: User) -> None:
    sequence = make.sequence(Step.Kind.WAIT, Step.Kind.WAIT).sequence
    for _ in range(3):
        make.candidate(owner=ada)
    go(page, "/candidates/")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Put on a sequence").click()
    page.get_by_label("Sequence").select_option(sequence.name)
    page.get_by_role("button", name="Put 3 people on it").click()
    expect(page.get_by_text(f"3 people began “{sequence.name}”.")).to_be_visible()
    assert sequence.enrollments.count() == 3

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("3 people taken off it, as if they had never begun.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert not sequence.enrollments.exists()


def test_a_rule_is_understood_while_it_is_written(page: Page, go: Open) -> None:
    ana = make.candidate()
    go(page, "/pools/new/")
    page.get_by_label("Name").fill("On the bench")
    rule = page.get_by_label("Who belongs to it")
    check = page.locator("#check")

    rule.press_sequentially("status = pasive")
    expect(check.locator("mark")).to_have_text("pasive")
    expect(check).to_contain_text("Did you mean “passive”?")
    rule.fill("status = passive")
    expect(check).to_contain_text("People whose status is passive.")
    expect(check).to_contain_text("1 person now")
    expect(check.get_by_role("link", name=ana.name)).to_be_visible()

    page.get_by_text("What you can ask about").click()
    expect(page.get_by_text("skill all of (Kubernetes, Terraform)")).to_be_visible()
    page.get_by_role("button", name="Open the pool").click()
    expect(page.get_by_role("heading", name="On the bench")).to_be_visible()
    page.get_by_role("button", name="Recount").click()
    expect(page.get_by_text("1 joined, 0 left")).to_be_visible()
    expect(page.get_by_role("link", name=ana.name)).to_be_visible()


def test_a_step_is_read_as_somebody_would_get_it(page: Page, go: Open, ada: User) -> None:
    make.sender(ada)
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    make.piece(devops, title="For platform people")
    version = make.sequence(Step.Kind.MESSAGE, Step.Kind.CONTENT)
    ana = make.candidate(devops, owner=ada)
    go(page, f"/sequences/{version.sequence_id}/")

    page.get_by_role("link", name="Preview Trends article").click()
    page.get_by_label("Name, address or number").press_sequentially(ana.last_name)
    page.get_by_role("link", name=re.compile(ana.name)).click()

    expect(page.get_by_role("link", name="For platform people")).to_be_visible()
    frame = page.frame_locator(".preview iframe")
    expect(frame.get_by_text("Hello Ana,")).to_be_visible()
    page.get_by_text("Phone", exact=True).click()
    expect(page.locator(".preview iframe")).to_have_css("max-width", "390px")
    page.get_by_role("link", name="Plain text").click()
    expect(page.locator(".plain-mail")).to_contain_text("Hello Ana,")
    assert not Message.objects.exists()


def test_everything_is_stopped_and_every_page_says_so(page: Page, go: Open) -> None:
    go(page, "/stops/")
    page.get_by_label("Why").first.fill("A wrong figure")
    page.get_by_role("button", name="Stop everything").click()
    expect(page.get_by_role("heading", name="All sending is stopped")).to_be_visible()
    assert Switch.objects.filter(released_at=None).exists()

    go(page, "/tags/")
    strip = page.locator(".strip--stop")
    expect(strip).to_contain_text("A wrong figure")
    strip.get_by_role("link", name="See stops").click()
    page.get_by_role("button", name="Let sending go on").click()
    expect(page.get_by_role("heading", name="Sending is on")).to_be_visible()
    expect(strip).to_have_count(0)


def test_an_unknown_skill_is_decided_in_its_row(page: Page, go: Open) -> None:
    technology = tag_edits.add(
        Tag.Kind.CATEGORY, "Technology", parent_id=None, by_id=None, now=make.NOW
    )
    devops = tag_edits.add(
        Tag.Kind.SPECIALTY, "Cloud & DevOps", parent_id=technology.pk, by_id=None, now=make.NOW
    )
    unmatched.record([make.candidate().pk], ["helm charts"], source="a file", now=make.NOW)
    go(page, "/tags/")
    page.get_by_role("link", name="Decide").click()

    choice = page.get_by_label("helm charts means")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".toast")).to_contain_text("Choose what it means first.")
    expect(choice).to_be_visible()
    choice.select_option(f"new:{devops.pk}")
    page.get_by_role("button", name="Decide").click()
    expect(choice).to_have_count(0)
    assert CandidateTag.objects.get().tag.name == "helm charts"


def test_the_way_out_of_a_caught_mail_works(
    page: Page, go: Open, settings: Settings, live_server: LiveServer
) -> None:
    settings.DEMO = True
    settings.PUBLIC_URL = live_server.url
    ana = make.candidate(email="ana@example.org")
    way_out = letters.unsubscribe_url(ana.pk, 0)
    html = f'<html><head></head><body><a href="{way_out}">Unsubscribe</a></body></html>'
    CaughtMail.objects.create(
        received_at=make.NOW,
        mail_from="alice@northwind.example",
        rcpt_to="ana@example.org",
        subject="Hello Ana",
        raw=f"Subject: Hello Ana\r\nContent-Type: text/html\r\n\r\n{html}".encode(),
    )
    go(page, "/mail/")
    page.get_by_role("link", name="Hello Ana").click()
    with page.context.expect_page() as opened:
        page.frame_locator(".preview iframe").get_by_role("link", name="Unsubscribe").click()
    opened.value.get_by_role("button").first.click()
    expect(opened.value.get_by_role("heading").first).to_be_visible()
    assert ana.suppressions.exists()


def test_somebody_is_added_and_signs_in(
    page: Page, go: Open, browser: Browser, live_server: LiveServer
) -> None:
    go(page, "/team/new/")
    page.get_by_label("Name").first.fill("Chen Wu")
    page.get_by_label("E-mail address").fill("chen@example.com")
    page.get_by_role("button", name="Add them").click()
    password = page.locator(".secret").inner_text()

    theirs = browser.new_context(base_url=live_server.url)
    chen = theirs.new_page()
    chen.goto("/sign-in/")
    chen.get_by_label("E-mail address").fill("chen@example.com")
    chen.get_by_label("Password").fill(password)
    chen.keyboard.press("Enter")
    expect(chen.get_by_role("link", name="Chen Wu")).to_be_visible()
    theirs.close()


def test_pools_and_imports_work_without_scripts(
    browser: Browser, live_server: LiveServer, go: Open, file: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    go(page, "/pools/new/")
    page.get_by_label("Name").fill("On the bench")
    page.get_by_label("Who belongs to it").fill("status = passive")
    page.get_by_role("button", name="Check the rules").click()
    expect(page.get_by_text("People whose status is passive.")).to_be_visible()
    page.get_by_role("button", name="Open the pool").click()
    assert Pool.objects.get().entry_rule == "status = passive"

    go(page, "/imports/new/")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Check what would happen").click()
    expect(page.get_by_text("No ground was named.")).to_be_visible()
    page.get_by_role("button", name="Load 2 people").click()
    imports.run(CandidateImport.objects.get().pk, clock=clock.now)
    page.reload()
    expect(page.get_by_role("heading", name="export.csv is loaded")).to_be_visible()
    context.close()


#: What a screen reader would stumble over.
STUMBLING = """() => {
  const said = [];
  if (document.querySelectorAll('h1').length !== 1) said.push('not one h1');
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) said.push('#' + id);
  const fields = 'input:not([type=hidden]), select, textarea';
  for (const one of document.querySelectorAll(fields)) {
    const named = one.labels?.length || one.ariaLabel || one.getAttribute('aria-labelledby');
    if (!named) said.push('no label: ' + (one.name || one.outerHTML));
  }
  for (const one of document.querySelectorAll('a, button:not([hidden])')) {
    if (!one.textContent.trim() && !one.ariaLabel) said.push('no name: ' + one.outerHTML);
  }
  for (const one of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
    if (one.matches('dialog:not([open])')) continue; // What fills it brings its name along.
    const names = ['aria-labelledby', 'aria-describedby'].map((name) => one.getAttribute(name));
    for (const id of names.join(' ').split(/\\s+/)) {
      if (id && !document.getElementById(id)) said.push('nothing called ' + id);
    }
  }
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) said.push('wider than the window by ' + wide);
  return said;
}"""


def test_every_page_can_be_read_aloud_and_on_a_phone(
    page: Page, go: Open, ada: User, file: Path, settings: Settings
) -> None:
    settings.DEMO = True
    make.sender(ada, is_default=True)
    version = make.sequence(Step.Kind.MESSAGE, Step.Kind.CONTENT, repeat_from=1)
    tag = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    piece = make.piece(tag)
    pool = make.pool("status = passive", version.sequence, owner=ada)
    ana = make.candidate(tag, owner=ada)
    make.enrollment(ana, version)
    unmatched.record([ana.pk], ["helm charts"], source="a file", now=make.NOW)
    with file.open("rb") as opened:
        of = imports.upload(opened, "export.csv", "Old ATS", by_id=ada.pk, now=make.NOW)
    assert ContentPiece.objects.exists()
    sequence = f"/sequences/{version.sequence_id}/"

    for address in (
        *("/pools/", f"/pools/{pool.pk}/", f"/pools/{pool.pk}/edit/", "/pools/missing-tags/"),
        *("/sequences/", sequence, f"{sequence}people/", f"{sequence}preview/"),
        *("/sequences/content/", f"/sequences/content/{piece.pk}/", "/stops/", "/stops/causes/"),
        *("/senders/", "/senders/new/", f"/senders/{ada.senders.get().pk}/", "/mail/", "/tags/"),
        *(f"/tags/{tag.pk}/", "/tags/unmatched/", "/tags/import/", "/team/", "/team/new/"),
        *(f"/team/{ada.pk}/", "/team/organisation/", "/profile/", "/imports/", "/imports/new/"),
        f"/imports/{of.pk}/columns/",
        f"/candidates/sequence/?id={ana.pk}&sequence={version.sequence_id}",
    ):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            go(page, address)
            found = page.evaluate(STUMBLING)
            assert not found, f"{address}: {found}"
