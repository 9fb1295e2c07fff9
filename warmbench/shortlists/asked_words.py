"""Knows the words by which descriptions say how much they ask for: years, levels, tiers, teams."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from warmbench.insight.flat import flat
from warmbench.insight.lexicon import Lexicon, names_of
from warmbench.insight.number_words import phrases
from warmbench.insight.tables import table as insight_table
from warmbench.shortlists.requirements import Strength, Tier
from warmbench.shortlists.tables import table

#: So far from a skill its years may stand, and a word on how well it has to be known.
_NEAR, _BEFORE = 70, 45
_YEAR_WORDS = r"(?:years?|yrs?|jahren?|jahre|ans|annees|anos|jaar)"
_MOST_YEARS = 30
#: Lists of industries; the others name fields that are skills as well.
_INDUSTRIES = ("industries", "trades")
_SHORTEST, _FEWEST_WORDS, _MOST_WORDS = 12, 3, 4


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in table("asked_words")[name]))


START, BY, BETWEEN = _pattern("start"), _pattern("by"), _pattern("between")


def without_double_denials(text: str) -> str:
    """The text with "nobody without X" as "we require X", each word where it stood: what is
    denied twice is asked for."""
    return _TWICE.sub(lambda said: "we require".ljust(len(said[0]))[: len(said[0])], text)


_TWICE = re.compile(
    r"\b(?:nobody|no one|no candidates?|cannot do|can't do|not go|nicht)\s+(?:without|ohne)\b",
    re.IGNORECASE,
)


def tier(sentence: str) -> Tier | None:
    """What a sentence says of itself: a must, something that should be, something nice. None where
    it says nothing."""
    plain = flat(sentence)
    if _pattern("nice").search(plain):
        return Tier.NICE
    if _pattern("should").search(plain):
        return Tier.SHOULD
    return Tier.MUST if _pattern("must").search(plain) else None


def years(sentence: str, start: int, end: int) -> Decimal | None:
    """The years that are asked for of what stands between two places of a sentence: those nearest
    to it, in its part of the sentence."""
    plain = _pattern("lately").sub(lambda said: " " * len(said[0]), flat(sentence))
    found = [
        (min(abs(start - one.end()), abs(one.start() - end)), number)
        for one in _years().finditer(plain)
        if (number := _number(one["number"])) is not None
        and 0 < number <= _MOST_YEARS
        and not re.search(
            r";|(?<!min)(?<!approx)\.\s", plain[min(end, one.end()) : max(start, one.start())]
        )
    ]
    near = min((one for one in found if one[0] <= _NEAR), default=None)
    return None if near is None else Decimal(near[1])


def max_age(sentence: str, start: int) -> int | None:
    """Within how many years something has to have been used, as the words behind it say."""
    said = _pattern("lately").search(flat(sentence), start)
    between = flat(sentence)[start : said.start()] if said else ""
    if said is None or ";" in between:
        return None
    words = re.findall(rf"\b(?:\d{{1,2}}|{_number_words()})\b", said[0])
    return _number(words[-1]) if words else 1


def strength(sentence: str, start: int) -> Strength:
    """How well something has to be known, by the words before it."""
    before = flat(sentence)[max(0, start - _BEFORE) : start]
    before = re.split(r"[,;.:]", before)[-1] if not before.rstrip().endswith(",") else before
    if _pattern("strong").search(before):
        return Strength.STRONG
    return Strength.WORKING if _pattern("working").search(before) else Strength.ANY


def scope(sentence: str) -> tuple[str, Decimal, str] | None:
    """What has to be led or answered for, how much of it, and how people say so."""
    plain = flat(sentence)
    led = next(filter(None, (one.search(plain) for one in _people())), None)
    if led and (number := _number(led["number"])) and number > 1:
        return "people", Decimal(number), f"a team of {number} or more"
    if budget := _pattern("budget").search(plain):
        amount = Decimal(budget["amount"].replace(",", ".")) * _times(budget["times"] or "")
        return "budget", amount, f"a budget of {int(amount):,} or more"
    return None


def domains(sentence: str) -> Iterator[str]:
    """The industries that somebody should come from, by a sentence that says so."""
    if _pattern("industry").search(flat(sentence)):
        yield from dict.fromkeys(one.name.lower() for one in _industries().within(sentence))


def barred(sentence: str) -> Iterator[str]:
    """Firms whose people are not to be put forward."""
    if _pattern("barred").search(flat(sentence)):
        yield from dict.fromkeys(" ".join(one["name"].split()) for one in _FIRM.finditer(sentence))


def is_denied(sentence: str) -> bool:
    """Whether a sentence says what nobody may come with."""
    return bool(_pattern("dealbreaker").search(flat(sentence)))


def experience(sentence: str) -> str:
    """What a sentence asks somebody to have done, in its own words; blank where it is about
    character, schools or nothing that a résumé could show."""
    sentence = _LABEL.sub("", _bare(sentence).lstrip())
    plain = flat(sentence)
    if _pattern("character").search(plain):
        return ""
    begins = 0
    while (opening := _pattern("opening").match(plain, begins)) and opening.end() > begins:
        begins = opening.end()
    name = " ".join(sentence[begins:].split()).strip(" .;:,-\u2013\u2014*\u2022")
    if closing := _pattern("closing").search(flat(name)):
        name = name[: closing.start()].strip(" .;:,-\u2013(")
    return name if any(letter.isalpha() for letter in name) else ""


def is_name(told: str) -> bool:
    """Whether what is asked for is rather the name of a skill than something done."""
    words = told.split()
    return len(words) <= _MOST_WORDS and not _CLAUSE.search(flat(told))


def is_telling(told: str) -> bool:
    """Whether a sentence can tell of it: it says enough."""
    return len(told) >= _SHORTEST and len(told.split()) >= _FEWEST_WORDS


def _bare(sentence: str) -> str:
    """The sentence without the years that it asks for."""
    plain = flat(sentence)
    spans = [one.span() for one in _pattern("lately").finditer(plain)]
    spans += [one.span() for one in _years().finditer(plain)]
    for start, end in sorted(spans, reverse=True):
        before = sentence[:start].rstrip(" ,")
        if cut := _pattern("before_years").search(flat(before)):
            before = before[: cut.start()]
        sentence = f"{before} {sentence[end:].lstrip(' +')}"
    return sentence


#: "Essential for this post: …"
_LABEL = re.compile(r"^(?:[\w'/-]+ ?){1,6}:\s+")
_CLAUSE = re.compile(r"\b(?:you|we|our|your|is|are|who|that|how|when|from|have|has|they)\b|:")


def title(sentence: str) -> str:
    """The work that somebody should do already: "currently Controller or in a similar position"."""
    found = _pattern("title").search(flat(sentence))
    return sentence[found.start("name") : found.end("name")].strip(" ,.") if found else ""


def company(text: str) -> str:
    """Who the role is with: where a line says so, or the first lines name a firm by its form."""
    top = "\n".join(text.strip().splitlines()[:_TOP])
    found = _COMPANY.search(text) or _FIRM.search(top)
    return " ".join(found["name"].split())[:120] if found else ""


def title_alone(title_: str) -> str:
    """A title without what stands around it: "We need a Nurse for Northwind Ltd (care)"."""
    if opening := _pattern("wanted").match(flat(title_)):
        title_ = title_[opening.end() :]
    cut = _FOR_FIRM.search(title_)
    return title_[: cut.start()].strip(" ,-\u2013") if cut else title_


_TOP = 6
_FORMS = (
    r"(?:GmbH(?: & Co\. KG)?|Ltd\.?|Limited|Inc\.?|LLC|LLP|plc|PLC|AG|SE|KG|B\.V\.|N\.V\.|BV|NV"
    r"|S\.L\.|S\.A\.|SAS|SARL|S\.p\.A\.|AB|Corp\.?)"
)
_NAMED = r"[A-Z\u00c0-\u00de][\w&'.-]*(?: [A-Z\u00c0-\u00de&][\w&'.-]*){0,4}"
_FIRM = re.compile(rf"(?P<name>{_NAMED} {_FORMS})(?![\w])")
_FOR_FIRM = re.compile(rf"\s(?:for|at|with|bei|chez|en|bij|@|-|\u2013|\|)\s+{_FIRM.pattern}")
_COMPANY = re.compile(
    r"^\W{0,4}(?:company|client|employer|unternehmen|firma|arbeitgeber|entreprise|empresa|bedrijf)"
    r"\s*:\s*\**\s*(?P<name>[^\n|]{2,120})$",
    re.IGNORECASE | re.MULTILINE,
)


@cache
def _years() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\d-])(?P<number>\d{{1,2}}|{_number_words()})\s?\+?"
        rf"(?:\s?(?:-|to|bis|a|tot|\u2013)\s?\d{{1,2}})?\s?(?:or more |und mehr |full |volle )?"
        rf"\+?{_YEAR_WORDS}\b"
    )


@cache
def _people() -> tuple[re.Pattern[str], ...]:
    number = rf"(?P<number>\d{{1,4}}|{_number_words()})"
    return tuple(
        re.compile(one.replace("NUMBER", number)) for one in table("asked_words")["people"]
    )


@cache
def _number_words() -> str:
    small = [spelled for spelled, value in phrases("en").items() if 1 <= value <= 30]
    return "|".join(sorted(small, key=len, reverse=True))


def _number(said: str | None) -> int | None:
    if not said:
        return None
    return int(said) if said.isdigit() else phrases("en").get(said)


def _times(unit: str) -> Decimal:
    if unit.startswith(("b", "mrd")):
        return Decimal(10**9)
    if unit.startswith(("m", "mio")):
        return Decimal(10**6)
    return Decimal(1000) if unit.startswith(("k", "t")) else Decimal(1)


@cache
def _industries() -> Lexicon:
    lists = insight_table("domains")
    return Lexicon([pair for name in _INDUSTRIES for pair in names_of(lists[name])])
