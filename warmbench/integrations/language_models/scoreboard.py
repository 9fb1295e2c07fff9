"""Counts what became of the facts that a model proposed, beside those of our own extractors."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from warmbench.insight.found import OUTSIDE
from warmbench.insight.models import Insight
from warmbench.integrations.models import ModelReading

State = Insight.State


@dataclass(frozen=True, slots=True)
class Score:
    """What people decided about the facts of one side."""

    found: int
    confirmed: int
    corrected: int
    rejected: int

    @property
    def undecided(self) -> int:
        """Those about which nobody decided."""
        return self.found - self.confirmed - self.corrected - self.rejected

    @property
    def right(self) -> float | None:
        """The share that people found right as it was, of those they decided about."""
        decided = self.confirmed + self.corrected + self.rejected
        return self.confirmed / decided if decided else None


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Both sides, and what was not kept of what the model said."""

    model: Score
    ours: Score
    texts: int
    waiting: int
    given_up: int
    left: int
    #: Facts of the model's that our extractors had found as well.
    also_ours: int
    #: How many facts were not kept, by the reason, the most frequent first.
    dropped: tuple[tuple[str, int], ...]


def scoreboard() -> Scoreboard:
    """The figures of all time."""
    readings = ModelReading.objects.aggregate(
        texts=Count("pk", filter=Q(state=ModelReading.State.DONE)),
        waiting=Count("pk", filter=Q(state=ModelReading.State.WAITING)),
        given_up=Count("pk", filter=Q(state=ModelReading.State.GIVEN_UP)),
        left=Count("pk", filter=Q(state=ModelReading.State.LEFT)),
        also_ours=Sum("known", default=0),
    )
    dropped: dict[str, int] = {}
    for counts in ModelReading.objects.exclude(dropped={}).values_list("dropped", flat=True):
        for reason, many in counts.items():
            dropped[reason] = dropped.get(reason, 0) + many
    is_models = Q(extractor__startswith=OUTSIDE)
    return Scoreboard(
        model=_score(is_models),
        ours=_score(~is_models),
        dropped=tuple(sorted(dropped.items(), key=lambda one: (-one[1], one[0]))),
        **readings,
    )


def _score(whose: Q) -> Score:
    facts = Insight.objects.filter(whose, corrects=None)
    corrected = Insight.objects.filter(corrects__isnull=False).values("corrects_id")
    decided = facts.filter(decided_at__isnull=False)
    put_right = decided.filter(pk__in=corrected)
    return Score(
        found=facts.count(),
        confirmed=decided.filter(state__in=(State.CONFIRMED, State.SUPERSEDED))
        .exclude(pk__in=corrected)
        .count(),
        corrected=put_right.count(),
        rejected=decided.filter(state=State.REJECTED).count(),
    )
