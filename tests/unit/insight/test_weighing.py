"""What is read where no rule has the words: by what stands around numbers, dates and skills."""

import pytest

from tests.unit.insight import reads
from warmbench.insight.extraction import extract
from warmbench.insight.kinds import SourceKind


def read(
    text: str, kind: str, source: SourceKind = SourceKind.NOTE, language: str = ""
) -> list[dict[str, object]]:
    """The values of a kind that a text tells."""
    found = reads.finds(extract, text, source, language)
    return [one.value for one in found if one.kind == kind]


def talk(asked: str, answer: str, kind: str, language: str = "") -> list[dict[str, object]]:
    text = f"Recruiter: {asked}\nAna Ruiz: {answer}"
    return read(text, kind, SourceKind.TRANSCRIPT, language)


@pytest.mark.parametrize(
    ("language", "asked", "answer", "low"),
    [
        ("en", "And what do they pay you over there?", "Sixty-one.", 61_000),
        ("en", "What are you on?", "Forty-seven three, since April.", 47_300),
        ("de", "Was verdienen Sie zurzeit?", "Dreiundachtzig, mit allem.", 83_000),
        ("fr", "Vous êtes à combien ?", "Cinquante-deux mille.", 52_000),
        ("es", "¿Cuánto cobras ahora?", "Cuarenta y ocho mil.", 48_000),
        ("nl", "Wat verdien je nu?", "Tweeënzeventig.", 72_000),
    ],
)
def test_an_amount_is_what_was_asked_for(language: str, asked: str, answer: str, low: int) -> None:
    found = talk(asked, answer, "pay", language)

    assert [(one["what"], one["low"]) for one in found] == [("current", low)]


def test_the_period_that_is_asked_back_is_that_of_the_amount() -> None:
    text = (
        "Recruiter: What do they pay you?\nAna Ruiz: Forty-three.\n"
        "Recruiter: An hour?\nAna Ruiz: An hour, yes."
    )

    [one] = read(text, "pay", SourceKind.TRANSCRIPT)

    assert (one["low"], one["period"]) == (43, "hour")


@pytest.mark.parametrize(
    "text",
    [
        "The band goes up to 95k.",
        "Client pays 88,000.",
        "Her colleague in the same team gets 74k.",
        "Umsatz der Firma 12 Mio.",
        "Le poste est à 62 k€.",
    ],
)
def test_money_of_others_is_nobodys_pay(text: str) -> None:
    assert read(text, "pay") == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Eleven welders and two apprentices, all hers.", 11),
        ("Plant manager, 64 operators", 64),
        ("heads a crew of 17 in Leeds", 17),
    ],
)
def test_who_is_led_is_counted(text: str, amount: int) -> None:
    assert amount in [one["amount"] for one in read(text, "scope")]


@pytest.mark.parametrize("text", ["She is in a team of 8.", "Wants to lead 12 people."])
def test_whom_nobody_leads_is_not_counted(text: str) -> None:
    assert read(text, "scope") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Englisch C1, Italienisch fließend", {"English", "Italian"}),
        ("anglais courant, allemand B2", {"English", "German"}),
        ("R is limited, Python good", {"Python"}),
    ],
)
def test_languages_have_one_name_and_letters_no_other(text: str, names: set[str]) -> None:
    assert names <= {one["name"] for one in read(text, "skill")}
    assert "RIS" not in {one["name"] for one in read(text, "skill")}


def test_nice_to_meet_you_names_no_place() -> None:
    assert talk("Hello, this is Tom.", "Hi Tom. Nice to meet you, no worries.", "place") == []
