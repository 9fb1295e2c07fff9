"""Finds the names of skills in running text: tools, methods, certificates, languages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from itertools import pairwise

import yaml

from warmbench.insight.flat import flat
from warmbench.insight.tables import table

_WORD = re.compile(r"(?<![\w.])\.[a-z]\w*|[^\W_]\w*(?:\.(?!\d)\w+)*[+#]*(?!\w)|[^\W_]+")
#: What may part the words of one name.
_GAP = re.compile(r" ?[-/&'.,]? ?")
_LONGEST = 6
_SHORT_ALIAS = 7
_FLAGS = ("tongues", "proper", "capitals", "loose", "names", "broad")
#: Membership of such a body is nobody's to note (GDPR, article 9).
_NEVER = re.compile(
    r"works? council|betriebsr|trade union|tarif|comite|industrial relations", re.IGNORECASE
)
#: What may follow a word that is meant as a name where it begins a sentence.
_NEXT_ITEM = re.compile(
    r"\s*(?:$|[\n\r,;/()|+:?]|[-\u2010-\u2015]|\.(?:\s|$)|(?:or|and|oder|und|et|ou|y|o|en|of|yes|no|"
    r"ja|nein|oui|non|everywhere|throughout|inside|daily|skills?|since|every|is|for|experience|knowledge|kenntnisse|has|i)\b)",
    re.IGNORECASE,
)
_AT_A_START = re.compile(r"(?:^|[.!?:;\n\r\u2022\u00b7*\u2013\u2014-])\s*[\"'(]?$")


class Manner(Enum):
    """How a name has to stand to be believed."""

    #: It means nothing else.
    PLAIN = "plain"
    #: Written as a name is not; believed beside other skills, or where it is said to be known.
    LOOSE = "loose"
    #: An ordinary word in small letters; believed beside other skills alone.
    LISTED = "listed"
    #: A field or activity as much as a skill: believed where it is said to be known.
    BROAD = "broad"
    #: A language that is spoken, or somebody's nationality.
    TONGUE = "tongue"
    #: No list has it: it is only written as a name.
    UNLISTED = "unlisted"
    #: Nor has it: it stands in a list of skills, or is the number of a standard.
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text."""

    start: int
    end: int
    #: As facts have it: one spelling of several.
    name: str
    manner: Manner


