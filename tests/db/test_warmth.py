"""How warm people are by any policy: the same however it came about, and nothing is ever lost."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import clock, events
from warmbench.nurture import entering, pool_warmth, pools, rules
from warmbench.nurture.models import Pool, PoolMember
from warmbench.people.models import Candidate
from warmbench.signals import (
    objection,
    policies,
    reasons,
    record,
    recounting,
    scoped_warmth,
    scoring,
    warmth,
    what_if,
)
from warmbench.signals.models import FollowUp, ScopedWarmth, Signal, Warmth, WarmthPolicy
from warmbench.signals.record import SignalDraft
from warmbench.signals.scoring import FIRST, Interest, Policy

Kind, Grade = Signal.Kind, Signal.Grade
DAY = timedelta(days=1)
SCOPE = "pool:7"
Said = tuple[str, datetime, str, int]
_number = count(1)

pytestmark = pytest.mark.django_db
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def ana() -> Candidate:
    make.organisation()
    return make.candidate()


def heard(
    who: Candidate, kind: str = Kind.CLICKED, *, at: datetime = NOW, grade: str = Grade.CERTAIN,
    message_id: int | None = None,
) -> SignalDraft:  # fmt: skip
    return SignalDraft(
        candidate_id=who.pk,
        kind=Kind(kind),
        grade=Grade(grade),
        at=at,
        key=f"test:{next(_number)}",
        message_id=message_id,
    )


def count_all(scope: str = "", *, now: datetime = NOW) -> int:
    steps = 0
    while recounting.step(scope, now=now):
        steps += 1
    return steps


def adopted(policy: Policy, scope: str = "", *, now: datetime = NOW) -> Policy:
    policies.adopt(scope, policy, "", by_id=None, now=now)
    return policies.in_force(scope)


Kept = tuple[float | None, float | None]


def points(who: Candidate, *, now: datetime = NOW) -> Kept:
    """Her warmth, and that in the scope, by what is kept; None where there is no row."""
    row = Warmth.objects.filter(candidate=who).first()
    own = ScopedWarmth.objects.filter(candidate=who, scope=SCOPE).first()
    return (
        scoring.cooled(row.points, policies.in_force(), since=row.as_of, now=now) if row else None,
        scoring.cooled(own.points, policies.in_force(SCOPE), since=own.as_of, now=now)
        if own and own.points is not None and own.as_of
        else None,
    )


def same(found: Kept, expected: Kept) -> bool:
    """Whether the same rows are there, with the same points but for the noise of floats."""
    return [x is None for x in found] == [x is None for x in expected] and [
        x or 0 for x in found
    ] == pytest.approx([x or 0 for x in expected], rel=1e-6)


weights = st.dictionaries(
    st.sampled_from([Kind.REPLIED, Kind.CLICKED, Kind.PREFERENCES_UPDATED, Kind.OPENED]),
    st.integers(1, 100).map(float),
    min_size=1,
)
any_policy = st.builds(
    Policy,
    weights=weights,
    half_life_days=st.integers(1, 365),
    interest_count=st.integers(1, 5),
    interest_days=st.integers(1, 90),
    interest_of=st.sampled_from(Interest.values),
)
histories = st.lists(
    st.tuples(
        st.sampled_from([*Kind.values]),
        st.integers(0, 200 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)),
        st.sampled_from(Grade.values),
        st.integers(1, 2),
    ),
    max_size=5,
)


class TestByAnyPolicy:
    @few
    @given(everybody=any_policy, own=any_policy, history=histories, later=st.integers(0, 5))
    def test_what_is_added_up_in_any_order_is_what_is_counted_at_once(
        self, db: None, everybody: Policy, own: Policy, history: list[Said], later: int
    ) -> None:
        who = make.candidate()
        one, other = adopted(everybody), adopted(own, SCOPE)
        scoped_warmth.include(SCOPE, [who.pk], now=NOW)
        for n, (kind, at, grade, message) in enumerate(history):
            now = NOW + later * n * DAY
            record.record([heard(who, kind, at=at, grade=grade, message_id=message)], now=now)
        then = NOW + 60 * DAY
        signals = list(Signal.objects.filter(candidate=who))
        total = [scoring.total(signals, policy, now=then) for policy in (one, other)]

        added = points(who, now=then)
        warmth.recount([who.pk], now=then)
        counted = points(who, now=then)

        for found in (added, counted):
            assert same(found, (total[0] or None, total[1] or None))

    @few
    @given(everybody=any_policy, own=any_policy, before=histories, extra=histories)
    def test_credit_that_is_withdrawn_leaves_everything_as_it_was(
        self, db: None, everybody: Policy, own: Policy, before: list[Said], extra: list[Said]
    ) -> None:
        who = make.candidate()
        adopted(everybody)
        adopted(own, SCOPE)
        scoped_warmth.include(SCOPE, [who.pk], now=NOW)
        for kind, at, grade, message in before:
            record.record([heard(who, kind, at=at, grade=grade, message_id=message)], now=NOW)
        later = NOW + DAY
        then, shown = points(who, now=later), warmth.of([who.pk], now=later)
        mistaken = [heard(who, kind, at=at, grade=grade) for kind, at, grade, _ in extra]
        made = record.record(mistaken, now=NOW)

        record.withdraw([s.pk for s in made], note="A machine.", now=later)

        assert same(points(who, now=later), then)
        assert warmth.of([who.pk], now=later) == shown

    @few
    @given(policy=any_policy, history=histories, days=st.integers(0, 400))
    def test_one_more_click_never_cools_and_silence_always_does(
        self, db: None, policy: Policy, history: list[Said], days: int
    ) -> None:
        who = make.candidate()
        adopted(policy)
        for kind, at, grade, message in history:
            record.record([heard(who, kind, at=at, grade=grade, message_id=message)], now=NOW)
        before = warmth.of([who.pk], now=NOW)[who.pk]
        assert warmth.of([who.pk], now=NOW + days * DAY)[who.pk] <= before

        record.record([heard(who)], now=NOW)

        assert warmth.of([who.pk], now=NOW)[who.pk] >= before

    @few
    @given(policy=any_policy, history=histories)
    def test_rules_of_pools_call_the_same_people_highly_interested(
        self, db: None, policy: Policy, history: list[Said]
    ) -> None:
        who = make.candidate()
        standing = adopted(policy)
        for kind, at, grade, message in history:
            record.record([heard(who, kind, at=at, grade=grade, message_id=message)], now=NOW)
        signals = Signal.objects.filter(candidate=who)

        found = entering.preview(rules.parse("high interest"), now=NOW, limit=1000).sample

        assert (who.pk in found) == scoring.is_high_interest(signals, standing, now=NOW)


class TestAPolicy:
    def test_is_the_first_one_until_another_is_adopted(self, ana: Candidate) -> None:
        assert policies.in_force() == replace(FIRST, version=1)
        assert policies.in_force(SCOPE) == policies.in_force()
        WarmthPolicy.objects.all().delete()
        assert policies.in_force() == FIRST

    def test_that_says_the_same_is_no_new_one(self, ana: Candidate) -> None:
        assert policies.adopt("", FIRST, "", by_id=None, now=NOW) is None
        also = replace(FIRST, weights={**FIRST.weights, Kind.MOVED: 0.0})
        assert policies.adopt("", also, "", by_id=None, now=NOW) is None
        assert policies.give_up("", "", by_id=None, now=NOW) is None
        assert policies.give_up(SCOPE, "", by_id=None, now=NOW) is None

    @pytest.mark.parametrize(
        "wrong",
        [{"half_life_days": 0}, {"interest_count": 0}, {"weights": {"clicked": -1.0}}],
    )
    def test_by_which_nobody_can_be_measured_does_not_exist(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"policy|points"):
            replace(FIRST, **wrong)

    def test_by_which_nobody_is_ever_warm_is_not_adopted(self, ana: Candidate) -> None:
        with pytest.raises(ValueError, match="nobody"):
            policies.adopt("", replace(FIRST, weights={}), "", by_id=None, now=NOW)

    def test_counts_everybody_anew_and_says_how_far_it_is(self, ana: Candidate) -> None:
        people = [ana, *(make.candidate() for _ in range(4))]
        record.record([heard(p, Kind.OPENED) for p in people], now=NOW)
        record.record([heard(people[0])], now=NOW)
        policy = adopted(replace(FIRST, weights={Kind.OPENED: 8.0}, half_life_days=10))
        assert recounting.unfinished() == [""]
        row = WarmthPolicy.objects.get(version=2)
        assert recounting.progress(row).percent == 0

        # Right when it is read, before it is counted.
        assert warmth.of([ana.pk], now=NOW) == {ana.pk: 8}
        assert warmth.of([ana.pk], now=NOW + 10 * DAY) == {ana.pk: 4}
        count_all()

        row.refresh_from_db()
        assert recounting.progress(row).is_done
        assert recounting.unfinished() == []
        kept = Warmth.objects.values_list("candidate_id", "points", "policy")
        assert sorted(kept) == [(p.pk, 8.0, policy.version) for p in people]
        assert all(
            w.rank == pytest.approx(policy.rank_of(8.0, now=NOW)) for w in Warmth.objects.all()
        )

    def test_under_which_somebody_is_cold_leaves_no_row(self, ana: Candidate) -> None:
        record.record([heard(ana)], now=NOW)
        adopted(replace(FIRST, weights={Kind.REPLIED: 40.0}))

        count_all()

        assert not Warmth.objects.exists()
        assert warmth.of([ana.pk], now=NOW) == {ana.pk: 0}

    def test_whose_count_passed_somebody_by_is_mended_in_the_night(self, ana: Candidate) -> None:
        record.record([heard(ana)], now=NOW)
        scoped_warmth.include(SCOPE, [ana.pk], now=NOW)
        adopted(replace(FIRST, half_life_days=3), SCOPE)
        Warmth.objects.update(policy=0, points=70)

        assert warmth.of([ana.pk], now=NOW) == {ana.pk: 20}
        assert recounting.mend(now=NOW) == 2
        assert recounting.mend(now=NOW) == 0

        assert Warmth.objects.get().points == pytest.approx(20)

    def test_that_follows_another_at_once_goes_first(self, ana: Candidate) -> None:
        record.record([heard(ana)], now=NOW)
        adopted(replace(FIRST, weights={Kind.CLICKED: 50.0}))
        newest = adopted(replace(FIRST, weights={Kind.CLICKED: 60.0}))

        count_all()

        row = Warmth.objects.get()
        assert (row.points, row.policy) == (60.0, newest.version)

    def test_cools_without_a_row_being_written(self, ana: Candidate) -> None:
        record.record([heard(ana)], now=NOW)
        row = Warmth.objects.values_list().get()

        assert warmth.of([ana.pk], now=NOW + 30 * DAY) == {ana.pk: 10}

        assert Warmth.objects.values_list().get() == row


def test_pools_that_ask_for_high_interest_follow_another_rule_for_it(ana: Candidate) -> None:
    make.pool("not high interest")
    asking, other = make.pool("status = passive\nand high  interest"), make.pool("status = open")
    record.record([heard(ana)], now=NOW)
    pools.recount(now=NOW)
    assert not PoolMember.objects.filter(pool=asking).exists()

    with clock.pinned(NOW), events.held_back() as held:
        adopted(replace(FIRST, interest_count=1))
        for event in held:
            events.react_now(event)

    assert PoolMember.objects.filter(pool=asking, left_at=None).count() == 1
    assert not PoolMember.objects.filter(pool=other).exists()
    assert not PoolMember.objects.filter(left_at=None).exclude(pool=asking).exists()


class TestAPoolOfItsOwn:
    @pytest.fixture
    def pool(self, ana: Candidate) -> Pool:
        made = make.pool("status = passive")
        adopted(replace(FIRST, weights={Kind.CLICKED: 33.0}, interest_count=1), made.scope)
        return made

    def test_measures_its_members_and_nobody_else(self, ana: Candidate, pool: Pool) -> None:
        ben = make.candidate()
        record.record([heard(ana), heard(ben)], now=NOW)
        PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)

        pool_warmth.follow(pool.pk, [ana.pk, ben.pk], now=NOW)
        record.record([heard(ana), heard(ben)], now=NOW)

        (row,) = ScopedWarmth.objects.all()
        assert (row.candidate_id, row.points) == (ana.pk, 66.0)
        assert warmth.of([ana.pk], now=NOW) == {ana.pk: 40}

    def test_lists_the_warmest_first_and_the_cold_last(self, ana: Candidate, pool: Pool) -> None:
        people = [ana, make.candidate(), make.candidate()]
        record.record([heard(people[1], at=NOW - 5 * DAY), heard(people[2])], now=NOW)
        scoped_warmth.include(pool.scope, [p.pk for p in people], now=NOW)

        rows = list(scoped_warmth.warmest_first(pool.scope))

        assert [row.candidate_id for row in rows] == [people[2].pk, people[1].pk, ana.pk]
        shown = scoped_warmth.shown(rows, policies.in_force(pool.scope), now=NOW)
        assert (shown[people[2].pk], shown[ana.pk]) == (33, 0)

    def test_lets_go_of_who_left(self, ana: Candidate, pool: Pool) -> None:
        member = PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)
        pool_warmth.follow(pool.pk, [ana.pk], now=NOW)
        PoolMember.objects.filter(pk=member.pk).update(left_at=NOW)

        pool_warmth.follow(pool.pk, [ana.pk], now=NOW)

        assert not ScopedWarmth.objects.exists()

    def test_that_measures_as_everybody_keeps_no_rows(self, ana: Candidate) -> None:
        pool = make.pool("status = passive")
        PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)

        pool_warmth.follow(pool.pk, [ana.pk], now=NOW)

        assert not ScopedWarmth.objects.exists()

    def test_takes_all_in_when_it_begins_and_lets_all_go_when_it_ends(
        self, ana: Candidate, pool: Pool
    ) -> None:
        record.record([heard(ana)], now=NOW)
        PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)

        pool_warmth.follow_policy(pool.scope, now=NOW)
        assert ScopedWarmth.objects.get().points == 33.0
        adopted(replace(FIRST, weights={Kind.CLICKED: 44.0}), pool.scope)
        (row,) = ScopedWarmth.objects.all()
        standing = policies.in_force(pool.scope)
        assert scoped_warmth.shown([row], standing, now=NOW) == {ana.pk: 44}
        record.record([heard(ana)], now=NOW)
        assert ScopedWarmth.objects.get().points == 88.0
        count_all(pool.scope)
        assert WarmthPolicy.objects.filter(scope=pool.scope).latest("version").counted_at == NOW

        assert policies.give_up(pool.scope, "", by_id=None, now=NOW)
        pool_warmth.follow_policy(pool.scope, now=NOW)
        assert not ScopedWarmth.objects.exists()
        assert policies.in_force(pool.scope) == policies.in_force()
        pool_warmth.follow_policy("", now=NOW)

    def test_raises_high_interest_and_says_by_whose_rule(self, ana: Candidate, pool: Pool) -> None:
        scoped_warmth.include(pool.scope, [ana.pk], now=NOW)
        (signal,) = record.record([heard(ana)], now=NOW)

        reasons.ask_about_high_interest([ana.pk], now=NOW)
        assert not FollowUp.objects.exists()
        for _ in range(2):
            pool_warmth.ask_about_high_interest([ana.pk], now=NOW)

        entry = FollowUp.objects.get()
        assert entry.reason == FollowUp.Reason.HIGH_INTEREST
        assert [e["text"] for e in entry.evidence] == [
            f"Clicked a link (by the rule of “{pool.name}”)"
        ]
        more = record.record([heard(ana)], now=NOW)
        pool_warmth.ask_about_high_interest([ana.pk], now=NOW)
        record.withdraw([signal.pk], note="A machine.", now=NOW)
        entry.refresh_from_db()
        assert entry.state == FollowUp.State.OPEN, "one click is enough by the pool's own rule"
        record.withdraw([s.pk for s in more], note="A machine.", now=NOW)
        entry.refresh_from_db()
        assert entry.state == FollowUp.State.DONE

    def test_that_is_asked_about_without_scopes_asks_nothing_more(self, ana: Candidate) -> None:
        pool_warmth.ask_about_high_interest([ana.pk], now=NOW)

        assert not FollowUp.objects.exists()

    def test_has_no_number_for_who_objected(self, ana: Candidate, pool: Pool) -> None:
        scoped_warmth.include(pool.scope, [ana.pk], now=NOW)
        record.record([heard(ana)], now=NOW)

        objection.obey(ana.pk, evidence="Said so", now=NOW)
        record.record([heard(ana, Kind.REPLIED)], now=NOW)
        warmth.recount([ana.pk], now=NOW)

        assert ScopedWarmth.objects.get().points is None
        assert not Warmth.objects.exists()


class TestOpens:
    def test_count_only_where_the_policy_says_so(self, ana: Candidate) -> None:
        record.record(
            [heard(ana, Kind.OPENED, at=NOW - n * DAY, message_id=n) for n in range(3)], now=NOW
        )
        reasons.ask_about_high_interest([ana.pk], now=NOW)
        assert not FollowUp.objects.exists()

        adopted(replace(FIRST, interest_of=Interest.OPENS))
        reasons.ask_about_high_interest([ana.pk], now=NOW)

        assert len(FollowUp.objects.get().evidence) == 3
        assert warmth.of([ana.pk], now=NOW) == {ana.pk: 0}


class TestWhatIf:
    def compared(self, policy: Policy, **asked: object) -> what_if.WhatIf:
        return what_if.compare(FIRST, policy, now=NOW, **asked)  # type: ignore[arg-type]

    def test_says_who_would_move_and_where_to(self, ana: Candidate) -> None:
        ben, chen = make.candidate(), make.candidate()
        record.record([heard(ana), heard(ben, Kind.REPLIED), heard(ben, Kind.REPLIED)], now=NOW)

        found = self.compared(replace(FIRST, weights={Kind.CLICKED: 70.0, Kind.REPLIED: 10.0}))

        assert (found.people, found.is_exact) == (3, True)
        assert {b.word: (b.now, b.then) for b in found.bands} == {
            "hot": (1, 0), "warm": (0, 1), "mild": (0, 0), "cool": (1, 1), "": (0, 0),
        }  # fmt: skip
        assert [c.candidate_id for c in found.warm.who_enters] == [ana.pk]
        assert [c.candidate_id for c in found.warm.who_leaves] == [ben.pk]
        assert [(c.candidate_id, c.by) for c in found.movers] == [(ben.pk, -60), (ana.pk, 50)]
        assert chen.pk not in {c.candidate_id for c in found.movers}

    def test_says_who_would_show_high_interest(self, ana: Candidate) -> None:
        record.record([heard(ana, at=NOW - n * DAY) for n in range(2)], now=NOW)

        found = self.compared(replace(FIRST, interest_count=2))
        lost = what_if.compare(replace(FIRST, interest_count=2), FIRST, now=NOW)

        assert [c.candidate_id for c in found.interest.who_enters] == [ana.pk]
        assert [c.candidate_id for c in lost.interest.who_leaves] == [ana.pk]
        assert not found.changes_nothing
        assert not found.movers
        assert self.compared(FIRST).changes_nothing

    def test_agrees_with_what_is_counted_once_it_is_adopted(self, ana: Candidate) -> None:
        draw = random.Random(3)
        people = [make.candidate() for _ in range(20)]
        record.record(
            [
                heard(draw.choice(people), draw.choice(Kind.values), at=NOW - n * DAY)
                for n in range(80)
            ],
            now=NOW,
        )
        other = replace(FIRST, weights={Kind.CLICKED: 35.0, Kind.ABSENT: 9.0}, half_life_days=50)
        found = self.compared(other)

        adopted(other)
        count_all()

        scores = warmth.of([p.pk for p in people], now=NOW).values()
        hot = sum(score >= 80 for score in scores)
        assert next(b.then for b in found.bands if b.word == "hot") == hot
        assert sum(b.then for b in found.bands if b.word) == sum(s >= 20 for s in scores)

    def test_looks_at_some_of_many_and_says_so(self, ana: Candidate) -> None:
        people = [ana, *(make.candidate() for _ in range(9))]
        record.record([heard(p) for p in people], now=NOW)
        other = replace(FIRST, weights={Kind.CLICKED: 70.0})

        some = self.compared(other, most=4)
        members = self.compared(other, most=2, among=[p.pk for p in people[:4]])

        assert (some.looked_at, some.people, some.is_exact) == (4, 10, False)
        assert some.warm.entering == 10
        assert len(some.warm.who_enters) == 4
        assert (members.people, members.warm.entering) == (4, 4)
        assert self.compared(other, among=[]).changes_nothing

    def test_leaves_out_who_objected_and_writes_nothing(self, ana: Candidate) -> None:
        record.record([heard(ana)], now=NOW)
        objection.obey(ana.pk, evidence="Said so", now=NOW)
        there = WarmthPolicy.objects.count()

        found = self.compared(replace(FIRST, weights={Kind.CLICKED: 70.0}))

        assert found.changes_nothing
        assert WarmthPolicy.objects.count() == there


@contextmanager
def own_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_signals_that_come_while_everybody_is_counted_are_all_there_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make.organisation()
    monkeypatch.setattr(recounting, "CHUNK", 3)
    people = [make.candidate() for _ in range(12)]
    ids = [p.pk for p in people]
    scoped_warmth.include(SCOPE, ids, now=NOW)
    record.record([heard(p, Kind.OPENED) for p in people], now=NOW)
    record.record([heard(p) for p in people[::2]], now=NOW)
    other = replace(FIRST, weights={Kind.CLICKED: 7.0, Kind.OPENED: 5.0}, half_life_days=9)

    def listen(seed: int) -> None:
        draw = random.Random(seed)
        with own_connection():
            for _ in range(8):
                some = draw.sample(people, 5)
                kinds = [draw.choice([Kind.CLICKED, Kind.OPENED]) for _ in some]
                made = record.record(
                    [heard(p, k) for p, k in zip(some, kinds, strict=True)], now=NOW
                )
                record.withdraw([s.pk for s in made[:2]], note="A machine.", now=NOW)

    def recount() -> None:
        with own_connection():
            for n in range(3):
                changed = replace(other, half_life_days=9 + n)
                policies.adopt("", changed, "", by_id=None, now=NOW)
                policies.adopt(SCOPE, changed, "", by_id=None, now=NOW)
                count_all()
                count_all(SCOPE)

    with ThreadPoolExecutor(4) as pool:
        doing = [pool.submit(listen, n) for n in range(3)] + [pool.submit(recount)]
        for one in doing:
            one.result()
    recounting.mend(now=NOW)

    policy = policies.in_force()
    for person in people:
        signals = Signal.objects.filter(candidate=person)
        total = scoring.total(signals, policy, now=NOW) or None
        assert same(points(person), (total, total))


@pytest.mark.django_db(transaction=True)
def test_a_signal_that_is_under_way_while_somebody_joins_a_scope_is_not_lost() -> None:
    make.organisation()
    ana = make.candidate()
    adopted(replace(FIRST, half_life_days=9), SCOPE)
    is_written, may_commit = Event(), Event()

    def click() -> None:
        with own_connection(), transaction.atomic():
            record.record([heard(ana)], now=NOW)
            is_written.set()
            assert may_commit.wait(10)

    def join() -> None:
        with own_connection():
            scoped_warmth.include(SCOPE, [ana.pk], now=NOW)

    with ThreadPoolExecutor(2) as pool:
        clicking = pool.submit(click)
        assert is_written.wait(10)
        joining = pool.submit(join)
        may_commit.set()
        clicking.result()
        joining.result()

    assert ScopedWarmth.objects.get().points == 20.0


@pytest.mark.django_db(transaction=True)
def test_two_who_adopt_at_once_make_two_versions() -> None:
    make.organisation()

    def adopt(n: int) -> None:
        with own_connection():
            policies.adopt("", replace(FIRST, half_life_days=n), "", by_id=None, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(adopt, range(40, 48)))

    versions = list(WarmthPolicy.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(versions[0], versions[0] + len(versions)))
    assert len(versions) >= 8


def test_everything_follows_from_the_facts(ana: Candidate, alice: User) -> None:
    pool = make.pool("status = passive")
    with events.held_back() as published:
        policies.adopt(
            pool.scope, replace(FIRST, half_life_days=9), "Slower", by_id=alice.pk, now=NOW
        )
        record.record([heard(ana)], now=NOW)
        pools.refresh([ana.pk], now=NOW)
    for event in published:
        events.react_now(event)

    assert ScopedWarmth.objects.get().points is not None
    assert recounting.unfinished() == []


@pytest.fixture
def alice() -> User:
    return make.user()
