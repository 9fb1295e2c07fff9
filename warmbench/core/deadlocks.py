"""Lets a transaction that waits for another, which waits for it, give way and begin again."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

P = ParamSpec("P")
T = TypeVar("T")

#: Others who lock the same rows are done by then, or nobody ever is.
_TRIES = 5


def gives_way(action: Callable[P, T]) -> Callable[P, T]:
    """A function that is called again where the database ended its transaction for others.

    For what nobody asks for a second time: a wish to stop, what a provider tells once. Goes
    around ``transaction.atomic``, for nothing of the first try may be left.
    """

    @wraps(action)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(_TRIES - 1):
            try:
                return action(*args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return action(*args, **kwargs)

    return tried
