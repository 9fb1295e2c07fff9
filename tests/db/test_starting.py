"""What is told before a sequence is let run comes true: who begins, and what is due when."""

from collections import Counter
from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.nurture import drafts, planner, pools, readiness, reviews, starting
from warmbench.nurture.enrollment import UNDO
from warmbench.nurture.models import Enrollment, PoolMember, Sequence
from warmbench.nurture.outline import Cadence, Outline, StepOutline
from warmbench.people.models import Candidate, Tag

pytestmark = pytest.mark.django_db


def told(key: str, wait_days: int) -> StepOutline:
    return StepOutline(key, kind="notification", wait_days=wait_days, words=key)


def drafted(*steps: StepOutline, cadence: tuple[Cadence, ...] = ()) -> tuple[Sequence, Outline]:
    outline = Outline("arc", "Arc", cadence=cadence, steps=steps)
    return drafts.create("Arc", by_id=None, now=NOW, like=outline), outline


def members(sequence: Sequence, *people: Candidate) -> None:
    pool = make.pool("status = passive", sequence)
    for one in people:
        PoolMember.objects.create(pool=pool, candidate=one, joined_at=NOW)


def test_each_group_goes_at_its_own_pace() -> None:
    director = make.tag("Director", Tag.Kind.SENIORITY)
    sequence, outline = drafted(
        told("one", 0), told("two", 2), cadence=(Cadence("seniority = Director", 200),)
    )
    members(sequence, make.candidate(), make.candidate(), make.candidate(director))
    found = starting.ahead(sequence, outline, now=NOW)
    days = {(first.day - NOW.date(), first.key): first.people for first in found.first}
    assert found.people == 3
    assert days == {
        (timedelta(0), "one"): 3,
        (timedelta(days=2), "two"): 2,
        (timedelta(days=4), "two"): 1,
    }


def test_after_a_branch_nobody_knows_who_goes_where() -> None:
    sequence, outline = drafted(
        told("one", 0),
        StepOutline("asks", kind="branch", wait_days=1, condition="status = passive"),
        told("two", 1),
    )
    members(sequence, make.candidate())
    found = starting.ahead(sequence, outline, now=NOW)
    assert [first.key for first in found.first] == ["one", "asks"]


def test_who_was_there_or_lacks_a_tag_does_not_begin() -> None:
    sequence, outline = drafted(StepOutline("hello", subject="Hello", body="Hello"), told("one", 1))
    before = make.candidate()
    version = sequence.versions.create(number=1, created_at=NOW)
    ended = make.enrollment(before, version)
    type(ended).objects.update(state="finished", ended_at=NOW)
    members(sequence, before, make.candidate())
    found = starting.ahead(sequence, outline, now=NOW)
    assert found.people == 0
    assert found.left_out == Counter({starting.WAS_HERE: 1, starting.MISSING_TAGS: 1})


def test_what_is_said_is_what_comes_due() -> None:
    make.organisation()
    sequence, outline = drafted(told("one", 0), told("two", 3))
    members(sequence, make.candidate(), make.candidate())
    promised = starting.ahead(sequence, outline, now=NOW)
    done = reviews.let_go(sequence.pk, move=False, by_id=make.user().pk, now=NOW)
    assert done.has_begun
    pools.recount(now=NOW)
    assert not planner.plan(now=NOW)
    planner.plan(now=NOW + UNDO)
    begun = Enrollment.objects.all()
    assert len(begun) == promised.people == 2
    assert {one.position for one in begun} == {1}
    due = {(one.next_step_at.date(), "two") for one in begun}
    assert due == {(first.day, first.key) for first in promised.first if first.key == "two"}


def test_whoever_lacks_a_field_is_found_for_the_step_that_needs_it() -> None:
    make.organisation()
    make.sender(is_default=True)
    sequence, outline = drafted(
        StepOutline("one", subject="Hi {{ first_name }}", body="In {{ city }}"),
        StepOutline("two", subject="Hi", body='In {{ city | default: "your city" }}'),
    )
    here, there = make.candidate(), make.candidate()
    Candidate.objects.filter(pk=here.pk).update(city="Lyon")
    members(sequence, here, there)
    found = readiness.of(sequence, outline, now=NOW)
    assert found is not None
    assert [(lack.step, lack.what, lack.people) for lack in found.lacks] == [("one", "city", 1)]
    assert readiness.who_lacks(sequence, outline, "one", "city", now=NOW) == [there.pk]


def test_where_nobody_writes_the_steps_are_said_to_wait() -> None:
    make.organisation()
    sequence, outline = drafted(StepOutline("one", subject="Hi", body="Hi"))
    members(sequence, make.candidate())
    found = readiness.of(sequence, outline, now=NOW)
    assert found is not None
    [lack] = found.lacks
    assert lack.what == readiness.NO_SENDER
