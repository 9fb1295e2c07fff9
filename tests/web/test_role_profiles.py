"""The list of role profiles."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from warmbench.accounts.models import Role as UserRole
from warmbench.accounts.models import User
from warmbench.shortlists import profiles
from warmbench.shortlists.models import WeightProposal
from warmbench.shortlists.requirements import Tier

NOW = make.NOW
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


def listed(page: str) -> str:
    return page.rsplit("<tbody>", maxsplit=1)[-1].split("</tbody>", maxsplit=1)[0]


class TestTheList:
    def test_without_any_it_says_how_to_begin(self, client: Client, browse: Browse) -> None:
        page = client.get("/role-profiles/").text
        assert "No role profiles yet" in page
        assert "/role-profiles/new/" in page
        viewer = browse(make.user("Vera", UserRole.VIEWER))
        assert "A recruiter makes the first one." in viewer.get("/role-profiles/").text

    def test_it_says_what_is_in_force_what_waits_and_what_was_made(
        self, client: Client, alice: User
    ) -> None:
        kubernetes = make.tag("Kubernetes")
        version = make.profile(kubernetes, owner=alice)
        spec = profiles.spec_of(version)
        profiles.edit(version.profile_id, spec, seen=None, by_id=alice.pk, now=NOW)
        make.shortlist(version)
        WeightProposal.objects.create(
            profile=version.profile, version=version, changes={}, replay={}, counted={}, made_at=NOW
        )

        row = listed(client.get("/role-profiles/").text)

        assert "In force, v1" in row
        assert "Draft waits" in row
        assert "Kubernetes" in row
        assert "Alice Meyer" in row
        assert f"{NOW:%-d %b %Y}" in row
        assert "1 waits" in row
        assert "Standing" in row

    def test_a_draft_alone_is_to_approve(self, client: Client, alice: User) -> None:
        role = make.role(owner=alice, company="Contoso")
        make.profile(role=role, owner=alice, is_approved=False)
        row = listed(client.get("/role-profiles/").text)
        assert "Draft, to approve" in row
        assert "Contoso" in row
        assert "Nothing yet" in row

    def test_what_it_asks_for_without_a_must_is_counted(self, client: Client, alice: User) -> None:
        nice = make.requirement(make.tag("Go"), Tier.NICE)
        make.profile(requirements=(nice,), owner=alice)
        assert "1 requirement, no must" in listed(client.get("/role-profiles/").text)

    def test_it_is_narrowed_down(self, client: Client, alice: User) -> None:
        bob = make.user("Bob Lang")
        nurse = make.profile(make.tag("Triage"), title="Ward nurse", owner=alice)
        role = make.role(owner=bob, company="Contoso")
        make.profile(make.tag("Go"), title="Gopher", role=role, owner=bob, is_approved=False)
        gone = make.profile(make.tag("Cobol"), title="Mainframer", owner=bob)
        profiles.retire(gone.profile_id, by_id=bob.pk, now=NOW)

        def shown(query: str) -> set[str]:
            page = listed(client.get(f"/role-profiles/?{query}").text)
            return {name for name in ("Ward nurse", "Gopher", "Mainframer") if name in page}

        assert shown("") == {"Ward nurse", "Gopher"}
        assert shown("q=nurse") == {"Ward nurse"}
        assert shown("q=contoso") == {"Gopher"}
        assert shown("q=lang") == {"Gopher"}
        assert shown("kind=standing") == {"Ward nurse"}
        assert shown("kind=role") == {"Gopher"}
        assert shown("mine=1") == {"Ward nurse"}
        assert shown("state=waiting") == {"Gopher"}
        assert shown("state=in-force") == {"Ward nurse"}
        assert shown("state=retired") == {"Mainframer"}
        assert shown("state=nonsense") == {"Ward nurse", "Gopher"}
        assert "No profile here" in client.get("/role-profiles/?q=zzz").text
        assert nurse.profile.name == "Ward nurse"

    def test_a_part_of_the_page_is_enough_for_a_filter(self, client: Client, alice: User) -> None:
        make.profile(make.tag("Go"), owner=alice)
        answer = client.get("/role-profiles/?q=x", headers=HTMX)
        assert "<title>" not in answer.text
        assert 'id="results"' in answer.text

    def test_it_asks_the_database_as_often_for_many_as_for_few(
        self, client: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(30):
            make.profile(make.tag(f"Skill {number}"), title=f"Role {number}", owner=alice)
        client.get("/role-profiles/")
        with django_assert_max_num_queries(30):
            assert client.get("/role-profiles/").status_code == 200
