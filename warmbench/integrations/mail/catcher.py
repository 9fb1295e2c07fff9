"""The demo's mail catcher: a real SMTP server that keeps every mail and passes none on."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from threading import Event

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections, connections
from django.db.models.functions import Now

from warmbench.core import fence, sql
from warmbench.integrations.mail.guests import Guests
from warmbench.integrations.models import CaughtMail
from warmbench.messaging.headers import decoded

logger = logging.getLogger(__name__)

#: How many mails are kept: the newest.
KEEP = 5_000
#: How many may wait for the database, and go into it together.
BATCH = 200
MAX_SIZE = 5_000_000


@dataclass(frozen=True, slots=True)
class Caught:
    """One mail that came in."""

    mail_from: str
    rcpt_to: tuple[str, ...]
    raw: bytes


Store = Callable[[Sequence[Caught]], None]


def serve(
    host: str,
    port: int,
    stop: Event,
    *,
    store: Store | None = None,
    on_ready: Callable[[int], None] = lambda _port: None,
) -> None:
    """Catch mails on ``host`` and ``port`` until ``stop`` is set.

    A mail is acknowledged when ``store`` has it. ``on_ready`` hears the port that was opened.
    """
    asyncio.run(_Catcher(store or Keeper()).serve(host, port, stop, on_ready))


@dataclass
class Keeper:
    """Keeps the newest mails in the database."""

    keep: int = KEEP
    #: Looking for old ones after every mail would cost more than keeping them.
    tidy_every: int = 250
    _stored: int = 0

    def __call__(self, mails: Sequence[Caught]) -> None:
        """Store mails, and forget the oldest now and then."""
        close_old_connections()
        CaughtMail.objects.bulk_create(_row(mail) for mail in mails)
        self._stored += len(mails)
        if self._stored >= self.tidy_every:
            self._stored = 0
            sql.run(sql.load(__file__, "forget_oldest"), {"keep": self.keep})


@dataclass
class _Catcher:
    store: Store
    #: Mails that wait to be stored. Full, it makes senders wait, not memory grow.
    waiting: "asyncio.Queue[tuple[Caught, asyncio.Future[str]]]" = field(
        default_factory=lambda: asyncio.Queue(BATCH)
    )
    guests: Guests = field(default_factory=Guests)

    async def serve(
        self, host: str, port: int, stop: Event, on_ready: Callable[[int], None]
    ) -> None:
        # aiosmtpd logs addresses and whole mails.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        server = await asyncio.get_running_loop().create_server(self._talk, host, port)
        with ThreadPoolExecutor(1, "catcher") as writer:
            storing = asyncio.create_task(self._store_all(writer))
            on_ready(server.sockets[0].getsockname()[1])
            while not stop.is_set() and not storing.done():
                await asyncio.wait({storing}, timeout=0.1)
            await self.guests.see_off(server)
            storing.cancel()
            await asyncio.gather(storing, return_exceptions=stop.is_set())
            writer.submit(connections.close_all)

    def _talk(self) -> SMTP:
        dialogue = SMTP(
            self,
            loop=asyncio.get_running_loop(),
            hostname="mail-catcher.localhost",
            ident="Warmbench mail catcher",
            enable_SMTPUTF8=True,
            data_size_limit=MAX_SIZE,
        )
        return self.guests.welcome(dialogue)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for it
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Answer when the mail is stored."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        recipients = tuple(str(address) for address in envelope.rcpt_tos)
        mail = Caught(str(envelope.mail_from or ""), recipients, raw)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        await self.waiting.put((mail, answer))
        return await answer

    async def _store_all(self, writer: ThreadPoolExecutor) -> None:
        while True:
            batch = [await self.waiting.get()]
            while not self.waiting.empty():
                batch.append(self.waiting.get_nowait())
            stored = await asyncio.get_running_loop().run_in_executor(
                writer, fence.attempt, self.store, [mail for mail, _ in batch]
            )
            if isinstance(stored, Exception):
                logger.error("mails not kept", exc_info=stored, extra={"mails": len(batch)})
            said = "451 4.3.0 Not kept" if isinstance(stored, Exception) else "250 2.0.0 Caught"
            for _, answer in batch:
                if not answer.done():
                    answer.set_result(said)


def _sent_at(date: str) -> datetime | Now:
    """When the mail says it was sent: the demo's clock is not the one on the wall."""
    try:
        sent_at = parsedate_to_datetime(date)
    except ValueError:
        return Now()
    return sent_at if sent_at.tzinfo else Now()


def _row(mail: Caught) -> CaughtMail:
    head = mail.raw.partition(b"\r\n\r\n")[0]
    parsed = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    subject = decoded("".join(str(parsed.get("Subject", "")).splitlines()))
    return CaughtMail(
        received_at=_sent_at(str(parsed.get("Date", ""))),
        mail_from=_storable(mail.mail_from),
        rcpt_to=_storable(", ".join(mail.rcpt_to)),
        subject=_storable(subject)[:200],
        message_id=_storable(str(parsed.get("Message-ID", ""))).strip()[:200],
        raw=mail.raw,
    )


def _storable(text: str) -> str:
    """Text as PostgreSQL takes it: no NUL, no half characters."""
    return text.replace("\0", "").encode(errors="replace").decode()
