"""Sequences that are edited while planners run."""

import random
import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from tests import make
from tests.db.test_alert_races import together
from tests.locks import until_waiting
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging.models import Message
from warmbench.nurture import drafts, enrollment, planner, versions
from warmbench.nurture.models import Enrollment, SequenceDraft, SequenceVersion, Step
from warmbench.nurture.outline import Outline, StepOutline
from warmbench.people.models import Candidate, Tag

DAY = timedelta(days=1)
LETTERS = "abcde"


def letters(keys: str) -> Outline:
    steps = [
        StepOutline(key, wait_days=8 if at else 0, subject=f"Letter {key}", body="Hello there.")
        for at, key in enumerate(keys)
    ]
    return Outline("letters", "Letters", steps=tuple(steps))


@pytest.fixture
def people(transactional_db: None) -> list[Candidate]:
    make.organisation()
    alice = make.user()
    make.sender(alice, cap=100_000)
    kinds = Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY, Tag.Kind.GEOGRAPHY
    tags = [make.tag(kind.label, kind) for kind in kinds]
    return [make.candidate(*tags, owner=alice) for _ in range(30)]


def everybody_stands_on_a_step() -> None:
    steps = Counter(Step.objects.values_list("version_id", flat=True))
    for one in Enrollment.objects.filter(state="active"):
        assert one.position < steps[one.version_id]


@pytest.mark.parametrize("seed", range(2))
def test_edits_while_planners_run_repeat_nothing_and_lose_nobody(
    people: list[Candidate], seed: int
) -> None:
    chance = random.Random(seed)
    sequence = versions.apply(letters(LETTERS), by_id=None, now=NOW).version.sequence
    for day in range(0, 60, 4):
        now = NOW + day * DAY
        edits = ["".join(chance.sample(LETTERS, len(LETTERS))) for _ in range(3)]
        begin = people[day // 2 : day // 2 + 2]

        def plan(now: datetime = now) -> None:
            while planner.plan(now=now, batch=4):
                pass

        def edit(now: datetime = now, edits: list[str] = edits) -> None:
            for keys in edits:
                versions.apply(letters(keys), by_id=None, now=now)
                versions.migrate(sequence.pk, by_id=None, now=now)

        def enroll(now: datetime = now, begin: list[Candidate] = begin) -> None:
            for one in begin:
                enrollment.enroll([one.pk], sequence, now=now)

        together(plan, edit, plan, enroll)
        everybody_stands_on_a_step()

    begun = Enrollment.objects.count()
    touches = Counter(Message.objects.values_list("candidate_id", "touch", "occurrence"))
    assert begun > 20
    assert set(touches.values()) == {1}
    assert Enrollment.objects.filter(state__in=["active", "finished"]).count() == begun


def test_two_who_publish_at_once_make_two_versions_one_after_the_other(
    people: list[Candidate],
) -> None:
    versions.apply(letters("a"), by_id=None, now=NOW)

    def apply(keys: str) -> None:
        versions.apply(letters(keys), by_id=None, now=NOW)

    together(*(lambda keys=keys: apply(keys) for keys in ("ab", "ac", "ad", "ae")))
    numbers = SequenceVersion.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]


def test_two_who_make_the_same_sequence_at_once_make_one(people: list[Candidate]) -> None:
    def apply() -> None:
        versions.apply(letters("ab"), by_id=None, now=NOW)

    together(apply, apply, apply)
    assert SequenceVersion.objects.get().number == 1


def test_what_is_saved_while_a_draft_is_published_is_not_lost(people: list[Candidate]) -> None:
    alice_id = User.objects.get().pk
    sequence = drafts.create("Letters", by_id=alice_id, now=NOW, like=letters("ab"))
    is_saved = threading.Event()

    def save() -> None:
        with transaction.atomic():
            drafts.save(sequence.pk, letters("abc"), revision=1, by_id=alice_id, now=NOW)
            is_saved.set()
            until_waiting(1)

    def publish() -> None:
        is_saved.wait()
        versions.publish(sequence.pk, by_id=alice_id, now=NOW)

    together(save, publish)
    assert not SequenceDraft.objects.exists()
    published = versions.outline_of(SequenceVersion.objects.get())
    assert [step.key for step in published.steps] == ["a", "b", "c"]
