"""What alerts about a role would do, before any of them goes out."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Reason
from warmbench.people import facts
from warmbench.people.facts import Saying, Word
from warmbench.people.models import Candidate, CandidateFact, Tag
from warmbench.people.tag_words import BY_CANDIDATE
from warmbench.signals.models import Signal
from warmbench.sourcing import simulator
from warmbench.sourcing.fit import Criterion
from warmbench.sourcing.models import Alert, Role
from warmbench.sourcing.simulator import Brought, Simulated

pytestmark = pytest.mark.django_db


@pytest.fixture
def skills() -> list[Tag]:
    make.organisation()
    return [make.tag(name) for name in ("Go", "Rust", "SQL", "AWS", "Linux")]


def simulate(role: Role, *thresholds: int) -> list[Simulated]:
    return simulator.simulate(role.pk, thresholds, now=NOW)


def alert(role: Role, person: Candidate, *, days_ago: int = 1, **fields: object) -> Alert:
    sent = make.sent(person, make.sender(), at=NOW - timedelta(days=days_ago))
    usual = {
        "role": role,
        "candidate": person,
        "level": Alert.Level.NORMAL,
        "wave": 1,
        "matched": [],
        "score": 50,
        "policy": 1,
        "threshold": 3,
        "state": Alert.State.WRITTEN,
        "message": sent,
        "made_at": sent.queued_at,
        "state_at": sent.queued_at,
    }
    return Alert.objects.create(**usual | fields)


def test_each_threshold_shows_whom_it_reaches_and_whom_it_may_write_to(skills: list[Tag]) -> None:
    role = make.role(*skills, remote=Role.Remote.ON_SITE)
    for size in (3, 4, 5):
        make.candidate(*skills[:size])
        make.candidate(*skills[:size], consented=False)
    refuses = make.candidate(*skills[:4])
    remote = Saying(CandidateFact.Kind.REMOTE, "remote")
    facts.say(refuses.pk, [remote], Word(BY_CANDIDATE, "test"), now=NOW)

    low, high = simulate(role, 5, 3)
    assert (low.threshold, low.matching, low.reached, low.mailable) == (3, 7, 6, 3)
    assert low.failures == {Criterion.PLACE: 1}
    assert low.blocked == {Reason.NO_CONSENT: 3}
    assert (low.looked_at, low.is_estimate) == (7, False)
    assert (high.threshold, high.matching, high.reached, high.mailable) == (5, 2, 2, 1)


def test_the_hour_stands_against_nobody(skills: list[Tag]) -> None:
    role = make.role(*skills)
    make.candidate(*skills)
    night = NOW.replace(hour=2)
    assert [one.mailable for one in simulator.simulate(role.pk, [3], now=night)] == [1]


def test_who_heard_of_a_role_lately_waits_and_is_counted(skills: list[Tag]) -> None:
    role, other = make.role(*skills), make.role(skills[0])
    ana, ben = make.candidate(*skills), make.candidate(*skills)
    told = alert(other, ana)
    Message.objects.filter(alerts=told).update(purpose=Message.Purpose.ALERT)
    alert(make.role(skills[0]), ben, days_ago=40)
    (one,) = simulate(role, 3)
    assert (one.reached, one.mailable) == (2, 1)
    assert list(one.blocked.values()) == [1]
    assert one.alerts_each == pytest.approx(1.5)


def test_who_was_told_of_the_role_is_reached_no_more(skills: list[Tag]) -> None:
    role = make.role(*skills)
    alert(role, make.candidate(*skills))
    make.candidate(*skills)
    assert [one.matching for one in simulate(role, 3)] == [1]


def test_what_earlier_alerts_brought_is_counted_by_their_threshold(skills: list[Tag]) -> None:
    role = make.role(*skills)
    replied, declined, silent, strict = (make.candidate(skills[0]) for _ in range(4))
    for person, kind in ((replied, Signal.Kind.REPLIED), (declined, Signal.Kind.NOT_FOR_ME)):
        told = alert(role, person, engaged_at=NOW if person == replied else None)
        make.signal(person, kind, message=told.message)
        make.signal(person, Signal.Kind.CLICKED, message=told.message)
    alert(role, silent)
    alert(role, strict, threshold=4)
    alert(role, make.candidate(skills[0]), days_ago=400)
    three, four, five = (one.brought for one in simulate(role, 3, 4, 5))
    assert three == Brought(sent=3, engaged=1, replied=1, not_for_them=1)
    assert (four, five) == (Brought(sent=1), Brought())


def test_of_many_people_some_are_looked_at(
    skills: list[Tag], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulator, "SAMPLE", 10)
    role = make.role(*skills)
    for number in range(40):
        make.candidate(*skills[:3], consented=number % 8 < 4)
    (one,) = simulate(role, 3)
    assert (one.matching, one.looked_at, one.is_estimate) == (40, 10, True)
    assert one.reached == 40
    assert one.mailable == 20
    assert simulate(role, 6)[0].matching == 0
