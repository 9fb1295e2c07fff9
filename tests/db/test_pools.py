"""Pools: what joining and leaving does to sequences, and how rules are kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make, oracle
from tests.make import NOW
from warmbench.core import events, sql
from warmbench.core.models import AuditEntry
from warmbench.nurture import enrollment, membership, pools
from warmbench.nurture.enrollment import Enrolled
from warmbench.nurture.models import Enrollment, Pool, PoolMember, SequenceVersion, Step
from warmbench.nurture.pools import JoinedPool, LeftPool, PoolChanged, Terms
from warmbench.nurture.rule_errors import RuleError
from warmbench.people import gaps, tagging
from warmbench.people.models import (
    Candidate,
    CandidateTag,
    Tag,
    TagAlias,
)
from warmbench.people.tag_words import BY_HAND, CERTAIN, Found

DAY = timedelta(days=1)
State = Enrollment.State
Status = Candidate.Status

pytestmark = pytest.mark.django_db
many_examples = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def world() -> oracle.World:
    return oracle.World()


@pytest.fixture
def tagged() -> Callable[..., Candidate]:
    """Somebody with every tag that a sequence asks for."""
    required = [
        make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY),
        make.tag("Manager", Tag.Kind.SENIORITY),
        make.tag("Germany", Tag.Kind.GEOGRAPHY),
    ]
    return lambda **facts: make.candidate(*required, **facts)


def members(pool: Pool) -> set[int]:
    present = PoolMember.objects.filter(pool=pool, left_at=None)
    return set(present.values_list("candidate_id", flat=True))


def ways() -> dict[int, tuple[str, int | None]]:
    """Sequence → state of the way through it, and the pool that it is for."""
    found = Enrollment.objects.values_list("sequence_id", "state", "pool_id")
    return {sequence: (state, pool) for sequence, state, pool in found}


def change(candidate: Candidate, status: Status, *, now: datetime = NOW) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(status=status)
    pools.refresh([candidate.pk], now=now)


# What membership does to sequences


def test_who_joins_begins_the_pools_sequence(tagged: Callable[..., Candidate]) -> None:
    version = make.sequence(Step.Kind.MESSAGE, Step.Kind.CONTENT)
    pool = make.pool("status = open", version.sequence)
    ana, ben = tagged(status=Status.OPEN), tagged()

    with events.held_back() as published:
        changes = pools.refresh([ana.pk, ben.pk], now=NOW)

    enrolled = Enrollment.objects.get()
    assert (enrolled.candidate_id, enrolled.pool_id, enrolled.version_id) == (
        ana.pk, pool.pk, version.pk,
    )  # fmt: skip
    assert (enrolled.state, enrolled.position, enrolled.next_step_at) == (State.ACTIVE, 0, NOW)
    assert (dict(changes.joined), changes.enrolled) == ({pool.pk: 1}, 1)
    assert published == [
        JoinedPool(pool_id=pool.pk, candidate_ids=[ana.pk]),
        Enrolled(sequence_id=version.sequence_id, candidate_ids=[ana.pk]),
    ]
    with events.held_back() as again:
        assert not pools.refresh([ana.pk, ben.pk], now=NOW)
    assert again == []


@pytest.mark.parametrize(
    ("on_leave", "state", "last_step", "waiting_for"),
    [
        ("continue", State.ACTIVE, False, ""),
        ("leave", State.EXITED, False, ""),
        ("finish_step", State.ACTIVE, True, ""),
        ("pause", State.HELD, False, "left_pool"),
    ],
)
def test_what_happens_to_who_leaves_is_the_pools_choice(
    tagged: Callable[..., Candidate],
    on_leave: str,
    state: State,
    last_step: bool,
    waiting_for: str,
) -> None:
    version = make.sequence(Step.Kind.CONTENT)
    pool = make.pool("status = open", version.sequence, on_leave=on_leave)
    ana = tagged(status=Status.OPEN)
    pools.refresh([ana.pk], now=NOW)

    with events.held_back() as published:
        change(ana, Status.SEARCHING, now=NOW + DAY)

    assert members(pool) == set()
    assert published == [LeftPool(pool_id=pool.pk, candidate_ids=[ana.pk])]
    enrolled = Enrollment.objects.get()
    assert (enrolled.state, enrolled.last_step, enrolled.waiting_for) == (
        state, last_step, waiting_for,
    )  # fmt: skip
    if state == State.EXITED:
        assert (enrolled.exit_reason, enrolled.ended_at) == ("left_pool", NOW + DAY)


def test_the_exit_rule_ends_membership_while_the_entry_rule_still_holds(
    tagged: Callable[..., Candidate],
) -> None:
    pool = make.pool("specialty = Cloud & DevOps", exit_rule="status in (placed, hired)")
    ana = tagged()
    pools.refresh([ana.pk], now=NOW)
    assert members(pool) == {ana.pk}
    change(ana, Status.PLACED)
    assert members(pool) == set()


def test_a_paused_sequence_goes_on_when_she_matches_again(
    tagged: Callable[..., Candidate],
) -> None:
    pool = make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence, on_leave="pause")
    ana = tagged(status=Status.OPEN)
    pools.refresh([ana.pk], now=NOW)
    change(ana, Status.SEARCHING, now=NOW + DAY)
    change(ana, Status.OPEN, now=NOW + 90 * DAY)

    assert members(pool) == {ana.pk}
    enrolled = Enrollment.objects.get()
    assert (enrolled.state, enrolled.waiting_for) == (State.ACTIVE, "")
    assert enrolled.next_step_at == NOW + 90 * DAY


def test_what_a_recruiter_holds_does_not_go_on_by_itself(
    tagged: Callable[..., Candidate],
) -> None:
    make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence, on_leave="pause")
    ana = tagged(status=Status.OPEN)
    pools.refresh([ana.pk], now=NOW)
    sequence_id = Enrollment.objects.get().sequence_id
    enrollment.hold(ana.pk, sequence_id, by_id=None, now=NOW)
    change(ana, Status.SEARCHING)
    change(ana, Status.OPEN)
    assert Enrollment.objects.get().waiting_for == enrollment.HELD
    assert enrollment.resume(ana.pk, sequence_id, by_id=None, now=NOW)


def test_what_a_recruiter_held_waits_for_a_pool_that_pauses_who_is_out_of_it(
    tagged: Callable[..., Candidate],
) -> None:
    make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence, on_leave="pause")
    ana = tagged(status=Status.OPEN)
    pools.refresh([ana.pk], now=NOW)
    sequence_id = Enrollment.objects.get().sequence_id
    enrollment.hold(ana.pk, sequence_id, by_id=None, now=NOW)
    change(ana, Status.SEARCHING)

    assert not enrollment.resume(ana.pk, sequence_id, by_id=None, now=NOW)

    assert Enrollment.objects.get().waiting_for == enrollment.LEFT_POOL
    change(ana, Status.OPEN)
    assert Enrollment.objects.get().state == State.ACTIVE


def test_who_left_never_comes_back_unless_the_pool_says_when(
    tagged: Callable[..., Candidate],
) -> None:
    version = make.sequence(Step.Kind.CONTENT)
    never = make.pool("status = open", version.sequence)
    later = make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence, reentry_days=30)
    ana = tagged(status=Status.OPEN)
    pools.refresh([ana.pk], now=NOW)
    change(ana, Status.SEARCHING, now=NOW)
    change(ana, Status.OPEN, now=NOW + 29 * DAY)
    assert (members(never), members(later)) == (set(), set())

    pools.recount(now=NOW + 30 * DAY)

    assert (members(never), members(later)) == (set(), {ana.pk})
    begun = Enrollment.objects.filter(state=State.ACTIVE).get()
    assert (begun.pool_id, begun.round, begun.position) == (later.pk, 1, 0)


def test_who_has_finished_is_not_begun_anew_while_she_stays(
    tagged: Callable[..., Candidate],
) -> None:
    make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence, reentry_days=0)
    ana = tagged(status=Status.OPEN)
    pools.refresh([ana.pk], now=NOW)
    Enrollment.objects.update(state=State.FINISHED, ended_at=NOW + DAY)
    pools.refresh([ana.pk], now=NOW + 2 * DAY)
    assert not pools.recount(now=NOW + 100 * DAY).repaired
    assert Enrollment.objects.count() == 1


def test_who_comes_back_before_her_last_step_stays(tagged: Callable[..., Candidate]) -> None:
    make.pool(
        "status = open",
        make.sequence(Step.Kind.CONTENT).sequence,
        on_leave="finish_step",
        reentry_days=0,
    )
    ana = tagged(status=Status.OPEN)
    pools.refresh([ana.pk], now=NOW)
    change(ana, Status.SEARCHING)
    assert Enrollment.objects.get().last_step
    change(ana, Status.OPEN)
    assert not Enrollment.objects.get().last_step


def test_who_moves_between_pools_of_one_sequence_goes_on_where_she_is(
    tagged: Callable[..., Candidate],
) -> None:
    version = make.sequence(Step.Kind.CONTENT, Step.Kind.CONTENT)
    make.pool("status = passive", version.sequence)
    second = make.pool("status = open", version.sequence)
    ana = tagged()
    pools.refresh([ana.pk], now=NOW)
    Enrollment.objects.update(position=1)

    change(ana, Status.OPEN)

    enrolled = Enrollment.objects.get()
    assert (enrolled.state, enrolled.position, enrolled.pool_id) == (State.ACTIVE, 1, second.pk)


def test_a_pool_leads_to_several_sequences_and_two_pools_to_one(
    tagged: Callable[..., Candidate],
) -> None:
    shared, second = (make.sequence(Step.Kind.CONTENT).sequence for _ in range(2))
    wide = make.pool("status in (open, searching)", shared, second)
    narrow = make.pool("status in (open, passive)", shared, on_leave="pause")
    ana = tagged(status=Status.OPEN)

    assert pools.refresh([ana.pk], now=NOW).enrolled == 2
    assert ways() == {shared.pk: (State.ACTIVE, wide.pk), second.pk: (State.ACTIVE, wide.pk)}

    change(ana, Status.PASSIVE, now=NOW + DAY)
    assert ways() == {shared.pk: (State.ACTIVE, narrow.pk), second.pk: (State.EXITED, wide.pk)}
    change(ana, Status.PLACED, now=NOW + 2 * DAY)
    assert ways() == {shared.pk: (State.HELD, narrow.pk), second.pk: (State.EXITED, wide.pk)}


def test_a_pool_that_gives_up_one_of_its_sequences_takes_people_off_that_one_alone(
    tagged: Callable[..., Candidate],
) -> None:
    given_up, kept, other, new = (make.sequence(Step.Kind.CONTENT).sequence for _ in range(4))
    terms = Terms(name="Open", entry_rule="status = open")
    pool = pools.create(
        replace(terms, sequence_ids=(given_up.pk, kept.pk, other.pk)), by_id=None, now=NOW
    )
    elsewhere = make.pool("status = open", other)
    ana = tagged(status=Status.OPEN)
    pools.recount(now=NOW)
    Enrollment.objects.update(pool=pool)

    fewer = replace(terms, sequence_ids=(new.pk, kept.pk))
    assert pools.edit(pool.pk, fewer, by_id=None, now=NOW + DAY)
    assert AuditEntry.objects.latest("pk").detail == {"sequence_ids": [kept.pk, new.pk]}
    assert not pools.edit(
        pool.pk, replace(fewer, sequence_ids=(kept.pk, new.pk)), by_id=None, now=NOW
    )
    pools.refresh([ana.pk], now=NOW + DAY)

    assert ways() == {
        given_up.pk: (State.EXITED, pool.pk),
        kept.pk: (State.ACTIVE, pool.pk),
        other.pk: (State.ACTIVE, elsewhere.pk),
        new.pk: (State.ACTIVE, pool.pk),
    }
    gone = Enrollment.objects.get(sequence=given_up)
    assert (gone.exit_reason, gone.ended_at) == ("pool_moved", NOW + DAY)


@pytest.mark.parametrize("kind", [Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY, Tag.Kind.GEOGRAPHY])
def test_nobody_is_enrolled_without_the_required_tags_until_they_arrive(
    tagged: Callable[..., Candidate], kind: Tag.Kind
) -> None:
    pool = make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence)
    ana = tagged(status=Status.OPEN)
    missing = CandidateTag.objects.get(candidate=ana, tag__kind=kind)
    CandidateTag.objects.filter(pk=missing.pk).delete()

    assert pools.refresh([ana.pk], now=NOW).enrolled == 0
    assert members(pool) == {ana.pk}
    assert gaps.missing([ana.pk]) == {ana.pk: (kind,)}
    assert not pools.recount(now=NOW).repaired

    drafts = tagging.Drafts()
    drafts.add(ana.pk, [Found(missing.tag_id, BY_HAND, CERTAIN)], source=BY_HAND)
    tagging.apply(drafts, now=NOW + DAY)
    assert pools.refresh([ana.pk], now=NOW + DAY).enrolled == 1


def test_a_sequence_that_becomes_active_takes_the_waiting_members_at_the_recount(
    tagged: Callable[..., Candidate],
) -> None:
    sequence = make.sequence(Step.Kind.CONTENT).sequence
    type(sequence).objects.filter(pk=sequence.pk).update(state="draft")
    make.pool("status = open", sequence)
    ana = tagged(status=Status.OPEN)
    assert pools.refresh([ana.pk], now=NOW).enrolled == 0
    type(sequence).objects.filter(pk=sequence.pk).update(state="active")
    assert pools.recount(now=NOW).repaired.enrolled == 1


def test_a_sequence_lets_in_only_those_for_whom_its_entry_rule_holds(
    tagged: Callable[..., Candidate],
) -> None:
    version = make.sequence(Step.Kind.CONTENT)
    SequenceVersion.objects.update(entry_rule="country = AT")
    make.pool("status = passive", version.sequence)
    ana, ben = tagged(), tagged()
    Candidate.objects.filter(pk=ana.pk).update(country="AT")

    assert pools.refresh([ana.pk, ben.pk], now=NOW).enrolled == 1
    assert Enrollment.objects.get().candidate_id == ana.pk
    assert not pools.recount(now=NOW).repaired
    Candidate.objects.filter(pk=ben.pk).update(country="AT")
    assert pools.recount(now=NOW).repaired.enrolled == 1


def test_a_sequence_that_says_when_is_begun_anew_by_those_who_stay(
    tagged: Callable[..., Candidate],
) -> None:
    version = make.sequence(Step.Kind.CONTENT)
    SequenceVersion.objects.update(reentry_days=180)
    make.pool("status in (passive, applied)", version.sequence)
    ana, ben = tagged(), tagged()
    pools.refresh([ana.pk, ben.pk], now=NOW)
    enrollment.exit_all([ana.pk, ben.pk], reason="done", now=NOW)
    Candidate.objects.filter(pk=ben.pk).update(status=Status.APPLIED)

    assert not pools.recount(now=NOW + 179 * DAY).repaired
    assert pools.recount(now=NOW + 180 * DAY).repaired.enrolled == 1
    begun = Enrollment.objects.get(ended_at=None)
    assert (begun.candidate_id, begun.round) == (ana.pk, 1)
    Candidate.objects.filter(pk=ben.pk).update(status=Status.PASSIVE)
    assert pools.recount(now=NOW + 180 * DAY).repaired.enrolled == 1


_LEADS = st.lists(st.frozensets(st.integers(0, 2)), min_size=3, max_size=3)
_STATUSES = (Status.PASSIVE, Status.OPEN, Status.SEARCHING)


@settings(parent=many_examples, max_examples=15)
@given(_LEADS, st.lists(st.sampled_from(_STATUSES) | _LEADS, max_size=5))
def test_nobody_is_on_a_sequence_that_no_pool_of_hers_leads_to(
    tagged: Callable[..., Candidate],
    leads: list[frozenset[int]],
    happens: list[Status | list[frozenset[int]]],
) -> None:
    with transaction.atomic():
        known = [make.sequence(Step.Kind.CONTENT).sequence.pk for _ in range(3)]
        rules = ("status in (passive, open)", "status in (open, searching)", "status = open")
        terms = [Terms(name=rule, entry_rule=rule, reentry_days=0) for rule in rules]
        ours = [pools.create(one, by_id=None, now=NOW).pk for one in terms]
        who, now = tagged(), NOW
        for event in (leads, *happens):
            now += DAY
            if isinstance(event, str):
                change(who, event, now=now)
                continue
            for pool_id, one, chosen in zip(ours, terms, event, strict=True):
                leading = replace(one, sequence_ids=tuple(known[at] for at in sorted(chosen)))
                pools.edit(pool_id, leading, by_id=None, now=now)
            pools.recount(now=now)
            present = PoolMember.objects.filter(candidate=who, left_at=None)
            leading_to = set(present.values_list("pool__sequences", flat=True)) - {None}
            on = Enrollment.objects.filter(candidate=who, ended_at=None)
            is_on = list(on.values_list("sequence_id", flat=True))
            assert len(is_on) == len(set(is_on))
            assert set(is_on) <= leading_to
            ever = set(Enrollment.objects.values_list("sequence_id", flat=True))
            assert leading_to <= ever
            for way in on:
                assert present.filter(pool=way.pool_id, pool__sequences=way.sequence_id).exists()
        transaction.set_rollback(True)


# Pools and their rules


def test_a_new_pool_is_written_down_and_asks_for_its_recount(world: oracle.World) -> None:
    alice = make.user()
    terms = Terms(name="Cloud managers", entry_rule="skill = k8s", exit_rule="status = placed")
    with events.held_back() as published:
        pool = pools.create(terms, by_id=alice.pk, now=NOW)
    assert published == [PoolChanged(pool_id=pool.pk)]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.subject) == (
        "pool.created", alice.pk, f"pool:{pool.pk}",
    )  # fmt: skip


@pytest.mark.parametrize(
    "terms",
    [
        Terms(name="A", entry_rule="skill = Kubernets"),
        Terms(name="A", entry_rule="skill = k8s", exit_rule="status = gone"),
    ],
)
def test_a_pool_whose_rule_is_a_mistake_is_not_made(world: oracle.World, terms: Terms) -> None:
    with pytest.raises(RuleError):
        pools.create(terms, by_id=None, now=NOW)
    assert not Pool.objects.exists()


def test_an_edit_is_written_down_and_counted_by_what_it_says_now(
    tagged: Callable[..., Candidate],
) -> None:
    first, second = (make.sequence(Step.Kind.CONTENT).sequence for _ in range(2))
    terms = Terms(name="Open", entry_rule="status = open", sequence_ids=(first.pk,))
    pool = pools.create(terms, by_id=None, now=NOW)
    ana, ben = tagged(status=Status.OPEN), tagged(status=Status.OPEN, country="AT")
    pools.recount(now=NOW)

    assert not pools.edit(pool.pk, terms, by_id=None, now=NOW)
    narrower = replace(
        terms, entry_rule="status = open and country = AT", sequence_ids=(second.pk,)
    )
    assert pools.edit(pool.pk, narrower, by_id=None, now=NOW + DAY)
    assert AuditEntry.objects.latest("pk").action == "pool.edited"
    pools.recount(pool_id=pool.pk, now=NOW + DAY)

    assert members(pool) == {ben.pk}
    states = Enrollment.objects.order_by("candidate_id", "sequence_id").values_list(
        "candidate_id", "sequence_id", "state", "exit_reason"
    )
    assert list(states) == [
        (ana.pk, first.pk, State.EXITED, "pool_moved"),
        (ben.pk, first.pk, State.EXITED, "pool_moved"),
        (ben.pk, second.pk, State.ACTIVE, ""),
    ]


def test_an_edit_can_be_tried_before_it_is_made(tagged: Callable[..., Candidate]) -> None:
    terms = Terms(name="Open", entry_rule="status = open")
    pool = pools.create(terms, by_id=None, now=NOW)
    ana, *_ = [tagged(status=Status.OPEN), tagged(), tagged()]
    pools.recount(now=NOW)

    assert pools.effect(pool.pk, replace(terms, entry_rule="status = passive"), now=NOW) == (2, 1)
    with pytest.raises(RuleError):
        pools.effect(pool.pk, replace(terms, entry_rule="status ="), now=NOW)
    assert members(pool) == {ana.pk}


def test_an_archived_pool_lets_everybody_go(
    tagged: Callable[..., Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "BATCH", 2)
    pool = make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence)
    people = [tagged(status=Status.OPEN).pk for _ in range(3)]
    pools.refresh(people, now=NOW)

    assert pools.archive(pool.pk, by_id=None, now=NOW)
    assert not pools.archive(pool.pk, by_id=None, now=NOW)
    found = pools.recount(pool_id=pool.pk, now=NOW)

    assert dict(found.repaired.left) == {pool.pk: 3}
    assert members(pool) == set()
    assert set(Enrollment.objects.values_list("state", flat=True)) == {State.EXITED}
    assert pools.refresh(people, now=NOW + DAY).joined.total() == 0


def test_a_rule_that_names_a_lost_tag_changes_nobody_and_stops_no_other_pool(
    tagged: Callable[..., Candidate],
) -> None:
    lost = make.tag("Fax machines")
    broken, sound = make.pool("skill = Fax machines"), make.pool("status = open")
    ana, ben = tagged(status=Status.OPEN), tagged(status=Status.OPEN)
    CandidateTag.objects.create(candidate=ana, tag=lost, source="test", added_at=NOW)
    pools.refresh([ana.pk], now=NOW)
    CandidateTag.objects.filter(tag=lost).delete()
    lost.delete()

    pools.refresh([ana.pk, ben.pk], now=NOW)
    found = pools.recount(now=NOW)

    assert (members(broken), members(sound)) == ({ana.pk}, {ana.pk, ben.pk})
    assert "There is no skill called “Fax machines”" in found.broken[broken.pk]
    assert "Fax machines" in pools.broken()[broken.pk]
    broken.refresh_from_db()
    assert broken.counted_at is None


def test_rules_are_compiled_again_when_rules_or_tags_change_and_only_then(
    tagged: Callable[..., Candidate],
) -> None:
    pool = make.pool("tagged with Cobol or status = placed")
    make.tag("COBOL")
    first = membership.current()
    tagged()
    assert membership.current() is first
    TagAlias.objects.create(
        tag=make.tag("Common Business Oriented Language"), kind="skill", text="CBOL", key="cbol"
    )
    second = membership.current()
    assert second is not first
    Pool.objects.filter(pk=pool.pk).update(counted_at=NOW)
    assert membership.current() is second
    Pool.objects.filter(pk=pool.pk).update(entry_rule="status = open")
    assert membership.current() is not second


def test_a_rolled_back_rule_is_not_remembered(tagged: Callable[..., Candidate]) -> None:
    ana = tagged(status=Status.OPEN)
    with transaction.atomic():
        make.pool("status = open")
        pools.refresh([ana.pk], now=NOW)
        transaction.set_rollback(True)
    after = make.pool("status = placed")
    pools.refresh([ana.pk], now=NOW)
    assert members(after) == set()


@pytest.mark.django_db(transaction=True)
def test_postgresql_hears_of_tables_that_grow_from_nothing(
    transactional_db: None, tagged: Callable[..., Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    make.pool("status = passive")
    sql.run("ANALYZE pool_member")
    monkeypatch.setattr(pools, "FEW", 2)
    pools.refresh([tagged().pk], now=NOW)
    known = "SELECT reltuples FROM pg_class WHERE oid = 'pool_member'::regclass"
    assert sql.run(known).fetchall() == [(0,)]
    pools.refresh([tagged().pk, tagged().pk], now=NOW)
    assert sql.run(known).fetchall() == [(3,)]
