"""Checks the words of a piece, in a worker: are they about what it claims, do they say anything?"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.nurture import generic, prose, relevance
from warmbench.nurture.models import ContentCheck, ContentPiece, ContentVariant
from warmbench.people.models import Tag, TagAlias

Kind = ContentCheck.Kind

#: As many of the nearest specialties are named.
_NAMED = 3
_BLANKS = re.compile(r"\s+")
#: Letters that are shown before and after a phrase.
_AROUND = 40
_NAMES = (
    *(Tag.Kind.SKILL, Tag.Kind.ROLE, Tag.Kind.ROLE_FAMILY, Tag.Kind.SPECIALTY),
    Tag.Kind.GEOGRAPHY,
)
_NOTHING_SPECIFIC = (
    "No sentence has a number, a date, a place or the name of a tool in it. "
    "Say what you saw, where, when and how often."
)


@transaction.atomic
def run(piece_id: int, *, now: datetime) -> None:
    """Check a piece as its words and tags are now, and store what was found.

    It loads the text encoder: call it in a worker, never in a process of the web. What was found
    for these words before is replaced; that a person overruled it stays.
    """
    piece = ContentPiece.objects.select_related("topic").filter(pk=piece_id).first()
    wordings = wordings_of(piece_id)
    if piece is None or not wordings:
        return
    _store(piece, wordings, Kind.GENERIC, _generic(piece, wordings), now=now)
    if piece.topic is not None:
        _store(piece, wordings, Kind.RELEVANCE, _relevance(piece, piece.topic, wordings), now=now)


def run_missing(*, now: datetime) -> int:
    """Check the live pieces whose words nobody checked, because they came from files. Returns how
    many there were. They stay live: what fails is for a person to see."""
    live = ContentPiece.objects.filter(state=ContentPiece.State.LIVE).order_by("pk")
    waiting = [
        piece.pk
        for piece in live
        if (wordings := wordings_of(piece.pk))
        and not piece.checks.filter(kind=Kind.GENERIC, digest=digest(piece, wordings)).exists()
    ]
    for piece_id in waiting:
        run(piece_id, now=now)
    return len(waiting)


def wordings_of(piece_id: int) -> list[ContentVariant]:
    """The wordings that somebody new may be given, and that are checked."""
    return list(ContentVariant.objects.filter(piece=piece_id, is_retired=False).order_by("pk"))


def digest(piece: ContentPiece, wordings: Sequence[ContentVariant]) -> str:
    """A digest of all that the checks look at: when it changes, they have to look again."""
    words = [[each.label, each.subject, each.body] for each in wordings]
    tags = [piece.title, piece.language, piece.topic_id]
    return hashlib.sha256(json.dumps([tags, words]).encode()).hexdigest()


def names() -> frozenset[str]:
    """The keys of all skills, roles, specialties and places: what makes a sentence specific."""
    live = TagAlias.objects.filter(kind__in=_NAMES, tag__retired_at=None)
    return frozenset(live.values_list("key", flat=True))


@dataclass(frozen=True, slots=True)
class _Result:
    """What a check found, as it is stored."""

    is_passed: bool
    score: float
    findings: list[dict[str, object]]


def _store(
    piece: ContentPiece,
    wordings: Sequence[ContentVariant],
    kind: Kind,
    result: _Result,
    *,
    now: datetime,
) -> None:
    ContentCheck.objects.update_or_create(
        piece=piece,
        kind=kind,
        digest=digest(piece, wordings),
        defaults={
            "is_passed": result.is_passed,
            "score": result.score,
            "findings": result.findings,
            "at": now,
        },
    )


def _generic(piece: ContentPiece, wordings: Sequence[ContentVariant]) -> _Result:
    """The worst of the wordings counts: each of them is sent to somebody."""
    known = names()
    scores, passed, findings = [], [], []
    for each in wordings:
        judged = generic.judge(each.body, language=piece.language, names=known)
        scores.append(judged.score)
        passed.append(judged.is_passed)
        subject = generic.findings(each.subject, language=piece.language)
        for part, found in (("subject", subject), ("body", judged.findings)):
            findings += [
                _shown(one, each.subject if part == "subject" else each.body)
                | {"variant": each.label, "part": part}
                for one in found
            ]
        if not judged.specific:
            findings.append({"variant": each.label, "part": "body", "instead": _NOTHING_SPECIFIC})
    return _Result(all(passed), min(scores), findings)


def _shown(finding: generic.Finding, source: str) -> dict[str, object]:
    """A phrase as a page shows it: its place in the source, and the words around it."""
    # One letter for each of the source: what stands before on its line is prose, or blank.
    text = prose.bare(source)
    before = text[text.rfind("\n", 0, finding.start) + 1 : finding.start]
    after = text[finding.end :].partition("\n")[0]
    return {
        "start": finding.start,
        "end": finding.end,
        "line": source.count("\n", 0, finding.start) + 1,
        "before": _beginning(before[::-1])[::-1],
        "phrase": finding.phrase,
        "after": _beginning(after),
        "instead": finding.instead,
    }


def _beginning(text: str) -> str:
    """The first words of a text, with a mark where it goes on."""
    plain = _BLANKS.sub(" ", text)
    if len(plain) <= _AROUND:
        return plain
    return f"{plain[:_AROUND].rpartition(' ')[0]} …"


def _relevance(piece: ContentPiece, topic: Tag, wordings: Sequence[ContentVariant]) -> _Result:
    known = relevance.specialties()
    claimed = relevance.claimed_by(topic)
    if not claimed & {one.tag_id for one in known}:
        # The topic lies in no specialty, so that there is nothing to compare it with.
        return _Result(is_passed=True, score=1.0, findings=[])
    scores, passed = [], []
    findings: list[dict[str, object]] = []
    for each in wordings:
        judged = relevance.judge(_told(piece, each), claimed, known)
        scores.append(judged.score)
        passed.append(judged.is_passed)
        findings.append(
            {
                "variant": each.label,
                "nearest": [
                    {
                        "tag": near.tag_id,
                        "name": near.name,
                        "score": round(near.score, 3),
                        "is_claimed": near.tag_id in claimed,
                    }
                    for near in judged.nearest[:_NAMED]
                ],
            }
        )
    return _Result(all(passed), min(scores), findings)


def _told(piece: ContentPiece, wording: ContentVariant) -> list[str]:
    """The sentences of a wording, its title and subject among them."""
    lines = (piece.title, " ".join(prose.bare(wording.subject).split()))
    return [
        *dict.fromkeys(line for line in lines if line),
        *(sentence.text for sentence in prose.sentences(wording.body)),
    ]
