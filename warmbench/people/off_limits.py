"""Knows employers whose people are not approached, or not with roles of one client.

Rows are ended, never changed: a sender that compares how many there are, and how many have ended,
with what it saw when it claimed a message knows whether to ask anew.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from anyascii import anyascii
from django.db import transaction

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.core.standstill import still
from warmbench.people.models import OffLimits, OffLimitsException

#: Legal forms, as they stand at the end of names; and the words that join them.
_FORMS = frozenset(
    re.findall(
        "[a-z]+",
        """
    ab ag aps as asa bv cic co company corp corporation cv doo ead eg eirl eood ev gbr
    gesmbh gmbh inc incorporated kft kg kgaa kk limited llc llp lp ltd ltda mbh nv ohg
    ood oy oyj plc pte pty sa sab sarl sas sasu se sl slu snc spa sprl spzoo srl srls
    sro stiftung ug zrt and
        """,
    )
)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_FREE_MAIL = Path(__file__).parent / "data" / "free_mail.txt"
_DOTS = re.compile(r"[.'\u2019]")
_JOINED = re.compile(r"[&+]")
#: "S. A." is "SA".
_LETTERS = re.compile(r"\b(?:[a-z] )+[a-z]\b")
_BREAKS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class OffLimitsEnded(Event):
    """An employer is not off limits any more, or somebody of it is an exception."""

    candidate_ids: list[int]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the list that concerns somebody now."""

    id: int
    employer: str
    #: The key of the client whose roles they do not hear of; blank: they hear nothing.
    client: str
    #: From when on it is over; None: without an end.
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Listed:
    by_key: Mapping[str, Sequence[Bar]]
    by_domain: Mapping[str, Sequence[Bar]]


@lru_cache(maxsize=131_072)
def key(employer: str) -> str:
    """What spellings of an employer have in common: neither case nor accents, punctuation, a
    leading "the", nor legal forms at the end. ``Contoso GmbH & Co. KG`` is ``contoso``."""
    plain = _DOTS.sub("", _JOINED.sub(" and ", anyascii(employer).lower()))
    plain = _BREAKS.sub(" ", plain)
    words = _LETTERS.sub(lambda found: found[0].replace(" ", ""), plain).split()
    while count := _form_at_the_end(words):
        words = words[:-count]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words)[:160]


def _form_at_the_end(words: Sequence[str]) -> int:
    """How many of the last words are a legal form, as "S.à r.l." is two; there is a name left."""
    counts = (n for n in (3, 2, 1) if len(words) > n and "".join(words[-n:]) in _FORMS)
    return next(counts, 0)


def of(employers: Mapping[int, str], *, now: datetime) -> dict[int, list[Bar]]:
    """What keeps these people, by their ids, off limits now: by their employer, as it is given, or
    by the domain of a work address of theirs. Exceptions are left out, and so is who is free.

    One question while nothing is on the list, whatever their number.
    """
    listed = _listed(now=now)
    found: defaultdict[int, set[Bar]] = defaultdict(set)
    if listed.by_key:
        for candidate_id, employer in employers.items():
            if employer and (bars := listed.by_key.get(key(employer))):
                found[candidate_id].update(bars)
    if listed.by_domain:
        for candidate_id, domain in _domains(list(employers), listed.by_domain):
            found[candidate_id].update(_within(domain, listed.by_domain))
    if not found:
        return {}
    excepted = set(
        OffLimitsException.objects.filter(candidate__in=found).values_list("candidate", "of")
    )
    return {
        pk: left
        for pk, bars in found.items()
        if (left := [bar for bar in _longest_first(bars) if (pk, bar.id) not in excepted])
    }


@transaction.atomic
def add(  # noqa: PLR0913 - each says one thing of the agreement
    employer: str,
    *,
    reason: str,
    since: date,
    until: date | None = None,
    domain: str = "",
    client: str = "",
    by_id: int | None,
    now: datetime,
) -> OffLimits:
    """Put an employer on the list. From the commit on no hand-over to its people begins, but for
    what a person answers to somebody who wrote to us; with a ``client``, no alert about a role of
    theirs. Both days are days of the organisation, and included."""
    made = OffLimits.objects.create(
        employer=employer,
        key=key(employer),
        domain=bare_domain(domain),
        client=client,
        reason=reason,
        since=since,
        until=until,
        by_id=by_id,
        at=now,
    )
    audit.record(by_id, "off_limits.added", f"off_limits:{made.pk}", now=now)
    return made


