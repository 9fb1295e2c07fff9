"""Stores each request for a tracked link, and later decides which of them were people."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.core import networks, sql, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import letters, templates
from warmbench.messaging.models import Message
from warmbench.messaging.templates import UnrenderableError
from warmbench.signals import record as recording
from warmbench.signals.judge import HitFacts, Verdict, judge
from warmbench.signals.models import Hit, Signal
from warmbench.signals.record import SignalDraft

#: A burst must have had the time to show itself before a click may count (D27).
HELD = timedelta(seconds=120)
#: Hits that are kept of one message; whoever asks more often than this is not a reader.
MOST_HITS = 500
#: Messages judged in one transaction.
BATCH = 200

_PEOPLE = frozenset({Hit.Verdict.HUMAN, Hit.Verdict.LIKELY})


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One request, as the web server saw it."""

    method: str
    agent: str
    address: str
    has_language: bool


@dataclass(frozen=True, slots=True)
class _Row:
    hit_id: int
    message_id: int
    candidate_id: int
    link: int
    method: str
    at: datetime
    agent: str
    network: str
    has_language: bool
    verdict: str
    rules: list[str]
    is_due: bool
    handed_at: datetime | None
    links: int

    def facts(self) -> HitFacts:
        return HitFacts(
            self.link, self.method, self.at, self.agent, self.network, self.has_language
        )


def record(token: str, visit: Visit, *, now: datetime) -> str | None:
    """Store one request for the link behind a click token. Returns where the link leads.

    None for a token that is not ours, or a link that leads nowhere: what the address itself
    says is never followed. One statement, no job: it works while every worker is down.
    """
    ids = tokens.read(Purpose.CLICK, token, now=now)
    if ids is None:
        return None
    message_id, link = ids
    row = sql.run(
        sql.load(__file__, "record_hit"),
        {
            "message": message_id,
            "link": link,
            "method": visit.method[:8],
            "now": now,
            "agent": hashlib.sha256(visit.agent.encode()).hexdigest()[:16],
            "network": networks.prefix(visit.address),
            "has_language": visit.has_language,
            "most": MOST_HITS,
        },
    ).fetchone()
    if row is None:
        return None
    template_id, context = row
    return templates.target(letters.compiled(template_id), link, json.loads(context))


@transaction.atomic
def judge_due(*, now: datetime, limit: int = BATCH) -> int:
    """Judge the hits that have been held long enough, of up to ``limit`` messages, each in
    the light of every other hit of its message. Returns how many verdicts were written.

    People's clicks become signals. A verdict that a later burst overturns is revised, and
    the signal it led to is taken back with all that it led to. Any number of judges may run
    at once, and may be killed: what they had not committed is done again, once.
    """
    until = now - HELD
    claimed = sql.run(
        sql.load(__file__, "lock_messages_with_hits"), {"until": until, "limit": limit}
    )
    messages = [message_id for (message_id,) in claimed]
    if not messages:
        return 0
    # A new statement, after the lock: it sees all that the judge before us wrote.
    rows = sql.run(sql.load(__file__, "hits_of_messages"), {"messages": messages, "until": until})
    by_message: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        hit = _Row(*row)
        by_message[hit.message_id].append(hit)
    verdicts = {message_id: _judged(hits) for message_id, hits in by_message.items()}
    written = _write(
        [pair for pairs in verdicts.values() for pair in pairs if _is_news(*pair)], now=now
    )
    _credit(verdicts, now=now)
    return written


def _judged(hits: Sequence[_Row]) -> list[tuple[_Row, Verdict]]:
    first = hits[0]
    verdicts = judge(
        [hit.facts() for hit in hits], handed_at=first.handed_at, links_in_message=first.links
    )
    return [(hit, verdict) for hit, verdict in zip(hits, verdicts, strict=True) if hit.is_due]


def _is_news(hit: _Row, verdict: Verdict) -> bool:
    return (hit.verdict, hit.rules) != (verdict.kind, list(verdict.rules))


def _write(news: Sequence[tuple[_Row, Verdict]], *, now: datetime) -> int:
    sql.run(
        sql.load(__file__, "write_verdicts"),
        {
            "hits": [hit.hit_id for hit, _ in news],
            "verdicts": [str(verdict.kind) for _, verdict in news],
            "rules": [" ".join(verdict.rules) for _, verdict in news],
            "now": now,
        },
    )
    return len(news)


def _credit(verdicts: dict[int, list[tuple[_Row, Verdict]]], *, now: datetime) -> None:
    """Make the signals of these messages what the verdicts say: no more, no less."""
    known = Signal.objects.filter(
        candidate_id__in={pairs[0][0].candidate_id for pairs in verdicts.values() if pairs},
        message_id__in=verdicts,
        kind=Signal.Kind.CLICKED,
    )
    earned = {
        (hit.candidate_id, key): hit
        for pairs in verdicts.values()
        for key, hit in _clicks(pairs).items()
    }
    kept, gone = set(), []
    for signal in known:
        deserved = earned.get((signal.candidate_id, signal.key))
        if deserved is not None and deserved.at == signal.at:
            kept.add((signal.candidate_id, signal.key))
        else:
            gone.append(signal.pk)
    recording.withdraw(gone, note="It was a machine that clicked, not the person.", now=now)
    new = [hit for who, hit in earned.items() if who not in kept]
    topics = _subjects({hit.message_id for hit in new})
    recording.record(
        [
            SignalDraft(
                candidate_id=hit.candidate_id,
                kind=Signal.Kind.CLICKED,
                grade=Signal.Grade.LIKELY,
                at=hit.at,
                key=_key(hit),
                message_id=hit.message_id,
                topic=topics[hit.message_id],
            )
            for hit in new
        ],
        now=now,
    )


def _clicks(pairs: Iterable[tuple[_Row, Verdict]]) -> dict[str, _Row]:
    """The first hit of a person on each link and day: who comes back tomorrow did it again."""
    clicks: dict[str, _Row] = {}
    for hit, verdict in pairs:
        if verdict.kind in _PEOPLE:
            clicks.setdefault(_key(hit), hit)
    return clicks


def _key(hit: _Row) -> str:
    return f"click:{hit.message_id}/{hit.link}:{hit.at:%Y-%m-%d}"


def _subjects(message_ids: Iterable[int]) -> dict[int, str]:
    """What each of these messages was called when the candidate read it."""
    organisation = Organisation.objects.first()
    subjects = {}
    for message in Message.objects.filter(pk__in=message_ids):
        subjects[message.pk] = message.get_purpose_display()
        if organisation is None or message.template_id is None:
            continue
        try:
            words = letters.words(
                letters.compiled(message.template_id),
                message.context,
                organisation=organisation,
                candidate_id=message.candidate_id,
                message_id=message.pk,
            )
        except UnrenderableError:
            continue
        subjects[message.pk] = words.subject
    return subjects
