"""Does for many callers at once what each of them would have had to wait for alone.

Whoever comes first does the work of all who wait; whoever comes meanwhile waits for the next
turn. Nobody waits for company: a caller by itself is served at once. There is no thread of its
own that would have to be started, watched and stopped.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class _Place(Generic[Asked, Answer]):
    """One caller's place in the queue."""

    __slots__ = ("answer", "asked", "error", "gate", "leads")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.leads = False
        #: Held until there is an answer, or it is this caller's turn to work for the others.
        self.gate = Lock()
        self.gate.acquire()


class Gathering(Generic[Asked, Answer]):
    """A piece of work that costs little more for many than for one, shared by threads."""

    def __init__(self, work: Callable[[list[Asked]], Sequence[Answer]], *, most: int) -> None:
        """``work`` answers up to ``most`` callers, in their order."""
        self._work = work
        self._most = most
        self._lock = Lock()
        self._waiting: list[_Place[Asked, Answer]] = []
        self._is_led = False

    def ask(self, asked: Asked) -> Answer:
        """The answer, once the work that it was part of is done. Raises what that raises."""
        place: _Place[Asked, Answer] = _Place(asked)
        with self._lock:
            self._waiting.append(place)
            place.leads = not self._is_led
            self._is_led = True
        if not place.leads:
            place.gate.acquire()
        if place.leads:
            self._serve()
        if place.error:
            raise place.error
        return place.answer  # type: ignore[return-value]

    def _serve(self) -> None:
        with self._lock:
            served, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            answers = self._work([place.asked for place in served])
            for place, answer in zip(served, answers, strict=True):
                place.answer = answer
        except BaseException as error:  # noqa: BLE001 - each of them is to raise it
            for place in served:
                place.error = error
        # One turn each: whoever is served may go, and the longest waiting serves the rest.
        with self._lock:
            heir = self._waiting[0] if self._waiting else None
            self._is_led = heir is not None
        if heir:
            heir.leads = True
            heir.gate.release()
        for place in served:
            place.gate.release()
