"""What an ATS has to know gets there: once, opt-outs first, with proof, whatever breaks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Event, Thread

import pytest
from django.db import connections, transaction
from pytest_django.fixtures import Settings

from tests import fake_ats, make
from tests.fake_ats import AfterwardsError, World
from tests.make import NOW
from warmbench.accounts.models import Notification, Role, User
from warmbench.core import clock
from warmbench.core.events import held_back, react_now
from warmbench.core.models import AuditEntry
from warmbench.integrations.ats import activity, vendors, wanted, writes, writing_back
from warmbench.integrations.ats.errors import (
    AtsError,
    AuthError,
    ForbiddenError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.protocol import Ability, Can
from warmbench.integrations.ats.things import Proof
from warmbench.integrations.models import AtsConnection, AtsWrite
from warmbench.messaging.models import Attempt, Message
from warmbench.nurture.models import PoolMember
from warmbench.people import candidates, consent, erasure, merging
from warmbench.people.models import Candidate, CandidateRecord, Channel, Consent, Suppression
from warmbench.signals import record as signals
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft

State, Kind = AtsWrite.State, AtsWrite.Kind
SECOND = timedelta(seconds=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    serve(made, monkeypatch)
    return made


def serve(world: World, monkeypatch: pytest.MonkeyPatch, **how: object) -> None:
    """Let every connection lead to this ATS."""
    vendor = fake_ats.vendor(world, **how)  # type: ignore[arg-type]
    monkeypatch.setattr(vendors, "of", lambda _: vendor)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user(role=Role.ADMIN)


@pytest.fixture
def ats(alice: User) -> AtsConnection:
    return fake_ats.connection()


@pytest.fixture
def ana(ats: AtsConnection, world: World) -> Candidate:
    made = make.candidate()
    fake_ats.record(made, ats, world)
    return made


def theirs(who: Candidate) -> str:
    return CandidateRecord.objects.get(candidate=who).external_id


def happens(action: Callable[[], object], *, now: datetime = NOW) -> None:
    """Do something, and let everything that reacts to it run in place."""
    with clock.pinned(now), held_back() as published:
        action()
        for event in published:  # Grows while reactions publish.
            react_now(event)


def stop(who: Candidate, *, now: datetime = NOW) -> None:
    happens(
        lambda: consent.suppress(who.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=now), now=now
    )


def write(now: datetime = NOW) -> int:
    """Write all that is due. Returns how often something was."""
    times = 0
    while writing_back.write_next(clock=lambda: now):
        times += 1
        assert times < 50
    return times


def only(kind: AtsWrite.Kind = AtsWrite.Kind.OPT_OUT) -> AtsWrite:
    return AtsWrite.objects.get(kind=kind)


class TestOptOuts:
    def test_an_opt_out_is_written_at_once_with_proof(self, ana: Candidate, world: World) -> None:
        stop(ana)
        write(NOW + SECOND)
        assert world.people[theirs(ana)].opted_out is True
        proof = writes.proof_of(only())
        assert proof.at == NOW + SECOND
        assert proof.request_id.startswith("req-")
        assert proof.request_id in proof.sentence
        assert "3 March 2026, 09:00:01 UTC" in proof.sentence
        assert AuditEntry.objects.filter(action="candidate.opt_out_written").count() == 1

    def test_it_is_written_to_every_record_of_every_system(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        other = fake_ats.connection("The other ATS")
        fake_ats.record(ana, other, world)
        fake_ats.record(ana, ats, world)
        stop(ana)
        write()
        assert [one.opted_out for one in world.people.values()] == [True, True, True]

    def test_what_the_ats_said_itself_is_not_written_there(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        CandidateRecord.objects.update(is_opted_out=True)
        happens(lambda: consent.suppress(ana.pk, reason=Suppression.Reason.IMPORTED, now=NOW))
        assert not AtsWrite.objects.exists()
        assert not world.writes

    def test_whoever_reads_the_same_mail_is_covered(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        ben = make.candidate(email="shared@example.com")
        make_shared(ana, "shared@example.com")
        fake_ats.record(ben, ats, world)
        happens(
            lambda: consent.suppress(
                ana.pk,
                reason=Suppression.Reason.UNSUBSCRIBED,
                address="shared@example.com",
                channel=Channel.EMAIL,
                now=NOW,
            )
        )
        write()
        assert world.people[theirs(ben)].opted_out is True

    def test_a_recruiters_own_stop_stays_ours(self, ana: Candidate, world: World) -> None:
        happens(lambda: consent.suppress(ana.pk, reason=Suppression.Reason.MANUAL, now=NOW))
        assert not AtsWrite.objects.exists()

    def test_a_permission_taken_back_is_an_opt_out(self, ana: Candidate, world: World) -> None:
        withdraw = Consent.Basis.WITHDRAWN
        happens(lambda: consent.record(ana.pk, basis=withdraw, evidence="Said so", now=NOW))
        write()
        assert world.people[theirs(ana)].opted_out is True

    def test_it_is_not_written_when_it_is_not_so_any_more(
        self, ana: Candidate, world: World
    ) -> None:
        withdraw, given = Consent.Basis.WITHDRAWN, Consent.Basis.CONSENT
        happens(lambda: consent.record(ana.pk, basis=withdraw, evidence="Said so", now=NOW))
        later = NOW + SECOND
        happens(lambda: consent.record(ana.pk, basis=given, evidence="Said so", now=later))
        write(later)
        assert only().state == State.DROPPED
        assert not world.writes

    def test_it_goes_before_all_else(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        happens(lambda: candidates.change_status(ana.pk, Candidate.Status.OPEN, now=NOW))
        ben = make.candidate()
        fake_ats.record(ben, ats, world)
        stop(ben, now=NOW + SECOND)
        write(NOW + SECOND)
        assert [what for what, _ in world.writes] == ["opt_out", "status"]

    def test_an_overlooked_one_is_found(self, ana: Candidate, world: World) -> None:
        with held_back():  # As if the reaction had been lost.
            consent.suppress(ana.pk, reason=Suppression.Reason.COMPLAINED, now=NOW)
        assert wanted.overlooked_opt_outs(now=NOW) == 1
        assert wanted.overlooked_opt_outs(now=NOW) == 0
        write()
        assert world.people[theirs(ana)].opted_out is True

    def test_one_that_was_lifted_there_is_written_again_but_not_for_ever(
        self, ana: Candidate, world: World
    ) -> None:
        stop(ana)
        write()
        for day in range(1, 8):
            now = NOW + timedelta(days=day)
            # Somebody over there allows mail again, and we read that.
            CandidateRecord.objects.update(is_opted_out=False, seen_at=now - timedelta(hours=1))
            wanted.overlooked_opt_outs(now=now)
            write(now)
        assert world.writes == [("opt_out", theirs(ana))] * wanted.MOST_OPT_OUTS
        assert Suppression.objects.filter(candidate=ana).count() == 1

    def test_one_that_waits_for_a_paused_connection_is_written_when_it_goes_on(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        AtsConnection.objects.update(state=AtsConnection.State.PAUSED)
        stop(ana)
        assert write() == 0
        AtsConnection.objects.update(state=AtsConnection.State.LIVE)
        write()
        assert world.people[theirs(ana)].opted_out is True


class TestWhatTheAtsDoesNotTake:
    def test_a_flag_that_cannot_be_written_becomes_a_tag(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        found = {"account": "X", "read_only": ["opt_out"]}
        AtsConnection.objects.update(found=found)
        stop(ana)
        write()
        assert world.writes == [("tag", theirs(ana))]
        assert world.people[theirs(ana)].tags == ("Do not mail (Warmbench)",)
        assert only().state == State.DONE
        assert "As a tag" in writes.proof_of(only()).sentence

    @pytest.mark.parametrize("error", [RefusedError, ForbiddenError])
    def test_a_refused_flag_becomes_a_tag(
        self, ana: Candidate, world: World, error: type[AtsError]
    ) -> None:
        world.always["opt_out"] = error("The field is read-only.")
        stop(ana)
        write()
        assert world.people[theirs(ana)].tags == ("Do not mail (Warmbench)",)
        assert only().problem == "As a tag, because the flag was refused: The field is read-only."

    def test_without_any_place_it_is_kept_by_us_and_said(
        self, ana: Candidate, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        no = Ability(Can.NO, "There is no such field.")
        serve(world, monkeypatch, can=replace(fake_ats.EVERYTHING, opt_out=no, tags=no))
        stop(ana)
        write()
        assert only().state == State.KEPT
        assert writes.proof_of(only()).sentence == "Kept here. There is no such field."
        assert wanted.is_stopped(ana.pk)
        assert wanted.overlooked_opt_outs(now=NOW + timedelta(days=2)) == 0

    def test_a_refusal_is_put_before_administrators_and_clears_nothing(
        self, ana: Candidate, alice: User, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        no = Ability(Can.NO, "There are no tags.")
        serve(world, monkeypatch, can=replace(fake_ats.EVERYTHING, tags=no))
        world.always["opt_out"] = RefusedError("The field is read-only.")
        stop(ana)
        write()
        assert only().state == State.STUCK
        told = Notification.objects.get(user=alice)
        assert told.title == "Our ATS could not be told that somebody must not be mailed"
        assert told.body == "The field is read-only."
        assert wanted.is_stopped(ana.pk)

        world.always.clear()
        assert writes.again(only().pk, by_id=alice.pk, now=NOW)
        write()
        assert only().state == State.DONE

    def test_a_record_that_is_gone_needs_nothing(self, ana: Candidate, world: World) -> None:
        stop(ana)
        world.people.clear()
        write()
        assert only().state == State.DROPPED

    def test_texts_are_stopped_by_a_tag_and_begun_again(self, ana: Candidate, world: World) -> None:
        make.phone(ana)
        reason = Suppression.Reason.UNSUBSCRIBED
        happens(
            lambda: consent.suppress(
                ana.pk,
                reason=reason,
                channel=Channel.SMS,
                evidence=f"{consent.BY_TEXT} STOP",
                now=NOW,
            )
        )
        write()
        assert world.writes == [("tag", theirs(ana))]
        assert world.people[theirs(ana)].tags == ("Do not text (Warmbench)",)
        later = NOW + timedelta(days=1)
        proof = consent.Proof()
        happens(
            lambda: consent.begin_texts_again(
                ana.pk, number="", evidence="START", proof=proof, now=later
            ),
            now=later,
        )
        write(later)
        assert world.people[theirs(ana)].tags == ()


class TestTroubles:
    def test_it_is_tried_again_for_days_and_then_stuck(self, ana: Candidate, world: World) -> None:
        world.always["opt_out"] = UnreachableError("It does not answer.")
        stop(ana)
        now, tries = NOW, []
        while only().state != State.STUCK:
            if write(now):
                tries.append(now)
            now += timedelta(seconds=30)
            due = only().next_at
            now = max(now, due) if due else now
        pauses = [b - a for a, b in pairwise(tries)]
        assert pauses[0] == timedelta(seconds=30)
        assert max(pauses) <= timedelta(hours=6, minutes=1)
        assert timedelta(days=7) <= tries[-1] - NOW < timedelta(days=7, hours=7)
        assert wanted.is_stopped(ana.pk)

    def test_a_throttled_ats_is_left_alone_until_then(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        until = NOW + timedelta(minutes=10)
        world.errors.append(ThrottledError("Too often.", until=until))
        stop(ana)
        write()
        ben = make.candidate()
        fake_ats.record(ben, ats, world)
        stop(ben)
        assert write(until - SECOND) == 0
        write(until)
        assert world.people[theirs(ana)].opted_out is True
        assert world.people[theirs(ben)].opted_out is True

    def test_wrong_keys_are_told_and_tried_again(
        self, ana: Candidate, alice: User, world: World
    ) -> None:
        world.errors.append(AuthError("The key was revoked."))
        stop(ana)
        write()
        assert Notification.objects.get(user=alice).body == "The key was revoked."
        assert only().state == State.WAITING
        write(NOW + timedelta(minutes=6))
        assert only().state == State.DONE

    def test_what_one_thing_lacks_keeps_no_other_from_being_written(
        self, ana: Candidate, world: World
    ) -> None:
        world.always["status"] = ForbiddenError("The key may not write that.")
        happens(lambda: candidates.change_status(ana.pk, Candidate.Status.OPEN, now=NOW))
        write()
        stop(ana)
        write()
        assert only().state == State.DONE
        assert only(Kind.STATUS).state == State.WAITING

    def test_a_lost_answer_is_looked_up_and_not_written_twice(
        self, ana: Candidate, world: World
    ) -> None:
        world.errors.append(AfterwardsError(UnclearError("The connection broke.")))
        stop(ana)
        write()
        assert only().state == State.UNCLEAR
        write(NOW + timedelta(minutes=1))
        assert only().state == State.DONE
        assert world.writes == [("opt_out", theirs(ana))]
        assert "looked up" in only().problem

    def test_a_lost_write_is_looked_up_and_written(self, ana: Candidate, world: World) -> None:
        world.errors.append(UnclearError("The connection broke."))
        stop(ana)
        write()
        write(NOW + timedelta(minutes=1))
        assert world.people[theirs(ana)].opted_out is True

    def test_a_worker_that_dies_loses_nothing_and_repeats_nothing(
        self, ana: Candidate, ats: AtsConnection, alice: User, world: World
    ) -> None:
        handed(ana, alice)
        activity.look(now=NOW)
        world.errors.append(AfterwardsError(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            write()
        # It was taken, and nobody wrote that down.
        assert only(Kind.ACTIVITY).state == State.SENDING
        assert write(NOW + writes.LEASE - SECOND) == 0
        write(NOW + writes.LEASE)
        assert only(Kind.ACTIVITY).state == State.DONE
        assert len(world.notes[theirs(ana)]) == 1

    def test_a_bug_is_looked_up_and_tried_again(
        self, ana: Candidate, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.errors.append(AfterwardsError(ZeroDivisionError()))
        stop(ana)
        write()
        assert only().state == State.UNCLEAR
        write(NOW + timedelta(minutes=1))
        assert only().state == State.DONE

    def test_nothing_is_written_while_this_machine_is_held(
        self, ana: Candidate, world: World, settings: Settings
    ) -> None:
        settings.SENDING_STOPPED = True
        stop(ana)
        assert write() == 0
        assert not world.writes

    def test_a_person_need_not_wait(
        self, ana: Candidate, ats: AtsConnection, alice: User, world: World
    ) -> None:
        world.errors.append(UnreachableError("It does not answer."))
        stop(ana)
        write()
        assert writes.all_again(ats.pk, by_id=alice.pk, now=NOW + SECOND) == 1
        write(NOW + SECOND)
        assert only().state == State.DONE


class TestTheBudgetOfADay:
    def test_opt_outs_may_use_what_nothing_else_may(
        self, ana: Candidate, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        serve(world, monkeypatch, daily_calls=100)
        AtsConnection.objects.update(calls_on=NOW.date(), calls=95)
        happens(lambda: candidates.change_status(ana.pk, Candidate.Status.OPEN, now=NOW))
        stop(ana)
        write()
        assert [what for what, _ in world.writes] == ["opt_out"]
        write(NOW + timedelta(days=1))
        assert [what for what, _ in world.writes] == ["opt_out", "status"]


class TestStatus:
    def test_where_somebody_stands_is_written(self, ana: Candidate, world: World) -> None:
        happens(lambda: candidates.change_status(ana.pk, Candidate.Status.SEARCHING, now=NOW))
        write()
        assert world.statuses[theirs(ana)] == "searching"

    def test_what_the_ats_said_itself_does_not_echo(self, ana: Candidate, world: World) -> None:
        CandidateRecord.objects.update(standing=CandidateRecord.Standing.PLACED)
        happens(lambda: candidates.change_status(ana.pk, Candidate.Status.PLACED, now=NOW))
        write()
        assert not world.writes

    def test_what_a_system_led_back_does_not_echo_either(
        self, ana: Candidate, world: World
    ) -> None:
        change = {ana.pk: Candidate.Status.OPEN}
        happens(lambda: candidates.change_statuses(change, now=NOW, evidence="Our ATS"))
        assert not AtsWrite.objects.exists()
        change = {ana.pk: Candidate.Status.PASSIVE}
        happens(lambda: candidates.change_statuses(change, now=NOW, evidence="Said so"))
        write()
        assert world.statuses[theirs(ana)] == "passive"

    def test_the_last_word_counts(self, ana: Candidate, world: World) -> None:
        for status in (Candidate.Status.OPEN, Candidate.Status.SEARCHING):
            happens(lambda to=status: candidates.change_status(ana.pk, to, now=NOW))  # type: ignore[misc]
        write()
        assert world.writes == [("status", theirs(ana))]
        assert world.statuses[theirs(ana)] == "searching"

    def test_what_changes_while_it_is_written_is_written_again(
        self, ana: Candidate, world: World
    ) -> None:
        happens(lambda: candidates.change_status(ana.pk, Candidate.Status.OPEN, now=NOW))
        claimed = writes.claim(now=NOW)
        assert claimed
        later = NOW + SECOND
        searching = Candidate.Status.SEARCHING
        happens(lambda: candidates.change_status(ana.pk, searching, now=later), now=later)
        writes.done(claimed, Proof(200), now=later)
        write(later)
        assert world.statuses[theirs(ana)] == "searching"


class TestTags:
    def test_members_of_pools_carry_their_names_where_that_is_on(
        self, ana: Candidate, world: World
    ) -> None:
        pool = make.pool("status is passive")
        PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)
        assert wanted.pool_tags(pool.pk, [ana.pk], now=NOW) == 0
        AtsConnection.objects.update(mapping={"tags_pools": True})
        wanted.pool_tags(pool.pk, [ana.pk], now=NOW)
        write()
        assert world.people[theirs(ana)].tags == (f"Warmbench: {pool.name}",)
        PoolMember.objects.update(left_at=NOW)
        wanted.pool_tags(pool.pk, [ana.pk], now=NOW + SECOND)
        write(NOW + SECOND)
        assert world.people[theirs(ana)].tags == ()

    def test_whom_we_wrote_to_carries_a_tag_where_that_is_on(
        self, ana: Candidate, alice: User, world: World
    ) -> None:
        AtsConnection.objects.update(mapping={"tags_touched": True})
        handed(ana, alice)
        activity.look(now=NOW)
        activity.look(now=NOW)
        write()
        assert world.people[theirs(ana)].tags == ("Warmbench: in touch",)
        assert [what for what, _ in world.writes].count("tag") == 1


def handed(who: Candidate, alice: User, *, at: datetime = NOW) -> Message:
    """A mail that a mail server took."""
    address = who.contact_points.get().address
    made = make.sent(who, make.sender(alice), at=at, address=address)
    Attempt.objects.create(
        message=made,
        candidate_id=who.pk,
        sender_id=made.sender_id or 0,
        worker="test",
        claimed_at=at,
        lease_until=at,
        finished_at=at,
        message_id_header=f"<{made.pk}@example.com>",
        outcome=Attempt.Outcome.ACCEPTED,
    )
    return made


def make_shared(who: Candidate, address: str) -> None:
    """Give somebody an address that another has, too."""
    who.contact_points.create(channel=Channel.EMAIL, address=address, added_at=NOW)


class TestActivity:
    def test_each_touch_gets_one_line_without_its_words(
        self, ana: Candidate, alice: User, world: World
    ) -> None:
        message = handed(ana, alice)
        for _ in range(3):
            activity.look(now=NOW)
            write()
        [note] = world.notes[theirs(ana)]
        address = ana.contact_points.get().address
        assert note.text.startswith("Warmbench: mail “")
        assert f"sent to {address} [{note.marker}]" in note.text
        assert "read on" not in note.text
        assert only(Kind.ACTIVITY).key == f"touch:{message.pk}"
        assert only(Kind.ACTIVITY).detail == {"message": message.pk}

    def test_each_answer_gets_one_line_with_what_it_was_taken_for(
        self, ana: Candidate, world: World
    ) -> None:
        draft = SignalDraft(
            candidate_id=ana.pk,
            kind=Signal.Kind.REPLIED,
            grade=Signal.Grade.CERTAIN,
            at=NOW,
            key="replied:1",
            topic="Interested",
        )
        signals.record([draft], now=NOW)
        activity.look(now=NOW)
        write()
        [note] = world.notes[theirs(ana)]
        assert note.text == f"Warmbench: replied: Interested [{note.marker}]"

    def test_what_turned_out_not_to_be_so_is_not_told(self, ana: Candidate, world: World) -> None:
        draft = SignalDraft(
            candidate_id=ana.pk,
            kind=Signal.Kind.REPLIED,
            grade=Signal.Grade.CERTAIN,
            at=NOW,
            key="replied:1",
        )
        [signal] = signals.record([draft], now=NOW)
        activity.look(now=NOW)
        signals.withdraw([signal.pk], note="Not theirs", now=NOW)
        write()
        assert only(Kind.ACTIVITY).state == State.DROPPED

    def test_what_was_before_the_connection_is_not_told(
        self, ana: Candidate, alice: User, world: World
    ) -> None:
        handed(ana, alice, at=NOW - timedelta(days=1))
        activity.look(now=NOW)
        assert not AtsWrite.objects.exists()

    def test_an_ats_without_a_place_for_lines_is_not_asked(
        self, ana: Candidate, alice: User, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        no = Ability(Can.NO, "It has no notes.")
        serve(world, monkeypatch, can=replace(fake_ats.EVERYTHING, activity=no))
        handed(ana, alice)
        activity.look(now=NOW)
        assert not AtsWrite.objects.exists()


class TestHowFarIsRead:
    def test_nothing_is_taken_for_read_before_all_that_was_under_way_is_over(self) -> None:
        reader = activity.Reader()
        reader.go_on(oldest=90, newest=100, seconds=0.0, last=7, most=7)
        # A transaction that had begun by then still goes on.
        reader.go_on(oldest=99, newest=120, seconds=60.0, last=9, most=9)
        assert reader.done == 0
        reader.go_on(oldest=100, newest=130, seconds=70.0, last=9, most=9)
        assert reader.done == 7
        reader.go_on(oldest=140, newest=141, seconds=71.0, last=9, most=9)
        # A moment is left to who has a number for a row, and none for a transaction yet.
        assert reader.done == 7
        reader.go_on(oldest=140, newest=141, seconds=90.0, last=9, most=9)
        assert reader.done == 9

    def test_what_is_under_way_is_not_passed(self) -> None:
        reader = activity.Reader()
        reader.go_on(oldest=1, newest=1, seconds=0.0, last=7, most=7)
        reader.go_on(oldest=2, newest=2, seconds=60.0, last=9, most=4)
        assert reader.done == 4

    def test_a_restored_database_begins_anew(self) -> None:
        reader = activity.Reader()
        reader.go_on(oldest=900, newest=900, seconds=0.0, last=7, most=7)
        reader.go_on(oldest=10, newest=11, seconds=60.0, last=7, most=7)
        assert reader.mark
        assert reader.mark.until == 11
        reader.go_on(oldest=12, newest=12, seconds=120.0, last=7, most=7)
        assert reader.done == 7


class TestErasures:
    def test_whoever_is_erased_here_is_erased_there(self, ana: Candidate, world: World) -> None:
        external_id = theirs(ana)
        erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        write(far_ahead())
        assert world.people == {}
        erased = only(Kind.ERASURE)
        assert erased.state == State.DONE
        assert erased.candidate_id is None
        # Nothing is left by which the person could be found.
        assert erased.external_id != external_id

    def test_an_opt_out_that_was_under_way_is_not_lost(self, ana: Candidate, world: World) -> None:
        no = ForbiddenError("The key may not erase.")
        world.always["erase"] = no
        stop(ana)
        erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        write(far_ahead())
        assert [one.opted_out for one in world.people.values()] == [True]

    def test_what_the_ats_cannot_erase_is_said(
        self, ana: Candidate, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        no = Ability(Can.NO, "Erase them there by hand.")
        serve(world, monkeypatch, can=replace(fake_ats.EVERYTHING, erasures=no))
        external_id = theirs(ana)
        erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        write(far_ahead())
        kept = only(Kind.ERASURE)
        assert (kept.state, kept.external_id) == (State.KEPT, external_id)
        assert kept.problem == "Erase them there by hand."


class TestMerges:
    def test_people_who_are_one_here_and_two_there_are_put_before_a_person(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        first, ben = theirs(ana), make.candidate()
        second = fake_ats.record(ben, ats, world).external_id
        merging.merge(ana.pk, ben.pk, by_id=None, now=NOW)
        write()
        kept = only(Kind.MERGE)
        assert (kept.state, kept.candidate_id) == (State.KEPT, ana.pk)
        assert kept.problem == (
            "Records are merged by hand there."
            f" Merge the records {first} and {second} there by hand."
        )

    def test_what_was_merged_there_first_needs_nothing(
        self, ana: Candidate, ats: AtsConnection, world: World
    ) -> None:
        ben = make.candidate()
        gone = fake_ats.record(ben, ats, world)
        merging.merge(ana.pk, ben.pk, by_id=None, now=NOW)
        CandidateRecord.objects.filter(pk=gone.pk).update(fate=CandidateRecord.Fate.MERGED)
        write()
        assert only(Kind.MERGE).state == State.DROPPED


def said(who: Candidate, key: str) -> None:
    """An answer of somebody's, as a row."""
    Signal.objects.create(
        candidate=who,
        kind=Signal.Kind.REPLIED,
        grade=Signal.Grade.CERTAIN,
        at=NOW,
        key=key,
    )


