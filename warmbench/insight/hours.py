"""Reads times of day and days of the week as people say them: after six, zwischen 12 und 13 Uhr."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from warmbench.insight.context import pieces
from warmbench.insight.durations import one_of
from warmbench.insight.tables import table

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOON, _EVENING = 12, 18
#: Without more, “after six” is in the evening, “before nine” in the morning.
_LAST_OF_AFTERNOON, _LAST_OF_EVENING = 7, 9


_ENDS = re.compile(
    r"\s?(?:$|[.,;:!?)]|(?:or|on|and|is|are|please|pls|local|uk|cet|best|works|any|if|when|weekdays"
    r"|only|fine|ok|good|weekdays|an\b|suits|my|his|her|because|since|und|oder|et|ou|y|o|en|of"
    r"|then|though|ideally)\b)"
)
_NOONS = {"noon", "midday", "midi", "mediodia", "mittag"}
#: “Mornings only”: of one morning nobody says so.
_MORNINGS = re.compile(
    r"\bmornings(?= (?:only|best|pls|please|ok|fine|are|suit|work|good|ideal|preferred))|"
    r"(?<=best: )mornings|(?<=only )mornings|\b(?:nur |am besten )?vormittags\b"
)
_CALLS = re.compile(
    r"\b(?:calls?|ring|phone|reach|mobile|best|time|times|hrs?)(?: me| him| her)? $"
)
_DUTCH = {"twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"}


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when (“18:00”), where that is said; either may be missing."""

    first: str
    last: str
    start: int
    end: int
    #: An hour, not “evenings”.
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class _Time:
    hour: int
    minute: int
    #: “am”, “pm”, “24” (15 Uhr), or "" where nothing tells.
    half: str


def find(flat: str) -> list[Window]:
    """The stretches of a day that a sentence names, in its order.

    ``flat`` is the sentence as ``insight.flat`` makes it. Hours without “am” or “pm” are taken as
    people mean them who tell when they like to be called.
    """
    found = list(_between(flat))
    for one in (*_one_sided(flat), *_parts(flat)):
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    exact = [one for one in found if one.is_exact]
    return sorted(exact or found, key=lambda one: one.start)


def weekdays(flat: str) -> tuple[list[str], int, int] | None:
    """The days of the week that a sentence names, and where; None if it names none."""
    names = _weekday_names()
    matches = list(_patterns()["weekday"].finditer(flat))
    if not matches:
        return None
    days: set[int] = set()
    for match in matches:
        first = names[match["day"]]
        last = names[match["to"]] if match["to"] else first
        days |= {(first + each) % 7 for each in range((last - first) % 7 + 1)}
    return [DAYS[each] for each in sorted(days)], matches[0].start(), matches[-1].end()


def _between(flat: str) -> Iterator[Window]:
    for match in _patterns()["between"].finditer(flat):
        first, last = _time(match, "a"), _time(match, "b")
        is_marked = (
            match["begins"]
            or {first.half, last.half} & {"am", "pm"}
            or match["amark"]
            or match["bmark"]
        )
        is_marked = is_marked or _patterns()["lunch"].search(flat)
        is_marked = is_marked or {match["a"], match["b"]} & _NOONS
        is_marked = is_marked or _CALLS.search(flat[: match.start()])
        if not is_marked or first.hour > 24 or last.hour > 24:
            continue
        half = first.half or last.half or _half_around(flat, match)
        if half == "pm" and not first.half and (first.hour > last.hour or first.hour == _NOON):
            half = "am"
        begins = _hour(first, half or _usual(first.hour, is_range=True))
        ends = _hour(last, last.half or (half if half == "am" else "pm"))
        if ends <= begins:
            ends = _hour(last, "pm")
        if begins < ends:
            yield Window(begins, ends, *match.span())


def _one_sided(flat: str) -> Iterator[Window]:
    for match in _patterns()["one_sided"].finditer(flat):
        time = _time(match, "a")
        is_after = match["after"] is not None
        is_spoken = not time.half and not match["amark"]
        is_told = bool(_half_around(flat, match)) or _ends_there(flat, match)
        if time.hour > 24 or (is_spoken and not is_told):
            continue
        usual = _usual(time.hour, is_range=False) if is_after else _usual_end(time.hour)
        said = _hour(time, time.half or _half_around(flat, match) or usual)
        yield Window(said if is_after else "", "" if is_after else said, *match.span())


def _ends_there(flat: str, match: re.Match[str]) -> bool:
    """Whether a bare number ends there: “after 6 weeks” is no time of day."""
    return bool(_ENDS.match(flat, match.end()))


