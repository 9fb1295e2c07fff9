"""Reads what would move people: what they say that they want, or miss where they are now."""

import re
from collections.abc import Iterator

from warmbench.insight import context, meanings, sayings, scope
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker

_WORDS = "motive_words"
#: The share of right ones: of ways that say it whole, and of what stands beside a cue.
_DIRECT, _CUED = 0.82, 0.78
#: Letters between a cue and what it speaks of, and what is said of it behind.
_REACH, _BEHIND = 34, 12
_BREAK = re.compile(
    r"[;.!()]|\b(?:but|aber|mais|pero|maar|not|nicht|pas|no|niet|never|rather than)\b"
)
#: What is missed is denied by its nature: “leaving because there is no growth”.
_MISSED = re.compile(
    r"\b(?:no|kein\w*|pas de|plus de|aucune?|sin|geen|lack of|without)\s[\w' ]{0,20}$"
)
_ABOUT_NOT = re.compile(
    r"\b(?:not|n't|isn't|nicht|pas|no es|niet)\s(?:\w+\s){0,3}(?:about|for|um|for the)?\s?$"
)


def extract(reading: Reading) -> Iterator[Found]:
    """What would move each person: every motive once, where it is surest."""
    if reading.kind == SourceKind.RESUME:
        return
    best: dict[tuple[int, str], Found] = {}
    likely = meanings.by_unit(reading, Kind.MOTIVE)
    for _, unit in context.told(reading):
        plain = context.plain(unit)
        if sayings.holds(_WORDS, "else", plain, reading.language):
            continue
        is_work = sayings.holds(_WORDS, "work", plain, reading.language)
        meant = () if is_work else (_likely(one) for one in likely[unit])
        for one in (*_of_sentence(unit, plain, reading.language), *meant):
            key = unit.about, one.value["what"]
            if key not in best or best[key].confidence < one.confidence:
                best[key] = one
    yield from best.values()


def _likely(meant: meanings.Meant) -> Found:
    return meanings.found(Kind.MOTIVE, {"what": meant.what}, Polarity.WANTS, meant)


def _of_sentence(unit: Unit, plain: str, language: str) -> Iterator[Found]:
    direct = list(sayings.find(_WORDS, "direct", plain, language))
    for said in direct:
        sense = scope.of(unit.text, said.start, said.end)
        # What “we” and “they” are like is what she leaves for.
        others = sense.others and unit.speaker != Speaker.CANDIDATE
        if not (sense.denied or sense.past or others or sense.supposed):
            yield _found(unit, said.what, said.start, said.end, _DIRECT, "motives:said")
    if sayings.holds(_WORDS, "work", plain, language):
        return
    cues = [
        one
        for one in sayings.find(_WORDS, "cues", plain, language)
        if not _ABOUT_NOT.search(plain[max(0, one.start - 24) : one.start])
    ]
    for theme in sayings.find(_WORDS, "themes", plain, language):
        if any(one.start < theme.end and theme.start < one.end for one in direct):
            continue
        start = _cued(plain, theme, cues)
        end = theme.end
        if start is None:
            start, end = _cued_behind(plain, theme, language)
        if end and _is_meant(unit, plain, theme):
            yield _found(unit, theme.what, start or theme.start, end, _CUED, "motives:cue")


def _cued(plain: str, theme: sayings.Saying, cues: list[sayings.Saying]) -> int | None:
    """Where the cue begins that speaks of the theme, if there is one before it."""
    for cue in reversed(cues):
        if cue.end > theme.start:
            continue
        between = plain[cue.end : theme.start]
        if len(between) <= _REACH and not _BREAK.search(_MISSED.sub("", between)):
            return cue.start
    return None


def _cued_behind(plain: str, theme: sayings.Saying, language: str) -> tuple[int, int]:
    for cue in sayings.find(_WORDS, "behind", plain, language):
        if 0 <= cue.start - theme.end <= _BEHIND and not _BREAK.search(plain[theme.end : cue.end]):
            return theme.start, cue.end
    return 0, 0


def _is_meant(unit: Unit, plain: str, theme: sayings.Saying) -> bool:
    sense = scope.of(unit.text, theme.start, theme.end)
    if sense.denied and not _MISSED.search(plain[max(0, theme.start - 30) : theme.start]):
        return False
    return not (sense.past or sense.others)


def _found(unit: Unit, what: str, start: int, end: int, sure: float, rule: str) -> Found:
    value = {"what": what}
    return Found(
        Kind.MOTIVE, value, Polarity.WANTS, unit.start + start, unit.start + end, sure, rule
    )
