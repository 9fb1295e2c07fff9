"""Says when two titles are one, and which of two stands higher: "Sr. SWE" and "Senior Software
Engineer" are the same, and both stand above "Software Engineer"."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from warmbench.people.tag_words import key

#: The step of somebody whose title names no level.
USUAL = 3
#: From this step on they lead people.
LEADS = 7
#: How high the levels of facts stand, as steps of titles.
STEP_OF_LEVEL = {"individual_contributor": USUAL, "manager": 7, "director": 9, "executive": 11}
#: Of 100: what is as like as this is one title in other words, or with a typing error.
_ALIKE, _MISTYPED = 88, 93

#: What is written short.
_LONG = {
    "sr": "senior",
    "snr": "senior",
    "jr": "junior",
    "jnr": "junior",
    "swe": "software engineer",
    "sde": "software engineer",
    "eng": "engineer",
    "engr": "engineer",
    "dev": "developer",
    "mgr": "manager",
    "mngr": "manager",
    "dir": "director",
    "vp": "vice president",
    "svp": "senior vice president",
    "evp": "executive vice president",
    "avp": "assistant vice president",
    "ceo": "chief executive officer",
    "cfo": "chief financial officer",
    "cto": "chief technology officer",
    "coo": "chief operating officer",
    "cio": "chief information officer",
    "ciso": "chief information security officer",
    "qa": "quality assurance",
    "ml": "machine learning",
    "fp": "financial planning",
    "hr": "human resources",
    "hrbp": "human resources business partner",
    "sre": "site reliability engineer",
    "acct": "accountant",
    "admin": "administrator",
    "asst": "assistant",
    "assoc": "associate",
    "programmer": "developer",
}
#: What managers look after who lead nobody.
_OF_THINGS = "|".join(
    [
        *("product", "project", "program", "programme", "account", "office", "case", "category"),
        *("content", "community", "risk", "portfolio", "fund", "relationship", "customer success"),
    ]
)
#: Steps by the words that say them, the longest first: what is found hides the words in it.
_STEPS: tuple[tuple[str, int], ...] = (
    (r"assistant vice president|associate director|assistant director|senior manager", 8),
    (r"senior director|managing director|vice president", 11),
    (r"chief of staff", 8),
    (r"chief \w+(?: \w+)? officer|chief executive|president|founder|partner in charge", 12),
    (r"(?:vice )?head of|head|general manager|bereichsleiter(?:in)?", 9),
    (r"director|direktor(?:in)?|directeur|directrice", 10),
    (
        r"(?:team|group|squad|section|shift) lead(?:er)?|teamleiter(?:in)?|supervisor|charge nurse",
        6,
    ),
    (r"group (?:product |program |programme |project |account )?manager", 7),
    (rf"(?:{_OF_THINGS}) manager", USUAL),
    (r"staff (?:nurse|accountant|auditor|attorney|pharmacist|therapist|physician)", USUAL),
    (r"manager|leiter(?:in)?|ward manager", 7),
    (r"principal|distinguished|fellow", 6),
    (r"lead|staff|expert", 5),
    (r"senior|erfahrene?r?|confirme", 4),
    (r"intern|trainee|apprentice|working student|werkstudent(?:in)?|praktikant(?:in)?", 0),
    (r"graduate|entry level", 1),
    (r"junior|resident (?:physician|doctor)|assistenz(?:arzt|arztin)", 2),
)
_FOUND = tuple((re.compile(rf"\b(?:{pattern})\b"), step) for pattern, step in _STEPS)
#: Words of a title that tell its step and not the work.
_LEVEL_WORDS = re.compile(
    r"\b(?:senior|junior|lead|staff|principal|expert|intern|trainee|graduate|head of|head|chief"
    r"|director|manager|vice president|team|of|the|and|officer)\b"
)
#: Grades behind a title: "Engineer II".
_GRADE = re.compile(r"\b(?:i{1,3}|iv|v|[1-5])$")
_GRADES = {"i": 0, "1": 0, "ii": 0, "2": 0, "iii": 1, "3": 1, "iv": 2, "4": 2, "v": 2, "5": 2}
#: "m/w/d" behind a title says nothing of it.
_ANYBODY = re.compile(
    r"\((?:[mwfdx]\s*/\s*){1,3}[mwfdx]\)|\((?:all genders|he/she/they)\)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Title:
    """A title, as far as titles are compared."""

    #: Without case and marks, and with nothing written short.
    plain: str
    #: How high it stands: 0 an intern, 3 nothing said, 7 leads people, 12 leads the firm.
    step: int
    #: The work, without the words that tell how high it stands.
    work: str


@lru_cache(maxsize=65_536)
def read(title: str) -> Title:
    """What a title says."""
    words = key(_ANYBODY.sub(" ", title)).split()
    plain = " ".join(_LONG.get(word, word) for word in words)
    return Title(plain, _step(plain), " ".join(_LEVEL_WORDS.sub(" ", plain).split()))


def is_same(one: str, other: str) -> bool:
    """Whether two titles are one in other words: they stand equally high, for like work."""
    first, second = read(one), read(other)
    if first.plain == second.plain or _is_typed_otherwise(first.plain, second.plain):
        return True
    if first.step != second.step:
        return False
    return fuzz.token_set_ratio(first.plain, second.plain) >= _ALIKE


def _is_typed_otherwise(one: str, other: str) -> bool:
    """Whether one is the other with a typing error: "LeadCRA". Grades are none."""
    if _GRADE.search(one) or _GRADE.search(other):
        return False
    return fuzz.ratio(one.replace(" ", ""), other.replace(" ", "")) >= _MISTYPED


def is_like_work(one: str, other: str) -> bool:
    """Whether two titles name like work, however high they stand."""
    first, second = read(one).work, read(other).work
    if not first or not second:
        return True
    return fuzz.token_set_ratio(first, second) >= _ALIKE


def _step(plain: str) -> int:
    grade = _GRADE.search(plain)
    rest = plain[: grade.start()] if grade else plain
    found = []
    for pattern, step in _FOUND:
        rest, count = pattern.subn(" | ", rest)
        found += [step] * bool(count)
    low = [step for step in found if step < USUAL]
    high = max(found, default=USUAL)
    if low and high <= USUAL:
        high = min(low)
    return high + (_GRADES[grade[0]] if grade and high <= 4 else 0)
