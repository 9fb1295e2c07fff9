"""Gathers what is known of people into dossiers: their record, tags, wishes, and facts that hold.

Some hundred people by four questions. What a person rejected or put right, and what something newer
took the place of, is never part of it.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from warmbench.core import sql
from warmbench.insight import arbitration, slots, trust
from warmbench.insight import profile as insight_profile
from warmbench.insight.arbitration import Fact
from warmbench.insight.found import OUTSIDE
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.people.models import Tag
from warmbench.people.tag_words import FROM_TITLE, INFERRED, PEOPLE, key
from warmbench.shortlists.dossier import Dossier, Known
from warmbench.sourcing import fit, knowledge

#: Facts that evidence and conflicts are made of. What moves people, binds them or keeps them busy
#: says nothing about what they can do, and stays out.
_TELLING = frozenset(
    {
        *(Kind.SKILL, Kind.TITLE, Kind.SENIORITY, Kind.SCOPE, Kind.EMPLOYER, Kind.DOMAIN),
        Kind.ACHIEVEMENT,
    }
)
_TIMES = frozenset({Kind.START, Kind.NOTICE, Kind.EVENT})
#: What nobody confirmed and is not trusted, or is contradicted, counts so much of its confidence.
_DOUBTFUL = 0.6
#: As sure is what a person confirmed, at least.
_CONFIRMED = 0.95
_AWAY = frozenset({"parental_leave", "sabbatical"})
_LEVELS = {
    "individual contributor": "individual_contributor",
    "manager": "manager",
    "director": "director",
    "executive": "executive",
}
_UNITS = {"days": 1, "weeks": 7}


@dataclass(frozen=True, slots=True)
class _Read:
    """A fact that was read of somebody, with what arbitration does not look at."""

    fact: Fact
    quote: str
    confidence: float
    tag_id: int | None
    #: Whether something of equal rank says otherwise.
    is_contradicted: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it may keep somebody out: confirmed, or trusted as far as facts may act."""
        if self.fact.is_confirmed:
            return True
        return not self.is_contradicted and trust.acts(self.fact.kind, self.confidence)

    @property
    def is_known(self) -> bool:
        """Whether it is shown as known: confirmed, or read with little doubt by ourselves."""
        if self.fact.is_confirmed:
            return True
        is_shown = trust.is_shown(self.fact.kind, self.confidence)
        return is_shown and not self.is_contradicted and not self.fact.is_from_outside

    @property
    def weight(self) -> float:
        """How sure it is, 0 to 1, as evidence."""
        if self.fact.is_confirmed:
            return max(self.confidence, _CONFIRMED)
        return self.confidence if self.is_known else self.confidence * _DOUBTFUL


def dossiers(candidate_ids: Collection[int], *, now: datetime) -> dict[int, Dossier]:
    """What ranking may know of each of these people, by id; who is gone is not in it."""
    ids = sorted(set(candidate_ids))
    wishes = knowledge.known_of(ids, [])
    read = _holding(ids)
    rows = sql.run(sql.load(__file__, "known_records"), {"ids": ids, "now": now}).fetchall()
    records = {row[0]: row[1:] for row in rows}
    return {
        pk: _dossier(wishes[pk], records[pk], read.get(pk, []), today=now.date())
        for pk in ids
        if pk in wishes and pk in records
    }


def _dossier(
    wishes: fit.Known, record: Iterable[Any], read: list[_Read], *, today: date
) -> Dossier:
    title, employer, told_on, source, tags = record
    facts = [
        *_of_record(title, employer, told_on, source),
        *_of_tags(tags),
        *_of_wishes(wishes),
        *_of_facts(read),
    ]
    return Dossier(
        key=str(wishes.candidate_id),
        facts=tuple(facts),
        city=wishes.city,
        region=wishes.region,
        country=wishes.country,
        wanted=wishes.wanted,
        remote=wishes.remote,
        floor=wishes.floor,
        free_from=_free_from(read, today=today),
        refused_role_ids=frozenset(
            one.role_id for one in wishes.not_for_them if one.role_id is not None
        ),
        refused_employers=frozenset(_refused_employers(wishes, read)),
    )


def _of_record(title: str, employer: str, told_on: date, source: str) -> Iterator[Known]:
    for kind, name in (("title", title), ("employer", employer)):
        if name:
            value = {"name": name, "current": True}
            yield Known(kind, value, Polarity.HAD, name, told_on, source, 0.9)


def _of_tags(tags: Iterable[Any]) -> Iterator[Known]:
    """Tags as facts. What was read from a title, or in a text, stands among those themselves."""
    for tag_id, kind, name, source, confidence, since in tags:
        if source == insight_profile.SOURCE:
            continue
        kept: tuple[str, dict[str, Any]] | None = None
        match kind:
            case Tag.Kind.SKILL:
                kept = "skill", {"name": name}
            case Tag.Kind.SENIORITY if level := _LEVELS.get(key(name)):
                kept = "seniority", {"level": level}
            case Tag.Kind.ROLE if source not in {FROM_TITLE, INFERRED}:
                kept = "title", {"name": name}
            case Tag.Kind.SPECIALTY:
                kept = "domain", {"name": name.lower()}
            case _:
                pass
        if kept is not None:
            yield Known(
                *kept,
                polarity=Polarity.HAD,
                quote=name,
                said_on=date.fromisoformat(since),
                source=source,
                confidence=float(confidence),
                is_first_hand=source in PEOPLE,
                tag_id=tag_id,
            )