class Lexicon:
    """Names, and in which manner each has to stand."""

    def __init__(
        self,
        names: Iterable[tuple[str, str]],
        *,
        flags: dict[str, frozenset[str]] | None = None,
    ) -> None:
        """``names`` are pairs of a spelling and the name it stands for; the first of two wins."""
        self._flags = flags or {}
        self._names: dict[str, str] = {}
        self._longest: dict[str, int] = {}
        for spelling, name in names:
            plain = flat(spelling)
            words = _words(plain)
            if not words or len(words) > _LONGEST:
                continue
            self._names.setdefault(_tight(plain), name)
            first = words[0][0]
            self._longest[first] = max(self._longest.get(first, 0), len(words))

    def knows(self, name: str) -> bool:
        """Whether it is a name that stands here."""
        return _tight(flat(name)) in self._names

    def within(self, text: str) -> list[Mention]:
        """The names in a text, from left to right. A longer name hides those inside it."""
        plain = flat(text)
        words = _words(plain)
        found: list[Mention] = []
        at = 0
        while at < len(words):
            mention, size = self._at(text, plain, words, at)
            if mention is not None:
                found.append(mention)
            at += size
        return found

    def _at(
        self, text: str, plain: str, words: list[tuple[str, int, int]], at: int
    ) -> tuple[Mention | None, int]:
        first, start, stop = words[at]
        if len(first) == 1 and "'" in {plain[start - 1 : start], plain[stop : stop + 1]}:
            return None, 1
        most = max(self._longest.get(first, 0), self._longest.get(_singular(first), 0))
        for size in range(min(most, len(words) - at), 0, -1):
            if not _joined(plain, words[at : at + size]):
                continue
            end = words[at + size - 1][2]
            key = self._key(text[start:end], _tight(plain[start:end]))
            if key is not None and not self._is_pieced(text[start:end], key):
                manner = self._manner(text, key, start, end)
                if manner is not None:
                    return Mention(start, end, self._names[key], manner), size
        return None, 1

    def _key(self, raw: str, spelled: str) -> str | None:
        """Under which key it is known, if it is. "Leeds" is not several LEEDs."""
        if spelled in self._names:
            foreign = not raw.isascii() and raw.isalpha() and self._names[spelled].isascii()
            return None if foreign else spelled
        one = _singular(spelled)
        may_be_many = (
            (raw[:-1].isupper() and raw[-1].islower()) or self._is(one, "broad") or " " in raw
        )
        return one if one in self._names and may_be_many else None

    def _is_pieced(self, raw: str, key: str) -> bool:
        """Whether words only look like letters that stand for a name: "R is" is no RIS."""
        name = self._names[key]
        return " " in raw and " " not in name and name.isupper() and not raw.isupper()

    def _manner(self, text: str, key: str, start: int, end: int) -> Manner | None:
        """How far the name is to be believed as it is written. None where it is another word."""
        raw = text[start:end]
        if self._is(key, "tongues"):
            return Manner.TONGUE if raw[0].isupper() or len(raw) > 3 else None
        usual = Manner.BROAD if self._is(key, "broad") else Manner.PLAIN
        if len(raw) == 1:
            return Manner.LOOSE if raw.isupper() else Manner.LISTED
        loose = Manner.LOOSE if self._is(key, "loose") else Manner.LISTED
        if self._is(key, "names") and not (raw.isupper() and len(raw) > 3):
            usual = Manner.LOOSE
        if self._is(key, "capitals"):
            is_so_written = raw.rstrip("s").isupper() or raw == self._names[key] != raw.lower()
            return usual if is_so_written and not _is_shouted(text) else loose
        if self._is(key, "proper"):
            return usual if _is_name(text, start, end) else loose
        return usual

    def _is(self, key: str, flag: str) -> bool:
        return key in self._flags.get(flag, ())


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether a word is written as a name: its capital is not that of its sentence."""
    raw = text[start:end]
    if not raw[0].isupper():
        return False
    if raw.isupper() and len(raw) > 1 and not _is_shouted(text):
        return True
    at_a_start = _AT_A_START.search(text, max(0, start - 4), start)
    return not at_a_start or bool(_NEXT_ITEM.match(text, end))


def _is_shouted(text: str) -> bool:
    return text.isupper() and len(text.split()) > 3


def _words(plain: str) -> list[tuple[str, int, int]]:
    return [(match[0], match.start(), match.end()) for match in _WORD.finditer(plain)]


def _joined(plain: str, words: list[tuple[str, int, int]]) -> bool:
    return all(_GAP.fullmatch(plain, before[2], after[1]) for before, after in pairwise(words))


def _tight(plain: str) -> str:
    return re.sub(r"[ \-.,']", "", plain) if plain[:1] != "." else plain


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def names_of(entries: str) -> Iterator[tuple[str, str]]:
    """The spellings in an entry of the list, each with the name that it stands for."""
    for entry in entries.split(";"):
        name, *others = (one.strip() for one in entry.split(" = "))
        if name:
            yield from ((spelling, name) for spelling in (name, *others))


@cache
def skills(extra: tuple[str, ...] = ()) -> Lexicon:
    """What can be named as a skill: our list, the tag tree that comes along, and more names."""
    lists = table("skills")
    flags = {flag: {_tight(flat(one)) for one, _ in names_of(lists[flag])} for flag in _FLAGS}
    ours = [pair for name in lists if name not in _FLAGS[1:] for pair in names_of(lists[name])]
    known = {_tight(flat(spelling)) for spelling, _ in ours}
    tree = list(_of_tree())
    # Most of the tree are fields of work.
    flags["broad"] |= {_tight(flat(spelling)) for spelling, _ in tree} - known
    named = [*ours, *((one, one) for one in extra), *tree]
    return Lexicon(named, flags={flag: frozenset(keys) for flag, keys in flags.items()})


def _of_tree() -> Iterator[tuple[str, str]]:
    """The skills of the tag tree that comes along. Short aliases are too often other words."""
    source = resources.files("warmbench.people").joinpath("data", "tags.yaml")
    # In C, because it is long; nobody else writes this file.
    tree = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    for category in tree["categories"]:
        for specialty in category["specialties"]:
            for skill in specialty.get("skills", ()):
                if not _NEVER.search(skill["name"]):
                    yield skill["name"], skill["name"]
                for alias in skill.get("aliases", ()):
                    if _NEVER.search(alias):
                        continue
                    if " " in alias or not alias.isalpha() or len(alias) > _SHORT_ALIAS:
                        yield alias, alias
