"""Says what kind of text something looks like, for who does not say."""

import re

from warmbench.insight.kinds import SourceKind
from warmbench.insight.reading import letters, turns, words
from warmbench.insight.reading.blocks import Line, lines_of

#: So many headings of a résumé make one; fewer do beside spans of years, or an address on top.
_HEADINGS = 3
_YEARS = re.compile(
    r"(?:19|20)\d\d\s{0,2}(?:[-\u2013\u2014]|to|bis|\u00e0|al?|tot)\s{0,2}"
    r"(?:(?:\d\d[/.])?(?:19|20)\d\d|present|now|today|date|heute|jetzt|actuel|actualidad|heden)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{2,}|\+?\d[\d ()-]{7,18}\d")
_DEBRIEF = re.compile(
    r"\b(?:debrief|score\s?card|interview (?:feedback|kit|report|evaluation)|hire / no hire|"
    r"strong (?:yes|no|hire)|panel feedback|"
    r"feedback[^\n]{1,60}\binterview|interview[^\n]{1,60}\bfeedback|"
    r"r\u00fcckmeldung|bewertungsbogen|interviewbogen|"
    r"compte[ -]rendu d'entretien|grille d'\u00e9valuation|"
    r"(?:valoraci\u00f3n|evaluaci\u00f3n|informe) (?:de|de la) entrevista|beoordelingsformulier|"
    r"gespreksverslag|interviewverslag)",
    re.IGNORECASE,
)
_JUDGED = re.compile(
    r"^\W{0,4}(?:candidate?[ao]?|bewerber(?:in)?|kandidat(?:in)?|kandidaat|applicant)\s{0,2}:",
    re.IGNORECASE | re.MULTILINE,
)
_JUDGING = re.compile(
    r"(?:^|[|\u00b7;]|\s{3})\W{0,4}"
    r"(?:interviewer|interviewed by|interviewt von|panel|completed by|submitted by|"
    r"entrevistador[ae]?|intervieweur|interviewster|gesprächsführer|recommendation|verdict|decision)"
    r"\s{0,2}:",
    re.IGNORECASE | re.MULTILINE,
)
_RECORDED = re.compile(
    r"transcri|recording|aufzeichnung|enregistrement|grabaci|opname", re.IGNORECASE
)
_SHARE, _TURNS = 0.5, 4
_LONGEST_HEADING = 60
#: Characters of the text, of its opening and of its top that are looked at.
_ENOUGH, _OPENING, _TOP = 50_000, 1_500, 300


def kind_of(text: str) -> SourceKind:
    """A mail by its head, a talk by who speaks, a résumé by its headings; else a note."""
    text = text[:_ENOUGH]
    lines = list(lines_of(text))
    if letters.head_of(text, lines):
        return SourceKind.EMAIL
    filled = [line for line in lines if line.start < line.end]
    if filled and _is_talk(text, filled):
        return SourceKind.TRANSCRIPT
    opening = text[:_OPENING]
    if _DEBRIEF.search(opening) or (_JUDGED.search(opening) and _JUDGING.search(text)):
        return SourceKind.DEBRIEF
    headings = {
        words.section_of(words.plain(text[line.start : line.end]))
        for line in filled
        if line.end - line.start <= _LONGEST_HEADING
    } - {None}
    signs = len(headings) + 1 * (len(_YEARS.findall(text)) >= 2)
    signs += 2 * (signs > 0 and bool(_ADDRESS.search(text[:_TOP])))
    return SourceKind.RESUME if signs >= _HEADINGS else SourceKind.NOTE


def _is_talk(text: str, filled: list[Line]) -> bool:
    """Whether most lines say who speaks. A note with messages pasted into it begins otherwise."""
    labelled = turns.labelled(text, filled)
    if labelled < _TURNS or labelled < _SHARE * len(filled):
        return False
    first = filled[0]
    return turns.begins_with_label(text, first) or bool(
        _RECORDED.search(text, first.start, first.end)
    )
