"""Sends webhooks over real HTTP: at once in a thread of its own, or when a test asks for it."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

logger = logging.getLogger(__name__)

#: The receiver has so long to answer.
TIMEOUT = 10.0
#: Vendors wait minutes and hours between attempts; here the first pause is this, in seconds.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


@dataclass(kw_only=True)
class Hook:
    """Somebody who wants to be told."""

    url: str
    secret: str = ""
    #: Which of the vendor's events; all if empty.
    events: frozenset[str] = frozenset()
    #: Sent by the thread as soon as they happen; else they wait for ``Simulator.deliver``.
    at_once: bool = False
    #: So often is one delivery tried.
    attempts: int = 1
    is_on: bool = True
    #: What the vendor needs besides.
    number: int = 0
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Delivery:
    """One webhook on its way. ``data`` is the vendor's own; ``Vendor.sign`` makes bytes of it."""

    hook: Hook
    event: str
    data: Any
    #: The same for each attempt: what receivers recognise a repetition by.
    id: str = ""
    attempts: int = 0
    statuses: list[int] = field(default_factory=list)

    @property
    def is_through(self) -> bool:
        """Whether the receiver took it."""
        return bool(self.statuses) and 200 <= self.statuses[-1] < 300


class Sender:
    """The webhooks of one simulator. ``sign`` makes body and headers of a delivery."""

    def __init__(self, sign: Callable[..., tuple[bytes, dict[str, str]]]) -> None:
        self._sign = sign
        self._waiting: list[Delivery] = []
        self._queue: deque[Delivery] = deque()
        self._condition = threading.Condition()
        self._busy = False
        self._ending = False
        # Made when it is needed: most simulators never send anything.
        self._client: httpx.Client | None = None
        self._making = threading.Lock()
        self._thread: threading.Thread | None = None
        self.done: deque[Delivery] = deque(maxlen=1000)

    def add(self, delivery: Delivery) -> None:
        """Take a webhook to send: at once, or with the next ``deliver``."""
        if not delivery.hook.is_on:
            return
        with self._condition:
            if not delivery.hook.at_once:
                self._waiting.append(delivery)
                return
            self._queue.append(delivery)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def deliver(
        self, *, twice: bool = False, out_of_order: bool = False, wrong_signature: bool = False
    ) -> list[Delivery]:
        """Send what waits, one after the other, and return it. What fails waits for the next time.

        Waits until the thread has sent what goes at once, too.
        """
        with self._condition:
            self._condition.wait_for(lambda: not self._queue and not self._busy, timeout=TIMEOUT)
            sending, self._waiting = self._waiting, []
        if out_of_order:
            sending.reverse()
        for delivery in sending:
            for _ in range(2 if twice else 1):
                self._send(delivery, wrong=wrong_signature)
        again = [one for one in sending if self._is_left(one) and not wrong_signature]
        with self._condition:
            self._waiting[:0] = again
        return sending

    def send_now(self, delivery: Delivery) -> Delivery:
        """Send one and wait for the answer: a vendor's ping."""
        self._send(delivery, wrong=False)
        return delivery

    def close(self) -> None:
        """End the thread; what waits is forgotten."""
        with self._condition:
            self._ending = True
            self._condition.notify_all()
        if self._thread:
            self._thread.join(timeout=TIMEOUT)
        if self._client:
            self._client.close()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._busy = False
                self._condition.notify_all()
                self._condition.wait_for(lambda: self._queue or self._ending)
                if self._ending:
                    return
                delivery = self._queue.popleft()
                self._busy = True
            self._send(delivery, wrong=False)
            if self._is_left(delivery):
                self._later(delivery)

    def _later(self, delivery: Delivery) -> None:
        pause = min(FIRST_PAUSE * 2 ** (delivery.attempts - 1), LONGEST_PAUSE)
        timer = threading.Timer(pause, self._again, [delivery])
        timer.daemon = True
        timer.start()

    def _again(self, delivery: Delivery) -> None:
        if not self._ending:
            self.add(delivery)

    @staticmethod
    def _is_left(delivery: Delivery) -> bool:
        return not delivery.is_through and delivery.attempts < delivery.hook.attempts

    def _http(self) -> httpx.Client:
        with self._making:
            self._client = self._client or httpx.Client(timeout=TIMEOUT, trust_env=False)
            return self._client

    def _send(self, delivery: Delivery, *, wrong: bool) -> None:
        body, headers = self._sign(delivery, wrong=wrong)
        delivery.attempts += 1
        try:
            # Vendors take a redirection for a failure.
            answer = self._http().post(delivery.hook.url, content=body, headers=headers)
            status = answer.status_code
        except httpx.HTTPError as error:
            logger.info("webhook not delivered", extra={"reason": type(error).__name__})
            status = 0
        delivery.statuses.append(status)
        self.done.append(delivery)