def make_known(who: Candidate) -> Candidate:
    """Somebody else whom the ATS of this person knows."""
    ben = make.candidate()
    known = CandidateRecord.objects.get(candidate=who)
    CandidateRecord.objects.create(
        source=known.source, external_id="another", candidate=ben, seen_at=NOW
    )
    return ben


def far_ahead() -> datetime:
    """The database dates erasures by its own clock."""
    return NOW + timedelta(days=36_500)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_an_answer_that_is_committed_late_is_not_overlooked(
        self, ana: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(activity, "_SETTLES", 0.0)
        written, go_on = Event(), Event()

        def late() -> None:
            try:
                with transaction.atomic():
                    said(ana, "replied:late")
                    written.set()
                    assert go_on.wait(20)
            finally:
                connections.close_all()

        thread = Thread(target=late)
        thread.start()
        assert written.wait(20)
        # Its number is greater, and it comes into sight first.
        said(make_known(ana), "replied:soon")
        for _ in range(4):
            activity.look(now=NOW)
        assert AtsWrite.objects.count() == 1
        go_on.set()
        thread.join()
        activity.look(now=NOW)
        assert AtsWrite.objects.count() == 2

    def test_two_writers_write_everything_once(
        self, ats: AtsConnection, world: World, transactional_db: None
    ) -> None:
        people = [make.candidate() for _ in range(12)]
        for one in people:
            fake_ats.record(one, ats, world)
            stop(one)

        def run(_: int) -> None:
            try:
                write()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, range(4)))
        write()
        assert sorted(world.writes) == sorted(("opt_out", theirs(one)) for one in people)
        assert set(AtsWrite.objects.values_list("state", flat=True)) == {State.DONE}
