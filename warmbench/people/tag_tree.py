"""Brings a tag tree from a file into the database, and back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import publish
from warmbench.people import tag_edits, tag_file, unmatched
from warmbench.people.models import Tag, TagAlias
from warmbench.people.tag_edits import TagTreeChanged
from warmbench.people.tag_file import Conflict, Entry, TreeFileError
from warmbench.people.tag_words import key

__all__ = ["Conflict", "Loaded", "TreeFileError", "export", "load", "load_default"]

Kind = Tag.Kind


@dataclass
class Loaded:
    """What a file added to the tree, and what it could not."""

    tags: int = 0
    aliases: int = 0
    #: Who got a tag because it was unknown when they wrote it.
    people: int = 0
    #: What stands differently in the tree, or means another tag there, and stays so.
    conflicts: list[Conflict] = field(default_factory=list)


def load_default(*, now: datetime) -> Loaded:
    """Load the tree that Warmbench comes with."""
    source = resources.files("warmbench.people").joinpath("data", "tags.yaml")
    return load(source.read_text(encoding="utf-8"), now=now)


@transaction.atomic
def load(source: Path | str, *, now: datetime, by_id: int | None = None) -> Loaded:
    """Add what a file (its path, or its text) has and the tree has not. Repeating adds nothing.

    What people edited stays: a tag that was renamed or merged is known by its old names, one
    that was moved or retired stays where and what it is, and nothing is removed. Only an alias
    that was taken away comes back. Raises TreeFileError when the file is no tree.
    """
    text = _text_of(source) if isinstance(source, Path) else source
    file = tag_file.read(text)
    tag_edits.lock()
    loader = _Loader(now=now)
    loader.load(file.entries)
    loaded = loader.loaded
    loaded.conflicts = sorted([*file.conflicts, *loaded.conflicts], key=lambda one: one.line)
    if loader.added:
        keys = [alias.key for alias in loader.aliases if alias.kind == Kind.SKILL]
        loaded.people = len(unmatched.settle(keys, now=now))
        detail: dict[str, object] = {"tags": loaded.tags, "aliases": loaded.aliases}
        audit.record(by_id, "tag.tree_loaded", "tag:tree", now=now, detail=detail)
        publish(TagTreeChanged(tag_ids=sorted(loader.added)))
    return loaded


def export() -> str:
    """The tree as a file that ``load`` reads back to the same tree."""
    return tag_file.write(_entries())


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TreeFileError("The file is not text in UTF-8.") from error


def _entries() -> Iterator[Entry]:
    spellings: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for tag_id, text in TagAlias.objects.order_by("pk").values_list("tag_id", "text"):
        spellings[tag_id].append((text, 0))
    below: defaultdict[int | None, list[Tag]] = defaultdict(list)
    for tag in Tag.objects.order_by("pk"):
        below[tag.parent_id].append(tag)

    def entries(parent: Entry | None, parent_id: int | None) -> Iterator[Entry]:
        # Role families before skills, so that a tree has one way to be written.
        for tag in sorted(below[parent_id], key=lambda tag: tag.kind):
            own = {key(tag.name), key(tag.code)}
            others = [(text, line) for text, line in spellings[tag.pk] if key(text) not in own]
            entry = Entry(
                Kind(tag.kind), tag.name, others, tag.code, tag.retired_at is not None, parent
            )
            yield entry
            yield from entries(entry, tag.pk)

    return entries(None, None)


class _Loader:
    def __init__(self, *, now: datetime) -> None:
        self.loaded = Loaded()
        self.aliases: list[TagAlias] = []
        #: The tags with something new.
        self.added: set[int] = set()
        self._now = now
        self._tags = {tag.pk: tag for tag in Tag.objects.all()}
        spelled = TagAlias.objects.values_list("kind", "key", "tag_id")
        self._meaning = {(kind, spelling): tag_id for kind, spelling, tag_id in spelled}
        #: Which entry of the file a spelling belongs to.
        self._claims: dict[tuple[str, str], Entry] = {}
        self._tag_of: dict[Entry, Tag] = {}

    def load(self, entries: list[Entry]) -> None:
        """Bring entries, each after its parent, into the tree."""
        own = [entry for entry in entries if self._claim_name(entry)]
        for depth in range(max((entry.depth for entry in own), default=-1) + 1):
            self._load_level([entry for entry in own if entry.depth == depth])
        for entry, tag in self._tag_of.items():
            self._add_aliases(entry, tag)
        TagAlias.objects.bulk_create(self.aliases, batch_size=1000)
        self.loaded.aliases = len(self.aliases)

    def _claim_name(self, entry: Entry) -> bool:
        first = self._claims.setdefault((entry.kind, key(entry.name)), entry)
        if first is not entry:
            sentence = f"“{entry.name}” stands in line {first.line} already. "
            self._object(entry, f"{sentence}This one, and all below it, was left out.")
        return first is entry

    def _load_level(self, entries: list[Entry]) -> None:
        new: list[Tag] = []
        for entry in entries:
            parent = self._tag_of.get(entry.parent) if entry.parent else None
            if entry.parent and parent is None:
                continue  # Its parent was left out, and said to be.
            known = self._meaning.get((entry.kind, key(entry.name)))
            if known is None:
                retired_at = self._now if entry.is_retired else None
                tag = Tag(kind=entry.kind, name=entry.name, parent=parent)
                tag.code, tag.retired_at = entry.code, retired_at
                new.append(tag)
            else:
                tag = self._tags[known]
                self._compare(entry, tag, parent)
            self._tag_of[entry] = tag
        Tag.objects.bulk_create(new, batch_size=1000)
        self._tags |= {tag.pk: tag for tag in new}
        self.added |= {tag.pk for tag in new}
        self.loaded.tags += len(new)

    def _compare(self, entry: Entry, tag: Tag, parent: Tag | None) -> None:
        if tag.parent_id != (parent.pk if parent else None):
            place = f"below “{self._tags[tag.parent_id].name}”" if tag.parent_id else "at the top"
            self._object(entry, f"“{tag.name}” stands {place} in the tree, and stays there.")
        if entry.code and not tag.code:
            tag.code = entry.code
            tag.save(update_fields=["code"])
            self.added.add(tag.pk)
        elif entry.code and entry.code != tag.code:
            self._object(entry, f"“{tag.name}” has the code {tag.code} in the tree, and keeps it.")

    def _add_aliases(self, entry: Entry, tag: Tag) -> None:
        code = [(entry.code, entry.line)] if entry.code else []
        for text, line in [(entry.name, entry.line), *entry.aliases, *code]:
            spelling = entry.kind, key(text)
            first = self._claims.setdefault(spelling, entry)
            known = self._meaning.get(spelling)
            if first is not entry:
                self._object(entry, f"“{text}” stands for “{first.name}” already.", line)
            elif known is None:
                self._meaning[spelling] = tag.pk
                alias = TagAlias(tag=tag, kind=entry.kind, text=text, key=spelling[1])
                self.aliases.append(alias)
                self.added.add(tag.pk)
            elif known != tag.pk:
                other = self._tags[known].name
                self._object(entry, f"“{text}” means “{other}” in the tree, and still does.", line)

    def _object(self, entry: Entry, sentence: str, line: int | None = None) -> None:
        self.loaded.conflicts.append(Conflict(line or entry.line, entry.path, sentence))
