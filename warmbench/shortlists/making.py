"""Makes shortlists: finds people, ranks them by an approved profile, keeps what was said."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from warmbench.core import audit, sql
from warmbench.people import off_limits
from warmbench.shortlists import (
    choosing,
    frozen,
    lawful,
    learning,
    people_known,
    profiles,
    reach,
    retrieval,
    sentences_known,
)
from warmbench.shortlists.choosing import USUAL_RISK
from warmbench.shortlists.dossier import Dossier
from warmbench.shortlists.models import (
    ProfileVersion,
    RankingRecord,
    Shortlist,
    ShortlistEntry,
)
from warmbench.shortlists.requirements import Spec
from warmbench.shortlists.retrieval import Out
from warmbench.shortlists.verdict import MOST, USUAL_SIZE, Judged, Left, Listed, Ranked

Place, State = ShortlistEntry.Place, Shortlist.State
#: Of how many people, the best by their facts, texts are taken apart.
_CLOSER = 60


class MakeError(ValueError):
    """No list can be made or changed so. The message is for the person who tried."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A ranking that is to be kept."""

    version: ProfileVersion
    ranked: Ranked
    everybody: Sequence[Judged]
    left_out: Counter[str]
    client: str


def make(
    profile_id: int,
    *,
    by_id: int | None,
    now: datetime,
    size: int = USUAL_SIZE,
    risk: float = USUAL_RISK,
) -> Shortlist:
    """A draft of a shortlist by the version of the profile that is in force, or of why nobody is
    on it.

    Each call makes a list of its own, also two at once. Nobody is written to. Raises MakeError.
    """
    _check(size, risk)
    made = _rank(profile_id, size=size, risk=risk, now=now)
    with transaction.atomic():
        profile = profiles.hold(profile_id)
        # Under the lock: two lists at once do not get one number.
        before = Shortlist.objects.filter(version__profile=profile_id).aggregate(Max("number"))
        shortlist = Shortlist.objects.create(
            version=made.version,
            role_id=profile.role_id,
            number=(before["number__max"] or 0) + 1,
            made_by_id=by_id,
            made_at=now,
            **_told_of(made),
        )
        _keep(shortlist, made, now=now)
        audit.record(by_id, "shortlist.made", _subject(shortlist.pk), now=now, detail=_detail(made))
    return shortlist


def refresh(
    shortlist_id: int,
    *,
    by_id: int | None,
    now: datetime,
    size: int = USUAL_SIZE,
    risk: float | None = None,
) -> Shortlist:
    """Make a draft anew, by the version in force now and by what is known now. Whom a recruiter
    took off stays off. Raises MakeError for a list that was shared, and where nobody can be
    ranked."""
    shortlist = Shortlist.objects.select_related("version").get(pk=shortlist_id)
    removed = _removed(shortlist_id)
    allowed = shortlist.risk if risk is None else risk
    _check(size, allowed)
    made = _rank(
        shortlist.version.profile_id,
        size=size,
        risk=allowed,
        now=now,
        without={pk for pk, *_ in removed},
    )
    with transaction.atomic():
        shortlist = _draft(shortlist_id)
        # What somebody took off, or put back, meanwhile is their last word.
        if _removed(shortlist_id) != removed:
            raise MakeError("Somebody changed this list meanwhile: look at it, and try again.")
        shortlist.entries.filter(removed_at=None).delete()
        for name, value in {"version": made.version, "made_at": now, **_told_of(made)}.items():
            setattr(shortlist, name, value)
        shortlist.made_by_id = by_id
        shortlist.save(update_fields=["version", "made_at", "made_by", *_told_of(made)])
        _keep(shortlist, made, now=now)
        audit.record(
            by_id, "shortlist.made_anew", _subject(shortlist_id), now=now, detail=_detail(made)
        )
    return shortlist


@transaction.atomic
def remove(entry_id: int, *, why: str, by_id: int | None, now: datetime) -> bool:
    """Take somebody off a draft, with the reason; a new ranking of it leaves them off, too. Returns
    whether they were on it. Raises MakeError for a list that was shared, and without a reason."""
    reason = " ".join(why.replace("\0", "").split())[:300]
    if not reason:
        raise MakeError("Say why: without a reason nobody can check it, or learn from it.")
    entry = _entry_of_draft(entry_id)
    if entry.removed_at is not None:
        return False
    entry.removed_at, entry.removed_why = now, reason
    entry.save(update_fields=["removed_at", "removed_why"])
    about, detail = _subject(entry.shortlist_id), {"entry": entry_id}
    audit.record(by_id, "shortlist.entry_removed", about, now=now, detail=dict(detail))
    return True


