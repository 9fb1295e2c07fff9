"""Turns the refusal of a unique key into a sentence for the slower one of two people."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError


class TakenError(ValueError):
    """Another row has what this one was to have: somebody else was faster. ``field`` is it, and
    the message is for the person who tried."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@contextmanager
def told_who_was_faster(taken: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Raise TakenError where a unique key refuses a row, also as a decorator.

    ``taken`` has the field and the sentence by the name of the key. A form asks first whether
    a name is free; between that and the row there is time for somebody else. Goes around
    ``transaction.atomic``: after the refusal nothing more can be done in that transaction.
    """
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        told = taken.get(getattr(diagnosis, "constraint_name", None) or "")
        if told is None:
            raise
        raise TakenError(*told) from error
