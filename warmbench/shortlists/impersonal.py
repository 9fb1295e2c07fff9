"""Takes out of the head of a résumé who somebody is, before anything reads what they can do.

Names are places ("Fatima"), skills ("Yara") and trades ("Baker") too, and a line with a birth date
or a picture pushes what stands beneath it out of the head: either would move people in a ranking
(``python -m bench.fairness``).
"""

import re

from anyascii import anyascii

from warmbench.insight.found import Reading
from warmbench.insight.kinds import SourceKind
from warmbench.shortlists import nameless

#: Who somebody is stands in so many lines on top, and each says it in few characters.
_HEAD, _LONGEST = 16, 80
_BETWEEN = re.compile(r"\s+[|\u00b7\u2022]\s+")
_PERSONAL = re.compile(
    r"^\W*(?:name|address|adresse|anschrift|phone|tel\w*|mobile?|handy|e-?mail|date of birth|dob|"
    r"born|birth\w*|geb\w*|geburts\w+|n\u00e9e? le|fecha de nacimiento|geboren|age|alter|"
    r"nationality|nationalit\w+|staatsangeh\w+|citizen\w*|gender|geschlecht|sex|pronouns?|"
    r"marital\w*|familienstand|children|kinder|religion|konfession|photo|foto|picture|bild|"
    r"post(?:al )?code|zip(?: code)?|plz)\b\W{0,3}(?:.*)$"
    r"|^\W*[\w.+'-]+@[\w.-]+\W*$|^\W*\+?\d[\d ()/.-]{6,}\d\W*$|^\W*(?:https?://|www\.)\S+\W*$"
    r"|^\W*(?:she|he|they)/\w+(?:/\w+)?\W*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_MAIL = re.compile(r"([\w.+'-]+)@[\w-]+\.")
#: Small words in the middle of names.
_PARTICLES = frozenset(
    (
        *("af", "al", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do"),
        *("dos", "du", "e", "el", "ibn", "la", "le", "ten", "ter", "van", "von", "y", "zu", "zur"),
    )
)


def text_of(read: Reading) -> str:
    """The text without the lines on top of a résumé that say who somebody is; of a line that says
    more than that, the rest. Any other text is left as it is."""
    if read.kind != SourceKind.RESUME:
        return read.text
    lines = read.text.splitlines()
    names = nameless.names_of(read) | _on_top(lines[:_HEAD])
    kept = [_rest(line, names) for line in lines[:_HEAD]]
    told = [line for line in kept if line is not None]
    return "\n".join([*told, *lines[_HEAD:]])


def _on_top(lines: list[str]) -> frozenset[str]:
    """The words of a name that an address beneath it is made of: "Ximena de la Cruz"."""
    mails = anyascii(" ".join(_MAIL.findall(" ".join(lines)))).casefold()
    for line in lines if mails else ():
        for part in _BETWEEN.split(line):
            words = _WORD.findall(part)
            is_name = len(words) >= 2 and all(
                word[0].isupper() or word in _PARTICLES for word in words
            )
            if is_name and sum(anyascii(word).casefold() in mails for word in words) >= 2:
                return frozenset(word.casefold() for word in words)
    return frozenset()


def _rest(line: str, names: frozenset[str]) -> str | None:
    """What a line says besides who somebody is; None if that is all that it says."""
    if not line.strip():
        return line
    parts = _BETWEEN.split(line)
    said = [part for part in parts if not _is_personal(part, names)]
    if len(said) == len(parts):
        return line
    return " | ".join(said) or None


def _is_personal(part: str, names: frozenset[str]) -> bool:
    if len(part) > _LONGEST:
        return False
    words = [word.casefold() for word in _WORD.findall(part)]
    return bool(_PERSONAL.search(part)) or (bool(words) and set(words) <= names)
