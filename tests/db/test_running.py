"""Sequences run, pause, end, slow down, and their activation is taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Message, Sender
from warmbench.nurture import enrollment, planner, pools, running
from warmbench.nurture.enrollment import UNDO
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion, Step
from warmbench.nurture.running import StillOnItError, TooLateError
from warmbench.people.models import Candidate, Tag
from warmbench.signals.models import Signal

DAY = timedelta(days=1)
State = Sequence.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make.user()


@pytest.fixture
def version() -> SequenceVersion:
    return make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE)


@pytest.fixture
def person() -> Callable[[], Candidate]:
    """Somebody with every tag that a sequence asks for."""
    required = [
        make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY),
        make.tag("Manager", Tag.Kind.SENIORITY),
        make.tag("Germany", Tag.Kind.GEOGRAPHY),
    ]
    return lambda: make.candidate(*required)


def state() -> str:
    return Sequence.objects.get().state


class TestRunning:
    def test_a_paused_sequence_sends_nothing_and_goes_on_later(
        self, version: SequenceVersion, person: Callable[[], Candidate], alice: User
    ) -> None:
        make.organisation()
        make.sender(is_default=True)
        enrollment.enroll([person().pk], version.sequence, now=NOW)

        assert running.pause_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
        assert not running.pause_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
        assert not planner.plan(now=NOW)
        assert running.activate_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
        assert not planner.plan(now=NOW), "for some minutes it may be taken back"
        assert planner.plan(now=NOW + UNDO) == {"queued": 1}
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
            "sequence.paused",
            "sequence.active",
        ]

    def test_whoever_began_since_it_was_activated_never_has_when_that_is_undone(
        self, version: SequenceVersion, person: Callable[[], Candidate], alice: User
    ) -> None:
        make.pool("status = open", version.sequence)
        ana, ben = person(), person()
        make.enrollment(ben, version, due=NOW - DAY)
        running.pause_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
        Candidate.objects.filter(pk=ana.pk).update(status=Candidate.Status.OPEN)
        running.activate_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
        assert pools.recount(now=NOW).repaired.enrolled == 1

        assert running.undo_activation(version.sequence_id, by_id=alice.pk, now=NOW) == 1

        assert (state(), Enrollment.objects.get().candidate_id) == (State.PAUSED, ben.pk)
        assert AuditEntry.objects.latest("pk").action == "sequence.activation_undone"
        assert not planner.plan(now=NOW + DAY)
        with pytest.raises(TooLateError):
            running.undo_activation(version.sequence_id, by_id=alice.pk, now=NOW)

    def test_an_activation_is_not_undone_once_steps_are_due(
        self, version: SequenceVersion, alice: User
    ) -> None:
        Sequence.objects.update(state=State.PAUSED)
        running.activate_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
        with pytest.raises(TooLateError, match="Pause it instead"):
            running.undo_activation(version.sequence_id, by_id=alice.pk, now=NOW + UNDO)
        assert state() == State.ACTIVE


class TestArchiving:
    def test_takes_nobody_off_unless_that_is_said(
        self,
        version: SequenceVersion,
        person: Callable[[], Candidate],
        alice: User,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(running, "BATCH", 2)
        pool = make.pool("status = open", version.sequence)
        for held in (False, True, False):
            way = make.enrollment(person(), version)
            Enrollment.objects.filter(pk=way.pk).update(state="held" if held else "active")
        archive = partial(running.archive_sequence, version.sequence_id, by_id=alice.pk, now=NOW)

        with pytest.raises(StillOnItError, match="3 people are on it"):
            archive()
        assert state() == State.ACTIVE
        assert archive(take_off=True) == 3
        assert archive() == 0

        assert (state(), pool.sequences.count()) == (State.ARCHIVED, 0)
        ended = set(Enrollment.objects.values_list("state", "exit_reason", "ended_at"))
        assert ended == {("exited", "sequence_archived", NOW)}
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == ("sequence.archived", {"pools": [pool.pk]})

    def test_needs_no_word_where_nobody_is_on_it(self, version: SequenceVersion) -> None:
        assert running.archive_sequence(version.sequence_id, by_id=None, now=NOW) == 0
        assert state() == State.ARCHIVED


class TestPace:
    def test_is_set_by_a_person_and_written_down(
        self, version: SequenceVersion, alice: User
    ) -> None:
        set_pace = partial(running.set_pace, version.sequence_id, by_id=alice.pk, now=NOW)
        assert set_pace(200)
        assert not set_pace(200)
        assert Sequence.objects.get().pace == 200
        assert AuditEntry.objects.get().detail == {"before": 100, "after": 200}
        for percent in (0, 24, 401):
            with pytest.raises(ValueError, match="from 25 to 400"):
                set_pace(percent)

    @pytest.mark.parametrize(
        ("before", "lately", "is_advised"),
        [((100, 2), (60, 8), True), ((100, 10), (60, 6), False), ((100, 0), (60, 4), False)],
    )
    def test_is_advised_when_more_people_opt_out_than_before(
        self,
        version: SequenceVersion,
        before: tuple[int, int],
        lately: tuple[int, int],
        is_advised: bool,
    ) -> None:
        sender = make.sender(is_default=True)
        for at, (sent, opted_out) in ((NOW - 60 * DAY, before), (NOW - 5 * DAY, lately)):
            write(version, sender, at, sent, opted_out)
        write(make.sequence(Step.Kind.MESSAGE), sender, NOW - 5 * DAY, 9, 9)

        advice = running.pace_advice(version.sequence_id, now=NOW)

        assert (advice is not None) == is_advised
        if advice:
            counted = (advice.sent, advice.opted_out, advice.sent_before, advice.opted_out_before)
            assert (counted, advice.pace) == ((*lately, *before), 200)
        Sequence.objects.update(pace=200)
        assert running.pace_advice(version.sequence_id, now=NOW) is None


def write(
    version: SequenceVersion, sender: Sender, at: datetime, sent: int, opted_out: int
) -> None:
    """Messages of a sequence that went, by some of which people opted out."""
    for number in range(sent):
        who = make.candidate()
        make.enrollment(who, version)
        gone = make.sent(who, sender, at=at)
        Message.objects.filter(pk=gone.pk).update(touch=f"{version.sequence.key}/step-0")
        if number < opted_out:
            Signal.objects.create(
                candidate=who,
                kind=Signal.Kind.UNSUBSCRIBED,
                grade=Signal.Grade.CERTAIN,
                at=at,
                message_id=gone.pk,
                key="unsubscribed",
            )
