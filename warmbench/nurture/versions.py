"""Publishes outlines as versions of sequences, which never change, and moves people to them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from django.db import transaction

from warmbench.accounts.models import Role, User
from warmbench.core import audit, sql, tallies
from warmbench.messaging import wording
from warmbench.messaging.templates import Look
from warmbench.nurture import courses, enrollment, outline, outline_parts, personalisation
from warmbench.nurture.differences import Difference, differences
from warmbench.nurture.models import Enrollment, Sequence, SequenceDraft, SequenceVersion, Step
from warmbench.nurture.outline import Cadence, Outline, Problem, StepOutline, problems
from warmbench.people.models import Channel

__all__ = [
    "Applied",
    "Difference",
    "Migration",
    "Move",
    "OutlineError",
    "ReviewError",
    "apply",
    "differences",
    "foreseen",
    "migrate",
    "migration",
    "newest",
    "outline_of",
    "outlines_of",
    "problems_in",
    "publish",
    "unreviewed",
]

_MOVES = "moves"
#: People who are moved in one transaction: the planner waits for those alone.
BATCH = 1_000


class OutlineError(ValueError):
    """An outline that cannot be published, with everything that is wrong with it."""

    def __init__(self, found: Iterable[Problem]) -> None:
        self.problems = list(found)
        super().__init__(" ".join(problem.sentence for problem in self.problems))


class ReviewError(ValueError):
    """A draft that somebody else has to look at first: one sentence for whoever wants it out."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an outline that was to be a sequence's newest version."""

    version: SequenceVersion
    #: Whether it is a new version; no if its steps and rules are what they were.
    is_new: bool
    #: Whether anything is different, be it a name.
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Move:
    """People who stand before the same step, and where they would stand instead."""

    #: The number of the version that they are on.
    version: int
    before: str
    #: The key of the step; blank for those who would be at the end.
    after: str
    people: int
    #: Whether the sequence would begin for them again where it repeats.
    is_new_cycle: bool = False


@dataclass(frozen=True, slots=True)
class Migration:
    """What moving people to a version would do. The dates of their next steps stay."""

    moves: tuple[Move, ...] = ()
    #: How many people would pass over which step, because they did it before it was moved.
    passed_over: tuple[tuple[str, int], ...] = ()

    @property
    def people(self) -> int:
        """Everybody who would be moved."""
        return sum(move.people for move in self.moves)

    @property
    def ending(self) -> int:
        """How many of them would be at the end."""
        return sum(move.people for move in self.moves if not move.after)


def newest(sequence: Sequence) -> SequenceVersion | None:
    """The version that people begin with; None before the first is published."""
    return sequence.versions.order_by("-number").first()


def outline_of(version: SequenceVersion) -> Outline:
    """The document that a version was made of."""
    (written,) = outlines_of([version])
    return written


def outlines_of(some: Iterable[SequenceVersion]) -> list[Outline]:
    """The documents that these versions were made of, with one question for all of them."""
    some = list(some)
    steps: defaultdict[int, list[Step]] = defaultdict(list)
    for step in (
        Step.objects.filter(version__in=some).select_related("template").order_by("position")
    ):
        steps[step.version_id].append(step)
    return [_assembled(version, steps[version.pk]) for version in some]


def _assembled(version: SequenceVersion, steps: list[Step]) -> Outline:
    sequence, repeat_from = version.sequence, version.repeat_from
    return Outline(
        key=sequence.key,
        name=sequence.name,
        description=sequence.description,
        trigger=version.trigger,
        entry_rule=version.entry_rule,
        exit_rule=version.exit_rule,
        reentry_days=version.reentry_days,
        cadence=tuple(Cadence(one["rule"], one["pace"]) for one in version.cadence),
        repeat_from="" if repeat_from is None else steps[repeat_from].key,
        steps=tuple(_outline_of_step(step) for step in steps),
    )


@transaction.atomic
def publish(
    sequence_id: int, *, by_id: int | None, now: datetime, revision: int | None = None
) -> SequenceVersion:
    """Make the draft of a sequence its newest version, and let a new sequence run.

    Whoever is under way stays on the version that they are on. Raises OutlineError with all
    that is wrong, and ReviewError where somebody has to look first: somebody else, or whoever
    has seen another ``revision``.
    """
    sequence = _locked(sequence_id)
    draft = _draft(sequence_id)
    if draft is None:
        raise OutlineError([Problem("", "There is no draft to publish.")])
    if revision not in {None, draft.revision}:
        raise ReviewError("It was changed since you looked: look once more before it goes.")
    written = outline.from_json(draft.outline)
    if found := [*problems(written), *problems_in(sequence, written)]:
        raise OutlineError(found)
    if sentence := unreviewed(draft, by_id=by_id):
        raise ReviewError(sentence)
    detail: dict[str, object] = {
        "written_by": draft.changed_by_id,
        "asked_by": draft.review_asked_by_id,
        "is_reviewed": draft.review_asked_at is not None,
    }
    applied = _make(sequence, written, by_id=by_id, now=now, detail=detail)
    draft.delete()
    return applied.version


