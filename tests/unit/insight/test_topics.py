"""What was talked about at length, in the words of the text."""

from datetime import date

import pytest

from warmbench.insight import reading as readings
from warmbench.insight.extractors import topics
from warmbench.insight.kinds import SourceKind

TODAY = date(2026, 3, 3)


def names(text: str, language: str = "en", kind: SourceKind = SourceKind.NOTE) -> list[str]:
    reading = readings.read(text, kind=kind, said_on=TODAY, people=["Ana Ruiz"], language=language)
    return [one.value["name"] for one in topics.extract(reading)]


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("We spoke at length about the office move.", "en", "office move"),
        ("Long chat about return to office, he hates it.", "en", "return to office"),
        ("Most of the call was about the merger and what it means.", "en", "merger"),
        ("Main topic: the new rota.", "en", "new rota"),
        ("Wir haben lange über die Umstrukturierung gesprochen.", "de", "umstrukturierung"),
        ("On a longuement parlé de la fusion.", "fr", "fusion"),
        ("Hablamos mucho de la mudanza.", "es", "mudanza"),
        ("Lang gesproken over de reorganisatie.", "nl", "reorganisatie"),
    ],
)
def test_what_was_talked_about_at_length_is_named(text: str, language: str, name: str) -> None:
    assert names(text, language) == [name]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We spoke about the office move.", "en"),
        ("Long chat about his salary.", "en"),
        ("Talked at length about her role.", "en"),
        ("We spoke at length about her divorce.", "en"),
        ("Long talk about how he got there.", "en"),
        ("Lange über das Gehalt gesprochen.", "de"),
    ],
)
def test_what_was_touched_or_is_private_is_no_topic(text: str, language: str) -> None:
    assert names(text, language) == []


def test_a_text_has_two_topics_at_most() -> None:
    text = (
        "Long chat about the merger. Long chat about the new rota. Long chat about the office move."
    )
    assert names(text) == ["merger", "new rota"]


def test_a_talk_itself_names_none() -> None:
    assert names("Ana Ruiz: Long chat about the merger.", kind=SourceKind.TRANSCRIPT) == []
