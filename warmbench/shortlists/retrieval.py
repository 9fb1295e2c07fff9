"""Finds the few hundred of a million people whom it is worth to hold against a profile.

By the skills, titles and fields that it asks for, a rare one counting more than a common one, and
by what was read of people where no tag tells it. Fit is not permission: whether we may write to
somebody is not asked. Who is left out is counted, with the reason.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from warmbench.core import sql
from warmbench.people import off_limits, search_words
from warmbench.people.models import Tag, TagAlias
from warmbench.people.search_words import Place
from warmbench.people.tag_words import key
from warmbench.shortlists import lawful
from warmbench.shortlists.requirements import (
    LEVELS,
    USUAL_WEIGHTS,
    Aspect,
    Requirement,
    Spec,
    Tier,
)
from warmbench.sourcing import criteria, knowledge
from warmbench.sourcing.models import Role, TagCount
from warmbench.sourcing.ranking import Groups

#: People who are held against a profile at most, and how many of them may be those whom no tag
#: tells.
MOST, _BESIDE = 400, 100
#: Who was hired or placed so lately stays where they are.
SETTLED = timedelta(days=365)
#: Which share of all that is asked for somebody's tags must weigh, at first and as long as there
#: are too few of them. Of a single common skill there may be a hundred thousand.
_ENOUGH = (0.6, 0.35, 0.15)
#: So many times as many are found as are needed, because some are left out; twice that at last.
_SPARE, _TIMES = 1.5, 4
_KINDS = {
    Aspect.SKILL: (Tag.Kind.SKILL,),
    Aspect.TITLE: (Tag.Kind.ROLE, Tag.Kind.ROLE_FAMILY),
    Aspect.DOMAIN: (Tag.Kind.SPECIALTY, Tag.Kind.CATEGORY),
}
#: What was read of people is found by these.
_READ = frozenset({Aspect.SKILL, Aspect.TITLE, Aspect.DOMAIN, Aspect.EMPLOYER})
#: Titles of more words are sentences.
_TITLE_WORDS = 12
#: What place and level weigh beside all tags together, which weigh 1.
_BY_PLACE, _BY_LEVEL = 0.25, 0.1
#: Of how many people the evidence is added up.
_CLOSER = 2_000


class Out(StrEnum):
    """Why somebody was not held against a profile."""

    PLACED = "placed"
    #: Is or was in the process for this role.
    IN_PROCESS = "in_process"
    WORKS_THERE = "works_there"
    #: Said no to the role, or to its client.
    REFUSED = "refused"
    #: A law wants them told before, and the time since then is not over.
    LAW = "law"
    #: Wants no ranking made of them.
    OWN_WISH = "own_wish"
    #: Nobody told them that we have their data: it may not go to somebody else.
    NOT_INFORMED = "not_informed"
    #: A recruiter took them off this list before.
    REMOVED = "removed"


#: Each reason, as it reads after "12 people".
OUT_WORDS = {
    Out.PLACED: "were placed or hired within a year",
    Out.IN_PROCESS: "are or were in the process for this role",
    Out.WORKS_THERE: "work at the client",
    Out.REFUSED: "said no to this role or to its client",
    Out.LAW: "must be told first that a ranking is used: the law asks for it where they live",
    Out.OWN_WISH: "want no ranking made of them",
    Out.NOT_INFORMED: "were not told yet that we have their data",
    Out.REMOVED: "were taken off this list by a recruiter",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Who is to be held against a profile, and who is not."""

    #: Those who come nearest by tags first.
    ids: list[int]
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Tagged:
    """Tags that a profile asks for, each with what it weighs."""

    names: dict[int, str]
    weights: dict[int, float]


