"""Takes a raw mail apart into headers and parts, in bounded time, whatever the bytes are.

The standard library's parser asks every open part about every line, so deep nesting and many
short lines cost it minutes, and it raises for some real mails. This one cuts at boundaries, stops
at a depth, and never raises.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message

from warmbench.core import fence

#: Work on text grows with its length. What lies beyond is kept in the raw mail.
MAX_BYTES = 1_000_000
#: In larger mails each part keeps this much: one long attachment must not hide what follows it.
MAX_PART_BYTES = 250_000
MAX_HEADER_BYTES = 100_000
MAX_VALUE = 8_000
MAX_DEPTH = 12
MAX_PARTS = 300

_LINE_ENDS = re.compile(rb"\r\n?")
_BOUNDARY_LIKE = re.compile(rb"\n--[^\n]{1,200}(?=\n)")
_LIKELY_BOUNDARY = re.compile(rb"(?:^|\n)(--[^\n]{1,200}?)[ \t]*\n(?=[Cc]ontent-[TtDd])")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
#: Mailbox files begin each mail with such a line, and quote it inside a mail.
_MBOX_LINE = re.compile(rb">?From ")
_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?\n]*)\?=")
#: Codecs that read text. Python has others, which take minutes or run in circles.
_TEXT_CODEC = re.compile(
    r"ascii|utf|iso|latin|cp\d|koi8|kz1048|ptcp|big5|gb|euc|shift|mac|tis|hz|johab"
)
#: Names that senders use, and what they write under them.
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "us-ascii": "utf-8",
    "windows-874": "cp874",
}
_JAPANESE = b"\x1b$"
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

_ENCLOSED = ("message/rfc822", "message/global", "message/news")


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields, or others of the same form, by their names in lower case."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The first value as it stands; blank if there is none."""
        return self.values.get(name, ("",))[0]

    def text(self, name: str) -> str:
        """The first value with its encoded words read, on one line."""
        return decoded(self.get(name))

    def all(self, *names: str) -> tuple[str, ...]:
        """All values of these names, in the order of the names."""
        return tuple(value for name in names for value in self.values.get(name, ()))

    def __contains__(self, name: str) -> bool:
        return name in self.values


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail: its own headers, and what it holds."""

    headers: Headers
    content_type: str
    body: bytes
    parts: tuple["Part", ...] = ()
    charset: str = ""
    #: Whether it says of itself that it is a file and no text to read.
    is_file: bool = False

    def walk(self) -> Iterator["Part"]:
        """This part and all that are in it, in their order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def own(self) -> Iterator["Part"]:
        """Likewise, without what belongs to mails that are enclosed in this one."""
        yield self
        if self.content_type not in _ENCLOSED:
            for part in self.parts:
                yield from part.own()

    @property
    def text(self) -> str:
        """What it says, as clean text with LF between lines, whatever the sender declared."""
        return read(self.body, self.charset)


def take_apart(raw: bytes) -> Part:
    """The mail as a tree of parts. Never raises; at most MAX_BYTES are looked at."""
    # Bounded before and after: one CR may stand for a line, and never makes a mail longer.
    clean = _LINE_ENDS.sub(b"\n", _shortened(raw)).lstrip(b"\n \t")
    return _part(clean, _Budget(), depth=0, default="text/plain")


