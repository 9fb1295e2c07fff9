"""Reads what all sources say of people now, as far as changes of it matter: records, tags, what
they told, facts from conversations, and signs that they left."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest, Substr

from warmbench.insight import profile, settling, slots, trust
from warmbench.insight.arbitration import Fact, Settled
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.people import off_limits
from warmbench.people.models import Candidate, CandidateFact, CandidateTag, ContactPoint, Tag
from warmbench.people.tag_words import BY_CANDIDATE, READ, READINGS
from warmbench.shortlists import news_words
from warmbench.shortlists.noted import HEARSAY, NOTE, OWN_WORD, RECORD, Word
from warmbench.signals.models import Signal

#: What says so of these people; a later package registers what only it keeps.
Telling = Callable[[Collection[int]], Mapping[int, Iterable[Word]]]

#: A sign that somebody left counts so long.
_A_SIGN_COUNTS = timedelta(days=365)
_WISHES = {
    CandidateFact.Kind.PAY: "pay",
    CandidateFact.Kind.PLACES: "places",
    CandidateFact.Kind.REMOTE: "remote",
}
#: So many letters before the words of a fact are read for whether they speak of something new.
_AROUND = 100
_RANKS = {"candidate": OWN_WORD, "insight": NOTE}
#: Facts of conversations that hold at present, by what they are about.
_ASPECTS = {
    Kind.TITLE: "title",
    Kind.EMPLOYER: "employer",
    Kind.SENIORITY: "level",
    Kind.SCOPE: "scope",
    Kind.SKILL: "skill",
    Kind.DOMAIN: "domain",
    Kind.ACHIEVEMENT: "achievement",
    Kind.START: "wish",
    Kind.EVENT: "day",
}
#: In which sense a fact counts, where that is not what they have or are.
_POLARITIES = {
    Kind.START: Polarity.WANTS,
    Kind.EVENT: Polarity.PLANS,
}
#: Of these a recruiter is reminded although nobody confirmed them, so they are told here, too.
_UNCONFIRMED_TOO = frozenset({Kind.EVENT, Kind.START})


@dataclass
class _Registry:
    tellings: list[Telling] = field(default_factory=list)


_registry = _Registry()


def told_by(telling: Telling) -> Telling:
    """Register what a later package knows that somebody said of people."""
    _registry.tellings.append(telling)
    return telling


def of(people: Collection[Candidate], *, now: datetime) -> dict[int, list[Word]]:
    """What is said of these people, by their ids; a few questions for all of them."""
    ids = [one.pk for one in people]
    found: defaultdict[int, list[Word]] = defaultdict(list)
    for one in people:
        found[one.pk] += _record(one)
    for part in (_tags(ids), _told(ids), _facts(ids), _signs(ids, now=now)):
        for pk, word in part:
            found[pk].append(word)
    for telling in _registry.tellings:
        for pk, words in telling(ids).items():
            found[pk] += words
    return found


def _record(person: Candidate) -> Iterator[Word]:
    # A record does not tell since when it says so.
    if person.job_title:
        yield Word("title", person.job_title, source="record", quote=person.job_title)
    if person.employer:
        yield Word("employer", person.employer, source="record", quote=person.employer)


def _tags(ids: Collection[int]) -> Iterator[tuple[int, Word]]:
    kinds = (Tag.Kind.SKILL, Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY)
    carried = CandidateTag.objects.filter(candidate__in=ids, tag__kind__in=kinds)
    columns = ("candidate_id", "tag__kind", "tag__name", "source", "confidence", "added_at")
    aspects = {Tag.Kind.SKILL: "skill", Tag.Kind.SPECIALTY: "domain", Tag.Kind.SENIORITY: "level"}
    for pk, kind, name, source, confidence, at in carried.values_list(*columns).order_by("pk"):
        if source == profile.SOURCE:
            # The fact of the conversation stands among those, with its words.
            continue
        if confidence < READ or (kind != Tag.Kind.SKILL and source in READINGS):
            # What we read into a title says nothing that the title does not.
            continue
        value = name.lower().replace(" ", "_") if kind == Tag.Kind.SENIORITY else name
        rank = _RANKS.get(source, RECORD)
        said = Word(aspects[kind], value, on=at.date(), rank=rank, source=source, quote=name)
        # They are asked for skills that they have gained.
        yield pk, replace(said, is_news=source == BY_CANDIDATE)


def _told(ids: Collection[int]) -> Iterator[tuple[int, Word]]:
    said = CandidateFact.objects.filter(candidate__in=ids, kind__in=list(_WISHES))
    latest = said.order_by("candidate", "kind", "topic", "-at", "-id")
    for one in latest.distinct("candidate", "kind", "topic"):
        if one.value is None:
            continue
        kind = CandidateFact.Kind(one.kind)
        value = _places(one.value) if kind == CandidateFact.Kind.PLACES else one.value
        yield (
            one.candidate_id,
            Word(
                *("wish", value, _WISHES[kind]),
                on=one.at.date(),
                rank=_RANKS.get(one.source, RECORD),
                source=one.source,
                quote=one.evidence,
            ),
        )


def _places(value: Iterable[Mapping[str, str]]) -> list[str]:
    return [place["city"] or place["region"] or place["words"] for place in value]


def _facts(ids: Collection[int]) -> Iterator[tuple[int, Word]]:
    known = Insight.objects.filter(candidate__in=ids, kind__in=list(_ASPECTS))
    whose = set(known.values_list("candidate_id", flat=True).distinct())
    if not whose:
        return
    standing = settling.standing(whose)
    wanted = {fact.id for settled in standing.values() for fact in _of_interest(settled)}
    around = Substr("source__text", Greatest(F("start") - _AROUND, 1), 2 * _AROUND)
    facts = Insight.objects.filter(pk__in=wanted).select_related("tag")
    rows = facts.annotate(around=around).in_bulk()
    for pk, settled in standing.items():
        for fact in _of_interest(settled):
            row = rows.get(fact.id)
            word = _word(row, fact, settled) if row else None
            if word is not None:
                yield pk, word


def _of_interest(settled: Settled) -> Iterator[Fact]:
    return (one for one in settled.holding.values() if one.kind in _ASPECTS)


def _word(row: Insight, fact: Fact, settled: Settled) -> Word | None:
    kind = Kind(row.kind)
    said = _value(kind, row)
    if said is None:
        return None
    topic, value = said
    return Word(
        *(_ASPECTS[kind], value, topic),
        on=row.said_on,
        rank=fact.rank,
        source=fact.source_kind,
        quote=row.quote,
        insight_id=row.pk,
        since=row.valid_from if kind == Kind.EMPLOYER else None,
        weak=not _is_sure(row, fact, settled),
        is_news=news_words.speaks_of_news(_sentence(row), of=str(row.value.get("name", ""))),
    )


def _sentence(row: Insight) -> str:
    """The sentence in which the words of a fact stand, as far as it is near them."""
    text: str = row.around  # type: ignore[attr-defined]
    at = text.find(row.quote[:_AROUND])
    if at < 0:
        return row.quote
    before, after = text[:at], text[at + len(row.quote) :]
    return re.split(r"[.!?\n;]", before)[-1] + row.quote + re.split(r"[.!?\n;]", after)[0]


def _is_sure(row: Insight, fact: Fact, settled: Settled) -> bool:
    """Whether it is more than a guess: somebody confirmed it, or it was read with near certainty
    and nothing contradicts it. Else it waits."""
    if row.decided_at is not None:
        return True
    if fact.rank >= HEARSAY or fact.slot in settled.contradictions:
        return False
    if row.kind in _UNCONFIRMED_TOO:
        return row.confidence >= trust.SHOWN
    return trust.acts(row.kind, row.confidence)


def _value(kind: Kind, row: Insight) -> tuple[str, Any] | None:
    """Topic and value of a fact, in the words of comparing; None for what is not compared."""
    value = row.value
    if row.polarity != _POLARITIES.get(kind, Polarity.HAD):
        return None
    match kind:
        case Kind.TITLE | Kind.EMPLOYER | Kind.SKILL | Kind.DOMAIN:
            is_past = kind in {Kind.TITLE, Kind.EMPLOYER} and not value.get("current")
            topic, said = "", None if is_past else row.tag.name if row.tag else value.get("name")
        case Kind.SCOPE:
            topic, said = str(value.get("what")), value.get("amount")
        case Kind.ACHIEVEMENT:
            topic, said = "", row.quote
        case Kind.START:
            topic, said = "start", value.get("from")
        case Kind.EVENT:
            day = slots.day(value.get("until")) or slots.day(value.get("from"))
            topic, said = str(value.get("what")), day.isoformat() if day else None
        case _:
            topic, said = "", value.get("level")
    return (topic, said) if said else None


def _signs(ids: Collection[int], *, now: datetime) -> Iterator[tuple[int, Word]]:
    """Automatic answers and dead addresses that say that somebody is no longer where they were."""
    kinds = (Signal.Kind.MOVED, Signal.Kind.ADDRESS_DEAD)
    signs = Signal.objects.filter(candidate__in=ids, kind__in=kinds, at__gt=now - _A_SIGN_COUNTS)
    # What files of profiles tell comes with the words of the profile itself.
    found = list(signs.exclude(key__startswith="profile:").order_by("at", "pk"))
    dead = {one.key.rpartition(":")[2] for one in found if one.kind == Signal.Kind.ADDRESS_DEAD}
    points = ContactPoint.objects.filter(pk__in=[int(pk) for pk in dead if pk.isdecimal()])
    at_work = {str(one.pk) for one in points if _is_of_work(one.address)} if dead else set()
    for one in found:
        if one.kind == Signal.Kind.MOVED:
            text, quote = "an answer to our mail says so.", one.topic
        elif one.key.rpartition(":")[2] in at_work:
            text, quote = "their address at work does not work any more.", ""
        else:
            continue
        on = one.at.date()
        yield one.candidate_id, Word("left", text, on=on, rank=NOTE, source="mail", quote=quote)


def _is_of_work(address: str) -> bool:
    domain = off_limits.bare_domain(address)
    return off_limits.is_domain(domain) and not off_limits.is_free_mail(domain)
