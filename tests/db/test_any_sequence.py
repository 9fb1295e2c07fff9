"""Sequences as nobody would write them, edited while people are under way: no step is done twice,
and nobody is lost."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests import make
from tests.db.test_arbitration import hand_over
from tests.make import NOW
from warmbench.accounts.models import Notification
from warmbench.core import events
from warmbench.messaging.models import Message
from warmbench.nurture import planner, versions
from warmbench.nurture.models import Enrollment, SequenceVersion
from warmbench.nurture.outline import Cadence, Outline, StepOutline
from warmbench.nurture.versions import OutlineError
from warmbench.people import tag_words
from warmbench.people.models import Candidate, Tag, TagAlias
from warmbench.signals.models import FollowUp

DAY = timedelta(days=1)
KEYS = tuple("abcdefgh")
CONDITIONS = ("country = DE", "country = FR", "skill = Rust", "not skill = Rust")
#: What each kind needs, and nothing else.
KINDS: dict[str, dict[str, Any]] = {
    "message": {"subject": "Hello", "body": "Hello {{ first_name }}."},
    "check_in": {"subject": "Hello", "body": "Hello {{ first_name }}."},
    "preference": {"subject": "Hello", "body": "Hello {{ first_name }}."},
    "content": {"content_kind": "trends"},
    "wait": {},
    "branch": {"condition": "country = DE"},
    "follow_up": {"task": "call"},
    "notification": {"words": "Look."},
    "exit": {},
}


@st.composite
def steps(draw: st.DrawFn) -> StepOutline:
    kind = draw(st.sampled_from([*KINDS, "message", "branch", "follow_up"]))
    made = StepOutline(
        key="", kind=kind, wait_days=draw(st.sampled_from([0, 0, 1, 8, 30])), **KINDS[kind]
    )
    if kind == "branch":
        return replace(made, condition=draw(st.sampled_from(CONDITIONS)))
    if kind == "check_in":
        return replace(
            made,
            edit_hours=draw(st.sampled_from([None, 24])),
            if_not_edited=draw(st.sampled_from(["send", "skip"])),
        )
    return made


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """A sequence of steps with keys of few, so that one that is edited has many of them again."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique=True))
    made = []
    for at, key in enumerate(keys):
        step = replace(draw(steps()), key=key)
        if step.kind == "branch" and at + 1 < len(keys):
            step = replace(step, otherwise=draw(st.sampled_from(["", *keys[at + 1 :]])))
        if step.kind in {"follow_up", "notification"}:
            step = replace(step, words=f"Step {key}")
        made.append(step)
    repeat_from = draw(st.sampled_from(["", *keys]))
    if repeat_from:
        made.append(StepOutline(key="rest", kind="wait", wait_days=draw(st.integers(7, 30))))
    return Outline(
        key="any",
        name="Any",
        repeat_from=repeat_from,
        cadence=draw(st.sampled_from([(), (Cadence("country = FR", 300),)])),
        exit_rule=draw(st.sampled_from(["", "", "status = searching"])),
        steps=tuple(made),
    )


EVENTS = st.sampled_from(["nothing", "edit", "edit", "forget", "know", "search"])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    ways=st.lists(outlines(), min_size=3, max_size=3),
    happening=st.lists(EVENTS, min_size=12, max_size=12),
    batch=st.sampled_from([1, 1000]),
)
@pytest.mark.django_db
def test_no_step_is_done_twice_and_nobody_is_lost(
    ways: list[Outline], happening: list[str], batch: int
) -> None:
    # Hypothesis runs its examples in one test: none may leave anything to the next.
    with transaction.atomic(), events.held_back():
        live_through(ways, happening, batch)
        transaction.set_rollback(True)


def live_through(ways: list[Outline], happening: list[str], batch: int) -> None:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    rust = make.tag("Rust")
    people = [
        make.candidate(rust, owner=alice),
        make.candidate(owner=alice),
        make.candidate(owner=alice, country="FR", time_zone="Europe/Paris"),
    ]
    first, *edits = ways
    version = published(first, NOW - DAY) or reject()
    for person in people:
        make.enrollment(person, version)
    now = NOW
    for what in happening:
        act(now, batch)
        if what == "edit" and edits:
            if published(edits.pop(), now):
                versions.migrate(version.sequence_id, by_id=None, now=now)
        elif what in {"forget", "know"}:
            rename(rust, "Rust" if what == "know" else "Ferrous oxide")
        elif what == "search":
            Candidate.objects.filter(pk=people[0].pk).update(status="searching")
        act(now, batch)
        assert_nobody_is_lost(now)
        assert_nothing_twice()
        ahead = Enrollment.objects.filter(state="active").order_by("next_step_at").first()
        if ahead is None:
            break
        now = ahead.next_step_at


def published(way: Outline, now: datetime) -> SequenceVersion | None:
    try:
        return versions.apply(way, by_id=None, now=now).version
    except OutlineError:
        return None


def rename(tag: Tag, name: str) -> None:
    Tag.objects.filter(pk=tag.pk).update(name=name)
    TagAlias.objects.filter(tag=tag).update(text=name, key=tag_words.key(name))


def act(now: datetime, batch: int) -> None:
    for _ in range(200):
        if not planner.plan(now=now, batch=batch):
            break
    else:
        raise AssertionError("It never ends.")
    hand_over(now)


def assert_nobody_is_lost(now: datetime) -> None:
    for one in Enrollment.objects.prefetch_related("version__steps"):
        if one.state != "active":
            assert one.state == "finished" or one.exit_reason
            assert one.ended_at
            continue
        assert one.next_step_at > now
        assert one.position < one.version.steps.count()
        if one.waiting_for:
            assert one.waiting_since
            assert one.waiting_since <= now


def assert_nothing_twice() -> None:
    """A message is unique by its key; what a recruiter was asked is counted."""
    cycles = {one.candidate_id: one.cycle for one in Enrollment.objects.all()}
    for candidate_id, cycle in cycles.items():
        sent = Message.objects.filter(candidate=candidate_id).values_list("touch", "occurrence")
        assert all(occurrence <= cycle for _, occurrence in sent)
        asked = Counter(
            item["text"]
            for entry in FollowUp.objects.filter(candidate=candidate_id)
            for item in entry.evidence
        )
        assert not asked or max(asked.values()) <= cycle + 1
        told = Notification.objects.filter(candidate_id=candidate_id)
        assert len(told) <= len(KEYS) * (cycle + 1)
