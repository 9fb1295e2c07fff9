"""Says in which sense a skill is named: known, missing, wanted, no longer wanted, or just named."""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from warmbench.insight import scope
from warmbench.insight.flat import flat
from warmbench.insight.found import Unit
from warmbench.insight.kinds import Polarity, Speaker
from warmbench.insight.skill_lists import label_of
from warmbench.insight.tables import table

#: So far from its name does a word speak of it.
_NEAR = 45
_CLAUSE = re.compile(
    r"[;!?()\u2026]|\.(?:\s|$)|\bfull stop\b|\bperiod\b|,?\s*\b(?:but|aber|mais|pero|maar)\b"
)
#: "Kafka no", "Cerner: never", "CEN not yet", "R? no."
_NO = re.compile(
    r"\s{0,2}[?:=,-]{0,2}\s{0,2}(?:no|nope|never|none|not yet|not at all|not so much|not really|"
    r"nein|noch nicht|gar nicht|eher nein|non|pas encore|nada|todavia no|nee|nog niet|lapsed|"
    r"expired|zero)\b"
    r"(?! problem| issue| doubt| longer| again| more\b)"
)
#: The lowest mark of a scorecard: "SQL ..... 1/5".
_MARK = re.compile(r"[\s.:\u2026-]{1,14}(?:0\s?/\s?\d+|1\s?/\s?(?:4|5|10)|2\s?/\s?10)\b")
#: "Spoken French: weak", "SQL - poor".
_WEAK = re.compile(
    r"\s{0,2}(?:[:=(-]|is|was|are|rather|very|too|a bit|quite|\s){0,4}"
    r"\s?(?:weak|poor|thin|lacking|missing|"
    r"non-?existent|zero|insufficient|inadequate|below par|below bar|below standard|a no|a gap|"
    r"not enough|schwach|mangelhaft|ungenugend|fehlt|faible|insuffisant|flojo|insuficiente|"
    r"zwak|onvoldoende)\b"
)
_NO_BEFORE = re.compile(
    r"\b(?:no|not any|zero|without|kein|keine|keinen|keinerlei|pas de|pas d'|aucun|aucune|sin|"
    r"nada de|geen)\s+(?:real\s+|prior\s+|proper\s+|formal\s+)?$"
)
_DENIAL = re.compile(
    r"\b(?:no|not|never|none|without|cannot|\w+n't|kein\w*|nicht|nie|pas|jamais|aucun\w*|sin|nunca|"
    r"nada|geen|niet|nooit)\b"
)
_YES = re.compile(r"\s{0,2}[?:,-]{0,2}\s{0,2}(?:yes|yep|sure|daily|ja|oui|si|fine|ok|okay|since)\b")
_ASKED = re.compile(
    r"\b(?:jd|job ad|job spec|spec|vacancy|role|position|opening|brief|client|they|stelle|"
    r"poste|puesto|functie)\b[^.;]{0,30}\($"
    r"|\b(?:needs?|requires?|must have|asks? for|asking for|want someone with|"
    r"looking for (?:someone|somebody) with|says|sucht|suchen|cherche|busca|buscan|"
    r"zoekt|zoeken|asked about|ask about|pressed on|talked about)\b[^.;]{0,25}$"
    r"|\b(?:their|our|client's|company's) (?:\w+ )?(?:stack|tools?|systems?|setup|platform|erp|"
    r"crm)\b[^.;]{0,30}$"
)
_NOT_HAVE = re.compile(
    r"(?:does ?n.?t have|has ?n.?t|lacks|without|hat sie nicht|hat er nicht|n'a pas)\b"
)
_EAGER = re.compile(
    r"\b(?:happy to|love to|keen to|eager to|willing to|want(?:s|ing)? to (?:learn|do|try|get)|"
    r"would like to|'d like (?:to|that)|would learn|wants? it|would attract|signed up|enrolled|"
    r"mochte (?:ich|sie|er)|lerne ich|s'y former|aimerait|le gustaria|quiere aprender|wel willen|"
    r"wil (?:dat|het) graag|zou ik graag)\b"
)
_WANTED_BEHIND = re.compile(
    r"[\s,(:-]*(?:\w+ ){0,2}(?:in progress|studies|next year|next month|mochte sie|"
    r"mochte er|exam in|exam next|planned|wants to learn|she wants|he wants|zou ik|i'd like|"
    r"i would like|i'd love|wd love)\b"
)
_PARTING = re.compile(r"[,/&+;|\u2022\u00b7]|\b(?:and|und|et|y|en|or|oder|ou|of)\b")


_DONE = re.compile(r"\w+ (?:work|stuff|side|tasks?|duties|skills?)\b")


