"""Adds one person whom nobody here knew: by a program's word, or by a recruiter's hand.

Files are loaded by ``people.imports``, many at a time and compared with all we know. Here whoever
might be known already is refused instead, with the number under which we know them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from warmbench.core import audit, sql
from warmbench.people import candidates, editing, hashes
from warmbench.people.models import Candidate, Channel, ContactPoint, SuppressionHash

#: Any number, as long as it stays the same: of two who add the same person, one waits.
_LOCK = 0x57A2F


class KnownError(ValueError):
    """We know this person already. ``candidate_id`` is who it is."""

    def __init__(self, candidate_id: int, by: str) -> None:
        super().__init__(f"Candidate {candidate_id} has this {by} already.")
        self.candidate_id = candidate_id


@transaction.atomic
def add(
    facts: Mapping[str, str],
    *,
    addresses: Sequence[tuple[Channel, str]],
    source: str,
    external_id: str,
    owner_id: int | None,
    by_id: int | None,
    now: datetime,
) -> Candidate:
    """A new candidate, who is passive, with these facts and addresses, the first of a kind first.

    Raises KnownError for somebody whom we know by one of the addresses or by the source's own id,
    and NotAnAddressError, also for somebody who was erased and stays so.
    """
    hashes.hold()
    sql.run("SELECT pg_advisory_xact_lock(%s::bigint)", [_LOCK])
    _refuse_known_id(source, external_id)
    candidate = Candidate.objects.create(
        source=source,
        external_id=external_id,
        owner_id=owner_id,
        status_since=now,
        added_at=now,
        changed_at=now,
    )
    audit.record(by_id, "candidate.added", f"candidate:{candidate.pk}", now=now)
    editing.correct(candidate.pk, {"time_zone": "", **facts}, by_id=by_id, now=now)
    for channel, address in addresses:
        editing.add_address(
            candidate.pk, address, channel=channel, by_id=by_id, now=now, source=source
        )
    _refuse_known_addresses(candidate.pk)
    candidate.refresh_from_db()
    return candidate


def _refuse_known_id(source: str, external_id: str) -> None:
    if not external_id:
        return
    known = Candidate.objects.filter(candidates.called(source=source, external_id=external_id))
    if (found := known.values_list("pk", flat=True).first()) is not None:
        raise KnownError(found, "id")
    digest = hashes.of_external_id(source, external_id)
    erased = SuppressionHash.objects.filter(digest=digest, reason=hashes.Reason.ERASED).first()
    if erased is not None:
        when = f"{erased.at:%-d %B %Y}"
        raise editing.NotAnAddressError(f"Who had this id was erased on {when} and stays so.")


def _refuse_known_addresses(candidate_id: int) -> None:
    mine = ContactPoint.objects.filter(candidate=candidate_id).values("channel", "address")
    for point in mine:
        others = ContactPoint.objects.filter(**point).exclude(candidate=candidate_id)
        if (found := others.values_list("candidate", flat=True).first()) is not None:
            is_mail = point["channel"] == Channel.EMAIL
            raise KnownError(found, "e-mail address" if is_mail else "number")
