"""Holds the tag tree in memory, to tag people by their own words a batch at a time."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple, TypeVar

from rapidfuzz import fuzz, process

from warmbench.people import cells
from warmbench.people.models import Tag, TagAlias
from warmbench.people.tag_words import (
    FROM_TITLE,
    GUESSED,
    INFERRED,
    READ,
    STATED,
    Found,
    Phrases,
    Reading,
    key,
    squeezed,
)

Kind = Tag.Kind

#: How like a known spelling a word must be to be suggested to a person, of 100.
_ALIKE = 75
#: How many different texts are remembered before all are forgotten.
_MOST = 100_000
#: After these words, a title speaks of somebody else.
_OF_SOMEBODY_ELSE = re.compile(
    r"\b(assistant|secretary|ea|pa|aide|adviser|advisor|deputy|reporting|support) to\b.*"
)
#: Stands for a tag in a phrase that tells no level, whatever words are in it.
_NO_LEVEL = 0
_RETIRED = Found(0, "", 0.0)

T = TypeVar("T")


class KnownTag(NamedTuple):
    """A tag, as far as words go."""

    id: int
    kind: str
    name: str
    parent_id: int | None = None
    code: str = ""
    is_retired: bool = False


class _Title(NamedTuple):
    role: Found | None = None
    specialty: Found | None = None
    seniority: Found | None = None


_NO_TITLE = _Title()


class _Memory(dict[str, T]):
    """Remembers what texts were read as: most of an import's are the same few."""

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> T:
        if len(self) >= _MOST:
            self.clear()
        self[text] = known = self._read(text)
        return known


