"""Takes names, addresses and numbers out of a text before it leaves the house, so that every place
of what is left can be found again in the text.

Pure. Known are the names of the people whom the text is about and of our own; of others nobody
knows that they are names.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

from warmbench.insight.flat import flat

#: Parts of names that are words of their own; they are taken out with the whole name alone.
_PARTICLES = frozenset(
    (
        *("de", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "les"),
        *("el", "al", "bin", "ibn", "ben", "van", "der", "den", "het", "ten", "ter", "te", "von"),
        *("vom", "zu", "zum", "zur", "und", "of", "the", "y", "e", "mr", "mrs", "ms", "dr", "prof"),
        *("herr", "frau", "jr", "sr"),
    )
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_MAIL = re.compile(
    r"[\w.+%'-]{1,64}(?:@|\s?[(\[{]\s?(?:at|ät)\s?[)\]}]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}"
)
#: With a scheme, with www, or with a path behind the name.
_LINK = re.compile(
    r"(?:(?:https?|ftp)://|www\.)[^\s<>\"']{1,2000}"
    r"|(?<![\w.@-])[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,5}\.[a-z]{2,24}/[^\s<>\"']{1,500}"
)
#: International, national with its zero, in brackets, in threes as in America, or in one run.
_PHONE = re.compile(
    r"(?<![\w.,+])(?:\+\d[\d ()./\-]{5,22}\d"
    r"|\(?0\d{1,5}\)?[ ./\-]{0,2}\d[\d ./\-]{3,16}\d"
    r"|\(\d{2,5}\)[ .\-]?\d[\d .\-]{4,14}\d"
    r"|\d{3}[ .\-]\d{3}[ .\-]\d{4}"
    r"|\d{9,15})(?!\w)"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_DIGIT_RUN = re.compile(r"[+(]?\d[\d ().\-/]{5,22}\d")
#: Something that is glued together: “@anaruiz”, “ana-ruiz.dev”, “ana_ruiz88”.
_GLUED = re.compile(r"\S{1,300}")
_SHORTEST_GLUED = 4
_MIXED = "LINK"
_FEWEST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text without what must not leave, and where its pieces stood."""

    text: str
    #: Of each piece that was taken out: begin and end here, begin and end in the text before.
    _gaps: tuple[tuple[int, int, int, int], ...] = ()

    def source(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a stretch of it stood; None if it cuts through a piece that was taken out."""
        first, last = self._place(start), self._place(end)
        return None if first is None or last is None else (first, last)

    def _place(self, at: int) -> int | None:
        before = bisect_right(self._gaps, at, key=lambda gap: gap[1]) - 1
        following = before + 1
        if following < len(self._gaps) and self._gaps[following][0] < at:
            return None
        return at if before < 0 else self._gaps[before][3] + at - self._gaps[before][1]


@dataclass
class Redactor:
    """Takes the same things out of several texts, each under one name in all of them."""

    #: Each person by all the names under which they are known.
    people: Sequence[Sequence[str]]
    #: Whose telephone numbers are written without a country.
    country: str = ""
    _labels: dict[tuple[str, str], str] = field(default_factory=dict)
    _originals: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> Hidden:
        """The text without names, mail addresses, links and telephone numbers."""
        plain = flat(text)
        found: dict[tuple[int, int], tuple[str, str]] = {}
        for name, find in self._finders():
            for start, end, key in find(plain):
                found.setdefault((start, end), (name, key))
        taken = list(_joined(((*at, *what) for at, what in sorted(found.items())), plain))
        parts, gaps, at, length = [], [], 0, 0
        for start, end, name, key in taken:
            label = self._label(name, key, text[start:end])
            parts += [text[at:start], label]
            length += start - at
            gaps.append((length, length + len(label), start, end))
            length += len(label)
            at = end
        return Hidden("".join([*parts, text[at:]]), tuple(gaps))

    def restored(self, said: str) -> str:
        """What somebody said of the text, with the names that stand for what was taken out."""
        for label, original in self._originals.items():
            said = said.replace(label, original)
        return said

    def _label(self, name: str, key: str, original: str) -> str:
        label = self._labels.get((name, key))
        if label is None:
            many = sum(known == name for known, _ in self._labels)
            label = self._labels[name, key] = f"[{name}_{many + 1}]"
            self._originals[label] = original
        return label

    def _finders(self) -> Iterator[tuple[str, Callable[[str], Iterable[tuple[int, int, str]]]]]:
        yield "MAIL", lambda plain: _matches(_MAIL, plain)
        yield "LINK", lambda plain: _matches(_LINK, plain)
        yield "LINK", self._glued
        yield "PHONE", self._phones
        yield "PERSON", self._names

    def _names(self, plain: str) -> Iterator[tuple[int, int, str]]:
        pattern, whose = _pattern(tuple(tuple(names) for names in self.people))
        if pattern is None:
            return
        for match in pattern.finditer(plain):
            yield match.start(), match.end(), str(whose[" ".join(_WORD.findall(match[0]))])

    def _glued(self, plain: str) -> Iterator[tuple[int, int, str]]:
        known = {
            part.replace("'", "")
            for names in self.people
            for name in names
            for part in _WORD.findall(flat(name))
            if len(part) >= _SHORTEST_GLUED and part not in _PARTICLES
        }
        if not known:
            return
        for match in _GLUED.finditer(plain):
            start, word = match.start(), match[0].rstrip(".,;:!?)\"'")
            is_handle = any(sign in word for sign in "@_./") or any(map(str.isdigit, word))
            # Whole words among them are names like any other.
            if is_handle and any(part in word for part in known):
                yield start, start + len(word), word

    def _phones(self, plain: str) -> Iterator[tuple[int, int, str]]:
        for match in _PHONE.finditer(plain):
            digits = re.sub(r"\D", "", match[0])
            if len(digits) >= _FEWEST_DIGITS and not _DAY.fullmatch(match[0]):
                yield match.start(), match.end(), digits
        for match in _DIGIT_RUN.finditer(plain):
            if sum(map(str.isdigit, match[0])) < _FEWEST_DIGITS:
                continue
            for one in _numbers(match[0], self.country or "US"):
                yield match.start() + one[0], match.start() + one[1], one[2]


def _joined(
    found: Iterable[tuple[int, int, str, str]], plain: str
) -> Iterator[tuple[int, int, str, str]]:
    """The same in order; what overlaps goes as one, so that no end of it is left."""
    last: tuple[int, int, str, str] | None = None
    for one in found:
        if last is None or last[1] <= one[0]:
            if last:
                yield last
            last = one
        else:
            start, end = last[0], max(last[1], one[1])
            # Whichever reaches over all of it says what it is.
            whole = next((each for each in (last, one) if each[:2] == (start, end)), None)
            last = whole or (start, end, _MIXED, plain[start:end])
    if last:
        yield last


def _matches(pattern: re.Pattern[str], plain: str) -> Iterator[tuple[int, int, str]]:
    for match in pattern.finditer(plain):
        end = match.end() - (len(match[0]) - len(match[0].rstrip(".,;:!?)")))
        yield match.start(), end, plain[match.start() : end]


@lru_cache(maxsize=256)
def _numbers(text: str, country: str) -> tuple[tuple[int, int, str], ...]:
    region = country if country in phonenumbers.SUPPORTED_REGIONS else "US"
    found = PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
    return tuple((one.start, one.end, re.sub(r"\D", "", one.raw_string)) for one in found)


@lru_cache(maxsize=64)
def _pattern(
    people: tuple[tuple[str, ...], ...],
) -> tuple[re.Pattern[str] | None, dict[str, int]]:
    """What finds anybody's name or a part of it, and whose it is: of two who share a part, the
    first."""
    whose: dict[str, int] = {}
    for place, names in enumerate(people):
        for name in names:
            parts = _WORD.findall(flat(name))
            whole = " ".join(parts)
            for one in (whole, *(part for part in parts if part not in _PARTICLES)):
                if len(one) > 1:
                    whose.setdefault(one, place)
    if not whose:
        return None, whose
    gap = r"[\s.,\-]{1,3}"
    longest_first = sorted(whose, key=lambda one: (-len(one), one))
    listed = "|".join(gap.join(map(re.escape, one.split(" "))) for one in longest_first)
    return re.compile(rf"(?<![^\W_])(?:{listed})(?![^\W_])"), whose
