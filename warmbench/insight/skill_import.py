"""Brings the skills of another tree, such as ESCO's, into the tag tree: those that are in use."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import publish
from warmbench.insight import profile
from warmbench.insight.kinds import Kind
from warmbench.insight.linker import Linker, Names, Node
from warmbench.insight.models import Insight, Source
from warmbench.insight.skill_trees import of_database
from warmbench.people import tag_edits, unmatched
from warmbench.people.models import Tag, TagAlias, UnmatchedSkill
from warmbench.people.tag_edits import TagTreeChanged
from warmbench.people.tag_words import LONGEST, key
from warmbench.people.vocabulary import Vocabulary

#: ESCO's skills have addresses that begin so.
_ESCO = "http://data.europa.eu/esco/"
#: What the Commission asks of whoever uses it (Decision 2011/833/EU, article 6).
NOTICE = "This service uses the ESCO classification of the European Commission."
#: A tree of more skills is no longer one that people can look through, merge and choose from;
#: and all of its spellings would be loaded for every batch of people.
MOST = 2_000
#: Alternatives of one short word are too often other words.
_SHORT = 4
_BRACKETS = re.compile(r"\s*\([^()]*\)")


class TooManyError(ValueError):
    """The tree has more skills than the tag tree can take. The message is for a person."""


@dataclass
class Plan:
    """What an import adds, and what it leaves alone."""

    notice: str = ""
    #: New skills, each with its other spellings.
    new: list[tuple[Node, list[str]]] = field(default_factory=list)
    #: Other spellings for skills that the tree has, by the number of the tag.
    joined: dict[int, list[str]] = field(default_factory=dict)
    #: Sentences about what clashes with the tree.
    left: list[str] = field(default_factory=list)
    #: Skills of the file that nobody here has spoken of.
    unused: int = 0

    @property
    def spellings(self) -> int:
        """How many other spellings are new, of new skills and of old ones."""
        own = sum(len(others) for _, others in self.new)
        return own + sum(map(len, self.joined.values()))


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an import."""

    tags: int
    spellings: int
    #: Facts from conversations that have a tag now.
    facts: int
    #: People who got a tag.
    people: int


def plan(nodes: Sequence[Node], *, only_used: bool) -> Plan:
    """What importing these skills would do. Raises TooManyError.

    Used is what stands in the facts or texts of conversations, or in a file that was imported,
    and has no tag. A name that the tree knows joins its tag; what would mean two tags is left.
    """
    used = _used(nodes) if only_used else list(nodes)
    made = Plan(unused=len(nodes) - len(used))
    if any(node.id.startswith(_ESCO) for node in nodes):
        made.notice = NOTICE
    sorting = _Sorting.of(nodes, made)
    for node in used:
        sorting.place(node)
    if len(made.new) > MOST:
        raise TooManyError(
            f"These are {len(made.new):,} new skills, and the tag tree takes {MOST:,} at a time. "
            "Use --used to bring in those that are in use here."
        )
    return made


def bring_in(
    nodes: Sequence[Node],
    *,
    only_used: bool,
    below: int | None,
    source: str,
    now: datetime,
) -> Done:
    """Do what ``plan`` says. Repeated, it does nothing more.

    New skills come below the specialty ``below``, or that of the skill of the tree that is most
    like them. Facts, and people who wrote such a skill before, get the tags. The trail keeps the
    notice with the numbers of the tags. Raises TooManyError.
    """
    with transaction.atomic():
        made, changed, people = _add(
            nodes, only_used=only_used, below=below, source=source, now=now
        )
    if not changed:
        return Done(0, 0, 0, 0)
    facts, concerned = _link_facts()
    followed = profile.follow(concerned, now=now)
    return Done(len(made.new), made.spellings, facts, len({*people, *followed}))


def _add(
    nodes: Sequence[Node],
    *,
    only_used: bool,
    below: int | None,
    source: str,
    now: datetime,
) -> tuple[Plan, list[int], list[int]]:
    """What was planned, the tags that have something new, and the people who got one."""
    tag_edits.lock()
    made = plan(nodes, only_used=only_used)
    homes = _homes([node.label for node, _ in made.new], below)
    tags = [
        Tag(kind=Tag.Kind.SKILL, name=_plain(node.label), parent_id=home)
        for (node, _), home in zip(made.new, homes, strict=True)
    ]
    Tag.objects.bulk_create(tags, batch_size=1000)
    aliases = [
        _alias(tag.pk, text)
        for tag, (_, others) in zip(tags, made.new, strict=True)
        for text in (tag.name, *others)
    ]
    aliases += [_alias(pk, text) for pk, texts in made.joined.items() for text in texts]
    TagAlias.objects.bulk_create(aliases, batch_size=1000)
    changed = sorted({alias.tag_id for alias in aliases})
    if not changed:
        return made, [], []
    people = unmatched.settle([alias.key for alias in aliases], now=now)
    detail: dict[str, object] = {"source": source, "notice": made.notice, "tags": changed}
    audit.record(None, "tag.skills_imported", "tag:tree", now=now, detail=detail)
    publish(TagTreeChanged(tag_ids=changed))
    return made, changed, people


