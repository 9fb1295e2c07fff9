"""The pages about market notes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.db.test_check_ins import note
from warmbench.accounts.models import Role, User
from warmbench.nurture.models import MarketSnippet
from warmbench.people.models import Tag

NOW = make.NOW
TODAY = NOW.date()
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def client(browse: Browse) -> Client:
    return browse(make.user("Alice Meyer"))


@pytest.fixture
def devops() -> Tag:
    technology = make.tag("Technology", Tag.Kind.CATEGORY)
    make.tag("Cybersecurity", Tag.Kind.SPECIALTY, parent=technology)
    return make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY, parent=technology)


def entered(**fields: object) -> dict[str, object]:
    usual = {"text": "Hiring has picked up.", "topic": "", "language": "en", "state": "live"}
    return {**usual, "expires_on": (TODAY + 30 * DAY).isoformat(), **fields}


def test_without_notes_it_leads_to_the_first_one(client: Client) -> None:
    assert "Nothing is said about the market" in client.get("/sequences/market/").text


def test_the_list_says_how_old_each_is_and_what_is_lacking(client: Client, devops: Tag) -> None:
    note("For DevOps.", devops, written_on=TODAY - 90 * DAY, expires_on=TODAY + 5 * DAY)
    note("Of last year.", devops, expires_on=TODAY - DAY)
    note("For all.", None)
    note("No more.", None, state="retired")
    page = client.get("/sequences/market/").text
    for said in (
        *("For DevOps.", "90 days ago", "Expires soon", "Expired", "For all.", "Say it again"),
        *("Cybersecurity", "as for everybody", "1 expires soon", "1 has expired"),
    ):
        assert said in page


def test_a_note_is_written_changed_retired_and_brought_back(client: Client, devops: Tag) -> None:
    there = client.post("/sequences/market/new/", entered(topic=devops.pk), follow=True)
    assert "Hiring has picked up." in there.text
    made = MarketSnippet.objects.get()
    assert (made.topic, made.owner, made.written_on) == (devops, there.context["user"], TODAY)

    page = f"/sequences/market/{made.pk}/"
    assert "Hiring has picked up." in client.get(page).text
    client.post(page, entered(text="It has slowed down.", topic=devops.pk))
    client.post(f"{page}retire/")
    made.refresh_from_db()
    assert (made.text, made.state) == ("It has slowed down.", "retired")
    client.post(f"{page}retire/", {"back": "1"})
    made.refresh_from_db()
    assert made.state == "live"


def test_a_draft_is_not_said_to_be_live(client: Client) -> None:
    there = client.post("/sequences/market/new/", entered(state="draft"), follow=True)
    assert "Kept as a draft." in there.text
    assert "Check-ins say it" not in there.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "Write a sentence or two."),
        ({"text": "No full stop"}, "End with a full stop"),
        ({"expires_on": TODAY.isoformat()}, "Choose a day after today."),
        ({"expires_on": (TODAY + 500 * DAY).isoformat()}, "within a year"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    client: Client, wrong: dict[str, object], said: str
) -> None:
    answer = client.post("/sequences/market/new/", entered(**wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert not MarketSnippet.objects.exists()


def test_an_expired_note_that_is_brought_back_is_not_said(client: Client) -> None:
    old = note("Of last year.", None, state="retired", expires_on=TODAY - DAY)
    there = client.post(f"/sequences/market/{old.pk}/retire/", {"back": "1"}, follow=True)
    assert "It has expired" in there.text
    assert "It is said again." not in there.text


def test_a_new_note_begins_with_the_specialty_that_lacks_one(client: Client, devops: Tag) -> None:
    page = client.get(f"/sequences/market/new/?topic={devops.pk}").text
    assert f'value="{devops.pk}" selected' in page


def test_who_only_looks_cannot_change_anything(browse: Browse) -> None:
    made = note("For all.")
    viewer = browse(make.user("Vera Viewer", Role.VIEWER))
    assert "New note" not in viewer.get("/sequences/market/").text
    assert viewer.post(f"/sequences/market/{made.pk}/retire/").status_code == 403
