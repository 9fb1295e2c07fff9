"""Reads and writes sequences as files: one readable YAML each, checked line by line."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent

from warmbench.nurture import outline
from warmbench.nurture.outline import FIELDS, Cadence, Outline, Problem, StepOutline
from warmbench.nurture.rule_errors import nearest
from warmbench.nurture.rule_sql import Names

#: Characters of a file: some hundred pages. A longer one is something else.
MAX_LENGTH = 400_000
#: A field of a step of the list of a sequence; whatever lies deeper is no sequence.
_DEPTH = 4
#: Values, names and brackets of a file: several times what the longest sequence has.
_PARTS = 20_000
_WIDTH = 96
#: One that is longer may need more lines than one.
_LONG = 76
_HEAD = (
    "# A sequence of Warmbench. docs/howto/sequences-as-files.md says what may stand here, and\n"
    "# `warmbench sequences check` whether it is right.\n"
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something in a file that has to be mended."""

    file: str
    #: From 1.
    line: int
    column: int
    #: The field, e.g. ``steps[3].subject``, counted from 0; blank where there is none.
    where: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}"
        return (
            f"{place}, {self.where}: {self.sentence}" if self.where else f"{place}: {self.sentence}"
        )


class SequenceFileError(ValueError):
    """A file that cannot be used, with all that is wrong in it, in the order of its lines."""

    def __init__(self, found: list[Mistake]) -> None:
        self.mistakes = sorted(found, key=lambda one: (one.line, one.column))
        super().__init__("\n".join(map(str, self.mistakes)))


def read(text: str, name: str, *, names: Names | None = None) -> Outline:
    """The outline that a file says, under the name that it is to be called by in errors.

    ``names`` are those that its rules may use, by default all that the database knows. Raises
    SequenceFileError with everything that is wrong.
    """
    reading = _Reading(name)
    written = reading.outline(_composed(text, name))
    # What could not be read is wrong once, not again for what it lacks.
    unread = {mistake.where for mistake in reading.mistakes}
    for problem in outline.problems(written, names=names):
        if not any(_is_about(problem.where, where) for where in unread):
            reading.mistakes.append(reading.located(problem))
    if reading.mistakes:
        raise SequenceFileError(reading.mistakes)
    return written


def write(written: Outline) -> str:
    """The file of an outline. Reading and writing it again gives the same bytes."""
    written = outline.tidied(written)
    head = _plain(written, exclude=frozenset({"cadence", "repeat_from", "steps"}))
    if written.cadence:
        head["cadence"] = [asdict(one) for one in written.cadence]
    if written.repeat_from:
        head["repeat_from"] = written.repeat_from
    steps = "".join(f"\n{_indented(_dumped([_of_step(step)]))}" for step in written.steps)
    return f"{_HEAD}\n{_dumped(head)}\nsteps:{steps or ' []'}" + ("" if steps else "\n")


def _of_step(step: StepOutline) -> dict[str, Any]:
    named = {"key": step.key, "kind": step.kind, "wait_days": step.wait_days}
    others = _plain(step, exclude=frozenset(named))
    return named | {name: others[name] for name in FIELDS.get(step.kind, ()) if name in others}


def _plain(part: Any, *, exclude: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The fields that say something, in their order."""
    return {
        one.name: getattr(part, one.name)
        for one in fields(part)
        if one.name not in exclude
        and (one.default is MISSING or getattr(part, one.name) != one.default)
    }


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they are, and long ones on several lines."""

    def analyze_scalar(self, scalar: str) -> Any:
        """PyYAML's own judgement, which puts a text into quotation marks for a blank at the end
        of a line. There it means a line break, in Markdown."""
        analysis = super().analyze_scalar(scalar)
        if analysis.multiline and _AS_IT_IS.fullmatch(scalar):
            analysis.allow_block = True
        return analysis

    def increase_indent(self, *args: Any, **kwargs: Any) -> None:
        """Lists stand a little to the right of their name, which PyYAML sees no need for."""
        super().increase_indent(*args, **kwargs | {"indentless": False})


#: Characters that no reader of YAML changes.
_SAFE = r"\n -~\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010fffd"
_IS_SAFE = re.compile(f"[{_SAFE}]*")
#: Such a text, neither beginning with a blank nor ending with an empty line.
_AS_IT_IS = re.compile(rf"(?![\n ])[{_SAFE}]*(?<!\n\n)")
_WORDS = re.compile(r"\S+(?: \S+)*")


def _text_node(dumper: _Dumper, text: str) -> Node:
    style = None
    if not _IS_SAFE.fullmatch(text):
        style = '"'
    elif "\n" in text:
        style = "|" if _AS_IT_IS.fullmatch(text) else '"'
    elif len(text) > _LONG and _WORDS.fullmatch(text):
        style = ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def _dumped(data: object) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH))


