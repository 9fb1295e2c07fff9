"""Reads texts with one extractor, for tests."""

from datetime import date
from typing import Any

from warmbench.insight import reading as readings
from warmbench.insight.found import Extractor, Found
from warmbench.insight.kinds import SourceKind

TODAY = date(2026, 3, 5)


def finds(
    extract: Extractor, text: str, kind: SourceKind = SourceKind.NOTE, language: str = ""
) -> list[Found]:
    """What an extractor finds in a text about Ana Ruiz. Fails where a quote is not in a unit."""
    reading = readings.read(
        text, kind=kind, said_on=TODAY, people=["Ana Ruiz"], recruiters=["Tom"], language=language
    )
    found = list(extract(reading))
    for one in found:
        parts = {unit.part for unit in reading.units if unit.start <= one.start < unit.end}
        assert any(one.end <= unit.end for unit in reading.units if unit.part in parts)
    return found


def told(
    extract: Extractor, text: str, kind: SourceKind = SourceKind.NOTE, language: str = ""
) -> list[tuple[str, dict[str, Any]]]:
    """The same in short: sense and value."""
    return [(str(one.polarity), one.value) for one in finds(extract, text, kind, language)]
