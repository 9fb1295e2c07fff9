"""Whether somebody wants another position, and what only sounds like it."""

from datetime import date

import pytest

from warmbench.insight import reading as readings
from warmbench.insight.extractors import stances
from warmbench.insight.found import Found
from warmbench.insight.kinds import Polarity, SourceKind

TODAY = date(2026, 3, 3)


def found(
    text: str, language: str = "en", kind: SourceKind = SourceKind.NOTE, people: str = "Ana Ruiz"
) -> list[Found]:
    names = people.split("; ")
    reading = readings.read(text, kind=kind, said_on=TODAY, people=names, language=language)
    return list(stances.extract(reading))


@pytest.mark.parametrize(
    ("text", "language", "level"),
    [
        ("She is actively looking and has two interviews next month.", "en", "active"),
        ("Handed over well. He has already resigned.", "en", "active"),
        ("Looking for a new job since the plant was sold.", "en", "active"),
        ("Er sucht eine neue Stelle in Hamburg.", "de", "active"),
        ("Elle est en recherche active.", "fr", "active"),
        ("Está en búsqueda activa desde enero.", "es", "active"),
        ("Ze is actief op zoek.", "nl", "active"),
        ("Not actively looking, but likes to hear what is out there.", "en", "open"),
        ("He's open to a conversation.", "en", "open"),
        ("She would listen for the right role.", "en", "open"),
        ("Happy to hear more about it.", "en", "open"),
        ("Für spannende Angebote offen, er ist grundsätzlich offen.", "de", "open"),
        ("Elle reste à l'écoute.", "fr", "open"),
        ("Está abierta a escuchar ofertas.", "es", "open"),
        ("Hij staat er zeker voor open.", "nl", "open"),
        ("After the summer she'd be open to a move.", "en", "later"),
        ("Maybe next year, he says.", "en", "later"),
        ("Ask her again in the autumn.", "en", "later"),
        ("Danach spricht er gern mit uns.", "de", "later"),
        ("Ce n'est pas le moment pour elle.", "fr", "later"),
        ("No es buen momento.", "es", "later"),
        ("Daarna staat ze open voor een gesprek.", "nl", "later"),
        ("He is not interested in moving.", "en", "not_interested"),
        ("I'm very happy where I am.", "en", "not_interested"),
        ("Kein Interesse an einem Wechsel.", "de", "not_interested"),
        ("Elle ne veut pas partir.", "fr", "not_interested"),
        ("No quiere cambiar de empresa, está muy contenta en su puesto.", "es", "not_interested"),
        ("Hij wil niet weg.", "nl", "not_interested"),
    ],
)
def test_what_somebody_says_of_moving_is_their_stance(text: str, language: str, level: str) -> None:
    [stance] = found(text, language)
    assert stance.value == {"level": level}
    assert stance.polarity == Polarity.WANTS


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Not interested in this role, it is too junior.", "en"),
        ("The client is looking for a controller.", "en"),
        ("Looking forward to Thursday.", "en"),
        ("Looks after the accounts of two plants.", "en"),
        ("The position is still open until May.", "en"),
        ("He was actively looking two years ago.", "en"),
        ("Are you open to a move?", "en"),
        ("She is open to travel.", "en"),
        ("He seemed tired and a bit sad.", "en"),
        ("Her husband is looking for a new job.", "en"),
        ("Kein Interesse an dieser Stelle.", "de"),
        ("Der Kunde sucht eine neue Leitung.", "de"),
        ("Le client cherche un nouveau directeur.", "fr"),
        ("El cliente busca un nuevo jefe de obra.", "es"),
        ("De klant zoekt een nieuwe planner.", "nl"),
    ],
)
def test_what_is_of_one_role_or_of_others_is_no_stance(text: str, language: str) -> None:
    assert found(text, language) == []


def test_the_last_word_holds() -> None:
    [stance] = found("She is actively looking. Called again: she is staying put.")
    assert stance.value == {"level": "not_interested"}


def test_when_to_ask_again_does_not_undo_that_somebody_is_open() -> None:
    [stance] = found("He's open to offers. Ring him again in May.")
    assert stance.value == {"level": "open"}


def test_a_resume_has_no_stance() -> None:
    assert found("Seeking a new challenge in finance.", kind=SourceKind.RESUME) == []
