"""Fetches the mails of every inbox as they come, each inbox in a thread of its own."""

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Thread

from django.db import connections, transaction

from warmbench.core.fence import attempt
from warmbench.core.vault import UnsealError
from warmbench.integrations.mail import imap
from warmbench.integrations.mail.imap import Glance, ImapError, ImapSettings, Mailbox, RefusedError
from warmbench.integrations.mail.postman import SECURITY
from warmbench.messaging import inboxes
from warmbench.messaging.inbound import arrivals, relevance
from warmbench.messaging.models import Inbox

logger = logging.getLogger(__name__)

#: A server tells us at once what comes in (IDLE, RFC 2177). Not all do, and none can be trusted
#: to, so we look as well: a reply has to be known within a minute (rules.md D22).
LOOK_EVERY = 30.0
#: How often we look for inboxes that nobody reads, in seconds.
_SEEK_EVERY = 1.0
#: Mails that are looked at together.
_BATCH = 100
#: Bytes that are fetched together.
_AT_ONCE = 4 << 20
#: A mail on which reading has ended so often is left to a person, or it would hide all others.
GIVE_UP_AFTER = 3

#: Seconds that a person waits for one answer of a server.
_PATIENCE = 10.0
#: How long a thread may take to notice that it is to stop.
_FAREWELL = 5.0

#: Each reader of this process has another: who begins again is not who read before.
_numbers = itertools.count(1)

Clock = Callable[[], datetime]


def settings_of(inbox: Inbox) -> ImapSettings:
    """How to reach an inbox."""
    return ImapSettings(
        host=inbox.host,
        port=inbox.port,
        security=SECURITY[inbox.security],
        username=inbox.username,
        password=inbox.password,
        folder=inbox.folder,
    )


def look(inbox: Inbox) -> None:
    """Try whether an inbox can be read, for somebody who waits for it. Raises ImapError."""
    with imap.opened(replace(settings_of(inbox), timeout=_PATIENCE)):
        return


@dataclass
class Collectors:
    """Reads all inboxes that nobody else reads."""

    #: The name of this process among all that work.
    worker: str
    clock: Clock
    look_every: float = LOOK_EVERY
    _threads: dict[int, Thread] = field(default_factory=dict)

    def run(self, stop: Event) -> None:
        """Read until ``stop`` is set."""
        while not stop.is_set():
            self._begin_new_ones(stop)
            stop.wait(_SEEK_EVERY)
        for thread in self._threads.values():
            thread.join(_FAREWELL)

    def _begin_new_ones(self, stop: Event) -> None:
        self._threads = {pk: one for pk, one in self._threads.items() if one.is_alive()}
        for inbox_id in inboxes.free(now=self.clock()):
            if inbox_id in self._threads:
                continue
            reader = f"{self.worker[:50]}/{next(_numbers)}"
            if inboxes.claim(inbox_id, reader, now=self.clock()):
                thread = Thread(target=self._collect, args=[inbox_id, reader, stop], daemon=True)
                self._threads[inbox_id] = thread
                thread.start()

    def _collect(self, inbox_id: int, reader: str, stop: Event) -> None:
        ended = attempt(collect, inbox_id, reader, self.clock, stop, look_every=self.look_every)
        if isinstance(ended, Exception):
            problem, for_a_person = str(ended), isinstance(ended, RefusedError | UnsealError)
            if not isinstance(ended, ImapError | UnsealError):
                logger.error("inbox not read", exc_info=ended, extra={"inbox": inbox_id})
                problem = "Warmbench failed at it. Its log says why."
            attempt(
                inboxes.note_problem, inbox_id, reader, problem, for_a_person=for_a_person,
                now=self.clock(),
            )  # fmt: skip
        attempt(connections.close_all)


def collect(
    inbox_id: int, reader: str, clock: Clock, stop: Event, *, look_every: float = LOOK_EVERY
) -> None:
    """Read an inbox until ``stop`` is set, or somebody pauses or changes it. Raises ImapError and
    UnsealError if it cannot go on."""
    inbox = Inbox.objects.get(pk=inbox_id)
    collector = Collector(inbox, reader, clock)
    with imap.opened(settings_of(inbox)) as mailbox:
        while not stop.is_set() and inboxes.hold(inbox_id, reader, now=clock()):
            collector.read(mailbox)
            inboxes.note_read(inbox_id, reader, now=clock())
            # A hundred of us that wait would use up the database's connections.
            connections.close_all()
            mailbox.wait(look_every, stopping=stop.is_set)
    inboxes.let_go(inbox_id, reader, now=clock())


