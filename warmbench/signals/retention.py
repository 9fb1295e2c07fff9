"""Keeps people only while they have to do with us: asks in time, stops, and erases at the end."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from warmbench.accounts.models import Organisation
from warmbench.core import audit, sql
from warmbench.people import candidates, erasure, law, rights
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate
from warmbench.signals import changes, follow_ups, reasons
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal

Kind = Signal.Kind

#: What a person did by hand. Never what we sent, and never that a mail was opened.
HUMAN = frozenset(
    {
        Kind.CLICKED,
        Kind.REPLIED,
        Kind.PREFERENCES_UPDATED,
        Kind.NOT_FOR_ME,
        Kind.BOOKED,
        Kind.CALLED_OFF,
    }
)
#: What says nothing about wanting to be kept: a way out, and what machines and time tell.
NOT_HUMAN = frozenset(
    {
        Kind.UNSUBSCRIBED,
        Kind.ADDRESS_DEAD,
        Kind.COMPLAINED,
        Kind.MOVED,
        Kind.OPENED,
        Kind.ABSENT,
        Kind.WENT_QUIET,
        Kind.NOT_THERE,
        *changes.OF_PROFILES,
    }
)

#: So long before the end somebody is asked to get in touch, and asked again.
FIRST_CALL, LAST_CALL = timedelta(days=60), timedelta(days=30)
#: So many entries are open for a recruiter at a time, the most urgent first.
AT_ONCE = 20
#: People read, stopped or erased at a time.
BATCH = 5_000

_UNTIL_NEXT_NIGHT = timedelta(days=1)

#: How many months somebody is kept who lives in a country; None for no limit.
Period = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Ending:
    """Somebody whose time with us ends."""

    candidate_id: int
    country: str
    #: The last that was heard from them, or when we got to know them.
    since: datetime
    ends_at: datetime
    #: Whether anything was ever heard from them.
    was_heard: bool
    owner_id: int | None


def ending(
    *, now: datetime, within: timedelta = timedelta(0), period: Period | None = None
) -> Iterator[Ending]:
    """Everybody whose time ends before ``now`` plus ``within``, by id, read in batches.

    The period is the law's where they live (``people.law``), counted from the last human
    contact. Who lives where no period is known is kept.
    """
    periods = sql.records(_periods(period, now=now))
    values = {"periods": periods, "kinds": [str(kind) for kind in HUMAN], "until": now + within}
    for first, last in _spans():
        span = {"first": first, "last": last}
        for row in sql.run(sql.load(__file__, "retention"), values | span):
            yield Ending(*row)


def _spans() -> Iterator[tuple[int, int]]:
    """The ids of everybody in spans of so many people, however many ids are nobody's."""
    after = 0
    while True:
        following = (
            Candidate.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        )
        last = next(iter(following[BATCH - 1 : BATCH]), None)
        if last is None:
            if end := following.aggregate(end=Max("pk"))["end"]:
                yield after + 1, end
            return
        yield after + 1, last
        after = last


def ask(*, now: datetime) -> int:
    """Ask recruiters to get in touch with people 60 and 30 days before their time ends. Returns
    how many entries there is something new in.

    Who was never heard from is not asked: there is nothing to renew. A recruiter is asked about
    so many at a time; whoever is left over is asked about as places become free.
    """
    soon = list(ending(now=now, within=FIRST_CALL))
    _call_off_others({one.candidate_id for one in soon}, now=now)
    due = [one for one in soon if one.was_heard]
    waiting = FollowUp.objects.filter(reason=FollowUp.Reason.RETENTION, state=FollowUp.State.OPEN)
    open_for: Counter[int | None] = Counter(waiting.values_list("owner_id", flat=True))
    known = _known_evidence()
    asked = 0
    for one in sorted(due, key=lambda one: (one.ends_at, one.candidate_id)):
        evidence = _evidence(one, now=now)
        had = known.get(one.candidate_id, set())
        if evidence.at.isoformat() in had or (not had and open_for[one.owner_id] >= AT_ONCE):
            continue
        open_for[one.owner_id] += not had
        follow_ups.ask_for(
            one.candidate_id,
            FollowUp.Reason.RETENTION,
            evidence=[evidence],
            value=reasons.VALUES[FollowUp.Reason.RETENTION],
            due_at=max(one.ends_at, now),
            now=now,
        )
        asked += 1
    return asked


