"""Lets what holds of somebody act: target pay, places, remote work and skills reach the profile.

Only what a person confirmed, or what was read with near certainty and nobody contradicts. Never
over something newer that candidates said themselves. Matching, pools and warmth follow by the
events of what changes here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from warmbench.core.events import publish
from warmbench.insight import settling, trust
from warmbench.insight.arbitration import Settled
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.people import candidates, facts, pay, tagging, wanted_places
from warmbench.people.candidates import CandidatesChanged
from warmbench.people.facts import Saying, Word
from warmbench.people.models import Candidate, CandidateFact, CandidateTag, Tag
from warmbench.people.tag_words import READ, STATED, Found
from warmbench.people.tagging import Drafts, TagGoneError

#: On whose word facts and tags are that come from here.
SOURCE = "insight"
_SAID = CandidateFact.Kind
_REMOTE = {"remote": "remote", "hybrid": "hybrid", "onsite": "on_site"}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the profile is to say, by the fact that says it; none takes back what we said."""

    kind: CandidateFact.Kind
    value: Any
    row: Insight | None


class _OvertakenError(Exception):
    """What holds of somebody is something else than a moment ago."""


def follow(candidate_ids: Collection[int], *, now: datetime) -> list[int]:
    """Let the profiles of these people follow what holds. Returns whose changed; repeated, it is
    nobody's."""
    return [pk for pk in candidate_ids if _follow(pk, now=now)]


def holding(candidate_id: int, settled: Settled | None = None) -> list[Insight]:
    """The facts that act: confirmed, or trusted and not contradicted."""
    found = settled or settling.standing([candidate_id])[candidate_id]
    ids = [
        one.id
        for slot, one in found.holding.items()
        if one.is_confirmed or slot not in found.contradictions
    ]
    rows = Insight.objects.filter(pk__in=ids).select_related("source", "tag")
    return [
        one
        for one in rows.defer("source__text").order_by("pk")
        if one.decided_at is not None or trust.acts(one.kind, one.confidence)
    ]


def _follow(candidate_id: int, *, now: datetime) -> bool:
    try:
        return _follow_once(candidate_id, now=now)
    except (TagGoneError, _OvertakenError):
        # A tag was merged away, or a fact came, between reading and using it: the next reading
        # knows.
        return _follow_once(candidate_id, now=now)


@transaction.atomic
def _follow_once(candidate_id: int, *, now: datetime) -> bool:
    # Tags before the person: whoever puts tags on people locks them in this order.
    skills = _skills(holding(candidate_id))
    tagged = _tag(candidate_id, skills, now=now)
    person = next(iter(candidates.lock([candidate_id])), None)
    if person is None:
        return False
    # Read again: whoever changes what holds has the person locked, so from here on it stays.
    rows = holding(candidate_id)
    if _skills(rows) != skills:
        raise _OvertakenError
    said = [_say(person, one, now=now) for one in _wanted(person, rows)]
    if any(said):
        # Which roles fit them, and in which pools they are, may be another question now.
        publish(CandidatesChanged(candidate_ids=[candidate_id]))
    return tagged or any(said)


def _skills(rows: Iterable[Insight]) -> dict[int, float]:
    """The tags of skills that somebody has, with how sure each is."""
    return {
        row.tag_id: STATED if row.decided_at else READ
        for row in rows
        if row.kind == Kind.SKILL and row.polarity == Polarity.HAD and row.tag_id is not None
    }


def _tag(candidate_id: int, skills: dict[int, float], *, now: datetime) -> bool:
    carried = CandidateTag.objects.filter(candidate=candidate_id, tag__kind=Tag.Kind.SKILL)
    ours = set(carried.filter(source=SOURCE).values_list("tag_id", flat=True))
    gone = ours - set(skills)
    withdrawn = tagging.withdraw(candidate_id, gone, source=SOURCE) if gone else False
    # What they carry on another's word they would lose with ours: one row holds one word.
    others = carried.exclude(source=SOURCE).values("tag")
    live = Tag.objects.filter(pk__in=skills, retired_at=None).exclude(pk__in=others)
    drafts = Drafts()
    found = [Found(tag.pk, SOURCE, skills[tag.pk]) for tag in live]
    drafts.add(candidate_id, found, source=SOURCE)
    return bool(found and tagging.apply(drafts, now=now)) or withdrawn


