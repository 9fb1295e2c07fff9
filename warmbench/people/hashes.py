"""Recognises addresses that we may not keep: by a keyed hash, whose key is not in the database."""

import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from warmbench.core import sql
from warmbench.people.models import (
    Candidate,
    CandidateRecord,
    Channel,
    ContactPoint,
    SuppressionHash,
)

Reason = SuppressionHash.Reason

#: Any number, as long as it stays the same. Who adds people or addresses shares it, who erases
#: has it alone: neither may miss what the other is doing.
_LOCK = 0x57A2E


def of_address(address: str, channel: str) -> str:
    """The hash of an address or number as ``ContactPoint`` keeps it."""
    return _hash(f"{channel}:{address}")


def of_external_id(source: str, external_id: str) -> str:
    """The hash of what a source calls a person; some are known by nothing else."""
    return _hash(f"id:{source}\n{external_id}")


def of_candidate(candidate_id: int) -> str:
    """The hash of an id, for records that must not name even that."""
    return _hash(f"candidate:{candidate_id}")


def of_people(candidate_ids: Collection[int]) -> dict[int, list[str]]:
    """Every hash by which these people can be recognised when they come again."""
    ids = list(candidate_ids)
    found: dict[int, list[str]] = {}
    known = Candidate.objects.filter(pk__in=ids).exclude(external_id="")
    for pk, source, external_id in known.values_list("pk", "source", "external_id"):
        found.setdefault(pk, []).append(of_external_id(source, external_id))
    records = CandidateRecord.objects.filter(candidate__in=ids)
    for pk, source, external_id in records.values_list("candidate", "source", "external_id"):
        digest = of_external_id(source, external_id)
        if digest not in found.setdefault(pk, []):
            found[pk].append(digest)
    points = ContactPoint.objects.filter(candidate__in=ids)
    for pk, channel, address in points.values_list("candidate", "channel", "address"):
        found.setdefault(pk, []).append(of_address(address, channel))
    return found


@dataclass(frozen=True, slots=True)
class Stops:
    """All hashes on the suppression list, with why, to ask about a whole file."""

    reasons: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Stops":
        """Those that are there now."""
        return cls(dict(SuppressionHash.objects.values_list("digest", "reason")))

    def about(
        self, *, emails: Iterable[str], phones: Iterable[str], source: str, external_id: str
    ) -> str:
        """Why one of these stands on the list, erasure before all else; blank if none does."""
        if not self.reasons:
            return ""
        digests = [of_address(email, Channel.EMAIL) for email in emails]
        digests += [of_address(phone, Channel.SMS) for phone in phones]
        if external_id:
            digests.append(of_external_id(source, external_id))
        found = {self.reasons[digest] for digest in digests if digest in self.reasons}
        return Reason.ERASED if Reason.ERASED in found else max(found, default="")


NO_STOPS = Stops()


def reason_against(address: str, channel: str) -> SuppressionHash | None:
    """What stands on the list about one address, None if nothing does."""
    return SuppressionHash.objects.filter(digest=of_address(address, channel)).first()


def put(digests: Iterable[str], reason: SuppressionHash.Reason, *, at: datetime) -> None:
    """Put hashes on the list. One that is there stays, but for erasure, which is stronger."""
    put_dated(dict.fromkeys(digests, at), reason)


def put_dated(digests: Mapping[str, datetime], reason: SuppressionHash.Reason) -> None:
    """Put hashes on the list, each with when it was said."""
    sql.run(
        """
        INSERT INTO suppression_hash AS h (digest, reason, at)
        SELECT digest, %(reason)s, at
          FROM unnest(%(digests)s::text[], %(ats)s::timestamptz[]) AS d (digest, at)
         ORDER BY digest
            ON CONFLICT (digest) DO UPDATE SET reason = excluded.reason, at = excluded.at
         WHERE excluded.reason = 'erased' AND h.reason <> 'erased'
        """,
        {"digests": list(digests), "ats": list(digests.values()), "reason": str(reason)},
    )


def stamp() -> str:
    """Another one whenever the list is another."""
    ask = "SELECT count(*), coalesce(max(id), 0), max(at) FROM suppression_hash"
    return ":".join(map(str, sql.run(ask).fetchall()[0]))


def hold() -> None:
    """In a transaction that adds people or addresses: wait for who is erasing, and keep others
    from beginning before it has committed. Ask about the list only after this."""
    sql.run("SELECT pg_advisory_xact_lock_shared(%s::bigint)", [_LOCK])


def hold_alone() -> None:
    """In a transaction that erases: nobody is adding people or addresses any more."""
    sql.run("SELECT pg_advisory_xact_lock(%s::bigint)", [_LOCK])


def _hash(text: str) -> str:
    return hmac.digest(settings.ERASURE_KEY.encode(), text.encode(), "sha256").hex()