@transaction.atomic
def restore(entry_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Put somebody back on a draft. Returns whether they had been taken off. Raises MakeError for a
    list that was shared, or that was made anew since and is full."""
    entry = _entry_of_draft(entry_id)
    if entry.removed_at is None:
        return False
    on_it = ShortlistEntry.objects.filter(shortlist=entry.shortlist_id, removed_at=None)
    if entry.place == Place.LISTED and on_it.filter(place=Place.LISTED).count() >= MOST:
        raise MakeError(f"A shortlist has {MOST} people at most: take somebody else off first.")
    entry.removed_at, entry.removed_why = None, ""
    entry.save(update_fields=["removed_at", "removed_why"])
    about, detail = _subject(entry.shortlist_id), {"entry": entry_id}
    audit.record(by_id, "shortlist.entry_restored", about, now=now, detail=dict(detail))
    return True


@transaction.atomic
def close(shortlist_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Take no more answers to a shared list. Returns whether it took some before. Raises MakeError
    for a draft, which nobody answers."""
    shortlist = Shortlist.objects.select_for_update(no_key=True).get(pk=shortlist_id)
    if shortlist.state == State.DRAFT:
        raise MakeError("This list is a draft: nobody answers it yet.")
    if shortlist.state == State.CLOSED:
        return False
    shortlist.state, shortlist.closed_at = State.CLOSED, now
    shortlist.save(update_fields=["state", "closed_at"])
    audit.record(by_id, "shortlist.closed", _subject(shortlist_id), now=now)
    return True


@transaction.atomic
def throw_away(shortlist_id: int, *, by_id: int | None, now: datetime) -> None:
    """Delete a draft; the records of its ranking stay, as the law asks. Raises MakeError for a
    list that was shared."""
    _draft(shortlist_id).delete()
    audit.record(by_id, "shortlist.thrown_away", _subject(shortlist_id), now=now)


def judged(entry: ShortlistEntry) -> Judged | Listed | Left:
    """What was said of somebody when the list was made."""
    return frozen.heard(entry.told)


def _check(size: int, risk: float) -> None:
    if not 1 <= size <= MOST:
        raise MakeError(f"A shortlist has between 1 and {MOST} people.")
    if not 0 < risk < 1:
        raise MakeError("The risk is a share: more than 0 and less than 1.")


def _rank(
    profile_id: int,
    *,
    size: int,
    risk: float,
    now: datetime,
    without: Collection[int] = (),
) -> _Made:
    version = profiles.current(profile_id)
    if version is None:
        raise MakeError("Nobody has approved this profile yet.")
    profile = version.profile
    if profile.retired_at is not None:
        raise MakeError("This profile is retired.")
    spec = profiles.spec_of(version)
    found = retrieval.find(spec, role_id=profile.role_id, now=now, without=without)
    known = people_known.dossiers(found.ids, now=now)
    free = [one for one in known.values() if not _refused(one, spec, profile.role_id)]
    left_out = found.left_out + Counter({Out.REFUSED.value: len(known) - len(free)})
    everybody = _ranking(spec, free, now=now)
    model = learning.model_of(profile_id)
    ranked = choosing.listing(spec, everybody, size=size, risk=risk, model=model)
    return _Made(version, ranked, everybody, +left_out, spec.company)


def _ranking(spec: Spec, known: Sequence[Dossier], *, now: datetime) -> tuple[Judged, ...]:
    """All of them, the best first; those who come near also by what texts say of them."""
    quick = choosing.ranking(spec, known, today=now.date(), is_quick=True)
    near = [int(one.key) for one in quick if not one.conflicts][:_CLOSER]
    by_id = {int(one.key): one for one in known}
    told = sentences_known.added({pk: by_id[pk] for pk in near})
    whole = by_id | told
    return choosing.ranking(spec, whole.values(), today=now.date())


def _refused(one: Dossier, spec: Spec, role_id: int | None) -> bool:
    """Whether they said no to this role, or to its client, however either is spelled."""
    client = off_limits.key(spec.company)
    if role_id in one.refused_role_ids:
        return True
    return bool(client) and client in map(off_limits.key, one.refused_employers)


def _told_of(made: _Made) -> dict[str, object]:
    """The columns of a list that tell how it came about."""
    return {
        "engine": made.ranked.engine,
        "risk": made.ranked.risk,
        "considered": made.ranked.considered,
        "abstained": made.ranked.abstained,
        "left_out": dict(sorted(made.left_out.items())),
    }


def _keep(shortlist: Shortlist, made: _Made, *, now: datetime) -> None:
    """Keep who is on it, who is not and why, and the record of everybody who was ranked."""
    here = _hold([int(one.key) for one in made.everybody])
    named: list[Listed | Left] = [*made.ranked.listed, *made.ranked.left]
    named = [one for one in named if int(one.judged.key) in here]
    beside = reach.of([int(one.judged.key) for one in named], company=made.client, now=now)
    removed = {pk for pk, *_ in _removed(shortlist.pk)}
    rows = [
        *_entries(
            shortlist, [one for one in named if isinstance(one, Listed)], Place.LISTED, beside
        ),
        *_entries(shortlist, [one for one in named if isinstance(one, Left)], Place.LEFT, beside),
    ]
    ShortlistEntry.objects.bulk_create(one for one in rows if one.candidate_id not in removed)
    places = {one.candidate_id: str(one.place) for one in rows}
    laws = lawful.laws_to_keep_by(here, now=now)
    RankingRecord.objects.bulk_create(
        (
            RankingRecord(
                shortlist=shortlist,
                candidate_id=int(one.key),
                version=made.version,
                engine=made.ranked.engine,
                place=places.get(int(one.key), "considered"),
                score=one.score,
                confidence=one.confidence,
                features=one.features,
                law=laws.get(int(one.key), ""),
                at=now,
            )
            for one in made.everybody
            if int(one.key) in here
        ),
        batch_size=1000,
    )


def _entries(
    shortlist: Shortlist,
    named: Iterable[Listed | Left],
    place: ShortlistEntry.Place,
    beside: dict[int, dict[str, object]],
) -> list[ShortlistEntry]:
    return [
        ShortlistEntry(
            shortlist=shortlist,
            candidate_id=int(one.judged.key),
            place=place,
            rank=rank,
            confidence=one.judged.confidence,
            score=one.judged.score,
            told=frozen.told(one),
            reach=beside[int(one.judged.key)],
        )
        for rank, one in enumerate(named, start=1)
    ]


def _hold(candidate_ids: Sequence[int]) -> set[int]:
    """Those of these people who are still there, and stay so until this transaction ends."""
    query = "SELECT id FROM candidate WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR KEY SHARE"
    return {pk for (pk,) in sql.run(query, {"ids": list(candidate_ids)})}


def _removed(shortlist_id: int) -> list[tuple[int, datetime | None]]:
    taken_off = ShortlistEntry.objects.filter(shortlist=shortlist_id, removed_at__isnull=False)
    return list(taken_off.order_by("pk").values_list("candidate_id", "removed_at"))


def _draft(shortlist_id: int) -> Shortlist:
    """A list that may be changed, locked: whoever shares it waits, or was faster."""
    shortlist = Shortlist.objects.select_for_update(no_key=True).get(pk=shortlist_id)
    if shortlist.state != State.DRAFT:
        raise MakeError("This list was shared and stays as it is: make another one.")
    return shortlist


def _entry_of_draft(entry_id: int) -> ShortlistEntry:
    shortlist_id = ShortlistEntry.objects.values_list("shortlist_id", flat=True).get(pk=entry_id)
    _draft(shortlist_id)
    return ShortlistEntry.objects.select_for_update(no_key=True).get(pk=entry_id)


def _detail(made: _Made) -> dict[str, object]:
    return {
        "version": made.version.number,
        "engine": made.ranked.engine,
        "listed": len(made.ranked.listed),
        "considered": made.ranked.considered,
    }


def _subject(shortlist_id: int) -> str:
    return f"shortlist:{shortlist_id}"
