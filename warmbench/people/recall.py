"""Finds whom the lines of the journal are about, among those whom a restored database knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from warmbench.people import hashes
from warmbench.people.journal import Line
from warmbench.people.models import Candidate, CandidateRecord, ContactPoint


@dataclass(frozen=True, slots=True)
class Recalled:
    """One line, and whom it is about as far as they are known."""

    line: Line
    #: The very person.
    is_them: frozenset[int]
    #: Whoever else has one of the addresses: the same reader.
    same_address: frozenset[int]
    #: The hashes of addresses, numbers and foreign ids that nobody has.
    unknown: tuple[str, ...]


def recall(lines: Iterable[Line]) -> Iterator[Recalled]:
    """Each line with the candidates whom it concerns."""
    said = list(lines)
    people = _people({line.who for line in said if line.who})
    points = _points({point for line in said for point in line.points})
    for line in said:
        is_them = frozenset(people.get(line.who, ()))
        having = frozenset(pk for point in line.points for pk in points.get(point, ()))
        unknown = tuple(point for point in line.points if point not in points)
        yield Recalled(line, is_them, having - is_them, unknown)


def _people(wanted: set[str]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    if wanted:
        for pk in Candidate.objects.values_list("pk", flat=True).iterator():
            if (digest := hashes.of_candidate(pk)) in wanted:
                found[digest].append(pk)
    return found


def _points(wanted: set[str]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    if not wanted:
        return found
    points = ContactPoint.objects.values_list("candidate", "address", "channel")
    for pk, address, channel in points.iterator():
        if (digest := hashes.of_address(address, channel)) in wanted:
            found[digest].append(pk)
    known = Candidate.objects.exclude(external_id="")
    for pk, source, external_id in known.values_list("pk", "source", "external_id").iterator():
        if (digest := hashes.of_external_id(source, external_id)) in wanted:
            found[digest].append(pk)
    records = CandidateRecord.objects.values_list("candidate", "source", "external_id")
    for pk, source, external_id in records.iterator():
        if (digest := hashes.of_external_id(source, external_id)) in wanted:
            found[digest].append(pk)
    return found
