"""What a candidate permits and forbids: recording it, with everything that must hold at once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.people.models import Candidate, Channel, Consent, ContactPoint, Suppression


@dataclass(frozen=True, kw_only=True)
class CandidateSuppressed(Event):
    """Somebody must not be written to any more."""

    candidate_ids: list[int]
    reason: str


@dataclass(frozen=True, kw_only=True)
class PermissionChanged(Event):
    """There is another ground to write to somebody, or none any more, or a stop was lifted."""

    candidate_ids: list[int]


@transaction.atomic
def suppress(
    candidate_id: int,
    *,
    reason: Suppression.Reason,
    now: datetime,
    evidence: str = "",
    by_id: int | None = None,
    address: str = "",
    channel: Channel | None = None,
) -> bool:
    """Never write to this person again, on any channel or on one. Returns whether that is new.

    With ``address``, whoever else has that address is covered too: it is the same reader.
    Once this has committed no hand-over to them begins. Repeating it changes nothing.
    """
    Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    standing = Suppression.objects.filter(
        candidate_id=candidate_id,
        reason=reason,
        releases=None,
        released_by=None,
        address=address,
        channel__in=["", channel or ""],
    )
    if standing.exists():
        return False
    Suppression.objects.create(
        candidate_id=candidate_id,
        address=address,
        channel=channel or "",
        reason=reason,
        evidence=evidence,
        by_id=by_id,
        at=now,
    )
    detail: dict[str, object] = {"reason": str(reason), "channel": str(channel or "all")}
    audit.record(by_id, "candidate.suppressed", f"candidate:{candidate_id}", detail=detail, now=now)
    publish(CandidateSuppressed(candidate_ids=[candidate_id], reason=reason))
    return True


@transaction.atomic
def release(suppression_id: int, *, by_id: int, now: datetime) -> bool:
    """Take a recruiter's own manual stop back. Returns whether there was one to take back.

    What a candidate asked for cannot be taken back by us: the database refuses it.
    """
    stop = Suppression.objects.filter(
        pk=suppression_id, reason=Suppression.Reason.MANUAL, releases=None, released_by=None
    ).first()
    if stop is None:
        return False
    Suppression.objects.create(
        candidate_id=stop.candidate_id,
        address=stop.address,
        channel=stop.channel,
        reason=stop.reason,
        by_id=by_id,
        at=now,
        releases=stop,
    )
    audit.record(by_id, "suppression.released", f"suppression:{stop.pk}", detail={}, now=now)
    if stop.candidate_id is not None:
        publish(PermissionChanged(candidate_ids=[stop.candidate_id]))
    return True


@transaction.atomic
def mark_address_dead(address: str, *, evidence: str, now: datetime) -> list[int]:
    """Never use this address again, whoever has it. Returns the candidates concerned, who
    may still be reached at their other addresses."""
    points = ContactPoint.objects.filter(address=address)
    points.update(standing=ContactPoint.Standing.DEAD)
    if not Suppression.objects.filter(
        address=address, reason=Suppression.Reason.ADDRESS_DEAD
    ).exists():
        Suppression.objects.create(
            address=address, reason=Suppression.Reason.ADDRESS_DEAD, evidence=evidence, at=now
        )
    return list(points.values_list("candidate_id", flat=True))


@transaction.atomic
def record(
    candidate_id: int,
    *,
    basis: Consent.Basis,
    evidence: str,
    now: datetime,
    channel: Channel = Channel.EMAIL,
    source: str = "",
) -> None:
    """Write down on what ground a person may be written to, or that it is withdrawn."""
    Consent.objects.create(
        candidate_id=candidate_id,
        channel=channel,
        basis=basis,
        evidence=evidence,
        source=source,
        at=now,
    )
    publish(PermissionChanged(candidate_ids=[candidate_id]))
