"""Steps that reach nobody: waits, branches, exits, and what a recruiter is asked or told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction

from tests import make
from tests.db.test_triggers import happens
from tests.make import NOW
from warmbench.accounts import users
from warmbench.accounts.models import Kind, Notification, User
from warmbench.core import sql
from warmbench.messaging.models import Decision, Message
from warmbench.nurture import planner
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression, Tag, TagAlias
from warmbench.signals.models import FollowUp

DAY = timedelta(days=1)
_number = count(1)


def sequence(*steps: dict[str, Any], pace: int = 100, **version: Any) -> SequenceVersion:
    """An active sequence of these steps: ``kind``, ``wait_days`` and what else they need."""
    made = Sequence.objects.create(
        key=f"way-{next(_number)}", name="The way", state=Sequence.State.ACTIVE, pace=pace
    )
    first = made.versions.create(number=1, created_at=NOW, **version)
    for position, step in enumerate(steps):
        usual = {"key": f"step-{position}", "wait_days": 0}
        if step["kind"] in {"message", "check_in", "preference"}:
            usual["template"] = make.template()
        first.steps.create(position=position, **(usual | step))
    return first


def step(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, **fields}


MESSAGE = step("message")


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def run(now: datetime = NOW) -> list[dict[str, int]]:
    """Plan until nothing is due any more."""
    found = []
    while done := planner.plan(now=now):
        found.append(dict(done))
    return found


def where(enrolled: Enrollment) -> tuple[str, int, timedelta]:
    enrolled.refresh_from_db()
    return enrolled.state, enrolled.position, enrolled.next_step_at - NOW


def test_a_wait_does_nothing_and_the_next_step_has_its_own(ana: Candidate) -> None:
    enrolled = make.enrollment(ana, sequence(step("wait"), step("message", wait_days=5)))

    assert run() == [{"wait": 1}]

    assert where(enrolled) == ("active", 1, 5 * DAY)
    assert not Decision.objects.exists()


def test_steps_without_a_wait_are_all_run_one_after_the_other(ana: Candidate) -> None:
    enrolled = make.enrollment(ana, sequence(step("wait"), step("wait"), MESSAGE, step("exit")))

    assert run() == [{"wait": 1}, {"wait": 1}, {"queued": 1}, {"exit_step": 1}]
    assert where(enrolled)[0] == "exited"


class TestBranches:
    def test_who_fits_goes_on_with_the_next_step_and_who_does_not_elsewhere(
        self, alice: User
    ) -> None:
        version = sequence(
            step("branch", condition="country = DE", otherwise="abroad"),
            MESSAGE,
            step("message", key="abroad"),
        )
        here = make.enrollment(make.candidate(owner=alice), version)
        abroad = make.enrollment(
            make.candidate(owner=alice, country="FR", time_zone="Europe/Paris"), version
        )

        assert planner.plan(now=NOW) == {"branch": 2}

        assert (where(here)[1], where(abroad)[1]) == (1, 2)

    def test_who_does_not_fit_comes_to_the_end_where_nothing_else_is_said(
        self, ana: Candidate
    ) -> None:
        enrolled = make.enrollment(ana, sequence(step("branch", condition="country = FR"), MESSAGE))
        run()
        assert where(enrolled)[0] == "finished"
        assert not Message.objects.exists()

    def test_the_end_of_a_branch_goes_round_again_where_the_sequence_does(
        self, ana: Candidate
    ) -> None:
        enrolled = make.enrollment(
            ana, sequence(step("branch", condition="country = FR"), MESSAGE, repeat_from=0)
        )
        assert run() == [{"branch": 1}]
        enrolled.refresh_from_db()
        assert (enrolled.position, enrolled.cycle) == (0, 1)
        assert enrolled.next_step_at == NOW + DAY, "a cycle without a wait takes a day"

    def test_a_rule_that_nobody_understands_any_more_keeps_people_waiting(
        self, ana: Candidate
    ) -> None:
        rust = make.tag("Rust")
        enrolled = make.enrollment(
            ana, sequence(step("branch", condition="skill = Rust", otherwise="step-1"), MESSAGE)
        )
        TagAlias.objects.filter(tag=rust).delete()
        rust.delete()

        for days in range(3):
            assert planner.plan(now=NOW + days * DAY) == {"unclear_rule": 1}

        assert where(enrolled) == ("active", 0, 3 * DAY)
        assert enrolled.waiting_for == "unclear_rule"
        assert Decision.objects.get().reason == "unclear_rule", "said once"

        make.tag("Rust")
        assert planner.plan(now=NOW + 3 * DAY) == {"branch": 1}

    def test_a_rule_is_asked_once_for_everybody_in_a_batch(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        version = sequence(step("branch", condition="country = DE"), MESSAGE)
        for _ in range(20):
            make.enrollment(make.candidate(owner=alice), version)
        asked = []
        really_run = sql.run

        def listening(query: str, *params: Any) -> Any:
            asked.append(query)
            return really_run(query, *params)

        monkeypatch.setattr(sql, "run", listening)
        assert planner.plan(now=NOW) == {"branch": 20}
        assert sum("c.country IN ('DE')" in query for query in asked) == 1


class TestErrands:
    def test_a_follow_up_stands_in_the_recruiters_queue(self, ana: Candidate, alice: User) -> None:
        enrolled = make.enrollment(
            ana, sequence(step("follow_up", task="call", words="Ask how the team is."), MESSAGE)
        )

        assert run() == [{"follow_up": 1}, {"queued": 1}]

        entry = FollowUp.objects.get()
        assert (entry.owner, entry.reason, entry.state) == (alice, "step", "open")
        assert entry.evidence[0]["text"] == "Call: Ask how the team is. (The way)"
        assert NOW < entry.due_at < NOW + 7 * DAY
        assert where(enrolled)[0] == "finished"

    def test_a_notification_tells_the_recruiter_of_the_person(
        self, ana: Candidate, alice: User
    ) -> None:
        make.enrollment(ana, sequence(step("notification", words="is quiet for a year")))

        assert run() == [{"notification": 1}]

        told = Notification.objects.get()
        assert (told.user, told.kind, told.candidate_id) == (alice, Kind.STEP, ana.pk)
        assert told.title == "{who}: is quiet for a year"

    @pytest.mark.parametrize("reason", ["unsubscribed", "complained", "do_not_contact"])
    def test_nobody_is_asked_to_call_who_wants_nothing_from_us(
        self, ana: Candidate, reason: str
    ) -> None:
        consent.suppress(ana.pk, reason=Suppression.Reason(reason), evidence="x", now=NOW)
        enrolled = make.enrollment(ana, sequence(step("follow_up", task="call"), step("wait")))
        run()
        assert not FollowUp.objects.exists()
        assert where(enrolled)[0] == "finished"

    def test_a_call_that_was_asked_for_is_called_off_for_whoever_opts_out(
        self, ana: Candidate
    ) -> None:
        make.enrollment(ana, sequence(step("follow_up", task="call")))
        run()
        unsubscribed = Suppression.Reason.UNSUBSCRIBED
        happens(lambda: consent.suppress(ana.pk, reason=unsubscribed, evidence="x", now=NOW))
        assert FollowUp.objects.get(reason="step").state == "done"

    def test_what_would_tell_somebody_who_left_tells_everybody(
        self, ana: Candidate, alice: User
    ) -> None:
        bob = make.user("Bob Stone")
        users.deactivate(alice.pk, by_id=bob.pk, now=NOW)
        make.enrollment(ana, sequence(step("notification", words="is quiet for a year")))
        run()
        assert [told.user for told in Notification.objects.all()] == [bob]

    def test_they_need_neither_permission_nor_a_mailbox(self, db: None) -> None:
        make.organisation()
        bob = make.user("Bob Stone")
        make.enrollment(
            make.candidate(owner=bob, consented=False), sequence(step("follow_up", task="other"))
        )
        assert run() == [{"follow_up": 1}]
        assert not Decision.objects.exists()

    def test_nothing_is_asked_where_the_enrollment_does_not_move_on(
        self, ana: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enrolled = make.enrollment(ana, sequence(step("follow_up", task="call")))

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("warmbench.nurture.moves.Moves.write", dies)
            with pytest.raises(KeyboardInterrupt):
                planner.plan(now=NOW)
        assert not FollowUp.objects.exists()

        run()
        assert FollowUp.objects.count() == 1
        assert where(enrolled)[0] == "finished"

    def test_many_are_done_a_few_at_a_time(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.nurture.errands.AT_ONCE", 2)
        version = sequence(step("follow_up", task="call"))
        for _ in range(5):
            make.enrollment(make.candidate(owner=alice), version)
        assert run() == [{"follow_up": 2}, {"follow_up": 2}, {"follow_up": 1}]
        assert FollowUp.objects.count() == 5

    @pytest.mark.django_db(transaction=True)
    def test_whom_somebody_else_holds_is_left_for_later(self) -> None:
        make.organisation()
        alice = make.user()
        ana = make.candidate(owner=alice)
        enrolled = make.enrollment(ana, sequence(step("follow_up", task="call")))

        def elsewhere() -> Counter[str]:
            try:
                return planner.plan(now=NOW)
            finally:
                connection.close()

        with transaction.atomic(), ThreadPoolExecutor(1) as pool:
            Candidate.objects.select_for_update(no_key=True).get(pk=ana.pk)
            assert not pool.submit(elsewhere).result(timeout=20)

        assert where(enrolled)[0] == "active"
        assert run() == [{"follow_up": 1}]

    def test_in_each_cycle_it_is_asked_anew(self, ana: Candidate) -> None:
        make.enrollment(ana, sequence(step("follow_up", task="call", wait_days=90), repeat_from=0))
        for quarter in range(3):
            assert run(NOW + quarter * 90 * DAY) == [{"follow_up": 1}]
        assert len(FollowUp.objects.get().evidence) == 3, "one open entry, with all its reasons"


class TestLeaving:
    def test_an_exit_step_ends_the_sequence_and_says_so(self, ana: Candidate) -> None:
        enrolled = make.enrollment(ana, sequence(step("exit"), MESSAGE, repeat_from=0))
        run()
        enrolled.refresh_from_db()
        assert (enrolled.state, enrolled.exit_reason) == ("exited", "exit_step")
        assert enrolled.ended_at == NOW

    def test_whom_the_rule_for_leaving_holds_for_leaves_before_anything_else(
        self, ana: Candidate, alice: User
    ) -> None:
        version = sequence(MESSAGE, exit_rule="status = searching")
        stays = make.enrollment(ana, version)
        leaves = make.enrollment(
            make.candidate(owner=alice, status=Candidate.Status.SEARCHING), version
        )

        assert planner.plan(now=NOW) == {"queued": 1, "exit_rule": 1}

        assert where(stays)[0] == "finished"
        leaves.refresh_from_db()
        assert (leaves.state, leaves.exit_reason) == ("exited", "exit_rule")

    def test_who_leaves_a_pool_at_the_next_step_leaves_after_any_kind_of_it(
        self, ana: Candidate
    ) -> None:
        enrolled = make.enrollment(ana, sequence(step("wait"), MESSAGE))
        Enrollment.objects.update(last_step=True)
        assert run() == [{"wait": 1}]
        enrolled.refresh_from_db()
        assert (enrolled.state, enrolled.exit_reason) == ("exited", "left_pool")


class TestCadence:
    def test_the_first_segment_that_somebody_is_in_sets_her_pace(self, alice: User) -> None:
        director = make.tag("Director", Tag.Kind.SENIORITY)
        version = sequence(
            MESSAGE,
            step("message", wait_days=30),
            cadence=[
                {"rule": "seniority = Director", "pace": 300},
                {"rule": "country = DE", "pace": 200},
            ],
        )
        waits = {}
        for name, person in {
            "director": make.candidate(director, owner=alice),
            "german": make.candidate(owner=alice),
            "french": make.candidate(owner=alice, country="FR", time_zone="Europe/Paris"),
        }.items():
            waits[name] = make.enrollment(person, version)

        assert planner.plan(now=NOW) == {"queued": 3}

        assert {name: where(one)[2].days for name, one in waits.items()} == {
            "director": 90,
            "german": 60,
            "french": 30,
        }

    def test_the_pace_of_a_sequence_stretches_every_wait_of_everybody(self, ana: Candidate) -> None:
        enrolled = make.enrollment(
            ana,
            sequence(
                MESSAGE,
                step("message", wait_days=30),
                pace=150,
                cadence=[{"rule": "country = DE", "pace": 300}],
            ),
        )
        planner.plan(now=NOW)
        assert where(enrolled)[2] == 135 * DAY

    def test_nothing_is_done_while_nobody_knows_how_long_to_wait_afterwards(
        self, ana: Candidate
    ) -> None:
        make.enrollment(
            ana, sequence(MESSAGE, cadence=[{"rule": "seniority = Director", "pace": 300}])
        )
        assert planner.plan(now=NOW) == {"unclear_rule": 1}
        assert not Message.objects.exists()


class TestWhatAnEarlierVersionDid:
    def test_it_is_passed_over(self, ana: Candidate) -> None:
        enrolled = make.enrollment(
            ana, sequence(MESSAGE, step("message", wait_days=9), step("message", wait_days=30))
        )
        Enrollment.objects.update(skips=["step-1"])

        assert run() == [{"queued": 1}]

        assert where(enrolled) == ("active", 2, 30 * DAY)

    def test_it_is_not_done_where_somebody_stands_before_it(self, ana: Candidate) -> None:
        enrolled = make.enrollment(ana, sequence(MESSAGE, step("message", wait_days=30)))
        Enrollment.objects.update(skips=["step-0"])

        assert run() == [{"done_before": 1}]

        assert where(enrolled) == ("active", 1, 30 * DAY)
        assert not Message.objects.exists()

    def test_a_branch_is_asked_again_and_a_wait_waited_for(self, ana: Candidate) -> None:
        make.enrollment(
            ana, sequence(step("wait"), step("branch", condition="country = DE"), MESSAGE)
        )
        Enrollment.objects.update(skips=["step-0", "step-1"])
        assert run() == [{"wait": 1}, {"branch": 1}, {"queued": 1}]

    def test_in_the_next_cycle_it_is_done_again(self, ana: Candidate) -> None:
        enrolled = make.enrollment(
            ana, sequence(MESSAGE, step("message", wait_days=30), repeat_from=0)
        )
        Enrollment.objects.update(skips=["step-1"])

        assert run() == [{"queued": 1}]

        enrolled.refresh_from_db()
        assert (enrolled.position, enrolled.cycle, enrolled.skips) == (0, 1, [])
