"""The people whom nurture writes to: what they may read, what they asked for, what they had."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from warmbench.core import sql
from warmbench.messaging import voices
from warmbench.messaging.voices import Recipient, Voices
from warmbench.nurture.models import ContentPiece
from warmbench.people.models import CandidateFact

#: What a person may ask for, or not to get. The question whether all still fits is no article.
CHOSEN_BY_READERS = (
    ContentPiece.Kind.TRENDS,
    ContentPiece.Kind.SALARY,
    ContentPiece.Kind.TIP,
    ContentPiece.Kind.SPOTLIGHT,
)


@dataclass(frozen=True, slots=True)
class Reader(Recipient):
    """One person, as far as choosing and filling in her next message goes."""

    #: The pieces that she has had.
    had: list[int]
    #: Those of them in which she herself clicked.
    clicked: list[int]

    def kinds(self, kind: str) -> tuple[str, ...]:
        """Which kinds of pieces may stand for this one: itself, unless she asked for others."""
        wanted = self._topics.get("kinds")
        if wanted is None or kind in wanted or kind not in CHOSEN_BY_READERS:
            return (kind,)
        return tuple(wanted)

    def specialties(self, voices: Voices) -> list[int]:
        """What she reads about: what she asked for, else her specialties, primary first."""
        if wanted := self._topics.get("specialties"):
            return list(wanted)
        primary = self.primary_specialties
        return [*primary, *voices.specialties_beside(self, primary)]

    @property
    def _topics(self) -> dict[str, Any]:
        return (self.said or {}).get(CandidateFact.Kind.TOPICS) or {}


def load(candidate_ids: Iterable[int]) -> dict[int, Reader]:
    """The readers by candidate id."""
    ids = list(candidate_ids)
    read: dict[int, list[list[int]]] = {
        candidate_id: pieces
        for candidate_id, *pieces in sql.run(sql.load(__file__, "pieces_had"), {"ids": ids})
    }
    return {row[0]: Reader(*row, *read.get(row[0], ([], []))) for row in voices.rows(ids)}
