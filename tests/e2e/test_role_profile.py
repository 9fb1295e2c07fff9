"""A role profile from a pasted description to what is in force, in a real browser: what is read,
what is moved with keys and buttons, what an approval shows first, and the same without scripts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.e2e.test_lead import STUMBLING
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.people.models import Tag
from warmbench.shortlists import profiles
from warmbench.shortlists.models import RoleProfile
from warmbench.shortlists.requirements import Aspect, Requirement, Tier

pytestmark = pytest.mark.django_db(transaction=True)

DESCRIPTION = """Senior Platform Engineer

What you bring
- At least 5 years of Kubernetes
- Solid Terraform

Nice to have
- Go

What we offer
- EUR 85,000 to 98,000 per year
- Hybrid work, two days a week in Hamburg
"""


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def tags(transactional_db: None) -> dict[str, Tag]:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    return {name: make.tag(name, parent=devops) for name in ("Kubernetes", "Terraform", "Go")}


def signed_in(browser: Browser, live_server: LiveServer, user: User, **options: Any) -> Page:
    context: BrowserContext = browser.new_context(
        base_url=live_server.url, locale="en-GB", **options
    )
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    context.set_default_timeout(10_000)
    return context.new_page()


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, alice: User) -> Iterator[Page]:
    """Alice's browser, in which nothing may go wrong."""
    page = signed_in(browser, live_server, alice)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    page.context.close()
    assert not mistakes


def spec_in_force(profile_id: int) -> dict[str, Requirement]:
    version = profiles.current(profile_id)
    assert version is not None
    return {one.name: one for one in profiles.spec_of(version).requirements}


def tier(page: Page, name: str) -> list[str]:
    """What stands in a tier of the editor."""
    found = page.locator(f".tier--{name} .asked-main input")
    return [one.input_value() for one in found.all()]


def test_from_a_description_to_what_is_in_force_and_on(desk: Page, tags: dict[str, Tag]) -> None:
    desk.goto("/role-profiles/")
    desk.get_by_role("link", name="New profile").click()
    desk.get_by_label("Paste the job description").fill(DESCRIPTION)
    desk.get_by_role("button", name="Read it").click()

    # What was read is a draft, each thing with its words.
    expect(desk.get_by_role("heading", name="What it asks for")).to_be_visible()
    assert tier(desk, "must") == ["Kubernetes", "Terraform"]
    row = desk.locator("[data-row]", has=desk.locator("[value=Kubernetes]"))
    expect(row.locator("q")).to_have_text("At least 5 years of Kubernetes")
    expect(row.locator("summary")).to_contain_text("At least 5 years")

    # What was not in it is added, with a name that is suggested.
    desk.get_by_role("button", name="Add a must").click()
    added = desk.locator("#n0-name")
    expect(added).to_be_focused()
    added.press_sequentially("terra", delay=20)
    expect(desk.locator("#skill-options option")).to_have_attribute("value", "Terraform")
    added.fill("Helm")

    # How it counts is said at once.
    row.locator("summary").click()
    row.get_by_label("Weight").select_option("heavy")
    expect(row.locator("summary")).to_have_text("At least 5 years, heavy weight")

    # A tier is a button away; taken out, it can be brought back.
    desk.get_by_role("group", name="How much depends on Terraform").get_by_text("Should").click()
    expect(desk.locator(".tier--should .asked-main input")).to_have_value("Terraform")
    assert tier(desk, "must") == ["Kubernetes", "Helm"]
    desk.get_by_role("button", name="Take Go out").click()
    desk.get_by_role("button", name="Bring back Go").click()
    expect(desk.locator(".tier--nice .asked-main input")).to_have_value("Go")

    desk.get_by_role("button", name="Save and approve…").click()
    expect(desk.get_by_role("heading", name="The first version")).to_be_visible()
    desk.get_by_role("button", name="Approve version 1").click()
    expect(desk.get_by_text("In force: version 1")).to_be_visible()
    made = RoleProfile.objects.get()
    assert spec_in_force(made.pk)["Terraform"].tier == Tier.SHOULD
    assert spec_in_force(made.pk)["Kubernetes"].weight == 2.0

    _move_by_keys_and_approve(desk, made)


