"""Answers to questions about everybody: given at once where they are quick, else remembered, and
counted anew beside the page that shows them."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from psycopg.errors import QueryCanceled

from warmbench.core import sql

#: A page waits no longer than this for an answer.
QUICK = timedelta(milliseconds=100)
#: An answer that takes longer is shown for so long, with its time, before it is asked for again.
FRESH = timedelta(minutes=5)
_KEPT = timedelta(days=2)

Question = Callable[..., Any]
_questions: dict[str, Question] = {}


@dataclass(frozen=True, slots=True)
class Tally:
    """What the answer was, when, and how long it took to find."""

    answer: Any
    at: datetime
    took: timedelta

    @property
    def is_old(self) -> bool:
        """Whether it was remembered, so that a page had better say of when it is."""
        return self.took > QUICK


def question(name: str) -> Callable[[Question], Question]:
    """Register what answers a question: a function of its words and ``now``, whose answer can be
    pickled. Jobs must import its module too."""

    def register(ask: Question) -> Question:
        _questions[name] = ask
        return ask

    return register


def of(name: str, *words: str | int | None, now: datetime) -> Tally | None:
    """The answer to a question: of this moment if it can be had quickly, else the last one, while
    a job looks for a newer one. None while there is none: ask again in a moment."""
    known: Tally | None = cache.get(_key(name, words))
    if known is None or not known.is_old:
        try:
            return _count(name, words, now=now, within=QUICK)
        except TimeoutError:
            pass
    if known is None or not timedelta(0) <= now - known.at < FRESH:
        _count_beside(name, words)
    return known


def at_once(name: str, *words: str | int | None, now: datetime) -> Tally:
    """The answer as ``of`` gives it, but found while one waits where nobody asked before: for
    questions that take a second, not a minute."""
    return of(name, *words, now=now) or count(name, *words, now=now)


def count(name: str, *words: str | int | None, now: datetime) -> Tally:
    """Find the answer to a question, however long that takes, and remember it."""
    return _count(name, words, now=now, within=None)


def _count(
    name: str,
    words: tuple[str | int | None, ...],
    *,
    now: datetime,
    within: timedelta | None,
) -> Tally:
    began = time.perf_counter()
    try:
        with transaction.atomic():
            if within is not None:
                limit = int(within / timedelta(milliseconds=1))
                sql.run("SELECT set_config('statement_timeout', %(ms)s, true)", {"ms": str(limit)})
            answer = _questions[name](*words, now=now)
            if within is not None:
                # Whoever has a transaction around this goes on without a limit.
                sql.run("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TimeoutError from error
        raise
    found = Tally(answer, now, timedelta(seconds=time.perf_counter() - began))
    cache.set(_key(name, words), found, _KEPT.total_seconds())
    return found


def _count_beside(name: str, words: tuple[str | int | None, ...]) -> None:
    job = app.configure_task("core.count", queueing_lock=_key(name, words))
    try:
        with transaction.atomic():
            job.defer(name=name, words=list(words))
    except AlreadyEnqueued:
        pass  # Somebody asked a moment ago.


def _key(name: str, words: tuple[str | int | None, ...]) -> str:
    # Whatever the words are: keys of the cache are short, and without blanks.
    return f"tally:{name}:{hashlib.sha256(json.dumps(words).encode()).hexdigest()}"
