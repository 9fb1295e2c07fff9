"""Reads how they like to be reached, how not, and at which times."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from warmbench.insight import context, hours, moments
from warmbench.insight.context import pieces
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.hours import Window
from warmbench.insight.kinds import Kind, Polarity, SourceKind
from warmbench.insight.moments import Relation

_CHANNELS = ("whatsapp", "text", "email", "linkedin", "phone")
#: Nobody is asked for more than two of them in a sentence who does not want to be left alone.
_ALONE = 2
#: Letters before the name of a channel that say what is wished of it.
_MOST_BEFORE = 70
_AT_ONCE = 2
#: More names are not looked at in a sentence.
_MOST_WORDS = 20
#: “Mobile.”, “WhatsApp.”
_SHORT_ANSWER = 12
#: What may stand beside a time in a note that tells nothing else: “evenings best”, “Fri pm ok”.
_BESIDE_TIME = re.compile(
    r"\b(?:best|only|pls|please|ok|okay|fine|works?|good|ideal|preferred|pref|or|and|&|time"
    r"|times|is|are"
    r"|weekdays|local|uk|cet|pm|am|free|any|calls?|ideally|usually|reachable|to|reach|on|at|in)\b"
)
#: “…, by email.”
_BY = re.compile(r"(?:^|[,;.:] )(?:by|via|per|par|por) $")
_CLOSES = re.compile(r"\s?(?:$|[,.;!])")
_CANNOT = re.compile(
    r",? (?:\w+ ){0,2}(?:can'?t|cannot|not|no puede|no puedo|nicht|pas|niet|impossible)\b"
)
_PAUSES = {Relation.UNTIL, Relation.BEFORE, Relation.NOT_BEFORE}


def extract(reading: Reading) -> Iterator[Found]:
    """The channels that they want and refuse, and their times. A résumé tells none."""
    if reading.kind == SourceKind.RESUME:
        return
    for at, unit in context.told(reading):
        plain = context.plain(unit)
        window = _time(reading, at, unit, plain)
        if window:
            yield window
        if not _any().search(plain):
            continue
        wanted = dict(_answered(reading, at, plain)) | dict(_wanted(plain, unit, at))
        refused = dict(_refused(plain, reading))
        refused = {name: place for name, place in refused.items() if name not in wanted}
        if len(refused) >= _ALONE and not wanted:
            refused = {}
        call = _words("phone").search(plain) if window and not wanted else None
        before_call = plain[max(0, call.start() - 20) : call.start()] if call else ""
        if call and not _denied().search(before_call) and not before_call.endswith("the "):
            wanted["phone"] = (*call.span(), 0.75)
        for polarity, named in ((Polarity.WANTS, wanted), (Polarity.REFUSES, refused)):
            for name, (start, end, confidence) in named.items():
                yield Found(
                    Kind.CHANNEL, {"name": name}, polarity, unit.start + start, unit.start + end,
                    confidence, f"contact.{polarity}",
                )  # fmt: skip


_Named = Iterator[tuple[str, tuple[int, int, float]]]


def _named(plain: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The channels that a sentence names, but for those that are somebody's work."""
    for name in _CHANNELS:
        for match in islice(_words(name).finditer(plain), _MOST_WORDS):
            if not _patterns()["not_channels"].match(plain, match.end()):
                yield name, match


def _before(kind: str, plain: str, at: int) -> re.Match[str] | None:
    """The words right before the name of a channel that make it wanted or refused."""
    return _patterns()[kind].search(plain, max(0, at - _MOST_BEFORE), at)


def _wanted(plain: str, unit: Unit, at: int) -> _Named:
    for match in islice(_patterns()["asks_me"].finditer(plain), _MOST_WORDS):
        for name in _CHANNELS:
            if _words(name).search(match[0]) and not _is_denied(plain, match.start()):
                yield name, (*match.span(), 0.85)
    if _patterns()["not_said"].search(plain) or _is_stop(plain):
        return
    if at > 1:
        yield from _by(plain)
    is_below = bool(_label().fullmatch(unit.heading.strip(" .:")))
    for name, match in _named(plain):
        before = _before("wants", plain, match.start())
        behind = _patterns()["wants_behind"].match(plain, match.end())
        label = _before("label", plain, match.start()) or (is_below and match.start() <= _AT_ONCE)
        if before and not _is_denied(plain, before.start()):
            yield name, (before.start(), match.end(), 0.88)
        elif behind and not _denies_end(plain, match.start()):
            yield name, (match.start(), behind.end(), 0.85)
        elif label:
            yield name, (*match.span(), 0.85)


def _by(plain: str) -> _Named:
    """“Once she is back, by WhatsApp.” A call is rather what we did."""
    for name, match in _named(plain):
        if (
            name != "phone"
            and _BY.search(plain[: match.start()])
            and _CLOSES.match(plain, match.end())
        ):
            yield name, (*match.span(), 0.78)