def _move_by_keys_and_approve(desk: Page, made: RoleProfile) -> None:
    """An edit moves a requirement from should to must; what that changes is shown first."""
    desk.get_by_role("link", name="Change", exact=True).click()
    desk.locator(".tier--should .asked-main input").focus()
    desk.keyboard.press("Alt+ArrowUp")
    expect(desk.locator(".tier--must .asked-main input")).to_have_count(3)
    assert tier(desk, "must") == ["Kubernetes", "Helm", "Terraform"]
    expect(desk.locator(".tier--must .asked-main input").last).to_be_focused()
    desk.keyboard.press("Alt+ArrowUp")
    expect(desk.locator(".tier--must .asked-main input").nth(1)).to_have_value("Terraform")
    desk.get_by_label("Why this is other than before").fill("The client insists")
    desk.get_by_role("button", name="Save and approve…").click()
    expect(desk.get_by_text("Terraform is a must; it was a should.")).to_be_visible()
    assert spec_in_force(made.pk)["Terraform"].tier == Tier.SHOULD, "nobody approved it yet"
    desk.get_by_role("button", name="Approve version 2").click()

    expect(desk.get_by_text("In force: version 2")).to_be_visible()
    versions = desk.locator(".versions li")
    expect(versions.first).to_contain_text("Approved by Alice Meyer")
    expect(versions.first).to_contain_text("The client insists")
    expect(versions.first).to_contain_text("Terraform is a must; it was a should.")
    assert spec_in_force(made.pk)["Terraform"].tier == Tier.MUST
    desk.get_by_role("link", name="Version 1").click()
    expect(desk.get_by_text("Version 1, no longer in force")).to_be_visible()


def test_somebody_who_was_faster_is_seen_before_anything_is_kept(
    desk: Page, alice: User, tags: dict[str, Tag]
) -> None:
    version = make.profile(tags["Go"], owner=alice)
    desk.goto(f"/role-profiles/{version.profile_id}/edit/")
    desk.get_by_label("Client").fill("Contoso")
    theirs = replace(profiles.spec_of(version), title="Gopher")
    bob = make.user("Bob Lang")
    profiles.edit(version.profile_id, theirs, seen=None, by_id=bob.pk, now=clock.now())

    desk.get_by_role("button", name="Save as draft").click()

    note = desk.get_by_role("alert")
    expect(note).to_contain_text("Bob Lang kept another draft")
    expect(note).to_contain_text("Client: Contoso; it was none.")
    expect(desk.get_by_label("Client")).to_have_value("Contoso")
    desk.get_by_role("button", name="Save as draft").click()
    expect(desk.get_by_text("Version 2 waits for approval.")).to_be_visible()
    desk.get_by_role("button", name="Discard").click()
    desk.get_by_role("dialog").get_by_role("button", name="Discard it").click()
    expect(desk.get_by_text("The draft is gone.")).to_be_visible()


def test_a_profile_is_written_without_scripts_on_a_phone(
    browser: Browser, live_server: LiveServer, alice: User, tags: dict[str, Tag]
) -> None:
    phone = {"width": 390, "height": 844}
    page = signed_in(browser, live_server, alice, java_script_enabled=False, viewport=phone)
    page.goto("/role-profiles/new/")
    page.get_by_label("Paste the job description").fill(DESCRIPTION)
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Add a dealbreaker").click()
    page.locator("#n0-name").fill("Contoso")
    page.get_by_role("button", name="Move Go up").click()
    expect(page.locator(".tier--should .asked-main input")).to_have_value("Go")
    expect(page.locator("#n0-name")).to_have_value("Contoso")
    page.get_by_role("button", name="Save and approve…").click()
    page.get_by_role("button", name="Approve version 1").click()
    expect(page.get_by_text("In force: version 1")).to_be_visible()
    asked = spec_in_force(RoleProfile.objects.get().pk)
    assert (asked["Go"].tier, asked["Contoso"].tier) == (Tier.SHOULD, Tier.DEALBREAKER)
    page.context.close()


def test_every_page_of_a_profile_can_be_read_aloud_and_on_a_phone(
    desk: Page, alice: User, tags: dict[str, Tag]
) -> None:
    desk.goto("/role-profiles/")
    assert not desk.evaluate(STUMBLING)
    title = "Deputy head of the department of cross-border infrastructure automation, Europe"
    name = "Rechtsschutzversicherungsgesellschaftssachbearbeitung im Außendienst"
    many = tuple(
        Requirement(
            f"experience:{number}",
            Aspect.EXPERIENCE,
            list(Tier)[number % 4],
            f"{name} {number}",
            quote=f"You bring {name} and more, as our forty teams in the region do every day.",
        )
        for number in range(39)
    )
    version = make.profile(tags["Go"], title=title, requirements=many, owner=alice)
    spec = profiles.spec_of(version)
    changed = replace(spec, requirements=spec.requirements[::2], company="Contoso")
    profiles.edit(version.profile_id, changed, seen=None, by_id=alice.pk, now=clock.now())
    make.shortlist(version)
    role = make.role(tags["Go"], title=title, owner=alice)
    here = f"/role-profiles/{version.profile_id}/"
    for address in (
        *("/role-profiles/", "/role-profiles/?q=zzz", "/role-profiles/new/"),
        *(here, f"{here}edit/", f"{here}approve/", f"{here}rename/", f"{here}copy/"),
        *(f"{here}versions/{version.pk}/", f"/roles/{role.pk}/profile/"),
    ):
        for width in (1440, 390):
            desk.set_viewport_size({"width": width, "height": 900})
            desk.goto(address)
            found = desk.evaluate(STUMBLING)
            assert not found, f"{address}: {found}"
