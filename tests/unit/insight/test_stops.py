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
        "please wipe my number, and no more calls from anybody at your place",
        "Kindly stop contacting me about jobs altogether.",
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
        ("Hands off until 2 June, please, she is writing up her thesis.", "2026-06-03"),
        ("Try me again in October.", "2026-10-01"),
        ("Elle préfère qu'on ne lui écrive pas avant septembre.", "2026-09-01"),
        ("Hasta septiembre no quiere que la llamemos.", "2026-09-01"),
        ("Tot september wil hij niet gebeld worden.", "2026-09-01"),
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
        "Referees must not be phoned until she has resigned.",
        "Her present boss may not hear a word of this.",
        "Never ring before eight, any time after that is grand.",
        "Drop me a text rather than phoning, I sit next to my boss.",
        "Another agency would not stop pestering him; he told them to delete his file.",
        "Nothing in gambling please, and no more one-year contracts.",
        "Take me out of the running for the Derby post, keep me in for York.",
        "Won't hand in her notice before the shares vest on 3 May.",
        "He is on leave until the 12th and will read mails after that.",
        "Let's talk again in the second week of June.",
        "Rang three times, never got an answer.",
        "The client does not want to see anybody before Whitsun.",
        "Note to self: delete the second copy of her record.",
        "Cut complaints about calls in a centre of 60 people.",
        "If this mail was not meant for you, please delete it.",
        "Joked that only a winning ticket would ever stop him working.",
        "Wrong CV, please delete it, here is the right one.",
        "She has had enough of hotels and never wants to fly to Lagos again.",
        "Please do not take me off the list, I read all of them.",
        "No reason not to write to him again.",
        "Bitte meine Vorgesetzte nicht anrufen, sie weiß nichts davon.",
        "Der Kunde will bis Pfingsten niemanden sehen.",
        "Pas d'appels au travail, plutôt un message le soir.",
        "Le client a suspendu la recherche jusqu'en juin.",
        "No llaméis a mis antiguos jefes todavía.",
        "Las otras agencias no dejan de escribirle.",
        "Mijn leidinggevende mag hier niets van weten.",
        "Stuur alsjeblieft geen functies in de horeca meer.",
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
