"""Somebody's account in a simulated system for booking talks, connected with us."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as ours
from django.http import HttpResponse
from django.test import Client

from tests import make
from tests.contract.receiver import Receiver, receiving
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.core.events import held_back, react_now
from warmbench.integrations.models import SchedulingAccount
from warmbench.integrations.scheduling import accounts, asking, opening
from warmbench.messaging import voices
from warmbench.messaging.models import Sender
from warmbench.people.models import Candidate
from warmbench.simulators import Limits, Simulator, World, running
from warmbench.simulators.calendly import Calendly
from warmbench.simulators.chili_piper import ChiliPiper

MINUTE = timedelta(minutes=1)


@dataclass
class Office:
    """A recruiter whose talks are booked over there."""

    vendor: str
    there: Simulator
    receiver: Receiver
    alice: User
    now: datetime = NOW
    heard: int = 0

    @property
    def people(self) -> Any:
        """What people do there."""
        assert isinstance(self.there.vendor, Calendly | ChiliPiper)
        return self.there.vendor

    @property
    def account(self) -> SchedulingAccount:
        """Her account, as we have it."""
        return SchedulingAccount.objects.get()

    def tick(self) -> datetime:
        """The time, which the simulator has as well."""
        return self.now

    def connect(self, **instead: str) -> SchedulingAccount:
        """Connect her account, and have candidates sent to its first link."""
        made = accounts.connect(
            self.vendor,
            self.alice.pk,
            self.there.credentials | instead,
            self.there.addresses,
            by_id=None,
            clock=self.tick,
        )
        link = opening.links_of(made)[0]
        assert accounts.choose_link(made.pk, link.url, by_id=None, now=self.now)
        return made

    def link_for(self, who: Candidate) -> str:
        """The link that this candidate gets in a message."""
        mailbox = Sender.objects.filter(owner=self.alice).first() or make.sender(self.alice)
        person = voices.recipients([who.pk])[who.pk]
        return voices.voices().context(person, mailbox.pk, now=self.now)["booking_link"]

    def later(self, span: timedelta = MINUTE) -> None:
        """Let some time pass, there as well as here."""
        self.now += span

    def call(self, **how: bool) -> list[int]:
        """Let everything that they tell arrive at our address. Returns what we answered."""
        self.there.deliver(**how)
        new = slice(self.heard, None)
        calls = list(zip(self.receiver.bodies[new], self.receiver.headers[new], strict=True))
        self.heard = len(self.receiver.bodies)
        if how.get("out_of_order"):
            calls.reverse()
        return [self.post(body, headers).status_code for body, headers in calls]

    def post(self, body: bytes, headers: Mapping[str, str]) -> HttpResponse:
        """One call, as the web server hands it over."""
        with clock.pinned(self.now):
            answer: HttpResponse = Client().post(  # type: ignore[assignment]
                f"/hooks/scheduling/{self.account.hook_key}/",
                body,
                content_type="application/json",
                headers={k: v for k, v in headers.items() if "signature" in k.lower()},
            )
        return answer

    def work(self) -> None:
        """Read again what was told, with all that follows from it."""
        happens(self._act, now=self.now)

    def _act(self) -> None:
        for _ in range(50):
            if not asking.act_next(clock=self.tick):
                return

    def ask(self) -> None:
        """Ask what changed, with all that follows from it."""
        SchedulingAccount.objects.update(next_at=self.now, lease_until=None)
        happens(lambda: asking.ask_next(clock=self.tick), now=self.now)


def happens(action: Callable[[], object], *, now: datetime) -> None:
    """Do something, and let everything that reacts to it run in place."""
    with clock.pinned(now), held_back() as published:
        action()
        for event in published:  # Grows while reactions publish.
            react_now(event)


@contextmanager
def office(vendor: str, *, calls: int | None = None) -> Iterator[Office]:
    """A recruiter and the system in which talks with her are booked."""
    make.organisation()
    held: list[Office] = []
    world = World(candidates=2, roles=1, clock=lambda: held[0].now if held else NOW)
    with running(vendor, world, limits=Limits(calls=calls)) as there, receiving() as receiver:
        made = Office(vendor, there, receiver, make.user())
        held.append(made)
        ours.PUBLIC_URL = receiver.address.rpartition("/")[0]
        yield made
