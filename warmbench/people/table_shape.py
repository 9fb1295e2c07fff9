"""Guesses how a text is laid out as a table: what parts the cells, and which row names them."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from math import ceil, log2

from warmbench.people.columns import is_column_name

DELIMITERS = ",;\t|"
#: No column name is longer than this; a note may be.
_LONGEST_NAME = 80
_SEARCHED_ROWS = 40

_DIRECTIVE = re.compile(r"\s*\"?sep=(.)\"?\s*(?:\r\n|\r|\n)", re.IGNORECASE)
_VALUE = re.compile(
    r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+|www\.\S+|[+(]?\d[\d\s./:()+,-]*(?:[AaPp]\.?[Mm]\.?)?|"
    r"\d{4}-\d\d-\d\dT\S+"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What parts cells and how they are quoted."""

    delimiter: str = ","
    quote: str = '"'
    #: A backslash in exports of databases, else empty.
    escape: str = ""


def dialect_of(text: str, delimiter: str = "") -> Dialect:
    """The dialect in which the text has the most columns that most of its rows agree on."""
    if match := _DIRECTIVE.match(text):
        delimiter = delimiter or match[1]
        text = text[match.end() :]
    quote = _quote(text)
    escape = _escape(text, quote)
    if delimiter:
        return Dialect(delimiter, quote, escape)
    votes = {one: _vote(text, Dialect(one, quote, escape)) for one in DELIMITERS}
    best = max(votes, key=lambda one: votes[one])
    return Dialect(best if votes[best] > 0 else ",", quote, escape)


def _quote(text: str) -> str:
    singles = len(re.findall(r"(?:^|[,;\t|])'|'(?=[,;\t|\r\n]|$)", text, re.MULTILINE))
    return "'" if '"' not in text and singles >= 2 * (text.count("\n") + 1) else '"'


def _escape(text: str, quote: str) -> str:
    # A path such as "C:\jobs\" ends in a backslash and a quote as well: what follows tells.
    escaped = re.search(rf"\\{quote}(?![,;\t|\r\n])(?!$)", text)
    doubled = re.search(rf"[^,;\t|\r\n]{quote}{quote}", text)
    return "\\" if escaped and not doubled else ""


def parse(
    lines: Sequence[str] | StringIO, dialect: Dialect, *, strict: bool = False
) -> list[list[str]]:
    """The rows of some lines. Raises csv.Error for what is too long, or wrong when strict."""
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
        strict=strict,
    )
    return list(reader)


def _vote(text: str, dialect: Dialect) -> float:
    try:
        found = parse(StringIO(text, newline=""), dialect)
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in found if any(row))
    total = sum(widths.values())
    if not total:
        return 0.0
    width, agreeing = max(widths.items(), key=lambda item: item[1] * log2(item[0]))
    if width < 2:
        return 0.0
    cells = [cell for row in found[:50] if len(row) == width for cell in row[1:]]
    # ", " is how people write; between cells nobody puts a space.
    spaced = sum(cell.startswith(" ") for cell in cells) / max(1, len(cells))
    return (agreeing / total) * log2(width) * (0.6 if spaced > 0.5 else 1.0)


def usual_width(found: Sequence[Sequence[str]]) -> int:
    """The number of cells that most rows have, leaving out empty cells at their ends."""
    widths = Counter(filled_width(row) for row in found)
    widths.pop(0, None)
    if not widths:
        return 1
    return max(widths.items(), key=lambda item: (item[1] * log2(item[0] + 1), item[0]))[0]


def filled_width(row: Sequence[str]) -> int:
    """The number of cells of a row, leaving out empty ones at its end."""
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return width


def header_index(found: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns; None when the table begins with values.

    Titles and export dates above the names have few cells. Where several rows could be
    names, the one with more names that we know is.
    """
    width = usual_width(found)
    best: tuple[int, int] | None = None
    among_values = False
    for index, row in enumerate(found[:_SEARCHED_ROWS]):
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) < min(2, width) or len(filled) < ceil(width / 2):
            continue
        known = sum(map(is_column_name, filled))
        if not _could_be_names(filled, known):
            among_values = True
        elif among_values and (best or known < 2 or known <= len(filled) / 2):
            continue
        elif best is None or known > best[1] + 1:
            best = (index, known)
    return best[0] if best else None


def _could_be_names(filled: list[str], known: int) -> bool:
    if any(len(cell) > _LONGEST_NAME for cell in filled):
        return False
    values = sum(bool(_VALUE.fullmatch(cell)) for cell in filled)
    if known > len(filled) / 2:
        return values <= len(filled) / 3
    return values == 0 and len(set(filled)) > len(filled) / 2
