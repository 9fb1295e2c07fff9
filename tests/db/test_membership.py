"""Membership: what the rules mean in the database, live and recounted, beside an oracle."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import locks, make, oracle
from tests.make import NOW
from tests.oracle import Person
from warmbench.core import events, sql
from warmbench.messaging import gate, standing
from warmbench.messaging.known import Touch
from warmbench.messaging.verdict import Refuse
from warmbench.nurture import entering, pools, rules
from warmbench.nurture.models import Enrollment, Pool, PoolMember, Step
from warmbench.nurture.rule_errors import RuleError
from warmbench.nurture.rule_parts import Rule
from warmbench.people.models import Candidate, Tag

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


def change(candidate: Candidate, status: Status, *, now: datetime = NOW) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(status=status)
    pools.refresh([candidate.pk], now=now)


# Rules, and the database


@many_examples
@given(st.lists(oracle.rules, min_size=1, max_size=8), st.lists(oracle.people, max_size=6))
def test_the_database_decides_a_rule_as_a_person_would(
    world: oracle.World, asked: list[Rule], people: list[Person]
) -> None:
    with transaction.atomic():
        ids = {world.store(person): person for person in people}
        for rule in asked:
            expected = {pk for pk, person in ids.items() if oracle.holds(rule, person, now=NOW)}
            assert set(entering.preview(rule, now=NOW, limit=100).sample) == expected
        transaction.set_rollback(True)


def test_a_tag_stands_for_everything_below_it(world: oracle.World) -> None:
    reliable = world.store(Person(tags=frozenset({"Site reliability engineer"})))
    world.store(Person(tags=frozenset({"Accounting"})))
    for text in ("category = Technology", "specialty = cloud  devops", "tagged with sre"):
        assert entering.preview(rules.parse(text), now=NOW).sample == [reliable]


def test_a_fact_that_is_missing_is_not_true_and_not_of_it_is(world: oracle.World) -> None:
    nobody = world.store(Person())
    for text in ("country = DE", "months since last conversation < 6", "owner = bob@example.com"):
        assert entering.preview(rules.parse(text), now=NOW).sample == []
        assert entering.preview(rules.parse(f"not {text}"), now=NOW).sample == [nobody]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        (
            "skill = Kubernets",
            9,
            "There is no skill called “Kubernets”. Did you mean “Kubernetes”?",
        ),
        ("skill = Germany", 9, "There is no skill called “Germany”."),
        ("has phone and tagged with Financ", 27, "Did you mean “Finance”?"),
        ("owner = alise@example.com", 9, "Did you mean “alice@example.com”?"),
    ],
)
def test_a_name_that_nobody_knows_is_pointed_at(
    world: oracle.World, text: str, column: int, message: str
) -> None:
    with pytest.raises(RuleError) as caught:
        pools.check(text)
    assert caught.value.column == column
    assert caught.value.message.endswith(message)


# Live and recounted


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, Person, int]]:
    """Who becomes what, and how many days pass before it."""
    steps = st.tuples(st.integers(0, 3), oracle.people, st.sampled_from([0, 0, 1, 40]))
    return draw(st.lists(steps, max_size=6))


@many_examples
@given(
    asked=st.lists(st.tuples(oracle.rules, st.none() | oracle.rules), min_size=1, max_size=4),
    reentry=st.sampled_from([None, 0, 30]),
    on_leave=st.sampled_from(["leave", "pause"]),
    people=st.lists(oracle.people, min_size=4, max_size=4),
    history=histories(),
)
def test_live_membership_and_recount_agree_with_what_the_rules_say(
    world: oracle.World,
    asked: list[tuple[Rule, Rule | None]],
    reentry: int | None,
    on_leave: str,
    people: list[Person],
    history: list[tuple[int, Person, int]],
) -> None:
    with transaction.atomic():
        made = {
            make.pool(
                oracle.as_text(entry),
                exit_rule=oracle.as_text(leave) if leave else "",
                reentry_days=reentry,
                on_leave=on_leave,
            ): (entry, leave)
            for entry, leave in asked
        }
        ids = [world.store(person) for person in people]
        known = dict(zip(ids, people, strict=True))
        left: dict[tuple[int, int], datetime] = {}
        present: set[tuple[int, int]] = set()
        now = NOW

        def settle(who: list[int]) -> None:
            for pool, (entry, leave) in made.items():
                for pk in who:
                    belongs = oracle.holds(entry, known[pk], now=now) and not (
                        leave and oracle.holds(leave, known[pk], now=now)
                    )
                    key = (pk, pool.pk)
                    if not belongs and key in present:
                        present.remove(key)
                        left[key] = now
                    away = left.get(key)
                    barred = (
                        away is not None
                        and on_leave != "pause"
                        and (reentry is None or away > now - reentry * DAY)
                    )
                    if belongs and not barred:
                        present.add(key)

        pools.refresh(ids, now=now)
        settle(ids)
        for index, person, days in history:
            if days:
                now += days * DAY
                pools.recount(now=now)
                settle(ids)
            pk = ids[index]
            known[pk] = person
            world.edit(pk, person)
            pools.refresh([pk], now=now)
            settle([pk])
            here = PoolMember.objects.filter(left_at=None).values_list("candidate_id", "pool_id")
            assert set(here) == present
            assert not pools.recount(now=now).repaired
        transaction.set_rollback(True)


def test_a_recount_finds_what_no_refresh_was_told(tagged: Callable[..., Candidate]) -> None:
    pool = make.pool("status = open")
    ana, ben, chen = (tagged(status=Status.OPEN) for _ in range(3))
    pools.refresh([ana.pk, ben.pk], now=NOW)
    Candidate.objects.filter(pk=ana.pk).update(status=Status.PLACED)

    found = pools.recount(now=NOW + DAY)

    assert members(pool) == {ben.pk, chen.pk}
    assert (found.people, dict(found.repaired.joined), dict(found.repaired.left)) == (
        3, {pool.pk: 1}, {pool.pk: 1},
    )  # fmt: skip
    pool.refresh_from_db()
    assert pool.counted_at == NOW + DAY


def test_time_alone_brings_people_in_with_the_recount(world: oracle.World) -> None:
    pool = make.pool("months since last conversation >= 6")
    ana = world.store(Person(talked_on=NOW.date() - 170 * DAY))
    pools.refresh([ana], now=NOW)
    assert members(pool) == set()
    assert pools.recount(now=NOW + 14 * DAY).repaired.joined == {pool.pk: 1}
    assert members(pool) == {ana}


def test_the_recount_of_one_pool_asks_about_no_other(tagged: Callable[..., Candidate]) -> None:
    one, other = make.pool("status = open"), make.pool("status = passive")
    ana, _ = tagged(status=Status.OPEN), tagged()
    pools.recount(pool_id=one.pk, now=NOW)
    assert (members(one), members(other)) == ({ana.pk}, set())


def test_a_recount_goes_through_everybody_in_chunks(
    tagged: Callable[..., Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "CHUNK", 2)
    monkeypatch.setattr(pools, "BATCH", 1)
    pool = make.pool("status = passive")
    people = {tagged().pk for _ in range(5)}
    assert pools.recount(now=NOW).people == 5
    assert members(pool) == people


def test_a_refresh_costs_as_many_questions_for_many_as_for_one(
    tagged: Callable[..., Candidate],
) -> None:
    make.pool("status = passive and consent for email", make.sequence(Step.Kind.CONTENT).sequence)
    people = [tagged().pk for _ in range(20)]
    asked = []
    for batch in (people[:1], people[1:]):
        with _counted() as count:
            pools.refresh(batch, now=NOW)
        asked.append(count[0])
    assert asked[0] == asked[1]


class _counted:  # noqa: N801 - reads as the words it is used with
    def __enter__(self) -> list[int]:
        self.count = [0]
        self.really = sql.run

        def run(*arguments: object) -> object:
            self.count[0] += 1
            return self.really(*arguments)  # type: ignore[arg-type]

        sql.run = run  # type: ignore[assignment]
        return self.count

    def __exit__(self, *_: object) -> None:
        sql.run = self.really


@pytest.mark.django_db(transaction=True)
def test_refreshes_at_the_same_time_come_to_the_same(
    transactional_db: None, tagged: Callable[..., Candidate]
) -> None:
    pool = make.pool("status = open", make.sequence(Step.Kind.CONTENT).sequence, reentry_days=0)
    people = [tagged(status=Status.OPEN).pk for _ in range(10)]

    def flip(turn: int) -> None:
        status = Status.OPEN if turn % 3 else Status.PASSIVE
        who = people[turn % 4 :: 2]
        Candidate.objects.filter(pk__in=sorted(who)[:1]).update(status=status)
        pools.refresh(who, now=NOW + turn * timedelta(minutes=1))
        connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(flip, range(40)))
    pools.refresh(people, now=NOW + DAY)

    is_open = Candidate.objects.filter(status=Status.OPEN).values_list("pk", flat=True)
    assert members(pool) == set(is_open)
    under_way = Enrollment.objects.filter(state=State.ACTIVE)
    assert set(under_way.values_list("candidate_id", flat=True)) == members(pool)
    assert under_way.count() == len(members(pool))


@pytest.mark.django_db(transaction=True)
def test_a_refresh_that_was_slow_does_not_undo_a_later_change(
    transactional_db: None, tagged: Callable[..., Candidate]
) -> None:
    pool = make.pool("status = open")
    ana = tagged(status=Status.OPEN)

    def refresh() -> None:
        pools.refresh([ana.pk], now=NOW)
        connection.close()

    def change_and_refresh() -> None:
        Candidate.objects.filter(pk=ana.pk).update(status=Status.PASSIVE)
        pools.refresh([ana.pk], now=NOW)
        connection.close()

    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            # The first has asked, and cannot write yet ...
            sql.run("LOCK TABLE pool_member IN SHARE MODE")
            slow = threads.submit(refresh)
            locks.until_waiting(1)
            # ... when somebody changes her.
            later = threads.submit(change_and_refresh)
            locks.until_waiting(2, or_done=later)
        slow.result()
        later.result()

    assert members(pool) == set()


# Previews


@many_examples
@given(st.lists(oracle.people, min_size=1, max_size=6))
def test_the_preview_counts_as_blocked_whom_the_last_gate_would_refuse(
    world: oracle.World, people: list[Person]
) -> None:
    with transaction.atomic():
        ids = [world.store(person) for person in people]
        standings = standing.of(ids, now=NOW, counting_queued=True)
        refused = {
            pk
            for pk in ids
            if isinstance(
                gate.judge(Touch("content"), standings[pk], None, frozenset(), now=NOW), Refuse
            )
        }
        required = {"specialty", "seniority", "geography"}
        kinds = [{oracle.TREE[tag][0] for tag in person.tags} for person in people]
        untagged = {pk for pk, has in zip(ids, kinds, strict=True) if not required <= has}
        seen = entering.preview(rules.parse("has added"), now=NOW)
        assert seen.count == len(people)
        assert seen.missing_tags == len(untagged)
        assert seen.blocked == len(refused | untagged)
        assert seen.suppressed == sum(person.suppressed for person in people)
        assert seen.no_consent == sum(person.consent != "consent" for person in people)
        assert seen.no_address == sum(not person.email for person in people)
        transaction.set_rollback(True)


def test_the_preview_counts_whom_nobody_told_in_time(world: oracle.World) -> None:
    told = Person(
        tags=frozenset({"Accounting", "Director", "DACH"}), country="DE", consent="consent"
    )
    world.store(told)
    world.store(replace(told, added_at=NOW - timedelta(days=60)))
    seen = entering.preview(rules.parse("has added"), now=NOW)
    assert (seen.count, seen.barred, seen.blocked) == (2, 1, 1)


def test_a_preview_knows_the_exit_rule_and_shows_the_newest(
    tagged: Callable[..., Candidate],
) -> None:
    people = [tagged(country=country).pk for country in ("DE", "DE", "AT")]
    seen = entering.preview(
        rules.parse("status = passive"), now=NOW, limit=1, exit_rule=rules.parse("country = AT")
    )
    assert (seen.count, seen.sample, seen.blocked) == (2, [people[1]], 0)


def test_a_preview_of_many_weighs_some_and_says_so(
    tagged: Callable[..., Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        tagged(consented=False)
    rule = rules.parse("status = passive")
    exact = entering.preview(rule, now=NOW)
    monkeypatch.setattr(entering, "WEIGHED", 3)
    estimate = entering.preview(rule, now=NOW)
    assert (exact.is_exact, estimate.is_exact) == (True, False)
    assert (exact.count, exact.no_consent) == (estimate.count, estimate.no_consent) == (6, 6)


@many_examples
@given(
    st.lists(oracle.people, min_size=1, max_size=6),
    st.lists(st.tuples(oracle.rules, oracle.rules | st.none()), min_size=2, max_size=4),
    st.sampled_from(Pool.OnLeave),
    st.none() | st.integers(0, 20),
)
def test_an_edit_does_what_its_author_was_told(
    world: oracle.World,
    people: list[Person],
    edits: list[tuple[Rule, Rule | None]],
    on_leave: Pool.OnLeave,
    reentry_days: int | None,
) -> None:
    with transaction.atomic(), events.held_back():
        for person in people:
            world.store(person)
        pool = make.pool("status = passive")
        for turn, (entry, exit_) in enumerate(edits):
            now = NOW + 10 * turn * DAY
            terms = pools.Terms(
                name=pool.name,
                entry_rule=oracle.as_text(entry),
                exit_rule=oracle.as_text(exit_) if exit_ else "",
                on_leave=on_leave,
                reentry_days=reentry_days,
            )
            told = pools.effect(pool.pk, terms, now=now)
            pools.edit(pool.pk, terms, by_id=None, now=now)
            done = pools.recount(pool_id=pool.pk, now=now).repaired
            assert told == (done.joined[pool.pk], done.left[pool.pk])
        transaction.set_rollback(True)
