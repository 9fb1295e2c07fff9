"""The lead's view: everybody's queue in numbers, what nobody has, and who may give it."""

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from warmbench.accounts.models import Absence, Role, User
from warmbench.signals.models import FollowUp
from warmbench.web import lead_figures

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


def done(owner: User, *, after: timedelta, due: timedelta) -> None:
    """That somebody dealt with a reply of yesterday, so long after it came."""
    entry = make.follow_up(make.candidate(owner=owner))
    asked = NOW - timedelta(days=1)
    FollowUp.objects.filter(pk=entry.pk).update(
        state="done",
        outcome="reached",
        asked_at=asked,
        due_at=asked + due,
        done_at=asked + after,
        done_by=owner,
    )


def test_each_recruiter_is_a_line_of_numbers(client: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    make.follow_up(make.candidate(owner=alice), due=NOW - timedelta(hours=1))
    make.follow_up(make.candidate(owner=alice), due=NOW + timedelta(hours=2))
    done(bob, after=timedelta(hours=2), due=timedelta(hours=4))
    done(bob, after=timedelta(hours=6), due=timedelta(hours=4))
    Absence.objects.create(
        user=bob, cover=alice, first_day=NOW.date(), last_day=NOW.date(), by=bob, at=NOW
    )

    hers, his = lead_figures.of(now=NOW).desks

    assert (hers.load.open, hers.load.overdue, hers.load.due_today, hers.in_time) == (2, 1, 1, None)
    assert (his.load.open, his.load.done, his.in_time, his.answers) == (0, 2, 50, "4 h")
    assert his.absence
    page = client.get("/team/work/").text
    assert "away until 3 Mar, Alice Meyer covers" in page
    assert "50 %" in page


def test_what_waits_is_drawn_by_kind_and_age(client: Client, alice: User) -> None:
    for days in (0, 0, 2, 30):
        entry = make.follow_up(make.candidate(owner=alice))
        asked = NOW - timedelta(days=days)
        FollowUp.objects.filter(pk=entry.pk).update(asked_at=asked)
    make.follow_up(make.candidate(owner=alice), reason=FollowUp.Reason.MOVED)

    replies, changes = lead_figures.ageing(now=NOW)

    assert [(part.label, part.count, part.length) for part in replies.parts] == [
        ("under a day", 2, 500),
        ("1 to 3 days", 1, 250),
        ("over 2 weeks", 1, 250),
    ]
    assert (changes.label, changes.total) == ("Changes", 1)
    assert "2 under a day, 1 1 to 3 days" in client.get("/team/work/").text


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(None, ""), (0.2, "1 min"), (40, "40 min"), (300, "5 h"), (60 * 72, "3 days")],
)
def test_ages_are_said_as_one_says_them(minutes: float | None, words: str) -> None:
    long = None if minutes is None else timedelta(minutes=minutes)
    assert lead_figures.span(long) == words


def test_what_nobody_has_is_given_by_administrators(browse: Browse, alice: User) -> None:
    gone = make.user("Gone Once")
    lost = [make.follow_up(make.candidate()), make.follow_up(make.candidate(owner=gone))]
    hers = make.follow_up(make.candidate(owner=alice))
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    admin = browse(make.user("Nadia Quist", Role.ADMIN))
    page = admin.get("/team/work/").text
    assert "Gone Once" in page
    assert "Give to" in page

    sent = {"id": [one.pk for one in lost], "to": alice.pk}
    assert browse(alice).post("/team/work/give/", sent).status_code == 403
    answer = admin.post("/team/work/give/", sent, follow=True)

    assert "2 entries given to Alice Meyer." in answer.text
    assert set(FollowUp.objects.values_list("owner", flat=True)) == {alice.pk}
    again = admin.post("/team/work/give/", {"id": [hers.pk], "to": alice.pk}, follow=True)
    assert "Select entries" in again.text


def test_anybodys_queue_is_read_and_worked_off_by_administrators(
    client: Client, browse: Browse
) -> None:
    bob = make.user("Bob Lind")
    entry = make.follow_up(make.candidate(owner=bob), text="Only for Bob")
    done_address = f"/follow-ups/{entry.pk}/done/?next=%2Fteam%2Fwork%2F{bob.pk}%2F"
    seen = client.get(f"/team/work/{bob.pk}/").text
    assert "Only for Bob" in seen
    assert done_address not in seen
    admin = browse(make.user("Nadia Quist", Role.ADMIN))
    assert done_address in admin.get(f"/team/work/{bob.pk}/?kind=replies&shown=10").text
    assert "Nobody is waiting" in admin.get(f"/team/work/{bob.pk}/?kind=calls").text


def test_the_numbers_are_had_as_a_file(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(name="=1+1")
    bob = make.user("Bob Lind")
    Absence.objects.create(
        user=bob, cover=alice, first_day=NOW.date(), last_day=NOW.date(), by=bob, at=NOW
    )
    make.follow_up(make.candidate(owner=alice))
    rows = list(csv.DictReader(client.get("/team/work/csv/").text.splitlines()))
    by_name = {row["recruiter"]: row for row in rows}
    assert by_name["'=1+1"]["open"] == "1"
    assert by_name["Bob Lind"]["away_until"] == "2026-03-03"
    assert by_name["Bob Lind"]["cover"] == "'=1+1"


def test_more_recruiters_and_entries_cost_no_more_questions(client: Client, alice: User) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/team/work/")
        return len(asked)

    make.follow_up(make.candidate(owner=alice))
    make.follow_up(make.candidate())
    questions()
    few = questions()
    for name in ("Bob Lind", "Carla Jensen", "Dev Marino"):
        owner = make.user(name)
        for _ in range(3):
            make.follow_up(make.candidate(owner=owner))
            make.follow_up(make.candidate())
    assert questions() <= few
