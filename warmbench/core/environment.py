"""Reads settings from the environment, and the secrets that are kept in the data folder."""

import base64
import hashlib
import os
import secrets
import shlex
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


class SettingError(ValueError):
    """A setting has a value that cannot be used. The message says which and what would do."""


def keep_sums_on_one_core() -> None:
    """Let sums of vectors take one core: call it before the first of them.

    A second one only waits in a loop between sums as small as ours. It made reading a text twice
    as dear, and took the core from other jobs. Whoever runs us may still say otherwise.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def envtext(name: str, default: str = "") -> str:
    """The variable's text without surrounding space; unset and empty are the same."""
    return os.environ.get(name, "").strip() or default


def envbool(name: str, *, default: bool = False) -> bool:
    """Yes or no. Anything but the usual words is an error, never silently a no."""
    text = envtext(name).lower()
    if not text:
        return default
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise SettingError(f"{name} must be 1 or 0, not {text!r}.")


def envint(name: str, default: int) -> int:
    """A whole number."""
    text = envtext(name)
    try:
        return int(text) if text else default
    except ValueError:
        raise SettingError(f"{name} must be a whole number, not {text!r}.") from None


def envlist(name: str, default: str = "") -> list[str]:
    """The parts of a comma-separated list."""
    return [part.strip() for part in envtext(name, default).split(",") if part.strip()]


def envpairs(name: str) -> dict[str, str]:
    """The pairs of a text like ``name=value other='two words'``."""
    parts = shlex.split(envtext(name))
    if wrong := [part for part in parts if "=" not in part]:
        raise SettingError(f"{name} must hold name=value pairs, and {wrong[0]!r} is none.")
    return {key: value for key, _, value in (part.partition("=") for part in parts)}


def envpath(name: str, default: Path) -> Path:
    """A path, absolute, with ``~`` expanded and links followed: one place has one name."""
    return Path(envtext(name, str(default))).expanduser().resolve()


def envsecret(name: str, default: str = "") -> str:
    """A secret from ``NAME``, or from the file that ``NAME_FILE`` names."""
    given, file = envtext(name), envtext(f"{name}_FILE")
    if given and file:
        raise SettingError(f"Set {name} or {name}_FILE, not both.")
    if not file:
        return given or default
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise SettingError(f"{name}_FILE cannot be read: {error}.") from None


def default_data_folder() -> Path:
    """Where data is kept unless WARMBENCH_DATA says otherwise.

    For root it is a place that PostgreSQL's account can enter: root's home is closed to it.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/warmbench")
    return Path(envtext("XDG_DATA_HOME", "~/.local/share")).expanduser() / "warmbench"


def make_folder(path: Path) -> Path:
    """Create ``path`` and its missing parents for us alone, whatever the umask.

    Root's can be passed through, but not listed: the account that PostgreSQL runs as must
    reach its own folder inside. A folder that was there before keeps its mode: it is not ours
    to open or close.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    missing = [folder for folder in [path, *path.parents] if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
    return path


def open_private(file: Path) -> BinaryIO:
    """``file`` opened for appending. A new one can be read by its owner only."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def kept_secret(file: Path, make: Callable[[], str] = secrets.token_urlsafe) -> str:
    """The secret in ``file``, which is made on the first call and only its owner can read."""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise SettingError(
            f"{file} cannot be read ({error.strerror}): start Warmbench as the user who owns it,"
            " or set WARMBENCH_DATA to a folder of your own."
        ) from None
    try:
        make_folder(file.parent)
        # Written beside it and linked into place: of two processes that start together one
        # wins, and nobody ever reads half a key.
        draft = file.with_name(f"{file.name}.{os.getpid()}.new")
        descriptor = os.open(
            draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR
        )
        with os.fdopen(descriptor, "w") as stream:
            stream.write(make() + "\n")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise SettingError(
            f"The data folder {file.parent} cannot be written to ({error.strerror}):"
            " set WARMBENCH_DATA to one that can."
        ) from None
    return file.read_text().strip()


def fernet_key() -> str:
    """A new key for ``core.vault``."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def derived_key(secret: str, purpose: str) -> str:
    """A key for one purpose: it gives away neither ``secret`` nor the keys of other purposes."""
    return hashlib.blake2b(purpose.encode(), key=secret.encode()[:64]).hexdigest()


def database_from_url(url: str) -> dict[str, Any]:
    """Django's settings for ``postgres://user:password@host:port/name?sslmode=require``.

    Any part may be percent-encoded. Options after the question mark go to libpq as they are.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingError(f"DATABASE_URL is not a URL: {error}.") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingError("DATABASE_URL must begin with postgres:// or postgresql://.")
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/")) or options.pop("dbname", "")
    if not name:
        raise SettingError("DATABASE_URL names no database: add /NAME after the host.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or options.pop("password", ""),
        "HOST": _host(parts) or options.pop("host", ""),
        "PORT": str(port or options.pop("port", "")),
        "OPTIONS": options,
    }


def _host(parts: SplitResult) -> str:
    # urlsplit lowers the host's case, which would break the path of a socket (%2FVar).
    host = parts.netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return unquote(host.partition(":")[0])
