"""What the law asks for, from the database to the last gate, the mail and the recruiter's queue."""

import io
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import IntegrityError, connection

from tests import make
from tests.db.test_answers import Sent, comes_in
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.cli import lawful
from warmbench.cli.checkup import Finding, Level
from warmbench.core import networks, sql
from warmbench.messaging import delivery, gate, settling, standing
from warmbench.messaging.handover import HandOver, Recording, Uncertain
from warmbench.messaging.known import Touch
from warmbench.messaging.models import Decision, InboundMail, Message, Sender
from warmbench.messaging.verdict import Reason, Refuse
from warmbench.nurture import permissions, planner
from warmbench.nurture.models import Enrollment, Step
from warmbench.people import balancing, consent, imports, inquiry, law, notices
from warmbench.people.balancing import Weighing
from warmbench.people.consent import PermissionChanged, Proof
from warmbench.people.imports import Options
from warmbench.people.law import months_after
from warmbench.people.models import (
    BalancingTest,
    Candidate,
    Channel,
    Consent,
    Notice,
    Purpose,
)
from warmbench.people.notices import CandidatesInformed
from warmbench.signals import answers, follow_ups
from warmbench.signals import notices as notice_follow_ups
from warmbench.signals.models import FollowUp
from warmbench.workflows import following

pytestmark = pytest.mark.django_db

MESSAGE = Step.Kind.MESSAGE
WEIGHED = Weighing("We find people work.", "They are not in the ATS.", "One mail a month.")


class Unsure(Recording):
    """Breaks off when the other side may have had the whole mail."""

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        super().hand_over(mail_from, rcpt_to, data)
        return Uncertain("The connection broke.")


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


def stranger(
    owner: User | None = None,
    *,
    days: float = 0,
    country: str = "DE",
    source: str = "Old ATS",
    basis: Consent.Basis = Consent.Basis.CONSENT,
) -> Candidate:
    """Somebody whose data we got so many days ago, from a source, and whom nobody told."""
    made = make.candidate(owner=owner, country=country, told=False, consented=False)
    at = NOW - timedelta(days=days)
    Candidate.objects.filter(pk=made.pk).update(added_at=at, source=source)
    consent.record(made.pk, basis=basis, evidence="Said so", now=at)
    made.refresh_from_db()
    return made


def permission(of: Candidate, *, now: datetime = NOW, channel: str = "email") -> Refuse | None:
    person = standing.of([of.pk], now=now, channel=channel, counting_queued=False)[of.pk]
    return gate.permission(Touch("content", channel), person, now=now)


def send(channel: Recording | None = None, *, now: datetime = NOW) -> list[str]:
    """Hand everything over that is due. Returns the texts of the mails."""
    used = channel or Recording()
    while delivery.deliver(lambda _: used, worker="w", clock=lambda: now):
        pass
    mails = (message_from_bytes(data, policy=policy.default) for _, _, data in used.mails)
    return [text.get_content() for mail in mails if (text := mail.get_body(("plain",)))]