def _indented(text: str) -> str:
    return re.sub("(?m)^(?=.)", "  ", text)


def _composed(text: str, name: str) -> Node:
    """The document as nodes that know their places. Nothing in it is carried out, and nothing
    stands for something else: ten lines could stand for a million."""
    if len(text) > MAX_LENGTH:
        said = f"It has {len(text):,} characters. A sequence has at most {MAX_LENGTH:,}."
        raise SequenceFileError([Mistake(name, 1, 1, "", said)])
    try:
        found = list(_foreign(text, name))
        if found:
            raise SequenceFileError(found)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise SequenceFileError([Mistake(name, line, column, "", _explained(error))]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        said = "There is a character here that cannot be seen. Write the line anew."
        raise SequenceFileError([Mistake(name, line, 1, "", said)]) from error
    if not isinstance(node, MappingNode):
        said = "There is no sequence in it. It begins with a line like “key: stay_in_touch”."
        raise SequenceFileError([Mistake(name, 1, 1, "", said)])
    return node


def _foreign(text: str, name: str) -> Iterator[Mistake]:
    """What YAML can do and a sequence has no use for."""
    depth = documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        said = ""
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, CollectionStartEvent)
        if isinstance(event, yaml.DocumentStartEvent) and documents > 1:
            said = "Another file begins here. Keep one sequence in each."
        elif count > _PARTS:
            said = "There is more in it than in any sequence."
        elif depth > _DEPTH:
            said = "There are lists within lists here that no sequence has."
        elif isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            said = "“&” and “*” stand for something else here. Write it out, or quote the text."
        elif isinstance(event, CollectionStartEvent | yaml.ScalarEvent) and event.tag:
            said = "“!” gives a type here. Leave it out, or quote the text."
        if said:
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            yield Mistake(name, line, column, "", said)
            return
        depth -= isinstance(event, CollectionEndEvent)


def _explained(error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "it cannot be read")
    if "\\t" in problem:
        return "There is a tab here. Indent with blanks."
    if "mapping values are not allowed" in problem:
        return "A text with a colon in it belongs in quotation marks; otherwise look at the blanks."
    if "expected <block end>" in problem:
        return "This line does not stand in line with those above. Look at the blanks before it."
    return f"This is not YAML: {problem}."


