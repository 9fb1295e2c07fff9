"""What recruiters are asked to do: on which evidence, by when, and what became of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.core.events import held_back, react_now
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Message
from warmbench.messaging.settling import AddressDied
from warmbench.nurture.models import Enrollment, Step
from warmbench.people import candidates, consent
from warmbench.people.models import Candidate, ContactPoint, Suppression
from warmbench.signals import (
    follow_ups,
    joining,
    offers,
    queues,
    reasons,
    record,
    reminders,
    waking,
)
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.record import SignalDraft

Kind, Reason, Outcome = Signal.Kind, FollowUp.Reason, FollowUp.Outcome
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def bob(alice: User) -> User:
    return make.user("Bob Brandt")


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def happens(action: Callable[[], object], *, now: datetime = NOW) -> None:
    """Do something, and let everything that reacts to it run in place."""
    with clock.pinned(now), held_back() as events:
        action()
        for event in events:  # Grows while reactions publish.
            react_now(event)


def says(
    candidate: Candidate, kind: str, *, at: datetime = NOW, key: str = "", **more: object
) -> None:
    draft = SignalDraft(
        candidate_id=candidate.pk,
        kind=Signal.Kind(kind),
        grade=Signal.Grade.CERTAIN,
        at=at,
        key=f"{kind}:{at.isoformat()}",
        **more,  # type: ignore[arg-type]
    )
    happens(lambda: record.record([draft], now=at), now=at)


def signal(candidate: Candidate, *, at: datetime = NOW, key: str = "reply:1") -> Signal:
    with held_back():
        (made,) = record.record(
            [
                SignalDraft(
                    candidate_id=candidate.pk,
                    kind=Signal.Kind.REPLIED,
                    grade=Signal.Grade.CERTAIN,
                    at=at,
                    key=key,
                )
            ],
            now=at,
        )
    return made


def ask(
    candidate: Candidate,
    *evidence: Evidence,
    reason: FollowUp.Reason = Reason.REPLIED,
    value: int = 50,
    due_at: datetime = TOMORROW,
) -> FollowUp | None:
    return follow_ups.ask_for(
        candidate.pk,
        reason,
        evidence=evidence or [Evidence(NOW, "Rang back")],
        value=value,
        due_at=due_at,
        now=NOW,
    )


def opened(candidate: Candidate, **fields: object) -> FollowUp:
    made = ask(candidate, **fields)  # type: ignore[arg-type]
    assert made is not None
    return made


class TestAsking:
    def test_puts_the_entry_into_the_owners_queue(self, ana: Candidate, alice: User) -> None:
        heard = signal(ana)

        asked = ask(ana, Evidence.of(heard))

        assert asked is not None
        assert (asked.owner, asked.asked_at, asked.due_at) == (alice, NOW, TOMORROW)
        assert joining.alone(asked.evidence) == [
            {"at": NOW.isoformat(), "text": "Replied", "signal": heard.pk}
        ]

    def test_twice_for_one_reason_is_one_entry_with_more_evidence(self, ana: Candidate) -> None:
        first = opened(ana, value=50)
        follow_ups.snooze(first.pk, until=NOW + timedelta(days=9), by_id=1, now=NOW)

        ask(ana, Evidence(NOW, "Wrote again"), value=40, due_at=NOW + timedelta(days=2))

        entry = FollowUp.objects.get()
        assert [e["text"] for e in entry.evidence] == ["Rang back", "Wrote again"]
        assert (entry.value, entry.snoozed_until) == (50, None)
        assert entry.due_at == NOW + timedelta(days=2)

    def test_again_with_the_same_evidence_changes_nothing(self, ana: Candidate) -> None:
        first = opened(ana)
        follow_ups.snooze(first.pk, until=NOW + timedelta(days=9), by_id=1, now=NOW)

        again = ask(ana)

        assert again is not None
        assert again.pk == first.pk
        assert again.snoozed_until == NOW + timedelta(days=9)

    def test_with_evidence_that_was_dealt_with_asks_for_nothing(
        self, ana: Candidate, alice: User
    ) -> None:
        heard = Evidence.of(signal(ana))
        asked = ask(ana, heard)
        assert asked is not None
        follow_ups.done(asked.pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)

        assert ask(ana, heard) is None
        assert FollowUp.objects.count() == 1

    def test_with_evidence_that_was_withdrawn_asks_for_nothing(self, ana: Candidate) -> None:
        heard = signal(ana)
        record.withdraw([heard.pk], note="It was not her.", now=NOW)

        assert ask(ana, Evidence.of(heard)) is None

    def test_on_other_evidence_stands_when_some_is_withdrawn(self, ana: Candidate) -> None:
        heard, other = signal(ana), signal(ana, key="reply:2")
        asked = ask(ana, Evidence.of(heard), Evidence.of(other))
        untouched = ask(ana, reason=Reason.PREFERENCES)
        assert asked
        assert untouched

        record.withdraw([heard.pk], note="It was not her.", now=NOW)

        asked.refresh_from_db()
        assert (asked.state, [e["signal"] for e in asked.evidence]) == ("open", [other.pk])
        assert FollowUp.objects.filter(state="open").count() == 2

    def test_stands_as_before_when_what_joined_it_is_withdrawn(
        self, ana: Candidate, alice: User
    ) -> None:
        entry = opened(ana, value=40, due_at=NOW + timedelta(days=5))
        until = NOW + timedelta(days=9)
        follow_ups.snooze(entry.pk, until=until, by_id=alice.pk, now=NOW)
        before = FollowUp.objects.values().get()
        heard = signal(ana)
        ask(ana, Evidence.of(heard), value=90)
        assert FollowUp.objects.get().snoozed_until is None

        record.withdraw([heard.pk], note="A machine", now=NOW)

        assert FollowUp.objects.values().get() == before

    def test_goes_back_to_sleep_when_what_woke_it_is_withdrawn(
        self, ana: Candidate, alice: User
    ) -> None:
        entry = opened(ana, reason=Reason.REMINDER)
        follow_ups.snooze(
            entry.pk,
            until=NOW + timedelta(days=9),
            by_id=alice.pk,
            now=NOW,
            wakes_on=FollowUp.Wakes.SIGNAL,
        )
        before = FollowUp.objects.values().get()
        heard = signal(ana, at=NOW + timedelta(hours=1))
        assert waking.by_signals([heard.pk], now=NOW + timedelta(hours=1)) == 1

        record.withdraw([heard.pk], note="A machine", now=NOW + timedelta(hours=2))

        assert FollowUp.objects.values().get() == before

    def test_a_reminder_that_was_taken_back_leaves_the_other_one_as_it_was(
        self, ana: Candidate, alice: User
    ) -> None:
        reminders.remind(ana.pk, on=date(2026, 4, 20), note="Ring", by_id=alice.pk, now=NOW)
        before = FollowUp.objects.values().get()
        entry = opened(ana)
        done = follow_ups.done(
            entry.pk, outcome=Outcome.NOT_NOW, by_id=alice.pk, now=NOW, until=date(2026, 4, 1)
        )
        assert done is not None
        assert FollowUp.objects.get(reason=Reason.REMINDER).due_at < before["due_at"]

        follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

        assert FollowUp.objects.values().get(reason=Reason.REMINDER) == before

    def test_for_another_reason_is_another_entry(self, ana: Candidate) -> None:
        ask(ana)
        ask(ana, reason=Reason.CLICKED)

        assert FollowUp.objects.count() == 2

    @pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.VIEWER}])
    def test_leaves_to_everybody_what_its_owner_cannot_act_on(
        self, ana: Candidate, alice: User, bob: User, change: dict[str, object]
    ) -> None:
        User.objects.filter(pk=alice.pk).update(**change)

        ask(ana)

        assert queues.today(bob, now=NOW).get().owner is None

    @pytest.mark.usefixtures("work")
    def test_at_the_same_time_makes_one_entry(self, transactional_db: None) -> None:
        ana = make.candidate()

        def run(number: int) -> None:
            try:
                ask(ana, Evidence(NOW, f"Reason {number}"))
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(run, range(18)))

        assert len(FollowUp.objects.get().evidence) == 18


class TestDealingWithIt:
    def test_done_keeps_what_came_of_it(self, ana: Candidate, alice: User) -> None:
        entry = opened(ana)

        assert follow_ups.done(
            entry.pk, outcome=Outcome.NOT_NOW, note="In spring", by_id=alice.pk, now=TOMORROW
        )

        entry.refresh_from_db()
        assert (entry.state, entry.outcome, entry.note) == ("done", "not_now", "In spring")
        assert (entry.done_by, entry.done_at) == (alice, TOMORROW)
        assert not queues.today(alice, now=TOMORROW)
        assert AuditEntry.objects.get(action="follow_up.done").actor_id == alice.pk

    def test_done_twice_is_done_once(self, ana: Candidate, alice: User) -> None:
        entry = opened(ana)
        follow_ups.done(entry.pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)

        assert not follow_ups.done(entry.pk, outcome=Outcome.OTHER, by_id=alice.pk, now=NOW)
        assert FollowUp.objects.get().outcome == Outcome.REACHED

    def test_snoozed_is_out_of_sight_and_not_late_afterwards(
        self, ana: Candidate, alice: User
    ) -> None:
        entry = opened(ana)
        until = NOW + timedelta(days=7)

        assert follow_ups.snooze(entry.pk, until=until, by_id=alice.pk, now=NOW)

        assert not queues.today(alice, now=until - timedelta(seconds=1))
        assert queues.today(alice, now=until).get().is_overdue(now=until) is False

    def test_cannot_be_snoozed_into_the_past_or_when_closed(
        self, ana: Candidate, alice: User
    ) -> None:
        entry = opened(ana)

        assert not follow_ups.snooze(entry.pk, until=NOW, by_id=alice.pk, now=NOW)
        follow_ups.done(entry.pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)
        assert not follow_ups.snooze(entry.pk, until=TOMORROW, by_id=alice.pk, now=NOW)

    def test_handed_over_is_in_the_others_queue_at_once(
        self, ana: Candidate, alice: User, bob: User
    ) -> None:
        entry = opened(ana)
        follow_ups.snooze(entry.pk, until=TOMORROW, by_id=alice.pk, now=NOW)

        assert offers.hand_over(entry.pk, to_id=bob.pk, by_id=alice.pk, now=NOW)

        assert queues.today(bob, now=NOW).get().handed_over_by == alice
        assert not queues.today(alice, now=NOW)

    def test_is_not_handed_to_somebody_who_cannot_act(self, ana: Candidate, alice: User) -> None:
        entry = opened(ana)
        viewer = make.user("Vera Voss", Role.VIEWER)

        assert not offers.hand_over(entry.pk, to_id=viewer.pk, by_id=alice.pk, now=NOW)
        assert not offers.hand_over(entry.pk, to_id=0, by_id=alice.pk, now=NOW)
        follow_ups.done(entry.pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)
        assert not offers.hand_over(entry.pk, to_id=alice.pk, by_id=alice.pk, now=NOW)

    def test_goes_along_with_the_candidate(self, ana: Candidate, alice: User, bob: User) -> None:
        moving, staying = opened(ana), opened(ana, reason=Reason.CLICKED)
        offers.hand_over(staying.pk, to_id=alice.pk, by_id=bob.pk, now=NOW)

        happens(lambda: candidates.hand_over([ana.pk], to_id=bob.pk, now=NOW, by_id=alice.pk))

        assert queues.today(bob, now=NOW).get() == moving
        assert queues.today(alice, now=NOW).get() == staying

    def test_waits_for_everybody_when_the_candidate_has_no_owner_any_more(
        self, ana: Candidate, alice: User
    ) -> None:
        opened(ana)

        happens(lambda: candidates.hand_over([ana.pk], to_id=None, now=NOW, by_id=alice.pk))

        assert FollowUp.objects.get().owner is None


class TestTakingBack:
    def test_what_was_done_is_open_again_and_due_when_it_was(
        self, ana: Candidate, alice: User
    ) -> None:
        entry = opened(ana)
        follow_ups.done(entry.pk, outcome=Outcome.REACHED, note="April", by_id=alice.pk, now=NOW)

        assert follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

        back = queues.today(alice, now=NOW).get()
        assert (back.due_at, back.outcome, back.note) == (entry.due_at, "", "")
        assert (back.done_at, back.done_by) == (None, None)
        assert not follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)
        assert AuditEntry.objects.get(action="follow_up.undone").detail == {"was": "done"}

    def test_what_was_snoozed_is_in_sight_again_and_due_when_it_was(
        self, ana: Candidate, alice: User
    ) -> None:
        entry = opened(ana)
        follow_ups.snooze(entry.pk, until=TOMORROW, by_id=alice.pk, now=NOW)

        assert follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

        assert queues.today(alice, now=NOW).get().due_at == entry.due_at
        assert not follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

    def test_a_snooze_that_is_over_is_not_taken_back(self, ana: Candidate, alice: User) -> None:
        entry = opened(ana)
        follow_ups.snooze(entry.pk, until=TOMORROW, by_id=alice.pk, now=NOW)
        assert not follow_ups.undo(entry.pk, by_id=alice.pk, now=TOMORROW)
        assert FollowUp.objects.get().due_at == TOMORROW

    def test_there_is_never_a_second_one_for_the_same_reason(
        self, ana: Candidate, alice: User
    ) -> None:
        entry = opened(ana)
        follow_ups.done(entry.pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)
        assert ask(ana, Evidence(NOW, "Rang once more"))

        assert not follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

        assert FollowUp.objects.filter(state=FollowUp.State.OPEN).count() == 1

    def test_what_the_system_withdrew_stays_withdrawn(self, ana: Candidate, alice: User) -> None:
        entry = opened(ana)
        reason = FollowUp.Reason(entry.reason)
        follow_ups.call_off([ana.pk], [reason], note="She moved on.", now=NOW)
        assert not follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

    def test_what_stands_on_nothing_any_more_stays_done(self, ana: Candidate, alice: User) -> None:
        heard = signal(ana)
        entry = ask(ana, Evidence.of(heard))
        assert entry is not None
        follow_ups.done(entry.pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)
        heard.delete()
        assert not follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

    def test_it_comes_back_to_whoever_looks_after_them_by_then(
        self, ana: Candidate, alice: User, bob: User
    ) -> None:
        entry = opened(ana)
        follow_ups.done(entry.pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)
        happens(lambda: candidates.hand_over([ana.pk], to_id=bob.pk, now=NOW, by_id=alice.pk))

        assert follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)

        assert queues.today(bob, now=NOW).get() == entry


class TestToday:
    def test_shows_what_is_worth_most_and_most_urgent_first(self, alice: User) -> None:
        def one(value: int, due_at: datetime) -> int:
            return opened(make.candidate(owner=alice), value=value, due_at=due_at).pk

        low, high = one(10, TOMORROW), one(90, TOMORROW)
        high_soon, late = one(90, NOW + timedelta(hours=1)), one(40, NOW - timedelta(days=2))
        far = one(90, NOW + timedelta(days=9))

        shown = queues.today(alice, now=NOW)

        assert [f.pk for f in shown] == [high_soon, high, late, far, low]
        assert [f.is_overdue(now=NOW) for f in shown] == [False, False, True, False, False]

    def test_shows_ones_own_and_nobodys(self, ana: Candidate, alice: User, bob: User) -> None:
        own, nobodys = opened(ana), opened(make.candidate())
        opened(make.candidate(owner=bob))

        assert set(queues.today(alice, now=NOW)) == {own, nobodys}

    def test_asks_one_question_for_the_whole_queue(
        self, alice: User, django_assert_num_queries: Callable[..., object]
    ) -> None:
        for _ in range(3):
            opened(make.candidate(owner=alice))

        with django_assert_num_queries(1):  # type: ignore[attr-defined]
            for entry in queues.today(alice, now=NOW):
                assert entry.candidate.name
                assert entry.owner
                assert not hasattr(entry.candidate, "warmth")


class TestDeadlines:
    #: A Tuesday, 10:00 in Berlin.
    @pytest.mark.parametrize(
        ("reason", "now", "due"),
        [
            (Reason.REPLIED, NOW, datetime(2026, 3, 3, 16, 0, tzinfo=UTC)),
            (Reason.REPLIED, NOW + timedelta(hours=5), datetime(2026, 3, 4, 16, 0, tzinfo=UTC)),
            (Reason.HIGH_INTEREST, NOW, datetime(2026, 3, 4, 16, 0, tzinfo=UTC)),
            # Friday to Monday, over the day that clocks change.
            (
                Reason.HIGH_INTEREST,
                datetime(2026, 3, 27, 9, 0, tzinfo=UTC),
                datetime(2026, 3, 30, 15, 0, tzinfo=UTC),
            ),
            # Maundy Thursday to Tuesday: two holidays and a weekend.
            (
                Reason.HIGH_INTEREST,
                datetime(2026, 4, 2, 9, 0, tzinfo=UTC),
                datetime(2026, 4, 7, 15, 0, tzinfo=UTC),
            ),
            # A reply on a Sunday is for Monday.
            (
                Reason.REPLIED,
                datetime(2026, 3, 8, 9, 0, tzinfo=UTC),
                datetime(2026, 3, 9, 16, 0, tzinfo=UTC),
            ),
        ],
    )
    def test_are_ends_of_working_days_where_the_recruiter_is(
        self, reason: FollowUp.Reason, now: datetime, due: datetime
    ) -> None:
        assert reasons.due(reason, zone="Europe/Berlin", country="DE", now=now) == due

    def test_an_answer_that_is_waited_for_stands_above_interest(self) -> None:
        assert reasons.value(Reason.REPLIED, 0) > reasons.value(Reason.HIGH_INTEREST, 100)
        assert reasons.value(Reason.REPLIED, 100) == 100

    def test_without_an_organisation_there_is_a_deadline_too(self, db: None) -> None:
        ben = make.candidate()

        assert reasons.due_for(ben, Reason.REPLIED, now=NOW) == datetime(2026, 3, 3, 17, tzinfo=UTC)


class TestAReply:
    def test_is_put_before_the_recruiter_by_the_end_of_the_day(self, ana: Candidate) -> None:
        says(ana, Kind.REPLIED)

        asked = FollowUp.objects.get()
        assert (asked.reason, asked.value) == ("replied", 75 + 10)
        assert asked.due_at == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)

    def test_is_heard_even_from_somebody_who_opted_out(self, ana: Candidate) -> None:
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)

        says(ana, Kind.REPLIED)

        assert FollowUp.objects.get().reason == Reason.REPLIED


class TestHighInterest:
    def clicks(self, ana: Candidate, *days: int) -> None:
        for day in days:
            says(ana, Kind.CLICKED, at=NOW + timedelta(days=day), message_id=day + 1)

    def test_takes_three_occasions_in_thirty_days(self, ana: Candidate) -> None:
        self.clicks(ana, 0, 5)
        assert not FollowUp.objects.exists()

        self.clicks(ana, 9)

        asked = FollowUp.objects.get()
        assert asked.reason == Reason.HIGH_INTEREST
        assert len(asked.evidence) == 3
        assert asked.due_at == datetime(2026, 3, 13, 16, 0, tzinfo=UTC)

    def test_takes_in_what_comes_later(self, ana: Candidate) -> None:
        self.clicks(ana, 0, 5, 9, 10)

        assert len(FollowUp.objects.get().evidence) == 4

    def test_that_was_dealt_with_takes_three_new_ones(self, ana: Candidate, alice: User) -> None:
        self.clicks(ana, 0, 1, 2)
        follow_ups.done(FollowUp.objects.get().pk, outcome=Outcome.REACHED, by_id=alice.pk, now=NOW)

        self.clicks(ana, 3, 4)
        assert FollowUp.objects.count() == 1
        self.clicks(ana, 5)
        assert FollowUp.objects.count() == 2

    def test_is_over_when_too_little_of_it_was_the_person(self, ana: Candidate) -> None:
        self.clicks(ana, 0, 1, 2, 3)
        first, second = Signal.objects.order_by("at")[:2]

        record.withdraw([first.pk], note="A machine.", now=TOMORROW)
        assert FollowUp.objects.get().state == "open"
        record.withdraw([second.pk], note="A machine.", now=TOMORROW)

        closed = FollowUp.objects.get()
        assert (closed.state, closed.note, len(closed.evidence)) == ("done", "A machine.", 2)

    @pytest.mark.parametrize("how", ["suppressed", "do_not_contact"])
    def test_of_somebody_whom_nobody_may_approach_is_left_alone(
        self, ana: Candidate, how: str
    ) -> None:
        if how == "suppressed":
            consent.suppress(ana.pk, reason=Suppression.Reason.MANUAL, now=NOW)
        else:
            candidates.change_status(ana.pk, Candidate.Status.DO_NOT_CONTACT, now=NOW)

        self.clicks(ana, 0, 1, 2)

        assert not FollowUp.objects.exists()

    def test_is_asked_for_once_when_the_reaction_runs_twice(
        self, ana: Candidate, alice: User
    ) -> None:
        self.clicks(ana, 0, 1, 2)
        at = NOW + timedelta(days=2)
        follow_ups.done(FollowUp.objects.get().pk, outcome=Outcome.OTHER, by_id=alice.pk, now=at)

        reasons.ask_about_high_interest([ana.pk], now=at)

        assert FollowUp.objects.count() == 1


class TestAReturn:
    def test_after_a_long_silence_is_worth_a_word(self, ana: Candidate) -> None:
        says(ana, Kind.CLICKED, at=NOW + timedelta(days=90))

        assert FollowUp.objects.get().reason == Reason.CLICKED

    def test_by_a_role_alert_is_put_before_a_recruiter_for_the_role(self, ana: Candidate) -> None:
        later = NOW + timedelta(days=90)
        alert = make.message(ana, make.sender(), purpose=Message.Purpose.ALERT, due=later)

        says(ana, Kind.CLICKED, at=later, message_id=alert.pk)

        assert not FollowUp.objects.exists()

    def test_of_a_new_acquaintance_is_none(self, ana: Candidate) -> None:
        says(ana, Kind.CLICKED, at=NOW + timedelta(days=89))

        assert not FollowUp.objects.exists()

    def test_counts_from_the_last_conversation(self, ana: Candidate, alice: User) -> None:
        talked = {"topic": "Lead role", "note": "", "by_id": alice.pk, "now": NOW}
        candidates.record_conversation(ana.pk, on=date(2026, 4, 1), **talked)  # type: ignore[arg-type]

        says(ana, Kind.CLICKED, at=NOW + timedelta(days=95))
        assert not FollowUp.objects.exists()

        Signal.objects.all().delete()
        candidates.record_conversation(ana.pk, on=date(2026, 4, 1), **talked)  # type: ignore[arg-type]
        Candidate.objects.filter(pk=ana.pk).update(last_conversation_on=date(2025, 1, 1))
        says(ana, Kind.CLICKED, at=NOW + timedelta(days=96))
        assert FollowUp.objects.get().reason == Reason.CLICKED

    def test_is_one_however_many_links_were_followed(self, ana: Candidate) -> None:
        later = NOW + timedelta(days=100)
        for minutes in range(3):
            says(ana, Kind.CLICKED, at=later + timedelta(minutes=minutes))

        assert len(FollowUp.objects.get().evidence) == 1


class TestPreferences:
    @pytest.mark.parametrize(
        ("topic", "asked"),
        [
            ("Searching", 1),
            ("Open to offers, no messages until 1 June 2026", 1),
            ("Passive", 0),
            ("Passive, no messages until 1 June 2026", 0),
        ],
    )
    def test_of_somebody_who_is_open_are_put_before_a_recruiter(
        self, ana: Candidate, topic: str, asked: int
    ) -> None:
        says(ana, Kind.PREFERENCES_UPDATED, topic=topic)

        assert FollowUp.objects.filter(reason=Reason.PREFERENCES).count() == asked


class TestALoss:
    def test_of_somebody_warm_is_told(self, ana: Candidate) -> None:
        says(ana, Kind.PREFERENCES_UPDATED)
        says(ana, Kind.UNSUBSCRIBED)

        assert FollowUp.objects.get().reason == Reason.UNSUBSCRIBED

    def test_of_somebody_cold_is_not(self, ana: Candidate) -> None:
        says(ana, Kind.UNSUBSCRIBED)

        assert not FollowUp.objects.exists()

    def test_of_an_address_asks_where_they_work_now(self, ana: Candidate) -> None:
        ContactPoint.objects.filter(candidate=ana).update(standing=ContactPoint.Standing.DEAD)

        for _ in range(2):
            happens(lambda: react_now(AddressDied(candidate_ids=[ana.pk])))

        asked = FollowUp.objects.get()
        assert (asked.reason, len(asked.evidence)) == ("address_dead", 1)


class TestSilence:
    @pytest.fixture
    def enrolled(self, ana: Candidate, alice: User) -> Enrollment:
        made = make.enrollment(ana, make.sequence(Step.Kind.MESSAGE))
        make.message(ana, make.sender(alice))
        return made

    @pytest.mark.parametrize(
        "status",
        [
            Candidate.Status.APPLIED,
            Candidate.Status.PLACED,
            Candidate.Status.HIRED,
            Candidate.Status.DO_NOT_CONTACT,
        ],
    )
    def test_falls_around_those_who_are_spoken_for(
        self, ana: Candidate, enrolled: Enrollment, status: Candidate.Status
    ) -> None:
        happens(lambda: candidates.change_status(ana.pk, status, now=NOW))

        enrolled.refresh_from_db()
        assert (enrolled.state, enrolled.exit_reason) == ("exited", status)
        message = Message.objects.get()
        assert (message.state, message.reason) == ("cancelled", status)

    def test_falls_around_those_who_opted_out(self, ana: Candidate, enrolled: Enrollment) -> None:
        opened(ana, reason=Reason.HIGH_INTEREST)
        replied = opened(ana, reason=Reason.REPLIED)

        happens(lambda: consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW))

        enrolled.refresh_from_db()
        assert (enrolled.state, enrolled.exit_reason) == ("exited", "unsubscribed")
        assert Message.objects.get().state == "cancelled"
        assert FollowUp.objects.get(state="open") == replied

    def test_does_not_fall_for_a_slip_that_was_put_right(
        self, ana: Candidate, enrolled: Enrollment
    ) -> None:
        with held_back() as events:
            candidates.change_status(ana.pk, Candidate.Status.PLACED, now=NOW)
            candidates.change_status(ana.pk, Candidate.Status.PASSIVE, now=NOW)
        with clock.pinned(NOW):
            for event in events:
                react_now(event)

        enrolled.refresh_from_db()
        assert enrolled.state == Enrollment.State.ACTIVE
        assert Message.objects.get().state == "queued"