def _parts(flat: str) -> Iterator[Window]:
    for match in _patterns()["evening"].finditer(flat):
        yield Window(f"{_EVENING}:00", "", *match.span(), is_exact=False)
    for match in _MORNINGS.finditer(flat):
        yield Window("", "12:00", *match.span(), is_exact=False)
    for match in _patterns()["lunch"].finditer(flat):
        yield Window("12:00", "14:00", *match.span(), is_exact=False)


def _time(match: re.Match[str], which: str) -> _Time:
    said, mark = match[which], match[f"{which}x"] or ""
    hour = int(said) if said.isdigit() else _spoken()[said]
    minute = int(match[f"{which}m"] or 0) % 60
    if match[f"{which}half"]:
        # “Halb sechs” and “half zes” are half past five; “half six” is half past six.
        is_before = match[f"{which}half"] == "halb " or said in _DUTCH
        hour, minute = (hour - 1 or _NOON) if is_before else hour, 30
    half = ""
    if mark.startswith(("p", "a")) and mark[1:2] in {"m", "."}:
        half = f"{mark[0]}m"
    elif hour > _NOON or said in _NOONS:
        half = "24"
    return _Time(hour, minute, half)


def _hour(time: _Time, half: str) -> str:
    hour = time.hour
    if half == "pm" and hour < _NOON:
        hour += _NOON
    if half == "am" and hour == _NOON and time.half == "am":
        hour = 0
    return f"{hour:02}:{time.minute:02}"


def _half_around(flat: str, match: re.Match[str]) -> str:
    near = flat[max(0, match.start() - 25) : match.end() + 25]
    for half in ("pm", "am"):
        if re.search(rf"(?<![\w'])(?:{pieces('hours', half)})(?!\w)", near):
            return half
    return ""


def _usual(hour: int, *, is_range: bool) -> str:
    most = _LAST_OF_AFTERNOON if is_range else _LAST_OF_EVENING
    return "pm" if hour <= most else "am"


def _usual_end(hour: int) -> str:
    return "pm" if hour <= _LAST_OF_AFTERNOON - 1 else "am"


@cache
def _spoken() -> dict[str, int]:
    spoken = table("timing_words")["hours"]["spoken"]
    return {word: int(hour) for hour, words in spoken.items() for word in words}


@cache
def _weekday_names() -> dict[str, int]:
    named = table("timing_words")["hours"]["weekdays"]
    found = {word: int(day) for day, words in named.items() for word in words}
    return {word: day for word, day in found.items() if len(word) > 2}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    def bounds(name: str) -> str:
        return rf"(?:{pieces('hours', name)})"

    day = one_of(_weekday_names())
    return {
        "between": re.compile(
            rf"(?<![\w.,:/€$£-])(?:(?P<begins>{bounds('between')})\s)?"
            rf"{_clock('a')}\s?{bounds('to')}\s?{_clock('b')}"
            r"(?![\w%]|[.,:/-]\d|\s?(?:k\b|%|days|weeks|months|years|people|euro))"
        ),
        "one_sided": re.compile(
            rf"(?<!\w)(?:(?P<after>{bounds('after')})|{bounds('before')})\s"
            rf"(?:about |around |circa |ca\. )?{_clock('a')}(?![\w%]|[.,:/-]\d)"
        ),
        "evening": re.compile(rf"(?<!\w)(?:{pieces('hours', 'evening')})(?!\w)"),
        "lunch": re.compile(rf"(?<!\w)(?:{pieces('hours', 'lunch')})(?!\w)"),
        "weekday": re.compile(
            rf"(?<!\w)(?P<day>{day})\.?"
            r"(?:\s?(?:-|to|through|till|until|bis|au|a|al|t/m|tot(?: en met)?)\s?"
            rf"(?:le |el )?(?P<to>{day}))?(?!\w)"
        ),
    }


def _clock(name: str) -> str:
    """A pattern for a time of day: “6pm”, “18h30”, “half past six”, “17.00 uur”."""
    return (
        rf"(?P<{name}half>half past |halb |half )?"
        rf"(?P<{name}>\d{{1,2}}(?!\d)|(?:{one_of(_spoken())})(?!\w))"
        rf"(?:(?:[:.]|\s?h\s?)(?P<{name}m>[0-5]\d)(?!\d))?"
        rf"(?:\s?(?P<{name}x>am\b|pm\b|a\.m\.?|p\.m\.?)"
        rf"|\s?(?P<{name}mark>h|hrs|hours|uhr|uur|heures|horas|u|o'clock)(?!\w))?"
    )
