"""What happens to candidates by our hand: each change once, under lock, with its trace."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.events import held_back
from warmbench.core.models import AuditEntry
from warmbench.people import candidates, handing_over
from warmbench.people.candidates import (
    CandidatesChanged,
    CandidatesHandedOver,
    CandidateStatusChanged,
    PauseReason,
)
from warmbench.people.models import Candidate

SPRING = datetime(2026, 4, 1, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def trail(action: str) -> list[dict[str, object]]:
    entries = AuditEntry.objects.filter(action=f"candidate.{action}")
    return list(entries.order_by("pk").values_list("detail", flat=True))


class TestAStatus:
    def test_changes_with_its_date_its_trace_and_its_announcement(
        self, ana: Candidate, alice: User
    ) -> None:
        later = NOW + timedelta(days=1)
        with held_back() as events:
            assert candidates.change_status(
                ana.pk, Candidate.Status.PLACED, by_id=alice.pk, evidence="Signed", now=later
            )

        version = ana.standing_version
        ana.refresh_from_db()
        assert (ana.status, ana.status_since, ana.changed_at) == ("placed", later, later)
        assert ana.standing_version > version
        assert trail("status_changed") == [
            {"from": "passive", "to": "placed", "evidence": "Signed"}
        ]
        assert events == [
            CandidateStatusChanged(candidate_ids=[ana.pk], status="placed"),
            CandidatesChanged(candidate_ids=[ana.pk]),
        ]

    def test_that_is_given_twice_changes_once(self, ana: Candidate) -> None:
        with held_back() as events:
            assert not candidates.change_status(ana.pk, Candidate.Status.PASSIVE, now=SPRING)

        ana.refresh_from_db()
        assert ana.status_since == NOW
        assert not events

    def test_of_nobody_cannot_be_changed(self, db: None) -> None:
        with pytest.raises(Candidate.DoesNotExist):
            candidates.change_status(4711, Candidate.Status.OPEN, now=NOW)

    @pytest.mark.usefixtures("work")
    def test_that_many_give_at_once_is_traced_once(self, transactional_db: None) -> None:
        ana = make.candidate()

        def run(_: int) -> bool:
            try:
                return candidates.change_status(ana.pk, Candidate.Status.HIRED, now=NOW)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            changed = list(pool.map(run, range(18)))

        assert changed.count(True) == 1
        assert len(trail("status_changed")) == 1


class TestAPause:
    def pause(
        self, ana: Candidate, reason: PauseReason, until: datetime | None, now: datetime = NOW
    ) -> bool:
        return bool(candidates.pause([ana.pk], reason=reason, until=until, now=now))

    def test_holds_until_its_end(self, ana: Candidate) -> None:
        assert self.pause(ana, PauseReason.ABSENT, SPRING)

        ana.refresh_from_db()
        assert candidates.is_paused(ana, now=SPRING - timedelta(seconds=1))
        assert not candidates.is_paused(ana, now=SPRING)
        assert trail("paused") == [{"reason": "absent", "until": SPRING.isoformat()}]

    @pytest.mark.parametrize(
        ("first", "second", "changes"),
        [
            ((PauseReason.ABSENT, SPRING), (PauseReason.ASKED, SUMMER), True),
            ((PauseReason.ABSENT, SUMMER), (PauseReason.ASKED, SPRING), False),
            ((PauseReason.ABSENT, SUMMER), (PauseReason.REPLIED, None), True),
            ((PauseReason.REPLIED, None), (PauseReason.ASKED, SUMMER), False),
            ((PauseReason.REPLIED, None), (PauseReason.REPLIED, None), False),
            ((PauseReason.ASKED, SUMMER), (PauseReason.ASKED, SPRING), True),
        ],
    )
    def test_gives_way_to_a_longer_one_and_to_a_new_word_of_the_same(
        self,
        ana: Candidate,
        first: tuple[PauseReason, datetime | None],
        second: tuple[PauseReason, datetime | None],
        changes: bool,
    ) -> None:
        self.pause(ana, *first)

        assert self.pause(ana, *second) is changes

        ana.refresh_from_db()
        assert (ana.pause_reason, ana.paused_until) == (second if changes else first)

    def test_that_is_over_stands_in_nobodys_way(self, ana: Candidate) -> None:
        self.pause(ana, PauseReason.REPLIED, SPRING)

        assert self.pause(ana, PauseReason.ABSENT, SPRING + timedelta(days=9), now=SPRING)

    def test_ends_when_somebody_ends_it(self, ana: Candidate, alice: User) -> None:
        self.pause(ana, PauseReason.REPLIED, None)

        assert candidates.resume([ana.pk], only=PauseReason.ASKED, now=NOW) == []
        assert candidates.resume([ana.pk], by_id=alice.pk, now=NOW) == [ana.pk]
        assert candidates.resume([ana.pk], now=NOW) == []

        ana.refresh_from_db()
        assert (ana.paused_at, ana.pause_reason) == (None, "")

    def test_that_she_asked_for_outlasts_one_that_came_between(self, ana: Candidate) -> None:
        self.pause(ana, PauseReason.ASKED, SUMMER)
        self.pause(ana, PauseReason.REPLIED, None)

        assert candidates.resume([ana.pk], now=NOW) == []

        ana.refresh_from_db()
        assert (ana.pause_reason, ana.paused_until) == (PauseReason.ASKED, SUMMER)
        assert [one["reason"] for one in trail("paused")] == ["asked", "replied", "asked"]

    @pytest.mark.parametrize("by", [PauseReason.REPLIED, PauseReason.RETENTION])
    def test_that_she_asks_for_meanwhile_follows_the_one_that_holds(
        self, ana: Candidate, by: PauseReason
    ) -> None:
        self.pause(ana, by, None)
        assert not self.pause(ana, PauseReason.ASKED, SUMMER)

        assert candidates.resume([ana.pk], only=by, now=SPRING) == []
        assert candidates.resume([ana.pk], now=SPRING) == [ana.pk]

        ana.refresh_from_db()
        assert (ana.paused_at, ana.asked_until) == (None, None)

    def test_that_she_asked_for_is_over_when_its_time_is_or_she_says_so(
        self, ana: Candidate
    ) -> None:
        for until, says_so in ((SPRING, False), (SUMMER, True)):
            self.pause(ana, PauseReason.ASKED, until)
            self.pause(ana, PauseReason.REPLIED, None)
            if says_so:
                assert candidates.resume([ana.pk], only=PauseReason.ASKED, now=NOW) == []
            assert candidates.resume([ana.pk], now=SPRING) == [ana.pk]


class TestHandingOver:
    def test_moves_those_who_were_elsewhere(self, ana: Candidate, alice: User) -> None:
        bob = make.user("Bob Brandt")
        bens = make.candidate(owner=bob)

        with held_back() as events:
            moved = candidates.hand_over([bens.pk, ana.pk], to_id=bob.pk, by_id=alice.pk, now=NOW)

        assert moved == [ana.pk]
        assert trail("handed_over") == [{"from": alice.pk, "to": bob.pk}]
        assert events[0] == CandidatesHandedOver(candidate_ids=[ana.pk], to_id=bob.pk)

    def test_to_the_same_hands_is_nothing(self, ana: Candidate, alice: User) -> None:
        with held_back() as events:
            assert not candidates.hand_over([ana.pk], to_id=alice.pk, by_id=None, now=NOW)

        assert not events


class TestTakingAHandOverBack:
    @pytest.fixture
    def bob(self, alice: User) -> User:
        return make.user("Bob Brandt")

    def owners(self, *people: Candidate) -> list[str]:
        found = {c.pk: c.owner.name if c.owner else "" for c in Candidate.objects.all()}
        return [found[one.pk] for one in people]

    def test_gives_everybody_back_to_whoever_had_them(
        self, ana: Candidate, alice: User, bob: User
    ) -> None:
        nobodys, bobs = make.candidate(), make.candidate(owner=bob)
        people = [ana, nobodys, bobs]
        ids = [one.pk for one in people]
        given = handing_over.give(ids, to_id=bob.pk, by_id=alice.pk, now=NOW)
        assert given is not None
        assert given.detail["candidates"] == [ana.pk, nobodys.pk]

        with held_back() as events:
            back = handing_over.undo(given.pk, by_id=alice.pk, now=NOW)

        assert back == [ana.pk, nobodys.pk]
        assert self.owners(*people) == ["Alice Meyer", "", "Bob Brandt"]
        assert CandidatesHandedOver(candidate_ids=[ana.pk], to_id=alice.pk) in events
        assert handing_over.undo(given.pk, by_id=alice.pk, now=NOW) == []

    def test_leaves_alone_who_was_handed_on_since_even_if_they_are_there_again(
        self, ana: Candidate, alice: User, bob: User
    ) -> None:
        ben = make.candidate(owner=alice)
        given = handing_over.give([ana.pk, ben.pk], to_id=bob.pk, by_id=alice.pk, now=NOW)
        assert given is not None
        for to_id in (None, bob.pk):
            candidates.hand_over([ben.pk], to_id=to_id, by_id=bob.pk, now=NOW)

        assert handing_over.undo(given.pk, by_id=alice.pk, now=NOW) == [ana.pk]
        assert self.owners(ana, ben) == ["Alice Meyer", "Bob Brandt"]

    def test_of_nobody_cannot_be_taken_back(self, ana: Candidate, alice: User) -> None:
        assert handing_over.give([ana.pk], to_id=alice.pk, by_id=alice.pk, now=NOW) is None

    def test_by_two_at_once_happens_once(self, transactional_db: None) -> None:
        alice, bob = make.user(), make.user("Bob Brandt")
        ana = make.candidate(owner=alice)
        given = handing_over.give([ana.pk], to_id=bob.pk, by_id=alice.pk, now=NOW)
        assert given is not None

        def undo(_: int) -> list[int]:
            try:
                return handing_over.undo(given.pk, by_id=alice.pk, now=NOW)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(undo, range(4))) == [[], [], [], [ana.pk]]


class TestAConversation:
    def test_is_kept_and_not_repeated_in_the_trail(self, ana: Candidate, alice: User) -> None:
        assert candidates.record_conversation(
            ana.pk, on=date(2026, 3, 1), topic="Lead role", note="Pay", by_id=alice.pk, now=NOW
        )

        ana.refresh_from_db()
        assert ana.last_conversation_on == date(2026, 3, 1)
        assert (ana.last_conversation_topic, ana.last_conversation_note) == ("Lead role", "Pay")
        assert trail("conversation_recorded") == [{"on": "2026-03-01"}]

    def test_that_is_older_than_the_last_is_not_the_last(self, ana: Candidate) -> None:
        for day, kept in ((9, True), (8, False), (9, True)):
            on = date(2026, 2, day)
            assert kept is candidates.record_conversation(
                ana.pk, on=on, topic=str(day), note="", by_id=None, now=NOW
            )

        ana.refresh_from_db()
        assert ana.last_conversation_topic == "9"
