"""Four hundred people, four zones, four countries' holidays, one year: nobody gets too much, at a
wrong hour, or twice, and everybody gets everything or it says why not."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays
import pytest

from tests import make
from warmbench.accounts.models import User
from warmbench.core import clock, events
from warmbench.messaging import delivery, invariants
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import Decision, Message
from warmbench.nurture import planner, sequence_files, versions
from warmbench.nurture.models import Enrollment, Sequence, Step
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression, Tag
from warmbench.signals.models import FollowUp

SINCE = datetime(2026, 1, 5, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=365)
DAY = timedelta(days=1)
#: The clock moves in steps of this, or longer ones: every zone's working hours hold one.
STEP = timedelta(hours=4)
PEOPLE = 400
HOMES = (
    ("DE", "Europe/Berlin"),
    ("US", "America/New_York"),
    ("AU", "Australia/Sydney"),
    ("JP", "Asia/Tokyo"),
)

ARC = """
key: arc
name: The arc
repeat_from: read
exit_rule: status = placed
cadence:
  - rule: seniority = Director
    pace: 300
steps:
  - key: welcome
    kind: message
    wait_days: 0
    subject: Welcome, {{ first_name }}
    body: Hello {{ first_name }}.
  - key: read
    kind: content
    wait_days: 30
    content_kind: trends
  - key: salaries
    kind: content
    wait_days: 30
    content_kind: salary
  - key: far
    kind: branch
    wait_days: 0
    condition: country = JP
    otherwise: talk
  - key: more
    kind: content
    wait_days: 10
    content_kind: trends
  - key: talk
    kind: check_in
    wait_days: 30
    edit_hours: 24
    subject: Quick check-in
    body: How are you, {{ first_name }}?
  - key: ring
    kind: follow_up
    wait_days: 5
    task: call
    words: Ask how it went.
  - key: fit
    kind: preference
    wait_days: 30
    subject: Still right?
    body: Is it, {{ first_name }}?
"""
TIP = """
  - key: tip
    kind: message
    wait_days: 12
    subject: One more thing
    body: By the way, {{ first_name }}.
"""
#: The second version has one more message; the third lacks one, and has others in another order.
SECOND = ARC.replace("  - key: far\n", f"{TIP.lstrip(chr(10))}  - key: far\n")
_HEAD, _STEPS = SECOND.split("steps:\n")
_PARTS = [f"  - key:{part}" for part in _STEPS.split("  - key:")[1:]]
_BY_KEY = {part.split()[2]: part for part in _PARTS}
THIRD = f"{_HEAD}steps:\n" + "".join(
    _BY_KEY[key] for key in ("welcome", "tip", "read", "far", "more", "fit", "ring", "talk")
).replace("otherwise: talk", "otherwise: fit")
CHECK_IN = """
key: check_in_90
name: Every 90 days
repeat_from: again
steps:
  - key: again
    kind: check_in
    wait_days: 90
    subject: Quick check-in
    body: Are you well, {{ first_name }}?
