"""Writes what a forecast saw as a table: one line for each touch, and for whoever hears nothing."""

import csv
from collections.abc import Iterator

from warmbench.nurture.models import Forecast, ForecastTouch

#: Names of the columns. Nothing in them is a person's own words, so no program takes a cell for
#: a formula.
COLUMNS = (
    "candidate", "at", "touch", "occurrence", "purpose", "channel", "sender", "piece", "refusal",
)  # fmt: skip


class _Line:
    """What ``csv`` writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def lines(forecast: Forecast) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180), the head first, by time: never all of them at once.

    Whoever hears nothing has one line without a touch, whose ``refusal`` says why.
    """
    touches = ForecastTouch.objects.filter(forecast=forecast).order_by("at", "pk")
    rows = touches.values_list(
        "candidate_id", "at", "touch", "occurrence", "purpose", "channel", "sender_id",
        "piece__key", "refusal",
    )  # fmt: skip
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for candidate, at, *rest in rows.iterator(chunk_size=2_000):
        yield writer.writerow([candidate, at.isoformat(), *rest])
