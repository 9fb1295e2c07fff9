"""Reads uploaded notes, transcripts and résumés into the text that facts point into."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from warmbench.core import documents
from warmbench.core.documents import UnreadableError
from warmbench.insight import captions, resembling
from warmbench.insight.kinds import SourceKind
from warmbench.messaging.inbound import mail
from warmbench.messaging.inbound.mail import Mail
from warmbench.people import text_files

#: Characters of a text that facts are read from: a talk of ten hours has fewer.
MOST = 400_000
#: Bytes that tell how the rest is encoded.
_SAMPLE = 65_536

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ue001\ue002]")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_MACROS = (b"vbaProject", b"vbaData.xml", b"macroEnabled")
_FENCED = {".pdf", ".docx", ".doc", ".rtf", ".docm", ".dotm", ".odt", ".pages"}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's words."""

    text: str
    #: What it looks like, for who does not say.
    kind: SourceKind


def read(name: str, raw: bytes) -> Document:
    """The words of a file. Raises UnreadableError, one sentence with what to do about it.

    Of a transcript with times, the turns, one a line; of a mail, what its reader sees. Other text
    stays as it is, but for ends of lines and signs that nobody sees. Nothing in it is ever more
    than text.
    """
    if not raw:
        raise UnreadableError("This file is empty.")
    if len(raw) > documents.LARGEST:
        raise UnreadableError(f"This file is larger than {documents.LARGEST >> 20} MB.")
    documents.refuse_unknown(raw)
    suffix = PurePath(name).suffix.lower()
    if suffix in _FENCED or raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        return _fenced(name, raw)
    if b"%PDF-" in raw[:1024]:
        return _fenced(name, raw)
    text, kind = _plain(suffix, raw)
    if not any(letter.isalpha() for letter in text):
        raise UnreadableError("There are no words in this file.")
    if len(text) > MOST:
        raise UnreadableError(f"This text is longer than {MOST:,} characters. Upload it in parts.")
    return Document(text, kind or resembling.kind_of(text))


def _fenced(name: str, raw: bytes) -> Document:
    """The words of a PDF or a Word file, which a program of its own takes out."""
    if raw.startswith(b"PK\x03\x04") and any(mark in raw for mark in _MACROS):
        raise UnreadableError("This file has macros in it. Save it as .docx without them.")
    text = _clean(documents.read(name, raw))
    kind = resembling.kind_of(text)
    return Document(text, SourceKind.RESUME if kind == SourceKind.NOTE else kind)


def _plain(suffix: str, raw: bytes) -> tuple[str, SourceKind | None]:
    if suffix == ".eml":
        return _clean(_letter(mail.read(raw))), SourceKind.EMAIL
    text = _clean(_decoded(raw))
    try:
        if suffix in {".vtt", ".srt"} or captions.is_captions(text):
            return captions.read_captions(text), SourceKind.TRANSCRIPT
        if suffix == ".json":
            return captions.read_json(text), SourceKind.TRANSCRIPT
    except captions.NoTurnsError as error:
        raise UnreadableError(str(error)) from error
    return text, None


def _letter(letter: Mail) -> str:
    """A mail as people print it: who wrote it to whom and when, and below that its words."""
    sender = f"{letter.sender_name} <{letter.sender}>" if letter.sender_name else letter.sender
    head = {
        "From": sender,
        "To": ", ".join(letter.to),
        "Date": "" if letter.date is None else f"{letter.date:%Y-%m-%d}",
        "Subject": letter.subject,
    }
    lines = [f"{name}: {' '.join(value.split())}" for name, value in head.items() if value]
    return "\n".join([*lines, "", letter.text])


def _decoded(raw: bytes) -> str:
    """The text of a plain file: as its mark says, else UTF-8, else as its bytes look most like."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        # The euro of Windows is no letter, and would speak against it in a note on pay.
        sample = raw[:_SAMPLE].replace(b"\x80", b"")
        text = raw.decode(text_files.code_page_of(sample), "replace")
    if "\x00" in text or len(_CONTROLS.findall(text[:20_000])) > 20:
        raise UnreadableError("This is no text, no PDF and no Word document.")
    return text


def _clean(text: str) -> str:
    """The text with one kind of line ends, and without signs that nobody sees."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
