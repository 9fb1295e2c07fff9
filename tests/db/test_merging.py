"""Two records of one person become one: nothing is lost or comes twice, the strictest holds."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.db.planting import Planted, everything_stored, found_in
from tests.locks import until_waiting
from tests.make import NOW
from warmbench.core import sql
from warmbench.core.events import react_now
from warmbench.messaging import delivery, invariants
from warmbench.messaging.handover import Accepted, HandOver
from warmbench.messaging.models import Attempt, Message
from warmbench.messaging.verdict import Reason
from warmbench.nurture.models import Enrollment, PoolMember, Step
from warmbench.people import (
    candidates,
    consent,
    erasure,
    export,
    hashes,
    holdings,
    journal,
    merged,
    merging,
    merging_permission,
)
from warmbench.people.candidates import PauseReason
from warmbench.people.consent import CandidateSuppressed
from warmbench.people.merging import CandidatesMerged, MergeError
from warmbench.people.models import (
    BulkTagging,
    Candidate,
    CandidateFact,
    CandidateMerge,
    CandidateRecord,
    CandidateTag,
    Consent,
    ContactPoint,
    DuplicatePair,
    OffLimits,
    OffLimitsException,
    RightsRequest,
    Suppression,
    Tag,
)
from warmbench.signals import warmth, wishes
from warmbench.signals.models import FollowUp, Signal
from warmbench.sourcing.models import Alert

LATER = NOW + timedelta(days=3)


def merge(kept: Candidate, gone: Candidate, *, now: datetime = NOW) -> CandidateMerge:
    return merging.merge(kept.pk, gone.pk, by_id=None, now=now)


def undo(done: CandidateMerge, *, now: datetime = LATER) -> None:
    merging.undo(done.pk, by_id=None, now=now)


Rows = dict[str, dict[int, dict[str, Any]]]


def rows_of(candidate_id: int, *, but: frozenset[str] = frozenset()) -> Rows:
    """Every row of every table that names somebody, as the database has it."""
    found: Rows = {}
    for one in holdings.everything():
        key = one.model._meta.pk.column
        columns = [
            column.column
            for column in one.model._meta.concrete_fields
            if column.related_model is Candidate
            or column.attname == "candidate_id"
            or (one.model is Candidate and column.primary_key)
        ]
        for column in columns:
            query = f"SELECT t.{key}, to_jsonb(t) FROM {one.table} t WHERE t.{column} = %s"
            rows = {pk: json.loads(row) for pk, row in sql.run(query, [candidate_id])}
            for row in rows.values():
                for name in ("standing_version", "changed_at"):
                    row.pop(name, None)
            if rows and one.label not in but:
                found.setdefault(one.label, {}).update(rows)
    return found


#: What a merge leaves on purpose where it is undone: that it was, and that stops hold for both.
_LEFT = frozenset({"people.Suppression", "people.CandidateMerge", "people.DuplicatePair"})


def _refreshed(*people: Candidate) -> None:
    sql.run("SELECT refresh_candidate_words(%s)", [[who.pk for who in people]])


class TestEveryTable:
    def test_goes_over_and_comes_back(self, db: None) -> None:
        kept, gone = Planted(500, "+4915112345679"), Planted()
        _refreshed(kept.who, gone.who)
        ours, theirs = rows_of(kept.who.pk, but=_LEFT), rows_of(gone.who.pk, but=_LEFT)
        bulk = BulkTagging.objects.get(candidate_ids__contains=[gone.who.pk])

        done = merge(kept.who, gone.who)

        assert rows_of(gone.who.pk) == {}
        both = rows_of(kept.who.pk)
        alone = {"people.Candidate", "people.CandidateFacet", "people.CandidateWords",
                 "people.OffLimitsException", "people.Notice", "shortlists.RankingRefusal",
                 "shortlists.Snapshot",
                 "signals.Warmth"}  # fmt: skip
        for label, rows in theirs.items():
            went = set() if label in alone else set(rows)
            assert set(both[label]) >= set(ours[label]) | went, label
        bulk.refresh_from_db()
        assert bulk.candidate_ids == [kept.who.pk]
        connection.check_constraints()

        undo(done)

        assert rows_of(gone.who.pk, but=_LEFT) == theirs
        assert rows_of(kept.who.pk, but=_LEFT) == ours
        bulk.refresh_from_db()
        assert bulk.candidate_ids == [gone.who.pk]
        connection.check_constraints()

    def test_is_told_and_erased_as_one(self, db: None) -> None:
        kept, gone = Planted(500, "+4915112345679"), Planted()
        merge(kept.who, gone.who)
        told = export.of(kept.who.pk, now=NOW).as_json()
        # What follows from other rows is told by those.
        missing = [word for word in gone.words if word not in told]
        assert len(missing) < len(gone.words) / 4
        assert gone.who.last_name in told

        erasure.erase([kept.who.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)

        connection.check_constraints()
        assert found_in(everything_stored(), kept.words + gone.words) == []
        assert hashes.reason_against(gone.email, "email")

    def test_an_erasure_is_written_down_for_both_names(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        merge(kept, gone)
        erasure.erase([kept.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        erased = {line.who for line in journal.lines() if line.kind == "erased"}
        assert {hashes.of_candidate(kept.pk), hashes.of_candidate(gone.pk)} <= erased


class Twins:
    """Two records of one person that have everything in common that nobody may have twice."""

    def __init__(self) -> None:
        make.organisation()
        self.alice = make.user()
        self.box = make.sender(self.alice)
        self.skill = make.tag("Erlang")
        self.field = make.tag("Nursing", Tag.Kind.SPECIALTY)
        self.version = make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE, Step.Kind.MESSAGE)
        self.pool, self.role, self.piece = make.pool("status = passive"), make.role(), make.piece()
        self.kept, self.gone = self._record(0), self._record(1)

    def _record(self, at: int) -> Candidate:
        who = make.candidate(self.skill, self.field, owner=self.alice, email="ana@example.com")
        make.enrollment(who, self.version)
        Enrollment.objects.filter(candidate=who).update(position=at)
        PoolMember.objects.create(pool=self.pool, candidate=who, joined_at=NOW)
        who.content_uses.create(piece=self.piece, at=NOW) if hasattr(who, "content_uses") else None
        make.follow_up(who, text=f"Replied {at}")
        Signal.objects.create(
            candidate=who, kind="replied", grade="certain", at=NOW, key="reply:1", topic="x"
        )
        Alert.objects.create(
            role=self.role, candidate=who, level="strong", wave=1, matched=[], score=1, policy=1,
            threshold=3, state="withdrawn", made_at=NOW, state_at=NOW,
        )  # fmt: skip
        RightsRequest.objects.create(
            candidate=who, kind="access", words=f"Please {at}", received_at=NOW,
            deadline=NOW + timedelta(days=at),
        )  # fmt: skip
        return who


class TestWhatBothHave:
    def test_is_there_once_and_comes_back(self, db: None) -> None:
        twins = Twins()
        _refreshed(twins.kept, twins.gone)
        ours, theirs = rows_of(twins.kept.pk, but=_LEFT), rows_of(twins.gone.pk, but=_LEFT)

        done = merge(twins.kept, twins.gone)

        assert rows_of(twins.gone.pk) == {}
        connection.check_constraints()
        both = rows_of(twins.kept.pk)
        for label in ("people.ContactPoint", "people.CandidateTag", "nurture.PoolMember",
                      "signals.Signal", "sourcing.Alert"):  # fmt: skip
            assert len(both[label]) == len(ours[label]), label
        undo(done)
        assert rows_of(twins.gone.pk, but=_LEFT) == theirs
        assert rows_of(twins.kept.pk, but=_LEFT) == ours

    def test_sequences_go_on_once_where_they_are_further(self, db: None) -> None:
        twins = Twins()
        merge(twins.kept, twins.gone)
        ways = Enrollment.objects.filter(candidate=twins.kept).order_by("position")
        assert [(way.state, way.position) for way in ways] == [("exited", 0), ("active", 1)]
        assert ways[0].exit_reason == Reason.MERGED

    def test_a_follow_up_has_the_grounds_of_both(self, db: None) -> None:
        twins = Twins()
        merge(twins.kept, twins.gone)
        entry = FollowUp.objects.get(candidate=twins.kept, state="open")
        assert [said["text"] for said in entry.evidence] == ["Replied 0", "Replied 1"]

    def test_of_two_requests_the_more_urgent_is_to_be_answered(self, db: None) -> None:
        twins = Twins()
        merge(twins.kept, twins.gone)
        asked = RightsRequest.objects.get(candidate=twins.kept, state="open")
        assert (asked.deadline, asked.words) == (NOW, "Please 0\n\nPlease 1")

    def test_a_dead_address_stays_dead(self, db: None) -> None:
        twins = Twins()
        ContactPoint.objects.filter(candidate=twins.gone).update(standing="dead")
        merge(twins.kept, twins.gone)
        assert ContactPoint.objects.get(candidate=twins.kept).standing == "dead"

    def test_one_field_is_the_first(self, db: None) -> None:
        kept = make.candidate(make.tag("Nursing", Tag.Kind.SPECIALTY))
        gone = make.candidate(make.tag("Design", Tag.Kind.SPECIALTY))
        merge(kept, gone)
        carried = CandidateTag.objects.filter(candidate=kept, is_primary=True)
        assert [one.tag.name for one in carried] == ["Nursing"]
        kept.refresh_from_db()
        assert len(kept.facet.tag_ids) == 2

    def test_exceptions_from_employers_off_limits_do_not_come_along(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        off = OffLimits.objects.create(employer="Contoso", key="contoso", since=NOW, at=NOW)
        OffLimitsException.objects.create(of=off, candidate=gone, reason="Agreed", at=NOW)
        merge(kept, gone)
        assert not OffLimitsException.objects.exists()


@pytest.fixture
def twins(db: None) -> Twins:
    return Twins()


class TestTouches:
    """What one of them had, or is about to have, does not come again."""

    def _states(self, who: Candidate) -> list[tuple[str, bool]]:
        found = Message.objects.filter(candidate=who).order_by("pk")
        return [(one.state, one.occurrence == 0) for one in found]

    def test_what_one_had_the_other_does_not_get(self, twins: Twins) -> None:
        had = make.sent(twins.gone, twins.box)
        make.message(twins.kept, twins.box, touch=had.touch)
        known = set(invariants.broken())
        done = merge(twins.kept, twins.gone)
        assert self._states(twins.kept) == [("sent", True), ("cancelled", False)]
        assert set(invariants.broken()) <= known
        undo(done)
        assert self._states(twins.kept) == [("queued", True)]
        assert self._states(twins.gone) == [("sent", True)]

    def test_what_waits_for_both_goes_once(self, twins: Twins) -> None:
        make.message(twins.kept, twins.box, touch="role:7/alert")
        make.message(twins.gone, twins.box, touch="role:7/alert")
        merge(twins.kept, twins.gone)
        assert self._states(twins.kept) == [("queued", True), ("cancelled", False)]

    def test_what_waits_of_the_way_that_ends_does_not_go(self, twins: Twins) -> None:
        for who, touch in ((twins.kept, "sequence:1/first"), (twins.gone, "sequence:1/second")):
            waiting = make.message(who, twins.box, touch=touch)
            Message.objects.filter(pk=waiting.pk).update(sequence_id=twins.version.sequence_id)
        merge(twins.kept, twins.gone)
        left = Message.objects.filter(candidate=twins.kept, state="queued")
        assert [one.touch for one in left] == ["sequence:1/second"]

    def test_the_budget_counts_both_histories(self, twins: Twins) -> None:
        make.sent(twins.gone, twins.box, at=NOW - timedelta(days=1))
        make.message(twins.kept, twins.box)
        merge(twins.kept, twins.gone)
        channel = Counting()
        delivery.deliver(lambda _: channel, worker="w", clock=lambda: NOW)
        assert channel.mails == []
        put_off = Message.objects.get(candidate=twins.kept, state="queued")
        assert put_off.not_before is not None
        assert put_off.not_before > NOW


@dataclass
class Counting:
    """A channel that does something before it takes the first mail, or after."""

    before: Callable[[], object] = lambda: None
    mails: list[str] = field(default_factory=list)
    _asked: int = 0

    def clock(self) -> datetime:
        self._asked += 1
        # Once it is claimed, before the first byte.
        if self._asked == 2:
            self.before()
        return NOW

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        self.mails.append(rcpt_to)
        return Accepted(250, "")

    def close(self) -> None:
        """Nothing is open."""


class TestWhileTwoSendersAreAtWork:
    def _both_waiting(self) -> tuple[Candidate, Candidate]:
        make.organisation()
        kept = make.candidate(email="ana@example.com")
        gone = make.candidate(email="ana.moreau@example.com")
        for who in (kept, gone):
            make.message(who, make.sender(make.user()), touch="role:7/alert")
        return kept, gone

    def _deliver_all(self, channel: Counting, *, now: datetime = NOW) -> None:
        while delivery.deliver(lambda _: channel, worker="w", clock=lambda: now):
            pass

    def test_a_touch_that_both_have_in_hand_goes_once(self, transactional_db: None) -> None:
        kept, gone = self._both_waiting()
        second = Counting()

        def meanwhile() -> None:
            # The other sender claims the other record's, and both become one before it goes.
            second.before = lambda: merge(kept, gone)
            delivery.deliver(lambda _: second, worker="v", clock=second.clock)

        first = Counting(before=meanwhile)
        delivery.deliver(lambda _: first, worker="w", clock=first.clock)
        self._deliver_all(first)
        self._deliver_all(second, now=NOW + timedelta(days=40))
        assert len(first.mails + second.mails) <= 1
        states = Message.objects.filter(candidate=kept).values_list("state", flat=True)
        assert set(states) <= {"sent", "refused", "queued"}
        assert set(Attempt.objects.values_list("candidate_id", flat=True)) == {kept.pk}

    def test_what_was_handed_over_for_one_is_not_for_the_other(
        self, transactional_db: None
    ) -> None:
        kept, gone = self._both_waiting()
        first = Counting()
        delivery.deliver(lambda _: first, worker="w", clock=first.clock)
        assert len(first.mails) == 1
        second = Counting(before=lambda: merge(kept, gone))
        delivery.deliver(lambda _: second, worker="v", clock=second.clock)
        self._deliver_all(second)
        self._deliver_all(second, now=NOW + timedelta(days=2))
        assert second.mails == []

    def test_whoever_opted_out_in_one_record_gets_nothing_from_the_other(
        self, transactional_db: None
    ) -> None:
        make.organisation()
        kept, gone = make.candidate(), make.candidate()
        consent.suppress(kept.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        make.message(gone, make.sender(make.user()))
        channel = Counting(before=lambda: merge(kept, gone))
        delivery.deliver(lambda _: channel, worker="w", clock=channel.clock)
        self._deliver_all(channel)
        assert channel.mails == []

    def test_an_opt_out_that_comes_at_that_moment_counts(self, transactional_db: None) -> None:
        make.organisation()
        kept, gone = make.candidate(), make.candidate()
        sent = make.sent(gone, make.sender(make.user()))

        def stop() -> None:
            try:
                assert wishes.stop(gone.pk, message_id=sent.pk, now=NOW)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as thread, transaction.atomic():
            merge(kept, gone)
            stopping = thread.submit(stop)
            until_waiting(or_done=stopping)
            connection.on_commit(lambda: None)
            transaction.on_commit(stopping.done)
        stopping.result()
        assert Suppression.objects.get(candidate=kept).reason == "unsubscribed"

    @pytest.mark.parametrize("is_undone", [True, False], ids=["parted", "merged on"])
    def test_an_opt_out_by_an_old_link_finds_who_it_is_by_then(
        self, db: None, monkeypatch: pytest.MonkeyPatch, *, is_undone: bool
    ) -> None:
        make.organisation()
        first, second, third = (make.candidate() for _ in range(3))
        done = merge(second, first)
        look, looks = merged.now_is, [0]

        def and_then(candidate_id: int) -> int:
            known = look(candidate_id)
            looks[0] += 1
            if looks[0] == 1:
                if is_undone:
                    undo(done)
                else:
                    merge(third, second)
            return known

        monkeypatch.setattr(merged, "now_is", and_then)
        assert wishes.stop(first.pk, message_id=0, now=LATER)
        stopped = set(Suppression.objects.values_list("candidate", flat=True))
        assert stopped == {first.pk if is_undone else third.pk}

    def test_it_waits_for_whoever_holds_one_of_them(self, transactional_db: None) -> None:
        kept, gone = make.candidate(), make.candidate()

        def merging_them() -> None:
            try:
                merge(kept, gone)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as thread:
            with transaction.atomic():
                Candidate.objects.select_for_update(no_key=True).get(pk=gone.pk)
                going_on = thread.submit(merging_them)
                until_waiting(or_done=going_on)
                assert Candidate.objects.filter(pk=gone.pk).exists()
            going_on.result()
        assert not Candidate.objects.filter(pk=gone.pk).exists()


class TestPermission:
    def test_a_stop_of_either_holds(self, db: None) -> None:
        for is_kept in (True, False):
            kept, gone = make.candidate(), make.candidate()
            stopped = kept if is_kept else gone
            consent.suppress(stopped.pk, reason=Suppression.Reason.COMPLAINED, now=NOW)
            version = Candidate.objects.get(pk=kept.pk).standing_version
            merge(kept, gone)
            assert [one.reason for one in merging_permission.stops(kept.pk)] == ["complained"]
            assert Candidate.objects.get(pk=kept.pk).standing_version > version

    def test_stops_stay_on_both_when_they_part(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        consent.suppress(gone.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        done = merge(kept, gone)
        consent.suppress(kept.pk, reason=Suppression.Reason.OBJECTED, now=LATER)
        undo(done)
        for who in (kept, gone):
            stops = {one.reason for one in merging_permission.stops(who.pk)}
            assert stops == {"unsubscribed", "objected"}

    def test_the_histories_are_still_nobodys_to_rewrite(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(candidate=gone).update(candidate=kept)
        sql.run("SELECT begin_merging()")
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(candidate=gone).update(basis="relationship")


_BASES = [str(basis) for basis in Consent.Basis]
_WORD = st.tuples(
    st.integers(0, 20),
    st.sampled_from(["email", "sms"]),
    st.sampled_from(["", "nurture", "alert", "pixel"]),
    st.sampled_from(_BASES),
)
_HISTORY = st.lists(_WORD, max_size=6)


class TestTheStrictestWins(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ours=_HISTORY, theirs=_HISTORY)
    def test_whatever_was_said_in_which_order(
        self, ours: list[tuple[int, str, str, str]], theirs: list[tuple[int, str, str, str]]
    ) -> None:
        kept = make.candidate(consented=False, email=None)
        gone = make.candidate(consented=False, email=None)
        for who, words in ((kept, ours), (gone, theirs)):
            for day, channel, purpose, basis in words:
                Consent.objects.create(
                    candidate=who, channel=channel, purpose=purpose, basis=basis, evidence="x",
                    at=NOW + timedelta(days=day - 10),
                )  # fmt: skip
        before = merging_permission.withdrawn([kept.pk, gone.pk])
        done = merge(kept, gone)
        assert merging_permission.withdrawn([kept.pk]) >= before
        undo(done)
        for who in (kept, gone):
            assert merging_permission.withdrawn([who.pk]) >= before


STATUSES = ["do_not_contact", "placed", "hired", "applied", "open", "searching", "passive"]


class TestFacts:
    def _two(self, **theirs: Any) -> tuple[Candidate, Candidate]:
        kept, gone = make.candidate(), make.candidate()
        Candidate.objects.filter(pk=gone.pk).update(**theirs)
        return kept, Candidate.objects.get(pk=gone.pk)

    def _merged(self, kept: Candidate, gone: Candidate) -> Candidate:
        merge(kept, gone)
        return Candidate.objects.get(pk=kept.pk)

    @pytest.mark.parametrize("strict", range(4))
    def test_the_stricter_status_holds(self, db: None, strict: int) -> None:
        for other in STATUSES[strict + 1 :]:
            for ours, theirs in ((STATUSES[strict], other), (other, STATUSES[strict])):
                kept, gone = self._two(status=theirs)
                Candidate.objects.filter(pk=kept.pk).update(status=ours)
                kept.refresh_from_db()
                assert self._merged(kept, gone).status == STATUSES[strict]

    def test_of_the_others_the_newer_one(self, db: None) -> None:
        kept, gone = self._two(status="open", status_since=LATER)
        assert self._merged(kept, gone).status == "open"
        kept, gone = self._two(status="open", status_since=NOW - timedelta(days=1))
        assert self._merged(kept, gone).status == "passive"

    def test_blanks_are_filled_and_what_differs_is_kept_beside(self, db: None) -> None:
        kept, gone = self._two(employer="Contoso", job_title="Nurse", city="Lyon", country="FR")
        done = merge(kept, gone)
        now = Candidate.objects.get(pk=kept.pk)
        assert (now.employer, now.job_title) == ("Contoso", "Nurse")
        assert (now.city, now.country, now.last_name) == ("", "DE", kept.last_name)
        assert done.fields["other"]["country"] == "FR"
        assert done.fields["other"]["last_name"] == gone.last_name

    def test_a_title_stays_with_its_employer(self, db: None) -> None:
        kept, gone = self._two(employer="Contoso", job_title="Nurse")
        Candidate.objects.filter(pk=kept.pk).update(employer="Fabrikam")
        now = self._merged(kept, gone)
        assert (now.employer, now.job_title) == ("Fabrikam", "")

    def test_what_they_put_right_themselves_goes_before(self, db: None) -> None:
        kept, gone = self._two(city="Lyon", country="FR", time_zone="Europe/Paris")
        CandidateFact.objects.create(
            candidate=gone, kind="corrected", topic="place", value={"city": "Lyon"},
            source="candidate", evidence="Their page", at=NOW,
        )  # fmt: skip
        assert self._merged(kept, gone).city == "Lyon"

    def test_the_longer_pause_distance_and_reservation_hold(self, db: None) -> None:
        alice = make.user()
        kept, gone = self._two(
            paused_at=NOW, paused_until=None, pause_reason="asked", gap_days=91,
            asked_until=LATER, reserved_by=alice, reserved_until=LATER, reserved_for="A call",
        )  # fmt: skip
        Candidate.objects.filter(pk=kept.pk).update(
            paused_at=NOW, paused_until=LATER, pause_reason="replied", gap_days=30
        )
        kept.refresh_from_db()
        done = merge(kept, gone)
        now = Candidate.objects.get(pk=kept.pk)
        assert (now.paused_until, now.pause_reason, now.gap_days) == (None, "asked", 91)
        assert (now.reserved_by, now.asked_until) == (alice, LATER)
        undo(done)
        now = Candidate.objects.get(pk=kept.pk)
        assert (now.paused_until, now.pause_reason, now.gap_days) == (LATER, "replied", 30)
        assert now.reserved_by is None

    def test_what_a_source_calls_the_other_one_is_the_kept_one(self, db: None) -> None:
        kept, gone = self._two(source="Old ATS", external_id="17")
        merge(kept, gone)
        assert CandidateRecord.objects.get(source="Old ATS", external_id="17").candidate == kept


class TestWhoIsMeant:
    def test_by_an_old_id(self, db: None) -> None:
        ana, older, oldest = make.candidate(), make.candidate(), make.candidate()
        merge(older, oldest)
        merge(ana, older)
        assert merged.now_is(oldest.pk) == merged.now_is(older.pk) == ana.pk
        assert merged.former([ana.pk]) == {ana.pk: [oldest.pk, older.pk]}
        assert wishes.stop(oldest.pk, message_id=0, now=NOW)
        assert Suppression.objects.get(candidate=ana).reason == "unsubscribed"

    def test_chains_part_one_by_one(self, db: None) -> None:
        ana, older, oldest = make.candidate(), make.candidate(), make.candidate()
        first = merge(older, oldest)
        second = merge(ana, older)
        undo(second)
        assert merged.now_is(oldest.pk) == older.pk
        undo(first)
        assert Candidate.objects.count() == 3
        assert ContactPoint.objects.filter(candidate=oldest).count() == 1

    def test_the_one_that_came_first_may_part_from_the_last(self, db: None) -> None:
        ana, older, oldest = make.candidate(), make.candidate(), make.candidate()
        first = merge(older, oldest)
        merge(ana, older)
        undo(CandidateMerge.objects.get(pk=first.pk))
        assert ContactPoint.objects.filter(candidate=oldest).count() == 1
        assert ContactPoint.objects.filter(candidate=ana).count() == 2

    def test_merging_again_changes_nothing(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        assert merge(kept, gone) == merge(kept, gone)

    def test_nobody_is_merged_with_themselves_or_with_nobody(self, db: None) -> None:
        ana = make.candidate()
        with pytest.raises(MergeError, match="same record"):
            merge(ana, ana)
        with pytest.raises(MergeError, match="not there"):
            merging.merge(ana.pk, 1, by_id=None, now=NOW)


class TestUndoing:
    def test_ends_after_thirty_days_and_happens_once(self, db: None) -> None:
        done = merge(make.candidate(), make.candidate())
        with pytest.raises(MergeError, match="30 days"):
            undo(done, now=NOW + timedelta(days=30))
        undo(done)
        with pytest.raises(MergeError, match="already"):
            undo(done)
        done.refresh_from_db()
        assert (done.fields, done.rows) == ({}, {})

    def test_what_came_since_stays_with_the_kept_one(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        done = merge(kept, gone)
        make.signal(kept, at=LATER)
        Candidate.objects.filter(pk=kept.pk).update(job_title="Head of nursing")
        undo(done)
        assert Signal.objects.get().candidate == kept
        assert Candidate.objects.get(pk=kept.pk).job_title == "Head of nursing"

    @pytest.mark.parametrize("status", ["do_not_contact", "placed"])
    def test_a_strict_status_of_since_holds_for_both(self, db: None, status: str) -> None:
        kept, gone = make.candidate(), make.candidate()
        done = merge(kept, gone)
        since = NOW + timedelta(days=1)
        candidates.change_status(kept.pk, Candidate.Status(status), now=since)
        undo(done)
        assert set(Candidate.objects.values_list("status", "status_since")) == {(status, since)}

    def test_a_pause_that_was_asked_for_since_holds_for_both(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        done = merge(kept, gone)
        until = NOW + timedelta(days=90)
        candidates.pause(
            [kept.pk], reason=PauseReason.ASKED, until=until, now=NOW + timedelta(days=1)
        )
        undo(done)
        found = Candidate.objects.values_list("pause_reason", "paused_until", "asked_until")
        assert set(found) == {("asked", until, until)}

    def test_nobody_takes_them_for_one_again(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        undo(merge(kept, gone))
        assert DuplicatePair.objects.get().verdict == DuplicatePair.Verdict.DISTINCT


class TestWhatFollows:
    def test_warmth_counts_what_both_did(self, db: None) -> None:
        kept, gone = make.candidate(), make.candidate()
        make.signal(kept)
        make.signal(gone)
        alone = warmth.of([kept.pk], now=NOW)[kept.pk]
        merge(kept, gone)
        with time_machine.travel(NOW, tick=False):
            react_now(CandidatesMerged(kept_id=kept.pk, gone_id=gone.pk))
        assert warmth.of([kept.pk], now=NOW)[kept.pk] > alone

    def test_whoever_is_stopped_leaves_what_the_other_record_was_on(self, db: None) -> None:
        twins = Twins()
        consent.suppress(twins.kept.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        merge(twins.kept, twins.gone)
        react_now(CandidateSuppressed(candidate_ids=[twins.kept.pk], reason="unsubscribed"))
        assert not Enrollment.objects.filter(state="active").exists()


def test_what_undoes_a_merge_is_forgotten_when_it_is_too_late(db: None) -> None:
    kept, gone = make.candidate(), make.candidate()
    merging.merge(kept.pk, gone.pk, by_id=None, now=NOW)
    assert merging.forget(now=NOW + timedelta(days=29)) == 0
    assert merging.forget(now=NOW + timedelta(days=30)) == 1
    assert CandidateMerge.objects.get().rows == {}
    assert merged.now_is(gone.pk) == kept.pk
