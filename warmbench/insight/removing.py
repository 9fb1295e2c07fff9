"""Takes a text away that should not have been kept, with everything that was read in it."""

from datetime import datetime

from django.db import transaction

from warmbench.insight import recording, stopping
from warmbench.insight.kinds import Kind
from warmbench.insight.models import Insight, Source
from warmbench.people import candidates


class NotRemovedError(ValueError):
    """A text cannot be taken away: one sentence on why."""


@transaction.atomic
def remove(source_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Take a text away with its facts, and what followed from them but stops. Returns False if it
    is not there any more. Raises NotRemovedError for one that stops somebody's messages: the words
    that it stands on have to stay, until a person lifts it."""
    people = list(Source.objects.filter(pk=source_id).values_list("people__candidate", flat=True))
    # People before the text, as whoever reads it locks.
    candidates.lock(sorted(pk for pk in people if pk))
    source = Source.objects.select_for_update(no_key=True).filter(pk=source_id).first()
    if source is None:
        return False
    stops = source.insights.filter(kind=Kind.STOP)
    if any(_still_stops(one, now=now) for one in stops):
        raise NotRemovedError("By this text somebody is left alone. Reject that and lift it first.")
    return recording.take_away(source_id, by_id=by_id, now=now)


def _still_stops(one: Insight, *, now: datetime) -> bool:
    is_confirmed = one.state == Insight.State.CONFIRMED
    return is_confirmed or stopping.effect(one, now=now).is_there
