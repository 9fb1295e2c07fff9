"""A look ahead: the engine lives through the coming months in a copy, and touches nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging.models import Message, Sender
from warmbench.nurture.forecast import asking, compare, run, shifts, tables
from warmbench.nurture.forecast.asking import Question
from warmbench.nurture.forecast.assumptions import Assumptions
from warmbench.nurture.forecast.results import SILENT, Result
from warmbench.nurture.models import (
    Enrollment,
    Forecast,
    ForecastTouch,
    Pool,
    PoolMember,
    Sequence,
    Step,
)
from warmbench.nurture.outline import Outline, StepOutline, to_json
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression, Tag
from warmbench.signals.models import Signal

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT, MESSAGE = Step.Kind.CONTENT, Step.Kind.MESSAGE


@pytest.fixture
def alice(transactional_db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


def forecast(
    days: int = 90, scope: Forecast.Scope = Forecast.Scope.EVERYTHING, **said: Any
) -> Forecast:
    asked = asking.note(Question(scope=scope, days=days, **said), by_id=None, now=NOW)
    run.run(asked.pk, clock=lambda: NOW)
    asked.refresh_from_db()
    return asked


def test_it_sees_what_will_go(alice: User) -> None:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    piece = make.piece(devops)
    ana = make.candidate(devops, owner=alice)
    make.enrollment(ana, make.sequence(MESSAGE, CONTENT, CONTENT))

    seen = forecast()

    assert seen.state == "done", seen.error
    touches = list(
        ForecastTouch.objects.filter(forecast=seen)
        .order_by("at")
        .values_list("at", "candidate_id", "piece_id", "refusal")
    )
    assert touches == [
        (NOW, ana.pk, None, ""),
        (NOW + timedelta(days=30), ana.pk, piece.pk, ""),
        # Two months later is a Saturday: Monday, nine o'clock in Berlin's summer.
        (datetime(2026, 5, 4, 7, tzinfo=UTC), ana.pk, None, "no_content"),
    ]
    assert not Message.objects.exists()
    assert Enrollment.objects.get().position == 0

    result = Result.from_json(seen.result)
    assert (result.people, result.written_to, result.messages) == (1, 1, 2)
    assert result.days == {"2026-03-03": {"welcome": 1}, "2026-04-02": {"content": 1}}
    assert result.refusals == {"no_content": 1}
    assert result.shifts == {"weekend": {"2026-05-02": 1}}
    assert result.fallbacks == {"trends": {"own": 1}}
    assert [(step.first, step.people, step.refused) for step in result.steps] == [
        (NOW.isoformat(), 1, 0),
        ((NOW + timedelta(days=30)).isoformat(), 1, 0),
        (None, 0, 1),
    ]
    assert [(one.kind, one.topic, one.people) for one in result.missing_pieces] == [
        ("trends", "Cloud & DevOps", 1),
        ("trends", "everybody", 1),
    ]


def steps(key: str, *wait_days: int) -> dict[str, Any]:
    """The outline of a sequence of messages with these waits."""
    return to_json(
        Outline(
            key,
            "A draft",
            steps=tuple(
                StepOutline(
                    key=f"step-{n}", kind="message", wait_days=wait, subject="Hi", body="Hello."
                )
                for n, wait in enumerate(wait_days)
            ),
        )
    )


def tagged(owner: User) -> Candidate:
    """Somebody who may begin sequences."""
    kinds = (Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY, Tag.Kind.GEOGRAPHY)
    tags = [Tag.objects.filter(kind=kind).first() or make.tag(kind.label, kind) for kind in kinds]
    return make.candidate(*tags, owner=owner)


def join(pool: Pool, candidate: Candidate) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(city="Lyon")
    PoolMember.objects.create(pool=pool, candidate=candidate, joined_at=NOW)


def touches(of: Forecast) -> list[tuple[str, str]]:
    found = ForecastTouch.objects.filter(forecast=of).order_by("at", "pk")
    return [(f"{one.at:%m-%d}", one.touch or one.refusal) for one in found]


def test_a_draft_is_published_for_the_members_of_a_pool_in_the_copy_alone(alice: User) -> None:
    pool = make.pool("city = Lyon")
    ana = tagged(alice)
    join(pool, ana)

    seen = forecast(
        scope=Forecast.Scope.POOL, pool_id=pool.pk, outline=steps("a-draft", 0, 14), days=30
    )

    assert seen.state == "done", seen.error
    assert touches(seen) == [("03-03", "a-draft/step-0"), ("03-17", "a-draft/step-1")]
    assert not Sequence.objects.exists()
    assert not Enrollment.objects.exists()


def test_people_under_way_stay_on_their_version_unless_they_are_moved(alice: User) -> None:
    old = make.sequence(MESSAGE, MESSAGE)
    make.enrollment(tagged(alice), old)
    key, about = old.sequence.key, old.sequence_id
    draft = steps(key, 0, 14)

    def seen(*, moves: bool) -> Forecast:
        return forecast(
            scope=Forecast.Scope.SEQUENCE,
            sequence_id=about,
            outline=draft,
            days=60,
            assumptions=Assumptions(moves_along=moves),
        )

    stay, move = seen(moves=False), seen(moves=True)

    assert touches(stay) == [("03-03", f"{key}/step-0"), ("04-02", f"{key}/step-1")]
    assert touches(move) == [("03-03", f"{key}/step-0"), ("03-17", f"{key}/step-1")]
    assert Enrollment.objects.get().version == old
    found = compare.compare(stay, move)
    assert (found.messages, found.only) == ((2, 2), (0, 0))
    assert found.moved == {-16: (1, 1), 0: (1, 1)}
    assert found.months == {"2026-03": {"welcome": (1, 2)}, "2026-04": {"welcome": (1, 0)}}
    [moved] = compare.moved_people(stay, move, limit=10)
    assert (moved.messages, moved.different) == ((2, 2), 1)
    assert compare.moved_people(stay, move, limit=0) == []


def test_a_draft_with_mistakes_fails_in_a_sentence(alice: User) -> None:
    pool = make.pool("city = Lyon")
    seen = forecast(scope=Forecast.Scope.POOL, pool_id=pool.pk, outline={"key": "x"}, days=30)
    assert seen.state == "failed"
    assert seen.error.startswith("The draft cannot be published as it is.")


def test_all_other_sequences_of_the_same_people_share_their_budget(alice: User) -> None:
    pool = make.pool("city = Lyon")
    ana, ben = tagged(alice), tagged(alice)
    join(pool, ana)
    make.enrollment(ana, make.sequence(MESSAGE, MESSAGE))
    make.enrollment(ben, make.sequence(MESSAGE))
    outline = steps("a-draft", 0)

    seen = forecast(scope=Forecast.Scope.POOL, pool_id=pool.pk, outline=outline, days=60)

    # Hers come a week apart; he is not looked at.
    days = [day for day, _ in touches(seen)]
    assert days == ["03-03", "03-10", "04-02"]
    assert not Result.from_json(seen.result).counts_everybody
    assert seen.result["put_off"]["budget"]["people"] == 1


def test_who_answers_hears_no_more_by_itself(alice: User) -> None:
    make.enrollment(tagged(alice), make.sequence(MESSAGE, MESSAGE))
    seen = forecast(days=60, assumptions=Assumptions(replies=1.0))
    assert [touch for _, touch in touches(seen)] == [
        Enrollment.objects.get().sequence.key + "/step-0"
    ]
    assert not Signal.objects.exists()


def test_the_same_question_has_the_same_answer(alice: User) -> None:
    for _ in range(20):
        make.enrollment(tagged(alice), make.sequence(MESSAGE, MESSAGE))
    half = Assumptions(replies=0.5, clicks=0.5)
    once, again = (forecast(days=60, assumptions=half) for _ in range(2))
    assert touches(once) == touches(again)
    assert 20 < once.result["messages"] < 40


def test_it_says_who_hears_nothing_and_why(alice: User) -> None:
    pool = make.pool("city = Lyon")
    lacks_tags, late = make.candidate(owner=alice), tagged(alice)
    opted_out, unasked = tagged(alice), make.candidate(owner=alice, consented=False)
    for one in (lacks_tags, late, opted_out, unasked):
        join(pool, one)
    sequence = make.sequence(MESSAGE)
    make.enrollment(late, sequence, due=NOW + timedelta(days=40))
    make.enrollment(opted_out, sequence)
    make.enrollment(unasked, sequence)
    consent.suppress(opted_out.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)

    seen = forecast(scope=Forecast.Scope.POOL, pool_id=pool.pk, days=30)

    assert seen.result["silent"] == {
        "no_consent": 1, "not_begun": 1, "not_due": 1, "unsubscribed": 1,
    }  # fmt: skip
    silent = ForecastTouch.objects.filter(forecast=seen, touch=SILENT)
    assert dict(silent.values_list("candidate_id", "refusal")) == {
        lacks_tags.pk: "not_begun",
        late.pk: "not_due",
        opted_out.pk: "unsubscribed",
        unasked.pk: "no_consent",
    }


def test_a_holiday_and_a_change_of_clocks_are_named(alice: User) -> None:
    # Good Friday and Easter Monday are the 3rd and the 6th of April.
    for day in (31, 34):
        make.enrollment(tagged(alice), make.sequence(MESSAGE), due=NOW + timedelta(days=day))
    zone = ZoneInfo("Europe/Berlin")
    summer = datetime(2026, 4, 1, 15, 30, tzinfo=UTC)
    assert shifts.cause(summer, zone, "DE", NOW) == "dst"
    assert shifts.cause(summer, zone, "DE", summer - timedelta(days=1)) == "hours"
    assert shifts.cause(datetime(2026, 4, 3, 10, tzinfo=UTC), zone, "DE", None) == "holiday"
    assert shifts.cause(datetime(2026, 4, 4, 10, tzinfo=UTC), zone, "DE", None) == "weekend"

    seen = forecast(days=60)

    assert seen.result["shifts"]["holiday"] == {"2026-04-03": 1, "2026-04-06": 1}


def test_a_mailbox_is_shown_against_its_cap(alice: User) -> None:
    Sender.objects.update(daily_cap=2, spacing_min=90, spacing_max=180)
    for _ in range(5):
        make.enrollment(tagged(alice), make.sequence(MESSAGE))
    seen = forecast(days=30)
    [load] = Result.from_json(seen.result).senders
    assert load.days == {"2026-03-03": (2, 2), "2026-03-04": (2, 2), "2026-03-05": (1, 2)}
    assert load.full_days == ["2026-03-03", "2026-03-04"]


def test_alerts_that_wait_use_up_the_same_budget(alice: User) -> None:
    python = make.tag("Python")
    ana = make.candidate(python, owner=alice)
    role = make.role(python)
    make.campaign(role, threshold=1)
    make.enrollment(ana, make.sequence(MESSAGE))

    told, spared = (
        forecast(days=30, assumptions=Assumptions(alerts=alerts)) for alerts in (True, False)
    )

    assert touches(told)[0][1] == f"role:{role.pk}/alert"
    assert len(touches(told)) == 2
    assert len(touches(spared)) == 1


def test_its_touches_can_be_had_as_a_table(alice: User) -> None:
    ana = make.candidate(owner=alice)
    make.enrollment(ana, make.sequence(MESSAGE))
    head, line = tables.lines(forecast(days=10))
    assert head == "candidate,at,touch,occurrence,purpose,channel,sender,piece,refusal\r\n"
    assert line.startswith(f"{ana.pk},2026-03-03T09:00:00+00:00,sequence-")


def test_what_cannot_be_asked_is_refused_in_a_sentence() -> None:
    for wrong, said in (
        (Question(scope=Forecast.Scope.POOL, days=30), "Say which pool"),
        (Question(scope=Forecast.Scope.EVERYTHING, days=900), "1 to 366 days"),
    ):
        with pytest.raises(asking.AskError, match=said):
            asking.ask(wrong, by_id=None, now=NOW)


def test_it_is_made_in_the_background(alice: User, work: Callable[[], None]) -> None:
    make.enrollment(make.candidate(owner=alice), make.sequence(MESSAGE))
    asked = asking.ask(Question(scope=Forecast.Scope.EVERYTHING, days=10), by_id=alice.pk, now=NOW)
    work()
    asked.refresh_from_db()
    assert (asked.state, asked.result["messages"]) == ("done", 1)
    assert asked.reached == NOW + timedelta(days=10)
