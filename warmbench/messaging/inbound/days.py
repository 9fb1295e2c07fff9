"""Finds the days that a text names, in eight languages, and what is said to happen on them.

Own rules, because ``dateparser`` takes any “mon” and “may” for a date, does not tell “until” from
“back on”, and needs a tenth of a second for a sentence.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from babel import Locale

from warmbench.messaging.inbound import spans
from warmbench.messaging.inbound.plain import fold, table
from warmbench.messaging.inbound.spans import Span

#: Letters name days in their first words; more than this is not looked at.
MAX_CHARACTERS = 6_000
LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt", "pl")
#: Further ahead than this nobody names a day that is not a mistake.
MAX_DAYS_AHEAD = 548
#: A day without a year lies so far back at most; else it is next year's.
MAX_DAYS_BACK = 60

_NUMERIC = (
    r"(?P<n1>\d{1,2})(?P<sep>[./-])(?P<n2>\d{1,2})(?:(?P=sep)(?P<ny>\d{4}|\d\d)\b|(?P<dot>\.)?)"
)
_DAY = r"(?P<{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|ste|de|e|\.|o|a)?"
_YEAR = r"(?:,? (?:de |del )?(?P<{0}>20\d\d)\b)?"
_TO = (
    r"(?: ?- ?| (?:to|until|till|through|thru|and|bis(?: zum| einschliesslich)?|und|au|et|al|y|a"
    r"|t/m|tot en met|tot|en|e|ao|do|i)(?: the| el| il| le| de)? )"
)


class Relation(StrEnum):
    """What the words before a day make of it."""

    UNTIL = "until"
    #: “To”, which is “until” only where another day stands before it.
    TILL = "till"
    AFTER = "after"
    SINCE = "since"
    FROM = "from"
    NOT_UNTIL = "not until"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Day:
    """A day or some days that a text names."""

    first: date
    last: date
    relation: Relation
    #: Whether the words around it say that somebody is back then.
    is_back: bool
    #: “Until April” ends with March, and “until next week” with this one.
    is_open: bool
    #: For a month alone: the first day after it.
    after: date | None
    #: Where it stands in the folded text.
    start: int
    end: int
    sentence: str

    @property
    def is_range(self) -> bool:
        """Whether both its first and its last day were named."""
        return self.first != self.last


def find(text: str, *, today: date, american: bool = False) -> list[Day]:
    """The days that a text names, in its order. ``today`` is when it was written.

    Days more than a year and a half ahead are left out, as are those long past.
    """
    found: list[Day] = []
    for sentence in _sentences(fold(text[:MAX_CHARACTERS])):
        for each in _spans_in(sentence, today=today, american=american):
            # “The 12th” is that of the month that was spoken of before.
            span = spans.day_after(each, found[-1].first) if found and each.is_number else each
            if span.first <= today + timedelta(days=MAX_DAYS_AHEAD * 2):
                follows = bool(found) and found[-1].sentence == sentence
                found.append(_day(span, sentence, today=today, follows=follows))
    return found


def _sentences(folded: str) -> list[str]:
    """The sentences; a full stop behind a number does not end one."""
    return [
        sentence.strip()
        for sentence in re.split(r"(?<=[^\W\d])[.;]+(?=\s)|(?<=\d{4})\.(?=\s)|[!?\n]+", folded)
        if sentence.strip()
    ]


def _day(span: Span, sentence: str, *, today: date, follows: bool) -> Day:
    words = _around()
    before, behind = sentence[: span.start], sentence[span.end :]
    relation = _relation(before)
    if relation is Relation.TILL:
        relation = Relation.UNTIL if follows else Relation.BARE
    past = relation is Relation.SINCE and span.first <= today
    is_back = (
        relation is not Relation.UNTIL
        and not past
        and bool(words.back_before.search(before[-45:]) or words.back_behind.match(behind[:45]))
    )
    if (relation is Relation.UNTIL and words.not_until.search(before[-60:])) or (
        relation is Relation.BARE and words.not_until.search(before[-60:])
    ):
        relation = Relation.NOT_UNTIL
    return Day(
        first=span.first, last=span.last, relation=relation, is_back=is_back,
        is_open=span.is_open, after=span.after, start=span.start, end=span.end, sentence=sentence,
    )  # fmt: skip


def _relation(before: str) -> Relation:
    before = before.rstrip(" ,(")
    match = _around().relation.search(before[-40:])
    return Relation(match.lastgroup or "bare") if match else Relation.BARE


def _spans_in(sentence: str, *, today: date, american: bool) -> Iterator[Span]:
    """What names days in a sentence, from left to right, none of them within another."""
    taken: list[Span] = []
    candidates = [
        *dated(sentence, today=today, american=american),
        *spans.relative(sentence, today=today),
    ]
    for span in candidates:
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    taken.sort(key=lambda span: span.start)
    for span in taken:
        if not span.is_weekday or not any(
            _names_the_same(span, other, sentence) for other in taken
        ):
            yield span


def dated(sentence: str, *, today: date, american: bool = False) -> Iterator[Span]:
    """What names days in a folded sentence by a number or the name of a month: “3/6”, “3 June”.

    In no order; those that stand within others come after them.
    """
    yield from _numeric(sentence, today=today, american=american)
    yield from _named(sentence, today=today)


def _names_the_same(weekday: Span, other: Span, sentence: str) -> bool:
    """Whether a weekday only goes with a date beside it: “Friday, the 2nd of July”."""
    between = sentence[weekday.end : other.start] if weekday.start < other.start else "-"
    behind = sentence[other.end : weekday.start] if other.start < weekday.start else "-"
    return other is not weekday and bool(
        re.fullmatch(r",? ?(?:the|den|dem|der|le|el|il|o|dia)? ?", between)
        or re.fullmatch(r",? ?\(?", behind)
    )


def _numeric(sentence: str, *, today: date, american: bool) -> Iterator[Span]:
    for match in re.finditer(r"\b(20\d\d)-(\d\d)-(\d\d)\b", sentence):
        if day := _date(int(match[1]), int(match[2]), int(match[3])):
            yield Span(day, day, *match.span())
    pairs = list(re.finditer(rf"(?<![\d.,/]){_NUMERIC}(?![\d/%])", sentence))
    pairs = [pair for pair in pairs if _is_pair(pair)]
    month_first = any(int(pair["n2"]) > 12 for pair in pairs)
    day_first = any(int(pair["n1"]) > 12 or pair["sep"] == "." for pair in pairs)
    for pair in pairs:
        one, two = int(pair["n1"]), int(pair["n2"])
        year = int(pair["ny"]) + (2000 if len(pair["ny"]) == 2 else 0) if pair["ny"] else None
        readings = [_on(one, two, year, today), _on(two, one, year, today)]
        if month_first or (american and not day_first):
            readings.reverse()
        elif not day_first and pair["sep"] == "/":
            # Which of the two it is, only the place tells; the nearer one is likelier.
            readings.sort(key=lambda day: (day is None, bool(day and _far(day, today))))
        if day := next((day for day in readings if day), None):
            yield Span(day, day, *pair.span())


def _is_pair(pair: re.Match[str]) -> bool:
    """Whether two numbers are a date: “2.5” and “9-5” without more are not."""
    if pair["ny"] or pair["dot"] or pair["sep"] == "/":
        return pair["ny"] is None or pair["sep"] != "-" or len(pair["ny"]) == 4
    return pair["sep"] == "." and len(pair["n1"]) + len(pair["n2"]) == 4


def _far(day: date, today: date) -> bool:
    return not -7 <= (day - today).days <= 120


def _on(day: int, month: int, year: int | None, today: date) -> date | None:
    return _date(year, month, day) if year else next_one(day, month, today)


def next_one(day: int, month: int, today: date) -> date | None:
    """The next such day, or the last one if that was less than sixty days ago."""
    for year in (today.year - 1, today.year, today.year + 1, today.year + 2):
        found = _date(year, month, day)
        if found and found >= today - timedelta(days=MAX_DAYS_BACK):
            return found
    return None


def _date(year: int, month: int, day: int) -> date | None:
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def _named(sentence: str, *, today: date) -> Iterator[Span]:
    """Days with the name of a month, then months alone."""
    names = _months()
    for pattern in _around().named:
        for match in pattern.finditer(sentence):
            said = match.groupdict()
            month = names.get(said["month"].rstrip("."))
            if month is None:
                continue
            year = int(said["year"]) if said.get("year") else None
            last = _on(int(said["last"]), month, year, today)
            first = last
            if said.get("first"):
                other = names.get((said.get("month1") or said["month"]).rstrip("."), month)
                first = _on(int(said["first"]), other, year if other <= month else None, today)
            if last and first:
                first = min(first, last)
                last = last if (last - first).days < 300 else first
                yield Span(first, last, *match.span())
    yield from _months_alone(sentence, today=today)


def _months_alone(sentence: str, *, today: date) -> Iterator[Span]:
    for match in _around().year_alone.finditer(sentence):
        at_end = _part(match["part"] or "") == "end"
        day = date(int(match["year"]), 12 if at_end else 1, 31 if at_end else 1)
        yield Span(day, day, *match.span(), is_open=not match["part"])
    doubtful = set(table("day_words")["doubtful_months"])
    for match in _around().month_alone.finditer(sentence):
        name = match["month"].rstrip(".")
        sure = match["part"] or match["year"] or match["in"]
        if not sure and (name in doubtful or len(name) <= 3) and match[0] != sentence:
            continue
        month = _months()[name]
        year = int(match["year"]) if match["year"] else None
        if year is None:
            # “In March”, said in March, is this month; said in April it is next year.
            year = today.year + (1 if month < today.month else 0)
        length = calendar.monthrange(year, month)[1]
        part = _part(match["part"] or "")
        start = match.start("part") if match["part"] else match.start("month")
        on = {"end": length, "middle": 15}.get(part, 1)
        day = date(year, month, on)
        whole = bool(
            re.search(
                r"(?:all of|tout le mois d[e']|todo el mes de|ganzen|hele maand) ?$",
                sentence[:start],
            )
        )
        last = date(year, month, length) if whole else day
        end = date(year, month, length) + timedelta(days=1)
        yield Span(day, last, start, match.end(), is_open=not part and not whole, after=end)


def _part(words: str) -> str:
    parts = table("day_words")
    words = words.strip(" -")
    for name in ("end", "middle", "start"):
        if words in parts[f"{name}_of"]:
            return name
    return ""


@dataclass(frozen=True, slots=True)
class _Around:
    relation: re.Pattern[str]
    not_until: re.Pattern[str]
    back_before: re.Pattern[str]
    back_behind: re.Pattern[str]
    named: tuple[re.Pattern[str], ...]
    month_alone: re.Pattern[str]
    year_alone: re.Pattern[str]


@cache
def _months() -> dict[str, int]:
    found = {}
    for language in LANGUAGES:
        for context in Locale(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context[width].items():
                    found[fold(name).rstrip(".")] = number
    words = table("day_words")
    found |= {name: number for number, names in words["months"].items() for name in names}
    return {name: number for name, number in found.items() if name not in words["not_months"]}


@cache
def _around() -> _Around:
    words = table("day_words")
    one_of = spans.one_of
    filler = one_of([*words["fillers"], *spans.weekdays()])
    relations = "|".join(
        f"(?P<{name}>{one_of(words[name])})" for name in ("until", "till", "after", "since", "from")
    )
    month = one_of(list(_months()))
    of = "|".join(words["of_month"])
    back = "|".join(words["back"])
    parts = one_of([*words["end_of"], *words["middle_of"], *words["start_of"]])
    before = one_of(words["before_month"])
    first, last, year = _DAY.format("first"), _DAY.format("last"), _YEAR.format("year")
    return _Around(
        relation=re.compile(rf"(?:^|[\s(])(?:{relations})(?:[ ,]+(?:{filler}))*$"),
        not_until=re.compile(rf"(?:{'|'.join(words['not_until'])})(?: (?:{filler}))*\s*$"),
        back_before=re.compile(rf"\b(?:{back})\b[^.]*$"),
        back_behind=re.compile(rf"[^.;]{{0,30}}\b(?:{back})\b"),
        named=(
            re.compile(
                rf"\b{first} (?:{of})?(?P<month1>{month})\.?"
                rf"{_TO}{last} (?:{of})?(?P<month>{month})\b\.?{year}"
            ),
            re.compile(
                rf"\b(?P<month1>{month})\.? (?:the )?{first}"
                rf"{_TO}(?P<month>{month})\.? (?:the )?{last}(?!\d){year}"
            ),
            re.compile(rf"\b{first}{_TO}{last} (?:{of})?(?P<month>{month})\b\.?{year}"),
            re.compile(rf"\b(?P<month>{month})\.? (?:the )?{first}{_TO}{last}(?![\d:]){year}"),
            re.compile(rf"\b{last} ?(?:{of})?(?P<month>{month})\b\.?{year}"),
            re.compile(rf"\b(?P<month>{month})\.? (?:the )?{last}(?![\d:]){year}"),
        ),
        year_alone=re.compile(
            rf"\b(?:(?P<part>{parts})|in|im jahr|en|em|w roku) (?P<year>20\d\d)\b"
        ),
        month_alone=re.compile(
            rf"(?:\b(?P<part>{parts})[ -]+)?"
            rf"(?:(?P<in>\b(?:{before}) (?:the )?))?"
            rf"\b(?P<month>{month})\b\.?(?: (?:of |de |del )?(?P<year>20\d\d))?(?! ?\d)"
        ),
    )
