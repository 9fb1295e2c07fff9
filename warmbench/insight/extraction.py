"""Reads all facts of a text: runs every extractor and settles what they found twice."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from warmbench.insight import extractors
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import SourceKind, Speaker

#: Goes up with every change of what is found: facts name it, and texts are read again by it.
VERSION = "3"


def extract(reading: Reading) -> tuple[Found, ...]:
    """The facts of the text, in its order, each once.

    In talks only the candidate's own words count: what a recruiter says there is of the role, or
    a question.
    """
    named = _named(reading)
    every = (
        found
        for extractor in extractors.ALL
        for found in extractor(reading)
        if not _is_within(found, named)
    )
    here = (placed(found, reading) for found in every)
    counted = [one for one in here if one is not None]
    return tuple(sorted(_once(counted), key=lambda one: (one.start, one.end, one.kind)))


def _named(reading: Reading) -> list[tuple[int, int]]:
    """Where the whole names of the people stand whom the text is about."""
    whole = [re.escape(name) for name in reading.people if len(name.split()) > 1]
    if not whole:
        return []
    pattern = re.compile(rf"\b(?:{'|'.join(whole)})\b", re.IGNORECASE)
    return [match.span() for match in pattern.finditer(reading.text)]


def _is_within(found: Found, named: Iterable[tuple[int, int]]) -> bool:
    """Whether it is read in nothing but a name: Yara is no skill, and Haddad no town."""
    return any(start <= found.start and found.end <= end for start, end in named)


def placed(found: Found, reading: Reading) -> Found | None:
    """The same with whose word it is, and about whom; None where it is nobody's that counts."""
    at = bisect_right(reading.units, found.start, key=lambda unit: unit.start) - 1
    if at < 0 or reading.units[at].end < found.start + 1:
        return None
    unit = reading.units[at]
    if unit.speaker == Speaker.OTHER:
        return None
    if reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE:
        return None
    return replace(found, speaker=unit.speaker, about=unit.about)


def _once(found: Iterable[Found]) -> Iterable[Found]:
    """Of finds of one kind, sense and value in one place, the surest."""
    best: dict[tuple[object, ...], Found] = {}
    for one in found:
        # Results have no value: each place is one of its own.
        place = None if one.value else one.start
        key = (one.kind, one.polarity, one.about, str(sorted(one.value.items())), place)
        if key not in best or best[key].confidence < one.confidence:
            best[key] = one
    return best.values()
