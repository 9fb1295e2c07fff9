"""The candidate's own page: everything that is held, why it is there, and what can be done."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from tests import make
from tests.make import NOW
from tests.web.public.forms import filled
from tests.web.public.pages import (
    LATER,
    assert_leaves_no_trace,
    may_be_written_to,
    page_of,
    rows,
)
from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.core.tokens import Purpose
from warmbench.messaging.letters import LINKS_LAST
from warmbench.messaging.models import Decision, Message, Sender
from warmbench.nurture.models import ContentUse, PoolMember, Step
from warmbench.people import facts, looks, rights, unmatched
from warmbench.people.facts import Kind, Saying, Word
from warmbench.people.models import (
    Candidate,
    CandidateFact,
    CandidateTag,
    Channel,
    ContactPoint,
    RightsRequest,
    Suppression,
    Tag,
)
from warmbench.signals import own_rights
from warmbench.signals.models import FollowUp, Signal, Warmth

ACTS = ["/correct", "/dispute", "/copy", "/object", "/erase"]


def path_of(mail: Message, more: str = "") -> str:
    return page_of(mail, Purpose.MY_DATA, more)


def words(response: object) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode().replace("&#x27;", "'").replace("&amp;", "&")


@pytest.fixture
def known(ana: Candidate, mail: Message, alice: User, box: Sender) -> Candidate:
    """Somebody whom we know well."""
    Candidate.objects.filter(pk=ana.pk).update(
        first_name="Anna-Lena",
        last_name="Moreau",
        city="Freiburg",
        job_title="Platform engineer",
        employer="Harbour & Sons",
        source="Old ATS",
        external_id="C-77",
        profile_url="https://profiles.example/ana",
        stage_reached="final",
        last_conversation_on=NOW.date() - timedelta(days=30),
        last_conversation_topic="the platform role",
        last_conversation_note="Would move for a team.",
    )
    ContactPoint.objects.create(
        candidate=ana, channel=Channel.SMS, address="+4915112345678", source="A form", added_at=NOW
    )
    ContactPoint.objects.create(
        candidate=ana,
        channel=Channel.EMAIL,
        address="old@example.com",
        standing=ContactPoint.Standing.DEAD,
        added_at=NOW,
        position=1,
    )
    cloud = make.tag("Cloud", Tag.Kind.SPECIALTY)
    for tag, source in ((cloud, "job title"), (make.tag("Java"), "candidate")):
        CandidateTag.objects.create(candidate=ana, tag=tag, source=source, added_at=NOW)
    unmatched.record([ana.pk], ["eBPF wizardry"], source="Old ATS", now=NOW)
    pay = {"amount": "98000", "currency": "EUR", "period": "year"}
    word = Word("candidate", "Preferences page, message 1", mail.pk)
    facts.say(ana.pk, [Saying(Kind.PAY, pay), Saying(Kind.RHYTHM, {"months": 2})], word, now=NOW)
    make.signal(ana, Signal.Kind.CLICKED, topic="Salaries for Ana", message=mail)
    entry = make.follow_up(ana)
    FollowUp.objects.filter(pk=entry.pk).update(
        state="done", note="Wants to be called in May.", done_by=alice, done_at=NOW
    )
    version = make.sequence(Step.Kind.CONTENT)
    type(version.sequence).objects.update(name="Stay in touch")
    make.enrollment(ana, version)
    pool = make.pool("status = passive")
    PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)
    Message.objects.filter(pk=mail.pk).update(
        purpose="content", sequence_id=version.sequence_id, sequence_version=1
    )
    ContentUse.objects.create(candidate=ana, piece=make.piece(cloud), message=mail, at=NOW)
    for stage, verdict, reason in (("planning", "later", "window"), ("claim", "allow", "")):
        Decision.objects.create(
            candidate_id=ana.pk,
            message_id=mail.pk,
            touch=mail.touch,
            stage=stage,
            verdict=verdict,
            reason=reason,
            until=LATER if reason else None,
            at=NOW,
            policy=1,
        )
    looks.note(ana.pk, by_id=alice.pk, now=NOW)
    audit.record(alice.pk, "candidate.corrected", f"candidate:{ana.pk}", now=NOW)
    rights.ask(ana.pk, rights.Kind.DISPUTE, channel="a letter", words="No!", now=NOW)
    return ana


class TestThePage:
    @pytest.mark.parametrize("more", ["", *ACTS])
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_shows_and_changes_nothing(
        self, mail: Message, reader: Client, method: str, more: str
    ) -> None:
        before = rows()
        response = getattr(reader, method)(path_of(mail, more))
        assert response.status_code == 200
        assert_leaves_no_trace(response)
        assert rows() == before

    def test_shows_what_is_held_and_where_it_came_from(
        self, known: Candidate, mail: Message, reader: Client
    ) -> None:
        page = words(reader.get(path_of(mail)))
        for said in (
            "Anna-Lena Moreau",
            "Freiburg, Germany",
            "Platform engineer",
            "Harbour & Sons",
            "Old ATS, 3 Mar 2026",
            "C-77",
            "profiles.example/ana",
            "the final round",
            "ana@example.com",
            "+4915112345678",
            "A form, 3 Mar 2026",
            "does not work any more",
            "read from your job title",
            "you yourself",
            "eBPF wizardry",
            "at least €98,000 a year",
            "at most once in 2 months",
            "the platform role",
            "Would move for a team.",
            "Wants to be called in May.",
            "Met at a fair",
            "You followed a link",
            "20 of 100",
            "Stay in touch",
            "A dispute",
            "You will be answered by 3 Apr 2026",
        ):
            assert said in page

    def test_says_of_every_message_why_it_came(
        self, known: Candidate, mail: Message, reader: Client
    ) -> None:
        page = words(reader.get(path_of(mail)))
        assert "Salaries for Ana" in page
        assert "Part of the series “Stay in touch”, which you have been in since" in page
        assert "Chosen because it is about Cloud." in page
        assert "It was outside working hours, or a holiday, where you live." in page
        assert "In the moment of sending: nothing stood in the way." in page

    def test_says_of_every_message_why_it_did_not_come(
        self, ana: Candidate, mail: Message, box: Sender, reader: Client
    ) -> None:
        refused = make.message(ana, box)
        Message.objects.filter(pk=refused.pk).update(
            state="refused", reason="missing: city", not_before=None
        )
        page = words(reader.get(path_of(mail)))
        assert "not sent" in page
        assert "We did not know something that it would have said." in page

    def test_says_who_looked_and_who_changed_something(
        self, known: Candidate, mail: Message, reader: Client
    ) -> None:
        page = words(reader.get(path_of(mail)))
        assert "looked at your record" in page
        assert "changed something" in page
        assert page.count("Alice Meyer") >= 3

    def test_shows_a_few_messages_first_and_then_all(
        self, ana: Candidate, mail: Message, box: Sender, reader: Client
    ) -> None:
        for days in range(1, 65):
            make.sent(ana, box, at=NOW - timedelta(days=days))
        page = words(reader.get(path_of(mail)))
        assert page.count("<h3>") == 6
        assert "Show 59 older messages" in page
        everything = words(reader.get(path_of(mail, "?all")))
        assert everything.count("<h3>") == 60
        assert "5 older messages are in the copy" in everything

    def test_of_somebody_of_whom_little_is_known_is_short(
        self, mail: Message, reader: Client
    ) -> None:
        page = words(reader.get(path_of(mail)))
        assert "What you told us" not in page
        assert "Nobody so far, as far as it is recorded." in page

    def test_stays_open_to_whoever_stopped_everything(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        stopped = reader.post(page_of(mail, Purpose.UNSUBSCRIBE, "?page"))
        assert b'href="/me/' in stopped.content
        page = words(reader.get(path_of(mail)))
        assert "All messages: You unsubscribed." in page
        assert 'href="/p/' not in page

    @pytest.mark.parametrize("more", ["", *ACTS])
    def test_ends_after_ninety_days(self, mail: Message, reader: Client, more: str) -> None:
        with time_machine.travel(NOW + LINKS_LAST):
            page = reader.get(path_of(mail, more))
            assert b"This link has ended" in page.content
            assert b"will send you a new one" in reader.post(path_of(mail, more)).content
        assert b"ana@example.com" not in page.content
        assert FollowUp.objects.count() == 1

    @pytest.mark.parametrize("more", ["", *ACTS])
    def test_of_nobody_is_empty_or_not_there(
        self, mail: Message, reader: Client, more: str
    ) -> None:
        Message.objects.filter(pk=mail.pk).update(candidate_id=mail.candidate_id)
        other = Message(pk=12, candidate_id=4711)
        for method in ("get", "post"):
            assert (
                b"We hold nothing about you"
                in getattr(reader, method)(path_of(other, more)).content
            )
        forged = path_of(mail)[:-3] + more
        assert reader.get(forged).status_code == 404


class TestCorrecting:
    def test_puts_right_what_is_hers_to_know(
        self, known: Candidate, mail: Message, reader: Client
    ) -> None:
        path = path_of(mail, "/correct")
        form = filled(reader.get(path), last_name="Müller", city="Lyon", country="FR")
        page = words(reader.post(path, form))

        assert "It is put right, and no import will undo it." in page
        known.refresh_from_db()
        assert (known.last_name, known.city, known.time_zone) == ("Müller", "Lyon", "Europe/Paris")
        assert not RightsRequest.objects.filter(kind="correction").exists()

    def test_passes_the_rest_on_with_its_deadline(self, mail: Message, reader: Client) -> None:
        path = path_of(mail, "/correct")
        page = words(reader.post(path, filled(reader.get(path), words="Another employer")))

        assert "answer you by 3 Apr 2026 at the latest" in page
        request = RightsRequest.objects.get()
        assert (request.kind, request.words, request.channel) == (
            "correction",
            "Another employer",
            "their own page",
        )

    def test_of_nothing_says_so(self, mail: Message, reader: Client) -> None:
        path = path_of(mail, "/correct")
        assert "Nothing was different." in words(reader.post(path, filled(reader.get(path))))

    def test_asks_again_for_a_number_that_is_none(self, mail: Message, reader: Client) -> None:
        path = path_of(mail, "/correct")
        page = words(reader.post(path, filled(reader.get(path), phone="call me")))
        assert "This is no phone number that we can read." in page
        assert not ContactPoint.objects.filter(channel="sms").exists()


def test_a_dispute_goes_to_a_person_once(mail: Message, reader: Client) -> None:
    path = path_of(mail, "/dispute")
    assert b"errorlist" in reader.post(path, {"words": " "}).content
    for _ in range(3):
        page = words(reader.post(path, {"words": "I never was at that fair."}))

    assert "A person will look at it" in page
    request = RightsRequest.objects.get()
    assert (request.kind, request.words) == ("dispute", "I never was at that fair.")


class TestTheCopy:
    def test_is_a_file_with_everything(
        self, known: Candidate, mail: Message, reader: Client
    ) -> None:
        response = reader.post(path_of(mail, "/copy"))

        assert_leaves_no_trace(response)
        assert response.headers["Content-Type"] == "application/zip"
        assert "my-data-2026-03-03.zip" in response.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            data = json.loads(archive.read("data.json"))
            names = archive.namelist()
        assert "ana@example.com" in json.dumps(data)
        assert "98000" in json.dumps(data)
        assert sum(name.endswith(".csv") for name in names) > 5

    def test_is_on_record_as_asked_for_and_given_once_a_day(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        for _ in range(3):
            reader.post(path_of(mail, "/copy"))
        request = RightsRequest.objects.get()
        assert (request.kind, request.state, request.done_at) == ("access", "done", LATER)

        with time_machine.travel(LATER + timedelta(days=2)):
            reader.post(path_of(mail, "/copy"))
        assert RightsRequest.objects.count() == 2

    def test_can_be_had_ten_times_an_hour(self, mail: Message, reader: Client) -> None:
        answers = [reader.post(path_of(mail, "/copy")).status_code for _ in range(12)]
        assert answers == [200] * 10 + [429] * 2

    def test_of_nobody_is_none(self, db: None) -> None:
        assert own_rights.take_copy(4711, now=NOW) is None


class TestObjecting:
    def test_stops_messages_and_profiling_at_once(
        self, known: Candidate, mail: Message, reader: Client
    ) -> None:
        assert Warmth.objects.exists()

        for _ in range(3):
            page = words(reader.post(path_of(mail, "/object"), {"words": "Enough."}))

        assert "We have stopped" in page
        assert not may_be_written_to(known)
        stop = Suppression.objects.get(candidate=known)
        assert (stop.reason, stop.channel, stop.address) == ("objected", "", "ana@example.com")
        assert not Warmth.objects.exists()
        request = RightsRequest.objects.get(kind="objection")
        assert (request.state, request.words, request.done_at) == ("done", "Enough.", LATER)
        assert rights.objectors([known.pk]) == {known.pk}
        assert "You objected to our using your data." in words(reader.get(path_of(mail)))

    def test_of_nobody_is_nothing(self, db: None) -> None:
        assert not own_rights.object_to(4711, message_id=1, words="", now=NOW)


class TestErasing:
    def test_is_asked_of_a_person_and_nobody_writes_meanwhile(
        self, known: Candidate, mail: Message, reader: Client
    ) -> None:
        for _ in range(3):
            page = words(reader.post(path_of(mail, "/erase"), {"words": "All of it."}))

        assert "Your wish is on record" in page
        assert not may_be_written_to(known)
        request = RightsRequest.objects.get(kind="erasure")
        assert (request.state, request.words) == ("open", "All of it.")
        assert request.deadline == LATER.replace(month=4)
        assert Candidate.objects.filter(pk=known.pk).exists()
        assert "Erasure" in words(reader.get(path_of(mail)))

    def test_of_what_was_said_goes_with_the_person(self, known: Candidate) -> None:
        from warmbench.people import erasure

        erasure.erase([known.pk], reason=erasure.Reason.REQUEST, by_id=None, now=LATER)
        assert not CandidateFact.objects.exists()


def test_a_page_that_nobody_may_see_without_its_key_is_in_no_cache(
    mail: Message, reader: Client
) -> None:
    for more in ("", *ACTS):
        response = reader.get(path_of(mail, more))
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["X-Frame-Options"] == "DENY"
        page = words(response)
        assert "//" not in page.replace("<!doctype html>", "").replace("http://www.w3.org", "")
