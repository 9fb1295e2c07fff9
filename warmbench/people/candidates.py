"""What happens to candidates by our hand or at their own word: status, pauses, owner, talks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import models, transaction
from django.db.models import F, Q

from warmbench.core import audit, sql, tallies
from warmbench.core.events import Event, publish
from warmbench.people.models import Candidate, CandidateRecord

_OWNED = "owned"
#: Ids in one event: a reaction to it is one job.
EVENT_SIZE = 5_000


@dataclass(frozen=True, kw_only=True)
class CandidatesChanged(Event):
    """Facts about people changed, on which pools and lists may depend."""

    candidate_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class CandidateStatusChanged(Event):
    """Where somebody stands with us, or on the market, is another now."""

    candidate_ids: list[int]
    status: str


@dataclass(frozen=True, kw_only=True)
class CandidatesHandedOver(Event):
    """People have another owner, or none any more."""

    candidate_ids: list[int]
    to_id: int | None


@dataclass(frozen=True, kw_only=True)
class ConversationRecorded(Event):
    """What was talked about with somebody last is on record, with a note of it."""

    candidate_id: int
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class ConversationTakenBack(Event):
    """A conversation that was on record, with a note of it, was none."""

    candidate_id: int
    on: str
    #: ``Conversation.mark`` of it.
    mark: str


class PauseReason(models.TextChoices):
    """Why automation holds still for a person."""

    REPLIED = "replied", "Replied"
    BOOKED = "booked", "Booked a talk"
    ASKED = "asked", "Asked us to pause"
    RECRUITER = "recruiter", "Paused by a recruiter"
    ABSENT = "absent", "Out of office"
    GONE = "gone", "Deleted in a system that we rely on"
    UNCLEAR = "unclear", "May be placed, says a system that we rely on"
    RETENTION = "retention", "Not heard from for longer than we may keep them"


@transaction.atomic
def change_status(
    candidate_id: int,
    status: Candidate.Status,
    *,
    now: datetime,
    by_id: int | None = None,
    evidence: str = "",
) -> bool:
    """Give a candidate another status. Returns whether it was another.

    From the commit on the last gate knows of it; a candidate who was placed a second ago
    gets nothing more.
    """
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate_id)
    if candidate.status == status:
        return False
    Candidate.objects.filter(pk=candidate_id).update(
        status=status, status_since=now, changed_at=now
    )
    audit.record(
        by_id,
        "candidate.status_changed",
        f"candidate:{candidate_id}",
        now=now,
        detail={"from": candidate.status, "to": str(status), "evidence": evidence},
    )
    publish(CandidateStatusChanged(candidate_ids=[candidate_id], status=status))
    publish(CandidatesChanged(candidate_ids=[candidate_id]))
    return True


def change_statuses(
    changes: Mapping[int, Candidate.Status], *, now: datetime, evidence: str
) -> list[int]:
    """Give each of these candidates a status, on a system's word. Returns those for whom it is
    another. In the caller's transaction, in which they are locked: see ``lock``."""
    by_status: dict[Candidate.Status, list[int]] = {}
    for candidate_id, status in changes.items():
        by_status.setdefault(status, []).append(candidate_id)
    changed: list[int] = []
    for status, ids in by_status.items():
        others = Candidate.objects.filter(pk__in=ids).exclude(status=status)
        moved = sorted(others.values_list("pk", flat=True))
        Candidate.objects.filter(pk__in=moved).update(
            status=status, status_since=now, changed_at=now
        )
        detail: dict[str, object] = {"to": str(status), "evidence": evidence}
        subjects = [f"candidate:{candidate_id}" for candidate_id in moved]
        audit.record_each(None, "candidate.status_changed", subjects, now=now, detail=detail)
        changed += moved
        for at in range(0, len(moved), EVENT_SIZE):
            piece = moved[at : at + EVENT_SIZE]
            publish(CandidateStatusChanged(candidate_ids=piece, status=status))
            publish(CandidatesChanged(candidate_ids=piece))
    return changed


