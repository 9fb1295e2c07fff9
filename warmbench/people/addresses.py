"""Reads e-mail addresses as people type them, so that they can be compared and written to."""

import re
import unicodedata
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from enum import StrEnum
from urllib.parse import unquote

from warmbench.people.words import is_nothing

#: RFC 5321: longer than this cannot be an envelope address.
_LONGEST = 254
#: With a name and comments. What is longer is a note, or made to keep us busy.
_LONGEST_WITH_NAME = 1000


class Fault(StrEnum):
    """Why a text is no e-mail address or phone number."""

    EMPTY = "empty"
    INJECTION = "injection"
    SEVERAL = "several"
    NO_AT = "no_at"
    NO_LOCAL_PART = "no_local_part"
    BAD_LOCAL_PART = "bad_local_part"
    NO_DOMAIN = "no_domain"
    BAD_DOMAIN = "bad_domain"
    NO_DOT = "no_dot"
    SPACE = "space"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    NO_COUNTRY = "no_country"
    TOO_SHORT = "too_short"
    BAD_LENGTH = "bad_length"
    ROUNDED = "rounded"

    @property
    def sentence(self) -> str:
        """What a person reads about it."""
        return _SENTENCES[self]


_SENTENCES = {
    Fault.EMPTY: "There is nothing in it.",
    Fault.INJECTION: "It hides line breaks or control characters, which could forge a message.",
    Fault.SEVERAL: "There is more than one address in it.",
    Fault.NO_AT: "An e-mail address needs an @.",
    Fault.NO_LOCAL_PART: "There is nothing before the @.",
    Fault.BAD_LOCAL_PART: "Before the @ stands what would separate two addresses.",
    Fault.NO_DOMAIN: "There is nothing after the @.",
    Fault.BAD_DOMAIN: "What follows the @ cannot be a domain.",
    Fault.NO_DOT: "What follows the @ has no dot, so mail from elsewhere does not get there.",
    Fault.SPACE: "There is a space in the address, so a part of it may be missing.",
    Fault.TOO_LONG: "It is too long.",
    Fault.NOT_A_NUMBER: "It is no phone number.",
    Fault.NO_COUNTRY: "The number has no country code, and the country is not known.",
    Fault.TOO_SHORT: "The number is too short.",
    Fault.BAD_LENGTH: "No number of that country has so many digits.",
    Fault.ROUNDED: "A spreadsheet program rounded the number (like 4.9E+11): digits are lost.",
}


