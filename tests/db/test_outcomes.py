"""What an outcome of a follow-up does to a person, and how all of it is taken back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.db.test_follow_ups import happens
from tests.make import NOW
from warmbench.accounts.models import Notification, User
from warmbench.people import candidates, reservations
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, ContactPoint
from warmbench.signals import follow_ups, outcomes, reminders
from warmbench.signals.models import FollowUp
from warmbench.signals.outcomes import Dealt, NotOfferedError, Undone

Outcome, Reason = FollowUp.Outcome, FollowUp.Reason
TODAY = NOW.date()
IN_SPRING = date(2026, 4, 20)
#: Eight in the morning of that day in Berlin.
MORNING = datetime(2026, 4, 20, 6, tzinfo=UTC)


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


@pytest.fixture
def entry(ana: Candidate) -> FollowUp:
    return make.follow_up(ana)


def done(
    entry: FollowUp, outcome: FollowUp.Outcome, *, now: datetime = NOW, **more: object
) -> Dealt | None:
    by_id = more.pop("by_id", entry.owner_id)
    return follow_ups.done(entry.pk, outcome=outcome, by_id=by_id, now=now, **more)  # type: ignore[arg-type]


def undo(entry: FollowUp, now: datetime = NOW) -> Undone | None:
    assert entry.owner_id is not None
    return follow_ups.undo(entry.pk, by_id=entry.owner_id, now=now)


def state(person: Candidate) -> dict[str, object]:
    """All that an outcome may change about a person."""
    names = (
        *("last_conversation_on", "last_conversation_topic", "last_conversation_note"),
        *("paused_until", "pause_reason", "asked_until", "reserved_by", "reserved_until"),
    )
    found: dict[str, object] = dict(Candidate.objects.values(*names).get(pk=person.pk))
    points = ContactPoint.objects.filter(candidate=person).order_by("pk")
    found["points"] = list(points.values_list("address", "standing"))
    standing = FollowUp.objects.filter(candidate=person, state=FollowUp.State.OPEN).order_by("pk")
    found["open"] = list(standing.values_list("reason", "due_at", "snoozed_until"))
    return found


class TestReached:
    def test_keeps_a_conversation_and_reserves_them(self, entry: FollowUp, alice: User) -> None:
        assert done(entry, Outcome.REACHED, note="Wants to stay in Porto") == Dealt(is_closed=True)

        person = entry.candidate
        person.refresh_from_db()
        assert (person.last_conversation_on, person.last_conversation_topic) == (TODAY, "")
        assert person.last_conversation_note == "Wants to stay in Porto"
        hold = reservations.of(person, now=NOW)
        assert hold is not None
        assert (hold.user_id, hold.until) == (alice.pk, NOW + timedelta(days=14))

    def test_adds_to_what_was_written_down_earlier_that_day(self, entry: FollowUp) -> None:
        candidates.record_conversation(
            entry.candidate_id, on=TODAY, topic="Rust", note="Likes it", now=NOW, by_id=None
        )
        done(entry, Outcome.REACHED, note="Rang once more")
        entry.candidate.refresh_from_db()
        assert entry.candidate.last_conversation_topic == "Rust"
        assert entry.candidate.last_conversation_note == "Likes it\nRang once more"

    def test_by_whoever_stands_in_reserves_for_the_owner(
        self, entry: FollowUp, alice: User, bob: User
    ) -> None:
        done(entry, Outcome.REACHED, by_id=bob.pk)
        entry.candidate.refresh_from_db()
        assert entry.candidate.reserved_by == alice

    def test_leaves_a_reservation_of_somebody_else(self, entry: FollowUp, bob: User) -> None:
        reservations.reserve(entry.candidate_id, bob.pk, why="", by_id=bob.pk, now=NOW)
        done(entry, Outcome.REACHED)
        assert undo(entry) == Undone()
        entry.candidate.refresh_from_db()
        assert entry.candidate.reserved_by == bob


class TestNotReached:
    def test_comes_back_in_two_working_days(self, entry: FollowUp) -> None:
        friday = datetime(2026, 3, 6, 9, tzinfo=UTC)

        assert done(entry, Outcome.LEFT_MESSAGE, note="Voicebox", now=friday) == Dealt(
            is_closed=False, tries=1
        )

        entry.refresh_from_db()
        assert (entry.state, entry.tries) == ("open", 1)
        assert entry.snoozed_until == datetime(2026, 3, 10, 7, tzinfo=UTC), "Tuesday, 8 in Berlin"
        assert entry.due_at == datetime(2026, 3, 10, 16, tzinfo=UTC)
        assert entry.evidence[-1]["text"] == "Alice Meyer: Left a message. Voicebox"

    def test_the_third_time_asks_whether_to_go_on(self, entry: FollowUp) -> None:
        said = [done(entry, Outcome.LEFT_MESSAGE) for _ in range(3)]
        assert [one.is_worth_closing for one in said if one] == [False, False, True]

    def test_is_taken_back(self, entry: FollowUp) -> None:
        done(entry, Outcome.LEFT_MESSAGE)
        assert undo(entry) == Undone()
        before, now = entry, FollowUp.objects.get()
        assert (now.due_at, now.tries, now.evidence) == (before.due_at, 0, before.evidence)

    def test_a_message_that_was_left_is_no_ground_to_act(self, ana: Candidate, alice: User) -> None:
        entry = make.follow_up(ana, reason=Reason.CALL)
        done(entry, Outcome.LEFT_MESSAGE)
        follow_ups.note(entry.pk, "Prefers mornings", by_id=alice.pk, now=NOW)
        FollowUp.objects.update(
            evidence=[
                item | ({} if item.get("note") else {"about": "role:7"})
                for item in FollowUp.objects.get().evidence
            ]
        )
        assert follow_ups.call_off([ana.pk], [Reason.CALL], note="", about="role:7", now=NOW)


class TestWrongNumber:
    def test_takes_the_number_out_of_use_that_was_tried_first(self, entry: FollowUp) -> None:
        make.phone(entry.candidate)
        numbers = ContactPoint.objects.filter(candidate=entry.candidate, channel="sms")

        done(entry, Outcome.WRONG_NUMBER)
        assert numbers.get().standing == "dead"
        assert undo(entry) == Undone()
        assert numbers.get().standing != "dead"

    def test_says_what_has_changed_since(self, entry: FollowUp) -> None:
        make.phone(entry.candidate)
        done(entry, Outcome.WRONG_NUMBER)
        ContactPoint.objects.filter(channel="sms").delete()
        assert undo(entry) == Undone(("The number has been changed since, and stays as it is.",))

    def test_without_a_number_only_closes(self, entry: FollowUp) -> None:
        assert done(entry, Outcome.WRONG_NUMBER)
        assert undo(entry) == Undone()


class TestNotNow:
    def test_leaves_them_alone_until_their_day_and_reminds_then(
        self, entry: FollowUp, alice: User
    ) -> None:
        done(entry, Outcome.NOT_NOW, until=IN_SPRING, note="After the fair")

        person = entry.candidate
        person.refresh_from_db()
        assert (person.pause_reason, person.paused_until) == (PauseReason.ASKED, MORNING)
        assert candidates.asked_until(person.pk, now=NOW) == MORNING
        reminder = FollowUp.objects.get(state="open")
        assert (reminder.reason, reminder.owner) == (Reason.REMINDER, alice)
        assert (reminder.snoozed_until, reminder.due_at.hour) == (MORNING, 15)
        assert reminder.evidence[0]["text"] == "After the fair"

    def test_without_a_day_is_ninety_days(self, entry: FollowUp) -> None:
        done(entry, Outcome.NOT_NOW)
        entry.candidate.refresh_from_db()
        until = entry.candidate.paused_until
        assert until is not None
        assert until.date() == TODAY + timedelta(days=90)

    def test_gives_the_pause_before_back(self, entry: FollowUp) -> None:
        later = NOW + timedelta(days=9)
        candidates.pause([entry.candidate_id], reason=PauseReason.REPLIED, until=later, now=NOW)
        before = state(entry.candidate)

        done(entry, Outcome.NOT_NOW, until=IN_SPRING)
        assert undo(entry) == Undone()

        assert state(entry.candidate) == before

    def test_leaves_what_they_have_said_since(self, entry: FollowUp) -> None:
        done(entry, Outcome.NOT_NOW, until=IN_SPRING)
        later = MORNING + timedelta(days=30)
        candidates.pause([entry.candidate_id], reason=PauseReason.ASKED, until=later, now=NOW)

        assert undo(entry) == Undone(("The pause has been changed since, and stays.",))

        assert candidates.asked_until(entry.candidate_id, now=NOW) == later

    def test_of_a_reminder_moves_the_reminder(self, ana: Candidate, alice: User) -> None:
        reminder = reminders.remind(ana.pk, on=TODAY, note="Ring", by_id=alice.pk, now=NOW)
        assert reminder is not None
        done(reminder, Outcome.NOT_NOW, until=IN_SPRING)
        assert FollowUp.objects.get(state="open").snoozed_until == MORNING
        assert undo(reminder) == Undone()
        assert FollowUp.objects.get(state="open") == reminder


class TestRoleInterest:
    def test_is_heard_of_by_the_recruiter_of_the_role(self, entry: FollowUp, bob: User) -> None:
        role = make.role(owner=bob)
        happens(lambda: done(entry, Outcome.ROLE_INTEREST, role_id=role.pk))
        told = Notification.objects.get(user=bob)
        assert told.title == f"{{who}} told Alice Meyer of an interest in “{role.title}”"

    def test_needs_the_role(self, entry: FollowUp) -> None:
        with pytest.raises(NotOfferedError):
            done(entry, Outcome.ROLE_INTEREST)
        entry.refresh_from_db()
        assert entry.state == "open"


class TestReminders:
    def remind(self, ana: Candidate, by: User, on: date, note: str = "Ring") -> FollowUp:
        made = reminders.remind(ana.pk, on=on, note=note, by_id=by.pk, now=NOW)
        assert made is not None
        return made

    def test_comes_into_sight_on_its_day(self, ana: Candidate, alice: User) -> None:
        reminder = self.remind(ana, alice, IN_SPRING)
        assert reminder.snoozed_until == MORNING
        assert self.remind(ana, alice, TODAY).snoozed_until is None

    def test_another_one_joins_it_and_the_earlier_day_counts(
        self, ana: Candidate, alice: User, bob: User
    ) -> None:
        self.remind(ana, alice, date(2026, 5, 4))
        joined = self.remind(ana, bob, IN_SPRING, "Send the study")
        reminder = FollowUp.objects.get()
        assert reminder == joined
        assert (reminder.owner, reminder.snoozed_until) == (alice, MORNING)

    def test_what_is_for_a_later_day_is_not_done_with_the_first(
        self, ana: Candidate, alice: User
    ) -> None:
        self.remind(ana, alice, TODAY, "Ring")
        first = self.remind(ana, alice, IN_SPRING, "Ask about the fair")
        done(first, Outcome.REACHED)
        left = FollowUp.objects.get(state="open")
        assert [item["text"] for item in left.evidence] == ["Ask about the fair"]
        assert left.snoozed_until == MORNING

    def test_nobody_is_reminded_of_who_is_gone(self, alice: User) -> None:
        assert reminders.remind(0, on=TODAY, note="", by_id=alice.pk, now=NOW) is None


class TestNotes:
    def test_stand_among_the_evidence_with_who_wrote_them(
        self, entry: FollowUp, alice: User
    ) -> None:
        assert follow_ups.note(entry.pk, " Speaks Dutch ", by_id=alice.pk, now=NOW)
        entry.refresh_from_db()
        assert entry.evidence[-1]["text"] == "Alice Meyer: Speaks Dutch"
        assert entry.state == "open"
        assert not follow_ups.note(entry.pk, "  ", by_id=alice.pk, now=NOW)
        done(entry, Outcome.OTHER)
        assert not follow_ups.note(entry.pk, "Too late", by_id=alice.pk, now=NOW)


#: What may have happened before.
HISTORIES: list[Callable[[Candidate, User], object]] = [
    lambda *_: None,
    lambda who, _: candidates.pause([who.pk], reason=PauseReason.REPLIED, now=NOW),
    lambda who, _: candidates.pause(
        [who.pk], reason=PauseReason.ASKED, until=NOW + timedelta(days=400), now=NOW
    ),
    lambda who, _: candidates.pause(
        [who.pk], reason=PauseReason.RECRUITER, until=NOW + timedelta(days=3), now=NOW
    ),
    lambda who, by: reservations.reserve(who.pk, by.pk, why="", by_id=by.pk, now=NOW),
    lambda who, by: candidates.record_conversation(
        who.pk, on=TODAY, topic="Rust", note="Likes it", now=NOW, by_id=by.pk
    ),
    lambda who, by: reminders.remind(
        who.pk, on=TODAY + timedelta(days=5), note="Ring", by_id=by.pk, now=NOW
    ),
]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    outcome=st.sampled_from([one for one in outcomes.OUTCOMES if one != Outcome.ROLE_INTEREST]),
    before=st.lists(st.sampled_from(HISTORIES), max_size=3),
    until=st.none() | st.integers(1, 200).map(lambda days: TODAY + timedelta(days=days)),
)
def test_whatever_came_of_it_is_taken_back_wholly(
    alice: User,
    outcome: FollowUp.Outcome,
    before: list[Callable[[Candidate, User], object]],
    until: date | None,
) -> None:
    ana = make.candidate(owner=alice)
    make.phone(ana)
    for happened in before:
        happened(ana, alice)
    entry = make.follow_up(ana)
    was = state(ana)

    assert done(entry, outcome, until=until, note="A note")
    assert undo(entry) == Undone()

    now = state(ana)
    if outcome in {Outcome.REACHED, Outcome.INTERESTED} and was["reserved_by"]:
        # It was reserved for Alice before: for how long is not taken back.
        now["reserved_until"] = was["reserved_until"]
    assert now == was
