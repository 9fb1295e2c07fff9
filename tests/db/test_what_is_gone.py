"""What is very old by now, or gone, holds up nobody's work and comes to no harm."""

from datetime import datetime, timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.people import erasure
from warmbench.people.models import Candidate
from warmbench.signals import (
    changes,
    follow_ups,
    judging,
    policies,
    record,
    scoped_warmth,
    warmth,
)
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.judging import HELD
from warmbench.signals.models import FollowUp, Hit, ScopedWarmth, Signal, Warmth
from warmbench.signals.record import SignalDraft
from warmbench.signals.scoring import Policy

DAY = timedelta(days=1)
LONG_AGO = NOW - timedelta(days=3650)
SHORT = Policy(weights={"clicked": 20.0, "replied": 40.0}, half_life_days=1)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def came(message_id: int, candidate_id: int, at: datetime) -> Hit:
    return Hit.objects.create(
        candidate_id=candidate_id, message_id=message_id, link=0, method="GET", at=at,
        agent="reader", network="198.51.100.0/24", system="windows",
    )  # fmt: skip


def hear(who: Candidate, at: datetime) -> None:
    """Only now, of what happened then."""
    draft = SignalDraft(
        candidate_id=who.pk, kind=Signal.Kind.CLICKED, grade=Signal.Grade.CERTAIN, at=at,
        key=f"late:{at}",
    )  # fmt: skip
    record.record([draft], now=NOW)


class TestAWarmthThatIsLongOver:
    """By a half-life of a day, ten years are more halvings than a number can hold."""

    def test_is_added_to_like_any_other(self, ana: Candidate) -> None:
        policies.adopt("", SHORT, "", by_id=None, now=LONG_AGO)
        policies.adopt("pool:7", SHORT, "", by_id=None, now=LONG_AGO)
        scoped_warmth.include("pool:7", [ana.pk], now=LONG_AGO)
        make.signal(ana, at=LONG_AGO)
        warmth.recount([ana.pk], now=NOW)
        later = NOW + 900 * DAY

        make.signal(ana, at=later)

        assert warmth.of([ana.pk], now=later) == {ana.pk: 20}
        row = ScopedWarmth.objects.get()
        assert scoped_warmth.shown([row], policies.in_force("pool:7"), now=later) == {ana.pk: 20}

    def test_is_added_to_by_what_is_as_old(self, ana: Candidate) -> None:
        policies.adopt("", SHORT, "", by_id=None, now=LONG_AGO)
        # As much as is just not nothing: and once more, and once more.
        for days in (1070, 1060, 500):
            hear(ana, at=NOW - days * DAY)
        make.signal(ana, at=NOW + 900 * DAY)
        assert warmth.of([ana.pk], now=NOW + 900 * DAY) == {ana.pk: 20}
        assert Warmth.objects.get().rank > 0

    def test_is_no_silence_that_anybody_would_notice(self, ana: Candidate) -> None:
        make.signal(ana, at=NOW - 1700 * DAY)
        for days in (60, 60, 60, 60, 40):
            make.signal(ana, at=NOW - days * DAY)
        policies.adopt("", SHORT, "", by_id=None, now=NOW)
        warmth.recount([ana.pk], now=NOW)
        Candidate.objects.update(paused_at=None, paused_until=None)
        assert changes.notice_silence(now=NOW) == 1


class TestAVisitToAMessageThatIsGone:
    def test_is_forgotten_and_holds_up_no_other(self, ana: Candidate, alice: User) -> None:
        box = make.sender(alice)
        mail, gone = make.sent(ana, box), make.sent(make.candidate(owner=alice), box)
        later = NOW + DAY
        message_id, candidate_id = gone.pk, gone.candidate_id
        erasure.erase([candidate_id], reason=erasure.Reason.REQUEST, by_id=None, now=later)
        # It was on its way while the person was erased.
        came(message_id, candidate_id, later)
        came(mail.pk, ana.pk, later + timedelta(seconds=1))

        while judging.judge_due(now=later + 2 * HELD, limit=1):
            pass

        assert [hit.candidate_id for hit in Hit.objects.all()] == [ana.pk]
        assert [one.candidate_id for one in Signal.objects.all()] == [ana.pk]


class TestAnEntry:
    def entry(self, who: Candidate) -> FollowUp:
        made = follow_ups.ask_for(
            who.pk,
            FollowUp.Reason.REPLIED,
            evidence=[Evidence(NOW, "Replied")],
            value=50,
            due_at=NOW + DAY,
            now=NOW,
        )
        assert made is not None
        return made

    def test_of_somebody_erased_is_not_taken_back(self, ana: Candidate, alice: User) -> None:
        entry = self.entry(ana)
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.OTHER, by_id=alice.pk, now=NOW)
        erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        assert follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW) is None

    def test_of_a_recruiter_who_left_comes_back_to_nobody(
        self, ana: Candidate, alice: User
    ) -> None:
        bob = make.user("Bob Brandt")
        entry = self.entry(ana)
        FollowUp.objects.update(owner=bob, handed_over_by=alice)
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.OTHER, by_id=bob.pk, now=NOW)
        User.objects.filter(pk=bob.pk).update(is_active=False)

        assert follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW) is not None

        assert FollowUp.objects.get().owner is None

    def test_put_away_twice_is_due_when_it_was_at_first(self, ana: Candidate, alice: User) -> None:
        entry = self.entry(ana)
        for days in (3, 9):
            follow_ups.snooze(entry.pk, until=NOW + days * DAY, by_id=alice.pk, now=NOW)
        follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW)
        entry.refresh_from_db()
        assert (entry.snoozed_until, entry.due_at) == (None, NOW + DAY)
