"""Writes down which facts of people hold, as ``insight.arbitration`` judges them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from warmbench.core import audit
from warmbench.insight import arbitration
from warmbench.insight.arbitration import Fact, Settled
from warmbench.insight.models import Insight, SourcePerson
from warmbench.people import candidates

State = Insight.State
#: What may hold again if what took its place is rejected.
_IN_PLAY = (State.PROPOSED, State.CONFIRMED, State.SUPERSEDED)


@transaction.atomic
def settle(candidate_ids: Collection[int], *, now: datetime) -> list[int]:
    """Let states of these people's facts follow from what is known of them now. Returns the facts
    whose state changed; repeated, it is none."""
    people = [one.pk for one in candidates.lock(sorted(set(candidate_ids)))]
    rows = _rows(people)
    changed: list[int] = []
    for mine in rows.values():
        superseded = arbitration.settle(map(fact, mine)).superseded
        for row in mine:
            state = State.SUPERSEDED if row.pk in superseded else _alone(row)
            over = superseded.get(row.pk)
            if (row.state, row.superseded_by_id) == (state, over):
                continue
            # Guarded: who decides about a fact in this moment holds its person, too.
            moved = Insight.objects.filter(pk=row.pk, state=row.state).update(
                state=state, superseded_by_id=over
            )
            changed += [row.pk] * moved
    subjects = [f"insight:{pk}" for pk in changed]
    audit.record_each(None, "insight.settled", subjects, now=now)
    return changed


@transaction.atomic
def part(candidate_ids: Collection[int]) -> int:
    """Give each of these people, whose records were one for a while, the facts that were read
    meanwhile in texts about them alone. Returns how many others' they were taken for."""
    people = {one.pk for one in candidates.lock(sorted(set(candidate_ids)))}
    strays = Insight.objects.filter(candidate__in=people).exclude(
        source__people__candidate=F("candidate")
    )
    moved = 0
    for row in strays.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        theirs = SourcePerson.objects.filter(source=row.source_id, candidate__in=people)
        whose = list(theirs.values_list("candidate_id", flat=True))
        if len(whose) == 1:
            moved += Insight.objects.filter(pk=row.pk).update(candidate_id=whose[0])
    return moved


def standing(candidate_ids: Collection[int]) -> dict[int, Settled]:
    """What holds of these people, and what contradicts, by candidate."""
    rows = _rows(candidate_ids)
    return {pk: arbitration.settle(map(fact, rows[pk])) for pk in candidate_ids}


def fact(row: Insight) -> Fact:
    """A row as arbitration sees it."""
    return Fact(
        id=row.pk,
        kind=row.kind,
        topic=row.topic,
        polarity=row.polarity,
        value=row.value,
        speaker=row.speaker,
        source_kind=row.source.kind,
        said_on=row.said_on,
        noted_at=row.at,
        confirmed_at=row.decided_at,
        is_from_outside=row.is_from_outside,
    )


def _rows(candidate_ids: Collection[int]) -> defaultdict[int, list[Insight]]:
    """The facts in play of each: none that a person put right, or that is read no more."""
    found: defaultdict[int, list[Insight]] = defaultdict(list)
    asked = Insight.objects.filter(candidate__in=list(candidate_ids), state__in=_IN_PLAY)
    asked = asked.select_related("source").defer("source__text").order_by("pk")
    corrections = Insight.objects.filter(candidate__in=list(candidate_ids), corrects__isnull=False)
    corrected = set(corrections.values_list("corrects_id", flat=True))
    for row in asked:
        is_read_no_more = row.state == State.SUPERSEDED and row.superseded_by_id is None
        if row.pk not in corrected and not is_read_no_more:
            found[row.candidate_id].append(row)
    return found


def _alone(row: Insight) -> Insight.State:
    """The state of a fact that nothing takes the place of."""
    return State.PROPOSED if row.decided_at is None else State.CONFIRMED
