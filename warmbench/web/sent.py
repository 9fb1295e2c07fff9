"""Reads messages as they were sent: their words, and why each was sent, put off or refused."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import Truncator

from warmbench.accounts.models import Organisation
from warmbench.messaging import letters, templates, threads
from warmbench.messaging.models import Decision, Message
from warmbench.messaging.templates import Rendered, UnrenderableError
from warmbench.nurture.models import ContentUse, Step
from warmbench.nurture.models import Sequence as NurtureSequence
from warmbench.web import verdicts

#: Letters of a text that stand for the whole of it.
_TITLE = 80


@dataclass(frozen=True)
class Ruling:
    """One verdict, as ``components/decision.html`` reads it."""

    verdict: str
    what: str
    at: datetime
    reason: str
    until: datetime | None
    decision_id: int


def words(message: Message) -> Rendered | None:
    """What the reader saw, or would see; None where nothing was written or can be any more.

    Nothing in it acts: whoever follows a link or the way out here is not the candidate, so
    its links are signed for nobody.
    """
    organisation = Organisation.objects.first()
    if message.template_id is None or organisation is None:
        return None
    try:
        return letters.words(
            letters.compiled(message.template_id),
            message.context,
            organisation=organisation,
            candidate_id=0,
            message_id=0,
        )
    except UnrenderableError:
        return None


def subject(message: Message) -> str:
    """What a list calls a message: its subject, or what it begins with; else its purpose."""
    rendered = words(message)
    if rendered is not None:
        return rendered.subject or f"Text: {Truncator(rendered.text).chars(_TITLE)}"
    return str(message.get_purpose_display())


def links(message: Message) -> list[str]:
    """Where each tracked link of a message leads, by its position; blank for nowhere."""
    if message.template_id is None:
        return []
    compiled = letters.compiled(message.template_id)
    found = range(len(compiled.links))
    return [templates.target(compiled, at, message.context) or "" for at in found]


def rulings(decisions: Iterable[Decision]) -> list[Ruling]:
    """Verdicts in words, oldest first."""
    in_order = sorted(decisions, key=lambda decision: (decision.at, decision.pk))
    return [_ruling(decision) for decision in in_order]


def provenance(messages: Sequence[Message]) -> dict[int, str]:
    """Per message: which step of which sequence it was, and how its content was chosen."""
    named = {message.sequence_id for message in messages if message.sequence_id}
    sequences = NurtureSequence.objects.in_bulk(named)
    uses = ContentUse.objects.filter(message__in=messages)
    pieces = {use.message_id: use.piece for use in uses.select_related("piece__topic")}
    said: dict[int, str] = {}
    for message in messages:
        parts = [str(message.get_purpose_display())]
        sequence = sequences.get(message.sequence_id or 0)
        if sequence:
            parts.append(f"{sequence.name}, version {message.sequence_version}")
        piece = pieces.get(message.pk)
        if piece:
            topic = piece.topic.name if piece.topic else "everybody"
            parts.append(f"{str(piece.get_kind_display()).lower()} for {topic}")
        said[message.pk] = " · ".join(parts)
    return said


def by_message(
    messages: Sequence[Message], decisions: Iterable[Decision]
) -> tuple[dict[int, list[Decision]], list[Decision]]:
    """The verdicts on each message, and those on touches that did not become one yet.

    Before a message exists its touch may be put off: those verdicts belong to the message
    that came of it.
    """
    per_message: defaultdict[int, list[Decision]] = defaultdict(list)
    planned: defaultdict[str, list[Message]] = defaultdict(list)
    for message in sorted(messages, key=lambda one: one.queued_at):
        planned[message.touch].append(message)
    left = []
    for decision in decisions:
        became = decision.message_id or next(
            (m.pk for m in planned[decision.touch] if m.queued_at >= decision.at), None
        )
        if became is None:
            left.append(decision)
        else:
            per_message[became].append(decision)
    return per_message, left


def step_names(touches: Collection[str]) -> dict[str, str]:
    """What each touch is, as a person would name it."""
    keys = {touch.rpartition("/")[2] for touch in touches}
    steps = Step.objects.filter(key__in=keys).select_related("version__sequence")
    known = {
        f"{step.version.sequence.key}/{step.key}": step_name(step)
        for step in steps.order_by("version__number")
    }
    return {touch: known.get(touch) or _spelled_out(touch) for touch in touches}


def step_name(step: Step) -> str:
    """What a step sends."""
    if step.content_kind:
        return str(step.get_content_kind_display())
    return str(step.get_kind_display())


def _spelled_out(touch: str) -> str:
    if touch.startswith(threads.ANSWERS):
        return "An answer of their recruiter"
    if touch.startswith(threads.BEGINS):
        return "A message of their recruiter"
    return touch.rpartition("/")[2].replace("-", " ").replace("_", " ").capitalize()


def _ruling(decision: Decision) -> Ruling:
    because = "Nothing stood in the way."
    if decision.reason:
        because = verdicts.because(decision.reason, decision.rule)
    if decision.behind:
        because += f" First comes: {step_names([decision.behind])[decision.behind].lower()}."
    return Ruling(
        verdict=verdicts.badge(decision.verdict),
        what=str(decision.get_stage_display()).lower(),
        at=decision.at,
        reason=because,
        until=decision.until,
        decision_id=decision.pk,
    )
