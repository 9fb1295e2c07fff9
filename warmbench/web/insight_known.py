"""Reads what the team knows of one person from conversations, for the panel on their page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warmbench.accounts.models import User
from warmbench.insight import settling, stopping, trust
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight, Source
from warmbench.insight.stopping import Effect
from warmbench.people.models import Candidate
from warmbench.web import access, insight_rows
from warmbench.web.insight_rows import Row

State = Insight.State
#: Under which heading which kinds stand, in this order.
GROUPS: Mapping[str, tuple[Kind, ...]] = {
    "Pay and start": (Kind.PAY, Kind.NOTICE, Kind.START, Kind.EVENT),
    "Where and how": (Kind.PLACE, Kind.REMOTE, Kind.CONSTRAINT),
    "What moves them": (Kind.STANCE, Kind.MOTIVE),
    "Work": (
        *(Kind.TITLE, Kind.SENIORITY, Kind.EMPLOYER, Kind.SCOPE, Kind.DOMAIN, Kind.ACHIEVEMENT),
    ),
    "Skills": (Kind.SKILL,),
    "Talk": (Kind.STOP, Kind.TOPIC, Kind.REFERRAL, Kind.CHANNEL, Kind.TIME),
}
#: As much as is read of anybody: years of conversations.
_MOST = 500
#: So many of a group stand on the page at once.
_AT_ONCE = 6


@dataclass(frozen=True)
class Group:
    """Facts under one heading, the first of them shown, the others behind a click."""

    title: str
    shown: Sequence[Row]
    others: Sequence[Row]


@dataclass(frozen=True)
class Contradiction:
    """Facts that cannot all be true."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Stop:
    """That somebody wants to be left alone, and what followed from it."""

    row: Row
    did: Effect


@dataclass(frozen=True)
class Known:
    """All that is known of one person."""

    groups: Sequence[Group]
    contradictions: Sequence[Contradiction]
    stops: Sequence[Stop]
    #: How many facts somebody should look at, and from how many texts they are.
    open: int
    texts: int
    sources: Sequence[Source]

    @property
    def is_empty(self) -> bool:
        """Whether nobody has noted anything yet."""
        return not self.texts


def of(candidate: Candidate, user: User, *, now: datetime) -> Known:
    """What is known of the person, what contradicts, and what they want stopped."""
    may = access.may_change_candidate(user, candidate)
    live = Insight.objects.filter(candidate=candidate, state__in=(State.PROPOSED, State.CONFIRMED))
    facts = live.select_related("source__author", "decided_by", "candidate")
    facts = facts.defer("source__text").order_by("-said_on", "-pk")
    rows = [insight_rows.row(one, today=now.date(), may_change=may) for one in facts[:_MOST]]
    about = Source.objects.filter(people__candidate=candidate).defer("text")
    sources = list(about.select_related("author").order_by("-said_on", "-pk")[:_MOST])
    contradictions = _contradictions(candidate, rows)
    return Known(
        groups=_groups([row for row in rows if _is_shown(row)]),
        contradictions=contradictions,
        stops=_stops(candidate, rows, may=may, now=now),
        open=sum(row.is_open for row in rows),
        texts=len(sources),
        sources=sources,
    )


def _is_shown(row: Row) -> bool:
    """Whether it stands among what is known. The rest waits to be checked."""
    fact = row.fact
    return fact.state == State.CONFIRMED or trust.is_shown(fact.kind, fact.confidence)


def _groups(rows: Sequence[Row]) -> list[Group]:
    found = []
    for title, kinds in GROUPS.items():
        mine = [row for kind in kinds for row in rows if row.fact.kind == kind]
        if mine:
            found.append(Group(title, mine[:_AT_ONCE], mine[_AT_ONCE:]))
    return found


def _contradictions(candidate: Candidate, rows: Sequence[Row]) -> list[Contradiction]:
    standing = settling.standing([candidate.pk])[candidate.pk]
    known = {row.fact.pk: row for row in rows}
    found = []
    for slot, facts in standing.contradictions.items():
        mine = [known[one.id] for one in facts if one.id in known]
        if len(mine) > 1:
            found.append(Contradiction(Kind(slot[0]).label, mine))
    return found


def _stops(candidate: Candidate, rows: Sequence[Row], *, may: bool, now: datetime) -> list[Stop]:
    """Those that hold, and those that were found to be none and still have an effect."""
    live = [row for row in rows if row.fact.kind == Kind.STOP]
    live = [row for row in live if row.fact.polarity == Polarity.REFUSES]
    found = [Stop(row, stopping.effect(row.fact, now=now)) for row in live]
    rejected = Insight.objects.filter(candidate=candidate, kind=Kind.STOP, state=State.REJECTED)
    rejected = rejected.select_related("source__author", "decided_by", "candidate")
    for one in rejected.defer("source__text").order_by("-pk"):
        did = stopping.effect(one, now=now)
        if did.is_there:
            row = insight_rows.row(one, today=now.date(), may_change=may)
            found.append(Stop(row, did))
    # What led to nothing because more is stopped already stands in the lists below.
    telling = [one for one in found if one.did.is_there or one.row.is_confirmed]
    return telling or found
