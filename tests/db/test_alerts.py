"""Who is told of a role, when, by whom and in which words; and who is not."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.cli import loops
from warmbench.core import clock, events
from warmbench.messaging import delivery, invariants, senders, switches
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import Decision, Message, Sender, Switch
from warmbench.nurture import planner
from warmbench.nurture.models import Enrollment, Step
from warmbench.nurture.restoration import after_restore
from warmbench.people import candidates, consent
from warmbench.people.consent import CandidateSuppressed, PermissionChanged
from warmbench.people.models import Candidate, CandidateTag, Consent, Suppression, Tag
from warmbench.people.tagging import CandidateTagged
from warmbench.signals import objection, record
from warmbench.signals.models import FollowUp
from warmbench.signals.record import SignalsRecorded, SignalsWithdrawn
from warmbench.sourcing import alerts, endings, waves, writing
from warmbench.sourcing.models import Alert, AlertCampaign, Escalation, Role
from warmbench.sourcing.roles import RoleChanged

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


@pytest.fixture
def skills(db: None) -> list[Tag]:
    return [make.tag(name) for name in ("Go", "Kubernetes", "Terraform", "AWS")]


@dataclass
class Office:
    """Does what the workers do, at moments that a test chooses."""

    channel: Recording = field(default_factory=Recording)

    def plan(self, now: datetime = NOW) -> None:
        while waves.advance(now=now):
            pass
        while writing.write_due(now=now):
            pass

    def send(self, now: datetime = NOW) -> int:
        return delivery.deliver(lambda _: self.channel, worker="w", clock=lambda: now)

    def tell(self, now: datetime = NOW) -> list[str]:
        """Plan and send. Returns the addresses that a mail went to."""
        before = len(self.channel.mails)
        self.plan(now)
        while self.send(now):
            pass
        return [to for _, to, _ in self.channel.mails[before:]]


@pytest.fixture
def office() -> Office:
    return Office()


def mailed(person: Candidate) -> str:
    return person.contact_points.get(channel="email").address


def agrees_to(person: Candidate, purpose: str, *, at: datetime) -> None:
    basis = Consent.Basis.CONSENT
    consent.record(person.pk, basis=basis, evidence="A form", purpose=purpose, now=at)


class TestWhatIsSaid:
    def test_a_match_is_told_what_the_role_is_and_what_she_brings(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills[:2], owner=alice)
        role = make.role(
            *skills,
            company_type="a family-owned logistics group",
            places=[{"words": "Lyon", "city": "Lyon", "region": "", "country": "FR"}],
            remote="hybrid",
            pay_min="85000",
            pay_max="95000",
            pay_currency="EUR",
            pay_period="year",
            apply_url="https://jobs.example/7",
        )
        make.campaign(role)

        assert office.tell() == [mailed(ana)]

        message = Message.objects.get()
        assert (message.purpose, message.touch) == ("alert", f"role:{role.pk}/alert")
        fields = message.context
        assert fields["role_pay"] == "€85,000 to €95,000 a year"
        assert fields["role_place"] == "Lyon, hybrid"
        assert fields["matched_skills"] == "Go and Kubernetes"
        assert fields["recruiter_name"] == alice.name
        assert Alert.objects.get().level == "normal"
        assert not Escalation.objects.exists()

    def test_nobody_learns_who_the_client_is(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills, company="Secret Client AG", summary="Build things."))

        office.tell()

        assert b"Secret" not in office.channel.mails[0][2]
        assert "Secret" not in str(Message.objects.get().context)

    @pytest.mark.parametrize("deadline", [None, NOW + 3 * DAY])
    @pytest.mark.parametrize("count", [2, 4])
    def test_what_is_unknown_about_a_role_leaves_no_gap(
        self, alice: User, skills: list[Tag], office: Office, count: int, deadline: datetime | None
    ) -> None:
        make.candidate(*skills[:count], owner=alice)
        make.campaign(make.role(*skills, deadline=deadline))

        assert len(office.tell()) == 1

    def test_the_level_decides_the_words(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana, ben = make.candidate(*skills[:3], owner=alice), make.candidate(*skills[:2])
        make.campaign(make.role(*skills))

        office.plan()

        levels = dict(Alert.objects.values_list("candidate_id", "level"))
        assert levels == {ana.pk: "strong", ben.pk: "normal"}
        assert len(set(Message.objects.values_list("template_id", flat=True))) == 2
        escalation = Escalation.objects.get()
        assert (escalation.kind, escalation.due_at) == ("text", NOW + 2 * DAY)

    def test_with_a_deadline_within_a_week_it_is_hot_and_says_so(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills[:2], owner=alice)
        make.campaign(make.role(*skills, deadline=datetime.fromisoformat("2026-03-09T23:30Z")))

        office.plan()

        # In Berlin it is the next day by then.
        assert Message.objects.get().context["deadline"] == "Tuesday, 10 March"
        assert Alert.objects.get().level == "hot"
        assert Escalation.objects.get().kind == "call"

    def test_an_alert_that_waited_until_its_role_is_hot_is_a_hot_one(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills[:2], owner=alice)
        make.sent(ana, Sender.objects.get(), at=NOW - 4 * DAY)
        make.campaign(make.role(*skills, deadline=NOW + 12 * DAY))
        office.plan()
        assert Alert.objects.get().level == "normal"

        office.plan(NOW + 6 * DAY)

        assert Alert.objects.get().level == "hot"
        assert "deadline" in Message.objects.get(purpose="alert").context

    def test_who_has_no_recruiter_hears_from_the_mailbox_for_everybody(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=None)
        make.campaign(make.role(*skills))

        office.plan()

        assert Message.objects.get().sender_id == senders.who_writes()[None]


class TestWaves:
    def test_the_best_come_first_and_the_others_a_day_later(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ben, ana = make.candidate(*skills[:2]), make.candidate(*skills)
        make.campaign(make.role(*skills), wave_size=1)

        assert office.tell() == [mailed(ana)]
        assert office.tell(NOW + timedelta(hours=2)) == []
        assert office.tell(NOW + DAY) == [mailed(ben)]
        assert list(Alert.objects.order_by("pk").values_list("wave", flat=True)) == [1, 2]

    def test_a_campaign_with_nobody_left_rests(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills)
        make.campaign(make.role(*skills))
        office.plan()
        office.plan(NOW + DAY)

        campaign = AlertCampaign.objects.get()
        assert (campaign.state, campaign.waves, campaign.next_wave_at) == ("running", 1, None)

    def test_whoever_may_not_be_told_takes_nobodys_place(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        for status in ("placed", "applied", "hired", "do_not_contact"):
            make.candidate(*skills, status=Candidate.Status(status))
        gone = make.candidate(*skills)
        consent.suppress(gone.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
        ana, ben = make.candidate(*skills[:3]), make.candidate(*skills[:2])
        make.campaign(make.role(*skills), wave_size=1)

        assert office.tell() == [mailed(ana)]

        refused = Alert.objects.filter(state="refused").values_list("reason", flat=True)
        assert sorted(refused) == ["applied", "do_not_contact", "hired", "placed", "unsubscribed"]
        assert not Alert.objects.filter(candidate=ben).exists()

    def test_of_whom_objected_nothing_is_kept(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana, ben = make.candidate(*skills), make.candidate(*skills)
        objection.obey(ana.pk, evidence="By phone", now=NOW)
        make.campaign(make.role(*skills), wave_size=1)

        assert office.tell() == [mailed(ben)]
        assert not Alert.objects.filter(candidate=ana).exists()

    def test_many_who_objected_do_not_hide_the_one_who_may_be_told(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        for _ in range(5):
            objection.obey(make.candidate(*skills).pk, evidence="By phone", now=NOW)
        ana = make.candidate(*skills[:2])
        make.campaign(make.role(*skills), wave_size=1)

        assert office.tell() == [mailed(ana)]
        assert Alert.objects.count() == 1

    def test_many_who_may_not_be_told_do_not_hide_the_one_who_may(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        for _ in range(9):
            make.candidate(*skills, consented=False)
        ana = make.candidate(*skills[:2])
        make.campaign(make.role(*skills), wave_size=1)

        assert office.tell() == [mailed(ana)]
        assert AlertCampaign.objects.get().waves == 1

    def test_a_role_whose_deadline_is_over_has_no_waves(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills)
        make.campaign(make.role(*skills, deadline=NOW - DAY))

        assert office.tell() == []
        assert not Alert.objects.exists()

    def test_a_changed_candidate_joins_the_next_wave(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills)
        make.campaign(make.role(*skills))
        office.tell()
        office.tell(NOW + DAY)
        ben = make.candidate(*skills[:2])

        alerts.late_comers([ana.pk], now=NOW + DAY)
        alerts.late_comers([ben.pk], now=NOW + DAY)

        assert office.tell(NOW + DAY) == [mailed(ben)]

    def test_who_changed_without_fitting_any_role_plans_nothing(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.campaign(make.role(*skills))
        office.tell()

        alerts.late_comers([make.candidate(skills[0]).pk], now=NOW)

        assert AlertCampaign.objects.get().next_wave_at is None

    def test_an_import_wakes_every_campaign_that_rests_once_for_all_who_come_in(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.campaign(make.role(*skills))
        office.tell()

        alerts.late_comers(list(range(1, 300)), now=NOW)
        alerts.late_comers(list(range(300, 600)), now=NOW + MINUTE)

        due = AlertCampaign.objects.get().next_wave_at
        assert due is not None
        assert NOW + MINUTE < due <= NOW + 15 * MINUTE

    def test_only_an_open_role_has_alerts(self, alice: User, skills: list[Tag]) -> None:
        role = make.role(*skills, state="draft")
        numbers = {"threshold": 2, "strong_from": 3, "wave_size": 5}
        assert not alerts.start(role.pk, **numbers, by_id=alice.pk, now=NOW)
        assert not AlertCampaign.objects.exists()

    def test_a_campaign_goes_on_with_other_numbers(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills)
        ben = make.candidate(*skills[:2])
        role = make.role(*skills)
        make.campaign(role, threshold=3)
        office.tell()

        make.campaign(role, threshold=2, at=NOW + DAY)

        assert office.tell(NOW + DAY) == [mailed(ben)]
        assert list(Alert.objects.order_by("pk").values_list("threshold", flat=True)) == [3, 2]


class TestOneBudget:
    def test_who_heard_from_us_lately_waits(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.sent(ana, Sender.objects.get(), at=NOW - 5 * DAY)
        make.campaign(make.role(*skills))

        assert office.tell() == []

        alert = Alert.objects.get()
        assert (alert.state, alert.reason) == ("waiting", "budget")
        assert alert.next_try_at == NOW + 2 * DAY
        assert Decision.objects.get().reason == "budget"
        assert office.tell(NOW + 2 * DAY) == [mailed(ana)]

    def test_the_hot_role_comes_first_and_the_other_a_week_later(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills)
        strong, hot = make.role(*skills), make.role(*skills[:2], deadline=NOW + 5 * DAY)
        make.campaign(strong)
        make.campaign(hot)

        assert office.tell() == [mailed(ana)]

        assert Alert.objects.get(state="written").role == hot
        waits = Alert.objects.get(state="waiting")
        assert waits.next_try_at == NOW + 7 * DAY
        assert office.tell(NOW + 6 * DAY) == []
        assert office.tell(NOW + 7 * DAY) == [mailed(ana)]

    def test_a_hot_role_that_waits_is_asked_about_before_one_that_came_later(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills)
        before = make.message(ana, Sender.objects.get(), due=NOW + HOUR)
        hot = make.role(*skills[:2], deadline=NOW + 7 * DAY + 6 * HOUR)
        make.campaign(hot)
        office.plan()
        assert Alert.objects.get().reason == "budget"
        # What stood before it never goes, and nobody told the alert.
        Message.objects.filter(pk=before.pk).update(state="cancelled", not_before=None)
        make.campaign(make.role(*skills), at=NOW + DAY)

        assert office.tell(NOW + DAY) == [mailed(ana)]
        assert Alert.objects.get(state="written").role == hot

    def test_of_two_roles_the_closer_match_comes_first(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills)
        normal, strong = make.role(*skills[:2]), make.role(*skills)
        make.campaign(normal)
        make.campaign(strong)

        office.plan()

        assert Alert.objects.get(state="written").role == strong

    def test_nurture_waits_behind_an_alert(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        enrolled = make.enrollment(ana, make.sequence(Step.Kind.MESSAGE))
        make.campaign(make.role(*skills))
        waves.advance(now=NOW)

        assert planner.plan(now=NOW) == {"alert_first": 1}
        office.tell()
        assert planner.plan(now=NOW + timedelta(hours=2)) == {"budget": 1}

        enrolled.refresh_from_db()
        assert enrolled.next_step_at is not None
        assert enrolled.next_step_at >= NOW + 7 * DAY
        assert planner.plan(now=enrolled.next_step_at) == {"queued": 1}

    def test_nurture_does_not_wait_for_an_alert_that_waits_for_a_person(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        Sender.objects.update(paused_at=NOW)
        office.plan()
        assert Alert.objects.get().reason == "sender_paused"

        assert alerts.promised([ana.pk], now=NOW) == {}

    @pytest.mark.parametrize("state", ["paused", "ended"])
    def test_a_campaign_that_rests_promises_nothing(
        self, alice: User, skills: list[Tag], state: str
    ) -> None:
        ana = make.candidate(*skills)
        role = make.role(*skills)
        make.campaign(role)
        waves.advance(now=NOW)
        (promise,) = alerts.promised([ana.pk], now=NOW)[ana.pk]
        assert (promise.level, promise.at) == ("strong", NOW)

        (alerts.pause if state == "paused" else alerts.stop)(role.pk, by_id=None, now=NOW)

        assert alerts.promised([ana.pk], now=NOW) == {}

    def test_who_opted_out_leaves_the_sequence_although_an_alert_was_promised(
        self, alice: User, skills: list[Tag]
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.enrollment(ana, make.sequence(Step.Kind.MESSAGE))
        make.campaign(make.role(*skills))
        waves.advance(now=NOW)
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)

        assert planner.plan(now=NOW) == {"unsubscribed": 1}
        assert Enrollment.objects.get().state == "exited"

    def test_alerts_have_the_mailbox_before_nurture(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        Sender.objects.update(daily_cap=1)
        make.enrollment(make.candidate(owner=alice), make.sequence(Step.Kind.MESSAGE))
        make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))

        office.plan()

        assert planner.plan(now=NOW) == {"sender_cap": 1}
        assert Message.objects.get().purpose == "alert"

    def test_a_role_that_breaks_does_not_stop_nurture(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ana = make.candidate(owner=alice)
        make.enrollment(ana, make.sequence(Step.Kind.MESSAGE))

        def broken(*, now: datetime) -> int:
            raise RuntimeError("a role that breaks")

        monkeypatch.setattr(waves, "advance", broken)
        with pytest.raises(RuntimeError, match="a role that breaks"):
            loops.planner(Event())

        assert Decision.objects.get().candidate_id == ana.pk


class TestTheEndOfARole:
    def test_what_waits_is_withdrawn_and_what_is_queued_is_cancelled(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana, ben = make.candidate(*skills, owner=alice), make.candidate(*skills, owner=alice)
        make.sent(ben, Sender.objects.get(), at=NOW - DAY)
        role = make.role(*skills)
        make.campaign(role)
        office.plan()

        assert alerts.stop(role.pk, by_id=alice.pk, now=NOW)

        states = dict(Alert.objects.values_list("candidate_id", "state"))
        assert states == {ana.pk: "written", ben.pk: "withdrawn"}
        message = Message.objects.get(purpose="alert")
        assert (message.state, message.reason) == ("cancelled", "role_ended")
        assert Escalation.objects.get().reason == "role_ended"
        assert office.tell(NOW + DAY) == []
        assert not alerts.stop(role.pk, by_id=alice.pk, now=NOW)

    def test_a_role_that_opens_again_tells_those_who_were_not_told(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        role = make.role(*skills)
        make.campaign(role)
        office.plan()
        alerts.stop(role.pk, by_id=None, now=NOW)

        make.campaign(role, at=NOW + DAY)

        assert office.tell(NOW + DAY) == [mailed(ana)]

    def test_nobody_is_told_twice_although_a_role_opens_again(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice)
        role = make.role(*skills)
        make.campaign(role)
        office.tell()
        alerts.stop(role.pk, by_id=None, now=NOW)

        make.campaign(role, at=NOW + 30 * DAY)

        assert office.tell(NOW + 30 * DAY) == []

    def test_on_hold_nothing_goes_and_afterwards_it_goes_once(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        role = make.role(*skills)
        make.campaign(role)
        office.plan()

        assert alerts.pause(role.pk, by_id=alice.pk, now=NOW)
        assert office.tell(NOW + DAY) == []
        assert alerts.resume(role.pk, by_id=alice.pk, now=NOW + DAY)

        assert office.tell(NOW + DAY) == [mailed(ana)]
        assert office.tell(NOW + 30 * DAY) == []
        assert [m.state for m in Message.objects.order_by("occurrence")] == ["cancelled", "sent"]
        assert not alerts.pause(make.role().pk, by_id=None, now=NOW)
        assert not alerts.resume(role.pk, by_id=None, now=NOW)

    def test_a_hold_brings_no_wave_before_its_day(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        for _ in range(3):
            make.candidate(*skills)
        role = make.role(*skills)
        make.campaign(role, wave_size=1)
        assert len(office.tell()) == 1

        for minutes in (10, 20):
            alerts.pause(role.pk, by_id=alice.pk, now=NOW + minutes * MINUTE)
            alerts.resume(role.pk, by_id=alice.pk, now=NOW + minutes * MINUTE)
            assert office.tell(NOW + minutes * MINUTE) == []

        assert len(office.tell(NOW + DAY)) == 1

    def test_what_a_worker_holds_goes_neither_after_the_end_nor_ever(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice)
        role = make.role(*skills)
        make.campaign(role)
        office.plan()

        closing = Recording()

        def open_channel(_: Sender) -> Recording:
            assert Message.objects.get().state == "sending"
            alerts.stop(role.pk, by_id=None, now=NOW)
            return closing

        delivery.deliver(open_channel, worker="w", clock=lambda: NOW)
        assert (closing.mails, office.tell(NOW + DAY)) == ([], [])

        message = Message.objects.get()
        assert (message.state, message.reason) == ("refused", "role_ended")

    def test_a_short_hold_lets_what_a_worker_held_go_on(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        role = make.role(*skills)
        make.campaign(role)
        office.plan()

        def open_channel(_: Sender) -> Recording:
            alerts.pause(role.pk, by_id=None, now=NOW)
            return Recording()

        delivery.deliver(open_channel, worker="w", clock=lambda: NOW)
        assert Message.objects.get().state == "queued"
        alerts.resume(role.pk, by_id=None, now=NOW)

        assert office.tell() == [mailed(ana)]
        assert Message.objects.count() == 1

    def test_a_deadline_that_passes_withdraws_what_waits(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        candidates.pause([ana.pk], reason=candidates.PauseReason.REPLIED, now=NOW)
        role = make.role(*skills, deadline=NOW + 3 * DAY)
        make.campaign(role)
        assert office.tell() == []
        assert office.tell(NOW + 3 * DAY) == []

        alert = Alert.objects.get()
        assert (alert.state, alert.reason) == ("withdrawn", "deadline_over")
        assert endings.because(alert.reason) == "The client's deadline had passed."

        Role.objects.update(deadline=NOW + 60 * DAY)
        candidates.resume([ana.pk], by_id=alice.pk, now=NOW + 4 * DAY)
        alerts.follow(role.pk, now=NOW + 7 * DAY)
        assert office.tell(NOW + 7 * DAY) == [mailed(ana)]

    def test_a_mail_in_the_outbox_does_not_go_after_the_deadline(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills, deadline=NOW + timedelta(hours=2)))
        office.plan()

        assert office.send(NOW + timedelta(hours=3)) == 0
        assert Message.objects.get().reason == "expired"


class TestWhoMustNotHear:
    def test_who_is_placed_between_the_wave_and_the_writing_is_refused(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        waves.advance(now=NOW)
        Candidate.objects.filter(pk=ana.pk).update(status="placed")

        assert office.tell() == []
        assert Alert.objects.get().reason == "placed"

    def test_who_opts_out_between_the_writing_and_the_claim_hears_nothing(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        office.plan()
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)

        assert office.tell() == []
        assert Message.objects.get().reason == "unsubscribed"

    def test_who_agreed_to_articles_only_hears_of_no_role(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice, consented=False)
        agrees_to(ana, "nurture", at=NOW)
        make.campaign(make.role(*skills))
        assert office.tell() == []
        assert Alert.objects.get().reason == "no_consent"

        agrees_to(ana, "alert", at=NOW + DAY)
        assert alerts.ask_again([ana.pk], now=NOW + DAY) == 1

        assert office.tell(NOW + DAY) == [mailed(ana)]

    def test_who_is_spared_is_withdrawn_from_all_that_waits(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        make.campaign(make.role(*skills))
        office.tell()

        assert alerts.spare([ana.pk], reason="placed", now=NOW) == 1

        assert set(Alert.objects.values_list("state", flat=True)) == {"written", "withdrawn"}
        assert Escalation.objects.get().state == "dropped"

    def test_whoever_is_back_on_the_bench_hears_of_a_role_that_is_still_open(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice, status=Candidate.Status.APPLIED)
        make.campaign(make.role(*skills))
        assert office.tell() == []
        assert alerts.ask_again([ana.pk], now=NOW) == 0

        Candidate.objects.filter(pk=ana.pk).update(status="open")
        assert alerts.ask_again([ana.pk], now=NOW) == 1

        assert office.tell() == [mailed(ana)]
        assert alerts.ask_again([ana.pk], now=NOW) == 0


class TestWhoFitsNoMore:
    """Weeks may pass between a wave and the writing."""

    @pytest.fixture
    def ana(self, alice: User, skills: list[Tag]) -> Candidate:
        ana = make.candidate(*skills[:3], owner=alice)
        make.campaign(make.role(*skills[:3]))
        waves.advance(now=NOW)
        return ana

    def test_who_lost_a_skill_is_told_only_of_what_is_hers(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        CandidateTag.objects.filter(candidate=ana, tag=skills[2]).delete()

        assert office.tell() == [mailed(ana)]

        alert = Alert.objects.get()
        assert alert.matched == [skills[0].pk, skills[1].pk]
        assert alert.level == "normal"
        assert Message.objects.get().context["matched_skills"] == "Go and Kubernetes"

    def test_who_has_too_few_skills_by_now_is_not_told(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        CandidateTag.objects.filter(candidate=ana, tag__in=skills[1:3]).delete()

        assert office.tell() == []

        alert = Alert.objects.get()
        assert (alert.state, alert.reason) == ("withdrawn", "fits_no_more")
        assert endings.because(alert.reason).startswith("They did not fit")

    def test_a_role_that_turned_into_another_one_is_told_to_those_who_fit_it_now(
        self, ana: Candidate, alice: User, skills: list[Tag], office: Office
    ) -> None:
        role = Role.objects.get()
        asked = list(role.skills.order_by("tag").values_list("pk", "tag"))
        for (pk, _), other in zip(asked[1:], (skills[3], make.tag("Rust")), strict=True):
            role.skills.filter(pk=pk).update(tag=other)
        assert office.tell() == []

        for pk, tag_id in asked:
            role.skills.filter(pk=pk).update(tag=tag_id)
        alerts.follow(role.pk, now=NOW)

        assert office.tell() == [mailed(ana)]

    def test_who_fits_again_is_told(
        self, ana: Candidate, skills: list[Tag], office: Office
    ) -> None:
        kept = CandidateTag.objects.filter(candidate=ana, tag__in=skills[1:3])
        rows = list(kept)
        kept.delete()
        assert office.tell() == []

        CandidateTag.objects.bulk_create(rows)
        alerts.late_comers([ana.pk], now=NOW)

        assert office.tell() == [mailed(ana)]


class TestWhatCouldNotGo:
    def test_a_hot_role_that_no_mail_can_tell_in_time_is_a_call_at_once(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.sent(ana, Sender.objects.get(), at=NOW - DAY)
        role = make.role(*skills, deadline=NOW + 5 * DAY)
        make.campaign(role)

        assert office.tell() == []

        alert = Alert.objects.get()
        assert (alert.state, alert.reason) == ("withdrawn", "called_instead")
        assert Escalation.objects.get().state == "done"
        call = FollowUp.objects.get()
        assert (call.reason, call.owner) == ("call", alice)
        assert "before the client's deadline" in call.evidence[0]["text"]

    def test_who_is_paused_is_not_called_instead(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        candidates.pause([ana.pk], reason=candidates.PauseReason.REPLIED, now=NOW)
        make.campaign(make.role(*skills, deadline=NOW + 5 * DAY))

        office.plan()

        assert not FollowUp.objects.exists()
        assert (Alert.objects.get().state, Alert.objects.get().reason) == ("waiting", "paused")

    def test_what_waited_too_long_in_the_outbox_is_written_anew(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        office.plan()
        assert office.send(NOW + 6 * DAY) == 0
        assert Message.objects.get().reason == "expired"

        assert alerts.retry(now=NOW + 6 * DAY) == 1

        assert office.tell(NOW + 6 * DAY) == [mailed(ana)]
        assert alerts.retry(now=NOW + 6 * DAY) == 0
        assert Escalation.objects.get().due_at == NOW + 8 * DAY

    def test_a_mail_of_unknown_fate_is_not_written_anew(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice)
        role = make.role(*skills)
        make.campaign(role)
        office.tell()
        Alert.objects.update(state="withdrawn", reason="role_on_hold")

        alerts.retry(now=NOW)

        assert not Alert.objects.filter(state="waiting").exists()

    def test_who_changes_hands_hears_from_the_new_recruiter(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        office.plan()
        bob = make.user("Bob Stone")
        his = make.sender(bob)
        Candidate.objects.filter(pk=ana.pk).update(owner=bob)

        assert office.tell() == []
        alerts.retry(now=NOW)

        assert office.tell() == [mailed(ana)]
        assert Message.objects.get(state="sent").sender == his

    def test_whose_recruiter_has_no_mailbox_waits_and_is_not_refused_every_hour(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        bob = make.user("Bob Stone")
        ana = make.candidate(*skills, owner=bob)
        make.campaign(make.role(*skills))
        for hours in range(5):
            office.plan(NOW + hours * HOUR)
            alerts.retry(now=NOW + hours * HOUR)

        assert not Message.objects.exists()
        alert = Alert.objects.get()
        assert (alert.state, alert.reason) == ("waiting", "owner_changed")
        assert Decision.objects.filter(candidate_id=ana.pk).count() == 1

        make.sender(bob)
        assert office.tell(NOW + DAY) == [mailed(ana)]

    def test_somebody_of_whom_nothing_tells_the_time_waits(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice, time_zone="", country="US")
        make.campaign(make.role(*skills))

        # Ten in Berlin is the middle of the night in some of the places where she may live.
        assert office.tell() == []
        assert Alert.objects.get().reason in {"quiet_hours", "window"}


def test_no_promise_is_broken(alice: User, skills: list[Tag], office: Office) -> None:
    make.candidate(*skills, owner=alice)
    make.campaign(make.role(*skills))
    office.tell()
    assert invariants.broken() == {}


class TestARestoredDatabase:
    def test_tells_nobody_who_may_have_been_told_since(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana, ben, chen = (make.candidate(*skills[:n], owner=alice) for n in (4, 3, 2))
        role = make.role(*skills)
        make.campaign(role, wave_size=1)
        waves.advance(now=NOW)
        later = NOW + 2 * DAY

        after_restore(lines=[], now=later)

        # Ana waited for her mail, and there may have been two waves since.
        fates = dict(Message.objects.values_list("candidate_id", "state"))
        assert fates == dict.fromkeys([ana.pk, ben.pk, chen.pk], "unknown")
        assert set(Alert.objects.values_list("state", flat=True)) == {"written"}
        assert AlertCampaign.objects.get().state == "paused"
        switches.release(Switch.Scope.EVERYTHING, by_id=alice.pk, now=later)
        alerts.resume(role.pk, by_id=alice.pk, now=later)
        assert office.tell(later) == []

    def test_drops_what_may_have_followed_since(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        office.tell()

        after_restore(lines=[], now=NOW + 3 * DAY)

        assert Escalation.objects.get().reason == "restored"

    def test_leaves_alone_what_is_not_due(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.sent(ana, Sender.objects.get(), at=NOW - DAY)
        role = make.role(*skills)
        make.campaign(role)
        office.plan()

        after_restore(lines=[], now=NOW + DAY)
        assert Alert.objects.get().state == "waiting"

        switches.release(Switch.Scope.EVERYTHING, by_id=alice.pk, now=NOW + 7 * DAY)
        alerts.resume(role.pk, by_id=alice.pk, now=NOW + 7 * DAY)
        assert office.tell(NOW + 7 * DAY) == [mailed(ana)]


class TestReactions:
    def test_who_opts_out_is_spared_and_not_called(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        make.campaign(make.role(*skills))
        office.plan()
        make.follow_up(ana, reason=FollowUp.Reason.CALL)
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)

        fact = CandidateSuppressed(candidate_ids=[ana.pk], reason="unsubscribed")
        events.react_now(fact)

        assert set(Alert.objects.values_list("state", flat=True)) == {"written", "withdrawn"}
        assert Message.objects.get().state == "cancelled"
        assert FollowUp.objects.get().state == "done"

    def test_who_learns_a_skill_hears_of_the_role(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(skills[0], owner=alice)
        make.campaign(make.role(*skills))
        assert office.tell() == []
        CandidateTag.objects.create(candidate=ana, tag=skills[1], source="test", added_at=NOW)

        events.react_now(CandidateTagged(candidate_ids=[ana.pk]))

        now = clock.now()
        assert AlertCampaign.objects.get().next_wave_at is not None
        assert waves.advance(now=now) == 1
        assert Alert.objects.get().candidate == ana

    def test_a_role_that_asks_for_less_is_told_to_more_people(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills[:2], owner=alice)
        role = make.role(*skills[2:])
        make.campaign(role)
        assert office.tell() == []
        for one in skills[:2]:
            role.skills.create(tag=one)

        events.react_now(RoleChanged(role_id=role.pk))

        waves.advance(now=clock.now())
        assert Alert.objects.get().candidate == ana

    def test_permission_given_brings_what_was_refused_for_want_of_it(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice, consented=False)
        make.campaign(make.role(*skills))
        office.tell()
        agrees_to(ana, "", at=NOW)

        events.react_now(PermissionChanged(candidate_ids=[ana.pk]))
        assert Alert.objects.get().state == "waiting"

    def test_a_click_and_its_withdrawal_take_effect(
        self, alice: User, skills: list[Tag], office: Office
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        make.campaign(make.role(*skills))
        office.tell()
        click = make.signal(ana, at=NOW, message=Message.objects.get())
        about = {"candidate_ids": [ana.pk]}

        events.react_now(SignalsRecorded(**about, signal_ids=[click.pk]))
        assert Escalation.objects.get().state == "dropped"
        assert FollowUp.objects.filter(reason="role_interest").exists()

        record.withdraw([click.pk], note="A machine", now=NOW)
        events.react_now(SignalsWithdrawn(**about))
        assert Escalation.objects.get().state == "waiting"
