"""Speaks SMTP on one connection, so that at every moment it is known what the server may have.

Connecting, TLS and AUTH are smtplib's. MAIL, RCPT and DATA are spoken here: smtplib does not
tell a mail that was never sent from one that was sent and not acknowledged.
"""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence

from warmbench.integrations.mail.replies import MAX_TEXT, Reply, verdict
from warmbench.messaging.handover import Accepted, Deferred, HandOver, Kind, Rejected, Uncertain

#: No honest reply is longer.
_MAX_REPLY = 65_536
#: The last bytes that TLS may still hold in a record when writing fails.
_TLS_RECORD = 16_384
_REPLY_LINE = re.compile(rb"([2-5]\d\d)([ -]?)(.*)", re.DOTALL)
_BARE = re.compile(rb"\r\n|\r|\n")
_END = b".\r\n"


class LostError(Exception):
    """The connection ended before the server answered: it knows of no mail. ``code`` is 421 if
    it said goodbye, else 0."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


class GarbledError(Exception):
    """The server says something that is not SMTP."""


class Dialogue:
    """One open, greeted, encrypted and authenticated connection."""

    def __init__(self, smtp: smtplib.SMTP, *, timeout: float, data_timeout: float) -> None:
        if smtp.sock is None:
            raise ValueError("The connection is not open.")
        self._smtp = smtp
        self._socket: socket.socket = smtp.sock
        self._timeout = timeout
        self._data_timeout = data_timeout
        self._buffer = b""
        self._pipelining = smtp.has_extn("pipelining")
        self._utf8 = smtp.has_extn("smtputf8")
        self._largest = int(smtp.esmtp_features.get("size") or 0)
        self.usable = True
        self.handed_over = 0
        self._socket.settimeout(timeout)
        # The reply to each small packet is what we wait for: nothing is gained by collecting.
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """Try to hand over one mail.

        Raises LostError if the connection turns out to be gone before the server answered; no
        part of the mail has left then.
        """
        unfit = self._unfit(mail_from, rcpt_to, data)
        if unfit:
            return unfit
        options = "" if mail_from.isascii() and rcpt_to.isascii() else " SMTPUTF8 BODY=8BITMIME"
        commands = [f"MAIL FROM:<{mail_from}>{options}", f"RCPT TO:<{rcpt_to}>", "DATA"]
        refusal = self._announce([f"{command}\r\n".encode() for command in commands])
        return refusal or self._send_mail(data)

    def is_alive(self) -> bool:
        """Whether the server still answers."""
        return self._ask(b"NOOP\r\n")

    def close(self) -> None:
        """Say goodbye and hang up."""
        self.usable = False
        with contextlib.suppress(OSError):
            self._socket.settimeout(1)
            self._socket.sendall(b"QUIT\r\n")
        self._smtp.close()

    def _unfit(self, mail_from: str, rcpt_to: str, data: bytes) -> Rejected | None:
        if not (self._utf8 or (mail_from.isascii() and rcpt_to.isascii())):
            text = "This mail server cannot send to or from an address with non-ASCII letters."
            return Rejected(553, text, Kind.OTHER)
        if self._largest and len(data) > self._largest:
            return Rejected(552, "The mail is larger than this mail server takes.", Kind.OTHER)
        return None

    def _announce(self, commands: Sequence[bytes]) -> Deferred | Rejected | None:
        """Speak up to the moment when the mail itself may follow; None when it may."""
        replies: list[Reply] = []
        try:
            if self._pipelining:
                self._socket.sendall(b"".join(commands))
            for command in commands:
                if not self._pipelining:
                    self._socket.sendall(command)
                replies.append(self._read())
                if not (self._pipelining or replies[-1].is_good):
                    break
        except (OSError, GarbledError) as error:
            self.usable = False
            if not replies:
                raise LostError(f"The connection broke at once: {_say(error)}") from error
            if replies[0].code == 421:
                raise LostError(replies[0].text, 421) from error
            if len(replies) < len(commands) and not replies[-1].is_good:
                return verdict(replies[-1], about_sender=len(replies) == 1)
            return Deferred(0, f"The connection broke before the mail was sent: {_say(error)}")
        if replies[0].code == 421:
            # Often said long before, to a connection that was idle, and not to this mail.
            raise LostError(replies[0].text, 421)
        return self._refusal(replies)

    def _refusal(self, replies: list[Reply]) -> Deferred | Rejected | None:
        sender, *rest = replies
        if not sender.is_good:
            # To a server that wants the mail nevertheless, even an empty one would be a mail.
            self._start_over(may_reset=replies[-1].code != 354)
            return verdict(sender, about_sender=True)
        if not rest[0].is_good:
            if replies[-1].code == 354:
                # RFC 2920: end the mail that nobody is going to get.
                self._ask(_END)
            self._start_over()
            return verdict(rest[0])
        if rest[1].code != 354:
            self._start_over()
            return verdict(rest[1])
        return None

    def _send_mail(self, data: bytes) -> HandOver:
        payload = memoryview(_stuffed(data))
        sent = 0
        try:
            while sent < len(payload):
                sent += self._socket.send(payload[sent:])
        except OSError as error:
            self.usable = False
            # What the kernel did not take never left. TLS may have sent a record and failed after.
            if isinstance(self._socket, ssl.SSLSocket) and len(payload) - sent <= _TLS_RECORD:
                return Uncertain(f"The connection broke while the mail ended: {_say(error)}")
            return Deferred(0, f"The connection broke inside the mail: {_say(error)}")
        return self._outcome()

    def _outcome(self) -> HandOver:
        try:
            self._socket.settimeout(self._data_timeout)
            reply = self._read()
            self._socket.settimeout(self._timeout)
        except (OSError, GarbledError) as error:
            self.usable = False
            return Uncertain(f"No answer after the whole mail was sent: {_say(error)}")
        self.handed_over += 1
        if reply.is_good:
            return Accepted(reply.code, reply.text)
        if reply.code < 400:
            self.usable = False
            return Uncertain(f"The server answered {reply.code} to a whole mail.")
        self.usable = reply.code != 421
        return verdict(reply)

    def _start_over(self, *, may_reset: bool = True) -> None:
        if not (self.usable and may_reset and self._ask(b"RSET\r\n")):
            self.usable = False

    def _ask(self, command: bytes) -> bool:
        try:
            self._socket.sendall(command)
            return self._read().is_good
        except (OSError, GarbledError):
            self.usable = False
            return False

    def _read(self) -> Reply:
        """The next reply, which may have several lines."""
        lines: list[bytes] = []
        size = 0
        while True:
            line = self._read_line()
            size += len(line)
            match = _REPLY_LINE.fullmatch(line)
            if not match or size > _MAX_REPLY:
                raise GarbledError("the server does not speak SMTP")
            lines.append(match[3])
            if match[2] != b"-":
                break
        code = int(match[1])
        if code == 421:
            self.usable = False
        text = b" ".join(lines).decode(errors="replace")[:MAX_TEXT].replace("\0", "")
        return Reply(code, text)

    def _read_line(self) -> bytes:
        while True:
            line, found, rest = self._buffer.partition(b"\n")
            if found:
                self._buffer = rest
                return line.rstrip(b"\r")
            if len(self._buffer) > _MAX_REPLY:
                raise GarbledError("the server's reply never ends")
            received = self._socket.recv(4096)
            if not received:
                raise ConnectionResetError("the server hung up")
            self._buffer += received


def _stuffed(data: bytes) -> bytes:
    """The mail as DATA wants it: every line ends in CRLF, and a dot at its start is doubled."""
    line_ends = data.count(b"\r\n")
    if data.count(b"\n") != line_ends or data.count(b"\r") != line_ends:
        # A lone line feed before a dot would end the mail for some servers, and what follows
        # would be read as commands.
        data = _BARE.sub(b"\r\n", data)
    if data.startswith(b"."):
        data = b"." + data
    data = data.replace(b"\r\n.", b"\r\n..")
    return data + (_END if data.endswith(b"\r\n") else b"\r\n" + _END)


def _say(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    return str(error) or type(error).__name__
