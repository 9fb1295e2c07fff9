"""What is read by its likeness to examples: in fresh words, of whom it is told, and never what."""

from datetime import date

import numpy as np
import pytest

from warmbench.insight import meanings
from warmbench.insight import reading as readings
from warmbench.insight.extraction import extract
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import Kind, SourceKind

TODAY = date(2026, 3, 5)
#: The kinds that are read so.
LEARNT = {Kind.STANCE, Kind.MOTIVE, Kind.CONSTRAINT, Kind.REMOTE, Kind.SENIORITY}


def read(text: str, kind: SourceKind = SourceKind.NOTE) -> Reading:
    return readings.read(text, kind=kind, said_on=TODAY, people=["Ana Ruiz"], recruiters=["Tom"])


def found(text: str, kind: SourceKind = SourceKind.NOTE) -> list[Found]:
    return [one for one in extract(read(text, kind)) if one.kind in LEARNT]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("She is applying everywhere and has interviews on Monday.", Kind.STANCE, "active"),
        ("She is in no hurry, though a good offer would get a hearing.", Kind.STANCE, "open"),
        ("Not interested in changing jobs, he says, now or ever.", Kind.STANCE,
         "not_interested"),
        ("Her pay has not moved for four years and she has had enough.", Kind.MOTIVE, "pay"),
        ("He wants to decide things himself, without asking anybody.", Kind.MOTIVE, "autonomy"),
        ("Er steht jeden Tag zwei Stunden im Stau und hat es satt.", Kind.MOTIVE, "commute"),
        ("Without a sponsor he has to leave the country.", Kind.CONSTRAINT, "visa"),
        ("Elle doit récupérer ses enfants à l'école à 16 h 30.", Kind.CONSTRAINT, "family"),
        ("No quiere viajes de trabajo de varios días.", Kind.CONSTRAINT, "travel"),
        ("Hij mag twaalf maanden niet bij een concurrent werken.", Kind.CONSTRAINT, "non_compete"),
        ("She wants to work from home all week.", Kind.REMOTE, "remote"),
        ("Leads a group of seven testers and does their reviews.", Kind.SENIORITY, "manager"),
    ],
)  # fmt: skip
def test_what_no_list_has_is_read_by_its_likeness(text: str, kind: Kind, value: str) -> None:
    told = [one for one in found(text) if one.kind == kind]
    assert value in {
        one.value.get("what") or one.value.get("level") or one.value.get("mode") for one in told
    }


@pytest.mark.parametrize(
    "text",
    [
        "Sent over the signed terms this morning.",
        "The client wants somebody who has run a plant.",
        "Her husband is looking for something new as well.",
        "He wrote the visa module of a booking system.",
        "The number twelve bus stops in front of their office.",
        "Our fee is due within thirty days.",
        "Die Stelle ist ab Mai frei.",
        "Le client nous a rappelés mardi.",
        "El informe está en la carpeta.",
        "De functie wordt volgende week geplaatst.",
    ],
)
def test_what_is_of_others_or_of_the_work_means_nothing(text: str) -> None:
    assert found(text) == []


def test_a_recruiters_words_and_questions_are_nobodys_wish() -> None:
    talk = (
        "Tom: You would only do it from your own desk at home, and you want out of there?\n"
        "Ana Ruiz: Would they pay more than my boss does?\n"
    )
    assert found(talk, SourceKind.TRANSCRIPT) == []


@pytest.mark.parametrize(
    "text",
    [
        "She cannot travel any more since the stroke, doctor's orders.",
        "Pas de déplacements à cause de sa maladie.",
        "Er kann samstags nicht, wegen seines Glaubens.",
    ],
)
def test_what_the_law_protects_is_never_weighed(text: str) -> None:
    assert meanings.weighed(read(text)) == ()
    assert found(text) == []


def test_a_sentence_is_weighed_once_for_all_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    judge, asked = meanings.judge(), []

    class Counting:
        classes = judge.classes

        def scores(self, texts: list[str]) -> object:
            asked.append(texts)
            return np.zeros((len(texts), len(judge.classes)), np.float32)

    monkeypatch.setattr(meanings, "judge", Counting)
    extract(read("Nobody there has said a kind word in years. He codes all day, every day."))
    assert [len(texts) for texts in asked] == [2]


def test_the_quote_is_the_sentence_and_the_rule_is_named() -> None:
    text = "Rang at noon. His permit ties him to the present employer. Rings back."
    [one] = [each for each in found(text) if each.kind == Kind.CONSTRAINT]
    assert text[one.start : one.end] == "His permit ties him to the present employer."
    assert one.extractor == "constraint.likeness"
    assert meanings.LEAST <= one.confidence <= 1
