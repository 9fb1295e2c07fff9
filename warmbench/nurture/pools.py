"""Keeps pools: their rules, and who is a member, person by person and in a full recount."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.core.unique import told_who_was_faster
from warmbench.nurture import enrollment, membership, pool_sequences, rule_sql, rules
from warmbench.nurture.models import Pool, PoolMember
from warmbench.nurture.rule_parts import Rule
from warmbench.nurture.rule_sql import Names

#: People per transaction of a refresh: few enough to lock for a moment only.
BATCH = 1_000
#: People per question of a recount.
CHUNK = 20_000
#: Rows that nobody has to tell PostgreSQL about, and those from which it plans well.
FEW, MANY = 100, 20_000
#: How rules say it.
_INTEREST = r"high\s+interest"
#: What the author of a pool is told whose name another one has.
NAME_TAKEN = "Another pool has this name, perhaps an archived one."

_one_name_each = told_who_was_faster({"pool_name_key": ("name", NAME_TAKEN)})


@dataclass(frozen=True, kw_only=True)
class PoolChanged(Event):
    """A pool has other rules or other sequences now, or is archived: it has to be recounted."""

    pool_id: int


@dataclass(frozen=True, kw_only=True)
class JoinedPool(Event):
    """People became members."""

    pool_id: int
    candidate_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class LeftPool(Event):
    """People are members no longer."""

    pool_id: int
    candidate_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What its author says about a pool."""

    name: str
    entry_rule: str
    exit_rule: str = ""
    purpose: str = ""
    owner_id: int | None = None
    sequence_ids: tuple[int, ...] = ()
    on_leave: str = Pool.OnLeave.LEAVE
    reentry_days: int | None = None


@dataclass
class Changes:
    """What a refresh changed: how many joined and left, by pool, and began a sequence."""

    joined: Counter[int] = field(default_factory=Counter)
    left: Counter[int] = field(default_factory=Counter)
    enrolled: int = 0

    def __bool__(self) -> bool:
        return bool(self.joined or self.left or self.enrolled)

    def add(self, other: "Changes") -> None:
        """Count the changes of another batch too."""
        self.joined.update(other.joined)
        self.left.update(other.left)
        self.enrolled += other.enrolled


@dataclass
class Audit:
    """What a recount found: how many people it looked at, and what was not as it should be."""

    people: int = 0
    repaired: Changes = field(default_factory=Changes)
    #: Pools whose rules cannot be understood any more, and why: their members stay.
    broken: dict[int, str] = field(default_factory=dict)


def check(text: str) -> Rule:
    """The rule that the text says. Raises RuleError, also for a tag or recruiter in it that
    does not exist."""
    rule = rules.parse(text)
    rule_sql.compile_rule(rule, Names.load())
    return rule


@_one_name_each
@transaction.atomic
def create(terms: Terms, *, by_id: int | None, now: datetime) -> Pool:
    """A new pool. Its members come with the recount that its ``PoolChanged`` asks for.

    Raises RuleError for a rule that cannot be understood, TakenError for another pool's name.
    """
    _check(terms)
    pool = Pool.objects.create(**_columns(terms), created_at=now)
    pool.sequences.set(terms.sequence_ids)
    audit.record(by_id, "pool.created", f"pool:{pool.pk}", now=now, detail=asdict(terms))
    publish(PoolChanged(pool_id=pool.pk))
    return pool


@_one_name_each
@transaction.atomic
def edit(pool_id: int, terms: Terms, *, by_id: int | None, now: datetime) -> bool:
    """Give a pool other terms. Returns whether anything is different now.

    Whom the pool put on a sequence that it no longer leads to leaves that, unless she is in
    another pool that does; members begin the new ones with the recount.
    Raises RuleError for a rule that cannot be understood, TakenError for another pool's name.
    """
    _check(terms)
    pool = Pool.objects.select_for_update(no_key=True).get(pk=pool_id)
    wanted = _columns(terms)
    changed = {name: value for name, value in wanted.items() if getattr(pool, name) != value}
    led_to = set(pool.sequences.values_list("pk", flat=True))
    leads_to = set(terms.sequence_ids)
    if not changed and led_to == leads_to:
        return False
    detail: dict[str, object] = dict(changed)
    if led_to != leads_to:
        detail["sequence_ids"] = sorted(leads_to)
        pool.sequences.set(leads_to)
        pool_sequences.let_go_of_sequences(pool_id, led_to - leads_to, now=now)
    Pool.objects.filter(pk=pool_id).update(**changed)
    audit.record(by_id, "pool.edited", f"pool:{pool_id}", now=now, detail=detail)
    publish(PoolChanged(pool_id=pool_id))
    return True


