"""Keeps the skills that no tag knows, and who wrote them, until a person decides about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Value
from django.db.models.functions import Replace

from warmbench.core import sql
from warmbench.people import tagging
from warmbench.people.models import CandidateUnmatchedSkill, UnmatchedSkill
from warmbench.people.tag_words import LONGEST, STATED, Found, key
from warmbench.people.tagging import Drafts
from warmbench.people.vocabulary import KnownTag, Vocabulary

Decision = UnmatchedSkill.Decision


@dataclass(frozen=True)
class Waiting:
    """A skill that waits for a decision, how many wrote it, and what it may mean."""

    skill: UnmatchedSkill
    people: int
    #: The likeliest first.
    suggestions: list[KnownTag]


@transaction.atomic
def record(
    candidate_ids: Sequence[int], texts: Sequence[str], *, source: str, now: datetime
) -> list[int]:
    """Remember who wrote what no tag knows; both sequences go side by side.

    What a person decided about in the meantime is followed at once: returns those who got a
    tag by that. In one transaction with ``tagging.apply``, this comes first: decisions lock in
    that order.
    """
    written: dict[tuple[int, str], str] = {}
    for candidate_id, text in zip(candidate_ids, texts, strict=True):
        spelling = key(text)
        # What is left of "++" or "..." is no word.
        if any(letter.isalnum() for letter in spelling):
            written.setdefault((candidate_id, spelling), text)
    if not written:
        return []
    known = _known(written, now=now)
    people, skills, drafts = [], [], Drafts()
    for candidate_id, spelling in written:
        skill_id, decision, tag_id = known[spelling]
        if decision != Decision.TAGGED:
            # Of what is ignored too: a person may come to think otherwise.
            people.append(candidate_id)
            skills.append(skill_id)
        elif tag_id is not None:
            drafts.add(candidate_id, [Found(tag_id, source, STATED)], source=source)
    query = sql.load(__file__, "record_untagged")
    sql.run(query, {"candidates": people, "skills": skills, "source": source})
    return tagging.apply(drafts, now=now)


@transaction.atomic
def tag_everybody(decided: Mapping[int, int], *, now: datetime) -> list[int]:
    """Follow decisions, unmatched skill → tag: everybody who wrote it gets the tag, on the word
    of the source that they wrote it in. Returns who changed."""
    locked = UnmatchedSkill.objects.select_for_update(no_key=True).filter(pk__in=decided)
    skills = list(locked.order_by("pk"))
    for skill in skills:
        skill.decision, skill.tag_id = Decision.TAGGED, decided[skill.pk]
    UnmatchedSkill.objects.bulk_update(skills, ["decision", "tag"])
    wrote = CandidateUnmatchedSkill.objects.filter(skill__in=decided)
    drafts = Drafts()
    for candidate_id, skill_id, source in wrote.values_list("candidate_id", "skill_id", "source"):
        drafts.add(candidate_id, [Found(decided[skill_id], source, STATED)], source=source)
    changed = tagging.apply(drafts, now=now)
    wrote.delete()
    return changed


def settle(spellings: Iterable[str], *, now: datetime) -> list[int]:
    """Tag whoever wrote these keys before the tree knew them. Returns who changed."""
    tight = [spelling.replace(" ", "") for spelling in spellings]
    squeezed = Replace("key", Value(" "), Value(""))
    undecided = UnmatchedSkill.objects.exclude(decision=Decision.TAGGED)
    waiting = undecided.alias(squeezed=squeezed).filter(squeezed__in=tight)
    found = list(waiting.values_list("pk", "key"))
    if not found:
        return []
    vocabulary = Vocabulary.load()
    meant = {pk: vocabulary.skill(spelling) for pk, spelling in found}
    decided = {pk: tag_id for pk, tag_id in meant.items() if tag_id is not None}
    return tag_everybody(decided, now=now)


def waiting(*, limit: int, offset: int = 0) -> list[Waiting]:
    """The skills that wait for a decision, with what they may mean; the commonest first."""
    undecided = UnmatchedSkill.objects.filter(decision=Decision.WAITING)
    counted = undecided.annotate(people=Count("candidates")).order_by("-people", "pk")
    vocabulary = Vocabulary.load()
    return [
        Waiting(skill, skill.people, vocabulary.nearest(skill.text))
        for skill in counted[offset : offset + limit]
    ]


def count_waiting() -> int:
    """How many skills wait for a decision."""
    return UnmatchedSkill.objects.filter(decision=Decision.WAITING).count()


def _known(
    written: Mapping[tuple[int, str], str], *, now: datetime
) -> dict[str, tuple[int, str, int | None]]:
    texts = {spelling: text for (_, spelling), text in written.items()}
    shown = [text.replace("\0", "")[:LONGEST] for text in texts.values()]
    sql.run(sql.load(__file__, "add_untagged"), {"keys": list(texts), "texts": shown, "now": now})
    rows = sql.run(sql.load(__file__, "hold_untagged"), {"keys": list(texts)})
    return {spelling: (pk, decision, tag_id) for pk, spelling, decision, tag_id in rows}
