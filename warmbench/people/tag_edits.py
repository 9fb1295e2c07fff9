"""Changes the tag tree by a person's hand, and whatever hangs on the tags with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.people import tagging, unmatched
from warmbench.people.models import CandidateTag, Tag, TagAlias, UnmatchedSkill
from warmbench.people.tag_words import LONGEST, key
from warmbench.people.tagging import TagGoneError

Kind = Tag.Kind

#: Below what each kind of tag stands. A geography may stand at the top, or below a region.
ABOVE = {
    Kind.SPECIALTY: Kind.CATEGORY,
    Kind.ROLE_FAMILY: Kind.SPECIALTY,
    Kind.ROLE: Kind.ROLE_FAMILY,
    Kind.SKILL: Kind.SPECIALTY,
    Kind.GEOGRAPHY: Kind.GEOGRAPHY,
}


#: Called with a tag that is merged away and the one that stays, before rows go over.
_before_merging: list[Callable[[int, int], None]] = []


class TreeError(ValueError):
    """The tree cannot be changed like that. The message is for the person who tried."""


@dataclass(frozen=True, kw_only=True)
class TagTreeChanged(Event):
    """Tags are called differently, stand elsewhere, or are gone."""

    tag_ids: list[int]


@transaction.atomic
def add(
    kind: Kind,
    name: str,
    *,
    parent_id: int | None,
    by_id: int | None,
    now: datetime,
    aliases: Iterable[str] = (),
    code: str = "",
) -> Tag:
    """A new tag. Who wrote it before there was one gets it now.

    Raises TreeError, and like every change of a tag TagGoneError.

    ``code`` is the ISO code of a country.
    """
    lock()
    name = _spelling(name)
    parent = None if parent_id is None else _tag(parent_id)
    _check_place(kind, parent)
    _check_free(kind, name, of=None)
    tag = Tag.objects.create(kind=kind, name=name, parent=parent, code=code)
    for text in (name, *map(_spelling, aliases), *filter(None, [code])):
        _give_alias(tag, text)
    _wrote_before(tag, now=now)
    detail: dict[str, object] = {"kind": str(kind), "name": name, "below": parent_id}
    _changed(tag, "tag.added", detail, by_id=by_id, now=now)
    return tag


@transaction.atomic
def rename(tag_id: int, name: str, *, by_id: int | None, now: datetime) -> None:
    """Call a tag differently. The old name stays an alias. Raises TreeError."""
    lock()
    tag, name = _tag(tag_id), _spelling(name)
    if tag.name == name:
        return
    _check_free(tag.kind, name, of=tag)
    detail: dict[str, object] = {"from": tag.name, "to": name}
    Tag.objects.filter(pk=tag_id).update(name=name)
    _give_alias(tag, name)
    _wrote_before(tag, now=now)
    _changed(tag, "tag.renamed", detail, by_id=by_id, now=now)


@transaction.atomic
def move(tag_id: int, parent_id: int | None, *, by_id: int | None, now: datetime) -> None:
    """Put a tag, with all below it, below another one. Raises TreeError."""
    lock()
    tag = _tag(tag_id)
    if tag.parent_id == parent_id:
        return
    parent = None if parent_id is None else _tag(parent_id)
    _check_place(Kind(tag.kind), parent)
    if parent is not None:
        _check_countries(tag, parent)
    detail: dict[str, object] = {"from": tag.parent_id, "to": parent_id}
    Tag.objects.filter(pk=tag_id).update(parent=parent)
    _changed(tag, "tag.moved", detail, by_id=by_id, now=now)


@transaction.atomic
def retire(tag_id: int, *, by_id: int | None, now: datetime) -> None:
    """Let nobody get a tag any more. Who has it keeps it, and its spellings stay known."""
    lock()
    tag = _tag(tag_id)
    if Tag.objects.filter(pk=tag_id, retired_at=None).update(retired_at=now):
        _changed(tag, "tag.retired", {}, by_id=by_id, now=now)


@transaction.atomic
def reinstate(tag_id: int, *, by_id: int | None, now: datetime) -> None:
    """Let people get a retired tag again."""
    lock()
    tag = _tag(tag_id)
    if Tag.objects.filter(pk=tag_id).exclude(retired_at=None).update(retired_at=None):
        _wrote_before(tag, now=now)
        _changed(tag, "tag.reinstated", {}, by_id=by_id, now=now)


@transaction.atomic
def add_alias(tag_id: int, text: str, *, by_id: int | None, now: datetime) -> list[int]:
    """Another way to write a tag. Who wrote it so before gets the tag: returns them.

    Raises TreeError when it means another tag of the kind.
    """
    lock()
    tag, text = _tag(tag_id), _spelling(text)
    if not _give_alias(tag, text):
        return []
    tagged = _wrote_before(tag, now=now)
    _changed(tag, "tag.alias_added", {"alias": text}, by_id=by_id, now=now)
    return tagged


@transaction.atomic
def remove_alias(alias_id: int, *, by_id: int | None, now: datetime) -> None:
    """Forget a way to write a tag. Who got the tag by it keeps it. Raises TreeError."""
    lock()
    alias = TagAlias.objects.select_related("tag").filter(pk=alias_id).first()
    if alias is None:
        raise TreeError("This spelling is forgotten already.")
    if alias.key == key(alias.tag.name):
        raise TreeError(f"“{alias.text}” is the name of the tag. Rename the tag instead.")
    alias.delete()
    detail: dict[str, object] = {"alias": alias.text}
    _changed(alias.tag, "tag.alias_removed", detail, by_id=by_id, now=now)


@transaction.atomic
def merge(tag_id: int, into_id: int, *, by_id: int | None, now: datetime) -> list[int]:
    """Make two tags one: people, spellings, children, content, everything goes over to the
    second. Returns the people who had the first. It cannot be undone. Raises TreeError.
    """
    lock()
    # Imports lock unmatched skills before tags. So does this, and waits for those that are
    # about to put the tag on people.
    waiting = UnmatchedSkill.objects.select_for_update(no_key=True).filter(tag=tag_id)
    list(waiting.order_by("pk"))
    pair = (
        Tag.objects.select_for_update(no_key=False).filter(pk__in=[tag_id, into_id]).order_by("pk")
    )
    tags = {tag.pk: tag for tag in pair}
    if not {tag_id, into_id} <= tags.keys():
        raise TagGoneError
    tag, into = tags[tag_id], tags[into_id]
    if tag_id == into_id or tag.kind != into.kind:
        raise TreeError(f"“{tag.name}” can be merged into another {Kind(tag.kind).label.lower()}.")
    if into.parent_id == tag_id:
        raise TreeError(f"“{into.name}” stands below “{tag.name}”. Move it out first.")
    if into.parent_id is not None:
        _check_countries(tag, into)
    carriers = CandidateTag.objects.filter(tag=tag).values_list("candidate_id", flat=True)
    people = tagging.hold(carriers)
    sql.run(sql.load(__file__, "merge_tags"), {"tag": tag_id, "into": into_id})
    tagging.settle_primary(people)
    for prepare in _before_merging:
        prepare(tag_id, into_id)
    _move_references(tag, into)
    tag.delete()
    detail: dict[str, object] = {"merged": tag_id, "name": tag.name, "people": len(people)}
    _changed(into, "tag.merged", detail, by_id=by_id, now=now)
    if people:
        publish(tagging.CandidateTagged(candidate_ids=sorted(people)))
    return sorted(people)


def before_merging(prepare: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Register what a package above has to do before one of its tags, the first, becomes another
    one: where two rows become one, the row that speaks of the first is dropped."""
    _before_merging.append(prepare)
    return prepare


