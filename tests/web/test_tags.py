"""The pages about tags: what words mean is decided once, by who may, and can be looked up."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.web.conftest import TooLate
from warmbench.accounts.models import Role, User
from warmbench.people import tag_edits, unmatched
from warmbench.people.models import CandidateTag, Tag, TagAlias, UnmatchedSkill

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(make.user())


@pytest.fixture
def admin() -> Client:
    return signed_in(make.user("Ada Min", Role.ADMIN))


@pytest.fixture
def devops() -> Tag:
    technology = added("Technology", Tag.Kind.CATEGORY)
    return added("Cloud & DevOps", Tag.Kind.SPECIALTY, technology)


@pytest.fixture
def kubernetes(devops: Tag) -> Tag:
    return added("Kubernetes", Tag.Kind.SKILL, devops)


def added(name: str, kind: Tag.Kind, parent: Tag | None = None) -> Tag:
    parent_id = parent.pk if parent else None
    return tag_edits.add(kind, name, parent_id=parent_id, by_id=None, now=make.NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def wrote(text: str, people: int = 1) -> UnmatchedSkill:
    """A skill that so many people wrote and no tag knows."""
    ids = [make.candidate().pk for _ in range(people)]
    unmatched.record(ids, [text] * people, source="a file", now=make.NOW)
    return UnmatchedSkill.objects.get(text=text)


def test_the_tree_shows_who_carries_what(client: Client, devops: Tag) -> None:
    make.candidate(devops)
    added("Manager", Tag.Kind.SENIORITY)
    region = added("Europe", Tag.Kind.GEOGRAPHY)
    make.candidate(added("Germany", Tag.Kind.GEOGRAPHY, region))

    page = shown(client, "/tags/")

    assert "Technology" in page
    assert re.search(r"Cloud &amp; DevOps</a><span[^>]*>1<", page)
    assert re.search(r"Europe</a><span[^>]*>1 country</span><span[^>]*>1<", page)


def test_a_tag_is_found_by_another_spelling(client: Client, kubernetes: Tag) -> None:
    tag_edits.add_alias(kubernetes.pk, "k8s", by_id=None, now=make.NOW)
    found = client.get("/tags/", {"q": "k8"}, headers={"HX-Request": "true"})
    assert "Technology → Cloud &amp; DevOps" in found.content.decode()
    assert "No such tag" in shown(client, "/tags/?q=zzz")


def test_a_tag_shows_its_place_its_spellings_and_its_history(
    client: Client, kubernetes: Tag, devops: Tag
) -> None:
    tag_edits.add_alias(kubernetes.pk, "k8s", by_id=None, now=make.NOW)
    page = shown(client, f"/tags/{kubernetes.pk}/")
    assert "k8s" in page
    assert "added a spelling" in page
    assert "Warmbench" in page
    assert "Kubernetes" in shown(client, f"/tags/{devops.pk}/")


def test_a_skill_is_added_below_its_specialty(client: Client, devops: Tag) -> None:
    said = {"kind": "skill", "name": "Helm", "aliases": "helm charts, , k-helm"}
    client.post("/tags/add/", said | {"parent": devops.pk})
    helm = Tag.objects.get(name="Helm")
    assert helm.parent == devops
    assert helm.aliases.count() == 3


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "skill", "name": "Helm"},
        {"kind": "planet", "name": "Helm"},
        {"kind": "category", "name": "Technology"},
        {"kind": "category", "name": "++"},
        {"kind": "category"},
    ],
)
def test_what_has_no_place_in_the_tree_is_not_added(
    client: Client, devops: Tag, said: dict[str, str]
) -> None:
    before = Tag.objects.count()
    answer = client.post("/tags/add/", said, follow=True)
    assert "notice--error" in answer.content.decode()
    assert Tag.objects.count() == before


def test_a_new_spelling_reaches_who_wrote_it_before(client: Client, kubernetes: Tag) -> None:
    wrote("k8s", people=2)
    answer = client.post(f"/tags/{kubernetes.pk}/spelling/", {"name": "k8s"}, follow=True)
    assert "2 people got it." in answer.content.decode()
    assert CandidateTag.objects.filter(tag=kubernetes).count() == 2


def test_a_spelling_means_one_tag(client: Client, kubernetes: Tag, devops: Tag) -> None:
    added("Helm", Tag.Kind.SKILL, devops)
    answer = client.post(f"/tags/{kubernetes.pk}/spelling/", {"name": "Helm"})
    assert answer.status_code == 422
    assert "means “Helm” already" in answer.content.decode()
    assert client.post(f"/tags/{kubernetes.pk}/spelling/", {"name": " "}).status_code == 422


def test_an_administrator_renames_moves_and_retires(
    admin: Client, kubernetes: Tag, devops: Tag
) -> None:
    security = added("Cybersecurity", Tag.Kind.SPECIALTY, devops.parent)
    base = f"/tags/{kubernetes.pk}"

    admin.post(f"{base}/rename/", {"name": "Kubernetes & co"})
    admin.post(f"{base}/move/", {"parent": security.pk})
    admin.post(f"{base}/retire/")
    kubernetes.refresh_from_db()
    assert (kubernetes.name, kubernetes.parent) == ("Kubernetes & co", security)
    assert kubernetes.retired_at is not None
    assert "Retired (1)" in shown(admin, "/tags/")

    admin.post(f"{base}/retire/")
    kubernetes.refresh_from_db()
    assert kubernetes.retired_at is None


def test_a_tag_does_not_move_where_it_cannot_stand(admin: Client, kubernetes: Tag) -> None:
    answer = admin.post(f"/tags/{kubernetes.pk}/move/", {"parent": ""})
    assert answer.status_code == 422
    assert "A skill stands below a specialty." in answer.content.decode()


def test_a_spelling_is_forgotten_but_not_the_name(admin: Client, kubernetes: Tag) -> None:
    tag_edits.add_alias(kubernetes.pk, "k8s", by_id=None, now=make.NOW)
    for alias in TagAlias.objects.filter(tag=kubernetes):
        admin.post(f"/tags/spelling/{alias.pk}/remove/")
    assert [alias.text for alias in kubernetes.aliases.all()] == ["Kubernetes"]


def test_merging_asks_first(admin: Client, kubernetes: Tag, devops: Tag) -> None:
    other = added("K8s platform", Tag.Kind.SKILL, devops)
    make.candidate(other)
    path = f"/tags/{other.pk}/merge/"

    assert "This cannot be undone." in shown(admin, f"{path}?into=kubernetes")
    assert Tag.objects.filter(pk=other.pk).exists()

    answer = admin.post(path, {"into": "Kubernetes"})
    assert answer.headers["Location"] == f"/tags/{kubernetes.pk}/"
    assert not Tag.objects.filter(pk=other.pk).exists()
    assert CandidateTag.objects.get().tag == kubernetes


def test_a_tag_is_merged_only_into_its_like(admin: Client, kubernetes: Tag) -> None:
    answer = admin.get(f"/tags/{kubernetes.pk}/merge/?into=Technology")
    assert "There is no other skill called “Technology”" in answer.content.decode()


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("spelling", {"name": "Verbinden"}),
        ("rename", {"name": "Verbinden"}),
        ("move", {"parent": ""}),
        ("retire", {}),
        ("merge", {"into": "Kubernetes"}),
    ],
)
def test_a_tag_that_is_merged_away_in_this_moment_is_not_edited(
    too_late: TooLate, what: str, fields: dict[str, str]
) -> None:
    admin = signed_in(make.user("Ada Min", Role.ADMIN))
    technology = added("Technology", Tag.Kind.CATEGORY)
    devops = added("Cloud & DevOps", Tag.Kind.SPECIALTY, technology)
    into, gone = (added(n, Tag.Kind.SKILL, devops) for n in ("Kubernetes", "K8s"))

    def edit() -> str:
        answer = admin.post(f"/tags/{gone.pk}/{what}/", fields, follow=True)
        assert answer.redirect_chain == [("/tags/", 302)]
        return str(answer.content.decode())

    told = too_late(lambda: tag_edits.merge(gone.pk, into.pk, by_id=None, now=make.NOW), edit)

    assert "was merged into another one meanwhile" in told
    assert Tag.objects.get(kind=Tag.Kind.SKILL).name == "Kubernetes"


def test_a_tag_is_not_added_below_one_that_is_merged_away_in_this_moment(
    too_late: TooLate,
) -> None:
    alice = signed_in(make.user())
    technology = added("Technology", Tag.Kind.CATEGORY)
    into, gone = (added(n, Tag.Kind.SPECIALTY, technology) for n in ("DevOps", "Cloud"))
    new = {"kind": "skill", "name": "Kubernetes", "parent": gone.pk}

    told = too_late(
        lambda: tag_edits.merge(gone.pk, into.pk, by_id=None, now=make.NOW),
        lambda: alice.post("/tags/add/", new, follow=True).text,
    )

    assert "was merged into another one meanwhile" in told
    assert not Tag.objects.filter(kind=Tag.Kind.SKILL).exists()


def test_a_spelling_is_forgotten_once(too_late: TooLate) -> None:
    admin = signed_in(make.user("Ada Min", Role.ADMIN))
    tag = added("Technology", Tag.Kind.CATEGORY)
    tag_edits.add_alias(tag.pk, "Tech", by_id=None, now=make.NOW)
    alias = tag.aliases.get(text="Tech").pk

    told = too_late(
        lambda: tag_edits.remove_alias(alias, by_id=None, now=make.NOW),
        lambda: admin.post(f"/tags/spelling/{alias}/remove/", follow=True).text,
    )

    assert "This spelling is forgotten already." in told


@pytest.mark.parametrize("change", ["rename", "move", "retire", "merge"])
def test_only_an_administrator_changes_what_is_there(
    client: Client, kubernetes: Tag, change: str
) -> None:
    assert client.post(f"/tags/{kubernetes.pk}/{change}/").status_code == 403
    assert "Merge into" not in shown(client, f"/tags/{kubernetes.pk}/")


class TestUnknownSkills:
    def test_the_commonest_comes_first_with_what_it_may_mean(
        self, client: Client, kubernetes: Tag
    ) -> None:
        wrote("Underwater welding")
        wrote("Kubernetis", people=3)
        page = shown(client, "/tags/unmatched/")
        assert page.index("Kubernetis") < page.index("Underwater")
        assert f'value="tag:{kubernetes.pk}" selected' in page
        assert "2 skills that no tag knows" in shown(client, "/tags/")

    def test_it_means_a_tag(self, client: Client, kubernetes: Tag) -> None:
        skill = wrote("Kubernetis", people=2)
        said = {"means": f"tag:{kubernetes.pk}"}
        client.post(f"/tags/unmatched/{skill.pk}/decide/", said)
        assert CandidateTag.objects.filter(tag=kubernetes).count() == 2
        assert "It means" in shown(client, f"/tags/unmatched/{skill.pk}/")

    def test_it_is_a_new_skill(self, client: Client, devops: Tag) -> None:
        skill = wrote("helm charts")
        said = {"means": f"new:{devops.pk}", "name": "Helm"}
        answer = client.post(
            f"/tags/unmatched/{skill.pk}/decide/", said, headers={"HX-Request": "true"}
        )
        assert "“Helm” is a skill now" in answer.headers["HX-Trigger"].encode().decode(
            "unicode_escape"
        )
        assert Tag.objects.get(name="Helm").parent == devops

    def test_it_is_nothing_and_may_be_thought_over(self, client: Client, kubernetes: Tag) -> None:
        skill = wrote("team player")
        path = f"/tags/unmatched/{skill.pk}/"
        client.post(f"{path}decide/", {"means": "nothing"})
        assert "Nothing to decide" in shown(client, "/tags/unmatched/")
        assert "It is ignored" in shown(client, path)
        client.post(f"{path}decide/", {"means": f"tag:{kubernetes.pk}"})
        assert CandidateTag.objects.get().tag == kubernetes

    @pytest.mark.parametrize("means", ["", "tag:", "tag:0", "new:x", f"tag:{'9' * 30}", "role:1"])
    def test_what_means_nothing_decides_nothing(
        self, client: Client, means: str, kubernetes: Tag
    ) -> None:
        skill = wrote("Kubernetis")
        answer = client.post(
            f"/tags/unmatched/{skill.pk}/decide/", {"means": means}, headers={"HX-Request": "true"}
        )
        assert answer.headers["HX-Reswap"] == "none"
        skill.refresh_from_db()
        assert not skill.decision

    def test_a_new_skill_needs_a_specialty(self, client: Client, kubernetes: Tag) -> None:
        skill = wrote("Kubernetis")
        client.post(f"/tags/unmatched/{skill.pk}/decide/", {"means": f"new:{kubernetes.pk}"})
        skill.refresh_from_db()
        assert not skill.decision

    def test_many_are_ignored_at_once(self, client: Client) -> None:
        ids = [wrote(text).pk for text in ("team player", "driving licence")]
        answer = client.post("/tags/unmatched/ignore/", {"id": [*ids, "x"]}, follow=True)
        assert "2 skills ignored." in answer.content.decode()

    def test_another_tag_is_looked_up(self, client: Client, kubernetes: Tag) -> None:
        skill = wrote("container orchestration")
        path = f"/tags/unmatched/{skill.pk}/"
        found = client.get(path, {"q": "kube"}, headers={"HX-Request": "true"})
        assert f'value="tag:{kubernetes.pk}"' in found.content.decode()
        assert "No tag is called so." in shown(client, f"{path}?q=zzz")

    def test_a_viewer_only_looks(self) -> None:
        viewer = signed_in(make.user("Vera View", Role.VIEWER))
        skill = wrote("Kubernetis")
        assert "Decide</button>" not in shown(viewer, "/tags/unmatched/")
        assert "Ignore it" not in shown(viewer, f"/tags/unmatched/{skill.pk}/")
        assert viewer.post(f"/tags/unmatched/{skill.pk}/decide/").status_code == 403


class TestFiles:
    def test_what_was_downloaded_can_be_brought_back(self, admin: Client, kubernetes: Tag) -> None:
        answer = admin.get("/tags/warmbench-tags.yaml")
        assert "attachment" in answer.headers["Content-Disposition"]
        text = answer.content.decode().replace("Kubernetes", "Terraform")

        brought = admin.post("/tags/import/", {"file": SimpleUploadedFile("t.yaml", text.encode())})

        assert "1 tag and 1 spelling added." in brought.content.decode()
        assert Tag.objects.get(name="Terraform").parent == kubernetes.parent

    def test_conflicts_are_listed_with_their_lines(self, admin: Client, kubernetes: Tag) -> None:
        file = b"categories:\n- name: Finance\n  specialties:\n  - name: Cloud & DevOps\n"
        brought = admin.post("/tags/import/", {"file": SimpleUploadedFile("t.yaml", file)})
        assert "stands below “Technology” in the tree" in brought.content.decode()

    @pytest.mark.parametrize(
        "file", [b"\xff\xfe\x00", b"just words", b"a: [", b"x" * (2 << 20) * 2]
    )
    def test_what_is_no_tree_is_refused(self, admin: Client, file: bytes) -> None:
        answer = admin.post("/tags/import/", {"file": SimpleUploadedFile("t.yaml", file)})
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()

    def test_a_recruiter_downloads_and_does_not_import(self, client: Client) -> None:
        assert client.get("/tags/warmbench-tags.yaml").status_code == 200
        assert client.get("/tags/import/").status_code == 403
