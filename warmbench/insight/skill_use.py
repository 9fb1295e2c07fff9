"""Reads how well somebody knows a skill, and when they used it last."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from warmbench.insight import calendar_words, durations, resume_lines
from warmbench.insight.found import Reading
from warmbench.insight.kinds import SourceKind
from warmbench.insight.skill_lists import label_of
from warmbench.insight.skill_senses import Place
from warmbench.insight.tables import table
from warmbench.insight.values import STRENGTHS

#: Years of use from which a skill is a working one, and a strong one, where no word says it.
_WORKING_FROM, _STRONG_FROM = 2, 5
#: So much of a sentence is looked at behind a skill, and right before it.
_BEHIND, _BEFORE = 70, 32
#: So many lines of a résumé may stand between a station and what was done there.
_MOST_DUTIES = 40
_LEVEL = re.compile(r"[\s(:,\u2013-]{0,4}(?:level |niveau |nivel )?(?P<level>[abc])[12]\b")
_LEVELS = {"a": "basic", "b": "working", "c": "strong"}
_RATED = re.compile(
    r"[\s(:,\u2013-]{0,4}(?:(?P<points>\d{1,2})\s?(?:/|out of|von|sur|de|van)\s?(?P<of>5|10)\b"
    r"|(?P<stars>[\u2605*\u25cf]{1,5})(?P<rest>[\u2606\u25cb]{0,4}))"
)
_HALF, _MOST_PART = 0.45, 0.75
_YEAR = r"(?P<year>(?:19[89]|20[0-4])\d)(?!\d)"
_SIGN = re.compile(r"[,.;:!?()]")
_CLAUSE = re.compile(r"[;!?\n]|\.\s|\b(?:but|aber|mais|pero|maar)\b")


@dataclass(frozen=True, slots=True)
class Use:
    """How well a skill is known, as one of ``values.STRENGTHS``, and when it was used last, as a
    year (“2021”) or a day (“2026-03-05”). Empty where the text does not say it."""

    strength: str = ""
    last_used: str = ""

    def with_more(self, other: "Use") -> "Use":
        """With what another place tells of the same skill: the first word on how well it is
        known, and the latest use."""
        latest = max(self.last_used, other.last_used, key=_last_day)
        return Use(self.strength or other.strength, latest)

    def value(self, years: float | None) -> dict[str, Any]:
        """What it adds to the value of a fact. Many years tell how well it is known, too."""
        strength = self.strength
        if not strength and years is not None:
            strength = STRENGTHS[(years >= _WORKING_FROM) + (years >= _STRONG_FROM)]
        told = {"strength": strength, "last_used": self.last_used}
        return {name: said for name, said in told.items() if said}


def of(place: Place, reading: Reading) -> Use:
    """What the words around a skill, or the dates of the job that it stands under, tell of it."""
    return Use(_strength(place), _last_used(place, reading))


def _last_day(last_used: str) -> str:
    return f"{last_used}-12-31" if len(last_used) == len("2021") else last_used


def _strength(place: Place) -> str:
    behind = place.plain[place.end : min(place.end + _BEHIND, max(place.next, place.end))]
    if level := _LEVEL.match(behind):
        return _LEVELS[level["level"]]
    if rated := _RATED.match(behind):
        return _by_points(rated)
    said = _word("behind").match(behind)
    if said and not said["denied"] and not _is_of_next(behind, said.end(), place):
        return str(said.lastgroup)
    own = place.plain[max(place.left, place.start - _BEFORE) : place.start]
    for before in (own, place.before):
        if said := _word("before").search(before):
            is_denied = _denied().search(before, 0, said.start())
            return "" if is_denied else str(said.lastgroup)
    for told in (label_of(place.plain), place.unit.heading):
        if said := _word("label").match(told.strip()):
            return str(said.lastgroup)
    return ""


def _is_of_next(behind: str, end: int, place: Place) -> bool:
    """Whether a word behind a comma is said of the next skill: “Python, strong SQL”."""
    is_parted = behind.lstrip().startswith(",")
    return is_parted and place.next < len(place.plain) and not _SIGN.search(behind, end)


def _by_points(rated: re.Match[str]) -> str:
    if rated["stars"]:
        share = len(rated["stars"]) / max(5, len(rated["stars"] + rated["rest"]))
    else:
        share = int(rated["points"]) / int(rated["of"])
    return STRENGTHS[(share > _HALF) + (share > _MOST_PART)]


def _last_used(place: Place, reading: Reading) -> str:
    before, behind = _around(place)
    said = _by_year(before, behind, reading.said_on) or _by_length(before, behind, reading.said_on)
    if said:
        return said
    if _any("now").search(f"{before} \0 {behind}"):
        return reading.said_on.isoformat()
    return _by_station(place, reading)


def _around(place: Place) -> tuple[str, str]:
    """The words of the clause before the list of skills, and behind the skill or its list."""
    behind = place.plain[place.end : place.end + _BEHIND]
    if place.next < place.end + _BEHIND:
        alone = place.plain[place.end : place.next]
        # What stands behind a list is said of all of it, what stands within of one.
        is_said = re.search(r"\d|[a-z]{4}", alone)
        behind = alone if is_said else place.plain[max(place.last, place.end) : place.right]
    cut = _CLAUSE.search(behind)
    # “Terraform daily, Go”: what stands before a comma is said of something else.
    return place.before.rpartition(",")[2], behind[: cut.start()] if cut else behind


def _by_year(before: str, behind: str, today: date) -> str:
    whole = f"{before} \0 {behind}"
    if span := _patterns()["span"].match(behind):
        return span["year"] or today.isoformat()
    if until := _patterns()["until"].search(whole):
        return _past(until["year"], today)
    if since := _patterns()["since"].search(whole):
        if _any("began").search(whole):
            return ""
        is_over = _denied().search(whole, 0, since.start())
        return _past(since["year"], today) if is_over else today.isoformat()
    during = _patterns()["during"].search(whole)
    if during and _any("used").search(whole) and not _any("began").search(whole):
        return _past(during["year"], today)
    return ""


def _past(year: str, today: date) -> str:
    return year if int(year) <= today.year else ""


def _by_length(before: str, behind: str, today: date) -> str:
    whole = f"{before} \0 {behind}"
    if _any("began").search(whole):
        return ""
    for one in durations.find(whole):
        is_ago = _patterns()["ago_behind"].match(whole, one.end) or _patterns()[
            "ago_before"
        ].search(whole[: one.start])
        is_idle = _patterns()["idle"].search(whole[: one.start]) and _denied().search(whole)
        if is_ago or is_idle:
            return str(calendar_words.later(today, -one.amount, one.unit).year)
    return ""


def _by_station(place: Place, reading: Reading) -> str:
    """When the job ended that a line of a résumé stands under; the day of the text for a present
    one."""
    if reading.kind != SourceKind.RESUME or place.unit.heading not in _OF_JOBS:
        return ""
    at = bisect_right(reading.units, place.unit.start, key=lambda unit: unit.start) - 1
    for near in range(at, max(-1, at - _MOST_DUTIES), -1):
        ended = resume_lines.ended(reading.units[near].text, reading.said_on)
        if ended is not None and reading.units[near].heading in _OF_JOBS:
            return ended
    return ""


#: Under these headings dates are those of jobs.
_OF_JOBS = frozenset({"experience", "projects"})


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = table("skill_use_words")
    to = "-|to|bis|a|au|hasta|tot"
    now = "|".join([*words["now"], words["to_date"]])
    shapes = {
        "span": rf"[\s(,:]{{0,3}}(?:19|20)\d\d\s?(?:{to})\s?(?:{_YEAR}|(?:{now}))",
        "until": rf"(?<!\w)(?:{words['until']})(?: \w+)?[\s:]{{1,2}}{_YEAR}",
        "since": rf"(?<!\w)(?:{words['since']})(?: about| around)? {_YEAR}",
        "during": rf"(?<!\w)(?:{words['during']}) {_YEAR}",
        "ago_behind": rf"\s(?:{words['ago_behind']})(?!\w)",
        "ago_before": rf"(?<!\w)(?:{words['ago_before']})\s(?:\w+\s)?$",
        "idle": rf"(?<!\w)(?:{words['idle']})\s(?:\w+\s)?$",
    }
    return {name: re.compile(shape) for name, shape in shapes.items()}


@cache
def _word(where: str) -> re.Pattern[str]:
    """A word on how well a skill is known, named after it: right behind the skill, right before
    it, or as the label of a line."""
    words = table("skill_use_words")
    groups = "|".join(f"(?P<{name}>{'|'.join(each)})" for name, each in words["strength"].items())
    nouns, links, fillers = words["nouns"], words["links"], words["fillers"]
    if where == "label":
        return re.compile(rf"(?:{groups})(?!\w)(?:\s(?:{nouns}))?(?:\s(?:{links}))?$")
    if where == "before":
        return re.compile(
            rf"(?<![\w'])(?:{groups})(?!\w)(?:\s(?:{nouns}))?(?:,? (?:{links}))?"
            rf"(?:\s(?:the|my|her|his|their|der|die|das|la|le|el|los))?[\s:('-]{{0,3}}$"
        )
    return re.compile(
        rf"[\s,(:\u2013-]{{0,4}}(?:(?:{words['verbs']})\s)?(?P<denied>(?:{words['denied']})\s)?"
        rf"(?:(?:{fillers})\s){{0,2}}(?:(?:{links})\s)?(?:{groups})(?!\w)(?:\s(?:{nouns}))?"
        r"(?=\s*(?:$|[),.;!?:\u2013-])|\s(?:and|but|though|in|on|now|und|aber|et|mais|y|pero|en|maar)\b)"
    )


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<!\w)|(?=n't))(?:{table('skill_use_words')['denied']})(?!\w)")


@cache
def _any(name: str) -> re.Pattern[str]:
    words = table("skill_use_words")[name]
    every = "|".join(words) if isinstance(words, list) else words
    return re.compile(rf"(?<!\w)(?:{every})(?!\w)")