@dataclass
class _Reading:
    """Takes nodes for what they should be, and notes where they are not."""

    file: str
    mistakes: list[Mistake] = field(default_factory=list)
    _nodes: dict[str, Node] = field(default_factory=dict)

    def outline(self, node: Node) -> Outline:
        """The outline in the whole document."""
        self._nodes[""] = node
        values = self._fields(Outline, node, "", _readers(Outline))
        for name, read_one in (("cadence", self._cadence), ("steps", self._step)):
            parts = self._list(name)
            values[name] = tuple(read_one(part, f"{name}[{at}]") for at, part in enumerate(parts))
        return Outline(**{"key": "", "name": ""} | values)

    def located(self, problem: Problem) -> Mistake:
        """A problem of the outline where it stands in the file."""
        where = problem.where
        while where not in self._nodes:
            where = where[: max(where.rfind("."), where.rfind("["), 0)]
        node = self._nodes[where]
        line = node.start_mark.line + 1
        if problem.line and isinstance(node, ScalarNode) and node.style == "|":
            # The text begins on the line after the stroke.
            line += problem.line
        return Mistake(self.file, line, node.start_mark.column + 1, problem.where, problem.sentence)

    def _cadence(self, node: Node, where: str) -> Cadence:
        return Cadence(**self._fields(Cadence, node, where, _readers(Cadence)))

    def _step(self, node: Node, where: str) -> StepOutline:
        values = {"key": ""} | self._fields(StepOutline, node, where, _readers(StepOutline))
        kind = values.get("kind", "")
        if isinstance(node, MappingNode) and not kind:
            self._note(node, where, f"Say what it is, for example “kind: {next(iter(FIELDS))}”.")
        belonging = {"key", "kind", "wait_days", *FIELDS.get(kind, ())}
        for name in values:
            place = self._nodes.get(f"{where}.{name}", node)
            if kind in FIELDS and name not in belonging:
                others = ", ".join(("key", "wait_days", *FIELDS[kind]))
                said = f"A step of the kind {kind} has no {name}. It has {others}."
                self._note(place, f"{where}.{name}", said)
            elif name == "subject" and values.get("channel") == "sms":
                self._note(place, f"{where}.{name}", "A text message has no subject: take it out.")
        return StepOutline(**values)

    def _fields(
        self, kind: type, node: Node, where: str, readers: Mapping[str, "_Reader"]
    ) -> dict[str, Any]:
        """What a mapping says about the fields of a class."""
        self._nodes[where] = node
        if not isinstance(node, MappingNode):
            self._note(node, where, "Lines like “key: value” belong here.")
            return {}
        known = {one.name for one in fields(kind)}
        values: dict[str, Any] = {}
        for name_node, value in node.value:
            name = name_node.value if isinstance(name_node, ScalarNode) else ""
            place = f"{where}.{name}" if where else name
            if not name:
                self._note(name_node, where, "A name belongs before the colon.")
            elif name not in known:
                said = f"There is nothing called “{name}” here.{nearest(name, known)}"
                self._note(name_node, place, said)
            elif place in self._nodes:
                self._note(name_node, place, f"“{name}” is said twice. Keep one of them.")
            else:
                self._nodes[place] = value
                self._value(readers.get(name), value, place, values, name)
        return values

    def _value(
        self,
        reader: "_Reader | None",
        node: Node,
        place: str,
        values: dict[str, Any],
        name: str,
    ) -> None:
        if reader is None:
            return
        if not isinstance(node, ScalarNode):
            self._note(node, place, "One value belongs here, not a list.")
            return
        try:
            values[name] = reader(node)
        except ValueError as error:
            self._note(node, place, str(error))

    def _list(self, name: str) -> list[Node]:
        node = self._nodes.get(name)
        if node is None or (isinstance(node, ScalarNode) and not node.value):
            return []
        if not isinstance(node, SequenceNode):
            self._note(node, name, "A list belongs here, each entry with a “-” before it.")
            return []
        return list(node.value)

    def _note(self, node: Node, where: str, sentence: str) -> None:
        mark = node.start_mark
        self.mistakes.append(Mistake(self.file, mark.line + 1, mark.column + 1, where, sentence))


_Reader = Callable[[ScalarNode], object]
#: What PostgreSQL refuses, and a quoted text may spell: NUL and halves of characters.
_CANNOT_BE_KEPT = re.compile("[\\0\ud800-\udfff]")


def _readers(kind: type) -> dict[str, _Reader]:
    """How the plain fields of a class are read, by their names."""
    found: dict[str, _Reader] = {}
    one: Field[Any]
    for one in fields(kind):
        match str(one.type):
            case "<class 'str'>":
                found[one.name] = _text
            case "<class 'int'>":
                found[one.name] = _number
            case "int | None":
                found[one.name] = _number_if_any
            case _:  # Lists are read by themselves.
                pass
    return found


def _text(node: ScalarNode) -> str:
    """The text as it stands there: “no” is a word, and 2026 may be a name."""
    if _CANNOT_BE_KEPT.search(node.value):
        raise ValueError("There is a character here that cannot be kept. Write the text anew.")
    is_nothing = node.tag == "tag:yaml.org,2002:null"
    return "" if is_nothing else str(node.value)


def _number(node: ScalarNode) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", node.value):
        raise ValueError(f"A whole number belongs here, not “{node.value[:40]}”.")
    return int(node.value)


def _number_if_any(node: ScalarNode) -> int | None:
    return None if node.tag == "tag:yaml.org,2002:null" else _number(node)


def _is_about(where: str, unread: str) -> bool:
    return where == unread or where.startswith((f"{unread}.", f"{unread}["))
