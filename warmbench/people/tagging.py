"""Puts tags on people, many at a time, each with its source and how sure it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from warmbench.core import audit, sql, tallies
from warmbench.core.events import Event, publish
from warmbench.people.models import CandidateTag
from warmbench.people.tag_rules import CONTESTED, Word, settle
from warmbench.people.tag_words import BY_HAND, CERTAIN, PEOPLE, Found

_CARRIERS = "carriers"


@dataclass(frozen=True, kw_only=True)
class CandidateTagged(Event):
    """These people carry other tags now: one event for a whole batch."""

    candidate_ids: list[int]


class TagGoneError(LookupError):
    """A tag was merged into another one meanwhile. The message is for the person who tried;
    code that knows words instead of tags loads the vocabulary anew and tries again."""

    def __init__(self) -> None:
        super().__init__(
            "This tag was merged into another one meanwhile, and nothing was changed."
            " Look it up again by its name."
        )


@dataclass
class Drafts:
    """Tags to be put on people, in columns, as the database takes them."""

    candidate_ids: list[int] = field(default_factory=list)
    tag_ids: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    primaries: list[bool] = field(default_factory=list)

    def add(self, candidate_id: int, tags: Iterable[Found], *, source: str) -> None:
        """Add what was found about a candidate. ``source`` is whose word it is where a tag
        does not say so itself."""
        for tag_id, own_source, confidence, is_primary in tags:
            self.candidate_ids.append(candidate_id)
            self.tag_ids.append(tag_id)
            self.sources.append(own_source or source)
            self.confidences.append(confidence)
            self.primaries.append(is_primary)

    def columns(self) -> dict[str, object]:
        """The drafts as parameters of a statement: what repeats a lot is sent once.

        Long lists go as the text of an array, which takes a tenth of the time.
        """
        ways: dict[tuple[str, float, bool], int] = {}
        each = zip(self.sources, self.confidences, self.primaries, strict=True)
        way_of = [ways.setdefault(way, len(ways) + 1) for way in each]
        return {
            "candidates": _array(self.candidate_ids),
            "tags": _array(self.tag_ids),
            "ways": _array(way_of),
            "sources": [source for source, _, _ in ways],
            "confidences": [confidence for _, confidence, _ in ways],
            "primaries": [is_primary for _, _, is_primary in ways],
        }

    def word(self, place: int, kinds: Mapping[int, str]) -> Word:
        """What the draft in this place says."""
        tag_id = self.tag_ids[place]
        return Word(
            tag_id,
            kinds[tag_id],
            self.sources[place],
            self.confidences[place],
            self.primaries[place],
        )

    def only(self, places: Iterable[int]) -> "Drafts":
        """The drafts in these places."""
        kept = list(places)
        return Drafts(
            [self.candidate_ids[place] for place in kept],
            [self.tag_ids[place] for place in kept],
            [self.sources[place] for place in kept],
            [self.confidences[place] for place in kept],
            [self.primaries[place] for place in kept],
        )


def _array(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


@transaction.atomic
def apply(drafts: Drafts, *, now: datetime, announce: bool = True) -> list[int]:
    """Put tags on people. Returns those for whom something changed; repeated, it is nobody.

    Of two words for one tag the surer one stays, of equals a person's; ``tag_rules`` says which
    words end others. What a person took off stays off, whatever a file says, until a person puts
    it back.
    Without ``announce``, the caller publishes that these people changed. Raises TagGoneError.
    """
    kinds = hold_tags(drafts.tag_ids)
    people = hold(drafts.candidate_ids)
    refused = _taken_off(people, kinds)
    if refused or not people.issuperset(drafts.candidate_ids):
        pairs = enumerate(zip(drafts.candidate_ids, drafts.tag_ids, strict=True))
        drafts = drafts.only(
            place
            for place, pair in pairs
            if pair[0] in people and (pair not in refused or drafts.sources[place] in PEOPLE)
        )
    drafts, ended, flipped = _weigh(drafts, kinds)
    if not drafts.tag_ids:
        return []
    changed = _candidates("end_tags", {"rows": ended}) if ended else set()
    changed |= _candidates("put_tags", {**drafts.columns(), "persons": list(PEOPLE), "now": now})
    changed |= _candidates("flip_primary_tags", {"rows": flipped}) if flipped else set()
    if changed and announce:
        publish(CandidateTagged(candidate_ids=sorted(changed)))
    return sorted(changed)


@transaction.atomic
def make_primary(
    candidate_id: int, specialty_id: int, *, by_id: int | None, now: datetime
) -> list[int]:
    """Make a specialty the one that content follows first, on a person's word.

    It is from then on, however sure another source is of another one. Raises TagGoneError.
    """
    drafts = Drafts()
    drafts.add(candidate_id, [Found(specialty_id, BY_HAND, CERTAIN, is_primary=True)], source="")
    changed = apply(drafts, now=now)
    if changed:
        subject = f"candidate:{candidate_id}"
        detail: dict[str, object] = {"tag": specialty_id}
        audit.record(by_id, "candidate.primary_chosen", subject, now=now, detail=detail)
    return changed


@transaction.atomic
def withdraw(candidate_id: int, tag_ids: Iterable[int], *, source: str) -> bool:
    """Take off tags that somebody carries on the word of a source which says so no more. Returns
    whether there were any. What others say as well stays, and so may the source say again."""
    if not hold([candidate_id]):
        return False
    theirs = CandidateTag.objects.filter(
        candidate=candidate_id, tag__in=list(tag_ids), source=source
    )
    gone, _ = theirs.delete()
    if gone:
        publish(CandidateTagged(candidate_ids=[candidate_id]))
    return bool(gone)


def carriers(*, now: datetime) -> dict[int, int] | None:
    """How many people carry each tag that anybody carries; None while it is being counted."""
    tally = tallies.of(_CARRIERS, now=now)
    return None if tally is None else tally.answer


@tallies.question(_CARRIERS)
def _count_carriers(*, now: datetime) -> dict[int, int]:  # noqa: ARG001
    return dict(sql.run("SELECT tag_id, count(*) FROM candidate_tag GROUP BY 1").fetchall())


def hold_tags(tag_ids: Iterable[int]) -> dict[int, str]:
    """Keep tags from being merged away until the transaction ends. Returns their kinds.

    Comes before ``hold``. Raises TagGoneError when one was merged away.
    """
    wanted = set(tag_ids)
    rows = sql.run(sql.load(__file__, "hold_tags"), {"tags": list(wanted)})
    kinds: dict[int, str] = dict(rows.fetchall())
    if len(kinds) < len(wanted):
        raise TagGoneError
    return kinds


def hold(candidate_ids: Iterable[int]) -> set[int]:
    """Lock the tags of people until the transaction ends. Returns those who exist.

    Whoever writes ``candidate_tag`` does this first, and nothing that locks tags after it.
    """
    rows = sql.run(sql.load(__file__, "hold_tagged"), {"candidates": _array(candidate_ids)})
    return {candidate_id for (candidate_id,) in rows}


def settle_primary(
    candidate_ids: Iterable[int], *, claimed: int = 0, claimants: Iterable[int] = ()
) -> set[int]:
    """Leave exactly one primary specialty to everybody who has a specialty, with their tags held.

    For the ``claimants`` it is the ``claimed`` one, if they have it. Returns who changed.
    """
    values = {
        "candidates": _array(candidate_ids),
        "claimed": claimed,
        "claimants": _array(claimants),
    }
    return _candidates("settle_primary_tags", values)


def _candidates(statement: str, values: Mapping[str, object]) -> set[int]:
    rows = sql.run(sql.load(__file__, statement), values)
    return {candidate_id for (candidate_id,) in rows}


def _taken_off(candidate_ids: Iterable[int], tag_ids: Iterable[int]) -> set[tuple[int, int]]:
    query = sql.load(__file__, "tags_taken_off")
    rows = sql.run(query, {"candidates": _array(candidate_ids), "tags": list(tag_ids)})
    return {(candidate_id, tag_id) for candidate_id, tag_id in rows}


def _weigh(drafts: Drafts, kinds: Mapping[int, str]) -> tuple[Drafts, list[int], list[int]]:
    """The drafts that hold, the rows that end by them, and those that become primary or cease
    to be."""
    contested = {tag_id for tag_id, kind in kinds.items() if kind in CONTESTED}
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, tag_id in enumerate(drafts.tag_ids):
        if tag_id in contested:
            places[drafts.candidate_ids[place]].append(place)
    known = _contested(places, {kinds[tag_id] for tag_id in contested})
    dropped: set[int] = set()
    ended: list[int] = []
    flipped: list[int] = []
    primaries = [False] * len(drafts.tag_ids)
    for candidate_id, own in places.items():
        carried = known.get(candidate_id, [])
        settled = settle([drafts.word(place, kinds) for place in own], carried)
        stays = {word.tag_id for word in settled.kept}
        dropped.update(place for place in own if drafts.tag_ids[place] not in stays)
        ended += [word.row_id for word in settled.gone]
        first = settled.primary.tag_id if settled.primary else 0
        for place in own:
            primaries[place] = drafts.tag_ids[place] == first
        flipped += [
            word.row_id
            for word in carried
            if word.is_primary != (word.tag_id == first) and word not in settled.gone
        ]
    drafts = replace(drafts, primaries=primaries)
    if dropped:
        drafts = drafts.only(p for p in range(len(primaries)) if p not in dropped)
    return drafts, ended, flipped


def _contested(candidate_ids: Iterable[int], kinds: Iterable[str]) -> dict[int, list[Word]]:
    values = {"candidates": _array(candidate_ids), "kinds": list(kinds)}
    known: defaultdict[int, list[Word]] = defaultdict(list)
    if values["kinds"]:
        for candidate_id, *word in sql.run(sql.load(__file__, "contested_tags"), values):
            known[candidate_id].append(Word(*word))
    return known
