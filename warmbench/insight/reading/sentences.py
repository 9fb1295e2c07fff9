"""Tells sentences apart, as recruiters type and dictate them."""

import re
from collections.abc import Iterator

from warmbench.insight.reading import words
from warmbench.messaging.inbound.plain import fold

#: Nobody means a longer one: it was dictated, and is cut where a breath may be drawn.
LONGEST = 400
#: No piece of it is shorter than this for the sake of a good place.
_SHORTEST = 120
#: A question of so many words goes together with its answer: “Denver? No.”
_SHORT_QUESTION = 5

_END = re.compile(
    r"(?<![.!?\u2026])[.!?\u2026]+[\"'\u201d\u2019\u00bb)\]]{0,3}(?=\s)|\s[\u2022\u25aa\u25cf](?=\s)"
)
_TOKEN = re.compile(r"[^\s(\[\"',;:/]{1,12}$")
_NEXT = re.compile(r"\s*[\"'(\u201c\u201e\u00ab\u00a1\u00bf]{0,2}(\w[\w'-]{0,20}|\S)?")
_ANSWER = re.compile(
    r"\s*[\"'\u201c\u201e\u00ab(]?(?:no|nope|not|never|yes|yeah|yep|sure|fine|ok|okay|happy|nein|ja|nie|niemals|"
    r"nicht|gern|gerne|non|oui|jamais|pas|si|s\u00ed|nunca|nee|nooit|niet|graag|out of|off the|"
    r"absolutely|definitely|only|would|wouldn't|won't)\b",
    re.IGNORECASE,
)
_BREATHS = (
    re.compile(r"[,;:]\s|\s[-\u2013\u2014]\s"),
    re.compile(r"\s(?=(?:and|but|so|und|aber|et|mais|y|pero|en|maar)\s)"),
    re.compile(r"\s"),
)


def cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the sentences of a stretch of text begin and end, without the blanks around them."""
    begin = start
    for stop in _stops(text, start, end):
        yield from _pieces(text, begin, stop)
        begin = stop
    yield from _pieces(text, begin, end)


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    begin = start
    for match in _END.finditer(text, start, end):
        if match[0].startswith("...."):
            continue  # “Communication ........ 5”
        if match[0][0] == "." and not _ends(text, begin, match.start(), match.end(), end):
            continue
        if match[0][0] == "\u2026" or match[0].startswith("..."):
            following = _following(text, match.end(), end)
            if not following or following[0].islower():
                continue
        if "?" in match[0] and _is_answered(text, begin, match.end(), end):
            continue
        begin = match.end()
        yield begin


def _ends(text: str, begin: int, dot: int, after: int, end: int) -> bool:
    """Whether a full stop ends the sentence, and no abbreviation or number of a day."""
    token = _TOKEN.search(text, max(begin, dot - 12), dot)
    if token is None:
        return True
    last, following = fold(token[0]), _following(text, after, end)
    if last.isdigit():
        # “zum 30. September”
        return len(last) > 2 or fold(following) not in words.named("after_ordinals")
    if last in words.named("before_numbers"):
        return not following[:1].isdigit()
    is_rate = text[token.start() - 1 : token.start()] == "/"
    if last in words.named("abbreviations") and not is_rate:
        return False
    if last in words.named("abbreviations_at_ends") or is_rate:
        return following[:1].isupper()
    is_capital = token[0][:1].isupper()
    # “B.S. Physics”, “J. Crane”, “i.V. Meier”
    is_short = "." in last or len(last) == 1
    return not (is_short and is_capital) and not (is_short and not following[:1].isupper())


def _following(text: str, after: int, end: int) -> str:
    match = _NEXT.match(text, after, end)
    return (match[1] or "") if match else ""


def _is_answered(text: str, begin: int, stop: int, end: int) -> bool:
    question = text[begin:stop]
    return len(question) < 60 and (
        len(question.split()) <= _SHORT_QUESTION and _ANSWER.match(text, stop, end) is not None
    )


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch without blanks and bullets around it, cut where it is too long."""
    while start < end:
        while start < end and (text[start].isspace() or text[start] in "\u2022\u25aa\u25cf"):
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            return
        stop = end if end - start <= LONGEST else _breath(text, start, start + LONGEST)
        last = stop
        while last > start and text[last - 1].isspace():
            last -= 1
        yield start, last
        start = stop


def _breath(text: str, start: int, end: int) -> int:
    """The last good place to cut before the end."""
    for pattern in _BREATHS:
        places = [match.end() for match in pattern.finditer(text, start + _SHORTEST, end)]
        if places:
            return places[-1]
    return end
