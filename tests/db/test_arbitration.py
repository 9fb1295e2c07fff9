"""What goes first to somebody for whom several things are due within a week."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.db.test_steps import MESSAGE, sequence, step
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging.models import Decision, Message, Sender
from warmbench.nurture import arbitration, planner
from warmbench.nurture.models import Enrollment
from warmbench.people.models import Candidate, Tag
from warmbench.sourcing import waves, writing
from warmbench.sourcing.models import Alert
from warmbench.web import sent

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CHECK_IN = step("check_in")
PREFERENCE = step("preference")
KINDS = ("message", "check_in", "preference")


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


@pytest.fixture
def skills(db: None) -> list[Tag]:
    return [make.tag(name) for name in ("Go", "Rust", "Kafka", "Linux", "Helm", "Nomad")]


@pytest.fixture
def ana(alice: User, skills: list[Tag]) -> Candidate:
    return make.candidate(*skills, owner=alice)


def due(who: Candidate, *steps: dict[str, Any], at: datetime = NOW, **of: Any) -> Enrollment:
    """Somebody's enrollment in a new sequence of these steps."""
    return make.enrollment(who, sequence(*steps, **of), due=at)


def touch(enrolled: Enrollment, at: int = 0) -> str:
    return f"{enrolled.version.sequence.key}/step-{at}"


def purposes() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("purpose", flat=True))


def hand_over(now: datetime) -> None:
    """What is queued has gone."""
    queued = Message.objects.filter(state="queued")
    queued.update(state="sending", not_before=None, handed_at=now)
    Message.objects.filter(state="sending").update(state="sent", state_at=now)


