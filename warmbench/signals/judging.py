"""Decides which stored visits were people, writes it down, and gives and takes credit for it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from warmbench.core import audit, sql
from warmbench.signals import credit
from warmbench.signals.judge import POLICY, SHADOW, HitFacts, MessageFacts, Verdict, judge
from warmbench.signals.judge_rules import Rule
from warmbench.signals.models import Hit

#: A burst must have had the time to show itself before a click may count (D27).
HELD = timedelta(seconds=120)
#: Messages judged in one transaction.
BATCH = 1_000
#: Visits around a time that is judged again: chains of shadows are followed so far beyond it.
MARGIN = timedelta(hours=1)
#: What is judged again in one transaction.
SPAN = timedelta(days=1)

#: Of the database's advisory locks: judges take turns, so that none overlooks what another wrote.
_LOCK = 0x6A75_6467
#: As far as a neighbour's neighbours reach.
_SIGHT = 2 * SHADOW
_NAMES = {rule.value: rule for rule in Rule}


@dataclass(frozen=True, slots=True)
class _Row:
    hit_id: int
    message_id: int
    candidate_id: int
    kind: str
    link: int
    method: str
    at: datetime
    agent: str
    network: str
    system: str
    has_language: bool
    flags: list[str]
    said: str
    verdict: str
    score: float | None
    rules: list[str]
    handed_at: datetime | None
    links: int

    def facts(self, *, is_neighbour: bool = False) -> HitFacts:
        known = tuple(_NAMES[name] for name in self.rules if name in _NAMES)
        return HitFacts(
            message=self.message_id,
            candidate=self.candidate_id,
            kind=self.kind,
            link=self.link,
            method=self.method,
            at=self.at,
            agent=self.agent,
            network=self.network,
            system=self.system,
            has_language=self.has_language,
            flags=self.flags,
            said=self.said,
            found=(known if self.verdict else ()) if is_neighbour else None,
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What judging again changed, or would."""

    judged: int
    #: How many visits went from one verdict to another.
    moved: Mapping[tuple[str, str], int]


