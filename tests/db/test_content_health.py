from datetime import date, datetime, timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.messaging.models import Decision, Message, Sender
from warmbench.nurture import drop, health, planner
from warmbench.nurture.health import Performance
from warmbench.nurture.models import ContentPiece, ContentUse, Enrollment, Step
from warmbench.nurture.shares import share
from warmbench.people.models import Candidate, Tag
from warmbench.signals.models import Signal

TODAY = NOW.date()


def sent(
    piece: ContentPiece,
    enrolled: Enrollment,
    *,
    at: datetime = NOW - timedelta(days=10),
    heard: tuple[str, ...] = (),
    state: str = Message.State.SENT,
) -> Message:
    """A message that brought a piece, and what came back."""
    sender = Sender.objects.first() or make.sender()
    message = make.message(enrolled.candidate, sender, purpose=Message.Purpose.CONTENT)
    mine = Message.objects.filter(pk=message.pk)
    mine.update(sequence_id=enrolled.sequence_id, occurrence=enrolled.round * 1000)
    mine.update(state=Message.State.SENDING, not_before=None)
    mine.update(state=state)
    ContentUse.objects.create(
        candidate=enrolled.candidate, piece=piece, message_id=message.pk, at=at
    )
    for kind in heard:
        Signal.objects.create(
            candidate=enrolled.candidate,
            kind=kind,
            grade=Signal.Grade.LIKELY,
            at=at + timedelta(hours=1),
            message_id=message.pk,
            key=f"{kind}:{message.pk}",
        )
    return message


def enrolled(since: datetime = NOW - timedelta(days=170), **fields: str | int) -> Enrollment:
    made = make.enrollment(make.candidate(), make.sequence(Step.Kind.CONTENT), due=since)
    Enrollment.objects.filter(pk=made.pk).update(**fields)
    made.refresh_from_db()
    return made


@pytest.mark.django_db
class TestPerformance:
    def test_counts_messages_that_went_and_what_the_person_did(self) -> None:
        piece = make.piece()
        sent(piece, enrolled(), heard=("clicked", "replied"))
        sent(piece, enrolled(), heard=("clicked",))
        sent(piece, enrolled(), heard=("unsubscribed",))
        sent(piece, enrolled(), heard=("clicked",), state=Message.State.FAILED)

        found = health.performance(now=NOW)[piece.pk]

        assert (found.sent, found.clicks.hits, found.replies.hits) == (3, 2, 1)
        assert found.clicks.low < 2 / 3 < found.clicks.high

    def test_two_clicks_in_one_mail_are_one(self) -> None:
        piece = make.piece()
        message = sent(piece, enrolled(), heard=("clicked",))
        Signal.objects.create(
            candidate=message.candidate,
            kind=Signal.Kind.CLICKED,
            grade=Signal.Grade.LIKELY,
            at=NOW,
            message_id=message.pk,
            key="again",
        )

        assert health.performance(now=NOW)[piece.pk].clicks.hits == 1

    def test_forgets_what_was_sent_long_ago(self) -> None:
        piece = make.piece()
        sent(piece, enrolled(), at=NOW - timedelta(days=400))

        assert health.performance(now=NOW) == {}


@pytest.mark.django_db
class TestStale:
    def test_is_live_and_looked_at_more_than_90_days_ago(self) -> None:
        old = make.piece(reviewed_on=TODAY - timedelta(days=91))
        make.piece(reviewed_on=TODAY - timedelta(days=90))
        make.piece(reviewed_on=date(2020, 1, 1), state=ContentPiece.State.RETIRED)
        make.piece(reviewed_on=date(2020, 1, 1), expires_on=TODAY)

        assert list(health.stale(today=TODAY)) == [old]
        assert health.is_stale(old, today=TODAY)


