"""Who wants to be left alone, for good or for a while, and what only sounds like it."""

from datetime import date

import pytest

from warmbench.insight import reading as readings
from warmbench.insight.extractors import stops
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import Polarity, SourceKind

TODAY = date(2026, 3, 3)


def found(text: str, kind: SourceKind = SourceKind.NOTE) -> list[Found]:
    return list(stops.extract(readings.read(text, kind=kind, said_on=TODAY, people=["Ana Ruiz"])))


def tiers(text: str, kind: SourceKind = SourceKind.NOTE) -> list[str]:
    return [one.value["tier"] for one in found(text, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "Spoke at noon. She told me to scrub her file and that none of us may ever ring again.",
        "He insists that we never get in touch with him again, for whatever job.",
        "Sie verlangt, dass wir ihre Daten löschen und sie nie wieder anschreiben.",
        "Il exige d'être retiré de notre fichier et de ne plus jamais être appelé.",
        "Pide que borremos sus datos y que nadie la vuelva a llamar nunca.",
        "Ze wil uit het bestand en nooit meer gebeld worden.",
    ],
)
def test_who_wants_no_contact_any_more_is_heard(text: str) -> None:
    assert tiers(text) == ["hard"]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Please give me a rest until the end of May.", "2026-06-01"),
        ("Asked us to leave her in peace till September.", "2026-09-01"),
        ("Bitte bis Ende Mai keine Anrufe mehr.", "2026-06-01"),
        ("Merci de ne pas me relancer avant septembre.", "2026-09-01"),
        ("Wants no messages at the moment, will come back to us.", None),
    ],
)
def test_who_wants_a_rest_is_heard_with_its_end(text: str, until: str | None) -> None:
    [stop] = found(text)
    assert stop.value["tier"] == "pause"
    assert stop.value.get("until") == until
    assert stop.polarity == Polarity.REFUSES
    assert stop.valid_until == (date.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    "text",
    [
        "Please do not contact my references yet.",
        "Unsubscribe rates of her newsletter fell by a third.",
        "Don't ring me at the office, a text is better.",
        "Not looking right now, but glad to hear of anything in Lyon.",
        "She never worked with SAP.",
        "He leaves the office at five and calls back on Thursday.",
        "Die Kündigungsfrist beträgt drei Monate.",
        "Elle préfère les messages aux appels.",
        "No quiere volver a viajar tanto.",
        "Opzegtermijn twee maanden, beschikbaar vanaf september.",
    ],
)
def test_what_only_sounds_like_it_is_let_pass(text: str) -> None:
    assert tiers(text) == []


def test_a_recruiter_who_promises_not_to_call_asks_for_nothing() -> None:
    talk = "Recruiter: Shall I never call you again?\nAna Ruiz: No, no, do call, any evening."
    assert tiers(talk, SourceKind.TRANSCRIPT) == []


def test_a_resume_asks_for_nothing() -> None:
    text = "Handled requests of people who wanted to be removed and never contacted again."
    assert tiers(text, SourceKind.RESUME) == []


def test_a_text_without_end_is_weighed_in_part() -> None:
    assert len(stops.heard(_endless())) <= 300


def _endless() -> Reading:
    return readings.read("Call me. " * 20_000, kind=SourceKind.NOTE, said_on=TODAY)
