"""Asks whoever comes later in the line who is about to get something that matters more than an
ordinary alert."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol


class First(NamedTuple):
    """What somebody is about to get."""

    at: datetime
    touch: str


class Question(Protocol):
    """Who of these people is about to get something else first."""

    def __call__(self, candidate_ids: Collection[int], *, now: datetime) -> Mapping[int, First]: ...


@dataclass
class _Registry:
    questions: list[Question] = field(default_factory=list)


_registry = _Registry()


def first_by(question: Question) -> Question:
    """Register who knows what else people are about to get."""
    _registry.questions.append(question)
    return question


def before_alerts(candidate_ids: Collection[int], *, now: datetime) -> dict[int, First]:
    """What is to go to these people before an ordinary alert does."""
    ids = set(candidate_ids)
    first: dict[int, First] = {}
    for question in _registry.questions if ids else ():
        first |= question(ids, now=now)
    return first