@transaction.atomic
def pause(
    candidate_ids: Sequence[int],
    *,
    reason: PauseReason,
    now: datetime,
    until: datetime | None = None,
    by_id: int | None = None,
) -> list[int]:
    """Hold automation still for these people, until a moment or until somebody resumes it.

    A pause gives way to a longer one, and to another for the same reason, never to a
    shorter one for another reason. What they asked for themselves is kept in any case: see
    ``resume``. Returns those for whom something changed.
    """
    people = lock(candidate_ids)
    changed = [c.pk for c in people if _gives_way(c, reason, until, now=now)]
    if reason == PauseReason.ASKED:
        Candidate.objects.filter(pk__in=[c.pk for c in people]).update(asked_until=until)
    Candidate.objects.filter(pk__in=changed).update(
        paused_at=now, paused_until=until, pause_reason=reason
    )
    for candidate_id in changed:
        _record_pause(candidate_id, reason, until, by_id=by_id, now=now)
    return changed


@transaction.atomic
def resume(
    candidate_ids: Sequence[int],
    *,
    now: datetime,
    by_id: int | None = None,
    only: PauseReason | None = None,
) -> list[int]:
    """Let automation go on. With ``only``, end no pause that has another reason.

    Whoever asked for a pause that lasts longer than the one that ends has theirs then. Returns
    those for whom automation goes on.
    """
    people = lock(candidate_ids)
    if only == PauseReason.ASKED:
        Candidate.objects.filter(pk__in=[c.pk for c in people]).update(asked_until=None)
    ending = [
        c for c in people if c.paused_at is not None and (only is None or c.pause_reason == only)
    ]
    theirs = {c.pk: c.asked_until for c in ending if _asks_still(c, now=now)}
    Candidate.objects.filter(pk__in=theirs).update(
        paused_at=now, paused_until=F("asked_until"), pause_reason=PauseReason.ASKED
    )
    for candidate_id, until in theirs.items():
        _record_pause(candidate_id, PauseReason.ASKED, until, by_id=by_id, now=now)
    free = [c.pk for c in ending if c.pk not in theirs]
    Candidate.objects.filter(pk__in=free).update(
        paused_at=None, paused_until=None, pause_reason="", asked_until=None
    )
    subjects = [f"candidate:{candidate_id}" for candidate_id in free]
    audit.record_each(by_id, "candidate.resumed", subjects, now=now)
    return free


@transaction.atomic
def hand_over(
    candidate_ids: Sequence[int], *, to_id: int | None, now: datetime, by_id: int | None
) -> list[int]:
    """Give people to another recruiter, or to nobody. Returns those who changed hands.

    Whom the one who gives them away has reserved is reserved for the new recruiter, or free; what
    a third recruiter has reserved stays theirs.
    """
    moved = {c.pk: c.owner_id for c in lock(candidate_ids) if c.owner_id != to_id}
    if not moved:
        return []
    giving = Candidate.objects.filter(pk__in=moved, reserved_by=F("owner"))
    if to_id is None:
        giving.update(reserved_by=None, reserved_until=None, reserved_for="")
    else:
        giving.update(reserved_by_id=to_id)
    Candidate.objects.filter(pk__in=moved).update(owner_id=to_id, changed_at=now)
    for candidate_id, from_id in moved.items():
        audit.record(
            by_id,
            "candidate.handed_over",
            f"candidate:{candidate_id}",
            now=now,
            detail={"from": from_id, "to": to_id},
        )
    publish(CandidatesHandedOver(candidate_ids=list(moved), to_id=to_id))
    publish(CandidatesChanged(candidate_ids=list(moved)))
    return list(moved)


