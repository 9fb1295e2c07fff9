"""Industries and fields are theirs only where it is said that they work, or want to work, there."""

from datetime import date

import pytest

from warmbench.insight import reading
from warmbench.insight.extractors import domains
from warmbench.insight.kinds import SourceKind

TODAY = date(2026, 3, 2)


def told(text: str, *, kind: SourceKind = SourceKind.NOTE, language: str = "en") -> set[str]:
    of = reading.read(text, kind=kind, said_on=TODAY, people=["Ana Ruiz"], language=language)
    return {f"{one.polarity} {one.value['name']}" for one in domains.extract(of)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Spent twelve years in insurance.", {"had insurance"}),
        ("Background in retail and logistics", {"had retail", "had logistics"}),
        ("She works for a fintech", {"had fintech"}),
        ("has worked in oil & gas", {"had oil and gas"}),
        ("wants to move into climate tech", {"wants climate tech"}),
        ("No gambling, no tobacco.", {"refuses gambling", "refuses tobacco"}),
        ("He is done with ad tech", {"refuses ad tech", "had ad tech"}),
        ("won't go back to automotive", {"refuses automotive", "had automotive"}),
        ("would go back to consulting at a pinch", {"wants consulting"}),
        ("Financial controller from banking, wants pharma.", {"had banking", "wants pharma"}),
        ("10 yrs in pharma, prev. FMCG", {"had pharma", "had fmcg"}),
        ("Insurance background, now at a fintech", {"had insurance", "had fintech"}),
        ("Her world is logistics.", {"had logistics"}),
        ("She came out of retail banking in 2021", {"had retail banking"}),
        ("Only considers fintech", {"wants fintech"}),
        ("Corporate lawyer w/ private equity focus", {"had private equity"}),
        ("Came up through audit at a Big 4.", {"had audit", "had big 4"}),
        ("Store manager at Kestrel & Co, retail (food)", {"had retail"}),
        ("Marketing lead, B2B SaaS", {"had saas"}),
        ("Open to anything except defence", {"refuses defence"}),
        ("Domain knowledge: payments 4/5", {"had payments"}),
    ],
)
def test_fields_are_read_in_their_sense(text: str, expected: set[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Acht Jahre in der Automobilindustrie.", {"had automobilindustrie"}),
        ("fr", "Dix ans dans la banque.", {"had banque"}),
        ("es", "Tiene experiencia en logística.", {"had logística"}),
        ("nl", "Werkt in de zorg.", {"had zorg"}),
        (
            "de",
            "Kommt aus dem Maschinenbau, will in die Medizintechnik.",
            {"had maschinenbau", "wants medizintechnik"},
        ),
        (
            "es",
            "Viene del sector hotelero y busca algo en banca",
            {"had sector hotelero", "wants banca"},
        ),
    ],
)
def test_other_languages_are_read(language: str, text: str, expected: set[str]) -> None:
    assert told(text, language=language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Our client is a bank.",
        "No banking background",
        "Her husband works in insurance",
        "The role is in private equity, she liked that",
        "They discussed travel and events around Easter",
        "Wants healthcare benefits and a pension",
        "Her flight was cancelled by the airline",
        "Scorecard: Backend Engineer (payments)",
        "The role is in insurance.",
        "Her insurance covers it.",
        "He paid his mortgage off.",
        "Wants a company car and a bank holiday.",
        "She never worked in credit risk.",
        "Studied at the London Business School.",
    ],
)
def test_what_is_the_clients_or_nobodys_is_left_alone(text: str) -> None:
    assert told(text) == set()


def test_in_a_talk_only_their_own_words_count() -> None:
    text = "Recruiter: We are in insurance.\nAna Ruiz: I'm in fintech now.\n"
    assert told(text, kind=SourceKind.TRANSCRIPT) == {"had fintech"}


@pytest.mark.parametrize("text", ["in banking and " * 15_000, "years in " * 20_000])
def test_hostile_texts_are_read_in_time(text: str) -> None:
    assert len(told(text)) <= 2
