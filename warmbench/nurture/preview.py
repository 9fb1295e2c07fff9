"""Shows a step as one person would get it now: chosen, filled in and judged, but never queued."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from warmbench.accounts.models import Organisation
from warmbench.messaging import fields, letters, outbox, templates, texts, voices
from warmbench.messaging.gate import Verdict
from warmbench.messaging.models import Sender
from warmbench.messaging.templates import Rendered, UnrenderableError
from warmbench.messaging.voices import Voices
from warmbench.nurture import content, readers, steps
from warmbench.nurture.content import Chosen
from warmbench.nurture.models import ContentPiece, Step
from warmbench.nurture.readers import Reader
from warmbench.nurture.steps import Due


@dataclass(frozen=True)
class Letter:
    """The words of a mail, where its links lead, and what stands in it only as a sample."""

    words: Rendered
    links: tuple[str, ...]
    #: Fields that nobody knows of her: without them the mail would wait.
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What one person would get of one step."""

    #: What the last gate would say if it were due now.
    verdict: Verdict
    sender: Sender | None
    #: The content piece that would be chosen; None for other steps, and when nothing is left.
    piece: ContentPiece | None
    #: None when nothing would be written: there is no piece left, or no mailbox.
    letter: Letter | None


def of_step(step: Step, candidate_id: int, *, now: datetime) -> Preview | None:
    """What the candidate would get of the step; None if there is no such person."""
    people = readers.load([candidate_id])
    if candidate_id not in people:
        return None
    reader, all_voices = people[candidate_id], voices.voices()
    sender_id = all_voices.sender_for(reader, step.channel)
    course = steps.courses({step.version_id})[step.version_id]
    due = Due(
        enrollment_id=0,
        candidate_id=candidate_id,
        version_id=step.version_id,
        sequence_id=step.version.sequence_id,
        round=0,
        position=step.position,
        cycle=0,
        is_last_step=False,
        waiting_for="",
    )
    (considered,) = outbox.consider([course.draft(due, reader, all_voices)], now=now)
    chosen = _choose(step, reader, all_voices, now=now)
    template_id = chosen.template_id if chosen else step.template_id
    letter = None
    sender = Sender.objects.filter(pk=sender_id or 0).first()
    if template_id is not None and sender is not None:
        context = {**all_voices.context(reader, sender.pk, now=now), **considered.notice}
        if sender.is_text:
            context |= texts.introductions([candidate_id], sender.brand, now=now)[candidate_id]
        letter = _letter(template_id, context)
    return Preview(considered.verdict, sender, _piece(chosen), letter)


def of_piece(piece: ContentPiece) -> Letter | None:
    """The first wording of a content piece, with samples in it."""
    variant = piece.variants.exclude(template=None).order_by("label").first()
    return _letter(variant.template_id, fields.SAMPLES) if variant else None


def _choose(step: Step, reader: Reader, all_voices: Voices, *, now: datetime) -> Chosen | None:
    if step.kind != Step.Kind.CONTENT:
        return None
    return content.shelf(today=now.date()).choose(step.content_kind, reader, all_voices)


def _piece(chosen: Chosen | None) -> ContentPiece | None:
    pieces = ContentPiece.objects.select_related("topic", "seniority", "place")
    return pieces.get(pk=chosen.piece_id) if chosen else None


def _letter(template_id: int, context: Mapping[str, str]) -> Letter | None:
    compiled = letters.compiled(template_id)
    missing = templates.missing(compiled, context)
    filled = {**context, **{name: fields.SAMPLES[name] for name in missing}}
    try:
        words = letters.words(
            compiled,
            filled,
            organisation=Organisation.objects.get(),
            # Signed for nobody: whoever tries the way out here is not the candidate.
            candidate_id=0,
            message_id=0,
        )
    except UnrenderableError:
        return None
    targets = [templates.target(compiled, at, filled) for at in range(len(compiled.links))]
    return Letter(words, tuple(filter(None, targets)), tuple(missing))
