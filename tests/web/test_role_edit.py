"""The pages on which roles are written: from a description, by hand, changed and copied."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from warmbench.accounts.models import Role as UserRole
from warmbench.accounts.models import User
from warmbench.core import documents
from warmbench.people.models import Tag
from warmbench.sourcing import roles
from warmbench.sourcing.models import Role
from warmbench.sourcing.role_check import LONGEST_DESCRIPTION

NOW = make.NOW
HTMX = {"HX-Request": "true"}
TEXT = """Senior Platform Engineer

What you bring
- Several years with Kubernetes
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
    make.tag("Individual contributor", Tag.Kind.SENIORITY)
    return {name: make.tag(name, parent=devops) for name in ("Kubernetes", "Terraform", "Go")}


def said(*required: Tag, **fields: Any) -> dict[str, Any]:
    """What a filled-in form sends."""
    wishes = {f"skill-{one.pk}": "required" for one in required}
    return {"title": "Platform engineer", "urgency": "normal"} | wishes | fields


class TestADescription:
    def test_what_it_says_is_proposed_with_its_words(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        answer = client.post("/roles/new/", {"text": TEXT})

        page = answer.text
        assert answer.status_code == 200
        assert 'value="Senior Platform Engineer"' in page
        assert f'name="skill-{skills["Kubernetes"].pk}" value="required" checked' in page
        assert f'name="skill-{skills["Go"].pk}" value="nice" checked' in page
        assert "<q>Several years with Kubernetes</q>" in page
        assert 'value="85,000"' in page
        assert 'value="98,000"' in page
        assert 'name="strike" value="pay"' in page
        assert 'value="Hamburg"' in page
        assert "<mark" in page
        assert not Role.objects.exists(), "nothing is kept before somebody saves it"

    def test_it_may_come_as_a_file(self, client: Client, skills: dict[str, Tag]) -> None:
        file = SimpleUploadedFile("role.txt", TEXT.encode())
        page = client.post("/roles/new/", {"file": file}).text
        assert "Several years with Kubernetes" in page

    def test_what_cannot_be_read_is_said(self, client: Client) -> None:
        nothing = client.post("/roles/new/", {"text": "  "})
        assert nothing.status_code == 422
        assert "Paste a description here, or choose a file." in nothing.text
        file = SimpleUploadedFile("role.pdf", b"%PDF-1.4 broken")
        answer = client.post("/roles/new/", {"file": file})
        assert answer.status_code == 422
        assert 'id="id_file_error"' in answer.text
        file = SimpleUploadedFile("role.txt", b"x" * (documents.LARGEST + 1))
        assert "larger than 10 MB" in client.post("/roles/new/", {"file": file}).text

    def test_of_a_text_and_a_file_neither_is_dropped_in_silence(self, client: Client) -> None:
        file = SimpleUploadedFile("role.txt", TEXT.encode())
        answer = client.post("/roles/new/", {"text": "Nurse wanted", "file": file})
        assert answer.status_code == 422
        assert "which of both counts?" in answer.text
        assert "Nurse wanted" in answer.text

    def test_a_line_s_end_is_one_character_as_in_the_browser(self, client: Client) -> None:
        lines = ["x" * 99] * 300
        sent = "\r\n".join(lines)
        assert len("\n".join(lines)) < LONGEST_DESCRIPTION < len(sent)
        assert client.post("/roles/new/", {"text": sent}).status_code == 200
        summary = "\r\n".join(["x" * 99] * 20)
        assert client.post("/roles/new/by-hand/", said(description=sent)).status_code == 302
        assert client.post("/roles/new/by-hand/", said(summary=summary)).status_code == 302
        assert {len(one.description) for one in Role.objects.all()} == {29_999, 0}

    def test_one_that_says_little_still_makes_a_form(self, client: Client) -> None:
        page = client.post("/roles/new/", {"text": "Somebody kind."}).text
        assert "People are matched by skills" in page
        assert client.post("/roles/new/", {"text": "2026"}).status_code == 200

    def test_the_level_is_read_from_the_title(self, client: Client, skills: dict[str, Tag]) -> None:
        director = make.tag("Director", Tag.Kind.SENIORITY)
        page = client.post("/roles/new/", {"text": "Director of engineering\n\nGo."}).text
        assert f'<option value="{director.pk}" selected>' in page
        assert 'name="strike" value="seniority"' in page

    def test_what_was_read_is_confirmed_and_kept_with_its_words(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        kubernetes = skills["Kubernetes"]
        quote = {f"skill-quote-{kubernetes.pk}": "Several years with Kubernetes"}
        client.post("/roles/new/by-hand/", said(kubernetes, description=TEXT, **quote))
        wanted = Role.objects.get().skills.get()
        assert (wanted.tag, wanted.quote) == (kubernetes, "Several years with Kubernetes")

    def test_what_was_struck_does_not_count_however_wrong_it_is(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        sent = said(
            skills["Kubernetes"],
            pay_min="a lot",
            pay_currency="EUR",
            places="Hamburg",
            strike=["pay", "places", "nonsense"],
            **{f"skill-{skills['Go'].pk}": "out"},
        )
        client.post("/roles/new/by-hand/", sent)
        role = Role.objects.get()
        assert (role.pay_min, role.places) == (None, [])
        assert role.skills.get().tag == skills["Kubernetes"]

    def test_nothing_is_lost_on_a_mistake(self, client: Client, skills: dict[str, Tag]) -> None:
        kubernetes = skills["Kubernetes"]
        sent = said(
            kubernetes,
            title="",
            company="Kontor",
            pay_min="99,000",
            description=TEXT,
            strike=["pay"],
            **{
                "read-pay": "EUR 85,000 to 98,000 per year",
                f"skill-quote-{kubernetes.pk}": "Several years with Kubernetes",
            },
        )
        answer = client.post("/roles/new/by-hand/", sent)

        page = answer.text
        assert answer.status_code == 422
        assert "Give the role a title." in page
        assert 'value="Kontor"' in page
        assert 'value="99,000"' in page
        assert 'value="pay" checked' in page
        assert "<q>EUR 85,000 to 98,000 per year</q>" in page
        assert "<q>Several years with Kubernetes</q>" in page
        assert "<mark" in page
        assert not Role.objects.exists()

    def test_a_description_that_was_emptied_since_is_no_mistake(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        answer = client.post("/roles/new/by-hand/", said(title="", **{"read-title": "Engineer"}))
        assert answer.status_code == 422
        assert "<mark" not in answer.text

    def test_one_that_is_too_long_to_be_read_is_shown_without_marks(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        too_long = "x" * (LONGEST_DESCRIPTION + 1)
        sent = said(title="", description=too_long, **{"read-title": "Engineer"})
        answer = client.post("/roles/new/by-hand/", sent)
        assert answer.status_code == 422
        assert "<mark" not in answer.text
        assert f"Ensure this value has at most {LONGEST_DESCRIPTION} characters" in answer.text


class TestByHand:
    def test_it_begins_empty_with_who_writes_it(self, client: Client, alice: User) -> None:
        page = client.get("/roles/new/by-hand/").text
        assert f'value="{alice.pk}" selected' in page
        assert "Who reads what" in page

    def test_everything_is_kept_as_it_was_entered(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        seniority = Tag.objects.get(kind=Tag.Kind.SENIORITY)
        specialty = Tag.objects.get(kind=Tag.Kind.SPECIALTY)
        sent = said(
            skills["Kubernetes"],
            **{f"skill-{skills['Go'].pk}": "nice"},
            company="Kontor",
            company_type="a family-owned group",
            owner=alice.pk,
            specialty=specialty.pk,
            seniority=seniority.pk,
            places="Hamburg; Lyon, France",
            remote="hybrid",
            pay_min="85k",
            pay_max="98.000",
            pay_currency="EUR",
            pay_period="year",
            musts=["place"],
            deadline="2026-03-20",
            apply_url="https://jobs.example/7",
            summary="You run\r\nthe platform.",
        )
        answer = client.post("/roles/new/by-hand/", sent, follow=True)

        role = Role.objects.get()
        assert answer.redirect_chain[-1][0] == f"/roles/{role.pk}/"
        assert "Kept as a draft" in answer.text
        assert (role.state, role.owner, role.company) == ("draft", alice, "Kontor")
        assert (role.specialty, role.seniority) == (specialty, seniority)
        assert [place["city"] for place in role.places] == ["Hamburg", "Lyon"]
        assert (role.pay_min, role.pay_max) == (Decimal(85000), Decimal(98000))
        assert role.musts == ["place"]
        # The whole day counts, in Berlin.
        assert role.deadline == datetime(2026, 3, 20, 22, 59, tzinfo=UTC)
        assert role.summary == "You run\nthe platform."
        required = dict(role.skills.values_list("tag__name", "is_required"))
        assert required == {"Kubernetes": True, "Go": False}

    def test_it_is_opened_at_once_if_that_is_wanted(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        page = client.post("/roles/new/by-hand/", said(skills["Go"], open="1"), follow=True).text
        assert "It is open. Nobody is written to before you start its alerts." in page
        assert Role.objects.get().state == "open"

    def test_what_cannot_be_opened_is_kept_as_a_draft(self, client: Client) -> None:
        page = client.post("/roles/new/by-hand/", said(open="1"), follow=True).text
        assert "Kept as a draft. Name at least one skill" in page
        assert Role.objects.get().state == "draft"

    def test_mistakes_stand_beside_their_fields(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        sent = said(pay_min="98k", pay_max="85k", apply_url="jobs", musts=["seniority"])
        page = client.post("/roles/new/by-hand/", sent).text
        for sentence in (
            "The most that is paid is less than the least.",
            "Say in which currency it is paid.",
            "The apply link must be a whole web address",
            "Seniority cannot be a must while the role does not say it.",
        ):
            assert sentence in page
        assert "Write an amount" in client.post("/roles/new/by-hand/", said(pay_min="much")).text

    @pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_a_deadline_at_the_end_of_time_is_a_mistake(
        self, client: Client, alice: User, day: str, zone: str
    ) -> None:
        User.objects.filter(pk=alice.pk).update(time_zone=zone)
        answer = client.post("/roles/new/by-hand/", said(deadline=day))
        assert answer.status_code == 422
        assert "Choose a day between the years" in answer.text

    def test_a_skill_that_has_left_the_tree_is_left_out(self, client: Client) -> None:
        sent = said(**{"skill-99999": "required", "skill-x": "required", "skill-1": "maybe"})
        client.post("/roles/new/by-hand/", sent)
        assert not Role.objects.get().skills.exists()

    def test_too_many_skills_are_said_beside_them(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, skills: dict[str, Tag]
    ) -> None:
        monkeypatch.setattr("warmbench.sourcing.role_check.MOST_SKILLS", 1)
        answer = client.post("/roles/new/by-hand/", said(*skills.values()))
        assert answer.status_code == 422
        assert "Name at most 1 skills." in answer.text

    def test_a_viewer_writes_none(self, browse: Browse) -> None:
        viewer = browse(make.user("Victor Viewer", UserRole.VIEWER))
        assert viewer.post("/roles/new/by-hand/", said()).status_code == 403


class TestSkills:
    def test_one_is_added_without_loading_the_page_anew(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        rows = said(skills["Go"]) | {"tag": "kubernetes"}
        page = client.post("/roles/new/skills/", rows, headers=HTMX).text
        assert f'name="skill-{skills["Go"].pk}" value="required" checked' in page
        assert f'name="skill-{skills["Kubernetes"].pk}" value="required" checked' in page
        assert "<html" not in page

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("", "Type the name of a skill first."),
            ("kuber", "No skill is called “kuber”. Did you mean Kubernetes?"),
            ("Go", "Go is on the list already."),
            ("Cloud & DevOps", "No skill is called"),
        ],
    )
    def test_what_cannot_be_added_is_said(
        self, client: Client, skills: dict[str, Tag], typed: str, sentence: str
    ) -> None:
        page = client.post("/roles/new/skills/", said(skills["Go"]) | {"tag": typed}).text
        assert sentence in page

    def test_one_that_was_struck_can_be_added_again(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        rows = {f"skill-{skills['Go'].pk}": "out", "tag": "Go"}
        page = client.post("/roles/new/skills/", rows).text
        assert page.count(f'name="skill-{skills["Go"].pk}"') == 3
        assert f'name="skill-{skills["Go"].pk}" value="required" checked' in page

    def test_without_scripts_the_whole_form_comes_back(
        self, client: Client, skills: dict[str, Tag]
    ) -> None:
        sent = said(
            skills["Go"], title="", company="Kontor", musts=["pay"], tag="Terraform", add="1"
        )
        answer = client.post("/roles/new/by-hand/", sent)
        assert answer.status_code == 200
        assert 'value="Kontor"' in answer.text
        assert 'value="pay" id="id_musts_2" checked' in answer.text
        assert f'name="skill-{skills["Terraform"].pk}" value="required" checked' in answer.text
        assert "Give the role a title." not in answer.text

    def test_the_search_offers_skills_alone(self, client: Client, skills: dict[str, Tag]) -> None:
        make.tag("Kubernetes experts", Tag.Kind.ROLE)
        page = client.get("/candidates/tags/?tag=kub&kind=skill").text
        assert page.count("<option") == 1
        assert client.get("/candidates/tags/?tag=kub").text.count("<option") == 2


class TestAnExistingRole:
    def test_it_is_changed_by_its_recruiter_alone(
        self, client: Client, alice: User, browse: Browse, skills: dict[str, Tag]
    ) -> None:
        role = make.role(skills["Go"], owner=alice, deadline=NOW + timedelta(days=9))
        address = f"/roles/{role.pk}/edit/"
        assert browse(make.user("Bob Lind")).get(address).status_code == 403
        page = client.get(address).text
        assert 'value="Platform engineer"' in page
        assert 'value="2026-03-12"' in page

        sent = said(
            skills["Go"],
            skills["Terraform"],
            company="Secret Client AG",
            owner=alice.pk,
            deadline="2026-03-12",
        )
        assert "Changed." in client.post(address, sent, follow=True).text
        role.refresh_from_db()
        assert role.deadline == NOW + timedelta(days=9), "the same day is the same moment"
        assert role.skills.count() == 2
        assert "Nothing was different." in client.post(address, sent, follow=True).text

    def test_nobody_undoes_in_silence_what_changed_while_they_wrote(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        role = make.role(
            skills["Go"], owner=alice, title="Old", changed_at=NOW - timedelta(hours=1)
        )
        there = f"/roles/{role.pk}/edit/"
        as_of = role.changed_at.isoformat()
        assert f'name="as_of" value="{as_of}"' in client.get(there).text
        paid = replace(roles.draft_of(role), pay_min=Decimal(500), pay_currency="EUR")
        roles.edit(
            role.pk, replace(paid, pay_period="day"), by_id=None, now=NOW, via="API key: Careers"
        )

        mine = said(skills["Go"], title="New", owner=str(alice.pk), as_of=as_of)
        wrong = client.post(there, mine | {"title": ""})
        assert f'value="{as_of}"' in wrong.text, "a mistake is no sight of the new state"
        answer = client.post(there, mine)
        assert answer.status_code == 409
        assert "changed via API key: Careers: pay currency, pay min, pay period." in answer.text
        assert 'value="New"' in answer.text
        role.refresh_from_db()
        assert (role.title, role.pay_min) == ("Old", Decimal(500))

        again = client.post(there, mine | {"as_of": role.changed_at.isoformat()})
        assert again.status_code == 302
        role.refresh_from_db()
        assert (role.title, role.pay_min) == ("New", None)

    @pytest.mark.parametrize("as_of", ["", "now", "2026-99-99T00:00", "2026-03-01T00:00"])
    def test_a_form_that_says_no_moment_is_taken_as_it_is(
        self, client: Client, alice: User, skills: dict[str, Tag], as_of: str
    ) -> None:
        role = make.role(skills["Go"], owner=alice)
        sent = said(skills["Go"], title="New", as_of=as_of)
        assert client.post(f"/roles/{role.pk}/edit/", sent).status_code == 302

    def test_an_open_role_keeps_a_skill(self, client: Client, skills: dict[str, Tag]) -> None:
        role = make.role(skills["Go"])
        answer = client.post(f"/roles/{role.pk}/edit/", said())
        assert answer.status_code == 422
        assert "Name at least one skill" in answer.text

    def test_whoever_left_stays_its_recruiter_until_somebody_says_otherwise(
        self, client: Client, browse: Browse, skills: dict[str, Tag]
    ) -> None:
        bob = make.user("Bob Lind")
        role = make.role(skills["Go"], owner=bob)
        User.objects.filter(pk=bob.pk).update(is_active=False)
        admin = browse(make.user("Ada Min", UserRole.ADMIN))
        assert "Bob Lind</option>" in admin.get(f"/roles/{role.pk}/edit/").text

    def test_a_new_one_is_begun_like_it(
        self, client: Client, alice: User, skills: dict[str, Tag]
    ) -> None:
        role = make.role(
            skills["Go"],
            deadline=NOW + timedelta(days=9),
            pay_max=Decimal("90000.50"),
            pay_currency="EUR",
            pay_period="year",
        )
        page = client.get(f"/roles/new/by-hand/?like={role.pk}").text
        assert 'value="Platform engineer"' in page
        assert 'value="90,000.50"' in page
        assert f'name="skill-{skills["Go"].pk}" value="required" checked' in page
        assert f'value="{alice.pk}" selected' in page
        assert "2026-03-12" not in page
        assert client.get("/roles/new/by-hand/?like=99999").status_code == 404
