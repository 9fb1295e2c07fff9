"""Recognises a person in the cells of a table, whatever its columns are called."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from warmbench.people import merged
from warmbench.people.models import Candidate, Channel, ContactPoint

_EMAIL = re.compile(r"[^\s@<>\"'(),;:|]+@[^\s@<>\"'(),;:|]+")
_NOT_DIGITS = re.compile(r"\D")
#: So many digits at the end of a number tell it apart, with or without its country code.
_TELLING_DIGITS = 9
#: A longer cell is a text that may mention numbers, not a number.
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Traces:
    """What gives some people away."""

    emails: frozenset[str] = frozenset()
    #: The last digits of each number.
    numbers: frozenset[str] = frozenset()
    #: (source, what the source calls the person).
    ids: frozenset[tuple[str, str]] = frozenset()
    #: First name → last names, in small letters.
    names: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, candidate_ids: Collection[int]) -> "Traces":
        """The traces of these people, as long as we know them."""
        ids = list(candidate_ids)
        points = ContactPoint.objects.filter(candidate__in=ids).values_list("channel", "address")
        emails, numbers = set(), set()
        for channel, address in points.iterator():
            if channel == Channel.EMAIL:
                emails.add(address.lower())
            elif len(digits := _NOT_DIGITS.sub("", address)) >= _TELLING_DIGITS:
                numbers.add(digits[-_TELLING_DIGITS:])
        known, names = set(), dict[str, set[str]]()
        people = Candidate.objects.filter(pk__in=ids)
        for source, external_id, first, last in people.values_list(
            "source", "external_id", "first_name", "last_name"
        ).iterator():
            if external_id:
                known.add((source, external_id))
            if first and last:
                names.setdefault(first.casefold(), set()).add(last.casefold())
        for gone in merged.gone(ids):
            if gone["external_id"]:
                known.add((gone["source"], gone["external_id"]))
            if gone["first_name"] and gone["last_name"]:
                names.setdefault(gone["first_name"].casefold(), set()).add(
                    gone["last_name"].casefold()
                )
        kept = {first: frozenset(lasts) for first, lasts in names.items()}
        return cls(frozenset(emails), frozenset(numbers), frozenset(known), kept)

    def are_in(self, cells: Sequence[str], source: str) -> bool:
        """Whether one of their addresses, numbers or ids stands in the cells of a row."""
        return any(self._is_in(cell, source) for cell in cells)

    def name_them(self, cells: Iterable[str]) -> bool:
        """Whether first and last name of one of them stand in the cells of a row. They may be
        somebody else's: good enough for a row that nobody could use anyway."""
        text = " ".join(cells).casefold()
        found = (lasts for first, lasts in self.names.items() if first in text)
        return any(last in text for lasts in found for last in lasts)

    def _is_in(self, cell: str, source: str) -> bool:
        if "@" in cell and self.emails.intersection(_EMAIL.findall(cell.lower())):
            return True
        if (source, cell.strip()) in self.ids:
            return True
        if len(cell) < _TELLING_DIGITS or len(cell) > _LONGEST_NUMBER:
            return False
        return _NOT_DIGITS.sub("", cell)[-_TELLING_DIGITS:] in self.numbers
