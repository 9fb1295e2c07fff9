"""Checks and writes the values of mail headers, so that none can become a header of its own."""

import re
from binascii import b2a_base64
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import lru_cache

#: What would end a line for some program on the way, and start a header of the author's choice.
_BREAKS = re.compile("[\0\r\n\u2028\u2029]")
#: A thread that is not one. Gmail and CAN-SPAM both call it deception.
_REPLY_MARK = re.compile(
    r"\s*(re|fwd?|aw|wg|sv|vs|tr|rv|antw)\s*(\[\d+\])?\s*[:\uff1a]", re.IGNORECASE
)
_PLAIN = re.compile(r"[!-~]([ -~]*[!-~])?")
_PHRASE = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+( [\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_LOCAL = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*|\"[ !#-\[\]-~]{1,62}\"", re.ASCII
)
_LOCAL_UTF8 = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*",
    re.IGNORECASE | re.ASCII,
)
_MESSAGE_ID = re.compile(r"<[!#-;=?A-~]{1,200}@[\w.-]{1,253}>", re.ASCII)
_URL = re.compile(r"(https|http)://([\w.-]+|\[::1\])(:\d+)?/[!#-+\--;=?-~]*", re.ASCII)
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
_FEEDBACK_ID = re.compile(r"[\w.-]*(:[\w.-]*){3}", re.ASCII)

#: RFC 5322 allows 998, and recommends 78, where a line can be folded.
MAX_LINE = 998
GOOD_LINE = 78
#: Longer names and words are not worth folding by hand: as encoded words they fold anywhere.
_LONG = 60

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")


class HeaderError(ValueError):
    """A value that must not become part of a header. The value itself is never repeated."""

    def __init__(self, header: str, reason: str) -> None:
        super().__init__(f"{header}: {reason}.")
        self.header = header
        self.reason = reason


def check(header: str, value: str) -> None:
    """Raise HeaderError for a value that holds a line break, also one that is encoded."""
    for _ in range(3):
        if _BREAKS.search(value):
            raise HeaderError(header, "it holds a line break or a NUL")
        if "=?" not in value:
            break
        value = decoded(value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise HeaderError(header, "it is not valid text") from None


def check_subject(value: str) -> None:
    """Raise HeaderError for a subject that breaks its line or pretends to continue a thread."""
    check("Subject", value)
    if _REPLY_MARK.match(value) or ("=?" in value and _REPLY_MARK.match(decoded(value))):
        raise HeaderError("Subject", "it begins like an answer, but no earlier mail is answered")


def bare_subject(value: str) -> str:
    """A subject without the marks of answers before it: ``AW: Re: Lunch`` is ``Lunch``."""
    while mark := _REPLY_MARK.match(value):
        value = value[mark.end() :]
    return value.strip()


def decoded(value: str) -> str:
    """What a header's value says once its encoded words are read; itself if they are broken."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def text(header: str, value: str) -> str:
    """A header line of free text, folded. Receivers read exactly ``value``."""
    check(header, value)
    if _PLAIN.fullmatch(value) and "=?" not in value:
        if len(header) + 2 + len(value) <= GOOD_LINE:
            return f"{header}: {value}"
        words = value.split(" ")
        # Two spaces in a row, or an endless word, cannot be folded without changing them.
        if all(0 < len(word) <= _LONG for word in words):
            return _folded(header, words)
    return f"{header}: {_encoded(value, len(header) + 2)}"


def mailbox(header: str, name: str, address: str) -> str:
    """A header line with one name and address; ``address`` must come from ``clean_address``."""
    name = name.strip()
    check(header, name)
    if not name:
        return f"{header}: {address}"
    if len(name) > _LONG or "=?" in name or not _PLAIN.fullmatch(name):
        return f"{header}: {_encoded(name, len(header) + 2)}\r\n <{address}>"
    if not _PHRASE.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    between = " " if len(header) + len(name) + len(address) <= GOOD_LINE - 5 else "\r\n "
    return f"{header}: {name}{between}<{address}>"


@lru_cache(maxsize=4096)
def clean_address(header: str, value: str) -> str:
    """The address with its domain in ASCII. Raises HeaderError if it is not an address."""
    local, _, domain = value.rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            raise HeaderError(header, "its domain cannot be written in ASCII") from None
    pattern = _LOCAL if local.isascii() else _LOCAL_UTF8
    if not pattern.fullmatch(local) or not _DOMAIN.fullmatch(domain) or "=?" in value:
        raise HeaderError(header, "it is not a mail address")
    if len(local.encode()) > 64 or len(local.encode()) + len(domain) > 253:
        raise HeaderError(header, "the address is too long")
    return f"{local}@{domain}"


def clean_url(header: str, value: str) -> str:
    """The URL, if it can stand in a header as it is: HTTPS, or this machine in the demo."""
    match = _URL.fullmatch(value)
    if not match or "=?" in value:
        raise HeaderError(header, "it is not a plain URL")
    if match[1] == "http" and match[2] not in _LOOPBACK:
        raise HeaderError(header, "it must be an https URL")
    return value


def clean_message_id(header: str, value: str) -> str:
    """The Message-ID with its angle brackets, if it can stand in a header as it is."""
    if not _MESSAGE_ID.fullmatch(value) or "=?" in value:
        raise HeaderError(header, "it is not a Message-ID")
    return value


@lru_cache(maxsize=1024)
def clean_list_id(value: str) -> str:
    """The name of a list, such as ``alice.example.com``."""
    if not _LOCAL.fullmatch(value) or '"' in value or "=?" in value or len(value) > 253:
        raise HeaderError("List-Id", "it must be words with dots between")
    return value


@lru_cache(maxsize=1024)
def clean_feedback_id(value: str) -> str:
    """Four fields for a provider's statistics, which must not name anybody."""
    if not _FEEDBACK_ID.fullmatch(value) or len(value) > 127:
        raise HeaderError("Feedback-ID", "it must be four short fields with colons between")
    return value


def _folded(header: str, words: list[str]) -> str:
    lines, length = [f"{header}: {words[0]}"], len(header) + 2 + len(words[0])
    for word in words[1:]:
        if length + 1 + len(word) > GOOD_LINE:
            lines.append("")
            length = 0
        lines[-1] += f" {word}"
        length += 1 + len(word)
    return "\r\n".join(lines)


def _encoded(value: str, indent: int) -> str:
    """RFC 2047 words of at most 75 characters, each whole characters, one on a line."""
    # Q keeps mostly Latin text readable for filters that do not decode; B is shorter for the rest.
    pieces = [_quoted(character) for character in value]
    in_base64 = sum(map(len, pieces)) > len(value.encode()) * 4 / 3
    if in_base64:
        pieces = list(value)
    words, start, size, room = [], 0, 0, 75 - 12 - indent
    for position, piece in enumerate(pieces):
        need = len(piece.encode()) if in_base64 else len(piece)
        if size + need > (room // 4 * 3 if in_base64 else room):
            words.append(_word(pieces[start:position], in_base64=in_base64))
            start, size, room = position, 0, 75 - 12
        size += need
    words.append(_word(pieces[start:], in_base64=in_base64))
    return "\r\n ".join(words)


def _word(pieces: list[str], *, in_base64: bool) -> str:
    joined = "".join(pieces)
    if in_base64:
        return f"=?utf-8?b?{b2a_base64(joined.encode(), newline=False).decode()}?="
    return f"=?utf-8?q?{joined}?="


@lru_cache(maxsize=4096)
def _quoted(character: str) -> str:
    if character in _SAFE:
        return character
    return "_" if character == " " else "".join(f"={byte:02X}" for byte in character.encode())