class TestPermission:
    def test_in_germany_our_own_interest_is_not_enough(self, alice: User) -> None:
        ana = stranger(alice, basis=Consent.Basis.LEGITIMATE_INTEREST)
        make.enrollment(ana, make.sequence(MESSAGE))

        assert planner.plan(now=NOW) == {"consent_first": 1}

        decision = Decision.objects.get()
        assert (decision.reason, decision.rule) == ("consent_first", "de-mail-consent-first")
        assert decision.policy == gate.POLICY
        assert "UWG § 7" in law.cited(decision.rule)

    @pytest.mark.parametrize(
        ("country", "basis", "ago", "reason"),
        [
            ("FR", "legitimate_interest", 0, None),
            ("DE", "inquiry", 5, None),
            ("DE", "inquiry", 6, Reason.IMPLIED_EXPIRED),
            ("AT", "relationship", 0, Reason.CONSENT_FIRST),
            ("CA", "relationship", 23, None),
            ("CA", "relationship", 24, Reason.IMPLIED_EXPIRED),
            ("CA", "inquiry", 6, Reason.IMPLIED_EXPIRED),
            ("CA", "legitimate_interest", 0, Reason.CONSENT_FIRST),
            ("CA", "consent", 120, None),
            # Of unknown country: where the organisation works, which is Germany.
            ("", "legitimate_interest", 0, Reason.CONSENT_FIRST),
        ],
    )
    def test_what_is_good_enough_depends_on_the_country_and_on_its_age(
        self, alice: User, country: str, basis: str, ago: int, reason: Reason | None
    ) -> None:
        ana = make.candidate(owner=alice, country=country, consented=False)
        proof = Proof(since=months_after(NOW, -ago) if ago else None)
        consent.record(
            ana.pk, basis=Consent.Basis(basis), evidence="On record", proof=proof, now=NOW
        )
        refusal = permission(ana)
        assert (refusal and refusal.reason) == reason

    def test_consent_to_mails_is_none_to_texts(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        refusal = permission(ana, channel=Channel.SMS)
        assert refusal == Refuse(Reason.NO_CONSENT)
        said = Consent.Basis.RELATIONSHIP
        consent.record(ana.pk, basis=said, evidence="A placement", channel=Channel.SMS, now=NOW)
        assert permission(ana, channel=Channel.SMS) == Refuse(Reason.CONSENT_FIRST, "sms-consent")

    @pytest.mark.parametrize(
        "change",
        [
            lambda ana: consent.record(
                ana.pk, basis=Consent.Basis.LEGITIMATE_INTEREST, evidence="Weighed", now=NOW
            ),
            lambda ana: Candidate.objects.filter(pk=ana.pk).update(country="CA"),
        ],
        ids=["a weaker ground", "another country"],
    )
    def test_what_may_turn_the_answer_is_asked_about_before_the_first_byte(
        self, alice: User, change: object
    ) -> None:
        ana = make.candidate(owner=alice)
        before = Candidate.objects.get(pk=ana.pk).standing_version
        assert callable(change)
        change(ana)
        assert Candidate.objects.get(pk=ana.pk).standing_version > before

    def test_the_first_word_about_somebody_changes_nothing_that_was_asked(
        self, alice: User
    ) -> None:
        ana = make.candidate(owner=alice, consented=False)
        before = Candidate.objects.get(pk=ana.pk).standing_version
        consent.record(ana.pk, basis=Consent.Basis.RELATIONSHIP, evidence="Placed", now=NOW)
        assert Candidate.objects.get(pk=ana.pk).standing_version == before

    def test_it_is_kept_how_it_came_about(self, alice: User) -> None:
        ana = make.candidate(consented=False)
        proof = Proof(
            how=Consent.How.FORM,
            wording="sign-up/3",
            ip_prefix=networks.prefix("203.0.113.77"),
            inbound_id=12,
            by_id=alice.pk,
        )
        consent.record(
            ana.pk, basis=Consent.Basis.CONSENT, evidence="Ticked the box", proof=proof, now=NOW
        )
        (kept,) = ana.consents.all()
        assert (kept.how, kept.wording, kept.ip_prefix, kept.inbound_id, kept.by) == (
            "form",
            "sign-up/3",
            "203.0.113.0/24",
            12,
            alice,
        )
        assert networks.prefix("2001:db8:1:2::3") == "2001:db8:1::/48"
        assert networks.prefix("nobody") == ""


class TestInquiries:
    """Whoever wrote to us may hear from us for a while, where the law sees it so."""

    @pytest.mark.parametrize(
        ("country", "had", "ago", "is_taken"),
        [
            ("DE", "legitimate_interest", 0, True),
            ("DE", "relationship", 0, True),
            ("DE", "inquiry", 1, True),
            ("DE", "consent", 0, False),
            ("DE", "withdrawn", 0, False),
            ("DE", "", 0, True),
            # Implied consent that lasts longer than the inquiry would.
            ("CA", "relationship", 1, False),
            ("CA", "relationship", 20, True),
            # Any ground is good enough there.
            ("FR", "legitimate_interest", 0, False),
        ],
    )
    def test_count_where_nothing_better_is_on_record(
        self, alice: User, country: str, had: str, ago: int, is_taken: bool
    ) -> None:
        ana = make.candidate(owner=alice, country=country, consented=False)
        if had:
            at = months_after(NOW, -ago)
            consent.record(ana.pk, basis=Consent.Basis(had), evidence="On record", now=at)
        said = {"evidence": "Wrote to us: Interested", "inbound_id": 7}
        assert inquiry.note(ana.pk, at=NOW, now=NOW, **said) == is_taken  # type: ignore[arg-type]
        if is_taken:
            kept = ana.consents.order_by("-pk")[0]
            assert (kept.basis, kept.inbound_id, kept.since) == ("inquiry", 7, NOW)
            assert permission(ana) is None

    @pytest.mark.parametrize("others", [0, 1])
    def test_are_nothing_that_is_only_guessed(self, alice: User, others: int) -> None:
        """Anybody can write her address into a mail."""
        ana = make.candidate(owner=alice, country="FR", email="ana@example.com", consented=False)
        consent.record(ana.pk, basis=Consent.Basis.LEGITIMATE_INTEREST, evidence="Weighed", now=NOW)
        sent = Sent(ana, Sender.objects.get(owner=alice))
        for _ in range(others):
            make.candidate(owner=alice, email="ana@example.com", consented=False)
        Candidate.objects.update(country="DE")
        text = "That sounds interesting, I would like to hear more about this role."
        mail = comes_in(sent.answer(text, to="alice@northwind.example"))
        assert mail.state == InboundMail.State.OPEN
        assert not Consent.objects.filter(basis=Consent.Basis.INQUIRY).exists()
        # A person knows better.
        answers.correct(
            mail.pk, InboundMail.Intent.INTERESTED, by_id=alice.pk, now=NOW, candidate_id=ana.pk
        )
        assert Consent.objects.get(basis=Consent.Basis.INQUIRY).candidate == ana

    @pytest.mark.parametrize(
        ("text", "is_one"),
        [
            ("That sounds interesting, I would like to hear more about this role.", True),
            ("I am not interested, thank you.", False),
        ],
    )
    def test_are_answers_that_want_to_hear_more(self, alice: User, text: str, is_one: bool) -> None:
        box = Sender.objects.get(owner=alice)
        ana = make.candidate(owner=alice, country="FR", email="ana@example.com", consented=False)
        consent.record(ana.pk, basis=Consent.Basis.LEGITIMATE_INTEREST, evidence="Weighed", now=NOW)
        sent = Sent(ana, box)
        Candidate.objects.filter(pk=ana.pk).update(country="DE")
        mail = comes_in(sent.answer(text))
        if mail.state == "open":
            intent = InboundMail.Intent.INTERESTED if is_one else InboundMail.Intent.NOT_INTERESTED
            answers.correct(mail.pk, intent, by_id=alice.pk, now=NOW, candidate_id=ana.pk)
        assert ana.consents.filter(basis="inquiry", inbound_id=mail.pk).exists() == is_one

    def test_are_none_of_texts(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        assert not inquiry.note(
            ana.pk, evidence="x", inbound_id=1, at=NOW, now=NOW, channel=Channel.SMS
        )
        assert not inquiry.note(0, evidence="x", inbound_id=1, at=NOW, now=NOW)


class TestOpens:
    def test_are_recorded_with_a_consent_of_their_own_only(self) -> None:
        ana = make.candidate()
        assert not consent.may_record_opens(ana.pk, now=NOW)
        self._say(ana, Consent.Basis.CONSENT)
        assert consent.may_record_opens(ana.pk, now=NOW)
        self._say(ana, Consent.Basis.WITHDRAWN)
        assert not consent.may_record_opens(ana.pk, now=NOW)
        # That she said no to this says nothing about messages.
        assert permission(ana) is None

    def test_whoever_withdraws_everything_withdraws_this_too(self) -> None:
        ana = make.candidate()
        self._say(ana, Consent.Basis.CONSENT)
        consent.record(ana.pk, basis=Consent.Basis.WITHDRAWN, evidence="By mail", now=NOW)
        assert not consent.may_record_opens(ana.pk, now=NOW)

    def _say(self, ana: Candidate, basis: Consent.Basis) -> None:
        consent.record(ana.pk, basis=basis, evidence="On her page", purpose=Purpose.PIXEL, now=NOW)


class TestTheFirstMessage:
    def test_names_the_source_and_counts_as_the_notice(self, alice: User) -> None:
        ana = stranger(alice, days=20)
        make.enrollment(ana, make.sequence(MESSAGE, MESSAGE))
        planner.plan(now=NOW)

        (text,) = send()

        assert "Old ATS" in text
        assert "2026" in text
        assert "/me/" in text
        told = Notice.objects.get()
        message = Message.objects.get()
        assert (told.kind, told.message_id, told.at) == ("message", message.pk, message.handed_at)

        later = NOW + timedelta(days=30)
        planner.plan(now=later)
        (second,) = send(now=later)
        assert "Old ATS" not in second
        assert Notice.objects.count() == 1

    @pytest.mark.parametrize("change", [{"country": "US"}, {"source": ""}])
    def test_says_nothing_where_nothing_is_asked_or_known(
        self, alice: User, change: dict[str, str]
    ) -> None:
        ana = stranger(alice)
        Candidate.objects.filter(pk=ana.pk).update(**change)
        make.enrollment(ana, make.sequence(MESSAGE))
        planner.plan(now=NOW)
        (text,) = send()
        assert "Old ATS" not in text
        assert not Notice.objects.exists()

    @pytest.mark.parametrize("has_arrived", [True, False])
    def test_of_unknown_fate_tells_nobody_until_somebody_finds_out(
        self, alice: User, has_arrived: bool
    ) -> None:
        make.enrollment(stranger(alice), make.sequence(MESSAGE))
        planner.plan(now=NOW)
        send(Unsure())
        assert not Notice.objects.exists()

        message = Message.objects.get(state="unknown")
        settling.resolve(
            message.pk, has_arrived=has_arrived, by_id=alice.pk, evidence="Looked", now=NOW
        )
        assert Notice.objects.exists() == has_arrived

    def test_that_is_rejected_told_nobody(self, alice: User) -> None:
        ana = stranger(alice)
        make.enrollment(ana, make.sequence(MESSAGE))
        planner.plan(now=NOW)
        consent.mark_address_dead(ana.contact_points.get().address, evidence="550", now=NOW)
        send()
        assert Message.objects.get().state == "refused"
        assert not Notice.objects.exists()

    def test_comes_too_late_on_the_twenty_eighth_day(self, alice: User) -> None:
        ana = stranger(alice, days=28)
        enrolled = make.enrollment(ana, make.sequence(MESSAGE))
        assert planner.plan(now=NOW) == {"notice_overdue": 1}
        assert Decision.objects.get().rule == "gdpr-notice"

        notices.inform(
            [ana.pk], kind=Notice.Kind.TOLD, evidence="By letter", by_id=alice.pk, now=NOW
        )
        Enrollment.objects.filter(pk=enrolled.pk).update(next_step_at=NOW)
        assert planner.plan(now=NOW) == {"queued": 1}

    def test_that_waited_into_the_twenty_eighth_day_is_refused(self, alice: User) -> None:
        make.enrollment(stranger(alice, days=27.5), make.sequence(MESSAGE))
        planner.plan(now=NOW)
        assert send(now=NOW + timedelta(days=1)) == []
        assert Message.objects.get().reason == "notice_overdue"


class TestNotices:
    def test_who_waits_and_until_when(self, alice: User) -> None:
        urgent, warned = stranger(alice, days=29), stranger(alice, days=21, source="Fair")
        stranger(alice, days=20)
        stranger(alice, days=300, country="US")
        make.candidate(owner=alice)

        first, second = notices.waiting(now=NOW)

        assert (first.candidate_id, second.candidate_id) == (urgent.pk, warned.pk)
        assert second.stops_at == NOW + timedelta(days=7)
        assert first.decided_by == months_after(NOW - timedelta(days=29), 1)
        assert [one.candidate_id for one in notices.waiting(now=NOW, limit=1)] == [urgent.pk]
        assert notices.waiting(now=NOW, owner_id=make.user("Bob").pk) == []
        assert [(s.name, s.people, s.stopped) for s in notices.by_source(now=NOW)] == [
            ("Old ATS", 1, 1),
            ("Fair", 1, 0),
        ]

    def test_the_last_day_is_thirty_days_or_a_month_whatever_comes_first(self, alice: User) -> None:
        ana = stranger(alice)
        for obtained, last in (
            (datetime(2026, 12, 31, 8, tzinfo=UTC), datetime(2027, 1, 30, 8, tzinfo=UTC)),
            (datetime(2026, 1, 31, 8, tzinfo=UTC), datetime(2026, 2, 28, 8, tzinfo=UTC)),
        ):
            Candidate.objects.filter(pk=ana.pk).update(added_at=obtained)
            (one,) = notices.waiting(now=obtained + timedelta(days=27))
            assert one.decided_by == last

    def test_a_source_is_settled_at_once(self, alice: User) -> None:
        for days in (1, 25, 40):
            stranger(alice, days=days)
        stranger(alice, days=40, source="Fair")
        said = {"kind": Notice.Kind.KNOWN, "evidence": "Application form", "by_id": alice.pk}
        assert notices.inform_all_from("Old ATS", now=NOW, **said) == 3  # type: ignore[arg-type]
        assert notices.inform_all_from("Old ATS", now=NOW, **said) == 0  # type: ignore[arg-type]
        assert [one.source for one in notices.waiting(now=NOW)] == ["Fair"]

    def test_only_a_person_says_that_people_know(self, alice: User) -> None:
        ana = stranger(alice)
        for kind, evidence in ((Notice.Kind.MESSAGE, "x"), (Notice.Kind.TOLD, " ")):
            with pytest.raises(ValueError, match="came to know"):
                notices.inform([ana.pk], kind=kind, evidence=evidence, by_id=alice.pk, now=NOW)

    @pytest.mark.parametrize("what", ["UPDATE notice SET evidence = ''", "UPDATE balancing_test"])
    def test_what_was_written_down_stands(self, alice: User, what: str) -> None:
        make.candidate()
        balancing.adopt(WEIGHED, by_id=alice.pk, now=NOW)
        with pytest.raises(IntegrityError, match="append-only"):
            sql.run(what if "SET" in what else f"{what} SET interest = ''")

    def test_nobody_passes_the_last_day_undecided(self, alice: User) -> None:
        """Ten thousand people in a year: told by a mail, by a recruiter, late, or by nobody."""
        began = datetime(2026, 1, 1, 1, 17, tzinfo=UTC)
        _a_year_of_strangers(began)
        _plan_who_is_told_when()
        decided = 0
        for day in range(20, 366 + 31):
            now = began + timedelta(days=day)
            _tell_those_whose_day_it_is(now)
            if day % 60 == 0:
                sql.run("ANALYZE candidate, notice")
            decided += len(notices.set_aside(now=now))
        assert _undecided_in_time() == 0
        assert Candidate.objects.count() == 10_000
        # Those whom nobody told in time, of the eight in ten who live where the law asks.
        assert 1500 < decided < 2500
        assert decided == Notice.objects.filter(kind=Notice.Kind.SET_ASIDE).count()


def _a_year_of_strangers(began: datetime) -> None:
    sql.run(
        """
        INSERT INTO candidate (
            first_name, last_name, status, status_since, source, external_id, employer, job_title,
            profile_url, city, region, country, time_zone, stage_reached, last_conversation_topic,
            last_conversation_note, pause_reason, added_at, changed_at
        )
        SELECT '', '', 'passive', at, 'Import ' || n %% 12, '', '', '', '', '', '',
               (ARRAY['DE', 'FR', 'GB', 'CH', '', 'US', 'NO', 'IT', 'IN', 'ES'])[1 + n %% 10],
               '', '', '', '', '', at, at
          FROM generate_series(0, 9999) n
         CROSS JOIN LATERAL (
                   SELECT %(began)s + n * interval '52 minutes' AS at
               ) AS came
        """,
        {"began": began},
    )


def _plan_who_is_told_when() -> None:
    """Two in four hear from us within three weeks, one is told by hand around the stop, one by
    nobody."""
    sql.run(
        """
        CREATE TEMP TABLE plan ON COMMIT DROP AS
        SELECT c.id, CASE WHEN c.id %% 4 < 2 THEN 'message' ELSE 'told' END AS kind,
               c.added_at + interval '1 day'
                   * CASE WHEN c.id %% 4 < 2 THEN c.id %% 21 ELSE 22 + c.id %% 9 END AS at
          FROM candidate c
         WHERE c.id %% 4 < 3
        """
    )
    sql.run("CREATE INDEX ON plan (at)")


def _tell_those_whose_day_it_is(now: datetime) -> None:
    sql.run(
        """
        INSERT INTO notice (candidate_id, kind, evidence, at)
        SELECT id, kind, '', at FROM plan
         WHERE at > %(now)s::timestamptz - interval '1 day' AND at <= %(now)s
        """,
        {"now": now},
    )


def _undecided_in_time() -> int:
    """Of how many nothing was on record when thirty days, or a month, were over."""
    row = sql.run(
        """
        SELECT count(*) FROM candidate c
         WHERE c.country NOT IN ('US', 'IN')
           AND NOT EXISTS (
                   SELECT FROM notice n
                    WHERE n.candidate_id = c.id
                      AND n.at <= least(c.added_at + interval '30 days',
                                        c.added_at + interval '1 month')
               )
        """
    ).fetchone()
    assert row
    return int(row[0])


class TestTheRecruitersQueue:
    def test_asks_to_tell_people_and_again_when_their_time_is_up(self, alice: User) -> None:
        ana = stranger(alice, days=21)
        assert notice_follow_ups.ask(now=NOW) == 1
        entry = FollowUp.objects.get()
        assert (entry.reason, entry.owner, entry.due_at) == (
            "notice_due",
            alice,
            NOW + timedelta(days=7),
        )
        assert "from “Old ATS”: tell them by 10 March" in entry.evidence[0]["text"]

        assert notice_follow_ups.ask(now=NOW + timedelta(days=1)) == 0
        follow_ups.snooze(
            entry.pk, until=NOW + timedelta(days=20), by_id=alice.pk, now=NOW + timedelta(days=1)
        )
        assert notice_follow_ups.ask(now=NOW + timedelta(days=7)) == 1
        late = NOW + timedelta(days=8)
        assert notices.set_aside(now=late) == [ana.pk]
        assert notice_follow_ups.ask(now=late) == 1
        entry.refresh_from_db()
        assert entry.snoozed_until is None
        assert [item["text"].split(":")[0] for item in entry.evidence[1:]] == [
            "Not told within 28 days",
            "Nobody told them in time, so they are set aside",
        ]
        assert notices.set_aside(now=late) == []

    def test_forgets_whoever_was_told(self, alice: User) -> None:
        ana, ben = stranger(alice, days=22), stranger(alice, days=22)
        notice_follow_ups.ask(now=NOW)
        notices.inform(
            [ana.pk], kind=Notice.Kind.TOLD, evidence="By phone", by_id=alice.pk, now=NOW
        )
        following.call_off_requests_to_tell_people_who_know_by_now(
            CandidatesInformed(candidate_ids=[ana.pk])
        )
        assert FollowUp.objects.get(candidate=ana).state == "done"
        Notice.objects.create(candidate=ben, kind=Notice.Kind.MESSAGE, at=NOW)
        notice_follow_ups.ask(now=NOW)
        assert not FollowUp.objects.filter(state="open").exists()

    def test_is_not_flooded_by_an_import(self, alice: User) -> None:
        people = [stranger(alice, days=22 + n / 100) for n in range(notice_follow_ups.AT_ONCE + 5)]
        assert notice_follow_ups.ask(now=NOW) == notice_follow_ups.AT_ONCE
        asked = set(FollowUp.objects.values_list("candidate_id", flat=True))
        assert asked == {one.pk for one in people[5:]}, "the most urgent first"
        notices.inform(
            [people[-1].pk], kind=Notice.Kind.TOLD, evidence="Letter", by_id=alice.pk, now=NOW
        )
        assert notice_follow_ups.ask(now=NOW) == 1

    def test_asks_for_the_permission_that_a_sequence_waits_for(self, alice: User) -> None:
        ana = stranger(alice, basis=Consent.Basis.LEGITIMATE_INTEREST)
        make.enrollment(ana, make.sequence(MESSAGE))
        planner.plan(now=NOW)

        assert permissions.ask(now=NOW) == 1
        assert permissions.ask(now=NOW + timedelta(days=1)) == 0

        entry = FollowUp.objects.get()
        assert (entry.reason, entry.owner) == ("consent_needed", alice)
        assert "UWG § 7" in entry.evidence[0]["text"]
        consent.record(ana.pk, basis=Consent.Basis.CONSENT, evidence="On the phone", now=NOW)
        following.call_off_requests_for_a_permission_that_was_given_or_refused(
            PermissionChanged(candidate_ids=[ana.pk])
        )
        entry.refresh_from_db()
        assert entry.state == "done"

    def test_keeps_asking_while_there_is_no_answer(self, alice: User) -> None:
        ana = stranger(alice, basis=Consent.Basis.LEGITIMATE_INTEREST)
        make.enrollment(ana, make.sequence(MESSAGE))
        planner.plan(now=NOW)
        permissions.ask(now=NOW)
        assert permissions.call_off_settled([ana.pk], now=NOW) == 0
        entry = FollowUp.objects.get()
        follow_ups.done(entry.pk, outcome=FollowUp.Outcome.NOT_INTERESTED, by_id=alice.pk, now=NOW)
        assert permissions.ask(now=NOW + timedelta(days=179)) == 0
        assert permissions.ask(now=NOW + timedelta(days=181)) == 1

    def test_has_room_for_a_few_requests_at_a_time(self, alice: User) -> None:
        version = make.sequence(MESSAGE)
        for _ in range(permissions.AT_ONCE + 3):
            one = stranger(alice, basis=Consent.Basis.LEGITIMATE_INTEREST)
            make.enrollment(one, version)
        planner.plan(now=NOW)
        assert permissions.ask(now=NOW) == permissions.AT_ONCE
        assert permissions.ask(now=NOW) == 0


class TestTheBalancingTest:
    def test_is_named_by_what_rests_on_it(self, alice: User) -> None:
        first = balancing.adopt(WEIGHED, by_id=alice.pk, now=NOW)
        ana = make.candidate(consented=False)
        consent.record(ana.pk, basis=Consent.Basis.LEGITIMATE_INTEREST, evidence="Weighed", now=NOW)
        second = balancing.adopt(WEIGHED, by_id=alice.pk, now=NOW + timedelta(days=1))
        assert ana.consents.get().balancing_test == first
        assert (balancing.current(), second.version) == (second, 2)

    def test_is_named_by_imports(self, alice: User) -> None:
        test = balancing.adopt(WEIGHED, by_id=alice.pk, now=NOW)
        _import("legitimate_interest")
        kept = Consent.objects.get()
        assert (kept.balancing_test, kept.how, kept.since) == (test, "import", None)

    def test_an_imported_relationship_is_as_old_as_the_last_conversation(self) -> None:
        make.organisation()
        _import("relationship", "2023-05-04")
        kept = Consent.objects.get()
        assert kept.balancing_test is None
        assert kept.since == datetime(2023, 5, 4, tzinfo=UTC)

    def test_has_three_parts(self) -> None:
        with pytest.raises(ValueError, match="three parts"):
            balancing.adopt(Weighing("a", " ", "c"), by_id=None, now=NOW)
        assert not BalancingTest.objects.exists()


def _import(basis: str, talked: str = "2026-01-15") -> None:
    file = f"E-mail,First name,Country,Last conversation\nana@example.com,Ana,France,{talked}\n"
    of = imports.upload(io.BytesIO(file.encode()), "people.csv", "Old ATS", by_id=None, now=NOW)
    options = Options(basis=basis, evidence="They applied")
    imports.save_mapping(of.pk, of.mapping, options, now=NOW)
    imports.run(of.pk, clock=lambda: NOW)


class TestTheDoctor:
    def test_warns_of_interests_that_nobody_weighed(self, alice: User) -> None:
        assert not self._about("Balancing test")
        stranger(alice, basis=Consent.Basis.LEGITIMATE_INTEREST)
        (found,) = self._about("Balancing test")
        assert found.level is Level.CARE
        assert found.said.startswith("1 people are held")
        balancing.adopt(WEIGHED, by_id=alice.pk, now=NOW)
        assert [f.level for f in self._about("Balancing test")] == [Level.GOOD, Level.NOTE]

    def test_counts_whom_nobody_told(self, alice: User) -> None:
        assert [f.level for f in self._about("Notices")] == [Level.GOOD]
        stranger(alice, days=22)
        long_ago = stranger(alice, days=31)
        notices.set_aside(now=NOW)
        assert Notice.objects.get().candidate == long_ago
        stranger(alice, days=28)
        said = [f.said for f in self._about("Notices")]
        assert said[0].startswith("1 people have to be told")
        assert said[1].startswith("2 people were not told in time")
        assert "1 of them are set aside" in said[1]

    def test_names_the_rules_that_it_goes_by(self) -> None:
        (found,) = self._about("Rules")
        assert "not legal advice" in found.todo

    def _about(self, what: str) -> list[Finding]:
        return [found for found in lawful.findings(now=NOW) if found.what == what]


def test_the_rows_of_the_law_are_found_by_their_keys(alice: User) -> None:
    """The hot question must not read the whole table of notices."""
    ana = make.candidate(owner=alice)
    sql.run("SET LOCAL enable_seqscan = off")
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT 1 FROM candidate a LEFT JOIN notice told"
            " ON told.candidate_id = a.id AND told.kind <> 'set_aside' WHERE a.id = %s",
            [ana.pk],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notice_given_once" in plan
