"""The drawer of Today: what it shows about one person, to whom, and by how many questions."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import InboundMail, Thread
from warmbench.people import looks
from warmbench.people.models import Candidate
from warmbench.signals.models import FollowUp

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


def wrote(one: Candidate, text: str) -> InboundMail:
    thread = Thread.objects.create(candidate=one, last_at=NOW, waiting_since=NOW)
    return InboundMail.objects.create(
        source="imap:1",
        digest=text,
        raw=b"",
        received_at=NOW,
        state=InboundMail.State.DONE,
        kind=InboundMail.Kind.REPLY,
        new_text=text,
        candidate=one,
        thread_id=thread.pk,
    )


def test_it_says_who_they_are_and_why_now(client: Client, alice: User) -> None:
    sender = make.sender(alice)
    ana = make.candidate(owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(
        job_title="Welder",
        employer="Globex",
        city="Lisbon",
        time_zone="Europe/Lisbon",
        country="PT",
        last_conversation_on=date(2026, 1, 12),
        last_conversation_topic="the night shift",
        last_conversation_note="Would move for a day shift.",
        profile_url="https://profiles.example/ana",
    )
    make.phone(ana, "+351211234567")
    make.sent(ana, sender, at=NOW - timedelta(days=9))
    make.signal(ana)
    reply = wrote(ana, "Tell me more about the day shift, please.")
    entry = make.follow_up(ana, text="Replied: wants to know more")

    page = client.get(f"/candidates/{ana.pk}/drawer/?entry={entry.pk}").text

    for said in (
        "Welder at Globex, Lisbon",
        "with Alice Meyer",
        "Replied: wants to know more",
        "the night shift",
        "Would move for a day shift.",
        "Tell me more about the day shift, please.",
        "+351 21 123 4567",
        "<b>09:00</b> now",
        "best to call",
        "https://profiles.example/ana",
        "To begin with",
        "Why 20",
        "Points halve every 30 days.",
        'By <a href="/warmth/">version 1</a>',
        f"/replies/{reply.pk}/",
        f"/replies/threads/{reply.thread_id}/",
        f"/follow-ups/{entry.pk}/done/",
    ):
        assert said in page


def test_it_says_little_of_whom_little_is_known(client: Client) -> None:
    ana = make.candidate()
    Candidate.objects.filter(pk=ana.pk).update(
        country="", time_zone="", profile_url="javascript:alert(1)"
    )
    page = client.get(f"/candidates/{ana.pk}/drawer/").text
    assert "Nothing is to be done about them now." in page
    assert "Nobody knows where they live" in page
    assert "javascript:" not in page


def test_whoever_may_not_act_reads_only(client: Client) -> None:
    ana = make.candidate(owner=make.user("Bob Lind"))
    entry = make.follow_up(ana)
    page = client.get(f"/candidates/{ana.pk}/drawer/").text
    assert "with Bob Lind" in page
    assert f"/follow-ups/{entry.pk}/done/" not in page


def test_that_somebody_looked_is_kept(client: Client, alice: User) -> None:
    ana = make.candidate()
    client.get(f"/candidates/{ana.pk}/drawer/")
    looked = AuditEntry.objects.filter(subject=f"candidate:{ana.pk}", action=looks.ACTION)
    assert [one.actor_id for one in looked] == [alice.pk]


def test_a_call_brings_what_to_say_and_the_entry_that_was_opened_comes_first(
    client: Client, alice: User
) -> None:
    ana = make.candidate(owner=alice)
    role = make.role(make.tag("Welding"), title="Welder on the day shift", owner=alice)
    call = make.follow_up(ana, reason=FollowUp.Reason.CALL, text="No answer to our mail")
    FollowUp.objects.filter(pk=call.pk).update(
        evidence=[{"at": NOW.isoformat(), "text": "x", "signal": None, "about": f"role:{role.pk}"}]
    )
    other = make.follow_up(ana, due=NOW + timedelta(days=9))
    page = client.get(f"/candidates/{ana.pk}/drawer/?entry={other.pk}").text
    assert "What to say" in page
    assert "May I name you?" in page
    assert f"/follow-ups/{other.pk}/done/" in page


def test_more_about_somebody_costs_no_more_questions(client: Client, alice: User) -> None:
    def questions(one: Candidate) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/candidates/{one.pk}/drawer/")
        return len(asked)

    def person(times: int) -> Candidate:
        one = make.candidate(owner=alice)
        make.phone(one)
        for number in range(times):
            make.signal(one, at=NOW - timedelta(days=number))
            wrote(one, f"Mail {number} of {one.pk}")
            make.sent(one, sender, at=NOW - timedelta(days=number))
        reasons = [FollowUp.Reason.REPLIED, FollowUp.Reason.MOVED, FollowUp.Reason.COOLING]
        for reason in reasons[:times]:
            make.follow_up(one, reason=reason)
        return one

    sender = make.sender(alice)
    # Of what was said between us the last few are shown, however much it is.
    few, many = person(4), person(9)
    for one in (few, many):
        questions(one)
    assert questions(many) == questions(few)