class Sense(NamedTuple):
    """In which sense, and how sure that is."""

    polarity: Polarity
    confidence: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a skill is named: alone, or in a list with others."""

    unit: Unit
    #: The unit in plain small letters.
    plain: str
    start: int
    end: int
    #: The list that it stands in, and where its neighbours begin and end.
    first: int
    last: int
    left: int
    right: int
    #: Where the next skill begins, in the list or behind it.
    next: int
    #: What is said next, in the same turn.
    following: str = ""

    @property
    def before(self) -> str:
        """What stands before the list in its clause, up to the skill before it."""
        near = max(self.left, self.first - _NEAR)
        cuts = [one.end() for one in _CLAUSE.finditer(self.plain, near, self.first)]
        return self.plain[max([near, *cuts]) : self.first]

    @property
    def leading(self) -> str:
        """What stands before the list in its sentence, also before a bracket."""
        return self.plain[max(0, self.first - 2 * _NEAR) : self.first]

    @property
    def after(self) -> str:
        """What stands behind the skill or its list in the clause, up to the next skill."""
        since, stop = self.end, self.next
        if self.next < self.last and not _PARTING.sub("", self.plain[since:stop]).strip():
            since, stop = self.last, self.right
        behind = self.plain[since : min(stop, since + _NEAR)]
        # “Kafka (never)”, “R? No”, “GCP, no” go on behind the first sign.
        cut = _CLAUSE.search(behind, 2 if behind[:2].strip(" ")[:1] in {"?", "("} else 0)
        is_open = cut is None and stop < len(self.plain)
        behind = behind[: cut.start()] if cut else behind
        comma = behind.find(",", 2)
        if comma > 0:
            return behind[:comma]
        # “Excel, never with SAP”: what follows the comma is said of the next.
        return "" if is_open and behind.startswith(",") else behind

    @property
    def trailing(self) -> str:
        """What stands behind it, up to the next sentence but one."""
        return f"{self.plain[self.end : self.end + 2 * _NEAR]} {self.following}"[: 2 * _NEAR]


def sense_of(place: Place) -> Sense | None:
    """In which sense the words of a unit name a skill. None where it is not the person's."""
    before, after = place.before, place.after
    is_refused = _is_refused(before, place.following if _is_asked(place, after) else after)
    if not is_refused and _is_missing(place, before, after):
        return Sense(Polarity.LACKS, 0.8)
    within = scope.of(place.unit.text, place.start, place.end)
    is_ours = within.ours and place.unit.speaker != Speaker.CANDIDATE
    if within.others or is_ours or _ASKED.search(place.leading):
        return None
    if is_refused:
        return Sense(Polarity.REFUSES, 0.8)
    if within.denied and _DENIAL.search(before):
        is_none = within.past or _words("needless").search(f"{before} \0 {after}")
        return None if is_none else Sense(Polarity.LACKS, 0.75)
    if within.wished or _words("wanted").search(before) or _WANTED_BEHIND.match(after):
        return Sense(Polarity.WANTS, 0.8)
    return None if within.supposed else Sense(Polarity.HAD, 0.92)


def _is_refused(before: str, after: str) -> bool:
    """Whether it is said that somebody does not want it, or no longer."""
    if _words("refused").search(before):
        return True
    return bool(_words("refused_behind").match(after.lstrip(" ,;:?(-\u2013")))


def is_known(place: Place) -> bool:
    """Whether the words around say that somebody knows or uses it."""
    before, after = place.before, place.after
    if _is_refused(before, place.following if _is_asked(place, after) else after):
        return True
    return bool(
        _words("known").search(before)
        or _words("known").search(after)
        or _YES.match(after)
        or _words("wanted").search(before)
        or _is_missing(place, before, after)
    )


def is_eager(place: Place) -> bool:
    """Whether what is missing is wanted: "no JAX yet, but I'd love to learn it"."""
    return bool(_EAGER.search(place.trailing))


def is_listed(unit: Unit) -> bool:
    """Whether the unit is told to be a list of skills, by its heading or its label."""
    told = (unit.heading, label_of(unit.text))
    return any(_words("headings").match(flat(one).strip()) for one in told)


def is_spoken(place: Place) -> bool:
    """Whether a language is named as one that is spoken."""
    after = place.plain[place.end : place.end + _NEAR]
    if _words("nationality").match(after.lstrip(" -")):
        return False
    return bool(
        re.match(r"[\s(:,-]{0,4}(?:level )?[abc][12]\b", after)
        or _NO_BEFORE.search(place.before)
        or _words("spoken").search(place.before)
        or _words("spoken").search(place.after)
        or is_listed(place.unit)
    )


def is_title(text: str, end: int) -> bool:
    """Whether what follows makes it a title or a company: "Java developer", "SAP SE"."""
    behind = flat(text[end : end + 30]).lstrip(" -")
    # "Salesforce admin work" is what somebody does.
    return bool(_words("title").match(behind)) and not _DONE.match(behind)


def _is_missing(place: Place, before: str, after: str) -> bool:
    """Whether it is said that somebody does not know it."""
    # “Kyriba never, SQL yes”: what stands before a comma is said of something else.
    before = before.rpartition(",")[2]
    around = f"{before} \0 {after}"
    if _words("needless").search(around):
        return False
    if _MARK.match(place.plain, place.end) or _WEAK.match(after):
        return True
    if _NO_BEFORE.search(before) or _NO.match(after) or _words("unknown").search(around):
        return True
    if _ASKED.search(place.leading) and _NOT_HAVE.search(after):
        return True
    return _is_asked(place, after) and bool(_NO.match(place.following))


def _is_asked(place: Place, after: str) -> bool:
    """Whether nothing but a question mark follows: "Payroll? Never again." """
    told = after.strip()
    return told == "?" or (not told and place.unit.text.rstrip().endswith("?"))


@cache
def _words(name: str) -> re.Pattern[str]:
    spelled = "|".join(table("skill_words")[name]).replace("*", r"\w*")
    return re.compile(rf"(?<!\w)(?:{spelled})(?!\w)")