@transaction.atomic
def end(off_limits_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Take an employer off the list. Returns whether it was on it."""
    running = OffLimits.objects.filter(pk=off_limits_id, ended_at=None)
    concerned = sorted(_concerned(running.first()))
    if not running.update(ended_at=now):
        return False
    audit.record(by_id, "off_limits.ended", f"off_limits:{off_limits_id}", now=now)
    publish(OffLimitsEnded(candidate_ids=concerned))
    return True


@transaction.atomic
def make_exception(
    off_limits_id: int, candidate_id: int, *, reason: str, by_id: int | None, now: datetime
) -> bool:
    """Let one person of an employer be approached all the same. Returns whether that is new."""
    _, is_new = OffLimitsException.objects.get_or_create(
        of_id=off_limits_id,
        candidate_id=candidate_id,
        defaults={"reason": reason, "by_id": by_id, "at": now},
    )
    if is_new:
        detail: dict[str, object] = {"of": off_limits_id}
        who = f"candidate:{candidate_id}"
        audit.record(by_id, "candidate.excepted", who, now=now, detail=detail)
        publish(OffLimitsEnded(candidate_ids=[candidate_id]))
    return is_new


@transaction.atomic
def end_exception(
    off_limits_id: int, candidate_id: int, *, by_id: int | None, now: datetime
) -> bool:
    """Let an agreement hold for this person again. From the commit on no hand-over to them
    begins. Returns whether they were an exception."""
    theirs = OffLimitsException.objects.filter(of=off_limits_id, candidate=candidate_id)
    if not theirs.delete()[0]:
        return False
    detail: dict[str, object] = {"of": off_limits_id}
    who = f"candidate:{candidate_id}"
    audit.record(by_id, "candidate.no_longer_excepted", who, now=now, detail=detail)
    return True


@cache
def _free_mail() -> frozenset[str]:
    lines = _FREE_MAIL.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@dataclass(frozen=True, slots=True)
class Spelling:
    """An employer as records have it, and how many people work there."""

    employer: str
    people: int
    #: Whether the same entry concerns them.
    is_meant: bool


def spellings(employer: str) -> list[Spelling]:
    """The employers in our records that this one may be, with their people: first those whom an
    entry for it concerns, then those that only begin alike, which need entries of their own."""
    ours = key(employer)
    if not ours:
        return []
    rows = sql.run(sql.load(__file__, "off_limits_spellings"), {"word": _beginning(ours)})
    found = [
        Spelling(name, people, key(name) == ours)
        for name, people in rows
        if key(name) == ours or f"{key(name)} ".startswith(f"{ours} ")
    ]
    return sorted(found, key=lambda one: (not one.is_meant, -one.people, one.employer))


def concerns(employer: str, domain: str = "") -> int:
    """How many people an entry would concern at this moment."""
    return len(_concerned(OffLimits(key=key(employer), domain=bare_domain(domain))))


def concerned_by(entry: OffLimits) -> int:
    """How many people an entry concerns, exceptions included."""
    return len(_concerned(entry))


def bare_domain(text: str) -> str:
    """The domain in what somebody typed: ``@Example.com``, an address, ``www.example.com``."""
    return text.strip().lower().rpartition("@")[2].removeprefix("www.").rstrip(".")


def is_domain(text: str) -> bool:
    """Whether this is a domain, as ``bare_domain`` gives it."""
    return _DOMAIN.fullmatch(text) is not None


def is_free_mail(domain: str) -> bool:
    """Whether anybody may have an address there: it tells nothing of an employer."""
    return domain in _free_mail()


def _concerned(entry: OffLimits | None) -> set[int]:
    if entry is None:
        return set()
    names = [one.employer for one in spellings(entry.key) if one.is_meant] if entry.key else []
    found: set[int] = set()
    if names:
        values = {"word": _beginning(entry.key), "employers": names}
        found.update(pk for (pk,) in sql.run(sql.load(__file__, "off_limits_concerned"), values))
    if entry.domain:
        at_work = "SELECT candidate_id FROM contact_point WHERE channel = 'email'"
        rows = sql.run(f"{at_work} AND address LIKE ANY(%(like)s)", {"like": _at([entry.domain])})
        found.update(pk for (pk,) in rows)
    return found


def _beginning(of_key: str) -> str:
    """Asks for employers with a word that begins like this one does."""
    return f"'e{of_key.split(maxsplit=1)[0]}':*"


@still
def _rows() -> list[tuple[int, str, str, str, str, date, date | None, str]]:
    return sql.run(
        """
        SELECT l.id, l.employer, l.key, l.domain, l.client, l.since, l.until,
               coalesce(o.default_time_zone, 'UTC')
          FROM off_limits l LEFT JOIN organisation o ON true
         WHERE l.ended_at IS NULL
        """
    ).fetchall()


def _listed(*, now: datetime) -> _Listed:
    by_key: defaultdict[str, list[Bar]] = defaultdict(list)
    by_domain: defaultdict[str, list[Bar]] = defaultdict(list)
    for pk, employer, of_key, domain, client, since, until, zone in _rows():
        bar = Bar(pk, employer, key(client), _over_at(until, zone))
        if now < _begins(since, zone) or (bar.until is not None and bar.until <= now):
            continue
        if of_key:
            by_key[of_key].append(bar)
        if domain:
            by_domain[domain].append(bar)
    return _Listed(dict(by_key), dict(by_domain))


def _begins(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)


def _over_at(last_day: date | None, zone: str) -> datetime | None:
    return None if last_day is None else _begins(last_day + timedelta(days=1), zone)


def _longest_first(bars: Iterable[Bar]) -> list[Bar]:
    """Those without an end first, then those that end last."""
    return sorted(bars, key=lambda one: (one.until is not None, _since_epoch(one.until), one.id))


def _since_epoch(moment: datetime | None) -> float:
    return 0.0 if moment is None else -moment.timestamp()


def _domains(
    candidate_ids: Collection[int], listed: Mapping[str, object]
) -> Iterable[tuple[int, str]]:
    """People who have an address at one of these domains, or below it, with its domain."""
    values = {"ids": candidate_ids, "like": _at(listed)}
    return sql.run(
        """
        SELECT candidate_id, split_part(address, '@', 2)
          FROM contact_point
         WHERE candidate_id = ANY(%(ids)s) AND channel = 'email' AND address LIKE ANY(%(like)s)
        """,
        values,
    ).fetchall()


def _at(domains: Iterable[str]) -> list[str]:
    """What addresses at one of these domains, or below it, are like."""
    return [f"%{before}{domain}" for domain in domains for before in "@."]


def _within(domain: str, listed: Mapping[str, Sequence[Bar]]) -> list[Bar]:
    return [
        bar
        for listed_one, bars in listed.items()
        if domain == listed_one or domain.endswith(f".{listed_one}")
        for bar in bars
    ]
