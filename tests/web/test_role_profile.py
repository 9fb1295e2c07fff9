"""The page of a role profile, and what is done with the whole of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role as UserRole
from warmbench.accounts.models import User
from warmbench.people.models import Tag
from warmbench.people.wanted_places import WantedPlace
from warmbench.shortlists import profiles
from warmbench.shortlists.models import ProfileVersion, RoleProfile
from warmbench.shortlists.requirements import (
    Aspect,
    EvidenceRule,
    Requirement,
    Spec,
    Strength,
    Tier,
)
from warmbench.sourcing.fit import PayRange
from warmbench.web import role_profile_words as words

NOW = make.NOW

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


@pytest.fixture
def go(db: None) -> Tag:
    return make.tag("Go")


@pytest.fixture
def version(alice: User, go: Tag) -> ProfileVersion:
    """In force, and Alice's."""
    return make.profile(go, owner=alice)


def at(version: ProfileVersion, what: str = "") -> str:
    return f"/role-profiles/{version.profile_id}/{what}"


def with_draft(version: ProfileVersion, by: User, company: str = "") -> str:
    """A draft that follows, and what tells how it is."""
    spec = replace(profiles.spec_of(version), company=company)
    draft = profiles.edit(
        version.profile_id, spec, seen=None, by_id=by.pk, now=NOW, note="As the client asked"
    )
    return profiles.mark(draft)


class TestThePage:
    def test_it_says_what_is_asked_for_by_which_evidence(self, client: Client, alice: User) -> None:
        rule = EvidenceRule(Strength.STRONG, 3, first_hand=True)
        rust = Requirement(
            *("skill:rust", Aspect.SKILL, Tier.MUST, "Rust"),
            also=("Rustlang",),
            at_least=Decimal(5),
            rule=rule,
            weight=2.0,
            quote="Five years of Rust, please.",
        )
        bank = Requirement("employer:x", Aspect.EMPLOYER, Tier.DEALBREAKER, "Contoso Bank")
        spec = Spec(
            "Engineer",
            (rust, bank),
            lowest_level="manager",
            places=(WantedPlace("Hamburg"),),
            remote="hybrid",
            pay=PayRange(Decimal(85_000), Decimal(98_000), "EUR", "year"),
            start_until=date(2027, 3, 1),
            company="Fabrikam",
            hard=frozenset({"place"}),
        )
        made = profiles.create("Engineers", spec, by_id=alice.pk, now=NOW)

        page = client.get(f"/role-profiles/{made.pk}/").text

        for said in (
            *("At least 5 years, strong knowledge, used in the last 3 years", "by their own word"),
            *("heavy weight", "also Rustlang", "<q>Five years of Rust, please.</q>"),
            *("Dealbreakers", "Contoso Bank", "Any evidence counts", "Manager or above"),
            *("Hamburg, hybrid", "€85,000 to €98,000 a year", "until 1 March 2027", "Fabrikam"),
            *("a known conflict keeps people out", "a conflict is a trade-off"),
            *("This is a draft: nobody is held against it", "Approve it first."),
        ):
            assert said in page, said
        assert "Nice to have" not in page, "a tier without anything in it is left out"

    def test_it_says_what_waits_and_what_each_version_changed(
        self, client: Client, alice: User, version: ProfileVersion
    ) -> None:
        with_draft(version, alice, company="Contoso")
        make.shortlist(version)

        page = client.get(at(version)).text

        assert "Version 2 waits for approval." in page
        assert "Client: Contoso; it was none." in page
        assert "As the client asked" in page
        assert "In force: version 1" in page
        assert "No. " in page
        waits = profiles.draft(version.profile_id)
        assert waits is not None
        draft = client.get(at(version, f"versions/{waits.pk}/"))
        assert "The draft, version 2" in draft.text

    def test_a_version_that_was_in_force_can_be_read(
        self, client: Client, alice: User, version: ProfileVersion
    ) -> None:
        with_draft(version, alice, company="Contoso")
        profiles.approve(version.profile_id, seen=None, by_id=alice.pk, now=NOW)
        page = client.get(at(version, f"versions/{version.pk}/")).text
        assert "Version 1, no longer in force" in page
        assert "approved by Alice Meyer" in page
        assert client.get(at(version, "versions/987654/")).status_code == 404
        assert client.get("/role-profiles/987654/").status_code == 404

    def test_who_may_not_change_it_reads_it(
        self, version: ProfileVersion, alice: User, browse: Browse
    ) -> None:
        with_draft(version, alice)
        bob = browse(make.user("Bob Lang")).get(at(version)).text
        assert "/edit/" not in bob
        assert "/approve/" not in bob
        assert "/copy/" in bob
        assert "It says the same as what is in force." in bob
        viewer = browse(make.user("Vera", UserRole.VIEWER)).get(at(version)).text
        assert "/copy/" not in viewer

    def test_an_empty_draft_and_a_role_without_an_owner_say_so(
        self, client: Client, alice: User
    ) -> None:
        role = make.role(owner=alice, company="Contoso", title="Gopher")
        empty = make.profile(role=role, owner=alice, is_approved=False)
        RoleProfile.objects.update(owner=None)
        page = client.get(at(empty)).text
        assert "It asks for nothing yet" in page
        assert "Nobody looks after it" in page
        assert f"/roles/{role.pk}/" in page


