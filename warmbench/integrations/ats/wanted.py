"""Says what an ATS is to be told of somebody: opt-outs, status, tags. Rows that nobody can lose.

What is wanted twice is wanted once. Whether it is still so is asked when it is written.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from warmbench.core import sql
from warmbench.core.logs import redacted
from warmbench.integrations.models import AtsConnection, AtsWrite
from warmbench.people.models import (
    Candidate,
    CandidateRecord,
    ContactPoint,
    Suppression,
    TruthSource,
)

Kind = AtsWrite.Kind

#: Lower goes first: what somebody forbids, before what is only good to know.
RANK = {
    Kind.OPT_OUT: 0,
    Kind.ERASURE: 1,
    Kind.STATUS: 3,
    Kind.MERGE: 4,
    Kind.TAGS: 5,
    Kind.ACTIVITY: 6,
}
TEXT_OPT_OUT = "text_opt_out"
STATUS = "status"
TOUCHED = "tag:touched"
_POOL = "pool:"
#: An opt-out that is written and lifted over there again and again is not written for ever.
MOST_OPT_OUTS = 4
#: How long a system may take until it says itself what we wrote.
_SETTLES = timedelta(hours=6)


def opt_outs(candidate_ids: Collection[int], *, now: datetime) -> int:
    """Want it written that these people must not be mailed, of those of whom that is so, and of
    whoever reads their mail. Returns how much is wanted that was not."""
    ids = _with_whoever_reads_their_mail(candidate_ids)
    return _opt_outs(ids, lifted_before=None, now=now)


def text_opt_outs(candidate_ids: Collection[int], *, now: datetime) -> int:
    """Want it written whether these people want texts, of those who ever wanted none."""
    texts = Suppression.objects.filter(candidate__in=list(candidate_ids), channel="sms")
    ids = set(texts.values_list("candidate_id", flat=True))
    return again({pk for pk in ids if pk}, Kind.OPT_OUT, TEXT_OPT_OUT, now=now)


def overlooked_opt_outs(*, now: datetime) -> int:
    """The same for everybody, also where an ATS allows again what we wrote that it must not.
    Returns how much was wanted that nobody had seen to."""
    return _opt_outs(None, lifted_before=now - _SETTLES, now=now)


def _opt_outs(ids: Collection[int] | None, *, lifted_before: datetime | None, now: datetime) -> int:
    query = sql.load(__file__, "want_opt_outs").replace("{stopped}", sql.load(__file__, "stopped"))
    values = {
        "ids": None if ids is None else list(ids),
        "lifted_before": lifted_before,
        "most": MOST_OPT_OUTS,
        "rank": RANK[Kind.OPT_OUT],
        "now": now,
    }
    return sql.run(query, values).rowcount


def is_stopped(candidate_id: int) -> bool:
    """Whether this person must not be mailed, by what an ATS is told of."""
    return bool(sql.run(sql.load(__file__, "stopped"), {"ids": [candidate_id]}).fetchall())


def is_stopped_for_texts(candidate_id: int) -> bool:
    """Whether this person wants no texts."""
    stops = Suppression.objects.filter(candidate=candidate_id, channel="sms")
    return stops.filter(releases=None, released_by=None).exists()


def _with_whoever_reads_their_mail(candidate_ids: Collection[int]) -> list[int]:
    ids = set(candidate_ids)
    stopped = Suppression.objects.filter(candidate__in=ids).exclude(address="")
    shared = ContactPoint.objects.filter(address__in=stopped.values("address"))
    return sorted(ids | set(shared.values_list("candidate_id", flat=True)))


def statuses(candidate_ids: Collection[int], *, now: datetime) -> int:
    """Want it written where these people stand, but for what the ATS said itself."""
    ids = ours(candidate_ids)
    told = CandidateRecord.objects.filter(candidate__in=ids)
    count = 0
    for connection in AtsConnection.objects.select_related("truth").defer("credentials", "tokens"):
        theirs = told.filter(source=connection.truth.name)
        people = {
            pk for pk, status, standing in _standings(theirs) if not is_echo(status, standing)
        }
        count += again(people, Kind.STATUS, STATUS, connection_id=connection.pk, now=now)
    return count


def ours(candidate_ids: Collection[int]) -> set[int]:
    """Those of these people whose status is one of us or they themselves said last, and no system
    of record."""
    rows = sql.run(sql.load(__file__, "status_said_by"), {"ids": list(candidate_ids)}).fetchall()
    systems = {redacted(name) for name in TruthSource.objects.values_list("name", flat=True)}
    told = {pk for pk, actor_id, evidence in rows if actor_id is None and evidence in systems}
    return set(candidate_ids) - told


def _standings(records: Any) -> list[tuple[int, str, str]]:
    return list(records.values_list("candidate_id", "candidate__status", "standing"))


def is_echo(status: str, standing: str) -> bool:
    """Whether an ATS said itself that somebody stands there."""
    return {
        Candidate.Status.PLACED.value: CandidateRecord.Standing.PLACED.value,
        Candidate.Status.APPLIED.value: CandidateRecord.Standing.APPLIED.value,
    }.get(status) == standing and bool(standing)


def pool_tags(pool_id: int, candidate_ids: Collection[int], *, now: datetime) -> int:
    """Want the tag of a pool given to these people, or taken, where the connection says so."""
    return sum(
        again(candidate_ids, Kind.TAGS, f"{_POOL}{pool_id}", connection_id=pk, now=now)
        for pk in AtsConnection.objects.filter(mapping__tags_pools=True).values_list(
            "pk", flat=True
        )
    )


def pool_of(write: AtsWrite) -> int | None:
    """The pool whose tag a write is about."""
    return int(write.key.removeprefix(_POOL)) if write.key.startswith(_POOL) else None


def again(
    candidate_ids: Collection[int],
    kind: AtsWrite.Kind,
    key: str,
    *,
    now: datetime,
    connection_id: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> int:
    """Want something written to the records of these people, once more if it was written."""
    values = {
        "ids": list(candidate_ids),
        "kind": str(kind),
        "key": key,
        "detail": json.dumps(detail or {}),
        "rank": RANK[kind],
        "now": now,
        "connection": connection_id,
    }
    return sql.run(sql.load(__file__, "want"), values).rowcount if values["ids"] else 0