@transaction.atomic
def apply(written: Outline, *, by_id: int | None, now: datetime) -> Applied:
    """Make an outline the newest version of the sequence of its key, and let a new one run.

    For whoever reviews files instead of drafts. Once more with the same outline changes
    nothing. Whoever is under way stays on their version. Raises OutlineError.
    """
    if found := problems(written):
        raise OutlineError(found)
    made, _ = Sequence.objects.get_or_create(key=written.key, defaults={"name": written.name})
    sequence = _locked(made.pk)
    if found := problems_in(sequence, written):
        raise OutlineError(found)
    applied = _make(sequence, written, by_id=by_id, now=now, detail={"is_file": True})
    draft = _draft(sequence.pk)
    if draft and not differences(outline.from_json(draft.outline), written):
        draft.delete()
    return applied


def unreviewed(draft: SequenceDraft, *, by_id: int | None) -> str:
    """Why this person may not publish the draft yet, in a sentence; blank if they may.

    Whoever changed it last asks somebody else to look, unless there is nobody else.
    """
    reviewers = User.objects.filter(role__in=[Role.ADMIN, Role.RECRUITER], is_active=True)
    if not reviewers.exclude(pk=by_id or 0).exists():
        return ""
    if draft.review_asked_at is None:
        return "Ask for a review first: somebody else lets it go."
    if draft.changed_by_id is not None and draft.changed_by_id == by_id:
        return "You changed it last, so somebody else lets it go."
    return ""


def problems_in(sequence: Sequence, written: Outline) -> list[Problem]:
    """What forbids to publish the outline in this sequence, besides the outline itself."""
    if sequence.state == Sequence.State.ARCHIVED:
        return [Problem("", "This sequence is archived: give the outline another key.")]
    if written.key == sequence.key:
        return []
    if newest(sequence):
        was = f"The key cannot change any more: it is “{sequence.key}”, and part of every touch."
        return [Problem("key", was)]
    if Sequence.objects.filter(key=written.key).exists():
        return [Problem("key", f"There is a sequence “{written.key}” already: take another key.")]
    return []


def migration(
    sequence_id: int, to: Outline | None = None, *, only_version: int | None = None
) -> Migration:
    """What moving people to an outline, by default the newest version, would do with them.

    ``only_version`` is the number of the version that they come from, None for all others.
    """
    sequence = Sequence.objects.get(pk=sequence_id)
    if to is None:
        latest = newest(sequence)
        if latest is None:
            return Migration()
        to = outline_of(latest)
        values = _values(sequence_id, to, latest, only_version=only_version)
    else:
        values = _values(sequence_id, to, None, only_version=only_version)
    rows = sql.run(_question("count_moves"), values | {"ids": None}).fetchall()
    passed = sql.run(_question("count_passed_over"), values | {"ids": None}).fetchall()
    return Migration(tuple(Move(*row) for row in rows), tuple((key, n) for key, n in passed))


def foreseen(sequence_id: int, to: Outline, *, now: datetime) -> Migration | None:
    """The same, of everybody, as a page shows it; None while it is being counted."""
    tally = tallies.of(_MOVES, sequence_id, json.dumps(outline_parts.to_json(to)), now=now)
    return None if tally is None else tally.answer


@tallies.question(_MOVES)
def _foresee(sequence_id: int, written: str, *, now: datetime) -> Migration:  # noqa: ARG001
    return migration(sequence_id, outline_parts.from_json(json.loads(written)))


def migrate(
    sequence_id: int, *, by_id: int | None, now: datetime, only_version: int | None = None
) -> int:
    """Move people to the newest version of their sequence. Returns how many were moved.

    Each goes on with the step of the same key, on the same day. If that is gone, with the next
    one after it that is still there; if there is none, where the sequence repeats, or not at
    all. What lies before them is not done again in this cycle. What is queued already goes as
    it is. Many people are moved in transactions of ``BATCH``: safe to repeat.
    """
    latest = newest(Sequence.objects.get(pk=sequence_id))
    if latest is None:
        return 0
    values = _values(sequence_id, outline_of(latest), latest, only_version=only_version)
    ids = [row[0] for row in sql.run(sql.load(__file__, "people_to_move"), values)]
    count = 0
    for start in range(0, len(ids), BATCH):
        count += _move(sequence_id, ids[start : start + BATCH], values, now=now)
    detail: dict[str, object] = {"people": count, "to": latest.number, "from": only_version}
    audit.record(by_id, "sequence.migrated", f"sequence:{sequence_id}", now=now, detail=detail)
    return count