class TestApproving:
    def test_it_shows_what_changes_first(
        self, client: Client, alice: User, version: ProfileVersion
    ) -> None:
        seen = with_draft(version, alice, company="Contoso")
        page = client.get(at(version, "approve/")).text
        assert "Client: Contoso; it was none." in page
        assert f'value="{seen}"' in page
        assert profiles.current(version.profile_id) == version

        done = client.post(at(version, "approve/"), {"seen": seen}, follow=True)

        assert "Version 2 is in force." in done.text
        current = profiles.current(version.profile_id)
        assert current is not None
        assert (current.number, current.approved_by) == (2, alice)
        assert (
            "No draft waits any more."
            in client.post(at(version, "approve/"), {"seen": seen}, follow=True).text
        )
        assert client.get(at(version, "approve/")).headers["Location"] == at(version)

    def test_what_nobody_saw_is_not_approved(
        self, client: Client, alice: User, version: ProfileVersion
    ) -> None:
        seen = with_draft(version, alice, company="Contoso")
        with_draft(version, alice, company="Fabrikam")
        answer = client.post(at(version, "approve/"), {"seen": seen})
        assert answer.status_code == 409
        assert "Somebody changed this draft while you read it." in answer.text
        assert "Fabrikam" in answer.text
        assert profiles.current(version.profile_id) == version

    def test_one_that_finds_nobody_is_not_approved(self, client: Client, alice: User) -> None:
        empty = make.profile(owner=alice, is_approved=False)
        answer = client.post(at(empty, "approve/"), {"seen": profiles.mark(empty)})
        assert answer.status_code == 422
        assert "Say at least one thing" in answer.text

    def test_only_who_looks_after_it_approves(
        self, version: ProfileVersion, alice: User, browse: Browse
    ) -> None:
        with_draft(version, alice)
        bob = browse(make.user("Bob Lang"))
        for what in ("approve/", "discard/", "retire/", "bring-back/", "rename/"):
            assert bob.post(at(version, what)).status_code == 403, what
        assert (
            browse(make.user("Ada", UserRole.ADMIN)).get(at(version, "approve/")).status_code == 200
        )


