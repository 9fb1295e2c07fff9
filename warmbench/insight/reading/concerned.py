"""Says whom each sentence is about, in texts on several people."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from warmbench.insight.found import Unit
from warmbench.insight.reading import names

#: Behind these a name is only compared with, or met.
_BESIDE = re.compile(
    r"\b(?:than|like|unlike|as|under|for|by|from|wie|als|comme|que|como|dan|with|mit|avec|con|"
    r"bei|unter|and|und|et|y|en|&|to|told|asked)\s+(?:\w+\s)?$",
    re.IGNORECASE,
)
#: A sentence that begins so goes on about whoever was named last.
_PRONOUN = re.compile(
    r"\W{0,3}(?:also |and |auch |und )?"
    r"(?:she|he|her|his|they|er|sie|ihr|sein|elle|il|son|sa|ella|\u00e9l|su|"
    r"zij|ze|hij|haar|zijn)\b",
    re.IGNORECASE,
)


#: Where a sentence may go over from one person to another.
_TURNS = re.compile(
    r"(?:[;,]|\s[-\u2013\u2014])\s+(?:(?:and|while|but|whereas|und|aber|et|mais|y|pero|en|maar)\s+)?$|"
    r"\s(?:while|whereas|wohingegen|tandis que|mientras|terwijl)\s+$",
    re.IGNORECASE,
)


def cut(
    text: str, start: int, end: int, finders: Sequence[re.Pattern[str] | None]
) -> Iterator[tuple[int, int]]:
    """A sentence, cut where it goes over to another person: “Ana wants 90; Ben is on 80”."""
    last: int | None = None
    named = sorted(
        (match.start(), number)
        for number, finder in enumerate(finders)
        for match in (finder.finditer(text, start, end) if finder else ())
    )
    for at, number in named:
        if last not in {None, number} and (gap := _TURNS.search(text, max(start, at - 16), at)):
            yield start, gap.start()
            start = at
        last = number
    yield start, end


def attributed(
    units: Iterable[Unit], fixed: Sequence[int | None], people: Sequence[str]
) -> Iterator[Unit]:
    """The units with whom they are about: by label, by name, or as the sentence before.

    ``fixed`` says it for those whose paragraph has a label. Without any name it is the main
    person.
    """
    if len(people) < 2:
        yield from units
        return
    finders = names.patterns(people)
    part, current, last_named = -1, 0, 0
    for unit, label in zip(units, fixed, strict=True):
        if unit.part != part:
            part = unit.part
            current = 0 if label is None else label
            if label is None and _PRONOUN.match(unit.text):
                current = last_named
        subject = _subject(unit.text, finders, current)
        if subject is not None and (label is None or subject[1] == 0):
            current = last_named = subject[0]
        elif label is not None:
            last_named = label
        yield replace(unit, about=current)


def _subject(
    text: str, finders: Sequence[re.Pattern[str] | None], current: int
) -> tuple[int, int] | None:
    """Who is named first in a sentence as somebody whom it is about, and where."""
    found: list[tuple[int, int]] = []
    for number, finder in enumerate(finders):
        found += [(match.start(), number) for match in (finder.finditer(text) if finder else ())]
    for at, number in sorted(found):
        if number == current or at == 0 or not _BESIDE.search(text[max(0, at - 24) : at]):
            return number, at
    if len({number for _, number in found}) == 1 and found[0][0] < 20:
        # “Spoke to Ben, 12 years in audit.”
        return found[0][1], found[0][0]
    return None
