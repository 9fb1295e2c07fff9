"""Reads the words of files that people upload: plain text, PDF and Word."""

import re
import subprocess
import sys
from pathlib import PurePath

from warmbench.core import document_text

#: Bytes that a document may have: more than any without pictures.
LARGEST = 10 << 20
#: Characters of text that are of use to anybody. What is longer is not read further.
MOST = 200_000
#: Seconds for one document, with the start of the program that reads it.
TIME_BOX = 15.0

_SENTENCES = {
    document_text.ENCRYPTED: "This file is locked with a password. Save it without one.",
    document_text.DAMAGED: "This file is damaged, or not what its name says. Save it anew.",
    document_text.TOO_LARGE: "This file unpacks into more than a document can be.",
}
_PICTURE = "This is a picture. Upload the document itself, or paste its text."
_UNKNOWN = {
    b"\xd0\xcf\x11\xe0": "This is a file of an old Word. Save it as .docx or as a PDF.",
    b"{\\rtf": "This is a file in rich text format. Save it as .docx or as a PDF.",
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
#: What no text has, but for tabs and ends of lines.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_NO_LETTERS = (
    "There are no words in this file, perhaps because its pages are pictures. Paste the text."
)


class UnreadableError(ValueError):
    """The file could not be read. The message is one sentence for the person who uploaded it."""


def read(name: str, raw: bytes, *, time_box: float = TIME_BOX) -> str:
    """The text of a document. Raises UnreadableError.

    What the file is, its bytes tell, not its name. PDF and Word are read by a program of its
    own (``document_text``) with limits on time and memory: what hangs or bursts there harms
    nobody.
    """
    if not raw:
        raise UnreadableError("This file is empty.")
    if len(raw) > LARGEST:
        raise UnreadableError(f"This file is larger than {LARGEST >> 20} MB.")
    refuse_unknown(raw)
    is_packed = raw.startswith(b"PK\x03\x04")
    if is_packed and b"word/" not in raw:
        kind = PurePath(name).suffix.lower() or "packed"
        raise UnreadableError(f"This {kind} file is no Word document.")
    is_apart = is_packed or b"%PDF-" in raw[:1024]
    text = _read_apart(raw, time_box) if is_apart else _decoded(raw)
    if not any(letter.isalpha() for letter in text):
        raise UnreadableError(_NO_LETTERS)
    return text


def refuse_unknown(raw: bytes) -> None:
    """Raises UnreadableError for pictures, and for documents of programs that we do not read,
    however little of them there is."""
    for magic, sentence in _UNKNOWN.items():
        if raw.startswith(magic):
            raise UnreadableError(sentence)


def _read_apart(raw: bytes, time_box: float) -> str:
    # -I: neither the folder that we run in nor the environment says what is imported.
    command = [sys.executable, "-I", document_text.__file__, str(MOST)]
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=time_box, check=False, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("This file takes too long to read. Paste its text.") from error
    if done.returncode == document_text.GOOD:
        return done.stdout.decode("utf-8", "replace")
    raise UnreadableError(
        _SENTENCES.get(
            done.returncode, "This file asks too much of whoever reads it. Paste its text."
        )
    )


def _decoded(raw: bytes) -> str:
    """The text of a plain file: as its mark says, else UTF-8, else as Windows writes it."""
    text = None
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = raw[len(mark) :].decode(encoding, "replace")
    if text is None:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
    if _CONTROLS.search(text):
        raise UnreadableError("This is no text, no PDF and no Word document.")
    return text
