"""A shortlist from a role's description to the manager's star, in a real browser: the profile is
proposed and approved, a list is made and shared, the manager answers on a phone without an account
and without scripts, and the recruiter reads it.

Whom the engine lists hangs on what it learnt, and is tested with it: here somebody is put on a
list.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.e2e.conftest import page_in, page_of
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.people.models import Candidate, CandidateTag, Tag
from warmbench.shortlists.models import Answer, Look, ProfileVersion, Shortlist
from warmbench.sourcing.models import Role

pytestmark = pytest.mark.django_db(transaction=True)

DESCRIPTION = """Senior Platform Engineer

What you bring
- Kubernetes and Terraform
- Go

Where
- Hamburg, hybrid
"""
SKILLS = ("Kubernetes", "Terraform", "Go")


@pytest.fixture
def alice(transactional_db: None, settings: Settings, live_server: LiveServer) -> User:
    settings.PUBLIC_URL = live_server.url
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def role(alice: User) -> Role:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    skills = [make.tag(name, parent=devops) for name in SKILLS]
    named("Ana Costa", skills, alice)
    named("Ben Roth", skills[:1], alice)
    return make.role(
        *skills,
        owner=alice,
        title="Senior Platform Engineer",
        company="Contoso",
        description=DESCRIPTION,
        specialty=devops,
        places=[{"words": "Hamburg", "city": "Hamburg", "region": "", "country": "DE"}],
        remote=Role.Remote.HYBRID,
    )


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, alice: User) -> Iterator[Page]:
    """Alice's browser, in which she is signed in."""
    with page_of(alice, browser, live_server, (1280, 900)) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The manager's, with scripts switched off."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en-GB"
    )
    with page_in(context) as page:
        yield page


def named(name: str, skills: list[Tag], owner: User) -> Candidate:
    """Somebody who has these skills on a person's word."""
    one = make.candidate(*skills, owner=owner)
    CandidateTag.objects.filter(candidate=one).update(source="by hand")
    first, _, last = name.partition(" ")
    Candidate.objects.filter(pk=one.pk).update(
        first_name=first,
        last_name=last,
        job_title="Senior Platform Engineer",
        employer="Fabrikam",
        city="Hamburg",
    )
    return one


def approved(desk: Page, role: Role) -> None:
    """The profile is proposed from the role, looked over and approved."""
    desk.goto(f"/roles/{role.pk}/")
    desk.get_by_role("link", name="Profile", exact=True).click()
    desk.get_by_role("button", name="Propose it").click()
    desk.get_by_role("button", name="Save and approve").click()
    desk.get_by_role("button", name="Approve version 1").click()
    expect(desk.get_by_role("button", name="Make a shortlist")).to_be_visible()


def shared(desk: Page, reader: str) -> str:
    """The list goes to somebody. Returns the address that is shown once."""
    desk.get_by_label("Who reads it").fill(reader)
    desk.get_by_role("button", name="Make the link").click()
    expect(desk.get_by_role("heading", name=f"The link for {reader}")).to_be_visible()
    return desk.locator("#address").inner_text()


def test_from_a_role_to_the_managers_star(desk: Page, phone: Page, role: Role) -> None:
    desk.goto(f"/roles/{role.pk}/")
    desk.get_by_role("button", name="Make a shortlist").click()
    expect(desk.get_by_text("This role has no profile yet.")).to_be_visible()
    approved(desk, role)

    desk.get_by_role("button", name="Make a shortlist").click()
    expect(desk.get_by_role("heading", name="How it came about")).to_be_visible()
    expect(desk.get_by_text("2 who were looked at")).to_be_visible()
    made = make.shortlist(ProfileVersion.objects.get(), Candidate.objects.get(first_name="Ana"))
    desk.goto(f"/shortlists/{made.pk}/")
    ana = desk.locator(".listed", has_text="Ana Costa")
    expect(ana).to_contain_text("Knows Kubernetes.")
    address = shared(desk, "Dr Weber")

    phone.goto(address)
    theirs = phone.locator(".listed", has_text="Ana Costa")
    expect(theirs).to_contain_text("Senior Platform Engineer at Fabrikam")
    theirs.get_by_label("Star").check()
    theirs.get_by_label("Because of").select_option(label="Kubernetes")
    theirs.get_by_label("In words").fill("Exactly whom we look for")
    theirs.get_by_role("button", name="Send this answer").click()
    expect(phone.get_by_text("Noted: star.")).to_be_visible()
    assert not phone.context.cookies()
    kept = Answer.objects.get()
    assert (kept.verdict, kept.link and kept.link.reader) == ("star", "Dr Weber")

    desk.get_by_role("link", name="Back to the list").click()
    expect(ana.locator(".verdict")).to_contain_text("Exactly whom we look for")
    expect(ana.locator(".verdict")).to_contain_text("Dr Weber")
    desk.goto("/shortlists/")
    expect(desk.locator("tbody tr", has_text="Shared")).to_contain_text("1 star")


def test_who_looked_and_for_how_long_is_noted(desk: Page, alice: User, role: Role) -> None:
    made = draft(role, alice)
    desk.goto(f"/shortlists/{made.pk}/")
    desk.wait_for_timeout(2600)
    desk.goto("/shortlists/")
    desk.wait_for_timeout(300)
    [look] = Look.objects.all()
    assert look.by == alice
    assert look.seconds >= 1
    assert look.opened_at > clock.now() - timedelta(minutes=1)


def draft(role: Role, alice: User) -> Shortlist:
    version = make.profile(*(one.tag for one in role.skills.all()), role=role, owner=alice)
    return make.shortlist(version, Candidate.objects.get(first_name="Ana"))


def test_somebody_is_taken_off_and_put_back(desk: Page, alice: User, role: Role) -> None:
    made = draft(role, alice)
    desk.goto(f"/shortlists/{made.pk}/")
    desk.get_by_text("Take off").first.click()
    desk.get_by_label("Why").fill("On holiday until June")
    desk.get_by_role("button", name="Take off the list").click()
    expect(desk.get_by_text("Nobody is left on it", exact=True).last).to_be_visible()
    desk.get_by_role("button", name="Put back Ana Costa").click()
    expect(desk.locator(".listed")).to_have_count(1)


def test_nobody_reads_a_list_without_the_whole_link(
    phone: Page, alice: User, role: Role, live_server: LiveServer
) -> None:
    draft(role, alice)
    for path in ("/s/nothing/", "/s/"):
        answer = Client().get(path)
        assert answer.status_code == 404
    phone.goto(f"{live_server.url}/s/nothing/")
    expect(phone.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