@dataclass(frozen=True, slots=True)
class _Sorting:
    """Enters skills into a plan: as new ones, as spellings of the tree's, or as left."""

    made: Plan
    #: The tags by the keys of their spellings; 0 is a skill of the plan.
    known: dict[str, int]
    names: dict[int, str]
    retired: set[int]
    #: Alternatives that two skills of the file share mean neither.
    shared: set[str]
    labels: set[str]

    @classmethod
    def of(cls, nodes: Sequence[Node], made: Plan) -> "_Sorting":
        counted = Counter(
            spelling for node in nodes for spelling in {key(one) for one in node.alternatives}
        )
        spelled = TagAlias.objects.filter(kind=Tag.Kind.SKILL).values_list("key", "tag_id")
        skills = Tag.objects.filter(kind=Tag.Kind.SKILL)
        return cls(
            made,
            dict(spelled),
            dict(skills.values_list("pk", "name")),
            set(skills.exclude(retired_at=None).values_list("pk", flat=True)),
            {spelling for spelling, count in counted.items() if count > 1},
            {key(_plain(node.label)) for node in nodes},
        )

    def place(self, node: Node) -> None:
        """Enter one."""
        label = _plain(node.label)
        free = self._free(node.alternatives)
        tag_id = self.known.get(key(label))
        if tag_id is None:
            meant = self._meant(node.alternatives)
            if len(meant) > 1:
                told = ", ".join(sorted(f"“{self.names[pk]}”" for pk in meant))
                self.made.left.append(f"“{label}” may mean {told} of your tree, and was left out.")
                return
            if not meant:
                self._enter_new(node, label, free)
                return
            [tag_id] = meant
            free = [label, *free]
        self._join(tag_id, label, free)

    def _enter_new(self, node: Node, label: str, free: list[str]) -> None:
        if not key(label) or len(label) > LONGEST:
            self.made.left.append(f"“{label}” cannot be the name of a tag.")
            return
        self.known.update(dict.fromkeys([key(label), *map(key, free)], 0))
        self.made.new.append((node, free))

    def _join(self, tag_id: int, label: str, free: list[str]) -> None:
        if tag_id == 0:
            self.made.left.append(f"“{label}” stands in the file twice.")
        elif tag_id in self.retired:
            name = self.names[tag_id]
            self.made.left.append(f"“{label}” is “{name}” in your tree, which is retired.")
        elif free:
            self.known.update(dict.fromkeys(map(key, free), tag_id))
            self.made.joined.setdefault(tag_id, []).extend(free)

    def _meant(self, texts: Iterable[str]) -> set[int]:
        """The tags of the tree that these spellings mean."""
        spellings = {key(one) for one in texts} - self.shared
        return {self.known[one] for one in spellings if self.known.get(one)}

    def _free(self, texts: Iterable[str]) -> list[str]:
        """Those that mean nothing yet, and can mean nothing else."""
        found: dict[str, str] = {}
        for text in texts:
            spelling = key(text)
            is_clear = " " in spelling or len(spelling) >= _SHORT
            is_taken = spelling in self.known or spelling in self.shared or spelling in self.labels
            if is_clear and not is_taken and len(text) <= LONGEST:
                found.setdefault(spelling, text)
        return list(found.values())


def _plain(label: str) -> str:
    """The label without what ESCO adds in brackets: "Python (computer programming)"."""
    return _BRACKETS.sub("", label).strip() or label


def _used(nodes: Sequence[Node]) -> list[Node]:
    """The skills that somebody here wrote or spoke of, and that no tag stands for."""
    facts = Insight.objects.filter(kind=Kind.SKILL, tag=None).values_list("value__name", flat=True)
    written = UnmatchedSkill.objects.filter(decision="").values_list("key", flat=True)
    spoken = {key(str(name)) for name in facts.distinct()} | set(written)
    rows = {
        row
        for row, node in enumerate(nodes)
        if not spoken.isdisjoint(map(key, (node.label, _plain(node.label), *node.alternatives)))
    }
    names = Names([Node(node.id, node.label) for node in nodes if _is_telling(node.label)])
    telling = [row for row, node in enumerate(nodes) if _is_telling(node.label)]
    for text in Source.objects.values_list("text", flat=True).iterator(chunk_size=200):
        for line in text.splitlines():
            rows |= {telling[row] for row in names.within(line)}
    return [nodes[row] for row in sorted(rows)]


def _is_telling(label: str) -> bool:
    """Whether a label that stands in a text means the skill: no ordinary word, such as "print"."""
    return " " in _plain(label) or label != label.lower()


def _homes(labels: Sequence[str], below: int | None) -> list[int | None]:
    """Below which specialty each new skill comes."""
    if below is not None or not labels:
        return [below] * len(labels)
    parents = dict(
        Tag.objects.filter(kind=Tag.Kind.SKILL).exclude(parent=None).values_list("pk", "parent_id")
    )
    linker = Linker([node for node in of_database() if int(node.id) in parents])
    nearest = [linker.link(label, top=1, least=0.0) for label in labels]
    return [parents[int(found[0].id)] if found else None for found in nearest]


def _alias(tag_id: int, text: str) -> TagAlias:
    return TagAlias(tag_id=tag_id, kind=Tag.Kind.SKILL, text=text, key=key(text))


def _link_facts() -> tuple[int, list[int]]:
    """Give facts their tags. Returns how many, and whose they are."""
    vocabulary = Vocabulary.load()
    waiting = Insight.objects.filter(kind=Kind.SKILL, tag=None)
    facts_of: defaultdict[int, list[int]] = defaultdict(list)
    concerned: set[int] = set()
    rows = waiting.values_list("pk", "candidate_id", "value__name")
    for pk, candidate_id, name in rows.iterator():
        tag_id = vocabulary.skill(str(name))
        if tag_id is not None:
            facts_of[tag_id].append(pk)
            concerned.add(candidate_id)
    for tag_id, pks in facts_of.items():
        waiting.filter(pk__in=pks).update(tag_id=tag_id)
    return sum(map(len, facts_of.values())), sorted(concerned)
