"""What an imported file says about one candidate, and the answers that hold for the whole file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from warmbench.people.models import Consent
from warmbench.people.places import Place
from warmbench.people.tag_words import (
    CERTAIN,
    FROM_TITLE,
    GUESSED,
    INFERRED,
    READ,
    STATED,
    Found,
)

#: The ways in which a row may tell of a tag: on whose word (blank: the file's), how surely.
#: A staged tag has the place of its way in this list, which takes less room.
WAYS = tuple(
    (source, confidence)
    for source in ("", FROM_TITLE, INFERRED)
    for confidence in (CERTAIN, STATED, READ, GUESSED)
)


class Remark(StrEnum):
    """What was left out of a row that was imported all the same."""

    PHONE = "phone"
    EMAIL = "email"
    OWNER = "owner"
    STATUS = "status"
    STAGE = "stage"
    DATE = "date"
    CONSENT = "consent"
    EXTERNAL_ID = "external_id"
    PLACE = "place"
    ZONE = "zone"

    @property
    def sentence(self) -> str:
        """What a person reads about it."""
        return _SENTENCES[self]

    @property
    def is_personal(self) -> bool:
        """Whether the text it is about could tell who somebody is."""
        return self in {Remark.PHONE, Remark.EMAIL}


_SENTENCES = {
    Remark.PHONE: "The phone number cannot be read. The rest was imported.",
    Remark.EMAIL: "An e-mail address cannot be used. The rest was imported.",
    Remark.OWNER: "Nobody with this e-mail address works here. The owner was left open.",
    Remark.STATUS: "This status is not known. It was left out.",
    Remark.STAGE: "This stage is not known. It was left out.",
    Remark.DATE: "This is no date that can be told for sure. It was left out.",
    Remark.CONSENT: "This is neither a yes nor a no. No consent was recorded.",
    Remark.EXTERNAL_ID: "A spreadsheet rounded this id. It was left out.",
    Remark.PLACE: "This place is not known, so neither are the country and the hour there.",
    Remark.ZONE: "This country has several time zones, and nothing tells which one is meant.",
}


@dataclass(frozen=True, slots=True)
class Options:
    """Answers that hold for a whole file."""

    #: On what ground these people may be written to, and who says so. Blank: none.
    basis: str = ""
    evidence: str = ""
    #: ISO code, for phone numbers without a country code.
    default_country: str = ""
    #: Owns whoever the file gives no owner.
    owner_id: int | None = None
    #: "day" or "month": which comes first in 03/04/2026. Blank: the column tells.
    first_in_dates: str = ""

    def __post_init__(self) -> None:
        if self.basis and self.basis not in _GROUNDS:
            raise ValueError(f"The basis must be one of {', '.join(sorted(_GROUNDS))}.")
        if self.basis and not self.evidence.strip():
            raise ValueError("Say in a sentence how these people came to permit it.")
        if self.default_country and not re.fullmatch("[A-Z]{2}", self.default_country):
            raise ValueError("A country is written as two capital letters: DE, GB, US …")
        if self.first_in_dates not in {"", "day", "month"}:
            raise ValueError("Either the day or the month comes first.")

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The options as a JSON column keeps them. What is not one is left out."""
        names = {one.name for one in fields(cls)}
        said = {name: value for name, value in stored.items() if name in names}
        said["owner_id"] = int(said["owner_id"]) if said.get("owner_id") else None
        return cls(**said)


_GROUNDS = frozenset(Consent.Basis) - {Consent.Basis.WITHDRAWN}


@dataclass(slots=True)
class Draft:
    """What one row says. Blank is not said."""

    source: str = ""
    external_id: str = ""
    first_name: str = ""
    last_name: str = ""
    employer: str = ""
    job_title: str = ""
    profile_url: str = ""
    place: Place = field(default_factory=Place)
    status: str = ""
    stage: str = ""
    owner_id: int | None = None
    talked_on: date | None = None
    topic: str = ""
    note: str = ""
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    #: Those of the e-mail addresses that several people may read ("jobs@…").
    shared: list[str] = field(default_factory=list)
    #: "yes", "no" or nothing, and how the file said it.
    consent: str = ""
    consent_words: str = ""
    consented_on: date | None = None
    opted_out: bool = False
    tags: tuple[Found, ...] = ()
    unmatched: tuple[str, ...] = ()
    remarks: list[tuple[Remark, str]] = field(default_factory=list)
