"""Reads and writes a tag tree as a file that people edit, and says where it is mistaken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from warmbench.people.models import Tag
from warmbench.people.tag_words import LONGEST, key

Kind = Tag.Kind

#: Far more than any tree; a file with more is not one.
LONGEST_FILE = 2 << 20

_HEADER = """\
# The tag tree: category → specialty → role family → role, skills under their home specialty,
# then seniorities from the lowest to the highest, and geographies. Importing it adds what is
# missing; nothing is removed.

"""


class TreeFileError(ValueError):
    """The file cannot be read as a tree at all. The message is for the person who chose it."""


@dataclass(frozen=True)
class Conflict:
    """What was not done as the file says, and why."""

    line: int
    #: Where in the tree, e.g. "Technology → Software engineering → Python".
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.path}: {self.sentence}"


@dataclass(eq=False)
class Entry:
    """A tag in the file."""

    kind: Kind
    name: str
    #: Other spellings, each with its line.
    aliases: list[tuple[str, int]] = field(default_factory=list)
    code: str = ""
    is_retired: bool = False
    parent: "Entry | None" = None
    line: int = 0

    @property
    def path(self) -> str:
        """Where in the tree it is, from the top."""
        return f"{self.parent.path} → {self.name}" if self.parent else self.name

    @property
    def depth(self) -> int:
        """How many tags lie above it."""
        return self.parent.depth + 1 if self.parent else 0


@dataclass
class TreeFile:
    """What a file says: tags, each after its parent, and what could not be understood."""

    entries: list[Entry] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


#: What stands at the top, and below a kind, by the name that its list has in the file.
_TOP = {
    "categories": Kind.CATEGORY,
    "seniorities": Kind.SENIORITY,
    "geographies": Kind.GEOGRAPHY,
}
_BELOW = {
    Kind.CATEGORY: {"specialties": Kind.SPECIALTY},
    Kind.SPECIALTY: {"families": Kind.ROLE_FAMILY, "skills": Kind.SKILL},
    Kind.ROLE_FAMILY: {"roles": Kind.ROLE},
    Kind.GEOGRAPHY: {"countries": Kind.GEOGRAPHY},
}
_FIELDS = ("name", "aliases", "code", "retired")
_FILE = "the file"


def read(text: str) -> TreeFile:
    """The tree in ``text``. Raises TreeFileError when it is not even YAML, or something else.

    An entry that cannot be understood is left out with all below it, and named.
    """
    if len(text) > LONGEST_FILE:
        raise TreeFileError("The file is too large for a tag tree.")
    try:
        # Not the loader in C: it ends the process when a file is nested deeply enough.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "something that is not YAML"
        raise TreeFileError(f"The file cannot be read{where}: {what}.") from error
    except RecursionError as error:
        raise TreeFileError("The file is nested too deeply for a tag tree.") from error
    if not isinstance(root, MappingNode):
        raise TreeFileError(f"A tag tree begins with {_either(_TOP)}.")
    reader = _Reader()
    reader.read_lists(reader.fields(root, _TOP, path=_FILE), None)
    return reader.found


def write(entries: Iterable[Entry]) -> str:
    """The file that reads back to these entries; children come in their order."""
    tree: dict[str, Any] = {name: [] for name in _TOP}
    written: dict[Entry | None, dict[str, Any]] = {None: tree}
    for entry in entries:
        above = written[entry.parent]
        lists = _lists_below(entry.parent)
        name = next(name for name, kind in lists.items() if kind == entry.kind)
        written[entry] = _fields_of(entry)
        above.setdefault(name, []).append(written[entry])
    body = yaml.safe_dump(
        tree,
        allow_unicode=True,
        sort_keys=False,
        # Each list of spellings in one line.
        default_flow_style=None,
        width=1000,
    )
    return _HEADER + body


def _fields_of(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": entry.name}
    if entry.code:
        fields["code"] = entry.code
    if entry.is_retired:
        fields["retired"] = True
    if entry.aliases:
        fields["aliases"] = [text for text, _ in entry.aliases]
    return fields


class _Reader:
    def __init__(self) -> None:
        self.found = TreeFile()
        #: A list that stands behind many anchors would be read as often.
        self._seen: set[int] = set()

    def fields(self, node: MappingNode, allowed: Iterable[str], *, path: str) -> dict[str, Node]:
        """The fields of an entry by name; what is not allowed is named and left out."""
        fields: dict[str, Node] = {}
        for name_node, value in node.value:
            name = name_node.value if isinstance(name_node, ScalarNode) else "?"
            if name not in allowed:
                sentence = f"“{name}” is none of {_either(allowed)}."
                self.complain(name_node, path, sentence)
            elif name in fields:
                self.complain(name_node, path, f"“{name}” stands here twice.")
            elif not _is_nothing(value):
                fields[name] = value
        return fields

    def read_lists(self, fields: Mapping[str, Node], parent: Entry | None) -> None:
        path = parent.path if parent else _FILE
        for name, kind in _lists_below(parent).items():
            for node in self.items(fields.get(name), path, name):
                self.read_entry(node, Entry(kind, "", parent=parent, line=_line(node)))

    def read_entry(self, node: Node, entry: Entry) -> None:
        path = entry.parent.path if entry.parent else _FILE
        if isinstance(node, ScalarNode):
            # The name alone is enough for a tag without aliases.
            fields: dict[str, Node] = {"name": node}
        elif isinstance(node, MappingNode):
            fields = self.fields(node, (*_FIELDS, *_lists_below(entry)), path=path)
        else:
            self.complain(node, path, "A list stands where a tag was expected.")
            return
        if "name" not in fields:
            self.complain(node, path, "This tag has no name.")
            return
        entry.name = self.text(fields["name"], path)
        if not entry.name:
            return
        for alias in self.items(fields.get("aliases"), entry.path, "aliases"):
            if text := self.text(alias, entry.path):
                entry.aliases.append((text, _line(alias)))
        entry.code = self.code(fields.get("code"), entry)
        entry.is_retired = _says_yes(fields.get("retired"))
        self.found.entries.append(entry)
        self.read_lists(fields, entry)

    def items(self, node: Node | None, path: str, name: str) -> list[Node]:
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.complain(node, path, f"“{name}” is not a list.")
            return []
        if id(node) in self._seen:
            self.complain(node, path, "This list is used twice. Write it out.")
            return []
        self._seen.add(id(node))
        return list(node.value)

    def text(self, node: Node, path: str) -> str:
        """A spelling that can be stored and matched, else blank."""
        text = " ".join(node.value.split()) if isinstance(node, ScalarNode) else ""
        if len(text) > LONGEST:
            self.complain(node, path, f"“{text[:30]}…” is longer than {LONGEST} characters.")
        elif not any(letter.isalnum() for letter in key(text)):
            self.complain(node, path, f"“{text}” has nothing left to match by.")
        else:
            return text
        return ""

    def code(self, node: Node | None, entry: Entry) -> str:
        if node is None:
            return ""
        code = node.value.upper() if isinstance(node, ScalarNode) else ""
        if len(code) == 2 and code.isascii() and code.isalpha() and entry.kind == Kind.GEOGRAPHY:
            return code
        self.complain(node, entry.path, "A code is the two letters of a country.")
        return ""

    def complain(self, node: Node, path: str, sentence: str) -> None:
        self.found.conflicts.append(Conflict(_line(node), path, sentence))


def _lists_below(entry: Entry | None) -> dict[str, Kind]:
    if entry is None:
        return _TOP
    # There are regions and countries, and nothing below a country.
    if entry.kind == Kind.GEOGRAPHY and entry.parent is not None:
        return {}
    return _BELOW.get(entry.kind, {})


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag.endswith(":null")


def _says_yes(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and node.value.lower() in {"true", "yes"}


def _either(names: Iterable[str]) -> str:
    *some, last = names
    return f"{', '.join(some)} or {last}" if some else last
