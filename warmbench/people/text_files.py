"""Finds out how the bytes of an uploaded file become text, or that they are no text at all."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

_CHUNK = 1 << 20
#: Reading further would not change the verdict on a file that is not UTF-8.
_ENOUGH_STRAYS = 2000

_NO_TEXT = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
    (b"{\\rtf", "a text document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # Begins like UTF-16, so it is asked first.
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|\?xml|!--)", re.IGNORECASE)
_STRAY = re.compile("[\udc80-\udcff]")
_HIGH_BYTES = bytes(range(128, 256))
_SINGLE_BYTE = ("cp1252", "cp1250", "mac_roman", "cp850")
#: Believed when charset-normalizer names them; Western guesses are better made by ourselves.
_FAR = frozenset(
    {
        "cp1251",
        "koi8_r",
        "koi8_u",
        "iso8859_5",
        "mac_cyrillic",
        "cp866",
        "cp1253",
        "iso8859_7",
        "cp1254",
        "cp1255",
        "cp1256",
        "gb18030",
        "gb2312",
        "gbk",
        "big5",
        "big5hkscs",
        "shift_jis",
        "cp932",
        "euc_jp",
        "euc_kr",
        "cp949",
    }
)

#: Bytes that are no UTF-8 in a file that is UTF-8 otherwise: lines pasted from elsewhere.
STRAY_BYTES = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(128, 256)}


class NotATableError(ValueError):
    """The file is not something that rows can be read from. The message says what it is."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file become text."""

    name: str
    #: Where the text begins, after a byte order mark.
    start: int = 0
    #: Some bytes do not fit, and are read as Windows would.
    mixed: bool = False


def encoding_of(path: Path) -> Encoding:
    """The encoding of a text file. Reads all of it unless an early byte settles the question.

    Raises NotATableError for files that are no text, whatever their name ends with.
    """
    with path.open("rb") as file:
        head = file.read(65536)
    if not head:
        raise NotATableError("The file is empty.")
    for magic, what in _NO_TEXT:
        if head.startswith(magic):
            raise NotATableError(f"This is {what}. Save it as CSV and upload that.")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, start=len(mark))
    if _MARKUP.match(head):
        raise NotATableError("This is a web page, not a table. Export it as CSV.")
    if b"\0" in head and (name := _wide_name(head)):
        return Encoding(name)
    return _narrow(path)


def _wide_name(head: bytes) -> str:
    """UTF-16 without a mark has a NUL in every other byte of Latin text."""
    share = [head[offset::2].count(0) / max(1, len(head) // 2) for offset in (0, 1)]
    if share[1] > 0.3 > share[0]:
        return "utf-16-le"
    if share[0] > 0.3 > share[1]:
        return "utf-16-be"
    if sum(share) > 0.2:
        raise NotATableError("This is a binary file, not a table. Export it as CSV.")
    return ""


def _narrow(path: Path) -> Encoding:
    strays = wides = 0
    sample = b""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for chunk in _chunks(path):
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(chunk)
        found = len(_STRAY.findall(text))
        wides += max(0, len(text) - len(chunk.translate(None, delete=_HIGH_BYTES)) - found)
        if found and not strays:
            first = next(at for at, byte in enumerate(chunk) if byte > 127)
            sample = chunk[max(0, first - 256) : first + 65536]
        strays += found
        if strays > max(_ENOUGH_STRAYS, wides):
            break
    strays += len(decoder.getstate()[0])
    if not strays:
        return Encoding("utf-8")
    if wides > strays:
        return Encoding("utf-8", mixed=True)
    return Encoding(code_page_of(sample))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def code_page_of(sample: bytes) -> str:
    """The code page in which the high bytes are letters that belong where they stand."""
    high = sum(byte > 127 for byte in sample)
    letters = high + sum(chr(byte).isalpha() for byte in sample if byte < 128)
    if high > letters * 0.25:
        best = from_bytes(sample).best()
        if best is not None and best.encoding in _FAR:
            return best.encoding
    scores = {name: _fitness(sample.decode(name, "replace")) for name in _SINGLE_BYTE}
    best_name = max(scores, key=lambda name: scores[name])
    return best_name if scores[best_name] > scores["cp1252"] + 0.2 else "cp1252"


def _fitness(text: str) -> float:
    """The share of special characters that are letters, and not capitals inside a word."""
    fit, total = 0.0, 0
    for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if letter.isascii():
            continue
        inside = before.islower() or (before.isalpha() and after.islower())
        total += 1
        if letter.isalpha() and not (letter.isupper() and inside):
            # Where two code pages give letters, those of Western Europe are more likely.
            fit += 1.0 if letter <= "\u00ff" else 0.95
    return fit / total if total else 0.0
