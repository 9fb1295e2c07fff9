"""Reads numbers as people write and say them: 85k, 85.000,50, 1,2 Mio, sixty-five thousand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from warmbench.insight.flat import flat
from warmbench.insight.number_words import LANGUAGES, first_words, phrases
from warmbench.insight.tables import table
from warmbench.people import pay

#: Nobody writes more of them into one sentence that means anything.
_MOST = 60
_THOUSAND, _LAKH, _MILLION = Decimal(1000), Decimal(100_000), Decimal(1_000_000)
_CRORE, _BILLION = Decimal(10_000_000), Decimal(1_000_000_000)

_SCALES: dict[str, Decimal] = {
    **dict.fromkeys(("k", "tsd", "tds", "t", "grand", "thou", "thousand", "tausend"), _THOUSAND),
    **dict.fromkeys(("mille", "mil", "duizend", "g"), _THOUSAND),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "lpa", "l"), _LAKH),
    **dict.fromkeys(("m", "mio", "mln", "mill", "million", "millions", "millionen"), _MILLION),
    **dict.fromkeys(("millones", "millon", "miljoen"), _MILLION),
    **dict.fromkeys(("crore", "crores", "cr"), _CRORE),
    **dict.fromkeys(("bn", "billion", "billions", "mrd", "milliarden", "milliards"), _BILLION),
    **dict.fromkeys(("milliard", "miljard"), _BILLION),
}
_GLUED = "k|m|l|t|g|cr|bn|mio|mln|tsd|lpa"
_APART = "|".join(sorted((one for one in _SCALES if len(one) > 1), key=len, reverse=True))
_CODES = "eur|gbp|usd|chf|inr|sek|nok|dkk|sgd|aud|cad|pln|aed"
_UNIT = rf"(?:{_CODES}|e\b|[€£$₹])"
_FIGURES = (
    r"\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)"
    r"|\d{1,9}(?:[.,]\d{1,2})?(?![\d]|[.,]\d)"
)
_DIGITS = re.compile(
    rf"(?:(?<![\w.,#])|(?<=\d[-/])|(?<=[a-z]{{3}}))(?P<number>{_FIGURES})"
    rf"(?:(?:(?P<glued>{_GLUED})|\s?(?P<apart>k|{_APART})|\s?(?P<before>[kmt])(?={_UNIT}))"
    rf"\.?(?={_UNIT}|[^a-z\d]|$))?"
)
_CODE_BEFORE = re.compile(rf"(?:^|[^a-z])(?:{_CODES})$")
_GOES_ON = re.compile(rf"(?!{_CODES}|e\b|ish\b)[a-z\d]")
#: Days, times and telephone numbers.
_OTHERS = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}:\d{2}\b"
    r"|\b(?:[12]?\d|3[01])/(?:[12]?\d|3[01])\b(?!\s?(?:k\b|/|h\b))"
    r"|(?<!\w)\+\d[\d ()/-]{6,18}\d|\b0\d{1,4}[ /-]\d[\d -]{4,14}\d\b|\b\d{3}-\d{3}-\d{4}\b"
)
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and where it stands."""

    start: int
    end: int
    value: Decimal
    #: By what it was multiplied: “k” is 1000; 1 where nothing says so.
    scale: Decimal = Decimal(1)
    #: “62.000”, “3 400”: nobody writes it so who means sixty-two.
    is_grouped: bool = False
    is_word: bool = False
    #: “38.50”: nobody leaves thousands away who counts cents.
    has_cents: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it may stand for thousands that nobody named: “she is on 84”."""
        small = self.value < 1000 and not self.has_cents
        return self.scale == 1 and not self.is_grouped and small


def read(text: str, language: str = "en") -> list[Number]:
    """The numbers of a sentence, in its order. Dates, times and telephone numbers are none."""
    plain = flat(text)
    taken = [match.span() for match in _OTHERS.finditer(plain)]
    found: list[Number] = []
    for one in sorted((*_in_figures(plain), *_in_words(plain, language)), key=lambda n: n.start):
        inside = any(start <= one.start < end for start, end in taken)
        if not inside and (not found or one.start >= found[-1].end):
            found.append(one)
        if len(found) == _MOST:
            break
    return found


def as_json(value: Decimal) -> int | float:
    """The number as it is kept in a fact: whole where it is."""
    return int(value) if value == value.to_integral() else float(value)


def _in_figures(plain: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(plain):
        if plain[match.start() - 1 : match.start()].isalpha() and not _CODE_BEFORE.search(
            plain, max(0, match.start() - 4), match.start()
        ):
            continue
        said = match["glued"] or match["apart"] or match["before"] or ""
        if not said and _GOES_ON.match(plain, match.end()):
            continue
        value = pay.amount(match["number"])
        if value is None:
            continue
        scale = _SCALES.get(said, Decimal(1))
        is_grouped = bool(re.search(r"[ .,']\d{3}", match["number"]))
        has_cents = bool(re.search(r"[.,]\d\d$", match["number"]))
        yield Number(
            match.start(), match.end(), value * scale, scale, is_grouped, has_cents=has_cents
        )


def _in_words(plain: str, language: str) -> Iterator[Number]:
    code = language if language in LANGUAGES else "en"
    words = [(m[0], m.start(), m.end()) for m in _WORD.finditer(plain)]
    begins, compounds = first_words(code), code != "en"
    at = 0
    while at < len(words):
        if not compounds and words[at][0] not in begins:
            # Nearly every word: whatever is made for nothing here is most of the work.
            at += 1
            continue
        number, after = _number_at(plain, words, at, code)
        if number is not None:
            yield number
        at = max(after, at + 1)


_Words = list[tuple[str, int, int]]


def _number_at(plain: str, words: _Words, at: int, code: str) -> tuple[Number | None, int]:
    """The number that begins with a word, and the word after it."""
    value, after = _below_thousand(plain, words, at, code)
    if value is None:
        return _compound(plain, words, at, code)
    value, after = _with_fraction(plain, words, after, value, code)
    scale = Decimal(1)
    if after < len(words) and _adjoin(plain, words, after):
        scale = _scale(words[after][0])
        if scale != 1:
            after += 1
            rest, end = _below_thousand(plain, words, after, code)
            follows = after < len(words) and _adjoin(plain, words, after)
            if scale == _THOUSAND and rest is not None and rest >= 10 and follows:
                number = Number(
                    words[at][1], words[end - 1][2], value * scale + rest, scale, is_word=True
                )
                return number, end
            if code == "fr" and scale == _THOUSAND and rest is not None and rest < 10 and follows:
                # “Trois mille deux” is 3,200, as pay is said.
                said = value * scale + rest * 100
                return Number(words[at][1], words[end - 1][2], said, scale, is_word=True), end
    if value == 1 and scale == 1 and code != "en":
        return None, after
    start, end = words[at][1], words[after - 1][2]
    return Number(start, end, value * scale, scale, is_word=True), after


def _scale(word: str) -> Decimal:
    return _SCALES.get(word, Decimal(1)) if len(word) > 1 or word == "k" else Decimal(1)


def _adjoin(plain: str, words: _Words, at: int) -> bool:
    """Whether only a space or a hyphen parts a word from the one before it."""
    gap = plain[words[at - 1][2] : words[at][1]]
    return at > 0 and len(gap) <= 1 and gap in " -"


def _below_thousand(plain: str, words: _Words, at: int, code: str) -> tuple[Decimal | None, int]:
    if at >= len(words):
        return None, at
    longest = first_words(code).get(words[at][0], 0)
    reach = at + 1
    while reach < len(words) and reach < at + longest and _adjoin(plain, words, reach):
        reach += 1
    known = phrases(code)
    for end in range(reach, at if longest else at + 1, -1):
        said = " ".join(word for word, _, _ in words[at:end])
        if said in known:
            return Decimal(known[said]), end
    return None, at


def _with_fraction(
    plain: str, words: _Words, after: int, value: Decimal, code: str
) -> tuple[Decimal, int]:
    """ "One point two", "twenty-six and a half"."""
    if after >= len(words) or not _adjoin(plain, words, after):
        return value, after
    spoken = table("number_words")[code]
    for half in spoken["half"]:
        size = len(half.split())
        if [word for word, _, _ in words[after : after + size]] == half.split():
            return value + Decimal("0.5"), after + size
    if words[after][0] in spoken["point"]:
        digit, end = _below_thousand(plain, words, after + 1, code)
        if digit is not None and digit < 100:
            return value + digit / (10 if digit < 10 else 100), end
    return value, after


@cache
def _stems(code: str) -> str:
    return {"de": "tausend", "nl": "duizend"}.get(code, "")


def _compound(plain: str, words: _Words, at: int, code: str) -> tuple[Number | None, int]:
    """ "Vierundachtzigtausend", "vijfentachtigduizendvijfhonderd", "mil", "mille"."""
    word, start, end = words[at]
    stem, known = _stems(code), phrases(code)
    if stem and stem in word:
        before, _, behind = word.partition(stem)
        many = known.get(before, 1 if before in {"", "ein", "een"} else 0)
        more = known.get(behind.removeprefix("und"), -1 if behind else 0)
        if many and more >= 0:
            value = Decimal(many * 1000 + more)
            return Number(start, end, value, _THOUSAND, is_word=True), at + 1
    elif code in {"de", "nl"} and (said := _said_short(word, code)):
        return Number(start, end, Decimal(said), _THOUSAND, is_word=True), at + 1
    elif word == {"es": "mil", "fr": "mille"}.get(code):
        rest, after = _below_thousand(plain, words, at + 1, code)
        if rest is None or not _adjoin(plain, words, at + 1):
            rest, after = Decimal(0), at + 1
        return Number(start, words[after - 1][2], _THOUSAND + rest, _THOUSAND, is_word=True), after
    return None, at + 1


@cache
def _short(code: str) -> dict[str, int]:
    ones: list[str] = table("number_words")[code]["ones"]
    return {
        f"{first}{second}": thousands * 1000 + hundreds * 100
        for thousands, first in enumerate(ones, 1)
        for hundreds, second in enumerate(ones, 1)
        if thousands > 1
    }


def _said_short(word: str, code: str) -> int:
    """ "Fünfdrei" is 5,300, as the pay of a month is said; 0 for any other word."""
    return _short(code).get(word, 0)