@dataclass
class Collector:
    """Copies what is new in one inbox."""

    inbox: Inbox
    reader: str
    clock: Clock

    def read(self, mailbox: Mailbox) -> int:
        """Store what is new in an open inbox. Returns how many mails were new to us."""
        inbox = self.inbox
        if inbox.uid_validity != mailbox.uid_validity:
            first = next(iter(mailbox.uids_since(inboxes.first_day(inbox))), mailbox.newest + 1)
            inbox.uid_validity, inbox.last_uid = mailbox.uid_validity, first - 1
            inboxes.begin_at(
                inbox.pk, self.reader, uid_validity=mailbox.uid_validity, last_uid=first - 1
            )
        new = 0
        is_stuck = inbox.failures >= GIVE_UP_AFTER
        for uids in _cut(mailbox.uids_after(inbox.last_uid), 1 if is_stuck else _BATCH):
            if not inboxes.hold(inbox.pk, self.reader, now=self.clock()):
                break
            try:
                new += self._read(mailbox, uids)
            except ImapError as error:
                if is_stuck:
                    self._leave_to_a_person(uids[0], b"", f"could not be fetched ({error})")
                raise
            self._move(uids[-1])
        inbox.failures = 0
        return new

    def _read(self, mailbox: Mailbox, uids: Sequence[int]) -> int:
        of_all = self.inbox.takes == Inbox.Takes.ALL
        seen = mailbox.glance(uids)
        now = self.clock()
        wanted = [one for one in seen if of_all or relevance.is_ours(one.head, now=now)]
        return sum(self._fetch(mailbox, some) for some in _together(wanted))

    def _fetch(self, mailbox: Mailbox, some: Sequence[Glance]) -> int:
        if some[0].size > arrivals.LARGEST:
            return self._leave_large(some[0])
        found = mailbox.fetch([one.uid for one in some], most=arrivals.LARGEST + 1)
        new = 0
        for one in some:
            raw = found.get(one.uid, b"")
            if len(raw) > arrivals.LARGEST:
                new += self._leave_large(one)
            elif raw:
                # Nothing that was deleted in the meantime is missed.
                new += self._store(one, raw)
        return new

    @transaction.atomic
    def _store(self, one: Glance, raw: bytes) -> bool:
        # It is there before we say so: a mail that comes twice does no harm.
        is_new = arrivals.keep(raw, source=self._source, now=self._arrival(one))
        self._move(one.uid)
        return is_new

    def _leave_large(self, one: Glance) -> bool:
        size = f"is larger than {arrivals.LARGEST >> 20} MB"
        return self._leave_to_a_person(one.uid, one.head, size)

    @transaction.atomic
    def _leave_to_a_person(self, uid: int, head: bytes, why: str) -> bool:
        where = f"number {uid} in {self.inbox.folder} of {self.inbox.username}"
        # Of one that cannot even be looked at there is nothing but its number.
        numbers = f"{self._source}.{self.inbox.uid_validity}.{uid}"
        beginning = head or f"Subject: Mail {numbers}\r\n\r\n".encode()
        is_new = arrivals.note(
            beginning, source=self._source, problem=f"Look for it there: {where} {why}.",
            now=self.clock(),
        )  # fmt: skip
        self._move(uid)
        return is_new

    def _arrival(self, one: Glance) -> datetime:
        """When it came: “until Friday” is counted from there, also when we are late."""
        now = self.clock()
        return min(one.arrived_at, now) if one.arrived_at else now

    def _move(self, uid: int) -> None:
        inboxes.move(self.inbox.pk, self.reader, uid, now=self.clock())
        self.inbox.last_uid = uid

    @property
    def _source(self) -> str:
        return f"imap:{self.inbox.pk}"


def _cut(uids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    for at in range(0, len(uids), length):
        yield uids[at : at + length]


def _together(wanted: Sequence[Glance]) -> Iterator[list[Glance]]:
    """Groups of mails that are small enough to be fetched at once, in their order."""
    group: list[Glance] = []
    for one in wanted:
        if group and sum(each.size for each in group) + one.size > _AT_ONCE:
            yield group
            group = []
        group.append(one)
    if group:
        yield group
