"""Alerts whose workers, roles and people all change at the same time."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests import make
from tests.db.test_races import Watched
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import tokens
from warmbench.messaging import delivery, gate, invariants
from warmbench.messaging.handover import Accepted, Deferred, HandOver, Uncertain
from warmbench.messaging.models import Message
from warmbench.nurture import planner
from warmbench.nurture.models import Step
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression, Tag
from warmbench.sourcing import alerts, escalations, interest, roles, waves, writing
from warmbench.sourcing.models import Alert, Role

DAY = timedelta(days=1)


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, cap=100_000)
    return alice


def together(*work: Callable[[], object]) -> None:
    """Do all of it at the same time, each on a connection of its own."""
    failed: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        except BaseException as error:  # noqa: BLE001 - it is told below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_two_workers_who_advance_one_campaign_tell_nobody_twice(alice: User) -> None:
    go, aws = make.tag("Go"), make.tag("AWS")
    for _ in range(40):
        make.candidate(go, aws, owner=alice)
    make.campaign(make.role(go, aws), wave_size=10)

    for day in range(4):
        now = NOW + day * DAY

        def work(now: datetime = now) -> None:
            while waves.advance(now=now) + writing.write_due(now=now, batch=3):
                pass

        together(work, work, work)

    waves_of = Counter(Alert.objects.values_list("wave", flat=True))
    assert waves_of == {1: 10, 2: 10, 3: 10, 4: 10}
    assert Message.objects.filter(purpose="alert").count() == 40
    assert not Alert.objects.exclude(state="written").exists()


def test_two_roles_at_once_are_two_alerts_and_one_mail_each(alice: User) -> None:
    go, aws = make.tag("Go"), make.tag("AWS")
    for _ in range(20):
        make.candidate(go, aws, owner=alice)
    for _ in range(3):
        make.campaign(make.role(go, aws))

    def work() -> None:
        for _ in range(60):
            waves.advance(now=NOW)
            writing.write_due(now=NOW, batch=2)

    together(work, work, work)

    states = Counter(Alert.objects.values_list("state", flat=True))
    assert states == {"written": 20, "waiting": 40}
    assert Message.objects.count() == 20


@pytest.mark.parametrize("seed", range(4))
def test_after_a_role_has_ended_no_hand_over_about_it_begins(alice: User, seed: int) -> None:
    chance = random.Random(seed)
    role_of = many_roles(alice)
    made = sorted(set(role_of.values()))
    ticks = count()
    channels = [Watched(ticks), Watched(ticks)]
    committed: dict[int, int] = {}

    def plan() -> None:
        for _ in range(80):
            waves.advance(now=NOW)
            writing.write_due(now=NOW, batch=4)

    def send(channel: Watched) -> None:
        until = time.monotonic() + 10
        while len(committed) < len(made) and time.monotonic() < until:
            delivery.deliver(lambda _: channel, worker="w", clock=lambda: NOW, batch=6)

    def end() -> None:
        for role_id in chance.sample(made, len(made)):
            roles.change_state(role_id, "filled", by_id=None, now=NOW)
            committed[role_id] = next(ticks)
            time.sleep(chance.random() / 20)

    together(plan, lambda: send(channels[0]), lambda: send(channels[1]), end)
    plan()
    send_all(channels[0])

    turns = {address: turn for channel in channels for address, turn in channel.turns.items()}
    assert [address for address, turn in turns.items() if committed[role_of[address]] < turn] == []
    assert Message.objects.filter(state="sent").count() == len(turns)
    assert not Message.objects.filter(state__in=["queued", "sending"]).exists()
    assert not Alert.objects.filter(state="waiting").exists()


def many_roles(owner: User) -> dict[str, int]:
    """Roles with two people each who fit no other one: which role, by their addresses."""
    go, role_of = make.tag("Go"), {}
    for n in range(30):
        own = make.tag(f"Skill {n}")
        role = make.role(go, own)
        for m in range(2):
            address = f"p{n}.{m}@example.com"
            make.candidate(go, own, owner=owner, email=address)
            role_of[address] = role.pk
        make.campaign(role)
    return role_of


def send_all(channel: Watched) -> None:
    while delivery.deliver(lambda _: channel, worker="w", clock=lambda: NOW):
        pass


class Answers:
    """A channel that takes messages, or does not, as it is told."""

    def __init__(self, endings: Iterator[HandOver], note: Callable[[int], None]) -> None:
        self.endings, self.note = endings, note

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        ending = next(self.endings)
        tag = mail_from.partition("+")[2].partition("@")[0]
        found = tokens.read_address(tokens.Purpose.BOUNCE, tag, now=NOW) if tag else None
        if found and not isinstance(ending, Deferred):
            self.note(found[0])
        return ending

    def close(self) -> None:
        pass


ENDINGS = st.sampled_from(
    [Accepted(250, "OK"), Accepted(250, "OK"), Deferred(451, "later"), Uncertain("lost")]
)
#: What passes between two things that happen; some of it is a weekend.
SPANS = st.sampled_from([timedelta(hours=2), DAY, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY])


class Roles(RuleBasedStateMachine):
    """A few people, a few roles, and everything that can happen to either."""

    people: Bundle[int] = Bundle("people")
    openings: Bundle[int] = Bundle("openings")
    budget: tuple[tuple[timedelta, int], ...] = gate.BUDGET

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.usual = gate.BUDGET
        gate.BUDGET = self.budget  # type: ignore[assignment]
        make.organisation()
        self.alice = make.user()
        make.sender(self.alice, is_default=True, cap=100_000)
        make.text_sender(self.alice, is_default=True)
        self.skills: list[Tag] = [make.tag(name) for name in ("Go", "AWS", "SQL")]
        self.sequence = make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE, wait_days=7)
        self.now = NOW
        self.over: set[int] = set()
        #: Whoever a mail about a role may have reached: person, role, when.
        self.told: list[tuple[int, int, datetime]] = []
        self.heard_too_late = False

    def teardown(self) -> None:
        gate.BUDGET = self.usual
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @rule(target=people, skills=st.integers(2, 3), is_nurtured=st.booleans())
    def meet(self, skills: int, is_nurtured: bool) -> int:
        who = make.candidate(*self.skills[:skills], owner=self.alice)
        make.phone(who)
        if is_nurtured:
            make.enrollment(who, self.sequence, due=self.now)
        return who.pk

    @rule(target=openings, days=st.sampled_from([None, 3, 6, 12]), size=st.integers(1, 2))
    def begin(self, days: int | None, size: int) -> int:
        deadline = None if days is None else self.now + days * DAY
        role = make.role(*self.skills, deadline=deadline)
        make.campaign(role, wave_size=size, at=self.now)
        return role.pk

    @rule()
    def plan(self) -> None:
        while waves.advance(now=self.now):
            pass
        while writing.write_due(now=self.now):
            pass

    @rule()
    def nurture(self) -> None:
        planner.plan(now=self.now)

    @rule()
    def follow_up(self) -> None:
        escalations.run_due(now=self.now)

    @rule(endings=st.lists(ENDINGS, min_size=30, max_size=30))
    def send(self, endings: list[HandOver]) -> None:
        channel = Answers(iter(endings), self.note)
        delivery.deliver(lambda _: channel, worker="w", clock=lambda: self.now, batch=20)

    def note(self, message_id: int) -> None:
        message = Message.objects.get(pk=message_id)
        if message.purpose == "alert":
            role_id = int(message.touch.removeprefix("role:").partition("/")[0])
            self.told.append((message.candidate_id, role_id, self.now))
            self.heard_too_late |= role_id in self.over

    @rule(span=SPANS)
    def wait(self, span: timedelta) -> None:
        self.now += span

    @rule(role=openings, state=st.sampled_from(["filled", "closed", "on_hold"]))
    def end(self, role: int, state: str) -> None:
        roles.change_state(role, state, by_id=None, now=self.now)
        self.over.add(role)

    @rule(role=openings, is_begun=st.booleans())
    def open_again(self, role: int, is_begun: bool) -> None:
        roles.change_state(role, "open", by_id=None, now=self.now)
        self.over.discard(role)
        if is_begun:
            make.campaign(Role.objects.get(pk=role), at=self.now)

    @rule(who=people, status=st.sampled_from(["placed", "passive"]))
    def change(self, who: int, status: str) -> None:
        Candidate.objects.filter(pk=who).update(status=status)
        if status == "placed":
            alerts.spare([who], reason="placed", now=self.now)
        alerts.late_comers([who], now=self.now)
        alerts.ask_again([who], now=self.now)

    @rule(who=people)
    def opt_out(self, who: int) -> None:
        consent.suppress(who, reason=Suppression.Reason.UNSUBSCRIBED, now=self.now)

    @rule(who=people)
    def click(self, who: int) -> None:
        alert = Alert.objects.filter(candidate=who, message__state="sent").first()
        if alert is not None:
            signal = make.signal(alert.candidate, at=self.now, message=alert.message)
            interest.engaged([signal.pk], now=self.now)

    @rule()
    def hourly(self) -> None:
        alerts.retry(now=self.now)

    @invariant()
    def nobody_hears_of_two_roles_within_a_week(self) -> None:
        for who, _, at in self.told:
            near = [one for one in self.told if one[0] == who and abs(one[2] - at) < 7 * DAY]
            assert len(near) == 1, self.told

    @invariant()
    def nobody_hears_of_a_role_that_is_over(self) -> None:
        assert not self.heard_too_late

    @invariant()
    def nobody_hears_of_a_role_twice(self) -> None:
        assert len({(who, role) for who, role, _ in self.told}) == len(self.told)

    @invariant()
    def every_promise_is_kept(self) -> None:
        broken = invariants.broken()
        if not self.budget:
            broken.pop("two touches within seven days", None)
        assert broken == {}


class WithoutABudget(Roles):
    """The same, where nothing else keeps touches apart."""

    budget = ()


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize("machine", [Roles, WithoutABudget])
def test_whatever_happens_nobody_is_flooded_with_roles(machine: type[Roles]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
