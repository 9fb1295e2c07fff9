"""Takes from texts the sentences about somebody's work, without names and ways to reach them."""

import re

from warmbench.insight.found import Reading
from warmbench.insight.kinds import SourceKind, Speaker

#: So many lines of a résumé may hold the name, and so many words it has.
_HEAD, _FEWEST, _MOST = 6, 2, 5
_LONGEST_NAME = 48
#: Shorter pieces say nothing.
_SHORTEST, _FEWEST_WORDS = 8, 2
_REACHED = re.compile(
    r"@|https?://|www\.|linkedin|github\.com|\+\d[\d ()/.-]{7,}\d"
    r"|\b0\d[\d ()/.-]{6,}\d|\b\d{3}[ .-]\d{3}[ .-]\d{4}\b"
    r"|^\W*(?:name|address|adresse|phone|tel\w*|mobile?|e-?mail|date of birth|born|geboren|"
    r"birth\w*|nationality|nationalit\w+|gender|sex|pronouns?|marital\w*|familienstand|"
    r"religion|age|photo|domicilio|direcci\w+|naam|adres)\b\W{0,3}:?",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w'\u2019.-]*(?:[ ,]+[^\W\d_][\w'\u2019.-]*){1,4}")
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]+")
_PRONOUNS = re.compile(r"\b(?:he|she|they)/(?:him|her|them|his|hers|theirs)\b.*", re.IGNORECASE)
_PARTS = re.compile(r"(?<=[,;:])\s+")


def sentences(read: Reading, *, names: frozenset[str] = frozenset()) -> list[str]:
    """The sentences of a text about one person, as they stand in it. Of one with a name in it the
    longest part that has none; ``names`` are words of names that the text itself does not tell."""
    hidden = names_of(read) | names
    found: list[str] = []
    for unit in read.units:
        if unit.about or unit.speaker == Speaker.OTHER or _REACHED.search(unit.text):
            continue
        for line in unit.text.splitlines():
            part = _without(line.strip(), hidden)
            if len(part) >= _SHORTEST and len(part.split()) >= _FEWEST_WORDS:
                found.append(part)
    return list(dict.fromkeys(found))


def names_of(read: Reading) -> frozenset[str]:
    """The words of names that may stand in the text, in small letters: those that we were told,
    and what stands on top of a résumé as names do."""
    told = [word for name in read.people for word in _WORD.findall(name)]
    if read.kind == SourceKind.RESUME:
        told += _on_top(read)
    return frozenset(word.casefold() for word in told if len(word) > 1)


def _on_top(read: Reading) -> list[str]:
    for line in read.text.splitlines()[:_HEAD]:
        bare = _PRONOUNS.sub("", line).strip(" \t*#_|-").removeprefix("Name:").strip()
        bare = re.split(r"\s[|\u00b7\u2013-]\s|,\s", bare)[0].strip(" (")
        if not bare or len(bare) > _LONGEST_NAME or not _NAME.fullmatch(bare):
            if bare:
                break
            continue
        words = _WORD.findall(bare)
        if _FEWEST <= len(words) <= _MOST and all(word[0].isupper() for word in words):
            return words if not _is_heading(bare) else []
        break
    return []


def _is_heading(line: str) -> bool:
    """Whether a first line is no name: "Curriculum Vitae", "Senior Data Engineer"."""
    return bool(_WORK.search(line))


_WORK = re.compile(
    r"\b(?:curriculum|vitae|resume|r\u00e9sum\u00e9|lebenslauf|profile|summary|engineer|manager|"
    r"developer|nurse|analyst|director|officer|consultant|accountant|designer|architect|"
    r"specialist|administrator|assistant|executive|lead|head|senior|junior|scientist|controller)\b",
    re.IGNORECASE,
)


def _without(line: str, hidden: frozenset[str]) -> str:
    if not hidden or not any(word.casefold() in hidden for word in _WORD.findall(line)):
        return line
    kept: list[str] = [""]
    last = 0
    for word in _WORD.finditer(line):
        if word[0].casefold() in hidden:
            kept.append(line[last : word.start()])
            last = word.end()
    kept.append(line[last:])
    return max((part.strip(" ,.;:-\u2013") for part in kept), key=len)
