"""Reads the rows of a CSV file as people have them, one after the other, from any point on."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, Self

from warmbench.people import table_shape
from warmbench.people.columns import is_column_name
from warmbench.people.records import Lines, Mark, Note, Reason, Row, records
from warmbench.people.table_shape import Dialect
from warmbench.people.text_files import STRAY_BYTES, Encoding, NotATableError, encoding_of

__all__ = ["Layout", "Mark", "NotATableError", "Note", "Reason", "Row", "rows", "sniff"]

#: What is looked at to guess the layout.
_SAMPLE_CHARACTERS = 1 << 18
_SAMPLE_ROWS = 200
_SHOWN_ROWS = 100
_SHOWN_OF_A_CELL = 300

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_DIRECTIVE = re.compile(r"sep=.?", re.IGNORECASE)
_FOOTER = re.compile(
    r"\W*+(?:(?:grand |sub)?total|sum|count|summe|gesamt|gesamtsumme|anzahl|somme|nombre|totaal|"
    r"aantal|suma|recuento|records?|rows?|end of|ende|page \d|seite \d|generated|exported|"
    r"report|erstellt|exportiert|confidential|vertraulich|copyright|\d+ (?:rows?|records?|"
    r"results?|candidates?|zeilen|datensätze|kandidaten))\b|\s*+[-=_*#~]{3,}+\s*+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out. Kept with an import, so that it is read the same way again."""

    encoding: str
    delimiter: str
    quote: str
    escape: str
    #: The names of the columns, "Column 7" where there is none.
    header: tuple[str, ...]
    #: The line of the column names; 0 when there are none.
    header_line: int
    #: The place of the first row.
    start: Mark
    size: int
    #: Columns in which the first rows have e-mail addresses.
    email_columns: tuple[int, ...]
    #: The first rows, to guess the columns by and to show.
    sample: tuple[tuple[str, ...], ...]
    #: What a person should look at, in sentences.
    warnings: tuple[str, ...]
    #: A guess from the first rows.
    estimated_rows: int

    @property
    def dialect(self) -> Dialect:
        """What parts the cells."""
        return Dialect(self.delimiter, self.quote, self.escape)

    def as_json(self) -> dict[str, Any]:
        """The layout as a JSON column keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The layout that ``as_json`` gave."""
        lists = {name: tuple(stored[name]) for name in ("header", "email_columns", "warnings")}
        rows_shown = tuple(tuple(row) for row in stored["sample"])
        return cls(**stored | lists | {"sample": rows_shown, "start": Mark(*stored["start"])})


def sniff(
    path: Path, *, encoding: str = "", delimiter: str = "", header_line: int | None = None
) -> Layout:
    """How the file is laid out, guessed from its first rows.

    A person's own word on encoding, delimiter or header line (0: there is none) wins. Raises
    NotATableError when there is nothing that rows could be read from.
    """
    text = Encoding(encoding) if encoding else encoding_of(path)
    dialect = table_shape.dialect_of(_beginning(path, text), delimiter)
    begin, first = _first_records(path, text, dialect)
    if not first:
        raise NotATableError("There are no rows in the file.")
    header, body = _parted(first, header_line)
    width = _columns(header, body)
    names = [" ".join(cell.split()) for cell in header.cells] if header else []
    names += [""] * (width - len(names))
    start = header.after if header else begin
    read = body[-1].after.offset - start.offset if body else 0
    size = path.stat().st_size
    return Layout(
        encoding=text.name,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        header=tuple(name or f"Column {at}" for at, name in enumerate(names[:width], 1)),
        header_line=header.line if header else 0,
        start=start,
        size=size,
        email_columns=_email_columns(body, width),
        sample=tuple(
            tuple(cell[:_SHOWN_OF_A_CELL] for cell in (row.cells + [""] * width)[:width])
            for row in body[:_SHOWN_ROWS]
            if not row.reason
        ),
        warnings=tuple(_warnings(text, header, names[:width])),
        estimated_rows=round(len(body) * (size - start.offset) / read) if read else 0,
    )


def rows(path: Path, layout: Layout, *, after: Mark | None = None) -> Iterator[Row]:
    """Every row of the file, or every row after a mark that an earlier row gave.

    Rows that cannot be imported come along, with the reason. Empty lines do not. Memory stays
    flat for files of any size.
    """
    width = len(layout.header)
    name = layout.header[0] if layout.header_line else None
    strip = str.strip
    with closing(Lines(path, layout.encoding, after or layout.start)) as lines:
        for row in records(lines, layout.dialect, width):
            cells = row.cells
            if not any(map(strip, cells)):
                continue
            if row.reason is None and (
                len(cells) != width or cells[0] == name or _FOOTER.match(cells[0])
            ):
                yield _judged(row, layout)
            else:
                yield row


