"""Notices what changed about people, whichever source tells it, and writes it down once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from warmbench.core.deadlocks import gives_way
from warmbench.core.events import Event, publish
from warmbench.insight.models import Insight
from warmbench.people import candidates
from warmbench.people.models import Candidate, CandidateMerge
from warmbench.shortlists import seen, snapshots
from warmbench.shortlists.models import Change, Snapshot
from warmbench.shortlists.noted import Found, Word
from warmbench.shortlists.snapshots import Compared
from warmbench.signals.models import Signal

_TELLING = (
    *(Signal.Kind.MOVED, Signal.Kind.ADDRESS_DEAD, Signal.Kind.PROMOTED, Signal.Kind.LEARNED),
    Signal.Kind.PREFERENCES_UPDATED,
)
#: So many people are looked at in one transaction: a dozen statements, however many they are.
AT_ONCE = 500
#: So many first snapshots are taken, or days looked at, in one night.
A_NIGHT = 100_000


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event):
    """Something about people is other than before, and matters: these changes are new."""

    candidate_ids: list[int]
    change_ids: list[int]


def compare(candidate_ids: Collection[int], *, now: datetime) -> list[int]:
    """Compare what is said of these people now with what was known of them, and write down what
    changed. Returns the changes that are new; repeated, or in two places at once, it is none."""
    ids = sorted(set(candidate_ids))
    new: list[int] = []
    for at in range(0, len(ids), AT_ONCE):
        new += _compare(ids[at : at + AT_ONCE], now=now)
    return new


def tell_of_days(*, now: datetime) -> int:
    """Look at those for whom a day comes near today: one that they named, or years at one
    employer. Returns how many there were."""
    due = Snapshot.objects.filter(next_day__lte=now.date()).order_by("next_day", "pk")
    ids = list(due.values_list("pk", flat=True)[:A_NIGHT])
    compare(ids, now=now)
    return len(ids)


def take_first(*, now: datetime) -> int:
    """Take a snapshot of those of whom there is none, so that what changes next is noticed. Returns
    of how many."""
    without = Candidate.objects.filter(snapshot=None).order_by("pk")
    ids = list(without.values_list("pk", flat=True)[:A_NIGHT])
    compare(ids, now=now)
    return len(ids)


def told_by_signals(signal_ids: Collection[int]) -> list[int]:
    """Of whom these signals tell something that a comparison sees: signs that they left, and files
    of profiles. What they clicked is none."""
    telling = Signal.objects.filter(pk__in=list(signal_ids), kind__in=_TELLING)
    return sorted(set(telling.values_list("candidate_id", flat=True)))


@gives_way
@transaction.atomic
def _compare(ids: Sequence[int], *, now: datetime) -> list[int]:
    # Whoever compares, erases, merges or decides about facts of somebody holds them.
    people = candidates.lock(ids)
    before = Snapshot.objects.in_bulk([one.pk for one in people])
    words = seen.of(people, now=now)
    wrong = _wrong(before)
    _forget(wrong)
    joined = _joined(before)
    results = {
        one.pk: _result(
            before.get(one.pk), words[one.pk], wrong, is_joined=one.pk in joined, now=now
        )
        for one in people
    }
    _keep(before, results, joined, now=now)
    return _write({pk: result.changes for pk, result in results.items()}, now=now)


def _result(
    last: Snapshot | None,
    words: Iterable[Word],
    wrong: Collection[int],
    *,
    is_joined: bool,
    now: datetime,
) -> Compared:
    body = snapshots.without(last.body if last else None, wrong)
    look = snapshots.rebased if is_joined else snapshots.compare
    found = look(body, words, today=now.date())
    is_other = last is None or found.body != last.body
    return Compared(found.body, found.changes, found.next_day, is_other)


def _wrong(before: Mapping[int, Snapshot]) -> set[int]:
    """The facts behind what is known or was told that were rejected, put right, or are gone."""
    used = {pk for one in before.values() for pk in snapshots.insights(one.body)}
    told = Change.objects.filter(candidate__in=list(before), insight_id__isnull=False)
    used.update(row.insight_id for row in told if row.insight_id is not None)
    if not used:
        return set()
    corrections = Insight.objects.filter(corrects__in=used).values_list("corrects_id", flat=True)
    stands = Insight.objects.filter(pk__in=used).exclude(state=Insight.State.REJECTED)
    read_no_more = Q(state=Insight.State.SUPERSEDED, superseded_by=None)
    live = set(stands.exclude(read_no_more).values_list("pk", flat=True))
    return (used - live) | set(corrections)


def _forget(wrong: Collection[int]) -> None:
    """What was told on the ground of such facts was no change."""
    if wrong:
        Change.objects.filter(insight_id__in=wrong).delete()


def _joined(before: Mapping[int, Snapshot]) -> set[int]:
    """Whose records were merged or parted since their snapshot: what is other is no change."""
    if not before:
        return set()
    merges = CandidateMerge.objects.filter(kept__in=list(before))
    late = Q(at__gt=F("kept__snapshot__taken_at")) | Q(undone_at__gt=F("kept__snapshot__taken_at"))
    return set(merges.filter(late).values_list("kept_id", flat=True))


def _keep(
    before: Mapping[int, Snapshot],
    results: Mapping[int, Compared],
    joined: Collection[int],
    *,
    now: datetime,
) -> None:
    rows = [
        Snapshot(candidate_id=pk, body=result.body, next_day=result.next_day, taken_at=now)
        for pk, result in results.items()
        if result.is_other or pk in joined or before[pk].next_day != result.next_day
    ]
    Snapshot.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["candidate"],
        update_fields=["body", "next_day", "taken_at"],
    )


def _write(found: Mapping[int, Sequence[Found]], *, now: datetime) -> list[int]:
    """Write changes down that were not, and fill in what was told before they were clear."""
    drafts = {
        (pk, str(one.kind), one.key): _row(pk, one, now=now)
        for pk, all_ in found.items()
        for one in all_
    }
    if not drafts:
        return []
    people = {pk for pk, _, _ in drafts}
    known = {
        (one.candidate_id, one.kind, one.key): one
        for one in Change.objects.filter(candidate__in=people).select_for_update(no_key=True)
    }
    new = [row for mark, row in drafts.items() if mark not in known]
    clearer = [
        (known[mark], row)
        for mark, row in drafts.items()
        if mark in known and known[mark].after is None and row.after is not None
    ]
    for old, row in clearer:
        # It was told that they left; by now it is known where to.
        for name in _TOLD:
            setattr(old, name, getattr(row, name))
        old.save(update_fields=_TOLD)
    Change.objects.bulk_create(new)
    changed = [*new, *(old for old, _ in clearer)]
    if changed:
        publish(
            PersonChanged(
                candidate_ids=sorted({one.candidate_id for one in changed}),
                change_ids=sorted(one.pk for one in changed),
            )
        )
    return sorted(one.pk for one in new)


_TOLD = ["before", "after", "sentence", "quote", "insight_id", "on_day", "materiality"]


def _row(candidate_id: int, one: Found, *, now: datetime) -> Change:
    return Change(
        candidate_id=candidate_id,
        kind=one.kind,
        key=one.key,
        before=one.before,
        after=one.after,
        sentence=one.sentence,
        quote=one.quote,
        insight_id=one.insight_id,
        on_day=one.on_day,
        at=now,
        materiality=one.materiality,
    )