@transaction.atomic
def judge_due(*, now: datetime, limit: int = BATCH) -> int:
    """Judge the visits that have been held long enough, of up to ``limit`` messages, each in the
    light of every other. Returns how many verdicts were written, or are to be written anew.

    People's clicks become signals. A verdict that later visits overturn, of whatever message, is
    revised, and the signal it led to is taken back with all that it led to. Any number of judges
    may run at once, and may be killed: they take turns, and what one had not committed is done
    again. Whoever finds another one at it returns 0.
    """
    [(is_our_turn,)] = sql.run("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
    if not is_our_turn:
        return 0
    until = now - HELD
    claimed = sql.run(sql.load(__file__, "waiting_messages"), {"until": until, "limit": limit})
    messages = [message_id for (message_id,) in claimed]
    if not messages:
        return 0
    rows = _rows("hits_of_messages", {"messages": messages})
    forgotten = _forget(set(messages) - {row.message_id for row in rows})
    around = _neighbours(rows, messages)
    facts = [row.facts() for row in rows] + [row.facts(is_neighbour=True) for row in around]
    verdicts = judge(facts, _messages(rows))
    pairs = [pair for pair in zip(rows, verdicts, strict=False) if pair[0].at <= until]
    written = _write(pairs, now=now)
    credit.settle(messages, now=now)
    return forgotten + written + _make_due(zip(around, verdicts[len(rows) :], strict=True))


def judge_again(*, now: datetime, since: datetime | None = None, is_trial: bool = False) -> Changes:
    """Judge every visit since a moment, or all, by the rules as they are now, from what came in
    alone. Credit is given and taken as they say, a day at a time; a trial changes nothing.

    Safe to stop and to repeat. What a person said of a visit stands.
    """
    first = since or Hit.objects.aggregate(first=Min("at"))["first"]
    judged, moved = 0, Counter[tuple[str, str]]()
    while first is not None and first < now:
        before = min(first + SPAN, now)
        part = _judge_time(first, before, now=now, is_trial=is_trial)
        judged, moved, first = judged + part.judged, moved + Counter(part.moved), before
    return Changes(judged, moved)


@transaction.atomic
def overrule(hit_id: int, said: str, *, by_id: int, now: datetime) -> bool:
    """Let a user say what a visit was: ``human``, ``machine``, or blank for what the rules say.

    It counts, or no longer, from this moment on, and what rested on it follows; so do visits of
    the same program nearby. Returns False if there is no such visit, or it is not judged yet.
    """
    sql.run("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    hit = Hit.objects.filter(pk=hit_id).exclude(verdict="").first()
    if hit is None or said not in {"", Hit.Verdict.HUMAN, Hit.Verdict.MACHINE}:
        return False
    if hit.said == said:
        return True
    Hit.objects.filter(pk=hit_id).update(said=said)
    audit.record(
        by_id,
        "hit.overruled",
        f"hit:{hit_id}",
        now=now,
        detail={"candidate": hit.candidate_id, "message": hit.message_id, "said": said},
    )
    _judge_time(hit.at - MARGIN, hit.at + MARGIN, now=now)
    return True


@transaction.atomic
def _judge_time(
    since: datetime, before: datetime, *, now: datetime, is_trial: bool = False
) -> Changes:
    """Judge what came within a time by nothing but what came in then, and shortly around it."""
    sql.run("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    span = {"since": since - MARGIN, "before": before + MARGIN}
    rows = _rows("hits_of_a_time", span)
    verdicts = judge([row.facts() for row in rows], _messages(rows))
    until = now - HELD
    pairs = [
        (row, verdict)
        for row, verdict in zip(rows, verdicts, strict=True)
        if since <= row.at < before and row.at <= until
    ]
    moved = Counter(
        (row.verdict, str(verdict.kind)) for row, verdict in pairs if row.verdict != verdict.kind
    )
    if not is_trial:
        _write(pairs, now=now)
        credit.settle({row.message_id for row, _ in pairs}, now=now)
    return Changes(len(pairs), moved)


def _rows(question: str, params: Mapping[str, object]) -> list[_Row]:
    query = sql.load(__file__, question)
    for part in ("visits", "visit"):
        query = query.replace(f"/* {part} */", sql.load(__file__, part))
    return [_Row(*row) for row in sql.run(query, params)]


def _messages(rows: Iterable[_Row]) -> dict[int, MessageFacts]:
    return {row.message_id: MessageFacts(row.handed_at, row.links) for row in rows}


def _neighbours(rows: Sequence[_Row], messages: Sequence[int]) -> list[_Row]:
    """What came from the same networks to other messages, as far as it may matter."""
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        if row.network:
            times[row.network].append(row.at)
    spans = [
        (network, first - _SIGHT, last + _SIGHT)
        for network, ats in times.items()
        for first, last in _joined(sorted(ats))
    ]
    if not spans:
        return []
    networks, since, until = zip(*spans, strict=True)
    return _rows(
        "neighbours_of_hits",
        {
            "networks": list(networks),
            "since": list(since),
            "until": list(until),
            "messages": list(messages),
        },
    )


def _joined(ats: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Moments as stretches of time whose surroundings do not overlap."""
    spans = [(ats[0], ats[0])]
    for at in ats[1:]:
        first, last = spans[-1]
        if at - last > 2 * _SIGHT:
            spans.append((at, at))
        else:
            spans[-1] = (first, at)
    return spans


def _write(pairs: Iterable[tuple[_Row, Verdict]], *, now: datetime) -> int:
    news = [(row, verdict) for row, verdict in pairs if _is_news(row, verdict)]
    if news:
        sql.run(
            sql.load(__file__, "write_verdicts"),
            {
                "hits": [row.hit_id for row, _ in news],
                "verdicts": [str(verdict.kind) for _, verdict in news],
                "scores": [verdict.score for _, verdict in news],
                "rules": [" ".join(verdict.rules) for _, verdict in news],
                "policy": POLICY,
                "now": now,
            },
        )
    return len(news)


def _is_news(row: _Row, verdict: Verdict) -> bool:
    said = (verdict.kind, verdict.score, list(verdict.rules))
    return (row.verdict, row.score, row.rules) != said


def _forget(message_ids: Collection[int]) -> int:
    """Delete the visits to messages that were erased while the visits were on their way: nobody
    could ever judge them, and they would stand before all others for ever."""
    return Hit.objects.filter(message_id__in=message_ids).delete()[0] if message_ids else 0


def _make_due(around: Iterable[tuple[_Row, Verdict]]) -> int:
    """Have visits to other messages judged again on which a shadow has fallen since they were.

    A machine's stay what they are: it would only be one more rule against them.
    """
    due: Collection[int] = [
        row.hit_id
        for row, verdict in around
        if row.verdict not in {"", Hit.Verdict.MACHINE}
        and not row.said
        and Rule.SEEN_ELSEWHERE in verdict.rules
        and Rule.SEEN_ELSEWHERE not in row.rules
    ]
    return Hit.objects.filter(pk__in=due).update(verdict="") if due else 0
