"""Reads once, while a forecast runs, what nothing can change before its end."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_known: ContextVar[dict[Hashable, object] | None] = ContextVar("known", default=None)


def still(read: Callable[P, R]) -> Callable[P, R]:
    """Let a function that reads tables answer from memory inside ``standstill``, for the same
    arguments, and ask anew everywhere else.

    For what no engine writes: who writes for whom, which stops are engaged, what may be read.
    What it answers with must not be changed by whoever asks.
    """

    @wraps(read)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _known.get()
        if known is None:
            return read(*args, **kwargs)
        key = (read, *map(_frozen, args), *sorted((k, _frozen(v)) for k, v in kwargs.items()))
        if key not in known:
            known[key] = read(*args, **kwargs)
        return known[key]  # type: ignore[return-value]

    return remembered


def is_on() -> bool:
    """Whether this is a forecast."""
    return _known.get() is not None


def _frozen(value: object) -> object:
    match value:
        case set():
            return frozenset(value)
        case list():
            return tuple(value)
        case _:
            return value


@contextmanager
def standstill() -> Iterator[None]:
    """Read everything that is ``still`` once in this block."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)
