"""How we stay in touch: pools, content, sequences of steps, and who is at which step."""

from warmbench.nurture.models.content import (
    ContentCheck,
    ContentPiece,
    ContentUse,
    ContentVariant,
    MarketSnippet,
)
from warmbench.nurture.models.enrollment import Enrollment, Personalisation
from warmbench.nurture.models.forecast import Forecast, ForecastTouch
from warmbench.nurture.models.pool import Pool, PoolMember
from warmbench.nurture.models.sequence import Sequence, SequenceDraft, SequenceVersion, Step

__all__ = [
    "ContentCheck",
    "ContentPiece",
    "ContentUse",
    "ContentVariant",
    "Enrollment",
    "Forecast",
    "ForecastTouch",
    "MarketSnippet",
    "Personalisation",
    "Pool",
    "PoolMember",
    "Sequence",
    "SequenceDraft",
    "SequenceVersion",
    "Step",
]
