"""The page about missing tags: what is suggested is taken with one click, and only by who may."""

import re

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.people.models import Candidate, CandidateTag, Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make.user()


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def manager() -> Tag:
    return make.tag("Manager", Tag.Kind.SENIORITY)


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/pools/missing-tags/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_who_lacks_a_tag_is_listed(client: Client, manager: Tag) -> None:
    lacking, complete = make.candidate(), make.candidate(manager)
    page = shown(client, "?kind=seniority")
    assert lacking.last_name in page
    assert complete.last_name not in page


def test_what_was_chosen_is_put_on_people(client: Client, manager: Tag) -> None:
    candidate = make.candidate()
    assert f'value="{candidate.pk}:{manager.pk}"' in shown(client)

    chosen = [f"{candidate.pk}:{manager.pk}", "", "nonsense", "1:2:3", "9" * 30 + ":1"]
    answer = client.post("/pools/missing-tags/accept/", {"tag": chosen}, follow=True)

    assert "1 person tagged" in answer.content.decode()
    assert CandidateTag.objects.get().tag == manager


def test_a_title_suggests_what_it_says(client: Client, manager: Tag) -> None:
    candidate = make.candidate()
    Candidate.objects.filter(pk=candidate.pk).update(job_title="Finance manager")
    page = shown(client)
    assert re.search(rf'value="{candidate.pk}:{manager.pk}" selected', page)


def test_nobody_tags_the_candidate_of_another(client: Client, manager: Tag) -> None:
    candidate = make.candidate(owner=make.user("Bob Lind"))
    assert f'value="{candidate.pk}:' not in shown(client)
    client.post("/pools/missing-tags/accept/", {"tag": f"{candidate.pk}:{manager.pk}"})
    assert not CandidateTag.objects.exists()


def test_only_required_kinds_are_taken(client: Client) -> None:
    skill, candidate = make.tag("Kubernetes"), make.candidate()
    client.post("/pools/missing-tags/accept/", {"tag": f"{candidate.pk}:{skill.pk}"})
    assert not CandidateTag.objects.exists()


def test_one_may_look_at_ones_own_alone(client: Client, alice: User) -> None:
    mine, other = make.candidate(owner=alice), make.candidate()
    page = shown(client, "?mine=1")
    assert mine.last_name in page
    assert other.last_name not in page


@pytest.mark.parametrize("query", ["?page=0", "?page=99", "?page=x", f"?page={'9' * 40}"])
def test_no_page_number_breaks_the_page(client: Client, query: str) -> None:
    shown(client, query)


def test_a_viewer_cannot_accept() -> None:
    client = Client()
    client.force_login(make.user("Vera View", Role.VIEWER))
    make.candidate()
    assert "Accept what is chosen" not in shown(client)
    assert client.post("/pools/missing-tags/accept/").status_code == 403


def test_without_gaps_the_page_says_so(client: Client) -> None:
    assert "Nobody lacks a tag" in shown(client)
