"""Says in which sense a skill is named: known, missing, wanted, no longer wanted, or just named."""

import re
from functools import cache
from typing import NamedTuple

from warmbench.insight import scope
from warmbench.insight.flat import flat
from warmbench.insight.found import Unit
from warmbench.insight.kinds import Polarity, Speaker
from warmbench.insight.tables import table

#: So far from its name does a word speak of it.
_NEAR = 45
_CLAUSE = re.compile(r"[;.!?()\u2026]|,\s*(?:but|aber|mais|pero|maar)\b|\b(?:but|aber|mais|pero|maar)\b")
#: "Kafka no", "Cerner: never", "CEN not yet", "R? no."
_NO = re.compile(
    r"\s{0,2}[?:=-]{0,2}\s{0,2}(?:no|nope|never|none|not yet|not so much|not really|nein|nicht|noch nicht|non|"
    r"pas encore|nada|todavia no|nee|nog niet|lapsed|expired|zero)\b(?! problem| issue| doubt)"
)
_NO_BEFORE = re.compile(
    r"\b(?:no|not any|zero|without|kein|keine|keinen|keinerlei|pas de|pas d'|aucun|aucune|sin|nada de|de|geen)"
    r"\s+(?:real\s+|prior\s+|proper\s+)?$"
)
_YES = re.compile(r"\s{0,2}[?:-]{0,2}\s{0,2}(?:yes|yep|sure|daily|ja|oui|si|fine|ok|okay)\b")


class Sense(NamedTuple):
    """In which sense, and how sure that is."""

    polarity: Polarity
    confidence: float


def sense_of(unit: Unit, start: int, end: int) -> Sense | None:
    """In which sense the words of a unit name a skill. None where it is not the person's."""
    plain = flat(unit.text)
    within = scope.of(unit.text, start, end)
    if within.others or (within.ours and unit.speaker != Speaker.CANDIDATE):
        return None
    before, after = _around(plain, start, end)
    near = f"{before} \0 {after}"
    if _words("refused").search(before) or _refused_behind(after):
        return Sense(Polarity.REFUSES, 0.8)
    if _says_no(before, after) or within.denied:
        if _words("needless").search(near):
            return None
        if within.past and within.denied:
            return None
        return Sense(Polarity.LACKS, 0.8)
    if _words("unknown").search(near):
        return Sense(Polarity.LACKS, 0.75)
    if within.supposed and not within.wished:
        return None
    if within.wished or _words("wanted").search(before) or _wanted_behind(after):
        return Sense(Polarity.WANTS, 0.8)
    return Sense(Polarity.HAD, 0.92)


def is_known(unit: Unit, start: int, end: int) -> bool:
    """Whether the words around say that somebody knows or uses it."""
    plain = flat(unit.text)
    before, after = plain[max(0, start - _NEAR) : start], plain[end : end + _NEAR]
    return bool(
        _words("known").search(before)
        or _words("known").search(after)
        or _YES.match(plain, end)
        or _says_no(before, after)
        or _words("unknown").search(f"{before} \0 {after}")
        or _words("wanted").search(before)
    )


def is_heading(heading: str) -> bool:
    """Whether a list of skills stands under such a heading."""
    return bool(_words("headings").match(flat(heading).strip()))


def is_spoken(unit: Unit, start: int, end: int) -> bool:
    """Whether a language is named as one that is spoken."""
    plain = flat(unit.text)
    before, after = plain[max(0, start - _NEAR) : start], plain[end : end + _NEAR]
    if _words("nationality").match(after.lstrip(" -")):
        return False
    level = re.match(r"[\s(:,-]{0,4}(?:level )?[abc][12]\b", after)
    return bool(
        level
        or _NO_BEFORE.search(before)
        or _words("spoken").search(before)
        or _words("spoken").search(after)
    )


def is_title(text: str, end: int) -> bool:
    """Whether what follows makes it a title or a company: "Java developer", "SAP SE"."""
    return bool(_words("title").match(flat(text[end : end + 30]).lstrip(" -")))


def _says_no(before: str, after: str) -> bool:
    return bool(_NO_BEFORE.search(before) or _NO.match(after))


def _around(plain: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind in the same clause."""
    first = max((one.end() for one in _CLAUSE.finditer(plain, 0, start)), default=0)
    following = _CLAUSE.search(plain, end)
    last = following.start() if following else len(plain)
    return plain[max(first, start - _NEAR) : start], plain[end : min(last, end + _NEAR)]


def _refused_behind(after: str) -> bool:
    told = re.match(
        r"[\s,]*(?:is |are )?(?:i'm |he's |she's |i am )?(?:so |really )?"
        r"(?:done with|not again|never again|no more|nicht mehr|niet meer|plus jamais)\b",
        after,
    )
    return bool(told)


def _wanted_behind(after: str) -> bool:
    return bool(
        re.match(
            r"[\s,(:-]*(?:\w+ ){0,2}(?:in progress|course|training|studies|next year|next month|"
            r"mochte sie|mochte er|exam in|exam next|planned|wants to learn|she wants|he wants|zou ik|"
            r"i'd like|i would like|i'd love)\b",
            after,
        )
    )


@cache
def _words(name: str) -> re.Pattern[str]:
    phrases = "|".join("|".join([lists]) for lists in table("skill_words")[name])
    spelled = [one.replace("*", r"\w*") for one in phrases.split("|")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(spelled, key=len, reverse=True))})(?!\w)")
