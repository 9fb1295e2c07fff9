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
from warmbench.accounts.models import Absence, Role, User
from warmbench.insight.models import Source
from warmbench.messaging import switches
from warmbench.messaging.models import Attempt, Message, Switch
from warmbench.people.models import Candidate, Channel, ContactPoint, Tag
from warmbench.signals import follow_ups, offers
from warmbench.signals.models import FollowUp, Signal
from warmbench.web import queue, queue_rows
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


def waiting(user: User, kind: str = "") -> list[str]:
    """Whose entries stand in somebody's queue, in its order."""
    return [e.follow_up.candidate.name for e in queue.of(user, now=NOW, kind=kind).entries]


def named(name: str, owner: User | None = None) -> Candidate:
    first, _, last = name.partition(" ")
    made = make.candidate(owner=owner)
    Candidate.objects.filter(pk=made.pk).update(first_name=first, last_name=last)
    made.refresh_from_db()
    return made


def test_a_new_team_is_led_to_the_import(client: Client) -> None:
    page = client.get("/").text
    assert "Bring your candidates in" in page


def test_with_candidates_but_nothing_to_do_it_says_so(client: Client) -> None:
    make.candidate()
    assert "Nobody is waiting" in client.get("/").text


def test_what_is_worth_most_and_most_urgent_stands_first(alice: User) -> None:
    for name, value, hours in (
        ("Ana Costa", 90, 100),
        ("Ben Roth", 40, -60),
        ("Chen Li", 60, -1),
        ("Dana Fox", 30, 2),
    ):
        make.follow_up(named(name, alice), value=value, due=NOW + timedelta(hours=hours))

    assert waiting(alice) == ["Chen Li", "Ben Roth", "Ana Costa", "Dana Fox"]


def test_a_line_stands_where_nothing_is_due_today_any_more(client: Client, alice: User) -> None:
    make.follow_up(make.candidate(owner=alice), value=80)
    assert "Nothing below is due today" not in client.get("/").text
    make.follow_up(make.candidate(owner=alice), value=10, due=NOW + timedelta(days=5))
    page = client.get("/").text
    assert page.count("Nothing below is due today") == 1


def test_the_queue_is_narrowed_to_one_kind(client: Client, alice: User) -> None:
    make.follow_up(named("Ana Costa", alice))
    make.follow_up(named("Ben Roth", alice), reason=FollowUp.Reason.MOVED)
    make.follow_up(named("Chen Li"))

    chips = {chip.key: chip.count for chip in queue.of(alice, now=NOW).chips}
    assert {key: count for key, count in chips.items() if count} == {
        "replies": 1,
        "changes": 1,
        "nobody": 1,
    }
    assert waiting(alice, "changes") == ["Ben Roth"]
    assert waiting(alice, "nobody") == ["Chen Li"]
    assert waiting(alice, "chores") == []
    assert waiting(alice, "no such kind") == waiting(alice) == ["Ana Costa", "Ben Roth"]
    assert "Nothing of this kind" in client.get("/?kind=calls").text


def test_every_reason_has_its_kind() -> None:
    kinds = {queue.kind_of(reason) for reason in FollowUp.Reason.values}
    assert kinds == set(queue.KINDS)


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
    # What was noted is kept to be read, with the entry: a later talk overwrites it on the person.
    assert Source.objects.get().text == "April"


@pytest.mark.parametrize("said", [{"outcome": "reached"}, {"outcome": "other", "note": "x"}])
def test_what_was_no_talk_or_has_no_words_is_no_text(
    client: Client, alice: User, said: dict[str, str]
) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    client.post(f"/follow-ups/{entry.pk}/done/", said, headers=HTMX)
    assert FollowUp.objects.get().state == "done"
    assert not Source.objects.exists()


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
    assert answer.status_code == 422
    assert "What came of it?" in answer.text
    assert FollowUp.objects.get().state == "open"