def _answered(reading: Reading, at: int, plain: str) -> _Named:
    """“How do I reach you?” “Text. I never pick up.”, and “Mobile.” alone in a mail."""
    asked = context.question(reading.units, at)
    is_asked = "?" in asked and bool(_patterns()["asks_how"].search(asked))
    is_first = not at or reading.units[at - 1].part != reading.units[at].part
    for name in _CHANNELS:
        match = _words(name).match(plain)
        ends = match and not plain[match.end() :].strip(" .!")
        if match is None or _patterns()["not_channels"].match(plain, match.end()):
            continue
        if is_asked and is_first and (ends or plain[match.end()] in ",.!;"):
            yield name, (*match.span(), 0.85)
        elif ends and reading.kind == SourceKind.EMAIL and len(plain) <= _SHORT_ANSWER:
            yield name, (*match.span(), 0.75)


def _refused(plain: str, reading: Reading) -> _Named:
    if _patterns()["not_said"].search(plain) or _is_stop(plain):
        return
    if any(one.relation in _PAUSES for one in moments.find(plain, today=reading.said_on)):
        return
    call = _patterns()["refuses_calls"].search(plain)
    if call and not hours.find(plain[call.end() : call.end() + 30]):
        yield "phone", (*call.span(), 0.85)
        return
    for name, match in _named(plain):
        before = _before("refuses", plain, match.start())
        behind = _patterns()["refuses_behind"].match(plain, match.end())
        if (before or behind) and not hours.find(plain[match.end() : match.end() + 30]):
            start = before.start() if before else match.start()
            yield name, (start, behind.end() if behind else match.end(), 0.8)


def _is_stop(plain: str) -> bool:
    return bool(_patterns()["stops"].search(plain))


def _is_denied(plain: str, at: int) -> bool:
    return bool(_denied().search(plain[max(0, at - 14) : at]))


def _denies_end(plain: str, at: int) -> bool:
    """Whether a denial stands right before the name of a channel: “no calls please”."""
    return bool(_before("refuses", plain, at) or _denied().search(plain[max(0, at - 10) : at]))


def _time(reading: Reading, at: int, unit: Unit, plain: str) -> Found | None:
    """When they like to be reached, if the sentence is of that."""
    windows = hours.find(plain) if _time_hint().search(plain) else []
    days = hours.weekdays(plain) if _time_hint().search(plain) else None
    if not windows and not days:
        return None
    if not _is_of_reach(reading, at, plain, windows, days):
        return None
    value, start, end = _value(plain, windows, days)
    if not value or (not windows and _is_told_again(reading, at)):
        return None
    is_exact = all(one.is_exact for one in windows) and bool(windows)
    return Found(
        Kind.TIME, value, Polarity.WANTS, unit.start + start, unit.start + end,
        0.88 if is_exact else 0.75, "contact.time",
    )  # fmt: skip


def _is_of_reach(
    reading: Reading,
    at: int,
    plain: str,
    windows: list[Window],
    days: tuple[list[str], int, int] | None,
) -> bool:
    """Whether times and days say when they like to be reached: not one talk, not their work."""
    asked = context.question(reading.units, at)
    is_asked = "?" in asked and bool(_hours("asks").search(asked))
    is_labelled = bool(_hours("labels").fullmatch(reading.units[at].heading.strip(" :")))
    is_short = not reading.units[at].heading and _is_time_only(plain, windows, days)
    if not (is_asked or is_labelled or is_short or _hours("reach").search(plain)):
        return False
    if days and not (windows or is_asked or is_labelled or _hours("habitual").search(plain)):
        return False
    cannot = windows and _CANNOT.match(plain, windows[0].end)
    return not (cannot or _hours("not_reach").search(plain) or _is_one_day(plain, reading))


def _is_time_only(
    plain: str, windows: list[Window], days: tuple[list[str], int, int] | None
) -> bool:
    """Whether a sentence tells a time and nothing else: “after 5.30”, “Tues/Thurs evenings”."""
    places = [(one.start, one.end) for one in windows]
    if days:
        places.append((days[1], days[2]))
    rest = plain
    for start, end in places:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    is_told = (
        len(places) > 1
        or plain.startswith(("any time", "anytime"))
        or bool(re.search(r"\b(?:best|only|pls|please|ok|fine|good)\b", plain))
    )
    rest = _patterns()["parts_of_days"].sub(" ", _BESIDE_TIME.sub(" ", rest))
    is_left = bool(re.search(r"[a-z0-9]", rest))
    return is_told and not is_left


