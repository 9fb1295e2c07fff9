"""What would move people, and what is only mentioned."""

from datetime import date

import pytest

from warmbench.insight import reading as readings
from warmbench.insight.extractors import motives
from warmbench.insight.kinds import Polarity, SourceKind

TODAY = date(2026, 3, 3)


def wants(text: str, language: str = "en", kind: SourceKind = SourceKind.NOTE) -> set[str]:
    reading = readings.read(text, kind=kind, said_on=TODAY, people=["Ana Ruiz"], language=language)
    found = list(motives.extract(reading))
    assert {one.polarity for one in found} <= {Polarity.WANTS}
    return {one.value["what"] for one in found}


@pytest.mark.parametrize(
    ("text", "language", "what"),
    [
        ("Would only move for more money.", "en", {"pay"}),
        ("He feels underpaid.", "en", {"pay"}),
        ("Leaving because there is no growth.", "en", {"growth"}),
        ("There is no room to grow in the group.", "en", {"growth"}),
        ("She wants to lead a team again.", "en", {"leadership"}),
        ("I've stopped learning anything new.", "en", {"learning"}),
        ("Fed up with the legacy stack.", "en", {"technology"}),
        ("What matters to her is purpose.", "en", {"mission"}),
        ("He wants something stable, tired of reorganisations.", "en", {"stability"}),
        ("Main driver: flexibility.", "en", {"flexibility"}),
        ("Sick of the commute.", "en", {"commute"}),
        ("Looking for a better work-life balance.", "en", {"balance"}),
        ("She misses good colleagues.", "en", {"team"}),
        ("Doesn't feel appreciated by the board.", "en", {"recognition"}),
        ("He is being micromanaged and wants more autonomy.", "en", {"autonomy"}),
        ("Wichtig ist ihr die Sicherheit.", "de", {"stability"}),
        ("Grund für den Wechsel: Gehalt.", "de", {"pay"}),
        ("Es gibt keine Aufstiegschancen.", "de", {"growth"}),
        ("Elle cherche plus d'autonomie.", "fr", {"autonomy"}),
        ("Sa motivation est le salaire.", "fr", {"pay"}),
        ("Busca estabilidad.", "es", {"stability"}),
        ("Lo más importante es la conciliación.", "es", {"balance"}),
        ("Ze mist waardering.", "nl", {"recognition"}),
        ("De reden is de reistijd.", "nl", {"commute"}),
    ],
)
def test_what_moves_somebody_or_is_missed_is_a_motive(
    text: str, language: str, what: set[str]
) -> None:
    assert wants(text, language) == what


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("She earns 85k and her notice is three months.", "en"),
        ("It's not about the money.", "en"),
        ("The client wants more growth.", "en"),
        ("Led the growth team of a retailer.", "en"),
        ("Managed pay for 400 people.", "en"),
        ("He works with a modern tech stack.", "en"),
        ("Das Gehalt liegt bei 70.000.", "de"),
        ("Der Kunde sucht mehr Sicherheit.", "de"),
        ("Le salaire est de 60 k.", "fr"),
        ("El salario es de 50.000 euros.", "es"),
        ("Het salaris is 5.000 per maand.", "nl"),
    ],
)
def test_what_is_only_mentioned_is_none(text: str, language: str) -> None:
    assert wants(text, language) == set()


def test_a_resume_tells_no_motives() -> None:
    assert wants("Wants to lead a team.", kind=SourceKind.RESUME) == set()
