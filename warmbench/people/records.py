"""Parts a text file into records with their exact places, and gets over stray quotes."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from warmbench.people.table_shape import Dialect, parse
from warmbench.people.text_files import STRAY_BYTES

#: A cell longer than this is not a cell but the rest of the file after a stray quote.
_LONGEST_CELL = 1 << 20
#: No more of a line than this is held at once: a file without line breaks must not fill memory.
_LONGEST_LINE = 4 << 20
_SHOWN_OF_A_LONG_LINE = 1000

# The limit belongs to the process. Its default of 128 kB refuses long résumés in one cell.
csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))


class Reason(StrEnum):
    """Why a row cannot be imported as it stands."""

    TOO_MANY_CELLS = "too_many_cells"
    SHIFTED = "shifted"
    UNCLOSED_QUOTE = "unclosed_quote"
    CELL_TOO_LONG = "cell_too_long"
    NOT_A_ROW = "not_a_row"
    FOOTER = "footer"
    REPEATED_HEADER = "repeated_header"

    @property
    def sentence(self) -> str:
        """What a person reads about it."""
        return _SENTENCES[self]

    @property
    def is_harmless(self) -> bool:
        """Whether the row never was about a person: counted, but nothing to mend."""
        return self in {Reason.FOOTER, Reason.REPEATED_HEADER}


_SENTENCES = {
    Reason.TOO_MANY_CELLS: "The row has more cells than there are columns. "
    "A cell that holds a delimiter needs quotes.",
    Reason.SHIFTED: "The row has too few cells, and some of them stand under the wrong columns.",
    Reason.UNCLOSED_QUOTE: "A quote is opened and not closed.",
    Reason.CELL_TOO_LONG: "A cell is longer than a million characters.",
    Reason.NOT_A_ROW: "The line has a single cell.",
    Reason.FOOTER: "This looks like a total or a footer.",
    Reason.REPEATED_HEADER: "The column names stand here once more.",
}


class Note(StrEnum):
    """What was mended in a row that can be imported."""

    PADDED = "padded"
    NUL_REMOVED = "nul_removed"
    OTHER_ENCODING = "other_encoding"
    ODD_QUOTES = "odd_quotes"


class Mark(NamedTuple):
    """A place between two rows: the lines and bytes before it. Reading can go on from there."""

    line: int = 0
    offset: int = 0


class Row(NamedTuple):
    """One row: as many cells as there are columns, unless it has a reason."""

    #: The first line of the file that it stands on, from 1.
    line: int
    cells: list[str]
    #: None for a row that can be imported.
    reason: Reason | None
    notes: tuple[Note, ...]
    #: Where the next row begins.
    after: Mark


#: Text, size in the file, and what was mended. A bare tuple: a million rows make a million.
_Line = tuple[str, int, tuple[Note, ...]]


class Lines:
    """The lines of a file from a mark on. Knows its place in bytes, and can step back."""

    def __init__(self, path: Path, encoding: str, mark: Mark) -> None:
        self.line, self.offset = mark
        #: The lines of the present record, with their sizes in the file.
        self.taken: list[_Line] = []
        #: Whether some of them were mended.
        self.noted = False
        self._returned: deque[_Line] = deque()
        self._encoding = encoding
        wide = encoding.startswith(("utf-16", "utf-32"))
        self._bytes_per_letter = {"utf-16": 2, "utf-32": 4}.get(encoding[:6], 1)
        file = path.open("rb")
        file.seek(mark.offset)
        # Bytes that do not fit come through as surrogates, and are counted and mended below.
        errors = "replace" if wide else "surrogateescape"
        self._text = TextIOWrapper(file, encoding, errors=errors, newline="")
        self._readline = self._text.readline

    def close(self) -> None:
        """Let go of the file."""
        self._text.close()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._returned:
            taken = self._returned.popleft()
        else:
            text = self._readline(_LONGEST_LINE)
            if not text:
                raise StopIteration
            if text.isascii() and "\0" not in text:
                taken = (text, len(text) * self._bytes_per_letter, ())
            else:
                taken = self._mended(text)
        text, size, notes = taken
        self.line += 1
        self.offset += size
        self.taken.append(taken)
        if notes:
            self.noted = True
        return text

    def step_back(self) -> str:
        """Return all lines of the present record but its first, which is given."""
        first, *others = self.taken
        self._returned.extendleft(reversed(others))
        self.line -= len(others)
        self.offset -= sum(size for _, size, _ in others)
        self.taken = [first]
        return first[0]

    def notes(self) -> tuple[Note, ...]:
        """What was mended in the present record."""
        self.noted = False
        return tuple(dict.fromkeys(note for _, _, notes in self.taken for note in notes))

    def _mended(self, text: str) -> _Line:
        notes: tuple[Note, ...] = ()
        try:
            size = len(text.encode(self._encoding))
        except UnicodeEncodeError:
            size = len(text.encode(self._encoding, "surrogateescape"))
            text = text.translate(STRAY_BYTES)
            notes = (Note.OTHER_ENCODING,)
        if "\0" in text:
            text = text.replace("\0", "")
            notes += (Note.NUL_REMOVED,)
        return text, size, notes


def records(lines: Lines, dialect: Dialect, width: int) -> Iterator[Row]:
    """The records of a file, empty lines among them.

    A stray quote would swallow every line up to the next quote. Only its own line is given up:
    reading goes on with the line below. ``width`` is the number of columns, 0 while unknown.
    """
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
    )
    while True:
        lines.taken.clear()
        line = lines.line + 1
        reason, careless = None, False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            several = len(lines.taken) > 1
            reason = Reason.UNCLOSED_QUOTE if several else Reason.CELL_TOO_LONG
            cells = _plainly(lines.step_back(), dialect)
        else:
            careless = len(lines.taken) > 1 and not _is_well_formed(lines, dialect)
            if careless and _is_swallowed(lines, cells, dialect, width):
                reason, careless = Reason.UNCLOSED_QUOTE, False
                cells = _plainly(lines.step_back(), dialect)
        notes = lines.notes() if lines.noted else ()
        if careless:
            notes += (Note.ODD_QUOTES,)
        yield Row(line, cells, reason, notes, Mark(lines.line, lines.offset))


def _is_well_formed(lines: Lines, dialect: Dialect) -> bool:
    try:
        return len(parse([text for text, _, _ in lines.taken], dialect, strict=True)) == 1
    except csv.Error:
        return False


def _is_swallowed(lines: Lines, cells: Sequence[str], dialect: Dialect, width: int) -> bool:
    """Whether a record over several lines is several records that a stray quote joined.

    Careless quotes are believed when the cells come out right and no line within would be a
    row of its own.
    """
    within = (_plainly(text, dialect) for text, _, _ in lines.taken[1:])
    return len(cells) != width or any(len(found) == width for found in within)


def _plainly(text: str, dialect: Dialect) -> list[str]:
    """The cells of one line, with quotes as letters like any other."""
    reader = csv.reader([text], delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)
    try:
        return next(reader, [])
    except csv.Error:
        return [text[:_SHOWN_OF_A_LONG_LINE]]