def stop(*, now: datetime) -> int:
    """Hold automation still for whoever's time has ended, and let it go on for those who were
    heard from since. Returns how many were stopped. Nobody is erased by this."""
    over = [one.candidate_id for one in ending(now=now)]
    stopped = 0
    for at in range(0, len(over), BATCH):
        stopped += _pause(over[at : at + BATCH], now=now)
    held = Candidate.objects.filter(pause_reason=PauseReason.RETENTION)
    free = sorted(set(held.values_list("pk", flat=True)) - set(over))
    for at in range(0, len(free), BATCH):
        part = free[at : at + BATCH]
        candidates.resume(part, only=PauseReason.RETENTION, now=now)
    return stopped


def erase(approved: Collection[int], *, by_id: int | None, now: datetime) -> list[int]:
    """Erase those of the people on a list that a person approved whose time has ended still.

    Returns them. In batches: what was erased before a crash stays erased, and the rest is left
    for the next time. Whoever asked something about their data is answered before.
    """
    wanted = set(approved) - rights.waiting(approved)
    over = [one.candidate_id for one in ending(now=now) if one.candidate_id in wanted]
    erased = []
    for at in range(0, len(over), BATCH):
        erased += erasure.erase(
            over[at : at + BATCH], reason=erasure.Reason.RETENTION, by_id=by_id, now=now
        )
    return erased


def _periods(period: Period | None, *, now: datetime) -> list[dict[str, object]]:
    countries = set(Candidate.objects.order_by().values_list("country", flat=True).distinct())
    default = Organisation.objects.values_list("default_country", flat=True).first() or ""
    wanted = {country or default for country in countries}
    months = {
        country: period(country) if period else law.retention_months(country, on=now.date())
        for country in wanted
    }
    return [{"country": one, "months": count} for one, count in months.items() if count]


def _evidence(one: Ending, *, now: datetime) -> Evidence:
    last = one.ends_at - LAST_CALL
    at = last if last <= now else one.ends_at - FIRST_CALL
    return Evidence(
        at,
        f"Nothing was heard from them since {one.since:%-d %B %Y}. Without a word from them their"
        f" data is erased after {one.ends_at:%-d %B %Y}: ask whether they want to stay in touch",
    )


def _known_evidence() -> dict[int, set[str]]:
    entries = FollowUp.objects.filter(reason=FollowUp.Reason.RETENTION)
    known: dict[int, set[str]] = {}
    for candidate_id, evidence in entries.values_list("candidate", "evidence").iterator():
        known.setdefault(candidate_id, set()).update(item["at"] for item in evidence)
    return known


def _call_off_others(soon: Collection[int], *, now: datetime) -> None:
    waiting = FollowUp.objects.filter(reason=FollowUp.Reason.RETENTION, state=FollowUp.State.OPEN)
    others = set(waiting.values_list("candidate", flat=True)) - set(soon)
    note = "They were heard from."
    follow_ups.call_off(others, [FollowUp.Reason.RETENTION], note=note, now=now)


@transaction.atomic
def _pause(candidate_ids: list[int], *, now: datetime) -> int:
    people = Candidate.objects.select_for_update(no_key=True).filter(
        # Another pause that holds the next time this is asked holds as well, and says more.
        Q(paused_at=None) | Q(paused_until__lte=now + _UNTIL_NEXT_NIGHT),
        pk__in=candidate_ids,
    )
    held = list(people.order_by("pk").values_list("pk", flat=True))
    Candidate.objects.filter(pk__in=held).update(
        paused_at=now, paused_until=None, pause_reason=PauseReason.RETENTION
    )
    detail: dict[str, object] = {"reason": str(PauseReason.RETENTION), "until": None}
    subjects = [f"candidate:{candidate_id}" for candidate_id in held]
    audit.record_each(None, "candidate.paused", subjects, detail=detail, now=now)
    return len(held)
