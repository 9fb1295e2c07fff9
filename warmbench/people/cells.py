"""What a single cell of an imported file says: yes or no, a status, a stage, skills, a name."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from warmbench.people import dates
from warmbench.people.words import is_nothing, plain, words

#: Longer than any skill; such a text is a sentence, and would only swell the list of unknowns.
_LONGEST_SKILL = 80
_LONGEST_NAME = 240
#: Longer than any answer, status or stage. Only short cells are remembered.
_LONGEST_WORD = 60
#: Lists in brackets within brackets within ... are no longer lists of skills.
_DEEPEST_GROUP = 4

#: Written with a slash, and one thing all the same.
_SLASHED = (
    r"C/C\+\+|CI\s?/\s?CD|TCP/IP|A/B|UI\s?/\s?UX|UX\s?/\s?UI|PL/SQL|PL/I|AS/400|OS/2|"
    r"OS/390|z/OS|z/VM|I/O|S/4\s?HANA|R/3|24/7|N/A|A/R|A/P|AP/AR|AR/AP|ISO/IEC|B/S|Client/Server"
)
#: Stands for a name that is whole; no text has it.
_HIDDEN = "\ue000"
#: In a name, there may be spaces around it or not.
_MARK = re.compile(r"([/,;|()])")
_BETWEEN_SKILLS = re.compile(r"[;,|/\n\r\t•·●▪‣]+|\s[-\u2013\u2014]\s|\s{3,}")
_GROUP = re.compile(r"\(([^()]*)\)")
_LEVEL = re.compile(
    r"(?<!\w)\d|\b(?:expert|advanced|intermediate|beginner|basic|basics|native|fluent|proficient|senior|"
    r"years?|yrs?|jahre?|ans?|anos|jaar|grundkenntnisse|sehr gut|gut|fortgeschritten|avance|"
    r"debutant|courant|basico|intermedio|avanzado|gevorderd|basis|goed)\b"
)
_HOW_LONG = re.compile(r"\d+\+?\s*(?:years?|yrs?|y|jahre?n?|ans?|años?|jaar)?", re.IGNORECASE)
_NUMBERING = re.compile(r"\d{1,2}[.)]\s+")
_EDGES = " \t\r\n\"'[]{}*:-\u2013\u2014•·●▪‣"

_PRONOUNS = re.compile(
    r"\s*[(\[](?:she|he|they|her|him|sie|er|elle|il|ella|zij|hij)\b[^)\]]*[)\]]", re.IGNORECASE
)


def yes_or_no(text: str) -> bool | None:
    """Whether the cell says yes or no; None when it says neither."""
    if is_nothing(text):
        return None
    word = _word(text) or text.strip()
    if word in words().yes:
        return True
    return False if word in words().no else None


def consented(text: str) -> bool | None:
    """Whether a cell about consent gives it: "yes", "opted in", or the day it was given.

    None when it is empty or not understood: then nobody has consented.
    """
    if (answer := yes_or_no(text)) is not None:
        return answer
    word = _word(text)
    if word in words().agreed or _is_day(text):
        return True
    return False if word in words().refused else None


def opted_out(text: str) -> bool | None:
    """Whether a "do not contact" cell forbids writing: "yes", or the day it was said.

    None when the cell is not understood. Whoever imports must then not take it for a no.
    """
    if is_nothing(text):
        return False
    if (answer := yes_or_no(text)) is not None:
        return answer
    word = _word(text)
    if word in words().refused or _is_day(text):
        return True
    return False if word in words().agreed else None


def _word(text: str) -> str:
    """The cell in plain form, "" where it is too long to be one word of a list."""
    return _short_word(text) if len(text) <= _LONGEST_WORD else ""


@lru_cache(maxsize=16384)
def _short_word(text: str) -> str:
    return plain(text)


def _is_day(text: str) -> bool:
    order = dates.order_of([text])
    return order.ambiguous or isinstance(dates.read(text, order), date)


def status(text: str) -> str | None:
    """Our status for theirs; "" for an empty cell, None for one that a person must decide."""
    if is_nothing(text):
        return ""
    return words().statuses.get(_word(text))


def stage(text: str) -> str | None:
    """The furthest stage a cell names; "" for an empty cell, None when it is not known."""
    if is_nothing(text):
        return ""
    return words().stages.get(_word(text))


class Whole:
    """Names that ``skills`` is not to take apart, and what everybody writes with a slash."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Of the ``names``, those count that would be taken apart."""
        apart = {name for name in names if plain(name) and skills(name) != [name]}
        spelled = map(_spelled, sorted(apart, key=len, reverse=True))
        anything = "|".join([*spelled, _SLASHED])
        self._pattern = re.compile(rf"(?<![\w/])(?:{anything})(?![\w/])", re.IGNORECASE)
        #: Mark → words. Looking for these first takes a tenth of the time.
        self._signs: dict[str, set[str]] = {}
        for name in apart:
            mark = next(iter(_MARK.findall(name)), "")
            longest = max(_MARK.sub(" ", name).lower().split(), key=len)
            self._signs.setdefault(mark, set()).add(longest)

    def hide(self, text: str, hidden: list[str]) -> str:
        """The text with a letter of no language for each of the names, which are added to
        ``hidden``."""
        if "/" not in text:
            lowered = text.lower()
            signs = [words for mark, words in self._signs.items() if mark in text]
            if not any(word in lowered for words in signs for word in words):
                return text

        def take(match: re.Match[str]) -> str:
            hidden.append(match.group())
            return f"{_HIDDEN}{chr(ord(_HIDDEN) + len(hidden))}"

        return self._pattern.sub(take, text)