def test_every_outcome_says_what_follows_and_asks_for_what_it_needs(
    client: Client, alice: User
) -> None:
    role = make.role(make.tag("Welding"), owner=alice)
    entry = make.follow_up(make.candidate(owner=alice))
    form = client.get(f"/follow-ups/{entry.pk}/done/", headers=HTMX).text
    for said in ("reserves them for you for 14 days", role.title, 'name="until"'):
        assert said in form

    address = f"/follow-ups/{entry.pk}/done/"
    no_role = client.post(address, {"outcome": "role_interest"}, headers=HTMX)
    assert (no_role.status_code, "Choose the role" in no_role.text) == (422, True)
    too_soon = client.post(address, {"outcome": "not_now", "until": "2026-03-03"}, headers=HTMX)
    assert (too_soon.status_code, "Choose a day after today" in too_soon.text) == (422, True)
    client.post(address, {"outcome": "not_now", "until": "2026-06-01"}, headers=HTMX)
    entry.refresh_from_db()
    assert (entry.state, entry.outcome) == ("done", "not_now")


def test_a_message_left_keeps_the_entry_and_brings_it_back(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    said = ""
    for _ in range(3):
        answer = client.post(
            f"/follow-ups/{entry.pk}/done/", {"outcome": "left_message"}, headers=HTMX
        )
        said = json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    entry.refresh_from_db()
    assert (entry.state, entry.tries) == ("open", 3)
    assert "3rd try: is it time to close it?" in said


def test_who_is_called_is_shown_with_the_number_and_the_time_there(
    client: Client, alice: User
) -> None:
    ana = make.candidate(owner=alice)
    entry = make.follow_up(ana)
    asked = f"/follow-ups/{entry.pk}/done/?calling=1"
    assert "there" not in client.get(asked, headers=HTMX).text.split("answers")[0]
    make.phone(ana, "+4915112345678")
    Candidate.objects.filter(pk=ana.pk).update(time_zone="Europe/Lisbon")
    form = client.get(asked, headers=HTMX).text
    assert "+49 1511 2345678" in form
    assert "09:00 where they are" in form


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
        ({"until": "week"}, date(2026, 3, 10)),
        ({"until": "day", "day": "2026-03-20"}, date(2026, 3, 20)),
        ({"until": "reply", "latest": "2026-05-20"}, date(2026, 5, 20)),
        ({"until": "role", "latest": ""}, date(2026, 4, 2)),
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
    assert entry.wakes_on == (sent["until"] if sent["until"] in FollowUp.Wakes.values else "")
    assert "Snoozed" in answer.text


@pytest.mark.parametrize("day", ["", "2026-03-03", "2020-01-01", "soon"])
def test_a_snooze_ends_after_today(client: Client, alice: User, day: str) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    address = f"/follow-ups/{entry.pk}/snooze/"
    answer = client.post(address, {"until": "day", "day": day}, headers=HTMX)
    assert answer.status_code == 422
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
    assert not waiting(alice)

    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    undone = client.post(undo, headers=HTMX)

    assert (undone.status_code, undone.headers["HX-Refresh"]) == (204, "true")
    assert len(waiting(alice)) == 1
    assert "is back in the queue" in client.get("/").text


def test_on_today_an_undo_shows_the_queue_anew_and_leaves_the_page(
    client: Client, alice: User
) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    client.post(f"/follow-ups/{entry.pk}/snooze/", {"until": "tomorrow"}, headers=HTMX)
    there = {**HTMX, "HX-Current-URL": "http://testserver/?kind=replies"}
    undone = client.post(f"/follow-ups/{entry.pk}/undo/", headers=there)
    assert 'id="queue" hx-swap-oob="true"' in undone.text
    assert f'id="follow-up-{entry.pk}"' in undone.text


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


def test_an_entry_stays_until_the_colleague_accepts(
    client: Client, alice: User, browse: Browse
) -> None:
    bob = make.user("Bob Lind")
    entry = make.follow_up(named("Ana Costa", alice))

    answer = client.post(
        f"/follow-ups/{entry.pk}/hand-over/",
        {"to": bob.pk, "note": "You know her"},
        headers=HTMX,
    )

    assert "Until then they stay with you" in answer.headers["HX-Trigger"]
    assert "offered to Bob Lind" in client.get("/").text
    assert waiting(alice) == ["Ana Costa"]
    bobs = browse(bob)
    page = bobs.get("/").text
    for said in ("Offered to you", "“You know her”", "from Alice Meyer", "Accept", "Decline"):
        assert said in page
    assert waiting(bob) == []
    bobs.post(f"/follow-ups/{entry.pk}/accept/", headers=HTMX)
    assert (waiting(alice), waiting(bob)) == ([], ["Ana Costa"])
    again = bobs.post(f"/follow-ups/{entry.pk}/accept/", headers=HTMX)
    assert "no longer offered" in again.headers["HX-Trigger"]


def test_an_offer_is_declined_or_taken_back(client: Client, alice: User, browse: Browse) -> None:
    bob = make.user("Bob Lind")
    entry = make.follow_up(named("Ana Costa", alice))
    for ends in ("decline", "offer/withdraw"):
        offers.offer(entry.pk, to_id=bob.pk, by_id=alice.pk, now=NOW)
        assert queue.of(bob, now=NOW).offered
        whose = browse(bob) if ends == "decline" else client
        whose.post(f"/follow-ups/{entry.pk}/{ends}/", headers=HTMX)
        assert not queue.of(bob, now=NOW).offered
        assert waiting(alice) == ["Ana Costa"]
    again = client.post(f"/follow-ups/{entry.pk}/offer/withdraw/", follow=True)
    assert "answered already" in again.text
    assert (
        "no longer offered"
        in browse(bob).post(f"/follow-ups/{entry.pk}/decline/", follow=True).text
    )


def test_an_administrator_may_give_without_asking(browse: Browse, alice: User) -> None:
    admin = browse(make.user("Nadia Quist", Role.ADMIN))
    bob = make.user("Bob Lind")
    entry = make.follow_up(named("Ana Costa", alice))
    given = {"to": bob.pk, "at_once": "on"}
    admin.post(f"/follow-ups/{entry.pk}/hand-over/", given, headers=HTMX)
    assert (waiting(alice), waiting(bob)) == ([], ["Ana Costa"])


def test_nobodys_entry_can_be_taken(client: Client, alice: User) -> None:
    entry = make.follow_up(named("Ana Costa"))
    assert "1 stands in nobody" in client.get("/").text
    assert "Take it" in client.get("/?kind=nobody").text
    client.post(f"/follow-ups/{entry.pk}/take/", headers=HTMX)
    assert waiting(alice) == ["Ana Costa"]


def test_whoever_stands_in_sees_for_whom(client: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    entry = make.follow_up(named("Ana Costa", bob))
    today = NOW.date()
    Absence.objects.create(
        user=bob, cover=alice, first_day=today, last_day=today + timedelta(days=3), by=bob, at=NOW
    )
    assert "for Bob Lind until 6 Mar" in client.get("/").text
    client.post(f"/follow-ups/{entry.pk}/done/", {"outcome": "other"}, headers=HTMX)
    assert FollowUp.objects.get().done_by == alice


def test_a_note_stands_with_the_entry(client: Client, alice: User) -> None:
    entry = make.follow_up(make.candidate(owner=alice))
    address = f"/follow-ups/{entry.pk}/note/"
    assert "Keep the note" in client.get(address, headers=HTMX).text
    assert client.post(address, {"note": " "}, headers=HTMX).status_code == 422
    answer = client.post(address, {"note": "Wants to move to Lyon"}, headers=HTMX)
    assert "Alice Meyer: Wants to move to Lyon" in answer.text
    assert "Wants to move to Lyon" in client.get("/").text


def test_several_are_worked_off_at_once_and_taken_back(client: Client, alice: User) -> None:
    entries = [make.follow_up(make.candidate(owner=alice)) for _ in range(3)]
    others = make.follow_up(make.candidate(owner=make.user("Bob Lind")))
    ids = [one.pk for one in (*entries, others)]
    form = client.get("/today/several/done/", {"id": ids}, headers=HTMX).text
    assert "3 selected" in form
    assert "Interested in a role" not in form
    for what, sent in (("done", {"outcome": "reached"}), ("snooze", {"until": "monday"})):
        answer = client.post(f"/today/several/{what}/", {"id": ids, **sent}, headers=HTMX)
        triggers = json.loads(answer.headers["HX-Trigger"])
        assert triggers["acted"]["gone"] == ids[:3]
        assert waiting(alice) == []
        client.post(triggers["toast"]["undo"], headers=HTMX)
        assert len(waiting(alice)) == 3


def test_several_are_offered_at_once_and_taken_back(client: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    ids = [make.follow_up(make.candidate(owner=alice)).pk for _ in range(2)]
    answer = client.post("/today/several/hand-over/", {"id": ids, "to": bob.pk}, headers=HTMX)
    assert len(queue.of(bob, now=NOW).offered) == 2
    client.post(json.loads(answer.headers["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert not queue.of(bob, now=NOW).offered


def test_several_are_given_at_once_by_an_administrator(browse: Browse, alice: User) -> None:
    admin = browse(make.user("Nadia Quist", Role.ADMIN))
    bob = make.user("Bob Lind")
    ids = [make.follow_up(make.candidate(owner=alice)).pk for _ in range(2)]
    sent = {"id": ids, "to": bob.pk, "at_once": "on"}
    admin.post("/today/several/hand-over/", sent, headers=HTMX)
    assert len(waiting(bob)) == 2


def test_what_was_done_meanwhile_is_said_of_several(client: Client, alice: User) -> None:
    entries = [make.follow_up(make.candidate(owner=alice)) for _ in range(2)]
    follow_ups.done(entries[0].pk, outcome=FollowUp.Outcome.OTHER, by_id=alice.pk, now=NOW)
    ids = [one.pk for one in entries]
    answer = client.post("/today/several/done/", {"id": ids, "outcome": "reached"}, headers=HTMX)
    assert "1 entry done. 1 entry could not be" in answer.headers["HX-Trigger"]
    nothing = client.post("/today/several/done/", {"id": [], "outcome": "reached"}, headers=HTMX)
    assert "Select somebody first" in nothing.headers["HX-Trigger"]


def test_what_may_come_of_no_entry_of_this_kind_is_left_alone(client: Client, alice: User) -> None:
    gone = make.follow_up(make.candidate(owner=alice), reason=FollowUp.Reason.UNSUBSCRIBED)
    sent = {"outcome": "interested"}
    assert client.post(f"/follow-ups/{gone.pk}/done/", sent, headers=HTMX).status_code == 422
    both = [gone.pk, make.follow_up(make.candidate(owner=alice)).pk]
    form = client.post("/today/several/done/", {"id": both, **sent}, headers=HTMX)
    assert form.status_code == 422


def test_a_viewer_cannot_be_given_anything(client: Client, alice: User) -> None:
    viewer = make.user("Vic Viewer", Role.VIEWER)
    entry = make.follow_up(make.candidate(owner=alice))
    client.post(f"/follow-ups/{entry.pk}/hand-over/", {"to": viewer.pk}, headers=HTMX)
    entry.refresh_from_db()
    assert entry.owner == alice


def test_a_viewer_sees_no_buttons(browse: Browse) -> None:
    make.follow_up(make.candidate())
    page = browse(make.user("Vic Viewer", Role.VIEWER)).get("/?kind=nobody").text
    assert "data-open" in page
    for button in ("Take it", 'data-key="d"', 'data-key="x"'):
        assert button not in page


def test_a_long_queue_shows_its_beginning_first(client: Client, alice: User) -> None:
    for _ in range(queue.AT_ONCE + 2):
        make.follow_up(make.candidate(owner=alice))
    page = client.get("/").text
    assert page.count("data-drawer") == queue.AT_ONCE
    assert "2 more</span>" in page
    more = client.get("/today/rows/", {"first": queue.AT_ONCE}, headers=HTMX).text
    assert more.count("data-drawer") == 2
    assert "Show more" not in more
    assert client.get("/", {"shown": "100"}).text.count("data-drawer") == queue.AT_ONCE + 2


def test_more_entries_cost_no_more_questions(client: Client, alice: User) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        return len(asked)

    def fill(times: int) -> None:
        for _ in range(times):
            one = make.candidate(owner=alice)
            make.signal(one)
            make.phone(one)
            make.follow_up(one)
            make.follow_up(one, reason=FollowUp.Reason.CALL)

    fill(2)
    few = questions()
    fill(10)
    assert questions() == few


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
    assert queue_rows.due_words(NOW + timedelta(hours=hours), now=NOW) == words


def test_the_frame_counts_what_is_due_and_tells_of_a_stop(client: Client, alice: User) -> None:
    make.follow_up(make.candidate(owner=alice))
    switches.engage(Switch.Scope.EVERYTHING, by_id=alice.pk, reason="A wrong figure.", now=NOW)

    page = client.get("/candidates/").text

    assert '<span class="count" data-count="today">1</span>' in page
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