class TestTwoSequences:
    def test_a_check_in_goes_before_something_to_read(self, ana: Candidate) -> None:
        reads = due(ana, PREFERENCE, at=NOW - HOUR)
        talks = due(ana, CHECK_IN)

        assert planner.plan(now=NOW) == {"queued": 1, "outranked": 1}

        assert purposes() == ["check_in"]
        reads.refresh_from_db()
        assert reads.next_step_at == NOW + 7 * DAY, "when the budget has room again"
        decision = Decision.objects.get(reason="outranked")
        assert decision.behind == touch(talks)
        assert sent.rulings([decision])[0].reason.endswith("First comes: check-in.")
        assert planner.plan(now=NOW + 7 * DAY) == {"queued": 1}

    def test_what_is_due_within_the_week_counts_too(self, ana: Candidate) -> None:
        reads = due(ana, MESSAGE)
        due(ana, CHECK_IN, at=NOW + 6 * DAY)

        assert planner.plan(now=NOW) == {"outranked": 1}
        reads.refresh_from_db()
        assert reads.next_step_at == NOW + 6 * DAY + HOUR

        assert planner.plan(now=NOW + 6 * DAY) == {"queued": 1}
        assert planner.plan(now=NOW + 6 * DAY + HOUR) == {"budget": 1}
        assert planner.plan(now=NOW + 13 * DAY) == {"queued": 1}
        assert purposes() == ["check_in", "welcome"]

    def test_what_is_due_later_does_not(self, ana: Candidate) -> None:
        due(ana, MESSAGE)
        due(ana, CHECK_IN, at=NOW + 7 * DAY + HOUR)
        assert planner.plan(now=NOW) == {"queued": 1}

    def test_a_message_behind_a_wait_is_seen(self, ana: Candidate) -> None:
        due(ana, MESSAGE)
        due(ana, step("wait"), step("check_in", wait_days=3), at=NOW + 2 * DAY)
        assert planner.plan(now=NOW) == {"outranked": 1}
        assert Enrollment.objects.get(waiting_for="outranked").next_step_at == NOW + 5 * DAY + HOUR

    def test_what_may_never_come_is_not_waited_for(self, ana: Candidate) -> None:
        due(ana, MESSAGE)
        due(ana, step("branch", condition="country = FR"), CHECK_IN, at=NOW + DAY)
        due(ana, step("exit"), CHECK_IN, at=NOW + DAY)
        assert planner.plan(now=NOW) == {"queued": 1}

    def test_of_two_that_matter_as_much_the_earlier_goes(self, ana: Candidate) -> None:
        later = due(ana, MESSAGE, at=NOW - HOUR)
        earlier = due(ana, MESSAGE, at=NOW - DAY)
        planner.plan(now=NOW)
        assert Message.objects.get().touch == touch(earlier)
        assert Enrollment.objects.get(waiting_for="budget") == later

    @pytest.mark.parametrize("waits_for", ["no_consent", "missing: city", "stopped", "no_sender"])
    def test_nobody_waits_for_what_waits_for_a_person(self, ana: Candidate, waits_for: str) -> None:
        due(ana, MESSAGE)
        talks = due(ana, CHECK_IN, at=NOW + DAY)
        Enrollment.objects.filter(pk=talks.pk).update(waiting_for=waits_for)
        assert planner.plan(now=NOW) == {"queued": 1}

    def test_nobody_waits_for_what_should_have_gone_long_ago(self, ana: Candidate) -> None:
        talks = due(ana, CHECK_IN, at=NOW - 2 * DAY)
        assert arbitration.ahead_of_alerts([ana.pk], now=NOW).keys() == {ana.pk}
        Enrollment.objects.filter(pk=talks.pk).update(next_step_at=NOW - 4 * DAY)
        assert arbitration.ahead_of_alerts([ana.pk], now=NOW) == {}

    def test_a_sequence_that_is_paused_holds_nobody_up(self, ana: Candidate) -> None:
        due(ana, MESSAGE)
        talks = due(ana, CHECK_IN, at=NOW + DAY)
        talks.sequence.state = "paused"
        talks.sequence.save(update_fields=["state"])
        assert planner.plan(now=NOW) == {"queued": 1}

    def test_who_matters_more_but_lacks_a_word_does_not_keep_the_other_for_a_week(
        self, ana: Candidate
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(city="")
        talks = due(ana, step("check_in", template=make.template("Hello", "From {{ city }}?")))
        reads = due(ana, step("message", template=make.template("Hello", "Hello!")))

        assert planner.plan(now=NOW) == {"missing_field": 1, "outranked": 1}
        reads.refresh_from_db()
        assert reads.next_step_at == NOW + HOUR

        assert planner.plan(now=NOW + HOUR) == {"queued": 1}
        talks.refresh_from_db()
        assert talks.waiting_for == "missing: city"

    def test_whatever_waited_for_weeks_has_its_turn(self, ana: Candidate) -> None:
        reads = due(ana, MESSAGE, at=NOW - 21 * DAY)
        Enrollment.objects.filter(pk=reads.pk).update(
            waiting_for="outranked", waiting_since=NOW - 21 * DAY, next_step_at=NOW
        )
        due(ana, CHECK_IN)
        assert planner.plan(now=NOW) == {"queued": 1, "outranked": 1}
        assert purposes() == ["welcome"]

    def test_since_when_a_step_waits_is_kept_until_it_is_done(self, ana: Candidate) -> None:
        reads = due(ana, MESSAGE, step("message", wait_days=30))
        due(ana, CHECK_IN, at=NOW + 6 * DAY)
        for days in (0, 6, 7, 13):
            planner.plan(now=NOW + days * DAY)
            planner.plan(now=NOW + days * DAY + HOUR)
            reads.refresh_from_db()
            if days < 13:
                assert reads.waiting_since == NOW
        assert (reads.position, reads.waiting_since) == (1, None)


class TestAlerts:
    def campaign(self, skills: list[Tag], **role: Any) -> None:
        make.campaign(make.role(*skills, **role))
        waves.advance(now=NOW)

    def test_a_strong_one_goes_before_a_check_in(self, ana: Candidate, skills: list[Tag]) -> None:
        due(ana, CHECK_IN)
        self.campaign(skills)

        assert planner.plan(now=NOW) == {"alert_first": 1}

        decision = Decision.objects.get(reason="alert_first")
        assert decision.behind == f"role:{Alert.objects.get().role_id}/alert"
        writing.write_due(now=NOW)
        assert planner.plan(now=NOW + HOUR) == {"budget": 1}
        assert purposes() == ["alert"]

    def test_an_ordinary_one_waits_for_a_check_in_that_comes_within_the_week(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        talks = due(ana, CHECK_IN, at=NOW + 3 * DAY)
        self.campaign(skills[:2])

        writing.write_due(now=NOW)

        alert = Alert.objects.get()
        assert (alert.state, alert.reason) == ("waiting", "outranked")
        assert alert.next_try_at == NOW + 3 * DAY + HOUR
        assert Decision.objects.get().behind == touch(talks)
        assert planner.plan(now=NOW + 3 * DAY) == {"queued": 1}
        hand_over(NOW + 3 * DAY)
        writing.write_due(now=NOW + 3 * DAY + HOUR)
        alert.refresh_from_db()
        assert alert.reason == "budget", "there was no place for it in the wording"
        writing.write_due(now=NOW + 10 * DAY)
        assert purposes() == ["check_in", "alert"]

    def test_an_ordinary_one_goes_along_where_the_check_in_has_a_place_for_it(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        words = "Hello {{ first_name }}.{% if role_1 %} {{ role_1 }}{% endif %}"
        due(ana, step("check_in", template=make.template("Hello", words)), at=NOW + 3 * DAY)
        self.campaign(skills[:2])
        writing.write_due(now=NOW)

        assert planner.plan(now=NOW + 3 * DAY) == {"queued": 1}

        alert, message = Alert.objects.get(), Message.objects.get()
        assert (alert.state, alert.message) == ("merged", message)
        assert alert.role.title in message.context["role_1"]

    def test_an_ordinary_one_goes_before_something_to_read(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        due(ana, PREFERENCE)
        self.campaign(skills[:2])
        assert planner.plan(now=NOW) == {"alert_first": 1}
        writing.write_due(now=NOW)
        assert purposes() == ["alert"]

    def test_an_ordinary_one_waits_for_no_check_in_that_a_person_keeps(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        talks = due(ana, CHECK_IN, at=NOW + DAY)
        Enrollment.objects.filter(pk=talks.pk).update(waiting_for="no_sender")
        self.campaign(skills[:2])
        writing.write_due(now=NOW)
        assert purposes() == ["alert"]

    @pytest.mark.parametrize("kind", KINDS)
    def test_there_is_not_always_another_one_before_what_waited_for_weeks(
        self, ana: Candidate, skills: list[Tag], kind: str
    ) -> None:
        due(ana, step(kind), at=NOW - HOUR)
        for _ in range(9):
            self.campaign(skills[:2])
        now = NOW
        while not (kind in purposes() or "welcome" in purposes()):
            assert now < NOW + 40 * DAY, purposes()
            # As the loop does it: alerts first.
            while writing.write_due(now=now) or planner.plan(now=now):
                pass
            hand_over(now)
            now += 6 * HOUR

    def test_nor_always_something_old_before_one_that_waited_for_weeks(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        for _ in range(7):  # More than there is room for: something is always late.
            make.enrollment(ana, sequence(MESSAGE, step("message", wait_days=28), repeat_from=0))
        now = NOW
        while "alert" not in purposes():
            if now == NOW + 60 * DAY:
                make.campaign(make.role(*skills[:2]))
                waves.advance(now=now)
            assert now < NOW + 110 * DAY
            while writing.write_due(now=now) or planner.plan(now=now):
                pass
            hand_over(now)
            now += 6 * HOUR


class TestCheckInsBeforeTheirRecruiter:
    def test_it_waits_until_the_deadline_and_goes_then(self, ana: Candidate) -> None:
        talks = due(ana, step("check_in", edit_hours=48))
        reads = due(ana, MESSAGE)

        assert planner.plan(now=NOW) == {"personalise": 1, "outranked": 1}
        talks.refresh_from_db()
        assert (talks.next_step_at, talks.waiting_for) == (NOW + 2 * DAY, "personalise")

        assert planner.plan(now=NOW + HOUR) == {"outranked": 1}
        reads.refresh_from_db()
        assert reads.next_step_at == NOW + 2 * DAY + HOUR
        assert planner.plan(now=NOW + 2 * DAY) == {"queued": 1}
        assert purposes() == ["check_in"]

    def test_what_is_to_be_left_out_unless_somebody_looks_is_left_out(self, ana: Candidate) -> None:
        talks = due(ana, step("check_in", edit_hours=48, if_not_edited="skip"), MESSAGE)
        planner.plan(now=NOW)
        assert planner.plan(now=NOW + 2 * DAY) == {"not_looked_at": 1}
        assert Message.objects.get().reason == "not_looked_at"
        talks.refresh_from_db()
        assert (talks.position, talks.state) == (1, "active")


WAYS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9)), min_size=1, max_size=3),
        st.integers(0, 240),
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ways=WAYS, batch=st.sampled_from([1, 2, 1000]))
@pytest.mark.django_db
def test_whatever_competes_goes_one_by_one_by_what_matters_and_all_of_it_at_last(
    ways: list[tuple[list[tuple[str, int]], int]], batch: int
) -> None:
    clear()
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    ana = make.candidate(owner=alice)
    for steps, hours in ways:
        due(ana, *(step(kind, wait_days=days) for kind, days in steps), at=NOW + hours * HOUR)

    now = NOW
    while True:
        before = waiting(now)
        while planner.plan(now=now, batch=batch):
            assert_what_matters_more_went_first(before, now)
            before = waiting(now)
        hand_over(now)
        ahead = Enrollment.objects.filter(state="active").order_by("next_step_at").first()
        if ahead is None:
            break
        assert ahead.next_step_at > now
        now = ahead.next_step_at

    assert not Enrollment.objects.exclude(state="finished").exists(), "nobody starves"
    gone = list(Message.objects.filter(state="sent").order_by("handed_at"))
    assert len(gone) == sum(len(steps) for steps, _ in ways)
    moments = [one.handed_at or NOW for one in gone]
    assert all(b - a >= 7 * DAY for a, b in itertools.pairwise(moments))
    assert len({one.touch for one in gone}) == len(gone)
    assert_said_once()


RANK = {kind: rank for rank, kind in enumerate(("check_in", "preference", "message"))}


def waiting(now: datetime) -> dict[str, tuple[int, datetime]]:
    """What may go within a week, by its touch: what it is worth, and since when it is due."""
    found = {}
    ahead = Enrollment.objects.filter(state="active", next_step_at__lte=now + 7 * DAY)
    for one in ahead.select_related("version__sequence"):
        its_step = one.version.steps.get(position=one.position)
        found[touch(one, one.position)] = (
            RANK[its_step.kind],
            one.waiting_since or one.next_step_at,
        )
    return found


def assert_what_matters_more_went_first(
    before: dict[str, tuple[int, datetime]], now: datetime
) -> None:
    for message in Message.objects.filter(state="queued", queued_at=now):
        worth, since = before.get(message.touch, (-1, now))
        matters_more = [other for other, _ in before.values() if other < worth]
        assert not matters_more or now - since >= 21 * DAY


def assert_said_once() -> None:
    """A step does not say the same thing twice in a row."""
    said: dict[str, str] = {}
    for decision in Decision.objects.order_by("at", "pk"):
        assert decision.verdict != "later" or said.get(decision.touch) != decision.reason
        if decision.reason == "outranked":
            assert decision.behind
            assert decision.behind != decision.touch
        said[decision.touch] = decision.reason


def clear() -> None:
    """Hypothesis runs its examples in one transaction."""
    Decision.objects.all().delete()
    Message.objects.all().delete()
    Enrollment.objects.all().delete()
    Sender.objects.all().delete()


def test_the_order_names_everything_that_can_be_due() -> None:
    from warmbench.nurture.courses import PURPOSES

    assert {str(purpose) for purpose in PURPOSES.values()} < {str(one) for one in arbitration.ORDER}
    assert {str(level) for level in Alert.Level} < {str(one) for one in arbitration.ORDER}
