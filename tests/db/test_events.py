"""Facts cause reactions: when they were committed, each by itself, and never lost."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from warmbench.core import events
from warmbench.core import jobs as core_jobs
from warmbench.core.events import Event, on, publish


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Event):
    kettle_ids: list[int]
    room: str = "kitchen"


seen: list[tuple[str, KettleBoiled]] = []


def pour_tea(event: KettleBoiled) -> None:
    seen.append(("tea", event))


def warm_the_cups(event: KettleBoiled) -> None:
    seen.append(("cups", event))


@pytest.fixture(autouse=True)
def _the_kitchen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reactions of these tests only: others read what the product registers."""
    seen.clear()
    monkeypatch.setattr(events, "_reactions", defaultdict(dict))
    on(KettleBoiled)(pour_tea)
    on(KettleBoiled)(warm_the_cups)


def test_no_reaction_to_a_fact_that_was_rolled_back(
    db: None, jobs: Callable[[], list[str]]
) -> None:
    with transaction.atomic():
        publish(KettleBoiled(kettle_ids=[1]))
        assert jobs() == ["core.react", "core.react"]
        transaction.set_rollback(True)
    assert jobs() == []


def test_each_reaction_gets_the_fact_as_it_was(
    transactional_db: None, work: Callable[[], None]
) -> None:
    boiled = KettleBoiled(kettle_ids=[1, 2], room="office")
    publish(boiled)
    work()
    assert sorted(seen) == [("cups", boiled), ("tea", boiled)]


def test_a_reaction_that_no_longer_exists_is_reported_and_not_lost(
    transactional_db: None,
    work: Callable[[], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    events.react.defer(kind="KettleBoiled", reaction="made_coffee", fields={"kettle_ids": [1]})
    events.react.defer(kind="Unheard", reaction="pour_tea", fields={})
    work()

    waiting = ProcrastinateJob.objects.filter(task_name="core.react")
    assert list(waiting.values_list("status", "attempts")) == [("todo", 1), ("todo", 1)]
    reported = [r for r in caplog.records if r.message == "unknown reaction"]
    assert {r.reaction for r in reported} == {"made_coffee", "pour_tea"}  # type: ignore[attr-defined]


def test_what_gave_up_is_counted_for_the_doctor(db: None) -> None:
    assert core_jobs.failed() == {}
    events.react.defer(kind="KettleBoiled", reaction="pour_tea", fields={})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert core_jobs.failed() == {"core.react": 1}


def test_simulations_hold_facts_back_and_react_in_place(
    db: None, jobs: Callable[[], list[str]]
) -> None:
    with events.held_back() as held:
        publish(KettleBoiled(kettle_ids=[3]))
    assert jobs() == []

    events.react_now(held[0])
    assert [name for name, _ in seen] == ["tea", "cups"]


def test_the_documentation_can_list_reactions() -> None:
    assert events.reactions()["KettleBoiled"] == ["pour_tea", "warm_the_cups"]


def test_a_name_means_one_fact_and_one_reaction() -> None:
    with pytest.raises(ValueError, match="another event called KettleBoiled"):
        type("KettleBoiled", (Event,), {"__qualname__": "KettleBoiled"})
    with pytest.raises(ValueError, match="pour_tea reacts to KettleBoiled already"):
        on(KettleBoiled)(pour_tea)