def _value(
    plain: str, windows: list[Window], days: tuple[list[str], int, int] | None
) -> tuple[dict[str, Any], int, int]:
    value: dict[str, Any] = {}
    start, end = (days[1], days[2]) if days else (len(plain), 0)
    if windows:
        first, last = windows[0].first, windows[0].last
        if _hours("denied").search(plain[max(0, windows[0].start - 22) : windows[0].start]):
            # “Not before ten” is from ten on; “not between nine and three” leaves too much open.
            first, last = (last, first) if not (first and last) else ("", "")
        value |= {key: said for key, said in (("from", first), ("to", last)) if said}
        start, end = min(start, windows[0].start), max(end, windows[0].end)
        if not value:
            return {}, 0, 0
    if days and len(days[0]) < len(hours.DAYS):
        value["days"] = days[0]
    return value, start, end


def _is_told_again(reading: Reading, at: int) -> bool:
    """Whether the next sentence tells the hours, too: “Tuesdays. Between one and three.”"""
    unit = reading.units[at]
    following = reading.units[at + 1 : at + 2]
    return any(one.part == unit.part and bool(hours.find(context.plain(one))) for one in following)


def _is_one_day(plain: str, reading: Reading) -> bool:
    """Whether it is a proposal for one talk: on a date, or on this Thursday."""
    if moments.find(plain, today=reading.said_on):
        return True
    return bool(hours.weekdays(plain)) and not (
        _hours("habitual").search(plain) or _patterns()["some_days"].search(plain)
    )


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@./-])(?:{pieces('contact', name)})(?![\w@]|\.\w)")


@cache
def _hours(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pieces('hours', name)})(?!\w)")


@cache
def _any() -> re.Pattern[str]:
    names = (*_CHANNELS, "asks_me", "refuses_calls")
    every = "|".join(pieces("contact", name) for name in names)
    return re.compile(rf"(?<![\w@./-])(?:{every})(?!\w)")


@cache
def _time_hint() -> re.Pattern[str]:
    """What every time of day or weekday holds: a quick look before the long one."""
    return re.compile(
        r"\d|(?<![a-z])(?:post|btw|noon|midday|midi|morning|vormittag|after|between|before|from"
        r"|evening|lunch|mid"
        r"|ab|nach|vor|zwischen|abend|apres"
        r"|entre|avant|soir|desde|despues|antes|por la|na|voor|tussen|avond|vanaf|mon|tue|wed|thu"
        r"|fri|sat|sun|die|mit|don|fre|sam|lun|mar|mer|jeu|ven|mie|jue|vie|maan|din|woe|vri"
        r"|feierabend)"
    )


@cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"(?:{pieces('contact', 'labels')})\W*")


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)(?:not|no|never|don'?t|nicht|nie|pas|jamais|nunca|niet|nooit|n't)(?: \w+)? $"
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    def words(name: str) -> str:
        return rf"(?:{pieces('contact', name)})"

    return {
        "label": re.compile(
            rf"(?:^|[.;,(*-]\s?){words('labels')}\s?[:=-]\s?(?:by |via |per |par |por )?$"
        ),
        "parts_of_days": re.compile(
            rf"\b(?:{pieces('hours', 'evening')}|{pieces('hours', 'am')})\b"
        ),
        "asks_how": re.compile(
            r"\b(?:how|what|which|where|wie|wo|comment|como|hoe|waar)\b[^?]{0,50}"
            r"\b(?:reach|contact|get hold|channel|way|touch|erreich\w*|joindre|contacter|contactar"
            r"|localizar|bereik\w*)|\bcall or\b|\bor (?:call|text|email|write)\b"
        ),
        "asks_me": re.compile(rf"(?<![\w']){words('asks_me')}"),
        "wants": re.compile(rf"(?<![\w'-]){words('wants')} ?$"),
        "wants_behind": re.compile(rf"{words('wants_behind')}(?!\w)"),
        "refuses": re.compile(rf"(?<![\w-]){words('refuses')} ?$"),
        "refuses_calls": re.compile(rf"(?<![\w'-]){words('refuses_calls')}(?!\w)"),
        "refuses_behind": re.compile(words("refuses_behind")),
        "not_channels": re.compile(words("not_channels")),
        "not_said": re.compile(rf"(?<![\w']){words('not_said')}(?!\w)"),
        "stops": re.compile(rf"(?<![\w']){words('stops')}(?!\w)"),
        "some_days": re.compile(
            r"[a-z]{3,12}\.?\s?(?:-|to|through|and|or|bis|und|oder|et|ou|au|y|o|a|en|of|t/m)\s?"
            r"(?:le |el )?(?:mon|tue|wed|thu|fri|sat|sun|die|mit|don|fre|sam|lun|mar|mer|jeu|ven"
            r"|mie|jue|vie|sab|maan|din|woe|vri|zat)"
        ),
    }