class Vocabulary:
    """The tree in memory. Load it once for a batch: later edits of the tree do not reach it."""

    def __init__(
        self,
        tags: Iterable[KnownTag],
        aliases: Iterable[tuple[int, str]],
        spellings: Iterable[str] = (),
    ) -> None:
        """``aliases`` are pairs of a tag and a key, ``spellings`` the same in their own words."""
        self.tags = {tag.id: tag for tag in tags}
        self._spellings = [*(tag.name for tag in self.tags.values()), *spellings]
        self._keys: dict[str, dict[str, int]] = {kind: {} for kind in Kind}
        for tag_id, alias in aliases:
            self._keys[self.tags[tag_id].kind][alias] = tag_id
        self._squeezed = {kind: squeezed(keys) for kind, keys in self._keys.items()}
        self._codes = {tag.code: tag.id for tag in self.tags.values() if tag.code}
        self._roles = Phrases(self._live(Kind.ROLE))
        self._specialties = Phrases(self._live(Kind.SPECIALTY))
        # Somebody in "executive search" is no executive.
        silent = {alias: _NO_LEVEL for alias in self._keys[Kind.SKILL] if " " in alias}
        levels = self._live(Kind.SENIORITY)
        self._levels = Phrases(silent | levels)
        #: Levels rise in the order in which they came into the tree.
        self._rising = sorted(set(levels.values()))
        self._homes = {tag_id: home for tag_id in self.tags if (home := self._home(tag_id))}
        self._skills = _Memory(self._read_skill)
        self._titles = _Memory(self._read_title)
        self._areas = _Memory(self._read_area)
        self._levels_stated = _Memory(self._read_level)
        self._places = _Memory(self._read_place)

    @classmethod
    def load(cls) -> "Vocabulary":
        """The tree as the database has it now."""
        rows = Tag.objects.values_list("pk", "kind", "name", "parent_id", "code", "retired_at")
        tags = [KnownTag(*row[:5], is_retired=row[5] is not None) for row in rows]
        aliases = list(TagAlias.objects.values_list("tag_id", "key", "text"))
        # A tag may have come between the two questions.
        known = {tag.id for tag in tags}
        keys = [(tag_id, key) for tag_id, key, _ in aliases if tag_id in known]
        return cls(tags, keys, [text for _, _, text in aliases])

    @cached_property
    def whole(self) -> cells.Whole:
        """The names that ``cells.skills`` must not take apart: "SAP FI/CO" is one skill."""
        return cells.Whole(self._spellings)

    def find(self, kind: str, text: str) -> int | None:
        """The tag of a kind that is spelled so, with or without spaces; never a retired one."""
        return self._if_live(self._spelled(kind, text))

    def spellings(self, kind: str) -> dict[str, int]:
        """The tags of a kind by the keys of their spellings, without retired ones."""
        return self._live(kind)

    def skill(self, text: str) -> int | None:
        """The skill that is spelled so, never a retired one."""
        return self.find(Kind.SKILL, text)

    def country(self, text: str) -> int | None:
        """The tag of a country by its ISO code or its name, or of a region by its name."""
        return self._if_live(self._codes.get(text)) or self.find(Kind.GEOGRAPHY, text)

    def role_of(self, title: str) -> int | None:
        """The role that a title names, alone or among other words; the longest one counts."""
        if (whole := self.find(Kind.ROLE, title)) is not None:
            return whole
        named = max(self._roles.within(key(title)), key=lambda phrase: phrase.words, default=None)
        return None if named is None else named.tag_id

    def seniority_of(self, title: str) -> int | None:
        """The highest level that the words of a title tell, None when they tell none."""
        words = key(title)
        if " to " in words:
            words = _OF_SOMEBODY_ELSE.sub(r"\1", words)
        told = {phrase.tag_id for phrase in self._levels.within(words)} - {_NO_LEVEL}
        return max(told, default=None)

    def specialty_of(self, text: str) -> int | None:
        """The specialty that is spelled so, or that has a role or role family spelled so."""
        for kind in (Kind.SPECIALTY, Kind.ROLE_FAMILY, Kind.ROLE):
            if (named := self._spelled(kind, text)) is not None:
                return self.specialty_above(named)
        return None

    def specialties_in(self, title: str) -> list[int]:
        """The specialties whose names stand among the words of a title.

        Good for suggestions only: who enters data is no data scientist.
        """
        return list(dict.fromkeys(named.tag_id for named in self._specialties.within(key(title))))

    def specialty_above(self, tag_id: int) -> int | None:
        """The specialty that a role, a role family or a skill belongs to, or the tag itself."""
        return self._homes.get(tag_id)

    def homes(self, skills: Iterable[int]) -> Counter[int]:
        """How many of the skills are at home in which specialty."""
        return Counter(self._homes[skill] for skill in skills if skill in self._homes)

    def specialty_of_skills(self, skills: Iterable[int]) -> int | None:
        """The specialty that most of the skills are at home in, when it leads clearly."""
        homes = self.homes(skills)
        (first, most), (_, next_most) = [*homes.most_common(2), (0, 0), (0, 0)][:2]
        clear = most >= 2 and most >= 2 * next_most and 2 * most > homes.total()
        return first if clear else None

    def nearest(self, text: str, *, kind: str = Kind.SKILL, limit: int = 5) -> list[KnownTag]:
        """What somebody may have meant, the likeliest first: for a person to choose from."""
        wanted = key(text)
        spellings = self._live(kind)
        alike = process.extract(
            wanted, list(spellings), scorer=fuzz.token_ratio, limit=8 * limit, score_cutoff=_ALIKE
        )
        alike.sort(key=lambda one: (one[1], fuzz.ratio(wanted, one[0])), reverse=True)
        found = dict.fromkeys(spellings[spelling] for spelling, _, _ in alike)
        return [self.tags[tag_id] for tag_id in found][:limit]

    def read(
        self,
        *,
        title: str = "",
        skills: Iterable[str] = (),
        specialties: Iterable[str] = (),
        seniority: str = "",
        country: str = "",
    ) -> Reading:
        """All the tags that the words about one candidate give.

        The first of ``specialties`` becomes the primary one. Where none is stated, the role
        in the title tells it, else what most of the skills have in common.
        """
        tags: list[Found] = []
        unmatched: list[str] = []
        for text in skills:
            skill = self._skills[text]
            if skill is None:
                unmatched.append(text)
            elif skill is not _RETIRED:
                tags.append(skill)
        told = self._titles[title] if title else _NO_TITLE
        tags += self._areas_of(specialties, told, tags, unmatched)
        level = self._levels_stated[seniority] if seniority else None
        place = self._places[country] if country else None
        tags += [tag for tag in (told.role, level or told.seniority, place) if tag is not None]
        return Reading(tuple(tags), tuple(unmatched))

    def _areas_of(
        self, texts: Iterable[str], told: _Title, skills: list[Found], unmatched: list[str]
    ) -> list[Found]:
        stated: dict[int, Found] = {}
        has_primary = False
        for text in texts:
            areas = self._areas[text]
            if areas is None:
                unmatched.append(text)
                continue
            for area in areas:
                is_first = area.is_primary and not has_primary
                stated.setdefault(area.tag_id, area._replace(is_primary=is_first))
                has_primary = has_primary or is_first
        if has_primary:
            return list(stated.values())
        if told.specialty is not None:
            return [*stated.values(), told.specialty]
        common = self.specialty_of_skills({skill.tag_id for skill in skills})
        if common is not None:
            return [*stated.values(), Found(common, INFERRED, GUESSED, is_primary=True)]
        return list(stated.values())

    def _read_skill(self, text: str) -> Found | None:
        """None: no skill is spelled so."""
        spelled = self._spelled(Kind.SKILL, text)
        live = self._if_live(spelled)
        if live is not None:
            return Found(live, "", STATED)
        return None if spelled is None else _RETIRED

    def _read_area(self, text: str) -> list[Found] | None:
        """What a specialty column's text means, the specialty first; None: nothing."""
        for kind in (Kind.SPECIALTY, Kind.ROLE_FAMILY, Kind.ROLE, Kind.CATEGORY):
            if (named := self._spelled(kind, text)) is not None:
                above, live = self.specialty_above(named), self._if_live(named)
                areas = [] if above is None else [Found(above, "", STATED, is_primary=True)]
                if live is not None and live != above:
                    areas.append(Found(live, "", STATED))
                return areas
        return None

    def _read_level(self, text: str) -> Found | None:
        level = self.seniority_of(text)
        return None if level is None else Found(level, "", STATED)

    def _read_place(self, text: str) -> Found | None:
        place = self.country(text)
        return None if place is None else Found(place, "", STATED)

    def _read_title(self, title: str) -> _Title:
        role, level = self.role_of(title), self.seniority_of(title)
        if role is None:
            seniority = None if level is None else Found(level, FROM_TITLE, READ)
            return _Title(seniority=seniority)
        above, sureness = self.specialty_above(role), READ
        # "Einkaufsleiter" has no word for its level; the role's own name has.
        level = level or self.seniority_of(self.tags[role].name)
        if level is None and self._rising:
            # A title that names the work and no level has the lowest.
            level, sureness = self._rising[0], GUESSED
        return _Title(
            Found(role, FROM_TITLE, READ),
            None if above is None else Found(above, FROM_TITLE, READ, is_primary=True),
            None if level is None else Found(level, FROM_TITLE, sureness),
        )

    def _home(self, tag_id: int) -> int | None:
        tag: KnownTag | None = self.tags[tag_id]
        while tag is not None and tag.kind != Kind.SPECIALTY:
            tag = None if tag.parent_id is None else self.tags.get(tag.parent_id)
        return None if tag is None else self._if_live(tag.id)

    def _spelled(self, kind: str, text: str) -> int | None:
        spelling = key(text)
        found = self._keys[kind].get(spelling)
        if found is None:
            found = self._squeezed[kind].get(spelling.replace(" ", ""))
        return found

    def _if_live(self, tag_id: int | None) -> int | None:
        return None if tag_id is None or self.tags[tag_id].is_retired else tag_id

    def _live(self, kind: str) -> dict[str, int]:
        keys = self._keys[kind]
        return {spelling: pk for spelling, pk in keys.items() if not self.tags[pk].is_retired}
