"""Says what kind of text something looks like, for who does not say."""

import re

from warmbench.insight.kinds import SourceKind
from warmbench.insight.reading import letters, turns, words
from warmbench.insight.reading.blocks import lines_of

#: So many headings of a résumé make one, or one fewer beside spans of years.
_HEADINGS = 3
_YEARS = re.compile(
    r"(?:19|20)\d\d\s{0,2}[-\u2013\u2014]\s{0,2}(?:(?:\d\d[/.])?(?:19|20)\d\d|present|now|today|"
    r"heute|jetzt|actuel|actualidad|heden)",
    re.IGNORECASE,
)
_DEBRIEF = re.compile(
    r"\b(?:debrief|score\s?card|interview (?:feedback|kit|report|evaluation)|hire / no hire|"
    r"(?:overall )?recommendation\s?:|strong (?:yes|no|hire)|interviewer\s?:|panel feedback|"
    r"r\u00fcckmeldung|bewertungsbogen|interviewbogen|compte rendu d'entretien|grille d'\u00e9valuation|"
    r"evaluaci\u00f3n de entrevista|informe de entrevista|beoordelingsformulier|gespreksverslag)",
    re.IGNORECASE,
)
_SHARE = 0.5
_OPENING = 1_500


def kind_of(text: str) -> SourceKind:
    """A mail by its head, a talk by who speaks, a résumé by its headings; else a note."""
    lines = list(lines_of(text[:50_000]))
    if letters.head_of(text, lines):
        return SourceKind.EMAIL
    filled = [line for line in lines if line.start < line.end]
    labelled = turns.labelled(text, lines)
    if labelled >= 4 and labelled >= _SHARE * len(filled):
        return SourceKind.TRANSCRIPT
    if len(set(_DEBRIEF.findall(text[:_OPENING]))) >= 1:
        return SourceKind.DEBRIEF
    sections = {
        words.sections().get(words.plain(text[line.start : line.end]))
        for line in filled
        if line.end - line.start <= 60
    } - {None}
    years = len(_YEARS.findall(text[:50_000]))
    if len(sections) >= _HEADINGS - (years >= 2):
        return SourceKind.RESUME
    return SourceKind.NOTE