def _of_wishes(wishes: fit.Known) -> Iterator[Known]:
    """Skills that they said they do not want to use."""
    for said in wishes.not_for_them:
        if said.about == "skill" and said.words:
            value, polarity = {"name": said.words}, Polarity.REFUSES
            yield Known(
                "skill", value, polarity, said.words, None, "answer", 1.0, is_first_hand=True
            )


def _of_facts(read: Iterable[_Read]) -> Iterator[Known]:
    for one in read:
        fact = one.fact
        # A stop keeps somebody out: whether it is one, a person says.
        if fact.kind in _TELLING or (fact.kind == Kind.STOP and one.is_sure):
            yield Known(
                kind=fact.kind,
                value=fact.value,
                polarity=fact.polarity,
                quote=one.quote,
                said_on=fact.said_on,
                source=str(SourceKind(fact.source_kind).label).lower(),
                confidence=one.weight,
                # What was read with doubt is nobody's word before a person looked.
                is_first_hand=fact.is_confirmed or (one.is_known and _is_own_word(fact)),
                tag_id=one.tag_id,
                insight_id=fact.id,
            )


def _is_own_word(fact: Fact) -> bool:
    """Whether they said it themselves. What a résumé says is theirs, and nobody was there."""
    is_resume = fact.source_kind == SourceKind.RESUME
    return fact.speaker == Speaker.CANDIDATE and not is_resume


def _refused_employers(wishes: fit.Known, read: Iterable[_Read]) -> Iterator[str]:
    for said in wishes.not_for_them:
        if said.about == "employer":
            yield from filter(None, (said.company, said.words))
    for one in read:
        if one.fact.kind == Kind.EMPLOYER and one.fact.polarity == Polarity.REFUSES:
            yield str(one.fact.value.get("name", ""))


def _free_from(read: Iterable[_Read], *, today: date) -> date | None:
    """The first day on which they could start: what they named, else the end of their notice if
    they gave it today; not while they are away. None where nothing sure is known."""
    start: date | None = None
    notice: date | None = None
    back: date | None = None
    for one in read:
        if one.fact.kind not in _TIMES or not one.is_sure:
            continue
        value = one.fact.value
        match one.fact.kind:
            case Kind.START:
                start = slots.day(value.get("from"))
            case Kind.NOTICE:
                notice = _after_notice(value, today=today)
            case Kind.EVENT if value.get("what") in _AWAY:
                until = slots.day(value.get("until"))
                back = max(filter(None, (back, until)), default=None)
    days = [one for one in (start or notice, back) if one is not None]
    return max(days, default=None)


def _after_notice(value: Mapping[str, Any], *, today: date) -> date | None:
    """The first free day of somebody who gives notice today."""
    amount = value.get("amount")
    if not isinstance(amount, int) or amount < 0:
        return None
    unit = value.get("unit")
    if unit == "months":
        month = today.month - 1 + amount
        year, month = today.year + month // 12, month % 12 + 1
        ends = date(year, month, min(today.day, monthrange(year, month)[1]))
    elif unit in _UNITS:
        ends = today + timedelta(days=amount * _UNITS[unit])
    else:
        return None
    match value.get("to"):
        case "month_end":
            ends = _month_end(ends)
        case "quarter_end":
            ends = _month_end(date(ends.year, (ends.month + 2) // 3 * 3, 1))
        case _:
            pass
    return ends + timedelta(days=1)


def _month_end(day: date) -> date:
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def _holding(candidate_ids: Collection[int]) -> dict[int, list[_Read]]:
    """The facts of each that hold, as ``insight.arbitration`` judges them."""
    rows = sql.run(sql.load(__file__, "known_facts"), {"ids": list(candidate_ids)}).fetchall()
    theirs: defaultdict[int, dict[int, _Read]] = defaultdict(dict)
    for candidate_id, *row in rows:
        one = _read(tuple(row))
        theirs[candidate_id][one.fact.id] = one
    return {pk: list(_that_hold(read)) for pk, read in theirs.items()}


def _that_hold(read: Mapping[int, _Read]) -> Iterator[_Read]:
    settled = arbitration.settle(one.fact for one in read.values())
    for slot, fact in settled.holding.items():
        one = read[fact.id]
        if slot in settled.contradictions:
            yield replace(one, is_contradicted=True)
        else:
            yield one


def _read(row: sql.Row) -> _Read:
    """A row of known_facts.sql."""
    pk, kind, topic, polarity, value, speaker, source_kind, said_on, noted_at, *more = row
    confirmed_at, extractor, quote, confidence, tag_id = more
    fact = Fact(
        id=pk,
        kind=kind,
        topic=topic,
        polarity=polarity,
        value=value,
        speaker=speaker,
        source_kind=source_kind,
        said_on=said_on,
        noted_at=noted_at,
        confirmed_at=confirmed_at,
        is_from_outside=extractor.startswith(OUTSIDE),
    )
    return _Read(fact, quote, confidence, tag_id)
