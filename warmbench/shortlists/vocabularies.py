"""Holds the names of skills and roles that come with Warmbench, for want of a database."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from warmbench.insight.lexicon import names_of
from warmbench.insight.tables import table
from warmbench.people import tag_file
from warmbench.people.models import Tag
from warmbench.people.tag_words import key
from warmbench.people.vocabulary import KnownTag, Vocabulary

#: Lists of names that are ordinary words unless something beside them says otherwise.
_DOUBTFUL = ("capitals", "loose", "names", "broad", "proper", "tongues")


@cache
def shipped() -> Vocabulary:
    """The tag tree that comes along, with all skills of our lists. Its numbers are its own."""
    source = resources.files("warmbench.people").joinpath("data", "tags.yaml")
    entries = tag_file.read(source.read_text(encoding="utf-8")).entries
    ids = {id(entry): number for number, entry in enumerate(entries, start=1)}
    tags = [
        KnownTag(
            ids[id(entry)],
            entry.kind,
            entry.name,
            ids[id(entry.parent)] if entry.parent else None,
            entry.code,
        )
        for entry in entries
        if not entry.is_retired
    ]
    aliases = [
        (ids[id(entry)], key(text))
        for entry in entries
        if not entry.is_retired
        for text in (entry.name, *(alias for alias, _ in entry.aliases))
    ]
    return _with(tags, aliases)


def with_lists(known: Vocabulary) -> Vocabulary:
    """A vocabulary with the skills of our lists besides its own; theirs are below 0."""
    aliases = [
        (tag_id, spelling)
        for kind in Tag.Kind
        for spelling, tag_id in known.spellings(kind).items()
    ]
    return _with(list(known.tags.values()), aliases)


def _with(tags: list[KnownTag], aliases: list[tuple[int, str]]) -> Vocabulary:
    kinds = {tag.id: tag.kind for tag in tags}
    taken = {spelling for tag_id, spelling in aliases if kinds[tag_id] == Tag.Kind.SKILL}
    more: dict[str, int] = {}
    for spelling, name in _listed(taken):
        number = more.setdefault(name, -1 - len(more))
        aliases.append((number, key(spelling)))
    tags += [KnownTag(number, Tag.Kind.SKILL, name) for name, number in more.items()]
    return Vocabulary(tags, aliases)


def _listed(taken: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names of our lists that mean nothing else, and that no tag is spelled like."""
    lists = table("skills")
    doubtful = {key(one) for name in _DOUBTFUL for one, _ in names_of(lists[name])}
    seen = set(taken) | doubtful
    for kind, entries in lists.items():
        if kind in _DOUBTFUL:
            continue
        for spelling, name in names_of(entries):
            spelled = key(spelling)
            if spelled and spelled not in seen and len(spelled) > 2:
                seen.add(spelled)
                yield spelling, name
