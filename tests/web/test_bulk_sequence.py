"""People are put on a sequence from their list: shown first, and undone for minutes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.nurture import enrollment
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion, Step
from warmbench.people.models import Candidate

pytestmark = pytest.mark.django_db

PAGE = "/candidates/sequence/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice() -> User:
    return make.user()


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def version() -> SequenceVersion:
    """A sequence that only waits, and so needs no tags."""
    return make.sequence(Step.Kind.WAIT, Step.Kind.WAIT)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def tally(page: str) -> str:
    """What the page says about how many begin, without its marks."""
    [said] = re.findall(r'<p class="tally">(.*?)</p>', page)
    return re.sub(r"<[^>]+>", "", said)


def test_the_list_leads_to_a_page_about_the_same_people(client: Client, alice: User) -> None:
    ana, ben = make.candidate(owner=alice), make.candidate(owner=alice)
    asked = {"do": "sequence", "id": [ana.pk, ben.pk], "list": "?status=passive"}

    answer = client.post("/candidates/bulk/", asked, headers=HTMX)
    there = answer.headers["HX-Redirect"]
    assert client.post("/candidates/bulk/", asked).headers["Location"] == there

    page = client.get(there).text
    assert "2 people selected." in page
    assert f'name="id" value="{ana.pk}"' in page
    everybody = client.post("/candidates/bulk/", {"do": "sequence", "everybody": "1", "list": "?"})
    assert "2 people selected." in client.get(everybody.headers["Location"]).text
    assert (
        "Select somebody first."
        in client.post("/candidates/bulk/", {"do": "sequence"}, follow=True).text
    )


def test_the_page_says_how_many_begin_and_why_the_others_do_not(
    client: Client, alice: User, version: SequenceVersion
) -> None:
    SequenceVersion.objects.update(entry_rule="country = AT")
    people = [make.candidate(owner=alice, country="AT") for _ in range(4)]
    _, on_it, was_here, placed = people
    kept_out, his = make.candidate(owner=alice), make.candidate(owner=make.user("Bob Lind"))
    Candidate.objects.filter(pk=placed.pk).update(status=Candidate.Status.PLACED)
    make.enrollment(on_it, version)
    make.enrollment(was_here, version)
    Enrollment.objects.filter(candidate=was_here).update(state="finished", ended_at=make.NOW)
    asked: dict[str, Any] = {
        "id": [one.pk for one in (*people, kept_out, his)],
        "sequence": version.sequence_id,
    }

    page = client.get(PAGE, asked).text

    assert tally(page) == "1 person begins"
    assert "1 more belong to colleagues" in page
    for why in ("on it already", "on it before", "placed or hired", "rule for entering"):
        assert why in page
    assert tally(client.get(PAGE, asked | {"restart": "1"}).text) == "2 people begin"
    assert tally(client.post(PAGE, asked | {"show": "1"}).text) == "1 person begins"
    assert Enrollment.objects.count() == 2


def test_several_who_begin_can_be_taken_back_for_ten_minutes(
    client: Client, alice: User, version: SequenceVersion
) -> None:
    people = [make.candidate(owner=alice).pk for _ in range(3)]
    said = {"id": people, "sequence": version.sequence_id, "list": "?status=passive"}
    with clock.pinned(make.NOW):
        page = client.post(PAGE, said, follow=True).text
        assert f"3 people began “{version.sequence.name}”." in page
        assert "Nothing goes before" in page
        [undo] = re.findall(r'action="(/candidates/sequence/\d+/undo/)"', page)
        assert signed_in(make.user("Bob Lind")).post(undo).status_code == 403
        assert Enrollment.objects.filter(next_step_at=make.NOW + enrollment.UNDO).count() == 3
        Enrollment.objects.filter(candidate=people[0]).update(position=1)

        page = client.post(undo, follow=True).text
        assert "2 people taken off it, as if they had never begun." in page
        assert "1 person had begun by then, and stay" in page
        assert "Too late" in client.post(undo, follow=True).text
        assert Enrollment.objects.get().candidate_id == people[0]
        Enrollment.objects.all().delete()
        assert "taken back already" in client.post(undo, follow=True).text


def test_what_is_too_late_is_not_offered(
    client: Client, alice: User, version: SequenceVersion
) -> None:
    people = [make.candidate(owner=alice).pk for _ in range(2)]
    with clock.pinned(make.NOW):
        client.post(PAGE, {"id": people, "sequence": version.sequence_id})
        page = client.get("/candidates/").text
        [undo] = re.findall(r'action="(/candidates/sequence/\d+/undo/)"', page)
    with clock.pinned(make.NOW + enrollment.UNDO + timedelta(seconds=1)):
        assert undo not in client.get("/candidates/").text
        admin = signed_in(make.user("Ada", Role.ADMIN))
        assert "Too late" in admin.post(undo, follow=True).text
    assert Enrollment.objects.count() == 2


def test_nobody_begins_where_no_sequence_runs(
    client: Client, alice: User, version: SequenceVersion
) -> None:
    ana = make.candidate(owner=alice)
    Sequence.objects.update(state="paused")
    asked: dict[str, Any] = {"id": [ana.pk], "sequence": version.sequence_id}
    for page in (client.get(PAGE, asked).text, client.post(PAGE, asked).text):
        assert "No sequence runs." in page
    Sequence.objects.update(state="active")
    make.enrollment(ana, version)
    assert "Nobody began it." in client.post(PAGE, asked, follow=True).text