class TestTheRest:
    def test_a_draft_is_discarded_and_a_profile_that_was_only_a_draft_with_it(
        self, client: Client, alice: User, version: ProfileVersion
    ) -> None:
        seen = with_draft(version, alice)
        stale = client.post(at(version, "discard/"), {"seen": "x"}, follow=True)
        assert "Somebody else changed this profile" in stale.text
        done = client.post(at(version, "discard/"), {"seen": seen}, follow=True)
        assert "What is in force stays" in done.text
        again = client.post(at(version, "discard/"), {"seen": seen}, follow=True)
        assert "No draft waits any more." in again.text
        only = make.profile(owner=alice, is_approved=False, title="Ward nurse")
        gone = client.post(at(only, "discard/"), {"seen": profiles.mark(only)}, follow=True)
        assert "Ward nurse is gone" in gone.text
        assert gone.redirect_chain == [("/role-profiles/", 302)]

    def test_it_is_renamed(self, client: Client, version: ProfileVersion) -> None:
        there = at(version, "rename/")
        assert 'value="Platform engineer"' in client.get(there).text
        assert client.post(there, {"name": " "}).status_code == 422
        assert (
            "called Platform people"
            in client.post(there, {"name": "Platform people"}, follow=True).text
        )
        assert (
            "called so already" in client.post(there, {"name": "Platform people"}, follow=True).text
        )

    def test_it_is_copied_by_any_recruiter(self, version: ProfileVersion, browse: Browse) -> None:
        bob = browse(make.user("Bob Lang"))
        assert 'value="Platform engineer (copy)"' in bob.get(at(version, "copy/")).text
        answer = bob.post(at(version, "copy/"), {"name": "Mine"}, follow=True)
        mine = RoleProfile.objects.get(name="Mine")
        assert answer.redirect_chain == [(f"/role-profiles/{mine.pk}/edit/", 302)]
        assert "Began as a copy of" in bob.get(f"/role-profiles/{mine.pk}/").text

    def test_it_is_retired_and_brought_back(self, client: Client, version: ProfileVersion) -> None:
        assert "It is retired." in client.post(at(version, "retire/"), follow=True).text
        assert "retired already" in client.post(at(version, "retire/"), follow=True).text
        assert "Retired on" in client.get(at(version)).text
        assert "It is used again." in client.post(at(version, "bring-back/"), follow=True).text
        assert "was not retired" in client.post(at(version, "bring-back/"), follow=True).text

    def test_a_retired_draft_is_left_alone(self, client: Client, alice: User) -> None:
        draft = make.profile(make.tag("Rust"), owner=alice, is_approved=False)
        profiles.retire(draft.profile_id, by_id=alice.pk, now=NOW)
        answer = client.post(at(draft, "approve/"), {"seen": profiles.mark(draft)})
        assert answer.status_code == 422
        assert "This profile is retired" in answer.text


class TestTheWords:
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({}, "any evidence counts"),
            ({"at_least": Decimal(1)}, "at least 1 year"),
            ({"at_least": Decimal("2.50")}, "at least 2.5 years"),
            ({"rule": EvidenceRule(max_age=1)}, "used in the last year"),
            ({"rule": EvidenceRule(Strength.WORKING)}, "working knowledge"),
        ],
    )
    def test_of_a_skill(self, fields: dict[str, Any], said: str) -> None:
        one = replace(Requirement("k", Aspect.SKILL, Tier.MUST, "Rust"), **fields)
        assert words.counts(one) == said

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("people", "at least 10,000 people led"),
            ("users", "at least 10,000 users"),
            ("budget", "at least 10,000 of budget"),
        ],
    )
    def test_of_a_scope(self, what: str, said: str) -> None:
        one = Requirement("k", Aspect.SCOPE, Tier.MUST, "Size", at_least=Decimal(10_000), what=what)
        assert words.counts(one) == said
        old = replace(one, at_least=None, rule=EvidenceRule(max_age=2))
        assert words.counts(old) == "not older than 2 years"
        assert words.counts(replace(old, rule=EvidenceRule(max_age=1))) == "not older than a year"

    def test_of_level_pay_and_start(self) -> None:
        assert words.level(Spec("x", highest_level="manager")) == "Manager or below"
        band = Spec("x", lowest_level="manager", highest_level="director")
        assert words.level(band) == "Manager to Director"
        assert words.level(Spec("x", lowest_level="manager", highest_level="manager")) == "Manager"
        assert words.pay_words(PayRange(None, None, "EUR", "year")) == ""
        assert words.pay_words(PayRange(None, Decimal(90), "EUR", "hour")) == "up to €90 an hour"
        assert words.pay_words(PayRange(Decimal(90), None, "", "shift")) == "from 90 shift"
        both = Spec("x", start_from=date(2027, 1, 1), start_until=date(2027, 2, 1))
        assert words.start(both) == "1 January 2027 to 1 February 2027"
        assert words.start(Spec("x", start_from=date(2027, 1, 1))) == "from 1 January 2027"
        assert words.place(Spec("x", remote="remote")) == "Remote"
