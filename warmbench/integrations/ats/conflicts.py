"""Lets a person decide where a system and we changed the same thing about somebody."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.people import editing
from warmbench.people.differences import PLACE
from warmbench.people.models import Conflict

State = Conflict.State


@transaction.atomic
def put_ours_back(conflict_id: int, *, by_id: int, now: datetime) -> bool:
    """Let our value stand again, until the system changes that field once more. The parts of a
    place go together. Returns False if somebody settled it already."""
    found = _open(conflict_id)
    if not found:
        return False
    right = {one.field: one.ours for one in found}
    if found[0].field in PLACE:
        right["time_zone"] = ""
    editing.correct(found[0].record.candidate_id, right, by_id=by_id, now=now)
    _settle(found, State.OURS, by_id=by_id, now=now)
    return True


@transaction.atomic
def leave_theirs(conflict_id: int, *, by_id: int, now: datetime) -> bool:
    """Let the system's value stand. Returns False if somebody settled it already."""
    found = _open(conflict_id)
    _settle(found, State.THEIRS, by_id=by_id, now=now)
    return bool(found)


def _open(conflict_id: int) -> Sequence[Conflict]:
    """The conflict, and those that go with it, if it is open."""
    waiting = Conflict.objects.select_for_update(no_key=True, of=("self",)).filter(state=State.OPEN)
    one = waiting.select_related("record").filter(pk=conflict_id).first()
    if one is None:
        return []
    if one.field not in PLACE:
        return [one]
    same = waiting.select_related("record").filter(record=one.record_id, field__in=PLACE)
    return list(same.order_by("pk"))


def _settle(found: Sequence[Conflict], state: str, *, by_id: int, now: datetime) -> None:
    ids = [one.pk for one in found]
    Conflict.objects.filter(pk__in=ids).update(state=state, settled_at=now, settled_by_id=by_id)
    for one in found:
        detail: dict[str, object] = {"field": one.field, "kept": str(state)}
        subject = f"candidate:{one.record.candidate_id}"
        audit.record(by_id, "candidate.conflict_settled", subject, now=now, detail=detail)
