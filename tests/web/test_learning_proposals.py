"""The pages on which a person decides what answers change of a profile."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import judged, make, said
from warmbench.accounts.models import Role, User
from warmbench.insight.kinds import Kind
from warmbench.shortlists import learning, profiles
from warmbench.shortlists.models import ProfileVersion, WeightProposal
from warmbench.sourcing.models import Application

NOW = make.NOW
pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


@pytest.fixture
def version(alice: User) -> ProfileVersion:
    return make.profile(make.tag("Go"), make.tag("Kafka"), owner=alice)


@pytest.fixture
def proposal(version: ProfileVersion, alice: User) -> WeightProposal:
    judged.kafka_decides(version, alice)
    made = learning.propose(version.profile_id, now=NOW)
    assert made is not None
    return made


def at(proposal: WeightProposal, act: str = "") -> str:
    return f"/role-profiles/{proposal.profile_id}/proposals/{proposal.pk}/{act}"


class TestTheProfile:
    def test_says_how_many_answers_it_takes(self, client: Client, version: ProfileVersion) -> None:
        page = client.get(f"/role-profiles/{version.profile_id}/").text
        assert "Answers about 0 people on 0 lists so far: it takes 6 on 2 lists." in page
        assert f"/role-profiles/{version.profile_id}/patterns/" in page

    def test_leads_to_what_waits(self, client: Client, proposal: WeightProposal) -> None:
        page = client.get(f"/role-profiles/{proposal.profile_id}/").text
        assert "Answers about 16 people on 4 lists speak for other weights." in page
        assert at(proposal) in page

    def test_keeps_what_was_decided(self, client: Client, proposal: WeightProposal) -> None:
        client.post(at(proposal, "dismiss/"), {"why": "One manager only"})
        page = client.get(f"/role-profiles/{proposal.profile_id}/").text
        assert "A proposal was dismissed. The next one takes 6 more answers." in page
        assert "Decided before" in page


class TestTheProposal:
    def test_shows_weights_reasons_and_past_lists(
        self, client: Client, proposal: WeightProposal
    ) -> None:
        page = client.get(at(proposal)).text
        kafka = learning.found_in(proposal).changes[1].weight
        assert f"<b>{kafka.after:.2f}</b>" in page
        assert "8 were passed for it. 8 were wanted for it." in page
        assert "<q>Too little Kafka</q>" in page
        assert "16 pairs" in page
        assert "Adopt it" in page

    def test_is_adopted(self, client: Client, proposal: WeightProposal, alice: User) -> None:
        said_ = client.post(at(proposal, "adopt/"), follow=True).text
        assert "Version 2 is in force" in said_
        current = profiles.current(proposal.profile_id)
        assert current is not None
        assert current.approved_by == alice
        page = client.get(at(proposal)).text
        assert "Adopted by Alice Meyer" in page
        assert "Adopt it" not in page

    def test_is_not_adopted_over_a_draft(
        self, client: Client, proposal: WeightProposal, version: ProfileVersion
    ) -> None:
        spec = profiles.spec_of(version)
        profiles.edit(version.profile_id, spec, seen=None, by_id=None, now=NOW)
        page = client.post(at(proposal, "adopt/"), follow=True).text
        assert "Somebody is writing a draft of this profile" in page

    def test_is_dismissed_with_a_reason(self, client: Client, proposal: WeightProposal) -> None:
        assert "Say why" in client.post(at(proposal, "dismiss/"), {"why": " "}, follow=True).text
        client.post(at(proposal, "dismiss/"), {"why": "One manager only"})
        assert "<q>One manager only</q>" in client.get(at(proposal)).text

    def test_is_decided_by_whoever_owns_the_profile(
        self, proposal: WeightProposal, browse: Browse
    ) -> None:
        bob = browse(make.user("Bob", Role.RECRUITER))
        page = bob.get(at(proposal)).text
        assert "Adopt it" not in page
        assert "Alice Meyer or an administrator decides." in page
        for act in ("adopt/", "dismiss/"):
            assert bob.post(at(proposal, act), {"why": "No"}).status_code == 403

    def test_belongs_to_its_profile(self, client: Client, proposal: WeightProposal) -> None:
        other = make.profile(make.tag("Rust"))
        page = client.get(f"/role-profiles/{other.profile_id}/proposals/{proposal.pk}/")
        assert page.status_code == 404


class TestPatterns:
    @pytest.fixture
    def history(self, alice: User) -> None:
        role = make.role(owner=alice, title="Platform engineer")
        for number in range(14):
            one = make.candidate()
            domain = "payments" if number < 6 else "retail"
            said.note(said.fact(f"worked in {domain}", Kind.DOMAIN, {"name": domain}), about=one)
            Application.objects.create(
                candidate=one,
                role=role,
                source="greenhouse",
                external_id=str(number),
                outcome="hired" if number < 6 else "rejected",
                applied_at=NOW,
                seen_at=NOW,
            )

    def test_say_when_there_are_too_few(self, client: Client, version: ProfileVersion) -> None:
        page = client.get(f"/role-profiles/{version.profile_id}/patterns/").text
        assert "Too few were hired yet" in page

    def test_go_into_the_draft(
        self, client: Client, version: ProfileVersion, history: None
    ) -> None:
        there = f"/role-profiles/{version.profile_id}/patterns/"
        page = client.get(there).text
        assert "6 of 6" in page
        assert "0 of 8" in page
        took = {"key": "domain:payments"}
        assert "in version 2, a draft" in client.post(f"{there}take/", took, follow=True).text
        draft = profiles.draft(version.profile_id)
        assert draft is not None
        assert profiles.spec_of(draft).requirements[-1].quote == "6 of 6 hired, 0 of 8 rejected"
        again = client.post(f"{there}take/", took, follow=True).text
        assert "no pattern any more" in again
