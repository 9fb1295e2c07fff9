"""Cuts a text where quotes of facts begin and end, so that a page can mark them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from warmbench.web.insight_rows import Row


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and the facts that quote it."""

    text: str
    #: Facts whose quote begins here: links lead to this place.
    begins: Sequence[Row] = ()
    #: What they say, for all that quote it; blank outside of quotes.
    says: str = ""
    is_over: bool = False


def marked(text: str, rows: Sequence[Row]) -> list[Piece]:
    """The whole text in pieces, in its order. Quotes may overlap; what a text lacks is left out."""
    there = [row for row in rows if 0 <= row.fact.start < row.fact.end <= len(text)]
    edges = {0, len(text)}
    for row in there:
        edges |= {row.fact.start, row.fact.end}
    cuts = sorted(edges)
    begin: dict[int, list[Row]] = {}
    end: dict[int, list[Row]] = {}
    for row in there:
        begin.setdefault(row.fact.start, []).append(row)
        end.setdefault(row.fact.end, []).append(row)
    pieces, quoting = [], list[Row]()
    for start, stop in pairwise(cuts):
        quoting = [row for row in quoting if row not in end.get(start, ())]
        quoting += begin.get(start, [])
        pieces.append(
            Piece(
                text[start:stop],
                begin.get(start, ()),
                "; ".join(row.says for row in quoting),
                bool(quoting) and all(row.is_over for row in quoting),
            )
        )
    return pieces
