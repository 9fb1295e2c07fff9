"""Takes mails that a mail server on this machine hands over, by LMTP (RFC 2033) or SMTP."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from django.db import close_old_connections, connections

from warmbench.core.fence import attempt
from warmbench.integrations.mail.guests import Guests
from warmbench.messaging.inbound import arrivals
from warmbench.messaging.inbound.understanding import token_in
from warmbench.messaging.models import Sender

logger = logging.getLogger(__name__)

#: It never listens where another machine could reach it: whoever can, can write to our tables.
HOST = "127.0.0.1"
Clock = Callable[[], datetime]


def serve(
    port: int,
    stop: Event,
    *,
    clock: Clock,
    on_ready: Callable[[int], None] = lambda _port: None,
) -> None:
    """Take mails on ``port`` of this machine until ``stop`` is set.

    A mail is acknowledged when it is stored. Several processes may share the port. ``on_ready``
    hears which it is. Raises OSError if somebody else has it.
    """
    asyncio.run(_Reception(clock).serve(port, stop, on_ready))


class _Dialogue(SMTP):
    """Speaks LMTP with whoever begins with LHLO, and SMTP with others."""

    #: Some mail programs write a whole paragraph, or a whole page, on one line.
    line_length_limit = arrivals.LARGEST
    _is_lmtp = False
    #: After the final dot LMTP wants an answer for each recipient (RFC 2033, 4.2).
    _answers = 1

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd's name for it
        self._is_lmtp = True
        await super().smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - likewise
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answers = 1

    async def push(self, status: str | bytes) -> None:
        said = status.encode() if isinstance(status, str) else status
        for _ in range(self._answers):
            await super().push(said)
        if self._is_lmtp and said.startswith(b"354") and self.envelope:
            self._answers = len(self.envelope.rcpt_tos)


@dataclass
class _Reception:
    clock: Clock
    _writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "reception"))
    _guests: Guests = field(default_factory=Guests)

    async def serve(self, port: int, stop: Event, on_ready: Callable[[int], None]) -> None:
        # aiosmtpd logs addresses and whole mails.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._talk, HOST, port, reuse_port=True)
        try:
            on_ready(server.sockets[0].getsockname()[1])
            await asyncio.to_thread(stop.wait)
        finally:
            await self._guests.see_off(server)
            self._writer.submit(connections.close_all)
            self._writer.shutdown()

    def _talk(self) -> SMTP:
        dialogue = _Dialogue(
            self,
            loop=asyncio.get_running_loop(),
            hostname="warmbench.localhost",
            ident="Warmbench",
            enable_SMTPUTF8=True,
            data_size_limit=arrivals.LARGEST,
        )
        return self._guests.welcome(dialogue)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Take mail for addresses that we gave out, and for senders; refuse all others."""
        known = await self._write(_is_ours, address, self.clock())
        if isinstance(known, Exception):
            return "451 4.3.0 Try again later"
        if not known:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for it
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Answer when the mail is stored."""
        kept = await self._write(_keep, envelope, self.clock())
        return "451 4.3.0 Not kept" if isinstance(kept, Exception) else "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        """Never refuse a mail for good because of a fault of ours."""
        logger.error("mail not taken", exc_info=error)
        return "451 4.3.0 Try again later"

    async def _write(self, action: Callable[..., bool], *values: object) -> bool | Exception:
        done: bool | Exception = await asyncio.get_running_loop().run_in_executor(
            self._writer, attempt, _on_a_fresh_connection, action, *values
        )
        if isinstance(done, Exception):
            # The mail server has it still, and comes again.
            logger.error("mail not taken", exc_info=done)
        return done


def _on_a_fresh_connection(action: Callable[..., bool], *values: Any) -> bool:
    close_old_connections()
    try:
        return action(*values)
    except Exception:
        connections.close_all()
        raise


def _is_ours(address: str, now: datetime) -> bool:
    if token_in(address, now=now):
        return True
    known = Sender.objects.filter(from_address__iexact=address.replace("\0", ""))
    return address.isascii() and known.exists()


def _keep(envelope: Envelope, now: datetime) -> bool:
    sender = str(envelope.mail_from or "")
    recipients = [str(each) for each in envelope.rcpt_tos]
    # It is kept once, whomever it is for: with the address that tells which message it is about.
    named = (each for each in recipients if token_in(each, now=now))
    return arrivals.keep(
        envelope.original_content or b"",
        source="lmtp",
        now=now,
        envelope_to=next(named, recipients[0]),
        envelope_from="" if sender == "<>" else sender,
    )
