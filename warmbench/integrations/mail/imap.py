"""Reads a folder of a mailbox over IMAP, and changes nothing in it."""

import ipaddress
import logging
import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from warmbench.core.fence import attempt

Security = Literal["starttls", "tls", "none"]

#: Of a mail's header, enough to see whose answer it is.
HEAD = 1 << 16
#: How often we look whether we are to stop, in seconds.
_BREATH = 0.5
#: Where clouds answer machines of theirs, also with passwords. Link-local ones are told apart
#: by their range.
_METADATA = tuple(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "fd00:ec2::254")))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: How the library quotes what a server said.
_BYTES = re.compile(r"^b'(.*)'$")

_BUSY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """How to reach one folder of a mailbox."""

    host: str
    port: int = 993
    security: Security = "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    #: Trust these certificates instead of the system's.
    ca_file: str | None = None
    #: Seconds that the server may take for one answer.
    timeout: float = 30.0


class ImapError(Exception):
    """It cannot be read now. The message is a sentence for whoever entered the mailbox."""


class RefusedError(ImapError):
    """It cannot be read before a person has changed something."""


class LostError(ImapError):
    """The server is away, or hung up, or was not understood: it may be there another time."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What is known of a mail before it is fetched."""

    uid: int
    #: In bytes, as the server says. Some servers only estimate it.
    size: int
    arrived_at: datetime | None
    #: The beginning of its header.
    head: bytes


class _Client(IMAPClient):  # type: ignore[misc] # it has no types
    def begin_to_idle(self) -> bool:
        """Ask the server to tell what comes in. Returns whether it did so before it agreed, for
        which the library's own way is not prepared."""
        self._idle_tag = self._imap._command("IDLE")  # noqa: SLF001 - as the library does
        told = False
        while self._imap._get_response() is not None:  # noqa: SLF001 - likewise
            if self._imap.tagged_commands[self._idle_tag]:
                raise IMAPClientError("It offers IDLE, and refuses it.")
            told = True
        return told


class Mailbox:
    """One open folder. Everything it does may raise ImapError."""

    def __init__(self, client: Any, settings: ImapSettings) -> None:
        self._client = client
        self._host = settings.host
        said = _refused(
            lambda: client.select_folder(settings.folder, readonly=True),
            f"The folder {settings.folder} cannot be opened.",
        )
        self.uid_validity = int(said.get(b"UIDVALIDITY", 0))
        if not self.uid_validity:
            raise RefusedError(f"{self._host} does not number its mails for good (UIDVALIDITY).")
        self._uid_next = int(said.get(b"UIDNEXT", 0))
        self._can_idle: bool = self._ask(client.has_capability, "IDLE")

    @property
    def newest(self) -> int:
        """The number of the newest mail that was ever in it, or somewhat more."""
        return (self._uid_next or 1 + max(self._ask(self._client.search, "ALL"), default=0)) - 1

    def uids_after(self, uid: int) -> list[int]:
        """The numbers of the mails that came after this one, in their order."""
        # Without it some servers tell only of mails that were there before.
        self._ask(self._client.noop)
        found: list[int] = self._ask(self._client.search, ["UID", f"{uid + 1}:*"])
        # The newest mail is always among them, also when it is older (RFC 3501, 6.4.8).
        return sorted(each for each in found if each > uid)

    def uids_since(self, day: date) -> list[int]:
        """The numbers of the mails that came on this day or later, in their order."""
        found: list[int] = self._ask(self._client.search, ["SINCE", day])
        return sorted(found)

    def glance(self, uids: Sequence[int]) -> list[Glance]:
        """What these mails are like, in their order. Those that are gone are left out."""
        wanted = ["RFC822.SIZE", "INTERNALDATE", f"BODY.PEEK[HEADER]<0.{HEAD}>"]
        found = self._ask(self._client.fetch, uids, wanted)
        return [
            Glance(uid, int(one.get(b"RFC822.SIZE", 0)), one.get(b"INTERNALDATE"), _body(one))
            for uid, one in sorted(found.items())
        ]

    def fetch(self, uids: Sequence[int], *, most: int) -> dict[int, bytes]:
        """These mails as they came; of a larger one ``most`` bytes. They stay unread there."""
        found = self._ask(self._client.fetch, uids, [f"BODY.PEEK[]<0.{most}>"])
        return {uid: _body(one) for uid, one in found.items()}

    def wait(self, seconds: float, *, stopping: Callable[[], bool]) -> None:
        """Until something comes in, the time is over, or we are to stop."""
        over = time.monotonic() + seconds
        if not self._can_idle:
            while not stopping() and time.monotonic() < over:
                time.sleep(_BREATH)
            return
        if self._ask(self._client.begin_to_idle):
            over = 0.0
        watched = select.poll()
        watched.register(self._client.socket(), select.POLLIN)
        while not stopping() and time.monotonic() < over:
            if watched.poll(_BREATH * 1000):
                break
        self._ask(self._client.idle_done)

    def close(self) -> None:
        """Say goodbye and hang up."""
        # A server that is gone is not waited for.
        attempt(lambda: self._client.socket().settimeout(2))
        attempt(self._client.logout)
        attempt(self._client.shutdown)

    def _ask(self, what: Callable[..., T], *args: object) -> T:
        # What the library raises for an answer that is not IMAP, it does not say.
        outcome = attempt(what, *args)
        if isinstance(outcome, Exception):
            raise _lost(self._host, outcome) from outcome
        return outcome