def effect(pool_id: int, terms: Terms, *, now: datetime) -> tuple[int, int]:
    """How many people would join and how many leave by an edit, for its author to see first:
    who has left a pool that nobody comes back into stays away when the edit is taken back.

    Raises RuleError for a rule that cannot be understood.
    """
    edited = Pool(entry_rule=terms.entry_rule, exit_rule=terms.exit_rule)
    conditions = membership.belonging(edited, Names.load())
    joins = {join for condition in conditions for join in condition.joins}
    cuts = {cut for condition in conditions for cut in condition.cuts}
    question = (
        sql.load(__file__, "edit_effect")
        .replace("/* joins */", "".join(join.sql for join in sorted(joins)))
        .replace("/* expression */", " AND ".join(c.expression for c in conditions))
    )
    values = {"pool": pool_id, "on_leave": terms.on_leave, "reentry_days": terms.reentry_days}
    values |= rule_sql.parameters(cuts, now=now)
    join_count, leave_count = sql.run(question, values).fetchall()[0]
    return join_count, leave_count


@transaction.atomic
def archive(pool_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Close a pool. Returns whether it was open. Its members leave, with what that means for
    their sequences, in the recount that its ``PoolChanged`` asks for."""
    closed = Pool.objects.filter(pk=pool_id, archived_at=None).update(archived_at=now)
    if closed:
        audit.record(by_id, "pool.archived", f"pool:{pool_id}", now=now)
        publish(PoolChanged(pool_id=pool_id))
    return bool(closed)


def refresh(candidate_ids: Iterable[int], *, now: datetime) -> Changes:
    """Let people join and leave every pool by what is true of them now, and begin or end
    their sequences with it.

    Safe to repeat, and safe beside other refreshes of the same people: whoever comes later
    sees what the earlier one saw, and more. Many people are done in transactions of
    ``BATCH``, unless the caller has one open.
    """
    changes = Changes()
    ids = sorted(set(candidate_ids))
    for start in range(0, len(ids), BATCH):
        changes.add(_refresh(ids[start : start + BATCH], now=now))
        _mind_the_growth(changes)
    return changes


@transaction.atomic
def _refresh(candidate_ids: list[int], *, now: datetime) -> Changes:
    people = enrollment.lock_people(candidate_ids)
    found = membership.current().ask(people, now=now)
    joins = _join([(c.candidate_id, c.pool_id) for c in found if c.joins], now=now)
    leaves = _leave([(c.candidate_id, c.pool_id) for c in found if not c.joins], now=now)
    if leaves:
        pool_sequences.let_go(leaves, now=now)
    if joins:
        pool_sequences.welcome_back(joins, now=now)
    enrolled = pool_sequences.enroll_members(people, now=now)
    return Changes(
        Counter(pool_id for _, pool_id in joins),
        Counter(pool_id for _, pool_id in leaves),
        enrolled,
    )


def recount(*, now: datetime, pool_id: int | None = None) -> Audit:
    """Ask everybody anew about all pools, or one, and repair what differs.

    What differs has become so by the passing of time, which no change of a person announces,
    or by an edit of a pool; anything else is a refresh that did not happen. Reads in chunks
    and locks only people for whom something has to change, so it disturbs nobody.
    """
    pools = Pool.objects.all() if pool_id is None else Pool.objects.filter(pk=pool_id)
    live = pools.filter(archived_at=None)
    question = membership.compiled(live)
    found = Audit(broken={pk: str(error) for pk, error in question.broken.items()})
    for first, last, people in _chunks():
        found.people += people
        differing = {c.candidate_id for c in question.ask_range(first, last, now=now)}
        differing.update(pool_sequences.waiting_members_in(first, last, now=now))
        ids = sorted(differing)
        for start in range(0, len(ids), BATCH):
            # By the rules as they are by then: an edit may have come in between.
            found.repaired.add(_refresh(ids[start : start + BATCH], now=now))
            _mind_the_growth(found.repaired)
    for archived in pools.exclude(archived_at=None).values_list("pk", flat=True):
        found.repaired.left.update(_empty(archived, now=now))
    live.exclude(pk__in=found.broken).update(counted_at=now)
    return found


def recount_interest(*, now: datetime) -> None:
    """Ask everybody anew about the pools whose rules ask for high interest: it is something else
    now."""
    asked = Q(entry_rule__iregex=_INTEREST) | Q(exit_rule__iregex=_INTEREST)
    for pool_id in Pool.objects.filter(asked, archived_at=None).values_list("pk", flat=True):
        recount(now=now, pool_id=pool_id)


def broken() -> dict[int, str]:
    """The pools whose rules cannot be understood any more, and why."""
    return {pk: str(error) for pk, error in membership.current().broken.items()}


def _columns(terms: Terms) -> dict[str, object]:
    columns: dict[str, object] = asdict(terms)
    del columns["sequence_ids"]
    return columns


def _check(terms: Terms) -> None:
    check(terms.entry_rule)
    if terms.exit_rule.strip():
        check(terms.exit_rule)


def _join(wanted: list[tuple[int, int]], *, now: datetime) -> list[tuple[int, int]]:
    joined = _write("join_pools", wanted, now=now)
    for pool_id, people in _by_pool(joined).items():
        publish(JoinedPool(pool_id=pool_id, candidate_ids=people))
    return joined


def _leave(wanted: list[tuple[int, int]], *, now: datetime) -> list[tuple[int, int]]:
    left = _write("leave_pools", wanted, now=now)
    for pool_id, people in _by_pool(left).items():
        publish(LeftPool(pool_id=pool_id, candidate_ids=people))
    return left


def _write(
    statement: str, wanted: list[tuple[int, int]], *, now: datetime
) -> list[tuple[int, int]]:
    if not wanted:
        return []
    candidates, pool_ids = zip(*wanted, strict=True)
    values = {"candidates": list(candidates), "pools": list(pool_ids), "now": now}
    return [(row[0], row[1]) for row in sql.run(sql.load(__file__, statement), values)]


def _by_pool(pairs: list[tuple[int, int]]) -> dict[int, list[int]]:
    people: dict[int, list[int]] = defaultdict(list)
    for candidate_id, pool_id in pairs:
        people[pool_id].append(candidate_id)
    return people


def _chunks() -> Iterator[tuple[int, int, int]]:
    """First and last id, and the number of people, of each chunk of everybody."""
    after = 0
    while True:
        values = {"after": after, "size": CHUNK}
        last, people = sql.run(sql.load(__file__, "chunk_end"), values).fetchall()[0]
        if last is None:
            return
        yield after + 1, last, people
        after = last


def _mind_the_growth(changes: Changes) -> None:
    """Tell PostgreSQL how large the tables are while they grow from nothing.

    It plans by the sizes it knows, and learns of new ones after a minute. A first import
    fills empty tables faster, and would read all of them for each person until then.
    """
    if changes.joined.total() < FEW or connection.in_atomic_block:
        return
    if sql.run(sql.load(__file__, "least_known_size")).fetchall()[0][0] < MANY:
        sql.run("ANALYZE pool_member, enrollment")


def _empty(pool_id: int, *, now: datetime) -> Counter[int]:
    """Let every member of an archived pool leave it."""
    left: Counter[int] = Counter()
    present = PoolMember.objects.filter(pool_id=pool_id, left_at=None).order_by("candidate_id")
    while people := list(present.values_list("candidate_id", flat=True)[:BATCH]):
        with transaction.atomic():
            enrollment.lock_people(people)
            gone = _leave([(candidate_id, pool_id) for candidate_id in people], now=now)
            if gone:
                pool_sequences.let_go(gone, now=now)
        left[pool_id] += len(gone)
    return left
