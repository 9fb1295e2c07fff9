"""Chooses what a person gets to read: the closest to her work that she has not had yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from django.db.models import Q

from warmbench.nurture.models import ContentPiece
from warmbench.people.models import Tag


@dataclass(frozen=True, slots=True)
class Piece:
    """A live content piece, as far as choosing goes."""

    piece_id: int
    template_id: int
    topic_id: int | None
    seniority_id: int | None
    reviewed_on: date


@dataclass(frozen=True)
class Shelf:
    """Every live piece by kind and topic, and what lies above each topic."""

    pieces: dict[tuple[str, int | None], list[Piece]]
    parents: dict[int, int | None]
    _paths: dict[tuple[int, ...], tuple[int | None, ...]] = field(default_factory=dict)

    def choose(
        self,
        kinds: Sequence[str],
        *,
        specialties: Sequence[int],
        tags: Sequence[int],
        had: Iterable[int],
    ) -> Piece | None:
        """The best piece of the first of these kinds that has one for somebody, or None: nothing
        is better than a repeat.

        Each specialty is tried before its category, the primary specialty before the others,
        and what is for everybody last. On one shelf, a piece for her seniority wins, then the
        one that was reviewed latest. A piece for another seniority is never chosen.
        """
        seen = set(had)
        carried = set(tags)
        for kind, topic in product(kinds, self._path(tuple(specialties))):
            fitting = [
                piece
                for piece in self.pieces.get((kind, topic), ())
                if piece.piece_id not in seen
                and (piece.seniority_id is None or piece.seniority_id in carried)
            ]
            if fitting:
                return max(fitting, key=_preference)
        return None

    def _path(self, specialties: tuple[int, ...]) -> tuple[int | None, ...]:
        """Topics from the closest to the most general."""
        if (known := self._paths.get(specialties)) is not None:
            return known
        path: list[int | None] = []
        level: list[int] = list(specialties)
        while level:
            path.extend(topic for topic in level if topic not in path)
            above = [self.parents.get(topic) for topic in level]
            level = [parent for parent in above if parent is not None]
        self._paths[specialties] = (*path, None)
        return self._paths[specialties]


def shelf(*, today: date) -> Shelf:
    """What may be sent today: live, not expired."""
    live = ContentPiece.objects.filter(state=ContentPiece.State.LIVE).filter(
        Q(expires_on=None) | Q(expires_on__gt=today)
    )
    pieces: defaultdict[tuple[str, int | None], list[Piece]] = defaultdict(list)
    columns = ("kind", "pk", "template_id", "topic_id", "seniority_id", "reviewed_on")
    for kind, *about in live.values_list(*columns):
        piece = Piece(*about)
        pieces[kind, piece.topic_id].append(piece)
    topics = Tag.objects.exclude(kind__in=[Tag.Kind.SKILL, Tag.Kind.GEOGRAPHY])
    return Shelf(dict(pieces), dict(topics.values_list("pk", "parent_id")))


def _preference(piece: Piece) -> tuple[bool, date, int]:
    return piece.seniority_id is not None, piece.reviewed_on, -piece.piece_id
