"""Finds lists of skills, in which what stands between known ones is a skill too."""

import re
from collections.abc import Iterator, Sequence

from warmbench.insight.flat import flat
from warmbench.insight.lexicon import Mention
from warmbench.insight.tables import table
from warmbench.people import gazetteer

_SENTENCE = re.compile(
    r"[.!?](?=\s|$)|[\n\u2022]|\s[-\u2013\u2014]\s|\b(?:but|aber|mais|pero|maar)\b"
)
_PART = re.compile(r"[,;|]|\s[/+]\s")
_LABEL = re.compile(r"^\W{0,3}(?P<label>[^:.]{0,40}?)\s?(?::|\.{3,})\s*")
_NOTE = re.compile(r"\s*(?:\([^()]*\)|[-:.\u2013\u2026]*\s?\d{1,2}\s?/\s?(?:4|5|10))\s*$")
_WORD = re.compile(r"[^\W_][\w+#.'/&-]*")
#: “We're on”: what ends so is the beginning of a clause.
_SHORTENED = ("n't", "'s", "'m", "'re", "'ve", "'ll", "'d")
_MOST_WORDS, _MOST_LETTERS = 3, 36
#: So many items are a list, with so many known ones among them.
_ITEMS, _KNOWN = 3, 2
_AMOUNT = re.compile(
    r"\d\s?(?:k|m|%|[\u20ac\u00a3$]|h|x|days?|hours?)\b|[\u20ac\u00a3$]\s?\d|\b(?:19|20)\d\d\b"
)
#: How well a language is spoken, after a letter that stands for it: "G C1".
_LEVEL = re.compile(
    r"\b(?:[ABC][12]|mother tongue|native|fluent|muttersprache|langue maternelle|moedertaal)\b",
    re.IGNORECASE,
)
#: The number of a standard: "ISO 18436", "API 610", "AWS D1.1".
_STANDARD = re.compile(
    r"(?<![\w-])(?:ISO(?:/IEC)?|IEC|EN(?: ISO)?|DIN(?: EN)?|API|ASME|ANSI|ASTM|NFPA|IEEE|BS|"
    r"MIL-STD|IPC|SAE|VDE|VDI|NEN|UNE|AS|NIST|EASA|FAR|AWS D|IFRS|IAS|FRS|ASC|DO|SR|TRGS|DGUV|BGV|"
    r"NF)[ -]?(?=[A-Z]{0,3}\d)[A-Z]{0,3}\d[\d.]{0,6}[\dA-Z]{0,2}(?![\w%])"
)


def label_of(text: str) -> str:
    """What a line is said to be: "Tools" in "Tools: SQL, R"."""
    found = _LABEL.match(text)
    return found["label"] if found else ""


def others(
    text: str, known: Sequence[Mention], *, is_under_heading: bool
) -> Iterator[tuple[int, int]]:
    """Where further skills stand: items of a list with known ones, and numbers of standards."""
    for match in _STANDARD.finditer(text):
        yield match.span()
    for items in _lists(text, _KNOWN if is_under_heading else _ITEMS):
        skilled = sum(_has(one, known) for one in items)
        if skilled < _KNOWN and not (is_under_heading and len(items) >= _KNOWN):
            continue
        if skilled * 3 < len(items) and not is_under_heading:
            continue
        yield from (one for one in items if not _has(one, known) and _is_name(text[slice(*one)]))


def holds(text: str, at: int, known: Sequence[Mention]) -> bool:
    """Whether the place is in a list in which another known skill stands."""
    for items in _lists(text):
        if any(start <= at < end for start, end in items):
            return any(_has(one, known) for one in items if not one[0] <= at < one[1])
    return False


def _has(item: tuple[int, int], known: Sequence[Mention]) -> bool:
    return any(item[0] <= one.start < item[1] for one in known)


def _lists(text: str, few: int = _ITEMS) -> Iterator[list[tuple[int, int]]]:
    """Runs of short items between commas, within a sentence."""
    begin = 0
    for stop in [*(cut.start() for cut in _SENTENCE.finditer(text)), len(text)]:
        run: list[tuple[int, int]] = []
        for item in _parts(text, begin, stop):
            if item[1] - item[0] <= _MOST_LETTERS and len(_WORD.findall(text[slice(*item)])) <= 4:
                run.append(item)
                continue
            if len(run) >= few:
                yield run
            run = []
        if len(run) >= few:
            yield run
        begin = stop + 1


def _parts(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    start = begin
    for cut in [
        *((one.start(), one.end()) for one in _PART.finditer(text, begin, stop)),
        (stop, stop),
    ]:
        words = text[start : cut[0]]
        label = _LABEL.match(words)
        first = start + (label.end() if label else 0)
        last = cut[0] - (len(words) - len(_NOTE.sub("", words)))
        while first < last and not (text[first].isalnum() or text[first] == "."):
            first += 1
        last = first + len(text[first:last].rstrip(" .)\"'"))
        if first < last:
            yield first, last
        start = cut[1]


def _is_name(item: str) -> bool:
    """Whether an item can be a skill: no clause, no place, no bare number."""
    words = [flat(word) for word in _WORD.findall(item)]
    if not words or len(words) > _MOST_WORDS or len(item) < 2 or item[0].isdigit():
        return False
    if _AMOUNT.search(item) or _LEVEL.search(item):
        return False
    of_clauses = table("skill_words")["clauses"].split()
    if any(word in of_clauses or word.endswith(_SHORTENED) for word in words):
        return False
    return not gazetteer.cities(item) and not gazetteer.country(item)
