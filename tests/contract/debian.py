"""Debian's Postfix and Dovecot, started for a test on ports and in folders of their own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from imaplib import IMAP4
from pathlib import Path

import pytest

#: As whom Dovecot keeps mails: not as root, which it refuses.
_KEEPER = "mail"

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
mail_location = maildir:{folder}/mail/%n
mailbox_idle_check_interval = 1 s
mail_uid = {keeper}
mail_gid = {keeper}
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain
# Mails to alice+tag@example.org are alice's.
auth_username_format = %Ln
recipient_delimiter = +
auth_failure_delay = 0
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{certificate}
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={keeper} gid={keeper} home={folder}/mail/%n
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service anvil {{
  # Wrong passwords make others wait.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""

_MAIN_CF = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.northwind.example
mydestination =
alias_maps =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_dns_support_level = disabled
append_dot_mydomain = no
message_size_limit = 40000000
minimal_backoff_time = 1s
queue_run_delay = 1s
# Mails to us; and to the world, of which another server answers.
transport_maps = inline:{{
    northwind.example=lmtp:inet:127.0.0.1:{handed_to}, example.com=smtp:[127.0.0.1]:{elsewhere} }}
virtual_mailbox_domains = example.com
virtual_mailbox_maps = inline:{{ known@example.com=known }}
"""
_MASTER_CF = """
127.0.0.1:{port} inet n - n - - smtpd
  -o smtpd_reject_unlisted_recipient=no
127.0.0.1:{elsewhere} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def need(program: str, package: str) -> str:
    """Where a server is installed. Without one its tests are skipped, but never in CI."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    missing = "" if found else f"There is no {program}: install the package {package}."
    if found and os.geteuid():
        missing = f"{program} starts as root only, and changes to users of its own."
    if not missing:
        return str(found)
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Dovecot:
    """An IMAP server with one mailbox for each user who signs in."""

    folder: Path
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    #: Where a mail server hands mails over.
    lmtp_port: int = field(default_factory=free_port)

    def add(self, user: str, password: str) -> None:
        """Let somebody sign in."""
        with (self.folder / "users").open("a") as users:
            users.write(f"{user}:{password}\n")

    def signed_in(self, user: str, password: str) -> IMAP4:
        """A mail program of that user."""
        client = IMAP4("127.0.0.1", self.port)
        client.login(user, password)
        return client

    def deliver(self, user: str, raw: bytes, *, password: str, folder: str = "INBOX") -> None:
        """Put a mail into somebody's folder."""
        client = self.signed_in(user, password)
        kind, said = client.append(folder, None, None, raw)
        assert kind == "OK", said
        client.logout()


@contextmanager
def dovecot(certificate: Path) -> Iterator[Dovecot]:
    """A running Dovecot, with a PEM file of key and certificate for 127.0.0.1."""
    program = need("dovecot", "dovecot-imapd")
    if not Path("/usr/lib/dovecot/lmtp").exists():
        need("dovecot's lmtp", "dovecot-lmtpd")
    with _folder() as folder:
        server = Dovecot(folder)
        for name in ("mail", "state"):
            (folder / name).mkdir()
        shutil.chown(folder / "mail", _KEEPER, _KEEPER)
        (folder / "users").touch(mode=0o644)
        (folder / "dovecot.conf").write_text(
            _DOVECOT.format(
                folder=folder,
                keeper=_KEEPER,
                ssl="yes",
                certificate=certificate,
                port=server.port,
                tls_port=server.tls_port,
                lmtp_port=server.lmtp_port,
            )
        )
        with _running([program, "-F", "-c", str(folder / "dovecot.conf")], folder, server.port):
            yield server


@dataclass
class Postfix:
    """A mail server that takes mails at ``port``. Those of northwind.example it hands over, those
    of example.com it sends to a second one, which knows nobody there but known@example.com."""

    folder: Path
    #: The port where mails for northwind.example go.
    handed_to: int
    port: int = field(default_factory=free_port)
    elsewhere: int = field(default_factory=free_port)

    @property
    def log(self) -> str:
        """What it wrote down."""
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def postfix(handed_to: int) -> Iterator[Postfix]:
    """A running Postfix that hands the mails of northwind.example over by LMTP at this port."""
    program = need("postfix", "postfix")
    with _folder() as folder:
        server = Postfix(folder, handed_to)
        for name in ("etc", "queue", "data"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        fields = {"folder": folder, "handed_to": handed_to, "elsewhere": server.elsewhere}
        (folder / "etc" / "main.cf").write_text(_MAIN_CF.format(**fields))
        master = _MASTER_CF.format(port=server.port, elsewhere=server.elsewhere)
        (folder / "etc" / "master.cf").write_text(master)
        command = [program, "-c", str(folder / "etc")]
        try:
            with _running([*command, "start-fg"], folder, server.port):
                yield server
        finally:
            # It has left our session, to which its end would be told.
            subprocess.run([*command, "abort"], capture_output=True, check=False)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that servers' own users may pass through: pytest's are closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="wb-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """A server in the foreground, which ends with the block, with all that it started."""
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(port, process, folder)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    said = [(folder / name).read_text() for name in ("output", "log") if (folder / name).exists()]
    pytest.fail(f"{process.args!s} does not answer at {port}: {' '.join(said)[-2000:]}")