def _wanted(person: Candidate, rows: Iterable[Insight]) -> list[_Wanted]:
    rows = list(rows)
    pays = {r.topic: r for r in rows if r.kind == Kind.PAY and r.polarity == Polarity.WANTS}
    asked = pays.get("floor", pays.get("target"))
    remote = next((r for r in rows if r.kind == Kind.REMOTE and r.polarity == Polarity.WANTS), None)
    places = [r for r in rows if r.kind == Kind.PLACE and r.polarity in _WOULD]
    newest = max(places, key=lambda row: (row.said_on, row.pk), default=None)
    return [
        # What a move has to pay is what they aim at, unless they named their floor.
        _Wanted(_SAID.PAY, _pay(asked), asked),
        _Wanted(_SAID.REMOTE, _REMOTE.get(remote.topic) if remote else None, remote),
        _Wanted(_SAID.PLACES, _places(person, places), newest),
    ]


_WOULD = (Polarity.WANTS, Polarity.REFUSES)


def _pay(row: Insight | None) -> dict[str, str] | None:
    if row is None:
        return None
    low, currency = row.value.get("low", row.value.get("high")), row.value.get("currency")
    if not low or currency not in pay.CURRENCIES:
        return None
    period = pay.Period(row.value.get("period", "year"))
    number = Decimal(str(low)).quantize(Decimal("0.01"))
    return {"amount": pay.plain(number), "currency": currency, "period": str(period)}


def _places(person: Candidate, rows: Iterable[Insight]) -> list[dict[str, str]] | None:
    """Where they would work: what they said in another way, what they wish for, and without what
    they refuse."""
    before = _by_others(person.pk, _SAID.PLACES)
    listed = {_mark(place): place for place in (before.value if before else None) or []}
    for row in sorted(rows, key=lambda row: (row.said_on, row.pk)):
        if before and not _is_newer(row, before):
            continue
        text = ", ".join(filter(None, (row.value.get("name"), row.value.get("country"))))
        for place in wanted_places.read(text, home=person.country):
            kept = place.to_json() | {"words": str(row.value.get("name"))}
            if row.polarity == Polarity.WANTS:
                listed[_mark(kept)] = kept
            else:
                listed.pop(_mark(kept), None)
    return list(listed.values()) or None


def _mark(place: dict[str, str]) -> tuple[str, str]:
    return (place["city"] or place["region"] or place["words"]).casefold(), place["country"]


def _by_others(candidate_id: int, kind: CandidateFact.Kind) -> CandidateFact | None:
    """The last word on it that did not come from here."""
    said = CandidateFact.objects.filter(candidate=candidate_id, kind=kind, topic="")
    return said.exclude(source=SOURCE).order_by("-at", "-pk").first()


def _is_newer(row: Insight, before: CandidateFact) -> bool:
    """Whether a fact was said after what was said in another way."""
    return row.said_on > before.at.date()


def _say(person: Candidate, wanted: _Wanted, *, now: datetime) -> bool:
    before = _by_others(person.pk, wanted.kind)
    standing = facts.current(person.pk, [wanted.kind]).get((wanted.kind, ""))
    row = wanted.row
    if row is not None and wanted.value is not None and not (before and not _is_newer(row, before)):
        evidence = f"Insight {row.pk}, said on {row.said_on:%-d %B %Y}"
        word, value = Word(SOURCE, evidence), wanted.value
    elif standing is not None and standing.source == SOURCE:
        # What we said holds no more: what was there before it does. Under our name, so that the
        # word of that day is not taken for one of today.
        was = f"As before: {before.evidence}" if before else "No fact says it any more"
        word, value = Word(SOURCE, was[:300]), before.value if before else None
    else:
        return False
    return bool(facts.say(person.pk, [Saying(wanted.kind, value)], word, now=now))