@contextmanager
def opened(settings: ImapSettings) -> Iterator[Mailbox]:
    """The folder, for the block. Raises ImapError."""
    # It logs user names, and at DEBUG whole mails.
    logging.getLogger("imapclient").setLevel(logging.ERROR)
    client = _connected(settings)
    try:
        _sign_in(client, settings)
        mailbox = Mailbox(client, settings)
    except BaseException:
        attempt(client.shutdown)
        raise
    try:
        yield mailbox
    finally:
        mailbox.close()


def may_not_be(address: str) -> bool:
    """Whether no mail server is at this IP address. A private one is welcome: many are."""
    at = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(at, ipaddress.IPv6Address) and at.ipv4_mapped:
        at = at.ipv4_mapped
    return at.is_link_local or at.is_multicast or at.is_unspecified or at in _METADATA


def _connected(settings: ImapSettings) -> Any:
    host, port = settings.host, settings.port
    try:
        _check(host, (place[4][0] for place in socket.getaddrinfo(host, port)))
        client = _Client(
            host,
            port,
            ssl=settings.security == "tls",
            ssl_context=_tls(settings),
            timeout=SocketTimeout(connect=settings.timeout, read=settings.timeout),
        )
    except socket.gaierror as error:
        raise LostError(f"No machine called {host} can be found.") from error
    except ConnectionRefusedError as error:
        raise LostError(f"Nobody answers at port {port} of {host}.") from error
    except ssl.SSLCertVerificationError as error:
        raise RefusedError(f"The certificate of {host} does not hold: {_said(error)}") from error
    except ssl.SSLError as error:
        raise LostError(f"{host} does not speak TLS at port {port}: {_said(error)}") from error
    except (OSError, UnicodeError, IMAPClientError) as error:
        raise _lost(host, error) from error
    client.normalise_times = False
    return client


def _sign_in(client: Any, settings: ImapSettings) -> None:
    host, name, password = settings.host, settings.username, settings.password
    # The name may have led elsewhere meanwhile: who is there now counts.
    peer = client.socket().getpeername()[0]
    _check(host, [peer])
    if settings.security == "none" and not ipaddress.ip_address(peer).is_loopback:
        raise RefusedError("Without encryption mail is read on this machine only.")
    if settings.security == "starttls":
        _refused(lambda: client.starttls(_tls(settings)), f"{host} does not encrypt with STARTTLS.")
    if _CONTROL.search(name + password):
        raise RefusedError("There is a line break in the user name or in the password.")
    try:
        if (name + password).isascii():
            client.login(name, password)
        else:
            # LOGIN knows ASCII only.
            client.sasl_login("PLAIN", lambda _: f"\0{name}\0{password}".encode())
    except LoginError as error:
        # The library calls it so too when the connection broke meanwhile, or when the server
        # has too much to do (RFC 5530): the password is not to blame then.
        if isinstance(error.__context__, IMAPClient.AbortError) or _BUSY.search(str(error)):
            raise _lost(host, error) from error
        raise RefusedError(
            f"{host} does not accept the user name and the password: {_said(error)}"
        ) from error
    except (OSError, IMAPClientError) as error:
        raise _lost(host, error) from error


def _check(host: str, addresses: Any) -> None:
    for address in addresses:
        if may_not_be(str(address)):
            raise RefusedError(f"{host} leads to {address}, where no mail server may be.")


def _refused(action: Callable[[], T], sentence: str) -> T:
    try:
        return action()
    except IMAPClient.AbortError as error:
        raise LostError(f"The server hung up: {_said(error)}") from error
    except ssl.SSLCertVerificationError as error:
        raise RefusedError(f"The certificate does not hold: {_said(error)}") from error
    except IMAPClientError as error:
        raise RefusedError(f"{sentence} The server said: {_said(error)}") from error
    except OSError as error:
        raise LostError(f"The connection broke: {_said(error)}") from error


def _tls(settings: ImapSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _body(fetched: dict[bytes, Any]) -> bytes:
    for name, value in fetched.items():
        if name.startswith(b"BODY[") and isinstance(value, bytes):
            return value
    return b""


def _lost(host: str, error: Exception) -> LostError:
    if isinstance(error, TimeoutError):
        return LostError(f"{host} does not answer in time.")
    return LostError(f"The connection to {host} broke: {_said(error)}")


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    text = _BYTES.sub(r"\1", " ".join(_CONTROL.sub(" ", str(error)).split()))
    return text[:150] or type(error).__name__
