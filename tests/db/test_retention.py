"""Nobody is kept for longer than they have to do with us, and a person says when that is over."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.core.models import AuditEntry
from warmbench.messaging import outbox
from warmbench.people import candidates, law, rights
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, SuppressionHash
from warmbench.signals import follow_ups, retention
from warmbench.signals.models import FollowUp, Signal

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
#: How long people are kept here, whatever the law says: two years.
Period = Callable[[str], int | None]


def two_years(_country: str) -> int:
    return 24


@pytest.fixture(autouse=True)
def _organisation() -> None:
    make.organisation()


def known_since(at: datetime, **fields: object) -> Candidate:
    who = make.candidate(country=str(fields.pop("country", "FR")))
    Candidate.objects.filter(pk=who.pk).update(added_at=at, **fields)
    who.refresh_from_db()
    return who


def over(*, now: datetime = NOW, period: Period = two_years) -> list[int]:
    return [one.candidate_id for one in retention.ending(now=now, period=period)]


LONG_AGO = datetime(2023, 3, 3, tzinfo=NOW.tzinfo)


class TestWhoseTimeIsOver:
    def test_it_ends_on_the_day_after_so_many_months(self) -> None:
        who = known_since(datetime(2024, 2, 29, 12, tzinfo=NOW.tzinfo))
        end = law.months_after(who.added_at, 24)
        assert end == datetime(2026, 2, 28, 12, tzinfo=NOW.tzinfo)
        assert over(now=end - timedelta(seconds=1)) == []
        assert over(now=end) == [who.pk]

    @pytest.mark.parametrize("kind", sorted(retention.HUMAN))
    def test_what_somebody_did_keeps_them(self, kind: Signal.Kind) -> None:
        who = known_since(LONG_AGO)
        make.signal(who, kind, at=NOW - 100 * DAY)
        assert over() == []

    @pytest.mark.parametrize("kind", sorted(retention.NOT_HUMAN))
    def test_what_others_told_of_them_does_not(self, kind: Signal.Kind) -> None:
        who = known_since(LONG_AGO)
        make.signal(who, kind, at=NOW - 100 * DAY)
        assert over() == [who.pk]

    def test_each_kind_of_signal_is_one_or_the_other(self) -> None:
        assert set(Signal.Kind) == retention.HUMAN | retention.NOT_HUMAN
        assert not retention.HUMAN & retention.NOT_HUMAN

    def test_what_we_sent_does_not(self) -> None:
        who = known_since(LONG_AGO)
        make.sent(who, make.sender(make.user()), at=NOW - DAY)
        assert over() == [who.pk]

    def test_a_talk_keeps_them(self) -> None:
        known_since(LONG_AGO, last_conversation_on=(NOW - 100 * DAY).date())
        assert over() == []

    @pytest.mark.parametrize("status", ["placed", "applied"])
    def test_who_has_business_with_us_is_kept(self, status: str) -> None:
        known_since(LONG_AGO, status=status)
        assert over() == []

    def test_the_law_where_they_live_sets_the_time(self) -> None:
        since = NOW - 400 * DAY
        people = {c: known_since(since, country=c).pk for c in ("DE", "FR", "US")}
        found = [one.candidate_id for one in retention.ending(now=NOW)]
        # Twelve months in Germany, twenty-four in France, no limit where no law names one.
        assert found == [people["DE"]]

    def test_of_unknown_country_is_who_lives_where_we_work(self) -> None:
        who = known_since(NOW - 400 * DAY, country="")
        assert [one.candidate_id for one in retention.ending(now=NOW)] == [who.pk]

    def test_many_are_read_in_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        people = [known_since(LONG_AGO).pk for _ in range(5)]
        monkeypatch.setattr(retention, "BATCH", 2)
        assert over() == people


class TestAskingInTime:
    """Sixty and thirty days before, the recruiter is asked to ask."""

    def heard(self, days_before_the_end: float) -> Candidate:
        """Somebody in Germany whose twelve months end after so many days."""
        alice = make.user()
        who = make.candidate(owner=alice)
        since = datetime(2025, 3, 3, 9, tzinfo=NOW.tzinfo) + timedelta(days=days_before_the_end)
        Candidate.objects.filter(pk=who.pk).update(added_at=LONG_AGO)
        make.signal(who, Signal.Kind.REPLIED, at=since)
        candidates.resume([who.pk], now=NOW)
        return who

    def test_nobody_is_asked_about_early(self) -> None:
        self.heard(61)
        assert retention.ask(now=NOW) == 0

    def test_once_at_sixty_days_and_once_at_thirty(self) -> None:
        who = self.heard(59)
        assert retention.ask(now=NOW) == 1
        entry = FollowUp.objects.get(reason="retention")
        assert entry.owner == who.owner
        assert entry.due_at == NOW + 59 * DAY
        assert "1 May 2026" in entry.evidence[0]["text"]
        assert [retention.ask(now=NOW + n * DAY) for n in range(1, 28)] == [0] * 27
        assert retention.ask(now=NOW + 30 * DAY) == 1
        entry.refresh_from_db()
        assert len(entry.evidence) == 2
        assert retention.ask(now=NOW + 31 * DAY) == 0

    def test_what_was_dealt_with_is_asked_about_once_more_and_no_more(self) -> None:
        self.heard(59)
        retention.ask(now=NOW)
        entry = FollowUp.objects.get(reason="retention")
        alice = entry.owner
        assert alice is not None
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.OTHER, by_id=alice.pk, now=NOW)
        assert [retention.ask(now=NOW + n * DAY) for n in (1, 30, 31, 50)] == [0, 1, 0, 0]

    def test_an_answer_calls_it_off(self) -> None:
        who = self.heard(59)
        retention.ask(now=NOW)
        make.signal(who, at=NOW)
        retention.ask(now=NOW + DAY)
        assert FollowUp.objects.get(reason="retention").state == "done"

    def test_who_was_never_heard_from_is_not_asked_about(self) -> None:
        known_since(NOW - 330 * DAY, country="DE")
        assert retention.ask(now=NOW) == 0

    def test_a_recruiter_is_asked_about_so_many_at_a_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "AT_ONCE", 1)
        bob = make.user()
        people = [self.heard(days) for days in (50, 40)]
        Candidate.objects.update(owner=bob)
        assert retention.ask(now=NOW) == 1
        assert FollowUp.objects.get(reason="retention").candidate == people[1]


class TestTheEnd:
    def test_messages_stop_and_nobody_is_erased(self) -> None:
        who = known_since(LONG_AGO)
        assert retention.stop(now=NOW) == 1
        who.refresh_from_db()
        assert (who.paused_at, who.paused_until, who.pause_reason) == (NOW, None, "retention")
        draft = outbox.Draft(who.pk, "content", "x/y", 0, make.sender(make.user()).pk)
        (considered,) = outbox.consider([draft], now=NOW)
        assert considered.verdict.reason == "paused"  # type: ignore[union-attr]
        assert retention.stop(now=NOW + DAY) == 0

    def test_whoever_is_heard_from_goes_on(self) -> None:
        who = known_since(LONG_AGO)
        retention.stop(now=NOW)
        make.signal(who, at=NOW)
        retention.stop(now=NOW + DAY)
        who.refresh_from_db()
        assert (who.paused_at, who.pause_reason) == (None, "")
        actions = AuditEntry.objects.filter(subject=f"candidate:{who.pk}").order_by("pk")
        assert [e.action for e in actions] == ["candidate.paused", "candidate.resumed"]

    @pytest.mark.parametrize("reason", [PauseReason.ASKED, PauseReason.RECRUITER])
    def test_a_pause_that_ends_later_ends_no_sooner(self, reason: PauseReason) -> None:
        who = known_since(LONG_AGO)
        candidates.pause([who.pk], reason=reason, until=NOW + 30 * DAY, now=NOW)
        retention.stop(now=NOW + DAY)
        make.signal(who, at=NOW + DAY)
        retention.stop(now=NOW + 2 * DAY)
        who.refresh_from_db()
        assert (who.paused_until, who.pause_reason) == (NOW + 30 * DAY, reason)

    def test_somebody_whose_pause_ends_is_not_written_to_in_between(self) -> None:
        who = known_since(LONG_AGO)
        candidates.pause([who.pk], reason=PauseReason.ASKED, until=NOW + 1.5 * DAY, now=NOW)
        assert [retention.stop(now=NOW + n * DAY) for n in range(3)] == [0, 1, 0]

    def test_what_she_asks_for_after_the_end_holds(self) -> None:
        who = known_since(LONG_AGO)
        retention.stop(now=NOW)
        candidates.pause([who.pk], reason=PauseReason.ASKED, until=NOW + 90 * DAY, now=NOW)
        make.signal(who, Signal.Kind.PREFERENCES_UPDATED, at=NOW)
        retention.stop(now=NOW + DAY)
        who.refresh_from_db()
        assert (who.paused_until, who.pause_reason) == (NOW + 90 * DAY, "asked")

    def test_another_pause_without_an_end_stays_what_it_is(self) -> None:
        who = known_since(LONG_AGO)
        candidates.pause([who.pk], reason=PauseReason.REPLIED, now=NOW)
        assert retention.stop(now=NOW) == 0
        who.refresh_from_db()
        assert who.pause_reason == "replied"

    def test_who_waits_for_an_answer_is_not_erased_instead(self) -> None:
        access, erasure = known_since(LONG_AGO), known_since(LONG_AGO)
        asked = rights.ask(access.pk, rights.Kind.ACCESS, channel="A letter", now=NOW)
        rights.ask(erasure.pk, rights.Kind.ERASURE, channel="A letter", now=NOW)
        assert asked is not None
        both = [access.pk, erasure.pk]
        assert retention.erase(both, by_id=None, now=NOW) == [erasure.pk]
        # Nor is she written to meanwhile.
        assert retention.stop(now=NOW) == 1
        rights.answer(asked.pk, how="Sent", by_id=None, now=NOW)
        assert retention.erase(both, by_id=None, now=NOW) == [access.pk]

    def test_only_who_was_approved_and_is_over_still_is_erased(self) -> None:
        over_, heard, unlisted, young = (
            known_since(LONG_AGO),
            known_since(LONG_AGO),
            known_since(LONG_AGO),
            known_since(NOW),
        )
        make.signal(heard, at=NOW)
        listed = [over_.pk, heard.pk, young.pk, 10**9]
        assert retention.erase(listed, by_id=None, now=NOW) == [over_.pk]
        left = set(Candidate.objects.values_list("pk", flat=True))
        assert left == {heard.pk, unlisted.pk, young.pk}
        assert SuppressionHash.objects.get().reason == "erased"
