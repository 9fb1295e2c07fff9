"""Finds the skills that a job description asks for, and those that it only likes to see."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from warmbench.people.models import Tag
from warmbench.people.tag_words import key, squeezed
from warmbench.people.vocabulary import Vocabulary
from warmbench.sourcing.description_parts import Description, Part, Section
from warmbench.sourcing.description_words import words
from warmbench.sourcing.proposals import Found, FoundSkill, quote

#: In these sections nothing is asked of anybody.
_SILENT = frozenset({Section.COMPANY, Section.OFFER, Section.DENIED, Section.PLACE})
#: "No experience with Hadoop": so far a negation reaches.
_REACH = 40
_SHORT = 3

_WORD = re.compile(r"[\w+#.]+")
_GERMAN_ENDING = re.compile(r"(?:ern|em|en|er|es|e|s|n)$")
_STOPS = re.compile(r"[,.;:!?()]")
_CLAUSE = re.compile(r",|;|\bbut\b|\baber\b|\bmais\b|\bpero\b|\bmaar\b")
_BUT = re.compile(r"\b(?:but|aber|mais|pero|maar)\b")
#: What may follow an ordinary word that is meant as a name: the next item of a list.
_NEXT_ITEM = re.compile(
    r"\s*(?:$|[\n\r,;/()|+]|[-\u2010-\u2015]|\.(?:\s|$)|(?:or|and|oder|und|et|ou|y|o|en|of|skills?|"
    r"knowledge|experience|kenntnisse)\b)",
    re.IGNORECASE,
)
_AT_A_START = re.compile(r"(?:^|[.!?:;\n\r\u2022\u00b7*\u2013\u2014-])\s*$")


class _Token(NamedTuple):
    word: str
    start: int
    end: int


class _Mention(NamedTuple):
    tag_id: int
    start: int
    end: int
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    mention: _Mention
    is_required: bool
    sentence: tuple[int, int]


def skills_of(
    of: Description, vocabulary: Vocabulary, named: Found[str] | None
) -> list[Found[FoundSkill]]:
    """The skills that are asked for, in the order in which they are named, the title first.

    One that is required anywhere is required. One that is spelled like an ordinary word of
    another trade is believed only beside others of its own specialty.
    """
    spellings = Spellings(vocabulary.spellings(Tag.Kind.SKILL), of.language)
    title, titled = (named.value, named.quote.start) if named else ("", -1)
    read = [
        one
        for part in of.parts
        if part.start == titled or not _is_silent(of, part)
        for one in _in_part(of, part, spellings)
    ]
    homes = {
        vocabulary.specialty_above(one.mention.tag_id)
        for one in read
        if not one.mention.is_doubtful
    }
    homes |= {vocabulary.specialty_of(title), *vocabulary.specialties_in(title)}
    if (role := vocabulary.role_of(title)) is not None:
        homes.add(vocabulary.specialty_above(role))
    chosen: dict[int, _Reading] = {}
    for one in read:
        tag_id = one.mention.tag_id
        if one.mention.is_doubtful and vocabulary.specialty_above(tag_id) not in homes - {None}:
            continue
        if tag_id not in chosen or (one.is_required and not chosen[tag_id].is_required):
            chosen[tag_id] = one
    return [
        Found(
            FoundSkill(tag_id, vocabulary.tags[tag_id].name, one.is_required),
            quote(of.text, one.mention.start, one.mention.end, one.sentence),
        )
        for tag_id, one in chosen.items()
    ]


class Spellings:
    """Finds the spellings of skills in running text."""

    def __init__(self, keys: dict[str, int], language: str) -> None:
        self._language = language
        self._exact = squeezed(keys) | keys
        stems: dict[str, int | None] = {}
        for spelling, tag_id in keys.items():
            stem = self._stem(spelling)
            stems[stem] = tag_id if stems.get(stem, tag_id) == tag_id else None
        #: Without their endings: of two skills that are alike then, neither is meant.
        self._stems = {stem: tag_id for stem, tag_id in stems.items() if tag_id is not None}
        self._longest: dict[str, int] = {}
        for spelling in (*self._exact, *self._stems):
            first, *others = spelling.split()
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(others))

    def within(self, text: str, start: int, end: int) -> Iterator[_Mention]:
        """The skills between two places of a text. A longer name hides those inside it."""
        tokens = list(_tokens(text, start, end))
        reached = 0
        for at, token in enumerate(tokens):
            if at < reached:
                continue
            most = self._longest.get(token.word, 0)
            most = max(most, self._longest.get(self._stem(token.word), 0))
            for size in range(min(most, len(tokens) - at), 0, -1):
                named = tokens[at : at + size]
                spelling = " ".join(one.word for one in named)
                stem = self._stem(spelling)
                tag_id = self._exact.get(spelling) or self._stems.get(stem)
                if tag_id is None or not _is_meant(text, {spelling, stem}, named, start):
                    continue
                reached = at + size
                is_doubtful = not words().ordinary.doubtful.isdisjoint((spelling, stem))
                yield _Mention(tag_id, named[0].start, named[-1].end, is_doubtful)
                break

    def _stem(self, spelling: str) -> str:
        return " ".join(map(self._stem_of_word, spelling.split()))

    def _stem_of_word(self, word: str) -> str:
        if self._language == "de":
            # Marked, so that "docker" is not found in "Dock".
            return f"{_GERMAN_ENDING.sub('', word)}~" if len(word) >= 6 else word
        if len(word) >= 4 and word.endswith("s") and not word.endswith("ss"):
            return word[:-1]
        return word


def _tokens(text: str, start: int, end: int) -> Iterator[_Token]:
    for found in _WORD.finditer(text, start, end):
        stop = found.end()
        while stop > found.start() + 1 and text[stop - 1] == ".":
            stop -= 1
        for word in key(text[found.start() : stop]).split():
            yield _Token(word, found.start(), stop)


def _is_meant(text: str, spellings: set[str], named: list[_Token], start: int) -> bool:
    """Whether a word that may be an ordinary one is written as a name is."""
    if len(named) > 1:
        return True
    token = named[0]
    raw = text[token.start : token.end]
    ordinary = words().ordinary
    if spellings & ordinary.proper:
        return _is_name(text, raw, token, start)
    if spellings & ordinary.capitals:
        return raw.isupper()
    is_short = len(raw) <= _SHORT and raw.isalpha()
    return not (is_short and raw.islower()) or bool(spellings & ordinary.small)


def _is_name(text: str, raw: str, token: _Token, start: int) -> bool:
    beside = text[token.start - 1 : token.start] + text[token.end : token.end + 1]
    if not raw[0].isupper() or (len(raw) == 1 and any(mark in "&'\u2019-" for mark in beside)):
        return False
    before = text[max(start, token.start - 6) : token.start]
    if raw.isupper() and len(raw) > 1:
        return True
    at_a_start = token.start == start or _AT_A_START.search(before)
    return not at_a_start or bool(_NEXT_ITEM.match(text, token.end))


def _is_silent(of: Description, part: Part) -> bool:
    return part.section in _SILENT or (part.section == Section.INTRO and of.has_sections)


def _in_part(of: Description, part: Part, spellings: Spellings) -> Iterator[_Reading]:
    for sentence in of.sentences(part):
        mentions = list(spellings.within(of.text, *sentence))
        if not mentions:
            continue
        denied = set(_denied(of, sentence, mentions))
        nice = set(_nice(of, sentence, mentions))
        for mention in mentions:
            if mention not in denied:
                is_required = part.section != Section.NICE and mention not in nice
                yield _Reading(mention, is_required, sentence)


def _denied(
    of: Description, sentence: tuple[int, int], mentions: list[_Mention]
) -> Iterator[_Mention]:
    """What a sentence says that nobody needs."""
    start, end = sentence
    for cue in words().not_needed.finditer(of.flat, start, end):
        if _BUT.search(of.flat, start, cue.start()) and _is_liked(of, start, cue.start()):
            continue  # "SAP is welcome, but not required."
        yield from _about(of, sentence, cue.start(), cue.end(), mentions)
    for cue in words().without.finditer(of.flat, start, end):
        for mention in mentions:
            between = of.flat[cue.end() : mention.start]
            if 0 <= mention.start - cue.end() <= _REACH and not _STOPS.search(between):
                yield mention


def _is_liked(of: Description, start: int, end: int) -> bool:
    """Whether something is said to be nice to have just before the place."""
    but = max(found.start() for found in _BUT.finditer(of.flat, start, end))
    cues = list(words().nice_around.finditer(of.flat, start, but))
    return bool(cues) and but - cues[-1].end() <= 3


def _nice(
    of: Description, sentence: tuple[int, int], mentions: list[_Mention]
) -> Iterator[_Mention]:
    start, end = sentence
    if (cue := words().nice_after.search(of.flat, start, end)) is not None:
        yield from (mention for mention in mentions if mention.start > cue.start())
    for cue in words().nice_around.finditer(of.flat, start, end):
        yield from _about(of, sentence, cue.start(), cue.end(), mentions)


def _about(
    of: Description,
    sentence: tuple[int, int],
    first: int,
    last: int,
    mentions: Iterable[_Mention],
) -> list[_Mention]:
    """What the words from ``first`` to ``last`` are said about: the skills of their clause, or of
    the whole sentence where that names none."""
    begin, end = sentence
    borders = [one.end() for one in _CLAUSE.finditer(of.flat, begin, first)]
    while borders and begin != borders[-1]:
        clause = (borders[-2] if len(borders) > 1 else begin, borders[-1])
        # "Python, Go and Rust are a plus": what is nothing but a skill belongs to a list.
        if not any(_is_all(of.text, clause, one) for one in mentions):
            begin = borders[-1]
            break
        borders.pop()
    after = _CLAUSE.search(of.flat, last, end)
    end = after.start() if after else end
    named = [one for one in mentions if begin <= one.start < end]
    return named or list(mentions)


def _is_all(text: str, clause: tuple[int, int], mention: _Mention) -> bool:
    """Whether a clause, without its comma, consists of the skill."""
    return text[slice(*clause)].strip(" ,;\n") == text[mention.start : mention.end]
