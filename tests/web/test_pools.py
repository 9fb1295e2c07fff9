"""The pages about pools: a rule is understood before it is kept, and says where it goes wrong."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.web.conftest import TooLate
from warmbench.accounts.models import Role, User
from warmbench.core import events
from warmbench.nurture import pools
from warmbench.nurture.models import Pool, PoolMember, Sequence, SequenceVersion, Step
from warmbench.people.models import Candidate, Tag
from warmbench.web.pool_form import EXAMPLES, STARTERS, read

pytestmark = pytest.mark.django_db

SAID = {"name": "Silver", "entry_rule": "silver medallist", "on_leave": "leave"}


@pytest.fixture
def alice() -> User:
    return make.user()


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def vocabulary(alice: User) -> None:
    """The tags and the recruiter that the examples name."""
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    names = {
        Tag.Kind.CATEGORY: ["Technology"],
        Tag.Kind.SPECIALTY: ["Cloud & DevOps"],
        Tag.Kind.ROLE_FAMILY: ["Backend"],
        Tag.Kind.ROLE: ["Java developer"],
        Tag.Kind.SKILL: ["Kubernetes", "Terraform"],
        Tag.Kind.SENIORITY: ["Manager", "Director"],
        Tag.Kind.GEOGRAPHY: ["Germany"],
    }
    for kind, called in names.items():
        for name in called:
            make.tag(name, kind)


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("rule", [*EXAMPLES.values(), *(rule for _, rule in STARTERS)])
def test_every_example_can_be_used_as_it_stands(rule: str) -> None:
    reading = read(rule)
    assert reading.mistake is None
    assert reading.sentence


def test_a_new_pool_is_opened(client: Client, alice: User) -> None:
    chosen = [make.sequence(Step.Kind.MESSAGE).sequence for _ in range(2)]
    more = {"sequences": [one.pk for one in chosen], "owner": alice.pk, "reentry_days": "90"}

    answer = client.post("/pools/new/", SAID | more)

    pool = Pool.objects.get()
    assert answer.headers["Location"] == f"/pools/{pool.pk}/"
    assert (pool.owner, pool.reentry_days) == (alice, 90)
    assert list(pool.sequences.order_by("pk")) == chosen
    page = shown(client, f"/pools/{pool.pk}/")
    assert all(f'<a href="/sequences/{one.pk}/">{one.name}</a>' in page for one in chosen)


def test_each_sequence_says_what_it_does_where_one_is_chosen(client: Client) -> None:
    paused, fired, gone, kept = (make.sequence(Step.Kind.MESSAGE) for _ in range(4))
    said = {"state": "paused", "description": "A letter each month."}
    Sequence.objects.filter(pk=paused.sequence_id).update(**said)
    Sequence.objects.filter(pk=gone.sequence_id).update(state="archived")
    SequenceVersion.objects.filter(pk__in=[fired.pk, kept.pk]).update(trigger="high_interest")
    pool = make.pool("status = passive", kept.sequence)

    page = shown(client, "/pools/new/")

    assert f"{paused.sequence.name}: A letter each month. (Paused)" in page
    assert not any(one.sequence.name in page for one in (fired, gone, kept))
    assert kept.sequence.name in shown(client, f"/pools/{pool.pk}/edit/")


def test_a_mistake_is_pointed_at_and_nothing_is_kept(client: Client) -> None:
    answer = client.post("/pools/new/", SAID | {"entry_rule": "status = pasive"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 1, column 10" in page
    assert "status = <mark>pasive</mark>" in page
    assert "Did you mean “passive”?" in page
    assert not Pool.objects.exists()


@pytest.mark.parametrize(
    ("rule", "marked"),
    [
        ("status =", "<mark>␣</mark>"),
        ("status = passive and\r\nskill = nothing", "and\n" + "skill = <mark>nothing</mark>"),
        ("(status = passive", "<mark>"),
        ("<script>", "<mark>&lt;"),
    ],
)
def test_the_live_check_marks_the_place(client: Client, rule: str, marked: str) -> None:
    answer = client.post("/pools/check/", {"entry_rule": rule})
    assert marked in answer.content.decode()


def test_the_live_check_says_who_would_enter_and_who_hears_nothing(client: Client) -> None:
    for number in range(3):
        make.candidate(consented=number > 0)

    answer = client.post("/pools/check/", {"entry_rule": "status = passive", "exit_rule": ""})

    page = answer.content.decode()
    assert "People whose status is passive." in page
    assert "<b>3</b> people now, of whom <b>3</b> would hear nothing" in page
    assert "lack a specialty, seniority or place" in page
    assert page.count("Moreau") == 3


def test_an_empty_rule_asks_to_be_written(client: Client) -> None:
    assert "Write a rule" in client.post("/pools/check/").content.decode()


def test_the_editor_also_checks_without_scripts(client: Client) -> None:
    answer = client.post("/pools/new/", SAID | {"check": "1"})
    assert answer.status_code == 200
    assert "People who are silver medallists." in answer.content.decode()
    assert not Pool.objects.exists()


def test_a_starter_fills_the_editor_in(client: Client) -> None:
    page = shown(client, "/pools/new/?name=Opted+in&entry_rule=consent+for+email")
    assert 'value="Opted in"' in page
    assert "consent for email</textarea>" in page


def test_two_pools_do_not_share_a_name(client: Client) -> None:
    make.pool("status = passive")
    name = Pool.objects.get().name.upper()
    answer = client.post("/pools/new/", SAID | {"name": name})
    assert "Another pool has this name" in answer.content.decode()


def silver() -> None:
    """The pool that ``SAID`` would be, by somebody else."""
    Pool.objects.create(name="Silver", entry_rule="status = open", created_at=make.NOW)


def test_of_two_who_name_a_pool_the_same_in_one_moment_the_slower_is_told(
    too_late: TooLate,
) -> None:
    client, said = signed_in(make.user()), SAID | {"purpose": "The nearly placed"}

    def slower() -> str:
        answer = client.post("/pools/new/", said)
        assert answer.status_code == 422
        return answer.text

    page = too_late(silver, slower)

    assert "Another pool has this name" in page
    assert "The nearly placed" in page, "nothing of what was written is lost"
    assert Pool.objects.count() == 1


def test_a_name_that_is_taken_in_this_moment_is_not_given_to_another_pool(
    too_late: TooLate,
) -> None:
    client, bronze = signed_in(make.user()), make.pool("status = passive")

    def slower() -> str:
        answer = client.post(f"/pools/{bronze.pk}/edit/", SAID)
        assert answer.status_code == 422
        return answer.text

    page = too_late(silver, slower)

    assert "Another pool has this name" in page
    bronze.refresh_from_db()
    assert bronze.entry_rule == "status = passive"


def test_nobody_makes_a_pool_in_the_name_of_another(client: Client) -> None:
    bob = make.user("Bob Lind")
    client.post("/pools/new/", SAID | {"owner": bob.pk})
    assert not Pool.objects.exists()


def test_a_pool_is_changed_by_its_owner_alone(client: Client, alice: User) -> None:
    pool = make.pool("status = passive", owner=alice)
    assert signed_in(make.user("Bob Lind")).post(f"/pools/{pool.pk}/edit/").status_code == 403

    changed = SAID | {"name": "Bronze", "owner": alice.pk, "exit_rule": "suppressed"}
    client.post(f"/pools/{pool.pk}/edit/", changed)

    pool.refresh_from_db()
    assert (pool.name, pool.exit_rule, pool.owner) == ("Bronze", "suppressed", alice)


def test_a_pool_shows_its_rule_its_numbers_and_its_members(client: Client, alice: User) -> None:
    version = make.sequence(Step.Kind.MESSAGE)
    pool = make.pool("status = passive", version.sequence, owner=alice)
    waiting, begun = make.candidate(), make.candidate()
    for candidate in (waiting, begun):
        PoolMember.objects.create(pool=pool, candidate=candidate, joined_at=make.NOW)
    make.enrollment(begun, version, due=make.NOW + timedelta(days=3))

    page = shown(client, f"/pools/{pool.pk}/")

    assert "People whose status is passive." in page
    assert waiting.last_name in page
    assert "Not on it" in page
    assert "Next 6 Mar" in page


def test_a_pool_says_who_would_hear_nothing(client: Client) -> None:
    pool = make.pool("status = passive")
    path = f"/pools/{pool.pk}/"
    assert "Everybody in it may be written to." in shown(client, path)
    make.candidate(consented=False)
    assert "gave no permission that holds" in shown(client, path)


def test_a_rule_whose_tag_is_gone_is_named_on_the_page(client: Client, alice: User) -> None:
    pool = make.pool("skill = Forgotten", owner=alice)

    page = shown(client, f"/pools/{pool.pk}/")

    assert "cannot be understood any more" in page
    assert f'<a href="/pools/{pool.pk}/edit/">Change the rule</a>' in page
    other = shown(signed_in(make.user("Bob Lind")), f"/pools/{pool.pk}/")
    assert "Alice Meyer or an administrator can change it." in other


def test_the_list_names_the_rules_that_cannot_be_understood_any_more(client: Client) -> None:
    fine = make.pool("status = passive")
    assert "cannot be understood" not in shown(client, "/pools/")
    gone = make.pool("skill = Forgotten")

    page = shown(client, "/pools/")

    notice = page.partition("cannot be understood any more.")[0].rpartition("The rules of")[2]
    assert f'<a href="/pools/{gone.pk}/">' in notice
    assert f'<a href="/pools/{fine.pk}/">' not in notice
    assert "There is no skill called “Forgotten”." in page


class TestTheEffectOfAnEdit:
    @pytest.fixture
    def pool(self, alice: User) -> Pool:
        """Open ones, of whom there is one; two more are passive."""
        with events.held_back():
            make.candidate(status=Candidate.Status.OPEN)
            for _ in range(2):
                make.candidate()
            pool = make.pool("status = open", owner=alice)
            pools.recount(pool_id=pool.pk, now=make.NOW)
        return pool

    def told(self, client: Client, pool: Pool, **said: str) -> str:
        answer = client.post(f"/pools/{pool.pk}/edit/effect/", {"on_leave": "leave"} | said)
        assert answer.status_code == 200
        return re.sub(r"<[^>]*>", "", answer.text).strip()

    def test_is_said_before_it_is_made(self, client: Client, pool: Pool) -> None:
        told = self.told(client, pool, entry_rule="status = passive")
        assert "2 people would join and 1 would leave." in told
        assert "does not come in again, even if you take the change back" in told
        assert pool.members.filter(left_at=None).count() == 1

    def test_names_nobody_where_it_is_nobody(self, client: Client, pool: Pool) -> None:
        more = self.told(client, pool, entry_rule="status in (open, passive)")
        assert more == "2 people would join and nobody would leave."
        fewer = self.told(client, pool, entry_rule="status = placed", reentry_days="30")
        assert fewer == "Nobody would join and 1 would leave."

    def test_is_not_asked_about_while_nothing_is_different(
        self, client: Client, pool: Pool
    ) -> None:
        assert self.told(client, pool, entry_rule="status = open") == ""

    @pytest.mark.parametrize("rule", ["", "status = pasive"])
    def test_is_not_said_of_what_cannot_be_understood(
        self, client: Client, pool: Pool, rule: str
    ) -> None:
        assert self.told(client, pool, entry_rule=rule) == ""

    def test_is_loaded_apart_from_the_check(self, client: Client, pool: Pool) -> None:
        assert f'hx-post="/pools/{pool.pk}/edit/effect/"' in shown(
            client, f"/pools/{pool.pk}/edit/"
        )
        assert (
            "would join"
            not in client.post("/pools/check/", {"entry_rule": "status = passive"}).text
        )

    def test_is_said_without_scripts_too(self, client: Client, pool: Pool) -> None:
        said = SAID | {"entry_rule": "status = passive", "check": "1"}
        page = client.post(f"/pools/{pool.pk}/edit/", said).text
        assert "<b>2</b> people would join and <b>1</b> would leave." in page


def test_a_recount_lets_people_join(client: Client) -> None:
    pool = make.pool("status = passive")
    make.candidate()

    answer = client.post(f"/pools/{pool.pk}/recount/", follow=True)

    assert "1 joined, 0 left" in answer.content.decode()
    assert pool.members.count() == 1


def test_a_recount_says_when_the_rule_cannot_be_understood(client: Client) -> None:
    pool = make.pool("skill = Forgotten")
    answer = client.post(f"/pools/{pool.pk}/recount/", follow=True)
    assert "There is no skill called “Forgotten”" in answer.content.decode()


def test_an_archived_pool_is_only_read(client: Client, alice: User) -> None:
    pool = make.pool("status = passive", owner=alice)
    client.post(f"/pools/{pool.pk}/archive/")

    assert "Archived (1)" in shown(client, "/pools/")
    assert "Archived on" in shown(client, f"/pools/{pool.pk}/")
    assert client.get(f"/pools/{pool.pk}/edit/").status_code == 404


def test_a_viewer_reads_and_does_not_write() -> None:
    viewer = signed_in(make.user("Vera View", Role.VIEWER))
    assert "A recruiter writes the first one" in shown(viewer, "/pools/")
    assert viewer.get("/pools/new/").status_code == 403


def test_the_list_counts_who_is_present(client: Client) -> None:
    with events.held_back():
        for _ in range(2):
            make.candidate(status=Candidate.Status.OPEN)
        pool = make.pool("status = open")
        pools.recount(pool_id=pool.pk, now=make.NOW)
    page = shown(client, "/pools/")
    assert 'data-label="People">2<' in page
