"""Check-ins that their recruiter may change before they go: once each, with or without words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests import make
from tests.db.test_check_ins import note, talked, wording
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Message
from warmbench.nurture import enrollment, personalisation, planner
from warmbench.nurture.models import Enrollment, Personalisation, Step
from warmbench.nurture.personalisation import CheckInsAsked, GapError, TooLateError
from warmbench.people import consent
from warmbench.people.models import Candidate, Suppression
from warmbench.signals.models import FollowUp
from warmbench.sourcing import waves

HOUR = timedelta(hours=1)
#: A day after it was asked: within her window again.
DEADLINE = NOW + 24 * HOUR
State = Personalisation.State


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


@pytest.fixture
def ana(alice: User) -> Candidate:
    return begins(alice)


def begins(alice: User, *, default: str = Step.Default.SEND) -> Candidate:
    """Somebody whose check-in is due, which her recruiter may change for a day."""
    ana = make.candidate(owner=alice)
    talked(ana, "the platform lead role")
    version = make.sequence(Step.Kind.CHECK_IN, Step.Kind.MESSAGE)
    version.steps.filter(position=0).update(
        template=wording(), edit_hours=24, if_not_edited=default
    )
    make.enrollment(ana, version)
    return ana


def plan(now: datetime = NOW) -> dict[str, int]:
    """What the planner does, with what follows from it."""
    with events.held_back() as facts:
        outcomes = planner.plan(now=now)
    for fact in facts:
        if isinstance(fact, CheckInsAsked):
            personalisation.put_before_recruiters(fact.candidate_ids, now=now)
    return dict(outcomes)


def asked() -> Personalisation:
    return Personalisation.objects.get()


def in_today() -> FollowUp:
    return FollowUp.objects.get(reason="personalise")


def letters() -> list[dict[str, str]]:
    return list(Message.objects.filter(state="queued").values_list("context", flat=True))


class TestAsking:
    def test_puts_the_letter_before_its_recruiter_until_its_deadline(
        self, ana: Candidate, alice: User
    ) -> None:
        assert plan() == {"personalise": 1}

        row, entry = asked(), in_today()
        assert (row.state, row.due_at) == ("waiting", DEADLINE)
        assert "the platform lead role" in row.fields["opening"]
        assert (entry.owner, entry.due_at, entry.state) == (alice, DEADLINE, "open")
        waits = Enrollment.objects.get()
        assert (waits.waiting_for, waits.next_step_at) == ("personalise", DEADLINE)
        assert not letters()

    def test_asks_once_however_often_the_step_is_looked_at(self, ana: Candidate) -> None:
        plan()
        Enrollment.objects.update(next_step_at=NOW + HOUR)
        assert plan(NOW + HOUR) == {"personalise": 1}
        assert Personalisation.objects.count() == 1
        assert len(in_today().evidence) == 1

    def test_asks_nobody_about_a_step_that_goes_by_itself(self, ana: Candidate) -> None:
        Step.objects.update(edit_hours=None)
        assert plan() == {"queued": 1}
        assert not Personalisation.objects.exists()

    def test_asks_nobody_while_she_may_not_be_written_to(self, ana: Candidate) -> None:
        Candidate.objects.update(paused_at=NOW, paused_until=NOW + 48 * HOUR)
        plan()
        assert not Personalisation.objects.exists()


class TestDeciding:
    def test_lets_the_letter_go_at_once_with_the_recruiters_words(
        self, ana: Candidate, alice: User
    ) -> None:
        note("Hiring has picked up.")
        plan()
        words = {"opening": "Do you remember  Lyon?", "market_note": "", "own_note": "Say hello."}
        personalisation.approve(asked().pk, words, by_id=alice.pk, now=NOW + HOUR)

        assert in_today().state == "done"
        assert plan(NOW + HOUR) == {"queued": 1}
        (context,) = letters()
        assert context["opening"] == "Do you remember Lyon?"
        assert context["own_note"] == "Say hello."
        assert "market_note" not in context
        entry = AuditEntry.objects.get(action="check_in.approved")
        assert "Lyon" not in str(entry.detail)

    def test_lets_it_go_as_it_was_shown(self, ana: Candidate, alice: User) -> None:
        plan()
        shown = asked().fields["opening"]
        talked(ana, "something else")
        personalisation.approve(asked().pk, {}, by_id=alice.pk, now=NOW + HOUR)
        plan(NOW + HOUR)
        assert letters()[0]["opening"] == shown

    def test_or_lets_it_not_go_and_the_sequence_go_on(self, ana: Candidate, alice: User) -> None:
        plan()
        personalisation.skip(asked().pk, by_id=alice.pk, now=NOW + HOUR)
        assert plan(NOW + HOUR) == {"skipped": 1}
        assert not letters()
        assert Enrollment.objects.get().position == 1
        assert Message.objects.get().reason == "skipped"

    def test_leaves_out_nothing_that_the_wording_cannot_do_without(
        self, ana: Candidate, alice: User
    ) -> None:
        words = make.template("Hello", "Hello. {{ opening }}")
        Step.objects.filter(kind="check_in").update(template=words)
        plan()
        with pytest.raises(GapError, match="cannot do without"):
            personalisation.approve(asked().pk, {"opening": " "}, by_id=alice.pk, now=NOW)
        assert asked().state == State.WAITING

    def test_waits_where_other_words_cannot_do_without_what_was_left_out(
        self, ana: Candidate, alice: User
    ) -> None:
        plan()
        personalisation.approve(asked().pk, {"opening": ""}, by_id=alice.pk, now=NOW)
        words = make.template("Hello", "Hello. {{ opening }}")
        Step.objects.filter(kind="check_in").update(template=words)
        assert plan() == {"missing_field": 1}
        assert Enrollment.objects.get().waiting_for == "missing: opening"
        assert not letters()

    def test_is_done_once(self, ana: Candidate, alice: User) -> None:
        plan()
        personalisation.approve(asked().pk, {}, by_id=alice.pk, now=NOW)
        with pytest.raises(TooLateError, match="already"):
            personalisation.approve(asked().pk, {"opening": "x"}, by_id=alice.pk, now=NOW)
        with pytest.raises(TooLateError, match="already"):
            personalisation.skip(asked().pk, by_id=alice.pk, now=NOW)
        assert asked().words == {}

    def test_asks_the_last_gate_again(self, ana: Candidate, alice: User) -> None:
        plan()
        night = NOW + 12 * HOUR
        personalisation.approve(asked().pk, {}, by_id=alice.pk, now=night)
        assert plan(night) == {"window": 1}
        assert not letters()
        assert plan(NOW + 24 * HOUR) == {"queued": 1}

    def test_is_possible_after_the_deadline_until_it_was_acted_on(
        self, ana: Candidate, alice: User
    ) -> None:
        plan()
        late = DEADLINE + HOUR
        personalisation.approve(asked().pk, {"own_note": "Hello."}, by_id=alice.pk, now=late)
        plan(late)
        assert letters()[0]["own_note"] == "Hello."

    def test_does_not_wake_what_waits_for_something_else(self, ana: Candidate, alice: User) -> None:
        plan()
        Enrollment.objects.update(waiting_for="budget", next_step_at=DEADLINE)
        personalisation.approve(asked().pk, {}, by_id=alice.pk, now=NOW)
        assert Enrollment.objects.get().next_step_at == DEADLINE


class TestWhenNobodyLooks:
    def test_it_goes_as_it_is(self, ana: Candidate, alice: User) -> None:
        plan()
        assert plan(DEADLINE) == {"queued": 1}
        assert "the platform lead role" in letters()[0]["opening"]
        assert (asked().state, in_today().state) == ("lapsed", "done")
        with pytest.raises(TooLateError, match="deadline"):
            personalisation.approve(asked().pk, {}, by_id=alice.pk, now=DEADLINE)

    def test_or_it_does_not_go_where_the_step_says_so(self, alice: User) -> None:
        begins(alice, default=Step.Default.SKIP)
        plan()
        assert plan(DEADLINE) == {"not_looked_at": 1}
        assert not letters()
        assert Enrollment.objects.get().position == 1


class TestWhoIsNotToBeWrittenToAnyMore:
    def test_is_asked_about_no_more(self, ana: Candidate, alice: User) -> None:
        plan()
        enrollment.exit_all([ana.pk], reason="left_pool", now=NOW)
        with events.held_back() as facts:
            assert personalisation.lapse_void(now=NOW) == 1
            assert personalisation.lapse_void(now=NOW) == 0
        assert facts == [CheckInsAsked(candidate_ids=[ana.pk])]
        personalisation.put_before_recruiters([ana.pk], now=NOW)
        assert (asked().state, in_today().state) == ("lapsed", "done")

    @pytest.mark.parametrize("because", ["unsubscribed", "placed", "left"])
    def test_gets_nothing_whatever_is_pressed(
        self, ana: Candidate, alice: User, because: str
    ) -> None:
        plan()
        match because:
            case "unsubscribed":
                consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
            case "placed":
                Candidate.objects.update(status=Candidate.Status.PLACED)
            case _:
                Enrollment.objects.update(state="exited", ended_at=NOW)
        with pytest.raises(TooLateError, match=r"[Nn]othing goes"):
            personalisation.approve(asked().pk, {}, by_id=alice.pk, now=NOW)
        assert (asked().state, in_today().state) == ("lapsed", "done")
        plan(NOW)
        plan(DEADLINE)
        assert not letters()

    def test_somebody_who_is_held_is_still_asked_about(self, ana: Candidate, alice: User) -> None:
        plan()
        Enrollment.objects.update(state="held", waiting_for="held")
        assert personalisation.lapse_void(now=NOW) == 0
        personalisation.approve(asked().pk, {}, by_id=alice.pk, now=NOW)
        assert asked().state == "approved"


class TestTheLetterOnThePage:
    def test_is_the_one_that_would_go(self, ana: Candidate) -> None:
        skills = [make.tag(name) for name in ("Go", "Kubernetes", "AWS")]
        for one in skills[:2]:
            ana.candidate_tags.create(tag=one, source="test", added_at=NOW)
        plan()
        make.campaign(make.role(*skills, title="Head of platform"))
        while waves.advance(now=NOW):
            pass
        letter = personalisation.letter(asked(), {"own_note": "Hello <b>."}, now=NOW)
        assert letter
        shown = personalisation.rendered(letter)
        assert shown
        assert "the platform lead role" in shown.text
        assert "Head of platform" in shown.text
        assert "Hello &lt;b&gt;." in shown.html
        assert letter.sender.owner == ana.owner


@pytest.mark.parametrize("attempt", range(5))
def test_a_letter_goes_once_when_it_is_sent_in_the_moment_of_its_deadline(
    transactional_db: None, attempt: int
) -> None:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    begins(alice)
    planner.plan(now=NOW)
    row, together = Personalisation.objects.get(), Barrier(3)

    def press() -> str:
        together.wait()
        try:
            personalisation.approve(row.pk, {"own_note": "Mine."}, by_id=alice.pk, now=DEADLINE)
        except TooLateError:
            return "too late"
        finally:
            connection.close()
        return "sent"

    def run() -> None:
        together.wait()
        planner.plan(now=DEADLINE)
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        pressed = pool.submit(press)
        for planned in [pool.submit(run) for _ in range(2)]:
            planned.result()
        said = pressed.result()
    planner.plan(now=DEADLINE)

    message = Message.objects.get()
    assert ("own_note" in message.context) == (said == "sent")
    row.refresh_from_db()
    assert row.state == (State.APPROVED if said == "sent" else State.LAPSED)