def read_fields(text: bytes) -> tuple[Headers, bytes]:
    """The header fields at the beginning of ``text``, and what follows them."""
    pairs: list[tuple[str, list[bytes]]] = []
    position = 0
    while position < len(text):
        end = text.find(b"\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        if not line.strip():
            position = end + 1
            break
        found = _FIELD.match(line[:300])
        if line[:1] in b" \t" and pairs:
            pairs[-1][1].append(line.strip())
        elif found:
            pairs.append((found[1].decode("ascii").lower(), [line[found.end() :].strip()]))
        elif not _MBOX_LINE.match(line):
            break  # The blank line is missing: what follows must not be lost.
        position = end + 1
        if position > MAX_HEADER_BYTES:
            blank = text.find(b"\n\n", position - 1)
            position = len(text) if blank < 0 else blank + 2
            break
    return Headers(_gathered(pairs)), text[position:]


def decoded(value: str) -> str:
    """A header value with its encoded words (RFC 2047) read, broken ones left as they are."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    charset, pending, end = "", b"", 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        if between.strip() or word[1] != charset:
            pieces += [read(pending, charset), "" if pending and not between.strip() else between]
            charset, pending = word[1], b""
        # A character may begin in one word and end in the next.
        pending += _word_bytes(word[2], word[3])
        end = word.end()
    pieces += [read(pending, charset), value[end:]]
    return " ".join("".join(pieces).split())


def read(data: bytes, charset: str = "") -> str:
    """Bytes as clean text: by the declared charset if it can be, else as UTF-8 or Windows-1252."""
    if not charset and data.isascii() and b"\x1b" not in data:
        return _clean(data.decode("ascii"))
    name = charset.strip().lower()
    codec = _codec(_ALIASES.get(name, name)) if name else ""
    if _JAPANESE in data and codec in {"", "utf-8"}:
        codec = "iso2022_jp_ext"  # Older systems in Japan leave out what they take for granted.
    tries = (codec, "utf-8") if codec else ("utf-8",)
    for each in tries:
        text = fence.attempt(data.decode, each)
        if isinstance(text, str):
            return _clean(text)
    fallback = codec if codec and codec not in {"utf-8", "ascii"} else "cp1252"
    text = fence.attempt(data.decode, fallback, "replace")
    return _clean(text if isinstance(text, str) else data.decode("latin-1"))


def _clean(text: str) -> str:
    """Without what no database or page takes: NUL, other controls, lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_TEXT.sub(" ", text)


def _codec(name: str) -> str:
    found = fence.attempt(codecs.lookup, name[:40])
    if isinstance(found, codecs.CodecInfo) and _TEXT_CODEC.match(found.name):
        return found.name
    return ""


def _word_bytes(encoding: str, content: str) -> bytes:
    data = content.encode("utf-8", "replace")
    return _from_base64(data) if encoding in "bB" else binascii.a2b_qp(data, header=True)


def _shortened(raw: bytes) -> bytes:
    if len(raw) <= MAX_BYTES:
        return raw
    # Cut at what looks like boundaries, so that each part of a large mail keeps its beginning.
    kept, room, start = [], MAX_BYTES, 0
    for cut in _BOUNDARY_LIKE.finditer(raw):
        piece = raw[start : min(cut.start(), start + MAX_PART_BYTES)][:room]
        kept.append(piece)
        room -= len(piece)
        start = cut.start()
        if room <= 0:
            break
    kept.append(raw[start : start + MAX_PART_BYTES][: max(room, 0)])
    return b"".join(kept)


def _gathered(pairs: list[tuple[str, list[bytes]]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = {}
    for name, lines in pairs:
        raw = b" ".join(lines)[:MAX_VALUE]
        values.setdefault(name, []).append(read(raw).replace("\n", " "))
    return {name: tuple(found) for name, found in values.items()}


@dataclass(slots=True)
class _Budget:
    """How many more parts one mail may have."""

    parts: int = MAX_PARTS


def _part(text: bytes, budget: _Budget, *, depth: int, default: str) -> Part:
    headers, body = read_fields(text)
    budget.parts -= 1
    declared = headers.get("content-type")
    params = _params(declared)
    content_type = _content_type(declared) or default
    encoding = headers.get("content-transfer-encoding").strip().lower()
    parts: tuple[Part, ...] = ()
    if depth < MAX_DEPTH:
        if content_type.startswith("multipart/"):
            parts = _pieces(body, params.get("boundary", ""), budget, depth + 1)
        elif content_type in _ENCLOSED:
            body = _LINE_ENDS.sub(b"\n", _decoded_body(body, encoding))
            parts = (_part(body.lstrip(b"\n"), budget, depth=depth + 1, default="text/plain"),)
    if content_type.startswith("multipart/") and not parts:
        content_type = "text/plain"  # Its boundary never comes: read what is there.
    if not parts:
        body = _decoded_body(body, encoding)
    disposition = headers.get("content-disposition").strip().lower()
    return Part(
        headers, content_type, body, parts, params.get("charset", ""),
        disposition.startswith("attachment"),
    )  # fmt: skip


def _pieces(body: bytes, boundary: str, budget: _Budget, depth: int) -> tuple[Part, ...]:
    if not boundary:
        return ()
    line = re.compile(rb"(?:^|\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\n|\Z)")
    if not line.search(body) and (likely := _LIKELY_BOUNDARY.search(body)):
        # Somebody changed the one and not the other on the way.
        line = re.compile(rb"(?:^|\n)" + re.escape(likely[1]) + rb"(--)?[ \t]*(?=\n|\Z)")
    pieces: list[Part] = []
    start = -1
    for found in line.finditer(body):
        if budget.parts <= 0:
            return tuple(pieces)
        if start >= 0:
            pieces.append(_piece(body[start : found.start()], budget, depth))
        start = found.end() + 1
        if found[1]:
            return tuple(pieces)
    if 0 <= start < len(body) and budget.parts > 0:
        pieces.append(_piece(body[start:], budget, depth))
    return tuple(pieces)


def _piece(text: bytes, budget: _Budget, depth: int) -> Part:
    return _part(text, budget, depth=depth, default="text/plain")


def _content_type(declared: str) -> str:
    name = declared.partition(";")[0].strip().lower()
    return name if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,80}", name) else ""


def _params(declared: str) -> dict[str, str]:
    """The parameters of a Content-Type that matter here, also in the form of RFC 2231."""
    if ";" not in declared:
        return {}
    reader = Message()
    reader["Content-Type"] = declared[:1_000]
    found = {}
    for name in ("boundary", "charset"):
        value = fence.attempt(reader.get_param, name)
        if isinstance(value, tuple):
            value = value[2]
        if isinstance(value, str):
            found[name] = value.strip()
    return found


def _decoded_body(body: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return _from_base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    return body


def _from_base64(data: bytes) -> bytes:
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    # Cut in transit, the last group is incomplete; all before it is good.
    clean = (
        clean[: len(clean) // 4 * 4] if len(clean) % 4 == 1 else clean + b"=" * (-len(clean) % 4)
    )
    return base64.b64decode(clean)
