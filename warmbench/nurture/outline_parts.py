"""What an outline of a sequence is made of, and how it is kept as JSON."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from warmbench.nurture.models import SequenceVersion, Step
from warmbench.people.models import Channel

T = TypeVar("T")

#: What steps of each kind have, besides a key, a kind and a wait, in the order of a file.
FIELDS: Mapping[str, tuple[str, ...]] = {
    Step.Kind.MESSAGE: ("channel", "subject", "body"),
    Step.Kind.CONTENT: ("content_kind",),
    Step.Kind.CHECK_IN: ("channel", "edit_hours", "if_not_edited", "subject", "body"),
    Step.Kind.PREFERENCE: ("channel", "subject", "body"),
    Step.Kind.WAIT: (),
    Step.Kind.BRANCH: ("condition", "otherwise"),
    Step.Kind.FOLLOW_UP: ("task", "words"),
    Step.Kind.NOTIFICATION: ("words",),
    Step.Kind.EXIT: (),
}


@dataclass(frozen=True, slots=True)
class Cadence:
    """For whom the waits take how long, in percent."""

    rule: str = ""
    pace: int = 100


@dataclass(frozen=True, slots=True)
class StepOutline:
    """One step, with the names of ``models.Step``. What its kind has no use for is ignored."""

    key: str
    kind: str = Step.Kind.MESSAGE.value
    wait_days: int = 0
    channel: str = Channel.EMAIL.value
    subject: str = ""
    body: str = ""
    content_kind: str = ""
    condition: str = ""
    otherwise: str = ""
    task: str = ""
    words: str = ""
    edit_hours: int | None = None
    if_not_edited: str = Step.Default.SEND.value


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole sequence, with the names of ``models.Sequence`` and ``models.SequenceVersion``."""

    key: str
    name: str
    description: str = ""
    trigger: str = SequenceVersion.Trigger.POOL.value
    entry_rule: str = ""
    exit_rule: str = ""
    reentry_days: int | None = None
    cadence: tuple[Cadence, ...] = ()
    #: The key of the step that follows the last one; blank ends the sequence there.
    repeat_from: str = ""
    steps: tuple[StepOutline, ...] = ()

    def position(self, key: str) -> int | None:
        """Where the step of that key stands, from 0; None if there is none."""
        return next((at for at, step in enumerate(self.steps) if step.key == key), None)

    def step(self, key: str) -> StepOutline:
        """The step of that key. Raises KeyError if there is none."""
        at = self.position(key)
        if at is None:
            raise KeyError(key)
        return self.steps[at]


def to_json(outline: Outline) -> dict[str, Any]:
    """What ``from_json`` turns back into this."""
    return asdict(outline)


def from_json(stored: Mapping[str, Any]) -> Outline:
    """The outline that ``to_json`` made. What is missing or makes no sense becomes what it is
    by default: a draft may be unfinished, and never raises."""
    known = _known(Outline, stored)
    known["cadence"] = tuple(_cadence(one) for one in _list(stored.get("cadence")))
    known["steps"] = tuple(_step(one) for one in _list(stored.get("steps")))
    return Outline(**({"key": "", "name": ""} | known))


def _step(stored: object) -> StepOutline:
    return StepOutline(**({"key": ""} | _known(StepOutline, stored)))


def _cadence(stored: object) -> Cadence:
    return Cadence(**_known(Cadence, stored))


def _known(kind: type[T], stored: object) -> dict[str, Any]:
    """The values of the plain fields of a class, as far as they are there and of their type."""
    if not isinstance(stored, Mapping):
        return {}
    known: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        read = _READERS.get(str(field.type))
        if read and field.name in stored and read[0](stored[field.name]):
            known[field.name] = read[1](stored[field.name])
    return known


def _list(stored: object) -> list[object]:
    return list(stored) if isinstance(stored, list | tuple) else []


def _text(value: Any) -> str:
    # A browser ends lines in its own way; PostgreSQL keeps neither NUL nor half a character.
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode(errors="ignore").decode()


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


#: By the type of a field: what is taken for one, and how.
_READERS: Mapping[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "<class 'str'>": (lambda value: isinstance(value, str), _text),
    "<class 'int'>": (_is_number, int),
    "int | None": (lambda value: value is None or _is_number(value), lambda value: value),
}
