"""Chooses what a person gets to read: the closest to her work that she has not had yet."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import NamedTuple

from warmbench.core import languages, sql
from warmbench.core.standstill import still
from warmbench.messaging.voices import Voices
from warmbench.nurture import topics
from warmbench.nurture.readers import Reader
from warmbench.nurture.topics import Topics


class Piece(NamedTuple):
    """A live content piece, as far as choosing goes."""

    piece_id: int
    kind: str
    language: str
    topic_id: int | None
    seniority_id: int | None
    place_id: int | None
    #: Its wordings that may go out, and the template of each.
    variants: Sequence[int]
    templates: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody gets to read: a piece, in the wording that is hers."""

    piece_id: int
    template_id: int
    #: The shelf that it stood on; None for what is for everybody.
    topic_id: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """One shelf that was looked at for somebody, and what stood on it."""

    language: str
    kind: str
    topic_id: int | None
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Shelf:
    """Every live piece by language, kind and topic, the best of each place first."""

    pieces: Mapping[tuple[str, str, int | None], Sequence[Piece]]
    #: What every piece is about, also of those that are retired: somebody had them.
    abouts: Mapping[int, int | None]
    topics: Topics
    _paths: dict[tuple[int, ...], tuple[int | None, ...]] = field(default_factory=dict)

    def choose(self, kind: str, reader: Reader, voices: Voices) -> Chosen | None:
        """The best piece of a kind for somebody, or None: nothing is better than a repeat.

        Who asked for other kinds gets one of those. Pieces in her own language come before
        English ones, and others are never given. The specialty whose turn it is comes first,
        in it her role before its family, the specialty and its category. What is for everybody
        comes last. On one shelf, a piece for her seniority wins, then one for where she lives,
        then the one that was reviewed latest. A piece for another seniority or another place is
        never given, and none twice.
        """
        for place in self._places(kind, reader, voices):
            for piece in self.pieces.get(place, ()):
                if not self.misfit(piece, reader):
                    wording = _wording(reader.candidate_id, piece)
                    return Chosen(piece.piece_id, wording, piece.topic_id)
        return None

    def looks(self, kind: str, reader: Reader, voices: Voices) -> Iterator[Look]:
        """The shelves in the order in which they are looked at for somebody."""
        for place in self._places(kind, reader, voices):
            yield Look(*place, self.pieces.get(place, ()))

    def misfit(self, piece: Piece, reader: Reader) -> str:
        """Why somebody is not given a piece that stands on a shelf of hers, or ""."""
        if piece.piece_id in reader.had:
            return "had"
        if piece.seniority_id is not None and piece.seniority_id not in reader.tags:
            return "seniority"
        if piece.place_id is not None and piece.place_id not in self.topics.places(reader.tags):
            return "place"
        return ""

    def in_turn(self, reader: Reader, specialties: Sequence[int]) -> list[int]:
        """Her specialties, the one whose turn it is first."""
        if len(specialties) < 2:
            return list(specialties)
        return turn(
            specialties,
            self.count(reader.had, specialties),
            self.count(reader.clicked, specialties),
        )

    def count(self, pieces: Sequence[int], specialties: Sequence[int]) -> dict[int, int]:
        """How many of these pieces are about each of these specialties."""
        about = [self.abouts.get(piece) for piece in pieces]
        return {
            one: sum(self.topics.is_about(topic, one) for topic in about) for one in specialties
        }

    def _places(
        self, kind: str, reader: Reader, voices: Voices
    ) -> Iterator[tuple[str, str, int | None]]:
        path = self._path(reader, reader.specialties(voices))
        spoken = dict.fromkeys((reader.language, languages.FALLBACK))
        return product(spoken, reader.kinds(kind), path)

    def _path(self, reader: Reader, specialties: Sequence[int]) -> tuple[int | None, ...]:
        """Topics from the closest to the most general."""
        ordered = self.in_turn(reader, specialties)
        if self.topics.has_narrow(reader.tags):
            return self._lay_path(ordered, reader.tags)
        key = tuple(ordered)
        if (known := self._paths.get(key)) is None:
            known = self._paths[key] = self._lay_path(ordered, ())
        return known

    def _lay_path(self, specialties: Sequence[int], tags: Sequence[int]) -> tuple[int | None, ...]:
        steps = [topic for one in specialties for topic in self.topics.path(one, tags)]
        return (*dict.fromkeys(steps), None)


def turn(
    specialties: Sequence[int], given: Mapping[int, int], clicked: Mapping[int, int]
) -> list[int]:
    """Specialties in the order of what they lack of their share of what somebody read.

    Shares are as large as how often she clicks in what is about them, where everybody begins
    with one click in two. So the first piece is about the first specialty, each is read about
    once before any is read about twice, who never clicks reads about all in turn, and what she
    never clicks in becomes rare but does not end. Where two lack the same, the one that is
    listed first wins.
    """
    weights = {one: (1 + clicked[one]) / (2 + given[one]) for one in specialties}
    total, then = sum(weights.values()), sum(given.values()) + 1
    # Rounded, so that equal ones are equal.
    lack = {one: round(then * weights[one] / total - given[one], 9) for one in specialties}
    return sorted(specialties, key=lambda one: -lack[one])


@still
def shelf(*, today: date) -> Shelf:
    """What may be sent today: live, not expired, with a wording that may go out."""
    found = sql.run(sql.load(__file__, "library"), {"today": today}).fetchall()
    pieces = [Piece(*about) for *about, may_be_sent in found if may_be_sent]
    return arrange(pieces, {row[0]: row[3] for row in found}, topics.load())


def arrange(best_first: Iterable[Piece], abouts: Mapping[int, int | None], tree: Topics) -> Shelf:
    """These pieces, each in its place."""
    places: defaultdict[tuple[str, str, int | None], list[Piece]] = defaultdict(list)
    for piece in best_first:
        places[piece.language, piece.kind, piece.topic_id].append(piece)
    return Shelf(dict(places), abouts, tree)


def _wording(candidate_id: int, piece: Piece) -> int:
    """The template that is hers: always the same as long as it may go out, and a new wording
    takes only its own readers from the others."""
    if len(piece.variants) == 1:
        return piece.templates[0]
    lots = [_lot(candidate_id, variant) for variant in piece.variants]
    return piece.templates[lots.index(max(lots))]


def _lot(candidate_id: int, variant_id: int) -> bytes:
    # Not Python's own hash, which is another one in each process for strings, nor a checksum,
    # whose lots for two wordings hang together.
    return hashlib.blake2b(f"{candidate_id}/{variant_id}".encode(), digest_size=8).digest()
