"""The page of one candidate: what it tells, and each change that it offers."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tests import make
from tests.web.conftest import TooLate
from warmbench.accounts.models import Role, User
from warmbench.core.models import AuditEntry
from warmbench.insight.models import Source
from warmbench.messaging import outbox, switches
from warmbench.messaging.models import Decision, Message, Switch
from warmbench.messaging.outbox import Ruled
from warmbench.messaging.verdict import Later, Reason
from warmbench.nurture.models import ContentUse, PoolMember, Step
from warmbench.people import candidates, consent, tag_edits
from warmbench.people.candidates import PauseReason
from warmbench.people.models import (
    Candidate,
    CandidateUnmatchedSkill,
    Consent,
    Suppression,
    Tag,
    UnmatchedSkill,
)
from warmbench.signals import follow_ups, offers
from warmbench.signals.models import FollowUp, Hit, Signal
from warmbench.web import timeline

NOW = make.NOW
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    make.sender(alice, is_default=True)
    return browse(alice)


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def page(client: Client, one: Candidate, **query: str) -> str:
    return client.get(f"/candidates/{one.pk}/", query).text


def change(client: Client, one: Candidate, what: str, **fields: object) -> str:
    """What the page says after a change."""
    answer = client.post(f"/candidates/{one.pk}/{what}/", fields, follow=True)
    assert answer.redirect_chain == [(f"/candidates/{one.pk}/", 302)]
    one.refresh_from_db()
    return answer.text


class TestWhetherWeMayWrite:
    def test_it_says_yes_when_nothing_stands_in_the_way(
        self, client: Client, ana: Candidate
    ) -> None:
        assert "We may write to them now." in page(client, ana)

    def test_it_says_from_when_on_in_the_recruiters_time(
        self, client: Client, ana: Candidate
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(country="US", time_zone="America/New_York")
        told = page(client, ana)
        # Nine in New York is fifteen in Berlin.
        assert "Not before Tuesday 3 March, 15:00." in told
        assert "It is outside working hours, or a holiday, where they live." in told
        assert "it is 04:00 there" in told

    def test_it_says_no_and_why(self, client: Client, ana: Candidate) -> None:
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        told = page(client, ana)
        assert "We may not write to them." in told
        assert "They unsubscribed." in told
        assert "Release the stop" not in told

    def test_it_knows_of_switches_and_missing_mailboxes(
        self, client: Client, ana: Candidate
    ) -> None:
        switches.engage(Switch.Scope.EVERYTHING, by_id=None, now=NOW)
        assert "Sending is stopped." in page(client, ana)

    def test_a_pause_says_when_it_ends(self, client: Client, ana: Candidate) -> None:
        candidates.pause([ana.pk], reason=candidates.PauseReason.ASKED, now=NOW)
        assert "until somebody resumes it" in page(client, ana)
        until = datetime(2026, 5, 4, 8, tzinfo=UTC)
        candidates.resume([ana.pk], now=NOW)
        candidates.pause([ana.pk], reason=candidates.PauseReason.ASKED, until=until, now=NOW)
        assert "The pause ends on 4 May 2026." in page(client, ana)


class TestWhatIsKnown:
    def test_facts_stand_with_their_sources(self, client: Client, ana: Candidate) -> None:
        Candidate.objects.filter(pk=ana.pk).update(
            job_title="Welder", employer="Globex", city="Leeds", source="Old ATS"
        )
        told = page(client, ana)
        for said in ("Welder at Globex", "Leeds, Germany", "Old ATS", "Europe/Berlin"):
            assert said in told

    def test_a_profile_is_a_link_only_if_it_can_be_followed(
        self, client: Client, ana: Candidate
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(profile_url="javascript:alert(1)")
        assert 'href="javascript' not in page(client, ana)
        Candidate.objects.filter(pk=ana.pk).update(profile_url="https://profiles.example/ana")
        assert 'href="https://profiles.example/ana"' in page(client, ana)

    def test_tags_stand_by_kind_and_what_lacks_is_named(self, client: Client, alice: User) -> None:
        one = make.candidate(make.tag("Welding", Tag.Kind.SPECIALTY), make.tag("TIG"), owner=alice)
        one.candidate_tags.filter(tag__name="TIG").update(confidence=0.6)
        skill = UnmatchedSkill.objects.create(key="mag", text="MAG", first_seen_at=NOW)
        CandidateUnmatchedSkill.objects.create(candidate=one, skill=skill, source="Old ATS")
        told = page(client, one)
        assert "Lacks seniority and geography" in told
        assert "TIG?" in told
        assert "60% sure" in told
        assert "MAG" in told

    def test_warmth_says_what_it_is_made_of(self, client: Client, ana: Candidate) -> None:
        make.signal(ana, Signal.Kind.REPLIED, at=NOW - timedelta(days=30))
        told = page(client, ana)
        assert "Why 20?" in told
        assert "+20" in told

    def test_sequences_say_what_is_next_and_what_it_waits_for(
        self, client: Client, ana: Candidate
    ) -> None:
        enrolled = make.enrollment(ana, make.sequence(Step.Kind.CHECK_IN))
        make.enrollment(ana, make.sequence(Step.Kind.CONTENT))
        type(enrolled).objects.filter(pk=enrolled.pk).update(waiting_for="missing: last_topic")
        PoolMember.objects.create(pool=make.pool("status is passive"), candidate=ana, joined_at=NOW)
        told = page(client, ana)
        assert "Next: Check-in, 3 March, 10:00" in told
        assert "Next: Trends article, 3 March, 10:00" in told
        assert "We do not know their last topic, which the message needs." in told

    def test_what_is_open_can_be_done_here(self, client: Client, ana: Candidate) -> None:
        entry = make.follow_up(ana)
        told = page(client, ana)
        assert f'href="/follow-ups/{entry.pk}/done/?next=' in told
        answer = client.post(
            f"/follow-ups/{entry.pk}/done/",
            {"outcome": "reached", "next": f"/candidates/{ana.pk}/"},
        )
        assert answer.headers["Location"] == f"/candidates/{ana.pk}/"

    def test_a_nameless_candidate_has_a_page_too(self, client: Client) -> None:
        nobody = make.candidate(email=None, consented=False, time_zone="", country="")
        Candidate.objects.filter(pk=nobody.pk).update(first_name="", last_name="")
        told = page(client, nobody)
        assert f"Candidate {nobody.pk}" in told
        assert "No ground to write is on record." in told

    def test_nobody_has_the_page_of_nobody(self, client: Client) -> None:
        assert client.get("/candidates/999999999/").status_code == 404


class TestTimeline:
    def titles(self, one: Candidate) -> list[str]:
        one.refresh_from_db()
        return [entry.title for entry in timeline.of(one)[0]]

    def test_everything_stands_on_it_newest_first(self, ana: Candidate, alice: User) -> None:
        at = [NOW + timedelta(hours=n) for n in range(12)]
        version = make.sequence(Step.Kind.MESSAGE)
        sent = make.sent(ana, make.sender(alice), at=at[1])
        make.signal(ana, at=at[2], message=sent)
        entry = make.follow_up(ana)
        FollowUp.objects.filter(pk=entry.pk).update(asked_at=at[3])
        follow_ups.done(
            entry.pk, outcome=FollowUp.Outcome.REACHED, by_id=alice.pk, now=at[4], note="Call"
        )
        candidates.change_status(ana.pk, Candidate.Status.OPEN, by_id=alice.pk, now=at[5])
        candidates.pause([ana.pk], reason=candidates.PauseReason.ASKED, now=at[6])
        candidates.resume([ana.pk], now=at[7])
        pool = make.pool("status is passive")
        PoolMember.objects.create(pool=pool, candidate=ana, joined_at=at[8], left_at=at[9])
        enrolled = make.enrollment(ana, version)
        type(enrolled).objects.filter(pk=enrolled.pk).update(
            started_at=at[8], state="exited", exit_reason="placed", ended_at=at[10]
        )
        consent.suppress(
            ana.pk, reason=Suppression.Reason.MANUAL, by_id=alice.pk, evidence="Why", now=at[11]
        )
        candidates.hand_over([ana.pk], to_id=None, by_id=alice.pk, now=at[11])
        consent.release(ana.suppressions.get().pk, by_id=alice.pk, now=at[11] + timedelta(hours=1))

        sequence, pool_name = version.sequence.name, pool.name
        assert self.titles(ana) == [
            "Stop released by Alice Meyer",
            "Messages stopped by Alice Meyer: stopped by a recruiter",
            "Handed over to nobody",
            f"Taken out of {sequence}",
            f"Left the pool {pool_name}",
            f"Joined the pool {pool_name}",
            f"Enrolled in {sequence}",
            "Resumed",
            "Paused (asked us to pause)",
            "Status changed from passive to open to offers",
            "Follow-up closed by Alice Meyer: reached",
            "Follow-up asked of Alice Meyer: replied",
            "Clicked in “Salaries”",
            "Salaries for Ana",
            "That we have their data: told in another way",
            "Added",
            "Conversation",
            "Permission for e-mail: consent",
        ]

    def test_a_message_says_why_it_was_sent_and_what_held_it_back(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        sent = make.sent(ana, alice.senders.get(), at=NOW)
        later = Later(NOW, Reason.BUDGET)
        outbox.record_decisions(
            [Ruled(ana.pk, None, sent.touch, later)],
            stage=Decision.Stage.PLANNING,
            now=NOW - timedelta(days=2),
        )
        told = page(client, ana)
        assert "Why did they get this?" in told
        assert "They have heard from us recently" in told
        assert "was put off" not in told

    def test_a_touch_that_still_waits_says_so(self, client: Client, ana: Candidate) -> None:
        sequence = make.sequence(Step.Kind.CHECK_IN).sequence
        for touch in (f"{sequence.key}/step-0", "gone/spring-note"):
            outbox.record_decisions(
                [Ruled(ana.pk, None, touch, Later(NOW, Reason.WINDOW))],
                stage=Decision.Stage.PLANNING,
                now=NOW,
            )
        told = page(client, ana)
        assert "Check-in was put off" in told
        assert "Spring note was put off" in told
        assert "What stood in the way" in told

    def test_a_refusal_says_why_not(self, client: Client, ana: Candidate, alice: User) -> None:
        refused = make.message(ana, alice.senders.get())
        Message.objects.filter(pk=refused.pk).update(
            state="refused", not_before=None, reason="placed"
        )
        told = page(client, ana)
        assert "Welcome was not sent" in told
        assert "They have been placed." in told

    def test_machines_are_folded_away_and_never_shown_as_the_person(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        sent = make.sent(ana, alice.senders.get())
        for _ in range(3):
            Hit.objects.create(
                candidate_id=ana.pk,
                message_id=sent.pk,
                link=0,
                method="HEAD",
                at=NOW,
                verdict=Hit.Verdict.MACHINE,
                rules=["head"],
            )
        told = page(client, ana)
        assert "3 visits: machine (head)" in told
        assert "Clicked" not in told

    def test_a_message_of_unknown_fate_asks(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        sent = make.message(ana, alice.senders.get())
        Message.objects.filter(pk=sent.pk).update(state="sending", not_before=None, handed_at=NOW)
        Message.objects.filter(pk=sent.pk).update(state="unknown", reason="Lost", state_at=NOW)
        told = page(client, ana)
        assert "It arrived" in told
        assert "It did not" in told

    def test_only_the_last_conversation_is_quoted(self, ana: Candidate) -> None:
        for on, note in ((date(2026, 1, 5), "First"), (date(2026, 2, 5), "Second")):
            candidates.record_conversation(
                ana.pk, on=on, topic="plans", note=note, now=NOW, by_id=None
            )
        ana.refresh_from_db()
        entries, _ = timeline.of(ana)
        assert [e.quote for e in entries if e.quote] == ["Second"]
        assert "Conversation recorded, of 2026-01-05" in [e.title for e in entries]

    def test_a_long_life_is_shown_in_parts(self, client: Client, ana: Candidate) -> None:
        for n in range(timeline.AT_ONCE + 5):
            make.signal(ana, at=NOW - timedelta(days=n))
        told = page(client, ana)
        assert "Show older (8)" in told
        part = client.get(f"/candidates/{ana.pk}/?shown=200", headers=HTMX).text
        assert "<html" not in part
        assert "Show older" not in part
        assert "Show older (8)" in page(client, ana, shown="x")

    def test_what_was_sent_says_from_which_sequence_and_for_whom(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        version = make.sequence(Step.Kind.CONTENT)
        sent = make.sent(ana, alice.senders.get())
        Message.objects.filter(pk=sent.pk).update(
            sequence_id=version.sequence_id, sequence_version=1
        )
        for topic in (None, make.tag("Welding", Tag.Kind.SPECIALTY)):
            use, _ = ContentUse.objects.update_or_create(
                message=sent, defaults={"candidate": ana, "piece": make.piece(topic), "at": NOW}
            )
            about = use.piece.topic or "everybody"
            told = f"Welcome · {version.sequence.name}, version 1 · trends article for {about}"
            assert told in page(client, ana)

    def test_a_message_that_cannot_be_written_any_more_has_a_name(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        sent = make.sent(ana, alice.senders.get())
        Message.objects.filter(pk=sent.pk).update(context={})
        assert ">Welcome</a>" in page(client, ana)


class TestChanges:
    def test_another_status(self, client: Client, ana: Candidate) -> None:
        change(client, ana, "status", status="placed", evidence="Signed on Monday")
        assert ana.status == "placed"
        entry = AuditEntry.objects.get(action="candidate.status_changed")
        assert entry.detail["evidence"] == "Signed on Monday"

    def test_a_pause_without_an_end(self, client: Client, ana: Candidate) -> None:
        assert "until somebody resumes it" in change(client, ana, "pause")
        assert ana.paused_at
        assert ana.paused_until is None

    def test_a_pause_and_its_end(self, client: Client, ana: Candidate) -> None:
        change(client, ana, "pause", until="2026-04-01")
        assert ana.paused_until == datetime(2026, 4, 1, 6, tzinfo=UTC)
        assert "lasts longer" in change(client, ana, "pause", until="2026-04-01")
        assert "Resumed." in change(client, ana, "resume")
        assert ana.paused_at is None
        assert "There was no pause." in change(client, ana, "resume")

    def test_a_conversation(self, client: Client, ana: Candidate, alice: User) -> None:
        form = client.get(f"/candidates/{ana.pk}/conversation/").text
        assert '<input type="date" name="on" value="2026-03-03"' in form
        change(client, ana, "conversation", on="2026-03-02", topic="plans", note="Not now.")
        assert ana.last_conversation_topic == "plans"
        # Its words are kept with it: another note may overwrite it before any job runs.
        change(client, ana, "conversation", on="2026-03-02", topic="pay", note="Wants 90k.")
        kept = Source.objects.order_by("pk").values_list("text", "author", "state")
        assert list(kept) == [
            ("Not now.", alice.pk, "waiting"),
            ("Wants 90k.", alice.pk, "waiting"),
        ]
        answer = client.post(f"/candidates/{ana.pk}/conversation/", {"on": "2026-03-01"})
        assert answer.status_code == 422
        assert "A later conversation is on record already." in answer.text

    def test_another_recruiter(self, client: Client, ana: Candidate) -> None:
        bob = make.user("Bob Lind")
        assert "With Bob Lind now." in change(client, ana, "owner", to=bob.pk)
        assert ana.owner == bob

    def test_nobody_may_have_them_then(self, client: Client, ana: Candidate) -> None:
        change(client, ana, "owner", to="nobody")
        assert ana.owner is None

    def test_corrected_facts(self, client: Client, ana: Candidate) -> None:
        form = client.get(f"/candidates/{ana.pk}/facts/")
        assert 'value="Ana"' in form.text
        fields = {"first_name": "Ana", "last_name": "Costa", "country": "PT", "city": "Lisbon"}
        assert "Saved." in change(client, ana, "facts", **fields)
        assert (ana.last_name, ana.time_zone) == ("Costa", "Europe/Lisbon")
        assert "Nothing was different." in change(client, ana, "facts", **fields)

    def test_another_address(self, client: Client, ana: Candidate) -> None:
        change(client, ana, "address", channel="email", address="a@example.net", is_first="on")
        assert ana.contact_points.order_by("position").first().address == "a@example.net"  # type: ignore[union-attr]
        again = change(client, ana, "address", channel="email", address="a@example.net")
        assert "We had that one already." in again
        answer = client.post(
            f"/candidates/{ana.pk}/address/", {"channel": "sms", "address": "nothing"}
        )
        assert answer.status_code == 422
        assert "It is no phone number." in answer.text

    def test_permission_with_its_evidence(self, client: Client, ana: Candidate) -> None:
        change(client, ana, "permission", basis="withdrawn", evidence="Said so on the phone")
        said = ana.consents.order_by("-at").first()
        assert said
        assert (said.basis, said.evidence, said.source) == (
            Consent.Basis.WITHDRAWN,
            "Said so on the phone",
            "Alice Meyer",
        )

    def test_a_stop_and_its_release(self, client: Client, ana: Candidate) -> None:
        told = change(client, ana, "stop", reason="manual", evidence="Client conflict")
        assert "Release the stop" in told
        stop = ana.suppressions.get()
        told = change(client, ana, f"stop/{stop.pk}/release")
        assert "Released." in told
        assert "We may write to them now." in told
        assert "cannot be taken back" in change(client, ana, f"stop/{stop.pk}/release")

    def test_what_they_asked_for_cannot_be_taken_back(self, client: Client, ana: Candidate) -> None:
        told = change(client, ana, "stop", reason="do_not_contact", evidence="Said so")
        assert "Release the stop" not in told
        stop = ana.suppressions.get()
        assert "cannot be taken back" in change(client, ana, f"stop/{stop.pk}/release")
        assert not Suppression.objects.filter(releases=stop).exists()

    def test_another_persons_stop_is_not_released_here(
        self, client: Client, ana: Candidate
    ) -> None:
        other = make.candidate()
        consent.suppress(other.pk, reason=Suppression.Reason.MANUAL, now=NOW)
        stop = other.suppressions.get()
        answer = client.post(f"/candidates/{ana.pk}/stop/{stop.pk}/release/")
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        ("what", "fields", "said"),
        [
            ("status", {"status": "gone"}, "Select a valid choice"),
            ("pause", {"until": "2026-03-03"}, "Choose a day after today."),
            ("conversation", {"on": "2026-03-04"}, "That is still to come."),
            ("owner", {"to": "0"}, "Select a valid choice"),
            ("facts", {"profile_url": "javascript:alert(1)"}, "Enter a valid URL."),
            ("permission", {"basis": "consent"}, "This field is required."),
            ("stop", {"reason": "unsubscribed", "evidence": "x"}, "Select a valid choice"),
            ("stop", {"reason": "manual"}, "This field is required."),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(
        self, client: Client, ana: Candidate, what: str, fields: dict[str, str], said: str
    ) -> None:
        before = AuditEntry.objects.count()
        answer = client.post(f"/candidates/{ana.pk}/{what}/", fields)
        assert answer.status_code == 422
        assert said in answer.text
        assert AuditEntry.objects.count() == before

    @pytest.mark.parametrize(
        "what",
        ["status", "pause", "conversation", "owner", "facts", "address", "permission", "stop"],
    )
    def test_each_form_is_a_page_and_a_dialog(
        self, client: Client, ana: Candidate, what: str
    ) -> None:
        whole = client.get(f"/candidates/{ana.pk}/{what}/")
        part = client.get(f"/candidates/{ana.pk}/{what}/", headers=HTMX)
        assert "<h1>" in whole.text
        assert "<html" not in part.text
        assert 'id="change-title"' in part.text

    def test_with_htmx_the_page_is_loaded_anew(self, client: Client, ana: Candidate) -> None:
        answer = client.post(f"/candidates/{ana.pk}/resume/", headers=HTMX)
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"] == f"/candidates/{ana.pk}/"

    def test_a_pause_that_they_asked_for_follows_the_one_that_is_ended(
        self, client: Client, ana: Candidate
    ) -> None:
        summer = datetime(2026, 6, 14, tzinfo=UTC)
        candidates.pause([ana.pk], reason=PauseReason.ASKED, until=summer, now=NOW)
        candidates.pause([ana.pk], reason=PauseReason.REPLIED, now=NOW)
        resume = f"/candidates/{ana.pk}/resume/"
        assert "their own pause holds, until 14 June 2026" in client.post(resume, follow=True).text
        assert "Resumed." in client.post(resume, follow=True).text
        assert "There was no pause." in client.post(resume, follow=True).text

    def test_no_form_changes_what_it_does_not_show(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        sneaked = {
            "owner": "999",
            "owner_id": "999",
            "standing_version": "99",
            "paused_at": "2020-01-01",
            "source": "elsewhere",
            "role": "admin",
            "is_staff": "1",
        }
        before = Candidate.objects.filter(pk=ana.pk).values(*sneaked.keys() - {"role", "is_staff"})
        kept = dict(before[0])
        here = {"country": "DE", "time_zone": "Europe/Berlin"}
        change(client, ana, "facts", first_name="Eva", **here, **sneaked)
        assert ana.first_name == "Eva"
        assert dict(before[0]) == kept
        alice.refresh_from_db()
        assert alice.role == Role.RECRUITER


class TestWhoMay:
    def test_a_colleague_reads_and_stops_but_changes_nothing(
        self, ana: Candidate, browse: Browse
    ) -> None:
        bob = browse(make.user("Bob Lind"))
        told = page(bob, ana)
        assert "Stop messages" in told
        assert "Record a conversation" not in told
        assert bob.get(f"/candidates/{ana.pk}/facts/").status_code == 403
        assert "Stopped." in change(bob, ana, "stop", reason="manual", evidence="Conflict")
        stop = ana.suppressions.get()
        assert bob.post(f"/candidates/{ana.pk}/stop/{stop.pk}/release/").status_code == 403

    def test_whoever_has_a_follow_up_in_hand_acts_for_the_owner(
        self, ana: Candidate, alice: User, browse: Browse
    ) -> None:
        bob = make.user("Bob Lind")
        entry = make.follow_up(ana)
        offers.hand_over(entry.pk, to_id=bob.pk, by_id=alice.pk, now=NOW)
        change(browse(bob), ana, "status", status="open")
        assert ana.status == "open"
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.REACHED, by_id=bob.pk, now=NOW)
        assert browse(bob).post(f"/candidates/{ana.pk}/status/").status_code == 403

    def test_a_viewer_only_reads(self, ana: Candidate, browse: Browse) -> None:
        vic = browse(make.user("Vic", Role.VIEWER))
        told = page(vic, ana)
        assert "Stop messages" not in told
        assert vic.post(f"/candidates/{ana.pk}/stop/").status_code == 403


class TestHolding:
    def test_a_sequence_is_held_and_goes_on(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        way = make.enrollment(ana, make.sequence(Step.Kind.MESSAGE), due=NOW + timedelta(days=3))
        at = f"sequences/{way.sequence_id}"

        told = change(client, ana, f"{at}/hold")
        assert f"{way.sequence.name} is held." in told
        assert "A recruiter holds it until they let it go on." in told
        assert "was not running" in change(client, ana, f"{at}/hold")

        told = change(client, ana, f"{at}/go-on")
        assert f"{way.sequence.name} goes on." in told
        assert f"{way.sequence.name} held" in told, "on the timeline"
        way.refresh_from_db()
        assert (way.state, way.next_step_at) == ("active", NOW + timedelta(days=3))
        assert "does not go on now" in change(client, ana, f"{at}/go-on")

    def test_only_who_looks_after_them_can(self, ana: Candidate, browse: Browse) -> None:
        way = make.enrollment(ana, make.sequence(Step.Kind.MESSAGE))
        bob = browse(make.user("Bob Lind"))
        assert f"sequences/{way.sequence_id}/hold/" not in page(bob, ana)
        at = f"/candidates/{ana.pk}/sequences/{way.sequence_id}/hold/"
        assert bob.post(at).status_code == 403


class TestTheWayBack:
    def test_of_a_follow_up_stands_on_the_page(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        entry = make.follow_up(ana)
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.REACHED, by_id=alice.pk, now=NOW)
        told = page(client, ana)
        assert "Followed up in the last week" in told
        assert f'action="/follow-ups/{entry.pk}/undo/"' in told

        client.post(f"/follow-ups/{entry.pk}/undo/")
        follow_ups.snooze(entry.pk, until=NOW + timedelta(days=3), by_id=alice.pk, now=NOW)

        told = page(client, ana)
        assert "snoozed until Fri 6 Mar" in told
        assert "Bring back" in told

    def test_of_what_others_did_is_theirs(
        self, ana: Candidate, alice: User, browse: Browse
    ) -> None:
        entry = make.follow_up(ana)
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.REACHED, by_id=alice.pk, now=NOW)
        told = page(browse(make.user("Bob Lind")), ana)
        assert "Followed up in the last week" in told
        assert "/undo/" not in told

    def test_of_a_hand_over_stands_in_the_notice(
        self, client: Client, ana: Candidate, alice: User
    ) -> None:
        bob = make.user("Bob Lind")
        told = change(client, ana, "owner", to=str(bob.pk))
        [undo] = re.findall(r'action="(/candidates/handed-over/\d+/undo/)"', told)
        client.post(undo)
        ana.refresh_from_db()
        assert ana.owner == alice


class TestTags:
    def tag(self, client: Client, one: Candidate, what: str, **fields: str) -> dict[str, str]:
        answer = client.post(f"/candidates/{one.pk}/tags/{what}", fields, headers=HTMX)
        assert 'id="tags"' in answer.text
        toast: dict[str, str] = json.loads(answer.headers["HX-Trigger"])["toast"]
        return toast

    def test_a_tag_is_added_by_its_name_and_can_be_undone(
        self, client: Client, ana: Candidate
    ) -> None:
        tag = make.tag("Kubernetes")
        toast = self.tag(client, ana, "", tag="kubernetes")
        assert ana.candidate_tags.get().tag == tag
        client.post(toast["undo"])
        assert not ana.candidate_tags.exists()

    def test_a_tag_that_is_there_is_not_added_again(self, client: Client, ana: Candidate) -> None:
        make.tag("Kubernetes")
        self.tag(client, ana, "", tag="Kubernetes")
        assert "already" in self.tag(client, ana, "", tag="Kubernetes")["text"]

    def test_an_unknown_tag_is_an_error(self, client: Client, ana: Candidate) -> None:
        toast = self.tag(client, ana, "", tag="juggling")
        assert toast["level"] == "error"

    @pytest.mark.parametrize("what", ["", "{}/remove/", "{}/primary/"])
    def test_a_tag_that_is_merged_away_in_this_moment_is_not_changed(
        self, client: Client, alice: User, too_late: TooLate, what: str
    ) -> None:
        gone, into = (make.tag(n, Tag.Kind.SPECIALTY) for n in ("Welding", "Joining"))
        one = make.candidate(owner=alice)

        told = too_late(
            lambda: tag_edits.merge(gone.pk, into.pk, by_id=None, now=NOW),
            lambda: self.tag(client, one, what.format(gone.pk), tag="Welding")["text"],
        )

        assert "was merged into another one meanwhile" in told
        assert not one.candidate_tags.exists()

    def test_a_tag_is_taken_off(self, client: Client, alice: User) -> None:
        tag = make.tag("Kubernetes")
        one = make.candidate(tag, owner=alice)
        self.tag(client, one, f"{tag.pk}/remove/")
        assert not one.candidate_tags.exists()

    def test_another_specialty_goes_first(self, client: Client, alice: User) -> None:
        first, second = (make.tag(n, Tag.Kind.SPECIALTY) for n in ("Welding", "Nursing"))
        one = make.candidate(first, owner=alice)
        one.candidate_tags.update(confidence=0.9)
        self.tag(client, one, "", tag="Nursing")
        self.tag(client, one, f"{second.pk}/primary/")
        assert one.candidate_tags.get(is_primary=True).tag == second

    def test_only_a_specialty_goes_first(self, client: Client, ana: Candidate) -> None:
        skill = make.tag("Kubernetes")
        answer = client.post(f"/candidates/{ana.pk}/tags/{skill.pk}/primary/")
        assert answer.status_code == 404

    def test_without_scripts_it_leads_back(self, client: Client, ana: Candidate) -> None:
        make.tag("Kubernetes")
        assert "Tagged Kubernetes." in change(client, ana, "tags", tag="Kubernetes")