@transaction.atomic
def _move(
    sequence_id: int, candidate_ids: list[int], values: dict[str, object], *, now: datetime
) -> int:
    people = enrollment.lock_people(candidate_ids)
    # A planner may hold some of them: only what is asked after it has ended sees where it left
    # them.
    list(
        Enrollment.objects.select_for_update(no_key=True)
        .filter(candidate_id__in=people, sequence_id=sequence_id, ended_at=None)
        .values_list("pk")
    )
    count = sql.run(_question("move_people"), values | {"ids": people, "now": now}).rowcount
    personalisation.lapse_void(candidate_ids=people, now=now)
    return count


def _question(name: str) -> str:
    return sql.load(__file__, name).replace("/* places */", sql.load(__file__, "places"))


def _values(
    sequence_id: int, to: Outline, version: SequenceVersion | None, *, only_version: int | None
) -> dict[str, object]:
    return {
        "sequence": sequence_id,
        "to": version.pk if version else None,
        "only": only_version,
        "keys": [step.key for step in to.steps],
        "once": [step.kind in courses.DONE_ONCE for step in to.steps],
        "repeat": to.position(to.repeat_from) if to.repeat_from else None,
    }


def _locked(sequence_id: int) -> Sequence:
    return Sequence.objects.select_for_update(no_key=True).get(pk=sequence_id)


def _draft(sequence_id: int) -> SequenceDraft | None:
    """The draft, locked: what is saved meanwhile would be deleted with it, unseen."""
    return SequenceDraft.objects.select_for_update(no_key=True).filter(pk=sequence_id).first()


def _make(
    sequence: Sequence,
    written: Outline,
    *,
    by_id: int | None,
    now: datetime,
    detail: dict[str, object],
) -> Applied:
    """The newest version, made of the outline unless it is that already."""
    written = outline.tidied(written)
    latest = newest(sequence)
    is_new = latest is None or not _is_same_course(outline_of(latest), written)
    if latest is None or is_new:
        latest = _store(sequence, written, by_id=by_id, now=now)
    values: dict[str, object] = {
        name: getattr(written, name)
        for name in ("key", "name", "description")
        if getattr(sequence, name) != getattr(written, name)
    }
    is_described_anew = bool(values)
    if sequence.state == Sequence.State.DRAFT:
        values |= {"state": Sequence.State.ACTIVE, "activated_at": now}
    for name, value in values.items():
        setattr(sequence, name, value)
    sequence.save(update_fields=list(values))
    if is_new or values:
        detail |= {"version": latest.number, "is_new": is_new, "is_named": is_described_anew}
        audit.record(by_id, "sequence.published", f"sequence:{sequence.pk}", now=now, detail=detail)
    return Applied(latest, is_new, is_new or bool(values))


def _is_same_course(before: Outline, after: Outline) -> bool:
    names = {name: getattr(after, name) for name in ("key", "name", "description")}
    return replace(before, **names) == after


def _store(
    sequence: Sequence, written: Outline, *, by_id: int | None, now: datetime
) -> SequenceVersion:
    last = newest(sequence)
    version = sequence.versions.create(
        number=last.number + 1 if last else 1,
        trigger=written.trigger,
        entry_rule=written.entry_rule,
        exit_rule=written.exit_rule,
        reentry_days=written.reentry_days,
        cadence=[asdict(one) for one in written.cadence],
        repeat_from=written.position(written.repeat_from) if written.repeat_from else None,
        created_by_id=by_id,
        created_at=now,
    )
    Step.objects.bulk_create(
        _step(version, position, step, now=now) for position, step in enumerate(written.steps)
    )
    return version


def _step(version: SequenceVersion, position: int, step: StepOutline, *, now: datetime) -> Step:
    columns = asdict(step)
    subject, body = columns.pop("subject"), columns.pop("body")
    template = None
    if "body" in outline.FIELDS[step.kind]:
        look: Look = "text" if step.channel == Channel.SMS else "letter"
        template = wording.keep(subject=subject, body=body, look=look, now=now)
    return Step(version=version, position=position, template=template, **columns)


def _outline_of_step(step: Step) -> StepOutline:
    columns = {
        field.name: getattr(step, field.name)
        for field in fields(StepOutline)
        if field.name not in {"subject", "body"}
    }
    subject, body = (step.template.subject, step.template.body) if step.template else ("", "")
    return StepOutline(**columns, subject=subject, body=body)
