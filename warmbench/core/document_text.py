"""Takes the words out of a PDF or a Word file: a program of its own, which ``documents`` fences in.

It trusts nobody: its parent gives it little time and memory, and takes nothing from it but text
and the name of what was wrong. So it knows nothing of the rest of this package. It imports what
reads files only when it reads one: whoever needs no more than the names below loads none of it.
"""

import io
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

#: Bytes of memory, seconds of computing and bytes of an unpacked Word file that reading may take.
MEMORY, SECONDS = 1 << 30, 10
UNPACKED = 100 << 20
#: How deep tables may stand within tables.
_DEEPEST = 5
#: What the parent is told, by the exit code.
GOOD, ENCRYPTED, DAMAGED, TOO_LARGE = 0, 3, 4, 5


class Refused(Exception):  # noqa: N818 - an answer, by its exit code
    """The file cannot be read, for one of the reasons above."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def text_of(raw: bytes, *, most: int) -> str:
    """The first ``most`` characters of a PDF or DOCX. Raises Refused."""
    pieces: list[str] = []
    size = 0
    for piece in _pdf(raw) if b"%PDF-" in raw[:1024] else _word(raw):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            break
    # One piece alone may be as long as a bomb.
    return "\n".join(pieces)[:most]


def _pdf(raw: bytes) -> Iterator[str]:
    from pypdf import PdfReader, filters
    from pypdf.errors import PyPdfError

    filters.JBIG2DEC_BINARY = None  # We look at no pictures, and start no program.
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused(ENCRYPTED)
        for page in reader.pages:
            yield page.extract_text()
    # pypdf lets whatever a damaged file leads to through.
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Refused(DAMAGED) from error
    except (RecursionError, OverflowError, ArithmeticError, AssertionError) as error:
        raise Refused(DAMAGED) from error


def _word(raw: bytes) -> Iterator[str]:
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
                raise Refused(TOO_LARGE)
        yield from _blocks(docx.Document(io.BytesIO(raw)), 0)
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, OSError) as error:
        raise Refused(DAMAGED) from error


def _blocks(within: Any, depth: int) -> Iterator[str]:
    """The paragraphs of a document or a cell, in their order, those of tables among them."""
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for block in within.iter_inner_content():
        if isinstance(block, Paragraph):
            is_item = block.style is not None and (block.style.name or "").startswith("List")
            yield f"- {block.text}" if is_item and block.text.strip() else block.text
        elif isinstance(block, Table) and depth < _DEEPEST:
            for row in block.rows:
                cells = dict.fromkeys(cell._tc for cell in row.cells)  # noqa: SLF001 - merged ones once
                for cell in row.cells:
                    if cells.pop(cell._tc, 0) is None:  # noqa: SLF001 - likewise
                        yield from _blocks(cell, depth + 1)


def main() -> None:
    """Read a file from the standard input, and write its text to the standard output."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(limit, (most, most))
    try:
        text = text_of(sys.stdin.buffer.read(), most=int(sys.argv[1]))
    except Refused as refused:
        sys.exit(refused.code)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
