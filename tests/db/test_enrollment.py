"""Enrollments: nobody twice at a time, nobody anew unless a person says so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Message
from warmbench.nurture import enrollment, planner
from warmbench.nurture.enrollment import Enrolled, Verdict
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion, Step
from warmbench.people.models import Candidate, Suppression, Tag

DAY = timedelta(days=1)
State = Enrollment.State

pytestmark = pytest.mark.django_db


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


def test_the_first_step_is_due_after_its_wait(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    version.steps.filter(position=0).update(wait_days=3)
    newer = version.sequence.versions.create(number=2, created_at=NOW)
    version.steps.update(version=newer)
    ana = person()

    with events.held_back() as published:
        verdicts = enrollment.enroll([ana.pk], version.sequence, now=NOW)

    assert verdicts == {ana.pk: Verdict.ENROLLED}
    assert published == [Enrolled(sequence_id=version.sequence_id, candidate_ids=[ana.pk])]
    enrolled = Enrollment.objects.get()
    assert (enrolled.version_id, enrolled.position, enrolled.round) == (newer.pk, 0, 0)
    assert enrolled.next_step_at == NOW + 3 * DAY


def test_everybody_gets_a_verdict_of_their_own(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    fresh, under_way, was_here, untagged = person(), person(), person(), make.candidate()
    make.enrollment(under_way, version)
    make.enrollment(was_here, version)
    Enrollment.objects.filter(candidate=was_here).update(state=State.FINISHED, ended_at=NOW)
    people = [fresh.pk, under_way.pk, was_here.pk, untagged.pk, 10**12]

    assert enrollment.enroll(people, version.sequence, now=NOW) == {
        fresh.pk: Verdict.ENROLLED,
        under_way.pk: Verdict.UNDER_WAY,
        was_here.pk: Verdict.WAS_HERE,
        untagged.pk: Verdict.MISSING_TAGS,
    }
    assert enrollment.enroll([], version.sequence, now=NOW) == {}


def test_only_a_person_begins_a_sequence_anew(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    alice, ana = make.user(), person()
    enrollment.enroll([ana.pk], version.sequence, now=NOW)
    enrollment.exit_all([ana.pk], reason="replied", now=NOW)
    enrollment.enroll([ana.pk], version.sequence, now=NOW)
    assert not Enrollment.objects.filter(state=State.ACTIVE).exists()

    enrollment.enroll([ana.pk], version.sequence, now=NOW, restart=True, by_id=alice.pk)

    begun = Enrollment.objects.get(state=State.ACTIVE)
    assert (begun.round, begun.position) == (1, 0)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("sequence.enrolled", alice.pk)
    assert entry.detail == {"people": 1, "restart": True}


def test_a_restarted_sequence_says_its_first_word_again(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    make.organisation()
    make.sender(is_default=True)
    ana = person()
    for restart in (False, True):
        enrollment.enroll([ana.pk], version.sequence, now=NOW, restart=restart)
        planner.plan(now=NOW + restart * 30 * DAY)
        enrollment.exit_all([ana.pk], reason="replied", now=NOW)
    assert ana.messages.count() == 2


def test_a_rule_of_nothing_but_blanks_lets_everybody_in(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    SequenceVersion.objects.update(entry_rule=" \n")
    ana = person()
    verdicts = enrollment.enroll([ana.pk], version.sequence, is_choosy=True, now=NOW)
    assert verdicts == {ana.pk: Verdict.ENROLLED}


@pytest.mark.parametrize("state", ["draft", "paused", "archived"])
def test_only_active_sequences_take_people(
    version: SequenceVersion, person: Callable[[], Candidate], state: str
) -> None:
    Sequence.objects.update(state=state)
    ana = person()
    verdicts = enrollment.enroll([ana.pk], version.sequence, now=NOW)
    assert verdicts == {ana.pk: Verdict.INACTIVE}


def test_a_sequence_without_steps_takes_nobody(person: Callable[[], Candidate]) -> None:
    ana = person()
    verdicts = enrollment.enroll([ana.pk], make.sequence().sequence, now=NOW)
    assert verdicts == {ana.pk: Verdict.INACTIVE}


def test_who_leaves_all_sequences_leaves_held_ones_too(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    other = make.sequence(Step.Kind.MESSAGE)
    ana, ben, chen = person(), person(), person()
    enrollment.enroll([ana.pk, ben.pk], version.sequence, now=NOW)
    enrollment.enroll([ana.pk], other.sequence, now=NOW)
    enrollment.hold(ana.pk, other.sequence_id, by_id=None, now=NOW)

    left = enrollment.exit_all([ana.pk, chen.pk], reason="unsubscribed", now=NOW + DAY)

    assert left == [ana.pk]
    ended = Enrollment.objects.filter(candidate=ana).values_list(
        "state", "exit_reason", "waiting_for", "ended_at"
    )
    assert list(ended) == [(State.EXITED, "unsubscribed", "", NOW + DAY)] * 2
    assert Enrollment.objects.get(candidate=ben).state == State.ACTIVE
    assert enrollment.exit_all([ana.pk], reason="again", now=NOW) == []


def test_what_was_held_goes_on_with_the_step_it_was_held_at(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    alice, ana, later = make.user(), person(), NOW + 9 * DAY
    sequence = version.sequence
    assert not enrollment.hold(ana.pk, sequence.pk, by_id=alice.pk, now=NOW)
    enrollment.enroll([ana.pk], sequence, now=NOW)
    assert not enrollment.resume(ana.pk, sequence.pk, by_id=alice.pk, now=NOW)
    assert enrollment.hold(ana.pk, sequence.pk, by_id=alice.pk, now=NOW)
    assert not enrollment.hold(ana.pk, sequence.pk, by_id=alice.pk, now=NOW)
    held = Enrollment.objects.get()
    assert (held.state, held.waiting_for) == (State.HELD, enrollment.HELD)

    assert enrollment.resume(ana.pk, sequence.pk, by_id=alice.pk, now=later)
    assert not enrollment.resume(ana.pk, sequence.pk, by_id=alice.pk, now=later)
    trail = AuditEntry.objects.filter(subject=f"candidate:{ana.pk}").order_by("pk")
    assert list(trail.values_list("action", "actor_id")) == [
        ("candidate.sequence_held", alice.pk),
        ("candidate.sequence_resumed", alice.pk),
    ]
    held.refresh_from_db()
    assert (held.state, held.waiting_for, held.position) == (State.ACTIVE, "", 0)
    assert held.next_step_at == NOW + 9 * DAY


def test_whoever_is_chosen_by_hand_begins_against_the_rules_and_whoever_is_not_does_not(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    SequenceVersion.objects.update(entry_rule="country = AT")
    ana, ben, chen, dora, erna = (person() for _ in range(5))
    Candidate.objects.filter(pk__in=[ana.pk, chen.pk, dora.pk]).update(country="AT")
    Candidate.objects.filter(pk=chen.pk).update(status=Candidate.Status.PLACED)
    Suppression.objects.create(candidate=dora, reason="manual", at=NOW)
    people = [ana.pk, ben.pk, chen.pk, dora.pk]
    expected = {
        ana.pk: Verdict.ENROLLED,
        ben.pk: Verdict.NOT_LET_IN,
        chen.pk: Verdict.SPOKEN_FOR,
        dora.pk: Verdict.SPOKEN_FOR,
    }

    assert enrollment.weigh(people, version.sequence, now=NOW, is_choosy=True) == expected
    assert not Enrollment.objects.exists()
    assert enrollment.enroll(people, version.sequence, now=NOW, is_choosy=True) == expected
    assert enrollment.enroll([erna.pk], version.sequence, now=NOW) == {erna.pk: Verdict.ENROLLED}
    SequenceVersion.objects.update(entry_rule="skill = Fax machines")
    broken = enrollment.weigh([person().pk], version.sequence, now=NOW, is_choosy=True)
    assert list(broken.values()) == [Verdict.NOT_LET_IN]


def test_a_sequence_says_after_how_many_days_it_may_be_begun_anew(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    SequenceVersion.objects.update(reentry_days=90)
    ana = person()
    enrollment.enroll([ana.pk], version.sequence, now=NOW)
    Enrollment.objects.update(state=State.FINISHED, ended_at=NOW)

    for days, verdict in ((89, Verdict.WAS_HERE), (90, Verdict.ENROLLED)):
        found = enrollment.enroll([ana.pk], version.sequence, now=NOW + days * DAY)
        assert found == {ana.pk: verdict}
    assert list(Enrollment.objects.order_by("round").values_list("round", flat=True)) == [0, 1]


def test_a_sequence_that_writes_to_nobody_needs_to_know_no_tags() -> None:
    asked = make.sequence(Step.Kind.WAIT, Step.Kind.WAIT)
    ana = make.candidate()
    assert enrollment.enroll([ana.pk], asked.sequence, now=NOW) == {ana.pk: Verdict.ENROLLED}


def test_the_first_wait_takes_as_long_as_her_segment_says(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    version.steps.filter(position=0).update(wait_days=30)
    SequenceVersion.objects.update(cadence=[{"rule": "country = AT", "pace": 300}])
    Sequence.objects.update(pace=200)
    ana, ben = person(), person()
    Candidate.objects.filter(pk=ana.pk).update(country="AT")

    enrollment.enroll([ana.pk, ben.pk], version.sequence, now=NOW)

    assert dict(Enrollment.objects.values_list("candidate_id", "next_step_at")) == {
        ana.pk: NOW + 180 * DAY,
        ben.pk: NOW + 60 * DAY,
    }


class TestTakingItBack:
    """What a person did to many at once can be undone for ten minutes."""

    def test_leaves_no_trace_but_in_the_audit(
        self, version: SequenceVersion, person: Callable[[], Candidate]
    ) -> None:
        alice, people = make.user(), [person().pk, person().pk]
        enrollment.enroll(people, version.sequence, by_id=alice.pk, now=NOW)
        due = set(Enrollment.objects.values_list("next_step_at", flat=True))
        assert due == {NOW + enrollment.UNDO}

        later = NOW + enrollment.UNDO - timedelta(seconds=1)
        undo = partial(enrollment.undo_enrollment, version.sequence_id, NOW, by_id=alice.pk)
        assert undo(now=later) == 2
        assert undo(now=later) == 0

        assert not Enrollment.objects.exists()
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.detail) == (
            "sequence.enrollment_undone", {"people": 2, "stayed": 0},
        )  # fmt: skip
        enrollment.enroll(people, version.sequence, now=later)
        assert set(Enrollment.objects.values_list("round", flat=True)) == {0}

    def test_ends_after_ten_minutes(
        self, version: SequenceVersion, person: Callable[[], Candidate]
    ) -> None:
        alice = make.user()
        enrollment.enroll([person().pk, person().pk], version.sequence, by_id=alice.pk, now=NOW)
        over = NOW + enrollment.UNDO
        assert not enrollment.undo_enrollment(version.sequence_id, NOW, by_id=alice.pk, now=over)
        assert Enrollment.objects.count() == 2

    def test_is_not_offered_for_one_person_who_begins_at_once(
        self, version: SequenceVersion, person: Callable[[], Candidate]
    ) -> None:
        enrollment.enroll([person().pk], version.sequence, by_id=make.user().pk, now=NOW)
        assert Enrollment.objects.get().next_step_at == NOW

    def test_touches_nobody_whom_a_pool_put_on_it(
        self, version: SequenceVersion, person: Callable[[], Candidate]
    ) -> None:
        alice, (ana, ben, chen) = make.user(), (person() for _ in range(3))
        make.enrollment(chen, version)
        Enrollment.objects.update(pool=make.pool("status = open"))
        enrollment.enroll([ana.pk, ben.pk], version.sequence, by_id=alice.pk, now=NOW)
        Enrollment.objects.filter(candidate=ben).update(position=1)
        assert enrollment.undo_enrollment(version.sequence_id, NOW, by_id=alice.pk, now=NOW) == 1
        assert set(Enrollment.objects.values_list("candidate_id", flat=True)) == {ben.pk, chen.pk}
        assert AuditEntry.objects.latest("pk").detail == {"people": 1, "stayed": 1}


@pytest.mark.django_db(transaction=True)
def test_many_hands_enroll_a_person_once(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    people = [person().pk for _ in range(5)]

    def enroll(turn: int) -> list[Verdict]:
        asked = people if turn % 2 else people[::-1]
        verdicts = enrollment.enroll(asked, version.sequence, now=NOW, restart=True)
        connection.close()
        return list(verdicts.values())

    with ThreadPoolExecutor(6) as threads:
        verdicts = [verdict for found in threads.map(enroll, range(12)) for verdict in found]

    assert verdicts.count(Verdict.ENROLLED) == 5
    assert Enrollment.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_who_is_taken_back_in_the_last_moment_hears_nothing_or_stays(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    make.organisation()
    make.sender(is_default=True)
    alice, people = make.user(), [person().pk for _ in range(30)]
    enrollment.enroll(people, version.sequence, by_id=alice.pk, now=NOW)
    # As if each had a clock of its own: for one the time is over, for the other not quite.
    start = Barrier(3)

    def plan() -> int:
        start.wait()
        planned = 0
        while found := planner.plan(now=NOW + enrollment.UNDO, batch=4):
            planned += found.total()
        connection.close()
        return planned

    def undo() -> int:
        start.wait()
        just = NOW + enrollment.UNDO - timedelta(seconds=1)
        gone = enrollment.undo_enrollment(version.sequence_id, NOW, by_id=alice.pk, now=just)
        connection.close()
        return gone

    with ThreadPoolExecutor(3) as threads:
        planned = [threads.submit(plan), threads.submit(plan)]
        gone = threads.submit(undo).result()
    stayed = set(Enrollment.objects.values_list("candidate_id", flat=True))
    assert len(stayed) == len(people) - gone == sum(one.result() for one in planned)
    assert set(Message.objects.values_list("candidate_id", flat=True)) == stayed
