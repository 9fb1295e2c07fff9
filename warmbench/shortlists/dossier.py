"""What is known of a person that a role may ask for: facts with their words, and no name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing.fit import PayFloor


@dataclass(frozen=True, slots=True)
class Known:
    """One fact, in the format of docs/reference/insights.md, as far as evidence needs it."""

    kind: str
    value: Mapping[str, Any]
    polarity: str
    #: The words that show it; of a field of the record, the field in a few words.
    quote: str
    said_on: date | None
    #: Where it comes from, as people read it: "résumé", "note", "record", "ATS".
    source: str
    confidence: float
    #: Whether it is the candidate's own word, or a person confirmed it.
    is_first_hand: bool = False
    tag_id: int | None = None
    #: The insight that it is, where it is one.
    insight_id: int | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one person that ranking may see.

    No name, face, age, sex, origin or address is part of it, and none may become so (rules.md C16,
    C23: a postcode is no feature either).
    """

    #: A candidate's id, or the name of a file.
    key: str
    facts: tuple[Known, ...] = ()
    #: Sentences of their résumé or of notes about them, without names: evidence of experience.
    sentences: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    country: str = ""
    wanted: tuple[WantedPlace, ...] = ()
    remote: str = ""
    floor: PayFloor | None = None
    #: The first day on which they could start, and why it is that day.
    free_from: date | None = None
    #: Roles and employers that they said are not for them.
    refused_role_ids: frozenset[int] = field(default_factory=frozenset)
    refused_employers: frozenset[str] = field(default_factory=frozenset)