def _spelled(name: str) -> str:
    """A pattern for the name: spaces may be missing, or be there, where two skills could part."""
    return "".join(
        rf"\s?{re.escape(part)}\s?"
        if _MARK.fullmatch(part)
        else r"\s+".join(re.escape(word) for word in part.split())
        for part in _MARK.split(name)
    )


def skills(text: str, whole: Whole | None = None) -> list[str]:
    """The skills of a list in one cell, in their order, each once.

    "C/C++" and its like stay whole, "AWS (EC2, S3)" gives all three, and what only says how
    well ("Python (5 years)") is left out.
    """
    if is_nothing(text):
        return []
    found: dict[str, str] = {}
    for piece in _split_skills(text, whole or _USUAL):
        if len(piece) < 2 * _LONGEST_SKILL and (skill := _cleaned(piece)):
            found.setdefault(skill.casefold(), skill)
    return list(found.values())


@lru_cache(maxsize=65536)
def _cleaned(piece: str) -> str:
    """One skill without bullets and numbering, "" when it is none."""
    skill = " ".join(_NUMBERING.sub("", piece.strip(_EDGES), count=1).split())
    # The point of ".NET" belongs to it, that of a sentence does not.
    skill = skill.rstrip(".").strip()
    wrong = len(skill) > _LONGEST_SKILL or is_nothing(skill) or _HOW_LONG.fullmatch(skill)
    return "" if wrong else skill


def _split_skills(text: str, whole: Whole) -> list[str]:
    hidden: list[str] = []
    groups: list[str] = []

    def take_out(match: re.Match[str]) -> str:
        # What is hidden is a name, whatever numbers are in it.
        parts = _BETWEEN_SKILLS.split(match.group(1))
        groups.extend(part for part in parts if not _LEVEL.search(plain(part)))
        return " "

    text = whole.hide(text.replace(_HIDDEN, ""), hidden)
    # Innermost first: a bracket in a bracket is a list in a list.
    for _ in range(_DEEPEST_GROUP):
        if "(" not in text:
            break
        text = _GROUP.sub(take_out, text)
    return [_restored(piece, hidden) for piece in [*_BETWEEN_SKILLS.split(text), *groups]]


def _restored(piece: str, hidden: list[str]) -> str:
    if _HIDDEN not in piece:
        return piece
    return re.sub(f"{_HIDDEN}(.)", lambda at: hidden[ord(at[1]) - ord(_HIDDEN) - 1], piece)


#: Without a tree at hand.
_USUAL = Whole()


def person_name(text: str) -> tuple[str, str]:
    """First and last name of a person written in one cell, without titles and degrees.

    "Berg, Jane van den" and "Dr. Jane van den Berg, PhD" give the same answer. A single word
    is a last name only when nothing else is known; here it is taken for the first.
    """
    text = " ".join(text[:_LONGEST_NAME].split())
    text = _PRONOUNS.sub("", text).strip()
    if is_nothing(text):
        return "", ""
    head, comma, tail = text.partition(",")
    if comma:
        given = _without_titles(tail.replace(",", " ").split(), keep=0)
        if given:
            first, particles = _split_particles(given)
            family = " ".join(_without_titles(head.split()))
            return " ".join(first), " ".join([*particles, family]).strip()
        text = head
    parts = _without_titles(text.split())
    if len(parts) < 2:
        return (parts[0] if parts else ""), ""
    start = next(
        (i for i, part in enumerate(parts) if i and part.casefold() in words().particles),
        len(parts) - 1,
    )
    return " ".join(parts[:start]), " ".join(parts[start:])


def _without_titles(parts: list[str], *, keep: int = 2) -> list[str]:
    while len(parts) > 1 and parts[0].casefold().strip(".-") in words().titles:
        parts = parts[1:]
    while len(parts) > keep and parts[-1].replace(".", "") in words().degrees:
        parts = parts[:-1]
    return parts


def _split_particles(given: list[str]) -> tuple[list[str], list[str]]:
    cut = len(given)
    while cut > 1 and given[cut - 1].casefold() in words().particles:
        cut -= 1
    return given[:cut], given[cut:]