@transaction.atomic
def record_conversation(
    candidate_id: int, *, on: date, topic: str, note: str, now: datetime, by_id: int | None
) -> bool:
    """Keep what was talked about last. Returns False for a talk older than the one we know."""
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate_id)
    if candidate.last_conversation_on is not None and candidate.last_conversation_on > on:
        return False
    Candidate.objects.filter(pk=candidate_id).update(
        last_conversation_on=on,
        last_conversation_topic=topic,
        last_conversation_note=note,
        changed_at=now,
    )
    # Not what was said: the trail outlives the person's data.
    audit.record(
        by_id,
        "candidate.conversation_recorded",
        f"candidate:{candidate_id}",
        now=now,
        detail={"on": on.isoformat()},
    )
    publish(CandidatesChanged(candidate_ids=[candidate_id]))
    if note.strip():
        publish(ConversationRecorded(candidate_id=candidate_id, by_id=by_id))
    return True


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was talked about last, and when; nothing, if there is no day."""

    on: date | None
    topic: str
    note: str

    @property
    def mark(self) -> str:
        """Tells its note from others of the day, without a word of it."""
        return sha256(self.note.encode()).hexdigest()[:16]

    @classmethod
    def of(cls, candidate: Candidate) -> "Conversation":
        """The last conversation with a candidate."""
        return cls(
            candidate.last_conversation_on,
            candidate.last_conversation_topic,
            candidate.last_conversation_note,
        )


@transaction.atomic
def take_back_conversation(
    candidate_id: int,
    recorded: Conversation,
    *,
    before: Conversation,
    now: datetime,
    by_id: int | None,
) -> bool:
    """Let the conversation before be the last one again. Returns False if another than the one
    that was recorded is the last by now."""
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate_id)
    if Conversation.of(candidate) != recorded:
        return False
    Candidate.objects.filter(pk=candidate_id).update(
        last_conversation_on=before.on,
        last_conversation_topic=before.topic,
        last_conversation_note=before.note,
        changed_at=now,
    )
    subject = f"candidate:{candidate_id}"
    audit.record(by_id, "candidate.conversation_taken_back", subject, now=now)
    publish(CandidatesChanged(candidate_ids=[candidate_id]))
    if recorded.on is not None and recorded.note.strip():
        publish(
            ConversationTakenBack(
                candidate_id=candidate_id, on=recorded.on.isoformat(), mark=recorded.mark
            )
        )
    return True


def is_paused(candidate: Candidate, *, now: datetime) -> bool:
    """Whether automation holds still for this person at this moment."""
    return candidate.paused_at is not None and (
        candidate.paused_until is None or candidate.paused_until > now
    )


def asked_until(candidate_id: int, *, now: datetime) -> datetime | None:
    """Until when this person asked us to hold still; None if they do not, or no longer."""
    found = Candidate.objects.filter(pk=candidate_id, asked_until__gt=now)
    return found.values_list("asked_until", flat=True).first()


def owned(*, now: datetime) -> dict[int, int] | None:
    """How many candidates each recruiter has, of those who have any; None while it is being
    counted."""
    tally = tallies.of(_OWNED, now=now)
    return None if tally is None else tally.answer


@tallies.question(_OWNED)
def _count_owned(*, now: datetime) -> dict[int, int]:  # noqa: ARG001
    query = "SELECT owner_id, count(*) FROM candidate WHERE owner_id IS NOT NULL GROUP BY 1"
    return dict(sql.run(query).fetchall())


def called(*, source: str = "", external_id: str = "") -> Q:
    """Whom a source knows, or calls so, as its file said or by a record of theirs in it: also one
    that went up in another here. Blank for any."""
    given = {"source": source, "external_id": external_id}
    said = {name: value for name, value in given.items() if value}
    records = CandidateRecord.objects.filter(**said)
    return Q(**said) | Q(pk__in=records.values("candidate"))


def lock(candidate_ids: Sequence[int]) -> list[Candidate]:
    """Lock these people until the transaction ends, and return them as they are then."""
    # In one order, whoever asks: two batches that overlap then wait instead of deadlocking.
    people = Candidate.objects.select_for_update(no_key=True).filter(pk__in=candidate_ids)
    return list(people.order_by("pk"))


def lock_statuses(candidate_ids: Collection[int]) -> dict[int, str]:
    """Lock these people like ``lock``, and return where they stand: much less to read."""
    people = Candidate.objects.select_for_update(no_key=True).filter(pk__in=candidate_ids)
    return dict(people.order_by("pk").values_list("pk", "status"))


def _asks_still(candidate: Candidate, *, now: datetime) -> bool:
    """Whether another pause stands in the place of one that they asked for and that lasts on."""
    asked = candidate.asked_until
    return candidate.pause_reason != PauseReason.ASKED and asked is not None and asked > now


def _record_pause(
    candidate_id: int,
    reason: PauseReason,
    until: datetime | None,
    *,
    by_id: int | None,
    now: datetime,
) -> None:
    detail: dict[str, object] = {"reason": str(reason), "until": until}
    audit.record(by_id, "candidate.paused", f"candidate:{candidate_id}", detail=detail, now=now)


def _gives_way(
    candidate: Candidate, reason: PauseReason, until: datetime | None, *, now: datetime
) -> bool:
    if not is_paused(candidate, now=now):
        return True
    if candidate.paused_until == until:
        return False
    if candidate.pause_reason == reason or until is None:
        return True
    return candidate.paused_until is not None and until > candidate.paused_until