@pytest.mark.django_db
class TestQuarter:
    def test_asks_for_a_quarter_of_the_library_the_oldest_first(self) -> None:
        pieces = [make.piece(reviewed_on=date(2025, month, 1)) for month in (3, 1, 2, 4)]
        make.piece(reviewed_on=date(2026, 1, 1))

        found = health.quarter({}, today=TODAY)

        assert (found.since, found.due, found.done) == (date(2026, 1, 1), 2, 1)
        assert [one.piece for one in found.pieces] == [pieces[1]]
        assert found.pieces[0].reasons == ["Nobody has looked at it for 426 days."]

    def test_what_is_weak_or_expires_or_is_much_used_comes_before(self) -> None:
        plain, weak, expiring, used = (make.piece(reviewed_on=date(2025, 12, 1)) for _ in range(4))
        ContentPiece.objects.filter(pk=expiring.pk).update(expires_on=date(2026, 4, 1))
        for n in range(16):
            make.piece(reviewed_on=date(2025, 12, 15), title=f"Other {n}")
        told = {
            plain.pk: performance(200, 20),
            weak.pk: performance(200, 2),
            expiring.pk: performance(200, 20),
            used.pk: performance(2000, 200),
        }

        found = health.quarter(told, today=TODAY)

        assert found.due == 5
        assert {one.piece for one in found.pieces[:2]} == {weak, expiring}
        assert [one.piece for one in found.pieces[2:4]] == [used, plain]
        reasons = {one.piece: one.reasons[1:] for one in found.pieces}
        assert reasons[weak] == ["1.0 % of its readers click, 10.0 % of all others."]
        assert reasons[expiring] == ["It expires on 1 April 2026."]
        assert reasons[used] == ["It is much used: 2,000 of 2,600 messages with content."]
        assert reasons[plain] == []

    def test_says_what_is_next_when_the_share_is_done(self) -> None:
        make.piece(reviewed_on=date(2026, 2, 1))
        later = make.piece(reviewed_on=date(2025, 12, 1))

        found = health.quarter({}, today=TODAY)

        assert found.is_done
        assert [one.piece for one in found.pieces] == [later]

    def test_an_empty_library_asks_for_nothing(self) -> None:
        found = health.quarter({}, today=TODAY)

        assert (found.due, found.pieces) == (0, [])


def performance(count: int, clicked: int) -> Performance:
    return Performance(count, share(clicked, count), share(0, count))


@pytest.mark.django_db
class TestDrop:
    def test_counts_by_the_months_on_the_sequence(self) -> None:
        topic = make.tag("Nursing", Tag.Kind.SPECIALTY)
        one = enrolled(NOW - timedelta(days=170))
        trends, again = make.piece(topic), make.piece(topic)
        tip = make.piece(topic, kind=ContentPiece.Kind.TIP)
        sent(trends, one, at=one.started_at + timedelta(days=1), heard=("clicked",))
        sent(again, one, at=one.started_at + timedelta(days=95))
        sent(tip, one, at=one.started_at + timedelta(days=125), heard=("clicked",))

        found = drop.explain(since=NOW - timedelta(days=365))

        assert [month.clicks.of for month in found.months] == [1, 0, 0, 1, 1, 0]
        assert (found.late_same.of, found.late_same.hits) == (1, 0)
        assert (found.late_other.of, found.late_other.hits) == (1, 1)
        assert found.verdict == drop.Verdict.TOO_FEW

    def test_a_second_time_on_the_sequence_counts_from_its_own_beginning(self) -> None:
        first = enrolled(NOW - timedelta(days=300), round=0, state="finished")
        second = make.enrollment(first.candidate, first.version, due=NOW - timedelta(days=20))
        Enrollment.objects.filter(pk=second.pk).update(round=1)
        second.refresh_from_db()
        sent(make.piece(), second, at=NOW - timedelta(days=15))

        found = drop.explain(since=NOW - timedelta(days=365))

        assert [month.clicks.of for month in found.months] == [1, 0, 0, 0, 0, 0]


@pytest.mark.django_db
class TestGaps:
    def test_are_found_by_what_the_planner_passed_over(self) -> None:
        nursing, senior = (
            make.tag("Nursing", Tag.Kind.SPECIALTY),
            make.tag("Manager", Tag.Kind.SENIORITY),
        )
        make.organisation()
        alice = make.user()
        make.sender(alice)
        version = make.sequence(Step.Kind.CONTENT)
        for _ in range(2):
            make.enrollment(make.candidate(nursing, senior, owner=alice), version)
        make.enrollment(make.candidate(owner=alice), version)
        planner.plan(now=NOW)

        found = health.gaps(now=NOW)

        assert [(gap.kind, gap.specialty, gap.seniority, gap.people) for gap in found] == [
            ("trends", nursing, senior, 2),
            ("trends", None, None, 1),
        ]

    def test_older_ones_are_forgotten_and_one_person_counts_once(self) -> None:
        version = make.sequence(Step.Kind.CONTENT)
        person = make.candidate()
        skipped(person, f"{version.sequence.key}/step-0", NOW - timedelta(days=91))
        assert health.gaps(now=NOW) == []

        skipped(person, f"{version.sequence.key}/step-0", NOW - timedelta(days=60))
        skipped(person, f"{version.sequence.key}/step-0", NOW - timedelta(days=30))

        (gap,) = health.gaps(now=NOW)
        assert (gap.people, gap.times) == (1, 2)


def skipped(person: Candidate, touch: str, at: datetime) -> None:
    Decision.objects.create(
        candidate_id=person.pk,
        touch=touch,
        stage=Decision.Stage.PLANNING,
        verdict=Decision.Verdict.REFUSE,
        reason="no_content",
        at=at,
        policy=1,
    )
