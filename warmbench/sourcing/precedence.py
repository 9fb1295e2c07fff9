"""Asks whoever comes later in the line who is about to get something that matters more than an
ordinary alert."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

#: Whatever waited for its turn so long gives way to nothing but urgent roles, and to what waited
#: longer: else whoever always has something better to say would silence the rest.
PATIENCE = timedelta(days=21)


class First(NamedTuple):
    """What somebody is about to get, and since when it is due."""

    at: datetime
    touch: str
    since: datetime

    def goes_before(self, since: datetime, *, now: datetime) -> bool:
        """Whether it goes before an ordinary alert that waits since then."""
        return since > self.since or now - self.since < PATIENCE


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
