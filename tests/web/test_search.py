"""The search box over everything: its page, its palette, and what it leads to."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.nurture.models import Pool
from warmbench.people import looks
from warmbench.people.models import Candidate, Tag
from warmbench.web import commands

HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def client(browse: Browse) -> Client:
    make.organisation()
    return browse(make.user("Alice Meyer"))


def person(first: str, last: str, **fields: str) -> Candidate:
    made = make.candidate()
    Candidate.objects.filter(pk=made.pk).update(first_name=first, last_name=last, **fields)
    return made


def options(client: Client, query: str) -> list[str]:
    """What the palette lists, as words."""
    page = client.get("/search/", {"q": query}, headers=HTMX).text
    found = re.findall(r'role="option"[^>]*>(.*?)</(?:a|button)>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def test_a_person_is_found_by_name_skill_and_town_together(client: Client) -> None:
    kubernetes = make.tag("Kubernetes")
    kubernetes.aliases.create(kind=Tag.Kind.SKILL, text="k8s", key="k8s")
    ana = make.candidate(kubernetes)
    Candidate.objects.filter(pk=ana.pk).update(
        first_name="Ana", last_name="Costa", city="Lisbon", employer="Estuário Labs"
    )
    person("Ana", "Roth", city="Lisbon")

    page = client.get("/search/", {"q": "ana k8s lisbn"}).text

    assert page.count("data-open") == 1
    assert "similar ones" in page
    assert "<mark>Ana</mark> Costa" in page
    assert "Kubernetes" in page
    assert "place:</span> <mark>Lisbon</mark>" in page


def test_a_note_is_found_and_shown_around_the_word(client: Client) -> None:
    person("Ben", "Roth", last_conversation_note="x " * 60 + "wants to move to Porto in May")

    shown = client.get("/search/", {"q": "porto"}).text

    assert "note:</span> …" in shown
    assert "<mark>Porto</mark> in May" in shown


def test_roles_pools_and_pages_are_found_beside_people(client: Client) -> None:
    make.role(title="Platform engineer")
    make.profile(title="Platform lead", is_approved=False)
    Pool.objects.filter(pk=make.pool("has phone").pk).update(name="Platform people")

    found = options(client, "platform")

    assert "Platform engineer" in found
    assert "Platform people" in found
    assert "Platform lead" in found
    assert "Stops" in options(client, "stops")
    assert "Import candidates" in options(client, "imprt candidates")


def test_the_palette_offers_what_concerns_the_person_on_the_page(client: Client) -> None:
    ana = person("Ana", "Costa")
    here = {"q": "", "at": f"/candidates/{ana.pk}/"}

    page = client.get("/search/", here, headers=HTMX).text

    assert f"/candidates/{ana.pk}/conversation/" in page
    assert "Record a conversation" not in client.get("/search/", headers=HTMX).text


def test_whom_one_looked_at_last_comes_first(client: Client, browse: Browse) -> None:
    alice = User.objects.get()
    for one in (person("Ana", "Costa"), person("Ben", "Roth")):
        looks.note(one.pk, by_id=alice.pk, now=make.NOW)

    assert [one.split()[0] for one in options(client, "")[:2]] == ["Ben", "Ana"]
    assert "Looked at lately" in client.get("/search/").text


def test_a_viewer_is_offered_nothing_that_changes_anything(browse: Browse) -> None:
    make.organisation()
    viewer = browse(make.user("Vic Viewer", Role.VIEWER))

    found = options(viewer, "")

    assert "Import candidates" not in found
    assert any(one.startswith("What are the keys?") for one in found)


@pytest.mark.parametrize("typed", ["'", "\\", "& |", "a'b:*", "%", "<script>", "\x00", "é" * 300])
def test_whatever_is_typed_is_answered(client: Client, typed: str) -> None:
    person("Ana", "Costa")
    for headers in ({}, HTMX):
        answer = client.get("/search/", {"q": typed}, headers=headers)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_every_page_that_is_offered_exists() -> None:
    assert len(commands.pages()) == len(commands._PAGES)
    assert len(commands._leading(commands._ACTIONS)) == len(commands._ACTIONS)
