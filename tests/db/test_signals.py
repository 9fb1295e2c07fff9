"""From a request for a link to a signal with its warmth, once, and back again if need be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Organisation, User
from warmbench.core import clock, tokens
from warmbench.core.events import held_back
from warmbench.core.tokens import Purpose
from warmbench.messaging.models import Attempt, Message, Sender
from warmbench.people import candidates
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, ContactPoint
from warmbench.signals import follow_ups, hits, judging, record, scoring, warmth
from warmbench.signals import jobs as signal_jobs
from warmbench.signals.hits import Visit
from warmbench.signals.judging import HELD
from warmbench.signals.models import FollowUp, Hit, Signal, Warmth
from warmbench.signals.record import SignalDraft, SignalsRecorded

LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def box(alice: User) -> Sender:
    return make.sender(alice)


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


@pytest.fixture
def mail(ana: Candidate, box: Sender) -> Message:
    return make.sent(ana, box)


def click(
    message: Message,
    link: int = 0,
    *,
    at: datetime = LATER,
    method: str = "GET",
    agent: str = "Firefox",
    address: str = "198.51.100.7",
) -> str | None:
    token = tokens.sign(Purpose.CLICK, message.pk, link)
    visit = Visit(method=method, agent=agent, address=address, has_language=True)
    return hits.record(token, visit, now=at)


def judge(at: datetime = LATER + HELD) -> int:
    return judging.judge_due(now=at)


@transaction.atomic
def judge_and_die() -> None:
    judge()
    raise KeyboardInterrupt


def draft(
    candidate: Candidate,
    kind: Signal.Kind = Signal.Kind.REPLIED,
    *,
    key: str = "reply:1",
    at: datetime = NOW,
) -> SignalDraft:
    return SignalDraft(
        candidate_id=candidate.pk, kind=kind, grade=Signal.Grade.CERTAIN, at=at, key=key
    )


class TestARequestForALink:
    def test_is_answered_with_what_the_link_was_made_of(self, mail: Message) -> None:
        assert click(mail, 1) == "https://example.com/1"

    def test_leaves_a_raw_row_without_an_address(self, mail: Message) -> None:
        click(mail, 2, method="HEAD", address="2001:db8:1:2::9")

        hit = Hit.objects.get()
        assert (hit.message_id, hit.candidate_id, hit.link) == (mail.pk, mail.candidate_id, 2)
        assert (hit.method, hit.at, hit.verdict, hit.rules) == ("HEAD", LATER, "", [])
        assert hit.network == "2001:db8:1::/48"
        assert len(hit.agent) == 16

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("198.51.100.7", "198.51.100.0/24"),
            ("::ffff:198.51.100.7", "198.51.100.0/24"),
            ("", ""),
            ("unknown", ""),
        ],
    )
    def test_keeps_the_network_only(self, mail: Message, address: str, network: str) -> None:
        click(mail, address=address)

        assert Hit.objects.get().network == network

    def test_leads_where_the_message_says_for_this_person(
        self, ana: Candidate, box: Sender
    ) -> None:
        book = make.message(ana, box)
        book.template = make.template("Talk?", "[Book a time]({{ booking_link }})")
        book.context = {"booking_link": "https://cal.example/alice"}
        book.save(update_fields=["template", "context"])

        assert click(book) == "https://cal.example/alice"

    @pytest.mark.parametrize(
        "link", ["javascript:alert(1)", "https://a:b@evil.example/", "ftp://example.com", ""]
    )
    def test_never_leads_to_an_unsafe_place(self, ana: Candidate, box: Sender, link: str) -> None:
        book = make.message(ana, box)
        book.template = make.template("Talk?", "[Book a time]({{ booking_link }})")
        book.context = {"booking_link": link}
        book.save(update_fields=["template", "context"])

        assert click(book) is None

    def test_is_not_answered_for_what_was_never_in_the_message(self, mail: Message) -> None:
        assert click(mail, 3) is None
        assert (
            hits.record("", Visit(method="GET", agent="", address="", has_language=True), now=NOW)
            is None
        )
        other = tokens.sign(Purpose.UNSUBSCRIBE, mail.pk, 0)
        assert (
            hits.record(
                other, Visit(method="GET", agent="", address="", has_language=True), now=NOW
            )
            is None
        )
        assert click(Message(pk=0)) is None
        assert not Hit.objects.exists()

    def test_is_answered_but_not_kept_when_there_were_too_many(
        self, mail: Message, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hits, "MOST_HITS", 2)

        answers = [click(mail) for _ in range(4)]

        assert answers == ["https://example.com/0"] * 4
        assert Hit.objects.count() == 2


class TestAClick:
    def test_counts_only_when_a_burst_would_have_shown_itself(self, mail: Message) -> None:
        click(mail)

        assert judge(LATER + timedelta(seconds=119)) == 0
        assert not Signal.objects.exists()
        assert judge(LATER + timedelta(seconds=120)) == 1
        assert Signal.objects.count() == 1

    def test_becomes_a_signal_that_says_what_it_was_about(self, mail: Message) -> None:
        click(mail, 1)

        judge()

        signal = Signal.objects.get()
        assert (signal.kind, signal.grade, signal.at) == ("clicked", "likely", LATER)
        assert (signal.candidate_id, signal.message_id) == (mail.candidate_id, mail.pk)
        assert signal.topic == "Salaries for Ana"
        assert Hit.objects.get().verdict == Hit.Verdict.HUMAN
        assert Hit.objects.get().judged_at == LATER + HELD

    def test_makes_warmer_in_the_same_moment(self, ana: Candidate, mail: Message) -> None:
        click(mail)

        judge()

        assert warmth.of([ana.pk], now=LATER) == {ana.pk: 15}
        assert warmth.of([ana.pk], now=LATER + timedelta(days=30)) == {ana.pk: 8}

    def test_is_judged_once(self, mail: Message) -> None:
        click(mail)

        assert [judge(), judge()] == [1, 0]
        assert Signal.objects.count() == 1

    def test_on_the_same_link_counts_once_a_day(self, mail: Message) -> None:
        click(mail)
        click(mail, at=LATER + timedelta(hours=2))
        click(mail, at=LATER + timedelta(days=1))

        judge(LATER + timedelta(days=2))

        assert Signal.objects.count() == 2

    def test_that_comes_later_leaves_the_earlier_ones_alone(self, mail: Message) -> None:
        click(mail)
        judge()
        first = Signal.objects.get()
        click(mail, 1, at=LATER + timedelta(hours=3))

        assert judge(LATER + timedelta(hours=4)) == 1
        assert Signal.objects.order_by("at")[0] == first
        assert Signal.objects.count() == 2

    def test_of_a_machine_is_nothing(self, ana: Candidate, mail: Message) -> None:
        click(mail, method="HEAD")

        assert judge() == 1

        hit = Hit.objects.get()
        assert (hit.verdict, hit.rules) == ("machine", ["not_a_visit"])
        assert not Signal.objects.exists()
        assert not Warmth.objects.exists()

    def test_is_too_soon_by_the_moment_of_acceptance(self, mail: Message) -> None:
        Attempt.objects.create(
            message=mail,
            candidate_id=mail.candidate_id,
            sender_id=mail.sender_id or 0,
            worker="w",
            claimed_at=NOW,
            lease_until=NOW,
            message_id_header="<a@example.com>",
            outcome=Attempt.Outcome.ACCEPTED,
            finished_at=LATER - timedelta(seconds=5),
        )
        click(mail)

        judge()

        assert Hit.objects.get().rules == ["too_soon"]

    def test_in_a_batch_is_announced_in_one_event(
        self, ana: Candidate, box: Sender, mail: Message
    ) -> None:
        ben = make.candidate()
        for message in (mail, make.sent(ben, box)):
            click(message)

        with held_back() as events:
            assert judge() == 2

        (event,) = events
        assert isinstance(event, SignalsRecorded)
        assert event.candidate_ids == [ana.pk, ben.pk]
        assert len(event.signal_ids) == 2

    def test_is_called_by_its_purpose_when_its_words_cannot_be_shown(self, mail: Message) -> None:
        Message.objects.filter(pk=mail.pk).update(context={})
        click(mail)

        judge()

        assert Signal.objects.get().topic == "Welcome"

    def test_is_called_by_its_purpose_while_there_is_no_organisation(self, mail: Message) -> None:
        Organisation.objects.all().delete()
        click(mail)

        judge()

        assert Signal.objects.get().topic == "Welcome"

    def test_is_judged_by_the_loop_of_the_worker(self, mail: Message) -> None:
        click(mail)

        with clock.pinned(LATER + HELD):
            assert signal_jobs.judge_due() == 1

    def test_that_a_dying_judge_had_in_hand_is_judged_again(self, mail: Message) -> None:
        click(mail)
        with pytest.raises(KeyboardInterrupt):
            judge_and_die()

        assert not Signal.objects.exists()
        assert judge() == 1
        assert Signal.objects.count() == 1


class TestALateBurst:
    def test_takes_back_the_credit_and_all_it_led_to(self, ana: Candidate, mail: Message) -> None:
        click(mail)
        judge()
        signal = Signal.objects.get()
        follow_ups.ask_for(
            ana.pk,
            FollowUp.Reason.CLICKED,
            evidence=[follow_ups.Evidence.of(signal)],
            value=50,
            due_at=LATER,
            now=LATER,
        )

        # The same program comes back minutes later and follows everything.
        for link in range(3):
            click(mail, link, at=LATER + timedelta(minutes=10, seconds=link))
        judge(LATER + timedelta(minutes=20))

        assert set(Hit.objects.values_list("verdict", flat=True)) == {"machine"}
        assert Hit.objects.order_by("pk")[0].rules == ["same_visitor"]
        assert not Signal.objects.exists()
        assert not Warmth.objects.exists()
        closed = FollowUp.objects.get()
        assert (closed.state, closed.outcome, closed.evidence) == ("done", "withdrawn", [])
        assert closed.note == "It was a machine that clicked, not the person."

    def test_leaves_what_the_person_did_elsewhere(
        self, ana: Candidate, box: Sender, mail: Message
    ) -> None:
        other = make.sent(ana, box)
        click(other, address="203.0.113.9")
        click(mail)
        judge()

        for link in range(3):
            click(mail, link, at=LATER + timedelta(minutes=10, seconds=link))
        judge(LATER + timedelta(minutes=20))

        assert [s.message_id for s in Signal.objects.all()] == [other.pk]
        assert warmth.of([ana.pk], now=LATER) == {ana.pk: 15}

    def test_is_context_while_it_is_still_held(self, mail: Message) -> None:
        click(mail)
        for link in range(3):
            click(mail, link, at=LATER + timedelta(seconds=100 + link))

        assert judge(LATER + HELD) == 1
        assert Hit.objects.exclude(verdict="").get().rules == ["same_visitor"]
        assert not Signal.objects.exists()

    def test_moves_the_signal_to_the_first_click_that_is_left(self, mail: Message) -> None:
        click(mail)
        evening = LATER + timedelta(hours=5)
        click(mail, at=evening, address="203.0.113.9")
        judge(evening + HELD)
        for link in range(3):
            click(mail, link, at=LATER + timedelta(minutes=5, seconds=link))
        judge(evening + 2 * HELD)

        assert Signal.objects.get().at == evening


class TestASignal:
    def test_is_recorded_once(self, ana: Candidate) -> None:
        assert len(record.record([draft(ana)], now=NOW)) == 1
        assert record.record([draft(ana)], now=NOW) == []
        assert record.record([], now=NOW) == []
        assert warmth.of([ana.pk], now=NOW) == {ana.pk: 40}

    def test_is_not_heard_before_it_happens(self, ana: Candidate) -> None:
        record.record([draft(ana, at=NOW + timedelta(hours=3))], now=NOW)

        assert Signal.objects.get().at == NOW

    def test_queues_its_reactions_once_for_a_whole_batch(
        self, alice: User, jobs: Callable[[], list[str]]
    ) -> None:
        people = [make.candidate() for _ in range(5)]
        record.record([draft(p, Signal.Kind.CLICKED) for p in people], now=NOW)
        once = jobs()
        record.record([draft(people[0], Signal.Kind.CLICKED, key="k")], now=NOW)

        assert once
        assert len(jobs()) == 2 * len(once)

    def test_that_is_withdrawn_twice_is_gone(self, ana: Candidate) -> None:
        (signal,) = record.record([draft(ana)], now=NOW)

        for _ in range(2):
            record.withdraw([signal.pk], note="It was not her.", now=NOW)

        assert not Signal.objects.exists()

    def test_of_a_dead_address_is_recorded_once_for_each(self, ana: Candidate) -> None:
        ContactPoint.objects.filter(candidate=ana).update(standing=ContactPoint.Standing.DEAD)

        assert len(record.dead_addresses([ana.pk], now=NOW)) == 1
        assert record.dead_addresses([ana.pk], now=NOW + timedelta(days=3)) == []


class TestAReply:
    def test_pauses_automation_in_the_same_transaction(self, ana: Candidate) -> None:
        record.record([draft(ana)], now=NOW)

        ana.refresh_from_db()
        assert (ana.paused_at, ana.paused_until) == (NOW, None)
        assert ana.pause_reason == PauseReason.REPLIED

    def test_that_was_dealt_with_does_not_pause_again(self, ana: Candidate) -> None:
        record.record([draft(ana)], now=NOW)
        candidates.resume([ana.pk], now=NOW)

        record.record([draft(ana)], now=NOW)

        ana.refresh_from_db()
        assert ana.paused_at is None

    def test_makes_a_pause_with_an_end_endless(self, ana: Candidate) -> None:
        until = NOW + timedelta(days=90)
        candidates.pause([ana.pk], reason=PauseReason.ASKED, until=until, now=NOW)

        record.record([draft(ana)], now=NOW)

        ana.refresh_from_db()
        assert (ana.paused_until, ana.pause_reason) == (None, "replied")


class TestWarmth:
    def test_is_the_same_however_it_was_added_up(self, alice: User) -> None:
        moments = [NOW - timedelta(days=days) for days in (0, 400, 3, 31, 90)]
        slow, fast = make.candidate(), make.candidate()
        for n, at in enumerate(moments):
            record.record([draft(slow, key=str(n), at=at)], now=at)
        record.record([draft(fast, key=str(n), at=at) for n, at in enumerate(moments)], now=NOW)
        added = {w.candidate_id: (w.points, w.rank) for w in Warmth.objects.all()}

        warmth.recount([slow.pk, fast.pk], now=NOW)

        for row in Warmth.objects.all():
            points, rank = added[row.candidate_id]
            assert points == pytest.approx(row.points)
            assert rank == pytest.approx(row.rank)
        heard = Signal.objects.filter(candidate=slow)
        assert Warmth.objects.get(candidate=slow).points == pytest.approx(
            scoring.total(heard, scoring.FIRST, now=NOW)
        )

    def test_keeps_its_order_while_everybody_cools(self, alice: User) -> None:
        people = [make.candidate() for _ in range(4)]
        for n, person in enumerate(people):
            for m in range(n):
                at = NOW - timedelta(days=11 * n * m)
                record.record([draft(person, key=str(m), at=at)], now=at)
        by_rank = [w.candidate_id for w in Warmth.objects.order_by("-rank")]

        for days in (0, 45, 800):
            at = NOW + timedelta(days=days)
            exact = {
                w.candidate_id: scoring.cooled(w.points, scoring.FIRST, since=w.as_of, now=at)
                for w in Warmth.objects.all()
            }
            assert sorted(exact, key=lambda pk: -exact[pk]) == by_rank

    def test_of_an_older_policy_is_counted_anew(self, ana: Candidate) -> None:
        record.record([draft(ana)], now=NOW)
        Warmth.objects.update(policy=0, points=999)

        record.record([draft(ana, key="reply:2")], now=NOW)

        row = Warmth.objects.get()
        assert row.policy == scoring.FIRST.version
        assert row.points == pytest.approx(80)

    def test_of_nobody_is_not_asked_for(self, db: None) -> None:
        warmth.recount([], now=NOW)

        assert warmth.of([7], now=NOW) == {7: 0}

    def test_of_ancient_signals_is_not_too_small_to_count(self, ana: Candidate) -> None:
        long_ago = NOW - timedelta(days=200 * 365)
        record.record([draft(ana, at=long_ago)], now=long_ago)

        record.record([draft(ana, key="reply:2")], now=NOW)

        assert warmth.of([ana.pk], now=NOW) == {ana.pk: 40}


@pytest.mark.usefixtures("work")
def test_many_judges_record_each_click_once(transactional_db: None) -> None:
    make.organisation()
    box = make.sender()
    people = [make.candidate() for _ in range(12)]
    for number, person in enumerate(people):
        click(make.sent(person, box), address=f"10.0.{number}.7")

    def run(_: int) -> int:
        try:
            return judging.judge_due(now=LATER + HELD, limit=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        judged = sum(pool.map(run, range(30)))
    # Whoever found another one at it went away.
    while more := judging.judge_due(now=LATER + HELD):
        judged += more

    assert judged == 12
    assert Signal.objects.count() == 12
    assert [w.points for w in Warmth.objects.all()] == [pytest.approx(15, abs=0.01)] * 12
