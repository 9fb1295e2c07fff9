"""What follows an alert: a text, a call, a recruiter who is told; on a clock that tests move."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import make
from tests.db.test_alerts import DAY, Office
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import events
from warmbench.messaging import delivery, invariants
from warmbench.messaging.handover import Kind, Recording, Rejected
from warmbench.messaging.models import Message, Sender
from warmbench.nurture import planner
from warmbench.nurture.models import Step
from warmbench.people import candidates, consent, facts
from warmbench.people.consent import CandidateSuppressed
from warmbench.people.facts import Saying, Word
from warmbench.people.models import Candidate, CandidateFact, Suppression, Tag
from warmbench.signals import follow_ups, judging, record
from warmbench.signals.models import FollowUp, Hit, Signal
from warmbench.sourcing import alerts, calls, escalations, interest
from warmbench.sourcing.models import Alert, Escalation, Role

HOUR = timedelta(hours=1)
#: Two days after an alert that goes out at NOW: a Thursday, ten o'clock in Berlin.
TWO_DAYS = NOW + 2 * DAY


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    make.text_sender(alice, is_default=True)
    return alice


@pytest.fixture
def skills(db: None) -> list[Tag]:
    return [make.tag(name) for name in ("Go", "Kubernetes", "Terraform")]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def ana(alice: User, skills: list[Tag]) -> Candidate:
    ana = make.candidate(*skills, owner=alice)
    make.phone(ana)
    return ana


def tell(role: Role, office: Office, now: datetime = NOW) -> Message:
    """Tell everybody of a role. Returns the mail to one of them."""
    make.campaign(role, at=now)
    assert office.tell(now)
    return Message.objects.get(touch=f"role:{role.pk}/alert")


def follow_up(now: datetime) -> None:
    while escalations.run_due(now=now):
        pass


def hears(person: Candidate, kind: Signal.Kind, message: Message | None, at: datetime) -> Signal:
    signal = make.signal(person, kind, at=at, message=message)
    interest.engaged([signal.pk], now=at)
    return signal


class TestAStrongMatch:
    def test_who_is_silent_for_two_days_gets_a_text(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)
        follow_up(TWO_DAYS - HOUR)
        assert Message.objects.count() == 1

        follow_up(TWO_DAYS)
        assert office.send(TWO_DAYS) == 1

        text = Message.objects.get(channel="sms")
        assert (text.state, text.follows, text.purpose) == ("sent", mail, "alert")
        assert text.context["role_title"] == "Platform engineer"
        assert (Escalation.objects.get().state, Escalation.objects.get().message) == ("done", text)
        assert not FollowUp.objects.exists()
        assert invariants.broken() == {}

    def test_the_text_counts_for_whatever_comes_after_it(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(make.role(*skills), office)
        follow_up(TWO_DAYS)
        office.send(TWO_DAYS)
        make.enrollment(ana, make.sequence(Step.Kind.MESSAGE))

        # A week after the mail, but not after the text.
        assert planner.plan(now=NOW + 7 * DAY) == {"budget": 1}
        make.campaign(make.role(*skills), at=NOW + 7 * DAY)
        assert office.tell(NOW + 7 * DAY) == []
        assert office.tell(NOW + 9 * DAY) == [ana.contact_points.get(channel="email").address]

    def test_another_touch_in_between_stands_against_the_text(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(make.role(*skills), office)
        make.sent(ana, Sender.objects.get(channel="email"), at=NOW + DAY)

        follow_up(TWO_DAYS)

        assert not Message.objects.filter(channel="sms").exists()
        assert "heard from us recently" in FollowUp.objects.get().evidence[0]["text"]

    def test_three_touches_in_thirty_days_do_not_count_the_mail_that_it_follows(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        box = Sender.objects.get(channel="email")
        for days in (8, 20):
            make.sent(ana, box, at=NOW - days * DAY)
        tell(make.role(*skills), office)

        follow_up(TWO_DAYS)

        assert Message.objects.filter(channel="sms", state="queued").exists()

    def test_a_text_that_a_hold_took_back_is_written_anew(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        role = make.role(*skills)
        tell(role, office)
        follow_up(TWO_DAYS)
        alerts.pause(role.pk, by_id=None, now=TWO_DAYS)
        assert Message.objects.get(channel="sms").state == "cancelled"

        alerts.resume(role.pk, by_id=None, now=TWO_DAYS)
        follow_up(TWO_DAYS)

        assert Escalation.objects.get().message == Message.objects.get(state="queued")
        assert office.send(TWO_DAYS) == 1
        alerts.pause(role.pk, by_id=None, now=TWO_DAYS)
        alerts.resume(role.pk, by_id=None, now=TWO_DAYS)
        follow_up(TWO_DAYS)
        assert not Message.objects.filter(state="queued").exists()

    def test_who_may_not_be_texted_is_put_before_her_recruiter(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.phone(ana, consented=False)
        tell(make.role(*skills), office)

        follow_up(TWO_DAYS)

        entry = FollowUp.objects.get()
        assert (entry.reason, entry.owner, entry.candidate) == ("call", alice, ana)
        assert "not agreed to get texts" in entry.evidence[0]["text"]
        assert Escalation.objects.get().reason == "call_asked"

    def test_who_has_no_number_is_put_before_her_recruiter(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice)
        tell(make.role(*skills), office)
        follow_up(TWO_DAYS)
        assert "no number" in FollowUp.objects.get().evidence[0]["text"]

    def test_whom_nobody_owns_the_recruiter_of_the_role_calls(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        bob = make.user("Bob Stone")
        make.candidate(*skills, owner=None)
        tell(make.role(*skills, owner=bob), office)
        follow_up(TWO_DAYS)
        assert FollowUp.objects.get().owner == bob

    def test_a_text_waits_for_the_morning_but_not_over_a_weekend(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(make.role(*skills), office)
        night = datetime(2026, 3, 5, 21, 0, tzinfo=UTC)
        follow_up(night)
        waits = Escalation.objects.get()
        assert (waits.state, waits.due_at) == ("waiting", datetime(2026, 3, 6, 8, tzinfo=UTC))

        follow_up(datetime(2026, 3, 7, 10, tzinfo=UTC))
        assert Escalation.objects.get().reason == "call_asked"

    def test_who_asked_to_hear_less_often_gets_no_text(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(make.role(*skills), office)
        wish = Saying(CandidateFact.Kind.RHYTHM, {"months": 2})
        facts.say(ana.pk, [wish], Word("candidate", "a test"), now=NOW)

        follow_up(TWO_DAYS)

        assert "less often" in FollowUp.objects.get().evidence[0]["text"]

    def test_who_is_away_is_left_in_peace(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(make.role(*skills), office)
        candidates.pause(
            [ana.pk], reason=candidates.PauseReason.ABSENT, until=NOW + 9 * DAY, now=NOW
        )
        follow_up(TWO_DAYS)
        assert Escalation.objects.get().reason == "paused"
        assert not FollowUp.objects.exists()

    def test_a_mail_that_has_not_gone_is_waited_for(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        make.campaign(make.role(*skills))
        office.plan()
        follow_up(TWO_DAYS)
        assert Escalation.objects.get().state == "waiting"

        office.send(TWO_DAYS + HOUR)
        follow_up(TWO_DAYS + 2 * HOUR)
        assert Escalation.objects.get().due_at == TWO_DAYS + HOUR + 2 * DAY

    def test_nothing_follows_a_mail_that_failed(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        make.campaign(make.role(*skills))
        office.plan()

        class Refusing(Recording):
            def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> Rejected:
                return Rejected(554, "no", Kind.OTHER)

        delivery.deliver(lambda _: Refusing(), worker="w", clock=lambda: NOW)
        follow_up(TWO_DAYS)
        assert Escalation.objects.get().reason == "not_sent"


class TestAHotRole:
    def hot(self, skills: list[Tag], **fields: Any) -> Role:
        return make.role(*skills, deadline=NOW + 5 * DAY, **fields)

    def test_who_is_silent_for_a_day_is_called(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(self.hot(skills, company_type="a logistics group"), office)

        follow_up(NOW + DAY)

        entry = FollowUp.objects.get()
        assert (entry.reason, entry.owner) == ("call", alice)
        assert entry.due_at.date() == (NOW + DAY).date()
        brief = calls.brief(ana.pk, now=NOW + DAY)
        assert brief is not None
        assert brief.numbers == (ana.contact_points.get(channel="sms").address,)
        assert brief.best is not None
        assert "late morning" in brief.best.why
        script = " ".join(brief.script)
        assert "Alice Meyer" in script
        assert "for a logistics group" in script
        assert "Sunday, 8 March" in script
        assert "Secret" not in script

    def test_the_best_hour_is_when_she_clicked_before(
        self, alice: User, ana: Candidate, skills: list[Tag]
    ) -> None:
        for days in (3, 10):
            make.signal(ana, at=NOW - days * DAY + 6 * HOUR)
        best = calls.best_time(ana, now=NOW)
        assert best is not None
        assert (best.at, best.zone) == (NOW + 6 * HOUR, "Europe/Berlin")

    def test_without_a_known_time_there_is_no_best_hour(self, alice: User) -> None:
        ana = make.candidate(time_zone="", country="")
        Candidate.objects.filter(pk=ana.pk).update(country="XX")
        ana.refresh_from_db()
        assert calls.best_time(ana, now=NOW) is None

    def test_there_is_nothing_to_brief_without_a_call(self, ana: Candidate) -> None:
        assert calls.brief(ana.pk, now=NOW) is None

    @pytest.mark.parametrize("kind", [Signal.Kind.CLICKED, Signal.Kind.REPLIED])
    def test_who_answered_is_not_called(
        self, ana: Candidate, skills: list[Tag], office: Office, kind: Signal.Kind
    ) -> None:
        mail = tell(self.hot(skills), office)
        hears(ana, kind, mail, NOW + HOUR)

        follow_up(NOW + DAY)

        assert Escalation.objects.get().reason == "engaged"
        assert not FollowUp.objects.filter(reason="call").exists()
        assert Alert.objects.get().engaged_at == NOW + HOUR

    def test_an_answer_that_names_no_message_is_an_answer(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(self.hot(skills), office)
        make.signal(ana, Signal.Kind.REPLIED, at=NOW + HOUR)
        candidates.resume([ana.pk], only=candidates.PauseReason.REPLIED, by_id=None, now=NOW + HOUR)

        follow_up(NOW + DAY)

        assert Escalation.objects.get().reason == "engaged"

    def test_a_click_that_is_being_judged_is_waited_for(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(self.hot(skills), office)
        Hit.objects.create(
            candidate_id=ana.pk, message_id=mail.pk, link=0, method="GET", at=NOW + DAY
        )
        follow_up(NOW + DAY)
        assert Escalation.objects.get().state == "waiting"

    @pytest.mark.parametrize("status", ["placed", "applied", "do_not_contact"])
    def test_who_is_spoken_for_is_not_called(
        self, ana: Candidate, skills: list[Tag], office: Office, status: str
    ) -> None:
        tell(self.hot(skills), office)
        Candidate.objects.filter(pk=ana.pk).update(status=status)
        follow_up(NOW + DAY)
        assert Escalation.objects.get().reason == status
        assert not FollowUp.objects.exists()

    def test_who_unsubscribed_is_not_called(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(self.hot(skills), office)
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        follow_up(NOW + DAY)
        assert Escalation.objects.get().reason == "unsubscribed"

    def test_after_the_deadline_nobody_is_called(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(self.hot(skills), office)
        follow_up(NOW + 6 * DAY)
        assert Escalation.objects.get().reason == "too_late"

    def test_a_call_about_a_role_that_is_filled_is_called_off_and_no_other(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        role, other = self.hot(skills), make.role(*skills)
        tell(role, office)
        follow_up(NOW + DAY)
        calls.ask(ana.pk, other, "Another one", now=NOW + DAY)

        alerts.stop(role.pk, by_id=None, now=NOW + DAY)
        entry = FollowUp.objects.get()
        assert (entry.state, [item["text"] for item in entry.evidence]) == ("open", ["Another one"])
        assert [one.pk for one in getattr(calls.brief(ana.pk, now=NOW), "roles", ())] == [other.pk]

        make.campaign(other)
        Escalation.objects.create(
            alert=Alert.objects.create(
                role=other, candidate=ana, level="hot", wave=1, matched=[], score=1, policy=1,
                threshold=2, state="withdrawn", made_at=NOW, state_at=NOW,
            ),
            candidate=ana, kind="call", state="done", state_at=NOW,
        )  # fmt: skip
        alerts.stop(other.pk, by_id=None, now=NOW + DAY)
        assert FollowUp.objects.get().state == "done"

    def test_while_a_role_is_on_hold_nothing_follows(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        role = self.hot(skills)
        tell(role, office)
        alerts.pause(role.pk, by_id=None, now=NOW)

        follow_up(NOW + DAY)
        assert Escalation.objects.get().state == "waiting"

        alerts.resume(role.pk, by_id=None, now=NOW + DAY)
        follow_up(NOW + DAY)
        assert Escalation.objects.get().state == "done"


class TestInterest:
    def test_a_click_puts_her_before_her_recruiter_within_the_hour(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)

        signal = hears(ana, Signal.Kind.CLICKED, mail, NOW + 2 * HOUR)
        interest.engaged([signal.pk], now=NOW + 3 * HOUR)

        entry = FollowUp.objects.get()
        assert (entry.reason, entry.owner) == ("role_interest", alice)
        assert entry.due_at == NOW + 3 * HOUR
        assert [item["text"] for item in entry.evidence] == [
            "Clicked in the mail about “Platform engineer”"
        ]
        assert Escalation.objects.get().state == "dropped"

    def test_who_opted_out_after_the_click_is_not_approached(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)
        signal = make.signal(ana, at=NOW + HOUR, message=mail)
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW + HOUR)

        interest.engaged([signal.pk], now=NOW + HOUR)

        assert Alert.objects.get().engaged_at == NOW + HOUR
        assert not FollowUp.objects.filter(reason="role_interest").exists()

    def test_who_opts_out_after_a_recruiter_was_asked_is_not_approached(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)
        hears(ana, Signal.Kind.CLICKED, mail, NOW + HOUR)

        events.react_now(CandidateSuppressed(candidate_ids=[ana.pk], reason="unsubscribed"))

        assert FollowUp.objects.get().outcome == "withdrawn"

    def test_interest_stands_above_high_interest_in_the_queue(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)
        hears(ana, Signal.Kind.CLICKED, mail, NOW + HOUR)
        make.follow_up(make.candidate(owner=alice), reason=FollowUp.Reason.HIGH_INTEREST, value=70)
        assert FollowUp.objects.order_by("-value")[0].reason == "role_interest"

    def test_a_click_in_the_text_is_one_in_the_alert(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(make.role(*skills), office)
        follow_up(TWO_DAYS)
        office.send(TWO_DAYS)
        hears(ana, Signal.Kind.CLICKED, Message.objects.get(channel="sms"), TWO_DAYS + HOUR)
        assert Alert.objects.get().engaged_at == TWO_DAYS + HOUR
        assert "the text" in FollowUp.objects.get().evidence[0]["text"]

    def test_a_click_elsewhere_says_nothing_about_a_role(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        tell(make.role(*skills), office)
        hears(ana, Signal.Kind.CLICKED, None, NOW + HOUR)
        other = make.sent(ana, Sender.objects.get(channel="email"), at=NOW + HOUR)
        hears(ana, Signal.Kind.CLICKED, other, NOW + 2 * HOUR)
        assert not FollowUp.objects.exists()
        assert Escalation.objects.get().state == "waiting"

    def test_not_for_me_is_an_answer_but_no_interest(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)
        hears(ana, Signal.Kind.NOT_FOR_ME, mail, NOW + HOUR)
        follow_up(TWO_DAYS)
        assert Escalation.objects.get().reason == "not_for_me"
        assert Alert.objects.get().engaged_at is None
        assert not FollowUp.objects.exists()

    def test_a_click_after_the_call_was_asked_calls_it_off(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills, deadline=NOW + 5 * DAY), office)
        follow_up(NOW + DAY)
        hears(ana, Signal.Kind.CLICKED, mail, NOW + DAY + HOUR)
        states = dict(FollowUp.objects.values_list("reason", "state"))
        assert states == {"call": "done", "role_interest": "open"}

    def test_a_machines_click_is_taken_back_with_all_that_it_led_to(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)
        signal = hears(ana, Signal.Kind.CLICKED, mail, NOW + HOUR)

        record.withdraw([signal.pk], note="A machine", now=NOW + 2 * HOUR)
        interest.forget([ana.pk], now=NOW + 2 * HOUR)

        assert Alert.objects.get().engaged_at is None
        assert FollowUp.objects.get().state == "done"
        follow_up(TWO_DAYS)
        assert Message.objects.filter(channel="sms").exists()

    def test_of_two_clicks_the_one_that_was_hers_stays(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills), office)
        machine = hears(ana, Signal.Kind.CLICKED, mail, NOW + HOUR)
        hears(ana, Signal.Kind.CLICKED, mail, NOW + 2 * HOUR)

        record.withdraw([machine.pk], note="A machine", now=NOW + 3 * HOUR)
        interest.forget([ana.pk], now=NOW + 3 * HOUR)

        assert Alert.objects.get().engaged_at == NOW + 2 * HOUR
        assert Escalation.objects.get().state == "dropped"

    def test_the_whole_way_from_a_click_to_the_recruiter(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        mail = tell(make.role(*skills, apply_url="https://jobs.example/7"), office)
        assert len(mail.template.compiled["links"]) == 2  # type: ignore[union-attr]
        Hit.objects.create(
            candidate_id=ana.pk, message_id=mail.pk, link=0, method="GET", at=NOW + HOUR
        )
        judging.judge_due(now=NOW + HOUR + timedelta(seconds=121))
        signal = Signal.objects.get()
        interest.engaged([signal.pk], now=NOW + HOUR + timedelta(seconds=121))
        assert FollowUp.objects.get().reason == "role_interest"


def test_what_a_worker_follows_up_no_other_does(
    alice: User, ana: Candidate, skills: list[Tag], office: Office
) -> None:
    tell(make.role(*skills), office)
    assert escalations.run_due(now=TWO_DAYS) == 1
    assert escalations.run_due(now=TWO_DAYS) == 0


class TestAnInterestThatIsVoiced:
    """Told to a recruiter, who says so as the outcome of a follow-up."""

    def test_ends_what_was_to_follow_and_stays_when_a_click_was_none(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        role = make.role(*skills)
        tell(role, office)
        entry = make.follow_up(ana)
        self.says_so(entry, role, alice)

        assert Alert.objects.get().engaged_at == NOW + HOUR
        assert Escalation.objects.get().state == "dropped"
        interest.forget([ana.pk], now=NOW + 2 * HOUR)
        assert Alert.objects.get().engaged_at == NOW + HOUR

    def test_is_taken_back(
        self, alice: User, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        role = make.role(*skills)
        tell(role, office)
        entry = make.follow_up(ana)
        self.says_so(entry, role, alice)

        assert follow_ups.undo(entry.pk, by_id=alice.pk, now=NOW + 2 * HOUR)
        interest.forget([ana.pk], now=NOW + 2 * HOUR)

        assert Alert.objects.get().engaged_at is None
        assert Escalation.objects.get().state == "waiting"
        # The job of the first moment may come after all.
        interest.voiced(ana.pk, role.pk, by_id=alice.pk, now=NOW + 3 * HOUR)
        assert Alert.objects.get().engaged_at is None

    @staticmethod
    def says_so(entry: FollowUp, role: Role, by: User) -> None:
        outcome, at = FollowUp.Outcome.ROLE_INTEREST, NOW + HOUR
        follow_ups.done(entry.pk, outcome=outcome, role_id=role.pk, by_id=by.pk, now=at)
        interest.voiced(entry.candidate_id, role.pk, by_id=by.pk, now=at)
