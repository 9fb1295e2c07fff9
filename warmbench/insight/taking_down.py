"""Writes down the facts that were read in a text, each once, with what must hold at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from warmbench.insight import settling, slots, stopping
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import Kind
from warmbench.insight.models import Insight, Source, SourcePerson
from warmbench.people.models import Tag, TagAlias
from warmbench.people.tag_words import key

State = Insight.State
#: The kinds of tags that facts are linked to.
_TAGGED = {Kind.SKILL: Tag.Kind.SKILL, Kind.TITLE: Tag.Kind.ROLE}


def take_down(
    source: Source,
    taken: Reading,
    found: Sequence[Found],
    people_ids: Sequence[int],
    *,
    now: datetime,
    version: str,
) -> list[Insight]:
    """Add what is new, settle what holds of these people now, and stop what a candidate wants
    stopped. Returns the new facts.

    In the caller's transaction, in which people and source are locked. What a person decided
    about a place in the text stays so, whatever is read there now; what nobody decided and nobody
    reads there any more gives way.
    """
    drafts = _drafts(source, taken, found, people_ids, now=now, version=version)
    # What was found elsewhere is not ours to take back, and hides nothing of ours.
    known = [one for one in _known(source) if one.decided_at or not one.is_from_outside]
    new, stays = [], set[int]()
    for draft in drafts:
        same = [one for one in known if _is_same_place(one, draft)]
        if again := next((one for one in same if _says_the_same(one, draft)), None):
            stays.add(again.pk)
        elif any(one.decided_at is not None for one in same):
            continue
        elif clash := next((one for one in same if _key(one) == _key(draft)), None):
            # Read otherwise by extractors of one name: what was noted first stays.
            stays.add(clash.pk)
        else:
            new.append(draft)
    made = Insight.objects.bulk_create(new)
    _give_way([one for one in known if one.pk not in stays])
    # Read once more by extractors that went back to what they were.
    Insight.objects.filter(
        pk__in=stays, decided_at=None, state=State.SUPERSEDED, superseded_by=None
    ).update(state=State.PROPOSED)
    for place, pk in enumerate(people_ids):
        about = (unit for unit in taken.units if unit.about == place)
        spans = [edge for unit in about for edge in (unit.start, unit.end)]
        SourcePerson.objects.filter(source=source, candidate=pk).update(spans=spans)
    settling.settle(people_ids, now=now)
    stopping.heed(source, made, now=now)
    return made


def add(
    source: Source,
    taken: Reading,
    found: Sequence[Found],
    people_ids: Sequence[int],
    *,
    now: datetime,
    version: str,
) -> list[Insight]:
    """Add what somebody else found and nobody has found, or decided about, in that place. Nothing
    gives way to it. Returns the new facts. In a transaction as ``take_down`` wants it."""
    drafts = _drafts(source, taken, found, people_ids, now=now, version=version)
    known = _known(source)
    new = [draft for draft in drafts if not any(_is_known(one, draft) for one in known)]
    made = Insight.objects.bulk_create(new)
    settling.settle(people_ids, now=now)
    stopping.heed(source, made, now=now)
    return made


def _known(source: Source) -> list[Insight]:
    return list(Insight.objects.filter(source=source, corrects=None).order_by("pk"))


def _is_known(one: Insight, draft: Insight) -> bool:
    if not _is_same_place(one, draft):
        return False
    is_decided = one.decided_at is not None
    return is_decided or _says_the_same(one, draft) or _key(one) == _key(draft)


def _drafts(
    source: Source,
    taken: Reading,
    found: Iterable[Found],
    people_ids: Sequence[int],
    *,
    now: datetime,
    version: str,
) -> list[Insight]:
    # A fact about somebody who is not among the people of the text is about nobody.
    ours = [one for one in found if 0 <= one.about < len(people_ids)]
    tags = _tags(ours)
    drafts: dict[tuple[object, ...], Insight] = {}
    for one in ours:
        quote = taken.text[one.start : one.end]
        tag = tags.get((one.kind, key(str(one.value.get("name", "")))))
        derived = slots.derive(one.kind, one.value, quote, name=tag.name if tag else "")
        candidate_id = people_ids[one.about]
        place = (candidate_id, one.kind, derived.topic, one.polarity, one.start, one.end)
        if not quote.strip() or place in drafts:
            continue
        drafts[place] = Insight(
            candidate_id=candidate_id,
            source=source,
            kind=one.kind,
            topic=derived.topic,
            polarity=one.polarity,
            value=one.value,
            speaker=one.speaker,
            quote=quote,
            start=one.start,
            end=one.end,
            said_on=source.said_on,
            confidence=one.confidence,
            extractor=one.extractor[:60],
            version=version,
            valid_from=one.valid_from or slots.day(one.value.get("from")),
            valid_until=one.valid_until or slots.day(one.value.get("until")),
            amount=derived.amount,
            on_day=derived.on_day,
            tag=tag,
            at=now,
        )
    return list(drafts.values())


def _tags(found: Iterable[Found]) -> Mapping[tuple[str, str], Tag]:
    """The tags that facts name, by kind of fact and what it calls them."""
    named = [one for one in found if one.kind in _TAGGED and one.value.get("name")]
    if not named:
        return {}
    keys = {key(str(one.value["name"])) for one in named}
    aliases = TagAlias.objects.filter(
        kind__in=_TAGGED.values(), key__in=keys, tag__retired_at=None
    ).select_related("tag")
    kinds = {tag_kind: kind for kind, tag_kind in _TAGGED.items()}
    return {(kinds[Tag.Kind(one.kind)], one.key): one.tag for one in aliases}


def _is_same_place(one: Insight, draft: Insight) -> bool:
    """Whether two facts are the same find in the same words, perhaps cut in another way."""
    if (one.candidate_id, one.kind) != (draft.candidate_id, draft.kind):
        return False
    if one.end <= draft.start or draft.end <= one.start:
        return False
    # A stop that a person decided about is not another one because it is read as longer or shorter.
    is_about_the_same = one.kind == Kind.STOP or one.topic == draft.topic
    return (is_about_the_same and one.polarity == draft.polarity) or one.value == draft.value


def _key(one: Insight) -> tuple[object, ...]:
    return one.topic, one.polarity, one.start, one.end, one.version


def _says_the_same(one: Insight, draft: Insight) -> bool:
    said = (one.topic, one.polarity, one.value, one.speaker)
    return said == (draft.topic, draft.polarity, draft.value, draft.speaker)


def _give_way(gone: Sequence[Insight]) -> None:
    """Let what nobody decided, and is read in its place no more, hold no more."""
    undecided = [one.pk for one in gone if one.decided_at is None]
    Insight.objects.filter(pk__in=undecided, decided_at=None).update(
        state=State.SUPERSEDED, superseded_by=None
    )
