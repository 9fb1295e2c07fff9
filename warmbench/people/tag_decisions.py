"""Decides what the skills mean that no tag knows: a tag, a new tag, or nothing."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.people import tag_edits, unmatched
from warmbench.people.models import Tag, UnmatchedSkill

Decision = UnmatchedSkill.Decision


@transaction.atomic
def means(skill_id: int, tag_id: int, *, by_id: int | None, now: datetime) -> list[int]:
    """Make an unmatched skill an alias of a tag, of whatever kind. Everybody who wrote it gets
    the tag: returns them. Raises TreeError."""
    tag_edits.lock()
    skill = _undecided(skill_id)
    if skill is None:
        return []
    tagged = tag_edits.add_alias(tag_id, skill.text, by_id=by_id, now=now)
    tagged += unmatched.tag_everybody({skill_id: tag_id}, now=now)
    _record(skill_id, by_id, now=now, decision=Decision.TAGGED, tag_id=tag_id)
    return sorted(set(tagged))


@transaction.atomic
def is_new(
    skill_id: int,
    specialty_id: int,
    *,
    by_id: int | None,
    now: datetime,
    name: str = "",
) -> Tag | None:
    """Make an unmatched skill a skill below a specialty, under its own name or a better one.

    Everybody who wrote it gets it. Raises TreeError; returns None when it was decided before.
    """
    tag_edits.lock()
    skill = _undecided(skill_id)
    if skill is None:
        return None
    tag = tag_edits.add(
        Tag.Kind.SKILL,
        name or skill.text,
        parent_id=specialty_id,
        aliases=[skill.text],
        by_id=by_id,
        now=now,
    )
    unmatched.tag_everybody({skill_id: tag.pk}, now=now)
    _record(skill_id, by_id, now=now, decision=Decision.TAGGED, tag_id=tag.pk)
    return tag


@transaction.atomic
def ignore(skill_ids: Collection[int], *, by_id: int | None, now: datetime) -> int:
    """Ask about these no more. Who wrote them is remembered. Returns how many waited."""
    waiting = UnmatchedSkill.objects.select_for_update(no_key=True).filter(
        pk__in=skill_ids, decision=Decision.WAITING
    )
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    UnmatchedSkill.objects.filter(pk__in=ids).update(decision=Decision.IGNORED)
    for skill_id in ids:
        _record(skill_id, by_id, now=now, decision=Decision.IGNORED)
    return len(ids)


def _undecided(skill_id: int) -> UnmatchedSkill | None:
    """The skill, unless it has a tag already. What was ignored may be thought over."""
    undecided = UnmatchedSkill.objects.exclude(decision=Decision.TAGGED)
    return undecided.select_for_update(no_key=True).filter(pk=skill_id).first()


def _record(
    skill_id: int,
    by_id: int | None,
    *,
    now: datetime,
    decision: Decision,
    tag_id: int | None = None,
) -> None:
    detail: dict[str, object] = {"decision": str(decision), "tag": tag_id}
    audit.record(by_id, "skill.decided", f"unmatched_skill:{skill_id}", now=now, detail=detail)