def lock() -> None:
    """Let one change of the tree happen after the other. People can be tagged meanwhile."""
    sql.run("LOCK TABLE tag IN SHARE ROW EXCLUSIVE MODE")


def _tag(tag_id: int) -> Tag:
    """The tag, once nothing else can change it any more."""
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise TagGoneError
    return tag


def _spelling(text: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if len(text) > LONGEST:
        raise TreeError(f"“{text[:30]}…” is longer than {LONGEST} characters.")
    if not any(letter.isalnum() for letter in key(text)):
        raise TreeError(f"“{text}” has no letter or digit to match by.")
    return text


def _check_place(kind: Kind, parent: Tag | None) -> None:
    above = ABOVE.get(kind)
    if parent is None:
        if above is not None and kind != Kind.GEOGRAPHY:
            raise TreeError(f"A {kind.label.lower()} stands below a {above.label.lower()}.")
    elif parent.kind != above:
        below = f"below a {above.label.lower()}" if above else "at the top"
        raise TreeError(f"A {kind.label.lower()} stands {below}.")
    elif kind == Kind.GEOGRAPHY and parent.parent_id is not None:
        raise TreeError(f"“{parent.name}” is a country; nothing stands below it.")


def _check_free(kind: str, name: str, *, of: Tag | None) -> None:
    """Nobody else may be called or spelled so."""
    same = Q(tag__name__iexact=name) | Q(key=key(name))
    other = TagAlias.objects.filter(same, kind=kind).exclude(tag=of).select_related("tag").first()
    if other is not None:
        sentence = f"“{name}” means “{other.tag.name}” already. Merge them, or choose another name."
        raise TreeError(sentence)


def _give_alias(tag: Tag, text: str) -> bool:
    made, is_new = TagAlias.objects.get_or_create(
        kind=tag.kind, key=key(text), defaults={"tag": tag, "text": text}
    )
    if made.tag_id != tag.pk:
        raise TreeError(f"“{text}” means “{made.tag.name}” already. Merge them, or choose another.")
    return is_new


def _check_countries(tag: Tag, below: Tag) -> None:
    if tag.pk == below.pk:
        raise TreeError(f"“{tag.name}” cannot stand below itself.")
    if tag.kind == Kind.GEOGRAPHY and tag.children.exists():
        raise TreeError(f"“{tag.name}” has countries, which must stand below a region.")


def _wrote_before(tag: Tag, *, now: datetime) -> list[int]:
    if tag.kind != Kind.SKILL:
        return []
    return unmatched.settle(tag.aliases.values_list("key", flat=True), now=now)


def _changed(
    tag: Tag, action: str, detail: dict[str, object], *, by_id: int | None, now: datetime
) -> None:
    audit.record(by_id, action, f"tag:{tag.pk}", now=now, detail=detail)
    publish(TagTreeChanged(tag_ids=[tag.pk]))


def _move_references(tag: Tag, into: Tag) -> None:
    """Let whatever else speaks of the tag speak of the other one, in packages above too."""
    for relation in Tag._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's own API
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        name, model = relation.field.name, relation.related_model
        table: models.QuerySet[models.Model] = models.QuerySet(model)
        about = table.filter(**{name: tag})
        unique = [one.fields for one in model._meta.total_unique_constraints]  # noqa: SLF001
        if relation.field.unique:
            unique.append((name,))
        for fields in unique:
            if name in fields:
                others = {field: OuterRef(field) for field in fields if field != name}
                about.filter(Exists(table.filter(**{name: into}, **others))).delete()
        about.update(**{name: into})
