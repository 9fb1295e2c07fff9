"""Alerts whose workers, roles and people all change at the same time."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import connection, transaction

from tests import make
from tests.db.test_races import Watched
from tests.locks import until_waiting
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import tokens
from warmbench.messaging import budget, delivery, invariants
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


@pytest.mark.parametrize("state", ["on_hold", "filled"])
def test_what_is_being_written_while_its_role_rests_does_not_stay(alice: User, state: str) -> None:
    go, aws = make.tag("Go"), make.tag("AWS")
    make.candidate(go, aws, owner=alice)
    role = make.role(go, aws)
    make.campaign(role)
    waves.advance(now=NOW)

    def rest() -> None:
        try:
            roles.change_state(role.pk, state, by_id=None, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert writing.write_due(now=NOW) == 1
            rests = pool.submit(rest)
            until_waiting(or_done=rests)
        rests.result()

    assert Message.objects.get().state == "cancelled"


def test_whoever_is_at_work_on_somebody_leaves_none_of_her_alerts_to_others(alice: User) -> None:
    go, aws = make.tag("Go"), make.tag("AWS")
    make.candidate(go, aws, owner=alice)
    for deadline in (None, NOW + 3 * DAY):
        make.campaign(make.role(go, aws, deadline=deadline))
    while waves.advance(now=NOW):
        pass

    def write() -> int:
        try:
            return writing.write_due(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert writing.write_due(now=NOW, batch=1) == 2
        assert pool.submit(write).result() == 0

    assert Message.objects.get().alerts.get().level == "hot"


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


ENDINGS: tuple[HandOver, ...] = (
    *(Accepted(250, "OK"), Accepted(250, "OK"), Accepted(250, "OK")),
    *(Deferred(451, "later"), Uncertain("lost")),
)
#: What passes between two things that happen; some of it is a weekend.
SPANS = (timedelta(hours=2), DAY, DAY, DAY, 2 * DAY, 3 * DAY, 7 * DAY)


class World:
    """A few people, a few roles, and everything that can happen to either."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        make.organisation()
        self.alice = make.user()
        make.sender(self.alice, is_default=True, cap=100_000)
        make.text_sender(self.alice, is_default=True)
        self.skills: list[Tag] = [make.tag(name) for name in ("Go", "AWS", "SQL")]
        self.sequence = make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE, wait_days=7)
        self.now = NOW
        self.people = [self.somebody(skills) for skills in (2, 2, 3, 3, 3, 3)]
        self.openings: list[int] = []
        self.over: set[int] = set()
        #: Whoever a mail about a role may have reached: person, role, when.
        self.told: list[tuple[int, int, datetime]] = []
        self.too_late: list[int] = []
        for _ in range(3):
            self.begin()

    def somebody(self, skills: int) -> int:
        who = make.candidate(*self.skills[:skills], owner=self.alice)
        make.phone(who)
        make.enrollment(who, self.sequence, due=self.now)
        return who.pk

    def begin(self) -> None:
        days = self.chance.choice([None, None, 3, 12])
        deadline = None if days is None else self.now + days * DAY
        role = make.role(*self.skills, deadline=deadline)
        make.campaign(role, wave_size=self.chance.randint(1, 3), at=self.now)
        self.openings.append(role.pk)

    def plan(self) -> None:
        while waves.advance(now=self.now):
            pass
        while writing.write_due(now=self.now):
            pass
        escalations.run_due(now=self.now)

    def nurture(self) -> None:
        planner.plan(now=self.now)

    def send(self) -> None:
        while delivery.deliver(lambda _: self, worker="w", clock=lambda: self.now, batch=20):
            pass

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        ending = self.chance.choice(ENDINGS)
        tag = mail_from.partition("+")[2].partition("@")[0]
        ids = tokens.read_address(tokens.Purpose.BOUNCE, tag, now=NOW) if tag else None
        message = Message.objects.filter(pk__in=ids or (), purpose="alert").first()
        if message and not isinstance(ending, Deferred):
            role_id = int(message.touch.removeprefix("role:").partition("/")[0])
            self.told.append((message.candidate_id, role_id, self.now))
            self.too_late += [role_id] if role_id in self.over else []
        return ending

    def close(self) -> None:
        pass

    def wait(self) -> None:
        self.now += self.chance.choice(SPANS)
        alerts.retry(now=self.now)

    def end(self) -> None:
        role = self.chance.choice(self.openings)
        state = self.chance.choice(["filled", "on_hold"])
        roles.change_state(role, state, by_id=None, now=self.now)
        self.over.add(role)

    def open_again(self) -> None:
        role = self.chance.choice(self.openings)
        roles.change_state(role, "open", by_id=None, now=self.now)
        self.over.discard(role)
        if self.chance.random() < 0.5:
            make.campaign(Role.objects.get(pk=role), at=self.now)

    def change(self) -> None:
        who = self.chance.choice(self.people)
        status = self.chance.choice(["placed", "passive", "passive"])
        Candidate.objects.filter(pk=who).update(status=status)
        if status == "placed":
            alerts.spare([who], reason="placed", now=self.now)
        alerts.late_comers([who], now=self.now)
        alerts.ask_again([who], now=self.now)

    def replace(self) -> None:
        """Somebody opts out, and somebody else comes."""
        opted_out = self.people.pop(0)
        consent.suppress(opted_out, reason=Suppression.Reason.UNSUBSCRIBED, now=self.now)
        self.people.append(self.somebody(3))
        alerts.late_comers(self.people[-1:], now=self.now)

    def click(self) -> None:
        clicked = Alert.objects.filter(message__state="sent", candidate__in=self.people).first()
        if clicked is not None:
            signal = make.signal(clicked.candidate, at=self.now, message=clicked.message)
            interest.engaged([signal.pk], now=self.now)

    def step(self) -> None:
        often = [self.plan, self.plan, self.send, self.send, self.wait, self.wait]
        seldom = [self.begin, self.nurture, self.end, self.end, self.open_again, self.open_again]
        now_and_then = [self.change, self.replace, self.click]
        self.chance.choice([*often, *often, *often, *seldom, *now_and_then])()


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize("allowed", [budget.BUDGET, ()], ids=["budget", "none"])
@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_nobody_is_flooded_with_roles(
    seed: int, allowed: tuple[tuple[timedelta, int], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Also where nothing else keeps touches apart.
    monkeypatch.setattr(budget, "BUDGET", allowed)
    world = World(seed)
    for _ in range(150):
        world.step()

    assert len(world.told) > 3
    assert world.too_late == []
    assert len({(who, role) for who, role, _ in world.told}) == len(world.told)
    for who, _, at in world.told:
        near = [one for one in world.told if one[0] == who and abs(one[2] - at) < 7 * DAY]
        assert len(near) == 1
    broken = invariants.broken()
    if not allowed:
        broken.pop("two touches within seven days", None)
    assert broken == {}
