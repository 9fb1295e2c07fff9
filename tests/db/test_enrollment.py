"""Enrollments: nobody twice at a time, nobody anew unless a person says so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.nurture import enrollment, planner
from warmbench.nurture.enrollment import Enrolled, Verdict
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion, Step
from warmbench.people.models import Candidate, Tag

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


def test_a_paused_sequence_sends_nothing_and_goes_on_later(
    version: SequenceVersion, person: Callable[[], Candidate]
) -> None:
    make.organisation()
    make.sender(is_default=True)
    alice, ana = make.user(), person()
    enrollment.enroll([ana.pk], version.sequence, now=NOW)

    assert enrollment.pause_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
    assert not enrollment.pause_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
    assert not planner.plan(now=NOW)
    assert enrollment.activate_sequence(version.sequence_id, by_id=alice.pk, now=NOW)
    assert planner.plan(now=NOW) == {"queued": 1}
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "sequence.paused",
        "sequence.active",
    ]


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
