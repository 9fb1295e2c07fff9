"""Hands mails over to a sender's mail server, on connections that are kept and used again."""

import ipaddress
import smtplib
import ssl
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal

from warmbench.integrations.mail.dialogue import Dialogue, LostError
from warmbench.integrations.mail.replies import MAX_TEXT
from warmbench.messaging.handover import Deferred, HandOver, Kind, Rejected, Scope
from warmbench.messaging.headers import HeaderError, clean_address

Security = Literal["starttls", "tls", "none"]

#: After so many seconds of silence we ask before we trust a connection with a mail.
ASK_AFTER = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """How to reach one sender's mail server."""

    host: str
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    #: What we call ourselves in EHLO.
    helo: str = "[127.0.0.1]"
    #: Trust these certificates instead of the system's.
    ca_file: str | None = None
    timeout: float = 60.0
    #: How long the server may think about a whole mail. RFC 5321 wants ten minutes: whoever
    #: gives up sooner and sends again makes duplicates.
    data_timeout: float = 600.0
    max_per_connection: int = 100
    max_idle: float = 30.0


class ClosedError(Exception):
    """No connection could be had. ``why`` is what becomes of the mail."""

    def __init__(self, why: Deferred) -> None:
        super().__init__(why.text)
        self.why = why


class SmtpChannel:
    """A sender's connections. Threads may share it: each hand-over has a connection to itself."""

    def __init__(
        self, settings: SmtpSettings, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._seconds = seconds
        #: Idle connections, each with the moment since when it is.
        self._idle: deque[tuple[Dialogue, float]] = deque()

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """Try once to hand over one mail. Never raises for anything that the server does."""
        try:
            sender = clean_address("MAIL FROM", mail_from) if mail_from else ""
            recipient = clean_address("RCPT TO", rcpt_to)
        except HeaderError as error:
            return Rejected(0, str(error), Kind.OTHER)
        try:
            return self._hand_over(sender, recipient, data)
        except ClosedError as error:
            return error.why
        except LostError as error:
            return Deferred(error.code, str(error)[:MAX_TEXT], Scope.SENDER)

    def close(self) -> None:
        """Close every idle connection. The channel may be used again."""
        while self._idle:
            self._idle.pop()[0].close()

    def _hand_over(self, sender: str, recipient: str, data: bytes) -> HandOver:
        dialogue = self._take_idle()
        if dialogue:
            try:
                return self._use(dialogue, sender, recipient, data)
            except LostError:
                # The server had hung up meanwhile, and has heard nothing of this mail.
                dialogue.close()
        return self._use(connect(self._settings), sender, recipient, data)

    def _use(self, dialogue: Dialogue, sender: str, recipient: str, data: bytes) -> HandOver:
        try:
            outcome = dialogue.hand_over(sender, recipient, data)
        finally:
            if not dialogue.usable or dialogue.handed_over >= self._settings.max_per_connection:
                dialogue.close()
            else:
                self._idle.append((dialogue, self._seconds()))
        return outcome

    def _take_idle(self) -> Dialogue | None:
        while True:
            try:
                # The one used last is the one least likely to be gone.
                dialogue, since = self._idle.pop()
            except IndexError:
                return None
            silent = self._seconds() - since
            if silent < ASK_AFTER or (silent < self._settings.max_idle and dialogue.is_alive()):
                return dialogue
            dialogue.close()


def connect(settings: SmtpSettings) -> Dialogue:
    """An open connection, encrypted and logged in as the settings say. Raises ClosedError."""
    try:
        with ExitStack() as otherwise:
            smtp = _greeted(settings)
            otherwise.callback(smtp.close)
            _let_in(smtp, settings)
            otherwise.pop_all()
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        raise _closed(text, error.smtp_code) from error
    except UnicodeError as error:
        raise _closed("The user name or the password has letters that SMTP cannot send.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise _closed(f"{settings.host}: {error}") from error
    return Dialogue(smtp, timeout=settings.timeout, data_timeout=settings.data_timeout)


def _greeted(settings: SmtpSettings) -> smtplib.SMTP:
    # Without a name of our own, smtplib would ask the DNS for one and wait.
    where = (settings.host, settings.port, settings.helo)
    if settings.security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=settings.timeout, context=_tls(settings))
    return smtplib.SMTP(*where, timeout=settings.timeout)


def _let_in(smtp: smtplib.SMTP, settings: SmtpSettings) -> None:
    if settings.security == "none" and not _is_this_machine(smtp):
        raise smtplib.SMTPException("Mail may go unencrypted within this machine only.")
    smtp.ehlo_or_helo_if_needed()
    if settings.security == "starttls":
        smtp.starttls(context=_tls(settings))
        smtp.ehlo_or_helo_if_needed()
    if settings.username:
        smtp.login(settings.username, settings.password)


def _tls(settings: SmtpSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_this_machine(smtp: smtplib.SMTP) -> bool:
    return smtp.sock is not None and ipaddress.ip_address(smtp.sock.getpeername()[0]).is_loopback


def _closed(text: str, code: int = 0) -> ClosedError:
    return ClosedError(Deferred(code, text[:MAX_TEXT], Scope.SENDER))