"""


class Sent(NamedTuple):
    """A message that was handed over."""

    at: datetime
    touch: str
    occurrence: int
    version: int


def applied(text: str, now: datetime) -> Sequence:
    """The sequence, with this as its newest version."""
    outline = sequence_files.read(text, "a test")
    return versions.apply(outline, by_id=None, now=now).version.sequence


def everybody(recruiters: list[User], specialty: Tag, director: Tag) -> list[Candidate]:
    found = []
    for number in range(PEOPLE):
        country, zone = HOMES[number % len(HOMES)]
        tags = [specialty, director] if number % 10 == 0 else [specialty]
        found.append(
            make.candidate(
                *tags, owner=recruiters[number % len(recruiters)], country=country, time_zone=zone
            )
        )
    return found


def begin(people: list[Candidate], sequence: Sequence, at: datetime) -> None:
    newest = versions.newest(sequence)
    assert newest is not None
    for number, person in enumerate(people):
        make.enrollment(person, newest, due=at + number % 2 * DAY)


def live(since: datetime, until: datetime, channel: Recording) -> None:
    """Pass the time, from one moment at which something is due to the next."""
    now = since
    while now < until:
        with clock.pinned(now), events.held_back():
            act(now, channel)
        now = max(now + STEP, ceiling(min([*due(), until])))


def act(now: datetime, channel: Recording) -> None:
    while planner.plan(now=now):
        pass
    while delivery.deliver(lambda _: channel, worker="year", clock=lambda: now):
        pass


def ceiling(at: datetime) -> datetime:
    """The next moment on the grid."""
    return SINCE - (SINCE - at) // STEP * STEP


def due() -> Iterator[datetime]:
    step = Enrollment.objects.filter(state="active").order_by("next_step_at").first()
    message = Message.objects.filter(state="queued").order_by("not_before").first()
    if step:
        yield step.next_step_at
    if message and message.not_before:
        yield message.not_before


@pytest.mark.django_db
def test_a_year_of_everybody_keeps_every_promise() -> None:
    make.organisation()
    recruiters = [make.user(name) for name in ("Alice Meyer", "Bob Stone", "Charlie Reyes")]
    for recruiter in recruiters:
        make.sender(recruiter, cap=100)
    specialty = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    people = everybody(recruiters, specialty, make.tag("Director", Tag.Kind.SENIORITY))
    for _ in range(6):
        make.piece(specialty)
    make.piece(kind="salary")
    channel = Recording()
    by_chance = random.Random(5)

    arc = applied(ARC, SINCE)
    begin(people[:200], arc, SINCE)
    begin(people[::2], applied(CHECK_IN, SINCE), SINCE)
    live(SINCE, SINCE + 40 * DAY, channel)
    applied(SECOND, SINCE + 40 * DAY)
    begin(people[200:], arc, SINCE + 40 * DAY)
    live(SINCE + 40 * DAY, SINCE + 150 * DAY, channel)
    for person in by_chance.sample(people, 12):
        consent.suppress(person.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=SINCE + 150 * DAY)
    placed = [person.pk for person in by_chance.sample(people, 12)]
    Candidate.objects.filter(pk__in=placed).update(status=Candidate.Status.PLACED)
    applied(THIRD, SINCE + 150 * DAY)
    moved = versions.migrate(arc.pk, by_id=None, now=SINCE + 150 * DAY, only_version=1)
    assert moved > 180
    live(SINCE + 150 * DAY, UNTIL, channel)

    assert invariants.broken() == {}
    sent = by_person()
    assert sum(map(len, sent.values())) == len(channel.mails) > 2000
    for person in people:
        hers = sent[person.pk]
        assert_good_hours(person, hers)
        assert_within_budget(hers)
        assert len({(one.touch, one.occurrence) for one in hers}) == len(hers)
        assert_on_her_version(hers)
    assert_everything_or_a_reason(SINCE + 150 * DAY)
    assert FollowUp.objects.count() > 300
    left = Enrollment.objects.filter(exit_reason="exit_rule").values_list("candidate_id", flat=True)
    assert set(left) == set(placed)


def by_person() -> dict[int, list[Sent]]:
    found: defaultdict[int, list[Sent]] = defaultdict(list)
    rows = Message.objects.filter(state="sent").order_by("handed_at")
    for message in rows:
        assert message.handed_at
        assert message.sequence_version
        found[message.candidate_id].append(
            Sent(message.handed_at, message.touch, message.occurrence, message.sequence_version)
        )
    return found


def assert_good_hours(person: Candidate, sent: list[Sent]) -> None:
    """By the library of holidays and the zones themselves, not by our own windows."""
    free = holidays.country_holidays(person.country, years=(2026, 2027))
    for one in sent:
        local = one.at.astimezone(ZoneInfo(person.time_zone))
        assert local.weekday() < 5, (person.country, local)
        assert time(9) <= local.time() < time(17), (person.country, local)
        assert local.date() not in free, (person.country, local)


def assert_within_budget(sent: list[Sent]) -> None:
    moments = [one.at for one in sent]
    assert all(second - first >= 7 * DAY for first, second in pairwise(moments))
    four = zip(moments, moments[3:], strict=False)
    assert all(fourth - first >= 30 * DAY for first, fourth in four)


def assert_on_her_version(sent: list[Sent]) -> None:
    """Who was on the first version was moved to the third; the others stay on the second."""
    numbers = [one.version for one in sent if one.touch.startswith("arc/")]
    assert numbers == sorted(numbers)
    assert set(numbers) <= {1, 3} or set(numbers) <= {2}


def assert_everything_or_a_reason(moved_at: datetime) -> None:
    """Each step behind somebody was sent, or there is a refusal; who waits says what for."""
    written = {
        (message.candidate_id, message.touch, message.occurrence): message
        for message in Message.objects.all()
    }
    said = set(Decision.objects.exclude(verdict="allow").values_list("candidate_id", "touch"))
    reaching = {"message", "content", "check_in", "preference"}
    for one in Enrollment.objects.select_related("sequence", "version", "candidate"):
        steps = list(Step.objects.filter(version=one.version).order_by("position"))
        done = [
            (step, cycle)
            for cycle in range(one.cycle + 1)
            for step in steps[(one.version.repeat_from or 0) if cycle else 0 :]
            if cycle < one.cycle or step.position < one.position
        ]
        for step, cycle in done:
            if step.kind not in reaching or skipped_by_branch(step, one):
                continue
            touch = f"{one.sequence.key}/{step.key}"
            message = written.get((one.candidate_id, touch, cycle))
            if message is None:
                # A step that came into the arc before the place where she stood already.
                assert one.version.number == 3
                assert one.started_at < moved_at
                assert cycle == 0 or step.key in {"tip", "fit", "talk", "read"}
            else:
                assert message.state == "sent" or message.reason, (touch, message.state)
        if one.state == "active":
            assert one.next_step_at > UNTIL - DAY
            touch = f"{one.sequence.key}/{steps[one.position].key}"
            assert not one.waiting_for or (one.candidate_id, touch) in said
        else:
            assert one.exit_reason in {"unsubscribed", "placed", "exit_rule"}


def skipped_by_branch(step: Step, enrolled: Enrollment) -> bool:
    return step.key == "more" and enrolled.candidate.country != "JP"