class Oddity(StrEnum):
    """What is unusual about an address or number that was accepted all the same."""

    INVISIBLE = "invisible"
    TEXT_AROUND = "text_around"
    DOTS = "dots"
    QUOTED = "quoted"
    LITERAL = "literal"
    LONG_LOCAL_PART = "long_local_part"
    ODD_DOMAIN = "odd_domain"
    NOT_ASCII = "not_ascii"
    SHARED = "shared"
    UNKNOWN_RANGE = "unknown_range"
    PLUS_ADDED = "plus_added"


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address: as it is written to, and as it is compared."""

    address: str
    #: In lower case, the domain in its ASCII form: two spellings of one mailbox agree.
    key: str
    #: The name that stood beside it, if any.
    name: str = ""
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """That a text is no address. It never repeats the text, so that logs may show it."""

    fault: Fault


# The groups are atomic: a long hostile text fails at once instead of being tried in every way.
_PLAIN = re.compile(
    r"[A-Za-z0-9_](?>[A-Za-z0-9_%+'-]|\.(?=[A-Za-z0-9_%+'-]))*"
    r"@(?>[A-Za-z0-9](?>[A-Za-z0-9]|-(?=[A-Za-z0-9-]*[A-Za-z0-9]))*\.)+[A-Za-z]{2,24}"
)
_SHARED = re.compile(
    r"(?:info|office|contact|kontakt|mail|admin|hr|jobs|career|careers|karriere|bewerbung|"
    r"recruiting|recruitment|sales|support|service|no-?reply|donotreply|postmaster|webmaster|"
    r"abuse|team|hello|hallo|empfang|reception)@"
)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[BbQq]\?[^?]*\?=")
#: Spaces of every kind, and what takes no room at all: copied along from web pages.
_INVISIBLE = re.compile("[\u00a0\u00ad\u180e\u200b-\u200f\u202a-\u202f\u2060-\u2069\ufeff\u3000]")
_WRAPPED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*(?:\([^()]*\))?[\s;,.]*")
_LABEL = re.compile(
    r"(?:e-?mail|mailto|mail|private?|work|home|business|smtp)\s*:\s*", re.IGNORECASE
)
_COMMENT = re.compile(r"\s*\([^()@]*\)\s*$")
#: Between two addresses of a header these would make a second recipient out of one.
_SEPARATORS = re.compile(r"[()<>\[\]:;,\\\"]")
_DOMAIN_LITERAL = re.compile(r"\[(?:IPv6:[0-9A-Fa-f:.]+|\d{1,3}(?:\.\d{1,3}){3})\]")
_BETWEEN_ADDRESSES = re.compile(r"[;,|]+")
#: The same without the quotes that a local part may need.
_AROUND = " \t`\u00b4\u2018\u2019\u201c\u201d,;:|<>"
_EDGES = " \t\r\n\"'`\u00b4\u2018\u2019\u201c\u201d.,;:|<>"


def email(text: str) -> Address | Problem:
    """One e-mail address. What is merely odd is accepted, with the oddity named."""
    if len(text) <= 64 and _PLAIN.fullmatch(text):
        key = text.lower()
        local, _, domain = text.rpartition("@")
        odd = (Oddity.SHARED,) if _SHARED.match(key) else ()
        return Address(f"{local}@{domain.lower()}", key, oddities=odd)
    return _email_slowly(text)


def emails(cell: str) -> list[Address | Problem]:
    """Every address in a cell; nothing for an empty one.

    A line break parts two addresses. When it parts anything else it is an attempt to forge
    headers, and the whole cell is refused.
    """
    if is_nothing(cell):
        return []
    lines = [line for line in re.split(r"[\r\n]+", cell.strip()) if line.strip()]
    if len(lines) > 1:
        found = [one for line in lines for one in emails(line)]
        if any(isinstance(one, Problem) and one.fault is not Fault.NO_DOT for one in found):
            return [Problem(Fault.INJECTION)]
        return _unique(found)
    if cell.count("@") < 2:
        return [email(cell)]
    return _unique([email(part) for part in _parts(cell)])


def _parts(cell: str) -> list[str]:
    """The addresses of a cell. "Doe, Jane <jane@example.com>" is one, for all its comma."""
    parts: list[str] = []
    waiting = ""
    for piece in _BETWEEN_ADDRESSES.split(cell.strip()):
        joined = f"{waiting}, {piece.strip()}" if waiting else piece
        if "@" not in joined:
            waiting = joined.strip()
            continue
        waiting = ""
        several = "<" not in joined and joined.count("@") > 1
        parts += joined.replace("/", " ").split() if several else [joined]
    if waiting:
        parts.append(waiting)
    return [part for part in parts if part.strip(_EDGES) and part not in {"and", "or", "und", "&"}]


def _unique(found: list[Address | Problem]) -> list[Address | Problem]:
    by_key = {one.key if isinstance(one, Address) else one.fault: one for one in reversed(found)}
    return list(by_key.values())[::-1]


def _email_slowly(text: str) -> Address | Problem:
    text = text.strip()
    if is_nothing(text):
        return Problem(Fault.EMPTY)
    if len(text) > _LONGEST_WITH_NAME:
        return Problem(Fault.TOO_LONG)
    odd: list[Oddity] = []
    if _INVISIBLE.search(text):
        odd.append(Oddity.INVISIBLE)
        text = _INVISIBLE.sub(" ", text).strip()
    text = unicodedata.normalize("NFKC", text)
    if text.lower().startswith("mailto:"):
        text = unquote(text[7:].partition("?")[0])
    name = ""
    if match := _WRAPPED.fullmatch(text):
        decoded = _decoded(match["name"].strip())
        if decoded is None or _CONTROL.search(text):
            return Problem(Fault.INJECTION)
        name = decoded.strip(_EDGES)
        text = match["address"].strip()
        if text.lower().startswith("mailto:"):
            text = unquote(text[7:])
    if _CONTROL.search(text) or _ENCODED_WORD.search(text):
        return Problem(Fault.INJECTION)
    shortened = _COMMENT.sub("", _LABEL.sub("", text, count=1))
    if shortened != text:
        odd.append(Oddity.TEXT_AROUND)
    return _of_parts(shortened, name, odd)


def _decoded(name: str) -> str | None:
    """The display name with RFC 2047 words decoded; None when they hide something (S5)."""
    if not _ENCODED_WORD.search(name):
        return name
    try:
        decoded = "".join(
            part.decode(charset or "ascii", "replace") if isinstance(part, bytes) else part
            for part, charset in decode_header(name)
        )
    except (HeaderParseError, LookupError, ValueError):
        return None
    if _CONTROL.search(decoded) or _ENCODED_WORD.search(decoded):
        return None
    return decoded


def _of_parts(text: str, name: str, odd: list[Oddity]) -> Address | Problem:
    text = re.sub(r"\s*@\s*", "@", text.strip(_AROUND).rstrip("."))
    if len(text) > 1 and text[0] in "'\"" and text[0] == text[-1]:
        text = text[1:-1]
    local, at, domain = text.rpartition("@")
    if not at:
        return Problem(Fault.NO_AT)
    fault = _local_fault(local, odd)
    host = _host(domain, odd)
    address = f"{local}@{host}"
    if not fault and not host:
        fault = Fault.BAD_DOMAIN if domain else Fault.NO_DOMAIN
    if not fault and "." not in host and not host.startswith("["):
        fault = Fault.NO_DOT
    if not fault and len(address.encode()) > _LONGEST:
        fault = Fault.TOO_LONG
    if fault:
        return Problem(fault)
    key = unicodedata.normalize("NFC", address.lower())
    if _SHARED.match(key):
        odd.append(Oddity.SHARED)
    return Address(address, key, name, tuple(dict.fromkeys(odd)))


def _local_fault(local: str, odd: list[Oddity]) -> Fault | None:
    if not local:
        return Fault.NO_LOCAL_PART
    if not local.isascii():
        odd.append(Oddity.NOT_ASCII)
    if len(local.encode()) > 64:
        odd.append(Oddity.LONG_LOCAL_PART)
    if local.startswith('"') and local.endswith('"') and len(local) > 2:
        odd.append(Oddity.QUOTED)
        return None
    if "@" in local:
        return Fault.SEVERAL
    if any(letter.isspace() for letter in local):
        return Fault.SPACE
    if _SEPARATORS.search(local):
        return Fault.BAD_LOCAL_PART
    if local.startswith(".") or local.endswith(".") or ".." in local:
        odd.append(Oddity.DOTS)
    return None


def _host(domain: str, odd: list[Oddity]) -> str:
    """The domain in ASCII and lower case, "" when it cannot be one."""
    if _DOMAIN_LITERAL.fullmatch(domain):
        odd.append(Oddity.LITERAL)
        return domain.lower()
    labels = domain.rstrip(".").lower().split(".")
    encoded = [_label(label) for label in labels]
    if not all(encoded) or sum(map(len, encoded)) + len(encoded) > _LONGEST:
        return ""
    if any("_" in label or label.startswith("-") or label.endswith("-") for label in encoded):
        odd.append(Oddity.ODD_DOMAIN)
    return ".".join(encoded)


def _label(label: str) -> str:
    """One label as IDNA 2008 writes it, "" when it cannot be one.

    The codec of the standard library is IDNA 2003, which turns "straße" into "strasse": the
    domain of somebody else.
    """
    if label.isascii():
        fits = re.fullmatch(r"[a-z0-9_-]{1,63}", label)
        return label if fits else ""
    if not all(letter == "-" or unicodedata.category(letter)[0] in "LMN" for letter in label):
        return ""
    encoded = "xn--" + unicodedata.normalize("NFC", label).encode("punycode").decode("ascii")
    return encoded if len(encoded) <= 63 else ""
