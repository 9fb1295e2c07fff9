"""What a system of record tells of people, before and after it is taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warmbench.people.columns import Field
from warmbench.people.import_drafts import Options
from warmbench.people.import_load import Loaded
from warmbench.people.vocabulary import Vocabulary


def age(changed_at: datetime | None, external_id: str) -> tuple[bool, float, str]:
    """By what it is told which of several records of one person is the newest."""
    at = changed_at.timestamp() if changed_at else 0.0
    return (changed_at is not None, at, external_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person as a system tells of them."""

    external_id: str
    #: What it says of each field; several texts only where there may be several.
    cells: Mapping[Field, Sequence[str]]
    #: Another one whenever anything else is said.
    digest: str
    url: str = ""
    changed_at: datetime | None = None
    is_opted_out: bool = False
    is_placed: bool = False
    #: Theirs, and whom it means here.
    owner: str = ""
    owner_id: int | None = None
    #: What else is kept of what it says.
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def age(self) -> tuple[bool, float, str]:
        """By what it is told which of several records of one person is the newest."""
        return age(self.changed_at, self.external_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the people come from, and what holds for all of them."""

    name: str
    #: What the evidence of a consent or a stop begins with.
    this: str
    options: Options
    vocabulary: Vocabulary


@dataclass(slots=True)
class Outcome:
    """What became of some entries."""

    #: Whom each record is about, by its id there; those that were known and say the same as well.
    candidates: dict[str, int] = field(default_factory=dict)
    #: Those that are another now than they were, or new: their ids there.
    changed: set[str] = field(default_factory=set)
    #: Why the others could not be taken in.
    refused: dict[str, str] = field(default_factory=dict)
    #: Those about people whom we had to forget. Nothing of them is kept, not even why.
    forgotten: set[str] = field(default_factory=set)
    loaded: Loaded = field(default_factory=Loaded)
