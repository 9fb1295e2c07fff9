"""The pages on which role profiles are written: begun, changed, and told who was faster."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from warmbench.accounts.models import Role as UserRole
from warmbench.accounts.models import User
from warmbench.people.models import Tag
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
from warmbench.web import role_profile_rows as rows
from warmbench.web.role_profile_rows import Row

NOW = make.NOW
HTMX = {"HX-Request": "true"}
TEXT = """Senior Platform Engineer

What you bring
- At least 5 years of Kubernetes
- Solid Terraform

Nice to have
- Go

What we offer
- EUR 85,000 to 98,000 per year
- Hybrid work, two days a week in Hamburg
"""

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
def skills(db: None) -> dict[str, Tag]:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    return {name: make.tag(name, parent=devops) for name in ("Kubernetes", "Terraform", "Go")}


def kept(profile_id: int) -> Spec:
    return profiles.spec_of(profiles.newest(profile_id))


def filled(*requirements: dict[str, str], **fields: Any) -> dict[str, Any]:
    """What a filled-in form sends."""
    said: dict[str, Any] = {"title": "Platform engineer", "row": []}
    for number, one in enumerate(requirements):
        uid = f"r{number}"
        said["row"].append(uid)
        said |= {f"{uid}-{name}": value for name, value in one.items()}
    return said | fields


def asked(name: str, tier: str = "must", **fields: str) -> dict[str, str]:
    return {"name": name, "tier": tier, "aspect": "skill"} | fields


def seen(version: ProfileVersion) -> str:
    return profiles.mark(profiles.newest(version.profile_id))


class TestBeginning:
    def test_a_description_becomes_a_draft_with_its_words(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        answer = client.post("/role-profiles/new/", {"text": TEXT}, follow=True)

        made = RoleProfile.objects.get()
        assert answer.redirect_chain == [(f"/role-profiles/{made.pk}/edit/", 302)]
        assert made.owner == alice
        assert profiles.current(made.pk) is None, "nobody is held against what nobody approved"
        by_name = {one.name: one for one in kept(made.pk).requirements}
        assert by_name["Kubernetes"].tier == Tier.MUST
        assert by_name["Kubernetes"].at_least == 5
        assert by_name["Go"].tier == Tier.NICE
        assert "<q>At least 5 years of Kubernetes</q>" in answer.text
        assert "requirements found" in answer.text

    def test_it_may_come_as_a_file(self, client: Client, skills: dict[str, Tag]) -> None:
        file = SimpleUploadedFile("role.txt", TEXT.encode())
        client.post("/role-profiles/new/", {"file": file})
        assert RoleProfile.objects.get().name == "Senior Platform Engineer"

    def test_what_cannot_be_read_is_said(self, client: Client) -> None:
        nothing = client.post("/role-profiles/new/", {"text": " "})
        assert nothing.status_code == 422
        assert "Paste a description here, or choose a file." in nothing.text
        answer = client.post("/role-profiles/new/", {"text": "…"})
        assert answer.status_code == 422
        assert 'id="id_text_error"' in answer.text
        file = SimpleUploadedFile("role.txt", b"...")
        answer = client.post("/role-profiles/new/", {"file": file})
        assert answer.status_code == 422
        assert 'id="id_file_error"' in answer.text

    def test_a_role_is_proposed_once(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        role = make.role(skills["Go"], owner=alice, title="Gopher", description="Words.")
        assert f"/roles/{role.pk}/profile/" in client.get(f"/roles/{role.pk}/").text
        assert f"/roles/{role.pk}/profile/" in client.get("/role-profiles/new/").text
        page = client.get(f"/roles/{role.pk}/profile/").text
        assert "The 1 skill of the role becomes" in page

        there = f"/roles/{role.pk}/profile/new/"
        first = client.post(there, follow=True)
        made = RoleProfile.objects.get()
        assert first.redirect_chain == [(f"/role-profiles/{made.pk}/edit/", 302)]
        assert made.role == role
        again = client.post(there, follow=True)
        assert profiles.TAKEN in again.text
        led = client.get(f"/roles/{role.pk}/profile/")
        assert led.headers["Location"] == f"/role-profiles/{made.pk}/"

    def test_what_an_administrator_proposes_belongs_to_whose_role_it_is(
        self, alice: User, browse: Browse, skills: dict[str, Tag]
    ) -> None:
        role = make.role(skills["Go"], owner=alice)
        admin = browse(make.user("Ada Berg", UserRole.ADMIN))
        admin.post(f"/roles/{role.pk}/profile/new/")
        assert RoleProfile.objects.get().owner == alice
        bob = browse(make.user("Bob Lang"))
        other = make.role(skills["Go"], owner=alice)
        page = bob.get(f"/roles/{other.pk}/profile/").text
        assert "Whoever looks after the role proposes it." in page
        assert bob.post(f"/roles/{other.pk}/profile/new/").status_code == 403

    def test_by_hand_it_needs_a_title_and_may_be_like_another(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        there = "/role-profiles/new/blank/"
        page = client.post(there, {"title": " "}, follow=True).text
        assert "Give the role a title first." in page
        client.post(there, {"title": "Ward nurse"})
        nurse = RoleProfile.objects.get()
        assert kept(nurse.pk) == Spec(title="Ward nurse")
        like = make.profile(skills["Go"], owner=alice)
        client.post(there, {"title": "Gopher", "like": like.profile_id})
        copied = RoleProfile.objects.get(name="Gopher")
        assert [one.name for one in kept(copied.pk).requirements] == ["Go"]
        assert copied.copied_from == like.profile
        assert client.post(there, {"title": "x", "like": 987654}).status_code == 404


class TestTheForm:
    def test_sent_as_it_came_it_changes_nothing(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        first = Requirement(
            "skill:rust",
            Aspect.SKILL,
            Tier.MUST,
            "Rust",
            also=("Rust, the language",),
            at_least=Decimal("2.5"),
            rule=EvidenceRule(Strength.STRONG, 3, first_hand=True),
            weight=0.8312,
            quote="You know Rust.",
        )
        revenue = Decimal(2_000_000_000)
        scope = Requirement(
            "scope:x", Aspect.SCOPE, Tier.SHOULD, "P&L", at_least=revenue, what="revenue"
        )
        spec = Spec(
            "Engineer",
            (replace(make.requirement(skills["Go"]), weight=2.0), first, scope),
            lowest_level="manager",
            highest_level="director",
            pay=PayRange(Decimal(85_000), None, "EUR", "year"),
            start_from=date(2027, 1, 1),
            start_until=date(2027, 3, 1),
            company="Contoso",
            hard=frozenset({"pay"}),
        )
        made = profiles.create("Engineer", spec, by_id=alice.pk, now=NOW)
        page = client.get(f"/role-profiles/{made.pk}/edit/")
        assert page.status_code == 200

        said = filled(
            *(
                {
                    name: str(getattr(row, name))
                    for name in (
                        *("key", "name", "tier", "aspect", "also", "at_least", "what"),
                        *("strength", "max_age", "weight", "exact", "quote"),
                    )
                }
                | ({"first_hand": "1"} if row.first_hand else {})
                for row in rows.of_spec(spec)
            ),
            **{**page.context["form"].initial, "title": "Engineer"},
            seen=profiles.mark(profiles.newest(made.pk)),
        )
        answer = client.post(f"/role-profiles/{made.pk}/edit/", said)

        assert answer.status_code == 302, answer.text
        assert kept(made.pk) == spec

    def test_requirements_are_changed_added_and_taken_out(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        version = make.profile(skills["Go"], skills["Terraform"], owner=alice)
        there = f"/role-profiles/{version.profile_id}/edit/"
        said = filled(
            asked("Go", "should", key="skill:go", at_least="3", weight="heavy", max_age="2"),
            asked("Terraform", "out", key="skill:terraform"),
            asked("kubernetes", "nice", also="K8s, k8s.io", first_hand="1"),
            asked("", "must"),
            {"name": "Lead", "tier": "must", "aspect": "scope", "at_least": "10", "what": "people"},
            seen=seen(version),
            note="Asked by the client",
            approve="1",
        )

        answer = client.post(there, said)

        assert answer.headers["Location"] == f"/role-profiles/{version.profile_id}/approve/"
        lead, go, kubernetes = kept(version.profile_id).requirements
        assert (go.tier, go.weight, go.rule.max_age) == (Tier.SHOULD, 2.0, 2)
        assert go.at_least == 3
        assert go.tag_id == skills["Go"].pk
        assert (kubernetes.also, kubernetes.rule.first_hand) == (("K8s", "k8s.io"), True)
        assert kubernetes.tag_id == skills["Kubernetes"].pk
        assert (lead.what, lead.tag_id) == ("people", None)
        assert lead.at_least == 10
        assert profiles.newest(version.profile_id).note == "Asked by the client"
        assert profiles.current(version.profile_id) == version, "what is in force stays"

    def test_nothing_that_was_entered_wrong_is_lost(self, client: Client, alice: User) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        said = filled(
            asked("Rust", at_least="many", max_age="soon"),
            asked("Rust"),
            asked("", key="skill:go"),
            {"name": "Lead", "tier": "must", "aspect": "scope", "at_least": "10"},
            title="",
            lowest_level="director",
            highest_level="manager",
            pay_min="90k",
            pay_max="80k",
            start_from="2027-03-01",
            start_until="2027-01-01",
            seen=seen(version),
        )

        answer = client.post(f"/role-profiles/{version.profile_id}/edit/", said)

        assert answer.status_code == 422
        for sentence in (
            *("Give the role a title.", "Write a number such as 5", "whole years"),
            *("Rust is asked for twice", "Say what is asked for", "Say what it counts."),
            *("below the lowest level", "less than the lowest pay", "in which currency"),
            *("for how long", "before the first day", "Nothing that you entered is lost"),
        ):
            assert sentence in answer.text, sentence
        for value in ("many", "soon", "90k", "80k", "2027-03-01"):
            assert f'value="{value}"' in answer.text, value
        assert kept(version.profile_id) == profiles.spec_of(version)

    def test_a_profile_that_cannot_be_is_refused_with_its_reason(
        self, client: Client, alice: User
    ) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        said = filled(*(asked(f"Skill {number}") for number in range(41)), seen=seen(version))
        answer = client.post(f"/role-profiles/{version.profile_id}/edit/", said)
        assert answer.status_code == 422
        assert "at most 40 requirements" in answer.text

    def test_a_new_requirement_may_have_the_old_name_of_another(
        self, client: Client, alice: User
    ) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        said = filled(asked("Golang", key="skill:go"), asked("Go"), seen=seen(version))
        client.post(f"/role-profiles/{version.profile_id}/edit/", said)
        keys = [one.key for one in kept(version.profile_id).requirements]
        assert keys == ["skill:go", "skill:go-2"]

    def test_somebody_who_was_faster_is_shown_beside(self, client: Client, alice: User) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        before = seen(version)
        theirs = replace(profiles.spec_of(version), company="Contoso")
        bob = make.user("Bob Lang")
        profiles.edit(version.profile_id, theirs, seen=None, by_id=bob.pk, now=NOW, note="Theirs")
        there = f"/role-profiles/{version.profile_id}/edit/"
        mine = filled(asked("Go", key="skill:go"), asked("Rust"), seen=before)

        answer = client.post(there, mine)

        assert answer.status_code == 409
        for words in ("Bob Lang", "Theirs", "Contoso", "New: Rust, a must.", 'value="Rust"'):
            assert words in answer.text, words
        assert kept(version.profile_id) == theirs, "nothing is undone in silence"
        again = mine | {"seen": seen(version)}
        assert f'value="{again["seen"]}"' in answer.text
        assert client.post(there, again).status_code == 302
        assert len(kept(version.profile_id).requirements) == 2

    def test_without_scripts_the_buttons_send_everything(self, client: Client, alice: User) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        there = f"/role-profiles/{version.profile_id}/edit/"
        said = filled(
            asked("Go", key="skill:go"), seen=seen(version), do="add:nice", company="Half wri"
        )
        page = client.post(there, said | {"hard": ["pay"]}).text
        assert 'name="n0-name" value=""' in page
        assert "autofocus" in page
        assert 'value="Half wri"' in page
        assert 'value="pay" id="id_hard_2" checked' in page
        assert profiles.draft(version.profile_id) is None, "nothing is kept yet"

    def test_one_that_is_retired_is_not_written(self, client: Client, alice: User) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        there = f"/role-profiles/{version.profile_id}/edit/"
        profiles.retire(version.profile_id, by_id=alice.pk, now=NOW)
        assert "bring it back first" in client.get(there, follow=True).text

    def test_only_who_looks_after_it_writes_it(
        self, alice: User, client: Client, browse: Browse
    ) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        there = f"/role-profiles/{version.profile_id}/edit/"
        assert browse(make.user("Bob Lang")).get(there).status_code == 403
        assert browse(make.user("Ada Berg", UserRole.ADMIN)).get(there).status_code == 200
        assert client.get("/role-profiles/987654/edit/").status_code == 404
        RoleProfile.objects.update(owner=None)
        assert browse(make.user("Carl Fox")).get(there).status_code == 200


class TestTheButtons:
    """Adding, moving and taking out, as the part of the page that comes back."""

    def names(self, found: list[Row]) -> list[str]:
        return [f"{row.name}:{row.tier}" for row in found]

    def test_moving_goes_through_the_tier_and_into_the_next_one(self) -> None:
        start = [
            Row("r0", tier="must", name="a"),
            Row("r1", tier="must", name="b"),
            Row("r2", tier="nice", name="c"),
        ]
        assert self.names(rows.arranged(start, "up:r1")) == ["b:must", "a:must", "c:nice"]
        assert self.names(rows.arranged(start, "down:r1")) == ["a:must", "b:should", "c:nice"]
        assert self.names(rows.arranged(start, "up:r2")) == ["a:must", "b:must", "c:should"]
        assert self.names(rows.arranged(start, "up:r0")) == ["a:must", "b:must", "c:nice"]
        lowest = [Row("r0", tier="dealbreaker", name="d")]
        assert self.names(rows.arranged(lowest, "down:r0")) == ["d:dealbreaker"]
        raised = rows.arranged([*start, Row("r3", tier="nice", name="d")], "up:r2")
        assert self.names(raised) == ["a:must", "b:must", "c:should", "d:nice"]

    def test_what_is_taken_out_comes_back_where_it_was(self) -> None:
        start = [Row("r0", tier="must", name="a"), Row("r1", tier="nice", name="b", key="k")]
        gone = rows.arranged(start, "remove:r1")
        assert self.names(gone) == ["a:must", "b:out"]
        assert self.names(rows.arranged(gone, "back:r1")) == ["a:must", "b:nice"]
        assert self.names(rows.arranged(gone, "up:r1")) == ["a:must", "b:out"]
        blank = rows.arranged([Row("n0", tier="must")], "remove:n0")
        assert blank == []

    def test_what_makes_no_sense_changes_nothing(self) -> None:
        start = [Row("r0", tier="must", name="a")]
        for do in ("", "up", "up:r9", "add:out", "burn:r0"):
            assert self.names(rows.arranged(start, do)) == ["a:must"]
        full = [Row(f"r{number}", name=str(number)) for number in range(40)]
        assert len(rows.arranged(full, "add:must")) == 40
        twice = rows.arranged(rows.arranged(start, "add:must"), "add:must")
        assert [row.uid for row in twice] == ["r0", "n0", "n1"]

    def test_the_part_of_the_page_has_what_was_typed(self, client: Client, db: None) -> None:
        said = filled(
            asked("Rust", "must", at_least="x", exact="nonsense"),
            asked("Cobol", "out", was="nice"),
            do="add:dealbreaker",
        )
        answer = client.post(
            "/role-profiles/rows/", said | {"row": ["r0", "r1", "zz"]}, headers=HTMX
        )
        assert answer.status_code == 200
        assert "<title>" not in answer.text
        for words in ('value="Rust"', 'value="x"', "Something is wrong here", "Bring back"):
            assert words in answer.text, words
        assert 'value="employer" selected' in answer.text

    @pytest.mark.parametrize(
        ("typed", "number"),
        [("5", 5), ("10,000", 10_000), ("85k", 85_000), ("2.5m", 2_500_000), ("3 bn", 3 * 10**9)],
    )
    def test_amounts_are_read_as_people_write_them(self, typed: str, number: int) -> None:
        row = Row("r0", name="Budget", aspect="scope", at_least=typed, what="budget")
        _, (made,) = rows.read([row], Spec("x"))
        assert made.at_least == number

    def test_a_weight_stays_exact_while_its_word_stays(self) -> None:
        spec = Spec("x", (Requirement("k", Aspect.TITLE, Tier.MUST, "CFO", weight=0.6),))
        (row,) = rows.of_spec(spec)
        assert row.weight == "light"
        _, (same,) = rows.read([row], spec)
        _, (other,) = rows.read([replace(row, weight="heavy")], spec)
        _, (odd,) = rows.read([replace(row, exact="x")], spec)
        assert (same.weight, other.weight, odd.weight) == (0.6, 2.0, 0.5)
