"""The page Today: what it shows to whom, and what its buttons do."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.messaging import switches
from warmbench.messaging.models import Attempt, Message, Switch
from warmbench.people.models import Candidate, Channel, ContactPoint, Tag
from warmbench.signals import follow_ups
from warmbench.signals.models import FollowUp, Signal
from warmbench.web import queue
from warmbench.web.templatetags import figures

NOW = make.NOW
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


def section_titles(user: User) -> dict[str, int]:
    return {s.title: s.total for s in queue.of(user, now=NOW).sections}


def test_a_new_team_is_led_to_the_import(client: Client) -> None:
    page = client.get("/").text
    assert "Bring your candidates in" in page


def test_with_candidates_but_nothing_to_do_it_says_so(client: Client) -> None:
    make.candidate()
    assert "Nobody is waiting" in client.get("/").text


def test_entries_stand_under_when_they_are_due(alice: User) -> None:
    for due in (-1, 3, 30):
        make.follow_up(make.candidate(owner=alice), due=NOW + timedelta(hours=due))
    make.follow_up(make.candidate())

    assert section_titles(alice) == {"Overdue": 1, "Today": 1, "Later": 1, "Without a recruiter": 1}


def test_a_row_says_why_and_how_to_reach_them(client: Client, alice: User) -> None:
    ana = make.candidate(make.tag("Welding", Tag.Kind.SPECIALTY), owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(
        job_title="Welder",
        employer="Globex",
        last_conversation_on=date(2025, 9, 1),
        last_conversation_topic="the night shift",
    )
    ContactPoint.objects.create(
        candidate=ana, channel=Channel.SMS, address="+4915112345678", added_at=NOW
    )
    make.signal(ana, Signal.Kind.REPLIED)
    make.follow_up(ana)

    page = client.get("/").text

    for said in (
        "Welder at Globex",
        "Replied: Interested",
        "Last spoken with on 1 September 2025 about the night shift",
        "by 13:00",
        "Welding",
        'href="tel:+4915112345678"',
        "+49 1511 2345678",
        "<b>40</b>warmth",
    ):
        assert said in page


def test_what_candidates_are_called_is_text_and_nothing_else(client: Client, alice: User) -> None:
    ana = make.candidate(owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(first_name="<script>alert(1)</script>{{7*7}}")
    make.follow_up(ana)

    page = client.get("/").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
    assert "<script>alert" not in page


def test_others_queues_stay_theirs(client: Client) -> None:
    bob = make.user("Bob Lind")
    make.follow_up(make.candidate(owner=bob), text="Only for Bob")
    assert "Only for Bob" not in client.get("/").text


def test_done_closes_the_entry_with_what_came_of_it(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate(owner=alice))

    answer = client.post(
        f"/follow-ups/{entry.pk}/done/", {"outcome": "reached", "note": "April"}, headers=HTMX
    )

    entry.refresh_from_db()
    assert (entry.state, entry.outcome, entry.note) == ("done", "reached", "April")
    assert entry.done_by == alice
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["level"] == "info"
    assert "Done in the last week" in answer.text


def test_without_scripts_it_leads_back_to_the_page(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    answer = client.post(f"/follow-ups/{entry.pk}/done/", {"outcome": "reached"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Done: Ana" in answer.text


def test_a_form_leads_where_it_says_but_never_elsewhere(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    for to, led in (("/candidates/", "/candidates/"), ("https://evil.example/", "/")):
        answer = client.post(f"/follow-ups/{entry.pk}/snooze/", {"until": "tomorrow", "next": to})
        assert answer.headers["Location"] == led


@pytest.mark.parametrize("sent", [{}, {"outcome": "withdrawn"}, {"outcome": "?"}])
def test_what_the_system_alone_says_cannot_be_said(
    client: Client, alice: User, sent: dict[str, str]
) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    answer = client.post(f"/follow-ups/{entry.pk}/done/", sent, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["level"] == "error"
    assert FollowUp.objects.get().state == "open"


def test_whoever_is_second_is_told(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    follow_ups.done(entry.pk, outcome=FollowUp.Outcome.OTHER, by_id=alice.pk, now=NOW)
    answer = client.post(f"/follow-ups/{entry.pk}/done/", {"outcome": "reached"}, headers=HTMX)
    assert "Somebody else" in answer.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ({"until": "tomorrow"}, date(2026, 3, 4)),
        ({"until": "monday"}, date(2026, 3, 9)),
        ({"until": "month"}, date(2026, 4, 2)),
        ({"until": "day", "day": "2026-03-20"}, date(2026, 3, 20)),
    ],
)
def test_snoozed_entries_come_back_in_the_morning(
    client: Client, alice: User, sent: dict[str, str], day: date
) -> None:
    entry = make.follow_up(make.candidate(owner=alice))

    answer = client.post(f"/follow-ups/{entry.pk}/snooze/", sent, headers=HTMX)

    entry.refresh_from_db()
    assert entry.snoozed_until
    hour = 7 if day < date(2026, 3, 29) else 6  # Eight in Berlin.
    assert entry.snoozed_until.date() == day
    assert entry.snoozed_until.hour == hour
    assert "Snoozed" in answer.text


@pytest.mark.parametrize("day", ["", "2026-03-03", "2020-01-01", "soon"])
def test_a_snooze_ends_after_today(client: Client, alice: User, day: str) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    client.post(f"/follow-ups/{entry.pk}/snooze/", {"until": "day", "day": day}, headers=HTMX)
    entry.refresh_from_db()
    assert entry.snoozed_until is None


@pytest.mark.parametrize(
    ("what", "sent"), [("done", {"outcome": "reached"}), ("snooze", {"until": "tomorrow"})]
)
def test_what_was_done_or_put_away_can_be_taken_back_at_once(
    client: Client, alice: User, what: str, sent: dict[str, str]
) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    answer = client.post(f"/follow-ups/{entry.pk}/{what}/", sent, headers=HTMX)
    assert not section_titles(alice)

    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    undone = client.post(undo, headers=HTMX)

    assert (undone.status_code, undone.headers["HX-Refresh"]) == (204, "true")
    assert section_titles(alice) == {"Today": 1}
    assert "is back in the queue" in client.get("/").text


@pytest.mark.parametrize(
    ("what", "sent"), [("done", {"outcome": "reached"}), ("snooze", {"until": "tomorrow"})]
)
def test_without_scripts_the_notice_and_the_lists_have_the_way_back(
    client: Client, alice: User, what: str, sent: dict[str, str]
) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    undo = f'action="/follow-ups/{entry.pk}/undo/"'

    page = client.post(f"/follow-ups/{entry.pk}/{what}/", sent, follow=True).text

    assert page.count(undo) == 2
    assert client.get("/").text.count(undo) == 1
    again = client.post(f"/follow-ups/{entry.pk}/undo/", follow=True)
    assert again.redirect_chain == [("/", 302)]
    assert undo not in again.text


def test_what_cannot_be_taken_back_any_more_is_said(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    answer = client.post(f"/follow-ups/{entry.pk}/undo/", follow=True)
    assert "There is nothing to take back" in answer.text


def test_only_whose_queue_it_is_takes_something_back(client: Client) -> None:
    entry = make.follow_up(make.candidate(owner=make.user("Bob Lind")))
    assert client.post(f"/follow-ups/{entry.pk}/undo/").status_code == 403


def test_an_entry_is_handed_to_a_colleague(client: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    entry = make.follow_up(make.candidate(owner=alice))

    client.post(f"/follow-ups/{entry.pk}/hand-over/", {"to": bob.pk}, headers=HTMX)

    assert section_titles(bob) == {"Today": 1}
    assert not section_titles(alice)


def test_nobodys_entry_can_be_taken(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate())
    assert "Take it" in client.get("/").text
    client.post(f"/follow-ups/{entry.pk}/hand-over/", {"to": alice.pk}, headers=HTMX)
    assert section_titles(alice) == {"Today": 1}


def test_a_viewer_cannot_be_given_anything(client: Client, alice: User) -> None:
    viewer = make.user("Vic Viewer", Role.VIEWER)
    entry = make.follow_up(make.candidate(owner=alice))
    client.post(f"/follow-ups/{entry.pk}/hand-over/", {"to": viewer.pk}, headers=HTMX)
    entry.refresh_from_db()
    assert entry.owner == alice


def test_a_viewer_sees_no_buttons(browse: Browse) -> None:
    make.follow_up(make.candidate())
    page = browse(make.user("Vic Viewer", Role.VIEWER)).get("/").text
    assert "Take it" not in page
    assert "Done</summary>" not in page


def test_a_long_section_shows_its_beginning_first(client: Client, alice: User) -> None:
    for _ in range(queue.AT_ONCE + 2):
        make.follow_up(make.candidate(owner=alice))
    assert "Show 2 more" in client.get("/").text
    assert "more</a>" not in client.get("/?all=today").text


def test_more_entries_cost_no_more_questions(client: Client, alice: User) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        return len(asked)

    for _ in range(2):
        make.follow_up(make.candidate(owner=alice))
    few = questions()
    for _ in range(10):
        make.signal(make.follow_up(make.candidate(owner=alice)).candidate)
    assert questions() <= few + 1  # The signals behind a warmth, once there are any.


def test_numbers_count_ones_own(client: Client, alice: User) -> None:
    hot = make.candidate(owner=alice)
    for _ in range(4):
        make.signal(hot)
    make.signal(make.candidate(owner=alice))
    others = make.candidate()
    for _ in range(4):
        make.signal(others)
    make.follow_up(hot, due=NOW - timedelta(hours=1))

    numbers = queue.numbers(alice, queue.of(alice, now=NOW), now=NOW)

    assert (numbers.due_today, numbers.overdue, numbers.warm) == (1, 1, 1)
    assert queue.due_today(alice, now=NOW) == 1


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (-49, ("2 days late", "over")),
        (-24, ("1 day late", "over")),
        (-2, ("2 hours late", "over")),
        (-0.5, ("due now", "over")),
        (3, ("by 12:00", "soon")),
        (24, ("tomorrow", "")),
        (72, ("by Friday", "")),
        (24 * 20, ("by 23 Mar", "")),
    ],
)
def test_a_deadline_is_said_as_one_says_it(hours: float, words: tuple[str, str]) -> None:
    assert queue.due_words(NOW + timedelta(hours=hours), now=NOW) == words


def test_the_frame_counts_what_is_due_and_tells_of_a_stop(client: Client, alice: User) -> None:
    make.follow_up(make.candidate(owner=alice))
    switches.engage(Switch.Scope.EVERYTHING, by_id=alice.pk, reason="A wrong figure.", now=NOW)

    page = client.get("/candidates/").text

    assert '<span class="count">1</span>' in page
    assert "All sending is stopped." in page
    assert "By Alice Meyer, 3 Mar, 10:00" in page
    assert "A wrong figure." in page


def test_the_messages_of_the_week_are_those_of_ones_own_mailbox(alice: User) -> None:
    def sent_this_week() -> tuple[int, bool]:
        numbers = queue.numbers(alice, queue.of(alice, now=NOW), now=NOW)
        return numbers.sent_this_week, numbers.own_mailbox

    ana = make.candidate(owner=alice)
    teams = make.sender(is_default=True)
    for sender, at in ((teams, NOW), (teams, NOW - timedelta(days=2))):
        attempt(make.sent(ana, sender, at=at), at=at)
    assert sent_this_week() == (1, False)

    mine = make.sender(alice)
    attempt(make.sent(ana, mine), at=NOW)
    attempt(make.sent(ana, mine), at=NOW)
    assert sent_this_week() == (2, True)


def attempt(message: Message, *, at: datetime) -> None:
    """That the mail server took the message."""
    Attempt.objects.create(
        message=message,
        candidate_id=message.candidate_id,
        sender_id=message.sender_id or 0,
        worker="test",
        claimed_at=at,
        lease_until=at,
        message_id_header=f"<{message.pk}@example.com>",
        outcome=Attempt.Outcome.ACCEPTED,
        finished_at=at,
    )


def test_a_stop_from_outside_the_database_is_told_too(client: Client, settings: Settings) -> None:
    settings.SENDING_STOPPED = True
    assert "By the administrator of this machine." in client.get("/").text


def test_everybody_sees_the_clock_of_their_own_place(browse: Browse) -> None:
    lisbon = make.user("Inês Faria")
    User.objects.filter(pk=lisbon.pk).update(time_zone="Europe/Lisbon")
    lisbon.refresh_from_db()
    make.follow_up(make.candidate(owner=lisbon))
    assert "by 12:00" in browse(lisbon).get("/").text


def test_a_forgotten_session_is_a_strangers(client: Client, alice: User) -> None:
    client.cookies["sessionid"] = "forgotten"
    assert client.get("/").headers["Location"].startswith("/sign-in/")


def test_what_cannot_be_dialled_is_left_as_it_is() -> None:
    assert figures.dialled("reception") == "reception"
