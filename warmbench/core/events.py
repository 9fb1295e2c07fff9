"""Domain events: facts, and the reactions to them.

``publish`` queues one job per reaction inside the caller's transaction. A reaction
therefore runs if, and only if, the fact it reacts to was committed, and each reaction
fails and retries alone.

Queueing a job costs about 0.7 ms. A fact about many rows is therefore one event with a
list of ids, never one event per row.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)

#: With the waits below, retries go on for about eight hours: longer than a rolling upgrade.
MAX_RETRIES = 9


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact, named in the past tense. Its fields are ids and plain JSON values, or lists."""

    kinds: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        # Two facts of one name would cause each other's reactions.
        if cls.__qualname__ in Event.kinds:
            raise ValueError(f"There is another event called {cls.__qualname__}.")
        Event.kinds[cls.__qualname__] = cls


class UnknownReactionError(LookupError):
    """A queued reaction, or the event it reacts to, has no function by that name here."""


E = TypeVar("E", bound=Event)
Reaction = Callable[[E], None]

_reactions: defaultdict[str, dict[str, Reaction[Any]]] = defaultdict(dict)
_held: ContextVar[list[Event] | None] = ContextVar("held", default=None)


def on(kind: type[E]) -> Callable[[Reaction[E]], Reaction[E]]:
    """Register a function to run, as its own job, after each event of one kind."""

    def register(reaction: Reaction[E]) -> Reaction[E]:
        known = _reactions[kind.__qualname__]
        if reaction.__qualname__ in known:
            raise ValueError(f"{reaction.__qualname__} reacts to {kind.__qualname__} already.")
        known[reaction.__qualname__] = reaction
        return reaction

    return register


def publish(event: Event) -> None:
    """Queue every reaction to ``event``. Call it inside the transaction that made it true."""
    held = _held.get()
    if held is not None:
        held.append(event)
        return
    kind = type(event).__qualname__
    fields: Any = asdict(event)
    jobs = [{"kind": kind, "reaction": name, "fields": fields} for name in _reactions[kind]]
    if jobs:
        # At once: somebody who unsubscribes waits for as many statements as there are here.
        react.batch_defer(*jobs)


@contextmanager
def held_back() -> Iterator[list[Event]]:
    """Collect what is published inside the block instead of queueing reactions to it.

    For the forecast, which must cause nothing, and for simulations, which run the
    reactions themselves with ``react_now`` at their own time.
    """
    events: list[Event] = []
    token = _held.set(events)
    try:
        yield events
    finally:
        _held.reset(token)


def react_now(event: Event) -> None:
    """Run every reaction to ``event`` in place."""
    for reaction in list(_reactions[type(event).__qualname__].values()):
        reaction(event)


def reactions() -> dict[str, list[str]]:
    """The names of the registered reactions by the kind of event, for the documentation."""
    return {kind: list(known) for kind, known in _reactions.items() if known}


@app.task(
    name="core.react",
    retry=RetryStrategy(max_attempts=MAX_RETRIES, exponential_wait=3),
)
def react(*, kind: str, reaction: str, fields: dict[str, Any]) -> None:
    """Run one reaction to one event.

    A name that this worker does not know may be known to a newer one: the job is tried
    again, and at last stays in the queue as failed, where ``warmbench doctor`` shows it.
    """
    known = Event.kinds.get(kind)
    function = _reactions[kind].get(reaction) if kind in _reactions else None
    if known is None or function is None:
        logger.error("unknown reaction", extra={"event_kind": kind, "reaction": reaction})
        raise UnknownReactionError(f"No reaction {reaction} to {kind} in this version.")
    function(known(**fields))
