"""What a candidate permits and forbids: recording it, with everything that must hold at once."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.people import balancing, journal, merged
from warmbench.people.models import (
    Candidate,
    Channel,
    Consent,
    ContactPoint,
    Purpose,
    Suppression,
)


@dataclass(frozen=True, kw_only=True)
class CandidateSuppressed(Event):
    """Somebody must not be written to any more."""

    candidate_ids: list[int]
    reason: str


@dataclass(frozen=True, kw_only=True)
class PermissionChanged(Event):
    """There is another ground to write to somebody, or none any more, or a stop was lifted."""

    candidate_ids: list[int]


@dataclass(frozen=True, slots=True)
class Proof:
    """How a permission came about, for whoever has to prove it one day: rules.md C26."""

    #: Whose word or which file it is.
    source: str = ""
    how: str = Consent.How.UNKNOWN
    #: The version of the words that were agreed to.
    wording: str = ""
    #: As ``core.networks.prefix`` makes it.
    ip_prefix: str = ""
    #: The mail that says so.
    inbound_id: int | None = None
    #: Who wrote it down.
    by_id: int | None = None
    #: When what it rests on was alive last, if that was earlier.
    since: datetime | None = None


_NO_PROOF = Proof()

#: How the evidence of a stop begins that somebody asked for by a text.
BY_TEXT = "By text:"


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
    known = _lock_concerned(candidate_id, address)
    if known is None:
        return False
    candidate_id = known
    standing = Suppression.objects.filter(
        candidate_id=candidate_id,
        reason=reason,
        releases=None,
        released_by=None,
        address=address,
        channel__in=["", channel or ""],
    )
    if reason == Suppression.Reason.MANUAL:
        # Each can be taken back: one that is takes none of the others with it.
        standing = standing.filter(evidence=evidence)
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
    kind = journal.Kind(reason.value) if reason.value in journal.SAID else None
    if kind is not None:
        journal.note([candidate_id], kind, channel=channel or "", address=address, now=now)
    detail: dict[str, object] = {"reason": str(reason), "channel": str(channel or "all")}
    audit.record(by_id, "candidate.suppressed", f"candidate:{candidate_id}", detail=detail, now=now)
    publish(CandidateSuppressed(candidate_ids=[candidate_id], reason=reason))
    return True


@transaction.atomic
def suppress_number(number: str, *, evidence: str, now: datetime) -> bool:
    """Never write to whoever has this number, though nobody whom we know has it yet. Returns
    whether that is new."""
    known = Suppression.objects.filter(
        address=number, reason=Suppression.Reason.UNSUBSCRIBED, releases=None, released_by=None
    )
    if known.exists():
        return False
    Suppression.objects.create(
        address=number, reason=Suppression.Reason.UNSUBSCRIBED, evidence=evidence, at=now
    )
    journal.note_address(number, journal.Kind.UNSUBSCRIBED, now=now)
    return True


def _lock_concerned(candidate_id: int, address: str) -> int | None:
    """Lock everybody whom a stop concerns. Returns under which id the person is known: their
    record may have gone up in another one a moment before it was held. None if nobody is left."""
    return merged.held_by(lambda pk: pk in _lock_readers(pk, address), candidate_id)


def _lock_readers(candidate_id: int, address: str) -> list[int]:
    """Lock everybody whom a stop concerns, in one order: two people with one address who leave
    in the same moment would else wait for each other. Returns those who are there."""
    concerned = Q(pk=candidate_id)
    if address:
        points = ContactPoint.objects.filter(address=address)
        concerned |= Q(pk__in=points.values("candidate"))
    people = Candidate.objects.select_for_update(no_key=True).filter(concerned)
    return list(people.order_by("pk").values_list("pk", flat=True))


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
def begin_texts_again(
    candidate_id: int, *, number: str, evidence: str, proof: Proof, now: datetime
) -> bool:
    """Let texts go to this person again, because a text of theirs from ``number`` says so
    (rules.md C4).

    Returns whether they had stopped them by a text from there: nothing else is lifted by this, and
    for nothing but texts. Their word is kept as a consent.
    """
    Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    stops = Suppression.objects.filter(
        candidate_id=candidate_id,
        channel=Channel.SMS,
        reason=Suppression.Reason.UNSUBSCRIBED,
        evidence__startswith=BY_TEXT,
        # Another number of theirs may be somebody else's: two records can be merged by mistake.
        address__in=["", number],
        releases=None,
        released_by=None,
    )
    lifted = list(stops)
    for stop in lifted:
        Suppression.objects.create(
            candidate_id=candidate_id,
            address=stop.address,
            channel=stop.channel,
            reason=stop.reason,
            evidence=evidence,
            at=now,
            releases=stop,
        )
        audit.record(None, "suppression.released", f"suppression:{stop.pk}", detail={}, now=now)
    if lifted:
        record(
            candidate_id,
            basis=Consent.Basis.CONSENT,
            channel=Channel.SMS,
            evidence=evidence,
            proof=proof,
            now=now,
        )
    return bool(lifted)


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
    purpose: str = "",
    proof: Proof = _NO_PROOF,
) -> None:
    """Write down on what ground a person may be written to, or that it is withdrawn.

    A legitimate interest names the balancing test that holds at this moment. ``purpose`` is one
    of ``Purpose``; blank speaks for all messages, and never for recording opens.
    """
    weighed = balancing.current() if basis == Consent.Basis.LEGITIMATE_INTEREST else None
    Consent.objects.create(
        candidate_id=candidate_id,
        channel=channel,
        purpose=purpose,
        basis=basis,
        evidence=evidence,
        balancing_test=weighed,
        at=now,
        **asdict(proof),
    )
    if basis == Consent.Basis.WITHDRAWN:
        kind = journal.Kind.WITHDRAWN
        journal.note([candidate_id], kind, channel=channel, purpose=purpose, now=now)
    publish(PermissionChanged(candidate_ids=[candidate_id]))


def may_record_opens(candidate_id: int, *, now: datetime) -> bool:
    """Whether this person agreed to it, in so many words, that we record which mails she opens.

    The last word counts, also one that withdraws everything; no other consent implies this one
    (CNIL, deliberation 2026-042). False by default.
    """
    said = Consent.objects.filter(candidate=candidate_id, channel=Channel.EMAIL)
    last = (
        said.filter(Q(purpose=Purpose.PIXEL) | Q(purpose="", basis=Consent.Basis.WITHDRAWN))
        .order_by("-at", "-pk")
        .first()
    )
    if last is None or last.basis != Consent.Basis.CONSENT:
        return False
    return last.expires_at is None or last.expires_at > now


@transaction.atomic
def say_about_opens(
    candidate_id: int, *, agrees: bool, evidence: str, proof: Proof, now: datetime
) -> bool:
    """Take down whether somebody agrees that we record which mails she opens. Returns whether
    that is news; saying it again changes nothing."""
    people = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id)
    if not people.exists() or may_record_opens(candidate_id, now=now) == agrees:
        return False
    record(
        candidate_id,
        basis=Consent.Basis.CONSENT if agrees else Consent.Basis.WITHDRAWN,
        purpose=Purpose.PIXEL,
        evidence=evidence,
        proof=proof,
        now=now,
    )
    return True
