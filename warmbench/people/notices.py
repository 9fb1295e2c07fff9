"""Sees to it that people know that we hold their data, and from whom: GDPR Art. 14."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.core import audit, sql, tallies
from warmbench.core.events import Event, publish
from warmbench.people import law
from warmbench.people.law_rules import Kind
from warmbench.people.models import Candidate, Notice

#: The night in which the last day is decided about must not be the one after it.
_UNTIL_NEXT_NIGHT = timedelta(days=1)
_QUESTION = "notices"
#: Of those who wait, the most urgent that a page shows at once.
_SHOWN = 50
#: Ways in which a person says that somebody knows. The others are written by the system.
BY_HAND = (Notice.Kind.TOLD, Notice.Kind.KNOWN)


@dataclass(frozen=True, kw_only=True)
class CandidatesInformed(Event):
    """Somebody said that these people know that we hold their data."""

    candidate_ids: list[int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has to be told, and by when."""

    candidate_id: int
    owner_id: int | None
    source: str
    obtained_at: datetime
    #: From here on nothing is sent to them ...
    stops_at: datetime
    #: ... and by then somebody must have decided.
    decided_by: datetime
    #: When they were set aside, because nobody had.
    aside_at: datetime | None
    #: Where the law says so.
    rule: str


@dataclass(frozen=True, slots=True)
class Source:
    """Those who wait and came from one source."""

    name: str
    people: int
    stopped: int
    aside: int
    first_stops_at: datetime


def waiting(
    *, now: datetime, limit: int | None = None, owner_id: int | None = None
) -> list[Waiting]:
    """Who has to be told and was not, from the warning on; the most urgent first."""
    rows = _ask(
        "SELECT * FROM waiting"
        " WHERE %(owner)s::bigint IS NULL OR owner_id = %(owner)s::bigint"
        " ORDER BY decided_by, id LIMIT %(limit)s::int",
        now=now,
        owner=owner_id,
        limit=limit,
    )
    return [Waiting(*row) for row in rows]


def by_source(*, now: datetime) -> list[Source]:
    """How many wait, by where we have them from; the most urgent first."""
    rows = _ask(
        "SELECT source, count(*), count(*) FILTER (WHERE stops_at <= %(now)s),"
        " count(aside_at), min(stops_at) FROM waiting GROUP BY source ORDER BY min(stops_at), 1",
        now=now,
    )
    return [Source(*row) for row in rows]


def overview(*, now: datetime) -> tuple[list[Source], list[Waiting]] | None:
    """How many wait, by source, and the most urgent of them; None while it is being counted."""
    tally = tallies.of(_QUESTION, now=now)
    return None if tally is None else tally.answer


@tallies.question(_QUESTION)
def _look_over(*, now: datetime) -> tuple[list[Source], list[Waiting]]:
    return by_source(now=now), waiting(now=now, limit=_SHOWN)


def is_owed_to(candidate: Candidate, *, now: datetime) -> bool:
    """Whether the law wants this person told that we have their data, and nobody did."""
    country = candidate.country or _home()
    if law.terms(country, on=now.date()).notice is None:
        return False
    return not candidate.notices.exclude(kind=Notice.Kind.SET_ASIDE).exists()


@transaction.atomic
def inform(
    candidate_ids: Collection[int],
    *,
    kind: Notice.Kind,
    evidence: str,
    by_id: int | None,
    now: datetime,
) -> int:
    """Write down that these people know, and how. Returns of how many that is new.

    Raises ValueError for a kind that only the system may write, or without evidence.
    """
    if kind not in BY_HAND or not evidence.strip():
        raise ValueError("Say how they came to know.")
    rows = sql.run(
        "INSERT INTO notice (candidate_id, kind, evidence, by_id, at)"
        " SELECT c.id, %(kind)s, %(evidence)s, %(by)s::bigint, %(now)s"
        " FROM candidate c WHERE c.id = ANY(%(ids)s)"
        " ON CONFLICT (candidate_id) WHERE NOT (kind = 'set_aside') DO NOTHING"
        " RETURNING candidate_id",
        {
            "ids": list(candidate_ids),
            "kind": str(kind),
            "evidence": evidence.strip()[:300],
            "by": by_id,
            "now": now,
        },
    )
    informed = [pk for (pk,) in rows]
    if informed:
        detail: dict[str, object] = {"kind": str(kind), "candidates": informed}
        audit.record(by_id, "candidates.informed", "notice:art-14", detail=detail, now=now)
        publish(CandidatesInformed(candidate_ids=informed))
    return len(informed)


@transaction.atomic
def inform_all_from(
    source: str, *, kind: Notice.Kind, evidence: str, by_id: int | None, now: datetime
) -> int:
    """Write down that everybody who came from a source knows. Returns of how many it is new.

    Also of those whose clock has just begun: what was said of a source holds for all of it.
    """
    rows = sql.run(
        "SELECT c.id FROM candidate c WHERE c.source = %(source)s AND NOT EXISTS ("
        "SELECT FROM notice n WHERE n.candidate_id = c.id AND n.kind <> 'set_aside')",
        {"source": source},
    )
    ids = [pk for (pk,) in rows]
    return inform(ids, kind=kind, evidence=evidence, by_id=by_id, now=now)


@transaction.atomic
def set_aside(*, now: datetime) -> list[int]:
    """Decide about everybody whose last day ends before this is asked again: nothing is used
    of them until a person tells or deletes them. Returns whom it concerns.

    GDPR Art. 14 (3) gives a month; run every night, this leaves nobody without a decision.
    """
    rows = _ask(
        "INSERT INTO notice (candidate_id, kind, evidence, at)"
        " SELECT id, 'set_aside', 'Nobody told them by '"
        " || to_char(decided_by, 'FMDD FMMonth YYYY') || ' (' || rule || ').', %(now)s"
        " FROM waiting WHERE aside_at IS NULL AND decided_by <= %(tomorrow)s"
        " ON CONFLICT (candidate_id) WHERE kind = 'set_aside' DO NOTHING RETURNING candidate_id",
        now=now,
        tomorrow=now + _UNTIL_NEXT_NIGHT,
    )
    ids = [pk for (pk,) in rows]
    if ids:
        detail: dict[str, object] = {"candidates": ids}
        audit.record(None, "candidates.set_aside", "notice:art-14", detail=detail, now=now)
    return ids


def _ask(question: str, *, now: datetime, **params: object) -> list[sql.Row]:
    """Ask something about those who wait."""
    asked = sql.run(
        f"WITH waiting AS ({sql.load(__file__, 'notices_waiting')}) {question}",
        {"clocks": sql.records(_clocks(now)), "home": _home(), "now": now, **params},
    )
    return asked.fetchall()


def _home() -> str:
    """Where people of unknown country are taken to live."""
    return Organisation.objects.values_list("default_country", flat=True).first() or ""


def _clocks(now: datetime) -> list[dict[str, object]]:
    on = now.date()
    clocks: list[dict[str, object]] = []
    # A blank is a country that nobody knows, not even the organisation's own.
    for country in ("", *sorted(law.places_with(Kind.NOTICE, on=on))):
        terms = law.terms(country, on=on)
        if terms.notice is not None:
            clock = terms.notice
            clocks.append(
                {
                    "country": country,
                    "warn": clock.warn,
                    "stop": clock.stop,
                    "decide": clock.decide,
                    "source": law.source(terms.notice_by),
                }
            )
    return clocks
