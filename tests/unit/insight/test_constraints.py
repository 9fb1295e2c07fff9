"""What limits the positions that somebody can take, and what must never be noted."""

from datetime import date

import pytest

from warmbench.insight import reading as readings
from warmbench.insight.extractors import constraints
from warmbench.insight.kinds import Polarity, SourceKind

TODAY = date(2026, 3, 3)


def limits(text: str, language: str = "en", kind: SourceKind = SourceKind.NOTE) -> set[str]:
    reading = readings.read(text, kind=kind, said_on=TODAY, people=["Ana Ruiz"], language=language)
    found = list(constraints.extract(reading))
    assert {one.polarity for one in found} <= {Polarity.HAD}
    return {one.value["what"] for one in found}


@pytest.mark.parametrize(
    ("text", "language", "what"),
    [
        ("She needs visa sponsorship.", "en", {"visa"}),
        ("He cannot start without sponsorship.", "en", {"visa"}),
        ("There is a non-compete of six months.", "en", {"non_compete"}),
        ("He is doing a part-time MBA until June.", "en", {"study"}),
        ("She won't travel any more.", "en", {"travel"}),
        ("Travel max 20 %.", "en", {"travel"}),
        ("No night shifts, she says.", "en", {"hours"}),
        ("Has to leave at three.", "en", {"hours"}),
        ("The commute is too long.", "en", {"commute"}),
        ("No car, so it must be near a station.", "en", {"commute"}),
        ("Her kids are in primary school.", "en", {"family"}),
        ("He picks up his daughter on Tuesdays.", "en", {"family"}),
        ("They are in the middle of a renovation.", "en", {"housing"}),
        ("Braucht ein Visum.", "de", {"visa"}),
        ("Keine Nachtschichten mehr.", "de", {"hours"}),
        ("Es gibt ein Wettbewerbsverbot von einem Jahr.", "de", {"non_compete"}),
        ("Elle ne veut plus se déplacer.", "fr", {"travel"}),
        ("Il a une clause de non-concurrence.", "fr", {"non_compete"}),
        ("No quiere viajar.", "es", {"travel"}),
        ("Necesita un permiso de trabajo.", "es", {"visa"}),
        ("Geen nachtdiensten meer.", "nl", {"hours"}),
        ("Hij heeft een concurrentiebeding.", "nl", {"non_compete"}),
    ],
)
def test_what_limits_somebody_is_read(text: str, language: str, what: set[str]) -> None:
    assert limits(text, language) == what


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("She loves travelling for work.", "en"),
        ("No problem with travel or weekends.", "en"),
        ("He does not need sponsorship.", "en"),
        ("There is no non-compete.", "en"),
        ("Drafted non-competes for three banks.", "en"),
        ("She has two children.", "en"),
        ("The role involves no travel.", "en"),
        ("Runs the night shift of a warehouse.", "en"),
        ("Reist gern und viel.", "de"),
        ("Er hat kein Wettbewerbsverbot.", "de"),
        ("Aucun problème pour les déplacements.", "fr"),
        ("Le gusta viajar.", "es"),
        ("Hij reist graag.", "nl"),
    ],
)
def test_what_is_no_limit_is_let_pass(text: str, language: str) -> None:
    assert limits(text, language) == set()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No night shifts because of her epilepsy.", "en"),
        ("Cannot travel, he is in treatment for cancer.", "en"),
        ("No Saturdays, she keeps the Sabbath.", "en"),
        ("She looks after her mother, who has dementia.", "en"),
        ("Keine Nachtschichten wegen ihrer Krankheit.", "de"),
        ("Pas de nuits depuis sa maladie.", "fr"),
        ("No quiere viajar por su enfermedad.", "es"),
        ("Geen nachtdiensten meer, hij is ziek.", "nl"),
    ],
)
def test_health_and_faith_are_never_noted(text: str, language: str) -> None:
    assert limits(text, language) == set()