def _judged(row: Row, layout: Layout) -> Row:
    """A row that is out of the ordinary: mended where that is safe, else with its reason."""
    width, cells = len(layout.header), row.cells
    if reason := _reason(cells, layout):
        return row._replace(reason=reason)
    if len(cells) < width:
        padded = cells + [""] * (width - len(cells))
        return row._replace(cells=padded, notes=(*row.notes, Note.PADDED))
    return row._replace(cells=cells[:width])


def _reason(cells: list[str], layout: Layout) -> Reason | None:
    width = len(layout.header)
    filled = [cell for cell in cells if cell.strip()]
    looks_like_footer = any(map(_FOOTER.match, filled)) and not any("@" in cell for cell in filled)
    if len(filled) <= 2 < width and looks_like_footer:
        return Reason.FOOTER
    if [" ".join(cell.split()) for cell in cells] == list(layout.header):
        return Reason.REPEATED_HEADER
    if any(map(str.strip, cells[width:])):
        return Reason.TOO_MANY_CELLS
    return _short_reason(cells, filled, layout) if len(cells) < width else None


def _short_reason(cells: list[str], filled: list[str], layout: Layout) -> Reason | None:
    if len(filled) == 1 and len(layout.header) > 2:
        return Reason.NOT_A_ROW
    # Programs leave out empty cells at the end of a row, which is safe to mend. Where a
    # delimiter is missing further left, an address shows that everything has moved.
    found = [at for at, cell in enumerate(cells) if _EMAIL.fullmatch(cell.strip())]
    if layout.email_columns and any(at not in layout.email_columns for at in found):
        return Reason.SHIFTED
    return None


def _beginning(path: Path, text: Encoding) -> str:
    """The first lines, without the one that is cut off."""
    with path.open("rb") as file:
        file.seek(text.start)
        errors = "replace" if text.name.startswith(("utf-16", "utf-32")) else "surrogateescape"
        with TextIOWrapper(file, text.name, errors=errors, newline="") as decoded:
            read = decoded.read(_SAMPLE_CHARACTERS)
    if len(read) == _SAMPLE_CHARACTERS and "\n" in read:
        read = read[: read.rindex("\n") + 1]
    return read.translate(STRAY_BYTES).replace("\0", "")


def _first_records(path: Path, text: Encoding, dialect: Dialect) -> tuple[Mark, list[Row]]:
    """The first rows that hold something, and where the table begins."""
    begin = Mark(0, text.start)
    with closing(Lines(path, text.name, begin)) as lines:
        found = list(islice(records(lines, dialect, 0), _SAMPLE_ROWS))
    if found and _DIRECTIVE.fullmatch(dialect.delimiter.join(found[0].cells).strip()):
        begin = found.pop(0).after
    return begin, [row for row in found if any(map(str.strip, row.cells))]


def _parted(first: list[Row], header_line: int | None) -> tuple[Row | None, list[Row]]:
    """The row of the column names, if there is one, and the rows below it."""
    if header_line is None:
        index = table_shape.header_index([row.cells for row in first])
    else:
        index = next((at for at, row in enumerate(first) if row.line == header_line), None)
    if index is None:
        return None, first
    return first[index], first[index + 1 :]


def _columns(header: Row | None, body: Sequence[Row]) -> int:
    """How many columns there are: as many as have a name, or more where most rows go on."""
    usual = table_shape.usual_width([row.cells for row in body]) if body else 1
    return max(usual, table_shape.filled_width(header.cells)) if header else usual


def _email_columns(body: Sequence[Row], width: int) -> tuple[int, ...]:
    counts = [0] * width
    for row in body:
        if len(row.cells) < width:
            continue  # Its cells may stand under the wrong columns.
        for at, cell in enumerate(row.cells[:width]):
            counts[at] += bool(_EMAIL.fullmatch(cell.strip()))
    return tuple(at for at, count in enumerate(counts) if count > max(counts) * 0.05)


def _warnings(text: Encoding, header: Row | None, names: Sequence[str]) -> Iterator[str]:
    if text.mixed:
        yield "Most of the file is UTF-8, but some lines are not. They were read as Windows text."
    if header is None:
        yield "No column names were found. The first line is taken for a candidate."
    elif not any(map(is_column_name, names)):
        yield f"Line {header.line} is taken for the column names, but none of them is known."
    elif header.line > 1:
        yield f"Line {header.line} has the column names. What stands above is left out."
    if len(names) == 1:
        yield "There is only one column. If there should be more, choose the delimiter."
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        yield f"Some columns have the same name: {', '.join(twice)}."
