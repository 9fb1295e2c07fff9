"""Keeps one bad row from stopping its neighbours: the only place that catches everything."""

import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


def attempt(action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Exception:
    """What ``action`` returns, or the exception it raised."""
    try:
        return action(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - the caller decides what is a bug
        return error