def find(
    spec: Spec,
    *,
    role_id: int | None,
    now: datetime,
    most: int = MOST,
    without: Collection[int] = (),
) -> Found:
    """At most ``most`` people who come near a profile, and how many of those near it are left out.

    The same question on the same data has the same answer. ``without`` are people whom a recruiter
    took off.
    """
    asked = (*spec.requirements, _title(spec))
    tagged = _tagged(asked)
    beside = _read_of(asked, most=_BESIDE) + _titled(asked, tagged, most=_BESIDE)
    told = set(beside)
    wanted = round(most * _SPARE)
    while True:
        near = list(dict.fromkeys([*_best(spec, tagged, limit=wanted, now=now), *beside]))
        found = _leave_out(near, spec, role_id=role_id, now=now, without=without)
        if len(found.ids) >= most or len(near) < wanted or wanted >= most * _TIMES:
            break
        wanted *= 2
    # Who is found by words alone keeps room: no tag would bring them.
    by_words = [pk for pk in found.ids if pk in told][: min(_BESIDE, most // 4)]
    kept = set(by_words)
    for pk in found.ids:
        if len(kept) >= most:
            break
        kept.add(pk)
    return Found([pk for pk in found.ids if pk in kept], found.left_out)


def left_out(
    candidate_ids: Sequence[int], spec: Spec, *, role_id: int | None, now: datetime
) -> set[int]:
    """Those of these people who are not to be put forward for a profile, whatever they can do."""
    found = _leave_out(candidate_ids, spec, role_id=role_id, now=now, without=())
    return set(candidate_ids) - set(found.ids)


def may_be_ranked(candidate_ids: Collection[int], *, now: datetime) -> dict[int, Out]:
    """Those of these people who must not be ranked, and why."""
    out = dict.fromkeys(lawful.who_must_not_be_shown(candidate_ids, now=now), Out.NOT_INFORMED)
    out |= dict.fromkeys(lawful.who_must_wait(candidate_ids, now=now), Out.LAW)
    return out | dict.fromkeys(lawful.who_refused(candidate_ids), Out.OWN_WISH)


def _leave_out(
    near: Sequence[int],
    spec: Spec,
    *,
    role_id: int | None,
    now: datetime,
    without: Collection[int],
) -> Found:
    values = {"ids": list(near), "role": role_id, "settled": now - SETTLED}
    rows = sql.run(sql.load(__file__, "retrieve_left_out"), values).fetchall()
    client = off_limits.key(spec.company)
    why: dict[int, str] = {}
    there = {pk for pk, _, _ in rows}
    for pk, reason, employer in rows:
        if reason:
            why[pk] = reason
        elif client and off_limits.key(employer) == client:
            why[pk] = Out.WORKS_THERE
    why = dict(may_be_ranked(there - why.keys(), now=now)) | why
    why |= dict.fromkeys(there & set(without), Out.REMOVED)
    ids = [pk for pk in near if pk in there and pk not in why]
    return Found(ids, Counter(str(reason) for reason in why.values()))


def _title(spec: Spec) -> Requirement:
    """The title of the role, as something that is asked for: who bears it comes near."""
    words = key(spec.title).split()
    # "Senior platform engineer (m/f/d)": what is a role in it, the longest first.
    within = [
        " ".join(words[first:last])
        for first in range(min(len(words), _TITLE_WORDS))
        for last in range(len(words), first, -1)
    ]
    roles = TagAlias.objects.filter(
        kind__in=_KINDS[Aspect.TITLE], key__in=within, tag__retired_at=None
    )
    found = max(
        roles.values_list("key", "tag_id"), key=lambda one: (len(one[0]), one), default=None
    )
    return Requirement(
        "title:of the role",
        Aspect.TITLE,
        Tier.SHOULD,
        spec.title,
        tag_id=found[1] if found else None,
    )


def _tagged(asked: Iterable[Requirement]) -> _Tagged:
    """The tags by which people are found, by their requirements: its own, and those that its names
    are spellings of."""
    wanted = [one for one in asked if one.tier != Tier.DEALBREAKER and one.aspect in _KINDS]
    keys = {key(name) for one in wanted for name in (one.name, *one.also)}
    known: dict[tuple[str, str], int] = {
        (kind, spelling): tag_id
        for kind, spelling, tag_id in TagAlias.objects.filter(key__in=keys).values_list(
            "kind", "key", "tag_id"
        )
    }
    weighs: dict[int, float] = {}
    for one in wanted:
        spelled = (
            known.get((kind, key(name)))
            for kind in _KINDS[one.aspect]
            for name in (one.name, *one.also)
        )
        for tag_id in {one.tag_id, *spelled} - {None}:
            assert tag_id is not None
            counts = USUAL_WEIGHTS[one.tier] * one.weight
            weighs[tag_id] = max(weighs.get(tag_id, 0.0), counts)
    names = dict(Tag.objects.filter(pk__in=weighs).values_list("pk", "name"))
    rarities = _rarities(names)
    weights = {pk: weighs[pk] * rarities[pk] for pk in sorted(names)}
    return _Tagged(names, weights)


def _rarities(tag_ids: Collection[int]) -> dict[int, float]:
    """How much it says that somebody has each tag."""
    counted = {
        pk: (people, among)
        for pk, people, among in TagCount.objects.filter(tag__in=tag_ids).values_list(
            "tag", "people", "among"
        )
    }
    usual = (0, max((among for _, among in counted.values()), default=0))
    return {pk: knowledge.rarity(*counted.get(pk, usual)) for pk in tag_ids}


def _best(spec: Spec, tagged: _Tagged, *, limit: int, now: datetime) -> list[int]:
    """Those whose tags come nearest, with place and level."""
    groups = _groups(tagged, limit)
    whole = sum(tagged.weights.values()) or 1.0
    worth = {pk: weight / whole for pk, weight in tagged.weights.items()}
    bases = {pk: sum(worth[tag] for tag in matched) for matched, ids in groups for pk in ids}
    is_there = bool(spec.places) and spec.remote != Role.Remote.REMOTE
    levels = _levels(spec)
    values = {
        "ids": list(bases),
        "bases": list(bases.values()),
        "tags": list(worth),
        "weights": list(worth.values()),
        "countries": [place.country for place in spec.places if place.country],
        "cities": [place.city.lower() for place in spec.places if place.city],
        "by_place": _BY_PLACE if is_there else 0.0,
        "levels": levels,
        "by_level": _BY_LEVEL if levels else 0.0,
        "now": now,
        "fades_in": criteria.FADES_IN.total_seconds(),
        "closer": max(_CLOSER, limit),
        "most": limit,
    }
    return [pk for (pk,) in sql.run(sql.load(__file__, "retrieve_nearest"), values)]


def _levels(spec: Spec) -> list[int]:
    """The tags of the levels that would do; none where any would."""
    if not spec.lowest_level and not spec.highest_level:
        return []
    low = LEVELS.index(spec.lowest_level) if spec.lowest_level else 0
    high = LEVELS.index(spec.highest_level) if spec.highest_level else len(LEVELS) - 1
    tags = Tag.objects.filter(kind=Tag.Kind.SENIORITY, name__in=criteria.LADDER[low : high + 1])
    return list(tags.order_by("pk").values_list("pk", flat=True))


def _groups(tagged: _Tagged, limit: int) -> Groups:
    """People by which of the tags they have, with as much of them as it takes to have enough."""
    tags, whole = list(tagged.weights), sum(tagged.weights.values())
    groups: Groups = []
    for share in _ENOUGH if tags else ():
        least = share * whole
        values = {
            "tags": tags,
            "weights": list(tagged.weights.values()),
            "rare": _rarest(tagged.weights, least),
            "least": least - 1e-9,
        }
        rows = sql.run(sql.load(__file__, "retrieve_tagged"), values).fetchall()
        groups = [(list(matched), sorted(people)) for matched, people in rows]
        if sum(len(people) for _, people in groups) >= limit:
            break
    return groups


def _rarest(weights: dict[int, float], least: float) -> list[int]:
    """Tags of which somebody has one whose tags weigh so much: all others together weigh less."""
    rest, found = sum(weights.values()), []
    for tag_id, weight in sorted(weights.items(), key=lambda one: (-one[1], one[0])):
        if rest < least:
            break
        found.append(tag_id)
        rest -= weight
    return found


def _read_of(asked: Iterable[Requirement], *, most: int) -> list[int]:
    """Those who have most of it by what was read of them."""
    wanted: dict[tuple[str, str], float] = {}
    for one in asked:
        if one.tier == Tier.DEALBREAKER or one.aspect not in _READ:
            continue
        for name in (one.name, *one.also):
            counts = USUAL_WEIGHTS[one.tier] * one.weight
            wanted[str(one.aspect), key(name)] = counts
    values = {
        "kinds": [kind for kind, _ in wanted],
        "topics": [topic for _, topic in wanted],
        "weights": list(wanted.values()),
        "most": most,
    }
    return [pk for (pk,) in sql.run(sql.load(__file__, "retrieve_read"), values)]


def _titled(asked: Iterable[Requirement], tagged: _Tagged, *, most: int) -> list[int]:
    """Those whose title has the words of a title that no tag stands for."""
    titles = [one for one in asked if one.aspect == Aspect.TITLE and one.tag_id is None]
    known = {key(name) for name in tagged.names.values()}
    names = [
        name
        for one in titles
        if one.tier in {Tier.MUST, Tier.SHOULD}
        for name in (one.name, *one.also)
        if key(name) not in known
    ]
    queries = [
        search_words.query(search_words.read(name), Place.TITLE, whole=True) for name in names
    ]
    words = " | ".join(f"({one})" for one in queries if one)
    if not words:
        return []
    values = {"words": words, "most": most}
    return [pk for (pk,) in sql.run(sql.load(__file__, "retrieve_titled"), values)]
